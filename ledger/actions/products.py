"""Products: adding one, changing its name and picture, and its price from a day on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ledger.actions.doing import Doing
from ledger.core.access import May
from ledger.core.faults import Refused
from ledger.core.periods import Month
from ledger.core.production import MOST, Unit
from ledger.records import production, stipends
from ledger.records.production import ALWAYS, Price, Product

PICTURES = ("zvake", "muilas", "sasiuvinis", "atvirukas", "vainikas", "dubenelis", "maiselis", "obuoliai", "dezute", "kitas")
"""The product's own signs that a product may have."""


@dataclass(frozen=True)
class Described:
    """A product as typed. `unit` is vnt or kg and stays as it was when the product is there already."""

    code: str
    name: str
    unit: str
    service: bool
    picture: str


@dataclass(frozen=True)
class Priced:
    """What a unit costs, in cents: the price with VAT, and its materials."""

    price_cents: int
    material_cents: int


def add_product(doing: Doing, described: Described, priced: Priced) -> Product:
    """Add a product whose first price holds always. Raises Refused for a code that another product has."""
    doing.check(May.KEEP_PRODUCTS)
    doing.gate()
    _check(described)
    _check_price(priced)
    code = described.code.strip()
    if any(one.code == code for one in production.products(doing.session, doing.scope)):
        raise Refused("code_taken", at="code", code=code)
    own = {"organisation_id": doing.scope.organisation, "workshop_id": doing.scope.workshop}
    row = Product(**own, code=code, name=described.name.strip(), unit=described.unit, service=described.service,
                  picture=described.picture, prices=[])
    row.prices.append(Price(**own, valid_from=ALWAYS, price_cents=priced.price_cents, material_cents=priced.material_cents))
    doing.session.add(row)
    doing.session.flush()
    doing.note("add_product", "product", row.ref, after={**_values(row), **_price_values(row.prices[0])})
    return row


def keep_product(doing: Doing, ref: str, name: str, picture: str) -> Product:
    """Change a product's name and picture; its code and unit stay, because lots and sales were counted in them."""
    doing.check(May.KEEP_PRODUCTS)
    doing.gate()
    row = production.get_product(doing.session, doing.scope, ref)
    _check(Described(row.code, name, row.unit, row.service, picture))
    before = _values(row)
    row.name, row.picture = name.strip(), picture
    doing.session.flush()
    doing.note("keep_product", "product", row.ref, before=before, after=_values(row))
    return row


def new_price(doing: Doing, ref: str, since: date, priced: Priced) -> Price:
    """Set price and materials from a day on; a price of the same day is corrected.

    Raises Refused for a day up to the end of an approved month: what was worked out there stays.
    """
    doing.check(May.PRICE_PRODUCTS)
    doing.gate()
    row = production.get_product(doing.session, doing.scope, ref)
    _check_price(priced)
    if since.year < 2000:
        raise Refused("long_ago", at="since", day=since.isoformat())
    newest = max(stipends.approved_months(doing.session, doing.scope), default=None)
    if newest is not None and Month.of(since) <= newest:
        raise Refused("price_in_approved_month", at="since", month=str(newest), day=newest.end.isoformat())
    price = next((one for one in row.prices if one.valid_from == since), None)
    before = _price_values(price) if price else None
    if price is None:
        price = Price(organisation_id=row.organisation_id, workshop_id=row.workshop_id, valid_from=since)
        row.prices.append(price)
    price.price_cents, price.material_cents = priced.price_cents, priced.material_cents
    doing.session.flush()
    doing.note("new_price", "product", row.ref, before=before, after=_price_values(price))
    return price


def _check(described: Described) -> None:
    for field, text, most in (("code", described.code, 20), ("name", described.name, 100)):
        if not text.strip():
            raise Refused("empty_text", at=field)
        if len(text.strip()) > most:
            raise Refused("text_too_long", at=field, most=most)
    if described.unit not in tuple(Unit):
        raise Refused("unknown_unit_typed", at="unit")
    if described.picture not in PICTURES:
        raise Refused("unknown_picture", at="picture")


def _check_price(priced: Priced) -> None:
    for field, cents in (("price", priced.price_cents), ("materials", priced.material_cents)):
        if cents < 0:
            raise Refused("negative", at=field)
        if cents > MOST:
            raise Refused("too_large", at=field)


def _values(row: Product) -> dict[str, object]:
    return {"code": row.code, "name": row.name, "unit": row.unit, "service": row.service, "picture": row.picture}


def _price_values(price: Price) -> dict[str, object]:
    return {"since": price.valid_from, "price_cents": price.price_cents, "material_cents": price.material_cents}
