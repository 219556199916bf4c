"""Books of earlier versions come to today's: nothing is lost, months approved before the journal are posted in it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import date
from pathlib import Path

import acts
import paying
import postgres
import pytest
from alembic import command
from house import DEMO_PASSWORD, TODAY, House, at

from ledger import backups, settings
from ledger.actions import bank
from ledger.actions.verify import verify
from ledger.backups import Asked
from ledger.core.bank_statement import Own
from ledger.core.periods import Month
from ledger.records import backup, journal, moving, schema
from ledger.records.base import WRITES, Books, open_engine
from ledger.records.opened import open_books
from ledger.records.organisation import Scope
from ledger.settings import WrongSetting

SCOPE = Scope(1, 1)


def as_of(house: House, folder: Path, revision: str) -> Path:
    """The same books as an earlier version of the program kept them: its tables with the rows that it knew."""
    shutil.copytree(house.settings.data_dir, folder)
    path = folder / "books.db"
    path.rename(folder / "new.db")
    engine = open_engine(f"sqlite:///{path}")
    command.upgrade(schema._alembic(engine), revision)
    engine.dispose()
    with closing(sqlite3.connect(path, isolation_level=None)) as base:
        triggers = base.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            base.execute(f"DROP TRIGGER {name}")
        base.execute("ATTACH ? AS new", (str(folder / "new.db"),))
        for (table,) in base.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'").fetchall():
            if table not in ("alembic_version", "sqlite_sequence"):
                columns = ", ".join(f'"{row[1]}"' for row in base.execute(f"PRAGMA main.table_info({table})"))
                base.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM new.{table}")
        for _, made in triggers:
            base.execute(made)
    return path


@pytest.mark.parametrize("revision", ["0002"])
def test_months_approved_before_the_journal_are_posted_in_it(printed: House, tmp_path: Path, revision: str) -> None:
    with printed.opened.read() as session:
        today = journal.balances(session, SCOPE)
        entries = [(one.kind, one.happened_on, one.booked_in, one.subject_ref) for one in journal.entries(session, SCOPE)]
    printed.opened.close()
    path = as_of(printed, tmp_path / "old", revision)
    with pytest.raises(WrongSetting):
        open_books(settings.load({"LEDGER_DATA_DIR": str(path.parent)}))
    schema.migrate(f"sqlite:///{path}")
    old = at(path.parent)
    with old.opened.read() as session:
        assert journal.balances(session, SCOPE) == today
        assert [(one.kind, one.happened_on, one.booked_in, one.subject_ref) for one in journal.entries(session, SCOPE)] == entries
        assert {one.actor for one in journal.entries(session, SCOPE)} == {"migration"}
        assert verify(session, old.opened.vault).troubles == ()
    old.opened.close()


def test_the_month_after_them_goes_on_in_the_same_chain(approved: House, tmp_path: Path) -> None:
    approved.opened.close()
    path = as_of(approved, tmp_path / "old", "0002")
    schema.migrate(f"sqlite:///{path}")
    old = at(path.parent)
    before = _head(old)
    acts.sale(old, "ZV-01", date(2026, 11, 3), 1)
    old.submit(Month(2026, 11))
    old.approve(Month(2026, 11))
    assert _head(old) > before
    with old.opened.read() as session:
        assert verify(session, old.opened.vault).troubles == ()
    old.opened.close()


def test_rows_of_statements_keep_their_numbers_and_guards_when_kinds_are_added(approved: House, tmp_path: Path) -> None:
    paying.one_of_everything(approved)
    approved.opened.close()
    path = as_of(approved, tmp_path / "old", "0009")
    with closing(sqlite3.connect(path)) as base:
        before = base.execute("SELECT * FROM bank_posting").fetchall()
        columns = [row[1] for row in base.execute("PRAGMA table_info(bank_posting)")]
        with pytest.raises(sqlite3.IntegrityError, match="kind"):
            base.execute(f"INSERT INTO bank_posting ({', '.join(columns)}) SELECT " + ", ".join(
                {"kind": "'fee'", "id": "99", "ref": "'x'", "entry_key": "'x'"}.get(name, name) for name in columns)
                + " FROM bank_posting")
    schema.migrate(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as base:
        assert (base.execute(f"SELECT {', '.join(columns)} FROM bank_posting").fetchall(), len(before)) == (before, 1)
        with pytest.raises(sqlite3.IntegrityError, match="sealed: bank_posting"):
            base.execute("UPDATE bank_posting SET cents = 1")
    old = at(path.parent)
    ref = acts.act(old, "buhalteris", bank.read_statement, paying.statement(paying.entry(-250))).ref
    with old.opened.read() as session:
        row = bank.look(old.doing(session, "buhalteris"), ref)[0].matches[0].key
    acts.act(old, "buhalteris", bank.post_own, ref, row, Own.FEE)
    with old.opened.read() as session:
        assert verify(session, old.opened.vault).troubles == ()
    old.opened.close()


def _head(house: House) -> int:
    with house.opened.read() as session:
        return journal.head(session, SCOPE).sequence



@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
@pytest.mark.parametrize(("revision", "source"), [("0002", "sqlite"), ("0006", "sqlite"), ("0006", "postgresql")])
def test_a_backup_of_an_earlier_version_comes_back_as_todays(
        approved: House, tmp_path: Path, revision: str, source: str, target: str) -> None:
    before = acts.books(approved)
    approved.opened.close()
    path = as_of(approved, tmp_path / "old", revision)
    with ExitStack() as stack:
        old = {"LEDGER_DATA_DIR": str(path.parent)}
        if source == "postgresql":
            old["LEDGER_DATABASE_URL"] = stack.enter_context(carried(path, revision))
        file = backups.backup(settings.load(old), tmp_path / "kopija", TODAY).file
        new = {"LEDGER_DATA_DIR": str(tmp_path / "new")}
        if target == "postgresql":
            new["LEDGER_DATABASE_URL"] = stack.enter_context(postgres.database())
        (tmp_path / "new").mkdir()
        shutil.copy(path.parent / "master.key", tmp_path / "new")
        done = backups.restore(settings.load(new), file, Asked("buhalteris", "vadovas", DEMO_PASSWORD), TODAY)
        assert (done.facts.revision, done.troubles) == (revision, 0)
        house = at(tmp_path / "new", new.get("LEDGER_DATABASE_URL", ""))
        with house.opened.read() as session:
            assert verify(session, house.opened.vault).troubles == ()
        assert {name: len(rows) for name, rows in acts.books(house).items() if name.startswith("sealed_")} == {
            name: len(rows) for name, rows in before.items() if name.startswith("sealed_")}
        acts.lot(house, "ZV-01", date(2026, 11, 4), 3, "D1")
        assert acts.pay(house, acts.NOVEMBER).number == "SK-2026-0002"
        house.opened.close()


@contextmanager
def carried(path: Path, revision: str) -> Iterator[str]:
    """The same old books on PostgreSQL."""
    with postgres.database() as url, backup.one_moment(f"sqlite:///{path}") as source:
        schema.migrate(url, to=revision)
        engine = open_engine(url)
        with engine.execution_options(**{WRITES: True}).begin() as connection:
            moving.carry(moving.Live(source, Books.metadata), connection, Books.metadata)
        engine.dispose()
        yield url
