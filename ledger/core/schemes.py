"""A scheme is data: how a workshop works out stipends, read from a short TOML text, checked, and written back in one
form."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from ledger.core.faults import Refused
from ledger.core.formulas import decimal_text
from ledger.core.money import Mode, Rounding
from ledger.core.parts import KINDS, Rule
from ledger.core.tables import SchemeFault, Table, repeated


class Payer(StrEnum):
    """Who pays a line."""

    POOL = "pool"
    BUDGET = "budget"
    RESERVE = "reserve"


class Returns(StrEnum):
    """Where a cut goes: to the reserve, or back to who paid the part."""

    RESERVE = "reserve"
    SOURCE = "source"


class AfterLeaving(StrEnum):
    """Who gets the proceeds of goods sold after their maker left: the maker always, for some months, or the reserve at
    once."""

    ALWAYS = "always"
    MONTHS = "months"
    RESERVE = "reserve"


@dataclass(frozen=True)
class Part:
    """One line of the statement: `rule` is its kind with its own numbers, `paragraph` where the order says so."""

    key: str
    kind: str
    payer: Payer
    paragraph: str
    label: str
    rounding: Rounding
    rule: Rule


@dataclass(frozen=True)
class Limit:
    """A ceiling (cents) on a person's total; cuts the part `cuts` first, then the last written ones."""

    key: str
    ceiling: int
    cuts: str
    returns: Returns
    paragraph: str
    label: str


@dataclass(frozen=True)
class Scheme:
    """A dated scheme of one workshop. `leaving_months` counts with AfterLeaving.MONTHS only; `debt_share` is a
    percent."""

    name: str
    number: str
    order_number: str
    order_date: date
    in_force_from: date
    approved_by: str
    parts: tuple[Part, ...]
    limits: tuple[Limit, ...]
    after_leaving: AfterLeaving
    leaving_months: int
    debt_share: Fraction

    def part(self, key: str) -> Part | None:
        """The part of that key, if there is one."""
        return next((part for part in self.parts if part.key == key), None)

    def find(self, key: str) -> Part | Limit | None:
        """The part or the limit of that key, if there is one."""
        found = [one for one in self.limits if one.key == key]
        return self.part(key) or (found[0] if found else None)

    def canonical(self) -> dict[str, object]:
        """The scheme as plain data in its one form; `read_scheme` reads it back to an equal scheme."""
        return {
            "name": self.name, "number": self.number, "in_force_from": self.in_force_from.isoformat(),
            **({"approved_by": self.approved_by} if self.approved_by else {}),
            "order": {"number": self.order_number, "date": self.order_date.isoformat()},
            "leaving": {"rule": self.after_leaving.value, "months": self.leaving_months},
            "debt": {"share": decimal_text(self.debt_share)},
            "part": [_part_written(part) for part in self.parts],
            "limit": [_limit_written(limit) for limit in self.limits],
        }


class SchemeRefused(Refused):
    """A scheme with faults; `faults` has all of them in the order of reading."""

    def __init__(self, faults: Sequence[SchemeFault]) -> None:
        super().__init__("scheme_faulty", count=len(faults))
        self.faults = tuple(faults)


def parse(text: str) -> Scheme:
    """Read a scheme from its TOML text; raises SchemeRefused with every fault and its place."""
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also raised by endless numbers and nests
        found = re.search(r"line ([0-9]+), column ([0-9]+)", str(error))
        line, column = (int(found[1]), int(found[2])) if found else (0, 0)
        raise SchemeRefused([SchemeFault("", "scheme_syntax", {"line": line, "column": column})]) from error
    return read_scheme(data)


def read_scheme(data: Mapping[str, object]) -> Scheme:
    """Read a scheme from plain data of the same shape as the TOML text; raises SchemeRefused with every fault."""
    faults: list[SchemeFault] = []
    root = Table(data, "", faults)
    parts = [_read_part(table) for table in root.tables("part", needed=True)]
    if not parts and root.has("part"):
        root.fault("part", "scheme_parts_none")
    limits = [_read_limit(table) for table in root.tables("limit")]
    order = root.table("order", needed=True)
    leaving, months = _read_leaving(root.table("leaving"))
    scheme = Scheme(
        root.text("name"), root.text("number"), order.text("number") if order else "",
        order.day("date") if order else date(1, 1, 1),
        root.day("in_force_from"), root.text("approved_by", ""), tuple(parts), tuple(limits), leaving, months,
        _read_debt(root.table("debt")))
    if order:
        order.done()
    root.done()
    _check_together(scheme, root)
    if faults:
        raise SchemeRefused(faults)
    return scheme


