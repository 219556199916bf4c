"""The arithmetic of a statement's line as it was, for the accountant: every number from the run's own trace."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction

from ledger import i18n
from ledger.core.explanation import LineRow
from ledger.core.formulas import Formula
from ledger.core.money import half_up
from ledger.core.part_base import Amounted, FromPool, Monthly, Presence
from ledger.core.part_sums import Flat, ShareOfPot, TopUp, Withheld
from ledger.core.part_times import PerDay, PerHour
from ledger.core.parts import Rule
from ledger.core.scheme_sections import Limit
from ledger.core.schemes import Part
from ledger.explained import pieces
from ledger.explained.formulas import euro, euros, filled, hours_kind, in_words, mode_words, number, quoted, stages_words
from ledger.explained.words import exact
from ledger.i18n import gettext as _
from ledger.i18n import ngettext

EQUAL = f"{i18n.NBSP}= "


def arithmetic(row: LineRow, traced: Fraction) -> str:
    """How the line's cents come about, as one line of arithmetic; `traced` is the sum of what was traced to the person."""
    if row.line.kind == "traced":
        return _traced(row, traced)
    tell = KINDS.get(row.line.kind)
    return tell(row).replace(f"= ≈{i18n.NBSP}", f"≈{i18n.NBSP}") if tell else ""


def _rule(row: LineRow) -> Rule | None:
    return row.written.rule if isinstance(row.written, Part) else None


def _number(row: LineRow, key: str) -> Fraction:
    return Fraction(row.line.numbers.get(key, 0))


def _money(row: LineRow, key: str) -> str:
    return euro(_number(row, key))


def _joined(*told: str) -> str:
    return "; ".join(text for text in told if text)


def _filled_names(formula: Formula | None, row: LineRow, result: Callable[[Fraction], str] = number) -> str:
    """A formula with its numbers, "" when it has no names to fill."""
    return filled(formula, row.line.numbers, row.scheme, result) if formula is not None and formula.names else ""


# ---------- sums a month ----------


def _flat(row: LineRow) -> str:
    rule = _rule(row)
    if not isinstance(rule, Flat):
        return ""
    if not _number(row, "part"):
        return _absent(rule)
    sum_of, why = _amount(rule, row)
    part = _part_of_month(row)
    made = f"{sum_of} × {part}" if part else sum_of
    return _joined(f"{made}{EQUAL}{euro(row.line.quota)}" if part or "key" in row.line.numbers else made, why)


def _absent(rule: Monthly) -> str:
    return _("no attended day in the month") if rule.presence is Presence.ATTENDED else _("not in the workshop this month")


def _part_of_month(row: LineRow) -> str:
    """The part of the month that counts; "" for a whole one."""
    numbers = row.line.numbers
    if "part_days" in numbers:
        return _("%(days)s of %(all)s calendar days", days=int(numbers["part_days"]), all=int(numbers["part_of"]))
    part = _number(row, "part") if "part" in numbers else Fraction(1)
    return "" if part == 1 else _("%(part)s of the month", part=number(part))


def _amount(rule: Amounted, row: LineRow) -> tuple[str, str]:
    """The sum that a part names, and how it came about."""
    numbers = row.line.numbers
    rate, told = _money(row, "rate"), []
    if rule.from_pool is not None:
        times = f"{number(_number(row, 'key'))} × {rate}" if "key" in numbers else rate
        return times, _rate_from_pool(rule.from_pool, rule, row)
    formula = rule.amount
    if rule.by_class is not None:
        word = str(numbers.get("class", ""))
        formula = next((one.amount for one in rule.classes if one.name == word), None)
        told.append(_("class %(class)s", **{"class": quoted(word)}) if formula else _("no sum for the class %(class)s",
                                                                                       **{"class": quoted(word or "—")}))
    elif rule.count is not None:
        count = _number(row, "count")
        band = next((one for one in rule.bands if one.start <= count and (one.end is None or count < one.end)), None)
        formula = band.amount if band else None
        what = _filled_names(rule.count, row)
        where = _band_words(band.start, band.end) if band else _("below the lowest band")
        told.append(f"{what}: {where}")
    told.append(_filled_names(formula, row, euros))
    told.append(_rounded_rate(row, "rate_exact", "rate", stages_words(rule.rate_rounding)))
    return rate, _joined(*told)


def _band_words(start: Fraction, end: Fraction | None) -> str:
    if end is None:
        return _("band from %(start)s", start=number(start))
    return _("band from %(start)s to less than %(end)s", start=number(start), end=number(end))


