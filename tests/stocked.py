"""Short ways to move goods: to a shop and back, out of the workshop; a count; an explanation."""

from __future__ import annotations

from datetime import date
from typing import Any

import acts
import selling
from acts import OWN, act
from house import House

from ledger.actions import stock
from ledger.actions.stock import Counting, Moving
from ledger.core.stock import Held, Moved
from ledger.records import production, stock_moves
from ledger.records.stock_moves import StockCount, StockMove

DAY = date(2026, 11, 12)


def moving(house: House, kind: Moved, goods: dict[str, int], shop: str = "", **more: Any) -> Moving:
    """Whole pieces by the product's code."""
    items = tuple((acts.product(house, code), pieces * 1000) for code, pieces in goods.items())
    return Moving(**{"kind": kind, "day": DAY, "items": items, "shop": shop, "why": "Sudužo.", **more})


def moved(house: House, kind: Moved, goods: dict[str, int], shop: str = "", **more: Any) -> list[StockMove]:
    """Goods moved by the instructor."""
    return act(house, "meistras", stock.move, moving(house, kind, goods, shop, **more))


def counting(house: House, found: dict[str, int], shop: str = "", **more: Any) -> Counting:
    """Whole pieces that were found, by the product's code."""
    items = tuple((acts.product(house, code), pieces * 1000) for code, pieces in found.items())
    return Counting(**{"day": DAY, "found": items, "shop": shop, "why": "Perskaičiuota.", **more})


def counted(house: House, found: dict[str, int], shop: str = "", **more: Any) -> StockCount:
    """A count booked by the accountant."""
    return act(house, "buhalteris", stock.count, counting(house, found, shop, **more))


def held(house: House, code: str) -> Held:
    """Where a product lies."""
    with house.opened.read() as session:
        key = next(one.id for one in production.products(session, OWN) if one.code == code)
        return stock_moves.held(session, OWN, [key]).get(key, Held())


def pieces(house: House, code: str) -> tuple[int, int]:
    """Whole pieces in the store and in shops."""
    found = held(house, code)
    return found.store // 1000, found.in_shops // 1000


def one_of_everything(house: House) -> None:
    """Goods given, brought back, out of the workshop, taken back, counted and explained."""
    shop = selling.customer(house, "Parduotuvė „Ratas“", code="300000001").ref
    moved(house, Moved.GIVEN, {"ZV-01": 5}, shop, anyway=True)
    moved(house, Moved.BROUGHT, {"ZV-01": 1}, shop)
    back = moved(house, Moved.GIFT, {"ZV-01": 1}, anyway=True)
    act(house, "meistras", stock.take_back, back[0].ref)
    counted(house, {"ZV-01": 7, "MU-01": 0})
    line = acts.sale(house, "ZV-01", DAY, 900)
    act(house, "buhalteris", stock.settle, line.ref, Moved.EXPLAINED, 1000, "Pagal seną sąsiuvinį.")
