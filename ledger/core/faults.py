"""What can be wrong, as a code with values; the sentence is made at the edge (`ledger.i18n`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Value = str | int
Values = Mapping[str, Value]


class Refused(Exception):
    """An action that may not happen: `code` names why, `values` fill the sentence, `field` is the form field it belongs to."""

    def __init__(self, code: str, /, *, at: str = "", **values: Value) -> None:
        super().__init__(code)
        self.code = code
        self.field = at
        self.values: Values = values


class Hidden(Exception):
    """The thing is outside the reader's scope or is not there: the edge answers 404 and does not say which."""


class Conflict(Refused):
    """Somebody or something was faster: stale page, wrong state. The edge answers 409."""


@dataclass(frozen=True)
class Fault:
    """One fault of a brought-in file: `line` is the physical line (header 1), `severity` refused, warning or late."""

    file: str
    line: int
    column: str
    code: str
    severity: str
    values: Values = field(default_factory=dict)
