"""What each kind of part gives, in the second calculation: a scheme as TOML reads it, one person after the other, in fractions.

Made from the rules' text alone (calculation.md section 4 and the grammar), never from ledger.core.
"""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from tests import plain
from tests.plain_formulas import in_cents, number, staged, step_of, value

NOTHING = Fraction(0)
MONTHLY = ("flat", "share", "top_up")
COUNTED_BY_DAY = ("days", "weeks", "hours", "points", "units", "made", "time")


@dataclass
class Line:
    """A line of a statement; `cuts` is the part that it counts for besides its own key: what a ceiling cuts, a floor raises."""

    part: str
    kind: str
    cents: int
    payer: str
    cuts: str = ""


@dataclass
class Rows:
    """What was logged and decided for a month."""

    attendance: tuple = ()
    work: tuple = ()
    values: tuple = ()
    decisions: tuple = ()
    figures: tuple = ()
    holidays: tuple = ()


@dataclass
class Facts:
    """One person in the days from `first` to `last`."""

    person: object
    first: date
    last: date
    rows: Rows
    lots: list
    traced: Fraction = NOTHING  # exact cents

    def here(self, day: date) -> bool:
        ended = self.person.ended
        return max(self.first, self.person.started) <= day <= (self.last if ended is None else min(self.last, ended))

    def here_days(self) -> list:
        every = [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]
        return [day for day in every if self.here(day)]

    def marked(self, marks: str) -> list:
        rows = [row for row in self.rows.attendance if row.person == self.person.ref and self.here(row.day)]
        return sorted((row for row in rows if row.mark.value in marks), key=lambda row: row.day)

    def entries(self) -> list:
        return [row for row in self.rows.work if row.person == self.person.ref and self.here(row.day)]

    def own(self, name: str) -> str:
        """The text of the person's own value: as on the first day, or the first that begins later in the time."""
        return dated([(one.since, one.text) for one in self.rows.values if (one.person, one.name) == (self.person.ref, name)],
                     self.first, self.last) or ""

    def count(self, name: str) -> Fraction:
        """A name of a formula that speaks of this person's own month."""
        head, _, tail = name.partition(".")
        if name == "one":
            return Fraction(1)
        if name in ("days", "days.excused", "days.ill", "days.unexcused"):
            return Fraction(len(self.marked({"": "D", "excused": "K", "ill": "L", "unexcused": "N"}[tail])))
        if name == "days.calendar":
            return Fraction(len(self.here_days()))
        if name == "days.working":
            return Fraction(sum(day.weekday() < 5 and day not in self.rows.holidays for day in self.here_days()))
        if name == "weeks":
            return Fraction(len({row.day.isocalendar()[:2] for row in self.marked("D")}))
        if name == "traced":
            return self.traced / 100
        if head == "value":
            return number(self.own(tail) or 0)
        return self.made(head, tail)

    def made(self, head: str, tail: str) -> Fraction:
        minutes = sum(row.minutes for row in self.marked("D"))
        if head == "hours":
            called = {row.kind: 0 for row in self.entries()}
            for row in self.entries():
                called[row.kind] += row.minutes
            if tail == "production":
                minutes = max(0, minutes - sum(time for kind, time in called.items() if kind))
            elif tail:
                minutes = called.get(tail, 0)
            return Fraction(minutes, 60)
        if head == "points":
            return Fraction(sum(row.points for row in self.entries()), 1000)
        if head == "units":
            return sum((Fraction(lot.good * weight, 1000 * sum(one for _, one in lot.makers))
                        for lot in self.lots if self.first <= lot.day <= self.last and tail in ("", lot.product)
                        for who, weight in lot.makers if who == self.person.ref), NOTHING)
        if head == "made":
            return Fraction(sum(row.good for row in self.entries() if row.task == tail), 1000)
        assert head == "time", head
        return Fraction(sum(row.minutes for row in self.entries() if row.task == tail), 60)

    def excused_calendar_days(self) -> int:
        """Stretches of K and L, each from its first to its last day, added up."""
        total, stretch = 0, []
        for row in [*self.marked("DKLN"), None]:
            if row is not None and row.mark.value in "KL":
                stretch.append(row.day)
            elif stretch:
                total, stretch = total + (stretch[-1] - stretch[0]).days + 1, []
        return total


