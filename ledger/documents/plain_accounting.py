"""Files for Beancount and hledger: UTF-8 text."""

from __future__ import annotations

from ledger.core import plain_text_accounting as plain
from ledger.core.plain_text_accounting import Ledger


def beancount_file(ledger: Ledger) -> bytes:
    """What `bean-check` takes."""
    return plain.beancount(ledger).encode()


def hledger_file(ledger: Ledger) -> bytes:
    """What `hledger check --strict` takes."""
    return plain.hledger(ledger).encode()
