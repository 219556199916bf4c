"""A day of the workshop: begun, said to be complete, opened again; what a weekly plan, a day over two workshops and a lot say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from ledger.core.faults import Conflict, Refused
from ledger.core.people import Person

DAY_MINUTES = 1440
SERVICE_MINUTES = 360
"""The service is given six hours a day; a person's minutes of two workshops together above it are told."""

TRIAL_WITHIN = 92
"""So many days before the contract a person may come to try."""


class DayEvent(StrEnum):
    """What can happen to a day. It begins with the first thing that somebody writes down by hand."""

    BEGUN = "begun"
    CLOSED = "closed"
    REOPENED = "reopened"


def after_entry(newest: DayEvent | None) -> DayEvent | None:
    """What an entry written by hand does to its day: the first begins it, one after the closing opens it again."""
    return {None: DayEvent.BEGUN, DayEvent.CLOSED: DayEvent.REOPENED}.get(newest)


def check_close(newest: DayEvent | None) -> None:
    """Raises Conflict when the day is closed already."""
    if newest is DayEvent.CLOSED:
        raise Conflict("day_closed_already")


def check_reopen(newest: DayEvent | None) -> None:
    """Raises Conflict when the day is not closed."""
    if newest is not DayEvent.CLOSED:
        raise Conflict("day_open_already")


def check_both(minutes: int, elsewhere: int) -> None:
    """Raises Refused when a person's minutes here and in other workshops hold more than the day."""
    if minutes + elsewhere > DAY_MINUTES:
        raise Refused("over_day_both", at="hours")


def told_together(minutes: int, elsewhere: int) -> bool:
    """Whether the two together are worth a look: both are there, and together more than a day of the service."""
    return elsewhere > 0 and minutes > 0 and minutes + elsewhere > SERVICE_MINUTES


def check_plan(minutes: Sequence[int]) -> None:
    """Raises Refused unless there are minutes for seven weekdays, each within the day, and not all of them 0."""
    for weekday, one in enumerate(minutes):
        if not 0 <= one <= DAY_MINUTES:
            raise Refused("hours_range", at=f"day{weekday}")
    if not any(minutes):
        raise Refused("plan_empty", at="day0")


def check_trial(person: Person, day: date, minutes: int) -> None:
    """Raises Refused unless the day lies before the first day of the contract, not long before it, and has time."""
    if day >= person.started:
        raise Refused("trial_after_start", at="participant", number=person.number, day=person.started.isoformat())
    if (person.started - day).days > TRIAL_WITHIN:
        raise Refused("trial_too_early", at="participant", number=person.number, most=TRIAL_WITHIN)
    if not 0 < minutes <= DAY_MINUTES:
        raise Refused("hours_range" if minutes else "attended_without_hours", at="hours")


def may_try(person: Person, day: date) -> bool:
    """Whether a person may be shown among those who come to try on this day."""
    return 0 < (person.started - day).days <= TRIAL_WITHIN
