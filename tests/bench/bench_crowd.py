"""A month's run with sealing for 60, 600 and 6,000 people with 36 approved months behind them, and a million quotas handed out.

Prints figures, asserts no time. Each run has a process of its own and its own copy of the books; DIRBTUVE_CROWD names a folder
in which the made books stay for the next time.
"""

from __future__ import annotations

import json
import math
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import crowd
import pytest

from ledger import jobs, settings
from ledger.actions import stipends as actions
from ledger.actions.uncollected import uncollected
from ledger.core import canonical, schemes, stipends
from ledger.core.money import Quota, divide
from ledger.jobs import Tools
from ledger.records import calculation
from ledger.records.opened import open_books
from ledger.records.organisation import Scope

SIZES = (60, 600, 6000)
ROUNDS = 3
TESTS = Path(__file__).parents[1]


class Laps:
    """Processor and wall seconds of each part."""

    def __init__(self) -> None:
        self.took: dict[str, list[float]] = {}

    def time(self, name: str, work: Callable[[], Any]) -> Any:
        """Do it and note how long it took."""
        wall, processor = time.perf_counter(), time.process_time()
        answer = work()
        self.took[name] = [time.process_time() - processor, time.perf_counter() - wall]
        return answer


def _run(tools: Tools, laps: Laps) -> None:
    def drafted() -> None:
        with tools.opened.write() as session:
            doing = jobs.acting(tools, session, "buhalteris")
            laps.time("calculate_month", lambda: actions.calculate_month(doing, crowd.RUN))
            laps.time("submit", lambda: actions.submit(doing, crowd.RUN))
            session.commit()

    def whole() -> None:
        drafted()
        laps.time("approve", lambda: jobs.approve(tools, "vadovas", crowd.RUN, "V-87", date(2026, 11, 4)))

    laps.time("all", whole)


def _parts(tools: Tools, laps: Laps) -> None:
    scheme = schemes.parse(crowd.SCHEME)
    with uncollected(), tools.opened.read() as session:
        inputs = laps.time("gather", lambda: calculation.inputs_of(session, Scope(1, 1), crowd.RUN))
        result = laps.time("calculate", lambda: stipends.calculate(inputs, scheme))
        laps.time("canonical", lambda: (canonical.canonical(inputs, scheme), canonical.canonical_result(result)))


def main(what: str, folder: str) -> None:
    """In a process of its own: measure and tell as JSON."""
    opened = open_books(settings.load({"LEDGER_DATA_DIR": folder}))
    laps = Laps()
    {"run": _run, "parts": _parts}[what](Tools(opened, lambda: crowd.TODAY), laps)
    opened.close()
    print(json.dumps({"laps": laps.took, "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def _apart(what: str, folder: Path) -> dict[str, Any]:
    paths = os.pathsep.join(str(path) for path in (TESTS.parent, TESTS, TESTS / "bench"))
    code = f"import bench_crowd; bench_crowd.main({what!r}, {str(folder)!r})"
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True,
                          check=True)
    return json.loads(done.stdout.splitlines()[-1])


def _least(made: Path, scratch: Path) -> dict[str, list[float]]:
    """The least processor and wall seconds of each part over the rounds, and the most memory."""
    told: list[dict[str, Any]] = []
    for _ in range(ROUNDS):
        shutil.copytree(made, scratch)
        parts, run = _apart("parts", scratch), _apart("run", scratch)
        shutil.rmtree(scratch)
        told.append({"laps": parts["laps"] | run["laps"], "mb": run["mb"]})
    least = {name: [min(one["laps"][name][n] for one in told) for n in (0, 1)] for name in told[0]["laps"]}
    return least | {"mb": [max(one["mb"] for one in told)]}


def _slope(points: list[tuple[int, float]]) -> float:
    """Of the line through the logarithms, by least squares."""
    xs, ys = [math.log(people) for people, _ in points], [math.log(seconds) for _, seconds in points]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum((a - x) ** 2 for a in xs)


@pytest.mark.bench
def test_a_months_run_of_a_crowd(capsys: pytest.CaptureFixture[str]) -> None:
    points, walls = [], []
    with tempfile.TemporaryDirectory() as temporary, capsys.disabled():
        kept = Path(os.environ.get("DIRBTUVE_CROWD", temporary))
        for people in SIZES:
            made, began = kept / f"crowd-{people}", time.perf_counter()
            if not made.exists():
                crowd.prepare_books(made, people // crowd.BLOCK)
            prepared = time.perf_counter() - began
            least = _least(made, Path(temporary) / "run")
            processor, wall = least["all"]
            points.append((people, processor))
            walls.append((people, wall))
            print(f"\n{people} people, 36 months behind (made in {prepared:.0f} s): the run with sealing takes "
                  f"{processor:.2f} s processor, {wall:.2f} s clock (goal 12 at 6000); {processor / people * 1000:.2f} and "
                  f"{wall / people * 1000:.2f} ms a person (goal 2); {least['mb'][0]:.0f} MB at most (goal < 500)")
            parts = (name for name in least if name not in ("all", "mb"))
            print("  " + "; ".join(f"{name} {least[name][0]:.2f}/{least[name][1]:.2f} s" for name in parts))
        print(f"slope of time against people, both logarithms: {_slope(points):.2f} of processor, {_slope(walls):.2f} by the clock "
              "(goal at most 1.05)")
        print("published by others, a person: leopardo-hr 9 ms, Frappe HR over 50 ms, ADempiere 1.7 s")


@pytest.mark.bench
def test_a_million_quotas(capsys: pytest.CaptureFixture[str]) -> None:
    mix, handed, divisions, seconds = random.Random(1_000_000), 0, 0, 0.0
    while handed < 1_000_000:
        step, bottom = mix.choice((1, 1, 5, 100)), mix.randrange(1, 10**6)
        quotas = [Quota(f"r{n}", f"D{n}", Fraction(mix.randrange(-(10**4), 10**9), mix.choice((1, 3, bottom))))
                  for n in range(mix.randrange(1, 400))]
        began = time.process_time()
        division = divide(quotas, mix.randrange(30_000), step=step)
        seconds += time.process_time() - began
        assert sum(one.cents for one in division.given.values()) + division.carried == division.total
        assert 0 <= division.carried < step
        assert all(abs(division.given[one.person].cents - one.exact) < step for one in quotas)
        handed, divisions = handed + len(quotas), divisions + 1
    with capsys.disabled():
        print(f"\n{handed} quotas in {divisions} divisions: every sum exact, every quota within its step; "
              f"{seconds:.1f} s of processor")
