"""The QR code of a statement as a picture: drawn from the words of its address, so that the press needs no more than these."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

import segno

from ledger.core.code_on_paper import FORM

ADDRESS = "paper:code/"


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
