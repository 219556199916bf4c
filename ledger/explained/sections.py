"""The sections of a scheme besides its parts in plain sentences, and the whole scheme."""

from __future__ import annotations

from collections.abc import Iterator

from ledger import i18n
from ledger.core.money import half_up
from ledger.core.scheme_sections import AGAIN, Check, Full, Left, Limit, LimitKind, Pool, RefAmount, Shortfall, Source
from ledger.core.schemes import AfterLeaving, InsideMonth, Scheme
from ledger.explained.formulas import amount_words, in_words, number, quoted, stages_words
from ledger.explained.rules import Told, part_told, rounding_told
from ledger.explained.words import cut_goes, fund_label
from ledger.i18n import gettext as _
from ledger.i18n import ngettext


def told(scheme: Scheme) -> tuple[Told, ...]:
    """Every rule of a scheme in words."""
    return (
        *_pool(scheme), *_funds(scheme), *(_amount(one, scheme) for one in scheme.amounts),
        *(part_told(part, scheme) for part in scheme.parts), *(_limit(limit, scheme) for limit in scheme.limits), *_total(scheme),
        *(_check(check, scheme) for check in scheme.checks), *_warn(scheme), _leaving(scheme), _debt(scheme), *_when(scheme))


# ---------- the pool ----------


def _pool(scheme: Scheme) -> Iterator[Told]:
    pool = scheme.pool
    if pool == Pool():
        return
    says = [_source(scheme)]
    if pool.costs is not None:
        says.append(_("Costs are taken off first: %(costs)s.", costs=amount_words(pool.costs, scheme)))
    if pool.payout_share != 100:
        percent = i18n.percent(half_up(pool.payout_share * 1000))
        says.append(_("Up to %(percent)s of the result may be paid out.", percent=percent))
    says.append(_("What parts leave of it is carried to the next month.") if pool.left is Left.CARRIED
                else _("What parts leave of it goes to the reserve."))
    says.append({
        Shortfall.RESERVE: _("If it is too little, the reserve pays the rest."),
        Shortfall.BUDGET: _("If it is too little, the budget pays the rest."),
        Shortfall.CUT: _("If it is too little, everybody's sums are cut in the same proportion."),
        Shortfall.RESERVE_THEN_CUT: _(
            "If it is too little, the reserve pays, then everybody's sums are cut in the same proportion."),
    }[pool.shortfall])
    yield Told(_("The pool"), tuple(says))
    if pool.reserve is not None:
        cap = _("It holds at most %(months)s months' pay; a month's pay is %(pay)s.", months=number(pool.reserve.cap_months),
                pay=amount_words(pool.reserve.month_pay, scheme))
        full = _("When it is full, the rest is paid out.") if pool.reserve.full is Full.PAID_OUT \
            else _("When it is full, the rest is carried to the next month.")
        yield Told(_("The reserve"), (cap, full))


def _source(scheme: Scheme) -> str:
    pool = scheme.pool
    amount = amount_words(pool.amount, scheme) if pool.amount is not None else ""
    return {
        Source.TRACED: _("It is what was sold of known lots, without VAT and materials."),
        Source.SALES: _("It is all that was sold, without VAT and materials."),
        Source.FIXED: _("It is a fixed sum out of the sales: %(sum)s.", sum=amount),
        Source.BUDGET: _("It is a sum that the budget gives: %(sum)s.", sum=amount)}[pool.source]


def _funds(scheme: Scheme) -> Iterator[Told]:
    for fund in scheme.funds:
        yield Told(fund.label, (_("A fund inside the reserve: cuts go into it and parts are paid from it."),))


# ---------- amounts, limits, checks ----------


def _amount(one: RefAmount, scheme: Scheme) -> Told:
    says = []
    if one.values:
        says += [_("%(sum)s from %(day)s.", sum=number(value.amount), day=i18n.day(value.since)) for value in one.values]
    if one.derived is not None:
        says.append(_("%(of)s × factor; the factor is %(new)s / %(old)s.", of=in_words(one.derived.of, scheme),
                      new=in_words(one.derived.new, scheme), old=in_words(one.derived.old, scheme)))
        if one.derived.factor_rounding:
            says.append(_("The factor is rounded %(how)s.", how=stages_words(one.derived.factor_rounding)))
    if one.mean:
        rows = "; ".join(_("%(of)s (weight %(weight)s)", of=in_words(row.of, scheme), weight=in_words(row.weight, scheme))
                         for row in one.mean)
        says.append(_("The mean of: %(rows)s.", rows=rows))
    if one.rounding:
        says.append(_("Rounded %(how)s.", how=stages_words(one.rounding)))
    return Told(_("Amount %(name)s", name=quoted(one.label or one.key)), tuple(says))


