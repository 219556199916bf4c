"""Sharing a lot by steps: what the form of a lot offers, what it says, and how a lot of the past is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request
from wtforms import SelectMultipleField

from ledger.actions.work_steps import Done
from ledger.records import work_steps
from ledger.records.people import Named
from ledger.records.production import LotRow, Product
from ledger.records.work_steps import StepRow
from ledger.web.session import Turn


@dataclass(frozen=True)
class Offer:
    """Steps of each product, by its reference, and which product is chosen ("" none yet); `done` is what a lot holds already."""

    steps: Mapping[str, Sequence[StepRow]] = field(default_factory=dict)
    chosen: str = ""
    done: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def rows(self) -> Sequence[StepRow]:
        """The steps of the chosen product."""
        return self.steps.get(self.chosen, ())

    def fields(self) -> dict[str, Any]:  # Any: fields of WTForms
        """A field for each step: who did it."""
        return {f"step_{row.ref}": SelectMultipleField(row.name, validate_choice=False) for row in self.rows}

    @property
    def given(self) -> dict[str, list[str]]:
        """What these fields hold for the lot that is shown."""
        return {f"step_{ref}": list(people) for ref, people in self.done.items()}

    def told(self) -> dict[str, list[tuple[str, str, str]]]:
        """For the script: reference, name and picture of each step, by product."""
        return {ref: [(row.ref, row.name, row.picture) for row in rows] for ref, rows in self.steps.items()}


def offer(turn: Turn, products: Sequence[Product], lot: LotRow | None = None, by_id: Mapping[int, Named] | None = None) -> Offer:
    """The steps that are done now, and those a lot was shared by; one query, two with a lot."""
    rows = work_steps.steps(turn.session, turn.doing.scope)
    held = work_steps.lot_steps(turn.session, turn.doing.scope, [lot.id]) if lot else []
    kept, refs = {one.step_id for one in held}, {row.id: row.ref for row in rows}
    done: dict[str, list[str]] = {}
    for one in held:
        done.setdefault(refs[one.step_id], []).append((by_id or {})[one.participant_id].ref)
    codes = {one.id: one.ref for one in products}
    found: dict[str, list[StepRow]] = {}
    for row in rows:
        if row.ended_on is None or row.id in kept:
            found.setdefault(codes[row.product_id], []).append(row)
    own = codes.get(lot.product_id, "") if lot else ""
    return Offer(found, request.form.get("product", own), done)


def done_of(form: Any) -> Done:
    """What a form says: who did which step."""
    return tuple((row.ref, tuple(form[f"step_{row.ref}"].data or ())) for row in form.offered.rows)


def shown(turn: Turn, lot: LotRow, named: Mapping[int, Named]) -> list[tuple[str, str, int, bool, str]]:
    """How a lot was shared by steps: picture, name, weight then (thousandths), whether the step has ended, who did it."""
    held = work_steps.lot_steps(turn.session, turn.doing.scope, [lot.id])
    if not held or not named:
        return []
    people: dict[int, list[str]] = {}
    weights = {one.step_id: one.weight for one in held}
    for one in held:
        people.setdefault(one.step_id, []).append(named[one.participant_id].name)
    rows = [row for row in work_steps.steps_of(turn.session, turn.doing.scope, lot.product_id) if row.id in people]
    return [(row.picture, row.name, weights[row.id], row.ended_on is not None, ", ".join(people[row.id])) for row in rows]
