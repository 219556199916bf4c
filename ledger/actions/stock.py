"""Goods by place: giving to shops and bringing back, scrap, own use, gifts; counting; settling what was sold without a lot.

Nothing here touches a lot, a sale line or a cent: the calculation knows none of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ledger.actions.documents_of_sales import products_of
from ledger.actions.doing import Doing, check_day
from ledger.core.access import May
from ledger.core.faults import Conflict, Refused
from ledger.core.stock import BETWEEN, GONE, SETTLING, Change, Moved, change, check_quantity, from_shop
from ledger.i18n import mark
from ledger.records import customers, production, sales, stock
from ledger.records import stock_moves as rows
from ledger.records.production import Product
from ledger.records.said import Said
from ledger.records.stock_moves import StockCount, StockCounted, StockMove
from ledger.records.types import new_ref
from ledger.sentences import learn
from ledger.settings import app_version

LONGEST_WHY = 500

learn({
    "no_shop": mark("Choose the shop."),
    "stock_why": mark("Write the reason."),
    "nothing_moved": mark("Write how much of what."),
    "service_has_no_stock": mark("“%(name)s” is a service: it does not lie anywhere."),
    "nothing_counted": mark("Write how much of what there is; leave empty what was not counted."),
    "stock_changed": mark("Somebody wrote something down meanwhile: the differences are worked out anew. Look at them once more."),
    "move_taken_back": mark("This was taken back already."),
    "move_of_count": mark("This difference is of a count: take the whole count back."),
    "nothing_to_take_back": mark("There is nothing of this count to take back."),
    "nothing_to_settle": mark("A lot covers this line by now, or it is settled: there is nothing left to explain."),
    "settles_too_much": mark("Only %(left_thousandths)s of this line is without a lot."),
})


@dataclass(frozen=True)
class Moving:
    """Goods that are moved, as it is typed: thousandths by the product's reference; `shop` "" is the store. `anyway` also what is
    not there by the books."""

    kind: Moved
    day: date
    items: tuple[tuple[str, int], ...]
    shop: str = ""
    why: str = ""
    anyway: bool = False


def move(doing: Doing, moving: Moving) -> list[StockMove]:
    """Write down where goods went. Raises Refused at the field that is wrong, `not_in_stock` for what does not lie there."""
    doing.check(May.KEEP_STOCK)
    check_day(doing, moving.day)
    doing.check(May.KEEP_STOCK, day=moving.day)
    doing.gate()
    shop = _shop(doing, moving.shop)
    if moving.kind not in (*BETWEEN, *GONE):
        raise Refused("nothing_moved", at="basket")
    why = _why(moving.why, needed=moving.kind in GONE)
    goods = products_of(doing, [ref for ref, _quantity in moving.items])
    if not moving.items:
        raise Refused("nothing_moved", at="basket")
    changes = [(goods[ref], _change(goods[ref], moving, quantity, shop)) for ref, quantity in moving.items]
    if not moving.anyway:
        _check_there(doing, moving, goods, shop)
    said = doing.say(why) if why else None
    made = [_row(doing, moving.kind, product, shop, moving.day, one, said) for product, one in changes]
    doing.session.add_all(made)
    doing.session.flush()
    for row, (product, _one) in zip(made, changes, strict=True):
        doing.note("move_goods", "stock_move", row.ref, after=_values(row, product))
    return made


def _shop(doing: Doing, ref: str) -> int | None:
    return customers.get_customer(doing.session, doing.vault, doing.scope, ref).row.id if ref else None


def _why(text: str, *, needed: bool) -> str:
    text = text.strip()
    if needed and not text:
        raise Refused("stock_why", at="why")
    if len(text) > LONGEST_WHY:
        raise Refused("text_too_long", at="why", most=LONGEST_WHY)
    return text


def _change(product: Product, moving: Moving, quantity: int, shop: int | None) -> Change:
    at = f"q_{product.ref}"
    if product.service:
        raise Refused("service_has_no_stock", at=at, name=product.name)
    check_quantity(product.unit, quantity, at)
    return change(moving.kind, quantity, at_shop=shop is not None)


def _check_there(doing: Doing, moving: Moving, goods: Mapping[str, Product], shop: int | None) -> None:
    """Raises Refused for the first product of which less lies there than is taken; under the gate."""
    place = shop if from_shop(moving.kind, at_shop=shop is not None) else None
    lies = rows.held(doing.session, doing.scope, [one.id for one in goods.values()])
    for ref, quantity in moving.items:
        left = lies[goods[ref].id].at(place) if goods[ref].id in lies else 0
        if quantity > left:
            raise Refused("not_in_stock", at=f"q_{ref}", name=goods[ref].name, left_thousandths=max(0, left),
                          wanted_thousandths=quantity)


def _row(doing: Doing, kind: Moved, product: Product, shop: int | None, day: date, one: Change, said: Said | None = None, *,
         sale: str = "", count: str = "") -> StockMove:
    return StockMove(
        ref=new_ref(), organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, kind=kind.value,
        product_id=product.id, customer_id=shop, happened_on=day, store=one.store, shop=one.shop, sale_ref=sale, count_ref=count,
        undoes_ref=None, said_ref=said.ref if said else "", said_sha256=said.sha256 if said else "", done_by=doing.who.account,
        done_at=doing.at, app_version=app_version())


def _values(row: StockMove, product: Product | None) -> dict[str, object]:
    """A movement as its audit entry keeps it: no names."""
    return {"kind": row.kind, "product": product.code if product else row.product_id, "day": row.happened_on, "store": row.store,
            "shop": row.shop, "customer": row.customer_id, **({"sale": row.sale_ref} if row.sale_ref else {})}


def take_back(doing: Doing, ref: str) -> StockMove:
    """A movement that was a mistake is undone by another one of the same day. Raises Conflict for one that was taken back before or
    that a count found."""
    row = rows.get_move(doing.session, doing.scope, ref)
    doing.check(May.KEEP_STOCK, day=row.happened_on)
    doing.gate()
    if row.count_ref:
        raise Conflict("move_of_count")
    return _take_back(doing, [row])[0]


def _take_back(doing: Doing, found: Sequence[StockMove]) -> list[StockMove]:
    gone = rows.taken_back(doing.session, doing.scope, [row.ref for row in found])
    if gone or any(row.undoes_ref for row in found):
        raise Conflict("move_taken_back")
    made = []
    for row in found:
        back = StockMove(
            ref=new_ref(), organisation_id=row.organisation_id, workshop_id=row.workshop_id, kind=row.kind,
            product_id=row.product_id, customer_id=row.customer_id, happened_on=row.happened_on, store=-row.store, shop=-row.shop,
            sale_ref=row.sale_ref, count_ref=row.count_ref, undoes_ref=row.ref, said_ref="", said_sha256="",
            done_by=doing.who.account, done_at=doing.at, app_version=app_version())
        doing.session.add(back)
        made.append(back)
    doing.session.flush()
    for row in found:
        doing.note("take_back_move", "stock_move", row.ref, before=_values(row, None))
    return made


# ---------- counting ----------


@dataclass(frozen=True)
class Counting:
    """A count as it is typed: thousandths that were found, by the product's reference; `seen` what the page said lies there."""

    day: date
    found: tuple[tuple[str, int], ...]
    shop: str = ""
    why: str = ""
    seen: Mapping[str, int] | None = None


