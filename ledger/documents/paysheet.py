"""The pay sheet: who gets how much, to be signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ledger.core.periods import Month
from ledger.documents.pictures import Drawn
from ledger.documents.statements import EuProject, Scheme, Signed
from ledger.i18n import gettext as _


@dataclass(frozen=True)
class PayRow:
    """One person's row: the workshop's number (D1), name, cents."""

    number: str
    name: str
    cents: int


@dataclass(frozen=True)
class PaySheetData:
    """All that stands on the sheet.

    `approval` is the order's text and day as people write it; who checked or pays may still be unknown (None).
    """

    number: str
    dated: date
    provider: str
    provider_code: str
    workshop: str
    month: Month
    scheme: Scheme
    run_number: str
    approval: str
    people: tuple[PayRow, ...]
    prepared: Signed
    checked: Signed | None
    approved: Signed
    paid: Signed | None = None
    project: EuProject | None = None
    logo: Drawn | None = None

    @property
    def total_cents(self) -> int:
        """The sum of all rows."""
        return sum(row.cents for row in self.people)


def pay_sheet_pdf(data: PaySheetData) -> bytes:
    """The pay sheet as PDF, in the language spoken now."""
    from ledger.documents.pdf import render  # loaded with the first paper: see there

    return render("pay_sheet", _("Stipend pay sheet No. %(number)s", number=data.number), data.dated, sheet=data)
