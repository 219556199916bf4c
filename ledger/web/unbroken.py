"""Dates and codes within tables: never broken at their hyphens, and copied as they are written."""

from __future__ import annotations

import re

from markupsafe import Markup

_PIECES = re.compile(
    r"<(?P<raw>option|textarea|script|style|svg|time)\b.*?</(?P=raw)\s*>"
    r"|<[^>]*>"
    r"|(?<![\w-])(?P<date>\d{4}-\d\d-\d\d(?: \d\d:\d\d)?)(?![\w-])"
    r"|(?<![\w-])(?P<code>[^\W\d_]{1,6}(?:-\d+)+(?:/\d+)?)(?![\w-])", re.DOTALL)


def unbroken(html: str) -> Markup:
    """The markup of a table with its dates and codes (KOM-2026-10-2/8) kept in one piece; what stands in tags is left alone."""
    return Markup(_PIECES.sub(_kept, html))  # noqa: S704 - markup came in, and only two fixed tags were put around digits and letters


def _kept(found: re.Match[str]) -> str:
    if found["date"]:
        return f'<time class="date">{found["date"]}</time>'
    return f'<span class="nowrap">{found["code"]}</span>' if found["code"] else found[0]
