"""The pool of a month: costs, payout share, reserve with its cap, what happens when it is too little, funds, what is carried."""

from datetime import date

import pytest

from ledger.core.decided import Fund
from ledger.core.production import Mark
from ledger.core.stipends import Result
from tests.books import amounts, back, day, earlier, lot, month, person, sale
from tests.schemes import decision, figure, lines, part, scheme, totals, value

PEOPLE = [person("D1"), person("D2")]
CAME = [day("D1", 1), day("D2", 1)]


def sold(euros: int) -> tuple[list[object], list[object]]:
    """D1 made what was sold for so many euros."""
    return [lot("P1", 1, euros)], [sale("1", 2, euros)]


def share(body: str = 'by = "one"', payer: str = "pool") -> str:
    return part("share", "share", body, payer=payer)


WVO = '[pool]\npayout_share = "70"\ncosts = "month.costs"\n[pool.reserve]\nmonth_pay = "250"\ncap_months = "6"\nfull = "%s"\n'


def wvo(full: str, reserve: int = 50000, costs: str = "4000") -> Result:
    made, sales = [lot("P1", 1, 10000)], [sale("1", 2, 10000)]
    return month(
        PEOPLE, made, sales, attendance=CAME, figures=[figure("costs", costs)], reserve=reserve, scheme=scheme(WVO % full, share())
    )


def test_seventy_percent_are_paid_out_and_the_reserve_takes_six_months_pay() -> None:
    """Returns 10 000, costs 4 000: 4 200 paid out, the reserve goes from 500 to 1 500, 800 are carried to renewal."""
    result = wvo("carried")
    assert result.pool is not None
    assert (result.pool.result, result.pool.paid, result.pool.reserve_after) == (600000, 420000, 150000)
    assert (result.identity.carried_out, result.identity.to_reserve, result.identity.deducted) == (80000, 100000, 400000)


def test_what_a_full_reserve_cannot_hold_may_be_paid_out() -> None:
    result = wvo("paid_out")
    assert result.pool is not None
    assert (sum(totals(result)), result.pool.reserve_after, result.identity.carried_out) == (500000, 150000, 0)


def test_a_reserve_over_its_cap_takes_nothing_more() -> None:
    result = wvo("carried", reserve=200000)
    assert result.pool is not None
    assert (result.pool.reserve_after, result.identity.carried_out) == (200000, 180000)


def test_costs_that_the_sales_do_not_cover_are_the_workshops() -> None:
    result = wvo("carried", costs="12000")
    assert (totals(result), result.identity.deducted, result.identity.from_reserve) == ([0, 0], 1000000, 0)


def test_a_fixed_sum_out_of_the_sales() -> None:
    result = month(PEOPLE, *sold(100), attendance=CAME, scheme=scheme('[pool]\nsource = "fixed"\namount = "30"', share()))
    assert (totals(result), result.identity.to_reserve, result.identity.from_budget) == ([1500, 1500], 7000, 0)


def test_a_sum_that_the_budget_gives() -> None:
    result = month(PEOPLE, *sold(100), attendance=CAME, scheme=scheme('[pool]\nsource = "budget"\namount = "30"', share()))
    assert (totals(result), result.identity.to_reserve, result.identity.from_budget) == ([1500, 1500], 10000, 3000)


@pytest.mark.parametrize(("source", "sums", "unassigned"), [("traced", [2500, 2500], 5000), ("sales", [5000, 5000], 0)])
def test_what_no_lot_covers_waits_or_is_divided(source: str, sums: list[int], unassigned: int) -> None:
    result = month(
        PEOPLE, [lot("P1", 1, 50)], [sale("1", 2, 100)], attendance=CAME, scheme=scheme(f'[pool]\nsource = "{source}"', share())
    )
    assert (totals(result), result.identity.unassigned, result.lines[0].unassigned) == (sums, unassigned, unassigned)


SHORT = part("pay", "flat", 'amount = "80"', payer="pool")


