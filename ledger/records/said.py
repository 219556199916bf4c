"""What people wrote in their own words: reasons, names on paper. Sealed rows hold only a salted hash of it, so that the words
can be erased and the seals still hold."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection

from sqlalchemy import Text, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from ledger.records.among import among, within_scope
from ledger.records.base import Books, Scoped
from ledger.records.organisation import Scope


class Said(Books, Scoped):
    """A text and the salt of its hash; an erased one is None. Triggers let nothing but the erasing change it."""

    __tablename__ = "said"
    salt: Mapped[str] = mapped_column(Text)
    text: Mapped[str | None] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(Text)
    __table_args__ = ({"sqlite_strict": True},)


def say(session: Session, scope: Scope, text: str) -> Said:
    """Keep a text; what names it holds its `ref`, what is sealed its `sha256`."""
    salt = secrets.token_hex(16)
    row = Said(organisation_id=scope.organisation, workshop_id=scope.workshop, salt=salt, text=text, sha256=salted(salt, text))
    session.add(row)
    session.flush()
    return row


def salted(salt: str, text: str) -> str:
    """SHA-256 of salt and text."""
    return hashlib.sha256(f"{salt}\n{text}".encode("utf-8", "surrogateescape")).hexdigest()


def texts(session: Session, scope: Scope, refs: Collection[str]) -> dict[str, str]:
    """The texts by reference; "" for an erased one."""
    rows = session.execute(select(Said.ref, Said.text).where(Said.ref.in_(among(session, refs)), within_scope(Said, scope)))
    return {ref: text or "" for ref, text in rows}


def erase(session: Session, scope: Scope, ref: str) -> None:
    """Erase a text; its hash stays."""
    session.execute(update(Said).where(Said.ref == ref, within_scope(Said, scope)).values(text=None))
