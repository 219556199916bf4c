"""How each person is paid: a changed account that waits for a second person, another payee, cash by choice, money that waits.

Also where everybody stands: what is owed, waits in a batch, is on its way, was paid. Names and accounts stand under the person's
key.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta

from stdnum import iban as iban_rules
from stdnum.exceptions import ValidationError

from ledger.actions.doing import Doing
from ledger.core.access import May
from ledger.core.faults import Conflict, Refused
from ledger.core.journal import Account
from ledger.core.payments import State, Way, free_to_pay
from ledger.records import journal, people
from ledger.records import payees as kept
from ledger.records import payments as rows
from ledger.records.payees import Detail, PayDetail, PayDetailEvent
from ledger.records.people import Identity, Named
from ledger.records.types import new_ref
from ledger.records.vault import KeyGone, person_key
from ledger.settings import app_version

DIGITS = 4
"""How many last digits of a new account the second person types from the person's paper."""
AHEAD = timedelta(days=3 * 366)


@dataclass(frozen=True)
class Told:
    """What stands sealed in a detail: whom the money goes to, their account ("" is cash), the document it rests on, why."""

    name: str = ""
    iban: str = ""
    document: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Payee:
    """Whom a payment goes to; `detail` is the reference of what says so when it is not the person."""

    name: str
    iban: str
    detail: str = ""


@dataclass(frozen=True)
class Standing:
    """Where a person stands, cents: owed by the journal, waiting in batches, on the way, paid, advances that are not set off."""

    named: Named
    owed: int
    pending: int
    on_way: int
    paid: int
    advances: int
    way: Way
    payee: Payee
    hold: str = ""
    """Why nothing is paid now: `account_changed` (for the bank), `told_to_wait`, or ""."""
    waits: str = ""
    """Why money waits for somebody although it may be paid: `left_without_account`, `hold`, or ""."""

    @property
    def free(self) -> int:
        """What may still be put into a batch, advances set off first."""
        return free_to_pay(self.owed, self.pending + self.advances)

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.owed or self.pending or self.on_way or self.paid or self.advances)


def standings(doing: Doing, person_refs: Collection[str] | None = None, *, until: date | None = None) -> list[Standing]:
    """Where people stand (of these, or all) at the end of a day, in the order of their numbers. Eight queries whatever their
    number."""
    everyone = people.participants(doing.session, doing.vault, doing.scope)
    chosen = [one for one in everyone if person_refs is None or one.person.ref in person_refs]
    balances = journal.balances(doing.session, doing.scope, until=until)
    sums = rows.sums_by_person(doing.session, doing.scope, until)
    waiting = rows.pending(doing.session, doing.scope)
    details: dict[str, list[Detail]] = {}
    for one in kept.details(doing.session, doing.scope):
        details.setdefault(one.row.person_ref, []).append(one)
    return [_standing(doing, one, balances, sums.get(one.person.ref, {}), waiting.get(one.person.ref, 0),
                      details.get(one.person.ref, [])) for one in chosen]


def _standing(doing: Doing, named: Named, balances: Mapping[tuple[Account, str, str], int], sums: Mapping[State, int], waiting: int,
              details: list[Detail]) -> Standing:
    ref = named.person.ref
    payee = payee_of(doing, named, details)
    way = Way.CASH if not payee.iban or (not payee.detail and _holds(details, "cash", doing.today)) else Way.BANK
    owed = -balances.get((Account.PAYABLE, ref, ""), 0)
    hold = hold_of(details, doing.today, way)
    left = named.person.ended is not None and named.person.ended < doing.today
    waits = "hold" if hold else "left_without_account" if left and way is Way.CASH else ""
    on_way = -balances.get((Account.PAID, ref, ""), 0)
    ahead = min(max(0, -on_way), max(0, owed))  # the bank had paid it before somebody wrote down that it was sent
    owed -= ahead
    return Standing(named, owed, waiting, max(0, on_way), sums.get(State.SETTLED, 0) + ahead,
                    balances.get((Account.ADVANCES, ref, ""), 0), way, payee, hold, waits if owed > 0 else "")


