"""Norms of timings, shares by steps, the sum of materials and easy words, worked by hand."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from easy import easy_faults
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.faults import Refused
from ledger.core.work_steps import (
    Average,
    Did,
    Job,
    Material,
    Step,
    Timed,
    check_easy,
    check_job,
    check_material,
    check_step,
    check_study,
    material_cents,
    norm_of,
    read_time,
    shares_by_steps,
)


def refused(check: object, *args: object, **named: object) -> str:
    with pytest.raises(Refused) as wrong:
        check(*args, **named)  # type: ignore[operator] # a check of the core
    return wrong.value.code


@pytest.mark.parametrize(("text", "tenths"), [
    ("1:25", 850), ("1:25,4", 854), ("85", 850), ("85.4", 854), (" 0:08 ", 80), ("0,1", 1), ("600:00", 360_000)])
def test_a_time_is_minutes_and_seconds_or_seconds(text: str, tenths: int) -> None:
    assert read_time(text) == tenths


@pytest.mark.parametrize(("text", "code"), [
    ("1:60", "no_time"), ("-5", "no_time"), ("1:2:3", "no_time"), ("1e3", "no_time"), ("１２", "no_time"), ("١٢", "no_time"),
    ("NaN", "no_time"), ("8,55", "no_time"), ("1:5", "no_time"), ("", "no_time"), ("0", "time_range"), ("600:01", "time_range")])
def test_what_is_no_time_is_refused(text: str, code: str) -> None:
    assert refused(read_time, text) == code


def timed(*seconds: int, out: tuple[int, ...] = ()) -> list[Timed]:
    return [Timed(10 * one, one in out) for one in seconds]


def test_the_norm_is_the_middle_of_what_is_not_left_out() -> None:
    times = timed(60, 62, 64, 300, out=(300,))
    norm = norm_of(times, Average.MEDIAN, 1000)
    assert (norm.tenths, norm.kept, norm.left_out) == (620, 3, 1)
    assert (norm.minutes, norm.an_hour) == (Fraction(62, 60), Fraction(3600, 62))
    assert norm_of(times, Average.MEAN, 1000).tenths == 620
    assert norm_of(timed(60, 61, 64, 300), Average.MEDIAN, 1000).tenths == 625
    assert norm_of(timed(60, 61, 62), Average.MEAN, 6000).minutes == Fraction(61, 360)


def test_a_study_has_three_times_that_count_and_whole_pieces() -> None:
    check_study(timed(60, 61, 62), 1000, "vnt")
    assert refused(check_study, timed(60, 61, 62, out=(62,)), 1000, "vnt") == "too_few_timed"
    assert refused(check_study, timed(60, 61, 62), 1500, "vnt") == "part_of_a_piece"
    assert refused(check_study, timed(60, 61, 62), 0, "kg") == "zero"


def test_shares_are_the_weights_of_the_steps_each_did() -> None:
    assert shares_by_steps([Did("a", 1000, ("x",)), Did("b", 2000, ("y",))]) == {"x": 1000, "y": 2000}
    assert shares_by_steps([Did("a", 1000, ("x", "y")), Did("b", 2000, ("y",))]) == {"x": 500, "y": 2500}
    assert shares_by_steps([Did("a", 1000, ("x", "y", "z")), Did("b", 1000, ("z",))]) == {"x": 1000, "y": 1000, "z": 4000}
    assert shares_by_steps([]) == {}


PEOPLE = st.lists(st.sampled_from("abcdefgh"), min_size=1, unique=True).map(tuple)


@given(st.lists(st.tuples(st.integers(1, 1_000_000), PEOPLE), min_size=1, max_size=8))
def test_shares_keep_the_exact_ratio(done: list[tuple[int, tuple[str, ...]]]) -> None:
    shares = shares_by_steps([Did(str(place), weight, people) for place, (weight, people) in enumerate(done)])
    exact = {one: sum(Fraction(weight, len(people)) for weight, people in done if one in people) for one in shares}
    assert len({Fraction(shares[one]) / exact[one] for one in shares}) == 1
    assert min(shares.values()) > 0


def test_steps_shared_in_an_unreal_way_are_refused() -> None:
    people = [f"p{number}" for number in range(60)]
    done = [Did(str(count), 999_983, tuple(people[:count])) for count in range(1, 60)]
    assert refused(shares_by_steps, done) == "too_many_kinds_of_shares"


def test_materials_are_rounded_once() -> None:
    assert material_cents([Material("Vaškas", 180, "kg", 520), Material("Dagtis", 150, "m", 35)]) == 99
    assert material_cents([Material("a", 1, "kg", 500), Material("b", 1, "kg", 500)]) == 1
    assert material_cents([]) == 0


@pytest.mark.parametrize(("line", "code"), [
    (Material(" ", 1, "kg", 1), "empty_text"), (Material("x" * 81, 1, "kg", 1), "text_too_long"),
    (Material("x", 1, "t", 1), "unknown_material_unit"), (Material("x", 0, "kg", 1), "zero"),
    (Material("x", 10 ** 10, "kg", 1), "too_large"), (Material("x", 1, "kg", -1), "negative")])
def test_a_wrong_material_is_refused(line: Material, code: str) -> None:
    assert refused(check_material, line) == code


@pytest.mark.parametrize(("changed", "code"), [
    ({"name": " "}, "empty_text"), ({"name": "x" * 61}, "text_too_long"), ({"weight": 0}, "step_weight"),
    ({"weight": 1_000_001}, "step_weight"), ({"picture": "../x"}, "unknown_picture"), ({"kind": "other"}, "unknown_goal_kind"),
    ({"kind": "general"}, "skill_and_kind"), ({"skill": "Sveriu"}, "skill_and_kind"), ({"words": "Pilk (lėtai)."}, "not_easy_sign"),
    ({"words": "Vienas. Du. Trys. Keturi."}, "not_easy_many"), ({"words": "a " * 13}, "not_easy_long")])
def test_a_wrong_step_is_refused(changed: dict[str, object], code: str) -> None:
    given_step = {"name": "Supilk", "picture": "pilti", **changed}
    assert refused(check_step, Step(**given_step), ("pilti",)) == code  # type: ignore[arg-type] # wrong on purpose


def test_words_that_are_taken_are_easy() -> None:
    for text in ("Supilk vašką.", "Pilk lėtai. Karšta: mauk pirštines.", "Ar lygu?\nPatikrink."):
        check_easy(text, at="words")
        assert easy_faults(text) == []


@pytest.mark.parametrize(("changed", "code"), [
    ({"customer": ""}, "empty_text"), ({"customer": "x" * 101}, "text_too_long"), ({"due": date(2026, 11, 1)}, "due_before_taken"),
    ({"quantity": None}, "job_of_nothing"), ({"quantity": 1500}, "part_of_a_piece")])
def test_a_wrong_order_is_refused(changed: dict[str, object], code: str) -> None:
    typed = {"customer": "UAB", "taken": date(2026, 11, 2), "due": date(2026, 11, 9), "quantity": 1000, "cents": None, **changed}
    assert refused(check_job, Job(**typed), "vnt") == code  # type: ignore[arg-type] # wrong on purpose
