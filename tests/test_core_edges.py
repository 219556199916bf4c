"""Edges of limits, pools, funds, bands and days: one cent, one day, nobody."""

from datetime import date

import pytest

from ledger.core.decided import Fund
from tests.books import amounts, back, day, earlier, lot, month, person, sale
from tests.schemes import limit, lines, numbers, part, scheme, told, totals, value, work

PEOPLE = [person("D1"), person("D2"), person("D3")]
ONE = PEOPLE[:1]
CAME = [day("D1", 1), day("D2", 1), day("D3", 1)]
SOLD = ([lot("P1", 1, 100)], [sale("1", 2, 100)])
SHARE = part("share", "share", 'by = "days"', payer="pool")


def days(*counts: int) -> list[object]:
    return [day(one.ref, n) for one, count in zip(PEOPLE, counts, strict=True) for n in range(1, count + 1)]


def test_a_cut_that_goes_to_the_reserve_is_not_shared_again() -> None:
    rules = scheme(SHARE, limit("top", "ceiling", 'amount = "60"\ncuts = "share"'))
    result = month(PEOPLE, *SOLD, attendance=days(8, 1, 1), scheme=rules)
    assert (totals(result), result.identity.to_reserve) == ([6000, 1000, 1000], 2000)


AGAIN = 'cuts = "share"\nreturns = "again"'


def test_what_one_alone_had_nobody_else_takes() -> None:
    rules = scheme(SHARE, limit("top", "ceiling", f'amount = "60"\n{AGAIN}'))
    result = month(PEOPLE, *SOLD, attendance=days(8, 0, 0), scheme=rules)
    assert (totals(result), result.identity.to_reserve) == ([6000, 0, 0], 4000)


def test_half_a_cent_that_is_shared_again_goes_by_turn() -> None:
    """80, 10 and 10 under 59.99: 20.01 for two; in October 2026, month 24322, the turn among two begins with the first."""
    rules = scheme(SHARE, limit("top", "ceiling", f'amount = "59.99"\n{AGAIN}'))
    assert totals(month(PEOPLE, *SOLD, attendance=days(8, 1, 1), scheme=rules)) == [5999, 2001, 2000]


def test_only_those_the_part_is_for_take_what_is_shared_again() -> None:
    rules = scheme(
        part("share", "share", 'by = "days"\nwho = "value.in"', payer="pool"), limit("top", "ceiling", f'amount = "60"\n{AGAIN}')
    )
    values = [value("D1", "in", "1"), value("D2", "in", "1")]
    result = month(PEOPLE, *SOLD, attendance=days(8, 2, 5), values=values, scheme=rules)
    assert totals(result) == [6000, 4000, 0]


def test_a_part_of_another_month_shares_nothing_again() -> None:
    rules = scheme(
        part("share", "share", 'by = "days"\nmonths = [12]', payer="pool"),
        part("pay", "flat", 'amount = "70"'),
        limit("top", "ceiling", f'amount = "60"\n{AGAIN}'),
    )
    assert totals(month(PEOPLE, *SOLD, attendance=CAME, scheme=rules)) == [6000, 6000, 6000]


def test_what_was_shared_again_counts_for_its_part() -> None:
    """80, 10 and 10 under 60: the others have 20 of the part, which the next ceiling brings to 15."""
    rules = scheme(
        SHARE, limit("top", "ceiling", f'amount = "60"\n{AGAIN}'), limit("next", "ceiling", 'amount = "15"\non = "share"')
    )
    result = month(PEOPLE, *SOLD, attendance=days(8, 1, 1), scheme=rules)
    assert [lines(result, "D2")[-1], totals(result)] == [("next", "limit", -500, "reserve"), [1500, 1500, 1500]]


def test_what_was_carried_pays_first_for_what_came_back() -> None:
    """50.00 came back, 30.00 were carried in: nothing is left to divide and the reserve bears 20.00."""
    was = earlier(sale("old", 1, 50), amounts(5000), ("P1", 50))
    made = [lot("P1", 1, 50, left=0)]
    result = month(ONE, made, [back("2", "old", 3, 50)], earlier=[was], carried_in=3000, attendance=CAME[:1], scheme=scheme(SHARE))
    assert (totals(result), result.identity.from_reserve) == ([0], 2000)


