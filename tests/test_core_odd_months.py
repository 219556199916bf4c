"""Months that are out of the ordinary: two versions of a scheme in one month, rows that contradict each other, pots of funds."""

from dataclasses import asdict, replace
from datetime import date

import pytest

from ledger.core.debts import Debt
from ledger.core.decided import Fund
from ledger.core.faults import Refused
from ledger.core.periods import Month
from ledger.core.production import Mark
from ledger.core.schemes import Scheme
from tests.books import amounts, day, earlier, lot, month, person, sale
from tests.schemes import decision, figure, limit, lines, part, scheme, told, totals, value

PEOPLE = [person("D1"), person("D2"), person("D3")]
ONE = PEOPLE[:1]
CAME = [day("D1", 1), day("D2", 1), day("D3", 1)]
OLD, OLD_LOT = earlier(sale("old", 1, 1), amounts(100), ("P9", 1)), lot("P9", 1, 1, left=0)


def sold(euros: int, price: int = 100) -> tuple[list[object], list[object]]:
    return [lot("P1", 1, euros)], [sale("1", 2, euros, price)]


def both(before: Scheme, after: Scheme, since: date = date(2026, 10, 11)) -> Scheme:
    return replace(after, in_force_from=since).after(before)


# ---------- rows that contradict each other ----------


@pytest.mark.parametrize(
    ("more", "code", "values"),
    [
        ({"people": [ONE[0], ONE[0]]}, "row_twice", {"kind": "person", "key": "D1"}),
        ({"lots": [lot("P2", 1, 1), lot("P2", 2, 1)]}, "row_twice", {"kind": "lot", "key": "P2"}),
        ({"lines": [sale("old", 5, 1)], "earlier": [OLD], "lots": [OLD_LOT]}, "row_twice", {"kind": "line", "key": "old"}),
        ({"attendance": [day("D1", 1), day("D1", 1, 60)]}, "row_twice", {"kind": "attendance", "key": "D1 2026-10-01"}),
        ({"lots": [replace(lot("P1", 1, 1, number="7"), makers=())]}, "no_makers", {"lot": "7"}),
        ({"lines": [replace(sale("1", 5, 1, document="K7"), quantity=0)]}, "return_form", {"text": "K7/1"}),
        ({"lines": [replace(sale("1", 5, 1), quantity=1, returns="2")]}, "return_form", {"text": "K1/1"}),
        ({"debts": [Debt("D7", 1, Month(2026, 9))]}, "person_unknown", {"person": "D7"}),
    ],
)
def test_the_refusal_names_what_contradicts(more: dict[str, object], code: str, values: dict[str, object]) -> None:
    with pytest.raises(Refused) as refused:
        month(**{"people": ONE, **more})
    assert (refused.value.code, refused.value.values) == (code, values)


def test_the_thousandth_of_a_piece_may_be_sold() -> None:
    result = month(ONE, [lot("P1", 1, 1)], [replace(sale("1", 5, 1, 100_000), quantity=1)])
    assert result.identity.realised_net == 100


# ---------- two versions ----------


def test_a_scheme_tried_on_a_month_before_it_begins_rules_all_of_it() -> None:
    early, late = scheme(part("sum", "flat", 'amount = "1"')), scheme(part("sum", "flat", 'amount = "5"'))
    for since in (date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1), date(2026, 9, 15)):
        assert told(month(ONE, attendance=CAME[:1], scheme=both(early, late, since)), "D1") == [
            ("sum", "flat", 500, "budget", "500", {"rate": "500", "part": "1"})
        ]
    alone = replace(late, in_force_from=date(2026, 10, 11))
    assert totals(month(ONE, attendance=CAME[:1], scheme=alone)) == [500]


