"""What a calculation carries inside its PDF for machines: the person's own part of the run as JSON, and nobody else's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.core.explanation import MARK_REASONS, DayReason, DayRow, LineRow, PersonExplanation, TraceRow
from ledger.core.frozen_text import written
from ledger.core.production import Mark
from ledger.core.schemes import Scheme

FORM = 1
"""The number of this form."""

Plain = dict[str, Any]  # Any: what `written` takes


@dataclass(frozen=True)
class RunSaid:
    """The run behind a calculation: its number, the hash that was approved (over inputs and result), and the hashes of inputs,
    result and the scheme's text."""

    number: str
    seen: str
    inputs_sha256: str
    result_sha256: str
    scheme_sha256: str
    approved_on: date
    app_version: str


def calculation_json(number: str, code: str, run: RunSaid, scheme: Scheme, one: PersonExplanation) -> bytes:
    """The person's part of a run as JSON: keys sorted, no spaces, cents as whole numbers, exact cents as fractions "a/b",
    quantities in thousandths. People stand by reference and number only; illness is not told from other good reasons."""
    told: Plain = {
        "form": FORM, "kind": "dirbtuve calculation", "number": number, "code": code, "month": one.month, "person": one.person,
        "person_number": one.number, "total_cents": one.total, "debt_cents": one.debt, "run": run,
        "scheme": {"number": scheme.number, "name": scheme.name, "in_force_from": scheme.in_force_from},
        "lines": tuple(_line(row) for row in one.lines), "days": tuple(_day(row) for row in one.days),
        "trace": tuple(_traced(row) for row in one.trace), "traced_cents": one.traced}
    return written(told).encode()


def _line(row: LineRow) -> Plain:
    line = row.line
    return {"part": line.part, "kind": line.kind, "label": row.label, "paragraph": row.paragraph, "payer": line.payer,
            "cents": line.cents, "quota_cents": line.quota, "numbers": line.numbers}


def _day(row: DayRow) -> Plain:
    absent = MARK_REASONS.get(Mark(row.mark))
    mark = "attended" if absent is None else DayReason.UNEXCUSED.value if absent is DayReason.UNEXCUSED else "excused"
    reason = DayReason.EXCUSED if row.reason is DayReason.ILL else row.reason
    return {"day": row.day, "minutes": row.minutes, "mark": mark, "reason": reason, "cents": row.cents}


def _traced(row: TraceRow) -> Plain:
    return {"line": row.line, "day": row.day, "document": row.document, "line_number": row.line_number, "channel": row.channel,
            "product": row.product, "line_quantity": row.line_quantity, "line_shared_cents": row.line_shared, "lot": row.lot,
            "lot_number": row.lot_number, "lot_day": row.lot_day, "quantity": row.quantity, "weight": row.weight,
            "weights": row.weights, "cents": row.cents, "late": row.late, "counts": row.counts}
