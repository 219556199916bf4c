"""Steps of products with their time studies, who did which step of a lot, what a unit uses, and orders of customers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Select, Text, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from ledger.core import work_steps as core
from ledger.core.faults import Hidden
from ledger.core.work_steps import Average, Norm, Timed
from ledger.records.among import built_once
from ledger.records.base import Books, Scoped, within
from ledger.records.organisation import Scope
from ledger.records.types import Cents, Day, Flag, Key, Whole


class StepRow(Books, Scoped):
    """A step of a product: its card, the skill it trains, its weight (thousandths). Never deleted: lots of the past name it."""

    __tablename__ = "product_step"
    product_id: Mapped[int] = mapped_column(Key, index=True)
    position: Mapped[int] = mapped_column(Whole)
    name: Mapped[str] = mapped_column(Text)
    picture: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text, default="")
    skill_kind: Mapped[str] = mapped_column(Text, default="")
    skill: Mapped[str] = mapped_column(Text, default="")
    weight: Mapped[int] = mapped_column(Whole)
    ended_on: Mapped[date | None] = mapped_column(Day)
    version: Mapped[int] = mapped_column(Whole, default=1)
    __table_args__ = (
        UniqueConstraint("workshop_id", "id"), within("product_id", "product"),
        CheckConstraint("weight > 0", name="above_zero"),
        CheckConstraint("skill_kind IN ('', 'general', 'special')", name="skill_kind"), {"sqlite_strict": True})


class TimeStudy(Books, Scoped):
    """Timings of a step on a day, each of so many `units` (thousandths); the newest one up to a day is its norm."""

    __tablename__ = "time_study"
    step_id: Mapped[int] = mapped_column(Key, index=True)
    studied_on: Mapped[date] = mapped_column(Day)
    average: Mapped[str] = mapped_column(Text)
    units: Mapped[int] = mapped_column(Whole)
    timings: Mapped[list[Timing]] = relationship(
        lambda: Timing, order_by=lambda: Timing.position, lazy="selectin", foreign_keys=lambda: Timing.study_id,
        cascade="all, delete-orphan")
    __table_args__ = (
        UniqueConstraint("workshop_id", "id"), within("step_id", "product_step"),
        CheckConstraint("average IN ('mean', 'median')", name="average"),
        CheckConstraint("units > 0", name="above_zero"), {"sqlite_strict": True})

    @property
    def norm(self) -> Norm:
        """What follows from the timings."""
        timed = [Timed(one.tenths, one.left_out) for one in self.timings]
        return core.norm_of(timed, Average(self.average), self.units)


class Timing(Books, Scoped):
    """One timing in tenths of a second; one that was disturbed is left out."""

    __tablename__ = "timing"
    study_id: Mapped[int] = mapped_column(Key, ForeignKey("time_study.id"), index=True)
    position: Mapped[int] = mapped_column(Whole)
    tenths: Mapped[int] = mapped_column(Whole)
    left_out: Mapped[bool] = mapped_column(Flag, default=False)
    __table_args__ = (
        UniqueConstraint("study_id", "position"), within("study_id", "time_study"),
        CheckConstraint("tenths > 0", name="above_zero"), {"sqlite_strict": True})


class LotStep(Books, Scoped):
    """That a person did a step of a lot, with what the step weighed then (thousandths)."""

    __tablename__ = "lot_step"
    lot_id: Mapped[int] = mapped_column(Key, index=True)
    step_id: Mapped[int] = mapped_column(Key, index=True)
    participant_id: Mapped[int] = mapped_column(Key, index=True)
    weight: Mapped[int] = mapped_column(Whole)
    __table_args__ = (
        UniqueConstraint("lot_id", "step_id", "participant_id"), within("lot_id", "lot"), within("step_id", "product_step"),
        within("participant_id", "participant"), CheckConstraint("weight > 0", name="above_zero"), {"sqlite_strict": True})


class MaterialRow(Books, Scoped):
    """A line of a product's list of materials: thousandths of it for a unit of the product, cents for a unit of it."""

    __tablename__ = "product_material"
    product_id: Mapped[int] = mapped_column(Key, index=True)
    name: Mapped[str] = mapped_column(Text)
    quantity: Mapped[int] = mapped_column(Whole)
    unit: Mapped[str] = mapped_column(Text)
    unit_cents: Mapped[int] = mapped_column(Cents)
    version: Mapped[int] = mapped_column(Whole, default=1)
    __table_args__ = (
        within("product_id", "product"), CheckConstraint("quantity > 0", name="above_zero"),
        CheckConstraint("unit_cents >= 0", name="not_below_zero"), {"sqlite_strict": True})

    @property
    def line(self) -> core.Material:
        """The line as it is worked with."""
        return core.Material(self.name, self.quantity, self.unit, self.unit_cents)


