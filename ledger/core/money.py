"""Rounding and dividing: integer cents and exact fractions, never a float."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from math import floor


@lru_cache(maxsize=1 << 17)  # a run asks for the same numbers several times
def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key in natural order: runs of digits as numbers, the rest by code point (D2 before D10)."""
    parts = re.findall(r"[0-9]+|[^0-9]+", text)
    return tuple((0, int(part), part) if part[0] in "0123456789" else (1, 0, part) for part in parts)


class Mode(StrEnum):
    """How a rest of a step is rounded; UP is away from zero, DOWN towards zero."""

    HALF_UP = "half_up"
    UP = "up"
    DOWN = "down"
    HALF_EVEN = "half_even"


@dataclass(frozen=True)
class Rounding:
    """A mode and a step in cents (at least 1)."""

    mode: Mode = Mode.HALF_UP
    step: int = 1


CENT = Rounding()


@dataclass(frozen=True)
class Stage:
    """A mode and a step of any size, for rates and norms: 0.00001, 50."""

    mode: Mode
    step: Fraction


def staged(exact: Fraction, stages: Iterable[Stage]) -> Fraction:
    """A number rounded by each stage in turn, exactly: cut at the 5th place, then up at the 4th."""
    for stage in stages:
        exact = whole_steps(exact / stage.step, stage.mode) * stage.step
    return exact


def half_up(exact: Fraction) -> int:
    """Round to a whole number, halves away from zero."""
    return ratio_half_up(exact.numerator, exact.denominator)


def ratio_half_up(numerator: int, denominator: int) -> int:
    """Round numerator / denominator to a whole number, halves away from zero; the denominator is above zero."""
    size = (2 * abs(numerator) + denominator) // (2 * denominator)
    return size if numerator >= 0 else -size


def rounded(exact: Fraction, rounding: Rounding = CENT) -> int:
    """Round cents to a whole number of steps, as the rounding says; the answer is in cents."""
    return whole_steps(exact / rounding.step, rounding.mode) * rounding.step


def whole_steps(steps: Fraction, mode: Mode) -> int:
    """So many whole steps, as the mode says."""
    if mode is Mode.HALF_UP:
        return half_up(steps)
    if mode is Mode.HALF_EVEN:
        return round(steps)
    down = floor(abs(steps))
    size = down + (1 if mode is Mode.UP and down != abs(steps) else 0)
    return size if steps >= 0 else -size


def exact_sum(values: Iterable[Fraction]) -> Fraction:
    """The exact sum; adds what shares a denominator first and the rest in pairs, so that long sums stay quick."""
    groups: defaultdict[int, int] = defaultdict(int)
    for value in values:
        groups[value.denominator] += value.numerator
    return ratio_sum(groups)


def ratio_sum(groups: dict[int, int]) -> Fraction:
    """The exact sum of numerators kept by their denominator (above zero)."""
    sums = [Fraction(top, bottom) for bottom, top in groups.items()]
    while len(sums) > 1:
        pairs = [one + other for one, other in zip(sums[::2], sums[1::2], strict=False)]
        sums = pairs + sums[2 * len(pairs):]
    return sums[0] if sums else Fraction(0)


class Why(StrEnum):
    """Why a leftover step went to a person or did not."""

    WHOLE = "whole"  # the quota is a whole number of steps
    LARGER = "larger"  # its fraction is larger than the last that still got one
    SMALLER = "smaller"  # its fraction is smaller than the last that got one
    TIE_WON = "tie_won"  # tied for the last, and its turn this month
    TIE_LOST = "tie_lost"  # tied for the last, not its turn


@dataclass(frozen=True, slots=True)
class Quota:
    """What a person should get, in exact cents; `number` is the person's own and decides ties."""

    person: str
    number: str
    exact: Fraction


