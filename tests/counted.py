"""How many SELECTs a page costs, and a workshop with many people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from house import Client, House
from sqlalchemy import event

from ledger.actions import people
from ledger.actions.people import Profile
from ledger.records.people import Identity


@contextmanager
def selects(house: House) -> Iterator[list[str]]:
    """The SELECTs sent to the books within the block."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            sent.append(statement)

    engines = {house.opened.books, house.opened.readers[0]}  # the same one on PostgreSQL
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


def queries(house: House, client: Client, path: str) -> int:
    """How many SELECTs a page needs."""
    with selects(house) as sent:
        client.page(path)
    return len(sent)


def crowd(house: House, count: int = 300) -> None:
    """So many people more, numbered from D101, with long names."""
    with house.opened.write() as session:
        doing = house.doing(session, "socialine")
        for number in range(101, 101 + count):
            identity = Identity("Kunigundė Žygimantė", f"Ąžuolaitytė-Šeškauskienė {number}")
            people.keep_participant(doing, Profile(f"D{number}", identity, date(2026, 1, 5), None))
        session.commit()
