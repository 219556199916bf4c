"""Norms of timings, shares by steps, the sum of materials and easy words, worked by hand."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from easy import easy_faults
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.faults import Refused, Values
from ledger.core.goals import KINDS
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
    material_exact,
    norm_of,
    read_time,
    shares_by_steps,
)


def refused(check: object, *args: object, **named: object) -> tuple[str, str, Values]:
    """The whole refusal: its code, its field, its values."""
    with pytest.raises(Refused) as wrong:
        check(*args, **named)  # type: ignore[operator] # a check of the core
    assert not any(isinstance(one, float) for one in wrong.value.values.values()), "a sentence shows whole numbers"
    return wrong.value.code, wrong.value.field, dict(wrong.value.values)


@pytest.mark.parametrize(("text", "tenths"), [
    ("1:25", 850), ("1:25,4", 854), ("85", 850), ("85.4", 854), (" 0:08 ", 80), ("0,1", 1), ("600:00", 360_000)])
def test_a_time_is_minutes_and_seconds_or_seconds(text: str, tenths: int) -> None:
    assert read_time(text) == tenths


@pytest.mark.parametrize(("text", "code"), [
    ("1:60", "no_time"), ("-5", "no_time"), ("1:2:3", "no_time"), ("1e3", "no_time"), ("１２", "no_time"), ("١٢", "no_time"),
    ("NaN", "no_time"), ("8,55", "no_time"), ("1:5", "no_time"), ("0", "time_range"), ("600:01", "time_range"),
    ("36000,1", "time_range")])
def test_what_is_no_time_is_refused(text: str, code: str) -> None:
    assert refused(read_time, text) == (code, "", {"text": text})


def timed(*seconds: int, out: tuple[int, ...] = ()) -> list[Timed]:
    return [Timed(10 * one, one in out) for one in seconds]


def test_the_norm_is_the_middle_of_what_is_not_left_out() -> None:
    times = timed(60, 62, 64, 300, out=(300,))
    norm = norm_of(times, Average.MEDIAN, 1000)
    assert (norm.tenths, norm.kept, norm.left_out) == (620, 3, 1)
    assert (norm.minutes, norm.an_hour) == (Fraction(62, 60), Fraction(3600, 62))
    assert norm_of(times, Average.MEAN, 1000).tenths == 620
    assert norm_of(timed(60, 61, 64, 300), Average.MEDIAN, 1000).tenths == 625
    uneven = timed(10, 20, 30, 40, 100, 200, 370)
    assert (norm_of(uneven, Average.MEDIAN, 1000).tenths, norm_of(uneven, Average.MEAN, 1000).tenths) == (400, 1100)
    assert norm_of(timed(60, 61, 62), Average.MEAN, 6000).minutes == Fraction(61, 360)


def test_there_is_no_norm_of_nothing() -> None:
    assert refused(norm_of, timed(60, out=(60,)), Average.MEDIAN, 1000) == ("too_few_timed", "", {"least": 3})
    assert (norm_of(timed(60), Average.MEDIAN, 1000).tenths, norm_of(timed(60, 61), Average.MEDIAN, 1000).tenths) == (600, 605)


def test_a_study_has_three_to_twelve_times_that_count_and_whole_pieces() -> None:
    for units, unit in ((1000, "vnt"), (1, "kg"), (1_000_000_000, "vnt"), (1500, "kg")):
        check_study(timed(60, 61, 62), units, unit)
    check_study(timed(*range(60, 72)), 1000, "vnt")
    for times in (timed(60, 61, 62, out=(62,)), timed(60, 61), timed(*range(60, 73))):
        assert refused(check_study, times, 1000, "vnt") == ("too_few_timed", "time_1", {"least": 3})
    assert refused(check_study, timed(60, 61, 62), 1500, "vnt") == ("part_of_a_piece", "units", {})
    assert refused(check_study, timed(60, 61, 62), 0, "kg") == ("zero", "units", {"text": "0"})
    assert refused(check_study, timed(60, 61, 62), 1_000_000_001, "kg") == ("too_large", "units", {})


def test_shares_are_the_weights_of_the_steps_each_did() -> None:
    assert shares_by_steps([Did("a", 1000, ("x",)), Did("b", 2000, ("y",))]) == {"x": 1000, "y": 2000}
    assert shares_by_steps([Did("a", 1000, ("x", "y")), Did("b", 2000, ("y",))]) == {"x": 500, "y": 2500}
    assert shares_by_steps([Did("a", 1000, ("x", "y", "z")), Did("b", 1000, ("z",))]) == {"x": 1000, "y": 1000, "z": 4000}
    assert shares_by_steps([Did("a", 1, ("x", "y")), Did("b", 1, ("y",))]) == {"x": 1000, "y": 3000}
    assert shares_by_steps([]) == {}


PEOPLE = st.lists(st.sampled_from("abcdefgh"), min_size=1, unique=True).map(tuple)


@given(st.lists(st.tuples(st.integers(1, 1_000_000), PEOPLE), min_size=1, max_size=8))
def test_shares_keep_the_exact_ratio(done: list[tuple[int, tuple[str, ...]]]) -> None:
    shares = shares_by_steps([Did(str(place), weight, people) for place, (weight, people) in enumerate(done)])
    exact = {one: sum(Fraction(weight, len(people)) for weight, people in done if one in people) for one in shares}
    assert len({Fraction(shares[one]) / exact[one] for one in shares}) == 1
    assert min(shares.values()) > 0
    assert all(isinstance(one, int) for one in shares.values())


def test_steps_shared_in_an_unreal_way_are_refused() -> None:
    people = [f"p{number}" for number in range(60)]
    done = [Did(str(count), 999_983, tuple(people[:count])) for count in range(1, 60)]
    assert refused(shares_by_steps, done) == ("too_many_kinds_of_shares", "shared_by", {})


def test_a_share_is_as_large_as_can_be_kept_and_no_larger() -> None:
    assert shares_by_steps([Did("a", 10 ** 15, ("x",))]) == {"x": 10 ** 15}
    assert refused(shares_by_steps, [Did("a", 10 ** 15 + 1, ("x",))]) == ("too_many_kinds_of_shares", "shared_by", {})


def test_materials_are_rounded_once() -> None:
    assert material_cents([Material("Vaškas", 180, "kg", 520), Material("Dagtis", 150, "m", 35)]) == 99
    assert material_cents([Material("a", 1, "kg", 500), Material("b", 1, "kg", 500)]) == 1
    assert material_cents([]) == 0
    assert material_exact(Material("Vaškas", 180, "kg", 520)) == Fraction(936, 10)


@pytest.mark.parametrize(("line", "whole"), [
    (Material(" ", 1, "kg", 1), ("empty_text", "name", {})),
    (Material("x" * 81, 1, "kg", 1), ("text_too_long", "name", {"most": 80})),
    (Material("x", 1, "t", 1), ("unknown_material_unit", "unit", {})),
    (Material("x", 0, "kg", 1), ("zero", "quantity", {"text": "0"})),
    (Material("x", -1, "kg", 1), ("zero", "quantity", {"text": "0"})),
    (Material("x", 1_000_000_001, "kg", 1), ("too_large", "quantity", {})),
    (Material("x", 1, "kg", -1), ("negative", "price", {"text": "-1"}))])
def test_a_wrong_material_is_refused(line: Material, whole: tuple[str, str, Values]) -> None:
    assert refused(check_material, line) == whole


def test_a_material_at_its_limits_is_taken() -> None:
    for unit in ("kg", "l", "m", "vnt"):
        check_material(Material(f" {'x' * 80} ", 1_000_000_000, unit, 0))
    check_material(Material("x", 1, "kg", 1))


TWELVE = " ".join("a" * 12)
STEP = {"name": "Supilk", "picture": "pilti"}


@pytest.mark.parametrize(("changed", "whole"), [
    ({"name": " "}, ("empty_text", "name", {})),
    ({"name": "x" * 61}, ("text_too_long", "name", {"most": 60})),
    ({"words": "x" * 151}, ("text_too_long", "words", {"most": 150})),
    ({"skill": "x" * 81, "kind": "general"}, ("text_too_long", "skill", {"most": 80})),
    ({"weight": 0}, ("step_weight", "weight", {"most": 1000})),
    ({"weight": 1_000_001}, ("step_weight", "weight", {"most": 1000})),
    ({"picture": "../x"}, ("unknown_picture", "picture", {})),
    ({"kind": "other"}, ("unknown_goal_kind", "kind", {})),
    ({"kind": "general"}, ("skill_and_kind", "skill", {})),
    ({"skill": "Sveriu"}, ("skill_and_kind", "kind", {})),
    ({"kind": "general", "skill": " "}, ("skill_and_kind", "skill", {})),
    ({"name": "Pilk (lėtai)"}, ("not_easy_sign", "name", {"sign": "("})),
    ({"words": "Pilk 5 % arba daugiau;"}, ("not_easy_sign", "words", {"sign": "%"})),
    ({"words": "Vienas. Du. Trys. Keturi."}, ("not_easy_many", "words", {"most": 3})),
    ({"words": "Vienas\nDu? Trys\n\nKeturi"}, ("not_easy_many", "words", {"most": 3})),
    ({"words": "a " * 13}, ("not_easy_long", "words", {"most": 12}))])
def test_a_wrong_step_is_refused(changed: dict[str, object], whole: tuple[str, str, Values]) -> None:
    assert refused(check_step, Step(**STEP | changed), ("pilti",)) == whole  # type: ignore[arg-type] # wrong on purpose


@pytest.mark.parametrize("changed", [
    {"name": f" {'x' * 60} "}, {"words": "x" * 150}, {"kind": "general", "skill": "x" * 80},
    {"kind": list(KINDS)[-1], "skill": " Sveriu "}, {"weight": 1}, {"weight": 1_000_000},
    {"words": f"{TWELVE}. {TWELVE}?\n{TWELVE}"},
    {"words": f"{TWELVE}: {TWELVE}"}, {"words": "Vienas. Du. Trys.\n \n"}, {"words": ""}])
def test_a_step_at_its_limits_is_taken(changed: dict[str, object]) -> None:
    check_step(Step(**STEP | changed), ("kitas", "pilti"))  # type: ignore[arg-type] # as typed


@pytest.mark.parametrize("sign", list("()[]%€;!/=<>"))
def test_signs_that_nobody_says_aloud_are_named(sign: str) -> None:
    assert refused(check_easy, f"Pilk {sign} lėtai", at="words") == ("not_easy_sign", "words", {"sign": sign})


def test_words_that_are_taken_are_easy() -> None:
    for text in ("Supilk vašką.", "Pilk lėtai. Karšta: mauk pirštines.", "Ar lygu?\nPatikrink."):
        check_easy(text, at="words")
        assert easy_faults(text) == []


ORDER = {"customer": "UAB", "taken": date(2026, 11, 2), "due": date(2026, 11, 9), "quantity": 1000, "cents": None}


@pytest.mark.parametrize(("changed", "whole"), [
    ({"customer": " "}, ("empty_text", "customer", {})),
    ({"customer": "x" * 101}, ("text_too_long", "customer", {"most": 100})),
    ({"due": date(2026, 11, 1)}, ("due_before_taken", "due", {"day": "2026-11-02"})),
    ({"quantity": None}, ("job_of_nothing", "quantity", {})),
    ({"quantity": 1500}, ("part_of_a_piece", "quantity", {}))])
def test_a_wrong_order_is_refused(changed: dict[str, object], whole: tuple[str, str, Values]) -> None:
    assert refused(check_job, Job(**ORDER | changed), "vnt") == whole  # type: ignore[arg-type] # wrong on purpose


def test_an_order_at_its_limits_is_taken() -> None:
    for changed in ({"customer": f" {'x' * 100} "}, {"due": date(2026, 11, 2)}, {"quantity": None, "cents": 0}):
        check_job(Job(**ORDER | changed), "vnt")  # type: ignore[arg-type] # as typed
    check_job(Job(**ORDER | {"quantity": 1500}), "kg")  # type: ignore[arg-type] # as typed
