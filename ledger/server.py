"""Starts gunicorn on the application: four processes with two threads each. Pages are work for the processor, and more threads only
take the interpreter from each other; the second one answers while the first waits for the books or makes a paper.

Beside them stand processes for work in the background: they outlive a web worker, are started again when they end, and stop with
the server.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

STARTS_WORKER = "from ledger.cli import main; main()"
REST = 5
"""After how many rounds of the master, about a second each, a process that ended is started again."""
GRACE = 10
"""How many seconds requests that came before the stopping have to end; after it they are cut, and their transactions undone."""
PATIENCE = 3
"""How many seconds more the background processes have to give their items back; whoever takes longer has them taken back at the
next start."""


@dataclass
class Background:
    """The processes for work in the background; `options` are those of `dirbtuve worker`."""

    count: int
    options: tuple[str, ...] = ()
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    rest: int = 0

    def keep(self) -> None:
        """Start what is missing."""
        self.rest = max(0, self.rest - 1)
        self.running = [one for one in self.running if one.poll() is None]
        if len(self.running) == self.count or self.rest:
            return
        self.rest = REST
        command = [sys.executable, "-c", STARTS_WORKER, "worker", "--parent", str(os.getpid()), *self.options]
        self.running += [subprocess.Popen(command) for _ in range(self.count - len(self.running))]  # noqa: S603 - our own program

    def stop(self) -> None:
        """Ask all to give the piece in hand back and go."""
        for one in self.running:
            one.terminate()
        self.count = 0

    def wait(self) -> None:
        """Wait until all are gone; once one was waited for in vain, for none any more."""
        patience = PATIENCE
        for one in self.running:
            try:
                one.wait(patience)
            except subprocess.TimeoutExpired:
                one.kill()
                one.wait()
                patience = 0
        self.running = []


class _Master(Arbiter):
    """Gunicorn's master process, which keeps the background processes too."""

    def __init__(self, app: BaseApplication, background: Background) -> None:
        super().__init__(app)
        self.background = background

    def manage_workers(self) -> None:
        """Once a second: start what is missing."""
        super().manage_workers()
        self.background.keep()

    def stop(self, graceful: bool = True) -> None:
        """Stop web workers and background processes at the same time."""
        self.background.stop()
        super().stop(graceful)
        self.background.wait()


class _Server(BaseApplication):
    """Gunicorn with its options given here instead of on a command line."""

    def __init__(self, host: str, port: int, background: Background) -> None:
        self.address, self.background = f"{host}:{port}", background
        super().__init__()

    def load_config(self) -> None:
        """Bind, workers, time limits."""
        options = {"bind": self.address, "workers": 4, "threads": 2, "worker_class": "gthread", "timeout": 60,
                   "graceful_timeout": GRACE, "keepalive": 5, "limit_request_line": 4094, "loglevel": "warning"}
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application; each worker opens its own databases."""
        from ledger.app import create_app  # in the worker, after the fork
        made = create_app()
        gc.collect()
        gc.freeze()  # the program itself stays for good: walking through it now and then made single pages wait 200 ms
        return made

    def run(self) -> None:
        """The master process."""
        _Master(self, self.background).run()


def serve_forever(host: str, port: int, workers: int, *, send: bool = False) -> None:
    """Serve until the process is told to stop, with so many workers in the background; with `send` one that sends to Celery's."""
    _Server(host, port, Background(1, ("--send",)) if send else Background(workers)).run()
