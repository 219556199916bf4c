"""A scheme in plain words, its faults with their place, and a trial beside what holds now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.actions import stipends as actions
from ledger.actions.doing import Doing
from ledger.actions.stipends import Worked
from ledger.core import schemes
from ledger.core.faults import Refused
from ledger.core.periods import Month
from ledger.core.schemes import Scheme, SchemeRefused
from ledger.explained.rules import Told as Told
from ledger.explained.sections import told as told
from ledger.records import people
from ledger.records import stipends as rows
from ledger.records.stipends import SchemeRow
from ledger.sentences import sentence


@dataclass(frozen=True)
class Shown:
    """A scheme for the page; `state` is now, later or before."""

    row: SchemeRow
    state: str
    approved_by: str
    told: tuple[Told, ...]


@dataclass(frozen=True)
class Compared:
    """A person's sum now (None: no rules are in force) and by the tried rules, in cents."""

    ref: str
    number: str
    name: str
    now: int | None
    tried: int


@dataclass(frozen=True)
class Trial:
    """What a text gives for a month: its faults as (place, sentence), or the sums."""

    month: Month
    text: str
    faults: tuple[tuple[str, str], ...] = ()
    scheme: Scheme | None = None
    told: tuple[Told, ...] = ()
    people: tuple[Compared, ...] = ()
    now: Worked | None = None
    tried: Worked | None = None


def shown(found: Sequence[SchemeRow], names: dict[str, str], today_month: Month) -> list[Shown]:
    """The schemes for the page; the one in force this month is `now`."""
    current = next((row.ref for row in found if row.in_force_from <= today_month.first), "")
    return [Shown(row, "now" if row.ref == current else "later" if row.in_force_from > today_month.first else "before",
                  names.get(row.approved_by, ""), told(schemes.parse(row.text))) for row in found]


def try_text(doing: Doing, month: Month, text: str) -> Trial:
    """Work a month out by a text beside what holds now; nothing is saved. Faults come back inside."""
    try:
        tried = actions.work_out(doing, month, text)
    except SchemeRefused as refused:
        return Trial(month, text, tuple((one.place, sentence(one.code, one.values)) for one in refused.faults))
    except Refused as refused:
        return Trial(month, text, (("", sentence(refused.code, refused.values)),))
    row = rows.find_scheme(doing.session, doing.scope, month)
    now = actions.work_out(doing, month, row.text) if row else None
    named = {one.person.ref: one.name for one in people.participants(doing.session, doing.vault, doing.scope)}
    before = {one.person: one.total for one in now.result.people} if now else {}
    compared = tuple(Compared(one.person, one.number, named.get(one.person, "—"), before.get(one.person), one.total)
                     for one in tried.result.people)
    return Trial(month, text, scheme=tried.scheme, told=told(tried.scheme), people=compared, now=now, tried=tried)
