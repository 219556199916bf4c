"""Statements of the bank: read, held against what was paid, and posted movement by movement on the accountant's word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ledger.actions import journal, payments
from ledger.actions.doing import Doing, check_day
from ledger.core import bank_statement
from ledger.core.access import May
from ledger.core.bank_statement import BankEntry, BankStatement, Match, Own, Sent, Verdict
from ledger.core.faults import Conflict, Refused
from ledger.core.journal import Entry
from ledger.core.payments import State, Why
from ledger.core.periods import Month
from ledger.records import audit
from ledger.records import payments as rows
from ledger.records.payments import BankFile, BankPosting, BankTakenBack
from ledger.records.types import new_ref
from ledger.records.vault import month_key, person_key
from ledger.settings import app_version

_ENTRIES = {Own.RECEIPT: "receipt", Own.FEE: "bank_fee", Own.CASH: "bank_cash"}
"""The kind of the journal's entry for each."""

LONGEST_REASON = 500


@dataclass(frozen=True)
class Looked:
    """An account's statement with what each movement is to our payments. `fault` says why nothing of it is proposed: its sums do
    not add up (`statement_sums`), or none of our files was paid from this account (`statement_account`); else "". `posted` are the
    movements in the books by their key, each with what it was posted as. A movement that was taken back goes by another key than
    its own: `own_keys` has each's own."""

    statement: BankStatement
    fault: str
    matches: tuple[Match, ...]
    posted: Mapping[str, str]
    own_keys: Mapping[str, str]

    def of(self, *verdicts: Verdict) -> list[Match]:
        """The movements with one of these verdicts."""
        return [one for one in self.matches if one.verdict in verdicts]

    @property
    def proposed(self) -> list[Match]:
        """What may be confirmed."""
        return [] if self.fault else self.of(Verdict.SETTLE, Verdict.RETURN)

    @property
    def free(self) -> list[Match]:
        """What is no payment of ours and may be booked as something else, by a person's decision; only euros that add up, of the
        account that we pay from."""
        if self.fault:
            return []
        return [one for one in self.of(Verdict.UNKNOWN_IN, Verdict.UNKNOWN_OUT) if one.entry.currency == "EUR" and one.entry.cents]


def read_statement(doing: Doing, data: bytes) -> BankFile:
    """Keep a statement as it was handed in; the same file handed in again is the one that is there. Posts nothing. Raises Refused
    when
    it cannot be read."""
    doing.check(May.PAY)
    told = [_told(one) for one in bank_statement.read(data)]
    doing.gate()
    digest = doing.vault.mac(f"bank statement {data.hex()}")
    there = rows.find_bank_file(doing.session, doing.scope, digest)
    if there is not None:
        return there
    month = Month.of(doing.today)
    row = BankFile(organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, ref=new_ref(), month=str(month),
                   sha256=digest, read_by=doing.who.account, read_at=doing.at, app_version=app_version())
    row.sealed = doing.vault.seal(doing.session, doing.month_subject(month), data, f"bank_file:{row.ref}")
    doing.session.add(row)
    doing.session.flush()
    doing.note("read_statement", "bank_file", row.ref, after={"statements": told})
    return row


def _told(statement: BankStatement) -> dict[str, str | int]:
    """What a statement is of, without anybody's name: our account, its first and last day, how many movements."""
    days = sorted(one.day.isoformat() for one in statement.entries)
    first, last = (days[0], days[-1]) if days else ("", "")
    return {"account": statement.account, "first": first, "last": last, "movements": len(days)}


@dataclass(frozen=True)
class Handed:
    """A statement that was handed in: of which accounts and days, how many movements, how many of them were posted from it."""

    file: BankFile
    of: tuple[tuple[str, date | None, date | None], ...]
    movements: int
    posted: int