def payee_of(doing: Doing, named: Named, details: list[Detail]) -> Payee:
    """Whom the person's money goes to today: the newest confirmed payee of this day, or the person."""
    for one in reversed(details):
        if one.row.kind == "payee" and one.holds(doing.today):
            told = opened(doing, one)
            return Payee(told.name, told.iban, one.row.ref)
    return Payee(named.name, named.identity.iban)


def hold_of(details: list[Detail], day: date, way: Way) -> str:
    """Why nothing is paid to somebody on a day: they were told to wait, or (by bank) their account, or whom the money goes to, is
    being changed or was that day."""
    if any(one.row.kind == "wait" and one.holds(day) for one in details):
        return "told_to_wait"
    changing = any(one.open or (_confirmed_on(one) == day and (one.row.kind == "account" or one.holds(day)))
                   for one in details if one.row.kind in ("account", "payee"))
    return "account_changed" if changing and way is Way.BANK else ""


def _confirmed_on(one: Detail) -> date | None:
    event = one.had("confirmed")
    return event.happened_on if event else None


def _holds(details: list[Detail], kind: str, day: date) -> bool:
    return any(one.row.kind == kind and one.holds(day) for one in details)


def opened(doing: Doing, detail: Detail) -> Told:
    """What stands sealed in a detail; nothing of somebody whose key is destroyed."""
    row = detail.row
    try:
        return Told(**json.loads(doing.vault.open(doing.session, person_key(row.person_ref), row.sealed, f"pay_detail:{row.ref}")))
    except KeyGone:
        return Told(name="—")


# ---------- a changed account ----------


def account_to_keep(doing: Doing, person_ref: str, before: Identity | None, wanted: str) -> str:
    """The account that stays written down when `wanted` is typed or brought in: a first one at once, a changed one, or one that
    somebody else has already, only after a second person said so. An empty one changes nothing."""
    now = before.iban if before else ""
    if not wanted or wanted == now:
        return now
    if not now and people.with_account(doing.session, doing.vault, doing.scope, wanted).keys() <= {person_ref}:
        return wanted
    ask_account(doing, person_ref, wanted)
    return now


def others_with(doing: Doing, person_ref: str, iban: str) -> list[str]:
    """The numbers of other participants who have this account: two may share one, but somebody has to look."""
    found = people.with_account(doing.session, doing.vault, doing.scope, iban)
    return [number for ref, number in found.items() if ref != person_ref]


def ask_account(doing: Doing, person_ref: str, iban: str) -> None:
    """Write a changed account down for a second person to confirm; asked twice it is asked once, another one takes its place."""
    check_iban(iban)
    for one in kept.details(doing.session, doing.scope, [person_ref]):
        if one.row.kind == "account" and one.open:
            if opened(doing, one).iban == iban:
                return
            _event(doing, one, "refused")
    _write(doing, person_ref, "account", Told(iban=iban), doing.today, None)


def confirm_account(doing: Doing, ref: str, digits: str) -> None:
    """The second person typed the last digits from the person's paper: from now on this is the account. Raises Refused
    `digits_differ`, Conflict `own_change` for who wrote it down, `detail_state` when it is settled already."""
    doing.check(May.CONFIRM_ACCOUNT)
    doing.gate()
    detail = _to_confirm(doing, ref, "account")
    iban = opened(doing, detail).iban
    if "".join(digits.split()) != iban[-DIGITS:]:
        raise Refused("digits_differ", at="digits")
    _event(doing, detail, "confirmed")
    named = people.get_participant_by_person(doing.session, doing.vault, doing.scope, detail.row.person_ref)
    identity = replace(named.identity, iban=iban)
    people.seal_identity(doing.session, doing.vault, doing.scope, named.person.ref, identity)
    doing.note("change_account", "participant", named.ref, person=named.person.ref,
               secret={"before": named.identity.iban, "after": iban})


def confirm_payee(doing: Doing, ref: str) -> None:
    """The second person looked at the document: the money goes to this payee."""
    doing.check(May.CONFIRM_ACCOUNT)
    doing.gate()
    _event(doing, _to_confirm(doing, ref, "payee"), "confirmed")


