"""All tables in one place, a fresh schema, and the version a database is at."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, ForeignKeyConstraint, func, inspect, select

from ledger.records import (
    audit,
    batches,
    certificates,
    corrections,
    customers,
    days,
    entries,
    goals,
    guards,
    journal,
    months,
    organisation,
    papers,
    payees,
    payments,
    people,
    photos,
    production,
    restores,
    rights,
    said,
    sales,
    seals,
    selling,
    stipends,
    stock_moves,
    vault,
    watch,
    work_steps,
)
from ledger.records.base import WRITES, Books, Watch, open_engine
from ledger.resources import resource_dir

ROOMS = (
    audit, batches, certificates, corrections, customers, days, entries, goals, journal, months, organisation, papers, payees,
    payments, people, photos, production, restores, said, sales, seals, selling, stipends, stock_moves, vault, watch,
    work_steps)
"""Imported so that their tables are known."""

for _table in Books.metadata.sorted_tables:
    if {"organisation_id", "workshop_id"} <= set(_table.columns.keys()):
        # a row's organisation is that of its workshop
        _table.append_constraint(ForeignKeyConstraint(
            ["organisation_id", "workshop_id"], ["workshop.organisation_id", "workshop.id"]))


def create_books(engine: Engine) -> None:
    """Tables and triggers from the code as it stands; the migrations must come to the same (a test compares)."""
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        Books.metadata.create_all(connection)
        guards.create(Books.metadata, connection)


def create_watch(engine: Engine) -> None:
    """The tables of watching; they hold no books, so they are made where they are missing."""
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        Watch.metadata.create_all(connection)


def migrate(url: str, works: str = "", *, to: str = "head") -> None:
    """Bring the books at this address to the newest version (or to an older one on the way there); nothing happens when they are.
    `works` is the address of the role that works with them: where it is another one, it is given its rights."""
    engine = open_engine(url)
    try:
        command.upgrade(_alembic(engine), to)
    finally:
        engine.dispose()
    rights.give(url, works or url)


def known_versions() -> frozenset[str]:
    """Every version of the tables that this program knows."""
    script = ScriptDirectory(str(resource_dir("migrations")))
    return frozenset(one.revision for one in script.walk_revisions())


def begun(url: str) -> bool:
    """Whether a provider stands in the books at this address."""
    engine = open_engine(url)
    try:
        if not inspect(engine).has_table("organisation"):
            return False
        with engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(organisation.Organisation)) != 0
    finally:
        engine.dispose()


def at_newest(engine: Engine) -> bool:
    """Whether the books have the newest version of the tables."""
    newest = ScriptDirectory.from_config(_alembic(engine)).get_current_head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == newest


def _alembic(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(resource_dir("migrations")).replace("%", "%%"))
    config.attributes["engine"] = engine
    return config