def _read_part(table: Table) -> Part:
    kind = table.text("kind")
    key, payer = table.name("key"), table.choice("payer", Payer)
    paragraph, label = table.text("paragraph", ""), table.text("label")
    rounding = _read_rounding(table.table("rounding"))
    if kind and kind not in KINDS:
        table.fault("kind", "scheme_kind_unknown", kinds=", ".join(KINDS))
    if kind not in KINDS:
        # the keys of an unknown kind cannot be judged
        return Part(key, kind, payer, paragraph, label, rounding, KINDS["traced"].read(Table({"portion": "0"}, "", [])))
    rule = KINDS[kind].read(table)
    table.done()
    return Part(key, kind, payer, paragraph, label, rounding, rule)


def _read_rounding(table: Table | None) -> Rounding:
    if table is None:
        return Rounding()
    mode, step = table.choice("mode", Mode, Mode.HALF_UP), table.number("step", Fraction(1, 100)) * 100
    if step.denominator != 1:
        table.fault("step", "scheme_step_cents")
    elif step < 1:
        table.fault("step", "scheme_step_zero")
    table.done()
    return Rounding(mode, max(1, int(step)))


class _LimitKind(StrEnum):
    CEILING = "ceiling"


def _read_limit(table: Table) -> Limit:
    table.choice("kind", _LimitKind)
    amount = table.cents("amount")
    if amount.denominator != 1:
        table.fault("amount", "scheme_amount_cents")
    limit = Limit(table.name("key"), int(amount), table.text("cuts", ""), table.choice("returns", Returns,
    Returns.RESERVE),
                  table.text("paragraph", ""), table.text("label"))
    table.done()
    return limit


def _read_leaving(table: Table | None) -> tuple[AfterLeaving, int]:
    if table is None:
        return AfterLeaving.MONTHS, 12
    rule, months = table.choice("rule", AfterLeaving), table.whole("months", 12, least=0, most=1200)
    table.done()
    return rule, months


def _read_debt(table: Table | None) -> Fraction:
    if table is None:
        return Fraction(20)
    share = table.percent("share", Fraction(20))
    table.done()
    return share


# keys of the lines that the engine itself writes
OWN_KEYS = ("below_zero", "debt")


def _check_together(scheme: Scheme, root: Table) -> None:
    keys = [*(part.key for part in scheme.parts), *(limit.key for limit in scheme.limits)]
    for key in sorted(repeated([*OWN_KEYS, *keys])):
        root.fault("part", "scheme_key_twice", name=key)
    for n, limit in enumerate(scheme.limits, 1):
        if limit.cuts and scheme.part(limit.cuts) is None:
            root.fault(f"limit[{n}].cuts", "scheme_part_unknown", name=limit.cuts)
    rest_taken = False
    for n, part in enumerate(scheme.parts, 1):
        if part.payer is Payer.POOL and rest_taken:
            root.fault(f"part[{n}]", "scheme_not_last")
        rest_taken = rest_taken or (part.payer is Payer.POOL and part.rule.takes_rest)


def _part_written(part: Part) -> dict[str, object]:
    text = {"paragraph": part.paragraph} if part.paragraph else {}
    return {"key": part.key, "kind": part.kind, "payer": part.payer.value, "label": part.label, **text,
            "rounding": {"mode": part.rounding.mode.value, "step": decimal_text(Fraction(part.rounding.step, 100))},
            **part.rule.written()}


def _limit_written(limit: Limit) -> dict[str, object]:
    text = {name: value for name, value in (("paragraph", limit.paragraph), ("cuts", limit.cuts)) if value}
    return {"key": limit.key, "kind": "ceiling", "amount": decimal_text(Fraction(limit.ceiling, 100)),
            "returns": limit.returns.value, "label": limit.label, **text}
