"""What is in stock now and what each sale is worth: approved months as they were sealed, open months as they stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from ledger.core.faults import Refused
from ledger.core.matching import match
from ledger.core.periods import Month
from ledger.core.production import Lot, lot_order
from ledger.core.sales import Amounts, EarlierLine, Match, SaleLine, line_amounts, line_order, return_amounts
from ledger.records import sales, stipends
from ledger.records.among import among, in_open_months, whole, within_scope
from ledger.records.carried import left_over, taken_from
from ledger.records.organisation import Scope
from ledger.records.production import LotRow, Product
from ledger.records.sales import SaleRow
from ledger.records.stipends import SealedMatch, SealedSale
from ledger.records.stock_moves import Days, days_of


@dataclass(frozen=True)
class Stock:
    """The stock now: `left` thousandths of each lot of which something may be left (of others nothing is), by its reference;
    `matches` of the sale lines of open months to lots (references), in order; `uncovered` thousandths of the lines that no lot
    covers."""

    left: dict[str, int]
    matches: tuple[Match, ...]
    uncovered: dict[str, int]


def stock_now(session: Session, scope: Scope, products: dict[int, Product], only: Collection[int] | None = None) -> Stock:
    """What is left of lots once all that is sold so far is taken out, first in, first out; a forecast for open months. With `only`
    of these products alone, which is the same for them: a product's lots serve its own sales.

    Reads what approved months left over and the rows of open months; the number of queries does not depend on the rows.
    """
    months = stipends.approved_months(session, scope)
    over, lacking = left_over(session, scope)
    rows = _open_lines(session, scope, months, only)
    returned = {row.returns_id for row in rows if row.returns_id is not None} - {row.id for row in rows}
    earlier = _earlier_lines(session, scope, lacking, returned, products, only)
    refs = {row.id: row.ref for row in rows} | {one.line.order: one.line.key for one in earlier}
    needed = {match.lot for one in earlier for match in one.matches if match.lot}
    lots = [*_carried(session, scope, over | needed, months, products, only), *_fresh(session, scope, months, products, only)]
    lines = [_line(row, products, refs) for row in rows]
    bare = {one.line.key: _bare(one) for one in earlier}
    try:
        matched = match(lots, lines, earlier)
    except Refused:
        return Stock({lot.key: lot.left for lot in lots}, (), {key: quantity for key, quantity in bare.items() if quantity > 0})
    sold = {line.key: line.returns or line.key for line in lines}
    for one in matched.matches:
        if not one.lot:
            key = sold.get(one.line, one.line)
            bare[key] = bare.get(key, 0) + one.quantity
    return Stock(matched.left, matched.matches, {key: quantity for key, quantity in bare.items() if quantity > 0})


def matches_of(session: Session, scope: Scope, products: dict[int, Product], *, line: SaleRow | None = None,
               lot: LotRow | None = None) -> tuple[list[Match], int]:
    """Where a sale line came from, or where a lot went to, in order: as approved months sealed it, then the forecast for open ones;
    and the thousandths that are left of the lot (0 for a line)."""
    row = line or lot
    if row is None:
        return [], 0
    now = stock_now(session, scope, products, [row.product_id])
    key = SealedMatch.sale_ref if line is not None else SealedMatch.lot_ref
    sealed = [Match(sale, where, quantity) for sale, where, quantity in session.execute(
        select(SealedMatch.sale_ref, SealedMatch.lot_ref, SealedMatch.quantity).where(
            key == row.ref, within_scope(SealedMatch, scope)).order_by(SealedMatch.id))]
    own = [one for one in now.matches if row.ref == (one.line if line is not None else one.lot)]
    return [*sealed, *own], now.left.get(lot.ref, 0) if lot is not None else 0


def left_of_lots(session: Session, scope: Scope, products: dict[int, Product], lots: Sequence[LotRow]) -> dict[str, int]:
    """Thousandths that are left of these lots. For products of which nothing came back and none was sold before it was made, what
    is left follows from what approved months left over and from sums by day of what came after; for others all is matched."""
    since = _since_approved(session, scope, products, {row.product_id for row in lots})
    plain = {product: one for product, one in since.days.items() if not one.returns and product not in since.unclear}
    matched = (set(since.days) | since.unclear) - set(plain)
    found = dict(stock_now(session, scope, products, matched).left) if matched else {}
    edges = {products[product].code: _edge(one) for product, one in plain.items()}
    whole_lots = {lot.key: lot.left for lot in since.carried}
    for row in lots:
        edge, _left = edges.get(products[row.product_id].code, (date.max, 0))
        if row.happened_on > edge:
            found[row.ref] = whole_lots.get(row.ref, 0 if Month.parse(row.booked_in) in since.approved else row.good)
    fresh = _fresh(session, scope, since.approved, products, plain, {day for day, _left in edges.values()})
    for lot in sorted((*since.carried, *fresh), key=lot_order, reverse=True):
        edge, left = edges.get(lot.product, (date.max, 0))
        if lot.day == edge:
            found[lot.key] = min(left, lot.left)
            edges[lot.product] = edge, left - found[lot.key]
    return {row.ref: found.get(row.ref, 0) for row in lots}


def may_lack_lots(session: Session, scope: Scope, products: dict[int, Product]) -> set[int]:
    """Products of which a sale line may lack a lot; of all others none does."""
    return _since_approved(session, scope, products, products).unclear


@dataclass(frozen=True)
class _Since:
    """What came after the `approved` months: `days` with what was made and sold by product, the lots `carried` out of those months
    counted as made; `unclear` products of which sums do not say what lies: more was sold at some moment than had been made, a line
    of approved months lacks a lot, or what came back to a lot serves later sales only."""

    approved: frozenset[Month]
    carried: list[Lot]
    days: dict[int, Days]
    unclear: set[int]


def _since_approved(session: Session, scope: Scope, products: dict[int, Product], only: Collection[int]) -> _Since:
    approved, (over, lacking) = stipends.approved_months(session, scope), left_over(session, scope)
    carried, codes = _carried(session, scope, over, approved, products, only), {one.code: key for key, one in products.items()}
    days = days_of(session, scope, only, approved, [(codes[lot.product], lot.day, lot.left) for lot in carried])
    unclear = {product for product, one in days.items() if one.short} | {codes[lot.product] for lot in carried if lot.moves}
    unclear |= {codes[one.line.product] for one in _earlier_lines(session, scope, lacking, (), products, only) if _bare(one) > 0}
    return _Since(approved, carried, days, unclear)


def _edge(one: Days) -> tuple[date, int]:
    """The day up to which everything is sold, and how much of that day's lots is left."""
    sold, before = sum(quantity for _day, quantity in one.sold), 0
    for day, quantity in one.made:
        before += quantity
        if before > sold:
            return day, before - sold
    return date.max, 0