@dataclass(frozen=True)
class Difference:
    """A product as it was counted."""

    product: Product
    expected: int
    counted: int

    @property
    def more(self) -> int:
        """Thousandths that lie there and should not (below zero: that are missing)."""
        return self.counted - self.expected

    @property
    def same(self) -> bool:
        """Whether what was found is what the books say."""
        return not self.more


def compare(doing: Doing, counting: Counting) -> list[Difference]:
    """What was found beside what the books say lies there now. Raises Refused at the field that is wrong."""
    doing.check(May.KEEP_STOCK)
    check_day(doing, counting.day)
    doing.check(May.KEEP_STOCK, day=counting.day)
    shop = _shop(doing, counting.shop)
    goods = products_of(doing, [ref for ref, _quantity in counting.found])
    if not goods:
        raise Refused("nothing_counted", at="basket")
    for ref, quantity in counting.found:
        if goods[ref].service:
            raise Refused("service_has_no_stock", at=f"q_{ref}", name=goods[ref].name)
        check_quantity(goods[ref].unit, quantity, f"q_{ref}", least=0)
    lies = rows.held(doing.session, doing.scope, [one.id for one in goods.values()])
    return [Difference(goods[ref], lies[goods[ref].id].at(shop) if goods[ref].id in lies else 0, quantity)
            for ref, quantity in counting.found]


