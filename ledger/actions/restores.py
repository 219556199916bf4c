"""Bringing books back: who may, and what is written into the books that were brought back, so that it can never be unseen."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from ledger.actions.doing import Doing
from ledger.core.access import May
from ledger.core.faults import Refused
from ledger.core.journal import EMPTY, Head
from ledger.records import said, seals
from ledger.records.organisation import Organisation, Series
from ledger.records.restores import Restored, SkippedNumber
from ledger.settings import app_version

NUMBER = re.compile(r"([A-Z]{2})(?:-(\d{4})-|=)(\d{1,9})")
LONGEST_REASON = 500


@dataclass(frozen=True)
class Came:
    """Where the books came from: the backup, the heads that the replaced books had (by organisation's reference), the last
    numbers that must not be given again (by organisation's reference, kind and year), the reason."""

    made_at: datetime
    sha256: str
    replaced: Mapping[str, Head]
    issued: Mapping[tuple[str, str, int], int]
    reason: str


def check_two(first: Doing, second: Doing) -> None:
    """Raises Hidden unless the first may restore and the second may allow it, Refused("same_person") for one person twice."""
    first.check(May.RESTORE)
    second.check(May.ALLOW_RESTORE)
    if first.who.account == second.who.account:
        raise Refused("restore_alone")


def issued(texts: Sequence[str], year: int) -> dict[tuple[str, int], int]:
    """Last numbers as they are typed in: SL-2026-0123, or SL=0123 for this year. Raises Refused("issued_unreadable", ...)."""
    found: dict[tuple[str, int], int] = {}
    for typed in texts:
        read = NUMBER.fullmatch(typed.strip())
        if read is None:
            raise Refused("issued_unreadable", text=typed[:40])
        key = read[1], int(read[2] or year)
        found[key] = max(found.get(key, 0), int(read[3]))
    return found


def record(doing: Doing, second: Doing, came: Came) -> list[SkippedNumber]:
    """Write that the books were brought back, in every organisation they hold; returns the numbers that are skipped."""
    check_two(doing, second)
    doing.gate()
    skipped = []
    for organisation in doing.session.scalars(select(Organisation).order_by(Organisation.id)).all():
        row = _row(doing, second, came, organisation)
        for (ref, kind, year), last in sorted(came.issued.items()):
            if ref == organisation.ref:
                skipped += _skip(doing, row, kind, year, last)
    doing.note("restore", "organisation", next(iter(came.replaced), ""), after={
        "backup": came.sha256, "made_at": came.made_at.isoformat(), "second": second.who.account,
        "skipped": [f"{one.kind}-{one.year}: {one.first}–{one.last}" for one in skipped]})
    doing.session.flush()
    return skipped


def _row(doing: Doing, second: Doing, came: Came, organisation: Organisation) -> Restored:
    head, before = seals.head(doing.session, organisation.id), came.replaced.get(organisation.ref, EMPTY)
    text = said.say(doing.session, doing.scope, came.reason) if came.reason else None
    row = Restored(
        organisation_id=organisation.id, at=doing.at, backup_made_at=came.made_at, backup_sha256=came.sha256,
        backup_sequence=head.sequence, backup_hash=head.hash, replaced_sequence=before.sequence, replaced_hash=before.hash,
        actor=doing.who.account, second=second.who.account, said_ref=text.ref if text else "",
        said_sha256=text.sha256 if text else "", app_version=app_version())
    doing.session.add(row)
    doing.session.flush()
    return row


def _skip(doing: Doing, row: Restored, kind: str, year: int, last: int) -> list[SkippedNumber]:
    """Move a series on to its last issued number; nothing when it is there already."""
    series = doing.session.get(Series, (row.organisation_id, kind, year))
    given = series.last if series else 0
    if given >= last:
        return []
    if series:
        series.last = last
    else:
        doing.session.add(Series(organisation_id=row.organisation_id, kind=kind, year=year, last=last))
    skip = SkippedNumber(organisation_id=row.organisation_id, kind=kind, year=year, first=given + 1, last=last, restored_ref=row.ref)
    doing.session.add(skip)
    doing.session.flush()
    return [skip]
