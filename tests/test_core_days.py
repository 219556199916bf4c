"""Days, months and people: where a month begins and ends, and who is there."""

from datetime import UTC, date, datetime

import pytest

from ledger.core.faults import Refused
from ledger.core.people import Person, person_order
from ledger.core.periods import Month, civil_day, months_later

OCTOBER = Month(2026, 10)


@pytest.mark.parametrize("text", ["2026-10", "1900-01", "9998-12", "2026-09"])
def test_a_month_is_written_and_read_the_same(text: str) -> None:
    assert str(Month.parse(text)) == text


def test_a_month_knows_its_year_and_number() -> None:
    assert Month.parse("2026-10") == Month.of(date(2026, 10, 31)) == OCTOBER
    assert (Month.parse("2026-10").year, Month.parse("2026-10").number) == (2026, 10)


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-00", "2026-1", "1899-12", "2026-10-01", " 2026-10", "２026-10"])
def test_what_is_no_month_is_refused_with_what_was_typed(text: str) -> None:
    with pytest.raises(Refused) as refused:
        Month.parse(text)
    assert (refused.value.code, refused.value.values) == ("month_form", {"text": text})


def test_a_long_text_is_not_repeated_whole() -> None:
    with pytest.raises(Refused) as refused:
        Month.parse("2" * 500)
    assert refused.value.values == {"text": "2" * 20}


def test_first_last_and_the_day_after() -> None:
    assert (OCTOBER.first, OCTOBER.last, OCTOBER.end) == (date(2026, 10, 1), date(2026, 10, 31), date(2026, 11, 1))
    assert [Month(year, 2).last.day for year in (2024, 2026, 2100)] == [29, 28, 28]


def test_months_are_counted_over_the_new_year() -> None:
    assert [str(OCTOBER.plus(months)) for months in (-10, -9, 0, 2, 3, 14, 15)] == [
        "2025-12", "2026-01", "2026-10", "2026-12", "2027-01", "2027-12", "2028-01"]
    assert (OCTOBER.index, Month(2027, 1).index - Month(2026, 12).index) == (12 * 2026 + 10, 1)


def test_all_days_stand_in_order() -> None:
    days = Month(2026, 2).days()
    assert (days[0], days[-1], len(days)) == (date(2026, 2, 1), date(2026, 2, 28), 28)
    assert list(days) == sorted(set(days))


@pytest.mark.parametrize(("instant", "day"), [
    (datetime(2026, 10, 31, 21, 59, tzinfo=UTC), date(2026, 10, 31)),  # winter time: two hours ahead
    (datetime(2026, 10, 31, 22, 0, tzinfo=UTC), date(2026, 11, 1)),
    (datetime(2026, 6, 30, 20, 59, tzinfo=UTC), date(2026, 6, 30)),  # summer time: three
    (datetime(2026, 6, 30, 21, 0, tzinfo=UTC), date(2026, 7, 1)),
])
def test_midnight_is_that_of_vilnius(instant: datetime, day: date) -> None:
    assert civil_day(instant) == day


@pytest.mark.parametrize(("day", "months", "later"), [
    (date(2026, 10, 15), 1, date(2026, 11, 15)), (date(2026, 10, 1), 0, date(2026, 10, 1)),
    (date(2026, 1, 31), 1, date(2026, 2, 28)), (date(2026, 11, 30), 3, date(2027, 2, 28)),
    (date(2008, 10, 1), 216, date(2026, 10, 1)), (date(2026, 3, 31), -1, date(2026, 2, 28)),
])
def test_so_many_months_later(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


def person(started: date = date(2026, 10, 5), ended: date | None = date(2026, 11, 10)) -> Person:
    return Person("r1", "D1", started, ended)


def test_a_person_is_here_from_the_first_to_the_last_day() -> None:
    days = (date(2026, 10, 4), date(2026, 10, 5), date(2026, 11, 10), date(2026, 11, 11))
    assert [person().here_on(day) for day in days] == [False, True, True, False]
    assert [person(ended=None).here_on(day) for day in days] == [False, True, True, True]


def test_a_person_is_here_in_every_month_of_which_one_day_counts() -> None:
    months = [Month(2026, number) for number in (9, 10, 11, 12)]
    assert [person().here_in(month) for month in months] == [False, True, True, False]
    edges = person(date(2026, 10, 31), date(2026, 12, 1))
    assert [edges.here_in(month) for month in months] == [False, True, True, True]
    assert [person(ended=None).here_in(month) for month in months] == [False, True, True, True]


def test_lists_of_people_go_by_number_then_by_reference() -> None:
    rows = [Person(ref, number, date(2026, 1, 1)) for ref, number in (("b", "D10"), ("a", "D2"), ("c", "D1"), ("a", "D1"))]
    assert [(one.number, one.ref) for one in sorted(rows, key=person_order)] == [
        ("D1", "a"), ("D1", "c"), ("D2", "a"), ("D10", "b")]
