"""The bases of all tables, and how each database is opened: the recipe of design/ledger.md.

A session that writes begins with BEGIN IMMEDIATE; one that reads cannot write. Nothing here knows what the tables are about.
"""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine, ForeignKey, ForeignKeyConstraint, MetaData, Text, create_engine, event
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from ledger.records.types import Key, new_ref

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
WRITES = "ledger_writes"
WAIT = 30
"""So many seconds a transaction waits for the lock of another; then it fails, and the edge answers 503."""
LONGEST_PAUSE = 20
"""At most so many milliseconds lie between two tries to begin writing on SQLite."""
PREPARED = 500
"""So many statements a connection keeps prepared: the program has more than the hundred of both drivers, and those that come round
would each be prepared and planned anew."""
REPEATS = 6
"""So often a unit of work is done again when PostgreSQL asks for it."""
ASKED_AGAIN = {"40P01": "deadlock", "40001": "serialisation failure"}
NOT_NOW = {"25006": "read-only", "55P03": "lock not to be had"}
T = TypeVar("T")


class Books(DeclarativeBase):
    """Tables of the books: everything that is told of people, work, sales and money."""

    metadata = MetaData(naming_convention=NAMES)
    __table_args__: Any = {"sqlite_strict": True}  # noqa: RUF012 - how SQLAlchemy declares it


class Watch(DeclarativeBase):
    """Tables outside the books: sessions, throttling, who looked at whom. Their own database, their own engine."""

    metadata = MetaData(naming_convention=NAMES)
    __table_args__: Any = {"sqlite_strict": True}  # noqa: RUF012 - how SQLAlchemy declares it


class Owned:
    """A row of an organisation, with the random reference that the outside knows it by."""

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    ref: Mapped[str] = mapped_column(Text, unique=True, default=new_ref)
    organisation_id: Mapped[int] = mapped_column(Key, ForeignKey("organisation.id"), index=True)


class Scoped(Owned):
    """A row of one workshop. Composite foreign keys (`within`) keep it from pointing into another workshop."""

    workshop_id: Mapped[int] = mapped_column(Key, ForeignKey("workshop.id"), index=True)


class ScopedLeg(Scoped):
    """A row of many under a sealed header: found by what it hangs on, never by its workshop alone, so no index by that."""

    organisation_id: Mapped[int] = mapped_column(Key, ForeignKey("organisation.id"))
    workshop_id: Mapped[int] = mapped_column(Key, ForeignKey("workshop.id"))


def within(column: str, table: str) -> ForeignKeyConstraint:
    """A foreign key to a row of the same workshop."""
    return ForeignKeyConstraint(["workshop_id", column], [f"{table}.workshop_id", f"{table}.id"])


def open_engine(url: str | URL) -> Engine:
    """An engine by the recipe of its database; SQLite files get their folder made. Its errors never tell the values of a statement:
    they end in a log."""
    target = make_url(url)
    if target.get_backend_name() == "sqlite":
        if target.database and target.database != ":memory:":
            Path(target.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(target, hide_parameters=True, connect_args={
            "timeout": WAIT, "check_same_thread": False, "cached_statements": PREPARED})
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
        return engine
    engine = create_engine(target, hide_parameters=True, isolation_level="READ COMMITTED", pool_pre_ping=True, pool_use_lifo=True,
                           connect_args={"options": f"{target.query.get('options', '')} -c lock_timeout={WAIT}s".strip()})
    event.listen(engine, "connect", _postgres_connect)
    event.listen(engine, "begin", _postgres_begin)
    return engine


def beside(engine: Engine) -> Engine:
    """The engine for what only reads of the same database: on SQLite one with connections of its own, for a connection that goes
    from writing to reading forgets every statement it has prepared."""
    return open_engine(engine.url) if engine.dialect.name == "sqlite" else engine


def _sqlite_connect(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the begin event says BEGIN, not the driver
    # temp_store: else every sealed row opens a file, for its triggers may undo it
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "temp_store=MEMORY", "foreign_keys=ON", "recursive_triggers=ON",
                   "trusted_schema=OFF", "cell_size_check=ON", f"busy_timeout={WAIT * 1000}", "cache_size=-16384"):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Connection) -> None:
    writes = bool(connection.get_execution_options().get(WRITES))
    if connection.info.get(WRITES) is not writes:  # said again, it would make SQLite forget every statement it has prepared
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
        connection.info[WRITES] = writes
    if writes:
        _take_turn(connection)
    else:
        connection.exec_driver_sql("BEGIN")


def _take_turn(connection: Connection) -> None:
    """BEGIN IMMEDIATE, tried at short random moments until the connection's busy timeout is over. SQLite's own waiting tries ever
    more seldom, so that whoever has waited long is overtaken by all who come later, for good when there are many."""
    raw: Any = connection.connection.driver_connection
    patience = left = raw.execute("PRAGMA busy_timeout").fetchone()[0]
    raw.execute("PRAGMA busy_timeout=0")
    try:
        while left > 0 and _is_taken(raw):
            pause = 1 + secrets.randbelow(LONGEST_PAUSE)
            time.sleep(pause / 1000)
            left -= pause
        if not raw.in_transaction:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        raw.execute(f"PRAGMA busy_timeout={patience}")


def _is_taken(raw: sqlite3.Connection) -> bool:
    """Begin writing; True when somebody else writes. What else is wrong is said by the last try, through SQLAlchemy."""
    try:
        raw.execute("BEGIN IMMEDIATE")
    except sqlite3.Error as wrong:
        return wrong.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
    return False


def _postgres_connect(connection: Any, _record: object) -> None:  # Any: psycopg's own connection
    connection.prepared_max = PREPARED


def _postgres_begin(connection: Connection) -> None:
    if not connection.get_execution_options().get(WRITES):
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


def reading(engine: Engine) -> sessionmaker[Session]:
    """Sessions that cannot write."""
    return sessionmaker(engine, expire_on_commit=False)


class Writing(Session):
    """A session that writes; at its end the protected rows it wrote are sealed (`ledger.records.seals`)."""


def writing(engine: Engine) -> sessionmaker[Writing]:
    """Sessions that write, one at a time on SQLite."""
    return sessionmaker(engine.execution_options(**{WRITES: True}), class_=Writing, expire_on_commit=False)


def sqlstate(error: DBAPIError) -> str:
    """PostgreSQL's code of what is wrong; "" on SQLite."""
    return str(getattr(error.orig, "sqlstate", None) or "")


def persistently(unit: Callable[[], T]) -> T:
    """Do a unit of work, which opens its own session and commits it. When PostgreSQL asks for it (a deadlock, a serialisation
    failure) the whole of it is done again after a wait of a random length, REPEATS times at most; then the error goes on."""
    for repeat in range(REPEATS):
        try:
            return unit()
        except DBAPIError as wrong:
            if sqlstate(wrong) not in ASKED_AGAIN:
                raise
            time.sleep(0.01 * 2 ** repeat * (1 + secrets.randbelow(1000) / 1000))  # so that two do not meet again
    return unit()
