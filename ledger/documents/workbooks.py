"""A spreadsheet's file (XLSX, ODS) -> its sheets, each with the rows that the same table would have as CSV.

Nothing of the file is run, fetched or written anywhere; what it may take of memory and time is bounded (`workbook_parts`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath

import ledger.documents.workbook_words  # noqa: F401 - the sentences of what is refused here are learnt
from ledger.core.csvfile import Raw, Unreadable
from ledger.documents.workbook_ods import Ods
from ledger.documents.workbook_parts import Parts, broken
from ledger.documents.workbook_xlsx import Xlsx

ENDINGS = (".xlsx", ".xlsm", ".ods", ".xls", ".xlsb")
"""Files that are opened as workbooks; some only to say why they are not read."""


@dataclass
class Sheet:
    """A sheet of an opened file."""

    name: str
    hidden: bool
    read: Callable[[], tuple[Raw, ...]]
    _rows: tuple[Raw, ...] | None = None

    def rows(self) -> tuple[Raw, ...]:
        """The rows that hold something; read once. Raises Unreadable."""
        if self._rows is None:
            self._rows = self.read()
        return self._rows


def is_workbook(name: str) -> bool:
    """Whether a file's name is that of a workbook."""
    return PurePath(name).suffix.casefold() in ENDINGS


def sheets(data: bytes) -> list[Sheet]:
    """The sheets of a file in their order. Raises Unreadable, with line 0, for a file that is not read at all."""
    parts = Parts(data)
    if "content.xml" in parts:
        return [Sheet(page.name, page.hidden, tuple, page.rows) for page in Ods(parts).pages]
    if "[Content_Types].xml" not in parts and "xl/workbook.xml" not in parts:
        raise Unreadable("workbook_other", 0)
    if any(name.endswith("workbook.bin") for name in parts.infos):
        raise Unreadable("workbook_old", 0)
    book = Xlsx(parts)
    if not book.sheets:
        broken()
    return [Sheet(name, hidden, partial(book.rows, place)) for place, (name, hidden, _part) in enumerate(book.sheets)]
