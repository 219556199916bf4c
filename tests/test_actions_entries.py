"""What is written down besides attendance, lots and sales: who may, what is refused, and that approved months stay."""

from __future__ import annotations

from datetime import date

import pytest
from acts import NOVEMBER, act, raw, refusal, trail
from house import OCTOBER, House
from sqlalchemy.exc import DatabaseError

from ledger.actions import entries, people, stipends
from ledger.core.entries import Decided, Needs, Worked, judged_values, needs, read_value
from ledger.core.faults import Refused

DAY = date(2026, 11, 12)


def worked(**other: object) -> Worked:
    return Worked(**{"day": DAY, "kind": "mokymai", "minutes": 120, **other})  # type: ignore[arg-type] # words of Worked


def decided(**other: object) -> Decided:
    return Decided(**{"day": DAY, "part": "", "cents": 0, "reason": "Už pagalbą draugui", "document": "V-12",  # type: ignore[arg-type] # words of Decided
                      **other})


def test_the_master_writes_work_down_corrects_it_and_takes_it_back(approved: House) -> None:
    row = act(approved, "meistras", entries.log_work, approved.ref("D1"),
              worked(task=" etikečių  klijavimas ", made=10_000, good=9_000, points=2_500))
    assert (row.booked_in, row.task, row.good, row.points) == ("2026-11", "etikečių klijavimas", 9_000, 2_500)
    act(approved, "meistras", entries.change_work, row.ref, 1, worked(minutes=90))
    assert refusal(approved, "meistras", entries.change_work, row.ref, 1, worked()) == "conflict changed_meanwhile"
    act(approved, "buhalteris", entries.take_back_work, row.ref)
    told = [(one.action, (one.before or {}).get("minutes"), (one.after or {}).get("minutes")) for one in trail(approved)
            if one.subject == "work"]
    assert told == [("log_work", None, 120), ("change_work", 120, 90), ("take_back_work", 90, None)]


@pytest.mark.parametrize(("given", "code"), [
    ({"minutes": 0}, "nothing_worked"),
    ({"minutes": 1441}, "hours_range"),
    ({"points": -1}, "negative"),
    ({"task": "a", "made": 1000, "good": 2000}, "good_above_made"),
    ({"made": 1000, "good": 1000}, "made_without_task"),
    ({"task": "a", "made": 2 * 10**9}, "too_large"),
    ({"kind": "x" * 61}, "text_too_long"),
    ({"kind": "a\u200bb"}, "bad_character"),
    ({"day": date(2026, 11, 22)}, "future_day"),
    ({"day": date(2015, 1, 1)}, "before_start"),
    ({"day": date(2026, 9, 30)}, "before_books"),
    ({"day": date(2026, 10, 15)}, "conflict approved_month"),
])
def test_work_that_cannot_be_is_refused(approved: House, given: dict[str, object], code: str) -> None:
    assert refusal(approved, "buhalteris", entries.log_work, approved.ref("D1"), worked(**given)) == code


def test_a_day_has_no_more_hours_and_an_absent_person_did_nothing(house: House) -> None:
    act(house, "meistras", entries.log_work, house.ref("D1"), worked(minutes=1000))
    assert refusal(house, "meistras", entries.log_work, house.ref("D1"), worked(minutes=441)) == "over_day_together"
    raw(house, "INSERT INTO attendance (ref, organisation_id, workshop_id, participant_id, happened_on, booked_in, minutes, mark, "
               f"version) SELECT 'x', 1, 1, id, '{DAY}', '2026-11', 0, 'L', 1 FROM participant WHERE number = 'D2'")
    assert refusal(house, "meistras", entries.log_work, house.ref("D2"), worked()) == "worked_while_absent"


def test_who_may_write_what_down(approved: House) -> None:
    ref = approved.ref("D1")
    for login in ("vadovas", "socialine"):
        assert refusal(approved, login, entries.log_work, ref, worked()) == "hidden"
    for login in ("meistras", "buhalteris", "socialine"):
        assert refusal(approved, login, entries.decide, ref, decided()) == "hidden"
    for login in ("meistras", "vadovas", "socialine"):
        assert refusal(approved, login, entries.set_figure, NOVEMBER, "sanaudos", "1") == "hidden"
    for login in ("meistras", "socialine"):
        assert refusal(approved, login, entries.set_value, ref, "lygis", DAY, "1,2") == "value_sets_pay"


