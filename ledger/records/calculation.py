"""What a month's calculation reads, gathered from the books into frozen values by a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from ledger.core.debts import Debt
from ledger.core.decided import Decision, Figure, Fund
from ledger.core.people import Person, PersonValue
from ledger.core.periods import Month
from ledger.core.production import Attendance, Lot, Mark, Share, Work, YearSoFar
from ledger.core.sales import Amounts, EarlierLine, Match, SaleLine
from ledger.core.stipends import Inputs
from ledger.records import corrections, entries, journal, production
from ledger.records.among import among, own_workshop, plain_rows, whole, within_scope
from ledger.records.calendar import holidays_of
from ledger.records.carried import carried_into, lots_wanted, taken_from
from ledger.records.organisation import Scope
from ledger.records.people import Participant
from ledger.records.production import AttendanceRow, LotRow, Maker, Product
from ledger.records.sales import SaleRow
from ledger.records.stipends import SealedMatch, SealedRun, SealedSale

Line = Row[Any]  # Any: the columns of a sale line that the calculation reads
MARKS = {mark.value: mark for mark in Mark}


def inputs_of(session: Session, scope: Scope, month: Month, *, calendar: str = "", with_reserve: bool = False,
              with_year: bool = False) -> Inputs:
    """Everything that the calculation of the month reads, approved months before it included; with a `calendar` (a country's
    two letters) its public holidays, `with_reserve` what reserve and funds hold, `with_year` the year's earlier months. Raises
    Refused for an unknown calendar."""
    holidays = holidays_of(month, calendar) if calendar else ()
    inputs = _Gathering(session, scope, month, with_reserve).inputs()
    return replace(inputs, holidays=holidays, year=year_before(session, scope, month) if with_year else ())


def year_before(session: Session, scope: Scope, month: Month) -> tuple[YearSoFar, ...]:
    """What each person did in the earlier months of the year."""
    sums = entries.earlier_in_year(session, scope, month)
    refs = session.execute(select(Participant.id, Participant.person_ref).where(
        Participant.organisation_id == scope.organisation, Participant.workshop_id == scope.workshop).order_by(Participant.id))
    more = corrections.corrected_counts(session, scope, month)
    none = (0, 0, 0)
    both = ((ref, sums.get(key, none), more.get(ref, none)) for key, ref in refs if key in sums or ref in more)
    return tuple(YearSoFar(ref, *(one + two for one, two in zip(known, found, strict=True))) for ref, known, found in both)


@dataclass
class _Gathering:
    session: Session
    scope: Scope
    month: Month
    with_reserve: bool = False

    def inputs(self) -> Inputs:
        """The parts put together."""
        self.products = {product.id: product for product in production.products(self.session, self.scope)}
        lines = self._lines(SaleRow.booked_in == str(self.month))
        self.carried = carried_into(self.session, self.scope, self.month)
        earlier = self._earlier(lines)
        debts, carried = self.carried.debts, self.carried.cents
        people = self._participants()
        lots = self._lots({match.lot for one in earlier for match in one.matches}, people)
        refs = {row.id: row.ref for row in lines} | {row.id: row.ref for row in self.originals.values()}
        own = self._people(people, lots, debts)
        # what a fund holds stays known under rules that have none
        reserve, funds = self._reserve() if self.with_reserve or self.carried.funds else (0, ())
        return Inputs(
            self.month, own, self._attendance(people), lots,
            tuple(_sale_line(row, self.products, refs) for row in lines), earlier, debts, carried,
            self._work(people), self._values(people, own), self._decisions(people), self._figures(), (), reserve, funds)

    def _participants(self) -> dict[int, Person]:
        rows = self.session.execute(
            select(Participant.id, Participant.person_ref, Participant.number, Participant.started_on, Participant.ended_on).where(
                Participant.organisation_id == self.scope.organisation, Participant.workshop_id == self.scope.workshop,
                Participant.started_on <= self.month.last).order_by(Participant.id))
        return {row_id: Person(ref, number, started, ended) for row_id, ref, number, started, ended in rows}

    def _people(self, people: dict[int, Person], lots: tuple[Lot, ...], debts: tuple[Debt, ...]) -> tuple[Person, ...]:
        wanted = {maker.person for lot in lots for maker in lot.makers} | {debt.person for debt in debts}
        return tuple(person for person in people.values()
                     if person.ref in wanted or person.ended is None or person.ended >= self.month.first)

    def _attendance(self, people: dict[int, Person]) -> tuple[Attendance, ...]:
        rows = plain_rows(self.session, select(
            AttendanceRow.participant_id, AttendanceRow.happened_on, AttendanceRow.minutes, AttendanceRow.mark).where(
                AttendanceRow.booked_in == str(self.month), within_scope(AttendanceRow, self.scope)).order_by(AttendanceRow.id))
        refs = {key: person.ref for key, person in people.items()}
        return tuple([Attendance(refs[person], day, minutes, MARKS[mark]) for person, day, minutes, mark in rows])

    def _work(self, people: dict[int, Person]) -> tuple[Work, ...]:
        return tuple(
            Work(row.ref, people[row.participant_id].ref, row.happened_on, row.kind, row.task, row.minutes, row.good, row.made,
                 row.points) for row in entries.work_of(self.session, self.scope, self.month))

    def _values(self, people: dict[int, Person], own: tuple[Person, ...]) -> tuple[PersonValue, ...]:
        """The values of the run's people, the earlier ones too: a later one may begin inside the month."""
        here = {person.ref for person in own}
        found = ((people.get(row.participant_id), row) for row in entries.values_until(self.session, self.scope, self.month.last))
        return tuple(PersonValue(person.ref, row.name, row.since, row.text)
                     for person, row in found if person is not None and person.ref in here)

    def _decisions(self, people: dict[int, Person]) -> tuple[Decision, ...]:
        return tuple(
            Decision(row.ref, people[row.participant_id].ref, row.happened_on, row.part, row.cents, row.reason, row.document)
            for row in entries.decisions_of(self.session, self.scope, self.month))

    def _figures(self) -> tuple[Figure, ...]:
        return tuple(Figure(row.name, Fraction(row.number)) for row in entries.figures_of(self.session, self.scope, self.month))

    def _reserve(self) -> tuple[int, tuple[Fund, ...]]:
        """What the reserve holds apart from the funds, and what each fund holds after the previous approved month."""
        held = self.session.scalar(select(func.sum(SealedRun.to_reserve_cents - SealedRun.from_reserve_cents)).where(
            SealedRun.workshop_id.in_(own_workshop(self.scope)), SealedRun.month < str(self.month)))
        held = int(held or 0) + corrections.to_reserve(self.session, self.scope, self.month)
        held += journal.opening_reserve(self.session, self.scope)
        return held - sum(fund.cents for fund in self.carried.funds), self.carried.funds

    def _lots(self, needed: set[str], people: dict[int, Person]) -> tuple[Lot, ...]:
        wanted = lots_wanted(self.session, self.scope, self.month, self.carried.lots | needed)
        rows = list(plain_rows(self.session, select(
            LotRow.id, LotRow.ref, LotRow.number, LotRow.product_id, LotRow.happened_on, LotRow.booked_in, LotRow.good)
            .where(LotRow.id.in_(wanted)).order_by(LotRow.id)))
        makers: defaultdict[int, list[Share]] = defaultdict(list)
        for lot, person, weight in plain_rows(self.session, select(
                Maker.lot_id, Maker.participant_id, Maker.weight).where(Maker.lot_id.in_(wanted)).order_by(Maker.id)):
            makers[lot].append(Share(people[person].ref, weight))
        corrected = corrections.corrected_shares(self.session, self.scope, [row.ref for row in rows])
        for row in rows:
            if row.ref in corrected:
                makers[row.id] = [Share(ref, weight) for ref, weight in corrected[row.ref]]
        taken = taken_from(self.session, self.scope, {row.ref for row in rows})
        made = []
        for row in rows:
            left = row.good - taken.quantities.get(row.ref, 0)
            if left > 0 or row.ref in needed or row.booked_in == str(self.month):
                made.append(Lot(row.ref, row.number or "", row.id, self.products[row.product_id].code, row.happened_on, row.good,
                                left, tuple(makers[row.id]), taken.moves.get(row.ref, ())))
        return tuple(made)

    def _lines(self, which: ColumnElement[bool]) -> list[Line]:
        return list(self.session.execute(select(
            SaleRow.id, SaleRow.ref, SaleRow.document, SaleRow.number, SaleRow.happened_on, SaleRow.product_id, SaleRow.channel,
            SaleRow.quantity, SaleRow.price_cents, SaleRow.discount, SaleRow.vat, SaleRow.returns_id,
            SaleRow.off_cents)
            .where(which, within_scope(SaleRow, self.scope)).order_by(SaleRow.id)))

    def _amounts(self, refs: list[str]) -> dict[str, Amounts]:
        rows = self.session.execute(select(
            SealedSale.sale_ref, SealedSale.gross_cents, SealedSale.net_cents, SealedSale.materials_cents, SealedSale.shared_cents)
            .where(SealedSale.sale_ref.in_(among(self.session, refs)), within_scope(SealedSale, self.scope)))
        found = {ref: Amounts(*cents) for ref, *cents in rows}
        for ref, one in corrections.corrected_sales(self.session, self.scope, refs).items():
            found[ref] = Amounts(one.gross_cents, one.net_cents, one.materials_cents, one.shared_cents)
        return found

    def _matches(self, refs: list[str]) -> dict[str, list[tuple[int, Match]]]:
        rows = self.session.execute(
            select(SealedMatch.id, SealedMatch.sale_ref, SealedMatch.lot_ref, SealedMatch.quantity).where(
                SealedMatch.sale_ref.in_(among(self.session, refs)), within_scope(SealedMatch, self.scope))
            .order_by(SealedMatch.id))
        found: defaultdict[str, list[tuple[int, Match]]] = defaultdict(list)
        for place, sale, lot, quantity in rows:
            found[sale].append((place, Match(sale, lot, quantity)))
        return found

    def _earlier(self, lines: list[Line]) -> tuple[EarlierLine, ...]:
        """Lines of approved months that this month returns from or that are still partly without a lot."""
        own = {row.id for row in lines}
        returned = {row.returns_id for row in lines if row.returns_id is not None} - own
        open_lines = self._lines(SaleRow.ref.in_(among(self.session, self.carried.lines)))
        named = self._lines(SaleRow.id.in_(whole(self.session, returned))) if returned else []
        self.originals = {row.id: row for row in (*open_lines, *named)}
        if not self.originals:
            return ()
        backs: defaultdict[int | None, list[Line]] = defaultdict(list)
        for back in self._lines(SaleRow.returns_id.in_(whole(self.session, self.originals))):
            if back.id not in own:
                backs[back.returns_id].append(back)
        refs = [row.ref for row in self.originals.values()] + [back.ref for rows in backs.values() for back in rows]
        sealed, matches = self._amounts(refs), self._matches(refs)
        known = [_earlier_line(row, backs[row.id], sealed, matches, self.products)
                 for row in self.originals.values() if row.ref in sealed]
        return tuple(one for one in known if self._matters(one, returned))

    def _matters(self, one: EarlierLine, returned: set[int]) -> bool:
        covered = sum(match.quantity for match in one.matches if match.lot)  # returns took theirs off again
        return one.line.order in returned or one.line.quantity - one.returned > covered

