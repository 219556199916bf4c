"""Random workshops over some months, for any scheme, and the driver that carries ledger.core from month to month."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from ledger.core.decided import Decision, Figure, Fund
from ledger.core.people import Person, PersonValue
from ledger.core.periods import Month
from ledger.core.production import Attendance, Lot, Mark, Share, Work
from ledger.core.sales import SaleLine
from ledger.core.stipends import Inputs, Result
from tests import histories, random_schemes

FIRST = Month(2025, 11)
HOLIDAYS = tuple(date(*day) for day in ((2025, 11, 1), (2025, 11, 2), (2025, 12, 24), (2025, 12, 25), (2026, 1, 1), (2026, 2, 16)))


@dataclass(frozen=True)
class Booked(histories.Booked):
    """What a month books, with everything that schemes may read."""

    work: tuple[Work, ...] = ()
    values: tuple[PersonValue, ...] = ()
    decisions: tuple[Decision, ...] = ()
    figures: tuple[Figure, ...] = ()
    holidays: tuple[date, ...] = ()


@dataclass(frozen=True)
class Workshop:
    """People, for each month the scheme as data (and the one before it when the month is split), and what the months book."""

    people: dict[str, Person]
    schemes: tuple[tuple[dict, dict | None], ...]
    months: tuple[Booked, ...]
    reserve: int
    funds: dict[str, int]


def workshop(seed: int) -> Workshop:
    """A small workshop, full of ties, gaps and people who come and go."""
    mix = random.Random(seed)
    schemes = _schemes(mix, mix.randint(1, 4))
    people = dict(_person(mix, n) for n in range(1, mix.choice([2, 3, 4, 6, 9, 12]) + 1))
    values = tuple(_values(mix, people))
    sold: dict[str, list] = {}
    months = tuple(_booked(mix, n, FIRST.plus(n), people, sold, values, schemes[n]) for n in range(len(schemes)))
    funds = {key: mix.choice([0, 0, 700, 100]) for key in random_schemes.FUNDS}
    return Workshop(people, tuple(schemes), months, mix.choice([0, 0, 500, 12345]), funds)


def _schemes(mix: random.Random, months: int) -> list[tuple[dict, dict | None]]:
    """One scheme for all months; or a second one that begins inside one of them, with the same pool."""
    first = random_schemes.scheme(mix)
    schemes: list[tuple[dict, dict | None]] = [(first, None)] * months
    if mix.random() < 0.2:
        place = mix.randrange(months)
        begins = FIRST.plus(place).first + timedelta(days=mix.choice([1, 9, 14, 26]))
        second = {**random_schemes.scheme(mix), "in_force_from": begins, "inside_month": "split", "number": "2",
                  "pool": first.get("pool", {})}
        schemes[place:] = [(second, first)] + [(second, None)] * (months - place - 1)
    return schemes


def _person(mix: random.Random, n: int) -> tuple[str, Person]:
    started = date(2025, 1, 1) if mix.random() < 0.7 else FIRST.first + timedelta(days=mix.randint(0, 100))
    ended = FIRST.first + timedelta(days=mix.randint(0, 100)) if mix.random() < 0.3 else None
    if ended is not None and ended < started:
        started = date(2025, 1, 1)
    return f"r{n}", Person(f"r{n}", f"D{n * 3}", started, ended)


def _values(mix: random.Random, people: dict[str, Person]) -> Iterator[PersonValue]:
    told = {"grade": random_schemes.GRADES, "coef": ("0", "1", "1", "0.7", "1.25"), "planned": ("0", "2", "10"),
            "base": ("3", "6.505", "0.99")}
    for who in people:
        for name, texts in told.items():
            since = {date(2024, 1, 1)} if mix.random() < 0.8 else set()
            since |= {FIRST.first + timedelta(days=mix.randint(0, 110))} if mix.random() < 0.3 else set()
            yield from (PersonValue(who, name, day, mix.choice(texts)) for day in sorted(since))


def _days(month: Month, person: Person) -> list[date]:
    return [day for day in month.days() if person.here_on(day)]


def _booked(mix: random.Random, n: int, month: Month, people: dict[str, Person], sold: dict[str, list],
            values: tuple[PersonValue, ...], schemes: tuple[dict, dict | None]) -> Booked:
    attendance = [_present(mix, ref, day) for ref, person in people.items() if mix.random() < 0.9
                  for day in mix.sample(_days(month, person), min(mix.choice([2, 7, 12]), len(_days(month, person))))]
    work = [one for row in attendance if row.mark is Mark.ATTENDED for one in _worked(mix, row)]
    lots = [lot for place in range(mix.randint(0, 9)) for lot in _lot(mix, n, place, month, people)]
    lines = [_sale(mix, n, place, month, sold) for place in range(mix.choice([0, 2, 5, 9, 14]))]
    lines += list(_returns(mix, n, month, sold))
    figures = tuple(Figure(name, Fraction(mix.choice(["0", "3", "17.5", "40.005"]))) for name in random_schemes.FIGURES
                    if mix.random() < 0.9)
    return Booked(month, tuple(attendance), tuple(lots), tuple(mix.sample(lines, len(lines))), tuple(work), values,
                  tuple(_decisions(mix, n, month, people, schemes)), figures,
                  tuple(day for day in HOLIDAYS if Month.of(day) == month))


def _present(mix: random.Random, ref: str, day: date) -> Attendance:
    mark = mix.choice([Mark.ATTENDED, Mark.ATTENDED, Mark.ATTENDED, *Mark])
    return Attendance(ref, day, mix.choice([30, 60, 120, 239, 240, 300, 480]), mark)


def _worked(mix: random.Random, row: Attendance) -> Iterator[Work]:
    """Entries of a day, together no longer than the day."""
    left = row.minutes
    for place in range(mix.choice([0, 1, 2])):
        minutes = mix.choice([0, left // 2, left // 3])
        left -= minutes
        made = mix.choice([0, 1000, 3000, 7000])
        task = mix.choice(["", *random_schemes.TASKS])
        kind = mix.choice(["", "", *random_schemes.HOURS])
        yield Work(f"w{row.person}.{row.day}.{place}", row.person, row.day, kind, task, minutes,
                   mix.choice([made, made // 2000 * 1000]) if task else 0, made if task else 0, mix.choice([0, 0, 1000, 2500]))


def _day(mix: random.Random, month: Month) -> date:
    late = month.plus(-1) if mix.random() < 0.15 and month != FIRST else month
    return late.first + timedelta(days=mix.randint(0, 27) if mix.random() < 0.7 else 5)


def _lot(mix: random.Random, n: int, place: int, month: Month, people: dict[str, Person]) -> Iterator[Lot]:
    day = _day(mix, month)
    here = sorted(ref for ref, person in people.items() if person.here_on(day))
    if here:
        good = int(mix.choice([1, 2, 3, 7, 2.5]) * 1000)
        some = mix.sample(here, mix.randint(1, min(4, len(here))))
        makers = tuple(Share(ref, mix.choice([1, 1, 1, 2, 80]) * 1000) for ref in some)
        yield Lot(f"lot{n}.{place}", "" if mix.random() < 0.2 else f"P{n * 10 + place}", place + 10 * n,
                  mix.choice(random_schemes.PRODUCTS), day, good, good, makers)


def _sale(mix: random.Random, n: int, place: int, month: Month, sold: dict[str, list]) -> SaleLine:
    document, number = (f"K{n}-{place % 3}", str(place + 1)) if mix.random() < 0.8 else ("", "")
    line = SaleLine(f"s{n}.{place}", document, number, 100 * n + place, _day(mix, month),
                    mix.choice(random_schemes.PRODUCTS), "mugė",
                    int(mix.choice([1, 2, 3, 5, 0.75]) * 1000), mix.choice([1, 3, 100, 805, 1999, 7777]), mix.choice([0, 0, 1, 50]),
                    mix.choice([0, 0, 12500]), mix.choice([0, 0, 21000]))
    sold[line.key] = [line, line.quantity]
    return line


def _returns(mix: random.Random, n: int, month: Month, sold: dict[str, list]) -> Iterator[SaleLine]:
    for place, key in enumerate(sorted(sold)):
        line, left = sold[key]
        if left and mix.random() < 0.2:
            quantity = left if mix.random() < 0.5 else max(1, left // 2)
            sold[key][1] -= quantity
            day = max(line.day, month.first + timedelta(days=mix.randint(0, 27)))
            yield replace(line, key=f"b{n}.{key}", document=f"G{n}", number=str(place + 1), order=0, day=day, quantity=-quantity,
                          returns=key)


def _decisions(mix: random.Random, n: int, month: Month, people: dict[str, Person],
               schemes: tuple[dict, dict | None]) -> Iterator[Decision]:
    now, before = schemes
    for version, first in ((before, month.first), (now, now["in_force_from"])):
        keys = [part["key"] for part in version["part"] if part["kind"] == "adjustment"] if version else []
        ruled = [day for day in month.days() if first <= day and (version is now or day < now["in_force_from"])]
        for place, (ref, person) in enumerate(people.items()):
            days = [day for day in ruled if person.here_on(day)]
            for key in keys if days else ():
                if mix.random() < 0.4:
                    yield Decision(f"d{n}.{place}.{key}.{first}", ref, mix.choice(days), key,
                                   mix.choice([500, 0, -300, -1, 77]), "padėka", f"V-{place}")


class Driver(histories.Driver):
    """Carries approved months on, with what is carried in money: debts, the reserve, the funds."""

    def __init__(self, scheme, made: Workshop) -> None:
        super().__init__(scheme, made.people)
        self.carried, self.reserve = 0, made.reserve
        self.funds = tuple(Fund(key, cents) for key, cents in made.funds.items())

    def inputs(self, booked: Booked) -> Inputs:
        return replace(super().inputs(booked), carried_in=self.carried, work=booked.work, values=booked.values,
                       decisions=booked.decisions, figures=booked.figures, holidays=booked.holidays, reserve=self.reserve,
                       funds=self.funds)

    def _keep(self, inputs: Inputs, result: Result) -> None:
        super()._keep(inputs, result)
        self.carried = result.identity.carried_out
        into_funds = sum(one.after - one.before for one in result.funds)
        self.reserve += result.identity.to_reserve - result.identity.from_reserve - into_funds
        after = {one.key: one.after for one in result.funds}
        self.funds = tuple(Fund(one.key, after.get(one.key, one.cents)) for one in self.funds)
