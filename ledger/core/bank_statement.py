"""A bank's statement (camt.053, versions 02 to 08) read with the standard library, and its entries held against what was paid.

No document type, no entities, bounded size and depth. Sums are whole cents, money in above zero, money out below.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers.expat import ExpatError, ParserCreate

from ledger.core.faults import Refused
from ledger.core.journal import Account, Leg
from ledger.core.payments import State

MOST_BYTES = 5_000_000
MOST_ELEMENTS = 400_000
MOST_DEPTH = 40
MOST_TEXT = 2_000
_SPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.0[2-8]")
_SUM = re.compile(r"[0-9]{1,13}(?:\.[0-9]{1,5})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class BankEntry:
    """One movement: its place in the statement, day, cents, and what the bank says of it. `end_to_end` is the reference that we
    gave; `batch` is our file's when the bank booked it as one sum; `returned` when money came back, with the bank's code."""

    place: int
    day: date
    cents: int
    currency: str
    reference: str
    end_to_end: str
    batch: str
    batch_count: int
    name: str
    account: str
    text: str
    returned: bool
    reason: str

    def marks(self) -> tuple[str, ...]:
        """What tells this movement from any other of the account: its day and sum, the bank's reference, ours, the other side."""
        return (self.day.isoformat(), str(self.cents), self.currency, self.reference, self.end_to_end, self.batch,
                self.account, self.text)


@dataclass(frozen=True)
class BankStatement:
    """An account's statement; balances are None when the bank left them out."""

    number: str
    account: str
    opening: int | None
    closing: int | None
    entries: tuple[BankEntry, ...]

    @property
    def adds_up(self) -> bool:
        """Whether the opening balance and the entries make the closing balance."""
        return (self.opening is None or self.closing is None
                or self.opening + sum(one.cents for one in self.entries) == self.closing)


def read(data: bytes) -> tuple[BankStatement, ...]:
    """The statements of a file. Raises Refused `statement_too_large`, `statement_not_xml`, `statement_doctype`,
    `statement_other_format`, `statement_odd` (with what is odd)."""
    if len(data) > MOST_BYTES:
        raise Refused("statement_too_large", at="file")
    document = _Reader().parse(data)
    space, _, tag = document.tag.rpartition(" ")
    if not _SPACE.fullmatch(space) or tag != "Document":
        raise Refused("statement_other_format", at="file")
    found = tuple(_statement(one) for top in _all(document, "BkToCstmrStmt") for one in _all(top, "Stmt"))
    if not found:
        raise Refused("statement_odd", at="file", what="Stmt")
    return found


class _Reader:
    """Expat with no document type, no entities and bounded depth and number of elements."""

    def __init__(self) -> None:
        self.builder, self.depth, self.count = TreeBuilder(), 0, 0

    def parse(self, data: bytes) -> Element:
        parser = ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self.builder.data
        try:
            parser.Parse(data, True)
            return self.builder.close()
        except (ExpatError, AssertionError, ValueError, LookupError):
            raise Refused("statement_not_xml", at="file") from None

    def _doctype(self, *_given: object) -> None:
        raise Refused("statement_doctype", at="file")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.count += 1
        if self.depth > MOST_DEPTH or self.count > MOST_ELEMENTS:
            raise Refused("statement_too_large", at="file")
        self.builder.start(tag if self.depth == 1 else tag.rpartition(" ")[2], attributes)

    def _end(self, tag: str) -> None:
        self.builder.end(tag if self.depth == 1 else tag.rpartition(" ")[2])
        self.depth -= 1


def _statement(top: Element) -> BankStatement:
    balances = {_text(one, "Tp/CdOrPrtry/Cd"): _signed(one) for one in _all(top, "Bal")}
    opening = balances.get("OPBD", balances.get("PRCD"))
    entries: list[BankEntry] = []
    for one in _all(top, "Ntry"):
        if _text(one, "Sts/Cd") or _text(one, "Sts"):
            status = _text(one, "Sts/Cd") or _text(one, "Sts")
            if status != "BOOK":
                continue
        entries += _entry(one, len(entries))
    account = _text(top, "Acct/Id/IBAN") or _text(top, "Acct/Id/Othr/Id")
    return BankStatement(_text(top, "Id"), account.replace(" ", "").upper(), opening, balances.get("CLBD"), tuple(entries))


