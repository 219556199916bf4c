"""What a scheme's faults say beside their place and code, where a number is just allowed, and the text a scheme is written as."""

from datetime import date
from fractions import Fraction

import pytest

from ledger.core.formulas import FormulaError, decimal_text, formula
from ledger.core.frozen import later
from ledger.core.schemes import SchemeRefused, read_scheme
from ledger.core.tables import SchemeFault, Table
from ledger.core.toml_text import to_toml
from tests.books import day, month, person
from tests.schemes import figure, limit, noted, part, scheme

FLAT = part("pay", "flat", 'amount = "10"')


def test_ways_that_exclude_each_other_are_all_named() -> None:
    two = 'allowance_share = "1", allowance_factor = "1"'
    found = noted(
        part("a", "flat", 'amount = "1"\nby_class = "level"\nclass = [{ is = "A", amount = "1" }, { is = "A", amount = "2" }]'),
        part("b", "per_day", ""),
        part("c", "per_hour", 'rate = [{ hours = "x", amount = "1" }, { hours = "x", amount = "2" }]\nhours = "y"'),
        part("d", "share", 'by = "one"\nof = "10"\namount = "5"'),
        part("e", "per_piece", 'piece = [{ product = "A", task = "b", amount = "1", norm = { wage = "1", per_hour = "1" } }]'),
        part("f", "rated", 'amount = "1"\ntask = [{ task = "t", norm = "0" }, { task = "t", rating = "1" }, { task = "u" }]'),
        part("g", "per_piece", 'piece = [{ product = "A", norm = { wage = "1", per_hour = "1", seconds = "2" } }]'),
        part("h", "per_piece", f'piece = [{{ task = "a", norm = {{ wage = "1", per_hour = "1", {two} }} }}]'),
    )
    assert found == [
        ("part[1].by_class", "scheme_one_of", {"keys": "amount, by_class, count, from_pool"}),
        ("part[1].class[2].is", "scheme_class_twice", {"name": "A"}),
        ("part[2].band", "scheme_one_of", {"keys": "band, from_pool"}),
        ("part[3].hours", "scheme_one_of", {"keys": "hours, rate"}),
        ("part[3].rate[2].hours", "scheme_hours_twice", {"name": "x"}),
        ("part[4].amount", "scheme_one_of", {"keys": "of, amount"}),
        ("part[5].piece[1].task", "scheme_one_of", {"keys": "product, task"}),
        ("part[5].piece[1].norm", "scheme_one_of", {"keys": "amount, norm"}),
        ("part[6].task[1].norm", "scheme_norm_zero", {}),
        ("part[6].task[2].task", "scheme_task_twice", {"name": "t"}),
        ("part[6].task[3].rating", "scheme_one_of", {"keys": "rating, norm"}),
        ("part[7].piece[1].norm.units", "scheme_one_of", {"keys": "units + minutes, seconds, per_hour"}),
        ("part[8].piece[1].norm.allowance_factor", "scheme_one_of", {"keys": "allowance_share, allowance_factor"}),
    ]


