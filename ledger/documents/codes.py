"""QR codes as pictures: of a statement, of the address of a page. Drawn from the words of the picture's own address, so that the
press needs no more than these."""

from __future__ import annotations

import base64
import binascii
from functools import lru_cache
from io import BytesIO

import segno

from ledger.core.code_on_paper import FORM

ADDRESS = "paper:code/"
LINK = "paper:link/"
LONGEST_LINK = 300
"""So many letters an address of a page may have: more would make squares too small to read."""


def code_address(code: str) -> str:
    """The address of the picture, for a template. Raises ValueError for what is no code of a statement."""
    if not FORM.fullmatch(code):
        raise ValueError("not a code of a statement")
    return ADDRESS + code


@lru_cache(maxsize=64)
def drawn(code: str) -> bytes:
    """The code as PNG, one dot a square and without an edge: the paper's own white is its quiet zone."""
    out = BytesIO()
    segno.make_qr(code, error="m").save(out, kind="png", border=0, scale=1)
    return out.getvalue()


def link_address(url: str) -> str:
    """The address of the picture that leads to a page, for a template. Raises ValueError for one that is too long."""
    if len(url) > LONGEST_LINK:
        raise ValueError("too long for a code")
    return LINK + base64.urlsafe_b64encode(url.encode()).decode()


@lru_cache(maxsize=64)
def drawn_link(text: str) -> bytes:
    """The code of a page's address as PNG. Raises ValueError for what `link_address` did not make."""
    try:
        url = base64.b64decode(text, altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise ValueError("not the address of a page") from None
    if not url.startswith(("http://", "https://")) or len(url) > LONGEST_LINK:
        raise ValueError("not the address of a page")
    out = BytesIO()
    segno.make_qr(url, error="m").save(out, kind="png", border=0, scale=1)
    return out.getvalue()