def count(doing: Doing, counting: Counting) -> StockCount:
    """Book a count: what differs becomes a movement, with one reason for all. Raises Refused `stock_why` for differences without
    one, Conflict `stock_changed` when the page showed others."""
    doing.gate()
    compared = compare(doing, counting)
    if counting.seen is not None and any(counting.seen.get(one.product.ref) != one.expected for one in compared):
        raise Conflict("stock_changed")
    differs = [one for one in compared if one.more]
    why = _why(counting.why, needed=bool(differs))
    said, shop = doing.say(why) if why else None, _shop(doing, counting.shop)
    made = StockCount(
        ref=new_ref(), organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, customer_id=shop,
        happened_on=counting.day, said_ref=said.ref if said else "", said_sha256=said.sha256 if said else "",
        counted_by=doing.who.account, counted_at=doing.at, app_version=app_version())
    doing.session.add(made)
    doing.session.add_all([StockCounted(
        organisation_id=made.organisation_id, workshop_id=made.workshop_id, count_ref=made.ref, product_id=one.product.id,
        expected=one.expected, counted=one.counted) for one in compared])
    doing.session.add_all([
        _row(doing, Moved.COUNT, one.product, shop, counting.day,
             change(Moved.COUNT, one.more, at_shop=shop is not None), count=made.ref) for one in differs])
    doing.session.flush()
    doing.note("count_stock", "stock_count", made.ref, after={
        "day": counting.day, "customer": shop, "products": len(compared),
        "differences": {one.product.code: one.more for one in differs}})
    return made


def take_back_count(doing: Doing, ref: str) -> None:
    """A count that was a mistake: its differences are undone. Raises Conflict when nothing of it stands."""
    made = rows.get_count(doing.session, doing.scope, ref)
    doing.check(May.KEEP_STOCK, day=made.happened_on)
    doing.gate()
    found = rows.moves_of_count(doing.session, doing.scope, ref)
    if not found:
        raise Conflict("nothing_to_take_back")
    _take_back(doing, found)


# ---------- what was sold without a lot ----------


def settle(doing: Doing, sale_ref: str, kind: Moved, quantity: int, why: str) -> StockMove:
    """Say of so much of a sale line that no lot will be found: it was there before the books began, or something else explains it.
    Its money stays unassigned. Raises Refused `settles_too_much`, `stock_why`, Conflict `nothing_to_settle`."""
    line = sales.get_line(doing.session, doing.scope, sale_ref)
    doing.check(May.KEEP_STOCK, day=line.happened_on)
    doing.gate()
    goods = {one.id: one for one in production.products(doing.session, doing.scope)}
    product = goods[line.product_id]
    bare = stock.stock_now(doing.session, doing.scope, goods, [line.product_id]).uncovered.get(sale_ref, 0)
    left = bare - rows.settled(doing.session, doing.scope, [sale_ref]).get(sale_ref, 0)
    if left <= 0 or kind not in SETTLING:
        raise Conflict("nothing_to_settle")
    check_quantity(product.unit, quantity, "quantity")
    if quantity > left:
        raise Refused("settles_too_much", at="quantity", left_thousandths=left)
    said = doing.say(_why(why, needed=True))
    row = _row(doing, kind, product, None, line.happened_on, change(kind, quantity, at_shop=False), said, sale=sale_ref)
    doing.session.add(row)
    doing.session.flush()
    doing.note("settle_sale", "stock_move", row.ref, after=_values(row, product))
    return row
