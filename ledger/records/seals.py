"""The chain of seals: every transaction that writes protected rows ends with a link that holds a hash over all their columns.

So a byte changed in any protected row, from whatever connection and with the triggers away, is named by `verify`. A row is hashed
as SQLite keeps it, column by column in the order of their names, empty ones left out: the books hash the same on PostgreSQL, and a
column that comes later changes nothing.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Table, Text, event, insert, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.orm.unitofwork import UOWTransaction

from ledger.core.journal import EMPTY, Head
from ledger.records.base import Books, Writing
from ledger.records.guards import SEALED
from ledger.records.organisation import Organisation
from ledger.records.types import Key, Whole
from ledger.settings import app_version

CHAINED = frozenset({"seal", "journal_entry", "journal_leg"})
"""Protected tables that have a chain of their own."""

COVERED = frozenset(SEALED) - CHAINED
_WAITING = "seals_waiting"
AT_ONCE = 2000
"""Rows in memory while a part is hashed."""
MANY = 500
"""From so many rows on a part was written in bulk, and none of its rows is large."""

Part = list[Any]
"""Which rows a link covers: table and ranges of row numbers, both ends inclusive; or table, column and the value in it."""


class Seal(Books):
    """A link: which rows (`rows`, JSON), how many, the hash over them, and the hash over it all with the link before it."""

    __tablename__ = "seal"
    organisation_id: Mapped[int] = mapped_column(Key, ForeignKey("organisation.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(Whole, primary_key=True, autoincrement=False)
    rows: Mapped[str] = mapped_column(Text)
    count: Mapped[int] = mapped_column(Whole)
    content: Mapped[str] = mapped_column(Text)
    app_version: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(Text)
    __table_args__ = (
        CheckConstraint("sequence > 0 AND count > 0 AND length(hash) = 64 AND length(previous) = 64", name="chained"),
        {"sqlite_strict": True})


def cover(session: Session, organisation: int, table: str, column: str, value: str) -> None:
    """Rows written in bulk (all of the table with this value in a column) belong to the transaction's link."""
    _waiting(session)[organisation].append([table, column, value])


def cover_rows(session: Session, organisation: int, table: str, ids: Iterable[int]) -> None:
    """Rows written in bulk, by their numbers, belong to the transaction's link."""
    _waiting(session)[organisation] += [[table, one] for one in ids]


def head(session: Session, organisation: int) -> Head:
    """The newest link of an organisation's chain."""
    row = session.execute(select(Seal.sequence, Seal.hash).where(Seal.organisation_id == organisation)
                          .order_by(Seal.sequence.desc()).limit(1)).first()
    return Head(*row) if row else EMPTY


def links(session: Session, organisation: int) -> Iterator[Seal]:
    """All links of an organisation in their order."""
    query = select(Seal).where(Seal.organisation_id == organisation).order_by(Seal.sequence)
    return iter(session.scalars(query.execution_options(yield_per=500)))


def link_hash(previous: str, fields: Mapping[str, str | int]) -> str:
    """SHA-256 over a link's fields with the hash before it."""
    return sha256(json.dumps({**fields, "previous": previous}, ensure_ascii=False, sort_keys=True,
                             separators=(",", ":")).encode("utf-8", "surrogateescape")).hexdigest()


def add_link(session: Session, organisation: int, parts: Sequence[Part]) -> Head:
    """Put a link for these rows at the end of the chain. On PostgreSQL the organisation's row is the gate of its chain."""
    session.execute(select(Organisation.id).where(Organisation.id == organisation).with_for_update())
    newest = head(session, organisation)
    count, content = digest(session, parts)
    fields: dict[str, str | int] = {
        "organisation_id": organisation, "sequence": newest.sequence + 1, "count": count, "content": content,
        "rows": json.dumps(parts, separators=(",", ":")), "app_version": app_version()}
    hashed = link_hash(newest.hash, fields)
    session.execute(insert(Books.metadata.tables["seal"]), [{**fields, "previous": newest.hash, "hash": hashed}])
    return Head(newest.sequence + 1, hashed)


def digest(session: Session, parts: Iterable[Part], counts: Counter[str] | None = None) -> tuple[int, str]:
    """How many rows these are (by table into `counts`, if given), and SHA-256 over them. Raises ValueError for a part that names
    no table or column."""
    count, hashed = 0, sha256()
    for part in parts:
        found = 0
        for row in _rows(session, part):
            found += 1
            for piece in row:
                hashed.update(piece)
        hashed.update(b"|")
        count += found
        if counts is not None:
            counts[part[0]] += found
    return count, hashed.hexdigest()


