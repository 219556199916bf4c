"""Facts of an approved month that were wrong or missing, each as a frozen value, and the month's frozen inputs with them. Pure.

A fact says what is true, not what changes: the last one about the same thing counts. Quantities and products of lots and sale lines
are no such facts: matches of an approved month stay for good, so stock is put right by a count.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from ledger.core import entries
from ledger.core.canonical import read_plain
from ledger.core.decided import Decision, Figure
from ledger.core.faults import Refused
from ledger.core.frozen_text import written
from ledger.core.people import Person, PersonValue
from ledger.core.periods import Month
from ledger.core.production import Attendance, Mark, Share, Work, check_attendance
from ledger.core.sales import WHOLE_PERCENT, SaleLine
from ledger.core.schemes import Scheme
from ledger.core.stipends import Inputs
from ledger.core.what_if import as_if


@dataclass(frozen=True)
class DayFact:
    """A person's day on the attendance sheet; without a mark there is none."""

    person: str
    day: date
    minutes: int
    mark: Mark | None


@dataclass(frozen=True)
class SharesFact:
    """Who made a lot, with their shares."""

    lot: str
    makers: tuple[Share, ...]


@dataclass(frozen=True)
class PriceFact:
    """What a sale line was sold for: cents a unit, thousandths of a percent off."""

    line: str
    price_cents: int
    discount: int


@dataclass(frozen=True)
class DatesFact:
    """A person's first and last day; somebody whom the run does not know is added."""

    person: str
    number: str
    started: date
    ended: date | None


@dataclass(frozen=True)
class WorkFact:
    """An entry of work by its reference; None: there was none."""

    key: str
    work: Work | None


@dataclass(frozen=True)
class ValueFact:
    """A person's own value from a day on; an empty text: there was none from that day."""

    person: str
    name: str
    since: date
    text: str


@dataclass(frozen=True)
class DecisionFact:
    """A decision about one person by its reference; None: there was none."""

    key: str
    decision: Decision | None


@dataclass(frozen=True)
class FigureFact:
    """A figure of the month; None: there was none."""

    name: str
    number: Fraction | None


@dataclass(frozen=True)
class SchemeFact:
    """Another approved version of the rules held in the month."""

    scheme: str
    number: str


LateFact = DayFact | SharesFact | PriceFact | DatesFact | WorkFact | ValueFact | DecisionFact | FigureFact | SchemeFact

KINDS: Mapping[str, type[Any]] = {
    "day": DayFact, "shares": SharesFact, "price": PriceFact, "dates": DatesFact, "work": WorkFact, "value": ValueFact,
    "decision": DecisionFact, "figure": FigureFact, "scheme": SchemeFact}
NAMES = {kind: name for name, kind in KINDS.items()}


def kind_of(fact: LateFact) -> str:
    """The word under which a fact is stored."""
    return NAMES[type(fact)]


def to_text(fact: LateFact) -> str:
    """A fact as canonical JSON."""
    return written(fact)


def from_text(kind: str, text: str) -> LateFact:
    """A fact from its kind and text; raises ValueError for what is none."""
    if kind not in KINDS:
        raise ValueError(f"no kind of fact: {kind}")
    fact: LateFact = read_plain(KINDS[kind], json.loads(text))
    return fact


def people_of(fact: LateFact, inputs: Inputs) -> frozenset[str]:
    """Whose own record a fact is; empty for what is the workshop's (a price, a figure, the rules)."""
    if isinstance(fact, DayFact | DatesFact | ValueFact):
        return frozenset({fact.person})
    if isinstance(fact, SharesFact):
        before = next((lot.makers for lot in inputs.lots if lot.key == fact.lot), ())
        return frozenset(one.person for one in (*before, *fact.makers))
    if isinstance(fact, WorkFact):
        return _owners(fact.work, (one for one in inputs.work if one.key == fact.key))
    if isinstance(fact, DecisionFact):
        return _owners(fact.decision, (one for one in inputs.decisions if one.key == fact.key))
    return frozenset()


def _owners(new: Work | Decision | None, old: Any) -> frozenset[str]:  # Any: what stands under the same key
    return frozenset(one.person for one in (new, *old) if one is not None)


def with_late(inputs: Inputs, scheme: Scheme, facts: Sequence[LateFact],
              schemes: Mapping[str, Scheme] | None = None) -> tuple[Inputs, Scheme]:
    """The inputs and rules of a month with these facts, in their order; `schemes` are the versions that facts name, by reference.

    A version counts as if it had been in force since the month's first day. Raises Refused when a fact does not fit.
    """
    for fact in facts:
        check(inputs, fact)
        if isinstance(fact, SchemeFact):
            scheme = as_if((schemes or {})[fact.scheme], inputs.month.first)
        else:
            inputs = _WITH[type(fact)](inputs, fact)
    return inputs, scheme


