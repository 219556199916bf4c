"""Backups, bringing them back, and moving the books to another database: each one call, all or nothing."""

from __future__ import annotations

import errno
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import DatabaseError, DBAPIError

from ledger import jobs
from ledger.actions import restores
from ledger.actions.organisation import password_fits
from ledger.actions.restores import Came
from ledger.actions.verify import verify
from ledger.core.faults import Refused
from ledger.core.journal import Head
from ledger.jobs import Tools
from ledger.records import backup as saved
from ledger.records import container, moving, schema
from ledger.records import organisation as places
from ledger.records.backup import Facts, Last
from ledger.records.base import WRITES, Books, Watch, open_engine
from ledger.records.opened import Opened, open_books, prepare
from ledger.records.replacing import FilePlace, SchemaPlace, check_alone, file_of
from ledger.records.vault import open_vault
from ledger.records.watch import LoginSession
from ledger.settings import Settings, app_version, database_address

MASTER = "master.key"
NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True)
class Made:
    """A backup that was written: its file, what it holds, and whether it holds the master key (only when it is encrypted)."""

    file: Path
    facts: Facts
    encrypted: bool
    master_print: str


@dataclass(frozen=True)
class Asked:
    """Who brings books back and how: sign-in names, the second one's password, last numbers issued since, and why books that are
    behind are taken all the same ("": they are not)."""

    login: str
    second: str
    password: str = field(repr=False)
    issued: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Seen:
    """What a backup is, held against the books that stand there: `worse` are codes, `issued` last numbers given since it."""

    manifest: Mapping[str, Any]
    facts: Facts
    present: Facts | None
    worse: tuple[str, ...]
    issued: Mapping[tuple[str, str, int], int]


@dataclass(frozen=True)
class Brought:
    """What was brought back: skipped numbers, where the old books are set aside, how many troubles `verify` finds."""

    facts: Facts
    skipped: tuple[tuple[str, int, int, int], ...]
    aside: str
    troubles: int


def backup(chosen: Settings, target: Path | None, at: datetime, *, as_it_is: bool = False) -> Made:
    """Write a backup of the books and the watching while the server goes on; encrypted, with the master key, when a key is set.

    Raises Refused: backup_exists, backup_no_books, backup_unsound (unless `as_it_is`), backup_unreadable, disk_full.
    """
    file = target or chosen.data_dir / "backups"
    if target is None:
        file.mkdir(parents=True, exist_ok=True)
    if file.is_dir():
        file /= f"dirbtuve-{at:%Y%m%d-%H%M%S}.backup"
    if file.exists():
        raise Refused("backup_exists", file=str(file))
    with _workplace(file.parent) as folder:
        facts, members = saved.save(chosen.database_url, folder, "books", as_it_is=as_it_is)
        watched = file_of(chosen.watch_url)
        if watched is None or watched.exists():
            members |= saved.save(chosen.watch_url, folder, "watch", as_it_is=as_it_is)[1]
        assert facts is not None  # books have them
        printed = saved.master_print(chosen.master_key_file.read_bytes())
        if chosen.backup_key:
            members[MASTER] = chosen.master_key_file
        backend = make_url(chosen.database_url).get_backend_name()
        told = {"made_at": at.isoformat(), "app_version": app_version(), "database": backend, "master_key": printed,
                "sound": not as_it_is, "books": facts.plain()}
        container.write(folder / "backup", told, members, chosen.backup_key)
        container.unpack(folder / "backup", chosen.backup_key, None)  # what was written can be read
        (folder / "backup").rename(file)
    with suppress(OSError):  # the backup stands; what is not noted is only warned of
        saved.note_last(chosen.data_dir, Last(str(file.absolute()), at, not as_it_is))
    return Made(file, facts, bool(chosen.backup_key), printed)


@contextmanager
def _workplace(parent: Path) -> Iterator[Path]:
    """A folder that goes whatever happens; a full disk is said."""
    folder = Path(tempfile.mkdtemp(prefix=".dirbtuve-", dir=parent))
    try:
        yield folder
    except OSError as error:
        if error.errno in NO_SPACE:
            raise Refused("disk_full", place=str(parent)) from None
        raise
    except (sqlite3.OperationalError, DBAPIError) as error:
        if "disk is full" in str(error) or "disk I/O" in str(error):
            raise Refused("disk_full", place=str(parent)) from None
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def look(chosen: Settings, file: Path, into: Path | None = None) -> Seen:
    """Read a backup to its end and hold it against the present books; nothing changes. Raises Refused."""
    manifest = container.unpack(file, chosen.backup_key, into)
    try:
        facts = Facts.of(manifest["books"])
        datetime.fromisoformat(manifest["made_at"])
        str(manifest["master_key"])
    except (KeyError, TypeError, ValueError):
        raise Refused("backup_damaged", file=file.name) from None
    if facts.revision not in schema.known_versions():
        raise Refused("backup_newer", version=str(manifest.get("app_version", "")))
    try:
        with _present(chosen) as connection:
            if connection is None:
                return Seen(manifest, facts, None, (), {})
            present = saved.facts(connection)
            worse = saved.behind(facts, present, connection)
            return Seen(manifest, facts, present, tuple(worse), saved.issued_since(facts, present))
    except (sqlite3.DatabaseError, DatabaseError) as error:
        if isinstance(error, DBAPIError) and make_url(chosen.database_url).get_backend_name() != "sqlite":
            raise
        return Seen(manifest, facts, None, ("present_unreadable",), {})


