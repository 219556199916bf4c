"""The code on a statement: its number, its sum, and a check over what was sealed, so that paper and books can be held together.

DIRBTUVE:SL-2026-0001:16643:0123456789ABCDEF. Only capitals, digits, colons and hyphens: a small QR code holds them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from hashlib import sha256

PREFIX = "DIRBTUVE"
CHECK_LETTERS = 16
"""Hexadecimal digits of the check: 64 bits, which nobody makes another statement fit by trying."""

Line = tuple[str, str, str, int]
"""A line as it was sealed: part, kind, payer, cents."""

FORM = re.compile(r"DIRBTUVE:[A-Z]{2}-[0-9]{4}-[0-9]{4,}:[0-9]+:[0-9A-F]{16}")
"""What a code looks like."""


def check(seen: str, number: str, person: str, cents: int, lines: Iterable[Line]) -> str:
    """The check of a statement: over the hash of its run (`seen`), its number, the person's reference, its sum in cents and its
    lines in their order."""
    text = json.dumps([seen, number, person, cents, [list(line) for line in lines]], ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()[:CHECK_LETTERS].upper()


def correction_code(seen: str, number: str, person: str, parts: tuple[int, int, int, int, int]) -> str:
    """The code of a correction statement: over the hash of the correction, its number, the person, and the cents of `parts`:
    before, after, what is paid now (the sum in the code), what becomes a debt, what the reserve bears."""
    lines = [(name, "", "", cents) for name, cents in zip(("before", "after", "plus", "debt", "borne"), parts, strict=True)]
    return code(seen, number, person, parts[2], lines)


def code(seen: str, number: str, person: str, cents: int, lines: Iterable[Line]) -> str:
    """The whole code of a statement; see `check`."""
    return f"{PREFIX}:{number}:{cents}:{check(seen, number, person, cents, lines)}"
