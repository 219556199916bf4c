"""The shim between a program and the disk (shim.c): made where there is a compiler, preloaded, steered from inside the program."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BEFORE, HALF, AFTER = range(3)


def compiler() -> str | None:
    """A C compiler of this machine that makes programs for it."""
    return next((found for name in ("cc", "gcc", "clang") if (found := shutil.which(name))), None)


def make(folder: Path) -> Path:
    """The compiled shim."""
    target, program = folder / "shim.so", compiler()
    assert program is not None
    subprocess.run([program, "-O2", "-shared", "-fPIC", "-o", str(target), str(HERE / "shim.c"), "-ldl"], check=True)
    return target


def run(module: str, *given: object, shim: Path | None = None, seconds: int = 5400) -> dict[str, Any]:
    """Run a program of this folder to its end; what it found out is its last line."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LEDGER_")}
    environment |= {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"} | ({"LD_PRELOAD": str(shim)} if shim else {})
    done = subprocess.run([sys.executable, "-m", f"force.{module}", *map(str, given)], cwd=ROOT, env=environment, text=True,
                          capture_output=True, timeout=seconds, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-6000:]
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


class Disk:
    """The preloaded shim of this process."""

    def __init__(self, folder: Path) -> None:
        self._own = ctypes.CDLL(None)
        self._own.force_folder(os.fsencode(folder.resolve()))

    def lazy(self, on: bool) -> None:
        """Leave syncs out: the machine under the test keeps its power."""
        self._own.force_lazy(int(on))

    def record(self, path: Path | None) -> None:
        """Write every change and every sync down from now on."""
        self._own.force_record(os.fsencode(path) if path else None)

    def full(self, after: int, *, growing: bool = False, shortly: bool = False) -> None:
        """No room from the write after so many on; -1: there is room."""
        self._own.force_full(ctypes.c_long(after), ctypes.c_long(growing), ctypes.c_long(shortly))

    def die(self, after: int, how: int) -> None:
        """SIGKILL at the change after so many."""
        self._own.force_die(ctypes.c_long(after), ctypes.c_long(how))

    def written(self) -> int:
        """Writes asked for since `full`."""
        return int(self._own.force_written())
