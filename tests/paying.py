"""Short ways to pay: a batch, its approval, the bank's day, a statement as a bank writes it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from acts import act
from house import House

from ledger.actions import bank, payees, payments
from ledger.actions.payments import Line, Plan
from ledger.core.bank_statement import Own
from ledger.core.journal import Account
from ledger.core.payments import Way
from ledger.records import journal, people
from ledger.records import payments as rows
from ledger.records.organisation import Scope

OWN = Scope(1, 1)
TODAY = date(2026, 11, 21)
OURS = "LT121000011101001000"
"""The provider's account."""


def standing(house: House, number: str) -> payees.Standing:
    """Where somebody stands today."""
    with house.opened.read() as session:
        return next(one for one in payees.standings(house.doing(session, "buhalteris")) if one.named.person.number == number)


def by_way(house: House, way: Way) -> list[payees.Standing]:
    """Everybody to whom something is owed that is paid this way."""
    with house.opened.read() as session:
        return [one for one in payees.standings(house.doing(session, "buhalteris")) if one.way is way and one.free]


def plan(house: House, sums: dict[str, int], way: Way = Way.BANK, day: date = TODAY, **more: Any) -> Plan:
    """A batch of these sums by the participants' numbers."""
    bank = {"account": OURS} if way is Way.BANK else {}
    return Plan(way, day, tuple(Line(house.ref(number), cents) for number, cents in sums.items()), **{**bank, **more})


def batch(house: House, sums: dict[str, int], way: Way = Way.BANK, day: date = TODAY, **more: Any) -> rows.PaymentBatch:
    """The batch made by the accountant."""
    return act(house, "buhalteris", payments.make_batch, plan(house, sums, way, day, **more))


def approve(house: House, ref: str, login: str = "vadovas") -> None:
    """The director's yes to what stands in the batch now."""
    with house.opened.read() as session:
        doing = house.doing(session, login)
        prepared = payments.prepare(doing, ref, payments.seen_of(rows.payments_of_batch(session, OWN, ref)))
    act(house, login, payments.approve, prepared)


def sent(house: House, sums: dict[str, int], **more: Any) -> rows.PaymentBatch:
    """A batch that is with the bank."""
    made = batch(house, sums, **more)
    approve(house, made.ref)
    act(house, "buhalteris", payments.mark_sent, made.ref, TODAY)
    return made


def paid(house: House, ref: str) -> list[rows.Paid]:
    """The payments of a batch."""
    with house.opened.read() as session:
        return rows.payments_of_batch(session, OWN, ref)


def states(house: House, ref: str) -> list[str]:
    """Their states."""
    return [one.state.value for one in paid(house, ref)]


def balance(house: House, account: Account, number: str = "") -> int:
    """Cents on an account, debit above zero; of one person by number."""
    with house.opened.read() as session:
        person = None
        if number:
            person = next(ref for ref, own in people.numbers(session, OWN).items() if own == number)
        return journal.balance(session, OWN, account, person=person)


def entry(cents: int, end_to_end: str = "", *, day: str = "2026-11-21", reference: str = "", account: str = "", reason: str = "",
          back: bool = False, text: str = "", batch: str = "", currency: str = "EUR", name: str = "") -> str:
    """A movement of a statement, money out below zero."""
    sign, side = ("CRDT", "Dbtr") if cents > 0 else ("DBIT", "Cdtr")
    amount = f'<Amt Ccy="{currency}">{abs(cents) // 100}.{abs(cents) % 100:02d}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'
    other = f"<{side}Acct><Id><IBAN>{account}</IBAN></Id></{side}Acct>" if account else ""
    who = f"<{side}><Pty><Nm>{name}</Nm></Pty></{side}>" if name else ""
    refund = f"<RtrInf><Rsn><Cd>{reason or 'AC04'}</Cd></Rsn></RtrInf>" if back else ""
    note = f"<RmtInf><Ustrd>{text}</Ustrd></RmtInf>" if text else ""
    own = f"<EndToEndId>{end_to_end}</EndToEndId>" if end_to_end else ""
    details = f"<TxDtls><Refs>{own}</Refs><RltdPties>{who}{other}</RltdPties>{note}{refund}</TxDtls>"
    inside = f"<Btch><PmtInfId>{batch}</PmtInfId></Btch>" if batch else details
    return (f"<Ntry>{amount}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt>"
            f"<AcctSvcrRef>{reference}</AcctSvcrRef><NtryDtls>{inside}</NtryDtls></Ntry>")


def statement(*entries: str, opening: int = 100_000_00, total: int | None = None, account: str = OURS,
              version: str = "08") -> bytes:
    """A camt.053; `total` is what the entries come to unless the balance should be wrong."""
    sums = [int(whole) * 100 + int(cents) for whole, cents in re.findall(r"<Ntry><Amt [^>]*>(\d+)\.(\d\d)", "".join(entries))]
    signs = [1 if sign == "CRDT" else -1 for sign in re.findall(r"<Ntry><Amt [^>]*>[^<]*</Amt><CdtDbtInd>(\w+)", "".join(entries))]
    moved = sum(cents * sign for cents, sign in zip(sums, signs, strict=True)) if total is None else total

    def held(code: str, cents: int) -> str:
        return (f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>'
                f'<Amt Ccy="EUR">{abs(cents) // 100}.{abs(cents) % 100:02d}</Amt>'
                f'<CdtDbtInd>{"CRDT" if cents >= 0 else "DBIT"}</CdtDbtInd><Dt><Dt>2026-11-21</Dt></Dt></Bal>')

    return (f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}">'
            f'<BkToCstmrStmt><GrpHdr><MsgId>S1</MsgId></GrpHdr><Stmt><Id>S1</Id><Acct><Id><IBAN>{account}</IBAN></Id></Acct>'
            f'{held("OPBD", opening)}{held("CLBD", opening + moved)}{"".join(entries)}</Stmt></BkToCstmrStmt></Document>').encode()


def taken_back(house: House) -> None:
    """A row of a statement that was booked as a fee and is taken back."""
    ref = act(house, "buhalteris", bank.read_statement, statement(entry(-300, text="Grynieji"))).ref
    with house.opened.read() as session:
        key = bank.look(house.doing(session, "buhalteris"), ref)[0].matches[0].key
    act(house, "buhalteris", bank.post_own, ref, key, Own.FEE)
    act(house, "buhalteris", bank.take_back, ref, key, "Ne <b>mokestis</b>.")


def one_of_everything(house: House) -> None:
    """A batch that is with the bank, one that waits, a statement with something posted, money that waits."""
    sent(house, {"D1": 100})
    batch(house, {"D3": 100})
    data = statement(entry(500, text="Muilas"))
    ref = act(house, "buhalteris", bank.read_statement, data).ref
    with house.opened.read() as session:
        key = bank.look(house.doing(session, "buhalteris"), ref)[0].matches[0].key
    act(house, "buhalteris", bank.post_own, ref, key, Own.RECEIPT, "mugė")
    act(house, "buhalteris", payees.let_wait, house.ref("D5"), "Laukiame")
