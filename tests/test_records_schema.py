"""The schema: what migrations make is what the code says, on both databases; columns, scopes and how a database is opened."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import postgres
import pytest
from house import House
from sqlalchemy import Engine, ForeignKeyConstraint, inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from ledger.actions.verify import verify
from ledger.records import guards, schema
from ledger.records.base import Books, Watch, open_engine, reading, writing
from ledger.records.organisation import Workshop
from ledger.records.production import AttendanceRow, Price
from ledger.records.sales import SaleRow
from ledger.records.types import Cents, new_ref, new_refs
from ledger.web import guard

WITHOUT_ORGANISATION = {"organisation", "request_key"}
WITHOUT_WORKSHOP = {
    "organisation", "request_key", "workshop", "account", "secret_key", "number_series", "restored", "skipped_number", "seal",
    "logo"}
BOTH = ("sqlite", "postgresql")


@pytest.fixture(params=BOTH)
def two(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Engine, Engine]]:
    """Two empty databases: one migrated, one made from the code."""
    if request.param == "sqlite":
        addresses = [f"sqlite:///{tmp_path / name}.db" for name in ("old", "new")]
        yield from _both_ways(addresses)
    else:
        with postgres.database() as old, postgres.database() as new:
            yield from _both_ways([old, new])


def _both_ways(addresses: list[str]) -> Iterator[tuple[Engine, Engine]]:
    schema.migrate(addresses[0])
    old, new = (open_engine(address) for address in addresses)
    schema.create_books(new)
    yield old, new
    old.dispose()
    new.dispose()


@pytest.fixture(params=BOTH)
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """A workshop with October approved, on either database."""
    if request.param == "sqlite":
        yield request.getfixturevalue("approved")
    else:
        with postgres.workshop(tmp_path / "pg") as house:
            yield house


def shape(engine: Engine) -> dict[str, Any]:
    """Everything about the tables that a migration could get wrong."""
    looked = inspect(engine)
    found: dict[str, Any] = {}
    for table in set(looked.get_table_names()) - {"alembic_version"}:
        found[table] = {
            "columns": sorted((one["name"], str(one["type"]), one["nullable"], one["default"])
                              for one in looked.get_columns(table)),
            "key": sorted(looked.get_pk_constraint(table)["constrained_columns"]),
            "unique": sorted((one["name"], one["column_names"]) for one in looked.get_unique_constraints(table)),
            "foreign": sorted((one["name"], one["constrained_columns"], one["referred_table"], one["referred_columns"],
                               sorted(one["options"].items())) for one in looked.get_foreign_keys(table)),
            "checks": sorted((one["name"], one["sqltext"]) for one in looked.get_check_constraints(table)),
            "indexes": sorted((one["name"], one["column_names"], bool(one["unique"])) for one in looked.get_indexes(table))}
    return found


def programs(engine: Engine) -> list[tuple[str, str]]:
    """Triggers with their text, on PostgreSQL their functions too."""
    statements = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type IN ('trigger', 'view') ORDER BY 1",
        "postgresql": "SELECT tgrelid::regclass || tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal UNION ALL "
                      "SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1"}
    with engine.connect() as connection:
        return [(name, " ".join(body.split())) for name, body in connection.exec_driver_sql(statements[engine.dialect.name])]


def test_migrations_make_what_the_code_says(two):
    old, new = two
    assert shape(old) == shape(new)
    assert programs(old) == programs(new)
    assert len(programs(old)) > 40
    assert schema.at_newest(old)
    assert not schema.at_newest(new)


def test_every_sqlite_table_is_strict_and_knows_no_part_of_a_number(tmp_path):
    for base, make in ((Books, schema.create_books), (Watch, schema.create_watch)):
        engine = open_engine(f"sqlite:///{tmp_path / base.__name__}.db")
        make(engine)
        with engine.connect() as connection:
            strict = {name: bool(flag) for _schema, name, _kind, _columns, _rowid, flag in
                      connection.exec_driver_sql("PRAGMA table_list") if not name.startswith("sqlite_")}
            assert strict == dict.fromkeys(base.metadata.tables, True)
            types = {row[2] for name in strict for row in connection.exec_driver_sql(f"PRAGMA table_info({name})")}
        assert types == {"INTEGER", "TEXT", "BLOB"} if base is Books else types <= {"INTEGER", "TEXT", "BLOB"}
        engine.dispose()


def test_postgresql_has_its_own_types_and_no_part_of_a_number():
    with postgres.database() as address:
        engine = open_engine(address)
        schema.create_books(engine)
        with engine.connect() as connection:
            found = {(name, kind) for name, kind in connection.exec_driver_sql(
                "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'")}
        engine.dispose()
    assert {kind for _, kind in found} == {"bigint", "integer", "text", "date", "timestamp with time zone", "jsonb", "bytea"}
    assert {kind for name, kind in found if name.endswith("_cents")} == {"bigint"}


def test_money_is_whole_cents_and_says_so_in_its_name():
    for table in Books.metadata.tables.values():
        for column in table.columns:
            money = column.name == "cents" or column.name.endswith("_cents")
            assert money == isinstance(column.type, Cents), f"{table}.{column.name}"


@pytest.mark.parametrize("cents", [12.5, "1250", True])
def test_part_of_a_cent_does_not_get_in(approved, cents):
    price = Price(organisation_id=1, workshop_id=1, product_id=1, valid_from=date(2026, 12, 1), price_cents=cents, material_cents=0)
    with approved.opened.write() as session:
        session.add(price)
        with pytest.raises(StatementError, match="whole cents"):
            session.flush()


def test_a_strict_table_refuses_text_for_a_number(approved):
    bare = sqlite3.connect(approved.settings.data_dir / "books.db")
    with pytest.raises(sqlite3.IntegrityError, match="cannot store TEXT"):
        bare.execute("UPDATE product_price SET price_cents = '12,50'")
    bare.close()


def test_every_row_has_its_organisation_and_its_workshop():
    tables = Books.metadata.tables
    assert {name for name, table in tables.items() if "organisation_id" not in table.columns} == WITHOUT_ORGANISATION
    assert {name for name, table in tables.items() if "workshop_id" not in table.columns} == WITHOUT_WORKSHOP
    assert {name for name, table in tables.items() if "workshop_id" in table.columns and table.columns["workshop_id"].nullable} == {
        "role_grant", "audit"}


def test_every_key_into_a_workshops_table_carries_the_workshop():
    tables = Books.metadata.tables
    for table in tables.values():
        keys = [one for one in table.constraints if isinstance(one, ForeignKeyConstraint)]
        together = {name for one in keys if "workshop_id" in one.column_keys for name in one.column_keys}
        for one in keys:
            if "workshop_id" in one.referred_table.columns and table.columns.get("workshop_id") is not None:
                assert set(one.column_keys) <= together, f"{table}: {one.column_keys}"


@pytest.mark.parametrize("table", sorted(
    set(Books.metadata.tables) - {"organisation", "request_key", "number_series", "seal", "journal_leg"}))
def test_what_a_browser_sees_is_a_random_reference(table):
    assert "ref" in Books.metadata.tables[table].columns


def test_a_row_cannot_point_into_another_workshop(either):
    with either.opened.write() as session:
        other = Workshop(organisation_id=1, name="Kitos", books_from="2026-10")
        session.add(other)
        session.flush()
        rows = [
            AttendanceRow(organisation_id=1, workshop_id=other.id, participant_id=1, happened_on=date(2026, 11, 3),
                          booked_in="2026-11", minutes=240, mark="D"),
            SaleRow(organisation_id=1, workshop_id=other.id, channel="mugė", product_id=1, happened_on=date(2026, 11, 3),
                    booked_in="2026-11", quantity=1000, price_cents=100, logged_at=either.tools.clock())]
        for row in rows:
            with pytest.raises(IntegrityError), session.begin_nested():
                session.add(row)


def test_the_sealed_list_is_what_verify_names(either):
    with either.opened.read() as session:
        found = verify(session, either.opened.vault)
    assert found.protected_tables == guards.SEALED
    assert found.troubles == ()
    assert {name for name in Books.metadata.tables if name.startswith("sealed_")} <= set(guards.SEALED)


def test_sqlite_is_opened_by_its_recipe(approved):
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1, "trusted_schema": 0,
              "cell_size_check": 1, "busy_timeout": 30000}
    with approved.opened.write() as session:
        assert {name: session.scalar(text(f"PRAGMA {name}")) for name in wanted} == wanted


def test_a_reading_session_cannot_write_and_is_not_kept_waiting(either):
    with either.opened.write() as writer, either.opened.read() as reader:
        writer.execute(text("UPDATE account SET name = 'X'"))
        assert reader.scalar(text("SELECT COUNT(*) FROM account WHERE name = 'X'")) == 0
        with pytest.raises(DBAPIError, match=r"read-?only"):
            reader.execute(text("UPDATE account SET name = 'Y'"))


def test_a_connection_that_wrote_reads_only_when_it_is_lent_for_reading(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'one.db'}")
    schema.create_books(engine)
    for _ in range(3):
        with writing(engine)() as session:
            session.execute(text("DELETE FROM request_key"))
            session.commit()
        with reading(engine)() as session, pytest.raises(DBAPIError, match="readonly"):
            session.execute(text("DELETE FROM request_key"))
    engine.dispose()


COUNT = """
import sys
from sqlalchemy import text
from ledger.records.base import open_engine, writing
engine = open_engine(sys.argv[1])
for _ in range(40):
    with writing(engine)() as session:
        last = session.scalar(text("SELECT last FROM number_series WHERE kind = 'try'"))
        session.execute(text("UPDATE number_series SET last = :next WHERE kind = 'try'"), {"next": last + 1})
        session.commit()
