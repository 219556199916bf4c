"""What may be written of attendance and of a lot, and in which order lots stand."""

from datetime import date

import pytest

from ledger.core.faults import Refused
from ledger.core.people import Person
from ledger.core.production import MOST, Mark, check_attendance, check_lot, lot_order
from tests.books import lot

D1 = Person("r1", "D1", date(2026, 10, 5), date(2026, 10, 30))
DAY = date(2026, 10, 6)


def refused(check, *values) -> tuple[str, str, dict]:
    with pytest.raises(Refused) as why:
        check(*values)
    return why.value.code, why.value.field, dict(why.value.values)


@pytest.mark.parametrize(("day", "minutes", "mark"), [
    (DAY, 1, Mark.ATTENDED), (DAY, 1440, Mark.ATTENDED), (DAY, 0, Mark.ILL), (DAY, 240, Mark.EXCUSED),
    (D1.started, 240, Mark.ATTENDED), (D1.ended, 240, Mark.ATTENDED),
])
def test_a_day_that_may_be(day: date, minutes: int, mark: Mark) -> None:
    check_attendance(D1, day, minutes, mark)


def test_who_has_no_last_day_attends_any_later_day() -> None:
    check_attendance(Person("r1", "D1", D1.started), date(2030, 1, 1), 240, Mark.ATTENDED)


@pytest.mark.parametrize(("day", "minutes", "mark", "why"), [
    (DAY, -1, Mark.ATTENDED, ("hours_range", "hours", {})),
    (DAY, 1441, Mark.ILL, ("hours_range", "hours", {})),
    (DAY, 0, Mark.ATTENDED, ("attended_without_hours", "hours", {})),
    (date(2026, 10, 4), 240, Mark.ATTENDED, ("before_start", "day", {"day": "2026-10-04", "number": "D1"})),
    (date(2026, 10, 31), 240, Mark.ATTENDED, ("after_end", "day", {"day": "2026-10-31", "number": "D1"})),
])
def test_a_day_that_may_not_be(day: date, minutes: int, mark: Mark, why: tuple) -> None:
    assert refused(check_attendance, D1, day, minutes, mark) == why


@pytest.mark.parametrize(("unit", "good", "rejects", "weights"), [
    ("vnt", 1000, 0, [1]), ("vnt", 0, 1000, [1000, 3000]), ("kg", 1, 0, [1]), ("kg", 0, 1, [1]), ("kg", MOST, MOST, [1]),
])
def test_a_lot_that_may_be(unit: str, good: int, rejects: int, weights: list[int]) -> None:
    check_lot(unit, good, rejects, weights)


@pytest.mark.parametrize(("unit", "good", "rejects", "weights", "why"), [
    ("vnt", 1000, 0, [], ("no_makers", "makers")),
    ("vnt", 1000, 0, [1000, 0], ("share_not_above_zero", "makers")),
    ("vnt", 1000, 0, [-1], ("share_not_above_zero", "makers")),
    ("kg", -1, 1000, [1], ("negative", "good")),
    ("kg", 1000, -1, [1], ("negative", "rejects")),
    ("kg", MOST + 1, 0, [1], ("too_large", "good")),
    ("kg", 0, MOST + 1, [1], ("too_large", "rejects")),
    ("vnt", 1500, 0, [1], ("part_of_a_piece", "good")),
    ("vnt", 1000, 1, [1], ("part_of_a_piece", "rejects")),
    ("vnt", 0, 0, [1], ("nothing_made", "good")),
])
def test_a_lot_that_may_not_be(unit: str, good: int, rejects: int, weights: list[int], why: tuple[str, str]) -> None:
    assert refused(check_lot, unit, good, rejects, weights) == (*why, {})


def test_lots_stand_by_day_then_number_then_as_they_were_saved() -> None:
    lots = [lot("c", 1, 1, number="", order=2), lot("d", 1, 1, number="", order=1), lot("P10", 1, 1), lot("P9", 1, 1, order=7),
            lot("P1", 2, 1), lot("b", 1, 1, number="P9", order=3), lot("z", 1, 1, number="", order=2)]
    assert [one.key for one in sorted(lots, key=lot_order)] == ["P9", "b", "P10", "d", "c", "z", "P1"]


def test_the_weights_of_a_lot_are_those_of_its_makers() -> None:
    assert lot("P1", 1, 1, "D1:3", "D2").weights == 4000


def test_a_refusal_is_called_by_its_code_and_belongs_to_no_field_unless_told() -> None:
    why = Refused("stale", left=3)
    assert (str(why), why.code, why.field, why.values) == ("stale", "stale", "", {"left": 3})
