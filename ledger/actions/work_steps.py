"""Steps of a product: adding, changing, ordering and ending them; time studies of a step; how a lot is shared by steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ledger.actions.doing import Doing, check_day, check_version
from ledger.actions.products import PICTURES
from ledger.core.access import May
from ledger.core.faults import Hidden, Refused
from ledger.core.work_steps import (
    MOST_STEPS,
    Average,
    Did,
    Step,
    Timed,
    check_step,
    check_study,
    shares_by_steps,
)
from ledger.records import production, work_steps
from ledger.records.production import LotRow, Product
from ledger.records.work_steps import LotStep, StepRow, TimeStudy, Timing

STEP_PICTURES = (
    "lydyti", "pilti", "maisyti", "svarstykles", "pjauti", "klijuoti", "lankstyti", "siuti", "dziovinti", "plauti", "etikete",
    "tikrinti", "pakuoti", *PICTURES)
"""The product's own signs that a step may have."""

Done = tuple[tuple[str, tuple[str, ...]], ...]
"""Who did which step of a lot: references of steps and of participants."""


@dataclass(frozen=True)
class Study:
    """A time study as it is typed: timings in order, each of so many `units` (thousandths)."""

    day: date
    average: Average
    units: int
    timed: tuple[Timed, ...]


def add_step(doing: Doing, product_ref: str, step: Step) -> StepRow:
    """A new step, the last of its product. Raises Refused for what is missing or not easy, and for more steps than MOST_STEPS."""
    doing.check(May.KEEP_STEPS)
    doing.gate()
    product = production.get_product(doing.session, doing.scope, product_ref)
    check_step(step, STEP_PICTURES)
    others = work_steps.steps_of(doing.session, doing.scope, product.id)
    if len([one for one in others if one.ended_on is None]) >= MOST_STEPS:
        raise Refused("too_many_steps", most=MOST_STEPS)
    row = StepRow(organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, product_id=product.id, version=1,
                  position=max((one.position for one in others), default=0) + 1)
    _fill(row, step)
    doing.session.add(row)
    doing.session.flush()
    doing.note("add_step", "product_step", row.ref, after={"product": product.code, **_values(row)})
    return row


def keep_step(doing: Doing, ref: str, version: int, step: Step) -> StepRow:
    """Change a step. What lots of the past were shared by stays: they keep the weights of their day."""
    doing.check(May.KEEP_STEPS)
    doing.gate()
    row = work_steps.get_step(doing.session, doing.scope, ref)
    check_version(row, version)
    check_step(step, STEP_PICTURES)
    before = _values(row)
    _fill(row, step)
    row.version += 1
    doing.session.flush()
    doing.note("keep_step", "product_step", row.ref, before=before, after=_values(row))
    return row


def move_step(doing: Doing, ref: str, *, up: bool) -> StepRow:
    """Change places with the step before or after it; at the end of the row nothing happens."""
    doing.check(May.KEEP_STEPS)
    doing.gate()
    row = work_steps.get_step(doing.session, doing.scope, ref)
    live = [one for one in work_steps.steps_of(doing.session, doing.scope, row.product_id) if one.ended_on is None]
    refs = [one.ref for one in live]
    if row.ref not in refs:
        raise Refused("step_ended")
    other = refs.index(row.ref) + (-1 if up else 1)
    if 0 <= other < len(live):
        before = {"position": row.position}
        row.position, live[other].position = live[other].position, row.position
        doing.session.flush()
        doing.note("move_step", "product_step", row.ref, before=before, after={"position": row.position})
    return row


def end_step(doing: Doing, ref: str, version: int) -> StepRow:
    """The step is done no more: it stays in lots of the past and is offered for none."""
    row = _ending(doing, ref, version)
    if row.ended_on is not None:
        raise Refused("step_ended")
    row.ended_on = doing.today
    doing.session.flush()
    doing.note("end_step", "product_step", row.ref, after={"ended_on": row.ended_on})
    return row


def resume_step(doing: Doing, ref: str, version: int) -> StepRow:
    """An ended step is done again, as the last one."""
    row = _ending(doing, ref, version)
    if row.ended_on is None:
        raise Refused("changed_meanwhile")
    others = work_steps.steps_of(doing.session, doing.scope, row.product_id)
    if len([one for one in others if one.ended_on is None]) >= MOST_STEPS:
        raise Refused("too_many_steps", most=MOST_STEPS)
    before = {"ended_on": row.ended_on}
    row.ended_on, row.position = None, max(one.position for one in others) + 1
    doing.session.flush()
    doing.note("resume_step", "product_step", row.ref, before=before, after={"ended_on": None})
    return row


def _ending(doing: Doing, ref: str, version: int) -> StepRow:
    doing.check(May.KEEP_STEPS)
    doing.gate()
    row = work_steps.get_step(doing.session, doing.scope, ref)
    check_version(row, version)
    row.version += 1
    return row


