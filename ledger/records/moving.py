"""Rows in a form that belongs to no database, and carrying all of them into an empty one: moving and backups stand on it.

A value keeps its exact meaning: whole numbers and texts as they are, days and instants (UTC, microseconds) as ISO text, bytes as
base64, JSON as itself. What was carried is read back and compared before anybody commits: rows, sums of cents, and every value.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import BigInteger, Column, Date, DateTime, LargeBinary, MetaData, Text, column, func, inspect, select, table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection
from sqlalchemy.sql.expression import TableClause
from sqlalchemy.types import TypeEngine

from ledger.core.faults import Refused
from ledger.records.base import Watch
from ledger.records.types import Cents, Day, Flag, Instant, Json

Row = tuple[Any, ...]  # Any: whatever a column holds
Kinds = dict[str, str]
"""Column -> whole, text, day, instant, bytes or json."""

BATCH, HEAVY = 500, 20
"""So many rows at a time; of a table that holds papers or photos fewer."""
VERSIONS = "alembic_version"


class _Data(Json):
    """Plain data where nothing is NULL on both databases, never JSON's own null."""

    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> TypeEngine[Any]:
        """TEXT or JSONB."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else JSONB(none_as_null=True))  # type: ignore[no-any-return] # as Json does


_TYPES: Mapping[str, TypeEngine[Any]] = {
    "whole": BigInteger(), "text": Text(), "day": Day(), "instant": Instant(), "bytes": LargeBinary(), "json": _Data()}


class Rows(Protocol):
    """Where rows come from: the tables with their columns, and the rows of each."""

    def tables(self) -> Mapping[str, Kinds]:
        """Every table that is there."""

    def rows(self, name: str) -> Iterator[Row]:
        """The rows of a table, in the order of its columns."""


@dataclass(frozen=True)
class Live:
    """The rows of an open database. On SQLite the code says what a column is: of an older version only what it still knows."""

    connection: Connection
    metadata: MetaData

    def tables(self) -> Mapping[str, Kinds]:
        """Every table that is there, but for the one of versions."""
        return self._found

    @cached_property
    def _found(self) -> Mapping[str, Kinds]:
        looked = inspect(self.connection)
        own = self.metadata.tables
        others = {VERSIONS, *Watch.metadata.tables} - set(own)  # watching may share the database
        names = sorted(set(looked.get_table_names()) - others)
        if self.connection.dialect.name == "sqlite":
            there = {name: {one["name"] for one in looked.get_columns(name)} for name in names}  # an older version has fewer
            return {name: {one.name: kind_of(one) for one in own[name].columns if one.name in there[name]}
                    for name in names if name in own}
        return {name: {one["name"]: _native(one["type"]) for one in looked.get_columns(name)} for name in names
                if name in own or self.metadata is not Watch.metadata}

    def rows(self, name: str) -> Iterator[Row]:
        """The rows as Python has them, by number where they have one; not all at once."""
        yield from read(self.connection, name, self._found[name])


@dataclass(frozen=True)
class Lines:
    """Rows written by `write_lines`: a file a table, its first line the columns, every other one a row."""

    folder: Path

    def tables(self) -> Mapping[str, Kinds]:
        """Every table that was written."""
        found = {}
        for path in sorted(self.folder.glob("*.jsonl")):
            with path.open(encoding="utf-8") as file:
                found[path.stem] = dict(json.loads(next(file)))
        return found

    def rows(self, name: str) -> Iterator[Row]:
        """The rows, read line by line."""
        with (self.folder / f"{name}.jsonl").open(encoding="utf-8") as file:
            kinds = list(json.loads(next(file)).values())
            for line in file:
                yield tuple(_back(value, kind) for value, kind in zip(json.loads(line), kinds, strict=True))


@dataclass
class Tally:
    """What came through: rows, the sum of each column of cents, and a hash over all rows that does not care for their order."""

    rows: int = 0
    cents: dict[str, int] = field(default_factory=dict)
    mixed: int = 0

    def add(self, kinds: Kinds, row: Row) -> None:
        """Count one row."""
        self.rows += 1
        for name, value in zip(kinds, row, strict=True):
            if name == "cents" or name.endswith("_cents"):
                self.cents[name] = self.cents.get(name, 0) + (value or 0)
        named = sorted(zip(kinds, plain(kinds, row), strict=True))
        line = json.dumps(named, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogateescape")
        self.mixed = (self.mixed + int.from_bytes(sha256(line).digest(), "big")) % (1 << 256)


def kind_of(one: Column[Any]) -> str:
    """What a column of the code's tables is."""
    for kind, types in (("day", Day), ("instant", Instant), ("json", Json), ("bytes", LargeBinary),
                        ("whole", (Cents, Flag, BigInteger)), ("text", Text)):
        if isinstance(one.type, types):
            return kind
    raise TypeError(f"{one} is of no known kind")


def _native(found: TypeEngine[Any]) -> str:
    """The same of a column that PostgreSQL told of."""
    for kind, types in (("json", JSONB), ("bytes", LargeBinary), ("instant", DateTime), ("day", Date), ("text", Text)):
        if isinstance(found, types):
            return kind
    return "whole"


