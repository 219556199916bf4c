"""Formulas of a scheme in words: as written for who approves them, and with their numbers filled in for who checks a sum."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from ledger import i18n
from ledger.core.faults import Value
from ledger.core.formulas import WEEKLY, Formula, Node
from ledger.core.money import Mode, Stage, half_up
from ledger.core.schemes import Scheme
from ledger.i18n import gettext as _
from ledger.i18n import ngettext, pgettext

SUM, PRODUCT, ATOM = 1, 2, 3
LONGEST = 6


def number(value: Fraction, places: int = LONGEST) -> str:
    """A number exactly: 12,5; a fraction with its rounded value when it has no short decimal form: 17/31 (≈ 0,5484)."""
    for place in range(places + 1):
        scaled = value * 10**place
        if scaled.denominator == 1:
            return i18n.decimal(int(scaled), place)
    about = i18n.decimal(half_up(value * 10**4), 4)
    if value.denominator > 9999:
        return f"≈{i18n.NBSP}{about}"
    return f"{i18n.decimal(value.numerator, 0)}/{i18n.decimal(value.denominator, 0)} (≈{i18n.NBSP}{about})"


def euro(cents: Fraction) -> str:
    """Exact cents as euros with at least two decimals and at most six; more are rounded to four and marked ≈."""
    if cents.denominator == 1:
        return i18n.money(int(cents))
    for places in range(3, LONGEST + 1):
        scaled = cents * 10 ** (places - 2)
        if scaled.denominator == 1:
            return f"{i18n.decimal(int(scaled), places)}{i18n.NBSP}€"
    return f"≈{i18n.NBSP}{i18n.decimal(half_up(cents * 100), 4)}{i18n.NBSP}€"


def euros(value: Value | Fraction) -> str:
    """A number of euros from the trace."""
    return euro(Fraction(value) * 100)


def quoted(text: str) -> str:
    """A name in quotes."""
    return _("“%(text)s”", text=text)


def in_words(formula: Formula, scheme: Scheme) -> str:
    """A formula with its names in words: days × “level”."""
    return _written(formula.root, lambda node: name_words(node.text, scheme), 0)


def filled(formula: Formula, numbers: Mapping[str, Value], scheme: Scheme, result: Callable[[Fraction], str] = number) -> str:
    """A formula with its numbers from the trace: 12 days × 1.5 (“level”) = 18; a number alone stands as it is."""
    if formula.weekly:
        return _by_weeks(formula, numbers, scheme, result)
    values = {name: Fraction(numbers.get(f"={name}", 0)) for name in formula.names}
    whole = formula.work(lambda name: values[name])
    if not formula.names and formula.root.kind == "number":
        return result(whole)
    told = _written(formula.root, lambda node: counted(node.text, values[node.text], scheme), 0)
    if formula.root.kind == "name":
        return told
    comes_to = result(whole)
    return f"{told} {comes_to}" if comes_to.startswith("≈") else f"{told} = {comes_to}"


def _by_weeks(formula: Formula, numbers: Mapping[str, Value], scheme: Scheme, result: Callable[[Fraction], str]) -> str:
    """What a formula that goes by weeks comes to: week by week when nothing stands around it, else in words."""
    weeks = str(numbers.get(f"weeks:{formula.text}", ""))
    told = " + ".join(result(Fraction(one)) for one in weeks.split(" + ")) if weeks else in_words(formula, scheme)
    return f"{told} = {result(Fraction(numbers.get(f'weekly:{formula.text}', 0)))}"


def amount_words(formula: Formula, scheme: Scheme) -> str:
    """A formula that gives a sum: the sum itself, or how it is made."""
    return euro(formula.constant * 100) if formula.constant is not None else in_words(formula, scheme)


def _written(node: Node, name: Callable[[Node], str], above: int) -> str:
    if node.kind == "number":
        return number(node.number)
    if node.kind == "name":
        return name(node)
    if node.kind in ("min", "max"):
        told = "; ".join(_written(part, name, 0) for part in node.parts)
        return _("the smallest of (%(all)s)", all=told) if node.kind == "min" else _("the largest of (%(all)s)", all=told)
    if node.kind == WEEKLY:
        return _("each week %(each)s, all weeks together", each=_written(node.parts[0], name, 0))
    rank = SUM if node.kind == "+" else PRODUCT
    left, right = node.parts
    sign = {"+": "+", "*": "×", "/": "/"}[node.kind]
    text = f"{_written(left, name, rank)} {sign} {_written(right, name, ATOM if sign == '/' else rank)}"
    return f"({text})" if rank < above else text


def name_words(name: str, scheme: Scheme) -> str:
    """What a name of a formula is called."""
    plain = {
        "one": "1",
        "days": pgettext("formula", "days"),
        "days.excused": pgettext("formula", "excused days"),
        "days.ill": pgettext("formula", "days of illness"),
        "days.unexcused": pgettext("formula", "days without reason"),
        "days.calendar": pgettext("formula", "calendar days"),
        "days.working": pgettext("formula", "working days"),
        "weeks": pgettext("formula", "weeks"),
        "hours": pgettext("formula", "hours"),
        "points": pgettext("formula", "points"),
        "units": pgettext("formula", "good products"),
        "traced": pgettext("formula", "traced proceeds"),
        "so_far": pgettext("formula", "the sum so far"),
        "year.days": pgettext("formula", "days of the year so far"),
        "year.hours": pgettext("formula", "hours of the year so far"),
        "year.points": pgettext("formula", "points of the year so far"),
        "people": pgettext("formula", "people in the run"),
    }
    if name in plain:
        return plain[name]
    family = name.partition(".")[0]
    label = quoted(label_of(name, scheme))
    return {
        "hours": _("hours of %(label)s", label=label), "units": _("good products %(label)s", label=label),
        "made": _("good units at %(label)s", label=label), "time": _("hours at %(label)s", label=label)}.get(family, label)


def label_of(name: str, scheme: Scheme) -> str:
    """What the thing after the point is called: a part's or an amount's own label, a name of hours in words."""
    family, _dot, rest = name.partition(".")
    if family == "part":
        written = scheme.part(rest)
        return written.label if written else rest
    if family == "ref":
        return next((one.label or one.key for one in scheme.amounts if one.key == rest), rest)
    return hours_kind(rest) if family == "hours" else rest.replace("_", " ")


def hours_kind(kind: str) -> str:
    """A kind of hours in words."""
    words = {"production": pgettext("formula", "production"), "training": pgettext("formula", "training"),
             "waiting": pgettext("formula", "waiting")}
    return words.get(kind, kind.replace("_", " "))


def counted(name: str, value: Fraction, scheme: Scheme) -> str:
    """A name with its number: 12 days; 1.5 (“level”)."""
    family, _dot, rest = name.partition(".")
    if name == "one":
        return "1"
    if value.denominator == 1:
        whole = _counted_whole(name, int(value))
        if whole:
            return whole
    label = quoted(label_of(name, scheme))
    if family in ("hours", "time"):
        hours = _("%(number)s h", number=number(value))
        return f"{hours} ({label})" if rest else hours
    if family in ("units", "made"):
        units = f"{number(value)}{i18n.NBSP}{i18n.unit_name('vnt')}"
        return f"{units} ({label})" if rest else units
    if name == "points":
        return f"{number(value)}{i18n.NBSP}{pgettext('unit', 'pts.')}"
    if family == "year":
        return f"{number(value)} ({name_words(name, scheme)})"
    if family in ("traced", "so_far"):
        return f"{euro(value * 100)} ({name_words(name, scheme)})"
    return f"{euro(value * 100) if family == 'part' else number(value)} ({label})"


def _counted_whole(name: str, num: int) -> str:
    """Days, weeks and people with their number; "" for what is not counted whole."""
    if name == "days":
        return ngettext("%(num)s day", "%(num)s days", num)
    if name == "days.excused":
        return ngettext("%(num)s excused day", "%(num)s excused days", num)
    if name == "days.ill":
        return ngettext("%(num)s day of illness", "%(num)s days of illness", num)
    if name == "days.unexcused":
        return ngettext("%(num)s day without reason", "%(num)s days without reason", num)
    if name == "days.calendar":
        return ngettext("%(num)s calendar day", "%(num)s calendar days", num)
    if name == "days.working":
        return ngettext("%(num)s working day", "%(num)s working days", num)
    if name == "weeks":
        return ngettext("%(num)s week", "%(num)s weeks", num)
    return ngettext("%(num)s person", "%(num)s people", num) if name == "people" else ""


def mode_words(mode: Mode) -> str:
    """How a rest of a step is rounded."""
    return {
        Mode.HALF_UP: pgettext("rounding", "to the nearest, a half up"), Mode.UP: pgettext("rounding", "up"),
        Mode.DOWN: pgettext("rounding", "down"),
        Mode.HALF_EVEN: pgettext("rounding", "to the nearest, a half to the even")}[mode]


def stages_words(stages: tuple[Stage, ...]) -> str:
    """Roundings one after another; "" for none."""
    told = [_("%(how)s to steps of %(step)s", how=mode_words(stage.mode), step=number(stage.step, 8)) for stage in stages]
    return _(", then ").join(told)
