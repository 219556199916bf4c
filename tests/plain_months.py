"""A month under any scheme, in the second calculation: pool, parts, shortfall, limits, withheld, rounding, debts, what is left.

`Workshop` keeps books of its own from month to month: lots, sales, debts, what is carried, the reserve and the funds.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction

from tests import plain
from tests.plain_formulas import in_cents, number, whole
from tests.plain_parts import NOTHING, Facts, Line, Rows, Sheet, deal, work_part


class Workshop(plain.Books):
    """Books over months under schemes given as data; `naive` rounds every share by itself."""

    def __init__(self, reserve: int = 0, funds: dict | None = None, naive: bool = False) -> None:
        super().__init__(None)
        self.reserve, self.funds, self.carried, self.seen = reserve, dict(funds or {}), 0, Counter()
        self.naive, self.pots = naive, []

    def run(self, month, people: dict, booked, scheme: dict, before: dict | None = None) -> dict:
        """Work a month out; `before` is the version of the scheme in force on the first day, when it is split."""
        matches, traced, unassigned, net, shared = self.walk(booked.lots, booked.lines)
        own: dict = {}
        for who, sold, part, day in traced:
            if still_counts(scheme, people[who], sold):
                own.setdefault(who, []).append((day if day in month.days() else month.first, part))
        here = {who for who, one in people.items() if one.started <= month.last and (one.ended or month.last) >= month.first}
        run = sorted(here | set(own), key=lambda who: plain.pieces(people[who].number))
        self.people, self.month_now, self.scheme = {who: people[who] for who in run}, month, scheme
        self.seen["sold without a lot"] += any(lot == "" and quantity > 0 for _, lot, quantity in matches)
        self.seen["matched late"] += any(lot == "" and quantity < 0 for _, lot, quantity in matches)
        self.seen["sold too long after leaving"] += len(traced) > sum(map(len, own.values()))
        self.seen["return"] += sum(line.quantity < 0 for line in booked.lines)
        self.seen["split month"] += before is not None
        self.own, self.rows, self.logged = own, rows_of(booked), [self.lots[key] for key in self.lots]
        sheet = self.sheet(scheme, month.first, month.last, 0, {one["key"]: self.funds.get(one["key"], 0)
                                                                for one in scheme.get("fund", [])})
        pool = self.open_pool(sheet, net, shared, plain.cents(unassigned))
        self.parts(sheet, before)
        pool["borne"] = shortfall(sheet, self.reserve)
        self.seen["shortfall: " + scheme.get("pool", {}).get("shortfall", "reserve")] += pool["borne"] > 0
        keys = {part["key"]: part for part in scheme["part"]}
        keys = {**{part["key"]: part for part in before["part"] if part["key"] not in keys}, **keys} if before else keys
        for limit in scheme.get("limit", []):
            if limit["kind"] == "ceiling":
                ceiling(sheet, limit, keys)
            else:
                floor(sheet, limit)
        for part in scheme["part"]:
            if part["kind"] == "withheld":
                withheld(sheet, part)
        return self.close(sheet, people, pool)

    def sheet(self, scheme: dict, first: date, last: date, available: int, funds: dict) -> Sheet:
        """The days from first to last, with each person's facts."""
        facts = {}
        for who, person in self.people.items():
            mine = [part for day, part in self.own.get(who, []) if first <= day <= last]
            facts[who] = Facts(person, first, last, self.rows, self.logged, sum(mine, NOTHING))
        return Sheet(scheme, facts, self.month_now, first, last, available, funds, self.rows, seen=self.seen,
                     naive=self.naive, pots=self.pots)

    def parts(self, sheet: Sheet, before: dict | None) -> None:
        """The parts of one version, or of both, each for its own days; all on one sheet's lines."""
        stretches = [(self.scheme, self.month_now.first, self.month_now.last)]
        if before is not None:
            begins = self.scheme["in_force_from"]
            stretches = [(before, self.month_now.first, begins - timedelta(days=1)), (self.scheme, begins, self.month_now.last)]
        for scheme, first, last in stretches:
            days = self.sheet(scheme, first, last, sheet.available, sheet.funds)
            days.lines, days.keys, days.carried, days.final = sheet.lines, sheet.keys, sheet.carried, scheme is self.scheme
            for part in scheme["part"]:
                if part["kind"] != "withheld":
                    work_part(days, part)

    def open_pool(self, sheet: Sheet, net: int, shared: int, unassigned: int) -> dict:
        """Result, available, cap and room in cents."""
        told = self.scheme.get("pool", {})
        source = told.get("source", "traced")
        if source != "traced":
            unassigned = 0
        costs = min(in_cents(sheet.work(told["costs"])), max(0, shared)) if "costs" in told else 0
        result = shared - unassigned - costs
        result = max(0, result) if said(told) else result
        available = plain.cents(result * number(told.get("payout_share", 100)) / 100)
        if source in ("fixed", "budget"):
            available = in_cents(sheet.work(told["amount"]))
        room = None
        if "reserve" in told:
            month_pay = sheet.work(told["reserve"]["month_pay"]) * 100
            room = max(0, whole(number(told["reserve"]["cap_months"]) * month_pay, "down") - self.reserve)
            if told["reserve"].get("full") == "paid_out" and source in ("traced", "sales"):
                extra = max(0, result - available - room)
                available += extra
                self.seen["reserve full, paid out"] += extra > 0
        sheet.available = available + self.carried
        return {"net": net, "deducted": net - shared + costs, "unassigned": unassigned, "result": result, "room": room,
                "given": available if source == "budget" else 0}

    def close(self, sheet: Sheet, people: dict, pool: dict) -> dict:
        """Total rounding, below zero and debts, then what the pool has left."""
        owed_before = sum(debt[1] for debt in self.debts)
        for who, lines in sheet.lines.items():
            total = sum(line.cents for line in lines)
            if "total" in self.scheme:
                off = in_cents(Fraction(total, 100), self.scheme["total"]) - total
                self.seen["total rounded " + self.scheme["total"]["mode"]] += off != 0
                lines.append(Line("rounding", "rounding", off, "reserve"))
                total += off
            kept = self.keep_back(who, people[who], max(0, total), self.month_now,
                                  number(self.scheme.get("debt", {}).get("share", 20)))
            lines.append(Line("below_zero", "below_zero", max(0, -total), "reserve"))
            lines.append(Line("debt", "debt", -kept, "reserve"))
            if total < 0:
                self.debts.append([who, -total, 12 * self.month_now.year + self.month_now.number])
        self.debts = [debt for debt in self.debts if debt[0] in sheet.lines]
        self.seen["debt written off"] += owed_before + sum_of(sheet, "below_zero") + sum_of(sheet, "debt") > sum(
            debt[1] for debt in self.debts)
        paid: Counter = Counter()
        for lines in sheet.lines.values():
            for line in lines:
                paid[line.payer] += line.cents
        told = self.scheme.get("pool", {})
        own = max(0, paid["pool"])
        of_budget = told.get("source") == "budget"
        there = self.carried - max(0, own - pool["given"]) if of_budget else sheet.available - own
        steps = min(sum(sheet.carried), max(0, there))  # what a later part took is not carried
        left = max(0, sheet.available - own - steps)
        carried = steps + (left if told.get("left") == "carried" and told.get("source") != "budget" else 0)
        budget = paid["budget"] + (min(paid["pool"], pool["given"]) if told.get("source") == "budget" else 0)
        if told.get("shortfall") == "budget":
            budget += max(0, paid["pool"] - sheet.available)
        stipends = sum(line.cents for lines in sheet.lines.values() for line in lines)
        moves = {key: max(0, have - paid[key]) for key, have in sheet.funds.items()}
        change = (pool["net"] - pool["deducted"] + self.carried + budget - stipends + paid["withheld"] - pool["unassigned"]
                  - carried)
        into_reserve = change - sum(moves.values()) + sum(sheet.funds.values())
        over = max(0, into_reserve - pool["room"]) if pool["room"] is not None else 0
        self.seen.update({"reserve full, carried": over > 0, "left of the pool is carried": carried > steps,
                          "left of the pool to the reserve": left > 0 and carried == steps})
        change, into_reserve, carried = change - over, into_reserve - over, carried + over
        identity = {"realised_net": pool["net"], "deducted": pool["deducted"], "carried_in": self.carried,
                    "from_budget": budget, "stipends": stipends, "withheld": -paid["withheld"], "reserve": change,
                    "unassigned": pool["unassigned"], "carried_out": carried}
        self.reserve += into_reserve
        self.carried, self.funds = carried, {**self.funds, **moves}
        checks = {one["key"]: sheet.work(one["that"]) >= sheet.work(one["least"]) for one in self.scheme.get("check", [])}
        statements = {who: told_lines(lines) for who, lines in sheet.lines.items()}
        owed: Counter = Counter()
        for debt in self.debts:
            owed[debt[0]] += debt[1]
        self.count(sheet)
        return {"people": statements, "totals": {who: sum(one.values()) for who, one in statements.items()}, "owed": owed,
                "identity": identity, "funds": moves, "available": sheet.available, "result": pool["result"],
                "reserve": self.reserve, "checks": checks, "left": {key: lot.left() for key, lot in self.lots.items()}}

    def count(self, sheet: Sheet) -> None:
        """What occurred in this month's lines, for the generator's own counts."""
        self.seen["month"] += 1
        for lines in sheet.lines.values():
            told = [line for line in lines if line.cents]
            self.seen.update({f"line: {line.kind}" for line in told})
            self.seen.update(f"{line.kind} to {line.payer}" for line in told if line.kind in ("absence", "limit"))
            self.seen.update("fund pays" for line in told if line.payer in sheet.funds and line.cents > 0)
            self.seen.update("fund is fed" for line in told if line.payer in sheet.funds and line.cents < 0)
        for key, have in sheet.funds.items():
            self.seen["fund topped up by the reserve"] += sum(line.cents for lines in sheet.lines.values() for line in lines
                                                             if line.payer == key) > have


