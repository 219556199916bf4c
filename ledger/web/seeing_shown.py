"""What was made and sold as its pages show it: charts with the sentence that says what is seen, rows, tables for a spreadsheet."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger import i18n
from ledger.core.money import half_up, natural
from ledger.core.periods import Month
from ledger.core.production import Unit
from ledger.core.seeing import By, Period, Sums, Worked, per_hour
from ledger.documents.sheets import Cents, Sheet, Thousandths
from ledger.i18n import gettext as _
from ledger.i18n import ngettext, pgettext
from ledger.records.production import Product

MOST_BARS = 8
LINE = 40
"""So many letters stand on a line above a bar."""
STEPS = (1, 2, 5)

Bar = tuple[list[str], int, str]


@dataclass(frozen=True)
class BarChart:
    """Bars, a name above each: the sentence that says what is seen, and (lines of the name, number, text)."""

    says: str
    bars: list[Bar]


def _bar(name: str, number: int, text: str) -> Bar:
    return textwrap.wrap(name, LINE) or [name], max(0, number), text


def period_word(period: Period, by: By) -> str:
    """A week or month in a table: 2026-11-16, 47 sav.; 2026 m. lapkritis."""
    if by is By.MONTH:
        return i18n.month_title(Month.of(period.first))
    return _("%(day)s, week %(number)s", day=period.first.isoformat(), number=period.first.isocalendar().week)


def period_mark(period: Period, by: By) -> str:
    """The same under a column: the number of the week or the month."""
    return str(period.first.month if by is By.MONTH else period.first.isocalendar().week)


def unit_title(unit: str) -> str:
    """What is counted in pieces, what in kilograms."""
    return _("Counted in kilograms") if unit == Unit.KILOGRAM else _("Counted in pieces")


# ---------- by weeks or months ----------


@dataclass(frozen=True)
class PeriodRow:
    """The sums of a week or month."""

    period: Period
    word: str
    mark: str
    sums: Sums


@dataclass(frozen=True)
class UnitShown:
    """What was made and sold in a unit: rows by week or month, their total, the ticks of the scale, what is seen."""

    unit: str
    rows: list[PeriodRow]
    total: Sums
    ticks: list[tuple[int, str]]
    says: str

    @property
    def columns(self) -> list[tuple[str, list[int]]]:
        """For the chart: the mark under the columns, made and sold."""
        return [(one.mark, [one.sums.good, max(0, one.sums.sold)]) for one in self.rows]


def unit_shown(unit: str, by: By, periods: Sequence[Period], sums: Sequence[Sums], products: Mapping[str, Sums]) -> UnitShown:
    """The rows of a unit; `products` are the sums of the whole span by name, for the sentence."""
    rows = [PeriodRow(period, period_word(period, by), period_mark(period, by), one)
            for period, one in zip(periods, sums, strict=True)]
    most = max((max(one.good, one.sold) for one in sums), default=0)
    return UnitShown(unit, rows, sum(sums, Sums()), ticks(most, whole=unit == Unit.PIECE), _says(unit, products))


def ticks(most: int, *, whole: bool) -> list[tuple[int, str]]:
    """From zero up to the largest and a little more, in at most five even steps: thousandths and how they are written."""
    size = 1000 if whole else 1
    step = next(one * size for power in range(16) for one in (base * 10**power for base in STEPS) if one * size * 5 >= most)
    last = -(-most // step) or 1
    return [(step * n, i18n.quantity(step * n)) for n in range(last + 1)]


def _says(unit: str, products: Mapping[str, Sums]) -> str:
    """Which product was made and which was sold most."""
    made = max(products.items(), key=lambda pair: pair[1].good)
    sold = max(products.items(), key=lambda pair: pair[1].sold)
    parts = []
    if made[1].good:
        parts.append(_("Made most: %(product)s, %(quantity)s", product=made[0], quantity=i18n.quantity(made[1].good, unit)))
    if sold[1].sold > 0:
        parts.append(_("Sold most: %(product)s, %(quantity)s", product=sold[0], quantity=i18n.quantity(sold[1].sold, unit)))
    return " ".join(_stopped(one) for one in parts)


def _stopped(text: str) -> str:
    """A sentence with its full stop, also when its last word, a unit, has one."""
    return text if text.endswith(".") else f"{text}."


def period_sheets(by: By, units: Sequence[UnitShown]) -> list[Sheet]:
    """A table for each unit."""
    heads = (_("Month") if by is By.MONTH else _("Week from"), pgettext("products", "Made"), _("Rejects"), _("Rejects, %"),
             _("Sold"), _("Without VAT"), _("Materials"))
    empty = [Sheet(_("Made and sold"), heads, ())]
    return [Sheet(unit_title(unit.unit), heads, tuple(
        (str(Month.of(one.period.first)) if by is By.MONTH else one.period.first, *_made(one.sums), Thousandths(one.sums.sold),
         Cents(one.sums.net), Cents(one.sums.materials)) for one in unit.rows)) for unit in units] or empty


def _made(sums: Sums) -> tuple[Thousandths, Thousandths, Thousandths | None]:
    return Thousandths(sums.good), Thousandths(sums.rejects), _cell(sums.reject_share)


def _cell(value: int | None) -> Thousandths | None:
    return None if value is None else Thousandths(value)


def percent(milli: int | None) -> str:
    """A share as it is read; a dash for none."""
    return "–" if milli is None else i18n.percent(milli)


# ---------- by product ----------


@dataclass(frozen=True)
class ProductRow:
    """A product: its sums in the span (None: nothing), thousandths in stock now, when it was sold last and how many days ago."""

    product: Product
    sums: Sums | None
    left: int
    sold_on: date | None
    days: int | None

    @classmethod
    def of(cls, product: Product, sums: Sums | None, left: int, sold_on: date | None, today: date) -> ProductRow:
        """With the days since the last sale."""
        return cls(product, sums, left, sold_on, None if sold_on is None else (today - sold_on).days)

    @property
    def own(self) -> Sums:
        """The sums, zeros for none."""
        return self.sums or Sums()

    @property
    def states(self) -> tuple[str, ...]:
        """What it can be asked for by: sells (sold in the span), stays (in stock, nothing sold in the span), rejects."""
        sells = self.own.sold > 0
        return tuple(word for word, so in (("sells", sells), ("stays", self.left > 0 and not sells and not self.product.service),
                                           ("rejects", self.own.rejects > 0)) if so)


ORDERS: Mapping[str, Callable[[ProductRow], Any]] = {
    "": lambda one: (-one.own.sold, natural(one.product.code)),
    "name": lambda one: (one.product.name.casefold(), one.product.code),
    "made": lambda one: (-one.own.good, natural(one.product.code)),
    "rejects": lambda one: (-(one.own.reject_share or 0), natural(one.product.code)),
    "left": lambda one: (-one.left, natural(one.product.code)),
    "days": lambda one: (-(one.days if one.days is not None else 10**6), natural(one.product.code)),
}
"""Orders of the list of products; "" is what sells most first."""


def days_ago(days: int | None) -> str:
    """How long ago something was sold."""
    if days is None:
        return _("never yet")
    return _("today") if days == 0 else ngettext("%(num)s day ago", "%(num)s days ago", days)


def sold_chart(rows: Sequence[ProductRow]) -> BarChart | None:
    """How much of what was made was sold, of the products of which most was made; None when nothing was."""
    found = sorted((one for one in rows if one.own.good), key=lambda one: -one.own.good)[:MOST_BARS]
    shares = sorted(((one, one.own.sold_share or 0) for one in found), key=lambda pair: -pair[1])
    if not shares:
        return None
    best, worst = shares[0], shares[-1]
    says = _("Sells best: %(product)s, %(share)s of what was made.", product=best[0].product.name, share=i18n.percent(best[1]))
    if worst[1] < best[1]:
        says += " " + _("Stays most: %(product)s, %(share)s.", product=worst[0].product.name, share=i18n.percent(worst[1]))
    return BarChart(says, [_bar(one.product.name, share, i18n.percent(share)) for one, share in shares])


def reject_chart(rows: Sequence[ProductRow]) -> BarChart | None:
    """The share of rejects, the largest first; None when there are none."""
    found = sorted((one for one in rows if one.own.rejects), key=lambda one: -(one.own.reject_share or 0))[:MOST_BARS]
    if not found:
        return None
    shares = [(one, one.own.reject_share or 0) for one in found]
    says = _("Most rejects: %(product)s, %(share)s of all that was made of it.", product=shares[0][0].product.name,
             share=i18n.percent(shares[0][1]))
    return BarChart(says, [_bar(one.product.name, share, i18n.percent(share)) for one, share in shares])


def product_sheet(rows: Sequence[ProductRow]) -> Sheet:
    """Every product found, for a spreadsheet."""
    return Sheet(_("Products"), (
        _("Code"), _("Product"), _("Unit"), pgettext("products", "Made"), _("Rejects"), _("Rejects, %"), _("Sold"),
        _("Sold of made, %"), _("Without VAT"), _("In stock now"), _("Sold last"), _("Days since")),
        tuple((one.product.code, one.product.name, i18n.unit_name(one.product.unit), *_made(one.own), Thousandths(one.own.sold),
               _cell(one.own.sold_share), Cents(one.own.net), Thousandths(one.left), one.sold_on, one.days) for one in rows))


# ---------- what an hour brings ----------


@dataclass(frozen=True)
class HourRow:
    """A product: its sums in the span and the makers' time."""

    product: Product
    sums: Sums
    worked: Worked

    @property
    def cents(self) -> int | None:
        """What an hour brings after materials, in cents."""
        return per_hour(self.sums.left, self.worked.minutes)

    @property
    def made(self) -> int | None:
        """Good thousandths an hour, rounded to a tenth of the unit, half up."""
        tenths = per_hour(self.sums.good, 100 * self.worked.minutes)
        return None if tenths is None else 100 * tenths

    @property
    def minutes(self) -> int:
        """The time in whole minutes, half up."""
        return half_up(self.worked.minutes)


