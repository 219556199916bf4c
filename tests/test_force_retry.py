"""A database that asks for the work again, or cannot be had: the whole unit of work is repeated, or 503 with nothing changed
(attacks.md rows 97, 98)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import acts
import postgres
import pytest
from house import DATA, House
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from ledger.records.base import REPEATS, persistently, sqlstate

PRODUCT = {"name": "Bandymas", "code": "XX-1", "unit": "vnt", "price": "1,00", "materials": "0,10", "picture": "kitas"}


@pytest.fixture
def pg(tmp_path: Path) -> Iterator[House]:
    """October brought in, on PostgreSQL."""
    with postgres.workshop(tmp_path / "pg", "october") as house:
        yield house


def failures(house: House) -> list[str]:
    """The codes with which PostgreSQL fails from now on."""
    seen: list[str] = []

    def note(context: Any) -> None:
        seen.append(sqlstate(context.sqlalchemy_exception))
    event.listen(house.opened.books, "handle_error", note)
    return seen


def fails(house: House, table: str, times: int, code: str = "40001", when: str = "AFTER INSERT") -> None:
    """The first so many changes of this table fail when they are committed."""
    acts.raw(house, "CREATE SEQUENCE tries")
    acts.raw(house, f"""CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('tries') <= {times} THEN RAISE EXCEPTION 'asked for by the test' USING ERRCODE = '{code}'; END IF;
        RETURN NULL; END $$""")
    acts.raw(house, f"CREATE CONSTRAINT TRIGGER failing {when} ON {table} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
                    "EXECUTE FUNCTION fail()")


def tries(house: House) -> int:
    with house.opened.read() as session:
        return int(session.scalar(text("SELECT last_value FROM tries")) or 0)


def told(page: str) -> int:
    """How many things the page says of what was done."""
    return page.partition('<div class="flash')[2].partition("<main")[0].count('class="notice')


def added(house: House) -> int:
    return len([one for one in acts.trail(house, "add_product") if one.after["code"] == "XX-1"])


@contextmanager
def somebody(house: House) -> Iterator[Any]:
    """Another session, which waits for a minute before it looks whether it stands in a deadlock."""
    with house.opened.books.execution_options(ledger_writes=True).connect() as other:
        other.exec_driver_sql("SET deadlock_timeout = '60s'")
        yield other
        other.rollback()
        other.exec_driver_sql("SET deadlock_timeout = '1s'")
        other.commit()


def until_it_waits(other: Any) -> None:
    """Come back when a session of this database waits for a lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    while not other.exec_driver_sql(waiting).scalar_one():
        other.exec_driver_sql("SELECT pg_sleep(0.01), pg_stat_clear_snapshot()")


def test_a_deadlock_is_worked_out_again_and_happens_once(pg):
    pg.submit()
    client, codes = pg.client("buhalteris"), failures(pg)
    page = "/month/2026-10"
    token = client.get(page)  # the form's page is fetched before anything is locked
    with ThreadPoolExecutor(1) as pool, somebody(pg) as other:
        other.exec_driver_sql("SELECT id FROM run FOR UPDATE")
        sent = pool.submit(client.send, f"{page}/withdraw", {}, page=page)
        until_it_waits(other)
        other.exec_driver_sql("SELECT id FROM workshop FOR UPDATE")  # the request has it and wants the run
        other.commit()
        answer = sent.result()
    assert token.status_code == 200
    assert (codes, answer.status_code) == (["40P01"], 303)
    assert len(acts.trail(pg, "withdraw")) == 1


@pytest.mark.parametrize("code", ["40P01", "40001"])
def test_a_request_is_repeated_as_a_whole_and_tells_of_it_once(pg, code):
    client = pg.client("meistras")
    fails(pg, "audit", 3, code)
    answer = client.send("/products/new", PRODUCT)
    assert (answer.status_code, tries(pg), added(pg)) == (303, 4, 1)
    assert told(client.page(answer.location)) == 1


def test_after_so_many_repeats_it_is_503_with_nothing_changed_and_nothing_told(pg):
    client = pg.client("meistras")
    fails(pg, "audit", REPEATS + 1)
    before = acts.books(pg)
    answer = client.send("/products/new", PRODUCT, key="k" * 24)
    assert (answer.status_code, answer.headers["Retry-After"], tries(pg)) == (503, "30", REPEATS + 1)
    assert acts.books(pg) == before
    assert told(client.page("/products")) == 0
    assert client.send("/products/new", PRODUCT, key="k" * 24).status_code == 303
    assert added(pg) == 1