def test_norms_that_cannot_be() -> None:
    rows = [
        'units = "5"',
        'minutes = "5"',
        'units = "5", minutes = "0"',
        'seconds = "0"',
        'per_hour = "0"',
        'units = "0", minutes = "5"',
        'per_hour = "5", allowance_share = "0"',
        'per_hour = "5", allowance_factor = "0"',
        'per_hour = "5", allowance_factor = "1.1", least_factor = "1.15"',
        'per_hour = "5", least_factor = "1.15"',
        'per_hour = "5", allowance_minutes = "9", least_factor = "1.18"',
        'per_hour = "7", not_below_wage = true',
        'per_hour = "5", allowance_minutes = "60"',
    ]
    pieces = ", ".join(f'{{ task = "t{n}", norm = {{ wage = "8", {row} }} }}' for n, row in enumerate(rows))
    found = noted(part("a", "per_piece", f'rate_rounding = [{{ mode = "down", step = "0.01" }}]\npiece = [{pieces}]'))
    assert found == [
        ("part[1].piece[13].norm.allowance_minutes", "scheme_number_over", {"most": 59}),
        ("part[1].piece[1].norm.units", "scheme_one_of", {"keys": "units + minutes, seconds, per_hour"}),
        ("part[1].piece[2].norm.units", "scheme_one_of", {"keys": "units + minutes, seconds, per_hour"}),
        ("part[1].piece[3].norm.units", "scheme_norm_zero", {}),
        ("part[1].piece[4].norm.seconds", "scheme_norm_zero", {}),
        ("part[1].piece[5].norm.per_hour", "scheme_norm_zero", {}),
        ("part[1].piece[6].norm.units", "scheme_norm_zero", {}),
        ("part[1].piece[7].norm.allowance_share", "scheme_norm_zero", {}),
        ("part[1].piece[8].norm.allowance_factor", "scheme_norm_zero", {}),
        ("part[1].piece[9].norm.allowance_factor", "scheme_allowance_small", {"least": "1.15"}),
        ("part[1].piece[10].norm.least_factor", "scheme_allowance_small", {"least": "1.15"}),
        ("part[1].piece[11].norm.allowance_minutes", "scheme_allowance_small", {"least": "1.18"}),
        ("part[1].piece[12].norm.not_below_wage", "scheme_below_wage", {}),
        ("part[1].piece[13].norm.allowance_minutes", "scheme_norm_zero", {}),
    ]


def test_bands_that_do_not_follow_each_other() -> None:
    def bands(*rows: str) -> str:
        return 'count = "days"\nband = [' + ", ".join(f'{{ {row}, amount = "1" }}' for row in rows) + "]"

    found = noted(
        part("a", "flat", bands('from = "1", to = "1"', 'from = "1"')),
        part("b", "flat", bands('from = "1"', 'from = "2"')),
        part("c", "flat", bands('from = "1", to = "2"', 'from = "3", to = "4"', 'from = "3.5", to = "5"')),
        part("d", "top_up", 'point = [{ at = "1", gives = "1" }, { at = "1", gives = "2" }, { at = "0.5", gives = "2" }]'),
        part("e", "flat", 'amount = "1"\nband = [{ from = "0", amount = "1" }]'),
        part("f", "flat", 'by_class = "level"'),
    )
    assert found == [
        ("part[1].band[1].to", "scheme_band_empty", {}),
        ("part[2].band[2].from", "scheme_band_overlap", {}),
        ("part[3].band[2].from", "scheme_band_gap", {}),
        ("part[3].band[3].from", "scheme_band_overlap", {}),
        ("part[3].band[3].to", "scheme_band_top", {}),
        ("part[4].point[2].at", "scheme_points_order", {}),
        ("part[4].point[3].at", "scheme_points_order", {}),
        ("part[5].band", "scheme_count_bands", {}),
        ("part[6].class", "scheme_class_rows", {}),
    ]


def test_formulas_tell_where_they_break() -> None:
    long = "1" * 201
    found = noted(
        part("a", "flat", 'amount = "days + $"'),
        part("b", "flat", f'amount = "{long}"'),
        part("c", "flat", 'amount = "part.pay"'),
        part("d", "flat", 'amount = "ref.none"'),
        FLAT,
    )
    assert found == [
        ("part[1].amount", "scheme_formula", {"column": 8, "text": "days + $"}),
        ("part[2].amount", "scheme_number_form", {}),
        ("part[3].amount", "scheme_part_later", {"name": "pay"}),
        ("part[4].amount", "scheme_ref_unknown", {"name": "none", "names": "—"}),
    ]