@dataclass(frozen=True, slots=True)
class Given:
    """What a person got: `cents` = `whole` (the floor, in cents) and a step more when `extra`; `fraction` is what the
    floor left, of a step. For a tie: how many were `tied`, at which index the turn started and the person's index (all
    from 0)."""

    cents: int
    whole: int
    fraction: Fraction
    extra: bool
    why: Why
    tied: int = 0
    start: int = 0
    place: int = 0


@dataclass(frozen=True)
class Division:
    """A sum divided: the parts add up to `total` - `carried` (cents); `leftover` steps were given one each."""

    given: dict[str, Given]
    total: int
    carried: int
    leftover: int


def divide(quotas: Sequence[Quota], month_index: int, *, total: int | None = None, step: int = 1) -> Division:
    """Divide `total` cents (by default the quotas' sum, half up) by largest remainder in steps of `step` cents.

    Everyone gets the floor of the exact signed quota, the leftover steps go to the largest fractions; among those tied
    for the last of them by natural number, starting at `month_index` modulo how many are tied. A quota of 0 gets
    nothing. What is less than a step is carried. Raises ValueError when the total cannot be reached so (it is not the
    rounded sum of the quotas).
    """
    if total is None:
        total = half_up(exact_sum(quota.exact for quota in quotas))
    wholes = {quota.person: floor(quota.exact / step) for quota in quotas}
    if len(wholes) != len(quotas):
        raise ValueError("a person stands twice among the quotas")
    leftover = total // step - sum(wholes.values())
    sharing = [quota for quota in quotas if quota.exact]
    if not 0 <= leftover <= len(sharing):
        raise ValueError("the total is not the sum of the quotas")
    fractions = {quota.person: quota.exact / step - wholes[quota.person] for quota in quotas}
    turns = _turns(sharing, fractions, leftover, month_index)
    given = {person: _given(whole, fractions[person], turns.get(person, _NO_TURN), step) for person, whole in wholes.items()}
    return Division(given, total, total - total // step * step, leftover)


@dataclass(frozen=True)
class _Turn:
    """Whether a person gets a leftover step, with the reason."""

    extra: bool
    why: Why
    tied: int = 0
    start: int = 0
    place: int = 0


_NO_TURN = _Turn(False, Why.WHOLE)


def _given(whole: int, fraction: Fraction, turn: _Turn, step: int) -> Given:
    cents = (whole + turn.extra) * step
    return Given(cents, whole * step, fraction, turn.extra, turn.why, turn.tied, turn.start, turn.place)


def _turns(sharing: Sequence[Quota], fractions: dict[str, Fraction], leftover: int,
           month_index: int) -> dict[str, _Turn]:
    """Who gets a leftover step, and who does not."""
    # the scaled integer settles nearly every comparison; equal integers fall back on the exact fraction
    ranked = sorted(sharing, key=lambda quota: _rank(fractions[quota.person]), reverse=True)
    last = fractions[ranked[leftover - 1].person] if leftover else None
    turns = {}
    for quota in sharing:
        fraction = fractions[quota.person]
        extra = last is not None and fraction > last
        why = Why.LARGER if extra else Why.SMALLER if fraction else Why.WHOLE
        turns[quota.person] = _Turn(extra, why)
    tied = [quota for quota in sharing if fractions[quota.person] == last]
    seats = leftover - sum(1 for one in turns.values() if one.extra)
    if len(tied) > seats:
        turns.update(_tie(tied, seats, month_index))
    else:
        turns.update(dict.fromkeys((quota.person for quota in tied), _Turn(True, Why.LARGER)))
    return turns


def _rank(fraction: Fraction) -> tuple[int, Fraction]:
    return ((fraction.numerator << 64) // fraction.denominator, fraction)


def _tie(tied: Sequence[Quota], seats: int, month_index: int) -> dict[str, _Turn]:
    start = month_index % len(tied)
    answer = {}
    for place, quota in enumerate(sorted(tied, key=lambda one: (natural(one.number), one.person))):
        won = (place - start) % len(tied) < seats
        why = Why.TIE_WON if won else Why.TIE_LOST
        answer[quota.person] = _Turn(won, why, len(tied), start, place)
    return answer
