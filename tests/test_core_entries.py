"""What may be written down for a calculation: work, decisions, values and names, each at the edge of what is taken."""

from collections.abc import Callable
from datetime import date

import pytest

from ledger.core.entries import (
    Decided,
    Needs,
    Worked,
    check_day_minutes,
    check_decision,
    check_name,
    check_since,
    check_word,
    check_work,
    judged_values,
    needs,
    read_decimal,
    read_value,
)
from ledger.core.faults import Refused
from ledger.core.periods import Month
from ledger.core.production import MOST
from tests.books import oct, person

HERE = person("D7", date(2026, 10, 2), date(2026, 10, 30))
STAYS = person("D8", date(2026, 10, 2))


def refused(check: Callable[[], object]) -> tuple[str, str, dict[str, object]]:
    with pytest.raises(Refused) as why:
        check()
    return why.value.code, why.value.field, dict(why.value.values)


def test_what_names_of_formulas_ask_to_be_written_down() -> None:
    names = ["hours", "hours.production", "hours.training", "hours.waiting", "made.c", "time.a", "time.b", "points", "days.ill",
             "value.own", "value.level", "month.costs", "ref.wage", "so_far"]
    assert needs(names, {"thanks": "Padėka"}) == Needs(
        ("training", "waiting"), ("a", "b", "c"), True, ("level", "own"), ("costs",), {"thanks": "Padėka"})
    assert needs(["days", "value", "part.pay"], {}) == Needs((), (), False, (), (), {})


@pytest.mark.parametrize(("asked", "work", "nothing"), [
    (Needs(), False, True), (Needs(kinds=("a",)), True, False), (Needs(tasks=("a",)), True, False),
    (Needs(points=True), True, False), (Needs(values=("a",)), False, False), (Needs(figures=("a",)), False, False),
    (Needs(adjustments={"a": "b"}), False, False), (Needs(adjustments={}), False, True),
])
def test_whether_anything_is_asked(asked: Needs, work: bool, nothing: bool) -> None:
    assert (asked.work, asked.nothing) == (work, nothing)


def test_values_that_are_only_judged_do_not_set_pay() -> None:
    data = {"part": [
        {"amount": "value.wage * 2", "productivity": "value.rating + value.both", "planned": "value.days"},
        {"task": [{"task": "value", "rating": "value.task"}], "by_class": "level", "hours": "value.both / 2"},
        {"nested": ({"rating": "value.žaislai-1"},), "number": 5, "by_class": "task_not"},
    ], "rating": "value.level"}
    assert judged_values(data) == {"rating", "days", "task", "žaislai-1"}


@pytest.mark.parametrize(("text", "number"), [
    ("1250,50", "1250.5"), ("1250.50", "1250.5"), ("0", "0"), ("000", "0"), ("007", "7"), ("0,00000001", "0.00000001"),
    ("999999999", "999999999"), ("0999999999", "999999999"), ("5,100000000", "5.1"), ("5,0", "5"),
])
def test_a_number_is_kept_short(text: str, number: str) -> None:
    assert (read_decimal(text), read_value(f" {text} ")) == (number, number)


@pytest.mark.parametrize(("text", "code", "values"), [
    ("-1", "negative", {"text": "-1"}),
    ("1000000000", "number_too_large", {"text": "1000000000"}),
    ("0,000000001", "over_eight_decimals", {"text": "0,000000001"}),
])
def test_a_number_that_is_not_taken(text: str, code: str, values: dict[str, object]) -> None:
    assert refused(lambda: read_decimal(text)) == (code, "", values)
    assert refused(lambda: read_value(text))[0] == code


def test_a_value_with_a_letter_is_a_word() -> None:
    assert read_value("  II   lygis ") == "II lygis"
    assert read_value("A" * 60) == "A" * 60
    assert refused(lambda: read_value("A" * 61)) == ("text_too_long", "text", {"most": 60})
    assert refused(lambda: read_value("a\u200bb")) == ("bad_character", "text", {"character": "U+200B"})


def test_words_have_a_length_and_are_seen() -> None:
    assert check_word("  a \n b ", at="reason", longest=3) == "a b"
    assert refused(lambda: check_word("abcd", at="reason", longest=3)) == ("text_too_long", "reason", {"most": 3})
    assert refused(lambda: check_word("a\x07b", at="reason")) == ("bad_character", "reason", {"character": "U+0007"})


def test_names_stand_as_formulas_write_them() -> None:
    assert check_name(" Žaislai_1-a ") == "Žaislai_1-a"
    assert check_name("a" * 40) == "a" * 40
    for text in ("a" * 41, "", "a b", "a.b"):
        assert refused(lambda text=text: check_name(text)) == ("entry_name_form", "name", {"most": 40})
    assert refused(lambda: check_name("?", at="kind")) == ("entry_name_form", "kind", {"most": 40})