def read(connection: Connection, name: str, kinds: Kinds) -> Iterator[Row]:
    """The rows of a table as Python has them; not all at once."""
    query = select(_table(name, kinds)).execution_options(yield_per=_at_once(kinds))
    if "id" in kinds:
        query = query.order_by(column("id"))
    with connection.execute(query) as result:
        for row in result:
            yield tuple(row)


def _at_once(kinds: Kinds) -> int:
    return HEAVY if "bytes" in kinds.values() else BATCH


def _table(name: str, kinds: Kinds) -> TableClause:
    return table(name, *(column(one, _TYPES[kind]) for one, kind in kinds.items()))


def plain(kinds: Kinds, row: Row) -> list[Any]:
    """A row as JSON has it."""
    return [_out(value, kind) for value, kind in zip(row, kinds.values(), strict=True)]


def _out(value: Any, kind: str) -> Any:
    if value is None or kind in ("whole", "text", "json"):
        return value
    if kind == "bytes":
        return base64.b64encode(value).decode("ascii")
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if kind == "instant" else value.isoformat()


def _back(value: Any, kind: str) -> Any:
    if value is None or kind in ("whole", "text", "json"):
        return value
    if kind == "bytes":
        return base64.b64decode(value)
    return datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC) if kind == "instant" else date.fromisoformat(value)


def write_lines(source: Rows, folder: Path) -> dict[str, Tally]:
    """Write every table into a file of its own; what was written, by table."""
    tallies = {}
    for name, kinds in source.tables().items():
        tallies[name] = Tally()
        with (folder / f"{name}.jsonl").open("w", encoding="utf-8") as file:
            file.write(json.dumps(kinds) + "\n")
            for row in source.rows(name):
                tallies[name].add(kinds, row)
                file.write(json.dumps(plain(kinds, row), ensure_ascii=False, separators=(",", ":")) + "\n")
    return tallies


def carry(source: Rows, connection: Connection, metadata: MetaData) -> dict[str, Tally]:
    """Put all rows into the empty tables of a database of the same version, and read them back to compare. The guards are off
    while it lasts, all in the transaction of `connection`. Raises Refused("move_not_empty"), ("move_other_tables", ...) or
    ("move_differs", ...): then roll back."""
    tables = source.tables()
    order = ordered(connection, metadata)
    if strange := sorted(set(tables) - set(order)):
        raise Refused("move_other_tables", names=", ".join(strange))
    check_empty(connection, order)
    tallies = {}
    with _unguarded(connection, order):
        for name in order:
            if name in tables:
                tallies[name] = _fill(connection, name, tables[name], source.rows(name))
        _count_on(connection, order)
    for name, sent in tallies.items():
        arrived = Tally()
        for row in read(connection, name, tables[name]):
            arrived.add(tables[name], row)
        if arrived != sent:
            raise Refused("move_differs", table=name, sent=sent.rows, arrived=arrived.rows)
    return tallies


def ordered(connection: Connection, metadata: MetaData) -> list[str]:
    """The tables of the books (or of the watching), each after those it points to."""
    others = {VERSIONS, *Watch.metadata.tables} - set(metadata.tables)
    found = [name for name, _ in inspect(connection).get_sorted_table_and_fkc_names() if name and name not in others]
    return found if metadata is not Watch.metadata else [name for name in found if name in metadata.tables]


def check_empty(connection: Connection, names: Iterable[str]) -> None:
    """Raises Refused("move_not_empty") when a table has a row."""
    for name in names:
        if connection.scalar(select(func.count()).select_from(table(name))):
            raise Refused("move_not_empty", table=name)


def _fill(connection: Connection, name: str, kinds: Kinds, rows: Iterator[Row]) -> Tally:
    tally, into = Tally(), _table(name, kinds)
    while batch := list(islice(rows, _at_once(kinds))):
        for row in batch:
            tally.add(kinds, row)
        connection.execute(into.insert(), [dict(zip(kinds, row, strict=True)) for row in batch])
    return tally


@contextmanager
def _unguarded(connection: Connection, names: list[str]) -> Iterator[None]:
    """Without the guards, which refuse rows of approved months in any order but their own; they are back at the end."""
    if connection.dialect.name == "sqlite":
        guards = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
        for name, _sql in guards:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        yield
        for _name, sql in guards:
            connection.exec_driver_sql(sql)
        return
    for name in names:
        connection.exec_driver_sql(f'ALTER TABLE "{name}" DISABLE TRIGGER USER')
    yield
    connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    for name in names:
        connection.exec_driver_sql(f'ALTER TABLE "{name}" ENABLE TRIGGER USER')


def _count_on(connection: Connection, names: list[str]) -> None:
    """On PostgreSQL new rows get numbers above those that came; SQLite takes the next one by itself."""
    if connection.dialect.name == "sqlite":
        return
    for name in names:
        if not any(one["name"] == "id" for one in inspect(connection).get_columns(name)):
            continue
        sequence = connection.scalar(select(func.pg_get_serial_sequence(name, "id")))
        if sequence:
            last = connection.scalar(select(func.max(column("id"))).select_from(table(name)))
            connection.execute(select(func.setval(sequence, last or 1, last is not None)))
