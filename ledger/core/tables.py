"""Reading a scheme's tables with every fault and its place; a fault gives a harmless value so that reading goes on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from ledger.core.faults import Value, Values
from ledger.core.formulas import LONGEST, NUMBER, Formula, FormulaError, constant, formula

Choice = TypeVar("Choice", bound=StrEnum)

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True)
class SchemeFault:
    """One fault of a scheme: `place` is the way to it (part[2].band[1].from_hours, counted from 1), "" the whole
    text."""

    place: str
    code: str
    values: Values = field(default_factory=dict)


class Table:
    """One table of a scheme being read; `done` reports the keys nobody asked for."""

    def __init__(self, data: Mapping[str, object], place: str, faults: list[SchemeFault]) -> None:
        self.data = data
        self.place = place
        self.faults = faults
        self.asked: set[str] = set()

    def at(self, key: str) -> str:
        """The place of a key."""
        return f"{self.place}.{key}" if self.place else key

    def fault(self, key: str, code: str, **values: Value) -> None:
        """Note a fault at a key."""
        self.faults.append(SchemeFault(self.at(key), code, values))

    def has(self, key: str) -> bool:
        """Whether the key is written."""
        return key in self.data

    def _get(self, key: str, *, needed: bool) -> object:
        self.asked.add(key)
        if needed and key not in self.data:
            self.fault(key, "scheme_key_missing")
        return self.data.get(key)

    def text(self, key: str, default: str | None = None) -> str:
        """A text of 1 to 200 characters."""
        value = self._get(key, needed=default is None)
        if value is None:
            return default or ""
        if not isinstance(value, str) or not value.strip() or len(value) > LONGEST:
            self.fault(key, "scheme_text_form", longest=LONGEST)
            return ""
        return value.strip()

    def name(self, key: str) -> str:
        """A short key of small Latin letters, digits and underscores."""
        value = self.text(key)
        if value and not KEY.fullmatch(value):
            self.fault(key, "scheme_key_form")
        return value

    def day(self, key: str) -> date:
        """A date, as a TOML date or an ISO text."""
        value = self._get(key, needed=True)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        if value is not None:
            self.fault(key, "scheme_date_form")
        return date(1, 1, 1)

    def number(self, key: str, default: Fraction | None = None, *, most: int | None = None) -> Fraction:
        """A number written as text with a dot ("1.20"), never below zero and at most `most`."""
        value = self._get(key, needed=default is None)
        if value is None:
            return default if default is not None else Fraction(0)
        if not isinstance(value, str) or not NUMBER.fullmatch(value):
            negative = isinstance(value, str) and value.startswith("-") and NUMBER.fullmatch(value[1:])
            self.fault(key, "scheme_number_negative" if negative else "scheme_number_form")
            return Fraction(0)
        number = Fraction(value)
        if most is not None and number > most:
            self.fault(key, "scheme_number_over", most=most)
        return number

    def cents(self, key: str) -> Fraction:
        """An amount in euros, as exact cents."""
        return self.number(key) * 100

    def ratio(self, key: str, default: Fraction | None = None) -> Fraction:
        """A part of one, from 0 to 1, as a decimal number or as a fraction ("1/22")."""
        value = self.data.get(key)
        found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", value) if isinstance(value, str) else None
        if found is None:
            return self.number(key, default, most=1)
        self.asked.add(key)
        top, bottom = int(found[1]), int(found[2])
        if not bottom or top > bottom:
            self.fault(key, "scheme_ratio_form")
            return Fraction(0)
        return Fraction(top, bottom)

    def formula(self, key: str) -> Formula:
        """A formula; the names in it are checked by whoever knows the place."""
        value = self._get(key, needed=True)
        if value is None:
            return constant(Fraction(0))
        try:
            if not isinstance(value, str):
                raise FormulaError("scheme_number_form")
            return formula(value)
        except FormulaError as error:
            self.fault(key, error.code, **error.values)
            return constant(Fraction(0))

    def percent(self, key: str, default: Fraction | None = None) -> Fraction:
        """A percent from 0 to 100."""
        return self.number(key, default, most=100)

    def minutes(self, key: str) -> int:
        """Hours as text, in whole minutes, at most 24 hours."""
        value = self.number(key, most=24) * 60
        if value.denominator != 1:
            self.fault(key, "scheme_minutes_whole")
        return int(value)

    def whole(self, key: str, default: int, *, least: int, most: int) -> int:
        """A whole number, written without quotes."""
        value = self._get(key, needed=False)
        if value is None:
            return default
        if not isinstance(value, int) or isinstance(value, bool):
            self.fault(key, "scheme_whole_form")
            return default
        if not least <= value <= most:
            self.fault(key, "scheme_whole_range", least=least, most=most)
            return default
        return value

    def flag(self, key: str) -> bool:
        """true or false, written without quotes."""
        value = self._get(key, needed=True)
        if not isinstance(value, bool):
            self.fault(key, "scheme_flag_form")
            return False
        return value

    def choice(self, key: str, options: type[Choice], default: Choice | None = None) -> Choice:
        """One of the words of a list."""
        value = self._get(key, needed=default is None)
        for option in options:
            if value == option.value:
                return option
        if value is not None:
            self.fault(key, "scheme_choice", options=", ".join(option.value for option in options))
        return default if default is not None else next(iter(options))

    def wholes(self, key: str, *, least: int, most: int) -> tuple[int, ...]:
        """A list of different whole numbers, in order."""
        value = self._get(key, needed=True)
        sound = isinstance(value, list) and all(isinstance(one, int) and not isinstance(one, bool) and least <= one <= most
                                                for one in value)
        if not isinstance(value, list) or not sound or not value or len(set(value)) != len(value):
            self.fault(key, "scheme_wholes_form", least=least, most=most)
            return ()
        return tuple(sorted(value))

    def table(self, key: str, *, needed: bool = False) -> Table | None:
        """A table below this one, or None when it is not written."""
        value = self._get(key, needed=needed)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            self.fault(key, "scheme_table_form")
            return None
        return Table(value, self.at(key), self.faults)

    def tables(self, key: str, *, needed: bool = False) -> list[Table]:
        """The tables of a list, [[key]], numbered from 1 in their places."""
        value = self._get(key, needed=needed)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
            self.fault(key, "scheme_table_form")
            return []
        return [Table(one, self.at(f"{key}[{n}]"), self.faults) for n, one in enumerate(value, 1)]

    def done(self) -> None:
        """Report every key that nobody asked for, with those that are known here."""
        for key in self.data:
            if key not in self.asked:
                self.fault(key, "scheme_key_unknown", keys=", ".join(sorted(self.asked)))


def repeated(names: Iterable[str]) -> set[str]:
    """The names that stand more than once."""
    return {name for name, count in Counter(names).items() if count > 1}
