"""Every cent can be explained: to the accountant with its arithmetic, to the participant with plain facts."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from ledger.core.explanation import About, DayReason, Explainer, Fact, PersonExplanation, person_explanation
from ledger.core.production import Mark
from ledger.core.stipends import Inputs, Result, calculate
from tests import all_kinds, histories, october
from tests.books import OCTOBER, all_traced, amounts, back, day, earlier, lot, person, sale


@pytest.fixture
def told() -> dict[str, PersonExplanation]:
    inputs, scheme = october.inputs(), october.scheme()
    explainer = Explainer(inputs, scheme, calculate(inputs, scheme))
    return {one.number: explainer.person(one.ref) for one in inputs.people}


def test_the_participant_is_told_what_the_description_says(told: dict[str, PersonExplanation]) -> None:
    """Worked 13 days, 15 euros 60; for goods 80 euros 57; together 96 euros 17."""
    facts = told["D1"].facts
    assert (facts.told, facts.total) == ((Fact(About.DAYS, 1560, 13), Fact(About.GOODS, 8057)), 9617)


def test_a_cut_is_told_with_its_ceiling(told: dict[str, PersonExplanation]) -> None:
    assert (told["D4"].facts.told[2], told["D4"].facts.total) == (Fact(About.LIMIT, -917, 15000), 15000)


def test_the_accountant_sees_label_and_paragraph(told: dict[str, PersonExplanation]) -> None:
    assert [(row.line.part, row.label, row.paragraph, row.line.cents) for row in told["D4"].lines] == [
        ("days", "Už dienas", "2", 1920),
        ("goods", "Už parduotus gaminius", "3", 13997),
        ("ceiling", "Virš ribos", "5", -917),
    ]


def test_the_trace_adds_up_to_the_quota_before_the_portion(told: dict[str, PersonExplanation]) -> None:
    for one in told.values():
        assert sum((row.cents for row in one.trace), Fraction(0)) == one.traced
        assert one.lines[1].line.quota == one.traced * Fraction(7, 10)
        assert one.lines[1].line.numbers["traced"] == str(one.traced)


def test_every_trace_row_can_be_worked_out_by_hand(told: dict[str, PersonExplanation]) -> None:
    for one in told.values():
        for row in one.trace:
            by_hand = Fraction(row.line_shared * row.quantity * row.weight, row.line_quantity * row.weights)
            assert row.cents == by_hand
            assert row.line == f"{row.document}/{row.line_number}"
            assert row.lot_day <= row.day
            assert row.counts
            assert not row.late


def test_days_say_why_they_count_or_not(told: dict[str, PersonExplanation]) -> None:
    for one in told.values():
        counted = [row for row in one.days if row.reason is DayReason.COUNTED]
        assert (len(counted), sum(row.cents for row in counted)) == (one.facts.told[0].count, one.facts.about(About.DAYS))
        assert [row.day for row in one.days] == sorted(row.day for row in one.days)


def explained(inputs: Inputs, number: str = "D1") -> PersonExplanation:
    scheme = all_traced()
    return person_explanation(inputs, scheme, calculate(inputs, scheme), number)


def test_each_reason_has_its_day() -> None:
    rows = (day("D1", 3), day("D1", 4, 239), day("D1", 5, 300, Mark.ILL), day("D1", 6, 300, Mark.EXCUSED),
            day("D1", 7, 0, Mark.UNEXCUSED), day("D1", 2))
    told = explained(Inputs(OCTOBER, (person("D1", date(2026, 10, 3)),), rows, (), ()))
    assert [row.reason.value for row in told.days] == [
        "not_here",
        "counted",
        "too_short",
        "ill",
        "excused",
        "unexcused",
    ]
    assert [row.cents for row in told.days] == [0, 120, 0, 0, 0, 0]


def test_a_day_of_another_month_says_so() -> None:
    row = day("D1", 1).__class__("D1", date(2026, 9, 30), 300, Mark.ATTENDED)
    assert explained(Inputs(OCTOBER, (person("D1"),), (row,), (), ())).days[0].reason is DayReason.OTHER_MONTH


def test_a_leftover_cent_says_why_it_came_or_did_not() -> None:
    people = (person("D1"), person("D2"), person("D3"))
    inputs = Inputs(OCTOBER, people, (), (lot("P1", 1, 1, "D1", "D2", "D3"),), (sale("1", 5, 1, 100),))
    told = [explained(inputs, number).lines[1].line for number in ("D1", "D2", "D3")]
    assert [line.cents for line in told] == [33, 34, 33]
    assert [line.numbers["why"] for line in told] == ["tie_lost", "tie_won", "tie_lost"]
    assert told[1].numbers == {
        "traced": "100/3",
        "portion": "100",
        "whole": 33,
        "fraction": "1/3",
        "extra": 1,
        "why": "tie_won",
        "sum": 100,
        "leftover": 1,
        "step": 1,
        "tied": 3,
        "start": 1,
        "place": 1,
    }


def test_goods_are_told_by_product_with_returns_taken_off() -> None:
    lots = (lot("P1", 1, 5, "D1", "D2"), lot("P2", 1, 1, product="B"))
    lines = (sale("1", 5, 3, 100), back("2", "1", 6, 1), sale("3", 7, 1, 50, product="B"))
    told = explained(Inputs(OCTOBER, (person("D1"), person("D2")), (), lots, lines))
    assert [(one.product, one.quantity, one.cents) for one in told.facts.goods] == [("A", 2000, 100), ("B", 1000, 50)]


def test_a_late_row_is_marked() -> None:
    old = earlier(sale("old", date(2026, 9, 20), 1), amounts(100), ("", 1))
    told = explained(Inputs(OCTOBER, (person("D1"),), (), (lot("P1", date(2026, 9, 1), 1),), (), (old,)))
    assert [(row.line, row.late) for row in told.trace] == [("old", True)]


def test_what_went_to_the_reserve_is_shown_but_not_told() -> None:
    gone = person("D9", ended=date(2020, 1, 1))
    inputs = Inputs(OCTOBER, (person("D1"), gone), (), (lot("P1", 1, 1, "D1", "D9"),), (sale("1", 5, 1, 100),))
    scheme = all_traced()
    rows = Explainer(inputs, scheme, calculate(inputs, scheme)).sale("1").rows
    assert [(row.person, row.counts, row.cents) for row in rows] == [("D1", True, 50), ("D9", False, 50)]


def of_sale(inputs: Inputs, scheme, result: Result, key: str) -> Fraction:
    one = Explainer(inputs, scheme, result).sale(key)
    return sum((row.cents for row in one.rows), Fraction(0)) + one.unassigned - one.amounts.shared


def test_every_sale_line_goes_to_people_or_stays_unassigned() -> None:
    inputs, scheme = october.inputs(), october.scheme()
    result = calculate(inputs, scheme)
    assert all(of_sale(inputs, scheme, result, line.key) == 0 for line in inputs.lines)


def test_a_limit_that_cuts_several_parts_is_told_once() -> None:
    inputs, scheme = all_kinds.inputs(), all_kinds.scheme()
    scheme = replace(scheme, limits=scheme.limits[:1])
    told = Explainer(inputs, scheme, calculate(inputs, scheme))
    cut = [row for row in told.person("D1").lines if row.line.part == "most"]
    limit = next(fact for fact in told.person("D1").facts.told if fact.about is About.LIMIT)
    assert (len(cut) > 1, limit.count) == (True, 6000)


def test_the_facts_of_any_month_add_up() -> None:
    for seed in range(30):
        history = histories.history(seed)
        driver = histories.Driver(history.terms.scheme(), history.people)
        for booked in history.months:
            inputs = driver.inputs(booked)
            result = driver.month(booked)
            for one in result.people:
                facts = Explainer(inputs, driver.scheme, result).person(one.person).facts
                assert sum(fact.cents for fact in facts.told) == facts.total
                assert (facts.total, facts.debt, facts.about(About.OTHER)) == (one.total, one.debt, 0)


def test_who_or_what_is_not_in_the_run_has_no_explanation() -> None:
    inputs, scheme = october.inputs(), october.scheme()
    explainer = Explainer(inputs, scheme, calculate(inputs, scheme))
    with pytest.raises(KeyError):
        explainer.person("D99")
    with pytest.raises(KeyError):
        explainer.sale("X/1")
