"""Months of the books: closing, the closing sheet, opening again by two people, opening balances; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from typing import Any

import postgres
import pytest
import time_machine
from acts import NOVEMBER, OWN, act, books, lot, refusal
from house import OCTOBER, House
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ledger.actions import imports, months, production, stipends
from ledger.actions import journal as booking
from ledger.actions.months import Counted
from ledger.core.journal import Account, Entry, Leg
from ledger.core.months import FOLLOWS, Event, State, state_of
from ledger.core.periods import Month, civil_day
from ledger.records import guards, journal, said
from ledger.records import months as rows
from ledger.records.base import Books
from ledger.records.calculation import inputs_of
from ledger.records.months import Closing, MonthEvent
from ledger.sentences import fault_text

ACC, DIR, OTHER = "buhalteris", "vadovas", "vadovas2"
EXACT = Counted(0, 0)


@pytest.fixture(params=("sqlite", "postgresql"))
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """A workshop with October approved, on either database."""
    if request.param == "sqlite":
        yield request.getfixturevalue("approved")
    else:
        with postgres.workshop(tmp_path / "pg") as house:
            yield house


def closed(house: House, month: Month = OCTOBER, counted: Counted = EXACT) -> Closing:
    act(house, ACC, months.start_closing, month)
    return act(house, ACC, months.close, month, counted)


def state(house: House, month: Month = OCTOBER) -> State:
    with house.opened.read() as session:
        return rows.states(session, OWN).get(month, State.OPEN)


def standing(house: House, month: Month = OCTOBER) -> months.Standing:
    with house.opened.read() as session:
        return months.standing(house.doing(session, ACC), month)


def lacks(house: House, month: Month = OCTOBER) -> dict[str, tuple[int, int]]:
    return {one.code: (one.count, one.cents) for one in standing(house, month).lacks}


# ---------- closing ----------


def test_a_month_is_open_until_the_accountant_closes_it(either):
    assert state(either) is State.OPEN
    act(either, ACC, months.start_closing, OCTOBER)
    assert state(either) is State.CLOSING
    sheet = act(either, ACC, months.close, OCTOBER, EXACT)
    assert (sheet.number, sheet.run_number, sheet.month) == ("UZ-2026-0001", "SK-2026-0001", "2026-10")
    with either.opened.read() as session:
        assert rows.closed(session, OWN) == {OCTOBER}
        assert [one.kind for one in rows.events(session, OWN, OCTOBER)] == ["closing", "closed"]
        assert [one.ref for one in rows.closings(session, OWN)] == [sheet.ref]
        head = journal.head(session, OWN)
    assert (sheet.journal_sequence, sheet.journal_hash) == (head.sequence, head.hash)
    assert sheet.seal_sequence > 0
    assert len(sheet.seal_hash) == 64


def test_nothing_closes_without_its_beginning_nor_twice(approved):
    assert refusal(approved, ACC, months.close, OCTOBER, EXACT) == "conflict month_state"
    closed(approved)
    assert refusal(approved, ACC, months.close, OCTOBER, EXACT) == "conflict month_state"
    assert refusal(approved, ACC, months.start_closing, OCTOBER) == "conflict month_state"


def test_a_month_whose_stipends_are_open_is_not_closed(house):
    act(house, ACC, months.start_closing, OCTOBER)
    assert refusal(house, ACC, months.close, OCTOBER, EXACT) == "conflict closing_run"
    house.submit()
    assert refusal(house, ACC, months.close, OCTOBER, EXACT) == "conflict closing_run"
    house.approve()
    act(house, ACC, months.close, OCTOBER, EXACT)


def test_months_are_closed_in_their_order_and_when_they_are_over(approved):
    assert refusal(approved, ACC, months.start_closing, NOVEMBER) == "conflict month_not_over"
    assert refusal(approved, ACC, months.start_closing, Month(2026, 9)) == "before_books"
    with time_machine.travel(datetime(2026, 11, 30, 21, 59, tzinfo=UTC)):
        assert refusal(approved, ACC, months.start_closing, NOVEMBER) == "conflict month_not_over"
    with time_machine.travel(datetime(2026, 11, 30, 22, 0, tzinfo=UTC)):  # midnight in Vilnius
        act(approved, ACC, stipends.declare_empty, NOVEMBER)
        act(approved, ACC, months.start_closing, NOVEMBER)
        assert refusal(approved, ACC, months.close, NOVEMBER, EXACT) == "conflict closing_earlier"
        closed(approved)
        assert act(approved, ACC, months.close, NOVEMBER, EXACT).run_number == ""


def test_only_the_accountant_closes(approved):
    for login in (DIR, "meistras", "socialine"):
        assert refusal(approved, login, months.start_closing, OCTOBER) == "hidden"
        assert refusal(approved, login, months.close, OCTOBER, EXACT) == "hidden"


# ---------- cash and bank ----------


def test_a_difference_needs_its_reason(approved):
    act(approved, ACC, months.start_closing, OCTOBER)
    for counted in (Counted(5, 0), Counted(0, -5), Counted(5, 0, "  ")):
        assert refusal(approved, ACC, months.close, OCTOBER, counted) == "difference_why"
    sheet = act(approved, ACC, months.close, OCTOBER, Counted(5, -7, "Rasta po stalčiumi"))
    assert (sheet.counted_cash_cents, sheet.counted_bank_cents, sheet.posted) == (5, -7, False)
    with approved.opened.read() as session:
        assert said.texts(session, OWN, [sheet.said_ref]) == {sheet.said_ref: "Rasta po stalčiumi"}
        assert journal.balance(session, OWN, Account.DIFFERENCES) == 0


def test_the_database_itself_wants_the_reason(either):
    act(either, ACC, months.start_closing, OCTOBER)
    own = act(either, ACC, months.close, OCTOBER, EXACT)
    values = {column.name: getattr(own, column.name) for column in Closing.__table__.columns if column.name != "id"}
    with either.opened.write() as session:
        session.add(Closing(**{**values, "ref": "x", "number": "UZ-2026-0002", "counted_cash_cents": 1}))
        with pytest.raises(DBAPIError, match="difference_says_why"):
            session.flush()


@pytest.mark.parametrize(("cash", "bank"), [(5, 0), (0, -7), (5, -7), (7, -7)])
def test_a_booked_difference_brings_the_books_to_what_was_counted(either, cash, bank):
    sheet = closed(either, counted=Counted(cash, bank, "Suskaičiuota", post=True))
    with either.opened.read() as session:
        found = journal.balances(session, OWN, until=OCTOBER.last)
        entry = journal.find_entry(session, OWN, "difference", sheet.ref)
        assert (journal.balance(session, OWN, Account.CASH), journal.balance(session, OWN, Account.BANK)) == (cash, bank)
    assert found.get((Account.DIFFERENCES, "", ""), 0) == -cash - bank
    assert (entry.happened_on, entry.booked_in, entry.sequence) == (date(2026, 10, 31), "2026-10", sheet.journal_sequence)
    assert sheet.posted


def test_no_difference_is_booked_when_there_is_none(approved):
    before = books(approved)["journal_entry"]
    assert not closed(approved, counted=Counted(0, 0, "", post=True)).posted
    assert books(approved)["journal_entry"] == before


# ---------- what is missing ----------


def test_the_sheet_lists_what_is_missing(approved):
    found = lacks(approved)
    assert "run" not in found
    assert found["owed"] == (12, 117545)
    act(approved, ACC, booking.post, Entry("advance", date(2026, 10, 20), OCTOBER, "advance", "a", (
        Leg(Account.ADVANCES, 1000, person="x"), Leg(Account.PAID, -1500), Leg(Account.RESERVE, 500))))
    found = lacks(approved)
    assert found["advances"] == (1, 1000)
    assert found["on_the_way"] == (1, 1500)
    assert "reserve_below" not in found
    act(approved, ACC, booking.post, Entry("correction", date(2026, 10, 20), OCTOBER, "c", "c", (
        Leg(Account.RESERVE, 90000000), Leg(Account.UNASSIGNED, -90000000))))
    assert lacks(approved)["reserve_below"][1] < 0
    assert lacks(approved)["unassigned"][1] >= 90000000


def test_what_happens_after_the_month_is_not_missing_in_it(approved):
    act(approved, ACC, booking.post, Entry("advance", date(2026, 11, 1), NOVEMBER, "advance", "a", (
        Leg(Account.ADVANCES, 1000, person="x"), Leg(Account.CASH, -1000))))
    assert "advances" not in lacks(approved)
    assert standing(approved).cash == 0


def test_an_open_run_and_an_open_month_stop(house):
    assert {one.code for one in standing(house).stops} == {"run"}
    assert {one.code for one in standing(house, NOVEMBER).stops} == {"run", "earlier_month"}
    assert standing(house, NOVEMBER).lacks[0].subject == "2026-10"


# ---------- a closed month ----------


def test_no_entry_is_booked_into_a_closed_month(either):
    closed(either)
    entry = Entry("receipt", date(2026, 10, 31), OCTOBER, "x", "x", (Leg(Account.CASH, 5), Leg(Account.RECEIVABLES, -5)))
    assert refusal(either, ACC, booking.post, entry) == "conflict closed_month"
    later = Entry("receipt", date(2026, 10, 31), NOVEMBER, "x", "x", entry.legs)
    act(either, ACC, booking.post, later)


def _drop(session: Any, name: str, table: str) -> None:
    session.execute(text(f"DROP TRIGGER {name}" + ("" if session.get_bind().dialect.name == "sqlite" else f" ON {table}")))


OWN_COLUMNS = "ref, organisation_id, workshop_id, happened_on, booked_in, version"
OWN_VALUES = "'x', 1, 1, '2026-11-09', '2026-11', 1"
AT = "'2026-11-09T00:00:00.000000Z'"
ROWS = {
    "attendance": f"INSERT INTO attendance ({OWN_COLUMNS}, participant_id, minutes, mark) VALUES ({OWN_VALUES}, 1, 60, 'D')",
    "sale_line": f"INSERT INTO sale_line ({OWN_COLUMNS}, channel, product_id, quantity, price_cents, discount, vat, logged_at) "
                 f"VALUES ({OWN_VALUES}, 'mugė', 1, 1000, 5, 0, 0, {AT})",
    "lot": f"INSERT INTO lot ({OWN_COLUMNS}, product_id, good, rejects, shared_by, logged_at) "
           f"VALUES ({OWN_VALUES}, 1, 1000, 0, 'equal', {AT})",
}


@pytest.mark.parametrize("table", sorted(ROWS))
def test_a_closed_month_takes_no_rows_from_any_connection(either, table):
    with time_machine.travel(datetime(2026, 12, 1, 9, tzinfo=UTC)):
        act(either, ACC, stipends.declare_empty, NOVEMBER)
        closed(either)
        closed(either, NOVEMBER)
    name = f"{table}_closed_insert_new" if either.opened.books.dialect.name == "sqlite" else f"{table}_closed_new"
    with either.opened.write() as session:
        with pytest.raises(DBAPIError, match="closed month"), session.begin_nested():
            session.execute(text(ROWS[table]))
        _drop(session, name, table)
        session.execute(text(ROWS[table]))
        with pytest.raises(DBAPIError, match="closed month"), session.begin_nested():
            session.execute(text(f"DELETE FROM {table} WHERE ref = 'x'"))
        with pytest.raises(DBAPIError, match="closed month"), session.begin_nested():
            session.execute(text(f"UPDATE {table} SET version = 2 WHERE ref = 'x'"))


def test_a_lot_of_a_closed_month_that_had_nothing_to_pay_stays(either):
    one = lot(either, "ZV-01", date(2026, 11, 4), 3, "D1")
    with time_machine.travel(datetime(2026, 12, 1, 9, tzinfo=UTC)):
        act(either, ACC, stipends.declare_empty, NOVEMBER)
        closed(either)
        closed(either, NOVEMBER)
        assert refusal(either, "meistras", production.take_back_lot, one.ref) == "conflict closed_month"


def test_a_file_changes_nothing_that_a_closed_month_without_a_run_books(approved):
    one = lot(approved, "ZV-01", date(2026, 11, 4), 3, "D1")
    with approved.opened.write() as session:
        session.execute(text("UPDATE lot SET number = 'P-77' WHERE ref = :ref"), {"ref": one.ref})
        session.commit()
    head = "Partija;Data;Gaminys;Geri;Brokas;Dalyvis;Dalis"
    changed = {"gamyba.csv": f"{head}\nP-78;2026-11-05;ZV-01;2;0;D1;1\nP-77;2026-11-04;ZV-01;4;0;D1;1\n".encode()}
    day = {"lankomumas.csv": "Data;Dalyvis;Valandos;Žyma\n2026-11-05;D1;6;D\n".encode()}
    with time_machine.travel(datetime(2026, 12, 1, 9, tzinfo=UTC)):
        act(approved, ACC, stipends.declare_empty, NOVEMBER)
        closed(approved)
        closed(approved, NOVEMBER)
        for files, line in ((changed, 3), (day, 2)):
            assert refusal(approved, ACC, imports.bring_in, files, "Rasta.") == "import_refused"
            with approved.opened.read() as session:
                [fault] = imports.read(approved.doing(session, ACC), files).faults
            assert (fault.line, fault.code, fault.severity, fault.values["month"]) == (line, "closed_month", "refused", "2026-11")
            assert "2026" in fault_text(fault)
        same = {"gamyba.csv": changed["gamyba.csv"].replace(b";4;0;D1", b";3;0;D1")}
        act(approved, ACC, imports.bring_in, same)  # a new lot of that day is one of the first open month
        master = approved.client("meistras")
        assert "į jį nieko nebeįrašoma" in master.page("/day/2026-11-04")
        assert 'action="/day/lots/' not in master.page(f"/day/lots/{one.ref}")


@pytest.mark.parametrize("table", sorted({*guards.BOOKED, "lot_maker"}))
def test_every_booked_table_has_its_guards_against_closed_months(table):
    for dialect, wanted in (("sqlite", 4), ("postgresql", 2)):
        texts = [one for one in guards.statements(Books.metadata, dialect) if f"TRIGGER {table}_closed" in one]
        assert len(texts) == wanted


# ---------- opening again ----------


def second_director(house: House) -> None:
    with house.opened.write() as session:
        session.execute(text(
            "INSERT INTO account (ref, organisation_id, login, name, password_hash, language, active, created_at) "
            "SELECT 'second', organisation_id, 'vadovas2', 'Antra Vadovė', password_hash, 'lt', 1, created_at FROM account "
            "WHERE login = 'vadovas'"))
        session.execute(text(
            "INSERT INTO role_grant (ref, organisation_id, account_id, workshop_id, role, from_day) SELECT 'second', "
            "organisation_id, (SELECT id FROM account WHERE login = 'vadovas2'), workshop_id, role, from_day FROM role_grant "
            "WHERE role = 'director'"))
        session.commit()


def test_a_month_is_opened_again_by_two_people_with_a_reason(either):
    closed(either)
    assert refusal(either, ACC, months.ask_reopen, OCTOBER, " ") == "reopen_why"
    act(either, ACC, months.ask_reopen, OCTOBER, "Banko išrašas atėjo vėliau")
    assert state(either) is State.ASKED
    with either.opened.read() as session:
        assert rows.closed(session, OWN) == {OCTOBER}
        asked = rows.events(session, OWN, OCTOBER)[-1]
        assert said.texts(session, OWN, [asked.said_ref]) == {asked.said_ref: "Banko išrašas atėjo vėliau"}
    assert refusal(either, ACC, months.reopen, OCTOBER) == "hidden"
    act(either, DIR, months.reopen, OCTOBER)
    assert state(either) is State.OPEN
    assert closed(either).number == "UZ-2026-0002"
    with either.opened.read() as session:
        assert [one.kind for one in rows.events(session, OWN, OCTOBER)] == [
            "closing", "closed", "reopen_asked", "reopened", "closing", "closed"]
        assert len(rows.closings(session, OWN, OCTOBER)) == 2


def test_a_director_who_asked_does_not_open(approved):
    second_director(approved)
    closed(approved)
    act(approved, DIR, months.ask_reopen, OCTOBER, "Klaida")
    assert refusal(approved, DIR, months.reopen, OCTOBER) == "own_reopening"
    act(approved, OTHER, months.reopen, OCTOBER)
    assert state(approved) is State.OPEN


def test_a_wish_can_be_refused_or_taken_back_and_asked_again(approved):
    closed(approved)
    act(approved, ACC, months.ask_reopen, OCTOBER, "Klaida")
    assert refusal(approved, DIR, months.refuse_reopen, OCTOBER, "") == "reopen_why"
    act(approved, DIR, months.refuse_reopen, OCTOBER, "Klaidos nėra")
    assert state(approved) is State.CLOSED
    act(approved, ACC, months.ask_reopen, OCTOBER, "Vis dėlto klaida")
    act(approved, ACC, months.refuse_reopen, OCTOBER, "Apsigalvojau")
    assert state(approved) is State.CLOSED
    assert refusal(approved, DIR, months.reopen, OCTOBER) == "conflict month_state"


def test_the_newest_closed_month_is_opened_first(approved):
    with time_machine.travel(datetime(2026, 12, 1, 9, tzinfo=UTC)):
        act(approved, ACC, stipends.declare_empty, NOVEMBER)
        closed(approved)
        closed(approved, NOVEMBER)
        assert refusal(approved, ACC, months.ask_reopen, OCTOBER, "Klaida") == "conflict later_closed"
        act(approved, ACC, months.ask_reopen, NOVEMBER, "Klaida")
        act(approved, DIR, months.reopen, NOVEMBER)
        act(approved, ACC, months.ask_reopen, OCTOBER, "Klaida")


def event(kind: str, position: int, by: str = "a") -> MonthEvent:
    return MonthEvent(organisation_id=1, workshop_id=1, month="2026-10", position=position, kind=kind, done_by=by,
                      done_at=datetime(2026, 11, 21, tzinfo=UTC), said_ref="s" if kind.startswith("reopen_") else "",
                      closing_ref="c" if kind == "closed" else "")


WAYS = [(), ("closing",), ("closing", "closed"), ("closing", "closed", "reopen_asked"),
        ("closing", "closed", "reopen_asked", "reopen_refused"), ("closing", "closed", "reopen_asked", "reopened")]


def gets_in(session: Any, row: MonthEvent) -> bool:
    """Whether the database takes the row; it is taken back in any case."""
    point = session.begin_nested()
    session.add(row)
    try:
        session.flush()
    except DBAPIError as refused:
        if "month event" not in str(refused):
            raise
        return False
    finally:
        point.rollback()
    return True


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way[-1] if way else "open")
def test_the_database_lets_only_the_next_step_through(either, way):
    with either.opened.write() as session:
        for place, kind in enumerate(way, 1):
            session.add(event(kind, place, "b" if kind == "reopened" else "a"))
            session.flush()
        last = Event(way[-1]) if way else None
        for kind in Event:
            assert gets_in(session, event(kind.value, len(way) + 1, "z")) == (last in FOLLOWS[kind])
        assert not gets_in(session, event("reopened", len(way) + 1, "a"))
        assert not gets_in(session, event("closing", len(way) + 2))


def test_every_state_has_its_event():
    assert {state_of(None), *map(state_of, Event)} == set(State)


# ---------- opening balances ----------


def test_the_books_begin_with_what_was_there_once(either):
    assert refusal(either, DIR, months.open_books, 1, 1, 1) == "hidden"
    assert refusal(either, ACC, months.open_books, 0, 0, 0) == "opening_nothing"
    act(either, ACC, months.open_books, 12050, 300000, 50000)
    with either.opened.read() as session:
        assert journal.balance(session, OWN, Account.CASH) == 12050
        assert journal.balance(session, OWN, Account.BANK, until=date(2026, 9, 30)) == 0
        assert journal.balance(session, OWN, Account.BANK, until=date(2026, 10, 1)) == 300000
        assert journal.balance(session, OWN, Account.OPENING) == 50000 - 312050
    assert refusal(either, ACC, months.open_books, 1, 1, 1) == "conflict opened_already"


def test_the_reserve_that_was_there_counts_from_the_first_month_on(house):
    act(house, ACC, months.open_books, 0, 0, 50000)
    with house.opened.read() as session:
        assert inputs_of(session, OWN, OCTOBER, with_reserve=True).reserve == 50000


def test_a_closed_first_month_has_begun_as_it_has(approved):
    closed(approved)
    assert refusal(approved, ACC, months.open_books, 1, 1, 1) == "conflict closed_month"


# ---------- Vilnius ----------


LAST_DAYS = [Month(2020, 1).plus(n).last for n in range(12 * 20)]


@pytest.mark.parametrize("minutes", [-1, 0])
def test_a_month_ends_at_midnight_in_vilnius_whatever_the_clock_elsewhere(minutes):
    for last in LAST_DAYS:
        offset = 3 if _summer(last) else 2
        instant = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1, hours=-offset, minutes=minutes)
        assert civil_day(instant) == (last if minutes else last + timedelta(days=1)), last


def _summer(day: date) -> bool:
    """Whether midnight after this day is in summer time: from the last Sunday of March to that of October."""
    spring, autumn = _last_sunday(day.year, 3), _last_sunday(day.year, 10)
    return spring <= day < autumn


def _last_sunday(year: int, month: int) -> date:
    last = Month(year, month).last
    return last - timedelta(days=last.isoweekday() % 7)


def test_the_days_of_the_clock_change_have_23_and_25_hours():
    for year in range(2020, 2040):
        for month, hours in ((3, 23), (10, 25)):
            day = _last_sunday(year, month)
            noon = datetime(year, month, day.day, 10, tzinfo=UTC)
            seen = [civil_day(noon + timedelta(minutes=10 * n)) for n in range(-144, 144)]
            assert seen.count(day) * 10 == hours * 60
            assert all(after - before in (timedelta(0), timedelta(days=1)) for before, after in pairwise(seen))


@given(st.datetimes(datetime(2019, 12, 1), datetime(2040, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_the_zone_in_which_an_instant_is_written_changes_no_day(naive, minutes):
    instant = naive.replace(tzinfo=UTC)
    elsewhere = instant.astimezone(timezone(timedelta(minutes=minutes)))
    assert civil_day(elsewhere) == civil_day(instant)
    assert civil_day(instant) - instant.date() in (timedelta(0), timedelta(days=1))
