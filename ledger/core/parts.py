"""The kinds of parts a scheme is made of. A kind is one class here and one row of KINDS: it reads itself from its
table, writes itself back, and turns a month's facts into exact cents for each person. The engine
(`ledger.core.stipends`) rounds, divides and pays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Protocol

from ledger.core.faults import Value
from ledger.core.formulas import decimal_text
from ledger.core.people import Person
from ledger.core.production import Attendance
from ledger.core.tables import Table

Numbers = dict[str, Value]


@dataclass(frozen=True)
class Context:
    """What a part may read: the people of the run in order, the days that count for each, their traced cents (exact,
    and the exact sum of all), and what each person has so far (cents, by part)."""

    people: Sequence[Person]
    days: Mapping[str, Sequence[Attendance]]
    traced: Mapping[str, Fraction]
    traced_sum: Fraction
    so_far: dict[str, dict[str, int]]


@dataclass(frozen=True)
class Worked:
    """Exact cents by person with the numbers used. `divided` is the exact sum when one sum is divided among all
    (largest remainder); None when each person's cents stand alone and are rounded alone."""

    quotas: Mapping[str, Fraction]
    numbers: Mapping[str, Numbers]
    divided: Fraction | None = None


class Rule(Protocol):
    """What a kind of part can do."""

    @classmethod
    def read(cls, table: Table) -> Rule:
        """Read the kind's own keys; faults go to the table."""

    def written(self) -> dict[str, object]:
        """The kind's own keys as `read` takes them, all defaults filled in."""

    def work(self, context: Context) -> Worked:
        """Exact cents of every person of the run."""

    @property
    def takes_rest(self) -> bool:
        """Whether it must be the last that takes from the pool."""


@dataclass(frozen=True)
class Band:
    """Days from `start` minutes on and below `end` (None: open) earn `cents`, exact."""

    start: int
    end: int | None
    cents: Fraction

    def holds(self, minutes: int) -> bool:
        """Whether a day of so many minutes lies in the band; the lower edge does, the upper does not."""
        return self.start <= minutes and (self.end is None or minutes < self.end)


@dataclass(frozen=True)
class PerDay:
    """A sum for each attended day by bands of hours; a day below the lowest band earns nothing."""

    bands: tuple[Band, ...]

    @classmethod
    def read(cls, table: Table) -> PerDay:
        """Read the bands, [[part.band]] with from_hours, to_hours (not in the top one) and amount."""
        bands = []
        for one in table.tables("band", needed=True):
            start, end = one.minutes("from_hours"), one.minutes("to_hours") if one.has("to_hours") else None
            if end is not None and end <= start:
                one.fault("to_hours", "scheme_band_empty")
            bands.append((Band(start, end, one.cents("amount")), one))
            one.done()
        _check_bands(table, bands)
        return cls(tuple(band for band, _ in bands))

    def written(self) -> dict[str, object]:
        """The bands in their order."""
        return {"band": [_band_written(band) for band in self.bands]}

    def work(self, context: Context) -> Worked:
        """Count each person's days by band; the cents are exact."""
        quotas, numbers = {}, {}
        for person in context.people:
            counts = [0] * len(self.bands)
            days = context.days.get(person.ref, ())
            for day in days:
                place = self.band_of(day.minutes)
                if place is not None:
                    counts[place] += 1
            pairs = zip(counts, self.bands, strict=True)
            quotas[person.ref] = sum((count * band.cents for count, band in pairs), Fraction(0))
            numbers[person.ref] = self._numbers(counts, len(days))
        return Worked(quotas, numbers)

    def band_of(self, minutes: int) -> int | None:
        """The place of the band (from 0) that a day of so many minutes falls into, or None."""
        return next((place for place, band in enumerate(self.bands) if band.holds(minutes)), None)

    def _numbers(self, counts: Sequence[int], attended: int) -> Numbers:
        numbers: Numbers = {"days": sum(counts), "attended": attended}
        for place, (count, band) in enumerate(zip(counts, self.bands, strict=True), 1):
            numbers |= {f"band{place}_days": count, f"band{place}_minutes": band.start,
                        f"band{place}_cents": str(band.cents)}
        return numbers

    @property
    def takes_rest(self) -> bool:
        """A sum for days takes no more than that sum."""
        return False


def _check_bands(table: Table, bands: Sequence[tuple[Band, Table]]) -> None:
    if table.data.get("band") == []:
        table.fault("band", "scheme_band_none")
    for (below, _), (above, at) in pairwise(bands):
        if below.end is None or above.start < below.end:
            at.fault("from_hours", "scheme_band_overlap")
        elif above.start > below.end:
            at.fault("from_hours", "scheme_band_gap")
    if bands and bands[-1][0].end is not None:
        bands[-1][1].fault("to_hours", "scheme_band_top")


def _band_written(band: Band) -> dict[str, object]:
    top: dict[str, object] = {} if band.end is None else {"to_hours": _hours(band.end)}
    return {"from_hours": _hours(band.start), **top, "amount": decimal_text(band.cents / 100)}


def _hours(minutes: int) -> str:
    return decimal_text(Fraction(minutes, 60))


@dataclass(frozen=True)
class TracedPortion:
    """A portion (percent) of the person's own traced proceeds, divided to the cent by largest remainder."""

    portion: Fraction

    @classmethod
    def read(cls, table: Table) -> TracedPortion:
        """Read `portion`, a percent from 0 to 100."""
        return cls(table.percent("portion"))

    def written(self) -> dict[str, object]:
        """The portion."""
        return {"portion": decimal_text(self.portion)}

    def work(self, context: Context) -> Worked:
        """The portion of each person's exact traced cents."""
        share = self.portion / 100
        quotas = {person.ref: context.traced.get(person.ref, Fraction(0)) * share for person in context.people}
        portion = decimal_text(self.portion)
        numbers: dict[str, Numbers] = {
            person.ref: {"traced": str(context.traced.get(person.ref, Fraction(0))), "portion": portion} for person in
            context.people}
        return Worked(quotas, numbers, context.traced_sum * share)

    @property
    def takes_rest(self) -> bool:
        """What is traced is measured against the whole pool."""
        return True


KINDS: dict[str, type[Rule]] = {"per_day": PerDay, "traced": TracedPortion}
