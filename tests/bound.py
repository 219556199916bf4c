"""Published rules worked out: cases, schemes and bindings read as tests/cases/BINDING.md says. Knows no rule and no country."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache
from math import floor
from pathlib import Path
from typing import Any

from ledger.core.formulas import decimal_text, formula
from ledger.core.goals import read_scoring
from ledger.core.money import half_up
from ledger.core.periods import Month
from ledger.core.schemes import Scheme, SchemeRefused, read_scheme
from ledger.core.statement import StatementLine
from ledger.core.stipends import PersonResult, Result, calculate
from tests.bound_facts import FACTS, Facts, Missing

CASES = Path(__file__).parent / "cases"
Data = dict[str, Any]
INSIDE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Rule:
    """A rule with its cases, its binding and the names of its schemes."""

    id: str
    kind: str
    cases: tuple[Data, ...]
    binding: Data

    @property
    def schemes(self) -> list[str]:
        """The names of its schemes, the first of them the usual one."""
        named = self.binding.get("scheme", self.id)
        return [named] if isinstance(named, str) else list(named)

    @property
    def files(self) -> list[str]:
        """All scheme files it stands on."""
        return [*self.schemes, *([self.binding["before"]] if "before" in self.binding else [])]


def _toml(path: Path) -> Data:
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule of the folder."""
    found = [one for path in sorted(CASES.glob("*.toml")) for one in _toml(path)["rule"]]
    return tuple(Rule(one["id"], one["as"], tuple(one["case"]), _binding(one["id"])) for one in found)


def _binding(id: str) -> Data:
    """A rule's binding; without one every number of its cases is missing one."""
    path = CASES / "bindings" / f"{id}.toml"
    return _toml(path) if path.exists() else {}


@cache
def _scheme_text(name: str) -> str:
    return (CASES / "schemes" / f"{name}.toml").read_text(encoding="utf-8")


def scheme_data(name: str) -> Data:
    """A scheme file as plain data, ready to be written into."""
    return tomllib.loads(_scheme_text(name))


def targets(bound: object) -> list[Data]:
    """The targets of a binding: one or several."""
    return bound if isinstance(bound, list) else [bound]  # type: ignore[list-item] # a table of TOML


@dataclass(frozen=True)
class Placed:
    """One number on its way: the target, the number, and to whom and when it goes (None: everybody, every month)."""

    target: Data
    value: Any
    case_in: Data
    person: int | None = None
    month: int | None = None
    item: int | None = None

    def text(self, key: str, default: str = "{}") -> str:
        """A template of the target, filled in."""
        template = self.target.get(key, default)
        return INSIDE.sub(lambda found: self.inside(found[1]), template if isinstance(template, str) else plain(template))

    def inside(self, name: str) -> str:
        """What stands for a name in brackets."""
        if not name:
            return plain(self.value)
        if name == "n":
            return str((self.item or 0) + 1)
        if name.startswith("in."):
            other, _, default = name[3:].partition("|")
            value = self.case_in.get(other, default)
            if value == "" and "|" not in name:
                raise Missing(f"in.{other}")
            return plain(value[self.item] if isinstance(value, list) and self.item is not None else value)
        return plain(self.value[int(name) - 1] if name.isdigit() else self.value[name])

    def number(self, key: str, default: str = "{}") -> Fraction:
        """A template worked out; a minus may stand before it."""
        return worked(self.text(key, default))

    def unused(self) -> list[str]:
        """Elements of the number that no template names."""
        if isinstance(self.value, dict):
            names = list(self.value)
        else:
            names = [str(n) for n in range(1, len(self.value) + 1)] if isinstance(self.value, list) else []
        whole = {"goal", "with", "says"} & set(self.target) or ("place" in self.target and "write" not in self.target)
        told = {name for one in self.target.values() for name in INSIDE.findall(repr(one))}
        return [] if whole and "rows" not in self.target else [name for name in names if name not in told]