def test_a_budget_of_nothing_gives_nothing() -> None:
    rules = scheme('[pool]\nsource = "budget"\namount = "0"', part("pay", "flat", 'amount = "5"', payer="pool"))
    result = month(ONE, attendance=CAME[:1], carried_in=500, scheme=rules)
    assert (result.identity.from_budget, result.identity.carried_out, result.identity.from_reserve) == (0, 0, 0)


def test_one_cent_of_a_fund_is_paid() -> None:
    fund = '[[fund]]\nkey = "gifts"\nlabel = "Fondas"\n'
    rules = scheme(fund, part("gift", "flat", 'amount = "0.01"', payer="gifts"))
    result = month(ONE, attendance=CAME[:1], funds=[Fund("gifts", 10)], scheme=rules)
    assert [(one.fed, one.paid, one.after) for one in result.funds] == [(0, 1, 9)]


@pytest.mark.parametrize("last", [date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 2)])
def test_who_leaves_after_the_month_has_all_of_it(last: date) -> None:
    rules = scheme(part("sum", "flat", 'amount = "31"\nleaver = "days"'))
    result = month([person("D1", ended=last)], attendance=CAME[:1], scheme=rules)
    assert (totals(result), "part_days" in numbers(result, "D1")) == ([3100], False)


def test_a_rate_of_the_pool_that_nobody_has_a_key_for_is_nothing() -> None:
    rules = scheme(part("hours", "per_hour", 'from_pool = { by = "points" }', payer="pool"))
    assert told(month(ONE, *SOLD, attendance=CAME[:1], scheme=rules), "D1") == [
        ("hours", "per_hour", 0, "pool", "0", {
            "pot": "10000", "keys": "0", "rate_exact": "0", "rate": "0", "rate1_hours": "4", "rate1_kind": "", "rate1_cents": "0",
        }),
    ]


def test_above_the_last_of_three_points_and_on_each() -> None:
    body = 'on = "value.own"\npoint = [{ at = "1", gives = "3" }, { at = "2", gives = "7" }, { at = "4", gives = "2" }]'
    for own, cents in (("0", 300), ("1", 300), ("1.5", 500), ("2", 700), ("3", 450), ("4", 200), ("9", 200)):
        result = month(ONE, attendance=CAME[:1], values=[value("D1", "own", own)], scheme=scheme(part("more", "top_up", body)))
        assert totals(result) == [cents]


def test_two_weekend_days_of_a_band_are_two() -> None:
    """The 10th and 11th of October 2026 are a Saturday and a Sunday: three days of 4.00, two of them twice."""
    rules = scheme(part("days", "per_day", 'weekend = "2"\nband = [{ from_hours = "1", amount = "4" }]'))
    result = month(ONE, attendance=[day("D1", 10), day("D1", 11), day("D1", 12)], scheme=rules)
    assert (totals(result), numbers(result, "D1")["weekend_days"], numbers(result, "D1")["band1_weekend"]) == ([2000], 2, 2)


def test_made_at_a_task_by_one_person() -> None:
    """Quality looks at the person's own pieces of the task: 3 of 4, not those of another task or person."""
    body = 'amount = "8"\nquality = "1"\n[[part.task]]\ntask = "a"\nnorm = "4"'
    done = [
        work("D1", 1, task="a", minutes=60, good=3, made=4),
        work("D1", 1, task="b", minutes=60, good=1, made=9),
        work("D2", 1, task="a", minutes=60, good=1, made=7),
    ]
    result = month(PEOPLE[:2], attendance=CAME[:2], work=done, scheme=scheme(part("rated", "rated", body)))
    assert (numbers(result, "D1")["rating"], numbers(result, "D2")["rating"]) == ("3/4", "1/7")


def test_time_without_anything_made_is_rated_nothing() -> None:
    body = 'amount = "8"\nquality = "0.5"\n[[part.task]]\ntask = "a"\nnorm = "4"'
    done = [work("D1", 1, task="a", minutes=60)]
    assert totals(month(ONE, attendance=CAME[:1], work=done, scheme=scheme(part("rated", "rated", body)))) == [0]


def test_what_waits_for_a_lot_is_not_in_a_pool_with_a_payout_share() -> None:
    """Half of 100.00 waits: of the other 50.00 half is paid out."""
    rules = scheme('[pool]\npayout_share = "50"', SHARE)
    result = month(ONE, [lot("P1", 1, 50)], [sale("1", 2, 100)], attendance=CAME[:1], scheme=rules)
    assert (totals(result), result.identity.unassigned, result.identity.to_reserve) == ([2500], 5000, 2500)