def refuse(doing: Doing, ref: str) -> None:
    """A changed account or a payee is not right: nothing changes."""
    doing.check(May.CONFIRM_ACCOUNT)
    doing.gate()
    detail = kept.get_detail(doing.session, doing.scope, ref)
    if not detail.open:
        raise Conflict("detail_state")
    _event(doing, detail, "refused")


def _to_confirm(doing: Doing, ref: str, kind: str) -> Detail:
    detail = kept.get_detail(doing.session, doing.scope, ref)
    if not detail.open or detail.row.kind != kind:
        raise Conflict("detail_state")
    if detail.row.made_by == doing.who.account:
        raise Conflict("own_change")
    return detail


# ---------- another payee, cash by choice, money that waits ----------


def set_payee(doing: Doing, participant: str, told: Told, since: date, until: date | None) -> PayDetail:
    """Another payee from a day (until a day): a guardian, a person with a power of attorney, an heir. A second person confirms
    it."""
    doing.check(May.KEEP_PAYEES)
    _check_text(name=told.name, document=told.document)
    if told.iban:
        check_iban(told.iban)
    return _write(doing, _person(doing, participant), "payee", replace(told, reason=""), since, until)


def choose_cash(doing: Doing, participant: str, since: date, until: date | None) -> PayDetail:
    """The person wants cash although there is an account."""
    doing.check(May.KEEP_PAYEES)
    return _write(doing, _person(doing, participant), "cash", Told(), since, until)


def let_wait(doing: Doing, participant: str, reason: str) -> PayDetail:
    """Nothing is paid until somebody ends it: heirs are not known, or it is not clear where the money should go."""
    doing.check(May.KEEP_PAYEES)
    _check_text(reason=reason)
    return _write(doing, _person(doing, participant), "wait", Told(reason=reason.strip()), doing.today, None)


def end(doing: Doing, ref: str) -> None:
    """From today on it no longer holds."""
    doing.check(May.KEEP_PAYEES)
    doing.gate()
    detail = kept.get_detail(doing.session, doing.scope, ref)
    if detail.row.kind == "account" or detail.open or detail.had("ended") or detail.had("refused"):
        raise Conflict("detail_state")
    _event(doing, detail, "ended")


def _person(doing: Doing, participant: str) -> str:
    return people.get_participant(doing.session, doing.vault, doing.scope, participant).person.ref


def _check_text(**texts: str) -> None:
    for name, text in texts.items():
        if not text.strip():
            raise Refused("empty_text", at=name)
        if len(text) > 200:
            raise Refused("text_too_long", at=name, most=200)


def check_iban(iban: str, *, at: str = "iban") -> None:
    """Raises Refused `iban_wrong` for an account number whose check digits do not fit."""
    try:
        iban_rules.validate(iban)
    except ValidationError:
        raise Refused("iban_wrong", at=at) from None


def _write(doing: Doing, person_ref: str, kind: str, told: Told, since: date, until: date | None) -> PayDetail:
    if since > doing.today + AHEAD or since.year < 2000:
        raise Refused("too_far_ahead" if since.year >= 2000 else "long_ago", at="since")
    if until is not None and until < since:
        raise Refused("ended_before_started", at="until")
    doing.gate()
    people.ensure_key(doing.session, doing.vault, doing.scope, person_ref)
    row = PayDetail(
        organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, ref=new_ref(), person_ref=person_ref, kind=kind,
        since=since, until=until, made_by=doing.who.account, made_at=doing.at, app_version=app_version())
    data = json.dumps(asdict(told), ensure_ascii=False).encode()
    row.sealed = doing.vault.seal(doing.session, person_key(person_ref), data, f"pay_detail:{row.ref}")
    doing.session.add(row)
    doing.session.flush()
    doing.note("write_pay_detail", "pay_detail", row.ref, person=person_ref, after={"kind": kind, "since": since, "until": until})
    return row


def _event(doing: Doing, detail: Detail, state: str) -> None:
    doing.session.add(PayDetailEvent(
        organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, detail_ref=detail.row.ref, state=state,
        happened_on=doing.today, done_by=doing.who.account, done_at=doing.at, app_version=app_version()))
    doing.session.flush()
    doing.note(f"{state}_pay_detail", "pay_detail", detail.row.ref, person=detail.row.person_ref, after={"kind": detail.row.kind})
