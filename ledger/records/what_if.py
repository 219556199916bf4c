"""What trying other rules on past months reads: the frozen inputs of approved months and what came out then, and what the books
know now of the kinds of input that those months did not ask for. The number of queries does not depend on people."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, load_only

from ledger.core.canonical import read_plain
from ledger.core.decided import Decision, Figure, Fund
from ledger.core.people import PersonValue
from ledger.core.periods import Month
from ledger.core.production import Work
from ledger.core.stipends import Inputs
from ledger.core.what_if import Outcome, with_values
from ledger.records import journal
from ledger.records.calculation import inputs_of, year_before
from ledger.records.entries import DecisionRow, FigureRow, PersonValueRow, WorkRow
from ledger.records.organisation import Scope
from ledger.records.people import Participant
from ledger.records.stipends import SealedPerson, SealedRun


@dataclass(frozen=True)
class Past:
    """A month that is over, or under way: what its calculation read or would read, and what came out when it is approved."""

    inputs: Inputs
    old: Outcome | None


def past_months(session: Session, scope: Scope, months: Sequence[Month], *, with_year: bool = False) -> list[Past]:
    """These months, oldest first; nothing is worked out. `with_year` also what people did in the earlier months of each year."""
    return _Reading(session, scope, sorted(set(months)), with_year).pasts()


def earlier_totals(session: Session, scope: Scope, month: Month, months: int) -> dict[str, list[int]]:
    """Each person's totals (cents) of so many months before this one, as far as they are approved; one query."""
    earlier = [str(month.plus(-n)) for n in range(1, months + 1)]
    found: defaultdict[str, list[int]] = defaultdict(list)
    for ref, cents in session.execute(
            select(SealedPerson.person_ref, SealedPerson.total_cents)
            .join(SealedRun, SealedRun.run_ref == SealedPerson.run_ref).where(
                SealedPerson.organisation_id == scope.organisation, SealedPerson.workshop_id == scope.workshop,
                SealedRun.month.in_(earlier))):
        found[ref].append(cents)
    return dict(found)


