"""The grammar of a scheme: what stands for a key that is not written, and where a formula deep in a part is found."""

from fractions import Fraction

import pytest

from ledger.core.formulas import formula
from ledger.core.grammar import ratio_text
from ledger.core.money import Mode, Rounding, Stage
from ledger.core.periods import Month
from ledger.core.schemes import SchemeRefused, parse
from ledger.core.tables import SchemeFault, Table
from tests.books import day, month, person
from tests.schemes import limit, noted, part, scheme, totals

FLAT = part("pay", "flat", 'amount = "10"')


def test_a_rounding_without_its_step_is_to_the_cent() -> None:
    body = 'amount = "1"\nrounding = { mode = "up" }\nrate_rounding = [{ mode = "down" }, { mode = "up" }]'
    rules = scheme(part("pay", "flat", body))
    assert (rules.parts[0].rounding, rules.parts[0].rule.rate_rounding) == (
        Rounding(Mode.UP, 1), (Stage(Mode.DOWN, Fraction(1, 100)), Stage(Mode.UP, Fraction(1, 100))))
    assert scheme('[total]\nstep = "0.05"\n', FLAT).total == Rounding(Mode.HALF_UP, 5)


def test_roundings_that_cannot_be() -> None:
    body = 'amount = "1"\nrounding = { step = "0.005" }\nrate_rounding = [{ mode = "down", step = "0" }]'
    assert noted(part("pay", "flat", body)) == [
        ("part[1].rounding.step", "scheme_step_cents", {}), ("part[1].rate_rounding[1].step", "scheme_step_zero", {})]
    assert noted(part("pay", "flat", 'amount = "1"\nrounding = { step = "0" }')) == [
        ("part[1].rounding.step", "scheme_step_zero", {})]
    classes = 'by_class = "level"\nclass = [{ is = "A", amount = "1.50" }, { is = "B", amount = "1.505" }]'
    assert noted(FLAT, limit("top", "ceiling", classes)) == [("limit[1].class[2].amount", "scheme_amount_cents", {})]
    assert noted(part("pay", "flat", 'amount = "1"\nrounding = 5\nabsence = 5')) == [
        ("part[1].rounding", "scheme_table_form", {}), ("part[1].absence", "scheme_table_form", {})]


def test_a_formula_is_found_where_it_stands() -> None:
    bands = 'band = [{ from = "0", to = "1", amount = "1" }, { from = "1", amount = "odd" }]'
    found = noted(
        part("a", "flat", f'who = "odd"\ncount = "odd"\n{bands}'),
        part("b", "per_piece", '[[part.piece]]\ntask = "t"\nnorm = { wage = "odd", per_hour = "1" }'),
        part("c", "flat", 'from_pool = { by = "odd" }', payer="pool"),
        limit("top", "ceiling", 'by_class = "level"\nclass = [{ is = "A", amount = "odd" }]'),
        '[pool]\ncosts = "days"\n[pool.reserve]\nmonth_pay = "days"\ncap_months = "1"\n',
        '[[check]]\nkey = "c"\nlabel = "C"\nthat = "1"\nleast = "days"\n',
    )
    assert [fault[:2] for fault in found] == [(place, "scheme_name_unknown") for place in (
        "part[1].who", "part[1].count", "part[1].band[2].amount", "part[2].piece[1].norm.wage", "part[3].from_pool.by",
        "limit[1].class[1].amount", "pool.costs", "pool.reserve.month_pay", "check[1].least")]


def test_a_number_without_a_short_decimal_form_is_a_fraction() -> None:
    assert [ratio_text(Fraction(text)) for text in ("1/3", "0.5", "0.00000001", "1/1000000000")] == [
        "1/3", "0.5", "0.00000001", "1/1000000000"]


