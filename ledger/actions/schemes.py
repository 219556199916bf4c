"""The life of a workshop's rules: drafts that may be faulty, approval by the director, and what then stays for good."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from ledger.actions.doing import Doing, check_version
from ledger.actions.stipends import approve_scheme
from ledger.core import schemes
from ledger.core.access import May
from ledger.core.faults import Conflict, Refused
from ledger.core.periods import Month
from ledger.core.schemes import Scheme, SchemeRefused
from ledger.core.tables import SchemeFault
from ledger.core.toml_text import to_toml
from ledger.records import schemes as rows
from ledger.records import stipends
from ledger.records.calendar import holidays_of
from ledger.records.stipends import SchemeDraft, SchemeRow

MOST_TEXT = 50_000
MOST_ORDER = 60
NAMELESS = "—"
AT_APPROVAL = ("in_force_from", "approved_by", "order")
"""What is written into the text when it is approved."""


@dataclass(frozen=True)
class Order:
    """The director's order: its number and date, and from which day the rules hold."""

    number: str
    day: date
    in_force_from: date


def text_hash(text: str) -> str:
    """SHA-256 of a text of rules: what an approver approves."""
    return hashlib.sha256(text.encode()).hexdigest()


def start_draft(doing: Doing, text: str, based_on: str = "") -> SchemeDraft:
    """Keep a text as a new draft, faults and all. Raises Refused for an endless text."""
    doing.check(May.DRAFT_SCHEME)
    doing.gate()
    _check_length(text)
    draft = SchemeDraft(
        organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, name=_name(text), text=text, based_on=based_on,
        version=1, made_by=doing.who.account, made_at=doing.at, changed_at=doing.at)
    doing.session.add(draft)
    doing.session.flush()
    doing.note("start_draft", rows.DRAFT, draft.ref, after={"name": draft.name, "sha256": text_hash(text), "based_on": based_on})
    return draft


def draft_from(doing: Doing, text: str, based_on: str = "") -> SchemeDraft:
    """A new draft from a text without faults: under the next number, without the order, which is typed when it is approved."""
    data = {key: value for key, value in schemes.toml_data(text).items() if key not in AT_APPROVAL}
    return start_draft(doing, to_toml({**data, "number": next_number(doing)}), based_on)


def draft_from_version(doing: Doing, ref: str) -> SchemeDraft:
    """A new version begins as a draft of what an approved one says."""
    doing.check(May.DRAFT_SCHEME)
    row = stipends.get_scheme(doing.session, doing.scope, ref)
    return draft_from(doing, row.text, row.ref)


def next_number(doing: Doing) -> str:
    """One more than the largest number of approved rules."""
    numbers = [int(row.number) for row in stipends.schemes(doing.session, doing.scope) if row.number.isdecimal()]
    return str(max(numbers, default=0) + 1)


def change_draft(doing: Doing, ref: str, version: int, text: str) -> SchemeDraft:
    """Keep another text of a draft, faults and all. Raises Conflict when somebody changed it meanwhile."""
    doing.check(May.DRAFT_SCHEME)
    doing.gate()
    _check_length(text)
    draft = rows.get_draft(doing.session, doing.scope, ref)
    check_version(draft, version)
    before = text_hash(draft.text)
    name = _name(text)
    draft.text, draft.changed_at, draft.version = text, doing.at, version + 1
    draft.name = draft.name if name == NAMELESS else name
    doing.session.flush()
    after = {"name": draft.name, "sha256": text_hash(text)}
    doing.note("change_draft", rows.DRAFT, draft.ref, before={"sha256": before}, after=after)
    return draft


def drop_draft(doing: Doing, ref: str) -> None:
    """Throw a draft away."""
    doing.check(May.DRAFT_SCHEME)
    doing.gate()
    draft = rows.get_draft(doing.session, doing.scope, ref)
    doing.session.delete(draft)
    doing.session.flush()
    doing.note("drop_draft", rows.DRAFT, ref, before={"name": draft.name, "sha256": text_hash(draft.text)})


def approve_draft(doing: Doing, ref: str, seen: str, order: Order) -> SchemeRow:
    """Put the draft that was seen (`text_hash`) in force; the order is written into its text and the draft ends.

    Raises Conflict when the draft is another now, SchemeRefused with every fault, and what `approve_scheme` raises.
    """
    doing.check(May.APPROVE_SCHEME)
    doing.gate()
    draft = rows.get_draft(doing.session, doing.scope, ref)
    if text_hash(draft.text) != seen:
        raise Conflict("stale_draft")
    _check_order(doing, order)
    row = approve_scheme(doing, _with_order(draft.text, order, doing.who.name))
    doing.session.delete(draft)
    doing.session.flush()
    doing.note("end_draft", rows.DRAFT, ref, after={"number": row.number, "seen": seen, "scheme": row.ref})
    return row


def _check_order(doing: Doing, order: Order) -> None:
    if not order.number.strip():
        raise Refused("no_order", at="order_number")
    if len(order.number) > MOST_ORDER:
        raise Refused("text_too_long", at="order_number", most=MOST_ORDER)
    if order.day > doing.today:
        raise Refused("future_day", at="order_date", day=order.day.isoformat())
    if order.in_force_from.year < 2000:
        raise Refused("long_ago", at="in_force_from", day=order.in_force_from.isoformat())


def _with_order(text: str, order: Order, name: str) -> str:
    data = schemes.toml_data(text)
    told = {"number": order.number.strip(), "date": order.day}
    return to_toml({**data, "in_force_from": order.in_force_from, "approved_by": name, "order": told})


def read_draft(text: str, today: date) -> tuple[Scheme | None, tuple[SchemeFault, ...]]:
    """A draft's scheme and its faults; what is typed at approval may be missing and stands for the next month."""
    try:
        data = schemes.toml_data(text)
        if "before" in data:
            return None, (SchemeFault("before", "scheme_key_unknown"),)
        scheme = schemes.read_scheme(as_approved(data, today))
        if scheme.calendar:
            holidays_of(Month.of(today), scheme.calendar)
    except SchemeRefused as refused:
        return None, refused.faults
    except Refused as refused:  # a calendar that nobody knows
        return None, (SchemeFault("calendar", refused.code, refused.values),)
    return scheme, ()


def as_approved(data: dict[str, object], today: date) -> dict[str, object]:
    """Plain data with a stand-in for each thing that is typed at approval and not written yet."""
    order = data.get("order", {})
    filled = {"number": NAMELESS, "date": today, **order} if isinstance(order, dict) else order
    return {"in_force_from": Month.of(today).plus(1).first, **data, "order": filled}


def _name(text: str) -> str:
    try:
        name = schemes.toml_data(text).get("name")
    except SchemeRefused:
        return NAMELESS
    return name.strip()[:200] or NAMELESS if isinstance(name, str) else NAMELESS


def _check_length(text: str) -> None:
    if len(text) > MOST_TEXT:
        raise Refused("text_too_long", at="text", most=MOST_TEXT)
