"""A scheme with a mistake is refused when it is saved, with the place of every mistake and what is allowed there."""

import pytest

from ledger.core.schemes import SchemeRefused, parse, read_scheme
from tests.schemes import HEAD, ORDER, faults, limit, part, scheme

FLAT = part("pay", "flat", 'amount = "10"')
WAGE = '[[amount]]\nkey = "wage"\nvalue = [{ from = 2026-01-01, amount = "8" }]\n'


def one_part(kind: str, body: str, payer: str = "budget") -> list[tuple[str, str]]:
    return faults(part("pay", kind, body, payer=payer))


@pytest.mark.parametrize(
    ("kind", "body", "place", "code"),
    [
        ("flat", "", "amount", "scheme_one_of"),
        ("flat", 'amount = "1"\ncount = "days"\nband = [{ from = "0", amount = "1" }]', "count", "scheme_one_of"),
        ("flat", 'amount = "-1.20"', "amount", "scheme_number_negative"),
        ("flat", 'amount = "1e3"', "amount", "scheme_number_form"),
        ("flat", 'amount = "NaN"', "amount", "scheme_number_form"),
        ("flat", "amount = 1.2", "amount", "scheme_number_form"),
        ("flat", 'amount = "days +"', "amount", "scheme_formula"),
        ("flat", 'amount = "days - 1"', "amount", "scheme_formula"),
        ("flat", 'amount = "wages * 2"', "amount", "scheme_name_unknown"),
        ("flat", 'amount = "ref.wage"', "amount", "scheme_ref_unknown"),
        ("flat", 'amount = "part.pay"', "amount", "scheme_part_later"),
        ("flat", 'amount = "part.other"', "amount", "scheme_part_unknown"),
        ("flat", 'amount = "1"\njoiner = "half"', "joiner", "scheme_choice"),
        ("flat", 'amount = "1"\nmonths = [13]', "months", "scheme_wholes_form"),
        ("flat", 'amount = "1"\nmonths = [1, 1]', "months", "scheme_wholes_form"),
        ("flat", 'amount = "1"\nmonths = []', "months", "scheme_wholes_form"),
        ("flat", 'amount = "1"\nabsence = { unexcused_off = "2/1" }', "absence.unexcused_off", "scheme_ratio_form"),
        ("flat", 'amount = "1"\nabsence = { unexcused_off = "1/0" }', "absence.unexcused_off", "scheme_ratio_form"),
        ("flat", 'amount = "1"\nabsence = { excused_days = 14 }', "absence.excused_part", "scheme_excused_both"),
        ("flat", 'amount = "1"\nabsence = { cut_to = "me" }', "absence.cut_to", "scheme_choice"),
        ("flat", 'by_class = "level"', "class", "scheme_class_rows"),
        (
            "flat",
            'by_class = "level"\nclass = [{ is = "A", amount = "1" }, { is = "A", amount = "2" }]',
            "class[2].is",
            "scheme_class_twice",
        ),
        ("flat", 'count = "days"', "band", "scheme_count_bands"),
        (
            "flat",
            'count = "days"\nband = [{ from = "0", to = "5", amount = "1" }, { from = "4", amount = "2" }]',
            "band[2].from",
            "scheme_band_overlap",
        ),
        (
            "flat",
            'count = "days"\nband = [{ from = "0", to = "5", amount = "1" }, { from = "6", amount = "2" }]',
            "band[2].from",
            "scheme_band_gap",
        ),
        ("flat", 'count = "days"\nband = [{ from = "0", to = "5", amount = "1" }]', "band[1].to", "scheme_band_top"),
        ("flat", 'amount = "1"\nrate_rounding = [{ mode = "up", step = "0" }]', "rate_rounding[1].step", "scheme_step_zero"),
        ("flat", 'amount = "1"\nrounding = { mode = "up", step = "0" }', "rounding.step", "scheme_step_zero"),
        ("flat", 'from_pool = { by = "one" }', "from_pool", "scheme_pot_amount"),
        ("per_day", 'band = [{ from_hours = "1", amount = "1" }]\nweekend = "-2"', "weekend", "scheme_number_negative"),
        ("per_day", "", "band", "scheme_one_of"),
        ("per_hour", 'amount = "1"\nrate = [{ hours = "training", amount = "1" }]', "rate", "scheme_one_of"),
        ("per_hour", 'hours = "training"\nrate = [{ hours = "training", amount = "1" }]', "hours", "scheme_one_of"),
        (
            "per_hour",
            'rate = [{ hours = "a", amount = "1" }, { hours = "a", amount = "1" }]',
            "rate[2].hours",
            "scheme_hours_twice",
        ),
        ("per_piece", "", "piece", "scheme_key_missing"),
        ("per_piece", "piece = []", "piece", "scheme_rows_none"),
        ("per_piece", 'piece = [{ product = "A", task = "a", amount = "1" }]', "piece[1].task", "scheme_one_of"),
        ("per_piece", 'piece = [{ product = "A" }]', "piece[1].amount", "scheme_one_of"),
        ("per_piece", 'piece = [{ task = "a", amount = "1" }, { task = "a", amount = "1" }]', "piece[2]", "scheme_piece_twice"),
        ("per_piece", 'piece = [{ task = "a", norm = { wage = "8", units = "4" } }]', "piece[1].norm.units", "scheme_one_of"),
        (
            "per_piece",
            'piece = [{ task = "a", norm = { wage = "8", seconds = "0" } }]',
            "piece[1].norm.seconds",
            "scheme_norm_zero",
        ),
        (
            "per_piece",
            'piece = [{ task = "a", norm = { wage = "8", seconds = "4", allowance_share = "0" } }]',
            "piece[1].norm.allowance_share",
            "scheme_norm_zero",
        ),
        (
            "per_piece",
            'piece = [{ task = "a", norm = { wage = "8", seconds = "4", allowance_share = "1", allowance_minutes = "1" } }]',
            "piece[1].norm.allowance_share",
            "scheme_one_of",
        ),
        (
            "per_piece",
            'piece = [{ task = "a", norm = { wage = "8", seconds = "4", allowance_factor = "1.15", least_factor = "1.1764705" } }]',
            "piece[1].norm.allowance_factor",
            "scheme_allowance_small",
        ),
        (
            "per_piece",
            'piece = [{ task = "a", norm = { wage = "8", seconds = "4", least_factor = "1.1" } }]',
            "piece[1].norm.least_factor",
            "scheme_allowance_small",
        ),
        (
            "per_piece",
            'rate_rounding = [{ mode = "down", step = "0.01" }]\n'
            'piece = [{ task = "a", norm = { wage = "8", per_hour = "81", not_below_wage = true } }]',
            "piece[1].norm.not_below_wage",
            "scheme_below_wage",
        ),
        (
            "per_piece",
            'piece = [{ task = "a", norm = { wage = "8", per_hour = "81", not_below_wage = "yes" } }]',
            "piece[1].norm.not_below_wage",
            "scheme_flag_form",
        ),
        ("rated", 'amount = "8"', "productivity", "scheme_one_of"),
        ("rated", 'amount = "8"\ntask = [{ task = "a", norm = "0" }]', "task[1].norm", "scheme_norm_zero"),
        (
            "rated",
            'amount = "8"\ntask = [{ task = "a", norm = "1" }, { task = "a", norm = "1" }]',
            "task[2].task",
            "scheme_task_twice",
        ),
        ("rated", 'amount = "8"\ntask = [{ task = "a", norm = "1", rating = "1" }]', "task[1].norm", "scheme_one_of"),
        ("rated", 'amount = "8"\nproductivity = "1"\nquality = "1.5"', "quality", "scheme_number_over"),
        ("share", 'by = "days"\namount = "1"\nof = "5"', "amount", "scheme_one_of"),
        ("share", 'by = "days"', "amount", "scheme_pot_amount"),
        ("share", 'by = "days"\namount = "days"', "amount", "scheme_name_unknown"),
        ("traced", 'portion = "100.001"', "portion", "scheme_number_over"),
        ("top_up", "", "point", "scheme_key_missing"),
        ("top_up", 'point = [{ at = "2", gives = "1" }, { at = "2", gives = "3" }]', "point[2].at", "scheme_points_order"),
        ("adjustment", 'amount = "1"', "amount", "scheme_key_unknown"),
        ("bonus", "", "kind", "scheme_kind_unknown"),
    ],
)
def test_a_part_with_a_mistake(kind: str, body: str, place: str, code: str) -> None:
    assert one_part(kind, body) == [(f"part[1].{place}", code)]