def test_reference_amounts_that_cannot_be() -> None:
    found = noted(
        FLAT,
        '[[amount]]\nkey = "a"\nvalue = [{ from = 2026-01-01, amount = "1" }, { from = 2026-01-01, amount = "2" }]\n',
        '[[amount]]\nkey = "b"\nvalue = [{ from = 2026-01-02, amount = "1" }]\n',
        '[[amount]]\nkey = "c"\nderived = { of = "ref.d", new = "1", old = "1" }\n',
        '[[amount]]\nkey = "d"\nderived = { of = "ref.c", new = "1", old = "1" }\n',
        '[[amount]]\nkey = "e"\n',
    )
    assert found == [
        ("amount[1].value[2].from", "scheme_date_twice", {"date": "2026-01-01"}),
        ("amount[2].value[1].from", "scheme_amount_late", {"date": "2026-01-01"}),
        ("amount[5].value", "scheme_one_of", {"keys": "value, derived, mean"}),
        ("amount[3]", "scheme_circular", {"way": "c → d → c"}),
        ("amount[4]", "scheme_circular", {"way": "d → c → d"}),
    ]


def test_limits_that_cannot_be() -> None:
    found = noted(
        FLAT,
        limit("a", "ceiling", 'amount = "0"'),
        limit("b", "floor", 'amount = "10"\ncuts = "pay"'),
        limit("c", "floor", 'amount = "10"\nreturns = "source"'),
        limit("d", "ceiling", 'amount = "10"\npayer = "pool"'),
        limit("e", "ceiling", 'by_class = "level"\nclass = [{ is = "A", amount = "1" }, { is = "B", amount = "0" }]'),
        limit("f", "ceiling", 'amount = "10"\nreturns = "again"'),
        limit("g", "ceiling", 'amount = "10"\ncuts = "none"\non = "nothing"'),
        limit("h", "ceiling", 'amount = "10"\nreturns = "budget"'),
    )
    assert found == [
        ("limit[2].cuts", "scheme_limit_key", {}),
        ("limit[3].returns", "scheme_limit_key", {}),
        ("limit[4].payer", "scheme_limit_key", {}),
        ("limit[8].returns", "scheme_choice", {"options": "reserve, source, again"}),
        ("limit[6].returns", "scheme_again_share", {}),
        ("limit[7].cuts", "scheme_part_unknown", {"name": "none"}),
        ("limit[7].on", "scheme_part_unknown", {"name": "nothing"}),
    ]


