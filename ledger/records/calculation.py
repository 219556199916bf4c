"""What a month's calculation reads, gathered from the books into frozen values by a constant number of queries."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, replace
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ledger.core.canonical import read_plain
from ledger.core.debts import Debt
from ledger.core.decided import Decision, Figure, Fund
from ledger.core.people import Person, PersonValue
from ledger.core.periods import Month
from ledger.core.production import Attendance, Lot, Mark, Move, Share, Work
from ledger.core.sales import Amounts, EarlierLine, Match, SaleLine
from ledger.core.stipends import Inputs
from ledger.records import entries, production, sales, stipends
from ledger.records.calendar import holidays_of
from ledger.records.organisation import Scope
from ledger.records.people import Participant
from ledger.records.production import AttendanceRow, LotRow, Product
from ledger.records.sales import SaleRow
from ledger.records.stipends import SealedMatch, SealedRun, SealedSale


def inputs_of(session: Session, scope: Scope, month: Month, *, calendar: str = "", with_reserve: bool = False) -> Inputs:
    """Everything that the calculation of the month reads, approved months before it included; with a `calendar` (a country's
    two letters) its public holidays, `with_reserve` what reserve and funds hold. Raises Refused for an unknown calendar."""
    holidays = holidays_of(month, calendar) if calendar else ()
    return replace(_Gathering(session, scope, month, with_reserve).inputs(), holidays=holidays)


@dataclass
class _Gathering:
    session: Session
    scope: Scope
    month: Month
    with_reserve: bool = False

    def inputs(self) -> Inputs:
        """The parts put together."""
        self.products = {product.id: product for product in production.products(self.session, self.scope)}
        lines = sales.lines_of(self.session, self.scope, self.month)
        earlier = self._earlier(lines)
        previous = self._previous()
        debts, carried = _left_over(previous)
        people = {row.id: row.person for row in self._participants()}
        lots = self._lots({match.lot for one in earlier for match in one.matches}, people)
        refs = {row.id: row.ref for row in lines} | {row.id: row.ref for row in self.originals.values()}
        own = self._people(people, lots, debts)
        reserve, funds = self._reserve(previous) if self.with_reserve else (0, ())
        return Inputs(
            self.month, own, self._attendance(people), lots,
            tuple(_sale_line(row, self.products, refs) for row in lines), earlier, debts, carried,
            self._work(people), self._values(people, own), self._decisions(people), self._figures(), (), reserve, funds)

    def _participants(self) -> list[Participant]:
        return list(self.session.scalars(select(Participant).where(
            Participant.organisation_id == self.scope.organisation, Participant.workshop_id == self.scope.workshop,
            Participant.started_on <= self.month.last).order_by(Participant.id)))

    def _people(self, people: dict[int, Person], lots: tuple[Lot, ...], debts: tuple[Debt, ...]) -> tuple[Person, ...]:
        wanted = {maker.person for lot in lots for maker in lot.makers} | {debt.person for debt in debts}
        return tuple(person for person in people.values()
                     if person.ref in wanted or person.ended is None or person.ended >= self.month.first)

    def _attendance(self, people: dict[int, Person]) -> tuple[Attendance, ...]:
        rows = self.session.scalars(select(AttendanceRow).where(
            AttendanceRow.organisation_id == self.scope.organisation, AttendanceRow.workshop_id == self.scope.workshop,
            AttendanceRow.booked_in == str(self.month)).order_by(AttendanceRow.id))
        return tuple(Attendance(people[row.participant_id].ref, row.happened_on, row.minutes, Mark(row.mark)) for row in rows)

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

    def _reserve(self, previous: SealedRun | None) -> tuple[int, tuple[Fund, ...]]:
        """What the reserve holds apart from the funds, and what each fund holds after the previous approved month."""
        held = self.session.scalar(select(func.sum(SealedRun.to_reserve_cents - SealedRun.from_reserve_cents)).where(
            SealedRun.organisation_id == self.scope.organisation, SealedRun.workshop_id == self.scope.workshop,
            SealedRun.month < str(self.month)))
        result = json.loads(previous.result)["result"] if previous else {}
        funds = tuple(Fund(fund["key"], fund["after"]) for fund in result.get("funds", ()))
        return int(held or 0) - sum(fund.cents for fund in funds), funds

    def _lots(self, needed: set[str], people: dict[int, Person]) -> tuple[Lot, ...]:
        taken = stipends.taken_from_lots(self.session, self.scope)
        moves = self._moves()
        made = []
        for row in production.lots_until(self.session, self.scope, self.month):
            left = row.good - taken.get(row.ref, 0)
            if left > 0 or row.ref in needed or row.booked_in == str(self.month):
                made.append(self._lot(row, left, people, moves.get(row.ref, ())))
        return tuple(made)

    def _lot(self, row: LotRow, left: int, people: dict[int, Person], moves: tuple[Move, ...]) -> Lot:
        makers = tuple(Share(people[maker.participant_id].ref, maker.weight) for maker in row.makers)
        return Lot(row.ref, row.number or "", row.id, self.products[row.product_id].code, row.happened_on, row.good, left,
                   makers, moves)

    def _moves(self) -> dict[str, tuple[Move, ...]]:
        """What went in and out of the lots into which something came back."""
        came_back = select(SealedMatch.lot_ref).where(
            SealedMatch.workshop_id == self.scope.workshop, SealedMatch.quantity < 0, SealedMatch.lot_ref != "")
        rows = self.session.execute(
            select(SealedMatch.lot_ref, SaleRow.happened_on, SealedMatch.quantity)
            .join(SaleRow, SaleRow.ref == SealedMatch.sale_ref)
            .where(SealedMatch.workshop_id == self.scope.workshop, SealedMatch.lot_ref.in_(came_back)).order_by(SealedMatch.id))
        found: defaultdict[str, list[Move]] = defaultdict(list)
        for lot, day, quantity in rows:
            found[lot].append(Move(day, quantity))
        return {lot: tuple(moves) for lot, moves in found.items()}

    def _earlier(self, lines: list[SaleRow]) -> tuple[EarlierLine, ...]:
        """Lines of approved months that this month returns from or that are still partly without a lot."""
        own = {row.id for row in lines}
        returned = {row.returns_id for row in lines if row.returns_id is not None} - own
        uncovered = self.session.scalars(select(SaleRow.id).join(SealedSale, SealedSale.sale_ref == SaleRow.ref).where(
            SaleRow.workshop_id == self.scope.workshop, SealedSale.uncovered > 0))
        self.originals = sales.lines_by_id(self.session, self.scope, sorted(returned | set(uncovered)))
        if not self.originals:
            return ()
        backs: defaultdict[int | None, list[SaleRow]] = defaultdict(list)
        for back in sales.returns_of(self.session, self.scope, sorted(self.originals)):
            if back.id not in own:
                backs[back.returns_id].append(back)
        refs = [row.ref for row in self.originals.values()] + [back.ref for rows in backs.values() for back in rows]
        sealed = stipends.sealed_sales(self.session, self.scope, refs)
        matches = self._matches(refs)
        known = [_earlier_line(row, backs[row.id], sealed, matches, self.products)
                 for row in self.originals.values() if row.ref in sealed]
        return tuple(one for one in known if self._matters(one, returned))

    def _matters(self, one: EarlierLine, returned: set[int]) -> bool:
        covered = sum(match.quantity for match in one.matches if match.lot)  # returns took theirs off again
        return one.line.order in returned or one.line.quantity - one.returned > covered

    def _matches(self, refs: list[str]) -> dict[str, list[tuple[int, Match]]]:
        rows = self.session.scalars(select(SealedMatch).where(
            SealedMatch.workshop_id == self.scope.workshop, SealedMatch.sale_ref.in_(refs)).order_by(SealedMatch.id))
        found: defaultdict[str, list[tuple[int, Match]]] = defaultdict(list)
        for row in rows:
            found[row.sale_ref].append((row.id, Match(row.sale_ref, row.lot_ref, row.quantity)))
        return found

    def _previous(self) -> SealedRun | None:
        return self.session.scalar(select(SealedRun).where(
            SealedRun.workshop_id == self.scope.workshop, SealedRun.month < str(self.month))
            .order_by(SealedRun.month.desc()).limit(1))


def _left_over(previous: SealedRun | None) -> tuple[tuple[Debt, ...], int]:
    if previous is None:
        return (), 0
    debts = json.loads(previous.result)["result"]["debts"]
    return tuple(read_plain(Debt, debt) for debt in debts), previous.carried_out_cents


def _sale_line(row: SaleRow, products: dict[int, Product], refs: dict[int, str]) -> SaleLine:
    product = products[row.product_id]
    return SaleLine(
        row.ref, row.document or "", row.number or "", row.id, row.happened_on, product.code, row.channel, row.quantity,
        row.price_cents, product.on(row.happened_on).material_cents, row.discount, row.vat,
        refs[row.returns_id] if row.returns_id is not None else "")


def _earlier_line(row: SaleRow, backs: list[SaleRow], sealed: dict[str, SealedSale], matches: dict[str, list[tuple[int, Match]]],
                  products: dict[int, Product]) -> EarlierLine:
    approved = [back for back in backs if back.ref in sealed]
    cents = [_amounts(sealed[back.ref]) for back in approved]
    return EarlierLine(
        _sale_line(row, products, {}), _amounts(sealed[row.ref]), _in_order(row, approved, matches),
        -sum(back.quantity for back in approved),
        Amounts(-sum(one.gross for one in cents), -sum(one.net for one in cents), -sum(one.materials for one in cents),
                -sum(one.shared for one in cents)))


def _in_order(row: SaleRow, backs: list[SaleRow], matches: dict[str, list[tuple[int, Match]]]) -> tuple[Match, ...]:
    """The matches of a line and of its returns in the order in which approved months made them."""
    together = [placed for one in (row, *backs) for placed in matches.get(one.ref, [])]
    return tuple(match for _, match in sorted(together, key=lambda placed: placed[0]))


def _amounts(sale: SealedSale) -> Amounts:
    return Amounts(sale.gross_cents, sale.net_cents, sale.materials_cents, sale.shared_cents)
