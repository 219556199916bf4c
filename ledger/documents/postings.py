"""Postings as a flat list for the accountant's own program: a line for every leg; people by number only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ledger.core.journal import Account
from ledger.core.periods import Month
from ledger.documents.sheets import Cell, Cents, Sheet, csv_of, xlsx_of
from ledger.i18n import gettext as _
from ledger.i18n import mark

ACCOUNTS: Mapping[Account, str] = {
    Account.SALES: mark("Sales without VAT"), Account.VAT: mark("VAT payable"), Account.RECEIVABLES: mark("Receivable for sales"),
    Account.COMMISSION: mark("Commission of shops and fairs"), Account.CASH: mark("Cash box"), Account.BANK: mark("Bank account"),
    Account.BANK_FEES: mark("Fees of the bank"),
    Account.MATERIALS: mark("Materials used"), Account.POOL: mark("Proceeds shared out"),
    Account.UNASSIGNED: mark("Proceeds not assigned yet"), Account.RESERVE: mark("Reserve of the workshop"),
    Account.BUDGET: mark("Receivable from the budget"), Account.PAYABLE: mark("Stipends payable"),
    Account.DEBTS: mark("Debts of participants"), Account.DEBTS_BORNE: mark("Debts that the reserve bears"),
    Account.ADVANCES: mark("Advances paid"), Account.PAID: mark("Stipends on their way"),
    Account.WITHHELD: mark("Withheld from stipends"),
    Account.CASH_ROUNDING: mark("Rounding of cash sales"), Account.SALES_ROUNDING: mark("Rounding of VAT"),
    Account.CARRIED: mark("Carried to the next month"), Account.DIFFERENCES: mark("Differences of cash and bank"),
    Account.OPENING: mark("Balances at the beginning of the books"),
}
"""What each account is called."""

KINDS: Mapping[str, str] = {
    "sales": mark("Sales of a day"), "run": mark("Stipends of a month"), "correction": mark("Correction of stipends"),
    "payment": mark("Stipend paid"), "payment_settled": mark("Payment confirmed"), "payment_returned": mark("Payment returned"),
    "advance": mark("Advance paid out"), "set_off": mark("Advance set off"), "debt_written_off": mark("Debt written off"),
    "receipt": mark("Money received"), "bank_fee": mark("Fee of the bank"), "bank_cash": mark("Cash to or from the bank"),
    "bank_back": mark("Row of a bank statement taken back"),
    "takings": mark("Cash of the till"), "commission": mark("Commission of a shop"),
    "customer_payment": mark("Customer paid"), "customer_payment_back": mark("Payment of a customer taken back"),
    "difference": mark("Difference of cash or bank"), "opening": mark("Beginning of the books"),
}
"""What each kind of entry is called."""


def account_word(account: Account) -> str:
    """What an account is called, in the language spoken now."""
    return _(ACCOUNTS[account])


def kind_word(kind: str) -> str:
    """What a kind of entry is called; the code itself for one that nobody has named."""
    return _(KINDS[kind]) if kind in KINDS else kind


@dataclass(frozen=True)
class Posting:
    """A leg of an entry as the list shows it: `number` of the entry, `person` by number (D1), cents with a debit above zero."""

    number: int
    day: date
    month: Month
    kind: str
    document: str
    account: Account
    detail: str
    person: str
    cents: int

    @property
    def debit(self) -> Cents | None:
        """The debit side."""
        return Cents(self.cents) if self.cents > 0 else None

    @property
    def credit(self) -> Cents | None:
        """The credit side."""
        return Cents(-self.cents) if self.cents < 0 else None


def sheet(postings: Iterable[Posting], codes: Mapping[str, str]) -> Sheet:
    """The list as a table with its heads, in the language spoken now."""
    heads = (_("Entry"), _("Day"), _("Month"), _("Document"), _("Account code"), _("Account"), _("Detail"),
             _("Debit, €"), _("Credit, €"), _("Participant No."), _("Text"))
    rows: list[tuple[Cell, ...]] = [
        (one.number, one.day, str(one.month), one.document, codes.get(one.account.value, ""), account_word(one.account),
         one.detail, one.debit, one.credit, one.person, kind_word(one.kind)) for one in postings]
    return Sheet(_("Postings"), heads, tuple(rows))


def postings_csv(postings: Sequence[Posting], codes: Mapping[str, str]) -> bytes:
    """The list as CSV: heads in the first line, semicolons, decimal comma, UTF-8 with its mark."""
    whole = csv_of([sheet(postings, codes)])
    mark_of_utf8, text = whole[:3], whole[3:]
    return mark_of_utf8 + text.split(b"\r\n", 1)[1]  # a program that reads columns wants the heads first, not the title


def postings_xlsx(postings: Sequence[Posting], codes: Mapping[str, str], made_at: datetime) -> bytes:
    """The list as XLSX."""
    return xlsx_of([sheet(postings, codes)], made_at)