@dataclass
class _Reading:
    session: Session
    scope: Scope
    months: Sequence[Month]
    with_year: bool

    def pasts(self) -> list[Past]:
        """Each month with its inputs."""
        heads = self._heads()
        self.begins = journal.opening_reserve(self.session, self.scope)
        self.held = _held(heads, self.begins)
        sealed = {Month.parse(row.month): row for row in self._sealed_texts()}
        olds = self._olds([row for row in heads if Month.parse(row.month) in sealed])
        self._read_entries()
        pasts = []
        for month in self.months:
            row = sealed.get(month)
            if row is None:
                inputs = inputs_of(self.session, self.scope, month, with_reserve=True, with_year=True)
                pasts.append(Past(with_values(inputs, self.values), None))
            else:
                pasts.append(Past(self._frozen(month, row), olds[month]))
        return pasts

    def _own(self, table: Any) -> Select[Any]:  # Any: a table of one workshop
        return select(table).where(table.organisation_id == self.scope.organisation, table.workshop_id == self.scope.workshop)

    def _heads(self) -> list[SealedRun]:
        light = load_only(
            SealedRun.run_ref, SealedRun.month, SealedRun.to_reserve_cents, SealedRun.from_reserve_cents,
            SealedRun.from_budget_cents, SealedRun.withheld_cents, raiseload=True)
        return list(self.session.scalars(self._own(SealedRun).options(light).order_by(SealedRun.month)))

    def _sealed_texts(self) -> list[Any]:
        """Month and frozen inputs of the approved ones; the result of the month before, for its funds, by its own query."""
        wanted = [str(month) for month in self.months]
        query = self._own(SealedRun).with_only_columns(SealedRun.month, SealedRun.inputs).where(SealedRun.month.in_(wanted))
        self.funds = self._funds()
        return list(self.session.execute(query))

    def _funds(self) -> dict[Month, tuple[Fund, ...]]:
        """What funds held before each month: of the month before it, when its result tells of funds."""
        earlier = [str(month.plus(-1)) for month in self.months]
        rows = self.session.execute(self._own(SealedRun).with_only_columns(SealedRun.month, SealedRun.result).where(
            SealedRun.month.in_(earlier), SealedRun.result.contains('"funds":')))
        return {Month.parse(month).plus(1): tuple(
            Fund(fund["key"], fund["after"]) for fund in json.loads(result)["result"].get("funds", ())) for month, result in rows}

    def _olds(self, heads: Sequence[SealedRun]) -> dict[Month, Outcome]:
        people: defaultdict[str, list[Any]] = defaultdict(list)
        query = self._own(SealedPerson).with_only_columns(
            SealedPerson.run_ref, SealedPerson.person_ref, SealedPerson.person_number, SealedPerson.total_cents)
        for row in self.session.execute(query.where(SealedPerson.run_ref.in_([head.run_ref for head in heads]))):
            people[row.run_ref].append(row)
        return {Month.parse(head.month): _old(head, people[head.run_ref], self.held[Month.parse(head.month)]) for head in heads}

    def _read_entries(self) -> None:
        """What the books know of the months besides attendance, lots and sales."""
        wanted = [str(month) for month in self.months]
        refs = {row.id: row.person_ref for row in self.session.execute(
            self._own(Participant).with_only_columns(Participant.id, Participant.person_ref))}
        own = self.session.scalars
        self.values = [PersonValue(refs[row.participant_id], row.name, row.since, row.text)
                       for row in own(self._own(PersonValueRow))]
        self.work: defaultdict[str, list[Work]] = defaultdict(list)
        for row in own(self._own(WorkRow).where(WorkRow.booked_in.in_(wanted)).order_by(WorkRow.id)):
            self.work[row.booked_in].append(Work(
                row.ref, refs[row.participant_id], row.happened_on, row.kind, row.task, row.minutes, row.good, row.made,
                row.points))
        self.decisions: defaultdict[str, list[Decision]] = defaultdict(list)
        for row in own(self._own(DecisionRow).where(DecisionRow.booked_in.in_(wanted)).order_by(DecisionRow.id)):
            self.decisions[row.booked_in].append(Decision(
                row.ref, refs[row.participant_id], row.happened_on, row.part, row.cents, row.reason, row.document))
        self.figures: defaultdict[str, list[Figure]] = defaultdict(list)
        for row in own(self._own(FigureRow).where(FigureRow.booked_in.in_(wanted)).order_by(FigureRow.id)):
            self.figures[row.booked_in].append(Figure(row.name, Fraction(row.number)))

    def _frozen(self, month: Month, row: Any) -> Inputs:
        """What the approved month read; what it did not ask for is what the books know now."""
        read, key = read_plain(Inputs, json.loads(row.inputs)["inputs"]), str(month)
        funds = self.funds.get(month, ())
        reserve = self.held.get(month.plus(-1), _before(self.held, month, self.begins)) - sum(fund.cents for fund in funds)
        full = replace(
            read, work=read.work or tuple(self.work[key]), decisions=read.decisions or tuple(self.decisions[key]),
            figures=read.figures or tuple(self.figures[key]), reserve=reserve, funds=funds)
        if self.with_year and not read.year:
            full = replace(full, year=year_before(self.session, self.scope, month))
        return full if read.values else with_values(full, self.values)


def _held(heads: Sequence[SealedRun], sums: int) -> dict[Month, int]:
    """What the reserve with its funds held after each approved month, `sums` when the books began."""
    held = {}
    for head in heads:
        sums += head.to_reserve_cents - head.from_reserve_cents
        held[Month.parse(head.month)] = sums
    return held


def _before(held: dict[Month, int], month: Month, begins: int) -> int:
    """What it held after the last approved month before this one; when there is none, what it began with."""
    earlier = [one for one in held if one < month]
    return held[max(earlier)] if earlier else begins


def _old(head: SealedRun, people: Sequence[Any], reserve: int) -> Outcome:
    return Outcome(
        Month.parse(head.month), {row.person_ref: row.total_cents for row in people},
        {row.person_ref: row.person_number for row in people}, head.to_reserve_cents - head.from_reserve_cents,
        head.from_budget_cents, head.withheld_cents, reserve)
