"""Paying: the states of a payment, what each step books, how much of what is owed is free to pay, and how a bank spells a name.

Cents everywhere. A payment is on its way from the day it is sent (or handed out) to the day the bank or a signature says it
arrived.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from ledger.core.faults import Conflict, Refused
from ledger.core.journal import Account, Leg, gathered
from ledger.core.periods import Month

MOST_NAME = 70
"""Letters that a bank takes for a name."""


class Way(StrEnum):
    """How money reaches a person."""

    BANK = "bank"
    CASH = "cash"


class State(StrEnum):
    """A payment's newest event. Pending: written down, not out of the house; returned: not paid after all, the money is owed."""

    PENDING = "pending"
    SENT = "sent"
    SETTLED = "settled"
    RETURNED = "returned"


class Why(StrEnum):
    """Why a payment is not paid after all."""

    WITHDRAWN = "withdrawn"
    NOT_COLLECTED = "not_collected"
    BANK = "bank"
    BROUGHT_BACK = "brought_back"


_NEXT: Mapping[tuple[Way, State], frozenset[State]] = {
    (Way.BANK, State.PENDING): frozenset({State.SENT, State.RETURNED}),
    (Way.BANK, State.SENT): frozenset({State.SETTLED, State.RETURNED}),
    (Way.BANK, State.SETTLED): frozenset({State.RETURNED}),
    (Way.CASH, State.PENDING): frozenset({State.SETTLED, State.RETURNED}),
    (Way.CASH, State.SETTLED): frozenset({State.RETURNED}),
}


@dataclass(frozen=True)
class Payment:
    """One payment as the rules see it: `advance` when it is paid before the month's run owes it."""

    ref: str
    person: str
    cents: int
    way: Way
    advance: bool
    state: State


def may_become(payment: Payment, state: State) -> bool:
    """Whether the payment may go on to this state."""
    return state in _NEXT.get((payment.way, payment.state), frozenset())


def check_step(payment: Payment, state: State) -> None:
    """Raises Conflict `payment_state` when the payment cannot go on to this state."""
    if not may_become(payment, state):
        raise Conflict("payment_state", state=payment.state.value)


def legs_of(payment: Payment, state: State, outstanding: int = 0) -> tuple[Leg, ...]:
    """What going on to this state books; nothing for a payment that never left the house.

    `outstanding` is what of the person's advances is not set off yet (cents): a returned advance lowers that first and what is
    already set off is owed again. Raises Conflict `payment_state`.
    """
    check_step(payment, state)
    cents, person = payment.cents, payment.person
    goal = Leg(Account.ADVANCES if payment.advance else Account.PAYABLE, cents, person)
    way, money = Leg(Account.PAID, cents, person), Leg(Account.BANK if payment.way is Way.BANK else Account.CASH, cents)
    if state is State.SENT:
        return _pair(goal, way)
    if state is State.SETTLED:
        return _pair(way if payment.state is State.SENT else goal, money)
    if payment.state is State.PENDING:
        return ()
    back = way if payment.state is State.SENT else money
    if not payment.advance:
        return _pair(back, goal)
    open_part = max(0, min(cents, outstanding))
    return gathered([back, Leg(Account.ADVANCES, -open_part, person), Leg(Account.PAYABLE, open_part - cents, person)])


def _pair(debit: Leg, credit: Leg) -> tuple[Leg, ...]:
    return debit, replace(credit, cents=-credit.cents)


def set_off_legs(person: str, owed: int, outstanding: int) -> tuple[Leg, ...]:
    """What is owed set off against the person's open advances, the smaller of the two (cents); nothing when either is."""
    cents = min(max(owed, 0), max(outstanding, 0))
    return _pair(Leg(Account.PAYABLE, cents, person), Leg(Account.ADVANCES, cents, person)) if cents else ()


def free_to_pay(owed: int, pending: int) -> int:
    """What may still be put into a batch: what the journal owes less what waits in batches, in cents, never below zero."""
    return max(0, owed - pending)


def check_sums(wanted: Iterable[tuple[str, int]], free: Mapping[str, int]) -> None:
    """Raises Refused `nothing_to_pay`, `sum_zero` or `paid_too_much` (with the cents that are free), `paid_twice`."""
    seen = set()
    for person, cents in wanted:
        if person in seen:
            raise Refused("paid_twice")
        seen.add(person)
        if cents <= 0:
            raise Refused("sum_zero", at=f"sum_{person}")
        if cents > free.get(person, 0):
            raise Refused("paid_too_much", at=f"sum_{person}", free_cents=free.get(person, 0))
    if not seen:
        raise Refused("nothing_to_pay", at="take")


@dataclass(frozen=True)
class Due:
    """What a month's run or a correction came to for a person: cents, below zero when it took something away."""

    month: Month
    cents: int


def still_due(dues: Iterable[Due], covered: int) -> dict[Month, int]:
    """What of each month is not covered yet, in cents: money covers the oldest first, and so does what was taken away."""
    owed: dict[Month, int] = {}
    for due in sorted(dues, key=lambda one: one.month):
        owed[due.month] = owed.get(due.month, 0) + due.cents
    covered -= sum(min(0, cents) for cents in owed.values())
    left = {}
    for month, cents in owed.items():
        taken = min(max(0, cents), max(0, covered))
        left[month], covered = max(0, cents) - taken, covered - taken
    return left


# ---------- letters that a bank takes ----------

_LATIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_LITHUANIAN = "ąčęėįšųūžĄČĘĖĮŠŲŪŽ"
_SIGNS = "/-?:().,+ "
_TAKEN = frozenset(_LATIN + _LITHUANIAN + _SIGNS)
_FOR = {"&": "+", "<": "(", ">": ")", "[": "(", "]": ")", "{": "(", "}": ")", "_": "-", "–": "-", "—": "-", "‐": "-", "‑": "-",
        ";": ",",
        "ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d",
        "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i"}
_CYRILLIC = dict(zip(
    "абвгдежзийклмнопрстуфхцчшщъыьэюяёієїґ",
    ("a", "b", "v", "g", "d", "e", "ž", "z", "i", "j", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "ch", "c", "č", "š",
     "šč", "", "y", "", "e", "iu", "ia", "io", "i", "je", "ji", "g"), strict=True))


def bank_text(text: str, most: int = MOST_NAME) -> str:
    """The text in letters that Lithuanian banks take: Latin and Lithuanian letters, digits and / - ? : ( ) . , + and space.

    `&` becomes `+`, `<` and `>` brackets, quotation marks and apostrophes a space, other marked letters lose their marks, Cyrillic
    is
    written in Latin letters, everything else is left out. At most `most` letters, cut at a space where there is one late enough.
    """
    plain = "".join(_letter(one) for one in unicodedata.normalize("NFC", text))
    words = " ".join(plain.split()).lstrip("/- ")
    if len(words) > most:
        kept = words[:most + 1].rsplit(" ", 1)[0]
        words = kept if len(kept) > most // 2 else words
    return words[:most].strip()


def _letter(one: str) -> str:
    if one in _TAKEN:
        return one
    if one in _FOR:
        return _FOR[one]
    if one.lower() in _CYRILLIC:
        found = _CYRILLIC[one.lower()]
        return found if one.islower() else found.capitalize()
    if one.isspace() or one in "\"'`´’‘ʼ„“”«»":
        return " "
    bare = unicodedata.normalize("NFKD", one)
    return "".join(part if part in _TAKEN else _FOR.get(part, "") for part in bare) if bare != one else ""