class JobRow(Books, Scoped):
    """An order of a customer: `customer_ref` names who in `said`, where it can be erased; `ended_as` is "", done or off."""

    __tablename__ = "customer_job"
    product_id: Mapped[int] = mapped_column(Key, index=True)
    customer_ref: Mapped[str] = mapped_column(Text)
    taken_on: Mapped[date] = mapped_column(Day)
    due_on: Mapped[date] = mapped_column(Day)
    quantity: Mapped[int | None] = mapped_column(Whole)
    price_cents: Mapped[int | None] = mapped_column(Cents)
    ended_on: Mapped[date | None] = mapped_column(Day)
    ended_as: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(Whole, default=1)
    __table_args__ = (
        within("product_id", "product"), CheckConstraint("ended_as IN ('', 'done', 'off')", name="ended_as"),
        CheckConstraint("(ended_as = '') = (ended_on IS NULL)", name="ended"), {"sqlite_strict": True})


@built_once
def _steps(scope: Scope) -> Select[StepRow]:
    return select(StepRow).where(StepRow.organisation_id == scope.organisation, StepRow.workshop_id == scope.workshop)


def steps(session: Session, scope: Scope) -> list[StepRow]:
    """Every step of every product, ended ones too, by product and place."""
    return list(session.scalars(_steps(scope).order_by(StepRow.product_id, StepRow.position, StepRow.id)))


def steps_of(session: Session, scope: Scope, product_id: int) -> list[StepRow]:
    """The steps of a product by place, ended ones last."""
    rows = session.scalars(_steps(scope).where(StepRow.product_id == product_id).order_by(StepRow.position, StepRow.id))
    return sorted(rows, key=lambda row: row.ended_on is not None)


def get_step(session: Session, scope: Scope, ref: str) -> StepRow:
    """The step with this reference; raises Hidden outside the scope."""
    found = session.scalar(_steps(scope).where(StepRow.ref == ref))
    if found is None:
        raise Hidden
    return found


def studies_of(session: Session, scope: Scope, ids: Collection[int]) -> list[TimeStudy]:
    """Time studies of these steps, newest first."""
    return list(session.scalars(select(TimeStudy).where(
        TimeStudy.organisation_id == scope.organisation, TimeStudy.workshop_id == scope.workshop, TimeStudy.step_id.in_(ids))
        .order_by(TimeStudy.studied_on.desc(), TimeStudy.id.desc())))


def norms(session: Session, scope: Scope, ids: Collection[int], day: date) -> dict[int, TimeStudy]:
    """The study that is each step's norm on a day, by the step's row number."""
    found: dict[int, TimeStudy] = {}
    for study in studies_of(session, scope, ids):
        if study.studied_on <= day:
            found.setdefault(study.step_id, study)
    return found


def get_study(session: Session, scope: Scope, ref: str) -> TimeStudy:
    """The time study with this reference; raises Hidden outside the scope."""
    found = session.scalar(select(TimeStudy).where(
        TimeStudy.ref == ref, TimeStudy.organisation_id == scope.organisation, TimeStudy.workshop_id == scope.workshop))
    if found is None:
        raise Hidden
    return found


def lot_steps(session: Session, scope: Scope, ids: Collection[int]) -> list[LotStep]:
    """Who did which step of these lots."""
    return list(session.scalars(select(LotStep).where(
        LotStep.organisation_id == scope.organisation, LotStep.workshop_id == scope.workshop, LotStep.lot_id.in_(ids))
        .order_by(LotStep.id)))


def forget_lot_steps(session: Session, lot_id: int) -> None:
    """Before a lot is shared anew or taken back."""
    session.execute(delete(LotStep).where(LotStep.lot_id == lot_id))


def materials_of(session: Session, scope: Scope, product_id: int) -> list[MaterialRow]:
    """The materials of a product in the order of writing."""
    return list(session.scalars(select(MaterialRow).where(
        MaterialRow.organisation_id == scope.organisation, MaterialRow.workshop_id == scope.workshop,
        MaterialRow.product_id == product_id).order_by(MaterialRow.id)))


def get_material(session: Session, scope: Scope, ref: str) -> MaterialRow:
    """The line with this reference; raises Hidden outside the scope."""
    found = session.scalar(select(MaterialRow).where(
        MaterialRow.ref == ref, MaterialRow.organisation_id == scope.organisation, MaterialRow.workshop_id == scope.workshop))
    if found is None:
        raise Hidden
    return found


def jobs(session: Session, scope: Scope, *, ended: bool = False) -> list[JobRow]:
    """Orders that are open, the first due first; or those that ended, the last first."""
    rows = select(JobRow).where(JobRow.organisation_id == scope.organisation, JobRow.workshop_id == scope.workshop)
    if ended:
        return list(session.scalars(rows.where(JobRow.ended_as != "").order_by(JobRow.ended_on.desc(), JobRow.id.desc())))
    return list(session.scalars(rows.where(JobRow.ended_as == "").order_by(JobRow.due_on, JobRow.id)))


def get_job(session: Session, scope: Scope, ref: str) -> JobRow:
    """The order with this reference; raises Hidden outside the scope."""
    found = session.scalar(select(JobRow).where(
        JobRow.ref == ref, JobRow.organisation_id == scope.organisation, JobRow.workshop_id == scope.workshop))
    if found is None:
        raise Hidden
    return found