def _entry(one: Element, place: int) -> list[BankEntry]:
    """An entry's movements: each of its details, or the entry itself when it has none or one, or they do not make its sum."""
    day = _day_of(one, "BookgDt") or _day_of(one, "ValDt")
    if day is None:
        raise Refused("statement_odd", at="file", what="BookgDt")
    cents, currency = _signed(one), _currency(one)
    details = [detail for many in _all(one, "NtryDtls") for detail in _all(many, "TxDtls")]
    parts = [_detail_cents(detail, cents) for detail in details]
    known = [part for part in parts if part is not None]
    if len(details) > 1 and len(known) == len(details) and sum(known) == cents:
        return [_made(one, detail, place + step, day, part, currency)
                for step, (detail, part) in enumerate(zip(details, known, strict=True))]
    return [_made(one, details[0] if len(details) == 1 else None, place, day, cents, currency)]


def _made(one: Element, detail: Element | None, place: int, day: date, cents: int, currency: str) -> BankEntry:
    other = "RltdPties/Cdtr" if cents < 0 else "RltdPties/Dbtr"
    inside = detail if detail is not None else Element("none")
    refund = inside.find("RtrInf")
    batch = one.find("NtryDtls/Btch")
    batch = batch if batch is not None else Element("none")
    whole = detail is None or not _text(inside, "Refs/EndToEndId")
    account = _text(inside, f"{other}Acct/Id/IBAN") or _text(inside, f"{other}Acct/Id/Othr/Id")
    return BankEntry(
        place, day, cents, currency, _text(inside, "Refs/AcctSvcrRef") or _text(one, "AcctSvcrRef") or _text(one, "NtryRef"),
        _text(inside, "Refs/EndToEndId"),
        (_text(batch, "PmtInfId") or _text(batch, "MsgId") or _text(inside, "Refs/PmtInfId")) if whole else "",
        int(count) if (count := _text(batch, "NbOfTxs")).isdigit() and len(count) < 10 else 0,
        _text(inside, f"{other}/Nm") or _text(inside, f"{other}/Pty/Nm"), account.replace(" ", "").upper(),
        " ".join(text for text in (_clean(part.text) for part in inside.findall("RmtInf/Ustrd")) if text)[:MOST_TEXT]
        or _text(inside, "AddtlTxInf") or _text(one, "AddtlNtryInf"),
        refund is not None or _text(one, "RvslInd") in ("true", "1"), _text(refund, "Rsn/Cd") if refund is not None else "")


def _detail_cents(detail: Element, whole: int) -> int | None:
    sign = {"CRDT": 1, "DBIT": -1}.get(_text(detail, "CdtDbtInd"), 1 if whole >= 0 else -1)
    for path in ("Amt", "AmtDtls/TxAmt/Amt"):
        found = detail.find(path)
        if found is not None:
            return sign * _cents(found)
    return None


def _signed(one: Element) -> int:
    amount, sign = one.find("Amt"), {"CRDT": 1, "DBIT": -1}.get(_text(one, "CdtDbtInd"))
    if amount is None or sign is None:
        raise Refused("statement_odd", at="file", what="Amt")
    return sign * _cents(amount)


def _cents(amount: Element) -> int:
    text = _clean(amount.text)
    if not _SUM.fullmatch(text) or not text.isascii():
        raise Refused("statement_odd", at="file", what=f"Amt {text[:20]}")
    whole, _, fraction = text.partition(".")
    if fraction[2:].strip("0"):
        raise Refused("statement_odd", at="file", what=f"Amt {text}")
    return int(whole) * 100 + int(fraction[:2].ljust(2, "0"))


def _currency(one: Element) -> str:
    amount = one.find("Amt")
    return (amount.get("Ccy") or "")[:3] if amount is not None else ""


def _day_of(one: Element, tag: str) -> date | None:
    text = _text(one, f"{tag}/Dt") or _text(one, f"{tag}/DtTm")[:10]
    if not text:
        return None
    try:
        if _DAY.fullmatch(text[:10]):
            return date.fromisoformat(text[:10])
    except ValueError:
        pass
    raise Refused("statement_odd", at="file", what=f"{tag} {text[:20]}")


def _text(one: Element, path: str) -> str:
    found = one.find(path)
    return _clean(found.text) if found is not None else ""


def _clean(text: str | None) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text or "").split())[:MOST_TEXT]


def _all(one: Element, tag: str) -> list[Element]:
    return one.findall(tag)


# ---------- held against what was paid ----------


