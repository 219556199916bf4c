"""Keys and ciphers: identities and papers are AES-GCM under a key per person or per month, each wrapped by the master key.

Destroying a key row makes everything under it unreadable for good; sums and the hash chain stay (design/ledger.md, last section).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ledger.records.base import Books, Owned
from ledger.records.types import Bytes

NONCE = 12


class SecretKey(Books, Owned):
    """A data key, wrapped: `subject` is person:<ref>, month:<workshop ref>:<month>, customer:<ref> or organisation:<ref>."""

    __tablename__ = "secret_key"
    subject: Mapped[str] = mapped_column(Text, unique=True)
    wrapped: Mapped[bytes] = mapped_column(Bytes)


class KeyGone(Exception):
    """The key of this subject was destroyed: what stood under it is gone."""


class Vault:
    """Seals and opens with the master key; remembers unwrapped keys for as long as it lives."""

    def __init__(self, master: bytes) -> None:
        if len(master) != 32:
            raise ValueError("the master key has 32 bytes")
        self._master = AESGCM(master)
        self._mac = hmac.new(master, b"equality of accounts and codes", hashlib.sha256).digest()
        self._keys: dict[str, AESGCM] = {}

    def make_key(self, session: Session, organisation: int, subject: str) -> None:
        """A fresh key for a subject that has none."""
        raw = secrets.token_bytes(32)
        session.add(SecretKey(organisation_id=organisation, subject=subject, wrapped=self._wrap(subject, raw)))
        session.flush()
        self._keys[subject] = AESGCM(raw)

    def has_key(self, session: Session, subject: str) -> bool:
        """Whether a key of this subject is there."""
        return session.scalar(select(SecretKey.id).where(SecretKey.subject == subject)) is not None

    def try_one(self, session: Session) -> None:
        """Unwrap the newest key, if there is one; raises ValueError when the master key is of other books."""
        newest = session.scalar(select(SecretKey).order_by(SecretKey.id.desc()).limit(1))
        if newest is not None:
            self._unwrap(newest.subject, newest.wrapped)

    def load(self, session: Session, subjects: list[str]) -> None:
        """Unwrap many keys with one query."""
        wanted = [subject for subject in subjects if subject not in self._keys]
        if wanted:
            for row in session.scalars(select(SecretKey).where(SecretKey.subject.in_(wanted))):
                self._keys[row.subject] = AESGCM(self._unwrap(row.subject, row.wrapped))

    def seal(self, session: Session, subject: str, data: bytes, bound_to: str) -> bytes:
        """Encrypt under the subject's key, bound to a place (table:row): moved to another row it does not open."""
        nonce = os.urandom(NONCE)
        return nonce + self._key(session, subject).encrypt(nonce, data, bound_to.encode())

    def open(self, session: Session, subject: str, sealed: bytes, bound_to: str) -> bytes:
        """Decrypt; raises KeyGone when the key was destroyed and ValueError when the bytes were changed."""
        try:
            return self._key(session, subject).decrypt(sealed[:NONCE], sealed[NONCE:], bound_to.encode())
        except InvalidTag:
            raise ValueError(f"sealed data of {bound_to} were changed or moved") from None

    def mac(self, text: str) -> str:
        """A keyed hash, the same for the same text: equality of account numbers without reading them."""
        return hmac.new(self._mac, text.encode(), hashlib.sha256).hexdigest()

    def _key(self, session: Session, subject: str) -> AESGCM:
        self.load(session, [subject])
        if subject not in self._keys:
            raise KeyGone(subject)
        return self._keys[subject]

    def _wrap(self, subject: str, raw: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + self._master.encrypt(nonce, raw, subject.encode())

    def _unwrap(self, subject: str, wrapped: bytes) -> bytes:
        try:
            return self._master.decrypt(wrapped[:NONCE], wrapped[NONCE:], subject.encode())
        except InvalidTag:
            raise ValueError("the master key does not fit these books") from None


def person_key(person_ref: str) -> str:
    """The subject of a person's key."""
    return f"person:{person_ref}"


def month_key(workshop_ref: str, month: str) -> str:
    """The subject of the key of a month's papers on many people."""
    return f"month:{workshop_ref}:{month}"


def organisation_key(organisation_ref: str) -> str:
    """The subject of the key of what an organisation keeps that is of nobody: photos of products, its logo."""
    return f"organisation:{organisation_ref}"


def make_master(path: Path) -> str:
    """Write a new master key, readable by its owner only, and return it as text to print; raises FileExistsError."""
    raw = secrets.token_bytes(32)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(base64.b32encode(raw) + b"\n")
    return base64.b32encode(raw).decode()


def open_vault(path: Path) -> Vault:
    """The vault of the master key in a file; raises FileNotFoundError or ValueError with a plain sentence."""
    return Vault(base64.b32decode(path.read_bytes().strip()))


def fingerprint(token: str) -> str:
    """SHA-256 of a random token of 128 bits or more: what is kept of badges, devices and sessions."""
    return hashlib.sha256(token.encode()).hexdigest()
