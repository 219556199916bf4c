"""A scheme is data: read from TOML, checked with the place of every fault, written back in one form."""

from datetime import date
from fractions import Fraction

import pytest

from ledger.core.formulas import formula
from ledger.core.money import Mode, Rounding
from ledger.core.parts import Band, PerDay, TracedPortion
from ledger.core.schemes import AfterLeaving, Payer, Scheme, SchemeRefused, parse, read_scheme
from tests import october

TEXT = (october.DATA / "scheme-2026-10.toml").read_text(encoding="utf-8")
BAND = 'from_hours = "4"\namount = "1.20"\n'


def changed(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new, 1)


def faults(text: str) -> list[tuple[str, str]]:
    with pytest.raises(SchemeRefused) as refused:
        parse(text)
    return [(fault.place, fault.code) for fault in refused.value.faults]


def test_the_october_scheme_is_read_whole() -> None:
    scheme = parse(TEXT)
    assert (scheme.name, scheme.number, scheme.order_number, scheme.order_date, scheme.in_force_from) == (
        "Stipendijų skaičiavimo tvarka", "1", "V-41", date(2024, 4, 22), date(2024, 5, 1))
    assert [(part.key, part.kind, part.payer, part.paragraph, part.rule) for part in scheme.parts] == [
        ("days", "per_day", Payer.BUDGET, "2", PerDay((Band(240, None, formula("1.20")),))),
        ("goods", "traced", Payer.POOL, "3", TracedPortion(Fraction(70)))]
    limit = scheme.limits[0]
    assert (limit.ceiling, limit.cuts, limit.returns, limit.paragraph) == (15000, "goods", "reserve", "5")
    assert (scheme.after_leaving, scheme.leaving_months, scheme.debt_share) == (AfterLeaving.MONTHS, 12, 20)


def test_what_is_not_written_has_its_default() -> None:
    assert parse(TEXT[:TEXT.index("[leaving]")]) == parse(TEXT)


def test_the_canonical_form_reads_back_to_the_same_scheme() -> None:
    text = changed(BAND, 'from_hours = "2.5"\nto_hours = "4"\namount = "0.6125"\n[[part.band]]\n' + BAND)
    text = text.replace('portion = "70"', 'portion = "33.333"\nrounding = { mode = "down", step = "0.05" }')
    scheme = parse(text)
    assert scheme.parts[1].rounding == Rounding(Mode.DOWN, 5)
    again: Scheme = read_scheme(scheme.canonical())
    assert (again, again.canonical()) == (scheme, scheme.canonical())


