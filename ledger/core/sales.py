"""What was sold: lines, returns and their amounts in cents (calculation.md section 2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ledger.core.faults import Refused
from ledger.core.frozen import later
from ledger.core.money import natural, ratio_half_up

WHOLE_QUANTITY = 1_000
WHOLE_PERCENT = 100_000


@dataclass(frozen=True, slots=True)
class SaleLine:
    """A line of a sale document. Quantity in thousandths (below zero: a return), price and materials in cents a unit,
    discount and VAT in thousandths of a percent (12,5 % = 12500).

    `key` is the stable random reference, `document` and `number` are printed ones ("" when logged by hand), `order` the
    order of saving, `returns` the key of the line that a return takes back, else "". `material_cents` is the cost on
    the day of the sale. `off` is its part in cents of a discount that the whole document was given.
    """

    key: str
    document: str
    number: str
    order: int
    day: date
    product: str
    channel: str
    quantity: int
    price_cents: int
    material_cents: int
    discount: int = 0
    vat: int = 0
    returns: str = ""
    off: int = later(0)

    @property
    def is_return(self) -> bool:
        """Whether it takes something back; a quantity is never 0."""
        return self.quantity < 0


@dataclass(frozen=True, slots=True)
class Amounts:
    """A line's cents: `shared` is what is divided, `deducted` = net - shared."""

    gross: int
    net: int
    materials: int
    shared: int

    @property
    def deducted(self) -> int:
        """What the net holds back, in cents."""
        return self.net - self.shared


@dataclass(frozen=True, slots=True)
class Match:
    """So much (thousandths, below zero when given back) of a line comes out of a lot, or of none (`lot` is "")."""

    line: str
    lot: str
    quantity: int


@dataclass(frozen=True, slots=True)
class EarlierLine:
    """A line of an approved month that this month may touch: returned from, or still partly without a lot.

    `matches` in the order they were made, with everything approved since, returns included (their quantities negative);
    `returned` is the quantity taken back so far (thousandths, positive) and `returned_amounts` the sum of those
    returns' amounts as positive cents.
    """

    line: SaleLine
    amounts: Amounts
    matches: tuple[Match, ...]
    returned: int = 0
    returned_amounts: Amounts = Amounts(0, 0, 0, 0)


LineOrder = tuple[date, bool, bool, tuple[tuple[int, int, str], ...], tuple[tuple[int, int, str], ...], int, str]


def line_order(line: SaleLine) -> LineOrder:
    """Sort key of matching: day, returns after all sales of their day, line number, document, both in natural order;
    what has no line number (logged by hand) after the numbered, in the order of saving."""
    if line.number:
        return line.day, line.is_return, False, natural(line.number), natural(line.document), 0, line.key
    return line.day, line.is_return, True, (), (), line.order, line.key


def line_amounts(line: SaleLine) -> Amounts:
    """A sale's cents, each rounded half up: gross of quantity, price and discount, less its part of the document's discount; net
    without VAT; materials; shared never below zero."""
    gross = ratio_half_up(line.quantity * line.price_cents * (WHOLE_PERCENT - line.discount), WHOLE_QUANTITY * WHOLE_PERCENT)
    gross = max(0, gross - line.off)
    net = ratio_half_up(gross * WHOLE_PERCENT, WHOLE_PERCENT + line.vat)
    materials = ratio_half_up(line.quantity * line.material_cents, WHOLE_QUANTITY)
    return Amounts(gross, net, materials, max(0, net - materials))


def return_amounts(sold: EarlierLine, quantity: int) -> Amounts:
    """A return's cents (below zero) for `quantity` thousandths (positive) of a line with what came back of it before.

    Pro rata of the line's rounded amounts, half up; the return that completes the line takes the remainder.
    """
    whole, before = sold.amounts, sold.returned_amounts
    if sold.returned + quantity == sold.line.quantity:
        return Amounts(before.gross - whole.gross, before.net - whole.net, before.materials - whole.materials,
                       before.shared - whole.shared)
    gross, net, materials, shared = (-ratio_half_up(cents * quantity, sold.line.quantity)
                                     for cents in (whole.gross, whole.net, whole.materials, whole.shared))
    return Amounts(gross, net, materials, shared)


def check_return(back: SaleLine, sold: SaleLine, returned: int) -> None:
    """Raise Refused when a return does not fit its sale: return_of_return, return_product, return_early,
    return_too_much.

    `returned` is what came back of the sale before (thousandths, positive).
    """
    if sold.is_return:
        raise Refused("return_of_return", at="returns", document=sold.document, line=sold.number)
    if back.product != sold.product:
        raise Refused("return_product", at="product", product=sold.product)
    if back.day < sold.day:
        raise Refused("return_early", at="day", day=sold.day.isoformat())
    if returned - back.quantity > sold.quantity:
        raise Refused("return_too_much", at="quantity", left_thousandths=sold.quantity - returned)