def _rounded_rate(row: LineRow, exactly: str, rounded: str, how: str, scale: int = 1) -> str:
    """The rounding of a rate, when it changed anything; `scale` turns the trace's unit into cents."""
    if exactly not in row.line.numbers or row.line.numbers[exactly] == row.line.numbers.get(rounded):
        return ""
    return _("the rate %(exact)s is rounded %(how)s: %(rate)s", exact=euro(_number(row, exactly) * scale), how=how,
             rate=euro(_number(row, rounded) * scale))


def _rate_from_pool(pool: FromPool, rule: Amounted | PerDay | PerHour, row: LineRow) -> str:
    """A rate made from the pool: pot / sum of the key."""
    if not _number(row, "keys"):
        return _("the rate is 0: nobody has any %(key)s", key=in_words(pool.by, row.scheme))
    told = _("rate: %(pot)s / %(keys)s (%(key)s of all) = %(rate)s", pot=_money(row, "pot"), keys=number(_number(row, "keys")),
             key=in_words(pool.by, row.scheme), rate=_money(row, "rate_exact"))
    return _joined(told, _rounded_rate(row, "rate_exact", "rate", stages_words(rule.rate_rounding)))


def _absence(row: LineRow) -> str:
    rule, numbers = _rule(row), row.line.numbers
    if not isinstance(rule, Flat) or rule.absence is None:
        return ""
    absence, told = rule.absence, []
    days, excused = int(numbers.get("unexcused", 0)), int(numbers.get("excused", 0))
    if days and absence.unexcused_off:
        counted = ngettext("%(num)s day without reason", "%(num)s days without reason", days)
        told.append(_("%(days)s × %(part)s less", days=counted, part=number(absence.unexcused_off)))
    if absence.excused_days is not None and excused >= absence.excused_days:
        counted = ngettext("%(num)s excused calendar day", "%(num)s excused calendar days", excused)
        told.append(_("%(days)s (from %(least)s on): %(part)s is left", days=counted, least=absence.excused_days,
                      part=number(Fraction(absence.excused_part or 0))))
    if numbers.get("away"):
        told.append(_("no attended day in the month"))
    left = _("of %(before)s %(part)s is left", before=_money(row, "before"), part=number(_number(row, "left")))
    return _joined(left, *told)


def _share(row: LineRow) -> str:
    rule = _rule(row)
    if not isinstance(rule, ShareOfPot):
        return ""
    if not row.line.numbers.get("here", 1):
        return _absent(rule)
    if not _number(row, "keys"):
        return _("nothing is divided: nobody has any %(key)s", key=in_words(rule.by, row.scheme))
    told = _("%(pot)s × %(key)s / %(keys)s = %(quota)s", pot=_money(row, "pot"), key=number(_number(row, "key")),
             keys=number(_number(row, "keys")), quota=euro(row.line.quota))
    return _joined(told, _pot(rule, row), _key(rule, row))


def _pot(rule: ShareOfPot, row: LineRow) -> str:
    if rule.amount is not None:
        told = _filled_names(rule.amount, row, euros)
        return _("divided: %(sum)s", sum=told) if told else ""
    if rule.of is None:
        return _("divided: all that is left")
    percent = i18n.percent(half_up(rule.of * 1000))
    return _("divided: %(percent)s of %(sum)s", percent=percent, sum=_money(row, "available"))


def _key(rule: ShareOfPot, row: LineRow) -> str:
    told = _filled_names(rule.by, row) or in_words(rule.by, row.scheme)
    part = _part_of_month(row)
    return _("key: %(key)s", key=f"{told}, × {part}" if part else told)


def _traced(row: LineRow, traced: Fraction) -> str:
    if not traced:
        return _("nothing was sold")
    portion = i18n.percent(half_up(_number(row, "portion") * 1000))
    own = _number(row, "traced")
    return f"{exact(own if 'since' in row.line.numbers else traced)}{i18n.NBSP}€ × {portion} = {exact(row.line.quota)}{i18n.NBSP}€"


def _top_up(row: LineRow) -> str:
    rule = _rule(row)
    if not isinstance(rule, TopUp):
        return ""
    if not _number(row, "part"):
        return _absent(rule)
    own, least, unit, gives = (_number(row, key) for key in ("input", "least", "unit", "gives"))
    on = _filled_names(rule.on, row)
    if unit != 1:
        on = _in_units(rule, row, on)
    floor = _("counted as at least %(least)s", least=number(least)) if own < least else ""
    table = _("the table gives %(gives)s at %(at)s", gives=number(gives), at=number(max(own, least)))
    part = _part_of_month(row)
    times = " × ".join([number(gives), *([number(unit)] if unit != 1 else []), *([part] if part else [])])
    whole = f"{times}{EQUAL}{euro(row.line.quota)}" if unit != 1 or part else ""
    return _joined(whole, on, floor, table + _points(rule, max(own, least)))