class Verdict(StrEnum):
    """What a movement is to our payments. Only `SETTLE` and `RETURN` are proposed; everything else is listed."""

    SETTLE = "settle"
    RETURN = "return"
    POSTED = "posted"
    SUM_DIFFERS = "sum_differs"
    TWICE = "twice"
    ACCOUNT_DIFFERS = "account_differs"
    ALREADY = "already"
    NOT_SENT = "not_sent"
    OTHER_CURRENCY = "other_currency"
    UNKNOWN_OUT = "unknown_out"
    UNKNOWN_IN = "unknown_in"


PROPOSED = frozenset({Verdict.SETTLE, Verdict.RETURN})


@dataclass(frozen=True)
class Sent:
    """A payment that a statement can speak of: our reference, cents, to which account, its state, the number of its batch."""

    ref: str
    end_to_end: str
    batch: str
    cents: int
    account: str
    state: State


@dataclass(frozen=True)
class Match:
    """A movement, what it is to us, and the payments that it is about."""

    entry: BankEntry
    key: str
    verdict: Verdict
    payments: tuple[Sent, ...] = ()


def match(entries: Sequence[BankEntry], keys: Sequence[str], posted: Iterable[str], sent: Iterable[Sent]) -> tuple[Match, ...]:
    """Each movement with its verdict. `keys` tell the movements apart (one each), `posted` are those already in the books."""
    there = frozenset(posted)
    payments = tuple(sent)
    by_end = {one.end_to_end: one for one in payments}
    by_batch: dict[str, list[Sent]] = {}
    for one in payments:
        by_batch.setdefault(one.batch, []).append(one)
    said = Counter((one.end_to_end or one.batch, one.cents > 0) for one in entries)
    return tuple(_match(one, key, there, by_end, by_batch, said) for one, key in zip(entries, keys, strict=True))


def _match(one: BankEntry, key: str, posted: frozenset[str], by_end: Mapping[str, Sent], by_batch: Mapping[str, Sequence[Sent]],
           said: Counter[tuple[str, bool]]) -> Match:
    ours = by_end.get(one.end_to_end)
    many = tuple(by_batch.get(one.batch, ())) if ours is None and one.cents < 0 else ()
    about = (ours,) if ours else many
    if key in posted:
        return Match(one, key, Verdict.POSTED, about)
    if not about or (one.cents > 0 and not one.returned):
        return Match(one, key, Verdict.UNKNOWN_IN if one.cents > 0 else Verdict.UNKNOWN_OUT)
    if one.currency != "EUR":
        return Match(one, key, Verdict.OTHER_CURRENCY, about)
    if said[one.end_to_end or one.batch, one.cents > 0] > 1:
        return Match(one, key, Verdict.TWICE, about)
    return Match(one, key, _back(one, about) if one.cents > 0 else _out(one, about), about)


def _out(one: BankEntry, about: Sequence[Sent]) -> Verdict:
    about = [payment for payment in about if payment.state is not State.RETURNED] or about
    if sum(payment.cents for payment in about) != -one.cents:
        return Verdict.SUM_DIFFERS
    if one.account and len(about) == 1 and about[0].account and one.account != about[0].account:
        return Verdict.ACCOUNT_DIFFERS
    states = {payment.state for payment in about}
    if states == {State.SENT}:
        return Verdict.SETTLE
    return Verdict.NOT_SENT if State.PENDING in states else Verdict.ALREADY


def _back(one: BankEntry, about: Sequence[Sent]) -> Verdict:
    payment = about[0]
    if payment.cents != one.cents:
        return Verdict.SUM_DIFFERS
    if payment.state is State.RETURNED:
        return Verdict.ALREADY
    return Verdict.NOT_SENT if payment.state is State.PENDING else Verdict.RETURN


# ---------- what is no payment of ours ----------


class Own(StrEnum):
    """What a movement that is no payment of ours is booked as, when somebody says so: customers' money, the bank's own fee (or one
    that it gave back), cash taken to the bank or fetched there."""

    RECEIPT = "receipt"
    FEE = "fee"
    CASH = "cash"


AGAINST: Mapping[Own, Account] = {Own.RECEIPT: Account.RECEIVABLES, Own.FEE: Account.BANK_FEES, Own.CASH: Account.CASH}
"""The account that stands against the bank's."""


def legs_of_own(own: Own, cents: int, channel: str = "") -> tuple[Leg, Leg]:
    """What such a movement books: cents above zero came to the bank, below zero left it; a receipt says through which channel."""
    return Leg(Account.BANK, cents), Leg(AGAINST[own], -cents, detail=channel)