def _limit(limit: Limit, scheme: Scheme) -> Told:
    part = scheme.part(limit.on)
    of = _("for the part “%(part)s”", part=part.label) if part else _("in all")
    says = [_limit_sum(limit, scheme, of)]
    if limit.kind is LimitKind.FLOOR:
        fund = fund_label(limit.payer, scheme)
        pays = {"reserve": _("The reserve adds what is missing."), "pool": _("The pool adds what is missing."),
                "budget": _("The budget adds what is missing.")}
        says.append(pays.get(limit.payer) or _("The fund “%(fund)s” adds what is missing.", fund=fund))
        says.append(_("For those who came on one day at least."))
    else:
        cuts = scheme.part(limit.cuts)
        if cuts:
            says.append(_("The part “%(part)s” is cut first.", part=cuts.label))
        says.append(_("What is above is shared again among the others, until nobody is over.") if limit.returns == AGAIN
                    else cut_goes(limit.returns, scheme))
    return Told(limit.label, tuple(says), limit.paragraph)


def _limit_sum(limit: Limit, scheme: Scheme, of: str) -> str:
    ceiling = limit.kind is LimitKind.CEILING
    if limit.amount is not None:
        sum_of = amount_words(limit.amount, scheme)
        if limit.on:
            return _("At most %(sum)s a month %(of)s.", sum=sum_of, of=of) if ceiling else _(
                "At least %(sum)s a month %(of)s.", sum=sum_of, of=of)
        return _("A person gets at most %(sum)s a month.", sum=sum_of) if ceiling else _(
            "A person gets at least %(sum)s a month.", sum=sum_of)
    sums = "; ".join(f"{quoted(one.name)} – {amount_words(one.amount, scheme)}" for one in limit.classes)
    name = quoted((limit.by_class or "").replace("_", " "))
    return _("At most a month %(of)s, by %(name)s: %(sums)s.", of=of, name=name, sums=sums) if ceiling else _(
        "At least a month %(of)s, by %(name)s: %(sums)s.", of=of, name=name, sums=sums)


def _total(scheme: Scheme) -> Iterator[Told]:
    if scheme.total is not None:
        bears = _("The reserve bears or keeps the difference.")
        yield Told(_("Rounding of the total"), (rounding_told(scheme.total), bears))


def _check(check: Check, scheme: Scheme) -> Told:
    says = _("A check that is only told: %(that)s must not be below %(least)s.", that=in_words(check.that, scheme),
             least=in_words(check.least, scheme))
    return Told(check.label, (says,))


def _warn(scheme: Scheme) -> Iterator[Told]:
    if scheme.warn_above is not None:
        yield Told(_("Warning"), (_("People whose total is above %(sum)s are listed before a calculation is submitted.",
                                    sum=amount_words(scheme.warn_above, scheme)),))


# ---------- leaving, debts, dates ----------


def _leaving(scheme: Scheme) -> Told:
    says = {
        AfterLeaving.ALWAYS: _("What is sold later is still theirs."),
        AfterLeaving.RESERVE: _("What is sold later goes to the reserve."),
        AfterLeaving.MONTHS: ngettext("What is sold within %(num)s month is still theirs, later it goes to the reserve.",
                                      "What is sold within %(num)s months is still theirs, later it goes to the reserve.",
                                      scheme.leaving_months)}
    return Told(_("When a person leaves"), (says[scheme.after_leaving],))


def _debt(scheme: Scheme) -> Told:
    share = i18n.percent(half_up(scheme.debt_share * 1000))
    return Told(_("When the sum falls below zero"), (
        _("The reserve bears it for now; of later stipends at most %(percent)s may be kept back.", percent=share),))


def _when(scheme: Scheme) -> Iterator[Told]:
    if scheme.inside_month is InsideMonth.SPLIT:
        yield Told(_("When the rules begin inside a month"), (_("The month is split: each version counts its own days."),))
    if scheme.calendar:
        yield Told(_("Public holidays"), (_("Of the calendar %(code)s.", code=scheme.calendar),))
