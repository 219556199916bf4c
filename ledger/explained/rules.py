"""A scheme in plain sentences, for the director who approves it: every part, limit, pool, fund, amount, check and rounding."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from ledger import i18n
from ledger.core.money import Rounding, half_up
from ledger.core.part_base import Amounted, FromPool, Joiner, Monthly, Presence
from ledger.core.part_pieces import PerPiece, Rated
from ledger.core.part_sums import Absence, Adjustment, Away, Flat, ShareOfPot, TopUp, TracedPortion, Withheld
from ledger.core.part_times import Band, PerDay, PerHour
from ledger.core.parts import Rule
from ledger.core.periods import Month
from ledger.core.schemes import WITHHELD, Part, Scheme
from ledger.explained.formulas import amount_words, hours_kind, in_words, mode_words, number, quoted, stages_words
from ledger.explained.pieces import standard_words
from ledger.explained.words import fund_label, payer
from ledger.i18n import gettext as _
from ledger.i18n import ngettext

Says = Iterator[str]


@dataclass(frozen=True)
class Told:
    """One rule in words: what it is called, what it says, where the order says so."""

    label: str
    says: tuple[str, ...]
    paragraph: str = ""


def part_told(part: Part, scheme: Scheme) -> Told:
    """A part: how it is worked out, for whom, when, how it is rounded and who pays."""
    tell: Callable[..., Says] | None = KINDS.get(type(part.rule))
    says = [*tell(part.rule, scheme)] if tell else []
    if part.kind == "share" and isinstance(part.rule, ShareOfPot):
        says = [*_share(part.rule, scheme, part.payer)]
    if part.who is not None:
        says.append(_("Only for those with any %(what)s.", what=in_words(part.who, scheme)))
    if part.months:
        names = ", ".join(i18n.month_name(Month(2000, month), "accusative") for month in part.months)
        says.append(_("Only in %(months)s.", months=names))
    if part.rounding != Rounding():
        says.append(rounding_told(part.rounding))
    return Told(part.label, (*says, payer(part.payer, scheme) if part.kind != WITHHELD else ""), part.paragraph)


def rounding_told(rounding: Rounding) -> str:
    """How a sum is rounded."""
    return _("Rounded %(how)s to steps of %(step)s.", how=mode_words(rounding.mode), step=i18n.money(rounding.step))


def _rate(stages: tuple[object, ...], words: str) -> Says:
    if stages:
        yield _("The rate is rounded %(how)s.", how=words)


# ---------- sums a month ----------


def _amounted(rule: Amounted, scheme: Scheme) -> Says:
    if rule.amount is not None:
        yield _("Each month: %(sum)s.", sum=amount_words(rule.amount, scheme))
    elif rule.by_class is not None:
        sums = "; ".join(f"{quoted(one.name)} – {amount_words(one.amount, scheme)}" for one in rule.classes)
        yield _("Each month by %(name)s: %(sums)s. Others get nothing.", name=quoted(rule.by_class.replace("_", " ")), sums=sums)
    elif rule.count is not None:
        sums = "; ".join(f"{_from_to(number(one.start), number(one.end) if one.end is not None else '')} – "
                         f"{amount_words(one.amount, scheme)}" for one in rule.bands)
        yield _("Each month by how much is counted (%(count)s): %(sums)s.", count=in_words(rule.count, scheme), sums=sums)
    elif rule.from_pool is not None:
        same = rule.from_pool.by.text == "one"
        yield _("The same sum for each: %(rate)s.", rate=_pool_rate(rule.from_pool, scheme)) if same else _(
            "Each one's own key (%(key)s) times the rate: %(rate)s.", key=in_words(rule.from_pool.by, scheme),
            rate=_pool_rate(rule.from_pool, scheme))
    yield from _rate(rule.rate_rounding, stages_words(rule.rate_rounding))


def _from_to(start: str, end: str) -> str:
    return _("from %(start)s to less than %(end)s", start=start, end=end) if end else _("from %(start)s", start=start)


def _pool_rate(pool: FromPool, scheme: Scheme) -> str:
    pot = _("what is left in the pot") if pool.of == 100 else _(
        "%(percent)s of what is left in the pot", percent=i18n.percent(half_up(pool.of * 1000)))
    return _("%(pot)s, divided by all people's sum of: %(key)s", pot=pot, key=in_words(pool.by, scheme))


def _monthly(rule: Monthly) -> Says:
    yield _("For those who came on one day at least.") if rule.presence is Presence.ATTENDED \
        else _("For everybody who is on the list, also without attended days.")
    begun = {(Joiner.DAYS, Joiner.DAYS): _("A month begun or left inside counts by its calendar days."),
             (Joiner.DAYS, Joiner.WHOLE): _("A month begun inside counts by its calendar days."),
             (Joiner.WHOLE, Joiner.DAYS): _("A month left inside counts by its calendar days.")}
    if (rule.joiner, rule.leaver) in begun:
        yield begun[rule.joiner, rule.leaver]


def _flat(rule: Flat, scheme: Scheme) -> Says:
    yield from _amounted(rule, scheme)
    yield from _monthly(rule)
    if rule.absence is not None:
        yield from _absence(rule.absence, scheme)


def _absence(rule: Absence, scheme: Scheme) -> Says:
    if rule.unexcused_off:
        yield _("Each day without reason takes off %(part)s of the sum.", part=number(rule.unexcused_off))
    if rule.excused_days is not None:
        yield ngettext("From %(num)s excused calendar day on, %(part)s of it is left.",
                       "From %(num)s excused calendar days on, %(part)s of it is left.", rule.excused_days,
                       part=number(rule.excused_part or Fraction(0)))
    if rule.away is Away.NOTHING:
        yield _("A month without attended days gives nothing.")
    fund = fund_label(rule.cut_to, scheme)
    if fund:
        yield _("What is taken off goes to the fund “%(fund)s”.", fund=fund)
    else:
        yield _("What is taken off goes to the reserve.") if rule.cut_to == "reserve" \
            else _("What is taken off stays with the one who pays that part.")


def _share(rule: ShareOfPot, scheme: Scheme, pays: str = "pool") -> Says:
    fund = fund_label(pays, scheme)
    pot = _("the pot") if not fund else _("the fund “%(fund)s”", fund=fund)
    if rule.amount is not None:
        sum_of = _("%(sum)s is divided among all", sum=amount_words(rule.amount, scheme))
    elif rule.of is not None:
        sum_of = _("%(percent)s of %(pot)s is divided among all", percent=i18n.percent(half_up(rule.of * 1000)), pot=pot)
    else:
        sum_of = _("all that is left in %(pot)s is divided among all", pot=pot)
    sum_of = sum_of[:1].upper() + sum_of[1:]
    equal = rule.by.constant is not None or rule.by.text == "one"
    yield _("%(sum)s equally.", sum=sum_of) if equal else _("%(sum)s by: %(key)s.", sum=sum_of, key=in_words(rule.by, scheme))
    yield from _monthly(rule)


def _traced(rule: TracedPortion, _scheme: Scheme) -> Says:
    yield _("%(percent)s of what was sold of the person's own work, without VAT and materials.",
            percent=i18n.percent(half_up(rule.portion * 1000)))


def _top_up(rule: TopUp, scheme: Scheme) -> Says:
    plain = rule.unit.constant == 1
    on = in_words(rule.on, scheme)
    yield _("A top-up by: %(on)s.", on=on if plain else _("%(on)s, in units of %(unit)s", on=on, unit=in_words(rule.unit, scheme)))
    if rule.least:
        yield _("Counted as at least %(least)s.", least=number(rule.least))
    points = "; ".join(_("at %(at)s it gives %(gives)s", at=number(one.at), gives=number(one.gives)) for one in rule.points)
    yield _("The table: %(points)s; in a straight line between, flat outside.", points=points)
    yield from _monthly(rule)


def _adjustment(_rule: Adjustment, _scheme: Scheme) -> Says:
    yield _("What the director decides about one person in the month, with a reason.")


def _withheld(rule: Withheld, scheme: Scheme) -> Says:
    percent = i18n.percent(half_up(rule.rate * 1000))
    on = in_words(rule.on, scheme) if rule.on.text != "so_far" else _("the sum of the month")
    exempt = rule.exempt
    if exempt.constant == 0:
        yield _("%(percent)s of %(on)s is withheld.", percent=percent, on=on)
    else:
        yield _("%(percent)s of what %(on)s is above %(exempt)s is withheld.", percent=percent, on=on,
                exempt=amount_words(exempt, scheme))
    yield _("Basis: %(basis)s.", basis=rule.basis.rstrip("."))


# ---------- by time and by what was made ----------


def _per_day(rule: PerDay, scheme: Scheme) -> Says:
    for band in rule.bands:
        yield _band(band, scheme)
    if rule.from_pool is not None:
        yield _("For each attended day the same: %(rate)s.", rate=_pool_rate(rule.from_pool, scheme))
    yield from _rate(rule.rate_rounding, stages_words(rule.rate_rounding))
    if rule.planned is not None:
        yield _("At most so many days, the earliest: %(days)s.", days=in_words(rule.planned, scheme))
    for times, word in ((rule.weekend, _("Saturdays and Sundays")), (rule.holiday, _("Public holidays"))):
        if times != 1:
            yield _("%(days)s count %(times)s times.", days=word, times=number(times))


def _band(band: Band, scheme: Scheme) -> str:
    rate = amount_words(band.amount, scheme)
    if band.end is None:
        return _("%(sum)s for each day of %(hours)s h or more.", sum=rate, hours=i18n.hours(band.start))
    return _("%(sum)s for each day of %(hours)s h or more, but less than %(end)s h.", sum=rate, hours=i18n.hours(band.start),
             end=i18n.hours(band.end))


def _per_hour(rule: PerHour, scheme: Scheme) -> Says:
    if rule.from_pool is not None:
        yield _("For each hour the same: %(rate)s.", rate=_pool_rate(rule.from_pool, scheme))
    elif rule.amount is not None:
        sum_of = amount_words(rule.amount, scheme)
        yield _("%(sum)s for each hour.", sum=sum_of) if not rule.hours else _(
            "%(sum)s for each hour of %(kind)s.", sum=sum_of, kind=quoted(hours_kind(rule.hours)))
    for one in rule.rates:
        yield _("%(sum)s for each hour of %(kind)s.", sum=amount_words(one.amount, scheme), kind=quoted(hours_kind(one.hours)))
    yield from _rate(rule.rate_rounding, stages_words(rule.rate_rounding))


def _per_piece(rule: PerPiece, scheme: Scheme) -> Says:
    for one in rule.pieces:
        what = quoted(one.product or one.task or "")
        if one.amount is not None:
            yield _("%(sum)s for each good piece of %(what)s.", sum=amount_words(one.amount, scheme), what=what)
        elif one.norm is not None:
            yield _("For each good piece of %(what)s: %(wage)s / norm; the norm: %(norm)s.", what=what,
                    wage=amount_words(one.norm.wage, scheme), norm=standard_words(one.norm))
    yield from _rate(rule.rate_rounding, stages_words(rule.rate_rounding))


def _rated(rule: Rated, scheme: Scheme) -> Says:
    hours = in_words(rule.hours, scheme)
    yield _("%(sum)s an hour × productivity × %(hours)s.", sum=amount_words(rule.amount, scheme), hours=hours)
    if rule.productivity is not None:
        yield _("Productivity: %(told)s.", told=in_words(rule.productivity, scheme))
    else:
        tasks = "; ".join(f"{quoted(one.task)} – {in_words(one.rating, scheme)}" if one.rating is not None else _(
            "%(task)s – good units / (%(norm)s an hour × hours)", task=quoted(one.task), norm=number(one.norm or Fraction(0)))
            for one in rule.tasks)
        yield _("Productivity is the mean of the tasks by their time: %(tasks)s.", tasks=tasks)
    if rule.quality:
        yield _("Quality (good units of all made) weighs %(weight)s.", weight=number(rule.quality))
    yield from _rate(rule.rate_rounding, stages_words(rule.rate_rounding))


KINDS: dict[type[Rule], Callable[..., Says]] = {
    Flat: _flat, PerDay: _per_day, PerHour: _per_hour, PerPiece: _per_piece, Rated: _rated, ShareOfPot: _share,
    TracedPortion: _traced, TopUp: _top_up, Adjustment: _adjustment, Withheld: _withheld}
