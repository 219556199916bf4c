"""Photos of products, photos of people's work for their goals, and the provider's logo: sealed bytes, read one at a time.

A photo is never changed: another one is another row. Photos of a person's work stand under that person's key and go with it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Select, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ledger.core.faults import Hidden
from ledger.records.base import Books, Owned, Scoped, within
from ledger.records.organisation import Scope
from ledger.records.types import Bytes, Day, Instant, Key, Whole

SIZES = ("large", "small")
"""1280 and 320 dots."""


class ProductPhoto(Books, Scoped):
    """The photo of a product, at most one; `product.photo_ref` names it. Sealed under the organisation's key."""

    __tablename__ = "product_photo"
    product_id: Mapped[int] = mapped_column(Key)
    large: Mapped[bytes] = mapped_column(Bytes, deferred=True)
    small: Mapped[bytes] = mapped_column(Bytes, deferred=True)
    put_by: Mapped[str] = mapped_column(Text)
    put_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (UniqueConstraint("workshop_id", "product_id"), within("product_id", "product"), {"sqlite_strict": True})


class GoalPhoto(Books, Scoped):
    """A photo of a person's work that shows how a goal goes: the day, a few words (`words`, sealed), who put it there."""

    __tablename__ = "goal_photo"
    goal_id: Mapped[int] = mapped_column(Key, index=True)
    person_ref: Mapped[str] = mapped_column(Text, index=True)
    taken_on: Mapped[date] = mapped_column(Day)
    words: Mapped[bytes] = mapped_column(Bytes)
    width: Mapped[int] = mapped_column(Whole)
    height: Mapped[int] = mapped_column(Whole)
    large: Mapped[bytes] = mapped_column(Bytes, deferred=True)
    small: Mapped[bytes] = mapped_column(Bytes, deferred=True)
    put_by: Mapped[str] = mapped_column(Text)
    put_by_name: Mapped[str] = mapped_column(Text)
    put_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (
        within("goal_id", "goal"), CheckConstraint("width > 0 AND height > 0", name="above_zero"), {"sqlite_strict": True})


class Logo(Books, Owned):
    """The provider's logo as PNG, at most one; sealed under the organisation's key."""

    __tablename__ = "logo"
    png: Mapped[bytes] = mapped_column(Bytes)
    width: Mapped[int] = mapped_column(Whole)
    height: Mapped[int] = mapped_column(Whole)
    put_by: Mapped[str] = mapped_column(Text)
    put_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (
        UniqueConstraint("organisation_id"), CheckConstraint("width > 0 AND height > 0", name="above_zero"),
        {"sqlite_strict": True})


def _of_goals(scope: Scope) -> Select[GoalPhoto]:
    return select(GoalPhoto).where(GoalPhoto.organisation_id == scope.organisation, GoalPhoto.workshop_id == scope.workshop)


def find_product_photo(session: Session, scope: Scope, product_id: int) -> ProductPhoto | None:
    """The photo of a product without its bytes, if there is one."""
    return session.scalar(select(ProductPhoto).where(
        ProductPhoto.organisation_id == scope.organisation, ProductPhoto.workshop_id == scope.workshop,
        ProductPhoto.product_id == product_id))


def product_bytes(session: Session, scope: Scope, ref: str, size: str) -> bytes:
    """The sealed bytes of a product's photo, in one of SIZES; raises Hidden outside the scope."""
    found = session.scalar(select(ProductPhoto.small if size == "small" else ProductPhoto.large).where(
        ProductPhoto.organisation_id == scope.organisation, ProductPhoto.workshop_id == scope.workshop, ProductPhoto.ref == ref))
    if found is None or size not in SIZES:
        raise Hidden
    return found


def goal_photos(session: Session, scope: Scope, goal_id: int, *, skip: int, limit: int) -> list[GoalPhoto]:
    """A goal's photos without their bytes, the newest first, so many of them."""
    return list(session.scalars(_of_goals(scope).where(GoalPhoto.goal_id == goal_id)
                                .order_by(GoalPhoto.taken_on.desc(), GoalPhoto.id.desc()).offset(skip).limit(limit)))


def counts(session: Session, scope: Scope, goal_ids: Collection[int]) -> dict[int, int]:
    """How many photos these goals have."""
    rows = session.execute(select(GoalPhoto.goal_id, func.count()).where(
        GoalPhoto.organisation_id == scope.organisation, GoalPhoto.workshop_id == scope.workshop, GoalPhoto.goal_id.in_(goal_ids))
        .group_by(GoalPhoto.goal_id))
    return {row[0]: row[1] for row in rows}


def newest(session: Session, scope: Scope, goal_ids: Collection[int], day: date) -> dict[int, str]:
    """The newest photo up to a day of each of these goals, by its reference."""
    rows = session.execute(_of_goals(scope).with_only_columns(GoalPhoto.goal_id, GoalPhoto.ref).where(
        GoalPhoto.goal_id.in_(goal_ids), GoalPhoto.taken_on <= day).order_by(GoalPhoto.taken_on, GoalPhoto.id))
    return {row.goal_id: row.ref for row in rows}


def get_goal_photo(session: Session, scope: Scope, ref: str) -> GoalPhoto:
    """The photo with this reference, without its bytes; raises Hidden outside the scope."""
    found = session.scalar(_of_goals(scope).where(GoalPhoto.ref == ref))
    if found is None:
        raise Hidden
    return found


def find_logo(session: Session, scope: Scope) -> Logo | None:
    """The logo of the organisation, if it has one."""
    return session.scalar(select(Logo).where(Logo.organisation_id == scope.organisation))