def sum_of(sheet: Sheet, kind: str) -> int:
    """What all lines of a kind come to, in cents."""
    return sum(line.cents for lines in sheet.lines.values() for line in lines if line.kind == kind)


def said(pool: dict) -> bool:
    """Whether a scheme says anything about its pool; if not, the pool is the plain difference, below zero too."""
    defaults = {"source": "traced", "payout_share": "100", "left": "reserve", "shortfall": "reserve"}
    return any(defaults.get(key) != value for key, value in pool.items())


def rows_of(booked) -> Rows:
    """The rows that a month books besides lots and sales."""
    return Rows(booked.attendance, getattr(booked, "work", ()), getattr(booked, "values", ()), getattr(booked, "decisions", ()),
                getattr(booked, "figures", ()), getattr(booked, "holidays", ()))


def told_lines(lines: list) -> Counter:
    """Cents by part, kind and payer; nothing where it is nothing."""
    told: Counter = Counter()
    for line in lines:
        told[line.part, line.kind, line.payer] += line.cents
    return Counter({key: cents for key, cents in told.items() if cents})


def still_counts(scheme: dict, person, sold: date) -> bool:
    """Whether what is sold after somebody left is still theirs."""
    told = scheme.get("leaving", {"rule": "months", "months": 12})
    if person.ended is None or told["rule"] == "always":
        return True
    months = told.get("months", 12) if told["rule"] == "months" else 0
    index = 12 * person.ended.year + person.ended.month - 1 + months
    end = date(index // 12 + (index % 12 == 11), (index + 1) % 12 + 1, 1) - timedelta(days=1)
    return sold <= min(end, end.replace(day=min(end.day, person.ended.day)))


def shortfall(sheet: Sheet, reserve: int) -> int:
    """What pool lines take more than there is; by the rule, cut from people or borne."""
    rule = sheet.scheme.get("pool", {}).get("shortfall", "reserve")
    sums = {who: sum(line.cents for line in lines if line.payer == "pool") for who, lines in sheet.lines.items()}
    missing = max(0, sum(sums.values()) - sheet.available)
    if not missing or rule in ("reserve", "budget"):
        return missing
    cut = missing - min(missing, max(0, reserve)) if rule == "reserve_then_cut" else missing
    above = {who: cents for who, cents in sums.items() if cents > 0}
    whole_sum = sum(above.values())
    there = max(0, whole_sum - cut)
    given = deal(sheet, {who: Fraction(there * cents, whole_sum) for who, cents in above.items()}, there)
    for who, cents in above.items():
        sheet.lines[who].append(Line("shortfall", "shortfall", given[who] - cents, "pool"))
    return missing


def bound(sheet: Sheet, limit: dict, who: str) -> int | None:
    """A limit's sum for one person in cents; None when there is none for their class."""
    if "by_class" in limit:
        of = sheet.facts[who].own(limit["by_class"])
        row = next((row for row in limit["class"] if row["is"] == of), None)
        return None if row is None else in_cents(sheet.work(row["amount"], who))
    return in_cents(sheet.work(limit["amount"], who))


def total(sheet: Sheet, who: str) -> int:
    return sum(line.cents for line in sheet.lines[who])


def ceiling(sheet: Sheet, limit: dict, keys: dict) -> None:
    """Cut what lies above, and send it where the limit says; `keys` are the parts, those of an earlier version first."""
    returns, pot = limit.get("returns", "reserve"), 0
    tops = {who: bound(sheet, limit, who) for who in sheet.lines}
    for who, top in tops.items():
        if top is None:
            continue
        over = max(0, (sheet.gave(who, limit["on"]) if "on" in limit else total(sheet, who)) - top)
        backwards = [*keys][::-1]
        order = [limit["on"]] if "on" in limit else sorted(backwards, key=lambda key: key != limit.get("cuts"))
        for key in order:
            cut = min(over, max(0, sheet.gave(who, key)))
            if cut:
                payer = {"source": keys[key].get("payer"), "again": "reserve"}.get(returns, returns)
                sheet.lines[who].append(Line(limit["key"], "limit", -cut, payer, key))
            over, pot = over - cut, pot + cut
    if returns == "again":
        again(sheet, limit, tops, pot)


def again(sheet: Sheet, limit: dict, tops: dict, pot: int) -> None:
    """Share the cut among those who are under, until nobody is over; the reserve keeps what nobody can take."""
    key = limit.get("cuts", limit.get("on"))
    keys = sheet.keys.get(key, {})
    while pot:
        has = {who: sheet.gave(who, key) if "on" in limit else total(sheet, who) for who in keys}
        room = {who: pot if tops[who] is None else max(0, tops[who] - has[who]) for who in keys}
        under = {who: keys[who] for who in keys if keys[who] and room[who]}
        if not under:
            sheet.seen["again: nobody can take the rest"] += 1
            return
        given = deal(sheet, {who: pot * one / sum(under.values()) for who, one in under.items()}, pot)
        sheet.seen["again: a second round"] += any(given[who] > room[who] for who in given)
        for who in given:
            sheet.lines[who].append(Line(limit["key"], "again", min(given[who], room[who]), "reserve", key))
            pot -= min(given[who], room[who])
        if sheet.naive:  # what each share rounded alone leaves would go round for ever
            return


def floor(sheet: Sheet, limit: dict) -> None:
    """Raise whoever attended and lies below."""
    for who in sheet.lines:
        low = bound(sheet, limit, who)
        has = sheet.gave(who, limit["on"]) if "on" in limit else total(sheet, who)
        if low is not None and sheet.facts[who].marked("D") and has < low:
            sheet.lines[who].append(Line(limit["key"], "floor", low - has, limit.get("payer", "reserve"), limit.get("on", "")))


def withheld(sheet: Sheet, part: dict) -> None:
    """Taxes and other deductions, from what stands above zero."""
    if sheet.first.month not in part.get("months", range(1, 13)):
        return
    for who in sheet.lines:
        if sheet.meant(part, who):
            on = sheet.work(part.get("on", "so_far"), who) - sheet.work(part.get("exempt", "0"), who)
            cents = plain.cents(max(NOTHING, on) * number(part["rate"]))
            sheet.lines[who].append(Line(part["key"], "withheld", -cents, "withheld"))
