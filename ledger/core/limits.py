"""Ceilings and floors of a scheme on a person's total or on one part: what is cut, where it goes, what is added. Cents."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ledger.core.measures import ZERO, Measures
from ledger.core.money import Quota, divide, half_up
from ledger.core.part_base import Numbers
from ledger.core.people import Person
from ledger.core.periods import Month
from ledger.core.pools import RESERVE
from ledger.core.scheme_sections import AGAIN, Limit, LimitKind
from ledger.core.schemes import Part, Scheme
from ledger.core.statement import Sheet, StatementLine


def apply_limit(limit: Limit, scheme: Scheme, sheet: Sheet, measures: Measures, month: Month) -> None:
    """Bring everybody under the ceiling or up to the floor, a line each."""
    bounds = {person.ref: _bound(limit, measures, person.ref) for person in sheet.people}
    if limit.kind is LimitKind.FLOOR:
        _raise(limit, sheet, measures, bounds)
        return
    order = _order(limit, scheme)
    cut = sum(_cut(limit, order, sheet, person.ref, *bounds[person.ref]) for person in sheet.people)
    if limit.returns == AGAIN and cut:
        _share_again(limit, order[0], sheet, {ref: bound for ref, (bound, _) in bounds.items()}, cut, month)


def _bound(limit: Limit, measures: Measures, ref: str) -> tuple[int | None, Numbers]:
    """The limit for one person, half up to the cent; None for a class without a row."""
    amount, numbers = limit.amount, Numbers()
    if limit.by_class is not None:
        numbers["class"] = measures.word(limit.by_class, ref)
        amount = next((one.amount for one in limit.classes if one.name == numbers["class"]), None)
    if amount is None:
        return None, numbers
    numbers |= measures.told(amount, ref)
    return half_up(amount.cents(measures.lookup(ref))), numbers


def _order(limit: Limit, scheme: Scheme) -> Sequence[Part]:
    """The parts that a ceiling cuts, first to last; those that only an earlier version of the month has count as written first."""
    earlier = scheme.before.parts if scheme.before else ()
    unique = [*(part for part in earlier if scheme.part(part.key) is None), *scheme.parts]
    if limit.on:
        return [part for part in unique if part.key == limit.on]
    first = [part for part in unique if part.key == limit.cuts]
    return [*first, *(part for part in reversed(unique) if part.key != limit.cuts)]


def _value(limit: Limit, sheet: Sheet, ref: str) -> int:
    return sheet.given(ref, limit.on) if limit.on else sheet.total(ref)


def _cut(limit: Limit, order: Sequence[Part], sheet: Sheet, ref: str, ceiling: int | None, told: Numbers) -> int:
    before = value = _value(limit, sheet, ref)
    if ceiling is None or value <= ceiling:
        return 0
    for part in order:
        cut = min(value - ceiling, sheet.given(ref, part.key))
        if cut > 0:
            payer = part.payer if limit.returns == "source" else RESERVE if limit.returns == AGAIN else limit.returns
            numbers: Numbers = {"ceiling": ceiling, "before": before, "cuts": part.key, **told}
            sheet.add(ref, StatementLine(limit.key, "limit", -cut, payer, Fraction(-cut), numbers), counts_for=part.key)
            value -= cut
    return before - value


def _share_again(limit: Limit, part: Part, sheet: Sheet, bounds: dict[str, int | None], cut: int, month: Month) -> None:
    """Share what was cut among the others by their key until nobody is over; what nobody can take is the
    reserve's, which therefore takes the cut and pays what is shared again."""
    keys, got = sheet.keys.get(part.key, {}), dict.fromkeys(bounds, 0)
    people: dict[str, Person] = {person.ref: person for person in sheet.people}
    left = cut
    while left:
        room = {ref: left if (bound := bounds[ref]) is None else bound - _value(limit, sheet, ref) - got[ref] for ref in people}
        under = [ref for ref in people if keys.get(ref, ZERO) > 0 and room[ref] > 0]
        if not under:
            break
        whole = sum((keys[ref] for ref in under), ZERO)
        quotas = [Quota(ref, people[ref].number, left * keys[ref] / whole) for ref in under]
        given = divide(quotas, month.index, total=left).given
        taken = {ref: min(given[ref].cents, room[ref]) for ref in under}
        for ref, cents in taken.items():
            got[ref] += cents
        left -= sum(taken.values())
    for ref, cents in got.items():
        if cents:
            numbers: Numbers = {"shared": cut, "cuts": part.key, "key": str(keys[ref])}
            if (bound := bounds[ref]) is not None:
                numbers["ceiling"] = bound
            sheet.add(ref, StatementLine(limit.key, AGAIN, cents, RESERVE, Fraction(cents), numbers), counts_for=part.key)


def _raise(limit: Limit, sheet: Sheet, measures: Measures, bounds: dict[str, tuple[int | None, Numbers]]) -> None:
    for person in sheet.people:
        (floor, told), value = bounds[person.ref], _value(limit, sheet, person.ref)
        if floor is not None and value < floor and measures.days.get(person.ref):
            numbers: Numbers = {"floor": floor, "before": value, **told}
            line = StatementLine(limit.key, "floor", floor - value, limit.payer, Fraction(floor - value), numbers)
            sheet.add(person.ref, line, counts_for=limit.on)
