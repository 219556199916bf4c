"""The pay sheet of a cash batch: who gets how much, to be signed, and the notes and coins to fetch for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ledger.core.banknotes import Stack, to_fetch
from ledger.core.periods import Month
from ledger.documents.coins import Piece, purse
from ledger.documents.paysheet import PayRow
from ledger.documents.statements import EuProject, Signed
from ledger.i18n import day, month_title, pgettext
from ledger.i18n import gettext as _


@dataclass(frozen=True)
class Basis:
    """An approved month that is paid: the run's number and the order that approved it."""

    month: Month
    run: str
    order_number: str
    order_date: date

    @property
    def text(self) -> str:
        """As it stands on the sheet."""
        return _("%(run)s, order No. %(number)s of %(date)s", run=self.run, number=self.order_number, date=day(self.order_date))


@dataclass(frozen=True)
class CashSheetData:
    """All that stands on the sheet; `dated` is the day of payout, `advance` when it pays before the months are worked out."""

    number: str
    dated: date
    provider: str
    provider_code: str
    workshop: str
    advance: bool
    basis: tuple[Basis, ...]
    people: tuple[PayRow, ...]
    prepared: Signed
    approved: Signed
    checked: Signed | None = None
    paid: Signed | None = None
    project: EuProject | None = None

    @property
    def total_cents(self) -> int:
        """The sum of all rows."""
        return sum(row.cents for row in self.people)

    @property
    def period(self) -> str:
        """The months that are paid."""
        return ", ".join(month_title(one.month) for one in self.basis) or (_("advance") if self.advance else "—")

    @property
    def basis_rows(self) -> list[tuple[str, str]]:
        """The approvals that it rests on, as label and text."""
        return [(pgettext("paper", "Basis"), one.text) for one in self.basis]

    @property
    def stacks(self) -> tuple[tuple[Piece, Stack], ...]:
        """The notes and coins to fetch, each with its picture, the largest first."""
        found = to_fetch(row.cents for row in self.people)
        return tuple(((held.notes + held.coins)[0], one) for one in found for held in [purse(one.face)])


def cash_sheet_pdf(data: CashSheetData) -> bytes:
    """The sheet as PDF, in the language spoken now."""
    from ledger.documents.pdf import render  # loaded with the first paper: see there

    return render("cash_sheet", _("Stipend pay sheet No. %(number)s", number=data.number), data.dated, sheet=data)
