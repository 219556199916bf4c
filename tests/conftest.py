"""Fixtures: a workshop with October in it (`house`), one with October approved (`approved`), one with its papers (`printed`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import house as houses
import postgres
import pytest
import time_machine
from house import TODAY, House
from hypothesis import Phase, settings

BOTH = ("sqlite", "postgresql")
ON_BOTH = frozenset({
    "test_actions_entries", "test_actions_goals", "test_actions_imports", "test_actions_organisation", "test_actions_papers",
    "test_actions_people", "test_actions_production", "test_actions_schemes", "test_actions_selling", "test_actions_stipends",
    "test_actions_stock", "test_actions_work_steps", "test_backup"})
"""Modules whose every test runs on SQLite and on PostgreSQL; `@pytest.mark.only("sqlite")` keeps a test to one."""

# make mutation: the same few examples each time, and no search for the smallest one that fails
settings.register_profile("mutation", derandomize=True, database=None, deadline=None, max_examples=10,
                          phases=(Phase.explicit, Phase.generate))


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    """Today is 2026-11-21 unless a test says otherwise."""
    with time_machine.travel(TODAY, tick=True):
        yield


def _made(factory: pytest.TempPathFactory, name: str) -> Iterator[House]:
    with time_machine.travel(TODAY, tick=True):
        made = houses.build(factory.mktemp(name))
        if name != "october":
            made.submit()
            made.approve()
        if name == "printed":
            made.papers()
        yield made
        made.opened.close()


@pytest.fixture(scope="session")
def _october(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    yield from _made(tmp_path_factory, "october")


@pytest.fixture(scope="session")
def _approved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    yield from _made(tmp_path_factory, "approved")


@pytest.fixture(scope="session")
def _printed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    yield from _made(tmp_path_factory, "printed")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests of these modules run on both databases, but for those that are marked as about one."""
    if "database" in metafunc.fixturenames and metafunc.module.__name__ in ON_BOTH:
        one = metafunc.definition.get_closest_marker("only")
        metafunc.parametrize("database", one.args if one else BOTH, indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """Where the books of the test stand."""
    return getattr(request, "param", "sqlite")


def _own(request: pytest.FixtureRequest, database: str, name: str, folder: Path) -> Iterator[House]:
    if database == "postgresql":
        with postgres.workshop(folder, name) as made:
            yield made
        return
    own = houses.copy(request.getfixturevalue(f"_{name}"), folder)
    yield own
    own.opened.close()


@pytest.fixture
def house(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> Iterator[House]:
    """The demo workshop with October brought in; the test's own copy."""
    yield from _own(request, database, "october", tmp_path / "data")


@pytest.fixture
def approved(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> Iterator[House]:
    """The same with October approved."""
    yield from _own(request, database, "approved", tmp_path / "data")


@pytest.fixture
def printed(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> Iterator[House]:
    """The same with October approved and its papers made."""
    yield from _own(request, database, "printed", tmp_path / "data")