def hour_money(cents: int) -> str:
    """Cents an hour as they are read."""
    return _("%(sum)s/h", sum=i18n.money(cents))


def hour_chart(rows: Sequence[HourRow]) -> BarChart | None:
    """What an hour brings, the most first; None when no time is known."""
    found = [(one, one.cents) for one in rows if one.cents is not None][:MOST_BARS]
    if not found:
        return None
    best, cents = found[0]
    says = _("An hour brings most with: %(product)s, %(sum)s", product=best.product.name, sum=hour_money(cents))
    return BarChart(_stopped(says), [_bar(one.product.name, cents, hour_money(cents)) for one, cents in found])


def hour_sheet(rows: Sequence[HourRow]) -> Sheet:
    """Every product found, for a spreadsheet."""
    return Sheet(_("What an hour brings"), (
        _("Code"), _("Product"), _("Unit"), _("Without VAT"), _("Materials"), _("After materials"),
        pgettext("products", "Made"), _("Minutes of work"), _("Lots"), _("Lots without time"),
        _("Made in an hour"), _("An hour brings, €")),
        tuple((one.product.code, one.product.name, i18n.unit_name(one.product.unit), Cents(one.sums.net), Cents(one.sums.materials),
               Cents(one.sums.left), Thousandths(one.sums.good), one.minutes, one.worked.lots, one.worked.unknown, _cell(one.made),
               None if one.cents is None else Cents(one.cents)) for one in rows))
