"""The grammar of a scheme as a table: which keys a place takes and what each may hold. Reader, writer, form and help page all
follow it, so that a new key is one line here and one attribute of a class."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from ledger.core.formulas import Formula, constant, decimal_text
from ledger.core.money import Mode, Rounding, Stage
from ledger.core.tables import Table


class Shape(StrEnum):
    """What a key holds."""

    TEXT = "text"
    NAME = "name"  # a short key of small letters
    DAY = "day"
    FORMULA = "formula"
    NUMBER = "number"
    PERCENT = "percent"
    RATIO = "ratio"  # 0 to 1, also written 1/22
    HOURS = "hours"  # whole minutes within
    WHOLE = "whole"
    FLAG = "flag"
    MONTHS = "months"
    CHOICE = "choice"
    ROUNDING = "rounding"  # one mode and step in whole cents
    STAGES = "stages"  # roundings one after another, steps of any size
    TABLE = "table"
    ROWS = "rows"


@dataclass(frozen=True)
class Field:
    """A key of the grammar. `default` is its value when it is not written (None: it must be, unless `optional`, then None
    stands for it); a value equal to the default is not written again, unless `always`. `attr` is its name in the class."""

    key: str
    shape: Shape
    optional: bool = False
    default: Any = None  # Any: of the shape's own type
    options: type[StrEnum] | None = None
    fields: tuple[Field, ...] = ()
    make: Callable[..., Any] = dict
    attr: str = ""
    always: bool = False
    most: int | None = None

    @property
    def name(self) -> str:
        """The attribute that holds it."""
        return self.attr or self.key

    @property
    def needed(self) -> bool:
        """Whether it must be written."""
        return not self.optional and self.default is None


def read(table: Table, fields: tuple[Field, ...]) -> dict[str, Any]:  # Any: values of each field's own type
    """The values of a table by attribute, every fault noted at its place. Keys nobody asked for are the caller's to report."""
    return {field.name: _read(table, field) for field in fields}


def _read(table: Table, field: Field) -> Any:  # Any: as the field says
    table.asked.add(field.key)
    if not field.needed and not table.has(field.key):
        return field.default
    return READERS[field.shape](table, field)


def _rows(table: Table, field: Field) -> tuple[Any, ...]:
    made = []
    for one in table.tables(field.key, needed=True):
        made.append(field.make(**read(one, field.fields)))
        one.done()
    if not made and table.data.get(field.key) == []:
        table.fault(field.key, "scheme_rows_none")
    return tuple(made)


def _table(table: Table, field: Field) -> Any:
    one = table.table(field.key, needed=True)
    if one is None:
        return field.default
    made = field.make(**read(one, field.fields))
    one.done()
    return made


def _stage(table: Table) -> Stage:
    mode, step = table.choice("mode", Mode), table.number("step", Fraction(1, 100))
    if step == 0:
        table.fault("step", "scheme_step_zero")
    table.done()
    return Stage(mode, step or Fraction(1))


def read_rounding(table: Table, field: Field) -> Rounding:
    """A mode and a step in whole cents; raises nothing, notes the faults."""
    one = table.table(field.key, needed=True)
    if one is None:
        return Rounding()
    mode, step = one.choice("mode", Mode, Mode.HALF_UP), one.number("step", Fraction(1, 100)) * 100
    if step == 0:
        one.fault("step", "scheme_step_zero")
    elif step.denominator != 1:
        one.fault("step", "scheme_step_cents")
    one.done()
    return Rounding(mode, max(1, int(step)))


def _choice(table: Table, field: Field) -> StrEnum:
    assert field.options is not None
    return table.choice(field.key, field.options)


READERS: dict[Shape, Callable[[Table, Field], Any]] = {
    Shape.TEXT: lambda table, field: table.text(field.key),
    Shape.NAME: lambda table, field: table.name(field.key),
    Shape.DAY: lambda table, field: table.day(field.key),
    Shape.FORMULA: lambda table, field: table.formula(field.key),
    Shape.NUMBER: lambda table, field: table.number(field.key, most=field.most),
    Shape.PERCENT: lambda table, field: table.percent(field.key),
    Shape.RATIO: lambda table, field: table.ratio(field.key),
    Shape.HOURS: lambda table, field: table.minutes(field.key),
    Shape.WHOLE: lambda table, field: table.whole(field.key, 0, least=0, most=field.most or 1200),
    Shape.FLAG: lambda table, field: table.flag(field.key),
    Shape.MONTHS: lambda table, field: table.wholes(field.key, least=1, most=12),
    Shape.CHOICE: _choice,
    Shape.ROUNDING: read_rounding,
    Shape.STAGES: lambda table, field: tuple(_stage(one) for one in table.tables(field.key, needed=True)),
    Shape.TABLE: _table,
    Shape.ROWS: _rows,
}


def written(made: object, fields: tuple[Field, ...]) -> dict[str, object]:
    """What `read` would read back: the values of a class by the keys of the grammar, defaults left out."""
    plain: dict[str, object] = {}
    for field in fields:
        value = getattr(made, field.name)
        if value is not None and (field.always or value != field.default):
            plain[field.key] = _written(value, field)
    return plain


def _written(value: Any, field: Field) -> object:  # Any: as the field says
    if field.shape is Shape.TABLE:
        return written(value, field.fields)
    if field.shape is Shape.ROWS:
        return [written(one, field.fields) for one in value]
    if isinstance(value, Formula):
        return value.text
    if isinstance(value, Rounding):
        return {"mode": value.mode.value, "step": decimal_text(Fraction(value.step, 100))}
    if field.shape is Shape.STAGES:
        return [{"mode": one.mode.value, "step": decimal_text(one.step)} for one in value]
    if field.shape is Shape.MONTHS:
        return list(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    if field.shape is Shape.HOURS:
        return ratio_text(Fraction(value, 60))
    return ratio_text(value) if isinstance(value, Fraction) else value


def formulas(made: object, fields: tuple[Field, ...], place: str) -> Iterator[tuple[str, Formula]]:
    """Every formula of a class with its place."""
    for field in fields:
        value, at = getattr(made, field.name), f"{place}.{field.key}" if place else field.key
        if isinstance(value, Formula):
            yield at, value
        elif field.shape is Shape.TABLE and value is not None:
            yield from formulas(value, field.fields, at)
        elif field.shape is Shape.ROWS:
            for n, one in enumerate(value, 1):
                yield from formulas(one, field.fields, f"{at}[{n}]")


def ratio_text(number: Fraction) -> str:
    """A number as a short decimal text, or as a fraction when it has none."""
    return decimal_text(number) if (number * 10**8).denominator == 1 else f"{number.numerator}/{number.denominator}"


ONE = constant(Fraction(1))
STAGES = Field("rate_rounding", Shape.STAGES, default=())
