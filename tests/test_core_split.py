"""A version of the rules that begins inside a month: each version's parts work its own days, the month's end rules the rest."""

from dataclasses import replace
from datetime import date

from ledger.core.production import Mark
from ledger.core.schemes import Scheme
from tests.books import day, lot, month, person, sale
from tests.schemes import decision, limit, lines, numbers, part, scheme, totals, value

ONE = [person("D1")]
PEOPLE = [person("D1"), person("D2")]


def both(before: Scheme, after: Scheme, since: int = 11) -> Scheme:
    """The month of 31 days with 10 days under the first version and 21 under the second."""
    return replace(after, in_force_from=date(2026, 10, since)).after(before)


def per_day(amount: str, key: str = "days") -> str:
    return part(key, "per_day", f'band = [{{ from_hours = "4", amount = "{amount}" }}]')


def test_days_are_paid_by_the_version_of_their_day() -> None:
    rows = [day("D1", 9), day("D1", 10), day("D1", 11)]
    result = month(ONE, attendance=rows, scheme=both(scheme(per_day("1")), scheme(per_day("5"))))
    assert [line[:3] for line in lines(result, "D1")] == [("days", "per_day", 200), ("days", "per_day", 500)]


def test_sums_of_the_month_count_by_calendar_days() -> None:
    rules = both(scheme(part("sum", "flat", 'amount = "31"')), scheme(part("sum", "flat", 'amount = "62"')))
    assert totals(month(ONE, attendance=[day("D1", 1), day("D1", 20)], scheme=rules)) == [1000 + 4200]


def test_a_joiner_of_the_second_part_has_its_days_only() -> None:
    rules = both(
        scheme(part("sum", "flat", 'amount = "31"\njoiner = "days"')), scheme(part("sum", "flat", 'amount = "31"\njoiner = "days"'))
    )
    assert totals(month([person("D1", date(2026, 10, 22))], attendance=[day("D1", 25)], scheme=rules)) == [1000]


def test_absences_of_each_part_are_its_own() -> None:
    text = 'amount = "31"\npresence = "here"\nabsence = { unexcused_off = "1/2" }'
    rows = [day("D1", 3, 0, Mark.UNEXCUSED), day("D1", 12)]
    rules = both(scheme(part("sum", "flat", text)), scheme(part("sum", "flat", text)))
    assert [line[2] for line in lines(month(ONE, attendance=rows, scheme=rules), "D1")] == [1000, -500, 2100]


def test_goods_are_paid_by_the_version_of_the_day_of_their_sale() -> None:
    sold = [sale("1", 10, 20), sale("2", 11, 20)]
    goods = [part("goods", "traced", f'portion = "{portion}"', payer="pool") for portion in (100, 50)]
    result = month(ONE, [lot("P1", 1, 40)], sold, scheme=both(scheme(goods[0]), scheme(goods[1])))
    assert [line[2] for line in lines(result, "D1")] == [2000, 1000]


def test_the_first_version_takes_its_part_of_what_is_left_and_the_last_takes_the_rest() -> None:
    """31 euros: 10 days' worth by days of the first part, the other 21 by points of the second."""
    early = scheme(part("share", "share", 'by = "days"', payer="pool"))
    late = scheme(part("share", "share", 'by = "value.level"', payer="pool"))
    rows = [day("D1", 1), day("D2", 2), day("D1", 12), day("D2", 13)]
    values = [value("D1", "level", "2"), value("D2", "level", "1")]
    result = month(PEOPLE, [lot("P1", 1, 31)], [sale("1", 2, 31)], attendance=rows, values=values, scheme=both(early, late))
    assert [[line[2] for line in lines(result, one)] for one in ("D1", "D2")] == [[500, 1400], [500, 700]]
    assert [numbers(result, "D1", place)["key"] for place in (0, 1)] == ["1", "2"]  # told whole: the pot is divided, not the key


def test_limits_and_decisions_of_the_month() -> None:
    early = scheme(per_day("1"), part("thanks", "adjustment"), limit("top", "ceiling", 'amount = "1"'))
    late = scheme(per_day("5"), part("thanks", "adjustment"), limit("top", "ceiling", 'amount = "6"'))
    decided = [decision("D1", "thanks", 100, 5), decision("D1", "thanks", 300, 25)]
    result = month(ONE, attendance=[day("D1", 1), day("D1", 12)], decisions=decided, scheme=both(early, late))
    assert (totals(result), [line[2] for line in lines(result, "D1")]) == ([600], [100, 100, 500, 300, -400])


def test_a_value_counts_from_the_first_day_of_each_part() -> None:
    values = [value("D1", "own", "31", 1), value("D1", "own", "62", 11)]
    text = scheme(part("sum", "flat", 'amount = "value.own"'))
    result = month(ONE, attendance=[day("D1", 1), day("D1", 20)], values=values, scheme=both(text, text))
    assert totals(result) == [1000 + 4200]


def test_a_version_from_the_first_day_rules_the_whole_month() -> None:
    result = month(ONE, attendance=[day("D1", 1)], scheme=both(scheme(per_day("1")), scheme(per_day("5")), since=1))
    assert totals(result) == [500]
