"""What is in stock now and what each sale is worth: approved months as they were sealed, open months as they stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ledger.core.faults import Refused
from ledger.core.matching import match
from ledger.core.production import Lot, Move
from ledger.core.sales import Amounts, EarlierLine, Match, SaleLine, line_amounts, line_order, return_amounts
from ledger.records import production, sales, stipends
from ledger.records.organisation import Scope
from ledger.records.production import LotRow, Product
from ledger.records.sales import SaleRow
from ledger.records.stipends import SealedSale


@dataclass(frozen=True)
class Stock:
    """The stock now: `left` thousandths of each lot by its reference, `matches` of sale lines to lots (references), in order."""

    left: dict[str, int]
    matches: tuple[Match, ...]


def stock_now(session: Session, scope: Scope, products: dict[int, Product]) -> Stock:
    """What is left of every lot once all that is sold so far is taken out, first in, first out; a forecast for open months.

    The number of queries does not depend on the rows.
    """
    months = sorted(str(month) for month in stipends.approved_months(session, scope))
    sealed = tuple(Match(row.sale_ref, row.lot_ref, row.quantity) for row in stipends.sealed_matches(session, scope))
    rows = sales.all_lines(session, scope)
    refs = {row.id: row.ref for row in rows}
    known = stipends.sealed_sales(session, scope)
    lots = _lots(production.all_lots(session, scope), sealed, {row.ref: row for row in rows}, products)
    lines = [_line(row, products, refs) for row in rows if row.booked_in not in months]
    earlier = _earlier([row for row in rows if row.booked_in in months], known, sealed, products, refs)
    try:
        matched = match(lots, lines, earlier)
    except Refused:
        return Stock({lot.key: lot.left for lot in lots}, sealed)
    return Stock(matched.left, (*sealed, *matched.matches))


def _lots(rows: Sequence[LotRow], sealed: Sequence[Match], lines: dict[str, SaleRow],
          products: dict[int, Product]) -> list[Lot]:
    moves: defaultdict[str, list[Move]] = defaultdict(list)
    for one in sealed:
        if one.lot:
            moves[one.lot].append(Move(lines[one.line].happened_on, one.quantity))
    made = []
    for row in rows:
        own = moves.get(row.ref, [])
        back = any(move.quantity < 0 for move in own)
        made.append(Lot(row.ref, row.number or "", row.id, products[row.product_id].code, row.happened_on, row.good,
                        row.good - sum(move.quantity for move in own), (), tuple(own) if back else ()))
    return made


def _earlier(rows: Sequence[SaleRow], known: dict[str, SealedSale], sealed: Sequence[Match], products: dict[int, Product],
             refs: dict[int, str]) -> list[EarlierLine]:
    backs: defaultdict[int, list[SaleRow]] = defaultdict(list)
    for row in rows:
        if row.returns_id is not None:
            backs[row.returns_id].append(row)
    placed: defaultdict[str, list[tuple[int, Match]]] = defaultdict(list)
    for position, one in enumerate(sealed):
        placed[one.line].append((position, one))
    found = []
    for row in rows:
        if row.returns_id is None and row.ref in known:
            own = backs.get(row.id, [])
            matches = sorted((pair for part in (row, *own) for pair in placed[part.ref]), key=lambda pair: pair[0])
            found.append(EarlierLine(
                _line(row, products, refs), _sealed_amounts(known[row.ref]), tuple(one for _, one in matches),
                -sum(back.quantity for back in own),
                _minus(_sum([_sealed_amounts(known[back.ref]) for back in own if back.ref in known]))))
    return found


def amounts_of(session: Session, scope: Scope, rows: Sequence[SaleRow], products: dict[int, Product]) -> dict[str, Amounts]:
    """Gross, net, materials and shared cents of these lines by reference; a return's cents fit the line it takes back.

    Four queries at most, whatever the number of lines.
    """
    wanted = sorted({row.returns_id for row in rows if row.returns_id is not None})
    sold = sales.lines_by_id(session, scope, wanted) if wanted else {}
    backs = sales.returns_of(session, scope, wanted) if wanted else []
    everything = {row.ref: row for row in (*rows, *sold.values(), *backs)}
    known = {ref: _sealed_amounts(one) for ref, one in stipends.sealed_sales(session, scope, sorted(everything)).items()}
    found = dict(known)
    for row in everything.values():
        if row.returns_id is None:
            found.setdefault(row.ref, line_amounts(_line(row, products, {})))
    for line in sold.values():
        _returns(line, [back for back in backs if back.returns_id == line.id], found, known, products)
    return {row.ref: found[row.ref] for row in rows}


def _returns(sold: SaleRow, backs: list[SaleRow], found: dict[str, Amounts], known: dict[str, Amounts],
             products: dict[int, Product]) -> None:
    """Work out the returns of one line in the order in which the calculation will."""
    before, taken = Amounts(0, 0, 0, 0), 0
    line = _line(sold, products, {})
    for back in sorted(backs, key=lambda one: (one.ref not in known, line_order(_line(one, products, {})))):
        if back.ref not in known:
            found[back.ref] = return_amounts(EarlierLine(line, found[sold.ref], (), taken, before), -back.quantity)
        before, taken = _sum([before, _minus(found[back.ref])]), taken - back.quantity


def _line(row: SaleRow, products: dict[int, Product], refs: dict[int, str]) -> SaleLine:
    product = products[row.product_id]
    return SaleLine(
        row.ref, row.document or "", row.number or "", row.id, row.happened_on, product.code, row.channel, row.quantity,
        row.price_cents, product.on(row.happened_on).material_cents, row.discount, row.vat,
        refs.get(row.returns_id, "") if row.returns_id is not None else "", row.off_cents or 0)


def _sealed_amounts(sale: SealedSale) -> Amounts:
    return Amounts(sale.gross_cents, sale.net_cents, sale.materials_cents, sale.shared_cents)


def _sum(parts: Sequence[Amounts]) -> Amounts:
    return Amounts(sum(one.gross for one in parts), sum(one.net for one in parts), sum(one.materials for one in parts),
                   sum(one.shared for one in parts))


def _minus(one: Amounts) -> Amounts:
    return Amounts(-one.gross, -one.net, -one.materials, -one.shared)
