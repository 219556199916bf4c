"""A person's correction statement: the easy leaf and the calculation old and new side by side, two papers under one number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ledger.core.periods import Month
from ledger.documents.coins import purse
from ledger.documents.statements import EuProject, Signed
from ledger.explained.corrections import EasyLine, FactTold, LineTold
from ledger.i18n import gettext as _


@dataclass(frozen=True)
class CorrectionLeafData:
    """All that stands on the leaf of a correction; `plus` cents are paid now (0: none), `helper` whom to turn to, `code` the
    statement's code ("" for none)."""

    number: str
    dated: date
    month: Month
    name: str
    plus: int
    lines: tuple[EasyLine, ...]
    helper: str = ""
    code: str = ""


@dataclass(frozen=True)
class CorrectionCalculationData:
    """All that stands on the calculation of a correction: what was wrong, each line then and now, what becomes of the difference.
    The lines' differences add up."""

    number: str
    dated: date
    name: str
    person_number: str
    month: Month
    booked: Month
    provider: str
    workshop: str
    correction_number: str
    order: str
    run_number: str
    facts: tuple[FactTold, ...]
    lines: tuple[LineTold, ...]
    before_cents: int
    after_cents: int
    becomes: str
    prepared: Signed
    approved: Signed
    project: EuProject | None = None
    code: str = ""

    def __post_init__(self) -> None:
        if sum(line.difference for line in self.lines) != self.after_cents - self.before_cents:
            raise ValueError("the lines of a correction add up to its difference")

    @property
    def difference(self) -> int:
        """Now less then, in cents."""
        return self.after_cents - self.before_cents


def leaf_pdf(data: CorrectionLeafData) -> bytes:
    """The easy leaf of a correction as PDF, in the language spoken now."""
    from ledger.documents.pdf import render  # loaded with the first paper: see there

    title = _("Correction leaf %(number)s", number=data.number)
    return render("correction_leaf", title, data.dated, leaf=data, purse=purse(data.plus))


def calculation_pdf(data: CorrectionCalculationData) -> bytes:
    """The calculation of a correction as PDF, in the language spoken now."""
    from ledger.documents.pdf import render  # loaded with the first paper: see there

    title = _("Correction of a stipend No. %(number)s", number=data.number)
    return render("correction_calculation", title, data.dated, data=data)