@pytest.mark.parametrize(("method", "value", "more", "found", "faults"), [
    ("formula", ..., {}, formula("0"), [("scheme_key_missing", {})]),
    ("formula", 5, {}, formula("0"), [("scheme_number_form", {})]),
    ("formula", "1 +", {}, formula("0"), [("scheme_formula", {"column": 4, "text": "1 +"})]),
    ("choice", "up", {"options": Mode}, Mode.UP, []),
    ("choice", ..., {"options": Mode}, Mode.HALF_UP, [("scheme_key_missing", {})]),
    ("choice", ..., {"options": Mode, "default": Mode.UP}, Mode.UP, []),
    ("choice", "odd", {"options": Mode, "default": Mode.UP}, Mode.UP, [("scheme_choice", {"options": ", ".join(Mode)})]),
    ("choice", 5, {"options": Mode}, Mode.HALF_UP, [("scheme_choice", {"options": ", ".join(Mode)})]),
])
def test_what_stands_for_a_word_that_cannot_be_read(
    method: str, value: object, more: dict[str, object], found: object, faults: list[tuple[str, dict[str, object]]]
) -> None:
    """`...` is a key that is not written; a harmless value lets the reading go on."""
    seen: list[SchemeFault] = []
    table = Table({} if value is ... else {"key": value}, "", seen)
    assert getattr(table, method)("key", **more) == found
    assert [(fault.code, fault.values) for fault in seen] == faults


def test_an_amount_that_has_not_begun_is_nothing() -> None:
    """Rules tried on December 2025: their amount begins on the first of January."""
    amount = '[[amount]]\nkey = "wage"\nvalue = [{ from = 2026-01-01, amount = "8" }]\n'
    rules = scheme(amount, part("pay", "flat", 'amount = "ref.wage"\npresence = "here"'))
    result = month([person("D1")], scheme=rules, of=Month(2025, 12))
    assert (totals(result), [(one.exact, one.numbers) for one in result.amounts]) == ([0], [(0, {"exact": "0", "rounded": "0"})])
    assert totals(month([person("D1")], attendance=[day("D1", 1)], scheme=rules)) == [800]


def test_a_part_or_limit_is_found_by_its_key_in_both_rules_of_a_month() -> None:
    oldest = scheme(part("oldest", "flat", 'amount = "1"'))
    early = scheme(part("old", "flat", 'amount = "1"'), limit("oldtop", "ceiling", 'amount = "1"'))
    late = scheme(FLAT, limit("top", "ceiling", 'amount = "1"'), limit("low", "floor", 'amount = "1"'))
    both = late.after(early.after(oldest))
    found = [both.find(key) for key in ("pay", "top", "low", "old", "oldtop", "oldest", "none")]
    assert [one and one.key for one in found] == ["pay", "top", "low", "old", "oldtop", None, None]
    assert (late.find("old"), both.before) == (None, early)


def test_formulas_of_limits_and_amounts_are_found_by_their_place() -> None:
    found = noted(
        FLAT,
        limit("top", "ceiling", 'amount = "1"'),
        limit("low", "floor", 'amount = "odd"'),
        '[[amount]]\nkey = "a"\nvalue = [{ from = 2026-01-01, amount = "8" }]\n'
        '[[amount]]\nkey = "b"\nderived = { of = "odd", new = "1", old = "1" }\n[[amount]]\nkey = "c"\nmean = [{ of = "days" }]\n',
    )
    assert [fault[0] for fault in found] == ["limit[2].amount", "amount[2].derived.of", "amount[3].mean[1].of"]


def test_what_is_not_written_is_nothing() -> None:
    rules = scheme(FLAT)
    assert (rules.approved_by, rules.calendar, "inside_month" in rules.canonical()) == ("", "", False)
    assert scheme(FLAT, head='inside_month = "split"\n').canonical()["inside_month"] == "split"


def test_a_text_that_breaks_nowhere_in_particular() -> None:
    with pytest.raises(SchemeRefused) as refused:
        parse("a = " + "[" * 5000)
    assert [(fault.place, fault.code, fault.values) for fault in refused.value.faults] == [
        ("", "scheme_syntax", {"line": 0, "column": 0})]
