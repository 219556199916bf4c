"""Closing a month and opening it again; the balances with which the books begin.

Closing: the accountant begins it, reads the sheet, types what is in the cash box and at the bank, and closes. Opening again: one
person asks with a reason, another, a director, agrees or says no. Each step is an event of its own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from ledger.actions import journal as booking
from ledger.actions.doing import Doing
from ledger.core import findings
from ledger.core.access import May
from ledger.core.faults import Conflict, Refused
from ledger.core.journal import Account, Entry, Leg
from ledger.core.months import CLOSED, Balances, Event, Lack, State, check_next, lacks_of_balances, state_of
from ledger.core.periods import Month
from ledger.i18n import mark
from ledger.records import calendar, corrections, days, journal, payments, production, said, seals, selling
from ledger.records import months as rows
from ledger.records import stipends as runs
from ledger.records.months import Closing, MonthEvent
from ledger.records.types import new_ref
from ledger.sentences import learn
from ledger.settings import app_version

LONGEST = 500

learn({
    "month_state": mark("Somebody was faster: this month stands otherwise now. Reload the page."),
    "closing_earlier": mark("First close %(month)s: months are closed in their order."),
    "closing_run": mark("%(month)s cannot be closed yet: its stipends are not approved, and it is not declared empty."),
    "later_closed": mark("First %(month)s must be opened again: the newest closed month comes first."),
    "own_reopening": mark("Who asked that a month be opened again does not open it: another director does."),
    "difference_why": mark("The sum differs from the books: write why."),
    "reopen_why": mark("Write the reason."),
})


@dataclass(frozen=True)
class Counted:
    """What the accountant typed: cents in the cash box and on the bank's statement at the month's last day, why they differ from
    the books, and whether the difference is to be booked."""

    cash_cents: int
    bank_cents: int
    why: str = ""
    post: bool = False


@dataclass(frozen=True)
class Standing:
    """A month on the way to its closing sheet: its state, what is missing, the balances of the books at its last day in cents."""

    month: Month
    state: State
    lacks: tuple[Lack, ...]
    balances: Balances

    @property
    def cash(self) -> int:
        """Cents in the cash box by the books."""
        return self.balances.of(Account.CASH)

    @property
    def bank(self) -> int:
        """Cents at the bank by the books."""
        return self.balances.of(Account.BANK)

    @property
    def stops(self) -> tuple[Lack, ...]:
        """What must be put right first."""
        return tuple(lack for lack in self.lacks if lack.stops)


def standing(doing: Doing, month: Month) -> Standing:
    """How the month stands. Raises Refused for a month that is not over or lies before the books."""
    doing.check(May.SEE_JOURNAL)
    begins = doing.workshop().begins
    if month < begins:
        raise Refused("before_books", begins=str(begins))
    states = rows.states(doing.session, doing.scope)
    held = Balances(journal.balances(doing.session, doing.scope, until=month.last))
    lacks = [*_stops(doing, month, begins, states), *_facts(doing, month), *lacks_of_balances(held)]
    return Standing(month, states.get(month, State.OPEN), tuple(lacks), held)


def _stops(doing: Doing, month: Month, begins: Month, states: dict[Month, State]) -> list[Lack]:
    shut = frozenset(one for one, state in states.items() if state in CLOSED)
    before = findings.open_before(month, begins, shut)
    found = [Lack("earlier_month", len(before), subject=str(before[0]), stops=True)] if before else []
    settled = runs.approved_months(doing.session, doing.scope) | runs.empty_months(doing.session, doing.scope)
    if month not in settled:
        found.append(Lack("run", 1, stops=True))
    return found


def _facts(doing: Doing, month: Month) -> list[Lack]:
    session, scope = doing.session, doing.scope
    written = production.attendance_days(session, scope, month)
    bare = findings.days_without(calendar.working_days(month), written, doing.today)
    begun = days.not_closed(session, scope, month.first, month.last)
    uncovered = rows.uncovered(session, scope, month)
    late = sum(one.state in ("offered", "accepted") for one in corrections.late_rows(session, scope, month))
    draft = corrections.find_draft(session, scope, month) is not None
    waiting = payments.pending(session, scope)
    tills = [one for one in selling.uncounted_days(session, scope, month.last) if one[0] >= month.first]
    found = [Lack("late", late), Lack("correction", int(draft)), Lack("days", len(bare)), Lack("open_days", len(begun)),
             Lack("without_lot", uncovered),
             Lack("till", len(tills), sum(cents for _day, cents in tills), tills[0][0].isoformat() if tills else ""),
             Lack("pending", len(waiting), sum(waiting.values()))]
    return [lack for lack in found if lack.count]


def start_closing(doing: Doing, month: Month) -> None:
    """The accountant begins to close a month that is over."""
    doing.check(May.CLOSE_MONTH)
    doing.gate()
    if month.last >= doing.today:
        raise Conflict("month_not_over", month=str(month))
    if month < doing.workshop().begins:
        raise Refused("before_books", begins=str(doing.workshop().begins))
    _happens(doing, month, Event.CLOSING)


def close(doing: Doing, month: Month, counted: Counted) -> Closing:
    """Close the month: the sheet is sealed with the heads of both chains, a difference is explained and, if the accountant says so,
    booked. Raises Conflict while the run is open or an earlier month is, Refused for a difference without its reason."""
    doing.check(May.CLOSE_MONTH)
    doing.gate()
    stands = standing(doing, month)
    if stands.state is not State.CLOSING:
        raise Conflict("month_state")
    for lack in stands.stops:
        raise Conflict("closing_earlier" if lack.code == "earlier_month" else "closing_run", month=lack.subject or str(month))
    sheet = _sheet(doing, stands, counted)
    if counted.post:
        _book_difference(doing, stands, counted, sheet)
    head, seal = journal.head(doing.session, doing.scope), seals.head(doing.session, doing.scope.organisation)
    sheet.journal_sequence, sheet.journal_hash = head.sequence, head.hash
    sheet.seal_sequence, sheet.seal_hash = seal.sequence, seal.hash
    doing.session.add(sheet)
    doing.session.flush()
    _happens(doing, month, Event.CLOSED, closing_ref=sheet.ref)
    doing.note("close_month", "closing", sheet.ref, after={"month": str(month), "number": sheet.number})
    return sheet


def _sheet(doing: Doing, stands: Standing, counted: Counted) -> Closing:
    differs = (counted.cash_cents, counted.bank_cents) != (stands.cash, stands.bank)
    why = _text(counted.why, "why", needed=differs, code="difference_why")
    text = said.say(doing.session, doing.scope, why) if differs else None
    sealed = runs.find_sealed(doing.session, doing.scope, stands.month)
    number = doing.next_numbers("UZ", doing.today.year, 1)[0]
    return Closing(
        ref=new_ref(), organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop,
        number=f"UZ-{doing.today.year}-{number:04d}", month=str(stands.month),
        counted_cash_cents=counted.cash_cents, counted_bank_cents=counted.bank_cents,
        book_cash_cents=stands.cash, book_bank_cents=stands.bank, posted=differs and counted.post,
        said_ref=text.ref if text else "", said_sha256=text.sha256 if text else "",
        missing=json.dumps([[lack.code, lack.count, lack.cents] for lack in stands.lacks], separators=(",", ":")),
        run_number=sealed.number if sealed else "", closed_by=doing.who.account, closed_at=doing.at, app_version=app_version())


def _book_difference(doing: Doing, stands: Standing, counted: Counted, sheet: Closing) -> None:
    cash, bank = counted.cash_cents - stands.cash, counted.bank_cents - stands.bank
    legs = (Leg(Account.CASH, cash), Leg(Account.BANK, bank), Leg(Account.DIFFERENCES, -cash - bank))
    kept = tuple(leg for leg in legs if leg.cents)
    if len(kept) >= 2:
        booking.post(doing, Entry("difference", stands.month.last, stands.month, "closing", sheet.ref, kept))


def ask_reopen(doing: Doing, month: Month, why: str) -> None:
    """Somebody asks that a closed month be opened again. Raises Conflict while a later month is closed."""
    doing.check(May.ASK_REOPEN)
    doing.gate()
    later = sorted(one for one in rows.closed(doing.session, doing.scope) if one > month)
    if later:
        raise Conflict("later_closed", month=str(later[-1]))
    _happens(doing, month, Event.REOPEN_ASKED, why=_text(why, "why", needed=True, code="reopen_why"))


def reopen(doing: Doing, month: Month) -> None:
    """Another person, a director, opens it. Raises Refused for who asked for it."""
    doing.check(May.REOPEN)
    doing.gate()
    asked = rows.newest(doing.session, doing.scope, month)
    if asked is not None and asked.kind == Event.REOPEN_ASKED.value and asked.done_by == doing.who.account:
        raise Refused("own_reopening")
    _happens(doing, month, Event.REOPENED)


def refuse_reopen(doing: Doing, month: Month, why: str) -> None:
    """A director says no, with a reason; whoever asked may take the wish back in the same way."""
    asked = rows.newest(doing.session, doing.scope, month)
    own = asked is not None and asked.done_by == doing.who.account
    doing.check(May.ASK_REOPEN if own else May.REOPEN)
    doing.gate()
    _happens(doing, month, Event.REOPEN_REFUSED, why=_text(why, "why", needed=True, code="reopen_why"))


def _happens(doing: Doing, month: Month, event: Event, *, why: str = "", closing_ref: str = "") -> None:
    newest = rows.newest(doing.session, doing.scope, month)
    check_next(Event(newest.kind) if newest else None, event)
    text = said.say(doing.session, doing.scope, why) if why else None
    row = MonthEvent(
        organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, month=str(month),
        position=newest.position + 1 if newest else 1, kind=event.value, done_by=doing.who.account, done_at=doing.at,
        said_ref=text.ref if text else "", said_sha256=text.sha256 if text else "", closing_ref=closing_ref)
    doing.session.add(row)
    doing.session.flush()
    doing.note(f"month_{event.value}", "month_event", row.ref,
               before={"state": state_of(Event(newest.kind) if newest else None).value},
               after={"month": str(month), "state": state_of(event).value})


def _text(text: str, at: str, *, needed: bool, code: str) -> str:
    text = text.strip()
    if needed and not text:
        raise Refused(code, at=at)
    if len(text) > LONGEST:
        raise Refused("text_too_long", at=at, most=LONGEST)
    return text


def open_books(doing: Doing, cash_cents: int, bank_cents: int, reserve_cents: int) -> None:
    """Once: what was in the cash box, at the bank and in the reserve when the books began, in cents. Raises Conflict when it was
    said already or the first month is closed, Refused when all of it is nothing."""
    doing.check(May.KEEP_JOURNAL)
    doing.gate()
    workshop = doing.workshop()
    if journal.find_entry(doing.session, doing.scope, "opening", workshop.ref) is not None:
        raise Conflict("opened_already")
    legs = [Leg(Account.CASH, cash_cents), Leg(Account.BANK, bank_cents), Leg(Account.RESERVE, -reserve_cents)]
    legs.append(Leg(Account.OPENING, -sum(leg.cents for leg in legs)))
    kept = tuple(leg for leg in legs if leg.cents)
    if not kept:
        raise Refused("opening_nothing", at="cash")
    head = booking.post(doing, Entry("opening", workshop.begins.first, workshop.begins, "workshop", workshop.ref, kept))
    doing.note("open_books", "workshop", workshop.ref,
               after={"cash_cents": cash_cents, "bank_cents": bank_cents, "reserve_cents": reserve_cents, "entry": head.sequence})
