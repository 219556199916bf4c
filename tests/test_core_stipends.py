"""A month's stipends, rule by rule, as an accountant would ask (calculation.md sections 1, 2 and 5). Money in cents."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from ledger.core.faults import Refused
from ledger.core.formulas import formula
from ledger.core.money import Mode, Rounding
from ledger.core.parts import Band, PerDay
from ledger.core.periods import Month
from ledger.core.production import Mark, Share
from ledger.core.schemes import AfterLeaving, Payer
from ledger.core.stipends import Debt, Inputs, calculate
from tests import october
from tests.books import (
    all_traced,
    amounts,
    back,
    cents,
    day,
    earlier,
    lot,
    matched,
    month,
    of,
    person,
    sale,
)

D1, D2 = person("D1"), person("D2")
SEPTEMBER = date(2026, 9, 20)
LAST_MONTH = Month(2026, 9)


def test_nobody_nothing() -> None:
    result = month([])
    assert (result.people, result.identity.stipends, result.identity.to_reserve) == ((), 0, 0)


def test_who_has_nothing_gets_a_zero_statement() -> None:
    result = month([D1])
    assert [(line.part, line.cents) for line in of(result, "D1").lines] == [("days", 0), ("goods", 0)]


def test_seventy_percent_goes_to_the_maker_and_thirty_to_the_reserve() -> None:
    result = month([D1], [lot("P1", 1, 1)], [sale("1", 5, 1, 1000, material=200)])
    assert (cents(result, "D1"), result.identity.to_reserve) == ({"goods": 560}, 240)


def test_makers_share_by_their_shares() -> None:
    result = month([D1, D2], [lot("P1", 1, 1, "D1:3", "D2:1")], [sale("1", 5, 1, 1000)], scheme=all_traced())
    assert (cents(result, "D1"), cents(result, "D2")) == ({"goods": 750}, {"goods": 250})


def test_only_attended_days_of_four_hours_count() -> None:
    days = [
        day("D1", 1),
        day("D1", 2, 239),
        day("D1", 3, 480),
        day("D1", 4, 300, Mark.EXCUSED),
        day("D1", 5, 300, Mark.ILL),
        day("D1", 6, 300, Mark.UNEXCUSED),
    ]
    result = month([D1], attendance=days)
    assert (cents(result, "D1"), result.identity.from_budget) == ({"days": 240}, 240)


def test_days_outside_the_month_or_the_persons_time_do_not_count() -> None:
    rows = [
        day("D3", 4),
        day("D3", 5),
        day("D3", 10),
        day("D3", 11),
        replace(day("D3", 6), day=date(2026, 9, 6)),
        replace(day("D3", 7), day=date(2026, 11, 1)),
    ]
    result = month([person("D3", date(2026, 10, 5), date(2026, 10, 10))], attendance=rows)
    assert cents(result, "D3") == {"days": 240}


def test_bands_take_their_lower_edge() -> None:
    bands = PerDay((Band(120, 240, formula("0.50")), Band(240, None, formula("1.00"))))
    scheme = october.scheme()
    scheme = replace(scheme, parts=(replace(scheme.parts[0], rule=bands), scheme.parts[1]))
    rows = [day("D1", 1, 119), day("D1", 2, 120), day("D1", 3, 239), day("D1", 4, 240), day("D1", 5, 1440)]
    assert cents(month([D1], attendance=rows, scheme=scheme), "D1") == {"days": 50 + 50 + 100 + 100}


@pytest.mark.parametrize(
    ("mode", "paid"), [(Mode.HALF_UP, 101), (Mode.DOWN, 100), (Mode.UP, 101), (Mode.HALF_EVEN, 100)]
)
def test_a_rate_finer_than_a_cent_is_rounded_once_as_the_part_says(mode: Mode, paid: int) -> None:
    bands = PerDay((Band(0, None, formula("2.01 / 6")),))
    scheme = october.scheme()
    part = replace(scheme.parts[0], rule=bands, rounding=Rounding(mode))
    rows = [day("D1", n) for n in (1, 2, 3)]
    result = month([D1], attendance=rows, scheme=replace(scheme, parts=(part, scheme.parts[1])))
    assert cents(result, "D1") == {"days": paid}


def test_a_step_of_the_divided_part_is_carried_out() -> None:
    scheme = all_traced()
    goods = replace(scheme.parts[1], rounding=Rounding(Mode.HALF_UP, 100))
    result = month(
        [D1, D2],
        [lot("P1", 1, 1, "D1:2", "D2:1")],
        [sale("1", 5, 1, 1050)],
        scheme=replace(scheme, parts=(scheme.parts[0], goods)),
    )
    assert (cents(result, "D1"), cents(result, "D2")) == ({"goods": 700}, {"goods": 300})
    assert (result.identity.carried_out, result.identity.to_reserve) == (50, 0)


def test_what_another_payer_does_not_pay_is_not_carried() -> None:
    scheme = all_traced()
    goods = replace(scheme.parts[1], rounding=Rounding(Mode.HALF_UP, 100), payer=Payer.BUDGET)
    result = month(
        [D1], [lot("P1", 1, 1)], [sale("1", 5, 1, 1050)], scheme=replace(scheme, parts=(scheme.parts[0], goods))
    )
    one = result.identity
    assert (one.from_budget, one.stipends, one.to_reserve, one.carried_out) == (1000, 1000, 1050, 0)


def test_what_was_carried_comes_in() -> None:
    result = calculate(Inputs(Month(2026, 10), (), (), (), (), carried_in=7), october.scheme())
    assert (result.identity.carried_in, result.identity.to_reserve, result.identity.holds) == (7, 7, True)


def test_the_total_over_the_ceiling_is_cut_from_the_goods_into_the_reserve() -> None:
    result = month([D1], [lot("P1", 1, 1)], [sale("1", 5, 1, 30000)], attendance=[day("D1", 1)])
    assert cents(result, "D1") == {"days": 120, "goods": 21000, "ceiling": -6120}
    assert (of(result, "D1").total, result.identity.to_reserve, result.identity.from_budget) == (
        15000,
        9000 + 6120,
        120,
    )


def test_the_ceiling_itself_is_not_over() -> None:
    scheme = all_traced(1000)
    assert cents(month([D1], [lot("P1", 1, 1)], [sale("1", 5, 1, 1000)], scheme=scheme), "D1") == {"goods": 1000}
    assert cents(month([D1], [lot("P1", 1, 1)], [sale("1", 5, 1, 1001)], scheme=scheme), "D1") == {
        "goods": 1001,
        "ceiling": -1,
    }


def test_when_the_named_part_is_not_enough_the_last_written_is_cut_next() -> None:
    result = month(
        [D1],
        [lot("P1", 1, 1)],
        [sale("1", 5, 1, 30)],
        attendance=[day("D1", n) for n in (1, 2)],
        scheme=all_traced(100),
    )
    cuts = [(line.cents, line.numbers["cuts"]) for line in of(result, "D1").lines if line.kind == "limit"]
    assert (cuts, of(result, "D1").total, result.identity.to_reserve) == ([(-30, "goods"), (-140, "days")], 100, 170)


def test_a_cut_may_return_to_who_paid() -> None:
    scheme = all_traced(100)
    scheme = replace(scheme, limits=(replace(scheme.limits[0], returns="source", cuts="days"),))
    result = month([D1], attendance=[day("D1", n) for n in (1, 2)], scheme=scheme)
    assert (of(result, "D1").total, result.identity.from_budget, result.identity.to_reserve) == (100, 100, 0)


def test_two_limits_cut_what_is_left() -> None:
    first = all_traced(150).limits[0]
    scheme = replace(all_traced(), limits=(first, replace(first, key="second", amount=formula("1"))))
    result = month([D1], [lot("P1", 1, 1)], [sale("1", 5, 1, 160)], scheme=scheme)
    assert cents(result, "D1") == {"goods": 160, "ceiling": -10, "second": -50}


def test_the_reserve_may_pay_a_part() -> None:
    scheme = october.scheme()
    scheme = replace(scheme, parts=(replace(scheme.parts[0], payer=Payer.RESERVE), scheme.parts[1]))
    result = month([D1], attendance=[day("D1", 1)], scheme=scheme)
    assert (result.identity.from_reserve, result.identity.from_budget, result.identity.to_reserve) == (120, 0, 0)


def test_what_no_lot_covers_stays_unassigned_rounded_once() -> None:
    """1,75 of 3,50 and 1,75 of 3,50 are 3,50 together; the reserve takes what the rounding leaves."""
    lines = [replace(sale("1", 5, 2, 1), quantity=1500), replace(sale("2", 5, 2, 1, product="B"), quantity=1500)]
    lots = [replace(lot("P1", 1, 1), good=750, left=750), replace(lot("P2", 1, 1, product="B"), good=750, left=750)]
    result = month([D1], lots, lines)
    assert [line.unassigned for line in result.lines] == [1, 1]
    assert result.identity.unassigned == 2
    one = month([D1], lots[:1], [replace(sale("1", 5, 2, 3), quantity=1500)])
    assert (one.lines[0].unassigned, one.identity.unassigned) == (Fraction(5, 2), 3)


def test_a_late_match_pays_its_maker_out_of_the_unassigned() -> None:
    old = earlier(sale("old", SEPTEMBER, 3), amounts(1000), ("", 3))
    result = month([D1], [lot("P1", SEPTEMBER, 1)], earlier=[old], scheme=all_traced())
    assert (cents(result, "D1"), result.identity.unassigned, result.identity.realised_net) == ({"goods": 333}, -333, 0)


def test_an_uncovered_sale_that_came_back_leaves_nothing_unassigned() -> None:
    result = month([D1], [], [sale("1", 5, 2), back("2", "1", 6, 2)])
    assert (result.identity.unassigned, result.identity.to_reserve, result.identity.from_reserve) == (0, 0, 0)


def test_a_sale_that_came_back_leaves_its_maker_with_nothing() -> None:
    result = month([D1], [lot("P1", 1, 3)], [sale("1", 5, 3, 333), back("2", "1", 6, 1), back("3", "1", 7, 2)])
    assert (cents(result, "D1"), result.identity.realised_net, of(result, "D1").total) == ({}, 0, 0)


OLD = earlier(sale("old", SEPTEMBER, 2, 500), amounts(1000), ("P1", 2))
OLD_LOT = lot("P1", SEPTEMBER, 2, left=0)


def test_a_total_below_zero_becomes_zero_and_a_debt_that_the_reserve_bears() -> None:
    result = month([D1], [OLD_LOT], [back("1", "old", 5, 1)], earlier=[OLD], attendance=[day("D1", 1)])
    assert cents(result, "D1") == {"days": 120, "goods": -350, "below_zero": 230}
    assert (of(result, "D1").total, of(result, "D1").debt) == (0, 230)
    assert result.debts == (Debt("D1", 230, Month(2026, 10)),)
    assert of(result, "D1").lines[-1].numbers == {"before": -230}
    assert (result.identity.from_reserve, result.identity.realised_net) == (500 - 350 + 230, -500)


def owing(price: int, debt: int, since: Month = LAST_MONTH, **more: object):
    return month(
        [more.pop("who", D1)],
        [lot("P1", 1, 1)],
        [sale("1", 5, 1, price)],
        scheme=all_traced(**more),
        debts=[Debt("D1", debt, since)],
    )


def test_at_most_a_fifth_is_kept_back_rounded_down() -> None:
    result = owing(1004, 500)
    assert (cents(result, "D1"), of(result, "D1").total, of(result, "D1").debt) == (
        {"goods": 1004, "debt": -200},
        804,
        300,
    )
    assert result.identity.to_reserve == 200
    assert of(result, "D1").lines[-1].numbers == {"before": 500, "most": 200}


def test_no_more_than_the_debt_is_kept_back() -> None:
    result = owing(1000, 50)
    assert (of(result, "D1").total, of(result, "D1").debt, result.debts) == (950, 0, ())


def test_the_scheme_says_how_much_may_be_kept_back() -> None:
    assert cents(owing(1000, 500, debt_share=Fraction(0)), "D1") == {"goods": 1000}


def test_the_oldest_debt_goes_first() -> None:
    debts = [Debt("D1", 150, Month(2026, 9)), Debt("D1", 100, Month(2026, 8))]
    result = month([D1], [lot("P1", 1, 1)], [sale("1", 5, 1, 1000)], scheme=all_traced(), debts=debts)
    assert result.debts == (Debt("D1", 50, Month(2026, 9)),)


def test_a_debt_is_written_off_after_three_months() -> None:
    kept, gone = owing(1000, 50, Month(2026, 7)), owing(1000, 50, Month(2026, 6))
    assert (cents(kept, "D1"), kept.written_off) == ({"goods": 1000, "debt": -50}, ())
    assert (cents(gone, "D1"), gone.written_off, gone.debts) == ({"goods": 1000}, (Debt("D1", 50, Month(2026, 6)),), ())


def test_a_debt_is_written_off_when_the_person_left_before_the_month() -> None:
    left = owing(1000, 50, who=person("D1", ended=date(2026, 9, 30)))
    still_here = owing(1000, 50, who=person("D1", ended=date(2026, 10, 1)))
    assert (cents(left, "D1"), len(left.written_off)) == ({"goods": 1000}, 1)
    assert (cents(still_here, "D1"), still_here.written_off) == ({"goods": 1000, "debt": -50}, ())


def sold_on(ended: date, sold: date, rule: AfterLeaving = AfterLeaving.MONTHS, months: int = 12) -> dict[str, int]:
    result = month(
        [person("D9", ended=ended)],
        [lot("P1", sold, 1, "D9")],
        [sale("1", sold, 1, 1000)],
        of=Month.of(sold),
        scheme=all_traced(after_leaving=rule, leaving_months=months),
    )
    total = sum(one.total for one in result.people)
    return {"maker": total, "reserve": result.identity.to_reserve}


MAKER, RESERVE = {"maker": 1000, "reserve": 0}, {"maker": 0, "reserve": 1000}


@pytest.mark.parametrize(
    ("ended", "sold", "expected"),
    [
        (date(2025, 10, 15), date(2026, 10, 15), MAKER),
        (date(2025, 10, 15), date(2026, 10, 16), RESERVE),
        (date(2024, 2, 29), date(2025, 2, 28), MAKER),
        (date(2024, 2, 29), date(2025, 3, 1), RESERVE),
    ],
)
def test_goods_sold_within_a_year_of_leaving_are_the_makers(ended: date, sold: date, expected: dict) -> None:
    assert sold_on(ended, sold) == expected


def test_a_scheme_may_say_otherwise_of_those_who_left() -> None:
    ended = date(2026, 9, 10)
    assert sold_on(ended, date(2036, 10, 1), AfterLeaving.ALWAYS) == MAKER
    assert sold_on(ended, date(2026, 9, 10), AfterLeaving.RESERVE) == MAKER
    assert sold_on(ended, date(2026, 9, 11), AfterLeaving.RESERVE) == RESERVE
    assert sold_on(ended, date(2026, 11, 10), months=2) == MAKER
    assert sold_on(ended, date(2026, 11, 11), months=2) == RESERVE


def test_a_return_follows_its_sale_when_the_maker_has_left_since() -> None:
    """Sold within the year and paid to the maker; back after it: still the maker's minus, not the reserve's."""
    gone = person("D1", ended=date(2025, 10, 1))
    result = month([gone], [OLD_LOT], [back("1", "old", 5, 2)], earlier=[OLD], scheme=all_traced())
    assert cents(result, "D1") == {"goods": -1000, "below_zero": 1000}


def test_who_left_and_has_nothing_is_not_in_the_run() -> None:
    people = [
        person("D3", ended=date(2026, 9, 30)),
        person("D4", date(2026, 11, 1)),
        person("D5", ended=date(2026, 10, 1)),
    ]
    assert [one.number for one in month(people).people] == ["D5"]


def test_people_stand_in_natural_order() -> None:
    assert [one.number for one in month([person("D10"), person("D9"), D1]).people] == ["D1", "D9", "D10"]


def test_the_turn_of_a_tie_goes_round_the_months() -> None:
    def who_gets_the_cent(of_month: Month) -> str:
        day_of_month = of_month.first
        result = month(
            [D1, D2, person("D10")],
            [lot("P1", day_of_month, 1, "D1", "D2", "D10")],
            [sale("1", day_of_month, 1, 1)],
            scheme=all_traced(),
            of=of_month,
        )
        return next(one.number for one in result.people if one.total)

    assert [who_gets_the_cent(Month(2026, n)) for n in (9, 10, 11, 12)] == ["D1", "D2", "D10", "D1"]


def test_one_cent_among_sixty() -> None:
    people = [person(f"D{n}") for n in range(1, 61)]
    result = month(
        people, [lot("P1", 1, 1, *(one.number for one in people))], [sale("1", 5, 1, 1)], scheme=all_traced()
    )
    assert (result.identity.stipends, sum(one.total for one in result.people)) == (1, 1)


def test_a_month_with_vat() -> None:
    """3 x 12,10 with 21 %: net 30,00, materials 6,00, shared 24,00, 70 % is 16,80."""
    result = month([D1], [lot("P1", 1, 3)], [sale("1", 5, 3, 1210, material=200, vat=21_000)])
    one = result.identity
    assert (one.realised_net, one.deducted, one.stipends, one.to_reserve) == (3000, 600, 1680, 720)


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("row_twice", {"people": [D1, D1]}),
        ("row_twice", {"lots": [lot("P1", 1, 1), lot("P1", 2, 1)]}),
        ("row_twice", {"attendance": [day("D1", 1), day("D1", 1, 60)]}),
        ("person_unknown", {"lots": [lot("P1", 1, 1, "D7")]}),
        ("person_unknown", {"debts": [Debt("D7", 1, Month(2026, 9))]}),
        ("no_makers", {"lots": [replace(lot("P1", 1, 1), makers=())]}),
        ("return_form", {"lines": [replace(sale("1", 5, 1), quantity=0)]}),
        ("return_form", {"lines": [replace(sale("1", 5, 1), quantity=-1000)]}),
        ("return_form", {"lines": [sale("1", 5, 1), replace(sale("2", 5, 1), returns="1")]}),
        ("weight_zero", {"lots": [replace(lot("P1", 1, 1), makers=(Share("D1", 0),))]}),
        ("row_twice", {"lines": [sale("old", 5, 1)], "earlier": [OLD], "lots": [OLD_LOT]}),
    ],
)
def test_inputs_that_contradict_themselves_are_refused(code: str, more: dict) -> None:
    with pytest.raises(Refused) as refused:
        month(**{"people": [D1], **more})
    assert refused.value.code == code


def test_every_line_of_the_month_is_in_the_result_in_the_order_of_matching() -> None:
    result = month([D1], [], [sale("2", 6, 1), sale("1", 5, 1)])
    assert [line.line for line in result.lines] == ["1", "2"]
    assert matched(result) == [("1", "", 1), ("2", "", 1)]