@pytest.mark.parametrize(
    ("rule", "reserve", "sums", "from_reserve", "from_budget"),
    [
        ("reserve", 0, [8000, 8000], 6000, 0),
        ("budget", 0, [8000, 8000], 0, 6000),
        ("cut", 9900, [5000, 5000], 0, 0),
        ("reserve_then_cut", 2001, [6000, 6001], 2001, 0),
        ("reserve_then_cut", 6000, [8000, 8000], 6000, 0),
        ("reserve_then_cut", -500, [5000, 5000], 0, 0),
    ],
)
def test_when_the_pool_is_too_little(rule: str, reserve: int, sums: list[int], from_reserve: int, from_budget: int) -> None:
    result = month(PEOPLE, *sold(100), attendance=CAME, reserve=reserve, scheme=scheme(f'[pool]\nshortfall = "{rule}"', SHORT))
    assert sorted(totals(result)) == sums
    assert (result.identity.from_reserve, result.identity.from_budget) == (from_reserve, from_budget)


def test_a_shortfall_has_its_line_with_what_was_asked_and_what_was_there() -> None:
    result = month(PEOPLE, *sold(100), attendance=CAME, scheme=scheme('[pool]\nshortfall = "cut"', SHORT))
    line = result.people[0].lines[-1]
    assert (line.kind, line.cents, line.payer, line.numbers["asked"], line.numbers["all"], line.numbers["there"]) == (
        "shortfall",
        -3000,
        "pool",
        8000,
        16000,
        10000,
    )


def test_what_somebody_gives_back_is_there_for_the_others() -> None:
    """60 in the pool, D1 gives back 10, D2 asked for 80 and gets 70."""
    rules = scheme(
        '[pool]\nshortfall = "cut"',
        part("pay", "flat", 'amount = "80"\nwho = "value.pay"', payer="pool"),
        part("goods", "adjustment", payer="pool"),
    )
    result = month(
        PEOPLE,
        *sold(60),
        attendance=CAME,
        decisions=[decision("D1", "goods", -1000)],
        values=[value("D2", "pay", "1")],
        scheme=rules,
    )
    assert (lines(result, "D2")[-1], lines(result, "D1")[0]) == (
        ("shortfall", "shortfall", -1000, "pool"),
        ("goods", "adjustment", -1000, "pool"),
    )


def test_what_parts_leave_goes_to_the_reserve_or_is_carried() -> None:
    pays = part("pay", "flat", 'amount = "10"', payer="pool")
    kept = month(PEOPLE, *sold(100), attendance=CAME, scheme=scheme(pays))
    carried = month(PEOPLE, *sold(100), attendance=CAME, scheme=scheme('[pool]\nleft = "carried"', pays))
    assert (kept.identity.to_reserve, kept.identity.carried_out) == (8000, 0)
    assert (carried.identity.to_reserve, carried.identity.carried_out) == (0, 8000)


def test_what_was_carried_is_divided_with_the_next_pool() -> None:
    result = month(PEOPLE, *sold(100), attendance=CAME, carried_in=500, scheme=scheme('[pool]\nleft = "carried"', share()))
    assert (sum(totals(result)), result.identity.carried_out) == (10500, 0)


# ---------- funds ----------

FUND = '[[fund]]\nkey = "gifts"\nlabel = "Kalėdų fondas"\n'
FED = part("pay", "flat", 'amount = "22"\nabsence = { unexcused_off = "1/22", cut_to = "gifts" }')
PAID = part("gift", "share", 'by = "days"\nmonths = [%s]', payer="gifts")


def test_a_fund_is_fed_by_absences_and_waits_for_its_month() -> None:
    rows = [*CAME, day("D2", 5, 0, Mark.UNEXCUSED), day("D2", 6, 0, Mark.UNEXCUSED)]
    result = month(PEOPLE, attendance=rows, funds=[Fund("gifts", 1000)], scheme=scheme(FUND, FED, PAID % "12"))
    assert (totals(result), result.identity.from_budget, result.identity.to_reserve) == ([2200, 2000], 4400, 200)
    assert [(one.key, one.before, one.fed, one.paid, one.after) for one in result.funds] == [("gifts", 1000, 200, 0, 1200)]


def test_a_fund_is_paid_out_in_its_month() -> None:
    rows = [*CAME, day("D1", 2), day("D1", 3)]
    result = month(PEOPLE, attendance=rows, funds=[Fund("gifts", 1000)], scheme=scheme(FUND, PAID % "10"))
    assert (totals(result), result.identity.from_reserve, result.funds[0].after) == ([750, 250], 1000, 0)


