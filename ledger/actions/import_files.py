"""What was sent -> which table is which: a CSV file by its name, a workbook by its own name or by those of its sheets.

A workbook named after a kind (pardavimai.xlsx) gives its one sheet with something in it, or the sheet of that name; which one is
meant is asked when there are more. Any other workbook gives every sheet that is named after a kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePath

from ledger.core.csvfile import Source, Table, Unreadable
from ledger.core.imports import FILES
from ledger.core.numbers import shown
from ledger.documents import workbooks
from ledger.documents.workbooks import Sheet

KINDS = {name.removesuffix(".csv"): name for name in FILES}
"""The files by their names without ending."""

Sent = bytes | Table


def tables(files: Mapping[str, Sent], wanted: Callable[[str], bool] = lambda _kind: True) -> dict[str, Sent]:
    """The tables that the files hold, by a name that tells which file and sheet; `wanted` says of a kind whether it is read at
    all (an unread one keeps no rows)."""
    found: dict[str, Sent] = {}
    for name, data in files.items():
        if isinstance(data, Table) or not workbooks.is_workbook(name):
            found[name] = data
        else:
            for table in _opened(name, data, wanted):
                own = label(table.source)
                found[own if own not in found else f"{own} ({len(found) + 1})"] = table
    return found


def label(source: Source) -> str:
    """A file, with its sheet when it is a workbook."""
    return f"{source.file}: {shown(source.sheet)}" if source.sheet else source.file


def kind_of(name: str, sent: Sent) -> str:
    """Which kind this is (pardavimai.csv); "" for none."""
    kind = sent.kind if isinstance(sent, Table) else name.casefold()
    return kind if kind in FILES else ""


def _opened(name: str, data: bytes, wanted: Callable[[str], bool]) -> Iterator[Table]:
    own = KINDS.get(PurePath(name).stem.strip().casefold(), "")
    if own and not wanted(own):
        yield Table(own, Source(name))
        return
    try:
        sheets = workbooks.sheets(data)
        chosen = _chosen(own, sheets)
    except Unreadable as why:
        yield Table(own, Source(name), (), why)
        return
    for place, kind in chosen.items():
        source = Source(name, sheets[place].name or str(place + 1))
        yield _table(kind, source, sheets[place]) if wanted(kind) else Table(kind, source)
    for place, sheet in enumerate(sheets):
        if place not in chosen and _holds_something(sheet):
            yield Table("", Source(name, sheet.name or str(place + 1)))


def _holds_something(sheet: Sheet) -> bool:
    try:
        return bool(sheet.rows())
    except Unreadable:
        return True


def _table(kind: str, source: Source, sheet: Sheet) -> Table:
    try:
        return Table(kind, source, sheet.rows())
    except Unreadable as why:
        return Table(kind, source, (), why)


def _chosen(own: str, sheets: list[Sheet]) -> dict[int, str]:
    """Which sheets are read, and as what. Raises Unreadable when a workbook named after one kind leaves it open."""
    seen = [place for place, sheet in enumerate(sheets) if not sheet.hidden]
    named = {place: KINDS[word] for place in seen if (word := sheets[place].name.strip().casefold()) in KINDS}
    if not own:
        return named
    of_kind = [place for place, kind in named.items() if kind == own]
    if not of_kind and len(seen) > 1:
        of_kind = [place for place in seen if sheets[place].rows()]
    elif not of_kind:
        of_kind = seen
    if len(of_kind) > 1:
        names = ", ".join(f"„{shown(sheets[place].name)}“" for place in of_kind[:10])
        raise Unreadable("which_sheet", 0, sheets=names, name=own.removesuffix(".csv"))
    if not of_kind:
        raise Unreadable("empty_file", 0)
    return {of_kind[0]: own}
