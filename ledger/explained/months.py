"""What a month's pool, reserve, funds, reference amounts and checks came to, with the arithmetic: for schemes that have them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from ledger import i18n
from ledger.core.faults import Value
from ledger.core.money import half_up
from ledger.core.pools import PoolResult
from ledger.core.scheme_sections import Check, Left, RefAmount, Shortfall, Source
from ledger.core.schemes import Scheme
from ledger.core.stipends import AmountUsed, Inputs, Result
from ledger.explained.formulas import euros, filled, in_words, number, stages_words
from ledger.explained.words import fund_label
from ledger.i18n import gettext as _


@dataclass(frozen=True)
class Row:
    """A line of the month's own account: what it is, how it came about, what it is; `warns` for a check that failed."""

    label: str
    arithmetic: str
    value: str
    warns: bool = False


@dataclass(frozen=True)
class Section:
    """Rows under a title."""

    title: str
    rows: tuple[Row, ...]


def sections(inputs: Inputs, scheme: Scheme, result: Result) -> tuple[Section, ...]:
    """Pool, funds, amounts and checks of a month, those that its scheme has."""
    numbers = _month_numbers(inputs, result)
    found = [
        Section(_("Pool and reserve"), _pool(scheme, result, result.pool, numbers) if result.pool else ()),
        Section(_("Funds"), tuple(_fund(scheme, move.key, move.before, move.fed, move.paid, move.after) for move in result.funds)),
        Section(_("Reference amounts"), tuple(_amount(scheme, used, numbers) for used in result.amounts)),
        Section(_("Checks"), tuple(_check(scheme, one.key, numbers, passes=one.passes) for one in result.checks))]
    return tuple(section for section in found if section.rows)


def _month_numbers(inputs: Inputs, result: Result) -> dict[str, Value]:
    """What formulas of the month read, by their names."""
    numbers: dict[str, Value] = {"=people": len(result.people)}
    for figure in inputs.figures:
        key = f"=month.{figure.name}"
        numbers[key] = str(Fraction(numbers.get(key, 0)) + figure.number)
    return numbers | {f"=ref.{used.key}": str(used.exact) for used in result.amounts}


def _pool(scheme: Scheme, result: Result, pool: PoolResult, numbers: dict[str, Value]) -> tuple[Row, ...]:
    """From what was sold to what the reserve holds."""
    one, rule, money = result.identity, scheme.pool, i18n.money
    shared = one.realised_net - one.deducted + pool.costs
    told = [_("sales after materials %(sum)s", sum=money(shared))]
    if rule.source is Source.TRACED and one.unassigned:
        told.append(_("less unassigned %(sum)s", sum=money(one.unassigned)))
    if rule.costs is not None:
        costs = f" ({filled(rule.costs, numbers, scheme, euros)})" if rule.costs.names else ""
        told.append(_("less costs %(sum)s", sum=money(pool.costs)) + costs)
    rows = [Row(_("Work result"), ", ".join(told), money(pool.result)),
            Row(_("May be paid out"), _available(scheme, result, pool, numbers), money(pool.available)),
            Row(_("Parts take from the pool"), "", money(pool.paid)), _left(scheme, pool)]
    if rule.reserve is not None:
        pay = filled(rule.reserve.month_pay, numbers, scheme, euros)
        told_cap = _("at most %(months)s months' pay, a month's pay: %(pay)s; before this month it could still hold %(room)s",
                     months=number(rule.reserve.cap_months), pay=pay, room=money(pool.room or 0))
    else:
        told_cap = _("before this month %(sum)s", sum=money(pool.reserve_before))
    return (*rows, Row(_("The reserve after this month"), told_cap, money(pool.reserve_after)))


def _available(scheme: Scheme, result: Result, pool: PoolResult, numbers: dict[str, Value]) -> str:
    rule, carried = scheme.pool, result.identity.carried_in
    if rule.amount is not None:
        told = [filled(rule.amount, numbers, scheme, euros)]
        payout = pool.available - carried
    else:
        payout = half_up(pool.result * rule.payout_share / 100)
        told = [_("%(percent)s of %(sum)s", percent=i18n.percent(half_up(rule.payout_share * 1000)), sum=i18n.money(pool.result))]
    if carried:
        told.append(_("carried in %(sum)s", sum=i18n.money(carried)))
    over = pool.available - carried - payout
    if over > 0:
        told.append(_("%(sum)s that the full reserve cannot hold", sum=i18n.money(over)))
    return " + ".join(told)


def _left(scheme: Scheme, pool: PoolResult) -> Row:
    rest = pool.available - pool.paid
    if rest >= 0:
        goes = _("is carried to the next month") if scheme.pool.left is Left.CARRIED else _("goes to the reserve")
        return Row(_("What is left of it"), goes if rest else "", i18n.money(rest))
    bears = _("the budget bears it") if scheme.pool.shortfall is Shortfall.BUDGET else _("the reserve bears it")
    return Row(_("Too little by"), bears, i18n.money(-rest))


def _fund(scheme: Scheme, key: str, before: int, fed: int, paid: int, after: int) -> Row:
    told = _("before %(before)s, got %(fed)s, paid %(paid)s", before=i18n.money(before), fed=i18n.money(fed), paid=i18n.money(paid))
    return Row(fund_label(key, scheme) or key, told, i18n.money(after))


def _amount(scheme: Scheme, used: AmountUsed, numbers: dict[str, Value]) -> Row:
    written = next((one for one in scheme.amounts if one.key == used.key), None)
    label = (written.label if written else "") or used.key
    return Row(label, _amount_told(scheme, written, used, numbers) if written else "", number(used.exact))


def _amount_told(scheme: Scheme, written: RefAmount, used: AmountUsed, numbers: dict[str, Value]) -> str:
    told, exact = [], Fraction(used.numbers["exact"])
    if written.derived:
        of, new, old, factor = (number(Fraction(used.numbers[key])) for key in ("of", "new", "old", "factor"))
        told.append(_("%(of)s × %(factor)s (factor: %(new)s / %(old)s)", of=of, factor=factor, new=new, old=old))
    elif written.mean:
        rows = " + ".join(_mean_row(filled(row.of, numbers, scheme), filled(row.weight, numbers, scheme))
                          for row in written.mean)
        weights = number(Fraction(used.numbers["weights"]))
        told.append(_("mean: (%(rows)s) / %(weights)s", rows=rows, weights=weights))
    elif "since" in used.numbers:
        told.append(_("in force from %(day)s", day=i18n.day(date.fromisoformat(str(used.numbers["since"])))))
    else:
        told.append(_("not yet in force"))
    if exact != used.exact:
        told.append(_("%(exact)s is rounded %(how)s", exact=number(exact), how=stages_words(written.rounding)))
    return "; ".join(told)


def _mean_row(of: str, weight: str) -> str:
    return of if weight == "1" else f"{of} × {weight}"


def _check(scheme: Scheme, key: str, numbers: dict[str, Value], *, passes: bool) -> Row:
    written: Check | None = next((one for one in scheme.checks if one.key == key), None)
    if written is None:
        return Row(key, "", "", warns=not passes)
    sign = "≥" if passes else "<"
    told = f"{filled(written.that, numbers, scheme)} {sign} {filled(written.least, numbers, scheme)}"
    word = _("met") if passes else _("not met: %(that)s is below %(least)s", that=in_words(written.that, scheme),
                                     least=in_words(written.least, scheme))
    return Row(written.label, told, word, warns=not passes)
