"""What is brought in and what is already in the books, as frozen values; `imports.read_folder` makes a Reading of them.

Quantities are thousandths, money is cents, time is minutes, percents are thousandths of a percent. Participants
go by the workshop's own number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Generic, TypeVar

from ledger.core.csvfile import Source
from ledger.core.faults import Fault
from ledger.core.periods import Month
from ledger.core.production import Mark, Unit

Key = TypeVar("Key")
Item = TypeVar("Item")
LineKey = tuple[str, str]


@dataclass(frozen=True)
class Participant:
    """A row of dalyviai.csv; both days inclusive, `iban` without spaces and empty when paid in cash."""

    number: str
    name: str
    surname: str
    birth: date
    started: date
    ended: date | None = None
    iban: str = ""


@dataclass(frozen=True)
class Terms:
    """What a product costs and what its materials cost, cents a unit, VAT included."""

    price_cents: int
    material_cents: int


@dataclass(frozen=True)
class ProductRow:
    """A row of gaminiai.csv; `since` is None when the terms hold since always."""

    code: str
    name: str
    unit: Unit
    service: bool
    since: date | None
    terms: Terms


@dataclass(frozen=True)
class KnownProduct:
    """A product with all its terms by the day from which they hold (None: since always)."""

    name: str
    unit: Unit
    service: bool
    terms: Mapping[date | None, Terms]

    def row(self, code: str, since: date | None) -> ProductRow:
        """The product as the row that would bring in these terms."""
        return ProductRow(code, self.name, self.unit, self.service, since, self.terms[since])


@dataclass(frozen=True)
class KnownDay:
    """A person's day on the attendance sheet."""

    minutes: int
    mark: Mark


@dataclass(frozen=True)
class KnownLot:
    """A lot with the weight (thousandths) of each maker's share."""

    product: str
    day: date
    good: int
    reject: int
    makers: Mapping[str, int]


@dataclass(frozen=True)
class KnownLine:
    """A line of a sale document; `returns` is the (document, line) it takes back."""

    day: date
    channel: str
    product: str
    quantity: int
    price_cents: int
    discount: int = 0
    vat: int = 0
    returns: LineKey | None = None


class Kind(StrEnum):
    """What a row does to the books."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True)
class Taken(Generic[Key, Item]):
    """A row (of a lot: all its rows) as it would be taken.

    `line` is its first line, `old` what it replaces; it is `late` when its day lies in an approved month.
    """

    line: int
    key: Key
    kind: Kind
    new: Item
    old: Item | None = None
    late: bool = False


@dataclass(frozen=True)
class PreviewRow:
    """A row as typed and as understood (None where it was not)."""

    line: int
    typed: tuple[str, ...]
    understood: tuple[object, ...]


@dataclass(frozen=True)
class Preview:
    """How the first rows of a file were read.

    `kinds` says per column what it holds: text, day, choice, cents, thousandths, minutes or percent.
    """

    file: str
    header: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: tuple[PreviewRow, ...]


@dataclass(frozen=True)
class Counts:
    """How many rows of a file (lots: lots) are new, changed and the same."""

    new: int = 0
    changed: int = 0
    same: int = 0


@dataclass(frozen=True)
class Totals:
    """Sums over the sound rows: minutes attended, thousandths made (good) and sold by product, gross cents."""

    minutes: int = 0
    made: Mapping[str, int] = field(default_factory=dict)
    sold: Mapping[str, int] = field(default_factory=dict)
    gross_cents: int = 0


@dataclass(frozen=True)
class Reading:
    """What a folder says: its faults in order, the sound rows, how they were read. `sources` says by kind (pardavimai.csv) which
    file, and which sheet of it, was read."""

    faults: tuple[Fault, ...]
    participants: tuple[Taken[str, Participant], ...]
    products: tuple[Taken[tuple[str, date | None], ProductRow], ...]
    attendance: tuple[Taken[tuple[date, str], KnownDay], ...]
    lots: tuple[Taken[str, KnownLot], ...]
    lines: tuple[Taken[LineKey, KnownLine], ...]
    previews: tuple[Preview, ...]
    totals: Totals
    not_read: tuple[str, ...]
    sources: Mapping[str, Source] = field(default_factory=dict)

    @property
    def refused(self) -> bool:
        """Whether any fault refuses the folder."""
        return any(fault.severity == "refused" for fault in self.faults)

    @property
    def late(self) -> bool:
        """Whether a row reaches into an approved month and needs a reason to be taken as a late row."""
        return any(fault.severity == "late" for fault in self.faults)

    @property
    def taken(self) -> Mapping[str, Counts]:
        """Counts by kind of file: dalyviai, gaminiai, lankomumas, gamyba (lots), pardavimai."""
        return {
            "dalyviai": _counts([row.kind for row in self.participants]),
            "gaminiai": _counts([row.kind for row in self.products]),
            "lankomumas": _counts([row.kind for row in self.attendance]),
            "gamyba": _counts([row.kind for row in self.lots]),
            "pardavimai": _counts([row.kind for row in self.lines]),
        }


def _counts(kinds: list[Kind]) -> Counts:
    return Counts(kinds.count(Kind.NEW), kinds.count(Kind.CHANGED), kinds.count(Kind.SAME))


@dataclass(frozen=True)
class Known:
    """What is already in the books. What was logged by hand without a number stands under any key that nobody can type.

    `lines` holds every sale line, returns too: what was returned so far and what is in stock is worked out from it and
    `lots`. `approved` are the months of approved runs; `closed` those closed without one, which were declared empty, and `shut`
    what such a month books, by its key: nobody changes it, for no correction of that month will work it in.
    """

    participants: Mapping[str, Participant] = field(default_factory=dict)
    products: Mapping[str, KnownProduct] = field(default_factory=dict)
    attendance: Mapping[tuple[date, str], KnownDay] = field(default_factory=dict)
    lots: Mapping[str, KnownLot] = field(default_factory=dict)
    lines: Mapping[LineKey, KnownLine] = field(default_factory=dict)
    approved: frozenset[Month] = frozenset()
    closed: frozenset[Month] = frozenset()
    shut: Mapping[object, Month] = field(default_factory=dict)

    def after(self, reading: Reading) -> Known:
        """The books once the reading's rows are in."""
        products = dict(self.products)
        for row in reading.products:
            products[row.new.code] = _with_terms(products.get(row.new.code), row.new)
        return replace(
            self,
            participants={**self.participants, **{row.key: row.new for row in reading.participants}},
            products=products,
            attendance={**self.attendance, **{row.key: row.new for row in reading.attendance}},
            lots={**self.lots, **{row.key: row.new for row in reading.lots}},
            lines={**self.lines, **{row.key: row.new for row in reading.lines}},
        )


def _with_terms(product: KnownProduct | None, row: ProductRow) -> KnownProduct:
    terms = {**(product.terms if product else {}), row.since: row.terms}
    return KnownProduct(row.name, row.unit, row.service, terms)


def by_start(since: date | None) -> date:
    """Sort key of the day from which terms hold; since always comes first."""
    return since or date.min


def start_on(terms: Mapping[date | None, Terms], day: date) -> date | None:
    """The day from which the terms of a day hold: the last that began, else the first one, because the first import holds
    since always."""
    began = [since for since in terms if by_start(since) <= day]
    return max(began, key=by_start) if began else min(terms, key=by_start)


def terms_on(terms: Mapping[date | None, Terms], day: date) -> Terms:
    """The terms of a day."""
    return terms[start_on(terms, day)]