def test_a_fund_that_has_too_little_is_topped_up_by_the_reserve() -> None:
    pays = part("gift", "flat", 'amount = "10"', payer="gifts")
    result = month(PEOPLE, attendance=CAME, funds=[Fund("gifts", 1500)], reserve=9000, scheme=scheme("[pool]\n", FUND, pays))
    assert (totals(result), result.funds[0].after, result.identity.from_reserve) == ([1000, 1000], 0, 2000)


def test_the_reserve_and_its_funds_are_kept_apart() -> None:
    rows = [*CAME, day("D2", 5, 0, Mark.UNEXCUSED)]
    rules = scheme('[pool]\npayout_share = "90"', FUND, FED, share())
    result = month(PEOPLE, *sold(100), attendance=rows, reserve=500, scheme=rules)
    assert result.pool is not None
    assert (result.pool.reserve_after, result.funds[0].after, result.identity.to_reserve) == (1500, 100, 1100)


def test_a_fund_of_an_earlier_scheme_keeps_what_it_has() -> None:
    result = month(PEOPLE, attendance=CAME, funds=[Fund("old", 700)], scheme=scheme(part("pay", "flat", 'amount = "1"')))
    assert [(one.key, one.after) for one in result.funds] == [("old", 700)]


# ---------- odd months ----------


def test_a_month_without_participants_pays_nobody() -> None:
    result = month([], scheme=scheme(share()))
    assert (result.people, result.identity.stipends) == ((), 0)


def test_a_month_without_sales_divides_nothing() -> None:
    result = month(PEOPLE, attendance=CAME, scheme=scheme(share()))
    assert (totals(result), [line.quota for line in result.people[0].lines]) == ([0, 0], [0])


def test_more_came_back_than_was_sold_leaves_a_pool_of_nothing_and_the_reserve_bears_it() -> None:
    old = sale("old", 1, 50)
    was = earlier(old, amounts(5000), ("P1", 50))
    result = month(
        PEOPLE,
        [lot("P1", 1, 60, left=10)],
        [sale("1", 2, 10), back("2", "old", 3, 50)],
        earlier=[was],
        attendance=CAME,
        scheme=scheme("[pool]\n", share()),
    )
    assert (totals(result), result.identity.from_reserve) == ([0, 0], 4000)


def test_one_cent_for_sixty_people_goes_to_one_whose_turn_it_is() -> None:
    people = [person(f"D{n}") for n in range(1, 61)]
    rows = [day(one.ref, 1) for one in people]
    result = month(people, [lot("P1", 1, 1)], [sale("1", 2, 1, 1)], attendance=rows, scheme=scheme(share()))
    turn = (12 * 2026 + 10) % 60
    assert [one.person for one in result.people if one.total] == [f"D{turn + 1}"]
    assert [one.lines[0].numbers["why"] for one in result.people].count("tie_lost") == 59


def test_who_left_has_no_share_of_the_month_but_their_goods_are_theirs() -> None:
    gone = person("D1", ended=date(2026, 9, 10))
    rules = scheme(part("goods", "traced", 'portion = "50"', payer="pool"), share())
    result = month(
        [gone, person("D2")],
        [lot("P1", date(2026, 9, 1), 100, left=100)],
        [sale("1", 2, 100)],
        attendance=[day("D2", 1)],
        scheme=rules,
    )
    assert (lines(result, "D1"), totals(result)) == (
        [("goods", "traced", 5000, "pool"), ("share", "share", 0, "pool")],
        [5000, 5000],
    )


def test_goods_whose_makers_all_left_long_ago_go_to_the_pool_of_the_others() -> None:
    gone = person("D1", ended=date(2025, 9, 10))
    rules = scheme(part("goods", "traced", 'portion = "50"', payer="pool"), share())
    result = month(
        [gone, person("D2")],
        [lot("P1", date(2025, 9, 1), 100, left=100)],
        [sale("1", 2, 100)],
        attendance=[day("D2", 1)],
        scheme=rules,
    )
    assert [(one.person, one.total) for one in result.people] == [("D2", 10000)]
    assert [row.counts for row in result.traced] == [False]
