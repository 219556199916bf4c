"""Formulas of a scheme: numbers, + * /, brackets, min and max, and the names of what is counted for a person and a month.

A formula is data: it is read once, checked against the names its place allows, and worked out in exact fractions. There is no
minus and no power, so nothing falls below zero that is not below zero itself; x / 0 is 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from ledger.core.faults import Value

NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,8})?")
NAME = re.compile(r"[a-z][a-z0-9_]*(\.[A-Za-z0-9ĄČĘĖĮŠŲŪŽąčęėįšųūž_-]+)?")
TOKEN = re.compile(rf"\s*(?:(?P<number>{NUMBER.pattern})(?![A-Za-z0-9_.])|(?P<name>{NAME.pattern})|(?P<sign>[-+*/(),]))")
WEEKLY = "weekly"
DEEPEST = 20
LONGEST = 200

Lookup = Callable[[str], Fraction]


class FormulaError(ValueError):
    """A text that is no formula; `code` and `values` make the sentence."""

    def __init__(self, code: str, **values: Value) -> None:
        super().__init__(code)
        self.code, self.values = code, values


@dataclass(frozen=True)
class Node:
    """A step of a formula: `kind` is number, name, +, *, /, min, max or weekly; `text` the name; `number` its value."""

    kind: str
    text: str = ""
    number: Fraction = Fraction(0)
    parts: tuple[Node, ...] = ()

    def work(self, lookup: Lookup) -> Fraction:
        """The exact value with names looked up."""
        if self.kind == "number":
            return self.number
        if self.kind == "name":
            return lookup(self.text)
        if self.kind == WEEKLY:
            weeks = getattr(lookup, "weeks", None)
            return sum((self.parts[0].work(week) for week in (weeks() if weeks else (lookup,))), Fraction(0))
        values = [part.work(lookup) for part in self.parts]
        if self.kind in ("min", "max"):
            return min(values) if self.kind == "min" else max(values)
        if self.kind == "+":
            return values[0] + values[1]
        if self.kind == "*":
            return values[0] * values[1]
        return values[0] / values[1] if values[1] else Fraction(0)

    def walk(self) -> Iterator[Node]:
        """The node and everything below it, left to right."""
        yield self
        for part in self.parts:
            yield from part.walk()


@dataclass(frozen=True)
class Formula:
    """A formula as written, with its steps; equal texts are equal formulas."""

    text: str
    root: Node = field(compare=False, repr=False)
    names: tuple[str, ...] = field(compare=False, repr=False)
    constant: Fraction | None = field(compare=False, repr=False)

    def work(self, lookup: Lookup) -> Fraction:
        """The exact value for whoever `lookup` answers about; a formula of numbers alone asks nothing."""
        return self.constant if self.constant is not None else self.root.work(lookup)

    @property
    def weekly(self) -> bool:
        """Whether a part of it is worked out week by week."""
        return any(node.kind == WEEKLY for node in self.root.walk())

    def cents(self, lookup: Lookup) -> Fraction:
        """The value in exact cents of a formula in euros."""
        return self.work(lookup) * 100


def formula(text: str) -> Formula:
    """Read a formula; raises FormulaError with the column (from 1) of what does not belong."""
    text = " ".join(text.split())
    if re.fullmatch(r"-\s*[0-9.]+", text):
        raise FormulaError("scheme_number_negative")
    lone = re.fullmatch(r"[0-9.,]+|[^-+*/() ,]+", text)
    if lone and not NUMBER.fullmatch(text) and not NAME.fullmatch(text):
        raise FormulaError("scheme_number_form")
    if len(text) > LONGEST:
        raise FormulaError("scheme_text_form", longest=LONGEST)
    reading = _Reading(text)
    root = reading.whole()
    names = tuple(dict.fromkeys(node.text for node in root.walk() if node.kind == "name"))
    asks = names or any(node.kind == WEEKLY for node in root.walk())
    return Formula(_written(text), root, names, None if asks else root.work(lambda _: Fraction(0)))


def constant(number: Fraction) -> Formula:
    """A formula that is a number and nothing else; raises ValueError for one without a short decimal form."""
    return formula(decimal_text(number))


def check_names(one: Formula, allowed: Collection[str]) -> None:
    """Raises FormulaError for a name that is not allowed; `ref.` in the list allows every name that begins so."""
    for name in (*one.names, *([WEEKLY] if one.weekly else [])):
        if name not in allowed and not any(prefix.endswith(".") and name.startswith(prefix) for prefix in allowed):
            raise FormulaError("scheme_name_unknown", name=name, names=", ".join(allowed))


def decimal_text(number: Fraction) -> str:
    """A number as the shortest decimal text; it has at most 8 places, or raises ValueError."""
    scaled = number * 10**8
    if scaled.denominator != 1:
        raise ValueError("not a decimal number")
    text = f"{int(scaled):09d}"
    return f"{text[:-8]}.{text[-8:]}".rstrip("0").rstrip(".")


def _written(text: str) -> str:
    """A lone number in its shortest form, everything else as it stands."""
    return decimal_text(Fraction(text)) if NUMBER.fullmatch(text) else text


class _Reading:
    def __init__(self, text: str) -> None:
        self.text, self.place, self.start, self.depth = text, 0, 0, 0
        self.token = self.next()

    def next(self) -> re.Match[str] | None:
        """The token at the place, or None at the end."""
        found = TOKEN.match(self.text, self.place)
        rest = self.text[self.place:]
        self.start = self.place + len(rest) - len(rest.lstrip())
        if found is None and rest.strip():
            raise self.wrong()
        self.place = found.end() if found else len(self.text)
        return found

    def wrong(self) -> FormulaError:
        return FormulaError("scheme_formula", column=self.start + 1, text=self.text)

    def take(self, *signs: str) -> str:
        """The sign at the place, if it is one of these."""
        if self.token is None or self.token["sign"] not in signs:
            return ""
        sign = self.token["sign"]
        self.token = self.next()
        return str(sign)

    def whole(self) -> Node:
        root = self.sum()
        if self.token is not None:
            raise self.wrong()
        return root

    def sum(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.wrong()
        node = self.product()
        while self.take("+"):
            node = Node("+", parts=(node, self.product()))
        self.depth -= 1
        return node

    def product(self) -> Node:
        node = self.atom()
        while sign := self.take("*", "/"):
            node = Node(sign, parts=(node, self.atom()))
        return node

    def atom(self) -> Node:
        if self.take("("):
            node = self.sum()
            if not self.take(")"):
                raise self.wrong()
            return node
        if self.token is None:
            raise self.wrong()
        number, name = self.token["number"], self.token["name"]
        if number:
            self.token = self.next()
            return Node("number", number=Fraction(number))
        if not name:
            raise self.wrong()
        self.token = self.next()
        return self.choice(name) if name in ("min", "max", WEEKLY) else Node("name", text=name)

    def choice(self, kind: str) -> Node:
        """min(...) or max(...) of one formula or more, weekly(...) of one."""
        if not self.take("("):
            raise self.wrong()
        parts = [self.sum()]
        while kind != WEEKLY and self.take(","):
            parts.append(self.sum())
        if not self.take(")"):
            raise self.wrong()
        return Node(kind, parts=tuple(parts))
