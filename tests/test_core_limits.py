"""Ceilings and floors: on the total or a part, the same or by class, and where a cut goes."""

import pytest

from tests.books import day, lot, month, person, sale
from tests.schemes import limit, lines, part, scheme, totals, value

PEOPLE = [person("D1"), person("D2"), person("D3")]
CAME = [day("D1", 1), day("D2", 1), day("D3", 1)]
PAY = part("pay", "flat", 'amount = "value.pay"')
VALUES = [value("D1", "pay", "100"), value("D2", "pay", "50"), value("D3", "pay", "10")]


def paid(*sections: str, **more: object) -> object:
    return month(PEOPLE, attendance=CAME, values=[*VALUES, *more.pop("values", [])], scheme=scheme(*sections), **more)


def test_a_ceiling_by_class_leaves_alone_who_has_none() -> None:
    body = 'by_class = "level"\n[[limit.class]]\nis = "A"\namount = "60"\n[[limit.class]]\nis = "B"\namount = "20.50"'
    result = paid(PAY, limit("top", "ceiling", body), values=[value("D1", "level", "A"), value("D2", "level", "B")])
    assert totals(result) == [6000, 2050, 1000]


def test_a_ceiling_that_is_a_share_of_a_dated_amount() -> None:
    wage = '[[amount]]\nkey = "minimum"\nvalue = [{ from = 2026-01-01, amount = "1038" }]\n'
    result = paid(wage, part("pay", "flat", 'amount = "300"'), limit("top", "ceiling", 'amount = "ref.minimum * 0.2"'))
    assert totals(result) == [20760, 20760, 20760]


@pytest.mark.parametrize(("returns", "reserve", "budget"), [("reserve", 4000, 16000), ("source", 0, 12000)])
def test_where_a_cut_goes(returns: str, reserve: int, budget: int) -> None:
    result = paid(PAY, limit("top", "ceiling", f'amount = "60"\nreturns = "{returns}"'))
    assert (result.identity.to_reserve, result.identity.from_budget) == (reserve, budget)


def test_a_cut_may_feed_a_fund() -> None:
    fund = '[[fund]]\nkey = "gifts"\nlabel = "Fondas"\n'
    result = paid(fund, PAY, limit("top", "ceiling", 'amount = "60"\nreturns = "gifts"'))
    assert (result.funds[0].after, result.identity.to_reserve) == (4000, 4000)


def test_a_ceiling_on_one_part_leaves_the_others() -> None:
    result = paid(PAY, part("more", "flat", 'amount = "70"'), limit("top", "ceiling", 'amount = "60"\non = "pay"'))
    assert totals(result) == [13000, 12000, 8000]


def test_a_floor_lifts_the_total_of_who_came() -> None:
    result = month(
        PEOPLE, attendance=CAME[1:], values=VALUES, scheme=scheme(PAY, limit("least", "floor", 'amount = "60"\npayer = "budget"'))
    )
    assert totals(result) == [0, 6000, 6000]
    assert lines(result, "D3") == [("pay", "flat", 1000, "budget"), ("least", "floor", 5000, "budget")]


def test_a_floor_under_one_part_and_by_class() -> None:
    body = 'by_class = "level"\non = "pay"\n[[limit.class]]\nis = "A"\namount = "60"'
    result = paid(PAY, part("more", "flat", 'amount = "70"'), limit("least", "floor", body), values=[value("D2", "level", "A")])
    assert totals(result) == [17000, 13000, 8000]


def test_a_weekly_floor_counts_the_weeks_with_an_attended_day() -> None:
    rows = [day("D1", 1), day("D1", 2), day("D1", 5), day("D1", 19)]
    rules = scheme(part("pay", "flat", 'amount = "1"'), limit("least", "floor", 'amount = "20 * weeks"'))
    assert totals(month(PEOPLE[:1], attendance=rows, scheme=rules)) == [6000]


SHARE = part("share", "share", 'by = "days"', payer="pool")


def shared(euros: int, top: str, days: tuple[int, int, int]) -> object:
    rows = [day(one.ref, n) for one, count in zip(PEOPLE, days, strict=True) for n in range(1, count + 1)]
    body = f'amount = "{top}"\ncuts = "share"\nreturns = "again"'
    return month(
        PEOPLE, [lot("P1", 1, euros)], [sale("1", 2, euros)], attendance=rows, scheme=scheme(SHARE, limit("top", "ceiling", body))
    )


def test_what_is_cut_is_shared_again_until_nobody_is_over() -> None:
    """100 by 8, 1 and 1 days: 80, 10, 10; over 60 are 20, which the others get half and half."""
    result = shared(100, "60", (8, 1, 1))
    assert totals(result) == [6000, 2000, 2000]
    assert [line[:3] for line in lines(result, "D2")] == [("share", "share", 1000), ("top", "again", 1000)]


def test_sharing_again_goes_on_when_somebody_else_comes_over() -> None:
    """100 by 6, 3 and 1: 60, 30, 10; over 35 are 25: 18.75 and 6.25, D2 is over by 13.75, which D3 gets."""
    assert totals(shared(100, "35", (6, 3, 1))) == [3500, 3500, 3000]


def test_what_nobody_can_take_stays_with_who_pays() -> None:
    result = shared(100, "30", (6, 3, 1))
    assert (totals(result), result.identity.to_reserve) == ([3000, 3000, 3000], 1000)


def test_totals_are_rounded_and_the_reserve_bears_the_difference() -> None:
    result = month(
        PEOPLE,
        attendance=CAME,
        values=VALUES[:2],
        scheme=scheme('[total]\nmode = "up"\nstep = "0.05"\n', part("pay", "flat", 'amount = "1.01"')),
    )
    assert (totals(result), lines(result, "D1")[1], result.identity.from_reserve) == (
        [105] * 3,
        ("rounding", "rounding", 4, "reserve"),
        12,
    )


def test_limits_come_before_deductions_and_the_rounding_of_totals() -> None:
    tax = part("tax", "withheld", 'rate = "10"\nbasis = "GPMĮ"', payer="")
    result = paid('[total]\nmode = "down"\nstep = "1"\n', PAY, tax, limit("top", "ceiling", 'amount = "60.50"'))
    assert [line[:3] for line in lines(result, "D1")] == [
        ("pay", "flat", 10000),
        ("top", "limit", -3950),
        ("tax", "withheld", -605),
        ("rounding", "rounding", -45),
    ]
