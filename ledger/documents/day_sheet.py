"""The day's sheet to write on by hand: the group's names with room for hours and reasons, the products with room for numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ledger.i18n import day_title
from ledger.i18n import gettext as _

BLANK_ROWS = 3


@dataclass(frozen=True)
class DaySheet:
    """A day: people as number and name, with the hours that are planned as text ("" none); products as code, name and unit."""

    day: date
    people: tuple[tuple[str, str, str], ...]
    products: tuple[tuple[str, str, str], ...]

    @property
    def title(self) -> str:
        """Friday, 20 November."""
        return day_title(self.day)


def day_sheets_pdf(workshop: str, sheets: tuple[DaySheet, ...]) -> bytes:
    """A page or more for each day, as PDF, in the language spoken now."""
    from ledger.documents.pdf import render  # loaded with the first paper: see there

    return render("day_sheet", _("Sheet of a day"), sheets[0].day, workshop=workshop, sheets=sheets, blank=BLANK_ROWS)
