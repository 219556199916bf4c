"""A scheme's plain data as fields of a form, and back: both views of a draft hold the same data.

A field is called by its place (part[1].band[2].amount); the bare place of a table or a row says that it is there. What the form
cannot show (keys that nobody knows, values of another shape) travels in a hidden field `place!` and comes back as it was.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from ledger import i18n
from ledger.core.formulas import NAME, NUMBER
from ledger.core.grammar import Field, Shape
from ledger.web.scheme_shape import NEW_TABLES, ROOT, Data, fields_of, new_row

KEPT = "!"
OWN = frozenset({"source", "again", "pool", "budget", "reserve", "withheld", "below_zero", "debt", "rounding", "shortfall"})
"""Names that are kept for the program."""
DAY = "$day"
DECIMALS = (Shape.NUMBER, Shape.PERCENT, Shape.RATIO, Shape.HOURS)
LINES = (Shape.TEXT, Shape.NAME, Shape.CHOICE, Shape.FORMULA, *DECIMALS)
TYPED = re.compile(r"[0-9]+([.,][0-9]+)?")
WRITTEN = re.compile(rf"(?P<name>{NAME.pattern})|(?P<number>[0-9]+(\.[0-9]+)?)|(?P<other>.)", re.DOTALL)
FORMULA_TYPED = re.compile(rf"(?P<name>{NAME.pattern})|(?P<number>[0-9]+([.,][0-9]+)?)|(?P<other>.)", re.DOTALL)
THOUSANDS = re.compile(r"(?<=[0-9])[ \u00a0](?=[0-9]{3}(?![0-9]))")
STEP = re.compile(r"([a-z_]+)(?:\[([0-9]{1,4})\])?")


def at(place: str, key: str) -> str:
    """The place of a key in a table."""
    return f"{place}.{key}" if place else key


# ---------- one value ----------


def fits(value: object, field: Field) -> bool:
    """Whether the form can show the value and read the same back."""
    shape = field.shape
    if shape is Shape.TABLE:
        return isinstance(value, dict)
    if shape in (Shape.ROWS, Shape.STAGES):
        return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)
    if shape is Shape.ROUNDING:
        return isinstance(value, dict) and bool(value) and set(value) <= {"mode", "step"} and all(map(_is_line, value.values()))
    if shape is Shape.MONTHS:
        return isinstance(value, list) and bool(value) and value == [one for one in range(1, 13) if one in value]
    if shape is Shape.FLAG:
        return isinstance(value, bool)
    if shape is Shape.DAY:
        return (isinstance(value, date) and not isinstance(value, datetime)) or _is_line(value)
    return _is_line(value)


def _is_line(value: object) -> bool:
    if isinstance(value, str):
        return bool(value.strip()) and value.isprintable()
    return isinstance(value, int | float) and not isinstance(value, bool)


def shown(value: object, shape: Shape) -> str:
    """A fitting value as it stands in its field."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = value.isoformat() if isinstance(value, date) else str(value)
    if i18n.language() != "lt":
        return text
    if shape is Shape.FORMULA:
        return formula_shown(text)
    return text.replace(".", ",") if shape in DECIMALS and NUMBER.fullmatch(text) else text


def typed(text: str, shape: Shape) -> object:
    """What was typed as the value of its shape; what cannot be read stays text and becomes a fault."""
    if shape in DECIMALS:
        bare = re.sub(r"(?<=[0-9])[ \u00a0](?=[0-9])", "", text.strip())
        return bare.replace(",", ".") if TYPED.fullmatch(bare) else text
    if shape is Shape.FORMULA:
        return formula_typed(text)
    if shape is Shape.WHOLE:
        return int(text) if re.fullmatch(r"\s*[0-9]{1,9}\s*", text) else text
    if shape is Shape.FLAG and text in ("true", "false"):
        return text == "true"
    if shape is Shape.DAY and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text.strip()):
        try:
            return date.fromisoformat(text.strip())
        except ValueError:
            return text
    return text


def formula_shown(text: str) -> str:
    """A formula with decimal commas; min and max part their values with semicolons then, so that no comma means two things."""
    pieces = list(WRITTEN.finditer(text))
    if any(piece["name"] in ("min", "max") for piece in pieces) and not any(piece["other"] == "," for piece in pieces):
        return text  # a comma inside would be read as two values
    return "".join(";" if piece["other"] == "," else piece[0].replace(".", ",") if piece["number"] else piece[0]
                   for piece in pieces)


def formula_typed(text: str) -> str:
    """A formula as the rules write it. Where a comma may part two values or be decimal, it becomes a semicolon: a fault that the
    person decides."""
    text = THOUSANDS.sub("", text)
    if i18n.language() != "lt":
        return text
    pieces = list(FORMULA_TYPED.finditer(text))
    parted = any(piece["other"] == ";" for piece in pieces)
    doubtful = not parted and any(piece["name"] in ("min", "max") for piece in pieces)
    made = []
    for piece in pieces:
        if piece["number"]:
            made.append(piece[0].replace(",", ";" if doubtful else "."))
        else:
            made.append("," if piece["other"] == ";" else piece[0])
    return "".join(made)


# ---------- data to fields ----------