@pytest.mark.parametrize(
    ("method", "value", "more", "found", "faults"),
    [
        ("text", "x" * 200, {}, "x" * 200, []),
        ("text", "x" * 201, {}, "", [("scheme_text_form", {"longest": 200})]),
        ("text", "  y ", {}, "y", []),
        ("text", " ", {}, "", [("scheme_text_form", {"longest": 200})]),
        ("text", 5, {}, "", [("scheme_text_form", {"longest": 200})]),
        ("text", ..., {}, "", [("scheme_key_missing", {})]),
        ("text", ..., {"default": "d"}, "d", []),
        ("name", "a" + "b" * 39, {}, "a" + "b" * 39, []),
        ("name", "a" + "b" * 40, {}, "a" + "b" * 40, [("scheme_key_form", {})]),
        ("name", "A", {}, "A", [("scheme_key_form", {})]),
        ("number", "100", {"most": 100}, Fraction(100), []),
        ("number", "100.01", {"most": 100}, Fraction(10001, 100), [("scheme_number_over", {"most": 100})]),
        ("number", "-1", {}, Fraction(0), [("scheme_number_negative", {})]),
        ("number", "-x", {}, Fraction(0), [("scheme_number_form", {})]),
        ("number", 1, {}, Fraction(0), [("scheme_number_form", {})]),
        ("number", ..., {}, Fraction(0), [("scheme_key_missing", {})]),
        ("number", ..., {"default": Fraction(7)}, Fraction(7), []),
        ("cents", "1.25", {}, Fraction(125), []),
        ("ratio", "1/22", {}, Fraction(1, 22), []),
        ("ratio", "3/3", {}, Fraction(1), []),
        ("ratio", "4/3", {}, Fraction(0), [("scheme_ratio_form", {})]),
        ("ratio", "1/0", {}, Fraction(0), [("scheme_ratio_form", {})]),
        ("ratio", "0/1", {}, Fraction(0), []),
        ("ratio", "1.5", {}, Fraction(3, 2), [("scheme_number_over", {"most": 1})]),
        ("ratio", "0.5", {}, Fraction(1, 2), []),
        ("ratio", 1, {}, Fraction(0), [("scheme_number_form", {})]),
        ("ratio", ..., {}, Fraction(0), [("scheme_key_missing", {})]),
        ("ratio", ..., {"default": Fraction(1, 2)}, Fraction(1, 2), []),
        ("ratio", "1234567/1", {}, Fraction(0), [("scheme_number_form", {})]),
        ("percent", "100.5", {}, Fraction(201, 2), [("scheme_number_over", {"most": 100})]),
        ("percent", ..., {"default": Fraction(3)}, Fraction(3), []),
        ("minutes", "24", {}, 1440, []),
        ("minutes", "24.5", {}, 1470, [("scheme_number_over", {"most": 24})]),
        ("minutes", "0.01", {}, 0, [("scheme_minutes_whole", {})]),
        ("minutes", "1.25", {}, 75, []),
        ("flag", True, {}, True, []),
        ("flag", "true", {}, False, [("scheme_flag_form", {})]),
        ("flag", ..., {}, False, [("scheme_key_missing", {}), ("scheme_flag_form", {})]),
        ("whole", 3, {"default": 1, "least": 2, "most": 4}, 3, []),
        ("whole", 2, {"default": 1, "least": 2, "most": 4}, 2, []),
        ("whole", 4, {"default": 1, "least": 2, "most": 4}, 4, []),
        ("whole", 5, {"default": 1, "least": 2, "most": 4}, 1, [("scheme_whole_range", {"least": 2, "most": 4})]),
        ("whole", 1, {"default": 1, "least": 2, "most": 4}, 1, [("scheme_whole_range", {"least": 2, "most": 4})]),
        ("whole", True, {"default": 1, "least": 2, "most": 4}, 1, [("scheme_whole_form", {})]),
        ("whole", "3", {"default": 1, "least": 2, "most": 4}, 1, [("scheme_whole_form", {})]),
        ("whole", ..., {"default": 9, "least": 2, "most": 4}, 9, []),
        ("wholes", [3, 1], {"least": 1, "most": 3}, (1, 3), []),
        ("wholes", [3, 4], {"least": 1, "most": 3}, (), [("scheme_wholes_form", {"least": 1, "most": 3})]),
        ("wholes", [0], {"least": 1, "most": 3}, (), [("scheme_wholes_form", {"least": 1, "most": 3})]),
        ("wholes", [1, 1], {"least": 1, "most": 3}, (), [("scheme_wholes_form", {"least": 1, "most": 3})]),
        ("wholes", [], {"least": 1, "most": 3}, (), [("scheme_wholes_form", {"least": 1, "most": 3})]),
        ("wholes", [True], {"least": 1, "most": 3}, (), [("scheme_wholes_form", {"least": 1, "most": 3})]),
        ("wholes", ["1"], {"least": 1, "most": 3}, (), [("scheme_wholes_form", {"least": 1, "most": 3})]),
        ("wholes", 1, {"least": 1, "most": 3}, (), [("scheme_wholes_form", {"least": 1, "most": 3})]),
        ("wholes", ..., {"least": 1, "most": 3}, (), [("scheme_key_missing", {}), ("scheme_wholes_form", {"least": 1, "most": 3})]),
        ("day", "2026-02-29", {}, date(1, 1, 1), [("scheme_date_form", {})]),
        ("day", "2026-02-28", {}, date(2026, 2, 28), []),
        ("day", "20260228", {}, date(1, 1, 1), [("scheme_date_form", {})]),
        ("day", date(2026, 2, 28), {}, date(2026, 2, 28), []),
        ("day", ..., {}, date(1, 1, 1), [("scheme_key_missing", {})]),
        ("table", 1, {}, None, [("scheme_table_form", {})]),
        ("table", ..., {}, None, []),
        ("table", ..., {"needed": True}, None, [("scheme_key_missing", {})]),
        ("tables", 1, {}, [], [("scheme_table_form", {})]),
        ("tables", [1], {}, [], [("scheme_table_form", {})]),
        ("tables", ..., {}, [], []),
        ("tables", ..., {"needed": True}, [], [("scheme_key_missing", {})]),
    ],
)
def test_what_a_table_reads_at_its_edges(
    method: str, value: object, more: dict[str, object], found: object, faults: list[tuple[str, dict[str, object]]]
) -> None:
    """`...` is a key that is not written."""
    noted: list[SchemeFault] = []
    table = Table({} if value is ... else {"key": value}, "part[2]", noted)
    assert getattr(table, method)("key", **more) == found
    assert [(fault.place, fault.code, fault.values) for fault in noted] == [("part[2].key", *fault) for fault in faults]


