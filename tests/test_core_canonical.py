"""Frozen values as canonical JSON: no floats, no names, nothing of another form."""

import json
from dataclasses import replace

import pytest

from ledger.core.canonical import canonical, canonical_result, inputs_from_canonical, result_from_canonical
from ledger.core.stipends import calculate
from tests import october


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


def test_a_float_has_no_place() -> None:
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


@pytest.mark.parametrize("text", ["[]", '{"form":2}', "{}"])
def test_no_run_is_read_from_something_else(text: str) -> None:
    for read in (inputs_from_canonical, result_from_canonical):
        with pytest.raises(ValueError, match="form"):
            read(text)
