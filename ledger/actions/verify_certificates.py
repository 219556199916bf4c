"""Verifying certificates: each is the file that was stored, under a number of its series."""

from __future__ import annotations

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.actions.verify_chains import Trouble
from ledger.records.certificates import Certificate
from ledger.records.vault import KeyGone, Vault, person_key


def numbers(session: Session) -> list[tuple[int, str]]:
    """The organisation and number of every certificate."""
    return [(organisation, str(number)) for organisation, number in session.execute(
        select(Certificate.organisation_id, Certificate.number))]


def troubles(session: Session, vault: Vault) -> list[Trouble]:
    """Certificates whose bytes are not those that were stored; one whose person was erased cannot be read, and is no trouble."""
    found = []
    for row in session.scalars(select(Certificate).order_by(Certificate.id)).yield_per(50):
        try:
            content = vault.open(session, person_key(row.person_ref), row.sealed, f"certificate:{row.ref}")
        except KeyGone:
            continue
        except ValueError:
            content = b""
        if hashlib.sha256(content).hexdigest() != row.sha256:
            found.append(Trouble(row.number, "paper_changed"))
    return found
