"""On PostgreSQL one role migrates and another works: a month from the day to the papers as the one that works, which may change
nothing that is sealed, whatever the triggers say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import acts
import house as houses
import postgres
import pytest
from house import House
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ledger import backups
from ledger.actions import verify
from ledger.backups import Asked
from ledger.core.faults import Conflict
from ledger.records import guards, replacing
from ledger.records.opened import open_books


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """October approved and printed by a server that works as `worker`, over tables of `owner`."""
    with postgres.two_roles() as (owner, works):
        house = houses.build(tmp_path_factory.mktemp("roles"), url=works, migrate=owner)
        house.submit()
        house.approve()
        house.papers()
        yield house
        house.opened.close()


def said(house: House, statement: str) -> str:
    """What the database says to a statement of the role that works; nothing is kept."""
    with house.opened.write() as session:
        try:
            session.execute(text(statement))
        except DBAPIError as error:
            return str(error.orig)
        finally:
            session.rollback()
    return ""


def test_a_whole_month_goes_through_as_the_role_that_works(apart: House) -> None:
    with apart.opened.read() as session:
        found = verify.verify(session, apart.opened.vault)
        assert session.scalar(text("SELECT current_user")) == "worker"
    assert (found.runs, found.statements, found.papers, found.troubles) == (1, 12, 25, ())
    assert apart.client("buhalteris").page("/month/2026-10")


@pytest.mark.parametrize("table", guards.SEALED)
@pytest.mark.parametrize("attack", ["UPDATE {t} SET organisation_id = 1", "DELETE FROM {t}", "TRUNCATE {t} CASCADE",
                                    "ALTER TABLE {t} DISABLE TRIGGER USER", "DROP TABLE {t} CASCADE"])
def test_what_is_sealed_is_refused_by_right(apart: House, table: str, attack: str) -> None:
    assert any(word in said(apart, attack.format(t=table)) for word in ("permission denied", "must be owner"))


@pytest.mark.parametrize("table", [*guards.BOOKED, "account", "run", "secret_key"])
def test_no_table_can_be_emptied_or_altered(apart: House, table: str) -> None:
    assert "permission denied" in said(apart, f"TRUNCATE {table} CASCADE")
    assert "must be owner" in said(apart, f"DROP TABLE {table} CASCADE")
    assert "permission denied" in said(apart, "CREATE TABLE other (id int)")


def test_versions_are_read_only(apart: House) -> None:
    assert "permission denied" in said(apart, "UPDATE alembic_version SET version_num = 'x'")


def test_the_role_that_migrates_sees_that_the_other_one_has_the_books_open(apart: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replacing, "PATIENCE", 1)
    with apart.opened.read() as session:
        session.execute(text("SELECT 1"))
        with pytest.raises(Conflict, match="books_in_use"):
            replacing.check_alone(apart.settings.migrate_url)


def test_books_of_two_roles_are_backed_up_and_brought_back(apart: House, tmp_path: Path) -> None:
    file = backups.backup(apart.settings, tmp_path / "kopija", apart.tools.clock()).file
    acts.act(apart, "buhalteris", lambda doing: doing.note("try", "try", "x"))
    apart.opened.close()
    asked = Asked("buhalteris", "vadovas", houses.DEMO_PASSWORD, reason="Bandymas")
    done: Any = backups.restore(apart.settings, file, asked, apart.tools.clock())
    assert "before_" in done.aside
    apart.opened = open_books(apart.settings)
    assert "permission denied" in said(apart, "DELETE FROM sealed_run")
    assert said(apart, f"SELECT * FROM {done.aside.split(', ')[1]}.account") != ""
    with apart.opened.read() as session:
        assert verify.verify(session, apart.opened.vault).troubles == ()
