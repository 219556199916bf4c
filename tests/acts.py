"""Short ways to act on a workshop and to look at its books."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from house import House
from sqlalchemy import select, text

from ledger.actions import production, sales, stipends
from ledger.core.faults import Conflict, Hidden, Refused
from ledger.core.periods import Month
from ledger.core.production import SharedBy
from ledger.records import production as made
from ledger.records import sales as sold
from ledger.records.audit import Audit
from ledger.records.base import Books
from ledger.records.organisation import Scope
from ledger.records.stipends import SealedRun

NOVEMBER, DECEMBER = Month(2026, 11), Month(2026, 12)
OWN = Scope(1, 1)


def act(house: House, login: str, action: Callable[..., Any], *args: Any, **named: Any) -> Any:
    """One action as an account, committed."""
    with house.opened.write() as session:
        answer = action(house.doing(session, login), *args, **named)
        session.commit()
    return answer


def refusal(house: House, login: str, action: Callable[..., Any], *args: Any, **named: Any) -> str:
    """The code with which an action is refused, with what it is (hidden, conflict); "" when it happens."""
    before = books(house)
    try:
        act(house, login, action, *args, **named)
    except Hidden:
        code = "hidden"
    except Conflict as conflict:
        code = f"conflict {conflict.code}"
    except Refused as refused:
        code = refused.code
    else:
        return ""
    assert books(house) == before, "refused, yet something changed"
    return code


def books(house: House) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with house.opened.books.connect() as connection:
        return {name: sorted((tuple(row) for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"')), key=repr)
                for name in Books.metadata.tables}


def trail(house: House, action: str = "") -> list[Audit]:
    """The audit entries, oldest first; with `action` only those."""
    with house.opened.read() as session:
        rows = session.scalars(select(Audit).order_by(Audit.id))
        return [row for row in rows if action in ("", row.action)]


def product(house: House, code: str) -> str:
    """The reference of a product."""
    with house.opened.read() as session:
        return next(row.ref for row in made.products(session, OWN) if row.code == code)


def line(house: House, document: str, number: str) -> sold.SaleRow:
    """A sale line of the files."""
    with house.opened.read() as session:
        return next(row for row in sold.all_lines(session, OWN) if (row.document, row.number) == (document, number))


def sale(house: House, code: str, day: date, pieces: int, price: int = 1000, login: str = "meistras") -> sold.SaleRow:
    """So many whole pieces or kilograms are sold."""
    return act(house, login, sales.log_sale, sales.Sold(product(house, code), day, "mugė", pieces * 1000, price))


def lot(house: House, code: str, day: date, pieces: int, *makers: str) -> made.LotRow:
    """So many whole pieces are made, shared equally."""
    shares = tuple((house.ref(number), 1000) for number in makers)
    return act(house, "meistras", production.log_lot,
               production.Made(product(house, code), day, pieces * 1000, 0, SharedBy.EQUAL, shares))


def pay(house: House, month: Month) -> SealedRun:
    """A month worked out, submitted, approved."""
    act(house, "buhalteris", stipends.calculate_month, month)
    run = act(house, "buhalteris", stipends.submit, month)
    return act(house, "vadovas", stipends.approve, month, run.seen, "V-99", date(2026, 11, 5))


def raw(house: House, statement: str) -> None:
    """A statement of somebody with the database in hand, committed."""
    with house.opened.write() as session:
        session.execute(text(statement))
        session.commit()


def drop_guards(house: House) -> None:
    """Somebody takes every trigger away."""
    with house.opened.write() as session:
        if house.opened.books.dialect.name == "sqlite":
            found = session.execute(text("SELECT name, '' FROM sqlite_master WHERE type = 'trigger'"))
        else:
            found = session.execute(text("SELECT tgname, ' ON ' || tgrelid::regclass FROM pg_trigger WHERE NOT tgisinternal"))
        for name, place in found.all():
            session.execute(text(f"DROP TRIGGER {name}{place}"))
        session.commit()


