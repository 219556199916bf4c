"""The watching database cannot be had: pages with people are not shown, nothing is changed, and the answer does not wait for it
twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

import acts
import pytest
import time_machine
from house import TODAY, House

PEOPLE = ("/people", "/month/2026-10", "/papers/2026-10")


@contextmanager
def busy(house: House, name: str) -> Iterator[None]:
    """Somebody else writes this database and does not stop; the server gives up at once."""
    for engine in (house.opened.books, house.opened.watching, *house.opened.readers):
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=1")
    with closing(sqlite3.connect(house.settings.data_dir / name, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@pytest.mark.parametrize("path", PEOPLE)
def test_a_page_with_people_is_not_shown_while_the_look_at_it_cannot_be_written(approved, path):
    client = approved.client("buhalteris")
    with busy(approved, "watch.db"):
        answer = client.get(path)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert client.get(path).status_code == 200


def test_who_asks_is_not_asked_again_for_the_page_of_the_error(approved):
    with time_machine.travel(TODAY) as clock:
        client = approved.client("buhalteris")
        clock.shift(timedelta(minutes=2))  # the session's last use is noted again, which cannot be
        with busy(approved, "watch.db"):
            answer = client.get("/products")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")


def test_a_page_without_people_asks_the_watching_database_for_no_lock(approved):
    client = approved.client("buhalteris")
    with busy(approved, "watch.db"):
        assert client.get("/products").status_code == 200


def test_a_change_answers_503_while_the_books_are_busy_and_its_repeat_is_the_first(house):
    client = house.client("meistras")
    before = acts.books(house)
    fields = {"name": "Bandymas", "code": "XX-1", "unit": "vnt", "price": "1,00", "materials": "0,10", "picture": "kitas"}
    with busy(house, "books.db"):
        answer = client.send("/products/new", fields, key="k" * 24)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert acts.books(house) == before
    assert client.send("/products/new", fields, key="k" * 24).status_code == 303