def _sale_line(row: Line, products: dict[int, Product], refs: dict[int, str]) -> SaleLine:
    product = products[row.product_id]
    return SaleLine(
        row.ref, row.document or "", row.number or "", row.id, row.happened_on, product.code, row.channel, row.quantity,
        row.price_cents, product.on(row.happened_on).material_cents, row.discount, row.vat,
        refs[row.returns_id] if row.returns_id is not None else "", row.off_cents or 0)


def _earlier_line(row: Line, backs: list[Line], sealed: dict[str, Amounts], matches: dict[str, list[tuple[int, Match]]],
                  products: dict[int, Product]) -> EarlierLine:
    approved = [back for back in backs if back.ref in sealed]
    cents = [sealed[back.ref] for back in approved]
    return EarlierLine(
        _sale_line(row, products, {}), sealed[row.ref], _in_order(row, approved, matches),
        -sum(back.quantity for back in approved),
        Amounts(-sum(one.gross for one in cents), -sum(one.net for one in cents), -sum(one.materials for one in cents),
                -sum(one.shared for one in cents)))


def _in_order(row: Line, backs: list[Line], matches: dict[str, list[tuple[int, Match]]]) -> tuple[Match, ...]:
    """The matches of a line and of its returns in the order in which approved months made them."""
    together = [placed for one in (row, *backs) for placed in matches.get(one.ref, [])]
    return tuple(match for _, match in sorted(together, key=lambda placed: placed[0]))
