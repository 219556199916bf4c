"""The books moved to another database: every value, sum, number and seal is the same there, and the work goes on."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import acts
import photographed
import postgres
import pytest
from click.testing import CliRunner
from house import House
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from ledger import backups, settings
from ledger.actions import verify
from ledger.cli import main
from ledger.core.faults import Refused
from ledger.records import moving, schema
from ledger.records.base import WRITES, Books, open_engine
from ledger.records.opened import open_books
from ledger.settings import Settings


def values(house: House) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table as Python has it."""
    with house.opened.books.connect() as connection:
        return {name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
                for name, table in Books.metadata.tables.items()}


def at(house: House, address: str) -> House:
    """The same workshop at another address."""
    chosen = settings.load({"LEDGER_DATA_DIR": str(house.settings.data_dir), "LEDGER_DATABASE_URL": address})
    return House(chosen, open_books(chosen), house.tokens)


def troubles(house: House) -> tuple[Any, ...]:
    with house.opened.read() as session:
        return verify.verify(session, house.opened.vault).troubles


def refused(chosen: Settings, to: str) -> str:
    with pytest.raises(Refused) as told:
        backups.move(chosen, to)
    return told.value.code


def test_the_books_go_to_postgresql_and_back_with_every_value(printed: House, tmp_path: Path) -> None:
    photographed.one_of_everything(printed)
    before = values(printed)
    printed.opened.close()
    with postgres.database() as address:
        moved = backups.move(printed.settings, address)
        there = at(printed, address)
        assert values(there) == before
        assert {name: len(rows) for name, rows in before.items()} == moved.rows
        assert troubles(there) == ()
        assert there.client("vadovas").get("/setup/logo.png").data.startswith(b"\x89PNG")
        acts.lot(there, "ZV-01", date(2026, 11, 4), 3, "D1")
        assert acts.pay(there, acts.NOVEMBER).number == "SK-2026-0002"
        there.papers(acts.NOVEMBER)
        assert troubles(there) == ()
        after = values(there)
        there.opened.close()
        backups.move(there.settings, f"sqlite:///{tmp_path / 'back.db'}")
        home = at(printed, f"sqlite:///{tmp_path / 'back.db'}")
        assert values(home) == after
        assert troubles(home) == ()
        with pytest.raises(IntegrityError, match="sealed"):
            acts.raw(home, "UPDATE sealed_run SET month = 'x'")
        home.opened.close()
    assert values(at(printed, printed.settings.database_url)) == before


def test_the_guards_stand_again_after_the_move(approved: House) -> None:
    approved.opened.close()
    with postgres.database() as address:
        backups.move(approved.settings, address)
        there = at(approved, address)
        with there.opened.books.connect() as connection:
            off = connection.exec_driver_sql("SELECT tgname FROM pg_trigger WHERE tgenabled = 'D'").all()
        there.opened.close()
        assert off == []


def test_nothing_is_put_where_rows_are(approved: House, tmp_path: Path) -> None:
    approved.opened.close()
    with postgres.workshop(tmp_path / "pg", "october") as other:
        other.opened.close()
        assert refused(approved.settings, other.settings.database_url) == "move_not_empty"
    assert refused(approved.settings, approved.settings.database_url) == "move_same"


def test_a_table_with_one_row_is_not_empty(approved: House) -> None:
    approved.opened.close()
    with postgres.database() as address:
        schema.migrate(address)
        engine = open_engine(address)
        with engine.execution_options(**{WRITES: True}).begin() as connection:
            connection.exec_driver_sql("INSERT INTO request_key (actor, key, digest, status, location, at) "
                                       "VALUES ('a', 'k', 'd', 200, '', now())")
        engine.dispose()
        assert refused(approved.settings, address) == "move_not_empty"


def test_nothing_is_moved_while_the_books_are_open(approved: House, tmp_path: Path) -> None:
    with approved.opened.read() as session:
        session.execute(text("SELECT 1 FROM account"))
        assert refused(approved.settings, f"sqlite:///{tmp_path / 'x.db'}") == "books_in_use"
    assert not (tmp_path / "x.db").exists()


CHANGES = (
    "UPDATE account SET name = name || 'x' WHERE id = 1",
    "UPDATE product_price SET price_cents = price_cents + 1 WHERE id = 1",
    "DELETE FROM observation WHERE id = 1")


@pytest.mark.parametrize("change", CHANGES)
def test_what_arrives_otherwise_than_it_was_sent_is_noticed(approved: House, tmp_path: Path, change: str,
                                                            monkeypatch: pytest.MonkeyPatch) -> None:
    """A value changed on the way: the comparison must see it, and nothing may be left of the move."""
    approved.opened.close()
    filled = moving._count_on

    def changed(connection: Any, names: list[str]) -> None:
        filled(connection, names)
        connection.exec_driver_sql(change)

    monkeypatch.setattr(moving, "_count_on", changed)
    assert refused(approved.settings, f"sqlite:///{tmp_path / 'x.db'}") == "move_differs"
    assert not (tmp_path / "x.db").exists()


def test_what_postgresql_does_not_take_is_said(approved: House) -> None:
    approved.opened.close()
    with closing(sqlite3.connect(approved.settings.data_dir / "books.db")) as bare:
        bare.execute("UPDATE account SET name = 'a' || char(0) || 'b' WHERE id = 1")
        bare.commit()
    with postgres.database() as address:
        assert refused(approved.settings, address) == "move_refused"
        assert not schema.begun(address)


def test_the_command_says_how_to_go_on(approved: House, tmp_path: Path) -> None:
    approved.opened.close()
    env = {"LEDGER_DATA_DIR": str(approved.settings.data_dir)}
    said = CliRunner().invoke(main, ["move", "--to", f"sqlite:///{tmp_path / 'x.db'}"], env=env)
    assert (said.exit_code, "LEDGER_DATABASE_URL" in said.output) == (0, True)
    said = CliRunner().invoke(main, ["move", "--to", "mysql://x/y"], env=env)
    assert (said.exit_code, "mysql" in said.output) == (1, True)
