"""What was brought back from a backup, by whom, and the numbers that are skipped because they had been issued after it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ledger.records.base import Books, Owned
from ledger.records.types import Instant, Whole


class Restored(Books, Owned):
    """One restoring: the backup (its file's SHA-256, when it was made), the chain's heads before and after (`replaced` is 0 and
    empty where no books stood), the two who did it, and the salted hash of their reason (its text stands in `said`)."""

    __tablename__ = "restored"
    at: Mapped[datetime] = mapped_column(Instant)
    backup_made_at: Mapped[datetime] = mapped_column(Instant)
    backup_sha256: Mapped[str] = mapped_column(Text)
    backup_sequence: Mapped[int] = mapped_column(Whole)
    backup_hash: Mapped[str] = mapped_column(Text)
    replaced_sequence: Mapped[int] = mapped_column(Whole)
    replaced_hash: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    second: Mapped[str] = mapped_column(Text)
    said_ref: Mapped[str] = mapped_column(Text, default="")
    said_sha256: Mapped[str] = mapped_column(Text, default="")
    app_version: Mapped[str] = mapped_column(Text)
    __table_args__ = (CheckConstraint("actor <> second", name="two_people"), {"sqlite_strict": True})


class SkippedNumber(Books, Owned):
    """Numbers `first` to `last` of a series that stand on papers issued after the backup: never given again."""

    __tablename__ = "skipped_number"
    kind: Mapped[str] = mapped_column(Text)
    year: Mapped[int] = mapped_column(Whole)
    first: Mapped[int] = mapped_column(Whole)
    last: Mapped[int] = mapped_column(Whole)
    restored_ref: Mapped[str] = mapped_column(Text, index=True)
    __table_args__ = (
        UniqueConstraint("organisation_id", "kind", "year", "first"),
        CheckConstraint("first > 0 AND first <= last", name="some"), {"sqlite_strict": True})


def skipped(session: Session) -> dict[tuple[int, str], set[int]]:
    """The skipped numbers of every organisation's series, by organisation and series (SL-2026)."""
    found: dict[tuple[int, str], set[int]] = {}
    for row in session.scalars(select(SkippedNumber).order_by(SkippedNumber.id)):
        found.setdefault((row.organisation_id, f"{row.kind}-{row.year}"), set()).update(range(row.first, row.last + 1))
    return found
