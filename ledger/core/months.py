"""A month of the books: open, closing, closed, reopened; which event may follow which (design/calculation.md, section 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ledger.core.faults import Conflict
from ledger.core.journal import Account


class Event(StrEnum):
    """What can happen to a month. That it opens is never written down."""

    CLOSING = "closing"
    CLOSED = "closed"
    REOPEN_ASKED = "reopen_asked"
    REOPEN_REFUSED = "reopen_refused"
    REOPENED = "reopened"


class State(StrEnum):
    """How a month stands; `asked` is closed, with somebody's wish to reopen it waiting for another."""

    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"
    ASKED = "asked"


CLOSED = frozenset({State.CLOSED, State.ASKED})
"""In these states nothing is booked into the month."""

FOLLOWS: Mapping[Event, frozenset[Event | None]] = {
    Event.CLOSING: frozenset({None, Event.REOPENED}),
    Event.CLOSED: frozenset({Event.CLOSING}),
    Event.REOPEN_ASKED: frozenset({Event.CLOSED, Event.REOPEN_REFUSED}),
    Event.REOPEN_REFUSED: frozenset({Event.REOPEN_ASKED}),
    Event.REOPENED: frozenset({Event.REOPEN_ASKED}),
}
"""Which event may come after which (None: nothing happened to the month yet)."""

_STATES = {
    None: State.OPEN, Event.CLOSING: State.CLOSING, Event.CLOSED: State.CLOSED, Event.REOPEN_ASKED: State.ASKED,
    Event.REOPEN_REFUSED: State.CLOSED, Event.REOPENED: State.OPEN,
}


def state_of(newest: Event | None) -> State:
    """How a month stands after its newest event."""
    return _STATES[newest]


def check_next(newest: Event | None, event: Event) -> None:
    """Raises Conflict when this event cannot follow the newest one: somebody was faster."""
    if newest not in FOLLOWS[event]:
        raise Conflict("month_state")


@dataclass(frozen=True)
class Lack:
    """Something that a month lacks before it is closed: a code, how many, cents of money; what `stops` comes first."""

    code: str
    count: int
    cents: int = 0
    subject: str = ""
    stops: bool = False


@dataclass(frozen=True)
class Balances:
    """Balances by account, person and detail; cents, debit above zero."""

    held: Mapping[tuple[Account, str, str], int]

    def of(self, account: Account) -> int:
        """The whole of an account."""
        return sum(cents for (own, _person, _detail), cents in self.held.items() if own is account)

    def by_person(self, account: Account) -> dict[str, int]:
        """An account kept by person: what each has, none of them zero."""
        sums: dict[str, int] = {}
        for (own, person, _detail), cents in self.held.items():
            if own is account:
                sums[person] = sums.get(person, 0) + cents
        return {person: cents for person, cents in sums.items() if cents}


def lacks_of_balances(held: Balances) -> list[Lack]:
    """What balances at the end of a month tell: money on its way, owed, advanced or unassigned, a reserve below zero."""
    owed = [-cents for cents in held.by_person(Account.PAYABLE).values() if cents < 0]
    advances = [cents for cents in held.by_person(Account.ADVANCES).values() if cents > 0]
    unassigned, reserve, on_way = -held.of(Account.UNASSIGNED), -held.of(Account.RESERVE), -held.of(Account.PAID)
    found = [
        Lack("on_the_way", int(on_way != 0), on_way), Lack("owed", len(owed), sum(owed)),
        Lack("advances", len(advances), sum(advances)), Lack("unassigned", int(unassigned != 0), unassigned),
        Lack("reserve_below", int(reserve < 0), reserve)]
    return [lack for lack in found if lack.count]
