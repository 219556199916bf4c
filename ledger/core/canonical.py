"""Frozen values as canonical JSON and back: the same facts give the same bytes, whatever the order of their rows.

Keys sorted, no spaces, fractions as "a/b", days and months in ISO form, no floats; people stand by reference and number
only.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from ledger.core.frozen_text import fraction, written
from ledger.core.people import person_order
from ledger.core.periods import Month
from ledger.core.production import Lot, lot_order
from ledger.core.sales import line_order
from ledger.core.schemes import Scheme, read_scheme
from ledger.core.stipends import Inputs, Result

FORM = 1
"""The number of this form; a stored text of another number is read by the code that knows it."""

Kept = TypeVar("Kept")


def canonical(inputs: Inputs, scheme: Scheme) -> str:
    """What a run read, as canonical JSON."""
    rules = json.dumps(scheme.canonical(), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return f'{{"form":{FORM},"inputs":{written(_in_order(inputs))},"scheme":{rules}}}'


def canonical_result(result: Result) -> str:
    """What a run gave, as canonical JSON."""
    return f'{{"form":{FORM},"result":{written(result)}}}'


def inputs_from_canonical(text: str) -> tuple[Inputs, Scheme]:
    """What a run read, from the text of `canonical`; raises ValueError for a text of another form."""
    data = json.loads(text)
    if not isinstance(data, dict) or data.get("form") != FORM:
        raise ValueError("not a run of this form")
    return read_plain(Inputs, data["inputs"]), read_scheme(data["scheme"])


def result_from_canonical(text: str) -> Result:
    """What a run gave, from the text of `canonical_result`; raises ValueError for a text of another form."""
    data = json.loads(text)
    if not isinstance(data, dict) or data.get("form") != FORM:
        raise ValueError("not a result of this form")
    return read_plain(Result, data["result"])


def _in_order(inputs: Inputs) -> Inputs:
    """The same inputs with every list in one order; matches of an earlier line keep theirs, it means something."""
    return replace(
        inputs,
        people=tuple(sorted(inputs.people, key=person_order)),
        attendance=tuple(sorted(inputs.attendance, key=attrgetter("person", "day"))),
        lots=tuple(sorted(map(_lot_in_order, inputs.lots), key=lot_order)),
        lines=tuple(sorted(inputs.lines, key=line_order)),
        earlier=tuple(sorted(inputs.earlier, key=lambda one: line_order(one.line))),
        debts=tuple(sorted(inputs.debts, key=lambda one: (one.person, one.since, one.cents))),
        work=tuple(sorted(inputs.work, key=lambda one: (one.person, one.day, one.key))),
        values=tuple(sorted(inputs.values, key=lambda one: (one.person, one.name, one.since, one.text))),
        decisions=tuple(sorted(inputs.decisions, key=lambda one: (one.person, one.day, one.key))),
        figures=tuple(sorted(inputs.figures, key=lambda one: one.name)),
        holidays=tuple(sorted(inputs.holidays)),
        funds=tuple(sorted(inputs.funds, key=lambda one: one.key)),
        year=tuple(sorted(inputs.year, key=lambda one: one.person)),
    )


def _lot_in_order(lot: Lot) -> Lot:
    makers = tuple(sorted(lot.makers, key=attrgetter("person", "weight"))) if len(lot.makers) > 1 else lot.makers
    moves = tuple(sorted(lot.moves, key=attrgetter("day", "quantity"))) if len(lot.moves) > 1 else lot.moves
    return lot if (makers, moves) == (lot.makers, lot.moves) else replace(lot, makers=makers, moves=moves)


Reader = Callable[[Any], Any]  # Any: plain data in, a value of the hint out


@cache
def _form(kind: type) -> tuple[dict[str, Reader], frozenset[str]]:
    """How each field of a dataclass is read, and which must be there. Worked out once: a year of months has a million values."""
    hints = get_type_hints(kind)
    needed = frozenset(field.name for field in fields(kind) if not field.metadata.get("later"))
    return {field.name: _reader(hints[field.name]) for field in fields(kind)}, needed


def read_plain(kind: type[Kept], data: object) -> Kept:
    """A frozen dataclass from its plain data; raises ValueError when the data has another shape."""
    readers, needed = _form(kind)  # type: ignore[arg-type] # mypy takes the type of a TypeVar for unhashable
    if not isinstance(data, dict) or not needed <= data.keys() <= readers.keys():
        raise ValueError(f"not the plain form of {kind.__name__}")
    return kind(**{name: readers[name](value) for name, value in data.items()})


@cache
def _reader(hint: Any) -> Reader:  # Any: type hints are types, unions and generics alike
    origin = get_origin(hint)
    if origin is tuple:
        one = _reader(get_args(hint)[0])
        return lambda data: tuple([one(value) for value in data])
    if origin is dict:
        return dict
    if origin in (Union, types.UnionType):
        other = _reader(next(one for one in get_args(hint) if one is not type(None)))
        return lambda data: None if data is None else other(data)
    plain: dict[Any, Reader] = {Fraction: fraction, Month: Month.parse, date: date.fromisoformat}
    if hint in plain:
        return plain[hint]
    if isinstance(hint, type) and is_dataclass(hint):
        return lambda data: read_plain(hint, data)
    return _reader_of_word(hint)


def _reader_of_word(hint: Any) -> Reader:  # Any: int, str, or an enum of words
    stored = str if issubclass(hint, StrEnum) else hint

    def read(data: Any) -> Any:  # Any: plain data
        if type(data) is not stored:
            raise ValueError(f"not a {hint.__name__}")
        return data if hint is stored else hint(data)
    return read