def _in_units(rule: TopUp, row: LineRow, on: str) -> str:
    """What a table is read at: the sum by its unit; a formula of either stands behind with what it comes to."""
    own, unit, by = _number(row, "input"), _number(row, "unit"), _filled_names(rule.unit, row)
    plain_on, plain_by = (told and formula.root.kind == "name" for told, formula in ((on, rule.on), (by, rule.unit)))
    told = f"{on if plain_on else number(own * unit)} / {by if plain_by else number(unit)}"
    return _joined(f"{told}{EQUAL}{number(own)}", "" if plain_on else on, "" if plain_by else by)


def _points(rule: TopUp, at: Fraction) -> str:
    """Between which points of the table a number lies."""
    below = [one for one in rule.points if one.at <= at]
    above = [one for one in rule.points if one.at > at]
    if not below or not above or below[-1].at == at:
        return ""
    low, high = below[-1], above[0]
    return _(", on the line from %(low)s (gives %(low_gives)s) to %(high)s (gives %(high_gives)s)", low=number(low.at),
             low_gives=number(low.gives), high=number(high.at), high_gives=number(high.gives))


def _adjustment(row: LineRow) -> str:
    numbers = row.line.numbers
    document = str(numbers.get("document", ""))
    day = i18n.day(date.fromisoformat(str(numbers["day"])))
    reason = numbers.get("reason", "")
    told = _("decision of %(day)s, document %(document)s: %(reason)s", day=day, document=document, reason=reason) \
        if document else _("decision of %(day)s: %(reason)s", day=day, reason=reason)
    return told if row.line.cents else _joined(told, _("without money"))


def _withheld(row: LineRow) -> str:
    rule = _rule(row)
    rate = i18n.percent(half_up(_number(row, "rate") * 1000))
    on, exempt = _number(row, "on"), _number(row, "exempt")
    whole = f"({euro(on)} − {euro(exempt)})" if exempt else euro(on)
    sum_of = f"{whole} × {rate}{EQUAL}{euro(-row.line.quota)}" if on > exempt else _(
        "%(sum)s is not above the exempt sum of %(exempt)s", sum=euro(on), exempt=euro(exempt))
    told = [_filled_names(rule.on, row, euros), _filled_names(rule.exempt, row, euros)] if isinstance(rule, Withheld) else []
    if isinstance(rule, Withheld) and rule.on.text == "so_far":
        told = told[1:]
    return _joined(sum_of, *told, _("basis: %(basis)s", basis=row.line.numbers.get("basis", "")))


# ---------- by time ----------


def _per_day(row: LineRow) -> str:
    numbers, rule = row.line.numbers, _rule(row)
    if isinstance(rule, PerDay) and rule.from_pool is not None:
        told = [_days_from_pool(row), _rate_from_pool(rule.from_pool, rule, row)]
    else:
        told = [_days_in_bands(row), *_band_rates(row, rule)]
    if "planned" in numbers and int(numbers["attended"]) > int(numbers["planned"]):
        told.append(_("%(days)s attended, at most %(planned)s planned are counted", days=int(numbers["attended"]),
                      planned=int(numbers["planned"])))
    return _joined(*told)


def _days_from_pool(row: LineRow) -> str:
    numbers, rate = row.line.numbers, _money(row, "rate")
    special = {why: int(numbers.get(f"{why}_days", 0)) for why in ("weekend", "holiday")}
    plain = int(numbers["days"]) - sum(special.values())
    told = [f"{ngettext('%(num)s day', '%(num)s days', plain)} × {rate}"] if plain or not any(special.values()) else []
    told += [_free_days(why, days, rate, row) for why, days in special.items() if days]
    return " + ".join(told) + f"{EQUAL}{euro(row.line.quota)}"


def _free_days(why: str, days: int, rate: str, row: LineRow) -> str:
    word = ngettext("%(num)s day of a weekend", "%(num)s days of a weekend", days) if why == "weekend" \
        else ngettext("%(num)s public holiday", "%(num)s public holidays", days)
    return f"{word} × {rate} × {number(_number(row, f'{why}_times'))}"


def _days_in_bands(row: LineRow) -> str:
    numbers, told, place = row.line.numbers, [], 1
    while f"band{place}_days" in numbers:
        days, minutes = int(numbers[f"band{place}_days"]), int(numbers[f"band{place}_minutes"])
        rate = _euro_rate(_number(row, f"band{place}_cents"))
        special = {why: int(numbers.get(f"band{place}_{why}", 0)) for why in ("weekend", "holiday")}
        plain = days - sum(special.values())
        if plain or (place == 1 and not any(special.values())):
            counted = ngettext("%(num)s day of %(hours)s h or more", "%(num)s days of %(hours)s h or more", plain,
                               hours=i18n.hours(minutes))
            told.append(f"{counted} × {rate}")
        told += [_free_days(why, count, rate, row) for why, count in special.items() if count]
        place += 1
    return " + ".join(told)


