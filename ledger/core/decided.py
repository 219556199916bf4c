"""What people decided or typed for a month, besides what was logged: decisions about one person, figures of the month, and
what each fund holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction


@dataclass(frozen=True)
class Decision:
    """A decision about one person: `part` is the key of an adjustment of the scheme, `cents` may be 0 (other encouragement) or
    below zero, `document` the number of what it stands on."""

    key: str
    person: str
    day: date
    part: str
    cents: int
    reason: str
    document: str


@dataclass(frozen=True)
class Figure:
    """A figure of the month that formulas call `month.NAME`: costs, a budget; in euros or whatever the scheme counts."""

    name: str
    number: Fraction


@dataclass(frozen=True)
class Fund:
    """What a fund of the scheme holds, in cents."""

    key: str
    cents: int
