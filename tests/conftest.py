"""Fixtures: a workshop with October in it (`house`), one with October approved (`approved`), one with its papers (`printed`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import house as houses
import pytest
import time_machine
from house import TODAY, House
from hypothesis import Phase, settings

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


@pytest.fixture
def house(_october: House, tmp_path: Path) -> Iterator[House]:
    """The demo workshop with October brought in; the test's own copy."""
    own = houses.copy(_october, tmp_path / "data")
    yield own
    own.opened.close()


@pytest.fixture
def approved(_approved: House, tmp_path: Path) -> Iterator[House]:
    """The same with October approved."""
    own = houses.copy(_approved, tmp_path / "data")
    yield own
    own.opened.close()


@pytest.fixture
def printed(_printed: House, tmp_path: Path) -> Iterator[House]:
    """The same with October approved and its papers made."""
    own = houses.copy(_printed, tmp_path / "data")
    yield own
    own.opened.close()
