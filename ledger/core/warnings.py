"""What is worth a look before a run is submitted or a scheme approved: codes with values and the person. They block nothing.

A scheme is looked at by itself for what would punish moving to a harder task; a month worked out for people at zero, jumps against
the months before, sums above the scheme's own reference, and what the scheme asks for and nobody has written down.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import floor

from ledger.core.faults import Values
from ledger.core.formulas import Formula, Lookup
from ledger.core.measures import Span, in_force
from ledger.core.money import half_up
from ledger.core.part_base import Amounted, ForClass, FromPool
from ledger.core.part_pieces import PerPiece, Piece, Rated
from ledger.core.part_sums import ShareOfPot
from ledger.core.periods import Month
from ledger.core.production import Mark
from ledger.core.scheme_sections import LimitKind, amounts_on
from ledger.core.schemes import Part, Scheme
from ledger.core.stipends import Inputs, Result

MONTHS_BEFORE = 3
"""How many months a jump is measured against."""

LITTLE = Fraction(99, 100)
"""An hour of the harder task that earns less by under a hundredth is the rounding of rates, nothing more."""


@dataclass(frozen=True)
class Warned:
    """One thing worth a look; `person` is the books' reference ("" for the scheme or the month), `part` the key of the part."""

    code: str
    values: Values = field(default_factory=dict)
    person: str = ""
    part: str = ""


# ---------- the scheme by itself ----------


def warnings_of_scheme(scheme: Scheme) -> tuple[Warned, ...]:
    """What in a scheme would punish moving to a harder task, part by part, and why."""
    return tuple(one for part in scheme.parts for one in _of_part(scheme, part))


def _of_part(scheme: Scheme, part: Part) -> Iterator[Warned]:
    rule = part.rule
    if isinstance(rule, PerPiece):
        yield from _harder_earns_less(scheme, part, rule)
        given = [one.product or one.task or "" for one in rule.pieces if one.norm is None]
        if given:
            yield Warned("warn_rates_without_norm", {"label": part.label, "things": ", ".join(given)}, part=part.key)
    if isinstance(rule, Rated) and _by_norm(rule) and not _has_floor(scheme, part):
        yield Warned("warn_norm_without_floor", {"label": part.label}, part=part.key)
    for key in _keys(part):
        yield from _units_alike(part, key)


@dataclass(frozen=True)
class _Hour:
    """A piece of a part: how many units an hour are its norm, and what that hour earns. `unknown` names could not be looked up."""

    name: str
    standard: Fraction
    euros: Fraction
    unknown: frozenset[str]


def _harder_earns_less(scheme: Scheme, part: Part, rule: PerPiece) -> Iterator[Warned]:
    """The harder of two tasks is the one with the lower norm: an hour of it must not earn less."""
    hours = [hour for hour in (_hour(scheme, rule, one) for one in rule.pieces) if hour is not None]
    for harder in hours:
        easier = [one for one in hours if one.standard > harder.standard and one.unknown == harder.unknown
                  and harder.euros < one.euros * LITTLE]
        if easier:
            best = max(easier, key=lambda one: one.euros)
            values: Values = {"label": part.label, "harder": harder.name, "easier": best.name}
            told: Values = {} if harder.unknown else {
                "harder_cents": half_up(harder.euros * 100), "easier_cents": half_up(best.euros * 100)}
            code = "warn_harder_pays_less" if harder.unknown else "warn_harder_earns_less"
            yield Warned(code, {**values, **told}, part=part.key)


def _hour(scheme: Scheme, rule: PerPiece, piece: Piece) -> _Hour | None:
    """What an hour at the norm earns on the scheme's first day; what depends on the person counts as 1, unrounded."""
    if piece.norm is None or not piece.norm.standard:
        return None
    month = Month.of(scheme.in_force_from)
    refs = amounts_on(scheme.amounts, scheme.in_force_from, month.end, lambda _: Fraction(1))
    wage = piece.norm.wage.work(lambda name: refs[name[4:]].exact if name[4:] in refs and name.startswith("ref.") else Fraction(1))
    unknown = frozenset(name for name in piece.norm.wage.names if not name.startswith("ref."))
    rate = piece.norm.rate(wage, () if unknown else rule.rate_rounding)
    return _Hour(piece.product or piece.task or "", piece.norm.standard, rate * piece.norm.standard, unknown)


def _by_norm(rule: Rated) -> bool:
    """Whether productivity falls with fewer units made, without a floor inside the formula."""
    formulas = [one for one in (rule.productivity, *(task.rating for task in rule.tasks)) if one is not None]
    counted = any(_counted(one) and not any(node.kind == "max" for node in one.root.walk()) for one in formulas)
    return counted or any(task.norm is not None for task in rule.tasks)


def _has_floor(scheme: Scheme, part: Part) -> bool:
    return any(limit.kind is LimitKind.FLOOR and limit.on in ("", part.key) for limit in scheme.limits)


def _counted(formula: Formula) -> list[str]:
    """The names of a formula that count units."""
    return [name for name in formula.names if name.partition(".")[0] in ("units", "made")]


