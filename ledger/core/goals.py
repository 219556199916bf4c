"""Goals and their progress: the person's own path only, never beside anyone else's and never beside money.

How a goal is scored is data as well: a short text says by which method and with which numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from math import isqrt

from ledger.core.faults import Refused
from ledger.core.periods import Month
from ledger.core.schemes import SchemeRefused
from ledger.core.tables import SchemeFault, Table

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


LEVELS = 2
"""Levels of attainment go from -2 (much less than expected) by way of 0 (as expected) to +2."""

Mark = int | str | None


def attainment(scores: Sequence[int | None], weights: Sequence[int], rho: Fraction) -> Fraction | None:
    """The T score of Goal Attainment Scaling (Kiresuk and Sherman): 50 + 10 sum(w x) / sqrt((1 - rho) sum(w^2) + rho (sum w)^2).

    A missing score (None) is left out with its weight; None when nothing with a weight is left. To two places, half away from
    zero: the root is never taken, its square is compared with whole numbers, so no digit is a guess. Raises ValueError for a
    score outside -2 to +2, a weight below zero, lists of different length, or a rho outside 0 to 1.
    """
    if not 0 <= rho <= 1:
        raise ValueError("rho lies between 0 and 1")
    pairs = [(score, weight) for score, weight in zip(scores, weights, strict=True) if score is not None]
    if any(abs(score) > LEVELS or weight < 0 for score, weight in pairs):
        raise ValueError("scores lie between -2 and +2, weights are not below zero")
    reached, whole = sum(weight * score for score, weight in pairs), sum(weight for _, weight in pairs)
    spread = (1 - rho) * sum(weight * weight for _, weight in pairs) + rho * whole * whole
    if not spread:
        return None
    # twice the distance from 50 in hundredths, squared
    return Fraction(_halves(Fraction((2000 * reached) ** 2) / spread, above=reached >= 0), 100)


def _halves(squared: Fraction, *, above: bool) -> int:
    """5000 more or less half of the root, rounded to a whole number, halves away from zero."""
    low = isqrt(squared.numerator // squared.denominator)
    high = low if low * low == squared else low + 1
    if above:
        return (10001 + low) // 2
    return (10001 - high) // 2 if high <= 10000 else -((low - 9999) // 2)


def independence(steps: Sequence[str], independent: Sequence[str], not_scored: Sequence[str]) -> Fraction | None:
    """The percent of scored steps that were done independently (task analysis with levels of assistance); a step that was not
    tried is not scored. Exact; None when no step is scored."""
    scored = [step for step in steps if step not in not_scored]
    return Fraction(100 * sum(1 for step in scored if step in independent), len(scored)) if scored else None


class ScoringKind(StrEnum):
    """The methods of scoring."""

    ATTAINMENT = "attainment"
    INDEPENDENCE = "independence"


@dataclass(frozen=True)
class Scoring:
    """How a goal is scored: `rho` is the correlation that attainment supposes between goals; `independent` are the words of steps
    that count as done alone, `not_scored` the words of marks that are left out."""

    kind: ScoringKind
    rho: Fraction
    independent: tuple[str, ...]
    not_scored: tuple[str, ...]

    def score(self, marks: Sequence[Mark], weights: Sequence[int] = ()) -> Fraction | None:
        """The score of these marks (attainment: levels, by default of equal weight; independence: words); None for nothing scored.

        Raises ValueError as `attainment` does, and for a mark that is no level.
        """
        if self.kind is ScoringKind.INDEPENDENCE:
            return independence([str(mark) for mark in marks], self.independent, self.not_scored)
        levels = [None if mark is None or str(mark) in self.not_scored else int(mark) for mark in marks]
        return attainment(levels, weights or [1] * len(levels), self.rho)


def read_scoring(data: Mapping[str, object]) -> Scoring:
    """Read a scoring from plain data of a TOML text: kind, then rho ("0" to "1") or independent, and not_scored (lists of words).

    Raises SchemeRefused with every fault and its place.
    """
    faults: list[SchemeFault] = []
    table = Table(data, "", faults)
    kind = table.choice("kind", ScoringKind)
    attained = kind is ScoringKind.ATTAINMENT
    scoring = Scoring(kind, table.ratio("rho") if attained else Fraction(0), () if attained else _words(table, "independent"),
                      _words(table, "not_scored") if table.has("not_scored") else ())
    table.done()
    if faults:
        raise SchemeRefused(faults)
    return scoring


def _words(table: Table, key: str) -> tuple[str, ...]:
    table.asked.add(key)
    value = table.data.get(key)
    if not isinstance(value, list) or not value or not all(isinstance(word, str) and word.strip() for word in value):
        table.fault(key, "scheme_key_missing" if value is None else "scheme_table_form")
        return ()
    return tuple(value)