def fields_for(data: Data) -> dict[str, list[str]]:
    """Every field of the form with what stands in it, as a browser would send them."""
    sent: dict[str, list[str]] = {}
    _write(data, "", ROOT, sent)
    return sent


def _write(table: Data, place: str, fields: Sequence[Field], sent: dict[str, list[str]]) -> None:
    left = kept(table, fields)
    if left:
        sent[place + KEPT] = [packed(left)]
    for field in fields:
        if field.key not in table or field.key in left:
            continue
        value, name = table[field.key], at(place, field.key)
        if field.shape in (Shape.TABLE, Shape.ROUNDING):
            sent[name] = ["yes"]
            _write(value, name, fields_of(field, value), sent)
        elif field.shape in (Shape.ROWS, Shape.STAGES):
            for n, row in enumerate(value, 1):
                sent[f"{name}[{n}]"] = ["yes"]
                _write(row, f"{name}[{n}]", fields_of(field, row), sent)
        else:
            sent[name] = [str(one) for one in value] if field.shape is Shape.MONTHS else [shown(value, field.shape)]


def kept(table: Data, fields: Sequence[Field]) -> Data:
    """What of a table the form cannot show."""
    known = {field.key: field for field in fields}
    return {key: value for key, value in table.items() if key not in known or not fits(value, known[key])}


def packed(left: Data) -> str:
    """Values for a hidden field."""
    return json.dumps(left, ensure_ascii=False, default=lambda day: {DAY: day.isoformat()})


def _unpacked(text: str) -> Data:
    try:
        found = json.loads(text, object_hook=_day)
    except (ValueError, RecursionError):
        return {}
    return {key: value for key, value in found.items() if value is not None} if isinstance(found, dict) else {}


def _day(found: dict[str, Any]) -> object:  # Any: what JSON holds
    if set(found) != {DAY}:
        return {key: value for key, value in found.items() if value is not None}
    try:
        return date.fromisoformat(str(found[DAY]))
    except ValueError:
        return str(found[DAY])


# ---------- fields to data ----------


def read(sent: Mapping[str, Sequence[str]]) -> Data:
    """The plain data that the fields say; empty fields are keys that are not written."""
    return _read(sent, "", ROOT)


def _read(sent: Mapping[str, Sequence[str]], place: str, fields: Sequence[Field]) -> Data:
    table: Data = {}
    for field in fields:
        name = at(place, field.key)
        if field.shape in (Shape.TABLE, Shape.ROUNDING):
            found = _read(sent, name, fields_of(field, None)) if name in sent or field.shape is Shape.ROUNDING else None
            value: object = found if found is not None and (found or field.shape is Shape.TABLE) else None
        elif field.shape in (Shape.ROWS, Shape.STAGES):
            value = _rows(sent, name, field) or None
        elif field.shape is Shape.MONTHS:
            value = sorted({int(one) for one in sent.get(name, ()) if one.isdecimal() and 1 <= int(one) <= 12}) or None
        else:
            text = (sent.get(name) or [""])[0]
            value = typed(text, field.shape) if text.strip() else None
        if value is not None:
            table[field.key] = value
    left = _unpacked(sent[place + KEPT][0]) if sent.get(place + KEPT) else {}
    return {**left, **table}


def _rows(sent: Mapping[str, Sequence[str]], name: str, field: Field) -> list[Data]:
    rows, n = [], 1
    while f"{name}[{n}]" in sent:
        place = f"{name}[{n}]"
        told = {"kind": (sent.get(f"{place}.kind") or [""])[0]}
        rows.append(_read(sent, place, fields_of(field, told)))
        n += 1
    return rows


# ---------- adding, taking out, moving ----------


def changed(data: Data, do: str, kind: str = "") -> Data:
    """The data after a button: add, drop, up, down (rows), open, close (tables), with the place behind a colon. What a stale
    button names and is no longer there changes nothing."""
    verb, _, place = do.partition(":")
    steps = [(found[1], int(found[2]) if found[2] else 0) for found in map(STEP.fullmatch, place.split(".")) if found]
    table: Any = data  # Any: what tomllib gives
    for key, row in steps[:-1]:
        table = _below(table, key, row)
    if not steps or not isinstance(table, dict):
        return data
    key, row = steps[-1]
    if verb == "open":
        table.setdefault(key, dict(NEW_TABLES.get(key, {})))
    elif verb == "close":
        table.pop(key, None)
    elif verb == "add":
        rows = table.setdefault(key, [])
        if isinstance(rows, list):
            rows.append(new_row(key, kind, _taken(data)))
    else:
        _move(table, key, row, verb)
    return data


def _below(table: object, key: str, row: int) -> object:
    found = table.get(key) if isinstance(table, dict) else None
    if not row:
        return found
    return found[row - 1] if isinstance(found, list) and row <= len(found) else None


def _move(table: Data, key: str, row: int, verb: str) -> None:
    rows = table.get(key)
    if not isinstance(rows, list) or not 1 <= row <= len(rows):
        return
    one = rows.pop(row - 1)
    if verb in ("up", "down"):
        rows.insert(max(0, row - 2) if verb == "up" else row, one)
    if not rows:
        del table[key]


def _taken(data: Data) -> set[object]:
    return {row.get("key") for section in ("part", "limit", "fund", "amount", "check") for row in data.get(section, ())
            if isinstance(row, dict)} | OWN
