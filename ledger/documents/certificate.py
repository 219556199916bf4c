"""The certificate of stipends received (pažyma), and the year's sums of one person or of all: papers, and tables to reckon with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ledger.core.periods import Month
from ledger.documents.pictures import Drawn
from ledger.documents.sheets import Cell, Cents, Sheet
from ledger.documents.statements import EuProject, Signed
from ledger.i18n import gettext as _
from ledger.i18n import month_name, month_title


@dataclass(frozen=True)
class MonthSums:
    """A month of one person in cents: the stipend before what is withheld, corrections of it, withheld, and paid in that month."""

    month: Month
    stipend: int
    corrections: int
    withheld: int
    paid: int


@dataclass(frozen=True)
class CertificateData:
    """All that stands on a certificate; `birth` is ISO text or "", `asked_by` and `purpose` may be ""."""

    number: str
    dated: date
    provider: str
    provider_code: str
    workshop: str
    name: str
    birth: str
    first: Month
    last: Month
    months: tuple[MonthSums, ...]
    prepared: Signed
    director: str
    asked_by: str = ""
    purpose: str = ""
    project: EuProject | None = None
    logo: Drawn | None = None

    @property
    def whole(self) -> MonthSums:
        """All months together."""
        return _together(self.last, self.months)


def _together(month: Month, rows: Iterable[MonthSums]) -> MonthSums:
    found = list(rows)
    return MonthSums(month, sum(row.stipend for row in found), sum(row.corrections for row in found),
                     sum(row.withheld for row in found), sum(row.paid for row in found))


def certificate_pdf(data: CertificateData) -> bytes:
    """The certificate as PDF, in the language spoken now."""
    from ledger.documents.pdf import render  # loaded with the first paper: see there

    title = _("Certificate of stipends received No. %(number)s", number=data.number)
    return render("certificate", title, data.dated, paper=data)


# ---------- the year's sums ----------


@dataclass(frozen=True)
class YearRow:
    """One person's year in cents; `others` are other encouragements, as people wrote them, with their days."""

    number: str
    name: str
    months: tuple[MonthSums, ...]
    others: tuple[tuple[date, str], ...] = ()

    @property
    def whole(self) -> MonthSums:
        """All months together."""
        return _together(self.months[-1].month, self.months)

    @property
    def total(self) -> int:
        """Stipends and corrections of the year."""
        return self.whole.stipend + self.whole.corrections


@dataclass(frozen=True)
class YearData:
    """The year's sums of all people or of one, as they stood on a day."""

    year: int
    dated: date
    provider: str
    workshop: str
    people: tuple[YearRow, ...]

    @property
    def months(self) -> tuple[MonthSums, ...]:
        """Everybody's months together."""
        months = [Month(self.year, number) for number in range(1, 13)]
        return tuple(_together(month, (row.months[month.number - 1] for row in self.people)) for month in months)

    @property
    def everybody(self) -> YearRow:
        """The row of all."""
        return YearRow("", "", self.months, tuple(one for row in self.people for one in row.others))


def year_pdf(data: YearData) -> bytes:
    """The year's sums as PDF in the language spoken now: a table of all people, or of one person's months."""
    from ledger.documents.pdf import render  # loaded with the first paper: see there

    return render("year", year_title(data), data.dated, paper=data)


def year_title(data: YearData) -> str:
    """What the paper and the sheet are called."""
    if len(data.people) == 1:
        return _("Stipends of %(year)s: %(name)s", year=str(data.year), name=data.people[0].name)
    return _("Stipends of %(year)s", year=str(data.year))


def year_sheets(data: YearData) -> list[Sheet]:
    """The same as tables for a spreadsheet: all people with their months, then other encouragements when there are any."""
    heads = (_("No."), _("First and last name"), *(month_name(one.month) for one in data.months), _("Corrections"),
             _("In all"), _("Withheld"), _("Paid"), _("Other encouragements"))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (row.number, row.name, *(Cents(one.stipend) for one in row.months), Cents(row.whole.corrections), Cents(row.total),
         Cents(row.whole.withheld), Cents(row.whole.paid), len(row.others)) for row in data.people)
    made = [Sheet(_("Stipends of %(year)s", year=str(data.year)), heads, rows)]
    if len(data.people) == 1:
        made = [_one_person(data.people[0], year_title(data))]
    others = tuple((row.number, row.name, on, text) for row in data.people for on, text in row.others)
    if others:
        made.append(Sheet(_("Other encouragements"), (_("No."), _("First and last name"), _("Day"), _("What")), others))
    return made


def _one_person(row: YearRow, title: str) -> Sheet:
    heads = (_("Month"), _("Stipend"), _("Corrections"), _("Withheld"), _("Paid"))
    return Sheet(title, heads, tuple(
        (month_title(one.month), Cents(one.stipend), Cents(one.corrections), Cents(one.withheld), Cents(one.paid))
        for one in row.months))