def _with_day(inputs: Inputs, fact: DayFact) -> Inputs:
    rows = [row for row in inputs.attendance if (row.person, row.day) != (fact.person, fact.day)]
    if fact.mark is not None:
        rows.append(Attendance(fact.person, fact.day, fact.minutes, fact.mark))
    return replace(inputs, attendance=tuple(rows))


def _with_shares(inputs: Inputs, fact: SharesFact) -> Inputs:
    return replace(inputs, lots=tuple(replace(lot, makers=fact.makers) if lot.key == fact.lot else lot for lot in inputs.lots))


def _with_price(inputs: Inputs, fact: PriceFact) -> Inputs:
    return replace(inputs, lines=tuple(
        replace(line, price_cents=fact.price_cents, discount=fact.discount) if line.key == fact.line else line
        for line in inputs.lines))


def _with_dates(inputs: Inputs, fact: DatesFact) -> Inputs:
    others = tuple(person for person in inputs.people if person.ref != fact.person)
    return replace(inputs, people=(*others, Person(fact.person, fact.number, fact.started, fact.ended)))


def _with_work(inputs: Inputs, fact: WorkFact) -> Inputs:
    others = tuple(one for one in inputs.work if one.key != fact.key)
    return replace(inputs, work=(*others, fact.work) if fact.work else others)


def _with_value(inputs: Inputs, fact: ValueFact) -> Inputs:
    others = tuple(one for one in inputs.values if (one.person, one.name, one.since) != (fact.person, fact.name, fact.since))
    own = (PersonValue(fact.person, fact.name, fact.since, fact.text),) if fact.text else ()
    return replace(inputs, values=(*others, *own))


def _with_decision(inputs: Inputs, fact: DecisionFact) -> Inputs:
    others = tuple(one for one in inputs.decisions if one.key != fact.key)
    return replace(inputs, decisions=(*others, fact.decision) if fact.decision else others)


def _with_figure(inputs: Inputs, fact: FigureFact) -> Inputs:
    others = tuple(one for one in inputs.figures if one.name != fact.name)
    return replace(inputs, figures=others if fact.number is None else (*others, Figure(fact.name, fact.number)))


_WITH: Mapping[type, Callable[[Inputs, Any], Inputs]] = {  # Any: a fact of that type
    DayFact: _with_day, SharesFact: _with_shares, PriceFact: _with_price, DatesFact: _with_dates, WorkFact: _with_work,
    ValueFact: _with_value, DecisionFact: _with_decision, FigureFact: _with_figure}


# ---------- does it fit ----------


def check(inputs: Inputs, fact: LateFact) -> None:
    """Raises Refused when a fact does not fit the month: somebody or something it does not know, a day of another month, numbers
    outside what can be."""
    checks: Mapping[type, Callable[[Inputs, Any], None]] = {  # Any: a fact of that type
        DayFact: _check_day, SharesFact: _check_shares, PriceFact: _check_price, DatesFact: _check_dates, WorkFact: _check_work,
        ValueFact: _check_value, DecisionFact: _check_decision, FigureFact: _check_figure}
    if type(fact) in checks:
        checks[type(fact)](inputs, fact)


def check_new(inputs: Inputs, fact: LateFact) -> None:
    """Raises Refused when a fact does not fit, or says what the month says already."""
    check(inputs, fact)
    if not isinstance(fact, SchemeFact) and _in_order(_WITH[type(fact)](inputs, fact)) == _in_order(inputs):
        raise Refused("late_same")


def check_offered(inputs: Inputs, scheme: Scheme, fact: LateFact) -> None:
    """What is looked at only when a fact is offered or accepted: raises Refused for work of a day with another mark, for a decision
    about nothing that the rules have, without its words or its document."""
    if isinstance(fact, WorkFact) and fact.work is not None:
        _check_there(inputs, fact.work)
    if isinstance(fact, DecisionFact) and fact.decision is not None:
        one = fact.decision
        entries.check_decision(_person(inputs, one.person), entries.Decided(one.day, one.part, one.cents, one.reason, one.document),
                               adjustments_of(scheme))


def _check_there(inputs: Inputs, work: Work) -> None:
    marks = [row.mark for row in inputs.attendance if (row.person, row.day) == (work.person, work.day)]
    if marks and marks[0] is not Mark.ATTENDED:
        raise Refused("worked_while_absent", at="day", name=_person(inputs, work.person).number, day=work.day.isoformat())


