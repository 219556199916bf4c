"""The journal as text that Beancount and hledger read: every account opened, one commodity, balances asserted at the end.

Accounts have names that both programs take: a root that says the nature, the account, the person's number or the detail.
Cents in, euros with a point out; nothing that somebody wrote can end a line, a string or a name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.core.journal import NATURES, Account, Nature

ROOTS: Mapping[Nature, str] = {
    Nature.ASSET: "Assets", Nature.LIABILITY: "Liabilities", Nature.EQUITY: "Equity", Nature.INCOME: "Income",
    Nature.EXPENSE: "Expenses"}

Key = tuple[Account, str, str]
"""Account, person's number and detail of a balance."""


@dataclass(frozen=True)
class Posted:
    """An entry to be written: its number in the journal (0: balances carried forward), day, document, text, and cents by key."""

    number: int
    day: date
    document: str
    text: str
    legs: tuple[tuple[Key, int], ...]


@dataclass(frozen=True)
class Ledger:
    """What a file holds: `keys` in the order in which they first came up in the journal, so that a name never changes; entries;
    the day at whose end the balances are asserted; the codes under which the accountant's own program knows the accounts."""

    title: str
    keys: tuple[Key, ...]
    entries: tuple[Posted, ...]
    until: date
    codes: Mapping[str, str]

    @property
    def began(self) -> date:
        """The day on which accounts open: the first of any entry."""
        return min((one.day for one in self.entries), default=self.until)

    @property
    def asserted(self) -> date:
        """The last day with an entry, or the one asked for when that is later."""
        return max([self.until, *(one.day for one in self.entries)])

    @property
    def sums(self) -> dict[Key, int]:
        """Cents by key over all entries."""
        found = dict.fromkeys(self.keys, 0)
        for one in self.entries:
            for key, cents in one.legs:
                found[key] = found.get(key, 0) + cents
        return found


def account_names(keys: Iterable[Key]) -> dict[Key, str]:
    """A name for each key; two keys never share one: of those that would, the later gets a number."""
    names: dict[Key, str] = {}
    taken: set[str] = set()
    for account, person, detail in keys:
        parts = [ROOTS[NATURES[account]], "".join(word.capitalize() for word in account.value.split("_"))]
        parts += [component(part) for part in (person, detail) if part]
        name, number = ":".join(parts), 1
        while name in taken:
            number += 1
            name = f"{':'.join(parts)}-{number}"
        taken.add(name)
        names[account, person, detail] = name
    return names


def component(text: str) -> str:
    """A part of an account's name: letters, digits and hyphens, a capital letter or a digit first."""
    kept = "".join(letter if _letter(letter) else "-" for letter in unicodedata.normalize("NFC", text))
    kept = re.sub("-{2,}", "-", kept).strip("-")
    first = kept[:1].upper()
    if len(first) != 1 or unicodedata.category(first) not in ("Lu", "Nd"):
        return f"X{kept}"
    return first + kept[1:]


def _letter(letter: str) -> bool:
    return unicodedata.category(letter)[0] == "L" or unicodedata.category(letter) == "Nd"


def euros(cents: int) -> str:
    """-12.05, exactly."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02d}"


def beancount(ledger: Ledger) -> str:
    """The file for Beancount."""
    names = account_names(ledger.keys)
    opened = ledger.began.isoformat()
    lines = [f'option "title" {_quoted(ledger.title)}', 'option "operating_currency" "EUR"', "", f"{opened} commodity EUR", ""]
    for key in ledger.keys:
        lines.append(f"{opened} open {names[key]} EUR")
        lines += _told(ledger, key, "  code: {}".format)
    for one in _by_day(ledger.entries):
        lines += ["", f"{one.day.isoformat()} * {_quoted(one.text)}", f"  number: {one.number}"]
        if one.document:
            lines.append(f"  document: {_quoted(one.document)}")
        lines += [f"  {names[key]}  {euros(cents)} EUR" for key, cents in one.legs]
    lines.append("")
    after = (ledger.asserted + timedelta(days=1)).isoformat()
    lines += [f"{after} balance {names[key]}  {euros(cents)} EUR" for key, cents in ledger.sums.items()]
    return "\n".join(lines) + "\n"


def hledger(ledger: Ledger) -> str:
    """The file for hledger, which `check --strict` takes."""
    names = account_names(ledger.keys)
    lines = [f"; {_line(ledger.title)}", "decimal-mark .", "commodity 1000.00 EUR", ""]
    for key in ledger.keys:
        lines.append(f"account {names[key]}")
        lines += _told(ledger, key, lambda code: f"  ; code: {code[1:-1]}")
    for one in _by_day(ledger.entries):
        told = f"  ; document: {_line(one.document)}" if one.document else ""
        lines += ["", f"{one.day.isoformat()} * ({one.number}) {_line(one.text)}{told}"]
        lines += [f"    {names[key]}  {euros(cents)} EUR" for key, cents in one.legs]
    lines += ["", f"{ledger.asserted.isoformat()} * balances"]
    lines += [f"    {names[key]}  0.00 EUR = {euros(cents)} EUR" for key, cents in ledger.sums.items()]
    return "\n".join(lines) + "\n"


def _told(ledger: Ledger, key: Key, write: Callable[[str], str]) -> list[str]:
    code = ledger.codes.get(key[0].value, "")
    return [write(_quoted(code))] if code else []


def _by_day(entries: Sequence[Posted]) -> list[Posted]:
    return sorted(entries, key=lambda one: (one.day, one.number))


def _quoted(text: str) -> str:
    """A string of Beancount."""
    escaped = _flat(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _line(text: str) -> str:
    """Text that ends no line and begins no comment, payee or tag of hledger."""
    return re.sub(r"[;|,:]", " ", _flat(text)).strip()


def _flat(text: str) -> str:
    return " ".join("".join(letter if unicodedata.category(letter)[0] not in "CZ" else " " for letter in text).split())