def dated(values: list, first: date, last: date) -> str | None:
    """The last that has begun on the first day; else the first that begins by the last day; else None."""
    begun = [one for one in values if one[0] <= first]
    later = [one for one in values if first < one[0] <= last]
    if begun:
        return max(begun, key=lambda one: one[0])[1]
    return min(later, key=lambda one: one[0])[1] if later else None


@dataclass
class Sheet:
    """A month, or the days of it that one version of the scheme rules."""

    scheme: dict
    facts: dict  # by person, in the run
    month: object
    first: date
    last: date
    available: int
    funds: dict
    rows: Rows
    lines: dict = field(default_factory=dict)
    seen: Counter = field(default_factory=Counter)  # what occurred, for the counts of the generator
    keys: dict = field(default_factory=dict)  # of the share parts, by part and person
    carried: list = field(default_factory=list)  # cents of the pool that are less than a step
    final: bool = True  # whether these are the month's last days
    naive: bool = False  # whether every share is rounded alone
    pots: list = field(default_factory=list)  # what was divided, and what was given of it in sum

    def __post_init__(self) -> None:
        if not self.lines:
            self.lines = {who: [] for who in self.facts}

    @property
    def portion(self) -> Fraction:
        """How much of the month these days are."""
        return Fraction((self.last - self.first).days + 1, calendar.monthrange(self.first.year, self.first.month)[1])

    def look(self, name: str, who: str | None = None) -> Fraction:
        head, _, tail = name.partition(".")
        if name == "people":
            return Fraction(len(self.facts))
        if head == "ref":
            return self.reference(tail)
        if head == "month":
            return sum((one.number for one in self.rows.figures if one.name == tail), NOTHING)
        assert who is not None, name
        if head == "part":
            return Fraction(self.gave(who, tail), 100)
        if name == "so_far":
            return Fraction(sum(line.cents for line in self.lines[who]), 100)
        return self.facts[who].count(name)

    def work(self, formula: object, who: str | None = None) -> Fraction:
        weeks = self.weeks(who) if who is not None and "weekly" in str(formula) else []
        self.seen["several weeks, each by itself"] += len(weeks) > 1
        self.seen["weeks of one version of a split month"] += len(weeks) > 1 and self.portion != 1
        return value(formula, lambda name: self.look(name, who), weeks)

    def weeks(self, who: str) -> list:
        """For every week, Monday to Sunday, in which the person attended: what a name comes to in its days here; what is no count
        of days, hours, points or units is the whole time's."""
        def of(week: Facts) -> Callable[[str], Fraction]:
            return lambda name: week.count(name) if name.split(".")[0] in COUNTED_BY_DAY else self.look(name, who)

        facts, found = self.facts[who], {}
        for row in facts.marked("D"):
            monday = row.day - timedelta(days=row.day.isoweekday() - 1)
            sunday = monday + timedelta(days=6)
            found[monday] = of(replace(facts, first=max(monday, facts.first), last=min(sunday, facts.last)))
        return list(found.values())

    def gave(self, who: str, key: str) -> int:
        """What a part gave, with its absence cuts and the ceilings' cuts."""
        return sum(line.cents for line in self.lines[who] if line.part == key or line.cuts == key)

    def reference(self, key: str) -> Fraction:
        one = next(one for one in self.scheme["amount"] if one["key"] == key)
        if "value" in one:
            exact = number(dated([(row["from"], row["amount"]) for row in one["value"]], self.first, self.last) or 0)
        elif "derived" in one:
            told = one["derived"]
            old = self.work(told["old"])
            factor = staged(self.work(told["new"]) / old if old else NOTHING, told.get("factor_rounding", []))
            exact = self.work(told["of"]) * factor
        else:
            weights = [self.work(row.get("weight", 1)) for row in one["mean"]]
            sums = [self.work(row["of"]) * weight for row, weight in zip(one["mean"], weights, strict=True)]
            exact = sum(sums, NOTHING) / sum(weights) if sum(weights) else NOTHING
        return staged(exact, one.get("rounding", []))

    def pool_left(self) -> int:
        taken = sum(line.cents for lines in self.lines.values() for line in lines if line.payer == "pool")
        return max(0, min(self.available, self.available - taken))

    def fund(self, key: str) -> int:
        """What a fund has at this moment."""
        return self.funds[key] - sum(line.cents for lines in self.lines.values() for line in lines if line.payer == key)

    def meant(self, part: dict, who: str) -> bool:
        """Whether the part is for this person."""
        facts = self.facts[who]
        if part["kind"] in MONTHLY and part.get("presence", "attended") == "attended" and not facts.marked("D"):
            return False
        if part["kind"] in MONTHLY and part.get("presence") == "here" and not facts.here_days():
            return False
        return self.work(part.get("who", "1"), who) > 0

    def time_here(self, part: dict, who: str) -> Fraction:
        """How much of these days counts for a joiner or a leaver."""
        person, every = self.facts[who].person, (self.last - self.first).days + 1
        begin = max(self.first, person.started) if part.get("joiner") == "days" else self.first
        end = min(self.last, person.ended or self.last) if part.get("leaver") == "days" else self.last
        counted = Fraction((end - begin).days + 1, every)
        self.seen["joiner or leaver by days"] += counted not in (0, 1)
        return counted


