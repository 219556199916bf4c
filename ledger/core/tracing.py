"""From sale lines through lots to their makers and back: exact cents, and what nobody gets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from operator import attrgetter

from ledger.core.matching import Matched
from ledger.core.money import ratio_sum
from ledger.core.people import Person
from ledger.core.periods import months_later
from ledger.core.production import Lot
from ledger.core.sales import EarlierLine, Match, SaleLine
from ledger.core.schemes import AfterLeaving, Scheme


@dataclass(frozen=True, slots=True)
class Traced:
    """One step of the way from a sale line to a person: `quantity` thousandths of `line` out of `lot`, `weight` of
    `weights`, exact cents. `counts` is False when the maker left too long ago: then the cents are the reserve's."""

    person: str
    line: str
    lot: str
    quantity: int
    weight: int
    weights: int
    cents: Fraction
    counts: bool = True


@dataclass(frozen=True)
class Trace:
    """`proceeds` are the exact cents of each person who has any row that counts, `total` their exact sum, `unassigned`
    the exact cents without a lot of each line that has some (below zero for what is matched late or given back)."""

    rows: tuple[Traced, ...]
    proceeds: dict[str, Fraction]
    total: Fraction
    unassigned: dict[str, Fraction]


@dataclass(frozen=True, slots=True)
class _Line:
    shared: int
    quantity: int
    sold: date


Groups = defaultdict[int, int]


def _groups() -> Groups:
    return defaultdict(int)


def trace(people: Sequence[Person], lots: Sequence[Lot], lines: Sequence[SaleLine], earlier: Sequence[EarlierLine],
          matched: Matched, scheme: Scheme) -> Trace:
    """Share every match among the makers of its lot: shared x matched / line quantity x weight / weights, exactly."""
    known, makers = _lines(lines, earlier, matched), {lot.key: lot for lot in lots}
    until = {person.ref: last_day_of_proceeds(person, scheme) for person in people}
    rows: list[Traced] = []
    sums: defaultdict[str, Groups] = defaultdict(_groups)
    unassigned: defaultdict[str, Groups] = defaultdict(_groups)
    total = _groups()
    for one in matched.matches:
        line = known[one.line]
        if one.lot:
            _share(one, line, makers[one.lot], until, rows, sums, total)
        else:
            unassigned[one.line][line.quantity] += line.shared * one.quantity
    return Trace(tuple(rows), {ref: ratio_sum(groups) for ref, groups in sums.items()}, ratio_sum(total),
                 {key: _signed(groups) for key, groups in unassigned.items()})


def _share(one: Match, line: _Line, lot: Lot, until: Mapping[str, date | None], rows: list[Traced],
           sums: defaultdict[str, Groups], total: Groups) -> None:
    weights = lot.weights
    counted, top, bottom = 0, line.shared * one.quantity, line.quantity * weights
    for maker in sorted(lot.makers, key=attrgetter("person", "weight")):
        last = until[maker.person]
        counts = last is None or line.sold <= last
        cents = Fraction(top * maker.weight, bottom)
        rows.append(Traced(maker.person, one.line, one.lot, one.quantity, maker.weight, weights, cents, counts))
        if counts:
            counted += maker.weight
            sums[maker.person][cents.denominator] += cents.numerator
    # when every maker counts the weights cancel, which keeps the denominators of the sum small
    part = Fraction(top * counted, bottom)
    total[part.denominator] += part.numerator


def _signed(groups: Groups) -> Fraction:
    """The sum of numerators by denominators that may be below zero (a return's quantity is)."""
    return sum((Fraction(top, bottom) for bottom, top in groups.items()), Fraction(0))


def _lines(lines: Sequence[SaleLine], earlier: Sequence[EarlierLine], matched: Matched) -> dict[str, _Line]:
    """The cents, the quantity and the day of the sale of every line that may have matches; a return has the day of its
    sale."""
    days = {line.key: line.day for line in (*lines, *(one.line for one in earlier))}
    known = {one.line.key: _Line(one.amounts.shared, one.line.quantity, one.line.day) for one in earlier}
    for line in lines:
        known[line.key] = _Line(matched.amounts[line.key].shared, line.quantity, days[line.returns or line.key])
    return known


def last_day_of_proceeds(person: Person, scheme: Scheme) -> date | None:
    """The last day of sale whose proceeds are the person's, inclusive; None when there is no such day."""
    if person.ended is None or scheme.after_leaving is AfterLeaving.ALWAYS:
        return None
    return months_later(person.ended, scheme.leaving_months if scheme.after_leaving is AfterLeaving.MONTHS else 0)
