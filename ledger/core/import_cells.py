"""The five files, their columns and how one cell of each is read. Looks at no other cell: that is `import_checks`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from ledger.core import numbers
from ledger.core.faults import Refused
from ledger.core.production import Mark, Unit

LONGEST_NAME = 100
LONGEST_DOCUMENT = 60
LONGEST_CODE = 40
YEARS_AHEAD = 10
EARLIEST = date(1900, 1, 1)

Read = Callable[[str], object]
Chosen = TypeVar("Chosen", bound=StrEnum)

_INVISIBLE = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_IBAN_LENGTHS = {"LT": 20, "LV": 21, "EE": 20, "PL": 28, "DE": 22, "FI": 18}


@dataclass(frozen=True)
class Column:
    """A column: its heading, the kind of its values for the preview, how a cell is read, if it may be empty or lack."""

    name: str
    kind: str
    read: Read
    may_be_empty: bool = False
    may_lack: bool = False


def files(today: date, *, vat_payer: bool) -> Mapping[str, tuple[Column, ...]]:
    """The files in the order in which they are read, each with its columns."""

    def happened(cell: str) -> date:
        return read_day(cell, last=today)

    def ahead(cell: str) -> date:
        return read_day(cell, last=date(today.year + YEARS_AHEAD, 12, 31))

    return {
        "dalyviai.csv": _people(happened, ahead),
        "gaminiai.csv": _products(ahead),
        "lankomumas.csv": (
            Column("Data", "day", happened),
            Column("Dalyvis", "text", read_code),
            Column("Valandos", "minutes", numbers.read_minutes_of_hours),
            Column("Žyma", "choice", read_mark),
        ),
        "gamyba.csv": (
            Column("Partija", "text", read_code),
            Column("Data", "day", happened),
            Column("Gaminys", "text", read_code),
            Column("Geri", "thousandths", read_count),
            Column("Brokas", "thousandths", read_count),
            Column("Dalyvis", "text", read_code),
            Column("Dalis", "thousandths", read_share),
        ),
        "pardavimai.csv": _sales(happened, read_vat if vat_payer else read_no_vat),
    }


def _people(happened: Read, ahead: Read) -> tuple[Column, ...]:
    return (
        Column("Nr.", "text", read_code),
        Column("Vardas", "text", read_name),
        Column("Pavardė", "text", read_name),
        Column("Gimimo data", "day", happened),
        Column("Pradėjo", "day", happened),
        Column("Baigė", "day", ahead, may_be_empty=True),
        Column("Sąskaita (IBAN)", "text", read_iban, may_be_empty=True),
    )


def _products(ahead: Read) -> tuple[Column, ...]:
    return (
        Column("Kodas", "text", read_code),
        Column("Pavadinimas", "text", read_name),
        Column("Matas", "choice", read_unit),
        Column("Kaina, €", "cents", read_price),
        Column("Medžiagos vienetui, €", "cents", numbers.read_cents),
        Column("Paslauga", "choice", read_yes),
        Column("Galioja nuo", "day", ahead, may_be_empty=True, may_lack=True),
    )


def _sales(happened: Read, vat: Read) -> tuple[Column, ...]:
    return (
        Column("Eil. Nr.", "text", read_line_number),
        Column("Data", "day", happened),
        Column("Dokumentas", "text", read_document),
        Column("Kanalas", "text", read_document),
        Column("Gaminys", "text", read_code),
        Column("Kiekis", "thousandths", read_sold),
        Column("Kaina, €", "cents", read_price),
        Column("Nuolaida, %", "percent", read_percent),
        Column("PVM, %", "percent", vat),
        Column("Grąžinta eil.", "text", read_returned, may_be_empty=True),
    )


# ---------- text ----------


def read_text(cell: str, most: int) -> str:
    """Text as typed, without spaces around it; raises Refused `empty`, `too_long`, `bad_character` (invisible ones)."""
    if len(cell) > 20 * most:  # before the costly work on a cell of a megabyte
        raise Refused("too_long", most=most)
    text = unicodedata.normalize("NFC", cell).strip()
    if not text:
        raise Refused("empty")
    for letter in text if not text.isprintable() else "":
        if unicodedata.category(letter) in _INVISIBLE:
            raise Refused("bad_character", character=f"U+{ord(letter):04X}")
    if len(text) > most:
        raise Refused("too_long", most=most)
    return text


def read_name(cell: str) -> str:
    """A person's or a product's name, at most 100 characters."""
    return read_text(cell, LONGEST_NAME)


def read_document(cell: str) -> str:
    """The number of a document or the name of a channel, at most 60 characters."""
    return read_text(cell, LONGEST_DOCUMENT)


def read_code(cell: str) -> str:
    """The number of a participant or a lot, the code of a product."""
    return read_text(cell, LONGEST_CODE)


def read_line_number(cell: str) -> str:
    """The number of a line in its document, as a text without leading zeros."""
    return str(numbers.read_whole(cell))


def read_returned(cell: str) -> tuple[str, str]:
    """`DOCUMENT/line` of the line that is returned; the last slash parts them, because a document may have its own."""
    text = read_text(cell, LONGEST_DOCUMENT + 8)
    document, slash, line = text.rpartition("/")
    if not slash or not document.strip() or not re.fullmatch(r"[0-9]{1,7}", line.strip()):
        raise Refused("return_form", text=numbers.shown(text))
    return document.strip(), str(int(line))


def read_iban(cell: str) -> str:
    """An account number without spaces; raises Refused `iban_form` or `iban_check` (ISO 13616, mod 97)."""
    text = re.sub(r"\s", "", read_text(cell, LONGEST_DOCUMENT)).upper()
    length = _IBAN_LENGTHS.get(text[:2], len(text))
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", text) or len(text) != length:
        raise Refused("iban_form", text=numbers.shown(text))
    digits = "".join(str(int(letter, 36)) for letter in text[4:] + text[:4])
    if int(digits) % 97 != 1:
        raise Refused("iban_check", text=numbers.shown(text))
    return text


# ---------- days and choices ----------


def read_day(cell: str, *, last: date) -> date:
    """A day written 2026-10-05, not before 1900 and not after `last`."""
    text = cell.strip()
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise Refused("day_form", text=numbers.shown(read_text(text, LONGEST_NAME)))
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refused("no_such_day", text=text) from None
    if day > last:
        raise Refused("day_ahead", text=text)
    if day < EARLIEST:
        raise Refused("day_too_early", text=text)
    return day


class YesNo(StrEnum):
    """The two answers."""

    YES = "taip"
    NO = "ne"


def read_unit(cell: str) -> Unit:
    """vnt or kg."""
    return _choice(cell, Unit, "unknown_unit")


def read_mark(cell: str) -> Mark:
    """D, L, K or N."""
    return _choice(cell, Mark, "unknown_mark")


def read_yes(cell: str) -> bool:
    """Taip or ne."""
    return _choice(cell, YesNo, "yes_or_no") is YesNo.YES


def _choice(cell: str, of: type[Chosen], code: str) -> Chosen:
    text = read_text(cell, LONGEST_NAME)
    for one in of:
        if one.value.casefold() == text.casefold():
            return one
    raise Refused(code, text=numbers.shown(text), choices=", ".join(one.value for one in of))


# ---------- amounts ----------


def read_price(cell: str) -> int:
    """A price in cents, above zero: what is given away is a discount of 100 %."""
    return numbers.read_cents(cell, least=1)


def read_count(cell: str) -> int:
    """Good pieces or rejects of a lot: zero is one of the two at most, which the row's check sees."""
    return numbers.read_thousandths(cell, least=0)


def read_share(cell: str) -> int:
    """A maker's share, above zero."""
    try:
        return numbers.read_thousandths(cell)
    except Refused as why:
        if why.code in ("zero", "negative"):
            raise Refused("share_not_above_zero", text=numbers.shown(cell.strip())) from None
        raise


def read_sold(cell: str) -> int:
    """A quantity sold, below zero for a return, never zero."""
    value = numbers.read_thousandths(cell, least=-numbers.MOST_THOUSANDTHS)
    if not value:
        raise Refused("zero", text=numbers.shown(cell.strip()))
    return value


def read_percent(cell: str) -> int:
    """A percent; its sign may stand behind it, as a spreadsheet writes it (21%)."""
    text = cell.rstrip()
    return numbers.read_percent(text[:-1] if len(text) > 1 and text.endswith("%") else cell)


def read_vat(cell: str) -> int:
    """The VAT rate of a VAT payer."""
    return read_percent(cell)


def read_no_vat(cell: str) -> int:
    """The VAT rate of who pays none: 0."""
    rate = read_percent(cell)
    if rate:
        raise Refused("no_vat_payer", text=numbers.shown(cell.strip()))
    return rate
