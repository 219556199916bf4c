"""Many at once: the same months approved by many processes, and numbers read and written by more; on SQLite and on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import postgres
import pytest
from force import shim


def approved(folder: Path, months: int, processes: int, capsys: pytest.CaptureFixture[str], url: str = "") -> None:
    told = shim.run("crowds", "approve", folder, months, processes, url)
    with capsys.disabled():
        print(f"\n{processes} processes at {months} months{' on PostgreSQL' if url else ''}: {told['told']}; {told['seconds']} s")
    assert told["told"] == {"approved": months, "run_not_submitted": months * (processes - 1)}


def test_each_month_is_approved_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    approved(tmp_path, 12, 4, capsys)


def test_each_month_is_approved_once_on_postgresql(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with postgres.database() as url:
        approved(tmp_path, 12, 4, capsys, url)


@pytest.mark.hard
def test_8_processes_approve_500_months(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    approved(tmp_path, 500, 8, capsys)


@pytest.mark.hard
def test_8_processes_approve_500_months_on_postgresql(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with postgres.database() as url:
        approved(tmp_path, 500, 8, capsys, url)


def counted(folder: Path, times: int, processes: int, how: str, capsys: pytest.CaptureFixture[str]) -> dict[str, int]:
    told = shim.run("crowds", "count", folder, times, processes, how)
    with capsys.disabled():
        print(f"\n{processes} processes read, then write, {how}: {told['told']}; {told['seconds']} s")
    found: dict[str, int] = told["told"]
    return found


def test_no_lock_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert counted(tmp_path, 320, 8, "immediate", capsys) == {"written": 320}


def test_the_control_meets_locks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert counted(tmp_path, 320, 8, "deferred", capsys)["database is locked"] > 0


@pytest.mark.hard
def test_no_lock_error_in_50000_of_32_processes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert counted(tmp_path, 50016, 32, "immediate", capsys) == {"written": 50016}


@pytest.mark.hard
def test_the_control_meets_locks_with_32_processes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert counted(tmp_path, 3200, 32, "deferred", capsys)["database is locked"] > 1000
