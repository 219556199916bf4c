"""300 statements as a batch: one worker against two, and how long it takes after all were killed in the middle.

Prints figures; asserts only that each document is there once.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
import served
from house import OCTOBER, House
from served import until
from test_web_month import many

from ledger.actions import batches

pytestmark = pytest.mark.bench
PEOPLE = int(os.environ.get("BENCH_PEOPLE", "300"))


def _approved(folder: Path) -> House:
    house = many(folder, PEOPLE)
    house.submit()
    house.approve()
    return house


def _start(house: House) -> None:
    with house.opened.write() as session:
        batches.start(replace(house.doing(session, "buhalteris"), at=served.now()), OCTOBER)
        session.commit()


def _done(house: House) -> int:
    return served.states(house).get("done", 0)


def _seconds(house: House, workers: int, upto: int) -> float:
    """How long so many workers take from their first item on until `upto` are done; they are killed then."""
    with ExitStack() as stack:
        running = [stack.enter_context(served.process(house, "worker")) for _ in range(workers)]
        before = _done(house)
        until(lambda: _done(house) > before + 2 * workers, "the workers are warm")
        first, began = _done(house), time.perf_counter()
        until(lambda: _done(house) >= upto, f"{upto} are done")
        took = (time.perf_counter() - began) * (upto - before) / (_done(house) - first)
        for one in running:
            os.killpg(one.pid, signal.SIGKILL)
    return took


def test_one_worker_and_two_and_both_killed_in_the_middle(tmp_path: Path, capsys: pytest.CaptureFixture[str],
                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served, "PATIENCE", 12_000)
    alone, both = _approved(tmp_path / "one"), _approved(tmp_path / "two")
    for house in (alone, both):
        _start(house)
    one = _seconds(alone, 1, PEOPLE + 1)
    half = _seconds(both, 2, PEOPLE // 2)
    left, began = PEOPLE + 1 - _done(both), time.perf_counter()
    with served.process(both, "worker"), served.process(both, "worker"):
        until(lambda: _done(both) == PEOPLE + 1, "all are done after the kill")
    after = time.perf_counter() - began
    two = half * (PEOPLE + 1) / (PEOPLE // 2)
    for house in (alone, both):
        assert served.papers(house) == (2 * PEOPLE + 1, 2 * PEOPLE + 1)
        house.opened.close()
    with capsys.disabled():
        print(f"\n{PEOPLE} statements: one worker {one:.1f} s, two {two:.1f} s, ratio {one / two:.2f} (goal >= 1.6); killed with "
              f"{left} left: done {after:.1f} s after the restart (goal < 15, with the start of two processes), each document once")
