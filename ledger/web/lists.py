"""Lists, all in one way: what is asked for stands in the address, so many rows a page, and everything found as CSV or XLSX."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import Response, request, url_for

from ledger.core.periods import Month
from ledger.documents.sheets import Sheet, csv_of, xlsx_of
from ledger.web.papers import file
from ledger.web.session import Turn

A_PAGE = 50
LONGEST_WORD = 60
FILES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}

Row = TypeVar("Row")


@dataclass(frozen=True)
class Paged(Generic[Row]):
    """A page of what was found: its rows, how many there are in all, the page and the last one, from 1."""

    rows: list[Row]
    count: int
    page: int
    last: int


def asked(name: str) -> str:
    """What the address asks for by this name; "" when it does not."""
    return request.args.get(name, "").strip()[:LONGEST_WORD]


def fits(word: str, *texts: str | None) -> bool:
    """Whether a word stands in one of these texts, small or large letters alike."""
    return word.casefold() in " ".join(text for text in texts if text).casefold()


def paged(found: Sequence[Row], size: int = A_PAGE) -> Paged[Row]:
    """The page that the address asks for; a number beyond the last gives the last one."""
    last = max(1, -(-len(found) // size))
    page = min(max(1, request.args.get("page", 1, int)), last)
    return Paged(list(found[(page - 1) * size:page * size]), len(found), page, last)


def address(**changed: object) -> str:
    """This list with something else asked for; what is None or "" is left out."""
    kept = {name: value for name, value in request.args.items() if name not in ("page", "file")}
    given = {**(request.view_args or {}), **kept, **changed}
    return url_for(request.endpoint or "", **{name: value for name, value in given.items() if value not in (None, "")})


def of_month(month: Month) -> Callable[..., str]:
    """`address` for a list of this month, also when the address itself does not say it."""
    return lambda **changed: address(**{"month": str(month), **changed})


def wanted_file() -> str:
    """As which file the list is asked for: csv, xlsx or "" (as a page)."""
    kind = request.args.get("file", "")
    return kind if kind in FILES else ""


def file_of(turn: Turn, sheets: Sequence[Sheet], name: str) -> Response:
    """The list as the file that is asked for."""
    kind = wanted_file()
    content = xlsx_of(sheets, turn.doing.at) if kind == "xlsx" else csv_of(sheets)
    return file(content, f"{name}.{kind}", FILES[kind])
