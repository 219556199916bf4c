"""The power cut at any moment of a server's work: what it acknowledged is on the disk. With a weaker sync it is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from force import cuts, shim

pytestmark = pytest.mark.skipif(shim.compiler() is None, reason="tests/force/shim.c records the changes, and no C compiler is here")


def cut(folder: Path, count: int, how: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    told = shim.run("cuts", folder, count, 7, how, shim=shim.make(folder))
    with capsys.disabled():
        print(f"\n{told['cuts']} power cuts in {told['recordings']} recordings of {told['changes']} changes, synchronous={how}: "
              f"{told['lost_work']} lost acknowledged work; {told['seconds']} s")
    assert told["cuts"] == count
    assert told["acknowledged_before"] > count
    return told


def test_power_cuts_lose_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cut(tmp_path, 40, "full", capsys)["lost_work"] == 0


def test_the_control_loses_work(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cut(tmp_path, 20, "normal", capsys)["lost_work"] > 0


@pytest.mark.hard
def test_3000_power_cuts_lose_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = cut(tmp_path, 3000, "full", capsys)
    assert (told["lost_work"], told["retries"]) == (0, 150)


@pytest.mark.hard
def test_300_power_cuts_of_the_control_lose_work(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cut(tmp_path, 300, "normal", capsys)["lost_work"] > 60


# ---------- the replaying itself ----------


def wrote(path: str, offset: int, data: bytes) -> cuts.Change:
    return cuts.Change(cuts.WRITE, path, 1, offset, data, len(data))


def line(what: int, path: str, at: int = 0) -> cuts.Change:
    return cuts.Change(what, path, 1, at, b"", 0)


def found(disk: cuts.Disk, target: Path) -> set[tuple[tuple[str, bytes], ...]]:
    """Everything that a cut now may leave."""
    chances = []
    for seed in range(400):
        disk.cut(cuts.random.Random(seed), target)
        chances.append(tuple(sorted((path.name, path.read_bytes()) for path in target.iterdir())))
    return set(chances)


def test_what_was_synced_stays_and_what_came_later_may_be_there_in_part(tmp_path: Path) -> None:
    folder, kept = tmp_path / "data", tmp_path / "kept"
    kept.mkdir()
    (kept / "a").write_bytes(b"old.")
    disk, a = cuts.Disk(folder, kept), f"{folder.resolve()}/a"
    for one in (wrote(a, 0, b"new"), line(cuts.SYNC, a), wrote(a, 3, b"!"), wrote(a, 4, b"?")):
        disk.follow(one)
    contents = {dict(one)["a"] for one in found(disk, tmp_path / "cut")}
    assert contents == {b"new.", b"new!", b"new.?", b"new!?"}


def test_a_write_is_torn_at_sectors(tmp_path: Path) -> None:
    folder, kept = tmp_path / "data", tmp_path / "kept"
    kept.mkdir()
    (kept / "a").write_bytes(bytes(1024))
    disk, a = cuts.Disk(folder, kept), f"{folder.resolve()}/a"
    disk.follow(wrote(a, 0, b"x" * 1024))
    halves = {(dict(one)["a"][0], dict(one)["a"][1023]) for one in found(disk, tmp_path / "cut")}
    assert halves == {(0, 0), (0, 120), (120, 0), (120, 120)}


def test_a_new_name_is_sure_only_after_a_sync_of_its_folder(tmp_path: Path) -> None:
    folder, kept = tmp_path / "data", tmp_path / "kept"
    kept.mkdir()
    disk, a = cuts.Disk(folder, kept), f"{folder.resolve()}/a"
    for one in (line(cuts.CREATE, a), wrote(a, 0, b"x"), line(cuts.SYNC, a)):
        disk.follow(one)
    assert found(disk, tmp_path / "cut") == {(), (("a", b"x"),)}
    disk.follow(line(cuts.SYNC, str(folder.resolve())))
    assert found(disk, tmp_path / "cut") == {(("a", b"x"),)}
