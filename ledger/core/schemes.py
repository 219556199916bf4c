"""A scheme is data: how a workshop works out stipends, read from a short TOML text, checked, and written back in one
form."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import TypeVar

from ledger.core import grammar
from ledger.core.faults import Refused
from ledger.core.formulas import Formula, FormulaError, check_names, decimal_text
from ledger.core.grammar import Field, Shape
from ledger.core.measures import GROUP_NAMES, PERSON_NAMES, ZERO
from ledger.core.money import Rounding
from ledger.core.parts import KINDS, Flat, PerPiece, Rule, ShareOfPot, Withheld
from ledger.core.scheme_sections import (
    AGAIN,
    AMOUNT_FIELDS,
    CHECK_FIELDS,
    FUND_FIELDS,
    LIMIT_FIELDS,
    POOL_FIELDS,
    Check,
    FundKept,
    Limit,
    LimitKind,
    Pool,
    RefAmount,
    amounts_on,
    check_amount,
    check_circles,
    check_limit,
    check_pool,
)
from ledger.core.tables import SchemeFault, Table, repeated

Made = TypeVar("Made")


class Payer(StrEnum):
    """Who pays a line; a fund of the scheme is the fourth way."""

    POOL = "pool"
    BUDGET = "budget"
    RESERVE = "reserve"


WITHHELD = "withheld"


class AfterLeaving(StrEnum):
    """Who gets the proceeds of goods sold after their maker left: the maker always, for some months, or the reserve at
    once."""

    ALWAYS = "always"
    MONTHS = "months"
    RESERVE = "reserve"


class InsideMonth(StrEnum):
    """What a version does that begins inside a month."""

    REFUSE = "refuse"
    SPLIT = "split"


@dataclass(frozen=True)
class Part:
    """One line of the statement: `rule` is its kind with its own numbers, `paragraph` where the order says so, `payer` pool,
    budget, reserve, a fund, or "withheld" for a deduction; `months` empty for every month; `who` for whom it is above 0."""

    key: str
    kind: str
    payer: str
    paragraph: str
    label: str
    rounding: Rounding
    rule: Rule
    months: tuple[int, ...] = ()
    who: Formula | None = None


PART_FIELDS = (
    Field("key", Shape.NAME), Field("payer", Shape.NAME), Field("label", Shape.TEXT), Field("paragraph", Shape.TEXT, default=""),
    Field("rounding", Shape.ROUNDING, default=Rounding(), always=True), Field("months", Shape.MONTHS, default=()),
    Field("who", Shape.FORMULA, optional=True))
LEAVING_FIELDS = (Field("rule", Shape.CHOICE, options=AfterLeaving), Field("months", Shape.WHOLE, default=12, most=1200))
WARN_FIELDS = (Field("above", Shape.FORMULA),)


SALES_AS_TRACED = Pool()


@dataclass(frozen=True)
class Scheme:
    """A dated scheme of one workshop. `leaving_months` counts with AfterLeaving.MONTHS only; `debt_share` is a
    percent; `before` is the version that ruled the month's first days, when the month is split."""

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
    pool: Pool = SALES_AS_TRACED
    funds: tuple[FundKept, ...] = ()
    amounts: tuple[RefAmount, ...] = ()
    checks: tuple[Check, ...] = ()
    total: Rounding | None = None
    warn_above: Formula | None = None
    inside_month: InsideMonth = InsideMonth.REFUSE
    calendar: str = ""
    before: Scheme | None = field(default=None)

    def part(self, key: str) -> Part | None:
        """The part of that key, if there is one."""
        return next((part for part in self.parts if part.key == key), None)

    def find(self, key: str) -> Part | Limit | None:
        """The part or the limit of that key, if there is one; in a split month also of the version before."""
        found = [one for one in self.limits if one.key == key]
        return self.part(key) or (found[0] if found else self.before.find(key) if self.before else None)

    def after(self, before: Scheme) -> Scheme:
        """This version for a month that began under another one."""
        return replace(self, before=replace(before, before=None))

    def formulas(self) -> Iterator[tuple[str, Formula]]:
        """Every formula of parts and limits with its place."""
        for n, part in enumerate(self.parts, 1):
            if part.who is not None:
                yield f"part[{n}].who", part.who
            yield from grammar.formulas(part.rule, part.rule.FIELDS, f"part[{n}]")
        for n, limit in enumerate(self.limits, 1):
            yield from grammar.formulas(limit, LIMIT_FIELDS, f"limit[{n}]")

    def group_formulas(self) -> Iterator[tuple[str, Formula]]:
        """Every formula that is the same for all, with its place."""
        yield from grammar.formulas(self.pool, POOL_FIELDS, "pool")
        for n, amount in enumerate(self.amounts, 1):
            yield from grammar.formulas(amount, AMOUNT_FIELDS, f"amount[{n}]")
        for n, check in enumerate(self.checks, 1):
            yield from grammar.formulas(check, CHECK_FIELDS, f"check[{n}]")
        if self.warn_above is not None:
            yield "warn.above", self.warn_above

    @property
    def names(self) -> frozenset[str]:
        """Every name that its formulas and kinds ask for: what must be known about a person, a day or the month."""
        named = {name for _, formula in (*self.formulas(), *self.group_formulas()) for name in formula.names}
        classes = [one.by_class for one in self.limits] + [getattr(part.rule, "by_class", None) for part in self.parts]
        named |= {f"value.{name}" for name in classes if name}
        for part in self.parts:
            named |= part.rule.asks
        return frozenset(named | (self.before.names if self.before else frozenset()))

    def canonical(self) -> dict[str, object]:
        """The scheme as plain data in its one form; `read_scheme` reads it back to an equal scheme."""
        pool = grammar.written(self.pool, POOL_FIELDS)
        more: dict[str, object] = {
            "inside_month": self.inside_month.value if self.inside_month is not InsideMonth.REFUSE else "",
            "calendar": self.calendar,
            "total": _total_written(self.total), "pool": pool,
            "fund": [grammar.written(one, FUND_FIELDS) for one in self.funds],
            "amount": [grammar.written(one, AMOUNT_FIELDS) for one in self.amounts],
            "check": [grammar.written(one, CHECK_FIELDS) for one in self.checks],
            "warn": {"above": self.warn_above.text} if self.warn_above else {},
            "before": self.before.canonical() if self.before else {},
        }
        return {
            "name": self.name, "number": self.number, "in_force_from": self.in_force_from.isoformat(),
            **({"approved_by": self.approved_by} if self.approved_by else {}),
            "order": {"number": self.order_number, "date": self.order_date.isoformat()},
            "leaving": {"rule": self.after_leaving.value, "months": self.leaving_months},
            "debt": {"share": decimal_text(self.debt_share)},
            **{key: value for key, value in more.items() if value},
            "part": [_part_written(part) for part in self.parts],
            "limit": [grammar.written(limit, LIMIT_FIELDS) for limit in self.limits],
        }