@pytest.mark.parametrize(
    ("section", "place", "code"),
    [
        ('[pool]\nsource = "fixed"', "pool.amount", "scheme_pool_amount"),
        ('[pool]\namount = "5"', "pool.amount", "scheme_pool_amount"),
        ('[pool]\npayout_share = "101"', "pool.payout_share", "scheme_number_over"),
        ('[pool]\ncosts = "days"', "pool.costs", "scheme_name_unknown"),
        ('[pool]\nshortfall = "wait"', "pool.shortfall", "scheme_choice"),
        ('[pool.reserve]\ncap_months = "6"', "pool.reserve.month_pay", "scheme_key_missing"),
        ('[[fund]]\nkey = "pool"\nlabel = "F"', "fund", "scheme_key_twice"),
        ('[[amount]]\nkey = "wage"', "amount[1].value", "scheme_one_of"),
        ('[[amount]]\nkey = "wage"\nvalue = [{ from = 2026-01-01 }]', "amount[1].value[1].amount", "scheme_key_missing"),
        (
            '[[amount]]\nkey = "wage"\nvalue = [{ from = 2026-02-01, amount = "1" }]',
            "amount[1].value[1].from",
            "scheme_amount_late",
        ),
        (
            '[[amount]]\nkey = "wage"\nvalue = [{ from = 2026-01-01, amount = "1" }, { from = 2026-01-01, amount = "2" }]',
            "amount[1].value[2].from",
            "scheme_date_twice",
        ),
        ('[[amount]]\nkey = "a"\nderived = { of = "ref.a", new = "2", old = "1" }', "amount[1]", "scheme_circular"),
        (WAGE + WAGE, "amount", "scheme_key_twice"),
        ('[[check]]\nkey = "c"\nlabel = "C"\nthat = "days"\nleast = "1"', "check[1].that", "scheme_name_unknown"),
        ('[warn]\nabove = "so_far"', "warn.above", "scheme_name_unknown"),
        ('[total]\nmode = "up"\nstep = "0"', "total.step", "scheme_step_zero"),
        (limit("top", "ceiling", ""), "limit[1].amount", "scheme_one_of"),
        (limit("top", "ceiling", 'amount = "5"\non = "goods"'), "limit[1].on", "scheme_part_unknown"),
        (limit("top", "ceiling", 'amount = "5"\npayer = "pool"'), "limit[1].payer", "scheme_limit_key"),
        (limit("top", "ceiling", 'amount = "5"\nreturns = "again"'), "limit[1].returns", "scheme_again_share"),
        (limit("low", "floor", 'amount = "5"\npayer = "me"'), "limit[1].payer", "scheme_choice"),
        (limit("low", "floor", 'amount = "5.001"'), "limit[1].amount", "scheme_amount_cents"),
    ],
)
def test_a_section_with_a_mistake(section: str, place: str, code: str) -> None:
    assert faults(section, FLAT) == [(place, code)]


