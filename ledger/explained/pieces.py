"""The arithmetic of what was made: rates for pieces and tasks, norms with their allowances, and rated work."""

from __future__ import annotations

from fractions import Fraction

from ledger import i18n
from ledger.core.explanation import LineRow
from ledger.core.part_pieces import Norm, PerPiece, Rated
from ledger.core.schemes import Part
from ledger.explained.formulas import euro, euros, filled, number, quoted, stages_words
from ledger.i18n import gettext as _

EQUAL = f"{i18n.NBSP}= "


def _value(row: LineRow, key: str) -> Fraction:
    return Fraction(row.line.numbers.get(key, 0))


def _units(count: Fraction, of: str) -> str:
    return f"{number(count)}{i18n.NBSP}{i18n.unit_name('vnt')} ({quoted(of)})"


def _hours(count: Fraction) -> str:
    return _("%(number)s h", number=number(count))


def per_piece(row: LineRow) -> str:
    """Units times rate, with the norm that made the rate."""
    rule = row.written.rule if isinstance(row.written, Part) else None
    if not isinstance(rule, PerPiece):
        return ""
    told, why = [], []
    for n, piece in enumerate(rule.pieces, 1):
        units = _value(row, f"piece{n}_units")
        if not units and (n > 1 or len(rule.pieces) > 1):
            continue
        told.append(f"{_units(units, piece.product or piece.task or '')} × {euros(_value(row, f'piece{n}_rate'))}")
        if piece.norm is not None:
            why.append(norm_words(piece.norm, row, n))
        elif piece.amount is not None and piece.amount.names:
            why.append(_("rate: %(rate)s", rate=filled(piece.amount, row.line.numbers, row.scheme, euros)))
        if f"piece{n}_exact" in row.line.numbers:
            why.append(_("the rate %(exact)s is rounded %(how)s: %(rate)s", exact=euros(_value(row, f"piece{n}_exact")),
                         how=stages_words(rule.rate_rounding), rate=euros(_value(row, f"piece{n}_rate"))))
    if not told:
        return _("nothing was made that this part pays")
    return "; ".join([" + ".join(told) + f"{EQUAL}{euro(row.line.quota)}", *why])


def norm_words(norm: Norm, row: LineRow, n: int) -> str:
    """The norm and the rate that it makes: wage / norm."""
    standard, wage = _value(row, f"piece{n}_norm"), _value(row, f"piece{n}_wage")
    rate = euros(_value(row, f"piece{n}_exact") or _value(row, f"piece{n}_rate"))
    made = "" if not norm.wage.names else f"; {filled(norm.wage, row.line.numbers, row.scheme, euros)}"
    return _("norm: %(norm)s = %(standard)s an hour; rate: %(wage)s / %(standard)s = %(rate)s", norm=standard_words(norm),
             standard=number(standard), wage=euros(wage), rate=rate) + made


def standard_words(norm: Norm) -> str:
    """How many units an hour are the standard, with the allowance."""
    if norm.per_hour is not None:
        base = _("%(units)s pcs. an hour", units=number(norm.per_hour))
    elif norm.seconds is not None:
        base = _("%(seconds)s s a piece", seconds=number(norm.seconds))
    else:
        base = _("%(units)s pcs. in %(minutes)s min.", units=number(norm.units or Fraction(0)),
                 minutes=number(norm.minutes or Fraction(0)))
    told = [base]
    if norm.allowance_minutes is not None:
        told.append(_("%(minutes)s min. of each hour are rest", minutes=number(norm.allowance_minutes)))
    if norm.allowance_share is not None:
        told.append(_("%(share)s of each hour is worked", share=number(norm.allowance_share)))
    if norm.allowance_factor is not None:
        told.append(_("time × %(factor)s", factor=number(norm.allowance_factor)))
    if norm.rounding:
        told.append(_("rounded %(how)s", how=stages_words(norm.rounding)))
    return ", ".join(told)


def rated(row: LineRow) -> str:
    """Hours × rate; the rate is the reference rate × productivity."""
    rule = row.written.rule if isinstance(row.written, Part) else None
    if not isinstance(rule, Rated):
        return ""
    wage, rating, rate, hours = (_value(row, key) for key in ("wage", "rating", "rate", "hours"))
    told = [f"{_hours(hours)} × {euros(rate)}{EQUAL}{euro(row.line.quota)}",
            _("rate: %(wage)s × %(rating)s (productivity) = %(rate)s", wage=euros(wage), rating=number(rating),
              rate=euros(wage * rating))]
    if rate != wage * rating:
        told.append(_("rounded %(how)s", how=stages_words(rule.rate_rounding)))
    for formula, result in ((rule.amount, euros), (rule.hours, number)):
        if formula.names and formula.text != "hours":
            told.append(filled(formula, row.line.numbers, row.scheme, result))
    told.append(_productivity(rule, row))
    return "; ".join(text for text in told if text)


def _productivity(rule: Rated, row: LineRow) -> str:
    """Where the productivity comes from."""
    if rule.productivity is not None:
        names = rule.productivity.names
        return _("productivity: %(told)s", told=filled(rule.productivity, row.line.numbers, row.scheme)) if names else ""
    done = [n for n in range(1, len(rule.tasks) + 1) if _value(row, f"task{n}_hours")]
    if not done:
        return _("productivity 0: no time at any task")
    terms = " + ".join(f"{_hours(_value(row, f'task{n}_hours'))} × {number(_value(row, f'task{n}_rating'))}" for n in done)
    whole = sum((_value(row, f"task{n}_hours") for n in done), Fraction(0))
    mean = _("productivity: (%(terms)s) / %(whole)s = %(rating)s", terms=terms, whole=_hours(whole),
             rating=number(_value(row, "rating")))
    return "; ".join([mean, *(_task(rule, row, n) for n in done)])


def _task(rule: Rated, row: LineRow, n: int) -> str:
    task, name = rule.tasks[n - 1], quoted(rule.tasks[n - 1].task)
    rating = number(_value(row, f"task{n}_rating"))
    if task.rating is not None:
        return f"{name}: {filled(task.rating, row.line.numbers, row.scheme)}"
    good, hours = number(_value(row, f"task{n}_good")), _hours(_value(row, f"task{n}_hours"))
    quick = f"{good} / ({number(task.norm or Fraction(0))} × {hours})"
    if rule.quality:
        whole = number(_value(row, f"task{n}_all"))
        return f"{name}: {number(1 - rule.quality)} × {quick} + {number(rule.quality)} × {good} / {whole} = {rating}"
    return f"{name}: {quick} = {rating}"
