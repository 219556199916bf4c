"""Goals: the social worker sets them with the person, instructor and social worker write down what they see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ledger.actions.doing import Doing, check_version
from ledger.core.access import May
from ledger.core.faults import Refused
from ledger.core.goals import check_goal, check_observation
from ledger.i18n import mark
from ledger.records import goals, people, work_steps
from ledger.records.goals import GoalRow, Observation
from ledger.sentences import learn

PICTURES = ("laikrodis", "svarstykles", "zvake", "muilas", "sasiuvinis", "atvirukas", "vainikas", "dubenelis", "maiselis",
            "obuoliai", "dezute", "dienos", "kitas")

learn({"unknown_skill": mark("No step of a product trains this skill: choose another one.")})


@dataclass(frozen=True)
class Goal:
    """A goal as it is typed; `skill` is one that steps of products train, or ""."""

    kind: str
    title: str
    picture: str
    baseline: str
    target: str
    set_on: date
    due_on: date
    skill: str = ""


def set_goal(doing: Doing, participant_ref: str, goal: Goal) -> GoalRow:
    """A new goal of a participant."""
    doing.check(May.KEEP_GOALS)
    named = people.get_participant(doing.session, doing.vault, doing.scope, participant_ref)
    _check(goal)
    _check_skill(doing, goal, "")
    row = GoalRow(organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, participant_id=named.id, version=1)
    _fill(row, goal)
    doing.session.add(row)
    doing.session.flush()
    doing.note("set_goal", "goal", row.ref, after=_values(row), person=named.person.ref,
               secret=_texts(goal))
    return row


def change_goal(doing: Doing, ref: str, version: int, goal: Goal) -> GoalRow:
    """Other words or another date for a goal that is still open."""
    doing.check(May.KEEP_GOALS)
    row = goals.get_goal(doing.session, doing.scope, ref)
    check_version(row, version)
    _check(goal)
    if row.ended_on is not None:
        raise Refused("goal_ended")
    _check_skill(doing, goal, row.skill or "")
    _fill(row, goal)
    row.version += 1
    doing.session.flush()
    doing.note("change_goal", "goal", row.ref, after=_values(row), person=_person_of(doing, row),
               secret=_texts(goal))
    return row


def end_goal(doing: Doing, ref: str, version: int) -> None:
    """The goal is reached or laid aside: it stays to be read and takes no more observations."""
    doing.check(May.KEEP_GOALS)
    row = goals.get_goal(doing.session, doing.scope, ref)
    check_version(row, version)
    if row.ended_on is not None:
        raise Refused("goal_ended")
    row.ended_on, row.version = doing.today, row.version + 1
    doing.session.flush()
    doing.note("end_goal", "goal", row.ref, after={"ended_on": doing.today})


def observe(doing: Doing, ref: str, day: date, score: int, note: str) -> Observation:
    """Write down a score of 0 to 5 steps seen on a day."""
    doing.check(May.OBSERVE_GOALS)
    row = goals.get_goal(doing.session, doing.scope, ref)
    if row.ended_on is not None:
        raise Refused("goal_ended")
    check_observation(score=score, day=day, today=doing.today, set_on=row.set_on)
    if len(note) > 500:
        raise Refused("text_too_long", at="note", most=500)
    seen = Observation(organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, goal_id=row.id, seen_on=day,
                       score=score, note=note.strip(), seen_by=doing.who.name, written_at=doing.at)
    row.observations.append(seen)
    doing.session.flush()
    doing.note("observe", "goal", row.ref, after={"day": day, "score": score}, person=_person_of(doing, row),
               secret={"note": note.strip()})
    return seen


def _person_of(doing: Doing, row: GoalRow) -> str:
    everyone = people.participants(doing.session, doing.vault, doing.scope)
    return next(one.person.ref for one in everyone if one.id == row.participant_id)


def _check(goal: Goal) -> None:
    check_goal(title=goal.title, baseline=goal.baseline, target=goal.target, set_on=goal.set_on, due_on=goal.due_on,
               kind=goal.kind)
    if len(goal.title) > 40:
        raise Refused("text_too_long", at="title", most=40)
    if goal.picture not in PICTURES:
        raise Refused("unknown_picture", at="picture")


def _check_skill(doing: Doing, goal: Goal, before: str) -> None:
    """A goal keeps the skill that it names; another one must be trained by a step."""
    trained = {row.skill for row in work_steps.steps(doing.session, doing.scope)} if goal.skill not in ("", before) else set()
    if goal.skill not in ("", before, *trained):
        raise Refused("unknown_skill", at="skill")


def _fill(row: GoalRow, goal: Goal) -> None:
    row.kind, row.picture, row.set_on, row.due_on = goal.kind, goal.picture, goal.set_on, goal.due_on
    row.title, row.baseline, row.target = goal.title.strip(), goal.baseline.strip(), goal.target.strip()
    row.skill = goal.skill or None


def _values(row: GoalRow) -> dict[str, object]:
    return {"kind": row.kind, "due_on": row.due_on, "skill": row.skill}


def _texts(goal: Goal) -> dict[str, str]:
    return {"title": goal.title, "baseline": goal.baseline, "target": goal.target}