def row_bytes(row: Mapping[str, Any]) -> bytes:  # Any: whatever a driver gives for a column
    """A row as it is hashed; the migration that seals what earlier versions approved asks for it too."""
    return b"".join(row_pieces(row))


def row_pieces(row: Mapping[str, Any]) -> Iterator[bytes]:  # Any: whatever a driver gives for a column
    """A row as it is hashed, piece by piece: a run's texts are many megabytes, and no copy is made of them. `_hashed_form` says the
    same in SQLite's own words."""
    for name in sorted(row):
        if row[name] is not None:
            value = stored(row[name])
            yield b"%s:%d:" % (name.encode(), len(value))
            yield value
            yield b","
    yield b";"


def stored(value: Any) -> bytes:  # Any: see row_bytes
    """A value as SQLite keeps it, as bytes."""
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").encode()
    if isinstance(value, date):
        return value.isoformat().encode()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogateescape")
    return str(value).encode("utf-8", "surrogateescape")


def _rows(session: Session, part: Part) -> Iterator[Iterable[bytes]]:
    """The rows of a part in pieces as they are hashed. What was written in bulk (many rows, none of them large) SQLite puts
    together itself: ten times as fast."""
    table = Books.metadata.tables.get(part[0])
    if table is None:
        raise ValueError(f"no table {part[0]}")
    connection, bulk = session.connection(), len(part) == 3
    if bulk and part[1] not in table.columns:
        raise ValueError(f"no column {part[1]} of {part[0]}")
    many = bulk or sum(last - first + 1 for first, last in part[1]) >= MANY
    in_sql = many and connection.dialect.name == "sqlite"
    columns = _hashed_form(table) if in_sql else as_stored(session, table)
    wheres = [(f"{part[1]} = :a", {"a": part[2]})] if bulk else [
        ("id BETWEEN :a AND :b", {"a": first, "b": last}) for first, last in part[1]]
    for where, given in wheres:
        query = text(f"SELECT {columns} FROM {table.name} WHERE {where} ORDER BY {table.name}.id")  # noqa: S608 - names of the schema only
        result = connection.execute(query, given, execution_options={"yield_per": AT_ONCE if many else 1})
        yield from result if in_sql else (row_pieces(dict(row)) for row in result.mappings())


def _hashed_form(table: Table) -> str:
    """What `row_pieces` says of a row, as one expression."""
    told = (f"COALESCE('{name}:' || LENGTH(CAST(\"{name}\" AS BLOB)) || ':' || CAST(\"{name}\" AS TEXT) || ',', '')"
            for name in sorted(table.columns.keys()))
    return f"CAST({' || '.join(told)} || ';' AS BLOB)"


def as_stored(session: Session, table: Table) -> str:
    """The columns of a table for a SELECT: as bytes on SQLite, so that even what is no text any more can be hashed."""
    names = [column.name for column in table.columns]
    if session.get_bind().dialect.name == "sqlite":
        return ", ".join(f'CAST("{name}" AS BLOB) AS "{name}"' for name in names)
    return ", ".join(f'"{name}"' for name in names)


def _waiting(session: Session) -> defaultdict[int, list[Part]]:
    found: defaultdict[int, list[Part]] = session.info.setdefault(_WAITING, defaultdict(list))
    return found


def _note_new(session: Session, _context: UOWTransaction) -> None:
    for row in session.new:
        table = row.__table__.name
        if table in COVERED:
            _waiting(session)[row.organisation_id].append([table, row.id])


def _link_all(session: Session) -> None:
    session.flush()
    waiting = session.info.pop(_WAITING, None) or {}
    for organisation in sorted(waiting):
        add_link(session, organisation, ranges(waiting[organisation]))


def ranges(parts: Iterable[Part]) -> list[Part]:
    """Table and row number, one by one, put together to ranges; what was written in bulk stays as it is."""
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    bulk = []
    for part in parts:
        if len(part) == 3:
            bulk.append(part)
        else:
            numbers[part[0]].append(part[1])
    made: list[Part] = []
    for table, ids in sorted(numbers.items()):
        spans: list[list[int]] = []
        for one in sorted(ids):
            if spans and one == spans[-1][1] + 1:
                spans[-1][1] = one
            else:
                spans.append([one, one])
        made.append([table, spans])
    return made + bulk


def _forget(session: Session) -> None:
    session.info.pop(_WAITING, None)


event.listen(Writing, "after_flush", _note_new)
event.listen(Writing, "before_commit", _link_all)
event.listen(Writing, "after_rollback", _forget)
