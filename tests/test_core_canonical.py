"""Frozen values as canonical JSON: no floats, no names, nothing of another form."""

import json
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

import pytest

from ledger.core import canonical as kept
from ledger.core import frozen_text
from ledger.core.canonical import canonical, canonical_result, inputs_from_canonical, read_plain, result_from_canonical
from ledger.core.debts import Debt
from ledger.core.decided import Decision, Figure, Fund
from ledger.core.frozen import later
from ledger.core.frozen_text import fraction, parts_of, written
from ledger.core.people import Person, PersonValue
from ledger.core.periods import Month
from ledger.core.production import Mark, Move, Work, YearSoFar
from ledger.core.stipends import Inputs, calculate
from tests import october
from tests.books import OCTOBER, amounts, day, earlier, lot, oct, sale


@pytest.fixture(autouse=True)
def _anew() -> None:
    """How a form is read is worked out once a process: here anew for each test, so that the working out is tried too."""
    kept._form.cache_clear()
    kept._reader.cache_clear()
    frozen_text._WRITERS.clear()


@pytest.fixture(scope="module")
def text() -> str:
    return canonical(october.inputs(), october.scheme())


def test_the_text_is_one_line_of_sorted_json(text: str) -> None:
    assert text == json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert "\n" not in text


def test_people_stand_by_reference_and_number_only(text: str) -> None:
    people = json.loads(text)["inputs"]["people"]
    assert people[0] == {"ref": "D1", "number": "D1", "started": "2024-05-02", "ended": None}


def test_fractions_are_whole_numbers_with_a_stroke() -> None:
    result = json.loads(canonical_result(calculate(october.inputs(), october.scheme())))["result"]
    assert result["people"][0]["lines"][1]["quota"] == "1083895959769/134521200"
    assert (result["month"], result["people"][0]["lines"][0]["quota"]) == ("2026-10", "1560/1")


@pytest.mark.parametrize("wrong", [{"minutes": 0.5}, {"minutes": "5"}, {"day": 0.5}, {"person": 5}])
def test_what_is_not_of_the_books_has_no_place(wrong: dict[str, object]) -> None:
    day, *others = october.inputs().attendance
    with pytest.raises((TypeError, ValueError)):
        canonical(replace(october.inputs(), attendance=(replace(day, **wrong), *others)), october.scheme())
    with pytest.raises(TypeError):
        canonical(replace(october.inputs(), carried_in=0.5), october.scheme())  # type: ignore[arg-type] # that is the trial


@pytest.mark.parametrize("change", [
    lambda data: data.update(form=2),
    lambda data: data["inputs"].pop("people"),
    lambda data: data["inputs"].update(more=1),
    lambda data: data["inputs"]["lines"][0].update(quantity="1"),
    lambda data: data["inputs"]["lines"][0].update(quantity=True),
    lambda data: data["inputs"]["lines"][0].update(document=1),
    lambda data: data["inputs"]["attendance"][0].update(mark="X"),
])
def test_a_text_of_another_form_is_refused(text: str, change) -> None:
    data = json.loads(text)
    change(data)
    with pytest.raises(ValueError):  # noqa: PT011 # any refusal of the form is one
        inputs_from_canonical(json.dumps(data))


@pytest.mark.parametrize("text", ["[]", '{"form":2}', "{}", "null", '{"FORM":1}'])
def test_no_run_is_read_from_something_else(text: str) -> None:
    for read, name in ((inputs_from_canonical, "run"), (result_from_canonical, "result")):
        with pytest.raises(ValueError, match=f"^not a {name} of this form$"):
            read(text)


def test_the_refusal_names_what_does_not_fit(text: str) -> None:
    data = json.loads(text)
    with pytest.raises(ValueError, match=r"^not the plain form of Inputs$"):
        read_plain(Inputs, data["inputs"] | {"more": 1})
    with pytest.raises(ValueError, match=r"^not the plain form of Inputs$"):
        read_plain(Inputs, [])
    data["inputs"]["lines"][0]["quantity"] = "1"
    with pytest.raises(ValueError, match=r"^not a int$"):
        read_plain(Inputs, data["inputs"])


def test_a_set_has_no_place_and_is_named() -> None:
    with pytest.raises(TypeError, match=r"^set has no canonical form$"):
        canonical(replace(october.inputs(), carried_in=set()), october.scheme())  # type: ignore[arg-type] # that is the trial


