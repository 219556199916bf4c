"""Words around the arithmetic: labels, who pays, why a cent went where it went, days, and the way from sale to lot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from ledger import i18n
from ledger.core.explanation import DayReason, LineRow, PersonExplanation, TraceRow
from ledger.core.money import Why, half_up
from ledger.core.production import SharedBy
from ledger.core.schemes import Part, Scheme
from ledger.explained.formulas import mode_words
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


def line_label(row: LineRow) -> str:
    """What the line is called: the scheme's own word, with what an absence or a new sharing did; ours for the engine's own."""
    if row.label:
        return {"absence": _("%(part)s: for absence", part=row.label), "again": _("%(limit)s: shared again", limit=row.label),
                }.get(row.line.kind, row.label)
    return own_label(row.line.kind) or row.line.part


def own_label(kind: str) -> str:
    """The word for a line that the engine itself writes; "" for others."""
    return {"below_zero": _("Total below zero"), "debt": _("Kept back for a debt"), "shortfall": _("Too little money"),
            "rounding": _("Rounding of the total")}.get(kind, "")


@dataclass(frozen=True)
class NotApplied:
    """A limit that touched nothing of a person's sum."""

    label: str
    paragraph: str
    says: str


def not_applied(scheme: Scheme, one: PersonExplanation) -> list[NotApplied]:
    """The limits that cut and added nothing, each with what was compared."""
    used = {row.line.part for row in one.lines}
    found = []
    for limit in scheme.limits:
        if limit.key in used:
            continue
        says = _("nothing to change")
        if limit.ceiling is not None:
            says = _("%(total)s does not exceed %(ceiling)s", total=i18n.money(one.total), ceiling=i18n.money(limit.ceiling))
        found.append(NotApplied(limit.label, limit.paragraph, says))
    return found


def paragraph(number: str) -> str:
    """Where the order says so: tvarkos 2 p."""
    return _("item %(number)s of the rules", number=number) if number else ""


def payer(name: str, scheme: Scheme | None = None) -> str:
    """Who pays a line."""
    told = {"pool": _("Paid from what was sold."), "budget": _("Paid from the workshop's budget."),
            "reserve": _("The reserve bears it."), "withheld": _("Kept back from the person's sum.")}
    if name in told:
        return told[name]
    fund = fund_label(name, scheme)
    return _("Paid from the fund “%(fund)s”.", fund=fund) if fund else ""


def fund_label(key: str, scheme: Scheme | None) -> str:
    """What a fund is called; "" when the scheme has none of that key."""
    return next((fund.label for fund in scheme.funds if fund.key == key), "") if scheme else ""


def pays(row: LineRow) -> str:
    """Who pays a line; of a cut, where it goes."""
    line = row.line
    if line.kind in ("limit", "absence", "shortfall"):
        return cut_goes(line.payer, row.scheme, line.kind)
    if line.kind in ("rounding", "below_zero", "debt"):
        return _("The reserve bears it.") if line.cents > 0 else _("It goes to the reserve.")
    return payer(line.payer, row.scheme)


def cut_goes(name: str, scheme: Scheme, kind: str = "limit") -> str:
    """Where a cut goes."""
    fund = fund_label(name, scheme)
    if kind == "limit":
        if fund:
            return _("What is above goes to the fund “%(fund)s”.", fund=fund)
        return _("What is above goes to the reserve.") if name == "reserve" \
            else _("What is above stays with the one who pays that part.")
    if fund:
        return _("What is taken off goes to the fund “%(fund)s”.", fund=fund)
    return _("What is taken off goes to the reserve.") if name == "reserve" \
        else _("What is taken off stays with the one who pays that part.")


def days_told(explanation: PersonExplanation) -> list[str]:
    """Sentences on which days counted and which did not, and why."""
    rows = explanation.days
    counted = [row for row in rows if row.reason is DayReason.COUNTED]
    attended = [row for row in rows if row.mark == "D"]
    told = [ngettext("%(num)s day attended, %(counted)s of them counted.", "%(num)s days attended, %(counted)s of them counted.",
                     len(attended), counted=len(counted))]
    for reasons, word in (((DayReason.TOO_SHORT,), _("too short")), ((DayReason.OVER_PLAN,), _("more than planned")),
                          ((DayReason.ILL, DayReason.EXCUSED), _("excused")),
                          ((DayReason.UNEXCUSED,), _("without reason")), ((DayReason.NOT_HERE,), _("not in the workshop"))):
        days = [str(row.day.day) for row in rows if row.reason in reasons]
        if days:
            told.append(_("Not counted (%(why)s): %(days)s.", why=word, days=", ".join(days)))
    return told


def cent_told(row: LineRow) -> str:
    """Why the last step of a divided sum went to this person or did not, or how a sum that stands alone was rounded."""
    numbers = row.line.numbers
    if "why" not in numbers:
        return _rounded_alone(row)
    leftover = int(numbers["leftover"])
    fraction = exact(Fraction(numbers["fraction"]) * 100, 4)
    ways = {
        Why.WHOLE.value: _("The share is a whole number of cents."),
        Why.LARGER.value: _("The fraction %(fraction)s is among the largest, so one cent more.", fraction=fraction),
        Why.SMALLER.value: _("The fraction %(fraction)s is smaller than the last that got a cent.", fraction=fraction),
        Why.TIE_WON.value: _("%(tied)s people have the fraction %(fraction)s; this month it was this person's turn.",
                             tied=int(numbers.get("tied", 0)), fraction=fraction),
        Why.TIE_LOST.value: _("%(tied)s people have the fraction %(fraction)s; this month it was somebody else's turn.",
                              tied=int(numbers.get("tied", 0)), fraction=fraction),
    }
    step = int(numbers.get("step", 1))
    if step != 1:
        ways |= {Why.WHOLE.value: _("The share is a whole number of steps."),
                 Why.LARGER.value: _("The fraction %(fraction)s is among the largest, so one step more.", fraction=fraction),
                 Why.SMALLER.value: _("The fraction %(fraction)s is smaller than the last that got a step.", fraction=fraction)}
    own = ways.get(str(numbers["why"]), "")
    return f"{_left_over(leftover, step)} {own}" if leftover else own


def _left_over(count: int, step: int) -> str:
    if step == 1:
        return ngettext("All got whole cents; %(num)s cent was left over and went to the largest fraction.",
                        "All got whole cents; %(num)s cents were left over and went one each to the largest fractions.", count)
    return ngettext("All got whole steps of %(step)s; %(num)s step was left over and went to the largest fraction.",
                    "All got whole steps of %(step)s; %(num)s steps were left over and went one each to the largest fractions.",
                    count, step=i18n.money(step))


def _rounded_alone(row: LineRow) -> str:
    if row.line.quota == row.line.cents or not isinstance(row.written, Part):
        return ""
    rounding = row.written.rounding
    return _("Rounded %(how)s to steps of %(step)s.", how=mode_words(rounding.mode), step=i18n.money(rounding.step))


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
            SharedBy.STEPS.value: pgettext("unit", "parts")}.get(kind, pgettext("unit", "pts."))
    return _("%(part)s of %(whole)s", part=part, whole=f"{whole}{i18n.NBSP}{unit}")


def document(row: TraceRow) -> str:
    """The sale document of a trace row; what was logged by hand has none."""
    return row.document or _("by hand")