def _band_rates(row: LineRow, rule: Rule | None) -> list[str]:
    """The rates that are made by a formula."""
    if not isinstance(rule, PerDay):
        return []
    made = dict.fromkeys(_filled_names(band.amount, row, euros) for band in rule.bands)
    return [_("rate: %(rate)s", rate=told) for told in made if told]


def _euro_rate(cents: Fraction) -> str:
    return i18n.money(int(cents)) if cents.denominator == 1 else f"{exact(cents)}{i18n.NBSP}€"


def _per_hour(row: LineRow) -> str:
    rule, told, place = _rule(row), [], 1
    why: list[str] = []
    formulas = [*(one.amount for one in rule.rates), rule.amount] if isinstance(rule, PerHour) else []
    while f"rate{place}_hours" in row.line.numbers:
        kind, hours = str(row.line.numbers[f"rate{place}_kind"]), _number(row, f"rate{place}_hours")
        if hours or place == 1:
            word = f"{number(hours)}{i18n.NBSP}{_('h')}"
            told.append(f"{word} ({hours_kind(kind)}) × {_money(row, f'rate{place}_cents')}" if kind
                        else f"{word} × {_money(row, f'rate{place}_cents')}")
            if isinstance(rule, PerHour) and rule.from_pool is None:
                made = _filled_names(formulas[place - 1], row, euros)
                why.append(_("rate: %(rate)s", rate=made) if made else "")
                why.append(_rounded_rate(row, f"rate{place}_exact", f"rate{place}_cents", stages_words(rule.rate_rounding)))
        place += 1
    if isinstance(rule, PerHour) and rule.from_pool is not None:
        why.append(_rate_from_pool(rule.from_pool, rule, row))
    return _joined(" + ".join(told) + f"{EQUAL}{euro(row.line.quota)}", *why)


# ---------- what limits and the engine write ----------


def _ceiling(row: LineRow) -> str:
    before, ceiling = _money(row, "before"), _money(row, "ceiling")
    told = _("%(before)s is above the limit of %(ceiling)s", before=before, ceiling=ceiling)
    cut = row.scheme.find(str(row.line.numbers.get("cuts", "")))
    on_total = isinstance(row.written, Limit) and not row.written.on
    return _joined(told, _("taken off “%(part)s”", part=cut.label) if on_total and cut else "", _bound(row))


def _bound(row: LineRow) -> str:
    """How the sum of a limit came about, when it is not simply written."""
    if not isinstance(row.written, Limit):
        return ""
    word = str(row.line.numbers.get("class", ""))
    formula = row.written.amount or next((one.amount for one in row.written.classes if one.name == word), None)
    return _joined(_("class %(class)s", **{"class": quoted(word)}) if word else "", _filled_names(formula, row, euros))


def _floor(row: LineRow) -> str:
    told = _("%(before)s is below the least sum of %(floor)s", before=_money(row, "before"), floor=_money(row, "floor"))
    return _joined(told, _bound(row))


def _again(row: LineRow) -> str:
    told = _("%(sum)s cut from others is shared again by the key: here %(key)s", sum=_money(row, "shared"),
             key=number(_number(row, "key")))
    if _number(row, "ceiling") < 0 or "ceiling" not in row.line.numbers:
        return told
    return _joined(told, _("at most up to the limit of %(ceiling)s", ceiling=_money(row, "ceiling")))


def _shortfall(row: LineRow) -> str:
    there, whole, asked = _money(row, "there"), _money(row, "all"), _money(row, "asked")
    return _("there is %(there)s for the %(all)s that all parts take: %(asked)s × %(there)s / %(all)s = %(left)s", there=there,
             all=whole, asked=asked, left=euro(_number(row, "asked") + row.line.quota))


def _rounding(row: LineRow) -> str:
    told = _("%(before)s is rounded to steps of %(step)s", before=_money(row, "before"), step=_money(row, "step"))
    return f"{told}, {mode_words(row.scheme.total.mode)}" if row.scheme.total else told


def _below_zero(row: LineRow) -> str:
    return _("the total was %(before)s; the reserve bears it for now", before=_money(row, "before"))


def _debt(row: LineRow) -> str:
    return _("kept back for a debt of %(before)s, at most %(most)s", before=_money(row, "before"), most=_money(row, "most"))


KINDS: dict[str, Callable[[LineRow], str]] = {
    "flat": _flat, "per_day": _per_day, "per_hour": _per_hour, "per_piece": pieces.per_piece, "rated": pieces.rated,
    "share": _share, "top_up": _top_up, "adjustment": _adjustment, "withheld": _withheld, "absence": _absence, "limit": _ceiling,
    "floor": _floor, "again": _again, "shortfall": _shortfall, "rounding": _rounding, "below_zero": _below_zero, "debt": _debt}
