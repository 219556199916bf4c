"""What a month tells of each kind of part, and why each day counts: small months worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from ledger.core.explanation import About, DayReason, DayRow, Explainer, Fact, PersonExplanation, TraceRow, person_explanation
from ledger.core.people import Person
from ledger.core.periods import Month
from ledger.core.production import Attendance, Lot, Mark, Share, Work
from ledger.core.schemes import Scheme
from ledger.core.stipends import Debt, Inputs, calculate
from tests.books import OCTOBER, all_traced, day, lot, oct, person, sale
from tests.schemes import decision, limit, part, scheme

JONAS = Person("j", "D1", date(2025, 1, 1))


def told(rules: Scheme, *rows: Attendance, people: tuple[Person, ...] = (person("D1"),), number: str = "D1",
         lots: tuple[Lot, ...] = (), **more: object) -> PersonExplanation:
    inputs = Inputs(OCTOBER, people, rows, lots, (), **more)  # type: ignore[arg-type] # the fields of a month
    return person_explanation(inputs, rules, calculate(inputs, rules), number)


def facts(one: PersonExplanation) -> tuple[Fact, ...]:
    return one.facts.told


def per_day(*bands: tuple[str, str], key: str = "days", more: str = "") -> str:
    """A sum by the day: bands of (from so many hours, euros)."""
    edges = [hours for hours, _ in bands[1:]]
    rows = [f'{{ from_hours = "{hours}", {f"""to_hours = "{edges[n]}", """ if n < len(edges) else ""}amount = "{euros}" }}'
            for n, (hours, euros) in enumerate(bands)]
    return part(key, "per_day", f"{more}\nband = [{', '.join(rows)}]")


def reasons(one: PersonExplanation) -> list[tuple[str, int]]:
    return [(row.reason.value, int(row.cents)) for row in one.days]


# ---------- the statement and the way of a sale ----------


def test_a_statement_says_whose_it_is_and_what_is_owed() -> None:
    """5 euros 10 are earned, of which a fifth is kept for the 2 euros that are owed."""
    rows, debts = [Attendance("j", oct(1), 300, Mark.ATTENDED)], (Debt("j", 200, Month(2026, 9)),)
    rules = replace(scheme(per_day(("4", "5.10"))), debt_share=Fraction(20))
    one = told(rules, *rows, people=(JONAS,), number="j", debts=debts)
    assert (one.month, one.person, one.number, one.total, one.debt) == (OCTOBER, "j", "D1", 408, 98)
    assert [(row.label, row.paragraph) for row in one.lines] == [("days", ""), ("", "")]


def test_a_step_of_the_trace_says_all_that_is_printed() -> None:
    lots = (Lot("lot1", "P7", 1, "A", oct(1), 5000, 5000, (Share("D1", 3000), Share("D2", 1000))),)
    inputs = Inputs(OCTOBER, (person("D1"), person("D2")), (), lots, (sale("1", 5, 2),))
    explainer = Explainer(inputs, all_traced(), calculate(inputs, all_traced()))
    assert explainer.person("D1").trace == (TraceRow(
        "D1", "1", oct(5), "K1", "1", "mugė", "A", 2000, 200, "lot1", "P7", oct(1), 2000, 3000, 4000, Fraction(150), False, True),)


def test_a_sale_line_says_what_no_lot_covers() -> None:
    inputs = Inputs(OCTOBER, (person("D1"),), (), (lot("P1", 1, 2),), (sale("1", 5, 3),))
    one = Explainer(inputs, all_traced(), calculate(inputs, all_traced())).sale("1")
    assert (one.line, one.uncovered, one.unassigned, one.amounts.shared) == (sale("1", 5, 3), 1000, 100, 300)


def test_lines_of_a_split_month_speak_of_the_version_that_made_them() -> None:
    early = scheme(per_day(("4", "1"), more='paragraph = "3"'))
    late = replace(scheme(per_day(("4", "5"), more='paragraph = "8"')), in_force_from=oct(11)).after(early)
    one = told(late, day("D1", 10), day("D1", 11), day("D1", 12))
    assert [(row.paragraph, row.scheme, row.line.cents) for row in one.lines] == [("3", early, 100), ("8", late, 1000)]
    assert reasons(one) == [("counted", 100), ("counted", 500), ("counted", 500)]
    assert facts(one) == (Fact(About.DAYS, 1100, 3),)


# ---------- days ----------


def test_a_day_says_its_minutes_and_its_mark() -> None:
    one = told(scheme(per_day(("4", "1.20"))), day("D1", 5, 250), day("D1", 6, 0, Mark.ILL))
    assert one.days == (
        DayRow(oct(5), 250, "D", DayReason.COUNTED, Fraction(120)), DayRow(oct(6), 0, "L", DayReason.ILL, Fraction(0)))


def test_a_day_earns_by_the_band_of_its_hours() -> None:
    rules = scheme(per_day(("2", "0.50"), ("4", "1.20")))
    assert reasons(told(rules, day("D1", 5, 180), day("D1", 6, 240), day("D1", 7, 119))) == [
        ("counted", 50), ("counted", 120), ("too_short", 0)]


def test_days_over_the_plan_earn_nothing_and_short_ones_do_not_count_as_planned() -> None:
    rules = scheme(per_day(("4", "1"), more='planned = "2"'))
    rows = [day("D1", 1), day("D1", 2, 60), day("D1", 5), day("D1", 6)]
    assert reasons(told(rules, *rows)) == [("counted", 100), ("too_short", 0), ("counted", 100), ("over_plan", 0)]


def test_a_day_counts_when_any_part_pays_it_and_earns_by_all_of_them() -> None:
    rules = scheme(per_day(("4", "1"), key="long"), per_day(("2", "0.30"), key="any"))
    assert reasons(told(rules, day("D1", 5), day("D1", 6, 150))) == [("counted", 130), ("counted", 30)]


def test_saturdays_and_holidays_earn_more() -> None:
    rules = scheme(per_day(("4", "1"), more='weekend = "2"\nholiday = "3"'))
    rows = [day("D1", 2), day("D1", 3), day("D1", 5)]  # Friday, Saturday, and a Monday that is free
    assert reasons(told(rules, *rows, holidays=(oct(5),))) == [("counted", 100), ("counted", 200), ("counted", 300)]


def test_where_nothing_is_paid_by_the_day_every_attended_day_counts() -> None:
    assert reasons(told(scheme(part("flat", "flat", 'amount = "9"')), day("D1", 5, 10))) == [("counted", 0)]


# ---------- what is told of each kind ----------


def test_hours_of_every_kind_are_told_in_minutes() -> None:
    rates = 'rate = [{ hours = "production", amount = "0.20" }, { hours = "training", amount = "0.10" }]'
    rules = scheme(part("h", "per_hour", rates))
    one = told(rules, day("D1", 5, 150), work=(Work("w", "D1", oct(5), "training", "", 30, 0, 0, 0),))
    assert facts(one) == (Fact(About.HOURS, 45, 150),)


PIECES = 'piece = [{ product = "A", amount = "0.50" }, { task = "cut", amount = "0.10" }]'
CUT = (Work("w", "D1", oct(5), "", "cut", 60, 7500, 7500, 0),)


def test_things_made_are_told_without_the_tasks_and_over_all_parts() -> None:
    rules = scheme(part("a", "per_piece", PIECES), part("b", "per_piece", 'piece = [{ product = "B", amount = "1" }]'))
    one = told(rules, day("D1", 5), lots=(lot("P1", 5, 4), lot("P2", 5, 2, product="B")), work=CUT)
    assert facts(one) == (Fact(About.PIECES, 475, 6000),)  # 4 and 2 things; 7.5 pieces cut are paid and are no things


def test_tasks_done_are_told_as_tasks() -> None:
    one = told(scheme(part("t", "per_piece", 'piece = [{ task = "cut", amount = "0.10" }]')), day("D1", 5), work=CUT)
    assert facts(one) == (Fact(About.TASKS, 75, 7500),)


def test_a_decision_without_money_is_a_gift_and_a_sum_of_nothing_is_none() -> None:
    rules = scheme(part("praise", "adjustment"), part("flat", "flat", 'amount = "0"'))
    one = told(rules, day("D1", 5), decisions=(decision("D1", "praise", 0, 5), decision("D1", "praise", 500, 6)))
    assert facts(one) == (Fact(About.GIFT, 0), Fact(About.DECISION, 500), Fact(About.FLAT, 0))


@pytest.mark.parametrize(("row", "about", "cents"), [
    (day("D1", 5, 0, Mark.ILL), About.AWAY, -1000), (day("D1", 6, 0, Mark.UNEXCUSED), About.ABSENCE, -500)])
def test_a_month_away_is_told_otherwise_than_a_day_missed(row: Attendance, about: About, cents: int) -> None:
    rules = scheme(part("flat", "flat", 'amount = "10"\npresence = "here"\nabsence = { unexcused_off = "0.5", away = "nothing" }'))
    one = told(rules, row, *([day("D1", 1)] if about is About.ABSENCE else []))
    assert facts(one) == (Fact(About.FLAT, 1000), Fact(about, cents))


def test_a_ceiling_is_named_when_it_is_the_only_one_and_on_everything() -> None:
    paid, rows = per_day(("4", "10")), (day("D1", 5), day("D1", 6))
    top, goods = limit("top", "ceiling", 'amount = "12"'), limit("part", "ceiling", 'amount = "9"\non = "days"')
    assert facts(told(scheme(paid, top), *rows))[1] == Fact(About.LIMIT, -800, 1200)
    assert facts(told(scheme(paid, goods), *rows))[1] == Fact(About.LIMIT, -1100)
    assert facts(told(scheme(paid, top, goods), *rows))[1] == Fact(About.LIMIT, -1100)


def test_a_smallest_sum_is_told_without_a_count() -> None:
    rules = scheme(per_day(("4", "1")), limit("least", "floor", 'amount = "3"'))
    assert facts(told(rules, day("D1", 5))) == (Fact(About.DAYS, 100, 1), Fact(About.FLOOR, 200))
