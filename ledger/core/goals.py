"""Goals and their progress: the person's own path only, never beside anyone else's and never beside money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ledger.core.faults import Refused
from ledger.core.periods import Month

STEPS = 5
KINDS = ("general", "special")


@dataclass(frozen=True)
class Seen:
    """An observation: a day and a score of 0 to STEPS."""

    day: date
    score: int


def score_of(month: Month, seen: Sequence[Seen]) -> int | None:
    """The last score known at the month's end; None before the first observation."""
    known = [one for one in seen if one.day <= month.last]
    return max(known, key=lambda one: one.day).score if known else None


def path(month: Month, seen: Sequence[Seen], months: int = 3) -> tuple[tuple[Month, int | None], ...]:
    """The last `months` months up to this one, each with its score."""
    return tuple((month.plus(-back), score_of(month.plus(-back), seen)) for back in range(months - 1, -1, -1))


def check_goal(*, title: str, baseline: str, target: str, set_on: date, due_on: date, kind: str) -> None:
    """Raises Refused: empty texts, an unknown kind, a due day not after the day it was set."""
    for field, text in (("title", title), ("baseline", baseline), ("target", target)):
        if not text.strip():
            raise Refused("empty_text", at=field)
        if len(text) > 200:
            raise Refused("text_too_long", at=field, most=200)
    if kind not in KINDS:
        raise Refused("unknown_goal_kind", at="kind")
    if due_on <= set_on:
        raise Refused("due_before_set", at="due_on")


def check_observation(*, score: int, day: date, today: date, set_on: date) -> None:
    """Raises Refused: a score outside 0 to 5, a day in the future or before the goal was set."""
    if not 0 <= score <= STEPS:
        raise Refused("score_range", at="score", most=STEPS)
    if day > today:
        raise Refused("future_day", at="day")
    if day < set_on:
        raise Refused("before_goal", at="day", day=set_on.isoformat())