def test_tables_below_know_their_place() -> None:
    faults: list[SchemeFault] = []
    table = Table({"one": {"a": 1}, "rows": [{}, {"b": "x"}], "more": 1}, "", faults)
    inner, rows = table.table("one"), table.tables("rows")
    assert inner is not None
    assert (inner.place, inner.at("a"), [row.place for row in rows], rows[1].at("b")) == (
        "one",
        "one.a",
        ["rows[1]", "rows[2]"],
        "rows[2].b",
    )
    inner.done()
    rows[1].formula("b")
    rows[1].done()
    rows[0].formula("b")
    table.done()
    assert [(fault.place, fault.code, dict(fault.values)) for fault in faults] == [
        ("one.a", "scheme_key_unknown", {"keys": ""}),
        ("rows[1].b", "scheme_key_missing", {}),
        ("more", "scheme_key_unknown", {"keys": "one, rows"}),
    ]


def test_what_is_deep_in_a_formula_and_what_is_long() -> None:
    deep = "(" * 19 + "1" + ")" * 19
    assert formula(f"(1) + (1) + {deep}").work(lambda _: Fraction(0)) == 3
    assert formula("+".join(["(1)"] * 25)).constant == 25
    with pytest.raises(FormulaError) as refused:
        formula(f"(1) + ({deep})")
    assert (refused.value.code, refused.value.values["column"], str(refused.value)) == ("scheme_formula", 27, "scheme_formula")
    longest = "days+" * 39 + "weeks"
    assert len(formula(longest).text) == 200
    with pytest.raises(FormulaError) as refused:
        formula(longest + "s")
    assert (refused.value.code, dict(refused.value.values)) == ("scheme_text_form", {"longest": 200})
    with pytest.raises(FormulaError) as refused:
        formula("1 $")
    assert dict(refused.value.values) == {"column": 3, "text": "1 $"}


def test_numbers_are_written_short() -> None:
    assert [decimal_text(Fraction(text)) for text in ("0", "10", "0.1", "1.50", "0.00000001", "100.25")] == [
        "0",
        "10",
        "0.1",
        "1.5",
        "0.00000001",
        "100.25",
    ]
    with pytest.raises(ValueError, match=r"^not a decimal number$"):
        decimal_text(Fraction(1, 3))


def test_a_field_that_came_later_says_so() -> None:
    made = later(3)
    assert (made.default, dict(made.metadata)) == (3, {"later": True})  # type: ignore[attr-defined] # a dataclass field


