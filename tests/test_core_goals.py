"""Goals: what a goal and an observation of it must be, and the path of scores."""

from datetime import date

import pytest

from ledger.core.faults import Refused
from ledger.core.goals import Seen, check_goal, check_observation, path, score_of
from ledger.core.periods import Month

OCTOBER = Month(2026, 10)
SET = date(2026, 9, 1)
TODAY = date(2026, 11, 21)
GOAL = {"title": "Siūti pačiam", "baseline": "Siuva padedamas", "target": "Siuva pats", "set_on": SET,
        "due_on": date(2026, 9, 2), "kind": "general"}


def refused(check, **values) -> tuple[str, str, dict]:
    with pytest.raises(Refused) as why:
        check(**values)
    return why.value.code, why.value.field, dict(why.value.values)


@pytest.mark.parametrize("change", [
    {}, {"kind": "special"}, {"due_on": date(2030, 1, 1)}, {"title": "A" * 200}, {"baseline": "A" * 200}, {"target": "A" * 200}])
def test_a_whole_goal_is_taken(change: dict) -> None:
    check_goal(**GOAL | change)


@pytest.mark.parametrize("field", ["title", "baseline", "target"])
def test_each_text_says_something_and_is_not_too_long(field: str) -> None:
    assert refused(check_goal, **GOAL | {field: " \n"}) == ("empty_text", field, {})
    assert refused(check_goal, **GOAL | {field: "A" * 201}) == ("text_too_long", field, {"most": 200})


def test_a_goal_is_of_a_kind_and_ends_after_it_was_set() -> None:
    assert refused(check_goal, **GOAL | {"kind": "other"}) == ("unknown_goal_kind", "kind", {})
    for day in (SET, date(2026, 8, 31)):
        assert refused(check_goal, **GOAL | {"due_on": day}) == ("due_before_set", "due_on", {})


@pytest.mark.parametrize(("score", "day"), [(0, SET), (5, TODAY), (3, date(2026, 10, 1))])
def test_an_observation_from_the_day_of_the_goal_until_today(score: int, day: date) -> None:
    check_observation(score=score, day=day, today=TODAY, set_on=SET)


def test_an_observation_that_cannot_be() -> None:
    fine = {"score": 3, "day": SET, "today": TODAY, "set_on": SET}
    for score in (-1, 6):
        assert refused(check_observation, **fine | {"score": score}) == ("score_range", "score", {"most": 5})
    assert refused(check_observation, **fine | {"day": date(2026, 11, 22)}) == ("future_day", "day", {})
    early = fine | {"day": date(2026, 8, 31)}
    assert refused(check_observation, **early) == ("before_goal", "day", {"day": "2026-09-01"})


SCORES = [Seen(date(2026, 10, 20), 4), Seen(date(2026, 8, 31), 1), Seen(date(2026, 10, 31), 2), Seen(date(2026, 11, 1), 5)]


def test_the_score_of_a_month_is_the_last_one_known_at_its_end() -> None:
    assert [score_of(Month(2026, number), SCORES) for number in (7, 8, 9, 10, 11)] == [None, 1, 1, 2, 5]
    assert score_of(OCTOBER, []) is None


def test_the_path_is_the_last_three_months_in_order() -> None:
    assert path(OCTOBER, SCORES) == ((Month(2026, 8), 1), (Month(2026, 9), 1), (OCTOBER, 2))
    assert path(OCTOBER, SCORES, months=1) == ((OCTOBER, 2),)
    assert path(Month(2026, 1), [], months=2) == ((Month(2025, 12), None), (Month(2026, 1), None))
