"""Runs the migrations of the books in one transaction, on SQLite or PostgreSQL.

SQLite cannot switch foreign keys off inside a transaction, so they are off before it begins and checked before it ends.
"""

from alembic import context
from sqlalchemy import Engine

from ledger.records import schema  # noqa: F401 - makes every table known
from ledger.records.base import Books


def run() -> None:
    engine: Engine = context.config.attributes["engine"]
    with engine.connect() as connection:
        lite = connection.dialect.name == "sqlite"
        raw = connection.connection.dbapi_connection
        if lite:
            raw.execute("PRAGMA foreign_keys=OFF")
        connection = connection.execution_options(ledger_writes=True)
        context.configure(connection=connection, target_metadata=Books.metadata, render_as_batch=lite,
                          transactional_ddl=True)
        with connection.begin():
            context.run_migrations()
            if lite:
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if broken:
                    raise RuntimeError(f"the migration breaks foreign keys: {broken[:3]}")
        if lite:
            raw.execute("PRAGMA foreign_keys=ON")


run()