def plain(value: object) -> str:
    """A value of a case as a text."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def worked(text: str) -> Fraction:
    """A number or a formula of numbers."""
    sign = -1 if text.startswith("-") else 1
    return sign * formula(text.removeprefix("-")).work(lambda name: Fraction(0))


def spread(target: Data, value: Any, case_in: Data) -> Iterator[Placed]:
    """A number taken apart as `each` says."""
    each = target.get("each", [])
    person, at = target.get("person"), target.get("at")
    start = Placed(target, value, case_in, int(person) - 1 if person else None, int(at) - 1 if at else None)
    yield from _spread(start, [each] if isinstance(each, str) else each)


def _spread(placed: Placed, each: list[str]) -> Iterator[Placed]:
    if not each:
        if placed.unused():
            raise Missing(f"elements {placed.unused()}")
        yield placed
        return
    assert isinstance(placed.value, list), f"no list for each = {each[0]}"
    for n, one in enumerate(placed.value):
        way = {"person": {"person": n, "item": n}, "month": {"month": n, "item": n}, "item": {"item": n}}[each[0]]
        yield from _spread(replace(placed, value=one, **way), each[1:])


def row_of(rows: list[Data], name: str) -> int:
    """The place of a row by its key, or by its number from 1."""
    found = [n for n, row in enumerate(rows) if row.get("key") == name]
    return found[0] if found else int(name) - 1


def way_to(data: Data, place: str) -> tuple[Any, Any]:
    """The table or list that holds the last name of a place, and that name."""
    here: Any = data
    names: list[Any] = place.split(".")
    for name in names[:-1]:
        here = here[row_of(here, name)] if isinstance(here, list) else here.setdefault(name, {})
    return here, names[-1] if isinstance(here, dict) else row_of(here, names[-1])


@dataclass
class Attempt:
    """A case being worked out with one scheme: the scheme's data, the facts of its months, the results."""

    data: Data
    facts: Facts
    marks: dict[str, list[Any]] = field(default_factory=dict)
    emptied: set[str] = field(default_factory=set)

    def place(self, placed: Placed) -> None:
        """Put one number where its target says."""
        known = (*FACTS, "place", "goal", "with", "says")
        kinds = [kind for kind in known if kind in placed.target and (kind != "made" or "work" not in placed.target)]
        assert len(kinds) == 1, f"a target needs one kind: {placed.target}"
        if kinds[0] == "place":
            self.write(placed)
        elif kinds[0] == "goal":
            self.marks.setdefault(placed.target["goal"], list(placed.value))
        elif kinds[0] in FACTS:
            FACTS[kinds[0]](self.facts, placed)

    def write(self, placed: Placed) -> None:
        """Write into the scheme."""
        target, (holder, name) = placed.target, way_to(self.data, placed.text("place"))
        for gone in target.get("drop", []):
            inner, last = way_to(self.data, gone)
            if isinstance(inner, list) or last in inner:
                del inner[last]
        if "rows" not in target:
            holder[name] = _written(placed)
            return
        if target["place"] not in self.emptied:
            self.emptied.add(target["place"])
            holder[name] = []
        item = placed.item or 0
        holder[name].extend({} for _ in range(item + 1 - len(holder[name])))
        holder[name][item] |= {column: replace(placed, target={"is": text}).text("is") for column, text in target["rows"].items()}


def _written(placed: Placed) -> object:
    target = placed.target
    if isinstance(placed.value, list) and "write" not in target:
        return placed.value
    if target.get("whole"):
        return int(placed.number("write"))
    if isinstance(placed.value, bool) and "write" not in target:
        return placed.value
    return decimal_text(placed.number("write")) if target.get("worked") else placed.text("write")


@dataclass(frozen=True)
class Done:
    """What came of a case with one scheme: results by month, or the faults for which the scheme was refused."""

    results: tuple[Result, ...] = ()
    faults: tuple[str, ...] = ()
    score: Fraction | None = None


