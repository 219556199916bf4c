"""A server killed in the middle of its work: what it acknowledged is there, nothing is torn, a retry with its key happens once."""

from __future__ import annotations

from pathlib import Path

import pytest
from force import shim


def killed(folder: Path, count: int, capsys: pytest.CaptureFixture[str]) -> None:
    preloaded = shim.make(folder) if shim.compiler() else None  # without a compiler every kill is by the clock
    told = shim.run("kills", folder, count, 7, shim=preloaded)
    with capsys.disabled():
        print(f"\n{told['kills']} kills, {told['at_a_change']} of them at a change of a file: {told['acknowledged']} acknowledged, "
              f"none lost; {told['answers_lost']} had happened without an answer; {told['seconds']} s; {told['kinds']}")
    assert told["kills"] == count
    assert told["acknowledged"] > count / 4
    assert told["retries"].get("303", 0) > count / 4
    assert told["walks"] == count // 20


def test_kills(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    killed(tmp_path, 20, capsys)


@pytest.mark.hard
def test_2000_kills(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    killed(tmp_path, 2000, capsys)