def test_a_value_is_kept_with_its_dates_and_its_trail(approved: House) -> None:
    ref = approved.ref("D1")
    row = act(approved, "buhalteris", entries.set_value, ref, "lygis", date(2026, 11, 1), " 1,20 ")
    assert row.text == "1.2"
    act(approved, "vadovas", entries.set_value, ref, "lygis", date(2026, 11, 1), "1.5")
    assert [(one.before, one.after) for one in trail(approved, "set_value")][-1] == (
        {"name": "lygis", "since": "2026-11-01", "text": "1.2"}, {"name": "lygis", "since": "2026-11-01", "text": "1.5"})
    act(approved, "buhalteris", entries.take_back_value, row.ref)


@pytest.mark.parametrize(("name", "since", "text", "code"), [
    ("lygis", date(2026, 10, 31), "1", "value_in_approved_month"),
    ("lygis", date(2024, 1, 1), "1", "value_in_approved_month"),
    ("lygis", date(1890, 1, 1), "1", "long_ago"),
    ("lygis", date(2300, 1, 1), "1", "too_far_ahead"),
    ("ly gis", DAY, "1", "entry_name_form"),
    ("", DAY, "1", "entry_name_form"),
    ("lygis", DAY, "-1", "negative"),
    ("lygis", DAY, "1 000,0000000001", "over_eight_decimals"),
    ("lygis", DAY, "12345678901", "number_too_large"),
    ("lygis", DAY, "1.234", "two_readings"),
    ("lygis", DAY, " ", "empty"),
    ("lygis", DAY, "a" * 61, "text_too_long"),
])
def test_a_value_that_cannot_be_is_refused(approved: House, name: str, since: date, text: str, code: str) -> None:
    assert refusal(approved, "buhalteris", entries.set_value, approved.ref("D1"), name, since, text) == code


def test_what_an_approved_month_read_stays(house: House) -> None:
    ref = house.ref("D1")
    value = act(house, "buhalteris", entries.set_value, ref, "lygis", date(2026, 10, 1), "1")
    figure = act(house, "buhalteris", entries.set_figure, OCTOBER, "sanaudos", "1 250,50")
    decision = act(house, "vadovas", entries.decide, ref, decided(day=date(2026, 10, 20)))
    work = act(house, "meistras", entries.log_work, ref, worked(day=date(2026, 10, 14)))
    house.submit()
    house.approve()
    assert refusal(house, "buhalteris", entries.take_back_value, value.ref) == "value_in_approved_month"
    assert refusal(house, "buhalteris", entries.take_back_figure, figure.ref) == "conflict approved_month"
    assert refusal(house, "buhalteris", entries.set_figure, OCTOBER, "kita", "1") == "conflict approved_month"
    assert refusal(house, "vadovas", entries.take_back_decision, decision.ref) == "conflict approved_month"
    assert refusal(house, "meistras", entries.take_back_work, work.ref) == "conflict approved_month"
    for statement in ("UPDATE person_value SET text = '9'", "DELETE FROM person_value", "UPDATE month_figure SET number = '9'",
                      "DELETE FROM decision", "UPDATE work SET minutes = 1", "DELETE FROM work"):
        with pytest.raises(DatabaseError, match="approved month"):
            raw(house, statement)
    act(house, "buhalteris", entries.set_value, ref, "lygis", date(2026, 11, 1), "2")


def test_a_decision_needs_a_reason_a_document_and_an_item_of_the_rules_for_money(approved: House) -> None:
    ref = approved.ref("D1")
    row = act(approved, "vadovas", entries.decide, ref, decided())
    assert trail(approved, "decide")[0].sealed is not None
    assert "reason" not in (trail(approved, "decide")[0].after or {})
    for given, code in (({"reason": " "}, "empty_text"), ({"document": ""}, "empty_text"), ({"cents": 500}, "no_adjustment"),
                        ({"part": "premija", "cents": 500}, "no_adjustment"), ({"day": date(2024, 1, 5)}, "not_here_in_month"),
                        ({"day": date(2026, 12, 1)}, "future_day"), ({"reason": "x" * 301}, "text_too_long"),
                        ({"day": date(2026, 10, 5)}, "conflict approved_month")):
        expected = "before_books" if given.get("day") == date(2024, 1, 5) else code
        assert refusal(approved, "vadovas", entries.decide, ref, decided(**given)) == expected
    act(approved, "vadovas", entries.take_back_decision, row.ref)


