"""Rights on PostgreSQL where one role migrates and another works: the one that works may add to protected tables, never change
them, and cannot empty, alter or watch any. Triggers say the same a second time."""

from __future__ import annotations

from sqlalchemy import inspect
from sqlalchemy.engine import Connection, make_url

from ledger.records.base import WRITES, Watch, open_engine
from ledger.records.guards import SEALED

VERSIONS = "alembic_version"


def apart(owner: str, works: str) -> str:
    """The role that works, when it is another than the one that migrates; "" otherwise, and on SQLite."""
    one, other = make_url(owner), make_url(works)
    if one.get_backend_name() != "postgresql" or other.get_backend_name() != "postgresql" or one.username == other.username:
        return ""
    return other.username or ""


def give(owner: str, works: str) -> None:
    """Give the role that works what it needs on every table there is, and take the rest away; nothing happens with one role."""
    role = apart(owner, works)
    if not role:
        return
    engine = open_engine(owner)
    try:
        with engine.execution_options(**{WRITES: True}).begin() as connection:
            for statement in statements(connection, role):
                connection.exec_driver_sql(statement)
    finally:
        engine.dispose()


def statements(connection: Connection, role: str) -> list[str]:
    """What gives a role its rights in the schema of a connection."""
    quote = connection.dialect.identifier_preparer.quote_identifier
    to, schema = quote(role), quote(str(inspect(connection).default_schema_name))
    made = [f"GRANT USAGE ON SCHEMA {schema} TO {to}"]
    for name in sorted(set(inspect(connection).get_table_names()) - set(Watch.metadata.tables)):
        rights = "SELECT" if name == VERSIONS else "SELECT, INSERT" if name in SEALED else "SELECT, INSERT, UPDATE, DELETE"
        made += [f"REVOKE ALL ON {schema}.{quote(name)} FROM {to}", f"GRANT {rights} ON {schema}.{quote(name)} TO {to}"]
    return [*made, f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {to}"]