def handed_in(doing: Doing) -> list[Handed]:
    """The newest statements, newest first. Three queries."""
    doing.check(May.SEE_PAYMENTS)
    files = rows.bank_files(doing.session, doing.scope)
    refs = [one.ref for one in files]
    told = audit.last_noted(doing.session, doing.scope, "read_statement", refs)
    posted = rows.posted_counts(doing.session, doing.scope, refs)
    found = []
    for file in files:
        every = told.get(file.ref, {}).get("statements", [])
        found.append(Handed(file, tuple((one["account"], _day(one["first"]), _day(one["last"])) for one in every),
                            sum(one["movements"] for one in every), posted.get(file.ref, 0)))
    return found


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def look(doing: Doing, ref: str) -> list[Looked]:
    """The statements of a file, each movement held against our payments. Reads only."""
    doing.check(May.SEE_PAYMENTS)
    file = rows.get_bank_file(doing.session, doing.scope, ref)
    data = doing.vault.open(doing.session, month_key(doing.workshop().ref, file.month), file.sealed, f"bank_file:{ref}")
    return [_look(doing, one) for one in bank_statement.read(data)]


def _look(doing: Doing, statement: BankStatement) -> Looked:
    own_keys = keys_of(doing, statement)
    back = rows.taken_back(doing.session, doing.scope, own_keys)
    keys = [doing.vault.mac(f"bank row again {back[key]}") if key in back else key for key in own_keys]
    ends = {one.end_to_end for one in statement.entries if one.end_to_end}
    batches = {one.batch for one in statement.entries if one.batch}
    sent, accounts = [], set()
    spoken = rows.of_statement(doing.session, doing.scope, ends, batches)
    doing.vault.load(doing.session, [person_key(paid.row.person_ref) for paid, _number, _account in spoken])
    for paid, number, account in spoken:
        payee = payments.goes_to(doing, paid.row)
        accounts.add(account)
        sent.append(Sent(paid.row.ref, paid.row.end_to_end, number, paid.row.cents, payee.iban, paid.state))
    fault = "" if statement.adds_up else "statement_sums"
    if not fault and accounts and accounts != {statement.account}:
        fault = "statement_account"
    posted = rows.posted_keys(doing.session, doing.scope, keys)
    matches = bank_statement.match(statement.entries, keys, posted, sent)
    return Looked(statement, fault, matches, posted, dict(zip(keys, own_keys, strict=True)))


def keys_of(doing: Doing, statement: BankStatement) -> list[str]:
    """What tells each movement apart for good, whatever file it comes in: a keyed hash of the account, its marks, and which one of
    several alike it is."""
    seen: Counter[tuple[str, ...]] = Counter()
    keys = []
    for one in statement.entries:
        marks = (statement.account, *one.marks())
        seen[marks] += 1
        keys.append(doing.vault.mac("\n".join((*marks, str(seen[marks])))))
    return keys


def confirm(doing: Doing, ref: str, keys: Collection[str]) -> int:
    """Post these movements as proposed; returns how many. Raises Conflict `not_proposed` when one of them is not (any more),
    Refused
    `nothing_chosen`."""
    doing.check(May.PAY)
    if not keys:
        raise Refused("nothing_chosen")
    doing.gate()
    proposed = [one for looked in look(doing, ref) for one in looked.proposed if one.key in keys]
    if {one.key for one in proposed} != set(keys):
        raise Conflict("not_proposed")
    for one in proposed:
        _confirm(doing, ref, one)
    doing.note("confirm_statement", "bank_file", ref, after={"movements": len(proposed)})
    return len(proposed)


def _confirm(doing: Doing, ref: str, one: Match) -> None:
    settles = one.verdict is Verdict.SETTLE
    for sent in one.payments:
        if settles and sent.state is State.RETURNED:
            continue
        paid = rows.get_payment(doing.session, doing.scope, sent.ref)
        # the payment's own steps never go back in time; the bank account moves on the day on which the bank says it did
        day, booked = max(one.entry.day, paid.event.happened_on), one.entry.day
        if settles:
            payments.step(doing, [paid], State.SETTLED, day, entry_key=one.key, booked=booked)
        else:
            payments.step(doing, [paid], State.RETURNED, day, why=Why.BANK, reason=_reason(one.entry), entry_key=one.key,
                          booked=booked)
    _posting(doing, ref, one, "settle" if settles else "return")


