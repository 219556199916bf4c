"""A full disk: 503, nothing changed, nobody let in; with room again the same request happens once (attacks.md row 98)."""

from __future__ import annotations

from pathlib import Path

import pytest
from force import shim

pytestmark = pytest.mark.skipif(shim.compiler() is None, reason="tests/force/shim.c plays the full disk, and no C compiler is here")


def filled(folder: Path, points: int, capsys: pytest.CaptureFixture[str]) -> None:
    told = shim.run("full", folder, points, 7, shim=shim.make(folder))
    with capsys.disabled():
        print(f"\n{told['points']} points without room, {told['torn_writes']} with a torn write: {told['refused']} answered 503; "
              f"{told['doors_shut']} sign-ins refused; {told['answers']}; {told['seconds']} s")
    assert told["points"] >= points
    assert told["refused"] >= 0.9 * points
    assert told["answers"]["503 then 303"] > points / 2
    assert told["doors_shut"] >= points // 10


def test_a_disk_that_fills(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    filled(tmp_path, 25, capsys)


@pytest.mark.hard
def test_1000_points_of_a_disk_that_fills(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    filled(tmp_path, 1000, capsys)
