"""What was made: attendance, lots and the shares of their makers. Quantities are thousandths of the unit, time is
minutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ledger.core.faults import Refused
from ledger.core.money import natural
from ledger.core.people import Person


class Mark(StrEnum):
    """The mark of a day on the attendance sheet; only ATTENDED counts."""

    ATTENDED = "D"
    ILL = "L"
    EXCUSED = "K"
    UNEXCUSED = "N"


class Unit(StrEnum):
    """What a product is counted in; PIECE takes whole pieces only."""

    PIECE = "vnt"
    KILOGRAM = "kg"


class SharedBy(StrEnum):
    """How the makers of a lot share it; says only what the numbers mean, never how they count."""

    EQUAL = "equal"
    UNITS = "units"
    MINUTES = "minutes"
    POINTS = "points"
    STEPS = "steps"


@dataclass(frozen=True, slots=True)
class Attendance:
    """One person's day: minutes of any kind, counted when the mark is ATTENDED."""

    person: str
    day: date
    minutes: int
    mark: Mark


@dataclass(frozen=True)
class Work:
    """One entry of what a person did on a day: `kind` of hours ("" production), `task` or step ("" none), minutes at it, `good`
    units of `made` (thousandths), `points` given (thousandths). Every number may be 0."""

    key: str
    person: str
    day: date
    kind: str = ""
    task: str = ""
    minutes: int = 0
    good: int = 0
    made: int = 0
    points: int = 0


@dataclass(frozen=True)
class YearSoFar:
    """What a person did in the earlier months of the year: attended `days` and `minutes`, `points` (thousandths)."""

    person: str
    days: int = 0
    minutes: int = 0
    points: int = 0


@dataclass(frozen=True, slots=True)
class Share:
    """A maker's part in a lot: `weight` in thousandths, above zero, only its ratio to the others counts."""

    person: str
    weight: int


@dataclass(frozen=True, slots=True)
class Move:
    """What an approved month took out of a lot (thousandths; below zero: a return put it back), on the day of the
    sale or the return."""

    day: date
    quantity: int


@dataclass(frozen=True, slots=True)
class Lot:
    """What was made of one product on one day in one go.

    `key` is the stable random reference. `number` is the lot's own (P5) or "" when logged by hand; `order` is the order
    of saving, which sorts the unnumbered after the numbered of their day. `left` is what earlier approved months left
    of `good` (thousandths). `moves` are needed only of a lot into which an approved month put something back: what came
    back serves later sales only.
    """

    key: str
    number: str
    order: int
    product: str
    day: date
    good: int
    left: int
    makers: tuple[Share, ...]
    moves: tuple[Move, ...] = ()

    @property
    def weights(self) -> int:
        """The sum of the makers' weights."""
        return sum(maker.weight for maker in self.makers)


LotOrder = tuple[date, bool, tuple[tuple[int, int, str], ...], int, str]


def lot_order(lot: Lot) -> LotOrder:
    """Sort key of first in, first out: day, number in natural order; what has no number after them, in the order of
    saving."""
    return lot.day, not lot.number, natural(lot.number), 0 if lot.number else lot.order, lot.key


MOST = 1_000_000_000
"""No quantity is larger than a million units (thousandths)."""


def check_attendance(person: Person, day: date, minutes: int, mark: Mark) -> None:
    """Raises Refused: minutes outside 0 to 24 hours, a day outside the person's time here, an attended day without
    time."""
    if not 0 <= minutes <= 1440:
        raise Refused("hours_range", at="hours")
    if mark is Mark.ATTENDED and minutes == 0:
        raise Refused("attended_without_hours", at="hours")
    if day < person.started:
        raise Refused("before_start", at="day", day=day.isoformat(), number=person.number)
    if person.ended is not None and day > person.ended:
        raise Refused("after_end", at="day", day=day.isoformat(), number=person.number)


def check_lot(unit: str, good: int, rejects: int, weights: Sequence[int]) -> None:
    """Raises Refused: no makers, a share that is not above zero, nothing made, part of a piece, an unreal quantity."""
    if not weights:
        raise Refused("no_makers", at="makers")
    if any(weight <= 0 for weight in weights):
        raise Refused("share_not_above_zero", at="makers")
    for name, amount in (("good", good), ("rejects", rejects)):
        if amount < 0:
            raise Refused("negative", at=name)
        if amount > MOST:
            raise Refused("too_large", at=name)
        if unit == Unit.PIECE and amount % 1000:
            raise Refused("part_of_a_piece", at=name)
    if good + rejects == 0:
        raise Refused("nothing_made", at="good")


def check_shares(shared_by: SharedBy, made: int, weights: Sequence[int]) -> None:
    """Raises Refused when the makers' units hold more than what was made, good and rejected together (thousandths)."""
    if shared_by is SharedBy.UNITS and sum(weights) > made:
        raise Refused("shares_above_made", at="shared_by", shares_thousandths=sum(weights), made_thousandths=made)
