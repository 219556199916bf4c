"""What is already in the books, as the reading of brought-in files compares it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.core.imported import Known, KnownDay, KnownLine, KnownLot, KnownProduct, LineKey, Participant, Terms
from ledger.core.periods import Month
from ledger.core.production import Mark, Unit
from ledger.records import months, people, production, sales, stipends
from ledger.records.organisation import Scope
from ledger.records.people import Named
from ledger.records.production import ALWAYS, AttendanceRow, LotRow, Product
from ledger.records.sales import SaleRow
from ledger.records.vault import Vault


def known(session: Session, vault: Vault, scope: Scope) -> Known:
    """The whole workshop as frozen values; the number of queries does not grow with it."""
    named = people.participants(session, vault, scope)
    numbers = {one.id: one.person.number for one in named}
    products = production.products(session, scope)
    codes = {product.id: product.code for product in products}
    days = list(session.scalars(select(AttendanceRow).where(
        AttendanceRow.organisation_id == scope.organisation, AttendanceRow.workshop_id == scope.workshop)))
    lots = list(session.scalars(select(LotRow).where(
        LotRow.organisation_id == scope.organisation, LotRow.workshop_id == scope.workshop)))
    lines = sales.all_lines(session, scope)
    keys = {row.id: line_key(row) for row in lines}
    closed = months.closed(session, scope) - stipends.approved_months(session, scope)
    return Known(
        participants={one.person.number: _participant(one) for one in named},
        products={product.code: _product(product) for product in products},
        attendance={(row.happened_on, numbers[row.participant_id]): KnownDay(row.minutes, Mark(row.mark)) for row in days},
        lots={_lot_key(row): _lot(row, codes, numbers) for row in lots},
        lines={keys[row.id]: _line(row, codes, keys) for row in lines},
        approved=_approved(session, scope, [*days, *lots, *lines]),
        closed=closed,
        shut=_shut(closed, [*(((row.happened_on, numbers[row.participant_id]), row) for row in days),
                            *((_lot_key(row), row) for row in lots), *((keys[row.id], row) for row in lines)]),
    )


Booked = AttendanceRow | LotRow | SaleRow


def _shut(closed: frozenset[Month], rows: Iterable[tuple[object, Booked]]) -> dict[object, Month]:
    """The rows, by their keys, that these months book."""
    texts = {str(month): month for month in closed}
    return {key: texts[row.booked_in] for key, row in rows if row.booked_in in texts}


def _lot_key(row: LotRow) -> str:
    """The lot's number; what was logged by hand without one stands under a key that nobody can type."""
    return row.number or f"\0{row.ref}"


def line_key(row: SaleRow) -> LineKey:
    """Document and number; what was logged by hand stands under a key that nobody can type."""
    return (row.document, row.number) if row.document and row.number else (f"\0{row.ref}", "")


def _approved(session: Session, scope: Scope, rows: list[Booked]) -> frozenset[Month]:
    """The approved months, and the months before the books of whatever an approved month booked."""
    months = stipends.approved_months(session, scope)
    texts = {str(month) for month in months}
    return months | {Month.of(row.happened_on) for row in rows if row.booked_in in texts and str(Month.of(row.happened_on))
                     < row.booked_in}


def _participant(one: Named) -> Participant:
    birth = date.fromisoformat(one.identity.birth) if one.identity.birth else date(1900, 1, 1)
    return Participant(one.person.number, one.identity.first, one.identity.last, birth, one.person.started, one.person.ended,
                       one.identity.iban)


def _product(product: Product) -> KnownProduct:
    terms = {None if price.valid_from == ALWAYS else price.valid_from: Terms(price.price_cents, price.material_cents)
             for price in product.prices}
    return KnownProduct(product.name, Unit(product.unit), product.service, terms)


def _lot(row: LotRow, codes: dict[int, str], numbers: dict[int, str]) -> KnownLot:
    makers = {numbers[maker.participant_id]: maker.weight for maker in row.makers}
    return KnownLot(codes[row.product_id], row.happened_on, row.good, row.rejects, makers)


def _line(row: SaleRow, codes: dict[int, str], keys: dict[int, LineKey]) -> KnownLine:
    return KnownLine(row.happened_on, row.channel, codes[row.product_id], row.quantity, row.price_cents, row.discount, row.vat,
                     keys[row.returns_id] if row.returns_id is not None else None)
