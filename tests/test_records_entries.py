"""From the tables to what a month's calculation reads; and books made by the first version of the tables, brought to the newest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path

import postgres
import pytest
from acts import NOVEMBER, OWN, act, raw
from alembic import command
from counted import crowd, selects
from house import OCTOBER, House
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from ledger.actions import entries
from ledger.core import canonical
from ledger.core.decided import Figure, Fund
from ledger.core.entries import Decided, Worked
from ledger.core.faults import Refused
from ledger.core.people import PersonValue
from ledger.core.stipends import Inputs
from ledger.records import calculation, schema
from ledger.records.base import open_engine
from ledger.records.calendar import public_holidays
from tests import october

DAY = date(2026, 11, 12)


def read(house: House, **asked: object) -> Inputs:
    with house.opened.read() as session:
        return calculation.inputs_of(session, OWN, NOVEMBER, **asked)  # type: ignore[arg-type] # its own words


def test_everything_written_down_reaches_the_calculation(approved: House) -> None:
    ref = approved.ref("D1")
    row = act(approved, "meistras", entries.log_work, ref, Worked(DAY, "mokymai", "klijavimas", 90, 3000, 4000, 1500))
    act(approved, "buhalteris", entries.set_value, ref, "lygis", date(2026, 11, 1), "1,2")
    act(approved, "buhalteris", entries.set_value, ref, "lygis", date(2026, 12, 1), "2")
    act(approved, "buhalteris", entries.set_figure, NOVEMBER, "sanaudos", "99,5")
    act(approved, "vadovas", entries.decide, ref, Decided(DAY, "", 0, "Ačiū", "V-1"))
    inputs = read(approved)
    (work,), (value,), (decision,) = inputs.work, inputs.values, inputs.decisions
    assert (work.key, work.day, work.kind, work.task, work.minutes, work.good, work.made, work.points) == (
        row.ref, DAY, "mokymai", "klijavimas", 90, 3000, 4000, 1500)
    assert value == PersonValue(work.person, "lygis", date(2026, 11, 1), "1.2")
    assert inputs.figures == (Figure("sanaudos", Fraction(199, 2)),)
    assert (decision.person, decision.cents, decision.document) == (work.person, 0, "V-1")
    written = canonical.canonical(inputs, october.scheme())
    assert canonical.inputs_from_canonical(written)[0].work == inputs.work


def test_a_month_without_any_of_it_reads_the_same_bytes_as_before(approved: House) -> None:
    text_of = canonical.canonical(read(approved), october.scheme())
    assert not {"work", "values", "decisions", "figures", "holidays", "reserve", "funds"} & {
        part.split('"')[0] for part in text_of.split('"inputs":')[1].split(',"')}
    assert '"work"' not in text_of
    assert '"reserve":' not in text_of


def test_the_reserve_is_what_approved_months_left_in_it_less_the_funds(approved: House) -> None:
    with approved.opened.read() as session:
        held = session.scalar(text("SELECT to_reserve_cents - from_reserve_cents FROM sealed_run"))
    assert read(approved, with_reserve=True).reserve == held
    assert read(approved).reserve == 0
    raw(approved, "DROP TRIGGER sealed_run_no_update")
    raw(approved, "UPDATE sealed_run SET result = replace(result, '\"result\":{', '\"result\":{\"funds\":"
                  "[{\"key\": \"ismokos\", \"before\": 0, \"fed\": 700, \"paid\": 0, \"after\": 700}],')")
    inputs = read(approved, with_reserve=True)
    assert (inputs.reserve, inputs.funds) == (held - 700, (Fund("ismokos", 700),))


def test_the_year_so_far_is_read_only_when_it_is_asked_for(approved: House) -> None:
    attended = [row for row in october.inputs().attendance if row.mark.value == "D" and row.person == "D1"]
    with approved.opened.read() as session:
        ref = session.scalar(text("SELECT person_ref FROM participant WHERE number = 'D1'"))
    (one,) = [row for row in read(approved, with_year=True).year if row.person == ref]
    assert (read(approved).year, one.days, one.minutes) == ((), len(attended), sum(row.minutes for row in attended))


def test_public_holidays_are_read_only_when_a_calendar_is_named(approved: House) -> None:
    assert read(approved).holidays == ()
    assert read(approved, calendar="LT").holidays == (date(2026, 11, 1), date(2026, 11, 2))
    assert date(2026, 11, 18) in read(approved, calendar="LV").holidays
    with pytest.raises(Refused) as refused:
        public_holidays(2026, "XX")
    assert (refused.value.code, refused.value.values) == ("calendar_unknown", {"code": "XX"})


def test_the_number_of_queries_does_not_grow(approved: House) -> None:
    def count() -> int:
        with selects(approved) as sent:
            read(approved, with_reserve=True, calendar="LT")
        return len(sent)

    few = count()
    crowd(approved, 40)
    with approved.opened.write() as session:
        doing = approved.doing(session, "buhalteris")
        for number in range(101, 141):
            ref = session.scalar(text(f"SELECT ref FROM participant WHERE number = 'D{number}'"))
            entries.log_work(doing, ref, Worked(DAY, minutes=60))
            entries.set_value(doing, ref, "lygis", DAY, "1")
        session.commit()
    assert len(read(approved).work) == 40
    assert count() == few


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where an empty database is."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'old.db'}"
    else:
        with postgres.database() as made:
            yield made


ROWS = (
    "INSERT INTO organisation (id, ref, name, code, vat_payer, created_at) VALUES (1, 'o', 'Teikėjas', '1', 0, {at})",
    "INSERT INTO workshop (id, ref, organisation_id, name, books_from, project_name, project_number, funding) "
    "VALUES (1, 'w', 1, 'Dirbtuvės', '2026-10', '', '', '')",
    "INSERT INTO participant (id, ref, organisation_id, workshop_id, person_ref, number, started_on) "
    "VALUES (1, 'p', 1, 1, 'q', 'D1', '2026-01-05')",
    "INSERT INTO attendance (ref, organisation_id, workshop_id, participant_id, happened_on, booked_in, minutes, mark, version) "
    "VALUES ('a', 1, 1, 1, '2026-10-15', '2026-10', 240, 'D', 1)",
    "INSERT INTO sealed_match (ref, organisation_id, workshop_id, run_ref, position, sale_ref, lot_ref, quantity) "
    "VALUES ('m', 1, 1, 'r', 1, 's', 'l', 1000)",
)


def run(engine: Engine, *statements: str) -> None:
    with engine.execution_options(ledger_writes=True).begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement.format(at="'2026-10-01T00:00:00.000000Z'"))


def test_books_of_the_first_version_are_brought_to_the_newest_with_everything_in_them(
        address: str, request: pytest.FixtureRequest) -> None:
    engine = open_engine(address)
    request.addfinalizer(engine.dispose)
    command.upgrade(schema._alembic(engine), "0001")
    assert not schema.at_newest(engine)
    run(engine, *ROWS)
    schema.migrate(address)
    assert schema.at_newest(engine)
    with engine.connect() as connection:
        counts = {table: connection.exec_driver_sql(f"SELECT COUNT(*) FROM {table}").scalar_one()
                  for table in ("participant", "attendance", "sealed_match", "work", "scheme_draft")}
    assert counts == {"participant": 1, "attendance": 1, "sealed_match": 1, "work": 0, "scheme_draft": 0}
    value = ("INSERT INTO person_value (ref, organisation_id, workshop_id, participant_id, name, since, text, set_by, set_at) "
             "VALUES ('v', 1, 1, 1, 'lygis', '2026-11-01', '1.2', 'x', {at})")
    run(engine, value)
    with pytest.raises(DatabaseError):
        run(engine, value)
    with pytest.raises(DatabaseError, match=r"(?i)check"):
        run(engine, "INSERT INTO work (ref, organisation_id, workshop_id, participant_id, happened_on, booked_in, kind, task, "
                    "minutes, good, made, points, logged_at, version) "
                    "VALUES ('w', 1, 1, 1, '2026-11-02', '2026-11', '', '', 0, 0, 0, 0, {at}, 1)")


def test_an_approved_month_keeps_its_values_on_postgresql_too(tmp_path: Path) -> None:
    with postgres.workshop(tmp_path / "pg") as house:
        insert = ("INSERT INTO person_value (ref, organisation_id, workshop_id, participant_id, name, since, text, set_by, set_at) "
                  "VALUES ('v', 1, 1, 1, 'lygis', '{day}', '1', 'x', now())")
        with pytest.raises(DatabaseError, match="approved month"):
            raw(house, insert.format(day="2026-10-31"))
        raw(house, insert.format(day="2026-11-01"))
        with pytest.raises(DatabaseError, match="approved month"):
            raw(house, "UPDATE person_value SET since = '2026-10-01'")
        raw(house, "INSERT INTO month_figure (ref, organisation_id, workshop_id, booked_in, name, number, set_by, set_at) "
                   "VALUES ('f', 1, 1, '2026-11', 'a', '1', 'x', now())")
        with pytest.raises(DatabaseError, match="approved month"):
            raw(house, "UPDATE month_figure SET booked_in = '2026-10'")
    assert OCTOBER < NOVEMBER
