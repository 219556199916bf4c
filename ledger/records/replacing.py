"""Putting other books in the place of those that stand there, in one step and only while nobody has them open; the old ones are set
aside under a name with the time, never deleted. A file is swapped for a file; on PostgreSQL tables change their schema in one
transaction."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection, make_url

from ledger.core.faults import Conflict
from ledger.records.base import WRITES, Watch, open_engine
from ledger.records.rights import apart, statements

PATIENCE = 150
"""Tenths of a second in which connections that were just closed may still be seen: on a busy machine they end late."""


def file_of(url: str) -> Path | None:
    """The file of a SQLite database; None on PostgreSQL."""
    target = make_url(url)
    return Path(str(target.database)) if target.get_backend_name() == "sqlite" else None


def check_alone(url: str) -> None:
    """Raises Conflict("books_in_use") while a server or another program has the books open."""
    file = file_of(url)
    if file is None:
        engine = open_engine(url)
        try:
            with engine.connect() as connection:
                _check_others(connection)
        finally:
            engine.dispose()
    elif file.exists():
        with only_one(file):
            pass


@contextmanager
def only_one(file: Path) -> Iterator[sqlite3.Connection]:
    """A connection besides which nobody has the file open, nor can open it. Raises Conflict("books_in_use")."""
    with closing(sqlite3.connect(file, timeout=2, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            raise Conflict("books_in_use") from None
        except sqlite3.DatabaseError:
            pass  # too damaged to be locked, and to be used by anybody
        yield connection


def _check_others(connection: Connection) -> None:
    """Whoever is in a transaction stops it at once; who only stands there may be ending and is awaited. What others do is
    hidden from a role that may not see it, but not that there is one."""
    asked = text("SELECT COUNT(*), COUNT(*) FILTER (WHERE state <> 'idle') FROM pg_stat_activity "
                 "WHERE datname = current_database() "
                 "AND pid <> pg_backend_pid() AND usesysid IS NOT NULL "
                 "AND COALESCE(backend_type, 'client backend') = 'client backend'")
    for _ in range(PATIENCE):
        others, busy = connection.execute(asked).one()
        if not others:
            return
        if busy:
            break
        time.sleep(0.1)
    raise Conflict("books_in_use")


class FilePlace:
    """The place of books in a SQLite file."""

    def __init__(self, url: str, folder: Path, at: datetime) -> None:
        self._file = file_of(url) or Path()
        self._fresh = folder / "fresh.db"
        self._aside = self._file.with_name(f"{self._file.stem}-before-{at:%Y%m%d-%H%M%S}{self._file.suffix}")
        self.url = f"sqlite:///{self._fresh}"

    def swap(self, entries: int | None) -> str:
        """Put the fresh books in; where the old ones are now, "" when there were none. Raises Conflict("books_in_use") or, when
        an entry was added since they were read, Conflict("books_went_on"); `entries` is None for books that cannot be read."""
        with closing(sqlite3.connect(self._fresh)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
        _to_disk(self._fresh)
        if not self._file.exists():
            self._put()
            return ""
        with only_one(self._file) as old:
            if entries is not None:
                if old.execute("SELECT COUNT(*) FROM audit").fetchone()[0] != entries:
                    raise Conflict("books_went_on")
                old.execute("PRAGMA journal_mode=DELETE")  # one file, and no log that the fresh one could take for its own
            os.link(self._file, self._aside)
            for left in ("-wal", "-shm"):
                log = self._file.with_name(self._file.name + left)
                if log.exists():
                    log.rename(self._aside.with_name(self._aside.name + left))
            self._put()
        return str(self._aside)

    def discard(self) -> None:
        """Nothing to do: the fresh file stands in a folder that goes."""

    def _put(self) -> None:
        os.replace(self._fresh, self._file)
        handle = os.open(self._file.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _to_disk(file: Path) -> None:
    with file.open("rb+") as written:
        os.fsync(written.fileno())


class SchemaPlace:
    """The place of books in a PostgreSQL database: the fresh ones are made in a schema of their own beside it. `url` is that of the
    role that migrates, `works` that of the one that works."""

    def __init__(self, url: str, works: str, at: datetime) -> None:
        self._url, self._works = url, works
        self._fresh, self._aside = f"restoring_{at:%Y%m%d_%H%M%S}", f"before_{at:%Y%m%d_%H%M%S}"
        beside = make_url(url).update_query_dict({"options": f"-csearch_path={self._fresh}"})
        self.url = beside.render_as_string(hide_password=False)
        with self._owner() as connection:
            connection.execute(text(f"CREATE SCHEMA {self._fresh}"))

    def swap(self, entries: int | None) -> str:
        """As FilePlace.swap, in one transaction."""
        with self._owner() as connection:
            _check_others(connection)
            place = str(inspect(connection).default_schema_name)
            old = sorted(set(inspect(connection).get_table_names()) - set(Watch.metadata.tables))
            if entries is not None:
                if "audit" in old:
                    connection.execute(text("LOCK TABLE audit IN ACCESS EXCLUSIVE MODE"))
                if connection.scalar(text("SELECT COUNT(*) FROM audit")) != entries:
                    raise Conflict("books_went_on")
            if old:
                connection.execute(text(f"CREATE SCHEMA {self._aside}"))
                _take(connection, old, place, self._aside)
            fresh = inspect(connection).get_table_names(schema=self._fresh)
            _take(connection, fresh, self._fresh, place)
            connection.execute(text(f"DROP SCHEMA {self._fresh}"))
            role = apart(self._url, self._works)
            for statement in statements(connection, role) if role else ():
                connection.exec_driver_sql(statement)
        return f"{make_url(self._url).database}, {self._aside}" if old else ""

    def discard(self) -> None:
        """Away with what was made of the fresh books."""
        with self._owner() as connection:
            connection.execute(text(f"DROP SCHEMA IF EXISTS {self._fresh} CASCADE"))

    @contextmanager
    def _owner(self) -> Iterator[Connection]:
        engine = open_engine(self._url)
        try:
            with engine.execution_options(**{WRITES: True}).begin() as connection:
                yield connection
        finally:
            engine.dispose()


def _take(connection: Connection, tables: list[str], source: str, target: str) -> None:
    """Tables with their triggers' functions from one schema into another."""
    functions = connection.execute(text(
        "SELECT DISTINCT p.proname FROM pg_proc p WHERE p.pronamespace = CAST(:source AS regnamespace) "
        "AND p.prorettype = 'trigger'::regtype"), {"source": source}).scalars().all()
    for name in tables:
        connection.execute(text(f'ALTER TABLE {source}."{name}" SET SCHEMA {target}'))
    for name in functions:
        connection.execute(text(f"ALTER FUNCTION {source}.{name}() SET SCHEMA {target}"))
