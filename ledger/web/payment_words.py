"""Words of paying: states and reasons of payments, what a movement of a statement is, and why something is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ledger.core.bank_statement import BankEntry, Own, Verdict
from ledger.core.payments import State, Way, Why
from ledger.i18n import NBSP, mark, money, pgettext
from ledger.i18n import gettext as _
from ledger.records.customers import Known
from ledger.records.receivables import Owed
from ledger.sentences import learn

learn({
    "payment_state": mark("Somebody was faster: this payment stands otherwise now. Reload the page."),
    "nothing_to_pay": mark("Choose at least one person."),
    "sum_zero": mark("The sum must be above zero."),
    "paid_too_much": mark("At most %(free_cents)s is owed and not paid yet: write less."),
    "paid_twice": mark("The same person stands in the batch twice."),
    "name_without_letters": mark("The name of payment %(number)s has no letters that a bank can write: correct the name."),
    "held": mark("%(number)s is not paid now: the account is being changed, or the money waits. Take the payment out."),
    "paid_in_cash": mark("%(number)s is paid in cash: there is no account, or cash was chosen."),
    "has_account": mark("%(number)s is paid by bank: to hand out cash, first write down on the person's page that cash is wanted."),
    "past_day": mark("The bank pays today or later: choose another day."),
    "no_format": mark("Choose the form of the file."),
    "bic_wrong": mark("The bank's code (BIC) is wrong: 8 or 11 letters and digits, or leave it empty."),
    "batch_approved": mark("This batch is approved already."),
    "own_batch": mark("Who made a batch does not approve it."),
    "batch_changed": mark("The batch is another than you saw. Look at it once more."),
    "batch_not_approved": mark("The director has not approved this batch yet."),
    "owed_less": mark(
        "%(number)s is owed less than this by now, because of a correction: take the payment out and make it anew."),
    "goes_elsewhere": mark(
        "%(number)s is paid to another account or another payee now than when this batch was made: take the payment or the whole "
        "batch out, and make it anew."),
    "file_made": mark("This payment stands in the bank's file: take the whole batch out, and do not give that file to the bank."),
    "before_last_event": mark("This cannot be before %(day)s, when the last thing happened to the payment."),
    "statement_too_large": mark("The statement is larger than 5 MB or has too many movements: take a shorter time."),
    "statement_not_xml": mark("This is no XML file, or it is broken: take the statement (camt.053) from the bank once more."),
    "statement_doctype": mark("This file has instructions that no bank writes (DOCTYPE): it is not read."),
    "statement_other_format": mark("This is no bank statement in the form camt.053, versions 02 to 08."),
    "statement_odd": mark("The statement has something that cannot be read: %(what)s."),
    "statement_sums": mark(
        "The balances and the movements of this statement do not add up: something in it was changed or is missing. "
        "Nothing of it can be posted."),
    "statement_account": mark(
        "The payments named here were made from another account than this statement is of. Nothing of it can be posted."),
    "nothing_chosen": mark("Choose what to post."),
    "no_own": mark("Choose what this movement is."),
    "not_proposed": mark("This movement is posted already, or stands otherwise now. Look at the statement once more."),
    "digits_differ": mark("These are not the last four digits of the new account. Look at the person's paper once more."),
    "own_change": mark("Who wrote it down does not confirm it: a second person does."),
    "detail_state": mark("This was settled already. Reload the page."),
})


def state_word(state: State) -> tuple[str, str]:
    """The kind of label and the word of a payment's state."""
    return {
        State.PENDING: ("wait", pgettext("payment", "waits")), State.SENT: ("ok", pgettext("payment", "on the way")),
        State.SETTLED: ("done", pgettext("payment", "paid")), State.RETURNED: ("stop", pgettext("payment", "not paid")),
    }[state]


def way_word(way: str) -> str:
    """How money goes to people."""
    return pgettext("payment", "by bank") if way == Way.BANK.value else pgettext("payment", "in cash")


def why_word(why: str) -> str:
    """Why a payment was not paid after all."""
    return {Why.WITHDRAWN.value: _("taken out before it was paid"), Why.NOT_COLLECTED.value: _("not collected"),
            Why.BANK.value: _("sent back by the bank"), Why.BROUGHT_BACK.value: _("brought back")}.get(why, "")


