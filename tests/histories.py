"""Made-up histories of some months, and the driver that carries ledger.core from one approved month to the next."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from ledger.core.formulas import decimal_text
from ledger.core.people import Person
from ledger.core.periods import Month, months_later
from ledger.core.production import Attendance, Lot, Mark, Move, Share
from ledger.core.sales import Amounts, EarlierLine, Match, SaleLine
from ledger.core.schemes import Scheme, parse
from ledger.core.stipends import Inputs, Result, calculate

FIRST = Month(2025, 11)


@dataclass(frozen=True)
class Terms:
    """What a random scheme says, in plain numbers; `months` None is always, -1 the reserve at once."""

    portion: Fraction
    day_cents: Fraction
    least: int
    ceiling: int
    debt_share: Fraction
    months: int | None

    def counts(self, person: Person, sold: date) -> bool:
        if person.ended is None or self.months is None:
            return True
        return sold <= (months_later(person.ended, self.months) if self.months >= 0 else person.ended)

    def scheme(self) -> Scheme:
        rule = "always" if self.months is None else "reserve" if self.months < 0 else "months"
        return parse(f"""
            name = "Tvarka"
            number = "1"
            in_force_from = 2020-01-01
            order = {{ number = "1", date = 2020-01-01 }}
            leaving = {{ rule = "{rule}", months = {max(0, self.months or 0)} }}
            debt = {{ share = "{self.debt_share}" }}
            [[part]]
            key = "days"
            kind = "per_day"
            payer = "budget"
            label = "Dienos"
            band = [{{ from_hours = "{self.least // 60}", amount = "{decimal_text(self.day_cents / 100)}" }}]
            [[part]]
            key = "goods"
            kind = "traced"
            payer = "pool"
            label = "Gaminiai"
            portion = "{self.portion}"
            [[limit]]
            key = "ceiling"
            kind = "ceiling"
            amount = "{self.ceiling // 100}.{self.ceiling % 100:02d}"
            cuts = "goods"
            label = "Riba"
            """)


@dataclass(frozen=True)
class Booked:
    """What a month books: rows of its own days, late ones too."""

    month: Month
    attendance: tuple[Attendance, ...]
    lots: tuple[Lot, ...]
    lines: tuple[SaleLine, ...]


@dataclass(frozen=True)
class History:
    terms: Terms
    people: dict[str, Person]
    months: tuple[Booked, ...]


def history(seed: int) -> History:
    """A history that is small enough to be full of ties, returns, gaps, debts and leavers."""
    mix = random.Random(seed)
    terms = Terms(Fraction(mix.choice([100, 70, 50, 33])), Fraction(mix.choice([120, 0, 3])), 240,
                  mix.choice([100, 1500, 100000]), Fraction(mix.choice([20, 0, 100])), mix.choice([None, -1, 0, 1, 12]))
    people = dict(_person(mix, n) for n in range(1, mix.randint(2, 7)))
    sold: dict[str, list] = {}
    months = tuple(_booked(mix, n, FIRST.plus(n), people, sold) for n in range(mix.randint(1, 6)))
    return History(terms, people, months)


def _person(mix: random.Random, n: int) -> tuple[str, Person]:
    started = date(2025, 1, 1) if mix.random() < 0.7 else FIRST.first + timedelta(days=mix.randint(0, 100))
    ended = FIRST.first + timedelta(days=mix.randint(0, 100)) if mix.random() < 0.4 else None
    if ended is not None and ended < started:
        started = date(2025, 1, 1)
    return f"r{n}", Person(f"r{n}", f"D{n * 3}", started, ended)


def _day(mix: random.Random, month: Month) -> date:
    late = month.plus(-1) if mix.random() < 0.15 and month != FIRST else month
    return late.first + timedelta(days=mix.randint(0, 27) if mix.random() < 0.7 else 5)


def _booked(mix: random.Random, n: int, month: Month, people: dict[str, Person], sold: dict[str, list]) -> Booked:
    attendance = [Attendance(ref, day, mix.choice([60, 239, 240, 480]), mix.choice(list(Mark)))
                  for ref in people for day in mix.sample(month.days(), 6)]
    lots = []
    for place in range(mix.randint(0, 5)):
        number = "" if mix.random() < 0.2 else f"P{n * 10 + place}"
        made = mix.choice([1, 2, 3, 7, 2.5]) * 1000
        makers = mix.sample(sorted(people), mix.randint(1, min(3, len(people))))
        shares = tuple(Share(ref, mix.choice([1, 1, 2, 80]) * 1000) for ref in makers)
        lots.append(
            Lot(
                f"lot{n}.{place}",
                number,
                place + 10 * n,
                mix.choice("AB"),
                _day(mix, month),
                int(made),
                int(made),
                shares,
            )
        )
    lines = [_sale(mix, n, place, month, sold) for place in range(mix.randint(0, 7))]
    lines += list(_returns(mix, n, month, sold))
    return Booked(month, tuple(attendance), tuple(lots), tuple(mix.sample(lines, len(lines))))


def _sale(mix: random.Random, n: int, place: int, month: Month, sold: dict[str, list]) -> SaleLine:
    document, number = (f"K{n}-{place % 3}", str(place + 1)) if mix.random() < 0.8 else ("", "")
    line = SaleLine(f"s{n}.{place}", document, number, 100 * n + place, _day(mix, month), mix.choice("AB"), "mugė",
                    int(mix.choice([1, 2, 3, 5, 0.75]) * 1000), mix.choice([1, 3, 100, 805]), mix.choice([0, 0, 1, 50]),
                    mix.choice([0, 0, 12500]), mix.choice([0, 0, 21000]))
    sold[line.key] = [line, line.quantity]
    return line


def _returns(mix: random.Random, n: int, month: Month, sold: dict[str, list]) -> Iterator[SaleLine]:
    for place, key in enumerate(sorted(sold)):
        line, left = sold[key]
        if left and mix.random() < 0.25 and line.day <= month.last:
            quantity = left if mix.random() < 0.5 else max(1, left // 2)
            sold[key][1] -= quantity
            day = max(line.day, month.first + timedelta(days=mix.randint(0, 27)))
            yield replace(
                line,
                key=f"b{n}.{key}",
                document=f"G{n}",
                number=str(place + 1),
                order=0,
                day=day,
                quantity=-quantity,
                returns=key,
            )


class Driver:
    """Carries approved months on: what is left, what earlier lines hold, what is owed."""

    def __init__(self, scheme: Scheme, people: dict[str, Person]) -> None:
        self.scheme, self.people = scheme, people
        self.lots: dict[str, Lot] = {}
        self.earlier: dict[str, EarlierLine] = {}
        self.debts: tuple = ()

    def inputs(self, booked: Booked) -> Inputs:
        lots = {**self.lots, **{lot.key: lot for lot in booked.lots}}
        return Inputs(booked.month, tuple(self.people.values()), booked.attendance, tuple(lots.values()), booked.lines,
                      tuple(self.earlier.values()), self.debts)

    def month(self, booked: Booked) -> Result:
        inputs = self.inputs(booked)
        result = calculate(inputs, self.scheme)
        self._keep(inputs, result)
        return result

    def _keep(self, inputs: Inputs, result: Result) -> None:
        lines = {line.key: line for line in inputs.lines}
        for worked in result.lines:
            line = lines[worked.line]
            if not line.returns:
                self.earlier[line.key] = EarlierLine(line, worked.amounts, ())
        days = {
            **{key: one.line.day for key, one in self.earlier.items()},
            **{key: line.day for key, line in lines.items()},
        }
        moves: defaultdict[str, list[Move]] = defaultdict(list)
        for one in result.matches:
            self._add_match(one, lines.get(one.line))
            moves[one.lot].append(Move(days[one.line], one.quantity))
        for worked in result.lines:
            if lines[worked.line].returns:
                self._add_return(lines[worked.line], worked.amounts)
        for lot in inputs.lots:
            self.lots[lot.key] = replace(lot, left=result.left[lot.key], moves=(*lot.moves, *moves[lot.key]))
        self.debts = result.debts

    def _add_match(self, one: Match, line: SaleLine | None) -> None:
        key = line.returns if line is not None and line.returns else one.line
        self.earlier[key] = replace(self.earlier[key], matches=(*self.earlier[key].matches, one))

    def _add_return(self, line: SaleLine, back: Amounts) -> None:
        before = self.earlier[line.returns]
        sums = before.returned_amounts
        self.earlier[line.returns] = replace(
            before, returned=before.returned - line.quantity,
            returned_amounts=Amounts(sums.gross - back.gross, sums.net - back.net, sums.materials - back.materials,
                                     sums.shared - back.shared))
