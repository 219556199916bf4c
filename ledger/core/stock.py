"""Goods by place: what a movement does to the store and to a shop. Quantities are thousandths of the unit.

A movement touches no lot and no money: what is scrapped, used or given away brings no proceeds, and who made it is not asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from ledger.core.faults import Refused
from ledger.core.production import MOST, Unit


class Moved(StrEnum):
    """What happened to goods."""

    GIVEN = "given"
    BROUGHT = "brought"
    SCRAP = "scrap"
    OWN = "own"
    GIFT = "gift"
    COUNT = "count"
    OPENING = "opening"
    EXPLAINED = "explained"


BETWEEN = (Moved.GIVEN, Moved.BROUGHT)
"""From the store to a shop, and back."""

GONE = (Moved.SCRAP, Moved.OWN, Moved.GIFT)
"""Out of the workshop for good, with the reason."""

SETTLING = (Moved.OPENING, Moved.EXPLAINED)
"""What was sold without a lot: it was there before the books, or somebody says how it came about."""


@dataclass(frozen=True)
class Change:
    """What a movement adds to the store and to the shop (below zero: takes)."""

    store: int
    shop: int


def change(kind: Moved, quantity: int, *, at_shop: bool) -> Change:
    """What so much of something does; a count's quantity may be below zero. Raises Refused `no_shop` for goods that are given to
    nobody or brought from nowhere."""
    if kind in BETWEEN:
        if not at_shop:
            raise Refused("no_shop", at="shop")
        return Change(-quantity, quantity) if kind is Moved.GIVEN else Change(quantity, -quantity)
    signed = -quantity if kind in GONE else quantity
    return Change(0, signed) if at_shop else Change(signed, 0)


def from_shop(kind: Moved, *, at_shop: bool) -> bool:
    """Whether the goods come out of a shop, not out of the store."""
    return at_shop and kind is not Moved.GIVEN


def check_quantity(unit: str, quantity: int, at: str, *, least: int = 1) -> None:
    """Raises Refused for a quantity below the least one, unreal, or a part of a piece."""
    if quantity < least:
        raise Refused("not_above_zero" if least else "negative", at=at)
    if quantity > MOST:
        raise Refused("too_large", at=at)
    if unit == Unit.PIECE and quantity % 1000:
        raise Refused("part_of_a_piece", at=at)


@dataclass(frozen=True)
class Held:
    """Where the goods of a product are: the store, and each shop by its row number."""

    store: int = 0
    shops: dict[int, int] = field(default_factory=dict)

    @property
    def in_shops(self) -> int:
        """In all shops."""
        return sum(self.shops.values())

    @property
    def together(self) -> int:
        """Everywhere."""
        return self.store + self.in_shops

    @property
    def below(self) -> bool:
        """Whether somewhere less than nothing is left: something was not written down."""
        return self.store < 0 or any(quantity < 0 for quantity in self.shops.values())

    def at(self, shop: int | None) -> int:
        """In the store (None) or in a shop."""
        return self.store if shop is None else self.shops.get(shop, 0)