def work_out(rule: Rule, case: Data, scheme: str) -> Done:
    """Work a case out with one of the rule's schemes."""
    attempt, before = _placed(rule, case, scheme), rule.binding.get("before")
    if rule.kind == "goal":
        return Done(score=read_scoring(attempt.data).score(attempt.marks["marks"], attempt.marks.get("weights", ())))
    try:
        read = read_scheme(attempt.data)
        read = read.after(read_scheme(_placed(rule, case, before).data)) if before else read
    except SchemeRefused as refused:
        return Done(faults=tuple(f"{fault.place}: {fault.code}" for fault in refused.faults))
    assert read_scheme(read.canonical()) == read
    return Done(tuple(run(attempt.facts, read)))


def _placed(rule: Rule, case: Data, scheme: str) -> Attempt:
    """A scheme and the facts with every number of a case in its place."""
    attempt = Attempt(deepcopy(scheme_data(scheme)), Facts(Month.parse(rule.binding.get("month", "2026-10"))))
    placed = list(_all_placed(rule, case, scheme))
    attempt.facts.size(rule.binding, placed)
    for one in sorted(placed, key=lambda one: _turn(one.target)):
        attempt.place(one)
    return attempt


def _all_placed(rule: Rule, case: Data, scheme: str) -> Iterator[Placed]:
    bound = rule.binding.get("in", {})
    for name, value in case["in"].items():
        if name not in bound:
            raise Missing(f"in.{name}")
        for target in targets(bound[name]):
            if target.get("into", scheme) == scheme:
                yield from spread(target, value, case["in"])
    for target in rule.binding.get("given", []):
        if target.get("into", scheme) == scheme:
            value = target.get("is", "1")
            plainly = {key: one for key, one in target.items() if key != "is"} if isinstance(value, list) else target
            yield from spread(plainly, value, case["in"])


def _turn(target: Data) -> int:
    """Who is there first, then dated days, stretches, counted days, days in all, and what fills up last."""
    if set(target) & {"month", "started", "ended"}:
        return -1
    if "days" not in target or "on" in target:
        return 0
    return next((n for n, way in ((1, "stretch"), (1, "whole_month"), (3, "in_all"), (4, "fill")) if target.get(way)), 2)


def run(facts: Facts, scheme: Scheme) -> Iterator[Result]:
    """One month after another: what the first leaves goes into the next."""
    kept = facts.kept
    for place in range(len(facts.months)):
        inputs = facts.inputs(place, kept)
        result = calculate(inputs, scheme)
        assert result.identity.holds
        assert all(one.total == sum(line.cents for line in one.lines) for one in result.people)
        kept = kept.after(result)
        yield result


def outcome(rule: Rule, case: Data, name: str) -> tuple[Any, Any]:
    """What a case gives for one of its results, and what it must be."""
    bound = rule.binding.get("out", {})
    if name not in bound:
        raise Missing(f"out.{name}")
    reading, expected = bound[name], case["out"][name]
    scheme = reading.get("scheme", rule.schemes[0])
    if "alone" in reading:
        values = case["in"][reading["alone"]]
        alone = [work_out(rule, {**case, "in": {**case["in"], reading["alone"]: [one]}}, scheme) for one in values]
        return [read(done, reading, one) for done, one in zip(alone, expected, strict=True)], [_number(one) for one in expected]
    return read(work_out(rule, case, scheme), reading, expected), _expected(expected)


def _expected(expected: Any) -> Any:
    if isinstance(expected, list):
        return [_expected(one) for one in expected]
    if isinstance(expected, dict):
        return {key: _expected(one) for key, one in expected.items()}
    return _number(expected)


