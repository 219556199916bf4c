"""A day begun, closed and opened again; hours of two workshops; a weekly plan; days of trying: what is taken, what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ledger.core import days
from ledger.core.days import DayEvent
from ledger.core.faults import Conflict, Refused
from ledger.core.people import Person

STARTED = date(2026, 11, 2)
PERSON = Person("p" * 26, "D7", STARTED)


def told(refused: Refused) -> tuple[str, str, dict[str, object]]:
    return refused.code, refused.field, dict(refused.values)


def test_the_first_entry_begins_a_day_and_one_after_its_closing_opens_it_again() -> None:
    assert [days.after_entry(one) for one in (None, DayEvent.BEGUN, DayEvent.CLOSED, DayEvent.REOPENED)] == [
        DayEvent.BEGUN, None, DayEvent.REOPENED, None]


def test_only_an_open_day_is_closed_and_only_a_closed_one_opened() -> None:
    for newest in (None, DayEvent.BEGUN, DayEvent.REOPENED):
        days.check_close(newest)
        with pytest.raises(Conflict) as refused:
            days.check_reopen(newest)
        assert refused.value.code == "day_open_already"
    days.check_reopen(DayEvent.CLOSED)
    with pytest.raises(Conflict) as refused:
        days.check_close(DayEvent.CLOSED)
    assert refused.value.code == "day_closed_already"


def test_two_workshops_together_hold_a_day_at_most() -> None:
    days.check_both(1000, 440)
    with pytest.raises(Refused) as refused:
        days.check_both(1000, 441)
    assert told(refused.value) == ("over_day_both", "hours", {})


@pytest.mark.parametrize(("here", "there", "worth"), [
    (200, 160, False), (200, 161, True), (361, 0, False), (0, 361, False), (1, 360, True), (360, 1, True)])
def test_more_than_the_service_in_two_workshops_is_worth_a_look(here: int, there: int, worth: bool) -> None:
    assert days.told_together(here, there) is worth


def test_a_plan_holds_hours_of_some_weekday_and_none_over_a_day() -> None:
    days.check_plan([0, 0, 0, 0, 0, 0, 1440])
    days.check_plan([1, 0, 0, 0, 0, 0, 0])
    for minutes, at in (([0, 0, 1441, 0, 0, 0, 0], "day2"), ([-1, 1, 0, 0, 0, 0, 0], "day0")):
        with pytest.raises(Refused) as refused:
            days.check_plan(minutes)
        assert told(refused.value) == ("hours_range", at, {})
    with pytest.raises(Refused) as refused:
        days.check_plan([0] * 7)
    assert told(refused.value) == ("plan_empty", "day0", {})


def test_a_day_of_trying_lies_before_the_contract_and_not_long_before() -> None:
    days.check_trial(PERSON, STARTED - timedelta(days=1), 1)
    days.check_trial(PERSON, STARTED - timedelta(days=92), 1440)
    with pytest.raises(Refused) as refused:
        days.check_trial(PERSON, STARTED, 60)
    assert told(refused.value) == ("trial_after_start", "participant", {"number": "D7", "day": "2026-11-02"})
    with pytest.raises(Refused) as refused:
        days.check_trial(PERSON, STARTED - timedelta(days=93), 60)
    assert told(refused.value) == ("trial_too_early", "participant", {"number": "D7", "most": 92})


@pytest.mark.parametrize(("minutes", "code"), [(0, "attended_without_hours"), (-1, "hours_range"), (1441, "hours_range")])
def test_a_day_of_trying_has_time(minutes: int, code: str) -> None:
    with pytest.raises(Refused) as refused:
        days.check_trial(PERSON, STARTED - timedelta(days=1), minutes)
    assert told(refused.value) == (code, "hours", {})


def test_who_may_try_is_shown_only_before_the_contract() -> None:
    shown = [days.may_try(PERSON, STARTED - timedelta(days=before)) for before in (-1, 0, 1, 92, 93)]
    assert shown == [False, False, True, True, False]