def test_limits_and_deductions_look_at_the_whole_month() -> None:
    """Two days in each part: a ceiling of 2.00 a day is 8.00, withheld is a tenth of what is above 1.00 a day."""
    tax = part("tax", "withheld", 'rate = "10"\nexempt = "days"\nbasis = "GPMĮ"', payer="")
    rules = scheme(part("pay", "per_hour", 'amount = "1"'), tax, limit("top", "ceiling", 'amount = "2 * days"'))
    rows = [day("D1", n) for n in (1, 2, 12, 13)]
    assert lines(month(ONE, attendance=rows, scheme=both(rules, rules)), "D1") == [
        ("pay", "per_hour", 800, "budget"),
        ("pay", "per_hour", 800, "budget"),
        ("top", "limit", -800, "reserve"),
        ("tax", "withheld", -40, "withheld"),
    ]


def test_cents_less_than_a_step_are_carried_from_both_parts() -> None:
    """Half of 62.00 by days: 10.00 and 21.00, by three in steps of 0.90: 9.90 and 20.70 are given, 0.10 and 0.30 stay."""
    body = 'by = "one"\nof = "50"\nrounding = { mode = "half_up", step = "0.90" }'
    rules = scheme(part("share", "share", body, payer="pool"))
    rows = [day(one.ref, n) for one in PEOPLE for n in (1, 12)]
    result = month(PEOPLE, *sold(62), attendance=rows, scheme=both(rules, rules))
    assert ([[line[2] for line in lines(result, one.ref)] for one in PEOPLE], result.identity.carried_out) == (
        [[270, 630], [360, 720], [360, 720]],
        40,
    )


# ---------- less than a step ----------

STEPS = part("share", "share", 'by = "one"\nof = "50"\nrounding = { mode = "half_up", step = "0.90" }', payer="pool")


def test_what_a_later_part_took_is_not_carried_too() -> None:
    """Of 20.00 half is 10.00, in steps of 0.90 it is 9.90; the rest takes all that is left, so nothing is there to carry."""
    rules = scheme(STEPS, part("rest", "share", 'by = "one"', payer="pool"))
    result = month(PEOPLE, *sold(20), attendance=CAME, scheme=rules)
    assert (sum(totals(result)), result.identity.carried_out, result.identity.from_reserve) == (2000, 0, 0)


def test_a_pool_that_was_cut_to_what_is_there_carries_nothing() -> None:
    rules = scheme('[pool]\nshortfall = "cut"', STEPS, part("pay", "flat", 'amount = "9"', payer="pool"))
    result = month(PEOPLE, *sold(20), attendance=CAME, scheme=rules)
    assert (sum(totals(result)), result.identity.carried_out, result.identity.from_reserve) == (2000, 0, 0)


def test_a_budget_gives_what_is_paid_and_nothing_to_carry() -> None:
    """A budget of 20.00: 9.90 are paid. With 3.00 carried in, half of 23.00 is 11.50, paid are 10.80; 0.70 are carried."""
    rules = scheme('[pool]\nsource = "budget"\namount = "20"', STEPS)
    results = [month(PEOPLE, attendance=CAME, carried_in=cents, scheme=rules).identity for cents in (0, 300)]
    assert [(one.from_budget, one.stipends, one.carried_out, one.to_reserve, one.from_reserve) for one in results] == [
        (990, 990, 0, 0, 0),
        (1080, 1080, 70, 230, 0),
    ]


def test_what_a_lot_covers_late_counts_on_the_first_day() -> None:
    """A line of September got a lot in October: its goods are paid by the first version."""
    old = sale("old", date(2026, 9, 5), 4)
    was = earlier(old, amounts(400), ("", 4))
    early, late = (scheme(part("goods", "traced", f'portion = "{portion}"', payer="pool")) for portion in (100, 50))
    result = month(ONE, [lot("P1", date(2026, 9, 1), 4)], [], earlier=[was], carried_in=0, scheme=both(early, late))
    assert [line[:5] for line in told(result, "D1")] == [
        ("goods", "traced", 400, "pool", "400"),
        ("goods", "traced", 0, "pool", "0"),
    ]
    assert [(one.line, one.quantity, str(one.unassigned)) for one in result.late] == [("old", 4000, "-400")]


