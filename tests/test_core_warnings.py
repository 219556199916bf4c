"""What is worth a look: rules that would punish a harder task, people at zero, jumps, sums above a reference, what nobody wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from test_core_what_if import HEAD, JONAS, OCTOBER, flat, month

from ledger.core.decided import Figure
from ledger.core.people import Person, PersonValue
from ledger.core.schemes import parse
from ledger.core.stipends import Inputs, calculate
from ledger.core.warnings import Warned, warnings_of, warnings_of_scheme
from ledger.core.what_if import as_if


def part(kind: str, more: str) -> str:
    return f'{HEAD}[[part]]\nkey = "p"\nkind = "{kind}"\npayer = "budget"\nlabel = "Dalis"\n{more}\n'


def piece(task: str, wage: str, per_hour: str) -> str:
    return f'[[part.piece]]\ntask = "{task}"\nnorm = {{ wage = "{wage}", per_hour = "{per_hour}" }}\n'


def codes(text: str) -> list[str]:
    return [one.code for one in warnings_of_scheme(parse(text))]


# ---------- the scheme by itself ----------


def test_a_harder_task_that_earns_less_an_hour_is_named_with_both_sums():
    text = part("per_piece", piece("lengva", "6.00", "30") + piece("sunki", "5.00", "10"))
    [only] = warnings_of_scheme(parse(text))
    values = {"label": "Dalis", "harder": "sunki", "easier": "lengva", "harder_cents": 500, "easier_cents": 600}
    assert only == Warned("warn_harder_earns_less", values, part="p")


def test_of_several_easier_tasks_the_best_paid_is_named():
    text = part("per_piece", piece("lengva", "6.00", "30") + piece("paprasta", "7.00", "20") + piece("sunki", "5.00", "10"))
    [only] = warnings_of_scheme(parse(text))
    assert (only.values["harder"], only.values["easier"], only.values["easier_cents"]) == ("sunki", "paprasta", 700)


@pytest.mark.parametrize(("easy", "hard"), [("6.00", "6.00"), ("6.00", "7.00"), ("6.00", "5.94")])
def test_a_harder_task_that_earns_as_much_is_none(easy: str, hard: str):
    """A hundredth less is the rounding of rates."""
    assert codes(part("per_piece", piece("lengva", easy, "30") + piece("sunki", hard, "10"))) == []


def test_tasks_of_one_norm_are_as_hard_as_each_other():
    assert codes(part("per_piece", piece("viena", "6.00", "10") + piece("kita", "3.00", "10"))) == []


def test_rounded_rates_are_compared_as_they_are_paid():
    text = 'rate_rounding = [{ mode = "down", step = "0.1" }]\n' + piece("lengva", "6.00", "20") + piece("sunki", "6.00", "11")
    [only] = warnings_of_scheme(parse(part("per_piece", text)))  # 0.30 x 20 against 0.50 x 11
    assert (only.values["harder_cents"], only.values["easier_cents"]) == (550, 600)


def test_a_wage_by_reference_counts_as_on_the_first_day():
    amounts = '[[amount]]\nkey = "wage"\n[[amount.value]]\nfrom = 2027-01-01\namount = "6"\n'
    [only] = warnings_of_scheme(parse(part("per_piece", piece("a", "ref.wage", "30") + piece("b", "5", "10")) + amounts))
    assert (only.values["harder_cents"], only.values["easier_cents"]) == (500, 600)


def test_a_reference_that_grows_with_the_number_of_people_is_taken_for_one_person():
    amounts = '[[amount]]\nkey = "wage"\nderived = { of = "6", new = "people", old = "1" }\n'
    [only] = warnings_of_scheme(parse(part("per_piece", piece("a", "ref.wage", "30") + piece("b", "5", "10")) + amounts))
    assert only.values["easier_cents"] == 600


def test_a_wage_of_the_person_is_compared_without_sums():
    text = part("per_piece", piece("a", "value.wage", "30") + piece("b", "value.wage * 0.5", "10"))
    [only] = warnings_of_scheme(parse(text))
    assert (only.code, only.values) == ("warn_harder_pays_less", {"label": "Dalis", "harder": "b", "easier": "a"})
    assert codes(part("per_piece", piece("a", "value.wage", "30") + piece("b", "1", "10"))) == []


def test_an_amount_whose_key_ends_another_name_is_not_taken_for_it():
    amounts = '[[amount]]\nkey = "le"\n[[amount.value]]\nfrom = 2027-01-01\namount = "0"\n'
    assert codes(part("per_piece", piece("a", "people * 6", "30") + piece("b", "people * 5", "10")) + amounts) == [
        "warn_harder_pays_less"]


def test_what_the_person_adds_counts_as_one_and_is_not_rounded():
    assert codes(part("per_piece", piece("a", "value.wage + 3", "30") + piece("b", "value.wage * 3", "10"))) == [
        "warn_harder_pays_less"]  # 4 an hour against 3
    down = 'rate_rounding = [{ mode = "down", step = "0.1" }]\n'
    assert codes(part("per_piece", down + piece("a", "value.wage", "10") + piece("b", "value.wage", "9"))) == []


def test_rates_without_a_norm_cannot_be_compared():
    text = '[[part.piece]]\ntask = "a"\namount = "0.20"\n[[part.piece]]\nproduct = "G1"\namount = "0.30"\n'
    [only] = warnings_of_scheme(parse(part("per_piece", text + piece("c", "6", "10"))))
    assert only == Warned("warn_rates_without_norm", {"label": "Dalis", "things": "a, G1"}, part="p")


@pytest.mark.parametrize(("key", "found"), [
    ("units", ["warn_all_units_alike"]), ("units * hours", ["warn_all_units_alike"]),
    ("units.A + units.B", ["warn_units_alike"]), ("units.A * 2 + units.B", []),
    ("units.A * 2 + units.B + made.c", ["warn_units_alike"]), ("made.a / 10 + made.b / 4", []),
    ("made.a", ["warn_one_thing_counts"]), ("days", []), ("hours * value.k", [])])
def test_a_key_that_counts_slow_things_like_quick_ones(key: str, found: list[str]):
    assert codes(part("share", f'by = "{key}"\namount = "100"')) == found
    assert codes(part("per_hour", f'from_pool = {{ by = "{key}" }}').replace('"budget"', '"pool"')) == found


@pytest.mark.parametrize(("key", "code", "named"), [
    ("units", "warn_all_units_alike", {}), ("made.a", "warn_one_thing_counts", {"thing": "a"}),
    ("units.A * 2 + units.B + made.c", "warn_units_alike", {"things": "B, c"}),
    ("min(units.A, units.B) + units.C", "warn_units_alike", {"things": "A, B"})])  # one without the other is nothing
def test_what_counts_alike_is_named(key: str, code: str, named: dict[str, str]):
    [only] = warnings_of_scheme(parse(part("share", f'by = "{key}"\namount = "100"')))
    assert only == Warned(code, {"label": "Dalis", **named}, part="p")


def test_a_sum_by_the_count_of_units_is_looked_at_too():
    bands = 'count = "units"\nband = [{ from = "0", to = "10", amount = "1" }, { from = "10", amount = "5" }]'
    assert codes(part("flat", bands)) == ["warn_all_units_alike"]


RATED = '[[part.task]]\ntask = "a"\nnorm = "10"\n'


def test_a_rating_by_norm_without_a_floor():
    assert warnings_of_scheme(parse(part("rated", 'amount = "6"\n' + RATED))) == (
        Warned("warn_norm_without_floor", {"label": "Dalis"}, part="p"),)
    floor = '[[limit]]\nkey = "f"\nkind = "floor"\nlabel = "Mažiausia"\namount = "20"\n'
    assert codes(part("rated", 'amount = "6"\n' + RATED) + floor) == []
    assert codes(part("rated", 'amount = "6"\n' + RATED) + floor + 'on = "p"\n') == []
    ceiling = floor.replace('"floor"', '"ceiling"')
    assert codes(part("rated", 'amount = "6"\n' + RATED) + ceiling) == ["warn_norm_without_floor"]


@pytest.mark.parametrize(("formula", "found"), [
    ("made.a / (10 * hours)", ["warn_norm_without_floor"]), ("max(0.5, made.a / (10 * hours))", []), ("value.k", [])])
def test_productivity_by_formula(formula: str, found: list[str]):
    assert codes(part("rated", f'amount = "6"\nproductivity = "{formula}"')) == found


# ---------- a month worked out ----------


def warned(text: str, inputs: Inputs, earlier: dict[str, Sequence[int]] | None = None) -> list[Warned]:
    scheme = as_if(parse(text), OCTOBER.first)
    return list(warnings_of(inputs, scheme, calculate(inputs, scheme), earlier or {}))


def test_a_quiet_month_warns_of_nothing():
    assert warned(flat("10"), month(OCTOBER), {"j": [1000, 900, 1100]}) == []


def test_who_came_and_has_nothing():
    hard = part("per_day", 'band = [{ from_hours = "6", amount = "1" }]')
    assert warned(hard, month(OCTOBER, days=(2, 0))) == [Warned("warn_zero", {"days": 2}, "j")]


@pytest.mark.parametrize(("before", "found"), [
    ([2000], []), ([2001], ["warn_jump_down"]), ([667], []), ([666], ["warn_jump_up"]), ([0, 0, 0], ["warn_jump_up"]), ([], []),
    ([3000, 1000, 2003], ["warn_jump_down"])])
def test_a_jump_is_more_than_half_of_the_mean_before(before: list[int], found: list[str]):
    assert [one.code for one in warned(flat("10"), month(OCTOBER), {"j": before})] == found


def test_a_jump_tells_the_mean_and_the_months():
    [only] = warned(flat("10"), month(OCTOBER), {"j": [300, 401]})
    assert only == Warned("warn_jump_up", {"total_cents": 1000, "mean_cents": 351, "months": 2}, "j")


def test_who_is_above_the_sum_that_the_rules_watch():
    text = flat("10") + '[warn]\nabove = "ref.top * month.k / people"\n[[amount]]\nkey = "top"\n[[amount.value]]\n' \
        'from = 2027-01-01\namount = "19.98"\n'
    read = month(OCTOBER, figures=(Figure("k", Fraction(1, 4)), Figure("k", Fraction(3, 4))))
    above = {"total_cents": 1000, "above_cents": 999}
    assert warned(text, read) == [Warned("warn_above", above, "j"), Warned("warn_above", above, "o")]
    assert warned(text.replace("19.98", "20"), read) == []
    assert [one.values["above_cents"] for one in warned(text, month(OCTOBER))] == [0, 0]  # nobody wrote the figure


CLASSED = 'by_class = "lygis"\nclass = [{ is = "A", amount = "10" }]'


def test_a_class_that_nobody_wrote_or_that_the_rules_do_not_have():
    values = (PersonValue("j", "lygis", date(2026, 10, 31), "B"),)
    found = warned(part("flat", CLASSED), month(OCTOBER, values=values))
    assert [one for one in found if one.code != "warn_zero"] == [
        Warned("warn_class_unknown", {"name": "lygis", "word": "B"}, "j"), Warned("warn_value_missing", {"name": "lygis"}, "o")]


def test_a_class_that_a_limit_does_not_have():
    text = flat("10") + '[[limit]]\nkey = "l"\nkind = "ceiling"\nlabel = "Riba"\nby_class = "lygis"\n' \
        '[[limit.class]]\nis = "A"\namount = "50"\n'
    values = tuple(PersonValue(ref, "lygis", date(2026, 1, 1), word) for ref, word in (("j", "A"), ("o", "B")))
    assert warned(text, month(OCTOBER, values=values)) == [Warned("warn_class_unknown", {"name": "lygis", "word": "B"}, "o")]


def test_a_value_that_begins_next_month_is_missing_and_a_known_one_is_not():
    values = (PersonValue("j", "k", date(2026, 11, 1), "2"), PersonValue("o", "k", date(2026, 1, 1), "2"))
    assert warned(flat("value.k * 5 + 1"), month(OCTOBER, values=values)) == [Warned("warn_value_missing", {"name": "k"}, "j")]


def test_who_has_left_needs_no_value():
    gone = replace(JONAS, ended=date(2026, 9, 30))
    read = month(OCTOBER, days=(0, 1))
    read = replace(read, people=(gone, Person("o", "D2", date(2025, 1, 1))))
    traced = '[[part]]\nkey = "t"\nkind = "traced"\npayer = "pool"\nlabel = "G"\nportion = "50"\n'
    text = part("flat", 'amount = "value.k + 1"') + traced
    assert [one.person for one in warned(text, read) if one.code == "warn_value_missing"] == ["o"]


def test_a_check_that_does_not_pass():
    text = flat("10") + '[[check]]\nkey = "w"\nlabel = "Atlygis"\nthat = "1"\nleast = "2.5"\n'
    assert warned(text, month(OCTOBER)) == [
        Warned("warn_check", {"label": "Atlygis", "that_thousandths": 1000, "least_thousandths": 2500})]
    assert warned(text.replace("2.5", "1"), month(OCTOBER)) == []
