"""What is sealed stays: every attack on every protected table, both databases; each guard taken away lets its attack through."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from typing import Any

import house as houses
import postgres
import pytest
from house import House
from sqlalchemy import delete, insert, text, update
from sqlalchemy.exc import DBAPIError

from ledger.records import guards
from ledger.records.base import Books
from ledger.records.entries import DecisionRow, FigureRow, WorkRow
from ledger.records.papers import Paper
from ledger.records.types import Cents, Day, Flag, Instant, Json

SQLITE, POSTGRESQL = "sqlite", "postgresql"
MODELS = {mapper.local_table.name: mapper.class_ for mapper in Books.registry.mappers}
KEPT = (*guards.BOOKED, "lot_maker")


@pytest.fixture(scope="module")
def sqlite_books(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    source = request.getfixturevalue("_approved")
    house = houses.copy(source, tmp_path_factory.mktemp("sealed") / "data")
    _with_a_paper(house)
    _with_entries(house)
    _with_a_row_everywhere(house)
    yield house
    house.opened.close()


@pytest.fixture(scope="module")
def postgres_books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with postgres.workshop(tmp_path_factory.mktemp("sealed") / "pg") as house:
        _with_a_paper(house)
        _with_entries(house)
        _with_a_row_everywhere(house)
        yield house


def _with_a_paper(house: House) -> None:
    with house.opened.write() as session:
        session.add(Paper(organisation_id=1, workshop_id=1, run_ref="run", month="2026-10", kind="leaf", number="SL-2026-0001",
                          person_ref="person", sha256="00", sealed=b"00", made_at=house.tools.clock(), app_version="0"))
        session.commit()


def _with_entries(house: House) -> None:
    """An entry of work, a decision and a figure of October, as they would have been written before it was approved."""
    own = {"organisation_id": 1, "workshop_id": 1, "booked_in": "2026-10"}
    by, at = "vadovas", house.tools.clock()
    day = {"participant_id": 1, "happened_on": date(2026, 10, 5)}
    made = {"work": WorkRow(**own, **day, minutes=60, logged_at=at),
            "decision": DecisionRow(**own, **day, part="", cents=0, reason="Ačiū", document="V-1", decided_by=by, decided_at=at),
            "month_figure": FigureRow(**own, name="sanaudos", number="1", set_by=by, set_at=at)}
    with house.opened.write() as session:
        lite = session.get_bind().dialect.name == SQLITE
        texts = guards.statements(Books.metadata, SQLITE if lite else POSTGRESQL)
        for table, row in made.items():
            guard = f"{table}_approved_insert_new" if lite else f"{table}_approved_new"
            session.execute(text(f"DROP TRIGGER {guard}" + ("" if lite else f" ON {table}")))
            session.add(row)
            session.flush()
            session.execute(text(next(one for one in texts if one.startswith(f"CREATE TRIGGER {guard} "))))
        session.commit()


FITTING: dict[str, dict[str, Any]] = {
    "month_event": {"kind": "closing", "closing_ref": ""}, "payment": {"way": "bank"},
    "payment_batch": {"way": "bank", "format": "pain.001.001.09"},
    "payment_event": {"state": "pending", "why": ""}, "payment_file": {"kind": "sepa"}, "bank_posting": {"kind": "receipt"},
    "pay_detail": {"kind": "cash"}, "pay_detail_event": {"state": "confirmed"},
    "late_event": {"kind": "accepted", "correction_ref": ""},
    "restored": {"second": "y"}, "day_event": {"kind": "begun"},
    "sale_document": {"kind": "sale", "way": "card", "off_cents": 0, "rounding_cents": 0, "given_cents": 0, "returns_ref": "",
                      "customer_id": None},
    "stock_move": {"kind": "scrap", "customer_id": None, "store": 1, "shop": 0, "sale_ref": "", "count_ref": ""},
    "stock_count": {"customer_id": None},
    "customer_payment": {"way": "bank", "rounding_cents": 0},
    "correction": {"approved_by": "y", "month": "2026-10", "booked_in": "2026-11", "correction_ref": "x"}}
"""What the checks of a table want in a made-up row."""


def _made_up(table: str, at: Any) -> dict[str, Any]:
    """A row of a table, with something plain in every column."""
    plain: dict[type, Any] = {Cents: 0, Day: date(2026, 10, 31), Instant: at, Flag: False, Json: {}}
    zero = 0 if table.startswith("correct") else 1
    row: dict[str, Any] = {}
    for column in Books.metadata.tables[table].columns:
        kind = type(column.type)
        if kind in plain:
            row[column.name] = zero if kind is Cents else plain[kind]
        elif column.type.python_type is int:
            row[column.name] = 1
        else:
            row[column.name] = b"0" if column.type.python_type is bytes else "x"
    return {**row, **FITTING.get(table, {})}


def _with_a_row_everywhere(house: House) -> None:
    """A row in each sealed table that has none yet, past the guards."""
    with house.opened.write() as session:
        lite = session.get_bind().dialect.name == SQLITE
        texts = guards.statements(Books.metadata, SQLITE if lite else POSTGRESQL)
        for table in guards.SEALED:
            if session.scalar(text(f"SELECT COUNT(*) FROM {table}")):
                continue
            own = [one for one in texts if one.startswith("CREATE TRIGGER") and re.search(rf" ON {table}\b", one)]
            for one in own:
                session.execute(text(f"DROP TRIGGER {one.split()[2]}" + ("" if lite else f" ON {table}")))
            session.execute(insert(Books.metadata.tables[table]), [_made_up(table, house.tools.clock())])
            for one in own:
                session.execute(text(one))
        session.commit()


@pytest.fixture
def house_of(request: pytest.FixtureRequest) -> Any:
    names = {SQLITE: "sqlite_books", POSTGRESQL: "postgres_books"}
    return lambda database: request.getfixturevalue(names[database])


CHAINED = {"seal": "content", "journal_entry": "subject", "journal_leg": "detail"}
"""Tables whose rows are known by their place in a chain, each with a column that an attack changes."""


def first_key(table: str) -> str:
    """What the rows of a table are numbered by."""
    return "sequence" if table in CHAINED else "id"


def said(template: str, table: str) -> str:
    """A statement of an attack on a table."""
    keys = ", ".join(column.name for column in Books.metadata.tables[table].primary_key)
    return template.format(t=table, k=keys, n=first_key(table), c=CHAINED.get(table, "ref"))


def rows(house: House, table: str) -> list[tuple[Any, ...]]:
    with house.opened.read() as session:
        return [tuple(row) for row in session.execute(text(f'SELECT * FROM "{table}" ORDER BY {first_key(table)}'))]


def tried(house: House, *statements: Any) -> str:
    """What the database says to the last of these statements; "" when it lets it through. Nothing is kept."""
    with house.opened.write() as session:
        for statement in statements[:-1]:
            session.execute(text(statement))
        try:
            session.execute(text(statements[-1]) if isinstance(statements[-1], str) else statements[-1])
        except DBAPIError as error:
            return str(error.orig)
        finally:
            session.rollback()
    return ""


def bare(house: House, *statements: str) -> str:
    """The same from somebody else's connection, which has no recipe."""
    with closing(sqlite3.connect(house.settings.data_dir / "books.db", isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in statements:
                connection.execute(statement)
        except sqlite3.DatabaseError as error:
            return str(error)
        finally:
            connection.execute("ROLLBACK")
    return ""


def columns(table: str) -> list[str]:
    return [column.name for column in Books.metadata.tables[table].columns]


def unique_keys(table: str) -> list[tuple[str, ...]]:
    """Every set of columns that names one row."""
    looked = Books.metadata.tables[table]
    keys = [tuple(column.name for column in one.columns) for one in looked.constraints if type(one).__name__ == "UniqueConstraint"]
    own = tuple(column.name for column in looked.primary_key)
    return [own, *keys, *(tuple(column.name for column in one.columns) for one in looked.indexes if one.unique)]


CENTS = [name for name in columns("sealed_run") if name.endswith("_cents")]


def copy_of_a_row(table: str, same: tuple[str, ...], verb: str = "INSERT OR REPLACE", **other: str) -> str:
    """A new row that agrees with the first one in the columns `same` and is new in every other unique one."""
    unique = {name for key in unique_keys(table) for name in key} - set(same) - {"organisation_id", "workshop_id"}
    fresh = {"id": "id + 1000000", "position": "position + 1000", "month": "'2031-01'", "sequence": "sequence + 1000",
             "year": "year + 10", "first": "first + 1000", "product_id": "product_id + 1"}
    values = [other.get(name) or (fresh.get(name, f"'x' || {name}") if name in unique else name) for name in columns(table)]
    return (f'{verb} INTO "{table}" ({", ".join(columns(table))}) '
            f'SELECT {", ".join(values)} FROM "{table}" ORDER BY {first_key(table)} LIMIT 1')


ATTACKS = {
    "update": 'UPDATE "{t}" SET {c} = {c} || \'x\'',
    "delete": 'DELETE FROM "{t}"',
    "upsert": 'INSERT INTO "{t}" SELECT * FROM "{t}" WHERE TRUE LIMIT 1 ON CONFLICT ({k}) DO UPDATE SET {c} = \'x\'',
}
LITE = {
    "replace": 'INSERT OR REPLACE INTO "{t}" SELECT * FROM "{t}" LIMIT 1',
    "update or replace": 'UPDATE OR REPLACE "{t}" SET {n} = {n} + 1',
    "update or ignore": 'UPDATE OR IGNORE "{t}" SET {c} = {c} || \'x\'',
}
GREAT = {
    "truncate": 'TRUNCATE "{t}"',
    "truncate cascade": 'TRUNCATE "{t}" CASCADE',
    "truncate from above": "TRUNCATE organisation CASCADE",
    "merge": 'MERGE INTO "{t}" a USING "{t}" b ON a.{n} = b.{n} WHEN MATCHED THEN DELETE',
}


def alone(table: str, database: str) -> list[str]:
    """Statements that take the other guards of new rows of a table away, so that the seal is tried by itself."""
    made = [one.split()[2] for one in guards.statements(Books.metadata, database)
            if re.search(rf"^CREATE TRIGGER .* BEFORE INSERT ON {table}\b", one)]
    place = "" if database == SQLITE else f" ON {table}"
    return [f"DROP TRIGGER {name}{place}" for name in made if name != f"{table}_no_replace"]


@pytest.mark.parametrize("table", guards.SEALED)
@pytest.mark.parametrize("attack", [*ATTACKS, *LITE])
def test_sqlite_keeps_sealed_rows_from_any_connection(sqlite_books, table, attack):
    before = rows(sqlite_books, table)
    statement = said((ATTACKS | LITE)[attack], table)
    assert before
    assert tried(sqlite_books, *alone(table, SQLITE), statement) == f"sealed: {table}"
    assert bare(sqlite_books, *alone(table, SQLITE), statement) == f"sealed: {table}"
    assert rows(sqlite_books, table) == before


@pytest.mark.parametrize(("table", "key"), [(table, key) for table in guards.SEALED for key in unique_keys(table)])
def test_sqlite_keeps_a_sealed_row_from_being_replaced_by_any_of_its_keys(sqlite_books, table, key):
    before = rows(sqlite_books, table)
    assert bare(sqlite_books, *alone(table, SQLITE), copy_of_a_row(table, key)) == f"sealed: {table}"
    assert rows(sqlite_books, table) == before


@pytest.mark.parametrize("table", guards.SEALED)
@pytest.mark.parametrize("attack", [*ATTACKS, *GREAT])
def test_postgresql_keeps_sealed_rows(postgres_books, table, attack):
    before = rows(postgres_books, table)
    assert before
    answer = tried(postgres_books, *alone(table, POSTGRESQL), said((ATTACKS | GREAT)[attack], table))
    assert "sealed" in answer or answer.startswith("cannot truncate a table referenced")
    assert rows(postgres_books, table) == before


@pytest.mark.parametrize("table", guards.SEALED)
@pytest.mark.parametrize("database", [SQLITE, POSTGRESQL])
def test_the_orm_in_bulk_is_refused_too(house_of, database, table):
    house, model = house_of(database), MODELS[table]
    assert f"sealed: {table}" in tried(house, update(model).values({CHAINED.get(table, "ref"): "x"}))
    assert f"sealed: {table}" in tried(house, delete(model))


@pytest.mark.parametrize("table", guards.SEALED)
def test_each_sqlite_guard_taken_away_lets_its_attack_through(sqlite_books, table):
    for guard, attack in (("no_update", "update"), ("no_delete", "delete")):
        assert bare(sqlite_books, f"DROP TRIGGER {table}_{guard}", said(ATTACKS[attack], table)) == ""
    assert bare(sqlite_books, f"DROP TRIGGER {table}_no_replace", *alone(table, SQLITE), said(LITE["replace"], table)) == ""


@pytest.mark.parametrize("table", guards.SEALED)
def test_each_postgresql_guard_taken_away_lets_its_attack_through(postgres_books, table):
    for guard, attack in (("sealed", "update"), ("sealed", "delete"), ("no_truncate", "truncate")):
        statement = said((ATTACKS | GREAT)[attack], table)
        pointing = []
        if (table, attack) == ("journal_entry", "truncate"):  # its legs point to it
            pointing, statement = ["DROP TRIGGER journal_leg_no_truncate ON journal_leg"], statement + " CASCADE"
        assert tried(postgres_books, *pointing, f"DROP TRIGGER {table}_{guard} ON {table}", statement) == ""


# ---------- rows of an approved month ----------

def outside(table: str) -> str:
    """A row like the first one, booked in November."""
    if table == "lot_maker":
        return copy_of_a_row("lot_maker", (), "INSERT", lot_id="(SELECT MAX(id) FROM lot)", participant_id="participant_id")
    return copy_of_a_row(table, (), "INSERT", booked_in="'2026-11'", participant_id="participant_id", happened_on=_later(table))


def _later(table: str) -> str:
    return "'2026-11-30'" if table == "attendance" else "happened_on"


def november_lot() -> str:
    return copy_of_a_row("lot", (), "INSERT", booked_in="'2026-11'")


BOOKED_ATTACKS = {
    "insert": lambda table: copy_of_a_row(table, (), "INSERT", participant_id="participant_id", lot_id="lot_id",
                                          booked_in="booked_in", happened_on=_later(table)),
    "change": lambda table: f'UPDATE "{table}" SET ref = ref || \'x\'',
    "take out": lambda table: f'UPDATE "{table}" SET ' + (
        "lot_id = (SELECT MAX(id) FROM lot)" if table == "lot_maker" else "booked_in = '2026-11'"),
    "delete": lambda table: f'DELETE FROM "{table}"',
}


@pytest.mark.parametrize("table", KEPT)
@pytest.mark.parametrize("attack", BOOKED_ATTACKS)
@pytest.mark.parametrize("database", [SQLITE, POSTGRESQL])
def test_rows_of_an_approved_month_stay_as_they_are(house_of, database, table, attack):
    house = house_of(database)
    before = rows(house, table)
    said = tried(house, november_lot(), BOOKED_ATTACKS[attack](table))
    assert said.startswith("approved month")
    assert rows(house, table) == before


@pytest.mark.parametrize("table", guards.BOOKED)
@pytest.mark.parametrize("database", [SQLITE, POSTGRESQL])
def test_rows_of_an_open_month_come_and_go_but_not_into_an_approved_one(house_of, database, table):
    house, mine = house_of(database), "WHERE booked_in = '2026-11'"
    assert tried(house, outside(table), f'UPDATE "{table}" SET ref = ref || \'y\' {mine}') == ""
    assert tried(house, outside(table), f'DELETE FROM "{table}" {mine}') == ""
    assert tried(house, outside(table), f'UPDATE "{table}" SET booked_in = \'2026-10\' {mine}').startswith("approved month")


@pytest.mark.parametrize("database", [SQLITE, POSTGRESQL])
def test_a_maker_is_not_moved_into_a_lot_of_an_approved_month(house_of, database):
    house = house_of(database)
    move = "UPDATE lot_maker SET lot_id = 2 WHERE lot_id = (SELECT MAX(id) FROM lot)"
    assert tried(house, november_lot(), outside("lot_maker"), move).startswith("approved month")


@pytest.mark.parametrize("table", [*KEPT, "run"])
@pytest.mark.parametrize("key", ["id", "ref"])
def test_a_row_of_an_approved_month_is_not_replaced_from_a_bare_connection(sqlite_books, table, key):
    before = rows(sqlite_books, table)
    other = {"run": {"state": "'draft'", "approved_by": "NULL"}, "lot_maker": {"lot_id": "(SELECT MAX(id) FROM lot)"}}
    change = other.get(table, {"booked_in": "'2026-11'"})
    into = copy_of_a_row(table, (key,), participant_id="participant_id", happened_on=_later(table), **change)
    made = [november_lot()] if table == "lot_maker" else []
    assert bare(sqlite_books, *made, into) != ""
    assert rows(sqlite_books, table) == before


@pytest.mark.parametrize("table", guards.BOOKED)
def test_a_row_of_an_approved_month_is_not_replaced_by_changing_another(sqlite_books, table):
    over = f'UPDATE OR REPLACE "{table}" SET id = (SELECT MIN(id) FROM "{table}") WHERE booked_in = \'2026-11\''
    assert bare(sqlite_books, outside(table), over) != ""


@pytest.mark.parametrize("table", KEPT)
def test_truncate_does_not_empty_what_months_book(postgres_books, table):
    assert "sealed: " in tried(postgres_books, f'TRUNCATE "{table}" CASCADE')


GUARDS_OF_MONTHS = [
    ("{t}_approved_insert_new", "insert"), ("{t}_approved_delete_old", "delete"), ("{t}_approved_update_old", "take out")]


@pytest.mark.parametrize("table", guards.BOOKED)
@pytest.mark.parametrize(("guard", "attack"), GUARDS_OF_MONTHS)
def test_each_guard_of_months_taken_away_lets_its_attack_through(sqlite_books, table, guard, attack):
    assert bare(sqlite_books, f"DROP TRIGGER {guard.format(t=table)}", BOOKED_ATTACKS[attack](table)) == ""


@pytest.mark.parametrize("table", KEPT)
@pytest.mark.parametrize(("guard", "attack"), [
    ("approved_new", "insert"), ("approved_old", "delete"), ("approved_old", "take out")])
def test_each_guard_of_months_taken_away_on_postgresql_too(postgres_books, table, guard, attack):
    said = tried(postgres_books, november_lot(), f"DROP TRIGGER {table}_{guard} ON {table}", BOOKED_ATTACKS[attack](table))
    assert "approved month" not in said


# ---------- the run and its header ----------

def header(**cents: int) -> str:
    """A header of another run in January 2031, all sums 0 but these."""
    values = {name: str(cents.get(name, 0)) for name in CENTS}
    return copy_of_a_row("sealed_run", (), "INSERT", run_ref="'other'", **values)


def legs(total: int, lines: tuple[int, ...], net: int = 0) -> list[str]:
    person = copy_of_a_row("sealed_person", (), "INSERT", run_ref="'other'", person_ref="'p'", total_cents=str(total))
    made = [copy_of_a_row("sealed_line", (), "INSERT", run_ref="'other'", person_ref="'p'", position=str(place), cents=str(cents),
                          id=str(9_000_000 + place), ref=f"'line{place}'") for place, cents in enumerate(lines)]
    sale = copy_of_a_row("sealed_sale", (), "INSERT", run_ref="'other'", net_cents=str(net))
    return [person, *made, sale]


@pytest.mark.parametrize("database", [SQLITE, POSTGRESQL])
def test_a_header_that_fits_its_legs_is_taken(house_of, database):
    fitting = header(realised_net_cents=300, stipends_cents=250, to_reserve_cents=50)
    assert tried(house_of(database), *legs(250, (200, 50), net=300), fitting) == ""


@pytest.mark.parametrize("database", [SQLITE, POSTGRESQL])
@pytest.mark.parametrize(("total", "lines", "net", "cents"), [
    (250, (200, 50), 300, {"realised_net_cents": 300, "stipends_cents": 251, "to_reserve_cents": 49}),
    (250, (200, 51), 300, {"realised_net_cents": 300, "stipends_cents": 250, "to_reserve_cents": 50}),
    (251, (200, 50), 300, {"realised_net_cents": 300, "stipends_cents": 250, "to_reserve_cents": 50}),
    (250, (200, 50), 299, {"realised_net_cents": 300, "stipends_cents": 250, "to_reserve_cents": 50})])
def test_a_header_that_does_not_fit_its_legs_is_refused(house_of, database, total, lines, net, cents):
    said = tried(house_of(database), *legs(total, lines, net), header(**cents))
    assert said.startswith("the run does not add up")


@pytest.mark.parametrize("database", [SQLITE, POSTGRESQL])
@pytest.mark.parametrize("name", [name for name in CENTS if name not in ("stipends_cents", "realised_net_cents")])
def test_a_header_whose_identity_does_not_hold_is_refused(house_of, database, name):
    said = tried(house_of(database), *legs(0, (0,)), header(**{name: 1}))
    assert "identity" in said


@pytest.mark.parametrize("database", [SQLITE, POSTGRESQL])
@pytest.mark.parametrize("table", guards.LEGS)
def test_no_leg_comes_after_its_header(house_of, database, table):
    house = house_of(database)
    after = copy_of_a_row(table, ("run_ref",), "INSERT", run_ref="(SELECT run_ref FROM sealed_run)")
    assert "sealed" in tried(house, after)
    place = f" ON {table}" if database == POSTGRESQL else ""
    assert tried(house, f"DROP TRIGGER {table}_before_header{place}", after) == ""


@pytest.mark.parametrize("database", [SQLITE, POSTGRESQL])
@pytest.mark.parametrize("statement", [
    "UPDATE run SET result = 'x'", "UPDATE run SET state = 'draft', approved_by = NULL", "UPDATE run SET version = version + 1",
    "DELETE FROM run"])
def test_an_approved_run_does_not_change(house_of, database, statement):
    assert tried(house_of(database), statement).startswith("sealed: run")


@pytest.mark.parametrize("database", [SQLITE, POSTGRESQL])
@pytest.mark.parametrize("who", ["calculated_by", "submitted_by"])
def test_who_calculated_does_not_approve_in_the_database_either(house_of, database, who):
    house = house_of(database)
    in_run = copy_of_a_row("run", (), "INSERT", approved_by=who)
    in_header = copy_of_a_row("sealed_run", (), "INSERT", run_ref="'other'", approved_by=who, **dict.fromkeys(CENTS, "0"))
    assert "another_approves" in tried(house, in_run)
    assert "another_approves" in tried(house, in_header)


@pytest.mark.parametrize("database", [SQLITE, POSTGRESQL])
@pytest.mark.parametrize(("state", "approver"), [("approved", "NULL"), ("draft", "'somebody'"), ("paid", "NULL")])
def test_a_run_is_approved_by_somebody_or_not_at_all(house_of, database, state, approver):
    said = tried(house_of(database), copy_of_a_row("run", (), "INSERT", state=f"'{state}'", approved_by=approver))
    assert "ck_run_" in said


def test_a_month_has_one_run_that_is_not_discarded(approved):
    again = ("INSERT {} INTO run (ref, organisation_id, workshop_id, month, state, scheme_ref, inputs, result, seen, version, "
             "calculated_by, calculated_at) SELECT 'x', organisation_id, workshop_id, month, 'draft', scheme_ref, inputs, result, "
             "seen, 1, calculated_by, calculated_at FROM run")
    with closing(sqlite3.connect(approved.settings.data_dir / "books.db")) as books:
        for how in ("", "OR REPLACE"):
            with pytest.raises(sqlite3.IntegrityError):
                books.execute(again.format(how))
        assert books.execute("SELECT state FROM run").fetchall() == [("approved",)]