def _fill(row: StepRow, step: Step) -> None:
    row.name, row.words, row.picture = step.name.strip(), step.words.strip(), step.picture
    row.skill_kind, row.skill, row.weight = step.kind, step.skill.strip(), step.weight


def _values(row: StepRow) -> dict[str, object]:
    return {"name": row.name, "words": row.words, "picture": row.picture, "skill_kind": row.skill_kind, "skill": row.skill,
            "weight": row.weight}


# ---------- time studies ----------


def add_study(doing: Doing, step_ref: str, study: Study) -> TimeStudy:
    """Write a time study down; from its day on it is the step's norm. Raises Refused for too few timings that count."""
    doing.check(May.TIME_STEPS)
    doing.gate()
    step = work_steps.get_step(doing.session, doing.scope, step_ref)
    check_day(doing, study.day)
    check_study(study.timed, study.units, _product(doing, step).unit)
    own = {"organisation_id": doing.scope.organisation, "workshop_id": doing.scope.workshop}
    row = TimeStudy(**own, step_id=step.id, studied_on=study.day, average=study.average.value, units=study.units, timings=[
        Timing(**own, position=position, tenths=one.tenths, left_out=one.left_out)
        for position, one in enumerate(study.timed, 1)])
    doing.session.add(row)
    doing.session.flush()
    doing.note("add_study", "time_study", row.ref, after=_study_values(row, step))
    return row


def take_back_study(doing: Doing, ref: str) -> None:
    """Remove a time study that was a mistake; its audit entry keeps what it held."""
    doing.check(May.TIME_STEPS)
    doing.gate()
    row = work_steps.get_study(doing.session, doing.scope, ref)
    doing.note("take_back_study", "time_study", row.ref, before=_study_values(row, None))
    doing.session.delete(row)
    doing.session.flush()


def _product(doing: Doing, step: StepRow) -> Product:
    return next(one for one in production.products(doing.session, doing.scope) if one.id == step.product_id)


def _study_values(row: TimeStudy, step: StepRow | None) -> dict[str, object]:
    return {"step": step.ref if step else row.step_id, "day": row.studied_on, "average": row.average, "units": row.units,
            "tenths": [one.tenths for one in row.timings], "left_out": [one.position for one in row.timings if one.left_out]}


# ---------- a lot shared by steps ----------


@dataclass(frozen=True)
class Sharing:
    """Who did which step and what it weighs (thousandths): what `shares` come to and what is kept with the lot."""

    done: Sequence[tuple[StepRow, int, tuple[str, ...]]]

    @property
    def shares(self) -> Mapping[str, int]:
        """What each participant's part weighs, by reference."""
        return shares_by_steps([Did(step.ref, weight, people) for step, weight, people in self.done])


def sharing(doing: Doing, product: Product, done: Done, names: Mapping[str, str], lot: LotRow | None = None) -> Sharing:
    """Read who did which step of this product. Raises Refused when it has none, or somebody who made the lot did none; `names` are
    those who made it, by reference. In a `lot` that is corrected its steps keep the weights of their day, ended ones too."""
    kept = weights_kept(doing, lot) if lot else {}
    own = {one.ref: one for one in work_steps.steps_of(doing.session, doing.scope, product.id)
           if one.ended_on is None or one.id in kept}
    if not own:
        raise Refused("no_steps", at="shared_by", name=product.name)
    if not {ref for ref, _people in done} <= set(own):
        raise Hidden
    found = [(own[ref], tuple(one for one in dict.fromkeys(people) if one in names)) for ref, people in done]
    idle = [name for ref, name in names.items() if not any(ref in people for _step, people in found)]
    if idle:
        raise Refused("did_no_step", at="steps", name=idle[0])
    return Sharing([(step, kept.get(step.id, step.weight), people) for step, people in found if people])


def weights_kept(doing: Doing, lot: LotRow) -> dict[int, int]:
    """What the steps of a lot weigh in it (thousandths), by row number."""
    return {one.step_id: one.weight for one in work_steps.lot_steps(doing.session, doing.scope, [lot.id])}


def keep_sharing(doing: Doing, lot: LotRow, shared: Sharing | None, ids: Mapping[str, int]) -> None:
    """Keep with a lot who did which step (none: it is shared otherwise); `ids` are row numbers of participants by reference."""
    work_steps.forget_lot_steps(doing.session, lot.id)
    for step, weight, people in shared.done if shared else ():
        for ref in people:
            doing.session.add(LotStep(
                organisation_id=lot.organisation_id, workshop_id=lot.workshop_id, lot_id=lot.id, step_id=step.id,
                participant_id=ids[ref], weight=weight))
    doing.session.flush()
