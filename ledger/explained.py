"""The explanation of a statement in words: from the calculation's own trace to the arithmetic that pages and papers show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from ledger import i18n
from ledger.core.explanation import DayReason, LineRow, PersonExplanation, TraceRow
from ledger.core.money import Why, half_up
from ledger.core.production import SharedBy
from ledger.i18n import gettext as _
from ledger.i18n import ngettext, pgettext


@dataclass(frozen=True)
class Things:
    """What the trace's references are called: product code -> (name, unit); lot reference -> how its makers share it."""

    products: Mapping[str, tuple[str, str]]
    shared_by: Mapping[str, str]

    def name(self, code: str) -> str:
        """A product's name; its code when it has none."""
        return self.products.get(code, (code, ""))[0]

    def unit(self, code: str) -> str:
        """What a product is counted in."""
        return self.products.get(code, ("", ""))[1]


def exact(cents: Fraction, places: int = 4) -> str:
    """Exact cents as euros with so many decimals, half up: 115,1062."""
    return i18n.decimal(half_up(cents * 10 ** (places - 2)), places)


def arithmetic(row: LineRow, traced: Fraction) -> str:
    """How the line's cents come about, as one line of arithmetic; `traced` is the sum of what was traced to the person."""
    line = row.line
    if line.kind == "per_day":
        return _by_days(row)
    if line.kind == "traced":
        if not traced:
            return _("nothing was sold")
        portion = i18n.percent(half_up(Fraction(line.numbers["portion"]) * 1000))
        return f"{exact(traced)}{i18n.NBSP}€ × {portion} = {exact(line.quota)}{i18n.NBSP}€"
    if line.kind == "limit":
        return _("%(before)s is above the limit of %(ceiling)s", before=i18n.money(int(line.numbers["before"])),
                 ceiling=i18n.money(int(line.numbers["ceiling"])))
    if line.kind == "below_zero":
        return _("the total was %(before)s; the reserve bears it for now", before=i18n.money(int(line.numbers["before"])))
    return _("kept back for a debt of %(before)s, at most %(most)s", before=i18n.money(int(line.numbers["before"])),
             most=i18n.money(int(line.numbers["most"])))


def _by_days(row: LineRow) -> str:
    numbers, told, place = row.line.numbers, [], 1
    while f"band{place}_days" in numbers:
        days, minutes = int(numbers[f"band{place}_days"]), int(numbers[f"band{place}_minutes"])
        if days or place == 1:
            counted = ngettext("%(num)s day of %(hours)s h or more", "%(num)s days of %(hours)s h or more", days,
                               hours=i18n.hours(minutes))
            told.append(f"{counted} × {_euro_rate(Fraction(numbers[f'band{place}_cents']))}")
        place += 1
    return " + ".join(told)


def _euro_rate(cents: Fraction) -> str:
    return i18n.money(int(cents)) if cents.denominator == 1 else f"{exact(cents)}{i18n.NBSP}€"


def line_label(row: LineRow) -> str:
    """What the line is called: the scheme's own word, or ours for the engine's own lines."""
    return row.label or {"below_zero": _("Total below zero"), "debt": _("Kept back for a debt")}.get(row.line.kind, row.line.part)


def paragraph(number: str) -> str:
    """Where the order says so: tvarkos 2 p."""
    return _("item %(number)s of the rules", number=number) if number else ""


def payer(name: str) -> str:
    """Who pays a line."""
    return {"pool": _("Paid from what was sold."), "budget": _("Paid from the workshop's budget."),
            "reserve": _("The reserve bears it.")}.get(name, "")


def days_told(explanation: PersonExplanation) -> list[str]:
    """Sentences on which days counted and which did not, and why."""
    rows = explanation.days
    counted = [row for row in rows if row.reason is DayReason.COUNTED]
    attended = [row for row in rows if row.mark == "D"]
    told = [ngettext("%(num)s day attended, %(counted)s of them counted.", "%(num)s days attended, %(counted)s of them counted.",
                     len(attended), counted=len(counted))]
    for reasons, word in (((DayReason.TOO_SHORT,), _("too short")), ((DayReason.ILL, DayReason.EXCUSED), _("excused")),
                          ((DayReason.UNEXCUSED,), _("without reason")), ((DayReason.NOT_HERE,), _("not in the workshop"))):
        days = [str(row.day.day) for row in rows if row.reason in reasons]
        if days:
            told.append(_("Not counted (%(why)s): %(days)s.", why=word, days=", ".join(days)))
    return told


def cent_told(row: LineRow) -> str:
    """Why the last cent of a divided sum went to this person or did not."""
    numbers = row.line.numbers
    if "why" not in numbers:
        return ""
    leftover = int(numbers["leftover"])
    fraction = exact(Fraction(numbers["fraction"]) * 100, 4)
    shared = ngettext("All got whole cents; %(num)s cent was left over and went to the largest fraction.",
                      "All got whole cents; %(num)s cents were left over and went one each to the largest fractions.", leftover)
    ways = {
        Why.WHOLE.value: _("The share is a whole number of cents."),
        Why.LARGER.value: _("The fraction %(fraction)s is among the largest, so one cent more.", fraction=fraction),
        Why.SMALLER.value: _("The fraction %(fraction)s is smaller than the last that got a cent.", fraction=fraction),
        Why.TIE_WON.value: _("%(tied)s people have the fraction %(fraction)s; this month it was this person's turn.",
                             tied=int(numbers.get("tied", 0)), fraction=fraction),
        Why.TIE_LOST.value: _("%(tied)s people have the fraction %(fraction)s; this month it was somebody else's turn.",
                              tied=int(numbers.get("tied", 0)), fraction=fraction),
    }
    own = ways.get(str(numbers["why"]), "")
    return own if not leftover else f"{shared} {own}"


def exact_quota(row: LineRow) -> str:
    """The exact quota in cents as a fraction, for who wants to work it out again."""
    quota = row.line.quota
    if quota.denominator == 1:
        return ""
    return _("Exact share: %(numerator)s / %(denominator)s ct.", numerator=i18n.decimal(quota.numerator, 0),
             denominator=i18n.decimal(quota.denominator, 0))


def matched(row: TraceRow, things: Things) -> str:
    """How much of the line came out of the lot: 2 iš 4; −1, grąžinta."""
    if row.quantity < 0:
        return _("%(quantity)s, returned", quantity=i18n.quantity(row.quantity))
    unit = things.unit(row.product)
    whole = i18n.quantity(row.line_quantity, unit if unit == "kg" else "")
    return _("%(part)s of %(whole)s", part=i18n.quantity(row.quantity), whole=whole)


def share(row: TraceRow, things: Things) -> str:
    """The person's share of the lot: 170 iš 220 min.; lygiai, 1 iš 3."""
    kind = things.shared_by.get(row.lot, SharedBy.POINTS.value)
    part, whole = i18n.quantity(row.weight), i18n.quantity(row.weights)
    if kind == SharedBy.EQUAL:
        return _("equally, 1 of %(whole)s", whole=i18n.quantity(1000 * row.weights // row.weight))
    unit = {SharedBy.MINUTES.value: pgettext("unit", "min."), SharedBy.UNITS.value: i18n.unit_name(things.unit(row.product)),
            }.get(kind, pgettext("unit", "pts."))
    return _("%(part)s of %(whole)s", part=part, whole=f"{whole}{i18n.NBSP}{unit}")


def document(row: TraceRow) -> str:
    """The sale document of a trace row; what was logged by hand has none."""
    return row.document or _("by hand")