def _keys(part: Part) -> Iterator[Formula]:
    """The formulas by which a part divides or by whose count it pays."""
    rule = part.rule
    if isinstance(rule, ShareOfPot):
        yield rule.by
    pool: FromPool | None = getattr(rule, "from_pool", None)
    if pool is not None:
        yield pool.by
    if isinstance(rule, Amounted) and rule.count is not None:
        yield rule.count


def _units_alike(part: Part, key: Formula) -> Iterator[Warned]:
    """A key that counts a unit of something slow like one of something quick."""
    names = _counted(key)
    if "units" in names:
        yield Warned("warn_all_units_alike", {"label": part.label}, part=part.key)
        return
    if len(names) == 1:
        yield Warned("warn_one_thing_counts", {"label": part.label, "thing": names[0].partition(".")[2]}, part=part.key)
    alike: defaultdict[Fraction, list[str]] = defaultdict(list)
    for name in names:
        alike[key.work(_weighing(name, names))].append(name.partition(".")[2])
    for things in alike.values():
        if len(things) > 1:
            yield Warned("warn_units_alike", {"label": part.label, "things": ", ".join(things)}, part=part.key)


def _weighing(name: str, names: Sequence[str]) -> Lookup:
    """Answers as if one unit of that name had been made and none of the others."""
    return lambda one: Fraction(one == name or one not in names)


# ---------- a month worked out ----------


def warnings_of(inputs: Inputs, scheme: Scheme, result: Result, earlier: Mapping[str, Sequence[int]]) -> tuple[Warned, ...]:
    """What is worth a look in a month. `earlier`: each person's totals (cents) of the three months before, as far as there are."""
    return (*_zero(inputs, result), *_jumps(result, earlier), *_above(inputs, scheme, result), *_unwritten(inputs, scheme, result),
            *_checks(scheme, result))


def _zero(inputs: Inputs, result: Result) -> Iterator[Warned]:
    days: defaultdict[str, int] = defaultdict(int)
    for row in inputs.attendance:
        days[row.person] += row.mark is Mark.ATTENDED
    for one in result.people:
        if one.total == 0 and days[one.person]:
            yield Warned("warn_zero", {"days": days[one.person]}, one.person)


def _jumps(result: Result, earlier: Mapping[str, Sequence[int]]) -> Iterator[Warned]:
    """A total that differs by more than half from the mean of the months before."""
    for one in result.people:
        before = earlier.get(one.person, ())
        if before and 2 * abs(one.total * len(before) - sum(before)) > sum(before):
            code = "warn_jump_up" if one.total * len(before) > sum(before) else "warn_jump_down"
            mean = half_up(Fraction(sum(before), len(before)))
            yield Warned(code, {"total_cents": one.total, "mean_cents": mean, "months": len(before)}, one.person)


def _above(inputs: Inputs, scheme: Scheme, result: Result) -> Iterator[Warned]:
    if scheme.warn_above is None:
        return
    known = {f"ref.{one.key}": one.exact for one in result.amounts} | {"people": Fraction(len(result.people))}
    for figure in inputs.figures:
        known[f"month.{figure.name}"] = known.get(f"month.{figure.name}", Fraction(0)) + figure.number
    above = scheme.warn_above.cents(lambda name: known.get(name, Fraction(0)))
    for one in result.people:
        if one.total > above:
            yield Warned("warn_above", {"total_cents": one.total, "above_cents": floor(above)}, one.person)


def _unwritten(inputs: Inputs, scheme: Scheme, result: Result) -> Iterator[Warned]:
    """Own values that the scheme asks for and a person here does not have, and words that are none of its classes."""
    dated: defaultdict[tuple[str, str], list[tuple[date, str]]] = defaultdict(list)
    for one in inputs.values:
        dated[one.person, one.name].append((one.since, one.text))
    span = Span(inputs.month.first, inputs.month.end)
    classes = _classes(scheme)
    here = {person.ref for person in inputs.people if person.here_in(inputs.month)}
    names = sorted(name.partition(".")[2] for name in scheme.names if name.startswith("value."))
    for person in (one.person for one in result.people if one.person in here):
        for name in names:
            word = in_force(dated.get((person, name), ()), span)
            if not word:
                yield Warned("warn_value_missing", {"name": name}, person)
            elif name in classes and word not in classes[name]:
                yield Warned("warn_class_unknown", {"name": name, "word": word}, person)


def _classes(scheme: Scheme) -> dict[str, set[str]]:
    """The words that each own value may be, for values that name a class."""
    found: dict[str, set[str]] = {}
    rows: list[tuple[str | None, Sequence[ForClass]]] = [(limit.by_class, limit.classes) for limit in scheme.limits]
    rows += [(part.rule.by_class, part.rule.classes) for part in scheme.parts if isinstance(part.rule, Amounted)]
    for name, classes in rows:
        if name:
            found.setdefault(name, set()).update(one.name for one in classes)
    return found


def _checks(scheme: Scheme, result: Result) -> Iterator[Warned]:
    labels = {one.key: one.label for one in scheme.checks}
    for one in result.checks:
        if not one.passes:
            values: Values = {"label": labels.get(one.key, one.key), "that_thousandths": half_up(one.that * 1000),
                              "least_thousandths": half_up(one.least * 1000)}
            yield Warned("warn_check", values)