def test_late_lines_of_a_pool_of_all_sales_bring_nothing() -> None:
    was = earlier(sale("old", date(2026, 9, 5), 4), amounts(400), ("", 4))
    rules = scheme('[pool]\nsource = "sales"', part("share", "share", 'by = "one"', payer="pool"))
    result = month(ONE, [lot("P1", date(2026, 9, 1), 4)], [], earlier=[was], attendance=CAME[:1], scheme=rules)
    assert [(one.line, one.quantity, str(one.unassigned)) for one in result.late] == [("old", 4000, "0")]


# ---------- roundings ----------


@pytest.mark.parametrize(("mode", "sums"), [("down", [2500, 2500]), ("up", [2501, 2500]), ("half_up", [2501, 2500])])
def test_half_a_cent_of_a_divided_sum_is_rounded_as_said(mode: str, sums: list[int]) -> None:
    body = f'by = "one"\nof = "50"\nrounding = {{ mode = "{mode}", step = "0.01" }}'
    rules = scheme(part("share", "share", body, payer="pool"))
    result = month(PEOPLE[:2], *sold(1, 10001), attendance=CAME[:2], scheme=rules)
    assert sorted(totals(result), reverse=True) == sums


def test_what_an_absence_leaves_is_rounded_as_the_part() -> None:
    """22.00 less a third is 14.66..., up to full 5.00 it is 15.00; the full sum is up to 25.00."""
    body = 'amount = "22"\nrounding = { mode = "up", step = "5" }\nabsence = { unexcused_off = "1/3" }'
    rows = [day("D1", 1), day("D1", 2, 0, Mark.UNEXCUSED)]
    assert [line[2] for line in lines(month(ONE, attendance=rows, scheme=scheme(part("sum", "flat", body))), "D1")] == [
        2500,
        -1000,
    ]


# ---------- pools and funds ----------


def test_a_fund_has_what_it_held_less_what_it_paid_before() -> None:
    """100.00 in the fund, 10.00 each for three; 70.00 are left: half of it and then all of it."""
    fund = '[[fund]]\nkey = "gifts"\nlabel = "Fondas"\n'
    rules = scheme(
        fund,
        part("flat", "flat", 'amount = "10"', payer="gifts"),
        part("half", "share", 'by = "one"\nof = "50"', payer="gifts"),
        part("rest", "share", 'by = "one"', payer="gifts"),
    )
    result = month(PEOPLE, attendance=CAME, funds=[Fund("gifts", 10000), Fund("other", 5)], scheme=rules)
    assert [told(result, "D1")[n][5]["pot"] for n in (1, 2)] == ["3500", "3500"]
    assert [asdict(one) for one in result.funds] == [
        {"key": "gifts", "before": 10000, "fed": 0, "paid": 10000, "after": 0},
        {"key": "other", "before": 5, "fed": 0, "paid": 0, "after": 5},
    ]


def test_an_empty_pool_is_nothing_to_divide() -> None:
    rules = scheme(part("half", "share", 'by = "one"\nof = "50"', payer="pool"))
    result = month(ONE, attendance=CAME[:1], scheme=rules)
    assert told(result, "D1") == [
        ("half", "share", 0, "pool", "0", {
            "pot": "0", "key": "1", "keys": "1", "=one": "1", "here": 1, "of": "50", "available": 0, "whole": 0, "fraction": "0",
            "extra": 0, "why": "whole", "sum": 0, "leftover": 0, "step": 1,
        }),
    ]


def test_costs_of_a_month_without_sales_are_nothing() -> None:
    rules = scheme('[pool]\ncosts = "10"', part("share", "share", 'by = "one"', payer="pool"))
    result = month(ONE, attendance=CAME[:1], scheme=rules)
    assert result.pool is not None
    assert asdict(result.pool) == {
        "result": 0, "costs": 0, "available": 0, "paid": 0, "reserve_before": 0, "reserve_after": 0, "room": None,
    }