def work_part(sheet: Sheet, part: dict) -> None:
    """Write the part's lines."""
    if sheet.first.month not in part.get("months", range(1, 13)):
        sheet.seen["part out of its months"] += 1
        return
    people = [who for who in sheet.facts if sheet.meant(part, who)]
    if part["kind"] in ("share", "traced"):
        given = {"share": share, "traced": traced}[part["kind"]](sheet, part, people)
    elif part["kind"] == "adjustment":
        given = dict.fromkeys(people, 0)
        for one in sheet.rows.decisions:
            if one.part == part["key"] and one.person in given and sheet.first <= one.day <= sheet.last:
                given[one.person] += one.cents
    else:
        ways = {"flat": flat, "per_day": per_day, "per_hour": per_hour, "per_piece": per_piece, "rated": rated, "top_up": top_up}
        rate = pool_rate(sheet, part, people)
        exact = {who: ways[part["kind"]](sheet, part, who, rate) for who in people}
        given = {who: in_cents(euros, part.get("rounding")) for who, euros in exact.items()}
        if "rounding" in part:
            sheet.seen["rounded " + part["rounding"]["mode"]] += any(given[who] != 100 * euros for who, euros in exact.items())
    for who, cents in given.items():
        sheet.lines[who].append(Line(part["key"], part["kind"], cents, part["payer"]))
        if "absence" in part:
            sheet.lines[who].append(absence(sheet, part, who, exact[who], cents))


def pool_rate(sheet: Sheet, part: dict, people: list) -> Fraction:
    """The rate made from the pool: what is left of it by the sum of the key over all whom the part is for."""
    told = part.get("from_pool")
    if told is None:
        return NOTHING
    own = [sheet.work(told["by"], who) for who in people]
    keys = sum((max(NOTHING, key) if part["kind"] == "flat" else key for key in own), NOTHING)
    left = Fraction(sheet.pool_left(), 100) * number(told.get("of", 100)) / 100
    sheet.seen["rate from the pool: " + part["kind"]] += left > 0 and keys > 0
    return staged(left / keys if keys else NOTHING, part.get("rate_rounding", []))


def amount(sheet: Sheet, part: dict, who: str, rate: Fraction) -> Fraction:
    """An AMOUNT in euros."""
    if "from_pool" in part:
        return rate
    if "by_class" in part:
        of = sheet.facts[who].own(part["by_class"])
        found = next((sheet.work(row["amount"], who) for row in part["class"] if row["is"] == of), NOTHING)
    elif "count" in part:
        counted = sheet.work(part["count"], who)
        found = next((sheet.work(row["amount"], who) for row in part["band"]
                      if number(row["from"]) <= counted and ("to" not in row or counted < number(row["to"]))), NOTHING)
    else:
        found = sheet.work(part["amount"], who)
    rate = staged(found, part.get("rate_rounding", []))
    sheet.seen["a rate is rounded"] += rate != found
    return rate