def _reason(entry: BankEntry) -> str:
    return " ".join(part for part in (entry.reason, entry.text) if part)[:300]


def post_own(doing: Doing, ref: str, key: str, own: Own, channel: str = "", *, known: bool = False) -> BankPosting:
    """A movement that is no payment of ours is booked as this person says: what customers paid (through which channel; `known`: of
    a document that names it), the bank's fee, cash taken there or fetched. Raises Conflict `not_proposed` when it is none or is
    posted already, Refused `no_channel`, `future_day`, `long_ago`."""
    doing.check(May.PAY)
    if own is Own.RECEIPT and not channel.strip():
        raise Refused("no_channel", at="channel")
    doing.gate()
    found = [one for looked in look(doing, ref) for one in looked.free if one.key == key]
    if not found or (own is Own.RECEIPT and found[0].entry.cents < 0):
        raise Conflict("not_proposed")
    if own is Own.RECEIPT and not known and channel not in channels(doing):
        raise Refused("no_channel", at="channel")
    check_day(doing, found[0].entry.day)
    detail = channel if own is Own.RECEIPT else ""
    posting = _posting(doing, ref, found[0], own.value, detail)
    cents, day = found[0].entry.cents, found[0].entry.day
    journal.post(doing, Entry(_ENTRIES[own], day, doing.journal_month(day), "bank_posting", posting.ref,
                              bank_statement.legs_of_own(own, cents, detail)))
    doing.note("post_bank_row", "bank_file", ref, after={"as": own.value, "channel": detail, "cents": cents, "day": day})
    return posting


def take_back(doing: Doing, ref: str, key: str, reason: str) -> BankTakenBack:
    """A movement that `post_own` booked as the wrong thing is reversed, with the reason, and may be decided anew. Like the booking
    itself the reversal is of the movement's day, in the first month from it on that is not closed. No second person: it is nobody's
    money. Raises Refused `take_back_why`, Conflict `not_own_row` for a payment or a movement that is not booked (any more)."""
    doing.check(May.PAY)
    if not reason.strip():
        raise Refused("take_back_why", at="reason")
    if len(reason) > LONGEST_REASON:
        raise Refused("text_too_long", at="reason", most=LONGEST_REASON)
    doing.gate()
    found = [looked for looked in look(doing, ref) if key in looked.posted]
    posting = rows.find_posting(doing.session, doing.scope, key) if found else None
    if posting is None or posting.kind not in set(Own):
        raise Conflict("not_own_row")
    said, own, day = doing.say(reason.strip()), Own(posting.kind), posting.happened_on
    row = BankTakenBack(
        organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, ref=new_ref(), posting_ref=posting.ref,
        entry_key=found[0].own_keys[key], said_ref=said.ref, said_sha256=said.sha256, taken_by=doing.who.account,
        taken_at=doing.at, app_version=app_version())
    doing.session.add(row)
    doing.session.flush()
    journal.post(doing, Entry("bank_back", day, doing.journal_month(day), "bank_taken_back", row.ref,
                              bank_statement.legs_of_own(own, -posting.cents, posting.detail)))
    doing.note("take_back_bank_row", "bank_file", ref, after={
        "as": posting.kind, "channel": posting.detail, "cents": posting.cents, "day": day})
    return row


def channels(doing: Doing) -> Sequence[str]:
    """The channels in which goods were sold and money is to come in, in their order."""
    return rows.channels(doing.session, doing.scope)


def _posting(doing: Doing, ref: str, one: Match, kind: str, detail: str = "") -> BankPosting:
    row = BankPosting(
        organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, ref=new_ref(), file_ref=ref, entry_key=one.key,
        kind=kind, happened_on=one.entry.day, cents=one.entry.cents, detail=detail, posted_by=doing.who.account, posted_at=doing.at,
        app_version=app_version())
    doing.session.add(row)
    doing.session.flush()
    return row