def hold_word(hold: str) -> str:
    """Why nothing is paid to somebody now."""
    return {"account_changed": _("the account or the payee is being changed"), "told_to_wait": _("the money waits"),
            "left_without_account": _("left, and there is no account")}.get(hold, "")


def kind_word(kind: str) -> str:
    """What was written down about how a person is paid."""
    return {"account": _("Changed account"), "payee": _("Another payee"), "cash": _("Cash by choice"),
            "wait": _("The money waits")}[kind]


def verdict_word(verdict: Verdict) -> tuple[str, str, str]:
    """The kind of label, its word, and what to do about a movement."""
    return {
        Verdict.SETTLE: ("ok", _("paid out"), _("Post it: the payment has arrived.")),
        Verdict.RETURN: ("wait", _("came back"), _("Post it: the money is owed again.")),
        Verdict.POSTED: ("done", _("posted"), ""),
        Verdict.SUM_DIFFERS: ("stop", _("another sum"), _("The sum is not that of the payment: ask the bank.")),
        Verdict.TWICE: ("stop", _("stands twice"), _("The same payment stands here more than once: ask the bank.")),
        Verdict.ACCOUNT_DIFFERS: ("stop", _("another account"), _("It went to another account than we wrote: ask the bank.")),
        Verdict.ALREADY: ("stop", _("posted before"), _("The payment is settled or returned already: ask the bank.")),
        Verdict.NOT_SENT: ("stop", _("not sent"), _("By our books the batch was not given to the bank: mark it as sent first.")),
        Verdict.OTHER_CURRENCY: ("stop", _("other currency"), _("Only euros are read.")),
        Verdict.UNKNOWN_OUT: ("", _("no stipend"), ""),
        Verdict.UNKNOWN_IN: ("", _("income"), ""),
    }[verdict]


def own_choices(sign: int, channels: Sequence[str]) -> list[tuple[str, str]]:
    """What a movement that is no payment of ours may be booked as: of money that came in (above zero) or went out (below)."""
    if sign < 0:
        return [(Own.FEE.value, _("Fee of the bank")), (Own.CASH.value, _("Cash fetched from the bank"))]
    return [*((f"{Own.RECEIPT}:{one}", _("Customers: %(channel)s", channel=one)) for one in channels),
            (Own.CASH.value, _("Cash taken to the bank")), (Own.FEE.value, _("Fee that the bank gave back"))]


DOCUMENT = "document"
"""Before a document's reference, in what a movement may be booked as."""
MOST_DOCUMENTS = 12
"""So many documents are offered for a movement."""


def document_choices(entry: BankEntry, owed: Sequence[Owed], names: Mapping[int, Known]) -> list[tuple[str, str]]:
    """Which open documents a movement may pay: first those whose number it names, then those of the same sum, then those of a
    customer whom it names, then the earliest due; none of which less is open than came."""
    said = f"{entry.text} {entry.end_to_end}".casefold()

    def rank(one: Owed) -> int:
        known = names.get(one.document.customer_id or 0)
        if one.document.number.casefold() in said:
            return 0
        return 1 if one.open == entry.cents else 2 if known and known.buyer.name.casefold() in entry.name.casefold() else 3
    fits = sorted((one for one in owed if one.open >= entry.cents), key=rank)[:MOST_DOCUMENTS]
    found = []
    for one in fits:
        known = names.get(one.document.customer_id or 0)
        words = [one.document.number, money(one.open), *([known.buyer.name] if known else [])]
        found.append((f"{DOCUMENT}:{one.document.ref}", ", ".join(words)))
    return found


def posted_word(kind: str) -> str:
    """What a movement was posted as."""
    return {"settle": _("paid out"), "return": _("came back"), Own.RECEIPT.value: _("customers' money"),
            Own.FEE.value: _("fee of the bank"), Own.CASH.value: _("cash of the till")}.get(kind, kind)


def iban_word(iban: str) -> str:
    """An account of ours as it is read: in groups of four that stay on one line."""
    return NBSP.join(iban[place:place + 4] for place in range(0, len(iban), 4))


def masked(iban: str) -> str:
    """Somebody's account, all but its ends hidden; a dash when there is none."""
    return NBSP.join((iban[:4], "••••", iban[-4:])) if iban else "–"
