"""The grammar's tables put together: which keys each table of a scheme takes, and what a new row begins with."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import Any

from ledger.core.grammar import Field, Shape
from ledger.core.money import Mode
from ledger.core.parts import KINDS
from ledger.core.scheme_sections import AMOUNT_FIELDS, CHECK_FIELDS, FUND_FIELDS, LIMIT_FIELDS, POOL_FIELDS
from ledger.core.schemes import LEAVING_FIELDS, PART_FIELDS, WARN_FIELDS, WITHHELD, InsideMonth
from ledger.i18n import gettext as _
from ledger.web import scheme_keys

Data = dict[str, Any]  # Any: what tomllib gives

ROUNDING_FIELDS = (Field("mode", Shape.CHOICE, options=Mode), Field("step", Shape.NUMBER))
ORDER_FIELDS = (Field("number", Shape.TEXT), Field("date", Shape.DAY))
DEBT_FIELDS = (Field("share", Shape.PERCENT, default=Fraction(20)),)
PLAIN = (
    Field("name", Shape.TEXT), Field("number", Shape.TEXT),
    Field("inside_month", Shape.CHOICE, default=InsideMonth.REFUSE, options=InsideMonth),
    Field("calendar", Shape.TEXT, default=""), Field("in_force_from", Shape.DAY, optional=True),
    Field("order", Shape.TABLE, optional=True, fields=ORDER_FIELDS), Field("approved_by", Shape.TEXT, default=""))
SECTIONS = {
    "part": Field("part", Shape.ROWS), "limit": Field("limit", Shape.ROWS, fields=LIMIT_FIELDS),
    "pool": Field("pool", Shape.TABLE, optional=True, fields=POOL_FIELDS),
    "fund": Field("fund", Shape.ROWS, default=(), fields=FUND_FIELDS),
    "amount": Field("amount", Shape.ROWS, default=(), fields=AMOUNT_FIELDS),
    "leaving": Field("leaving", Shape.TABLE, optional=True, fields=LEAVING_FIELDS),
    "debt": Field("debt", Shape.TABLE, optional=True, fields=DEBT_FIELDS),
    "total": Field("total", Shape.TABLE, optional=True, fields=ROUNDING_FIELDS),
    "warn": Field("warn", Shape.TABLE, optional=True, fields=WARN_FIELDS),
    "check": Field("check", Shape.ROWS, default=(), fields=CHECK_FIELDS),
}
ROOT = (*PLAIN, *SECTIONS.values())

MAIN: Mapping[str, tuple[str, ...]] = {
    "scheme": ("name", "number"),
    "part": ("label", "kind", "payer"), "flat": ("amount",), "per_day": ("band",),
    "per_hour": ("amount",),
    "per_piece": ("piece",), "rated": ("amount", "productivity"), "share": ("by", "of"), "traced": ("portion",),
    "top_up": ("point",),
    "withheld": ("rate", "basis"), "limit": ("kind", "label", "amount"), "piece": ("product", "amount"),
    "band": ("from_hours", "to_hours", "amount", "from", "to"), "class": ("is", "amount"), "rate": ("hours", "amount"),
    "task": ("task", "rating"), "point": ("at", "gives"), "from_pool": ("by", "of"), "pool": ("source", "left", "shortfall"),
    "amount": ("label", "key", "value"), "value": ("from", "amount"), "mean": ("of", "weight"),
    "norm": ("wage", "units", "minutes"),
    "absence": ("unexcused_off", "excused_days", "excused_part", "away", "cut_to"),
    "leaving": ("rule", "months"), "debt": ("share",),
    "reserve": ("month_pay", "cap_months", "full"), "rounding": ("mode", "step"), "order": ("number", "date"),
}
"""The keys of each table that are always shown; the others are folded away until they are used."""

FOLDED = frozenset({"part.key", "part.rounding", "limit.key", "fund.key", "check.key", "scheme.in_force_from", "scheme.order",
                    "scheme.approved_by"})
"""Keys that stay folded even when they are written."""


def part_fields(kind: object) -> tuple[Field, ...]:
    """The keys of a part of this kind, in the order of the form."""
    common = {one.key: one for one in PART_FIELDS}
    first = [common["label"], Field("kind", Shape.CHOICE)] + ([common["payer"]] if kind != WITHHELD else [])
    own = KINDS[kind].FIELDS if isinstance(kind, str) and kind in KINDS else ()
    return (*first, *own, common["paragraph"], common["months"], common["who"], common["rounding"], common["key"])


def fields_of(field: Field, row: object) -> tuple[Field, ...]:
    """The keys of a table or of one of its rows."""
    if field.key == "part" and field.shape is Shape.ROWS:
        return part_fields(row.get("kind") if isinstance(row, Mapping) else None)
    return ROUNDING_FIELDS if field.shape in (Shape.ROUNDING, Shape.STAGES) else field.fields


NEW_PARTS: Mapping[str, Data] = {
    "per_day": {"key": "days", "payer": "budget", "band": [{}]}, "traced": {"key": "goods", "payer": "pool"},
    "per_hour": {"key": "hours", "payer": "budget"}, "share": {"key": "share", "payer": "pool"},
    "flat": {"key": "base", "payer": "budget"},
    "per_piece": {"key": "pieces", "payer": "pool", "piece": [{}]}, "rated": {"key": "rated", "payer": "budget"},
    "top_up": {"key": "supplement", "payer": "budget", "point": [{}, {}]}, "adjustment": {"key": "decided", "payer": "budget"},
    "withheld": {"key": "withheld1"},
}
NEW_ROWS: Mapping[str, Data] = {
    "limit": {"key": "ceiling", "kind": "ceiling"}, "fund": {"key": "fund1"}, "amount": {"key": "amount1", "value": [{}]},
    "check": {"key": "check1"}, "rate_rounding": {"mode": "half_up", "step": "0.01"},
    "rounding": {"mode": "half_up", "step": "0.01"},
    "factor_rounding": {"mode": "half_up", "step": "0.01"},
}
NEW_TABLES: Mapping[str, Data] = {
    "leaving": {"rule": "months", "months": 12}, "debt": {"share": "20"}, "total": {"mode": "half_up", "step": "0.01"},
    "rounding": {"mode": "half_up", "step": "0.01"},
}


def new_row(key: str, kind: str, taken: Collection[object]) -> Data:
    """What a new row begins with; its short name is one that is not taken."""
    if key != "part":
        row = {**NEW_ROWS.get(key, {}), **({"label": _("Limit")} if key == "limit" else {})}
    else:
        row = {"kind": kind, "label": scheme_keys.kind_word(kind), **NEW_PARTS.get(kind, {"key": "part1", "payer": "budget"})}
    if "key" in row:
        row["key"] = _free(row["key"], taken)
    return row


def _free(name: str, taken: Collection[object]) -> str:
    if name not in taken:
        return name
    stem = name.rstrip("0123456789")
    return next(f"{stem}{n}" for n in range(2, len(taken) + 3) if f"{stem}{n}" not in taken)
