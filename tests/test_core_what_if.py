"""Other rules on past months: the same rules give the same cents, months hand on what they left, statistics are exact."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from october import inputs as october_inputs
from october import scheme as october_scheme

from ledger.core.decided import Fund
from ledger.core.faults import Refused
from ledger.core.people import Person, PersonValue
from ledger.core.periods import Month
from ledger.core.production import Attendance, Lot, Mark, Share, Work
from ledger.core.sales import SaleLine
from ledger.core.schemes import parse
from ledger.core.stipends import Debt, Inputs, calculate
from ledger.core.what_if import (
    Compared,
    Outcome,
    as_if,
    check_asked,
    compare,
    figures,
    handed_on,
    middle,
    moved,
    outcome,
    with_values,
    work_months,
)

SEPTEMBER, OCTOBER, NOVEMBER = Month(2026, 9), Month(2026, 10), Month(2026, 11)
HEAD = 'name = "T"\nnumber = "9"\nin_force_from = 2027-01-01\norder = { number = "1", date = 2026-12-01 }\n'


def flat(amount: str, more: str = "") -> str:
    return f'{HEAD}[[part]]\nkey = "flat"\nkind = "flat"\npayer = "budget"\nlabel = "Pagrindas"\namount = "{amount}"\n{more}'


def share(left: str) -> str:
    part = '[[part]]\nkey = "s"\nkind = "share"\npayer = "pool"\nlabel = "Dalis"\nby = "days"\nof = "50"\n'
    return f'{HEAD}[pool]\nsource = "sales"\nleft = "{left}"\n{part}'


JONAS, ONA = Person("j", "D1", date(2025, 1, 1)), Person("o", "D2", date(2025, 1, 1))


def month(which: Month, *, sold: int = 1000, days: tuple[int, int] = (3, 1), **more: object) -> Inputs:
    """So many euro cents of one sale, and so many attended days of the two."""
    attendance = tuple(Attendance(person.ref, which.first.replace(day=n + 1), 300, Mark.ATTENDED)
                       for person, count in ((JONAS, days[0]), (ONA, days[1])) for n in range(count))
    lot = Lot(f"l{which}", "P1", 1, "G", which.first, 1000, 1000, (Share("j", 1),))
    lines = (SaleLine(f"s{which}", "K", "1", 1, which.first, "G", "mugė", 1000, sold, 0, 0, 0),) if sold else ()
    return replace(Inputs(which, (JONAS, ONA), attendance, (lot,), lines), **more)


def test_the_rules_of_then_give_what_came_out_then():
    read = october_inputs()
    [again] = work_months([read], october_scheme(), {})
    then = calculate(read, october_scheme())
    assert again.totals == {one.person: one.total for one in then.people}
    assert (again.total, again.to_reserve, again.from_budget) == (117545, then.identity.to_reserve, 20640)


def test_rules_that_begin_later_work_as_if_they_had_been_in_force():
    [only] = work_months([month(OCTOBER)], parse(flat("7.50")), {})
    assert only.totals == {"j": 750, "o": 750}
    assert only.numbers == {"j": "D1", "o": "D2"}


def test_the_first_reference_amount_stands_for_the_time_before_it():
    text = flat("ref.wage") + '[[amount]]\nkey = "wage"\n[[amount.value]]\nfrom = 2027-01-01\namount = "5"\n' \
        '[[amount.value]]\nfrom = 2028-01-01\namount = "9"\n'
    [only] = work_months([month(OCTOBER)], parse(text), {})
    assert only.totals["j"] == 500
    known = as_if(parse(text), date(2027, 6, 1))
    assert [one.since for one in known.amounts[0].values] == [date(2027, 1, 1), date(2028, 1, 1)]
    early = as_if(parse(text), date(2026, 1, 1))
    assert (early.in_force_from, [one.since for one in early.amounts[0].values]) == (
        date(2026, 1, 1), [date(2026, 1, 1), date(2028, 1, 1)])


def test_an_amount_made_from_others_has_no_day_to_move():
    text = flat("ref.twice") + '[[amount]]\nkey = "twice"\nderived = { of = "5", new = "2", old = "1" }\n'
    [only] = work_months([month(OCTOBER)], parse(text), {})
    assert only.totals == {"j": 1000, "o": 1000}


def test_a_month_of_two_versions_is_tried_whole_under_the_tried_one():
    begun = replace(parse(flat("31")), in_force_from=date(2026, 10, 11)).after(parse(flat("62")))
    assert [one.totals["j"] for one in work_months([month(OCTOBER)], begun, {})] == [3100]
    assert as_if(begun, OCTOBER.first).before is None


def test_what_is_carried_goes_into_the_next_month_and_not_over_a_gap():
    scheme = parse(share("carried"))
    first, second = work_months([month(NOVEMBER), month(OCTOBER)], scheme, {})
    assert (first.month, first.total, second.total) == (OCTOBER, 500, 750)  # half of 10, then half of 10 and 5 carried
    apart = work_months([month(SEPTEMBER), month(NOVEMBER, carried_in=300)], scheme, {})
    assert [one.total for one in apart] == [500, 650]  # after a gap the books say what is carried


def test_the_reserve_is_handed_on():
    read = [month(OCTOBER, reserve=10_000), month(NOVEMBER, reserve=77)]
    first, second = work_months(read, parse(share("reserve")), {})
    assert (first.to_reserve, first.reserve, second.reserve) == (500, 10_500, 11_000)


def test_what_the_reserve_pays_is_taken_off_it():
    rules = parse(flat("7.50").replace('"budget"', '"reserve"'))
    [only] = work_months([month(OCTOBER, sold=0, reserve=10_000)], rules, {})
    assert (only.to_reserve, only.reserve, only.from_budget) == (-1500, 8_500, 0)


def test_a_fund_is_handed_on_with_what_it_holds():
    away = 'absence = { away = "nothing", cut_to = "feast" }\npresence = "here"\n'
    scheme = parse(flat("10", away + '[[fund]]\nkey = "feast"\nlabel = "Šventė"\n'))
    first, second = month(OCTOBER, sold=0, days=(3, 0)), month(NOVEMBER, sold=0, days=(3, 0))
    then = handed_on(first, calculate(first, as_if(scheme, OCTOBER.first)), second)
    assert then.funds == (Fund("feast", 1000),)
    assert [one.reserve for one in work_months([first, second], scheme, {})] == [1000, 2000]


def test_debts_of_the_new_rules_take_the_place_of_those_of_the_books():
    text = HEAD + '[[part]]\nkey = "d"\nkind = "adjustment"\npayer = "budget"\nlabel = "Pakeitimai"\n'
    owing = month(OCTOBER, debts=(Debt("o", 100, SEPTEMBER),))
    gone = replace(month(NOVEMBER, debts=(Debt("j", 5, OCTOBER),)), people=(JONAS,), attendance=month(NOVEMBER).attendance[:1])
    then = handed_on(owing, calculate(owing, as_if(parse(text), OCTOBER.first)), gone)
    assert then.debts == (Debt("o", 100, SEPTEMBER),)
    assert {one.ref for one in then.people} == {"j", "o"}


def test_the_holidays_are_those_of_the_tried_calendar():
    text = HEAD + 'calendar = "LT"\n[[part]]\nkey = "d"\nkind = "per_day"\npayer = "budget"\nlabel = "Dienos"\nholiday = "2"\n' \
        'band = [{ from_hours = "4", amount = "1" }]\n'
    [only] = work_months([month(OCTOBER)], parse(text.replace('calendar = "LT"\n', "")), {OCTOBER: (date(2026, 10, 1),)})
    assert only.totals == {"j": 400, "o": 200}
    [without] = work_months([month(OCTOBER, holidays=(date(2026, 10, 1),))], parse(text), {})
    assert without.totals == {"j": 300, "o": 100}


def test_a_month_with_nothing_in_it_is_refused():
    empty = Inputs(OCTOBER, (JONAS,), (), (), ())
    with pytest.raises(Refused) as refused:
        work_months([empty], parse(flat("1")), {})
    assert (refused.value.code, refused.value.values) == ("what_if_no_data", {"month": "2026-10"})


def test_a_month_with_sales_or_with_work_alone_can_be_tried():
    sold = month(OCTOBER, days=(0, 0))
    worked = month(OCTOBER, sold=0, days=(0, 0), work=(Work("w", "j", OCTOBER.first, "", "siūti", 60, 0, 0, 0),))
    for read in (sold, worked):
        assert len(work_months([read], parse(share("reserve")), {})) == 1


@pytest.mark.parametrize(("months", "schemes", "code", "at", "most"), [
    (0, 1, "what_if_no_month", "months", {}), (25, 1, "what_if_many_months", "months", {"most": 24}),
    (1, 0, "what_if_no_scheme", "schemes", {}), (1, 4, "what_if_many_schemes", "schemes", {"most": 3})])
def test_too_much_or_nothing_is_refused_at_its_place(months: int, schemes: int, code: str, at: str, most: dict[str, int]):
    with pytest.raises(Refused) as refused:
        check_asked([OCTOBER.plus(-n) for n in range(months)], schemes)
    assert (refused.value.code, refused.value.field, refused.value.values) == (code, at, most)


def test_up_to_24_months_and_three_schemes_are_taken():
    check_asked([OCTOBER.plus(-n) for n in range(24)], 3)
    check_asked([OCTOBER] * 30, 1)


@pytest.mark.parametrize(("sums", "found"), [([], None), ([5], 5), ([1, 2], 2), ([1, 3], 2), ([1, 2, 9], 2), ([0, 1, 4, 9], 3)])
def test_the_middle_one_of_two_is_rounded_half_up(sums: list[int], found: int | None):
    assert middle(sums) == found


def ready(which: Month, **totals: int) -> Outcome:
    return Outcome(which, totals, {ref: f"D{ref[1:]}" for ref in totals}, 10, 20, 3, 40)


def test_figures_count_a_stipend_for_each_person_and_month():
    found = figures([ready(OCTOBER, p1=100, p2=300), ready(NOVEMBER, p1=250)])
    assert (found.count, found.least, found.middle, found.most, found.spread, found.total) == (3, 100, 250, 300, 200, 650)
    assert (found.from_budget, found.withheld, found.to_reserve, found.reserve) == (40, 6, 20, 40)
    held = [replace(ready(which), reserve=cents) for which, cents in ((SEPTEMBER, 7), (OCTOBER, 8), (NOVEMBER, 9))]
    assert (figures(held).reserve, figures(held[:1]).reserve) == (9, 7)  # what is there at the end
    nobody = figures([])
    assert (nobody.least, nobody.middle, nobody.most, nobody.spread) == (None, None, None, None)
    assert (nobody.count, nobody.total, nobody.reserve) == (0, 0, 0)


def test_people_are_compared_by_their_sums_in_the_order_of_their_numbers():
    old = [ready(OCTOBER, p10=100, p2=300), ready(NOVEMBER, p10=50)]
    people = compare(old, [[ready(OCTOBER, p10=200, p2=300, p3=5)], [ready(OCTOBER, p2=0)]])
    assert people == (Compared("p2", "D2", 300, (300, 0)), Compared("p3", "D3", None, (5, None)),
                      Compared("p10", "D10", 150, (200, None)))
    assert [one.difference(0) for one in people] == [0, 5, 50]
    assert moved(people, 0) == (2, 0, 1)
    assert moved(people, 1) == (0, 2, 1)
    assert moved([Compared("p", "D1", 100, (101,)), Compared("q", "D2", 100, (99,))], 0) == (1, 1, 0)  # a cent is a change


def test_who_has_a_stipend_under_one_of_the_rules_only_is_compared_too():
    assert compare([ready(OCTOBER, p4=70)], [[ready(OCTOBER, p5=80)]]) == (
        Compared("p4", "D4", 70, (None,)), Compared("p5", "D5", None, (80,)))
    namesakes = Outcome(OCTOBER, {"b": 1, "a": 2}, {"b": "D1", "a": "D1"}, 0, 0, 0, 0)
    assert [one.person for one in compare([namesakes], [])] == ["a", "b"]


def test_a_value_written_down_only_later_stands_in_for_the_time_before():
    later = [PersonValue("j", "lygis", date(2027, 3, 1), "3"), PersonValue("j", "lygis", date(2027, 1, 1), "2"),
             PersonValue("o", "lygis", date(2026, 1, 1), "5"), PersonValue("o", "lygis", date(2027, 1, 1), "6"),
             PersonValue("x", "lygis", date(2026, 1, 1), "9"), PersonValue("o", "stažas", date(2027, 1, 1), "7"),
             PersonValue("j", "norma", OCTOBER.last, "1")]
    found = with_values(month(OCTOBER), later).values
    assert set(found) == {
        PersonValue("j", "lygis", OCTOBER.first, "2"), PersonValue("o", "lygis", date(2026, 1, 1), "5"),
        PersonValue("o", "stažas", OCTOBER.first, "7"), PersonValue("j", "norma", OCTOBER.last, "1")}


def test_an_outcome_tells_the_reserve_with_its_funds():
    read = month(OCTOBER, reserve=100)
    result = calculate(read, as_if(parse(share("reserve")), OCTOBER.first))
    assert outcome(read, result).reserve == 600
    assert outcome(read, result).withheld == 0
    assert sum(outcome(read, result).totals.values(), Fraction(0)) == 500
