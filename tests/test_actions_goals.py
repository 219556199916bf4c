"""Goals and what is seen of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from acts import act, refusal, trail
from house import STAFF, House

from ledger.actions import goals
from ledger.actions.goals import Goal
from ledger.records.goals import GoalRow

GOAL = Goal("general", "Ateinu laiku", "laikrodis", "Ateina vėliau.", "Ateina iki 9.", date(2026, 11, 2), date(2027, 3, 1))
DAY = date(2026, 11, 9)


def new(house: House) -> GoalRow:
    return act(house, "socialine", goals.set_goal, house.ref("D3"), GOAL)


def test_a_goal_is_set_seen_changed_and_ended(house):
    row = new(house)
    act(house, "meistras", goals.observe, row.ref, DAY, 3, "Atėjo laiku.")
    act(house, "socialine", goals.end_goal, row.ref, row.version)
    assert refusal(house, "meistras", goals.observe, row.ref, DAY, 3, "") == "goal_ended"
    assert refusal(house, "socialine", goals.end_goal, row.ref, row.version + 1) == "goal_ended"
    assert [entry.actor_role for action in ("set_goal", "observe", "end_goal") for entry in trail(house, action)[-1:]] == [
        "social", "instructor", "social"]


def test_the_words_of_a_goal_are_not_in_the_trail_in_the_open(house):
    row = new(house)
    act(house, "meistras", goals.observe, row.ref, DAY, 3, "Labai stengėsi")
    entries = trail(house, "set_goal")[-1:] + trail(house, "observe")[-1:]
    assert all(entry.sealed for entry in entries)
    assert not [entry for entry in entries if "stengėsi" in str(entry.after) or "laiku" in str(entry.after)]


@pytest.mark.parametrize("login", [one for one in STAFF if one != "socialine"])
def test_goals_are_the_social_workers(house, login):
    row = new(house)
    assert refusal(house, login, goals.set_goal, house.ref("D3"), GOAL) == "hidden"
    assert refusal(house, login, goals.end_goal, row.ref, 1) == "hidden"
    if login != "meistras":
        assert refusal(house, login, goals.observe, row.ref, DAY, 3, "") == "hidden"


@pytest.mark.parametrize(("change", "code"), [
    ({"title": " "}, "empty_text"), ({"title": "x" * 41}, "text_too_long"), ({"target": ""}, "empty_text"),
    ({"baseline": "x" * 201}, "text_too_long"), ({"kind": "other"}, "unknown_goal_kind"), ({"picture": "x"}, "unknown_picture"),
    ({"due_on": date(2026, 11, 2)}, "due_before_set")])
def test_a_goal_that_cannot_be_is_refused(house, change, code):
    assert refusal(house, "socialine", goals.set_goal, house.ref("D3"), replace(GOAL, **change)) == code


@pytest.mark.parametrize(("day", "score", "note", "code"), [
    (DAY, 6, "", "score_range"), (DAY, -1, "", "score_range"), (date(2026, 11, 22), 3, "", "future_day"),
    (date(2026, 11, 1), 3, "", "before_goal"), (DAY, 3, "x" * 501, "text_too_long")])
def test_an_observation_that_cannot_be_is_refused(house, day, score, note, code):
    assert refusal(house, "meistras", goals.observe, new(house).ref, day, score, note) == code


def test_who_saw_an_older_version_ends_nothing(house):
    assert refusal(house, "socialine", goals.end_goal, new(house).ref, 7) == "conflict changed_meanwhile"
    assert refusal(house, "socialine", goals.end_goal, "nothing", 1) == "hidden"
