"""A scheme's plain data as TOML text, and back."""

from __future__ import annotations

import random
import tomllib
from datetime import date
from pathlib import Path

import pytest
import random_schemes
from hypothesis import given
from hypothesis import strategies as st

from ledger.core import schemes
from ledger.core.toml_text import to_toml

PRESETS = sorted((Path(schemes.__file__).parents[1] / "presets").glob("*.toml"))
WRITTEN = sorted((Path(__file__).parent / "cases" / "schemes").glob("*.toml"))
CASES = [path for path in WRITTEN if "[[part]]" in path.read_text("utf-8")]  # others are rules of goals


@given(st.integers(min_value=0))
def test_any_scheme_is_the_same_as_data_text_and_canonical_form(seed):
    data = random_schemes.scheme(random.Random(seed))
    assert tomllib.loads(to_toml(data)) == data
    scheme = schemes.read_scheme(data)
    assert schemes.read_scheme(scheme.canonical()) == scheme
    assert schemes.parse(to_toml(scheme.canonical())) == scheme


@pytest.mark.parametrize("path", [*PRESETS, *CASES], ids=lambda path: path.stem)
def test_written_schemes_are_the_same_after_writing(path):
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    assert tomllib.loads(to_toml(data)) == data
    assert schemes.parse(to_toml(schemes.parse(path.read_text(encoding="utf-8")).canonical())) == schemes.read_scheme(data)


@given(st.text(max_size=60))
def test_any_text_stands_in_quotation_marks_and_comes_back(text):
    assert tomllib.loads(to_toml({"name": text})) == {"name": text}


def test_what_is_no_scheme_is_written_too():
    data = {"name": "x", "in_force_from": "2026-13-01", "odd key": {"deep": [{"a": 1}, {"b": [1, "x", True]}]}, "n": 1.5,
            "day": date(2026, 1, 2)}
    assert tomllib.loads(to_toml(data)) == data