def flat(sheet: Sheet, part: dict, who: str, rate: Fraction) -> Fraction:
    key = max(NOTHING, sheet.work(part["from_pool"]["by"], who)) if "from_pool" in part else 1
    return amount(sheet, part, who, rate) * key * sheet.portion * sheet.time_here(part, who)


def absence(sheet: Sheet, part: dict, who: str, full: Fraction, cents: int) -> Line:
    """The cut of a flat sum for days that were missed."""
    facts, told = sheet.facts[who], part["absence"]
    off = number(told.get("unexcused_off", 0)) * len(facts.marked("N"))
    left = full * max(NOTHING, 1 - off)
    if "excused_days" in told and facts.excused_calendar_days() >= int(told["excused_days"]):
        left *= number(told["excused_part"])
        sheet.seen["excused absence"] += 1
    if told.get("away") == "nothing" and not facts.marked("D"):
        left = NOTHING
        sheet.seen["away all month"] += 1
    sheet.seen["unexcused absence"] += off > 0
    to = told.get("cut_to", "source")
    return Line(part["key"], "absence", in_cents(left, part.get("rounding")) - cents, part["payer"] if to == "source" else to)


def per_day(sheet: Sheet, part: dict, who: str, rate: Fraction) -> Fraction:
    facts = sheet.facts[who]
    most = sheet.work(part["planned"], who) if "planned" in part else None
    total, counted = NOTHING, 0
    for row in facts.marked("D"):
        band = [one for one in part.get("band", []) if number(one["from_hours"]) * 60 <= row.minutes
                and ("to_hours" not in one or row.minutes < number(one["to_hours"]) * 60)]
        if not band and "from_pool" not in part:
            continue
        if most is not None and counted + 1 > most:
            sheet.seen["more days than planned"] += 1
            break
        counted += 1
        times = [number(part.get("weekend", 1))] if row.day.weekday() > 4 else []
        times += [number(part.get("holiday", 1))] if row.day in facts.rows.holidays else []
        sheet.seen["a free day counts more"] += max(times, default=1) > 1
        sum_of_day = staged(sheet.work(band[0]["amount"], who), part.get("rate_rounding", [])) if band else rate
        total += sum_of_day * max(times, default=Fraction(1))
    return total


def per_hour(sheet: Sheet, part: dict, who: str, rate: Fraction) -> Fraction:
    def hours(row: dict) -> Fraction:
        return sheet.work("hours." + row["hours"] if "hours" in row else "hours", who)

    if "rate" in part:
        return sum((hours(row) * staged(sheet.work(row["amount"], who), part.get("rate_rounding", [])) for row in part["rate"]),
                   NOTHING)
    return hours(part) * amount(sheet, part, who, rate)


def per_piece(sheet: Sheet, part: dict, who: str, rate: Fraction) -> Fraction:
    total = NOTHING
    for piece in part["piece"]:
        name = "units." + piece["product"] if "product" in piece else "made." + piece["task"]
        if "norm" in piece:
            norm = per_hour_norm(piece["norm"])
            one = sheet.work(piece["norm"]["wage"], who) / norm if norm else NOTHING
        else:
            one = sheet.work(piece["amount"], who)
        total += sheet.work(name, who) * staged(one, part.get("rate_rounding", []))
    return total


def per_hour_norm(norm: dict) -> Fraction:
    """Units an hour."""
    if "minutes" in norm:
        units = number(norm["units"]) / number(norm["minutes"]) * 60
    else:
        units = 3600 / number(norm["seconds"]) if "seconds" in norm else number(norm["per_hour"])
    if "allowance_minutes" in norm:
        units *= (60 - number(norm["allowance_minutes"])) / 60
    units *= number(norm.get("allowance_share", 1))
    units /= number(norm.get("allowance_factor", 1))
    return staged(units, norm.get("rounding", []))


