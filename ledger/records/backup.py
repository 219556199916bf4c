"""A snapshot of the books and of the watching as files, what is known of books without reading them, and which are behind which.

SQLite is copied by its backup API while others write, and the copy is checked; PostgreSQL is written as open data in one
transaction that sees one moment.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, inspect, text
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import DatabaseError, DBAPIError

from ledger.core.faults import Refused
from ledger.records import guards, schema
from ledger.records.base import WRITES, Books, Watch, open_engine
from ledger.records.moving import VERSIONS, Live, write_lines

Chain = tuple[int, str]
"""The newest link of a chain: its sequence and its hash."""


@dataclass(frozen=True)
class Facts:
    """What is known of books without opening a name: `heads` are the chains' newest links by what they are of, `entries` the
    audit entries by organisation, `series` the last numbers by (organisation's reference, kind, year), `cents` sums by column."""

    revision: str
    organisations: Mapping[str, str]
    heads: Mapping[str, Chain]
    entries: Mapping[str, int]
    series: Mapping[tuple[str, str, int], int]
    rows: Mapping[str, int]
    cents: Mapping[str, int] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """As the manifest has it."""
        told = asdict(self)
        told["series"] = [[*key, last] for key, last in sorted(self.series.items())]
        return told

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Facts:
        """Read back; raises KeyError, TypeError or ValueError for what is none."""
        return cls(
            str(told["revision"]), dict(told["organisations"]), {name: (int(at), str(hashed)) for name, (at, hashed) in
                                                                told["heads"].items()},
            {name: int(count) for name, count in told["entries"].items()},
            {(str(ref), str(kind), int(year)): int(last) for ref, kind, year, last in told["series"]},
            dict(told["rows"]), dict(told["cents"]))


def facts(connection: Connection) -> Facts:
    """What is known of the books of a connection, of whatever version they are."""
    kinds = Live(connection, Books.metadata).tables()
    names = {id_: (ref, name) for id_, ref, name in connection.execute(text("SELECT id, ref, name FROM organisation"))}
    refs = {id_: ref for id_, (ref, _name) in names.items()}
    counted = connection.execute(text("SELECT organisation_id, COUNT(*) FROM audit GROUP BY 1"))
    entries: dict[int, int] = {id_: count for id_, count in counted}  # noqa: C416 - rows are no pairs
    series = connection.execute(text("SELECT organisation_id, kind, year, last FROM number_series"))
    rows: dict[str, int] = {}
    cents: dict[str, int] = {}
    for table, columns in kinds.items():
        money = [name for name in columns if name == "cents" or name.endswith("_cents")]
        asked = ", ".join(["COUNT(*)", *(f"COALESCE(SUM({name}), 0)" for name in money)])
        found = connection.execute(text(f'SELECT {asked} FROM "{table}"')).one()  # noqa: S608 - names of the schema only
        rows[table] = int(found[0])
        cents |= {f"{table}.{name}": int(value) for name, value in zip(money, found[1:], strict=True)}
    return Facts(
        str(connection.scalar(text(f"SELECT version_num FROM {VERSIONS}"))),  # noqa: S608 - a name of ours
        dict(names.values()), heads(connection), {ref: int(entries.get(id_, 0)) for id_, ref in refs.items()},
        {(refs[organisation], kind, year): last for organisation, kind, year, last in series}, rows, cents)


CHAINS = (("seal", "organisation", "organisation_id"), ("journal_entry", "workshop", "workshop_id"))
"""Chained tables: whose chain it is, and by which column."""


def heads(connection: Connection) -> dict[str, Chain]:
    """The newest link of every chain."""
    found: dict[str, Chain] = {}
    there = set(inspect(connection).get_table_names())
    for table, owner, column in CHAINS:
        if table in there:
            newest = (f"SELECT o.ref, c.sequence, c.hash FROM {table} c JOIN {owner} o ON o.id = c.{column} WHERE c.sequence = "  # noqa: S608 - names of ours
                      f"(SELECT MAX(n.sequence) FROM {table} n WHERE n.{column} = c.{column})")
            found |= {f"{table} {ref}": (int(at), str(hashed)) for ref, at, hashed in connection.execute(text(newest))}
    return found


def link_at(connection: Connection, chain: str, sequence: int) -> str:
    """The hash of a link of a chain, "" when there is none."""
    name, ref = chain.split(" ")
    for table, owner, column in CHAINS:
        if table == name and inspect(connection).has_table(table):
            query = f"SELECT c.hash FROM {table} c JOIN {owner} o ON o.id = c.{column} WHERE o.ref = :ref AND c.sequence = :at"  # noqa: S608 - names of ours
            return str(connection.scalar(text(query), {"ref": ref, "at": sequence}) or "")
    return ""


def behind(saved: Facts, present: Facts, connection: Connection) -> list[str]:
    """Why the saved books are worse than the present ones, as codes: other_provider, fewer_entries, older_chain, other_chain."""
    if set(saved.organisations) != set(present.organisations) and present.organisations:
        if not set(saved.organisations) & set(present.organisations):
            return ["other_provider"]
        if set(present.organisations) - set(saved.organisations):
            return ["fewer_entries"]
    found = []
    if any(saved.entries.get(ref, 0) < count for ref, count in present.entries.items()):
        found.append("fewer_entries")
    if any(saved.heads.get(chain, (0, ""))[0] < at for chain, (at, _hash) in present.heads.items()):
        found.append("older_chain")
    for chain, (at, hashed) in saved.heads.items():
        if present.heads.get(chain, (0, ""))[0] >= at and link_at(connection, chain, at) != hashed:
            found.append("other_chain")
            break
    return found


def issued_since(saved: Facts, present: Facts) -> dict[tuple[str, str, int], int]:
    """The last number of every series that gave more numbers than the saved books know of."""
    return {key: last for key, last in present.series.items() if last > saved.series.get(key, 0)}


@contextmanager
def one_moment(url: str, *, held: bool = False) -> Iterator[Connection]:
    """A connection that reads the database as it is at one moment, however long that takes; `held` keeps writers of a SQLite file
    waiting meanwhile."""
    engine = open_engine(url).execution_options(**{WRITES: held and url.startswith("sqlite")})
    try:
        if engine.dialect.name == "postgresql":
            engine = engine.execution_options(isolation_level="REPEATABLE READ")
        with engine.connect() as connection, connection.begin():
            yield connection
    finally:
        engine.dispose()


def save(url: str, folder: Path, name: str, *, as_it_is: bool = False) -> tuple[Facts | None, dict[str, Path]]:
    """Write the database at an address into files of a folder (`name` is books or watch): what is known of it, and the files.

    Raises Refused: backup_no_books, backup_unsound (unless `as_it_is`), backup_unreadable, disk_full.
    """
    try:
        return _saved(url, folder, name, as_it_is=as_it_is)
    except (DatabaseError, sqlite3.DatabaseError) as error:
        if isinstance(error, DBAPIError) and error.orig is not None and not isinstance(error.orig, sqlite3.Error):
            raise
        why = str(error.orig if isinstance(error, DBAPIError) else error)
        code = "disk_full" if "full" in why or "I/O" in why else "backup_unreadable"
        raise Refused(code, place=str(folder.parent if code == "disk_full" else make_url(url).database), why=why) from None


def _saved(url: str, folder: Path, name: str, *, as_it_is: bool) -> tuple[Facts | None, dict[str, Path]]:
    metadata = Books.metadata if name == "books" else Watch.metadata
    target = make_url(url)
    if target.get_backend_name() == "sqlite":
        copy = folder / f"{name}.db"
        copy_file(Path(str(target.database)), copy)
        with one_moment(f"sqlite:///{copy}") as connection:
            _check(connection, metadata, as_it_is=as_it_is)
            known = facts(connection) if name == "books" else None
        _alone(copy)
        return known, {copy.name: copy}
    (folder / name).mkdir()
    with one_moment(url) as connection:
        if name == "books" and not inspect(connection).has_table("organisation"):
            raise Refused("backup_no_books", place=target.render_as_string())
        _check(connection, metadata, as_it_is=as_it_is)
        write_lines(Live(connection, metadata), folder / name)
        known = facts(connection) if name == "books" else None
    return known, {f"{name}/{path.name}": path for path in sorted((folder / name).iterdir())}


def copy_file(source: Path, target: Path) -> None:
    """Copy a SQLite database by its backup API: one moment of it, while others go on writing. Raises Refused("backup_no_books")."""
    if not source.exists():
        raise Refused("backup_no_books", place=str(source))
    with closing(sqlite3.connect(source, timeout=30)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new, pages=-1)


def _alone(path: Path) -> None:
    """The copy as one file, without a log beside it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def _check(connection: Connection, metadata: MetaData, *, as_it_is: bool) -> None:
    """Raises Refused("backup_unsound", ...) when pages, foreign keys or guards of a database are not as they should be."""
    found = []
    if connection.dialect.name == "sqlite":
        try:
            found += [row for row in connection.exec_driver_sql("PRAGMA integrity_check").scalars() if row != "ok"][:3]
            found += [f"foreign key of {row[0]}" for row in connection.exec_driver_sql("PRAGMA foreign_key_check")][:3]
        except DatabaseError as error:
            found.append(str(error.orig))
    if metadata is Books.metadata and not found and schema.at_newest(connection.engine):
        found += [f"no trigger {name}" for name in sorted(_guards(connection))][:3]
    if found and not as_it_is:
        raise Refused("backup_unsound", what="; ".join(found))


def _guards(connection: Connection) -> set[str]:
    """Guards of tables that are there, that are missing or switched off."""
    lite = connection.dialect.name == "sqlite"
    there = set(inspect(connection).get_table_names())
    wanted = {found[1] for one in guards.statements(Books.metadata, connection.dialect.name)
              if (found := re.match(r"CREATE (?:CONSTRAINT )?TRIGGER (\w+) .*? ON (\w+)", one, re.DOTALL)) and found[2] in there}
    asked = ("SELECT name FROM sqlite_master WHERE type = 'trigger'" if lite else
             "SELECT tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT tgisinternal AND tgenabled <> 'D' "
             "AND c.relnamespace = current_schema()::regnamespace")
    return wanted - set(connection.exec_driver_sql(asked).scalars())


LAST = "last-backup.json"
"""In the data folder: what is known of the newest backup, wherever that was written to."""


@dataclass(frozen=True)
class Last:
    """The newest backup that was written and read back: its file, when, and whether the books in it were sound."""

    file: str
    made_at: datetime
    sound: bool


def note_last(folder: Path, made: Last) -> None:
    """Remember the newest backup; the file is there whole, or the one before it."""
    fresh = folder / f".{LAST}"
    fresh.write_text(json.dumps({**asdict(made), "made_at": made.made_at.isoformat()}), encoding="utf-8")
    fresh.rename(folder / LAST)


def last(folder: Path) -> Last | None:
    """The newest backup that this data folder knows of."""
    try:
        told = json.loads((folder / LAST).read_text(encoding="utf-8"))
        return Last(str(told["file"]), datetime.fromisoformat(told["made_at"]), bool(told["sound"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def master_print(master: bytes) -> str:
    """What tells master keys apart and tells nothing of them."""
    return hashlib.sha256(b"dirbtuve master key " + master.strip()).hexdigest()[:24]