@pytest.mark.parametrize("worked", [
    Worked(oct(2), minutes=1), Worked(oct(30), minutes=1440), Worked(oct(5), points=1), Worked(oct(5), points=MOST),
    Worked(oct(5), task="a", made=1), Worked(oct(5), task="a", made=MOST, good=MOST), Worked(oct(5), "training", "a", 60, 3, 4, 5),
])
def test_work_that_is_taken(worked: Worked) -> None:
    check_work(HERE, worked)
    check_work(STAYS, worked)


@pytest.mark.parametrize(("worked", "why"), [
    (Worked(oct(1), minutes=1), ("before_start", "day", {"day": "2026-10-01", "number": "D7"})),
    (Worked(oct(31), minutes=1), ("after_end", "day", {"day": "2026-10-31", "number": "D7"})),
    (Worked(oct(5), minutes=-1), ("hours_range", "hours", {})),
    (Worked(oct(5), minutes=1441), ("hours_range", "hours", {})),
    (Worked(oct(5), task="a", made=-1), ("negative", "made", {})),
    (Worked(oct(5), task="a", good=-1), ("negative", "good", {})),
    (Worked(oct(5), points=-1), ("negative", "points", {})),
    (Worked(oct(5), task="a", made=MOST + 1), ("too_large", "made", {})),
    (Worked(oct(5), task="a", good=MOST + 1), ("too_large", "good", {})),
    (Worked(oct(5), points=MOST + 1), ("too_large", "points", {})),
    (Worked(oct(5), task="a", good=2, made=1), ("good_above_made", "good", {})),
    (Worked(oct(5), made=1), ("made_without_task", "task", {})),
    (Worked(oct(5), "training", "a"), ("nothing_worked", "hours", {})),
])
def test_work_that_is_not_taken(worked: Worked, why: tuple[str, str, dict[str, object]]) -> None:
    assert refused(lambda: check_work(HERE, worked)) == why


def test_who_stays_may_work_any_later_day() -> None:
    check_work(STAYS, Worked(date(2027, 5, 5), minutes=5))


def test_the_entries_of_a_day_hold_no_more_than_the_day() -> None:
    check_day_minutes(440, 1000)
    assert refused(lambda: check_day_minutes(441, 1000)) == ("over_day_together", "hours", {"others_minutes": 1000})


@pytest.mark.parametrize("decided", [
    Decided(oct(1), "thanks", 100_000_000, "už", "V-1"), Decided(oct(31), "thanks", -100_000_000, "už", "V-1"),
    Decided(oct(5), "", 0, "už", "V-1"), Decided(oct(5), "thanks", 0, "už", "V-1"),
])
def test_a_decision_that_is_taken(decided: Decided) -> None:
    check_decision(HERE, decided, {"thanks"})


@pytest.mark.parametrize(("decided", "why"), [
    (Decided(date(2026, 11, 1), "thanks", 1, "už", "V"), ("not_here_in_month", "day", {"number": "D7", "month": "2026-11"})),
    (Decided(date(2026, 9, 30), "", 0, "už", "V"), ("not_here_in_month", "day", {"number": "D7", "month": "2026-09"})),
    (Decided(oct(5), "other", 1, "už", "V"), ("no_adjustment", "part", {})),
    (Decided(oct(5), "other", 0, "už", "V"), ("no_adjustment", "part", {})),
    (Decided(oct(5), "", 1, "už", "V"), ("no_adjustment", "part", {})),
    (Decided(oct(5), "thanks", 100_000_001, "už", "V"), ("too_large", "sum", {})),
    (Decided(oct(5), "thanks", -100_000_001, "už", "V"), ("too_large", "sum", {})),
    (Decided(oct(5), "thanks", 1, " ", "V"), ("empty_text", "reason", {})),
    (Decided(oct(5), "thanks", 1, "už", ""), ("empty_text", "document", {})),
])
def test_a_decision_that_is_not_taken(decided: Decided, why: tuple[str, str, dict[str, object]]) -> None:
    assert refused(lambda: check_decision(HERE, decided, {"thanks"})) == why


def test_a_value_counts_from_a_day_that_no_approved_month_has_read() -> None:
    approved = Month(2026, 9)
    for since in (date(1990, 1, 1), date(2199, 12, 31)):
        check_since(since, None)
    check_since(oct(1), approved)
    assert refused(lambda: check_since(date(1989, 12, 31), None)) == ("long_ago", "since", {"day": "1989-12-31"})
    assert refused(lambda: check_since(date(2200, 1, 1), None)) == ("too_far_ahead", "since", {})
    assert refused(lambda: check_since(date(2026, 9, 30), approved)) == (
        "value_in_approved_month", "since", {"month": "2026-09", "day": "2026-10-01"})