@contextmanager
def _present(chosen: Settings) -> Iterator[Connection | None]:
    """A connection to the books that stand there; None where none are begun."""
    file = file_of(chosen.database_url)
    if (file is not None and not file.exists()) or not schema.begun(chosen.database_url):
        yield None
    else:
        with saved.one_moment(chosen.database_url) as connection:
            yield connection


def restore(chosen: Settings, file: Path, asked: Asked, at: datetime) -> Brought:
    """Bring a backup back into an empty place or over the books that stand there, which are set aside. All is made and checked
    beside them first, and put in their place in one step. Raises Refused, Conflict or Hidden; then nothing has changed."""
    home = file_of(chosen.database_url)
    home = home.parent if home else chosen.data_dir
    for needed in (home, chosen.data_dir):
        needed.mkdir(parents=True, exist_ok=True)
    with _workplace(home) as folder:
        seen = look(chosen, file, folder / "in")
        _consent(seen, asked)
        check_alone(chosen.migrate_url)
        master = _master(chosen, folder / "in" / MASTER, str(seen.manifest["master_key"]))
        if file_of(chosen.database_url):
            place: FilePlace | SchemaPlace = FilePlace(chosen.database_url, folder, at)
        else:
            place = SchemaPlace(chosen.migrate_url, chosen.database_url, at)
        try:
            _build(folder / "in", seen.facts, place.url)
            skipped, troubles = _record(chosen, place.url, master, seen, asked, at, container.file_hash(file))
            aside = place.swap(sum(seen.present.entries.values()) if seen.present else None)
        except BaseException:
            place.discard()
            raise
        _settle(chosen, folder / "in", master, at)
    return Brought(seen.facts, skipped, aside, troubles)


def _consent(seen: Seen, asked: Asked) -> None:
    if "other_provider" in seen.worse:
        raise Refused("restore_other_provider", name=", ".join(seen.facts.organisations.values()))
    if seen.worse and not asked.reason.strip():
        raise Refused(f"restore_{seen.worse[0]}")
    if len(asked.reason) > restores.LONGEST_REASON:
        raise Refused("text_too_long", most=restores.LONGEST_REASON)
    if "present_unreadable" in seen.worse and not asked.issued:
        raise Refused("restore_issued_missing")


def _master(chosen: Settings, saved_key: Path, printed: str) -> Path:
    """The master key that opens the backup: that of the data folder, else the one inside. Raises Refused("restore_no_key"),
    ("restore_other_key")."""
    own = chosen.master_key_file
    if own.exists():
        if saved.master_print(own.read_bytes()) != printed:
            raise Refused("restore_other_key", file=str(own))
        return own
    if not saved_key.exists():
        raise Refused("restore_no_key", file=str(own))
    return saved_key


def _build(folder: Path, facts: Facts, url: str) -> None:
    """Make the books of a backup at an address where nothing is, compare them with its manifest, bring them to this version."""
    copy, fresh = folder / "books.db", file_of(url)
    if copy.exists() and fresh:
        copy.rename(fresh)
    elif copy.exists():
        schema.migrate(f"sqlite:///{copy}")
        schema.migrate(url)
        with saved.one_moment(f"sqlite:///{copy}") as source:
            _carry(moving.Live(source, Books.metadata), url)
            facts = saved.facts(source)
    else:
        schema.migrate(url, to=facts.revision)
        _carry(moving.Lines(folder / "books"), url)
    with saved.one_moment(url) as connection:
        if saved.facts(connection) != facts:
            raise Refused("backup_damaged", file=copy.name)
    schema.migrate(url)


def _carry(source: moving.Rows, url: str) -> dict[str, moving.Tally]:
    engine = open_engine(url)
    try:
        with engine.execution_options(**{WRITES: True}).begin() as connection:
            return moving.carry(source, connection, Books.metadata)
    except DBAPIError as error:
        raise Refused("move_refused", why=" ".join(str(error.orig).split())) from None
    finally:
        engine.dispose()