def test_an_amount_of_a_pool_counts_for_fixed_pools_only() -> None:
    """The reserve's room: a full reserve pays out of sales, not of a sum of the budget."""
    reserve = '[pool.reserve]\nmonth_pay = "1"\ncap_months = "1"\nfull = "paid_out"'
    share = part("share", "share", 'by = "one"', payer="pool")
    budget = scheme(f'[pool]\nsource = "budget"\namount = "10"\n{reserve}', share)
    sales = scheme(f'[pool]\nsource = "sales"\npayout_share = "50"\n{reserve}', share)
    results = [month(ONE, *sold(20), attendance=CAME[:1], reserve=100, scheme=rules) for rules in (budget, sales)]
    assert [(totals(one), one.identity.carried_out, one.identity.to_reserve) for one in results] == [
        ([1000], 2000, 0),
        ([2000], 0, 0),
    ]


def test_nothing_more_is_paid_out_while_the_reserve_has_room() -> None:
    reserve = '[pool.reserve]\nmonth_pay = "100"\ncap_months = "1"\nfull = "paid_out"'
    rules = scheme(f'[pool]\npayout_share = "50"\n{reserve}', part("share", "share", 'by = "one"', payer="pool"))
    result = month(ONE, *sold(20), attendance=CAME[:1], scheme=rules)
    assert (totals(result), result.identity.to_reserve) == ([1000], 1000)


def test_sales_below_zero_of_a_plain_scheme_are_borne_by_the_reserve() -> None:
    """Without a pool of its own a scheme has what sales gave: 50.00 less what waits for a lot."""
    rules = scheme(part("share", "share", 'by = "one"', payer="pool"))
    result = month(ONE, [lot("P1", 1, 30)], [sale("1", 2, 50)], attendance=CAME[:1], scheme=rules)
    assert (totals(result), result.identity.unassigned) == ([3000], 2000)


@pytest.mark.parametrize(("asked", "left"), [("0", []), ("0.01", [-1])])
def test_one_cent_asked_for_is_asked_for(asked: str, left: list[int]) -> None:
    """Nothing is in the pool: who asked for nothing has no line of a shortfall, who asked for a cent has."""
    rules = scheme('[pool]\nshortfall = "cut"', part("pay", "flat", 'amount = "value.pay"', payer="pool"))
    values = [value("D1", "pay", asked), value("D2", "pay", "5")]
    result = month(PEOPLE[:2], attendance=CAME[:2], values=values, scheme=rules)
    assert ([line[2] for line in lines(result, "D1")[1:]], totals(result)) == (left, [0, 0])


def test_a_shortfall_that_the_budget_bears_to_the_cent() -> None:
    rules = scheme('[pool]\nshortfall = "budget"', part("pay", "flat", 'amount = "5"', payer="pool"))
    exact = month(ONE, *sold(5), attendance=CAME[:1], scheme=rules)
    short = month(ONE, *sold(1, 499), attendance=CAME[:1], scheme=rules)
    assert [(one.identity.from_budget, one.identity.to_reserve, one.identity.from_reserve) for one in (exact, short)] == [
        (0, 0, 0),
        (1, 0, 0),
    ]


def test_what_is_given_back_to_the_pool_is_kept_not_carried() -> None:
    """10.00 in the pool, 3.00 given back: 10.00 are carried, 3.00 are the reserve's."""
    rules = scheme('[pool]\nleft = "carried"', part("pay", "flat", 'amount = "10"'), part("back", "adjustment", payer="pool"))
    result = month(ONE, *sold(10), attendance=CAME[:1], decisions=[decision("D1", "back", -300)], scheme=rules)
    assert (result.identity.carried_out, result.identity.to_reserve) == (1000, 300)


def test_amounts_of_the_month_are_made_of_its_figures() -> None:
    amount = '[[amount]]\nkey = "unit"\nderived = { of = "month.base", new = "people", old = "1" }\n'
    rules = scheme(amount, part("pay", "flat", 'amount = "ref.unit"'))
    assert totals(month(PEOPLE, attendance=CAME, figures=[figure("base", "2")], scheme=rules)) == [600, 600, 600]
