"""How numbers are read: one documented reading, or a refusal that says why."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.faults import Refused
from ledger.core.numbers import read_cents, read_minutes_of_hours, read_percent, read_thousandths, read_whole


def why(read, text, **options):
    with pytest.raises(Refused) as refused:
        read(text, **options)
    return refused.value


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("12,50", 1250), ("12,5", 1250), ("12", 1200), ("0", 0), ("0,05", 5), (" 12,50 ", 1250),
        ("1 234,50", 123450), ("1\u00a0234,50", 123450), ("1\u202f234,50", 123450), ("1 000 000", 100_000_000),
    ],
)  # fmt: skip
def test_money_as_people_write_it(text, cents):
    assert read_cents(text) == cents


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"), ("  ", "empty"), ("8,005", "part_of_cent"), ("8,050", "part_of_cent"),
        ("-1,00", "negative"), ("−1", "negative"),
        ("1 000 000,01", "sum_too_large"), ("21474836,48", "sum_too_large"), ("9" * 5000, "number_too_large"),
        ("12 34", "no_number"), ("1 2345", "no_number"), ("1  234", "no_number"), ("6,0,0", "no_number"),
        ("abc", "no_number"), ("5 €", "no_number"),
        (",5", "no_number"), ("5,", "no_number"), ("+5", "number_odd"), ("1\n2", "no_number"),
        ("2026-10-05", "no_number"),
        ("12.50", "two_readings"), ("1.234,50", "two_readings"), ("1,234.50", "two_readings"), ("0.5", "dot_in_number"),
        ("1.234.567", "dot_in_number"), ("1,234,567.50", "dot_in_number"), ("1.2,3.4", "no_number"),
        ("1" + "." * 9, "no_number"),
        ("NaN", "number_odd"), ("Infinity", "number_odd"), ("-inf", "number_odd"), ("1e3", "number_odd"),
        ("1e400", "number_odd"),
        ("1e-9", "number_odd"), ("0x10", "number_odd"), ("1_000", "number_odd"), ("-0", "number_odd"),
        ("-0,00", "number_odd"),
        ("１２", "number_odd"), ("١٢", "number_odd"), ("½", "number_odd"), ("²", "number_odd"),
    ],
)  # fmt: skip
def test_what_is_no_sum_is_refused(text, code):
    assert why(read_cents, text).code == code


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("1\u00a0234.567", "1\u00a0234\u00a0567", "1\u00a0234,567"),
        ("1 234.50", "123\u00a0450", "1\u00a0234,50"),
        ("1.234,50", "1\u00a0234,50", "1,23450"),
        ("1,234.50", "1,23450", "1\u00a0234,50"),
        ("12.50", "1\u00a0250", "12,50"),
        ("-1.234", "-1\u00a0234", "-1,234"),
    ],
)
def test_a_dot_is_asked_about_with_both_readings(text, first, second):
    assert why(read_thousandths, text).values == {"text": text, "first": first, "second": second}


@pytest.mark.parametrize(("text", "first"), [
    ("1.234.567", "1\u00a0234\u00a0567"), ("1,234,567.50", "1\u00a0234\u00a0567,50"), ("0.5", "0,5"), ("-0.125", "-0,125"),
    ("1.234.567,5", "1\u00a0234\u00a0567,5"), ("1 234.567.890", "1\u00a0234\u00a0567\u00a0890"), ("0.50", "0,50"),
])
def test_a_dot_that_reads_one_way_is_told_with_that_reading(text, first):
    fault = why(read_thousandths, text)
    assert (fault.code, fault.values) == ("dot_in_number", {"text": text, "first": first})


@pytest.mark.parametrize("text", ["1.2.3", "1.23.456", "1.2345.678", "1.234.56", "12.34.567,8", "1,2,3.4", "00.5", "1..5"])
def test_dots_that_part_nothing_are_no_number(text):
    fault = why(read_thousandths, text)
    assert (fault.code, fault.values) == ("no_number", {"text": text})


@pytest.mark.parametrize(("text", "value"), [("1000.125", 1000125), ("12.5", 12500), ("01.234", 1234), ("-1234.567", -1234567)])
def test_a_form_takes_the_dot_where_it_parts_no_thousands(text, value):
    assert read_thousandths(text, dot_allowed=True, least=-10**9) == value


@pytest.mark.parametrize(("read", "text", "code"), [
    (read_cents, "8,005", "part_of_cent"), (read_cents, "-1", "negative"), (read_cents, "1000000,01", "sum_too_large"),
    (read_cents, "abc", "no_number"), (read_cents, "1e3", "number_odd"), (read_cents, "½", "number_odd"),
    (read_cents, "-0", "number_odd"), (read_cents, "9" * 31, "number_too_large"),
    (read_thousandths, "0", "zero"), (read_thousandths, "1,2345", "too_many_decimals"),
    (read_thousandths, "0," + "1" * 30, "too_many_decimals"), (read_thousandths, "1000000,001", "quantity_too_large"),
    (read_percent, "100,001", "over_hundred_percent"), (read_percent, "1,2345", "too_many_decimals"),
    (read_minutes_of_hours, "24,05", "over_a_day"), (read_minutes_of_hours, "2,333", "part_of_minute"),
    (read_whole, "1,5", "not_whole"), (read_whole, "0", "zero"), (read_whole, "1000001", "number_too_large"),
])  # fmt: skip
def test_a_refusal_repeats_what_was_typed(read, text, code):
    fault = why(read, text)
    assert (fault.code, fault.values) == (code, {"text": text})


def test_nothing_typed_has_nothing_to_repeat():
    assert why(read_cents, " ").values == {}


def test_the_most_and_the_least_may_be_other_ones():
    assert [read_cents("5", least=500, most=500), read_thousandths("5", least=5000, most=5000), read_whole("7", most=7)] == [
        500, 5000, 7]
    assert [why(read_cents, text, least=500, most=500).code for text in ("4,99", "5,01")] == ["zero", "sum_too_large"]
    assert read_whole("1000000") == 1_000_000
    assert why(read_whole, "8", most=7).code == "number_too_large"
    assert read_cents("1000000") == 100_000_000
    assert why(read_percent, "-0,001").code == "negative"


def test_a_thousandth_is_a_quantity():
    assert read_thousandths("0,001") == 1


@pytest.mark.parametrize(("read", "text", "value"), [
    (read_percent, "12.5", 12_500), (read_minutes_of_hours, "2.25", 135), (read_cents, "12.5", 1250)])
def test_a_dot_is_taken_in_a_form_and_asked_about_in_a_file(read, text, value):
    assert read(text, dot_allowed=True) == value
    assert why(read, text).code == "two_readings"


def test_a_whole_number_is_written_without_a_dot():
    assert why(read_whole, "0.5").code == "dot_in_number"


def test_of_too_many_digits_the_longer_side_is_named():
    for whole, fraction, code in ((16, 16, "too_many_decimals"), (17, 16, "number_too_large"), (15, 16, "too_many_decimals")):
        assert why(read_cents, f"{'1' * whole},{'1' * fraction}").code == code


def test_thirty_digits_are_the_most_that_are_looked_at():
    assert why(read_cents, "9" * 30).code == "sum_too_large"
    assert why(read_cents, "9" * 31).code == "number_too_large"
    assert why(read_minutes_of_hours, "0," + "0" * 30).code == "too_many_decimals"
    assert read_minutes_of_hours("0," + "0" * 29) == 0


@pytest.mark.parametrize(("text", "cents"), [("12.50", 1250), ("12,50", 1250), ("0.05", 5), ("-1.5", -150)])
def test_a_form_takes_the_dot(text, cents):
    assert read_cents(text, dot_allowed=True, least=-1000) == cents


@pytest.mark.parametrize("text", ["1.234,50", "1,234.50", "1.234", "-1.234"])
def test_a_form_asks_too_where_there_are_two_readings(text):
    assert why(read_cents, text, dot_allowed=True).code == "two_readings"


def test_a_form_knows_that_no_thousands_start_with_zero():
    assert read_thousandths("0.125", dot_allowed=True) == 125


def test_a_dot_in_a_form_may_still_be_part_of_a_cent():
    assert why(read_cents, "8.0051", dot_allowed=True).code == "part_of_cent"


def test_quantities_to_three_decimals():
    assert read_thousandths("2,25") == 2250
    assert read_thousandths("1 000 000") == 1_000_000_000
    assert read_thousandths("-1,5", least=-10_000) == -1500
    assert read_thousandths("0", least=0) == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [("0", "zero"), ("-2", "negative"), ("1,2345", "too_many_decimals"), ("1 000 000,001", "quantity_too_large"),
     ("99999999999999999999", "quantity_too_large"), ("1," + "0" * 5000, "too_many_decimals")],
)  # fmt: skip
def test_what_is_no_quantity_is_refused(text, code):
    assert why(read_thousandths, text).code == code


def test_returns_have_a_limit_too():
    assert why(read_thousandths, "-1000001", least=-1_000_000_000).code == "quantity_too_large"


def test_hours_are_whole_minutes_of_one_day():
    assert [read_minutes_of_hours(text) for text in ("0", "6", "2,5", "5,75", "0,05", "24", "6,00000")] == [
        0,
        360,
        150,
        345,
        3,
        1440,
        360,
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("25", "over_a_day"),
        ("24,05", "over_a_day"),
        ("-3", "negative"),
        ("2,333", "part_of_minute"),
        ("6:30", "no_number"),
    ],
)
def test_what_is_no_day_is_refused(text, code):
    assert why(read_minutes_of_hours, text).code == code


def test_percents_from_0_to_100_to_three_decimals():
    assert [read_percent(text) for text in ("0", "12,5", "33,333", "100")] == [0, 12500, 33333, 100_000]


@pytest.mark.parametrize(
    ("text", "code"), [("101", "over_hundred_percent"), ("-21", "negative"), ("12,3456", "too_many_decimals")]
)
def test_what_is_no_percent_is_refused(text, code):
    assert why(read_percent, text).code == code


def test_the_number_of_a_line_is_whole():
    assert read_whole("12") == 12
    assert [why(read_whole, text).code for text in ("1,5", "0", "-1", "1000001")] == [
        "not_whole",
        "zero",
        "negative",
        "number_too_large",
    ]


def test_what_is_shown_is_short_and_visible():
    assert why(read_cents, "a\u202eb" + "c" * 100).values["text"] == "a\ufffdb" + "c" * 36 + "…"


@pytest.mark.parametrize(("text", "told"), [("c" * 40, "c" * 40), ("c" * 41, "c" * 39 + "…"), ("a\u202eb\u0007", "a\ufffdb\ufffd")])
def test_forty_letters_are_shown(text, told):
    assert why(read_cents, text).values["text"] == told


@given(st.integers(-(10**9), 10**9))
def test_every_quantity_written_with_a_comma_reads_back(value):
    whole, rest = divmod(abs(value), 1000)
    text = f"{'-' if value < 0 else ''}{whole},{rest:03d}"
    if value:
        assert read_thousandths(text, least=-(10**9)) == value


@given(st.text(max_size=60), st.booleans())
def test_any_text_is_a_number_or_refused(text, dot_allowed):
    for read in (read_cents, read_thousandths, read_percent, read_minutes_of_hours):
        with suppress(Refused):
            assert isinstance(read(text, dot_allowed=dot_allowed), int)