def _open_lines(session: Session, scope: Scope, months: Collection[Month], only: Collection[int] | None) -> list[SaleRow]:
    """The sale lines of months that are not approved."""
    query = select(SaleRow).where(in_open_months(SaleRow, scope, months))
    if only is not None:
        query = query.where((SaleRow.product_id + 0).in_(whole(session, only)))
    return sales.plain_lines(session, query)


_LOT = select(LotRow.id, LotRow.ref, LotRow.number, LotRow.product_id, LotRow.happened_on, LotRow.good)


def _carried(session: Session, scope: Scope, refs: Collection[str], months: Collection[Month], products: dict[int, Product],
             only: Collection[int] | None) -> list[Lot]:
    """These lots of approved months, with what those took out of them."""
    if not refs:
        return []
    query = _LOT.where(LotRow.ref.in_(among(session, refs)), LotRow.booked_in.in_([str(one) for one in months]),
                       within_scope(LotRow, scope))
    if only is not None:
        query = query.where((LotRow.product_id + 0).in_(whole(session, only)))
    taken = taken_from(session, scope, refs)
    return [replace(_lot(row, products), left=row.good - taken.quantities.get(row.ref, 0), moves=taken.moves.get(row.ref, ()))
            for row in session.execute(query)]


def _fresh(session: Session, scope: Scope, months: Collection[Month], products: dict[int, Product],
           only: Collection[int] | None, days: Collection[date] | None = None) -> list[Lot]:
    """The lots of months that are not approved; `days`: only those made on them."""
    query = _LOT.where(in_open_months(LotRow, scope, months))
    if only is not None:
        query = query.where((LotRow.product_id + 0).in_(whole(session, only)))
    if days is not None:
        query = query.where(LotRow.happened_on.in_(days))
    return [_lot(row, products) for row in session.execute(query)]


def _lot(row: Row[int, str, str | None, int, date, int], products: dict[int, Product]) -> Lot:
    return Lot(row.ref, row.number or "", row.id, products[row.product_id].code, row.happened_on, row.good, row.good, ())


def _earlier_lines(session: Session, scope: Scope, lacking: Collection[str], returned: Collection[int],
                   products: dict[int, Product], only: Collection[int] | None) -> list[EarlierLine]:
    """The lines of approved months that lack a lot, or of which something came back in an open one."""
    if not lacking and not returned:
        return []
    named = select(SaleRow.id).where(SaleRow.ref.in_(among(session, lacking)))  # an OR of both would walk through all lines
    query = select(SaleRow).where(SaleRow.id.in_(named.union(whole(session, returned))), within_scope(SaleRow, scope),
                                  SaleRow.returns_id.is_(None))
    rows = list(session.scalars(query if only is None else query.where((SaleRow.product_id + 0).in_(whole(session, only)))))
    if not rows:
        return []
    backs = list(session.scalars(select(SaleRow).where(
        SaleRow.returns_id.in_(whole(session, [row.id for row in rows])), within_scope(SaleRow, scope)).order_by(SaleRow.id)))
    every = [row.ref for row in (*rows, *backs)]
    known = stipends.sealed_sales(session, scope, every)
    sealed = [Match(sale, lot, quantity) for sale, lot, quantity in session.execute(
        select(SealedMatch.sale_ref, SealedMatch.lot_ref, SealedMatch.quantity).where(
            SealedMatch.sale_ref.in_(among(session, every)), within_scope(SealedMatch, scope)).order_by(SealedMatch.id))]
    return _earlier([*rows, *(back for back in backs if back.ref in known)], known, sealed, products,
                    {row.id: row.ref for row in rows})


def _bare(line: EarlierLine) -> int:
    """Thousandths of a line of approved months that no lot covers."""
    return sum(match.quantity for match in line.matches if not match.lot)


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
