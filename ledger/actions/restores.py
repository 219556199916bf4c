"""Bringing books back: who may, and what is written into the books that were brought back, so that it can never be unseen."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from ledger.actions.doing import Doing
from ledger.core.access import May
from ledger.core.faults import Refused
from ledger.core.journal import EMPTY, Head
from ledger.i18n import mark, moment
from ledger.records import said, seals
from ledger.records.backup import Last
from ledger.records.organisation import Organisation, Series
from ledger.records.restores import Restored, SkippedNumber
from ledger.sentences import learn
from ledger.settings import app_version

NUMBER = re.compile(r"([A-Z]{2})(?:-(\d{4})-|=)(\d{1,9})")
LONGEST_REASON = 500
BACKUP_HOLDS = timedelta(days=1)
"""After how long the newest backup is warned of."""

learn({
    "backup_last": mark("The newest backup was made %(at)s and read back: %(file)s."),
    "backup_last_unsound": mark("The newest backup, made %(at)s, is a copy of books that were not sound: %(file)s."),
    "backup_old": mark("It is older than a day: have `dirbtuve backup` run every night."),
    "backup_never": mark("No backup has been made here yet: have `dirbtuve backup` run every night."),
    "backup_exists": mark("There is already a file %(file)s: choose another name. A backup is never written over."),
    "backup_no_books": mark("There are no books in %(place)s yet: nothing to back up."),
    "backup_unreadable": mark("%(place)s cannot be read: %(why)s. Bring the newest backup back, and keep the broken file."),
    "backup_unsound": mark(
        "The books are not sound: %(what)s. No backup was written. To keep a copy as it is, add --as-it-is; do not delete "
        "older backups."),
    "disk_full": mark("The disk of %(place)s is full: nothing was written. Make room, or choose another folder."),
    "backup_unknown": mark("%(file)s is no backup of Dirbtuvė."),
    "backup_newer_form": mark("This backup was made by a newer program: install that version first."),
    "backup_newer": mark("This backup has tables of a newer program (%(version)s): install that version first."),
    "backup_key_missing": mark(
        "%(file)s is encrypted: set LEDGER_BACKUP_KEY or LEDGER_BACKUP_KEY_FILE to the key with which it was made."),
    "backup_key_wrong": mark("The key does not open %(file)s: it was made with another one."),
    "backup_damaged": mark("%(file)s is damaged or was changed: it is not used. Take another backup."),
    "restore_other_provider": mark(
        "This backup is of another provider (%(name)s). Bring it back into an empty folder: set LEDGER_DATA_DIR."),
    "restore_fewer_entries": mark(
        "The books that stand here know more than the backup: what was done since would be lost. If that is meant, give the "
        "reason with --even-if-older."),
    "restore_older_chain": mark(
        "The seals of the books that stand here are newer than those of the backup. If going back is meant, give the reason "
        "with --even-if-older."),
    "restore_other_chain": mark(
        "The books that stand here went another way than the backup: their seals differ. If they are to be replaced, give the "
        "reason with --even-if-older."),
    "restore_present_unreadable": mark(
        "The books that stand here cannot be read, so nobody knows what they hold more than the backup. If they are to be "
        "replaced, give the reason with --even-if-older."),
    "restore_issued_missing": mark(
        "The books that stand here cannot be read: type the last number of each series from the newest papers, for example "
        "--issued SL-2026-0123, or --issued none when no paper was issued since."),
    "restore_other_key": mark("%(file)s is not the master key of this backup. Move it away, and put the right one there."),
    "restore_no_key": mark(
        "The backup does not hold the master key. Put it in %(file)s first: from where it is kept, or typed from the printed "
        "sheet."),
    "restore_alone": mark("Two people bring books back: name another account as the second."),
    "restore_password": mark("The password of the second person is wrong. Nothing was changed."),
    "restore_troubles": mark(
        "In the backup %(count)s things are not as they were sealed. Take another backup, or give the reason with "
        "--even-if-older."),
    "books_in_use": mark("The books are open in another program: stop the server first."),
    "books_went_on": mark("Somebody wrote into the books meanwhile: stop the server and begin again."),
    "issued_unreadable": mark("“%(text)s” is no number of a paper: write it like SL-2026-0123, or SL=0123 for this year."),
    "move_same": mark("The books are at this address already."),
    "move_not_empty": mark("The database there is not empty (%(table)s has rows): nothing was moved. Name an empty one."),
    "move_other_tables": mark("The database there has other tables: %(names)s are not known in it. Nothing was moved."),
    "move_refused": mark("The database there refused a row, and nothing was moved: %(why)s."),
    "move_differs": mark(
        "What arrived is not what was sent (table %(table)s: %(sent)s rows sent, %(arrived)s arrived). Nothing was moved."),
})


@dataclass(frozen=True)
class Came:
    """Where the books came from: the backup, the heads that the replaced books had (by organisation's reference), the last
    numbers that must not be given again (by organisation's reference, kind and year), the reason."""

    made_at: datetime
    sha256: str
    replaced: Mapping[str, Head]
    issued: Mapping[tuple[str, str, int], int]
    reason: str


@dataclass(frozen=True)
class Standing:
    """What is said of the newest backup: sentences with their values, and whether somebody has to do something."""

    told: tuple[tuple[str, Mapping[str, str]], ...]
    due: bool


def standing(last: Last | None, at: datetime) -> Standing:
    """What is to be said of the newest backup at an instant."""
    if last is None:
        return Standing((("backup_never", {}),), due=True)
    first = ("backup_last" if last.sound else "backup_last_unsound", {"at": moment(last.made_at), "file": last.file})
    old = at - last.made_at > BACKUP_HOLDS
    return Standing((first, ("backup_old", {})) if old else (first,), due=old or not last.sound)


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
    skip = SkippedNumber(organisation_id=row.organisation_id, kind=kind, year=year, first=given + 1, last=last,
                         restored_ref=row.ref)
    doing.session.add(skip)
    doing.session.flush()
    return [skip]