class SchemeRefused(Refused):
    """A scheme with faults; `faults` has all of them in the order of reading."""

    def __init__(self, faults: Sequence[SchemeFault]) -> None:
        super().__init__("scheme_faulty", count=len(faults))
        self.faults = tuple(faults)


def toml_data(text: str) -> dict[str, object]:
    """The plain data of a TOML text; raises SchemeRefused with line and column when it is none."""
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also raised by endless numbers and nests
        found = re.search(r"line ([0-9]+), column ([0-9]+)", str(error))
        line, column = (int(found[1]), int(found[2])) if found else (0, 0)
        raise SchemeRefused([SchemeFault("", "scheme_syntax", {"line": line, "column": column})]) from error


@lru_cache(maxsize=64)
def parse(text: str) -> Scheme:
    """Read a scheme from its TOML text; raises SchemeRefused with every fault and its place. The same text is read once."""
    data = toml_data(text)
    if "before" in data:
        raise SchemeRefused([SchemeFault("before", "scheme_key_unknown", {})])
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
    scheme = _read_more(scheme, root)
    root.done()
    _check_together(scheme, root)
    if faults:
        raise SchemeRefused(faults)
    return scheme


def _read_more(scheme: Scheme, root: Table) -> Scheme:
    """The sections that not every scheme has."""
    pool, warn = root.table("pool"), root.table("warn")
    made = Pool(**grammar.read(pool, POOL_FIELDS)) if pool else Pool()
    if pool:
        check_pool(made, pool)
        pool.done()
    amounts = []
    for table in root.tables("amount"):
        amounts.append(RefAmount(**grammar.read(table, AMOUNT_FIELDS)))
        table.done()
        check_amount(amounts[-1], table, scheme.in_force_from)
    before = root.table("before") if root.has("before") else None
    return replace(
        scheme, pool=made, funds=_rows(root, "fund", FundKept, FUND_FIELDS), amounts=tuple(amounts),
        checks=_rows(root, "check", Check, CHECK_FIELDS),
        total=grammar.read_rounding(root, Field("total", Shape.ROUNDING)) if root.has("total") else None,
        warn_above=_rows_of_one(warn), inside_month=root.choice("inside_month", InsideMonth, InsideMonth.REFUSE),
        calendar=_calendar(root), before=read_scheme(before.data) if before else None)