def adjustments_of(scheme: Scheme) -> dict[str, str]:
    """The parts of the rules that decisions name, by key with their labels; of a month that a version splits those of both."""
    every = (scheme.before, scheme) if scheme.before else (scheme,)
    return {part.key: part.label for one in every for part in one.parts if part.kind == "adjustment"}


def _in_order(inputs: Inputs) -> Inputs:
    """The lists that facts touch, in one order."""
    lots = tuple(replace(lot, makers=tuple(sorted(lot.makers, key=repr))) for lot in inputs.lots)
    return replace(
        inputs, attendance=tuple(sorted(inputs.attendance, key=repr)), lots=lots, people=tuple(sorted(inputs.people, key=repr)),
        work=tuple(sorted(inputs.work, key=repr)), values=tuple(sorted(inputs.values, key=repr)),
        decisions=tuple(sorted(inputs.decisions, key=repr)), figures=tuple(sorted(inputs.figures, key=repr)))


def _person(inputs: Inputs, ref: str) -> Person:
    found = next((person for person in inputs.people if person.ref == ref), None)
    if found is None:
        raise Refused("late_person_unknown", at="person", month=str(inputs.month))
    return found


def _check_in_month(inputs: Inputs, day: date) -> None:
    if Month.of(day) != inputs.month:
        raise Refused("late_other_month", at="day", month=str(inputs.month))


def _check_day(inputs: Inputs, fact: DayFact) -> None:
    person = _person(inputs, fact.person)
    _check_in_month(inputs, fact.day)
    if fact.mark is not None:
        check_attendance(person, fact.day, fact.minutes, fact.mark)


def _check_shares(inputs: Inputs, fact: SharesFact) -> None:
    if all(lot.key != fact.lot for lot in inputs.lots):
        raise Refused("late_lot_unknown", at="lot", month=str(inputs.month))
    if not fact.makers:
        raise Refused("no_makers", at="makers")
    if any(one.weight <= 0 for one in fact.makers):
        raise Refused("share_not_above_zero", at="makers")
    if len({one.person for one in fact.makers}) != len(fact.makers):
        raise Refused("late_maker_twice", at="makers")
    for one in fact.makers:
        _person(inputs, one.person)


def _check_price(inputs: Inputs, fact: PriceFact) -> None:
    line: SaleLine | None = next((line for line in inputs.lines if line.key == fact.line), None)
    if line is None:
        raise Refused("late_line_unknown", at="line", month=str(inputs.month))
    if line.is_return:
        raise Refused("late_line_returns", at="line")
    if not 0 <= fact.price_cents <= entries.MOST_CENTS:
        raise Refused("too_large" if fact.price_cents > 0 else "negative", at="price")
    if not 0 <= fact.discount <= WHOLE_PERCENT:
        raise Refused("percent_range", at="discount")


def _check_dates(_inputs: Inputs, fact: DatesFact) -> None:
    if fact.ended is not None and fact.ended < fact.started:
        raise Refused("ended_before_started", at="ended")


def _check_work(inputs: Inputs, fact: WorkFact) -> None:
    work = fact.work
    if work is None:
        if all(one.key != fact.key for one in inputs.work):
            raise Refused("late_entry_unknown", month=str(inputs.month))
        return
    _check_in_month(inputs, work.day)
    entries.check_work(_person(inputs, work.person), entries.Worked(
        work.day, work.kind, work.task, work.minutes, work.good, work.made, work.points))
    others = sum(one.minutes for one in inputs.work if (one.person, one.day) == (work.person, work.day) and one.key != fact.key)
    entries.check_day_minutes(work.minutes, others)


def _check_value(inputs: Inputs, fact: ValueFact) -> None:
    _person(inputs, fact.person)
    entries.check_name(fact.name)
    if fact.text and entries.read_value(fact.text) != fact.text:
        raise Refused("late_value_form", at="text")
    if fact.since > inputs.month.last:
        raise Refused("late_other_month", at="since", month=str(inputs.month))


def _check_decision(inputs: Inputs, fact: DecisionFact) -> None:
    decision = fact.decision
    if decision is None:
        if all(one.key != fact.key for one in inputs.decisions):
            raise Refused("late_entry_unknown", month=str(inputs.month))
        return
    _check_in_month(inputs, decision.day)
    _person(inputs, decision.person)
    if abs(decision.cents) > entries.MOST_CENTS:
        raise Refused("too_large", at="sum")


def _check_figure(inputs: Inputs, fact: FigureFact) -> None:
    entries.check_name(fact.name)
    if fact.number is None and all(one.name != fact.name for one in inputs.figures):
        raise Refused("late_entry_unknown", month=str(inputs.month))