@pytest.mark.parametrize(
    ("old", "new", "place", "code"),
    [
        ('kind = "traced"', 'kind = "tracked"', "part[2].kind", "scheme_kind_unknown"),
        ('portion = "70"', 'portion = "70"\nportoin = "1"', "part[2].portoin", "scheme_key_unknown"),
        ('number = "1"', 'number = "1"\ncolour = "red"', "colour", "scheme_key_unknown"),
        ('number = "V-41"', 'number = "V-41"\nnr = "1"', "order.nr", "scheme_key_unknown"),
        ('from_hours = "4"', 'from_hours = "4"\nfrom = "4"', "part[1].band[1].from", "scheme_key_unknown"),
        ('returns = "reserve"', 'returns = "reserve"\nof = "x"', "limit[1].of", "scheme_key_unknown"),
        ("months = 12", "months = 12\nyears = 1", "leaving.years", "scheme_key_unknown"),
        ('share = "20"', 'share = "20"\nof = "x"', "debt.of", "scheme_key_unknown"),
        ('portion = "70"', 'portion = "100.5"', "part[2].portion", "scheme_number_over"),
        ('share = "20"', 'share = "101"', "debt.share", "scheme_number_over"),
        ('portion = "70"', 'portion = "-7"', "part[2].portion", "scheme_number_negative"),
        ('amount = "1.20"', 'amount = "-1.20"', "part[1].band[1].amount", "scheme_number_negative"),
        ('amount = "1.20"', "amount = 1.20", "part[1].band[1].amount", "scheme_number_form"),
        ('amount = "1.20"', "amount = 1", "part[1].band[1].amount", "scheme_number_form"),
        ('amount = "1.20"', 'amount = "1,20"', "part[1].band[1].amount", "scheme_number_form"),
        ('amount = "1.20"', 'amount = "1e3"', "part[1].band[1].amount", "scheme_number_form"),
        ('amount = "1.20"', 'amount = "NaN"', "part[1].band[1].amount", "scheme_number_form"),
        ('amount = "1.20"', "amount = nan", "part[1].band[1].amount", "scheme_number_form"),
        ('amount = "1.20"', 'amount = "١"', "part[1].band[1].amount", "scheme_number_form"),
        ('amount = "1.20"', "", "part[1].band[1].amount", "scheme_key_missing"),
        ('amount = "150.00"', 'amount = "150.001"', "limit[1].amount", "scheme_amount_cents"),
        ('cuts = "goods"', 'cuts = "godos"', "limit[1].cuts", "scheme_part_unknown"),
        ('returns = "reserve"', 'returns = "pocket"', "limit[1].returns", "scheme_choice"),
        ('kind = "ceiling"', 'kind = "floor"', "limit[1].cuts", "scheme_limit_key"),
        ('kind = "ceiling"', 'kind = "roof"', "limit[1].kind", "scheme_choice"),
        ('payer = "pool"', 'payer = "me"', "part[2].payer", "scheme_choice"),
        ('key = "ceiling"', 'key = "goods"', "part", "scheme_key_twice"),
        ('key = "ceiling"', 'key = "debt"', "part", "scheme_key_twice"),
        ('key = "days"', 'key = "Days!"', "part[1].key", "scheme_key_form"),
        ("in_force_from = 2024-05-01", "", "in_force_from", "scheme_key_missing"),
        ("in_force_from = 2024-05-01", 'in_force_from = "2024-02-30"', "in_force_from", "scheme_date_form"),
        ("in_force_from = 2024-05-01", "in_force_from = 2024-05-01T10:00:00", "in_force_from", "scheme_date_form"),
        ('[order]\nnumber = "V-41"\ndate = 2024-04-22', "", "order", "scheme_key_missing"),
        ('[order]\nnumber = "V-41"\ndate = 2024-04-22', "order = 1", "order", "scheme_table_form"),
        ('name = "Stipendijų skaičiavimo tvarka"', 'name = ""', "name", "scheme_text_form"),
        ('name = "Stipendijų skaičiavimo tvarka"', f'name = "{"a" * 201}"', "name", "scheme_text_form"),
        ("months = 12", "months = -1", "leaving.months", "scheme_whole_range"),
        ("months = 12", "months = true", "leaving.months", "scheme_whole_form"),
        ('rule = "months"', 'rule = "never"', "leaving.rule", "scheme_choice"),
        ('from_hours = "4"', 'from_hours = "4.333"', "part[1].band[1].from_hours", "scheme_minutes_whole"),
        ('from_hours = "4"', 'from_hours = "25"', "part[1].band[1].from_hours", "scheme_number_over"),
        ('portion = "70"', 'portion = "70"\nrounding = { step = "0" }', "part[2].rounding.step", "scheme_step_zero"),
        (
            'portion = "70"',
            'portion = "70"\nrounding = { step = "0.001" }',
            "part[2].rounding.step",
            "scheme_step_cents",
        ),
        ('portion = "70"', 'portion = "70"\nrounding = { mode = "nearest" }', "part[2].rounding.mode", "scheme_choice"),
        ('portion = "70"', 'portion = "70"\nrounding = { stop = "1" }', "part[2].rounding.stop", "scheme_key_unknown"),
        (BAND, BAND + 'to_hours = "8"\n', "part[1].band[1].to_hours", "scheme_band_top"),
        (
            BAND,
            BAND + 'to_hours = "6"\n[[part.band]]\nfrom_hours = "5"\namount = "2"\n',
            "part[1].band[2].from_hours",
            "scheme_band_overlap",
        ),
        (
            BAND,
            BAND + '[[part.band]]\nfrom_hours = "5"\namount = "2"\n',
            "part[1].band[2].from_hours",
            "scheme_band_overlap",
        ),
        (
            BAND,
            BAND + 'to_hours = "6"\n[[part.band]]\nfrom_hours = "7"\namount = "2"\n',
            "part[1].band[2].from_hours",
            "scheme_band_gap",
        ),
        (
            BAND,
            BAND + 'to_hours = "4"\n[[part.band]]\nfrom_hours = "4"\namount = "2"\n',
            "part[1].band[1].to_hours",
            "scheme_band_empty",
        ),
        ("[[part.band]]\n" + BAND, "band = []", "part[1].band", "scheme_rows_none"),
        ("[[part.band]]\n" + BAND, "", "part[1].band", "scheme_one_of"),
        ("[[part.band]]\n" + BAND, "band = [1]", "part[1].band", "scheme_table_form"),
    ],
)
def test_every_fault_has_its_place(old: str, new: str, place: str, code: str) -> None:
    assert faults(changed(old, new)) == [(place, code)]


def test_the_pool_may_pay_days_before_what_takes_the_rest() -> None:
    assert parse(changed('payer = "budget"', 'payer = "pool"')).parts[0].payer == Payer.POOL


def test_nothing_takes_from_the_pool_after_what_takes_the_rest() -> None:
    extra = '\n[[part]]\nkey = "{0}"\nkind = "share"\npayer = "pool"\nlabel = "Dar"\nby = "days"\n'
    assert faults(TEXT + extra.format("more") + extra.format("most")) == [("part[4]", "scheme_not_last")]


def test_all_faults_come_at_once() -> None:
    text = changed('portion = "70"', 'portion = "170"').replace('"1.20"', "1.2").replace('name = "', 'nmae = "', 1)
    assert faults(text) == [("part[1].band[1].amount", "scheme_number_form"), ("part[2].portion", "scheme_number_over"),
                            ("name", "scheme_key_missing"), ("nmae", "scheme_key_unknown")]


@pytest.mark.parametrize("text", ["name = ", "= 1", "a = 1" + "0" * 5000, "a = " + "[" * 5000])
def test_a_text_that_is_no_toml_is_refused(text: str) -> None:
    assert faults(text) == [("", "scheme_syntax")]


def test_the_place_of_a_syntax_fault_is_line_and_column() -> None:
    with pytest.raises(SchemeRefused) as refused:
        parse('name = "a"\nnumber = \n')
    assert refused.value.faults[0].values == {"line": 2, "column": 10}


def test_a_scheme_needs_a_part() -> None:
    head = TEXT[:TEXT.index("[[part]]")]
    assert faults("part = []\n" + head) == [("part", "scheme_parts_none")]
    assert faults(head) == [("part", "scheme_key_missing")]