def _record(chosen: Settings, url: str, master: Path, seen: Seen, asked: Asked, at: datetime,
            digest: str) -> tuple[tuple[tuple[str, int, int, int], ...], int]:
    """The two who do it are asked for, then what was done is written into the fresh books, and these are verified."""
    engine = open_engine(url)
    opened = Opened(engine, engine, open_vault(master))
    try:
        tools = Tools(opened, lambda: at)
        with opened.read() as session:
            _try_key(opened, session, chosen)
            _check_two(tools, session, asked, seen, chosen)
            troubles = len(verify(session, opened.vault).troubles)
        if troubles and not asked.reason.strip():
            raise Refused("restore_troubles", count=troubles)
        issued = dict(seen.issued)
        for (kind, year), last in restores.issued([one for one in asked.issued if one != "none"], tools.today().year).items():
            for ref in seen.facts.organisations:
                issued[ref, kind, year] = max(last, issued.get((ref, kind, year), 0))
        replaced = {ref: Head(*seen.present.heads.get(f"seal {ref}", (0, ""))) for ref in seen.present.organisations} \
            if seen.present else {}
        came = Came(datetime.fromisoformat(str(seen.manifest["made_at"])), digest, replaced, issued, asked.reason.strip())
        with opened.write() as session:
            rows = restores.record(jobs.acting(tools, session, asked.login), jobs.acting(tools, session, asked.second), came)
            skipped = tuple((row.kind, row.year, row.first, row.last) for row in rows)
            session.commit()
        return skipped, troubles
    finally:
        opened.close()


def _try_key(opened: Opened, session: Any, chosen: Settings) -> None:
    try:
        opened.vault.try_one(session)
    except ValueError:
        raise Refused("restore_other_key", file=str(chosen.master_key_file)) from None


def _check_two(tools: Tools, session: Any, asked: Asked, seen: Seen, chosen: Settings) -> None:
    """Both must be whom they say, by the backup and by the books that stand there. Raises Hidden, Refused("password_unfit")."""
    restores.check_two(jobs.acting(tools, session, asked.login), jobs.acting(tools, session, asked.second))
    account = places.find_account(session, asked.second)
    if seen.present:
        engine = open_engine(chosen.database_url)
        present = Tools(Opened(engine, engine, tools.opened.vault), tools.clock)
        try:
            with present.opened.read() as now:
                restores.check_two(jobs.acting(present, now, asked.login), jobs.acting(present, now, asked.second))
                account = places.find_account(now, asked.second)
        finally:
            present.opened.close()
    if account is None or not password_fits(account.password_hash, asked.password):
        raise Refused("restore_password")


def _settle(chosen: Settings, folder: Path, master: Path, at: datetime) -> None:
    """What belongs to the books that are in their place now: the key, what was watched (only where nothing is watched yet: what is
    there is newer), rights and tables. Everybody has to sign in again."""
    if master != chosen.master_key_file:
        chosen.master_key_file.touch(mode=0o600)
        chosen.master_key_file.write_bytes(master.read_bytes())
    target = file_of(chosen.watch_url)
    if target and not target.exists() and (folder / "watch.db").exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(folder / "watch.db", target)
    prepare(chosen)
    engine = open_engine(chosen.watch_url)
    try:
        with engine.execution_options(**{WRITES: True}).begin() as connection:
            if (folder / "watch").is_dir() and not connection.scalar(select(func.count()).select_from(LoginSession)):
                moving.carry(moving.Lines(folder / "watch"), connection, Watch.metadata)
            connection.execute(update(LoginSession).where(LoginSession.ended_at.is_(None)).values(ended_at=at))
    finally:
        engine.dispose()


def move(chosen: Settings, to: str) -> Facts:
    """Carry the books into an empty database at another address, in one transaction, compared before it ends. The books that stand
    here stay as they are. Raises Refused: move_same, move_not_empty, move_refused, move_differs; Conflict("books_in_use")."""
    address = database_address("--to", to)
    if address == chosen.database_url:
        raise Refused("move_same")
    check_alone(chosen.database_url)
    open_books(chosen).close()  # of this version, with their key
    target = file_of(address)
    made = [target, *(target.with_name(target.name + log) for log in ("-wal", "-shm"))] if target and not target.exists() else []
    try:
        if schema.begun(address):
            raise Refused("move_not_empty", table="organisation")
        schema.migrate(address)
        return _moved(chosen.database_url, address)
    except BaseException:
        for left in made:
            left.unlink(missing_ok=True)
        raise


def _moved(source: str, target: str) -> Facts:
    engine = open_engine(target)
    try:
        with saved.one_moment(source, held=True) as old, engine.execution_options(**{WRITES: True}).begin() as new:
            moving.carry(moving.Live(old, Books.metadata), new, Books.metadata)
            facts = saved.facts(old)
            if saved.facts(new) != facts:
                raise Refused("move_differs", table="*", sent=sum(facts.rows.values()), arrived=0)
            return facts
    except DBAPIError as error:
        raise Refused("move_refused", why=" ".join(str(error.orig).split())) from None
    finally:
        engine.dispose()