def test_a_figure_is_a_number_and_its_trail_holds_the_old_one(approved: House) -> None:
    act(approved, "buhalteris", entries.set_figure, NOVEMBER, "sanaudos", "1 250,50")
    row = act(approved, "buhalteris", entries.set_figure, NOVEMBER, "sanaudos", "0")
    assert row.number == "0"
    assert (trail(approved, "set_figure")[-1].before or {})["number"] == "1250.5"
    assert refusal(approved, "buhalteris", entries.set_figure, NOVEMBER, "sanaudos", "daug") == "no_number"
    assert refusal(approved, "buhalteris", entries.set_figure, OCTOBER.plus(-1), "sanaudos", "1") == "before_books"
    act(approved, "buhalteris", entries.take_back_figure, row.ref)


def test_dates_of_a_person_hold_the_days_of_their_work_and_a_month_with_work_is_not_empty(approved: House) -> None:
    row = act(approved, "meistras", entries.log_work, approved.ref("D1"), worked())
    assert row.happened_on == DAY
    with approved.opened.read() as session:
        one = approved.doing(session, "socialine")
        named = people.people.get_participant(session, one.vault, one.scope, approved.ref("D1"))
    profile = people.Profile("D1", named.identity, named.person.started, date(2026, 11, 1))
    assert refusal(approved, "socialine", people.change_participant, approved.ref("D1"), profile) == "days_outside"
    assert refusal(approved, "buhalteris", stipends.declare_empty, NOVEMBER) == "month_not_over"


def test_nothing_is_written_down_for_a_month_declared_empty(approved: House) -> None:
    raw(approved, "INSERT INTO month (ref, organisation_id, workshop_id, month, state, decided_by, decided_at) VALUES "
                  "('m', 1, 1, '2026-11', 'empty', 'x', '2026-11-01T00:00:00.000000Z')")
    assert refusal(approved, "meistras", entries.log_work, approved.ref("D1"), worked()) == "declared_empty"
    assert refusal(approved, "buhalteris", entries.set_figure, NOVEMBER, "a", "1") == "declared_empty"


def test_what_rules_ask_for_is_read_from_the_names_of_their_formulas() -> None:
    found = needs({"days", "hours", "hours.mokymai", "hours.production", "made.klijavimas", "time.klijavimas", "points",
                   "value.lygis", "month.sanaudos", "ref.base"}, {"premija": "Premija"})
    assert found == Needs(("mokymai",), ("klijavimas",), True, ("lygis",), ("sanaudos",), {"premija": "Premija"})
    assert found.work
    assert needs({"days", "hours"}, {}).nothing


def test_ratings_and_plans_are_told_from_values_that_set_pay() -> None:
    rules = {"part": [
        {"kind": "rated", "amount": "ref.valanda", "productivity": "value.nasumas"},
        {"kind": "rated", "task": [{"task": "a", "rating": "value.a_lygis / 5"}]},
        {"kind": "per_day", "planned": "value.dienos", "band": [{"amount": "value.bazine"}]},
        {"kind": "flat", "amount": "10 * value.dienos", "label": "value of things"},
        {"kind": "rated", "amount": "1", "productivity": "value.klase"}, {"kind": "flat", "by_class": "klase"}]}
    assert judged_values(rules) == {"nasumas", "a_lygis"}


@pytest.mark.parametrize(("text", "read"), [("1,20", "1.2"), ("007", "7"), ("0", "0"), (" II  klasė ", "II klasė"), ("2a", "2a")])
def test_a_value_is_a_number_or_a_word(text: str, read: str) -> None:
    assert read_value(text) == read


@pytest.mark.parametrize("text", ["1,2 €", "1/2", "–", "5 %"])
def test_signs_without_a_letter_are_no_value(text: str) -> None:
    with pytest.raises(Refused):
        read_value(text)
