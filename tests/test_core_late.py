"""Late facts in the core: what each puts into a month, whose it is, and what does not fit, with its field and its words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from ledger.core.decided import Decision, Figure
from ledger.core.entries import MOST_CENTS
from ledger.core.faults import Refused
from ledger.core.late import (
    DatesFact,
    DayFact,
    DecisionFact,
    FigureFact,
    LateFact,
    PriceFact,
    SchemeFact,
    SharesFact,
    ValueFact,
    WorkFact,
    adjustments_of,
    check,
    check_new,
    check_offered,
    from_text,
    people_of,
    with_late,
)
from ledger.core.people import PersonValue
from ledger.core.production import Mark, Share, Work
from ledger.core.stipends import Inputs
from tests import all_kinds, october
from tests.books import OCTOBER, back, day, lot, oct, person, sale

SEWN, PACKED = Work("sewn", "D1", oct(6), minutes=60), Work("packed", "D2", oct(6), minutes=30)
PRAISED = Decision("praised", "D1", oct(6), "decided", 500, "Už šventę", "V-1")
WARNED = Decision("warned", "D2", oct(6), "decided", 0, "Už tvarką", "V-2")
CLASS, OLD_CLASS, PLAN = (PersonValue("D1", "klase", oct(1), "A"), PersonValue("D1", "klase", date(2026, 9, 1), "B"),
                          PersonValue("D1", "planas", oct(1), "20"))
HEAT, RENT = Figure("sildymas", Fraction(3)), Figure("nuoma", Fraction(7))
BOOKS = Inputs(
    OCTOBER, (person("D1"), person("D2", oct(5), oct(20))), (day("D1", 6), day("D1", 7), day("D2", 6), day("D2", 7, 0, Mark.ILL)),
    (lot("P1", 1, 5, "D1"), lot("P2", 1, 5, "D1:2", "D2")),
    (sale("S1", 8, 2, 300), sale("S2", 8, 1, 200), back("B1", "S1", 9, 1, price=300)),
    work=(SEWN, PACKED), values=(CLASS, OLD_CLASS, PLAN), decisions=(PRAISED, WARNED), figures=(HEAT, RENT))
RULES = all_kinds.scheme()


def changed(fact: LateFact) -> dict[str, object]:
    """What of the month is another with a fact."""
    now, rules = with_late(BOOKS, RULES, [fact])
    assert rules == RULES
    names = ("people", "attendance", "lots", "lines", "earlier", "debts", "work", "values", "decisions", "figures")
    lists = {name: (getattr(BOOKS, name), getattr(now, name)) for name in names}
    return {name: set(new) ^ set(old) for name, (old, new) in lists.items() if new != old}


@pytest.mark.parametrize(("fact", "name", "others"), [
    (DayFact("D1", oct(6), 300, Mark.ATTENDED), "attendance", {day("D1", 6), day("D1", 6, 300)}),
    (DayFact("D1", oct(7), 0, None), "attendance", {day("D1", 7)}),
    (DayFact("D1", oct(8), 0, Mark.ILL), "attendance", {day("D1", 8, 0, Mark.ILL)}),
    (SharesFact("P1", (Share("D2", 1000),)), "lots", {lot("P1", 1, 5, "D1"), lot("P1", 1, 5, "D2")}),
    (PriceFact("S1", 0, 50_000), "lines", {sale("S1", 8, 2, 300), sale("S1", 8, 2, 0, discount=50_000)}),
    (DatesFact("D1", "D1", oct(2), None), "people", {person("D1"), person("D1", oct(2))}),
    (DatesFact("D9", "D9", oct(2), oct(2)), "people", {person("D9", oct(2), oct(2))}),
    (WorkFact("sewn", replace(SEWN, minutes=90)), "work", {SEWN, replace(SEWN, minutes=90)}),
    (WorkFact("sewn", None), "work", {SEWN}),
    (WorkFact("new", Work("new", "D1", oct(6), minutes=1)), "work", {Work("new", "D1", oct(6), minutes=1)}),
    (ValueFact("D1", "klase", oct(1), "C"), "values", {CLASS, replace(CLASS, text="C")}),
    (ValueFact("D1", "klase", oct(1), ""), "values", {CLASS}),
    (ValueFact("D2", "klase", oct(31), "2.5"), "values", {PersonValue("D2", "klase", oct(31), "2.5")}),
    (DecisionFact("praised", replace(PRAISED, cents=700)), "decisions", {PRAISED, replace(PRAISED, cents=700)}),
    (DecisionFact("praised", None), "decisions", {PRAISED}),
    (FigureFact("sildymas", Fraction(4)), "figures", {HEAT, Figure("sildymas", Fraction(4))}),
    (FigureFact("sildymas", Fraction(0)), "figures", {HEAT, Figure("sildymas", Fraction(0))}),
    (FigureFact("sildymas", None), "figures", {HEAT}),
    (FigureFact("vanduo", Fraction(1)), "figures", {Figure("vanduo", Fraction(1))}),
])
def test_a_fact_stands_in_place_of_what_the_month_said_and_touches_nothing_else(
        fact: LateFact, name: str, others: set[object]) -> None:
    assert changed(fact) == {name: others}
    check_new(BOOKS, fact)


def test_of_two_facts_about_the_same_thing_the_last_counts() -> None:
    now, _ = with_late(BOOKS, RULES, [FigureFact("sildymas", Fraction(4)), FigureFact("sildymas", Fraction(5))])
    assert set(now.figures) == {RENT, Figure("sildymas", Fraction(5))}


def test_a_version_named_late_counts_as_if_it_had_been_in_force_since_the_first_day() -> None:
    other = replace(october.scheme(), number="2", in_force_from=oct(15), before=RULES)
    now, rules = with_late(BOOKS, RULES, [SchemeFact("v", "2"), FigureFact("vanduo", Fraction(1))], {"v": other})
    assert (rules.number, rules.in_force_from, rules.before) == ("2", oct(1), None)
    assert Figure("vanduo", Fraction(1)) in now.figures
    check_new(BOOKS, SchemeFact("v", "2"))


@pytest.mark.parametrize(("fact", "refs"), [
    (DayFact("D1", oct(6), 0, None), {"D1"}), (DatesFact("D9", "D9", oct(2), None), {"D9"}),
    (ValueFact("D2", "klase", oct(1), ""), {"D2"}),
    (SharesFact("P1", (Share("D2", 1),)), {"D1", "D2"}), (SharesFact("P9", (Share("D2", 1),)), {"D2"}),
    (WorkFact("sewn", None), {"D1"}), (WorkFact("sewn", replace(SEWN, person="D2")), {"D1", "D2"}), (WorkFact("none", None), set()),
    (DecisionFact("praised", None), {"D1"}), (DecisionFact("new", WARNED), {"D2"}), (PriceFact("S1", 1, 0), set()),
    (FigureFact("sildymas", None), set()), (SchemeFact("v", "2"), set())])
def test_whose_a_fact_is(fact: LateFact, refs: set[str]) -> None:
    assert people_of(fact, BOOKS) == refs


MONTH, WEIGHT = {"month": "2026-10"}, (Share("D1", 1),)


@pytest.mark.parametrize(("fact", "code", "field", "values"), [
    (DayFact("D9", oct(6), 60, Mark.ATTENDED), "late_person_unknown", "person", MONTH),
    (DayFact("D1", date(2026, 11, 1), 60, None), "late_other_month", "day", MONTH),
    (DayFact("D2", oct(4), 60, Mark.ATTENDED), "before_start", "day", {"day": "2026-10-04", "number": "D2"}),
    (SharesFact("P9", WEIGHT), "late_lot_unknown", "lot", MONTH), (SharesFact("P1", ()), "no_makers", "makers", {}),
    (SharesFact("P1", (Share("D1", 1), Share("D2", 0))), "share_not_above_zero", "makers", {}),
    (SharesFact("P1", WEIGHT * 2), "late_maker_twice", "makers", {}),
    (SharesFact("P1", (Share("D1", 1), Share("D9", 1))), "late_person_unknown", "person", MONTH),
    (PriceFact("S9", 1, 0), "late_line_unknown", "line", MONTH), (PriceFact("B1", 1, 0), "late_line_returns", "line", {}),
    (PriceFact("S1", -1, 0), "negative", "price", {}), (PriceFact("S1", MOST_CENTS + 1, 0), "too_large", "price", {}),
    (PriceFact("S1", 1, -1), "percent_range", "discount", {}), (PriceFact("S1", 1, 100_001), "percent_range", "discount", {}),
    (DatesFact("D1", "D1", oct(2), oct(1)), "ended_before_started", "ended", {}),
    (WorkFact("none", None), "late_entry_unknown", "", MONTH),
    (WorkFact("new", replace(SEWN, day=date(2026, 9, 30))), "late_other_month", "day", MONTH),
    (WorkFact("new", replace(SEWN, person="D9")), "late_person_unknown", "person", MONTH),
    (WorkFact("new", replace(SEWN, minutes=1381)), "over_day_together", "hours", {"others_minutes": 60}),
    (WorkFact("new", replace(SEWN, minutes=-1)), "hours_range", "hours", {}),
    (WorkFact("new", replace(SEWN, made=1)), "made_without_task", "task", {}),
    (WorkFact("new", replace(SEWN, good=2, made=1, task="a")), "good_above_made", "good", {}),
    (WorkFact("new", replace(SEWN, points=-1)), "negative", "points", {}),
    (ValueFact("D9", "klase", oct(1), "A"), "late_person_unknown", "person", MONTH),
    (ValueFact("D1", "kla se", oct(1), "A"), "entry_name_form", "name", {"most": 40}),
    (ValueFact("D1", "klase", oct(1), " A"), "late_value_form", "text", {}),
    (ValueFact("D1", "klase", date(2026, 11, 1), "A"), "late_other_month", "since", MONTH),
    (DecisionFact("none", None), "late_entry_unknown", "", MONTH),
    (DecisionFact("new", replace(PRAISED, day=date(2026, 11, 1))), "late_other_month", "day", MONTH),
    (DecisionFact("new", replace(PRAISED, person="D9")), "late_person_unknown", "person", MONTH),
    (DecisionFact("new", replace(PRAISED, cents=MOST_CENTS + 1)), "too_large", "sum", {}),
    (DecisionFact("new", replace(PRAISED, cents=-MOST_CENTS - 1)), "too_large", "sum", {}),
    (FigureFact("sil dymas", Fraction(1)), "entry_name_form", "name", {"most": 40}),
    (FigureFact("vanduo", None), "late_entry_unknown", "", MONTH),
])
def test_what_does_not_fit_is_refused_at_its_field(fact: LateFact, code: str, field: str, values: dict[str, object]) -> None:
    with pytest.raises(Refused) as refused:
        check(BOOKS, fact)
    assert (refused.value.code, refused.value.field, refused.value.values) == (code, field, values)


@pytest.mark.parametrize("fact", [
    DayFact("D2", oct(5), 1440, Mark.ATTENDED), DayFact("D2", oct(4), 0, None), PriceFact("S1", MOST_CENTS, 100_000),
    PriceFact("S1", 0, 0), DatesFact("D1", "D1", oct(2), oct(2)), WorkFact("new", replace(SEWN, minutes=1380)),
    WorkFact("sewn", replace(SEWN, minutes=1440)), WorkFact("new", replace(SEWN, minutes=0, task="a", good=1, made=1, points=1)),
    WorkFact("new", replace(SEWN, day=oct(7), minutes=1440)), WorkFact("packed", None), DecisionFact("warned", None),
    FigureFact("nuoma", None), SharesFact("P1", (Share("D1", 1), Share("D2", 1))),
    DecisionFact("new", replace(PRAISED, cents=-MOST_CENTS)), DecisionFact("new", replace(PRAISED, cents=MOST_CENTS))])
def test_what_is_just_possible_fits(fact: LateFact) -> None:
    check(BOOKS, fact)


@pytest.mark.parametrize("fact", [
    DayFact("D1", oct(6), 240, Mark.ATTENDED), DayFact("D1", oct(9), 0, None),
    SharesFact("P2", (Share("D2", 1000), Share("D1", 2000))), PriceFact("S1", 300, 0),
    DatesFact("D1", "D1", date(2024, 1, 1), None), WorkFact("sewn", SEWN),
    ValueFact("D1", "klase", oct(1), "A"), ValueFact("D2", "klase", oct(1), ""), DecisionFact("praised", PRAISED),
    FigureFact("sildymas", Fraction(3))])
def test_what_the_month_says_already_in_whatever_order_is_not_late(fact: LateFact) -> None:
    with pytest.raises(Refused) as refused:
        check_new(BOOKS, fact)
    assert refused.value.code == "late_same"


def test_a_fact_that_does_not_fit_is_not_new_either_and_none_of_it_gets_into_a_month() -> None:
    fact = DatesFact("D1", "D1", oct(2), oct(1))
    for tried in (lambda: check_new(BOOKS, fact), lambda: with_late(BOOKS, RULES, [fact])):
        with pytest.raises(Refused, match="ended_before_started"):
            tried()


@pytest.mark.parametrize(("fact", "code", "field", "values"), [
    (WorkFact("new", replace(PACKED, day=oct(7))), "worked_while_absent", "day", {"name": "D2", "day": "2026-10-07"}),
    (DecisionFact("new", replace(PRAISED, part="none")), "no_adjustment", "part", {}),
    (DecisionFact("new", replace(PRAISED, reason=" ")), "empty_text", "reason", {}),
    (DecisionFact("new", replace(PRAISED, document="")), "empty_text", "document", {}),
    (DecisionFact("new", replace(PRAISED, cents=MOST_CENTS + 1)), "too_large", "sum", {}),
    (DecisionFact("new", replace(PRAISED, person="D2", day=date(2026, 9, 30))), "not_here_in_month", "day",
     {"number": "D2", "month": "2026-09"}),
])
def test_what_is_looked_at_only_when_it_is_offered(fact: LateFact, code: str, field: str, values: dict[str, object]) -> None:
    with pytest.raises(Refused) as refused:
        check_offered(BOOKS, RULES, fact)
    assert (refused.value.code, refused.value.field, refused.value.values) == (code, field, values)


@pytest.mark.parametrize("fact", [
    WorkFact("new", PACKED), WorkFact("new", replace(PACKED, day=oct(8))), WorkFact("new", replace(SEWN, day=oct(7))),
    WorkFact("sewn", None), DecisionFact("new", PRAISED), DecisionFact("praised", None), DayFact("D1", oct(6), 1, None)])
def test_what_may_be_offered(fact: LateFact) -> None:
    check_offered(BOOKS, RULES, fact)


def test_decisions_name_the_adjustments_of_both_versions_of_a_month() -> None:
    assert adjustments_of(RULES) == {"decided": "Vadovo sprendimas"}
    assert adjustments_of(october.scheme()) == {}
    assert adjustments_of(october.scheme().after(RULES)) == {"decided": "Vadovo sprendimas"}


def test_a_text_of_no_kind_says_which() -> None:
    with pytest.raises(ValueError, match=r"\Ano kind of fact: lot\Z"):
        from_text("lot", "{}")
    text = '{"ended":null,"number":"D1","person":"a","started":"2026-10-02"}'
    assert from_text("dates", text) == DatesFact("a", "D1", oct(2), None)