def test_a_job_is_repeated_as_a_whole_and_takes_its_number_once(pg):
    pg.submit()
    fails(pg, "sealed_run", 2)
    pg.approve()
    with pg.opened.read() as session:
        assert [row[0] for row in session.execute(text("SELECT number FROM sealed_run"))] == ["SK-2026-0001"]
    assert (tries(pg), len(acts.trail(pg, "approve"))) == (3, 1)


def test_another_fault_is_not_repeated(pg):
    client = pg.client("meistras")
    fails(pg, "audit", 9, "57014")
    assert client.send("/products/new", PRODUCT).status_code == 503
    assert tries(pg) == 1


def test_files_are_read_again_by_a_repeat(pg):
    client = pg.client("buhalteris")
    fails(pg, "sale_line", 2)
    header = (DATA / "month-2026-10" / "pardavimai.csv").read_bytes().splitlines()[0]
    row = "901;2026-11-10;NAUJAS;mugė;MU-01;1;5,00;0;0;".encode("cp1257")
    token = token_of(client.page("/import"))
    sent = {"csrf_token": token, "key": "f" * 20, "files": (io.BytesIO(header + b"\r\n" + row + b"\r\n"), "pardavimai.csv")}
    answer = client.post("/import/take", data=sent)
    assert (answer.status_code, tries(pg)) == (303, 3)
    with pg.opened.read() as session:
        assert session.scalar(text("SELECT count(*) FROM sale_line WHERE document = 'NAUJAS'")) == 1


def test_a_lock_that_is_not_given_is_503(pg):
    client = pg.client("meistras")
    client.get("/products/new")
    before = acts.books(pg)
    with pg.opened.books.connect() as own:
        own.exec_driver_sql("SET lock_timeout = '1ms'")
        own.commit()
    with ThreadPoolExecutor(1) as pool, somebody(pg) as other:
        with pg.opened.books.connect() as own:  # the connection that the request takes next
            own.exec_driver_sql("SET lock_timeout = '1ms'")
            own.commit()
        other.exec_driver_sql("SELECT id FROM workshop FOR UPDATE")
        answer = pool.submit(client.send, "/products/new", PRODUCT).result()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert acts.books(pg) == before


def test_the_program_sets_how_long_it_waits(pg):
    with pg.opened.books.connect() as own:
        assert own.exec_driver_sql("SHOW lock_timeout").scalar_one() == "30s"


def test_books_that_may_only_be_read_answer_503(pg):
    client = pg.client("meistras")
    before = acts.books(pg)
    acts.raw(pg, f"ALTER DATABASE {pg.opened.books.url.database} SET default_transaction_read_only = on")
    pg.opened.books.dispose()
    answer = client.send("/products/new", PRODUCT)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert acts.books(pg) == before


def test_a_database_that_is_gone_answers_503_and_lets_nobody_in(pg):
    client, outside = pg.client("meistras"), pg.client()
    door = outside.page("/sign-in")
    assert door
    url = pg.opened.books.url.set(database="nera_tokios")
    pg.opened.books.dispose()
    event.listen(pg.opened.books, "do_connect", lambda _dialect, _record, _args, given: given.update(dbname=url.database))
    assert client.get("/products").status_code == 503
    answer = outside.post("/sign-in", data={"csrf_token": token_of(door), "login": "vadovas", "password": "dirbtuve-demo-2026"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")


def token_of(page: str) -> str:
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]


def test_a_file_that_may_only_be_read_answers_503(house):
    client = house.client("meistras")
    before = acts.books(house)
    house.opened.close()

    def read_only(_dialect: Any, _record: object, args: list[Any], given: dict[str, Any]) -> None:
        args[0] = f"file:{args[0]}?mode=ro"
        given["uri"] = True
    event.listen(house.opened.books, "do_connect", read_only)
    answer = client.send("/products/new", PRODUCT)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    event.remove(house.opened.books, "do_connect", read_only)
    house.opened.books.dispose()
    assert acts.books(house) == before


def test_a_unit_is_repeated_so_often_and_no_more(pg):
    done: list[int] = []

    def unit() -> None:
        done.append(1)
        with pg.opened.write() as session:
            session.execute(text("DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$"))
    with pytest.raises(OperationalError):
        persistently(unit)
    assert len(done) == REPEATS + 1
