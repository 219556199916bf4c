"""A scheme's plain data as TOML text: the form and the text of a scheme are two views of the same data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

ORDER = ("name", "number", "in_force_from", "inside_month", "calendar", "approved_by", "order", "leaving", "debt", "total", "pool",
         "fund", "amount", "check", "warn", "part", "limit")
BARE = re.compile(r"[A-Za-z0-9_-]+")
SHORT = ("rounding", "rate_rounding", "factor_rounding")
ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
DAYS = ("in_force_from", "date", "from")


def to_toml(data: Mapping[str, object]) -> str:
    """The text that `tomllib` reads back to equal data (days in `in_force_from`, `date` and `from` become TOML dates)."""
    lines: list[str] = []
    _table(data, "", lines, sorted(data, key=lambda key: ORDER.index(key) if key in ORDER else len(ORDER)))
    return "\n".join(lines).strip() + "\n"


def _table(data: Mapping[str, object], way: str, lines: list[str], keys: Sequence[str]) -> None:
    below = [key for key in keys if _is_below(key, data[key])]
    lines += [f"{_key(key)} = {_value(key, data[key])}" for key in keys if key not in below]
    for key in below:
        value, name = data[key], f"{way}.{_key(key)}" if way else _key(key)
        for row in value if isinstance(value, list) else [value]:
            assert isinstance(row, Mapping)
            lines += ["", f"[[{name}]]" if isinstance(value, list) else f"[{name}]"]
            _table(row, name, lines, list(row))


def _is_below(key: str, value: object) -> bool:
    """Whether a value gets a table of its own: short ones stand in their line."""
    if key in SHORT:
        return False
    rows = isinstance(value, list) and bool(value) and all(isinstance(one, Mapping) for one in value)
    return isinstance(value, Mapping) or rows


def _key(key: str) -> str:
    return key if BARE.fullmatch(key) else _text(key)


def _value(key: str, value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return value if key in DAYS and ISO_DAY.fullmatch(value) and _is_day(value) else _text(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(name)} = {_value(name, one)}" for name, one in value.items()) + " }" if value else "{}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(key, one) for one in value) + "]"
    return str(value)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char >= " " and char != "\x7f" else f"\\u{ord(char):04x}" for char in escaped) + '"'