def test_a_scheme_as_text() -> None:
    data = {
        "limit": [{"key": "top"}],
        "zeta": "after all known",
        "alpha": [],
        "name": 'Raidė „ą“, "x" \\ \t\x7f\n !',
        "in_force_from": "2026-01-02",
        "number": "2026-01-02",
        "odd key": True,
        "no": False,
        "part": [
            {"key": "a", "rounding": {"mode": "up", "step": "0.01"}, "rate_rounding": [{"mode": "down"}, {}], "months": [1, 2]},
            {"key": "b", "norm": {"wage": "8", "from": "2026-13-01"}, "class": [{"is": "A", "de ep": {"from": date(2026, 1, 1)}}]},
        ],
        "order": {"date": "2025-12-01", "mixed": [{"from": "2026-05-06"}, 1, ("x",)]},
        "factor_rounding": {"mode": "up"},
    }
    assert to_toml(data).split("\n") == [
        'name = "Raidė „ą“, \\"x\\" \\\\ \\u0009\\u007f\\u000a !"',
        'number = "2026-01-02"',
        "in_force_from = 2026-01-02",
        'zeta = "after all known"',
        "alpha = []",
        '"odd key" = true',
        "no = false",
        'factor_rounding = { mode = "up" }',
        "",
        "[order]",
        "date = 2025-12-01",
        'mixed = [{ from = 2026-05-06 }, 1, ["x"]]',
        "",
        "[[part]]",
        'key = "a"',
        'rounding = { mode = "up", step = "0.01" }',
        'rate_rounding = [{ mode = "down" }, {}]',
        "months = [1, 2]",
        "",
        "[[part]]",
        'key = "b"',
        "",
        "[part.norm]",
        'wage = "8"',
        'from = "2026-13-01"',
        "",
        "[[part.class]]",
        'is = "A"',
        "",
        '[part.class."de ep"]',
        "from = 2026-01-01",
        "",
        "[[limit]]",
        'key = "top"',
        "",
    ]


def test_reference_amounts_tell_what_they_were_made_from() -> None:
    text = (
        '[[amount]]\nkey = "old"\nvalue = [{ from = 2025-01-01, amount = "924" }, { from = 2026-01-01, amount = "1038" }, '
        '{ from = 2026-11-01, amount = "2000" }]\n[[amount]]\nkey = "late"\nvalue = [{ from = 2026-01-01, amount = "3" }]\n'
        '[[amount]]\nkey = "up"\nrounding = [{ mode = "up", step = "1" }]\n'
        'derived = { of = "month.sum", new = "ref.old", old = "month.before", '
        'factor_rounding = [{ mode = "down", step = "0.01" }] }\n'
        '[[amount]]\nkey = "none"\nderived = { of = "1", new = "ref.old", old = "month.nothing" }\n'
        '[[amount]]\nkey = "middle"\nmean = [{ of = "ref.old", weight = "month.many" }, { of = "month.sum" }]\n'
        '[[amount]]\nkey = "empty"\nmean = [{ of = "5", weight = "month.nothing" }]\n'
    )
    rules = scheme(text, FLAT)
    figures = [figure("sum", "100.5"), figure("before", "924"), figure("many", "3")]
    result = month([person("D1")], attendance=[day("D1", 1)], figures=figures, scheme=rules)
    assert [(one.key, str(one.exact), dict(one.numbers)) for one in result.amounts] == [
        ("old", "1038", {"since": "2026-01-01", "exact": "1038", "rounded": "1038"}),
        ("late", "3", {"since": "2026-01-01", "exact": "3", "rounded": "3"}),
        ("up", "113", {"of": "201/2", "new": "1038", "old": "924", "factor": "28/25", "exact": "2814/25", "rounded": "113"}),
        ("none", "0", {"of": "1", "new": "1038", "old": "0", "factor": "0", "exact": "0", "rounded": "0"}),
        ("middle", "6429/8", {"sum": "6429/2", "weights": "4", "exact": "6429/8", "rounded": "6429/8"}),
        ("empty", "0", {"sum": "0", "weights": "0", "exact": "0", "rounded": "0"}),
    ]


def test_plain_data_that_is_no_scheme_at_all() -> None:
    with pytest.raises(SchemeRefused) as refused:
        read_scheme({})
    assert [(fault.place, fault.code, dict(fault.values)) for fault in refused.value.faults] == [
        ("part", "scheme_key_missing", {}),
        ("order", "scheme_key_missing", {}),
        ("name", "scheme_key_missing", {}),
        ("number", "scheme_key_missing", {}),
        ("in_force_from", "scheme_key_missing", {}),
    ]