def rows_of_a_small_month() -> Inputs:
    """Rows that agree in all but the last thing that orders them."""
    made = replace(lot("P1", 1, 9, "D2:3", "D1:2", "D1:1"), moves=(
        Move(oct(9), 2000), Move(oct(9), -1000), Move(oct(3), 5000)))
    people = (Person("b", "D2", oct(1)), Person("a", "D2", oct(1)), Person("z", "D10", oct(1)), Person("y", "D1", oct(1)))
    debts = (Debt("D2", 5, Month(2026, 8)), Debt("D1", 7, Month(2026, 9)), Debt("D1", 5, Month(2026, 9)),
             Debt("D1", 9, Month(2026, 8)))
    attendance = (day("D2", 5), day("D1", 6), day("D1", 5))
    old = tuple(earlier(sale(key, 5, 2), amounts(200), ("P1", 1), ("", 1)) for key in ("8", "7"))
    return Inputs(OCTOBER, people, attendance, (lot("P2", 1, 1), made), (sale("2", 6, 1), sale("1", 6, 1)), old, debts)


def test_rows_stand_in_one_order() -> None:
    written = json.loads(canonical(rows_of_a_small_month(), october.scheme()))["inputs"]
    assert [row["ref"] for row in written["people"]] == ["y", "a", "b", "z"]
    assert [(row["person"], row["day"]) for row in written["attendance"]] == [
        ("D1", "2026-10-05"), ("D1", "2026-10-06"), ("D2", "2026-10-05")]
    assert [row["key"] for row in written["lots"]] == ["P1", "P2"]
    assert [(row["person"], row["weight"]) for row in written["lots"][0]["makers"]] == [
        ("D1", 1000), ("D1", 2000), ("D2", 3000)]
    assert [(row["day"], row["quantity"]) for row in written["lots"][0]["moves"]] == [
        ("2026-10-03", 5000), ("2026-10-09", -1000), ("2026-10-09", 2000)]
    assert [row["key"] for row in written["lines"]] == ["1", "2"]
    assert [row["line"]["key"] for row in written["earlier"]] == ["7", "8"]
    assert [(row["person"], row["since"], row["cents"]) for row in written["debts"]] == [
        ("D1", "2026-08", 9), ("D1", "2026-09", 5), ("D1", "2026-09", 7), ("D2", "2026-08", 5)]


def test_what_came_later_stands_in_one_order_too() -> None:
    work = (Work("b", "D1", oct(5)), Work("a", "D1", oct(5)), Work("c", "D1", oct(4)), Work("a", "D0", oct(9)))
    values = tuple(PersonValue(person, name, oct(since), text) for person, name, since, text in (
        ("D2", "a", 1, "1"), ("D1", "b", 1, "1"), ("D1", "a", 2, "1"), ("D1", "a", 1, "2"), ("D1", "a", 1, "1")))
    decisions = tuple(Decision(key, person, oct(on), "extra", 100, "Padėjo", "Į-1") for person, on, key in (
        ("D2", 1, "a"), ("D1", 2, "a"), ("D1", 1, "b"), ("D1", 1, "a")))
    written = json.loads(canonical(Inputs(
        OCTOBER, (), (), (), (), work=work, values=values, decisions=decisions, holidays=(oct(9), oct(1)),
        figures=(Figure("b", Fraction(1)), Figure("a", Fraction(2))), funds=(Fund("b", 1), Fund("a", 2)),
        year=(YearSoFar("D2", 1), YearSoFar("D1", 2)),
    ), october.scheme()))["inputs"]
    assert [(row["person"], row["day"], row["key"]) for row in written["work"]] == [
        ("D0", "2026-10-09", "a"), ("D1", "2026-10-04", "c"), ("D1", "2026-10-05", "a"), ("D1", "2026-10-05", "b")]
    assert [(row["person"], row["name"], row["since"], row["text"]) for row in written["values"]] == [
        ("D1", "a", "2026-10-01", "1"), ("D1", "a", "2026-10-01", "2"), ("D1", "a", "2026-10-02", "1"),
        ("D1", "b", "2026-10-01", "1"), ("D2", "a", "2026-10-01", "1")]
    assert [(row["person"], row["day"], row["key"]) for row in written["decisions"]] == [
        ("D1", "2026-10-01", "a"), ("D1", "2026-10-01", "b"), ("D1", "2026-10-02", "a"), ("D2", "2026-10-01", "a")]
    assert written["figures"] == [{"name": "a", "number": "2/1"}, {"name": "b", "number": "1/1"}]
    assert (written["holidays"], [row["key"] for row in written["funds"]]) == (["2026-10-01", "2026-10-09"], ["a", "b"])
    assert [row["person"] for row in written["year"]] == ["D1", "D2"]


