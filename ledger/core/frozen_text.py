"""Frozen values as JSON text, one writer a type, made once: a month of many people is hundreds of thousands of small values."""

from __future__ import annotations

import json
import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from json.encoder import encode_basestring
from typing import Any, cast, get_type_hints

from ledger.core.frozen import unsaid
from ledger.core.periods import Month

Write = Callable[[Any], str]  # Any: a writer takes values of its own type only


class _Writers(dict[type, Write]):
    """The writer of each type that was met."""

    def __missing__(self, kind: type) -> Write:
        self[kind] = made = _writer(kind)
        return made


_WRITERS = _Writers()


def written(value: object) -> str:
    """A frozen value as JSON: keys sorted, no spaces. Raises TypeError or ValueError for what has no place in the books (a float, a
    set)."""
    return _WRITERS[type(value)](value)


def _writer(kind: type) -> Write:
    plain = ((StrEnum, lambda one: encode_basestring(str(one))), (str, encode_basestring),
             (bool, lambda one: "true" if one else "false"), (int, int.__repr__),
             (Fraction, lambda one: f'"{one.numerator}/{one.denominator}"'), (Month, lambda one: f'"{one}"'),
             (date, lambda one: f'"{one.isoformat()}"'), (types.NoneType, lambda _: "null"), (tuple, _list), (dict, _dictionary))
    for base, write in plain:
        if issubclass(kind, base):
            return cast(Write, write)
    if is_dataclass(kind):
        return _dataclass(kind)
    raise TypeError(f"{kind.__name__} has no canonical form")


def _list(values: tuple[object, ...]) -> str:
    return f"[{','.join([_WRITERS[type(one)](one) for one in values])}]"


def _dictionary(values: dict[object, object]) -> str:
    named = {str(key): one for key, one in values.items()}
    return f"{{{','.join([f'{encode_basestring(key)}:{written(named[key])}' for key in sorted(named)])}}}"


def _dataclass(kind: type) -> Write:
    own = sorted(fields(kind), key=lambda one: one.name)
    if any(one.metadata.get("later") for one in own):
        def some(value: Any) -> str:  # Any: a value of this dataclass
            kept = ((one, getattr(value, one.name)) for one in own)
            return f"{{{','.join([f'{encode_basestring(one.name)}:{written(it)}' for one, it in kept if not unsaid(one, it)])}}}"
        return some
    hints = get_type_hints(kind)
    told = ",".join(f'"{one.name}":{{{_told(f"value.{one.name}", hints[one.name])}}}' for one in own)
    # compiled as dataclasses compile their own methods: half the time of asking each value of a large month for its type
    write = eval(f"lambda value: f'{{{{{told}}}}}'", {"quoted": encode_basestring, "WRITERS": _WRITERS})  # noqa: S307 - names of fields only
    return cast(Write, write)


def _told(value: str, hint: Any) -> str:  # Any: type hints are types, unions and generics alike
    """The expression that writes a field: text and whole numbers at once, all else by the type that it has."""
    if isinstance(hint, type) and issubclass(hint, str):
        return f"quoted({value})"
    return f"{value}:d" if hint is int else f"WRITERS[type({value})]({value})"


def fraction(data: Any) -> Fraction:  # Any: what stands in the text
    """A fraction from its text "a/b"; raises ValueError for what is none."""
    if type(data) is str:
        top, _, bottom = data.partition("/")
        if bottom.isdecimal() and top.removeprefix("-").isdecimal():
            return Fraction(int(top), int(bottom))
    return Fraction(data)


def parts_of(text: str, name: str, wanted: set[str]) -> dict[str, Any]:  # Any: plain data
    """Some parts of the "inputs" or the "result" in a canonical text, as plain data, read no further than the last of them;
    raises ValueError when the text has none of that name."""
    decode = json.JSONDecoder().raw_decode
    opening = f'"{name}":{{'
    place = text.index(opening) + len(opening)
    found: dict[str, Any] = {}
    while text[place] != "}" and len(found) < len(wanted):
        key, place = decode(text, place)
        if key > max(wanted):  # keys are sorted: what was not met is not there
            break
        value, place = decode(text, place + 1)
        if key in wanted:
            found[key] = value
        place += text[place] == ","
    return found