def _rows_of_one(warn: Table | None) -> Formula | None:
    if warn is None:
        return None
    above: Formula = grammar.read(warn, WARN_FIELDS)["above"]
    warn.done()
    return above


def _calendar(root: Table) -> str:
    code = root.text("calendar", "")
    if code and not re.fullmatch(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", code):
        root.fault("calendar", "scheme_calendar_form")
    return code


def _rows(root: Table, key: str, make: Callable[..., Made], fields: tuple[Field, ...]) -> tuple[Made, ...]:
    made = []
    for table in root.tables(key):
        made.append(make(**grammar.read(table, fields)))
        table.done()
    return tuple(made)


def _read_part(table: Table) -> Part:
    kind = table.text("kind")
    common = PART_FIELDS if kind != WITHHELD else tuple(one for one in PART_FIELDS if one.key != "payer")
    values = {"payer": WITHHELD, **grammar.read(table, common)}
    if kind and kind not in KINDS:
        table.fault("kind", "scheme_kind_unknown", kinds=", ".join(KINDS))
    if kind not in KINDS:
        return Part(kind=kind, rule=Rule(), **values)  # the keys of an unknown kind cannot be judged
    part = Part(kind=kind, rule=KINDS[kind].read(table), **values)
    table.done()
    return part


def _read_limit(table: Table) -> Limit:
    limit = Limit(**grammar.read(table, LIMIT_FIELDS))
    table.done()
    check_limit(limit, table)
    return limit


def _read_leaving(table: Table | None) -> tuple[AfterLeaving, int]:
    if table is None:
        return AfterLeaving.MONTHS, 12
    values = grammar.read(table, LEAVING_FIELDS)
    table.done()
    return values["rule"], values["months"]


def _read_debt(table: Table | None) -> Fraction:
    if table is None:
        return Fraction(20)
    share = table.percent("share", Fraction(20))
    table.done()
    return share


# keys of the lines that the engine itself writes
OWN_KEYS = ("below_zero", "debt", "shortfall", "rounding")


def _check_together(scheme: Scheme, root: Table) -> None:
    keys = [*(part.key for part in scheme.parts), *(limit.key for limit in scheme.limits)]
    for key in sorted(repeated([*OWN_KEYS, *keys])):
        root.fault("part", "scheme_key_twice", name=key)
    for key in sorted(repeated([*(payer.value for payer in Payer), WITHHELD, "source", AGAIN, *(one.key for one in scheme.funds)])):
        root.fault("fund", "scheme_key_twice", name=key)
    for key in sorted(repeated(one.key for one in scheme.amounts)):
        root.fault("amount", "scheme_key_twice", name=key)
    _check_payers(scheme, root)
    _check_limits(scheme, root)
    _check_pool_taken(scheme, root)
    _check_order(scheme, root)
    check_circles(scheme.amounts, root)
    _check_formulas(scheme, root)
    if not root.faults:
        _check_wages(scheme, root)


def _check_payers(scheme: Scheme, root: Table) -> None:
    payers = [*(payer.value for payer in Payer), *(fund.key for fund in scheme.funds)]
    places = [(f"part[{n}].payer", part.payer, payers) for n, part in enumerate(scheme.parts, 1) if part.kind != WITHHELD]
    for n, part in enumerate(scheme.parts, 1):
        if isinstance(part.rule, Flat) and part.rule.absence:
            places.append((f"part[{n}].absence.cut_to", part.rule.absence.cut_to, ["source", "reserve", *payers[3:]]))
    for n, limit in enumerate(scheme.limits, 1):
        places.append((f"limit[{n}].returns", limit.returns, ["reserve", "source", AGAIN, *payers[3:]]))
        places.append((f"limit[{n}].payer", limit.payer, payers))
    for place, name, allowed in places:
        if name and name not in allowed:
            root.fault(place, "scheme_choice", options=", ".join(allowed))


def _check_limits(scheme: Scheme, root: Table) -> None:
    for n, limit in enumerate(scheme.limits, 1):
        for key, name in (("cuts", limit.cuts), ("on", limit.on)):
            if name and scheme.part(name) is None:
                root.fault(f"limit[{n}].{key}", "scheme_part_unknown", name=name)
        target = scheme.part(limit.on or limit.cuts)
        if limit.kind is LimitKind.CEILING and limit.returns == AGAIN and not (target and isinstance(target.rule, ShareOfPot)):
            root.fault(f"limit[{n}].returns", "scheme_again_share")


def _check_pool_taken(scheme: Scheme, root: Table) -> None:
    """No more than the whole pool is portioned out in a month, and what takes the rest comes last."""
    faulty: set[int] = set()
    for month in range(1, 13):
        rest, taken = False, ZERO
        for n, part in enumerate(scheme.parts, 1):
            if part.payer != Payer.POOL or (part.months and month not in part.months) or n in faulty:
                continue
            portion = part.rule.portion_of_pool
            taken += portion if portion <= 100 else 0  # one over the whole is a fault of its own
            if rest or taken > 100:
                root.fault(f"part[{n}]", "scheme_not_last" if rest else "scheme_portions_over")
                faulty.add(n)
            rest = rest or part.rule.takes_rest


def _check_order(scheme: Scheme, root: Table) -> None:
    withheld = False
    for n, part in enumerate(scheme.parts, 1):
        if withheld and part.kind != WITHHELD:
            root.fault(f"part[{n}]", "scheme_withheld_last")
        withheld = withheld or isinstance(part.rule, Withheld)
        pot = isinstance(part.rule, ShareOfPot) and part.payer in (Payer.RESERVE, Payer.BUDGET)
        if pot and isinstance(part.rule, ShareOfPot) and part.rule.amount is None:
            root.fault(f"part[{n}].amount", "scheme_pot_amount")
        if part.payer in (Payer.RESERVE, Payer.BUDGET) and getattr(part.rule, "from_pool", None) is not None:
            root.fault(f"part[{n}].from_pool", "scheme_pot_amount")


def _check_formulas(scheme: Scheme, root: Table) -> None:
    refs = {f"ref.{one.key}" for one in scheme.amounts}
    keys = [part.key for part in scheme.parts]
    for place, formula in scheme.formulas():
        at = int(place[5:place.index("]")]) if place.startswith("part[") else len(keys) + 1
        group = place.endswith(".amount") and at <= len(keys) and isinstance(scheme.parts[at - 1].rule, ShareOfPot)
        _check_formula(place, formula, GROUP_NAMES if group else PERSON_NAMES, refs, (keys, at), root)
    for place, formula in scheme.group_formulas():
        _check_formula(place, formula, GROUP_NAMES, refs, (keys, 0), root)


def _check_wages(scheme: Scheme, root: Table) -> None:
    """A piece rate that must not fall below its wage, on every day from which a reference amount changes."""
    days = sorted({scheme.in_force_from, *(value.since for one in scheme.amounts for value in one.values)})
    days = [day for day in days if day >= scheme.in_force_from]
    for n, part in enumerate(scheme.parts, 1):
        for m, piece in enumerate(part.rule.pieces, 1) if isinstance(part.rule, PerPiece) else ():
            wages = [_on(piece.norm.wage, scheme, day) for day in days] if piece.norm else []
            stages = part.rule.rate_rounding if isinstance(part.rule, PerPiece) else ()
            if piece.norm and any(piece.norm.below_wage(wage, stages) for wage in wages):
                root.fault(f"part[{n}].piece[{m}].norm.not_below_wage", "scheme_below_wage")


def _on(formula: Formula, scheme: Scheme, day: date) -> Fraction:
    """A formula of reference amounts as it counts on a day; 0 when it asks for anything else."""
    if not all(name.startswith("ref.") for name in formula.names):
        return ZERO
    used = amounts_on(scheme.amounts, day, day + timedelta(days=1), lambda _: ZERO)
    return formula.work(lambda name: used[name[4:]].exact)


def _check_formula(place: str, formula: Formula, allowed: Sequence[str], refs: set[str], parts: tuple[list[str], int],
                   root: Table) -> None:
    try:
        check_names(formula, allowed)
    except FormulaError as error:
        root.fault(place, error.code, **error.values)
        return
    keys, at = parts
    for name in formula.names:
        family, _, rest = name.partition(".")
        if family == "ref" and name not in refs:
            root.fault(place, "scheme_ref_unknown", name=rest, names=", ".join(sorted(refs)) or "—")
        elif family == "part" and rest not in keys:
            root.fault(place, "scheme_part_unknown", name=rest)
        elif family == "part" and keys.index(rest) + 1 >= at:
            root.fault(place, "scheme_part_later", name=rest)


def _part_written(part: Part) -> dict[str, object]:
    common = grammar.written(part, PART_FIELDS)
    if part.kind == WITHHELD:
        del common["payer"]
    return {"key": common.pop("key"), "kind": part.kind, **common, **part.rule.written()}


def _total_written(total: Rounding | None) -> dict[str, object]:
    return {"mode": total.mode.value, "step": decimal_text(Fraction(total.step, 100))} if total else {}