def rated(sheet: Sheet, part: dict, who: str, rate: Fraction) -> Fraction:
    if "productivity" in part:
        rating = sheet.work(part["productivity"], who)
    else:
        time = {row["task"]: sheet.work("time." + row["task"], who) for row in part["task"]}
        ratings = sum((task_rating(sheet, part, row, who, time[row["task"]]) * time[row["task"]] for row in part["task"]
                       if time[row["task"]]), NOTHING)
        rating = ratings / sum(time.values()) if sum(time.values()) else NOTHING
    hourly = staged(sheet.work(part["amount"], who) * rating, part.get("rate_rounding", []))
    return hourly * sheet.work(part.get("hours", "hours"), who)


def task_rating(sheet: Sheet, part: dict, row: dict, who: str, time: Fraction) -> Fraction:
    if "rating" in row:
        return sheet.work(row["rating"], who)
    good = sheet.work("made." + row["task"], who)
    rating = good / (number(row["norm"]) * time)
    if "quality" in part:
        made = Fraction(sum(one.made for one in sheet.facts[who].entries() if one.task == row["task"]), 1000)
        weight = number(part["quality"])
        rating = (1 - weight) * rating + (weight * good / made if made else NOTHING)
    return rating


def top_up(sheet: Sheet, part: dict, who: str, rate: Fraction) -> Fraction:
    unit, on = sheet.work(part.get("unit", "1"), who), sheet.work(part.get("on", "so_far"), who)
    x = max(number(part.get("least", 0)), on / unit if unit else NOTHING)
    points = [(number(point["at"]), number(point["gives"])) for point in part["point"]]
    gives = points[0][1] if x <= points[0][0] else points[-1][1]
    for (at, low), (to, high) in pairwise(points):
        if at <= x < to:
            gives = low + (high - low) * (x - at) / (to - at)
    return gives * unit * sheet.portion * sheet.time_here(part, who)


def share(sheet: Sheet, part: dict, people: list) -> dict:
    """A pot divided by a key, by largest remainder."""
    keys = {who: max(NOTHING, sheet.work(part["by"], who)) * sheet.time_here(part, who) for who in people}
    sheet.keys[part["key"]] = keys
    if not sum(keys.values()):
        return {}
    if "amount" in part:
        pot = sheet.work(part["amount"]) * sheet.portion
    elif "of" in part:
        whole_pot = sheet.available if part["payer"] == "pool" else sheet.fund(part["payer"])
        pot = Fraction(max(0, whole_pot), 100) * number(part["of"]) / 100 * sheet.portion
    else:
        left = sheet.pool_left() if part["payer"] == "pool" else max(0, sheet.fund(part["payer"]))
        pot = Fraction(left, 100) * (1 if sheet.final else sheet.portion)
    return deal_steps(sheet, part, {who: pot * 100 * key / sum(keys.values()) for who, key in keys.items()})


def traced(sheet: Sheet, part: dict, people: list) -> dict:
    return deal_steps(sheet, part, {who: sheet.facts[who].traced * number(part["portion"]) / 100 for who in people})


def deal_steps(sheet: Sheet, part: dict, quotas: dict) -> dict:
    """The sum is rounded to the cent as the part says, then divided in its steps; what is less than a step is carried."""
    told = part.get("rounding")
    total = in_cents(sum(quotas.values(), NOTHING) / 100, {**told, "step": "0.01"} if told else None)
    rest = total % step_of(told)
    if part["payer"] == "pool":
        sheet.carried.append(rest)
    sheet.seen["less than a step is carried"] += rest > 0
    return deal(sheet, quotas, total, told)


def deal(sheet: Sheet, quotas: dict, total: int, rounding: dict | None = None) -> dict:
    step, numbers = step_of(rounding), {who: sheet.facts[who].person.number for who in quotas}
    if sheet.naive:
        given = {who: step * plain.cents(quota / step) for who, quota in quotas.items()}
    else:
        given = plain.divide(quotas, numbers, 12 * sheet.first.year + sheet.first.month, total, step)
    sheet.pots.append((total - total % step, sum(given.values())))
    won = {quotas[who] % step for who in quotas if given[who] > quotas[who]}
    sheet.seen["tie"] += any(quotas[who] % step in won and given[who] < quotas[who] for who in quotas)
    return given
