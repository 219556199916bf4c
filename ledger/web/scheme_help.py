"""The help of the grammar, made from its tables: kinds of parts, keys of every table with what they take, names of formulas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ledger.core.grammar import Field, Shape
from ledger.core.parts import KINDS
from ledger.i18n import gettext as _
from ledger.i18n import mark, pgettext
from ledger.web import scheme_keys
from ledger.web.scheme_shape import MAIN, PLAIN, SECTIONS, fields_of, part_fields

TAKES = {
    Shape.TEXT: mark("text"),
    Shape.NAME: mark("short name"),
    Shape.DAY: mark("date"),
    Shape.FORMULA: mark("number or formula"),
    Shape.NUMBER: mark("number"),
    Shape.PERCENT: mark("percent, 0 to 100"),
    Shape.RATIO: mark("from 0 to 1, also a fraction like 1/22"),
    Shape.HOURS: mark("hours"),
    Shape.WHOLE: mark("whole number"),
    Shape.FLAG: mark("yes or no"),
    Shape.MONTHS: mark("list of months, 1 to 12"),
    Shape.ROUNDING: mark("rounding: way and step"),
    Shape.STAGES: mark("list of roundings"),
    Shape.TABLE: mark("table"),
    Shape.ROWS: mark("rows"),
}


@dataclass(frozen=True)
class KeyTold:
    """A key: its place in the text, what it is called, what it takes, what it means."""

    key: str
    label: str
    takes: str
    hint: str
    needed: bool


@dataclass(frozen=True)
class TableTold:
    """A table of keys with its title."""

    id: str
    title: str
    hint: str
    keys: tuple[KeyTold, ...]


def sections() -> list[TableTold]:
    """The head and the sections of a scheme."""
    head = TableTold("scheme", _("Head"), "", tuple(_keys(PLAIN, "scheme", "")))
    common = tuple(one for one in part_fields("") if one.key != "kind")
    made = [head]
    for key, field in SECTIONS.items():
        title, hint, _row = scheme_keys.SECTIONS[key]
        fields = common if key == "part" else fields_of(field, {})
        made.append(TableTold(key, _(title), _(hint), tuple(_keys(fields, "rounding" if key == "total" else key, ""))))
    return made


def kinds() -> list[TableTold]:
    """Every kind of part with its own keys."""
    return [TableTold(f"kind-{kind}", _(words[0]), _(words[1]), tuple(_keys(KINDS[kind].FIELDS, kind, kind)))
            for kind, words in scheme_keys.KINDS.items()]


def names() -> list[tuple[str, str]]:
    """The names of formulas in plain words; what stands in capitals is to be filled in."""
    fill = {"KIND": pgettext("formula", "KIND"), "CODE": pgettext("formula", "CODE"), "TASK": pgettext("formula", "TASK"),
            "NAME": pgettext("formula", "NAME"), "KEY": pgettext("formula", "KEY")}
    told = []
    for name, words in scheme_keys.NAMES:
        family, dot, last = name.rpartition(".")
        told.append((family + dot + fill.get(last, last), _(words)))
    return told


def kind_choices() -> list[tuple[str, str]]:
    """The kinds in the order in which they are offered."""
    return [(kind, _(words[0])) for kind, words in scheme_keys.KINDS.items()]


def _keys(fields: Sequence[Field], table: str, kind: str, way: str = "") -> Iterator[KeyTold]:
    for field in fields:
        own = kind if kind and field.key not in MAIN["part"] and f"{kind}.{field.key}" in scheme_keys.WORDS else table
        label, hint = scheme_keys.word(own, field.key, kind)
        yield KeyTold(f"{way}{field.key}", label, _takes(field, table), hint, field.needed)
        if field.shape in (Shape.TABLE, Shape.ROWS):
            yield from _keys(field.fields, field.key, kind, f"{way}{field.key}.")


def _takes(field: Field, table: str) -> str:
    if field.shape is Shape.CHOICE and field.options:
        key = "limit" if table == "limit" else field.key
        return "; ".join(f"{option.value} – {scheme_keys.choice(key, option.value)}" for option in field.options)
    return _(TAKES[field.shape])
