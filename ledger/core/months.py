"""A month of the books: open, closing, closed, reopened; which event may follow which (design/calculation.md, section 5)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from ledger.core.faults import Conflict


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