@pytest.mark.parametrize(
    ("head", "place", "code"),
    [
        ('calendar = "Lithuania"\n', "calendar", "scheme_calendar_form"),
        ('inside_month = "maybe"\n', "inside_month", "scheme_choice"),
    ],
)
def test_a_head_with_a_mistake(head: str, place: str, code: str) -> None:
    assert faults(FLAT, head=head) == [(place, code)]


def test_a_circle_of_amounts_is_told_with_its_way() -> None:
    circle = [
        f'[[amount]]\nkey = "{key}"\nderived = {{ of = "ref.{of}", new = "2", old = "1" }}\n' for key, of in ("ab", "bc", "ca")
    ]
    with pytest.raises(SchemeRefused) as refused:
        scheme(*circle, FLAT)
    assert [(fault.place, fault.values["way"]) for fault in refused.value.faults] == [
        ("amount[1]", "a → b → c → a"),
        ("amount[2]", "b → c → a → b"),
        ("amount[3]", "c → a → b → c"),
    ]


def test_portions_of_the_pool_over_the_whole_are_refused_at_the_part_that_goes_over() -> None:
    shares = [part(f"s{n}", "share", f'by = "days"\nof = "{of}"', payer="pool") for n, of in enumerate(("50", "40", "10.001"))]
    assert faults(*shares) == [("part[3]", "scheme_portions_over")]
    assert len(scheme(*shares[:2]).parts) == 2


