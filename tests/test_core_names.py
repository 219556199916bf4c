"""Every name that formulas know, counted by hand for two people of a month."""

from datetime import date
from fractions import Fraction

import pytest

from ledger.core.measures import Measures, Span
from ledger.core.production import Mark, YearSoFar
from tests.books import day, lot, month, person, sale
from tests.schemes import decision, figure, numbers, part, scheme, totals, value, work

# October 2026 begins on a Thursday; 22 of its days are Mondays to Fridays
STAYS, LEFT = person("D1"), person("D2", date(2026, 10, 5), date(2026, 10, 20))
ROWS = [
    *(day("D1", n, minutes) for n, minutes in ((1, 240), (2, 90), (5, 60), (19, 45))),
    *(day("D1", n, 0, Mark.EXCUSED) for n in (6, 7)),
    *(day("D1", n, 0, Mark.ILL) for n in (8, 9, 12)),
    *(day("D1", n, 0, Mark.UNEXCUSED) for n in (13, 14, 15, 16)),
    day("D2", 20, 60),
]
WORK = [
    work("D1", 1, kind="training", minutes=30, points=2),
    work("D1", 2, kind="waiting", minutes=15, points=1.5),
    work("D1", 2, kind="production", minutes=60),
    work("D1", 5, minutes=30, task="cutting", good=7, made=9),
    work("D1", 19, kind="training", minutes=20, task="cutting", good=1, made=1),
    work("D2", 20, kind="training", minutes=90, task="folding", good=4, made=4),
]
LOTS = [
    lot("P1", 1, 10, "D1:3", "D2:1"), lot("P2", 2, 6, "D1"), lot("P3", 3, 4, "D1", product="B"), lot("P4", date(2026, 9, 30), 9),
]
YEAR = [YearSoFar("D1", 10, 600, 5000), YearSoFar("D1", 1, 30, 500)]
VALUES = [value("D1", "level", "1.5"), value("D1", "word", "A"), value("D1", "level", "9", 2), value("D2", "late", "4", 8)]
NAMES = ("one days days.excused days.ill days.unexcused days.calendar days.working weeks hours hours.training hours.waiting "
         "hours.production points year.days year.hours year.points units units.A units.B made.cutting made.folding time.cutting "
         "time.folding traced value.level value.word value.late value.none part.first so_far ref.wage month.costs month.none "
         "people")


def counted(ref: str) -> dict[str, str]:
    """The number of every name for one person, as a line tells it."""
    amount = '[[amount]]\nkey = "wage"\nvalue = [{ from = 2026-01-01, amount = "8.5" }]\n'
    names, parts = NAMES.split(), []
    for n in range(0, len(names), 7):
        parts.append(part(f"p{n}", "flat", f'amount = "0 * ({" + ".join(names[n:n + 7])})"\npresence = "here"'))
    rules = scheme(amount, part("first", "flat", 'amount = "2.25"\npresence = "here"'), *parts)
    result = month(
        [STAYS, LEFT], LOTS, [sale("1", 5, 8)], attendance=ROWS, work=WORK, values=VALUES, year=YEAR,
        figures=[figure("costs", "12.5"), figure("costs", "1")], holidays=[date(2026, 10, 6), date(2026, 10, 10)], scheme=rules)
    found = {}
    for place in range(1, len(parts) + 1):
        found |= {name[1:]: number for name, number in numbers(result, ref, place).items() if name.startswith("=")}
    return found


def test_every_name_of_one_who_stays() -> None:
    """The sale of 8 is of the oldest lot, which D1 made alone. Production is 7.25 hours less training and waiting."""
    assert counted("D1") == {
        "one": "1", "days": "4", "days.excused": "2", "days.ill": "3", "days.unexcused": "4", "days.calendar": "31",
        "days.working": "21", "weeks": "3", "hours": "29/4", "hours.training": "5/6", "hours.waiting": "1/4",
        "hours.production": "37/6", "points": "7/2", "year.days": "15", "year.hours": "71/4", "year.points": "9", "units": "35/2",
        "units.A": "27/2", "units.B": "4", "made.cutting": "8", "made.folding": "0", "time.cutting": "5/6", "time.folding": "0",
        "traced": "8", "value.level": "3/2", "value.word": "0", "value.late": "0", "value.none": "0", "part.first": "9/4",
        "so_far": "9/4", "ref.wage": "17/2", "month.costs": "27/2", "month.none": "0", "people": "2",
    }


def test_every_name_of_one_who_came_and_left_within_the_month() -> None:
    assert counted("D2") == {
        "one": "1", "days": "1", "days.excused": "0", "days.ill": "0", "days.unexcused": "0", "days.calendar": "16",
        "days.working": "11", "weeks": "1", "hours": "1", "hours.training": "3/2", "hours.waiting": "0", "hours.production": "0",
        "points": "0", "year.days": "1", "year.hours": "1", "year.points": "0", "units": "5/2", "units.A": "5/2", "units.B": "0",
        "made.cutting": "0", "made.folding": "4", "time.cutting": "0", "time.folding": "3/2", "traced": "0", "value.level": "0",
        "value.word": "0", "value.late": "4", "value.none": "0", "part.first": "9/4", "so_far": "9/4", "ref.wage": "17/2",
        "month.costs": "27/2", "month.none": "0", "people": "2",
    }


def test_what_a_person_had_no_part_of_is_nothing() -> None:
    rules = scheme(part("some", "flat", 'amount = "5"\nwho = "value.in"'), part("twice", "flat", 'amount = "part.some * 2"'))
    result = month([STAYS, person("D3")], attendance=[day("D1", 1), day("D3", 1)], values=[value("D1", "in", "1")], scheme=rules)
    assert totals(result) == [1500, 0]


def test_who_left_before_is_not_here_at_all() -> None:
    span = Span(date(2026, 10, 1), date(2026, 11, 1))
    lasts = (None, date(2026, 10, 5), date(2026, 10, 31), date(2026, 12, 1))
    assert [span.here(person("D1", date(2026, 10, 5), last)) for last in lasts] == [27, 1, 27, 27]
    assert [span.here(person("D1", date(2026, 11, 1))), span.here(person("D1", ended=date(2026, 9, 30)))] == [0, 0]


def test_a_name_that_nobody_counts_is_no_name() -> None:
    span = Span(date(2026, 10, 1), date(2026, 11, 1))
    measures = Measures(span, [STAYS], [], [], [], [], [], (), {}, Fraction(0), {})
    with pytest.raises(KeyError, match="wonders"):
        measures.of("wonders", "D1")
    assert measures.group("ref.none") == 0


def test_two_values_of_one_day_count_the_same_in_any_order() -> None:
    rules = scheme(part("sum", "flat", 'amount = "value.own"'))
    values = [value("D1", "own", "5"), value("D1", "own", "3")]
    for rows in (values, values[::-1]):
        assert totals(month([STAYS], attendance=[day("D1", 1)], values=rows, scheme=rules)) == [500]


def test_a_part_of_another_month_carries_nothing() -> None:
    rules = scheme(part("gift", "flat", 'amount = "1"\nmonths = [12]', payer="pool"), part("back", "adjustment", payer="pool"))
    result = month([STAYS], [lot("P1", 1, 5)], [sale("1", 2, 5)], decisions=[decision("D1", "back", 100)], scheme=rules)
    assert (result.identity.carried_out, result.identity.to_reserve) == (0, 400)
