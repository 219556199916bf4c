"""Stock as pages show it: words of movements and places, where everything lies, who the shops are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ledger import i18n
from ledger.core.money import natural
from ledger.core.stock import Held, Moved
from ledger.i18n import gettext as _
from ledger.i18n import mark
from ledger.records import customers, production, stock_moves
from ledger.records.customers import Known
from ledger.records.production import Product
from ledger.records.stock_moves import StockMove
from ledger.web.session import Turn

TITLES = {
    Moved.GIVEN: mark("Give goods to a shop"), Moved.BROUGHT: mark("Bring goods back from a shop"),
    Moved.SCRAP: mark("Write off what cannot be sold"), Moved.OWN: mark("Take for own use"), Moved.GIFT: mark("Give as a gift")}
ABOUT = {
    Moved.GIVEN: mark("The goods stay ours until the shop’s report says that they are sold."),
    Moved.BROUGHT: mark("What the shop has not sold lies in the workshop again."),
    Moved.SCRAP: mark("Broken, spoiled or outdated goods. They bring no proceeds, and nobody’s stipend changes."),
    Moved.OWN: mark("What the workshop itself uses. It brings no proceeds, and nobody’s stipend changes."),
    Moved.GIFT: mark("What is given away. It brings no proceeds, and nobody’s stipend changes.")}
SAVED = {
    Moved.GIVEN: mark("The goods are with the shop now."), Moved.BROUGHT: mark("The goods are in the workshop again."),
    Moved.SCRAP: mark("It is written off."), Moved.OWN: mark("It is written down as own use."),
    Moved.GIFT: mark("The gift is written down.")}


def move_word(row: StockMove, shop: str) -> str:
    """What a movement was, with the shop's name where it is of one."""
    words = {
        Moved.GIVEN: _("Given to a shop: %(shop)s", shop=shop), Moved.BROUGHT: _("Brought back from a shop: %(shop)s", shop=shop),
        Moved.SCRAP: _("Written off"), Moved.OWN: _("Own use"), Moved.GIFT: _("A gift"), Moved.COUNT: _("Difference of a count"),
        Moved.OPENING: _("It was there before the books"), Moved.EXPLAINED: _("Sold without a lot, explained")}
    word = words[Moved(row.kind)]
    if shop and row.kind not in (Moved.GIVEN, Moved.BROUGHT):
        word = _("%(what)s (%(shop)s)", what=word, shop=shop)
    return _("Taken back: %(what)s", what=word[:1].lower() + word[1:]) if row.undoes_ref else word


@dataclass(frozen=True)
class Place:
    """A shop where goods lie or lay."""

    ref: str
    name: str


@dataclass(frozen=True)
class Shelf:
    """A product with where it lies."""

    product: Product
    held: Held

    @property
    def of_shops(self) -> list[tuple[int, int]]:
        """Shops by row number with what lies in each, those below zero first."""
        return sorted(self.held.shops.items(), key=lambda one: (one[1] >= 0, one[0]))


@dataclass(frozen=True)
class Stocked:
    """Everything that lies somewhere: products (no services) with what is below zero first, then by code; shops by row number."""

    shelves: tuple[Shelf, ...]
    places: Mapping[int, Place]

    @property
    def below(self) -> list[tuple[Shelf, int | None, int]]:
        """What is below zero: product, shop (None: the store), thousandths."""
        return [(shelf, place, left) for shelf in self.shelves
                for place, left in ((None, shelf.held.store), *shelf.held.shops.items()) if left < 0]

    def place_word(self, place: int | None) -> str:
        """Where that is."""
        return _("In the workshop") if place is None else self.places[place].name


def stocked(turn: Turn) -> Stocked:
    """What lies where now; the number of queries does not depend on the rows."""
    session, scope = turn.session, turn.doing.scope
    lies = stock_moves.held(session, scope)
    shelves = [Shelf(one, lies.get(one.id, Held())) for one in production.products(session, scope) if not one.service]
    shelves.sort(key=lambda one: (not one.held.below, natural(one.product.code)))
    return Stocked(tuple(shelves), places(turn, {shop for one in shelves for shop in one.held.shops}))


def places(turn: Turn, ids: Collection[int]) -> dict[int, Place]:
    """Shops by row number."""
    known = customers.customers_by_id(turn.session, turn.doing.vault, turn.doing.scope, ids)
    return {key: Place(one.row.ref, one.buyer.name) for key, one in known.items()}


def shop_choices(known: Collection[Known], first: str) -> list[tuple[str, str]]:
    """Shops to choose from; `first` is what stands for none."""
    return [("", first), *((one.row.ref, one.buyer.name) for one in known if not one.buyer.person)]


def much(quantity: int, product: Product) -> str:
    """A quantity with its unit."""
    return i18n.quantity(quantity, product.unit)
