"""Why a bank sent a payment back: the codes of ISO 20022 (external status and return reasons) in words, and what to do then."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ledger.i18n import gettext as _
from ledger.i18n import mark

REASONS: Mapping[str, str] = {
    "AC01": mark("The account number is wrong."),
    "AC02": mark("The payer's account number is wrong."),
    "AC03": mark("The payee's account number is wrong."),
    "AC04": mark("The payee's account is closed."),
    "AC06": mark("The payee's account is blocked."),
    "AC13": mark("The payer's account is of a kind that cannot pay this way."),
    "AC14": mark("The payee's account is of a kind that cannot be paid this way."),
    "AG01": mark("Such a transfer is not allowed to this account."),
    "AG02": mark("The bank does not take this kind of transfer."),
    "AM01": mark("The sum was zero."),
    "AM02": mark("The sum is larger than the bank allows."),
    "AM03": mark("The currency is not allowed."),
    "AM04": mark("There was not enough money in our account."),
    "AM05": mark("The bank takes it for a repeated payment."),
    "AM06": mark("The sum is smaller than the bank allows."),
    "AM07": mark("The sum is blocked."),
    "AM09": mark("The sum is not the one that was agreed."),
    "AM10": mark("The sums of the file do not add up."),
    "ARDT": mark("The payment had been sent back already."),
    "BE01": mark("The payee's name is not the account owner's."),
    "BE04": mark("The payee's address is missing."),
    "BE05": mark("The bank does not know who sent the file."),
    "BE06": mark("The bank does not know the payee."),
    "BE07": mark("The payer's address is missing."),
    "CNOR": mark("The payee's bank cannot be reached under this code."),
    "CURR": mark("The currency of the payment is wrong."),
    "CUST": mark("It was sent back because a customer asked for it."),
    "DNOR": mark("Our bank cannot be reached under its code."),
    "DT01": mark("The day of the payment is wrong."),
    "DUPL": mark("It was sent back as a double payment."),
    "ED05": mark("The banks could not settle the payment between them."),
    "FOCR": mark("It was sent back because we asked to cancel it."),
    "FR01": mark("The bank suspects fraud."),
    "FRAD": mark("The bank suspects fraud."),
    "MD06": mark("The payee asked to send the money back."),
    "MD07": mark("The payee has died."),
    "MS02": mark("The payee sent it back without giving a reason."),
    "MS03": mark("The bank gives no reason."),
    "NARR": mark("The bank writes the reason in its own words."),
    "NOAS": mark("The payee did not answer the bank."),
    "RC01": mark("The code of the bank (BIC) is wrong."),
    "RC03": mark("The code of our bank is wrong."),
    "RC04": mark("The code of the payee's bank is wrong."),
    "RC07": mark("The code of the payee's bank (BIC) is wrong."),
    "RF01": mark("The payment's reference had been used before."),
    "RR01": mark("The payer's account or code is missing."),
    "RR02": mark("The payer's name or address is missing."),
    "RR03": mark("The payee's name or address is missing."),
    "RR04": mark("The law does not let the bank carry it out."),
    "RUTA": mark("The bank could not tell to whom the money belongs."),
    "TECH": mark("Something broke at the bank."),
    "TM01": mark("The file came after the bank's last hour."),
    "UPAY": mark("The money was not due."),
}
"""What each code says. ISO 20022, external code sets: ExternalReturnReason1Code and ExternalStatusReason1Code."""

ACCOUNT = frozenset({"AC01", "AC03", "AC04", "AC06", "AC14", "AG01", "BE01", "BE06", "CNOR", "RC01", "RC04", "RC07", "RUTA"})
"""Codes after which another account is needed."""

_ANY = re.compile(r"[A-Z]{2}[0-9]{2}")


@dataclass(frozen=True)
class Reason:
    """A reason as it is shown: in words, what else the bank or the accountant wrote, the code itself ("" when there is none)."""

    words: str
    rest: str
    code: str


def reason_of(text: str) -> Reason:
    """The reason that was kept with a returned payment: the bank's code first, when it gave one, then its text."""
    code, _space, rest = text.partition(" ")
    if code in REASONS:
        return Reason(_(REASONS[code]), rest.strip(), code)
    if _ANY.fullmatch(code):
        return Reason(_("The bank gives a code that we have no words for: ask the bank what it means."), rest.strip(), code)
    return Reason("", text, "")


def next_step(code: str) -> str:
    """What to do about money that came back with this code, in a sentence."""
    if code == "MD07":
        return _("Let the money wait until the heirs are known; then write down who gets it.")
    if code in ACCOUNT:
        return _("Ask the person for another account. Once it is written down and confirmed, put the sum into the next batch; "
                 "or hand it out in cash.")
    return _("The money is owed again: put it into the next batch, or hand it out in cash. "
             "If the reason is not clear, ask the bank first.")