def _number(value: Any) -> Any:
    """A number of a case, exactly; a word or yes and no as it is."""
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value):
        return Fraction(value)
    return Fraction(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value


def read(done: Done, reading: Data, expected: Any) -> Any:
    """A result as its binding reads it, in the shape of what is expected."""
    if reading.get("read") == "refused":
        return bool(done.faults) and any(fault.endswith(reading.get("code", "")) for fault in done.faults)
    assert not done.faults, f"the scheme is refused: {done.faults}"
    each = reading.get("each", [])
    return _read(done, reading, expected, [each] if isinstance(each, str) else each, {})


def _read(done: Done, reading: Data, expected: Any, each: list[str], at: dict[str, int]) -> Any:
    if each:
        count = _people(done) if each[0] == "person" else len(done.results)
        assert len(expected) == count, f"{len(expected)} numbers for {count} of each {each[0]}"
        return [_read(done, reading, one, each[1:], {**at, each[0]: n}) for n, one in enumerate(expected)]
    if "of" in reading:
        unread = set(expected) - set(reading["of"])
        if unread:
            raise Missing(f"out {sorted(unread)}")
        inherited = {key: value for key, value in reading.items() if key not in ("of", "each")}
        return {key: _read(done, {**inherited, **reading["of"][key]}, one, [], at) for key, one in expected.items()}
    return _finished(_summed(done, reading, at), reading, expected)


def _people(done: Done) -> int:
    return max((len(result.people) for result in done.results), default=0)


def _summed(done: Done, reading: Data, at: dict[str, int]) -> Any:
    add = reading.get("sum")
    if add is None:
        return _one(done, reading, at)
    places = range(_people(done) if add == "person" else len(done.results))
    return sum((_one(done, reading, {**at, add: n}) for n in places), Fraction(0))


def _one(done: Done, reading: Data, at: dict[str, int]) -> Any:
    if reading["read"] == "goal":
        return done.score
    place = at.get("month", int(reading["at"]) - 1 if "at" in reading else len(done.results) - 1)
    person = at.get("person", int(reading.get("person", 1)) - 1)
    if reading["read"] in MONEY:
        return Fraction(MONEY[reading["read"]](done.results[place], reading, person), 100)
    return NUMBERS[reading["read"]](done.results[place], reading, person)


def _finished(value: Any, reading: Data, expected: Any) -> Any:
    """Worked with and cut to as many places as are printed."""
    if "worked" in reading:
        value = formula(reading["worked"].replace("{}", "x")).work(lambda name: value)
    if "printed" in reading:
        places = len(str(expected).partition(".")[2])
        scaled = value * 10**places
        value = Fraction(half_up(scaled) if reading["printed"] == "half_up" else floor(scaled), 10**places)
    return value


def _own(result: Result, person: int) -> PersonResult:
    return next(one for one in result.people if one.person == f"P{person + 1}")


def _lines(result: Result, reading: Data, person: int) -> list[StatementLine]:
    lines = _own(result, person).lines
    return [line for line in lines if reading.get("part") in (None, line.part) and reading.get("kind") in (None, line.kind)]


def _part(result: Result, reading: Data, person: int) -> int:
    lines = _own(result, person).lines
    return sum(line.cents for line in lines if reading["part"] in (line.part, line.numbers.get("cuts")))


def _trace(result: Result, reading: Data, person: int) -> Any:
    found = _lines(result, reading, person)
    assert len(found) == 1, f"{len(found)} lines for {reading}"
    return _told(found[0].numbers, reading["name"])


def _told(numbers: Data, name: str) -> Any:
    """A number of a trace; a word as it is."""
    assert name in numbers, f"{name} is none of {sorted(numbers)}"
    text = str(numbers[name])
    return Fraction(text) if re.fullmatch(r"-?[0-9]+(/[0-9]+|\.[0-9]+)?", text) else text


def _keyed(rows: Any, key: str) -> Any:
    return next(one for one in rows if one.key == key)


MONEY: dict[str, Callable[[Result, Data, int], int]] = {
    "total": lambda result, reading, person: _own(result, person).total,
    "owed": lambda result, reading, person: _own(result, person).debt,
    "part": _part,
    "line": lambda result, reading, person: sum(line.cents for line in _lines(result, reading, person)),
    "pool": lambda result, reading, person: getattr(result.pool, reading["name"]),
    "identity": lambda result, reading, person: getattr(result.identity, reading["name"]),
    "fund": lambda result, reading, person: getattr(_keyed(result.funds, reading["key"]), reading["name"]),
}
NUMBERS: dict[str, Callable[[Result, Data, int], Any]] = {
    "number": _trace,
    "amount": lambda result, reading, person: _told(_keyed(result.amounts, reading["key"]).numbers, reading.get("name", "rounded")),
    "check": lambda result, reading, person: _keyed(result.checks, reading["key"]).passes,
}