def test_the_moves_of_a_lot_of_one_maker_stand_in_order() -> None:
    made = replace(lot("P1", 1, 9), moves=(Move(oct(9), 2000), Move(oct(3), 5000)))
    written = json.loads(canonical(Inputs(OCTOBER, (), (), (made,), ()), october.scheme()))["inputs"]
    assert [row["day"] for row in written["lots"][0]["moves"]] == ["2026-10-03", "2026-10-09"]


def test_what_came_later_and_says_nothing_is_not_written_and_reads_back() -> None:
    inputs = Inputs(OCTOBER, (), (), (), (), work=(Work("a", "D1", oct(5), good=2000),), reserve=7)
    text = canonical(inputs, october.scheme())
    written = json.loads(text)["inputs"]
    assert ("values" in written, "funds" in written, written["reserve"]) == (False, False, 7)
    assert inputs_from_canonical(text)[0] == inputs


def test_small_rows_read_back_in_their_order() -> None:
    text = canonical(rows_of_a_small_month(), october.scheme())
    assert canonical(*inputs_from_canonical(text)) == text


def test_words_and_numbers_read_back_as_what_they_were(text: str) -> None:
    inputs, _ = inputs_from_canonical(text)
    assert inputs == inputs_from_canonical(canonical(inputs, october.scheme()))[0]
    assert {type(one.mark) for one in inputs.attendance} == {Mark}
    assert {(type(one.minutes), type(one.person)) for one in inputs.attendance} == {(int, str)}
    result = calculate(inputs, october.scheme())
    assert result_from_canonical(canonical_result(result)) == result


@dataclass(frozen=True)
class One:
    b: int


@dataclass(frozen=True)
class Two:
    b: bool
    a: str


@dataclass(frozen=True)
class Later:
    b: int
    a: int
    c: int = later(3)


@pytest.mark.parametrize(("value", "text"), [
    (True, "true"), (False, "false"), (None, "null"), (-5, "-5"), (Mark.ILL, '"L"'), ("„ą\n\"", '"„ą\\n\\""'),
    (Fraction(-3, 2), '"-3/2"'), (OCTOBER, '"2026-10"'), (date(2026, 1, 2), '"2026-01-02"'), ((1, "a", ()), '[1,"a",[]]'),
    ({"b": 1, 10: None, "a": (2,)}, '{"10":null,"a":[2],"b":1}'), (One(1), '{"b":1}'), (Two(True, "x"), '{"a":"x","b":true}'),
    (Later(1, 2), '{"a":2,"b":1}'), (Later(3, 3), '{"a":3,"b":3}'), (Later(1, 2, 4), '{"a":2,"b":1,"c":4}'),
])
def test_each_kind_of_value_has_its_text(value: object, text: str) -> None:
    assert written(value) == text


@pytest.mark.parametrize(("data", "number"), [
    ("7/2", Fraction(7, 2)), ("-7/2", Fraction(-7, 2)), ("4", Fraction(4)), (4, Fraction(4)), ("0/1", Fraction(0))])
def test_a_fraction_is_read_from_its_text(data: object, number: Fraction) -> None:
    assert fraction(data) == number


@pytest.mark.parametrize("data", ["3/ 4", " 3/4x", "x/2", "2/x", "1/-2", "1/2/3", "/2", ""])
def test_what_is_no_fraction_is_refused(data: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 # in the words of whoever reads it
        fraction(data)


STORED = '{"form":1,"inputs":{"a":1,"b":{"inputs":{"z":9}},"d":"x,}","e":[1,2]},"result":{"a":7}}'


@pytest.mark.parametrize(("name", "wanted", "found"), [
    ("inputs", {"a"}, {"a": 1}),
    ("inputs", {"b"}, {"b": {"inputs": {"z": 9}}}),
    ("inputs", {"a", "d"}, {"a": 1, "d": "x,}"}),
    ("inputs", {"c", "d"}, {"d": "x,}"}),
    ("inputs", {"e", "z"}, {"e": [1, 2]}),
    ("inputs", {"0"}, {}),
    ("result", {"a"}, {"a": 7}),
])
def test_parts_of_a_stored_text(name: str, wanted: set[str], found: dict[str, object]) -> None:
    assert parts_of(STORED, name, wanted) == found


def test_a_stored_text_is_read_no_further_than_the_last_part_asked_for() -> None:
    assert parts_of('{"inputs":{"a":1,"b":2,?', "inputs", {"a", "b"}) == {"a": 1, "b": 2}
    assert parts_of('{"inputs":{"a":1,"d"?', "inputs", {"a", "c"}) == {"a": 1}
    assert parts_of('{"inputs":{}}', "inputs", {"a"}) == {}
    with pytest.raises(ValueError, match="not found"):
        parts_of(STORED, "more", {"a"})
