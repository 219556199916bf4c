"""A second calculation, written apart from ledger.core: slow, plain, one step after the other, in Decimal and Fraction.

It keeps books of its own over many months: every lot remembers all that was ever taken from it, every sale its pile of
lots. `naive=True` rounds each sum by itself, as one would in a spreadsheet; its months do not add up, which the tests
want to see.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction


def cents(exact: Fraction) -> int:
    """Half up by way of Decimal when it is short, else by comparing with the half."""
    whole = int(abs(exact))
    size = whole + (abs(exact) - whole >= Fraction(1, 2))
    return size if exact >= 0 else -size


def decimal_cents(number: Decimal) -> int:
    return int(number.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def pieces(text: str) -> list:
    """Natural order by splitting: text and numbers take turns."""
    return [int(one) if n % 2 else one for n, one in enumerate(re.split(r"(\d+)", text))]


@dataclass
class Lot:
    day: date
    number: str
    order: int
    product: str
    good: int
    makers: list  # (person, weight)
    moves: list = field(default_factory=list)  # ((day, 0 sale or 1 return), quantity taken)

    def free(self, day: date) -> int:
        """The lowest level of the lot from the sales of this day on, whenever it was booked."""
        here = (day, 0)
        points = [here] + [point for point, _ in self.moves if point > here]
        return min(self.good - sum(taken for at, taken in self.moves if at <= point) for point in points)

    def left(self) -> int:
        return self.good - sum(taken for _, taken in self.moves)


@dataclass
class Sale:
    line: object
    sums: dict
    pile: list
    uncovered: int
    returned: int = 0
    back: dict = field(default_factory=lambda: dict.fromkeys(("gross", "net", "materials", "shared"), 0))


def sale_sums(line) -> dict:
    quantity = Decimal(line.quantity) / 1000
    gross = decimal_cents(quantity * line.price_cents * (100 - Decimal(line.discount) / 1000) / 100)
    net = decimal_cents(Decimal(gross) * 100 / (100 + Decimal(line.vat) / 1000))
    materials = decimal_cents(quantity * line.material_cents)
    return {"gross": gross, "net": net, "materials": materials, "shared": max(0, net - materials)}


def divide(quotas: dict, numbers: dict, month_index: int, total: int | None = None, step: int = 1) -> dict:
    """Largest remainder, a step at a time (a cent, unless told); the total is the rounded sum, unless told."""
    if total is None:
        total = cents(sum(quotas.values(), Fraction(0)))
    if step != 1:
        steps = divide({who: quota / step for who, quota in quotas.items()}, numbers, month_index, total // step)
        return {who: count * step for who, count in steps.items()}
    given = {who: quota.numerator // quota.denominator for who, quota in quotas.items()}
    rest = {who: quotas[who] - given[who] for who in quotas if quotas[who] != 0}
    missing = total - sum(given.values())
    while missing:
        top = max(rest.values())
        tied = sorted((who for who in rest if rest[who] == top), key=lambda who: pieces(numbers[who]))
        if len(tied) > missing:
            start = month_index % len(tied)
            tied = (tied[start:] + tied[:start])[:missing]
        for who in tied:
            given[who] += 1
            missing -= 1
            del rest[who]
    return given


class Books:
    """Books over many months under one scheme, told in plain numbers (see tests/histories.py)."""

    def __init__(self, terms, naive: bool = False) -> None:
        self.terms, self.naive = terms, naive
        self.lots: dict[str, Lot] = {}
        self.sales: dict[str, Sale] = {}
        self.debts: list = []  # [person, cents, month index]

    def month(self, month, people, attendance, lots, lines) -> dict:
        return self.pay(month, people, attendance, *self.walk(lots, lines))

    def walk(self, lots, lines) -> tuple:
        """Sales to lots and lots to makers: matches, (person, day of the sale, exact cents, own day
        unless of an earlier month), exact unassigned, net, shared."""
        for lot in lots:
            self.lots[lot.key] = Lot(lot.day, lot.number, lot.order, lot.product, lot.good,
                                     [(maker.person, maker.weight) for maker in lot.makers])
        steps = [(line, False) for line in lines] + [
            (sale.line, True) for sale in self.sales.values() if sale.uncovered
        ]
        steps.sort(key=lambda step: (step[0].day, step[0].quantity < 0, step[0].number == "", pieces(step[0].number),
                                     pieces(step[0].document) if step[0].number else [], step[0].order))
        matches, traced, unassigned, net, shared = [], [], Fraction(0), 0, 0
        for line, old in steps:
            if line.quantity < 0:
                sums, taken = self.take_back(line)
                sold = self.sales[line.returns].line.day
                whole = line.quantity
            else:
                taken = self.cover(line, old)
                sums, sold, whole = self.sales[line.key].sums, line.day, line.quantity
            if not old:
                net, shared = net + sums["net"], shared + sums["shared"]
            for lot, quantity in taken:
                matches.append((line.key, lot, quantity))
                part = Fraction(sums["shared"] * quantity, whole)
                if lot == "":
                    unassigned += part
                for who, weight in self.lots[lot].makers if lot else ():
                    weights = sum(one for _, one in self.lots[lot].makers)
                    traced.append((who, sold, part * weight / weights, None if old else line.day))
        return matches, traced, unassigned, net, shared

    def cover(self, line, old: bool) -> list:
        if not old:
            self.sales[line.key] = Sale(line, sale_sums(line), [], line.quantity)
        sale = self.sales[line.key]
        before, taken = sale.uncovered, []
        for key in sorted(self.lots, key=lambda key: (self.lots[key].day, self.lots[key].number == "",
                                                      pieces(self.lots[key].number), self.lots[key].order)):
            lot = self.lots[key]
            if lot.product == line.product and lot.day <= line.day and sale.uncovered:
                quantity = min(sale.uncovered, lot.free(line.day))
                if quantity > 0:
                    lot.moves.append(((line.day, 0), quantity))
                    sale.pile.append([key, quantity])
                    sale.uncovered -= quantity
                    taken.append((key, quantity))
        without = sale.uncovered - before if old else sale.uncovered
        return taken + ([("", without)] if without else [])

    def take_back(self, line) -> tuple:
        sale, quantity = self.sales[line.returns], -line.quantity
        last = sale.returned + quantity == sale.line.quantity
        sums = {name: -(whole - sale.back[name]) if last else -cents(Fraction(whole * quantity, sale.line.quantity))
                for name, whole in sale.sums.items()}
        sale.returned += quantity
        for name in sums:
            sale.back[name] -= sums[name]
        free = min(quantity, sale.uncovered)
        sale.uncovered -= free
        taken = [("", -free)] if free else []
        quantity -= free
        while quantity:
            key, held = sale.pile[-1]
            part = min(held, quantity)
            self.lots[key].moves.append(((line.day, 1), -part))
            taken.append((key, -part))
            sale.pile[-1][1] -= part
            if not sale.pile[-1][1]:
                sale.pile.pop()
            quantity -= part
        return sums, taken

    def pay(self, month, people, attendance, matches, traced, unassigned, net, shared) -> dict:
        terms = self.terms
        own, gone = {}, Fraction(0)
        for who, sold, part, _ in traced:
            if terms.counts(people[who], sold):
                own[who] = own.get(who, Fraction(0)) + part
            else:
                gone += part
        here = [who for who, person in people.items() if who in own or (
            person.started <= month.last and (person.ended is None or person.ended >= month.first))]
        quotas = {who: own.get(who, Fraction(0)) * terms.portion / 100 for who in here}
        numbers = {who: people[who].number for who in here}
        goods = divide(quotas, numbers, 12 * month.year + month.number)
        rest = shared - sum(goods.values()) - cents(unassigned)
        if self.naive:
            goods = {who: cents(quota) for who, quota in quotas.items()}
            rest = cents(sum(own.values(), Fraction(0)) * (100 - terms.portion) / 100 + gone)
        statements, budget = {}, 0
        for who in here:
            days = sum(1 for row in attendance if row.person == who and row.mark == "D" and row.minutes >= terms.least
                       and people[who].started <= row.day <= (people[who].ended or row.day))
            paid = cents(days * terms.day_cents)
            budget += paid
            cut = max(0, paid + goods[who] - terms.ceiling)
            total = paid + goods[who] - cut
            lifted = max(0, -total)
            kept = self.keep_back(who, people[who], max(total, 0), month, terms.debt_share)
            rest += cut - lifted + kept
            if lifted:
                self.debts.append([who, lifted, 12 * month.year + month.number])
            statements[who] = {"days": paid, "goods": goods[who], "ceiling": -cut, "below_zero": lifted, "debt": -kept,
                               "total": total + lifted - kept}
        for who in people:
            if who not in here:
                self.debts = [debt for debt in self.debts if debt[0] != who]
        for who, statement in statements.items():
            statement["owed"] = sum(debt[1] for debt in self.debts if debt[0] == who)
        left = {key: lot.left() for key, lot in self.lots.items()}
        stipends = sum(one["total"] for one in statements.values())
        identity = {"realised_net": net, "deducted": net - shared, "from_budget": budget, "stipends": stipends,
                    "reserve": rest, "unassigned": cents(unassigned)}
        return {"people": statements, "left": left, "matches": matches, "identity": identity}

    def keep_back(self, who, person, total, month, share) -> int:
        now = 12 * month.year + month.number
        gone = person.ended is not None and person.ended < month.first
        self.debts = [debt for debt in self.debts if debt[0] != who or (not gone and now - debt[2] <= 3)]
        most, kept = int(total * share / 100), 0
        for debt in sorted((debt for debt in self.debts if debt[0] == who), key=lambda debt: debt[2]):
            part = min(debt[1], most - kept)
            debt[1] -= part
            kept += part
        self.debts = [debt for debt in self.debts if debt[1]]
        return kept


def adds_up(identity: dict) -> bool:
    return (identity["realised_net"] - identity["deducted"] + identity["from_budget"]
            == identity["stipends"] + identity["reserve"] + identity["unassigned"])
