"""Double entry: the accounts, what an entry is, what a month's sales and run book, and the hash that chains entries.

Cents everywhere; a debit stands above zero, a credit below. An entry sums to zero and has two legs or more.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256

from ledger.core.debts import Debt
from ledger.core.periods import Month
from ledger.core.stipends import Identity, Inputs, Result

FORM = 1
"""The number of the hashed form; an entry of another number is read by the code that knows it."""

START = "0" * 64
"""What the first entry of a chain names as the one before it."""


class Account(StrEnum):
    """The accounts of a workshop (design/ledger.md). `detail` of a leg says the channel, or the fund inside the reserve."""

    SALES = "sales"
    VAT = "vat"
    RECEIVABLES = "receivables"
    COMMISSION = "commission"
    CASH = "cash"
    BANK = "bank"
    BANK_FEES = "bank_fees"
    MATERIALS = "materials"
    POOL = "pool"
    UNASSIGNED = "unassigned"
    RESERVE = "reserve"
    BUDGET = "budget"
    PAYABLE = "payable"
    DEBTS = "debts"
    DEBTS_BORNE = "debts_borne"
    ADVANCES = "advances"
    PAID = "paid"
    WITHHELD = "withheld"
    CASH_ROUNDING = "cash_rounding"
    SALES_ROUNDING = "sales_rounding"
    CARRIED = "carried"
    DIFFERENCES = "differences"
    OPENING = "opening"


class Nature(StrEnum):
    """What an account is in the books of others."""

    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    INCOME = "income"
    EXPENSE = "expense"


NATURES: Mapping[Account, Nature] = {
    Account.SALES: Nature.INCOME, Account.VAT: Nature.LIABILITY, Account.RECEIVABLES: Nature.ASSET,
    Account.COMMISSION: Nature.EXPENSE, Account.CASH: Nature.ASSET, Account.BANK: Nature.ASSET,
    Account.BANK_FEES: Nature.EXPENSE,
    Account.MATERIALS: Nature.LIABILITY, Account.POOL: Nature.EXPENSE, Account.UNASSIGNED: Nature.LIABILITY,
    Account.RESERVE: Nature.EQUITY, Account.BUDGET: Nature.ASSET, Account.PAYABLE: Nature.LIABILITY,
    Account.DEBTS: Nature.ASSET, Account.DEBTS_BORNE: Nature.LIABILITY, Account.ADVANCES: Nature.ASSET,
    Account.PAID: Nature.ASSET, Account.WITHHELD: Nature.LIABILITY, Account.CASH_ROUNDING: Nature.EXPENSE,
    Account.SALES_ROUNDING: Nature.EXPENSE, Account.CARRIED: Nature.LIABILITY, Account.DIFFERENCES: Nature.EXPENSE,
    Account.OPENING: Nature.EQUITY,
}


@dataclass(frozen=True, slots=True)
class Leg:
    """Cents on an account (debit above zero, credit below), of a person by the books' reference where the account is kept by
    person."""

    account: Account
    cents: int
    person: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Entry:
    """Something that is booked: the day it happened, the month that books it, and what it comes from."""

    kind: str
    happened_on: date
    booked_in: Month
    subject: str
    subject_ref: str
    legs: tuple[Leg, ...]

    @property
    def balanced(self) -> bool:
        """Whether it sums to zero and has two legs or more, none of them of nothing."""
        return len(self.legs) >= 2 and not sum(leg.cents for leg in self.legs) and all(leg.cents for leg in self.legs)


@dataclass(frozen=True)
class Head:
    """The newest link of a chain: its number (0: none yet) and its hash."""

    sequence: int
    hash: str


EMPTY = Head(0, START)


def chained(previous: str, fields: Mapping[str, str | int], legs: Sequence[Sequence[str | int]]) -> str:
    """SHA-256 over an entry's every field in canonical JSON with the hash before it. `legs` are account, person, detail and
    cents of each in their order."""
    text = json.dumps({**fields, "form": FORM, "previous": previous, "legs": legs}, ensure_ascii=False, sort_keys=True,
                      separators=(",", ":"))
    return sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def gathered(legs: Iterable[Leg]) -> tuple[Leg, ...]:
    """The legs with those of the same account, person and detail put together; what comes to nothing is left out."""
    sums: dict[tuple[Account, str, str], int] = {}
    for leg in legs:
        key = leg.account, leg.person, leg.detail
        sums[key] = sums.get(key, 0) + leg.cents
    return tuple(Leg(account, cents, person, detail) for (account, person, detail), cents in sums.items() if cents)


@dataclass(frozen=True)
class DaySales:
    """What was sold on a day through a channel: gross and net in cents, below zero when more came back."""

    day: date
    channel: str
    gross: int
    net: int


def sales_entries(run_ref: str, month: Month, sold: Iterable[DaySales]) -> tuple[Entry, ...]:
    """What a month sold, an entry for each day on which anything was: what is to come in by channel, VAT, sales."""
    days: defaultdict[date, list[Leg]] = defaultdict(list)
    for one in sorted(sold, key=lambda each: (each.day, each.channel)):
        days[one.day] += [Leg(Account.RECEIVABLES, one.gross, detail=one.channel),
                          Leg(Account.SALES, -one.net, detail=one.channel), Leg(Account.VAT, one.net - one.gross)]
    entries = (Entry("sales", day, month, "sealed_run", f"{run_ref}:{day.isoformat()}", gathered(legs))
               for day, legs in days.items())
    return tuple(entry for entry in entries if entry.legs)


def commission_entry(document_ref: str, day: date, month: Month, channel: str, cents: int) -> Entry:
    """What a shop keeps of what it sold: it is not to come in."""
    legs = (Leg(Account.COMMISSION, cents, detail=channel), Leg(Account.RECEIVABLES, -cents, detail=channel))
    return Entry("commission", day, month, "sale_document", document_ref, legs)


@dataclass(frozen=True)
class Division:
    """How a month's proceeds are divided: its identity, what each person gets by their reference, how much more (or less) each
    fund holds after it, and the debts before and after. Cents."""

    identity: Identity
    totals: Mapping[str, int]
    funds: Mapping[str, int]
    before: Sequence[Debt]
    after: Sequence[Debt]


def division_of(inputs: Inputs, result: Result) -> Division:
    """The division of a month that was worked out."""
    return Division(result.identity, {one.person: one.total for one in result.people},
                    {fund.key: fund.after - fund.before for fund in result.funds}, inputs.debts, result.debts)


def run_entry(run_ref: str, month: Month, divided: Division) -> tuple[Entry, ...]:
    """How a month's proceeds are divided, in legs: its identity, what is owed to each person, debts. No entry when all is
    nothing."""
    legs = [Leg(Account.PAYABLE, -cents, person=person) for person, cents in divided.totals.items()]
    legs += identity_legs(divided.identity, divided.funds) + debt_legs(divided.before, divided.after)
    entry = Entry("run", month.last, month, "sealed_run", run_ref, gathered(legs))
    return (entry,) if entry.legs else ()


def identity_legs(one: Identity, moved: Mapping[str, int]) -> list[Leg]:
    """A month's identity without what is owed to people, which its other legs say; `moved` are the funds, apart from the rest of
    the reserve."""
    reserve = one.to_reserve - one.from_reserve - sum(moved.values())
    return [Leg(Account.POOL, one.realised_net), Leg(Account.MATERIALS, -one.deducted), Leg(Account.WITHHELD, -one.withheld),
            Leg(Account.RESERVE, -reserve), *(Leg(Account.RESERVE, -cents, detail=key) for key, cents in moved.items()),
            Leg(Account.BUDGET, one.from_budget), Leg(Account.UNASSIGNED, -one.unassigned),
            Leg(Account.CARRIED, one.carried_in - one.carried_out)]


def debt_legs(before: Iterable[Debt], after: Iterable[Debt]) -> list[Leg]:
    """How what people owe changed: a claim against each, and its counterpart, for the reserve has borne it already."""
    moved: defaultdict[str, int] = defaultdict(int)
    for debts, sign in ((before, -1), (after, 1)):
        for debt in debts:
            moved[debt.person] += sign * debt.cents
    legs = [Leg(Account.DEBTS, cents, person=person) for person, cents in sorted(moved.items())]
    return [*legs, Leg(Account.DEBTS_BORNE, -sum(moved.values()))]