"""


def test_two_processes_that_read_and_then_write_lose_nothing(approved):
    with approved.opened.write() as session:
        session.execute(text("INSERT INTO number_series (organisation_id, kind, year, last) VALUES (1, 'try', 2026, 0)"))
        session.commit()
    command = [sys.executable, "-c", COUNT, approved.settings.database_url]
    running = [subprocess.Popen(command) for _ in range(2)]
    assert [one.wait() for one in running] == [0, 0]
    with approved.opened.read() as session:
        assert session.scalar(text("SELECT last FROM number_series WHERE kind = 'try'")) == 80


def test_an_error_of_the_database_tells_no_value(either):
    with either.opened.read() as session, pytest.raises(DBAPIError) as wrong:
        session.execute(text("SELECT * FROM not_there WHERE name = :name"), {"name": "Ona Onaitė"})
    assert "not_there" in str(wrong.value)
    assert "Onaitė" not in str(wrong.value)


def test_what_a_guard_refused_is_logged_without_the_row(approved, caplog):
    told = 'duplicate key value violates unique constraint "account_login_key"\nDETAIL:  Key (login)=(ona) already exists.'
    with approved.app().test_request_context("/"):
        guard._before()
        guard._guarded(IntegrityError("INSERT", {}, Exception(told)))
    assert "account_login_key" in caplog.text
    assert "(ona)" not in caplog.text


def test_references_of_many_rows_are_of_one_beginning_and_in_order_and_no_two_are_the_same() -> None:
    first, second = (list(islice(new_refs(), 40_000)) for _ in range(2))
    assert first == sorted(first)
    assert len({*first, *second}) == 80_000
    assert {len(ref) for ref in first} == {len(new_ref())}
    assert set("".join(first)) <= set("abcdefghijkmnpqrstuvwxyz23456789")
