"""One file while it is being read: its rows cell by cell and the faults found so far, at most one a cell."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ledger.core import csvfile
from ledger.core.csvfile import Table
from ledger.core.faults import Fault, Refused, Value
from ledger.core.import_cells import Column
from ledger.core.imported import Preview, PreviewRow
from ledger.core.periods import Month

PREVIEW_ROWS = 5
_TYPED = 200


@dataclass
class Draft:
    """A row: `cells` holds the values of its sound cells only.

    A `mute` row (too short, too long) has its one fault already; a `same` row changes nothing, so that what is odd
    in it is not said again.
    """

    line: int
    typed: tuple[str, ...]
    cells: dict[str, Any] = field(default_factory=dict)
    mute: bool = False
    late: bool = False
    refused: bool = False
    same: bool = False

    def has(self, *columns: str) -> bool:
        """Whether all these cells are sound."""
        return all(column in self.cells for column in columns)


class Sheet:
    """A file of the folder; when it is not `readable`, nothing is said about what is missing because of that."""

    def __init__(self, file: str, columns: Sequence[Column]) -> None:
        self.file = file
        self.columns = {column.name: column for column in columns}
        self.header: tuple[str, ...] = ()
        self.drafts: list[Draft] = []
        self.readable = True
        self.workbook = False
        self._found: dict[tuple[int, str], Fault] = {}

    # ---------- faults ----------

    def refuse(self, draft: Draft, column: str, code: str, /, **values: Value) -> None:
        """The cell is wrong: the first such fault of a cell counts, and the cell is sound no more."""
        draft.cells.pop(column, None)
        if not draft.mute:
            draft.refused = True
            self._note(Fault(self.file, draft.line, column, code, "refused", values))

    def warn(self, draft: Draft, column: str, code: str, /, **values: Value) -> None:
        """The cell is odd but taken."""
        if not draft.mute and not draft.same:
            self._note(Fault(self.file, draft.line, column, code, "warning", values))

    def check_open(self, draft: Draft, column: str, code: str, months: Sequence[Month]) -> None:
        """The row reaches into an approved month: taken only with a reason, as a late row."""
        if months and not draft.mute:
            draft.late = True
            self._note(Fault(self.file, draft.line, column, code, "late", {"month": str(months[0])}))

    def refuse_file(self, line: int, column: str, code: str, /, **values: Value) -> None:
        """The file, or what follows this line, cannot be read."""
        self.readable = False
        self._note(Fault(self.file, line, column, code, "refused", values))

    def faults(self) -> list[Fault]:
        """All faults by line, then in the order of the columns."""
        places = {name: place for place, name in enumerate(self.header or self.columns)}
        return sorted(self._found.values(), key=lambda fault: (fault.line, places.get(fault.column, -1)))

    def _note(self, fault: Fault) -> None:
        self._found.setdefault((fault.line, fault.column), fault)

    # ---------- reading ----------

    def read(self, sent: bytes | Table) -> None:
        """Read all rows of a CSV file, or of a workbook's sheet, cell by cell."""
        self.workbook = isinstance(sent, Table)
        try:
            rows = sent.each() if isinstance(sent, Table) else csvfile.rows(csvfile.decode(sent))
            head = next(rows, None)
            if head is None:
                self.refuse_file(1, "", "empty_file")
            elif self._read_header(head):
                self._read_rows(rows)
        except csvfile.Unreadable as why:
            self.refuse_file(why.line, "", why.code, **why.values)

    def _read_header(self, head: csvfile.Raw) -> bool:
        may_lack = [column.name for column in self.columns.values() if column.may_lack]
        self.header, wrong = csvfile.header(head.cells, list(self.columns), may_lack)
        columns = ", ".join(f"„{name}“" for name in self.columns)
        for column, code in wrong:
            self.refuse_file(head.line, column, code, name=column, columns=columns)
        return not wrong

    def _read_rows(self, rows: Iterator[csvfile.Raw]) -> None:
        readers = [_remembering(self.columns[name]) for name in self.header]
        lacking = dict.fromkeys(name for name in self.columns if name not in self.header)
        for raw in rows:
            draft = Draft(raw.line, raw.cells, dict(lacking))
            self.drafts.append(draft)
            self._check_width(draft)
            if raw.wrong:
                self._refuse_wrong(draft, raw.wrong)
            for name, cell, read in zip(self.header, raw.cells, readers, strict=False):
                value = read(cell)
                if isinstance(value, Refused):
                    self.refuse(draft, name, value.code, **value.values)
                else:
                    draft.cells[name] = value
            for place in raw.wrong:
                draft.cells.pop(self._column(place), None)

    def _column(self, place: int) -> str:
        return self.header[place] if place < len(self.header) else ""

    def _refuse_wrong(self, draft: Draft, wrong: Mapping[int, Refused]) -> None:
        """What the reader of the workbook could not take."""
        for place, why in sorted(wrong.items()):
            if place < len(self.header):
                self.refuse(draft, self.header[place], why.code, **why.values)

    def _check_width(self, draft: Draft) -> None:
        width = len(self.header)
        if len(draft.typed) < width:
            self.refuse(draft, self.header[len(draft.typed)], "short_row", cells=len(draft.typed), columns=width)
            draft.mute = True
        elif any(cell.strip() for cell in draft.typed[width:]):
            code = "beyond_columns" if self.workbook else "long_row"
            self.refuse(draft, self.header[-1], code, cells=len(draft.typed), columns=width)
            draft.mute = True

    # ---------- looking at the rows ----------

    def having(self, *columns: str) -> list[Draft]:
        """The rows in which all these cells are sound."""
        return [draft for draft in self.drafts if draft.has(*columns)]

    def sound(self) -> list[Draft]:
        """The rows in which every cell is sound."""
        return [draft for draft in self.drafts if not draft.refused and not draft.mute]

    def check_once(self, key: Sequence[str], at: str, code: str) -> None:
        """A key may stand once; the second names the line of the first."""
        first: dict[tuple[object, ...], int] = {}
        for draft in self.having(*key):
            values = tuple(draft.cells[column] for column in key)
            line = first.setdefault(values, draft.line)
            if line != draft.line:
                named = {f"key_{place}": _said(value) for place, value in enumerate(values, 1)}
                self.refuse(draft, at, code, line=line, **named)

    def preview(self) -> Preview:
        """How the first rows were read."""
        rows = tuple(
            PreviewRow(
                draft.line,
                tuple(_visible(cell) for cell in draft.typed[: len(self.header)]),
                tuple(draft.cells.get(name) for name in self.header),
            )
            for draft in self.drafts[:PREVIEW_ROWS]
        )
        return Preview(self.file, self.header, tuple(self.columns[name].kind for name in self.header if name), rows)


def _remembering(column: Column) -> Callable[[str], object]:
    """Read a cell, or say why not; the same text is read once."""
    known: dict[str, object] = {}

    def read(cell: str) -> object:
        if cell not in known:
            known[cell] = _read_cell(column, cell)
        return known[cell]

    return read


def _read_cell(column: Column, cell: str) -> object:
    if column.may_be_empty and not cell.strip():
        return None
    try:
        return column.read(cell)
    except Refused as why:
        return why


def _said(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _visible(cell: str) -> str:
    """A typed cell that can be shown: invisible characters are replaced."""
    text = cell[:_TYPED]
    return text if text.isprintable() else "".join(
        "\ufffd" if unicodedata.category(letter).startswith("C") else letter for letter in text
    )