def test_a_portion_that_cannot_be_is_named_once_and_counts_for_nothing() -> None:
    shares = [part(f"s{n}", "share", f'by = "days"\nof = "{of}"', payer="pool") for n, of in enumerate(("100", "150"))]
    assert faults(*shares) == [("part[2].of", "scheme_number_over")]


def test_portions_of_different_months_do_not_add_up() -> None:
    shares = [part(f"s{n}", "share", f'by = "days"\nof = "80"\nmonths = [{n}]', payer="pool") for n in (1, 2)]
    assert len(scheme(*shares).parts) == 2


def test_deductions_stand_last() -> None:
    tax = part("tax", "withheld", 'rate = "20"\nbasis = "GPMĮ"', payer="")
    assert faults(tax, FLAT) == [("part[2]", "scheme_withheld_last")]


def test_a_wage_that_rises_past_its_piece_rate_is_found_on_its_date() -> None:
    """8.00 / 80 an hour is 0.10 exactly; 8.10 / 80 = 0.10125, cut to 0.10, buys 8.00 only."""
    rising = WAGE.replace('"8" }', '"8" }, { from = 2027-01-01, amount = "8.10" }')
    body = (
        'rate_rounding = [{ mode = "down", step = "0.01" }]\n'
        'piece = [{ task = "a", norm = { wage = "ref.wage", per_hour = "80", not_below_wage = true } }]'
    )
    assert len(scheme(WAGE, part("pay", "per_piece", body)).parts) == 1
    assert faults(rising, part("pay", "per_piece", body)) == [("part[1].piece[1].norm.not_below_wage", "scheme_below_wage")]


def test_what_a_mistake_allows_is_told() -> None:
    with pytest.raises(SchemeRefused) as refused:
        scheme(part("pay", "flat", 'amount = "wage"', payer="me"))
    payer, name = refused.value.faults
    assert payer.values["options"] == "pool, budget, reserve"
    assert str(name.values["names"]).startswith("one, days, days.excused")


def test_the_version_before_is_the_engines_own_and_no_key_of_a_text() -> None:
    with pytest.raises(SchemeRefused) as refused:
        parse(HEAD + ORDER + "[before]\n" + FLAT)
    assert [(fault.place, fault.code) for fault in refused.value.faults] == [("before", "scheme_key_unknown")]


def test_a_scheme_of_two_versions_reads_back() -> None:
    both = scheme(FLAT).after(scheme(part("old", "flat", 'amount = "5"')))
    assert read_scheme(both.canonical()) == both


def test_a_scheme_says_what_it_asks_for() -> None:
    rules = scheme(
        part("pay", "flat", 'by_class = "level"\nclass = [{ is = "A", amount = "value.own" }]'),
        part("hours", "per_hour", 'amount = "1"\nhours = "training"'),
        part("made", "per_piece", 'piece = [{ task = "a", amount = "1" }]'),
        part("rated", "rated", 'amount = "1"\ntask = [{ task = "b", norm = "1" }]'),
        '[pool]\ncosts = "month.costs"',
    )
    assert {"value.level", "value.own", "hours.training", "made.a", "made.b", "time.b", "month.costs"} <= rules.names
