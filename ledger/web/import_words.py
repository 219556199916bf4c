"""Rows of brought-in files in words: how cells were understood, and what a changed row was before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger import i18n
from ledger.core.imported import Kind, KnownDay, KnownLine, KnownLot, Participant, Preview, ProductRow, Reading, Taken
from ledger.core.numbers import shown
from ledger.core.production import Mark
from ledger.i18n import gettext as _
from ledger.i18n import pgettext

MOST_CHANGES = 100


@dataclass(frozen=True)
class Change:
    """A row that changes the books: where it stands, what it is, what was and what will be."""

    file: str
    line: int
    what: str
    old: str
    new: str
    late: bool


@dataclass(frozen=True)
class Cell:
    """A cell as typed; `understood` is "" when it says the same, `lost` when it could not be read."""

    typed: str
    understood: str
    lost: bool


@dataclass(frozen=True)
class Table:
    """The first rows of a file: column names, and by line the cells."""

    file: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]


def place_of(reading: Reading, kind: str) -> str:
    """The file that was read as this kind (pardavimai.csv), with the sheet when it is a workbook."""
    source = reading.sources.get(kind)
    if source is None or not source.sheet:
        return source.file if source else kind
    return _("%(file)s, sheet “%(sheet)s”", file=source.file, sheet=shown(source.sheet))


def previews(reading: Reading) -> list[Table]:
    """How the first rows of each file were read."""
    return [_preview(one, place_of(reading, one.file)) for one in reading.previews]


def _preview(one: Preview, place: str) -> Table:
    rows = tuple((row.line, tuple(_cell(kind, typed, value) for kind, typed, value in
                                  zip(one.kinds, row.typed, row.understood, strict=False))) for row in one.rows)
    return Table(place, one.header, rows)


def _cell(kind: str, typed: str, value: object) -> Cell:
    if value is None:
        return Cell(typed, "", bool(typed.strip()))
    text = understood(kind, value)
    return Cell(typed, "" if text == typed.strip() else text, lost=False)


def understood(kind: str, value: Any) -> str:
    """A cell's value as people read it; `kind` is what the column holds."""
    if isinstance(value, bool):
        return _yes(value)
    if isinstance(value, Mark):
        return mark_word(value)
    if isinstance(value, date):
        return i18n.day(value)
    if isinstance(value, int):
        ways: dict[str, Callable[[int], str]] = {
            "cents": i18n.money, "thousandths": i18n.quantity, "percent": i18n.percent, "minutes": _hours}
        return ways[kind](value) if kind in ways else str(value)
    if isinstance(value, tuple):
        return "/".join(str(one) for one in value)
    return str(value)


def _hours(minutes: int) -> str:
    return _("%(hours)s h", hours=i18n.hours(minutes))


def mark_word(mark: Mark) -> str:
    """A mark in words; illness is not told from other good reasons."""
    words = {Mark.ATTENDED: pgettext("cell", "attended"), Mark.UNEXCUSED: pgettext("cell", "without reason")}
    return words.get(mark, pgettext("cell", "excused"))


def _yes(true: bool) -> str:
    return pgettext("cell", "yes") if true else pgettext("cell", "no")


def changes(reading: Reading) -> list[Change]:
    """The rows that change what is in the books, file by file."""
    return [
        *_of(place_of(reading, "dalyviai.csv"), reading.participants, lambda row: str(row.key), _participant),
        *_of(place_of(reading, "gaminiai.csv"), reading.products, lambda row: str(row.key[0]), _product),
        *_of(place_of(reading, "lankomumas.csv"), reading.attendance, lambda row: f"{i18n.day(row.key[0])}, {row.key[1]}", _day),
        *_of(place_of(reading, "gamyba.csv"), reading.lots, lambda row: str(row.key), _lot),
        *_of(place_of(reading, "pardavimai.csv"), reading.lines, lambda row: "/".join(row.key), _line)]


def _of(file: str, rows: Sequence[Taken[Any, Any]], what: Any, say: Any) -> Iterable[Change]:
    return [Change(file, row.line, what(row), *_differing(say(row.old), say(row.new)), row.late)
            for row in rows if row.kind is Kind.CHANGED]


def _differing(old: dict[str, str], new: dict[str, str]) -> tuple[str, str]:
    """Only what differs, each with its word."""
    names = [name for name in new if old.get(name) != new[name]]
    before, after = ("; ".join(f"{name} {side.get(name) or '–'}" for name in names) for side in (old, new))
    return before, after


def _participant(one: Participant) -> dict[str, str]:
    return {
        pgettext("cell", "who"): f"{one.name} {one.surname}",
        pgettext("cell", "born"): i18n.day(one.birth),
        pgettext("cell", "since"): i18n.day(one.started),
        pgettext("cell", "until"): i18n.day(one.ended) if one.ended else "",
        pgettext("cell", "account"): f"{one.iban[:4]} •••• {one.iban[-4:]}" if one.iban else ""}


def _product(one: ProductRow) -> dict[str, str]:
    return {
        pgettext("cell", "name"): one.name,
        pgettext("cell", "counted in"): i18n.unit_name(one.unit.value),
        pgettext("cell", "service"): _yes(one.service),
        pgettext("cell", "price"): i18n.money(one.terms.price_cents),
        pgettext("cell", "materials"): i18n.money(one.terms.material_cents),
        pgettext("cell", "holds from"): i18n.day(one.since) if one.since else ""}


def _day(one: KnownDay) -> dict[str, str]:
    return {pgettext("cell", "hours"): i18n.hours(one.minutes), pgettext("cell", "mark"): mark_word(one.mark)}


def _lot(one: KnownLot) -> dict[str, str]:
    return {
        pgettext("cell", "day"): i18n.day(one.day),
        pgettext("cell", "product"): one.product,
        pgettext("cell", "good"): i18n.quantity(one.good),
        pgettext("cell", "rejects"): i18n.quantity(one.reject),
        pgettext("cell", "makers"): ", ".join(f"{number} ({i18n.quantity(weight)})" for number, weight in one.makers.items())}


def _line(one: KnownLine) -> dict[str, str]:
    return {
        pgettext("cell", "day"): i18n.day(one.day),
        pgettext("cell", "to whom"): one.channel,
        pgettext("cell", "product"): one.product,
        pgettext("cell", "quantity"): i18n.quantity(one.quantity),
        pgettext("cell", "price"): i18n.money(one.price_cents),
        pgettext("cell", "discount"): i18n.percent(one.discount),
        pgettext("cell", "VAT"): i18n.percent(one.vat),
        pgettext("cell", "returned line"): "/".join(one.returns) if one.returns else ""}
