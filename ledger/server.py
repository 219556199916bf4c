"""Starts gunicorn on the application: 2 workers with 4 threads each, so that SQLite has few writers."""

from __future__ import annotations

from typing import Any

from gunicorn.app.base import BaseApplication


class _Server(BaseApplication):
    """Gunicorn with its options given here instead of on a command line."""

    def __init__(self, host: str, port: int) -> None:
        self.address = f"{host}:{port}"
        super().__init__()

    def load_config(self) -> None:
        """Bind, workers, time limits."""
        options = {"bind": self.address, "workers": 2, "threads": 4, "worker_class": "gthread", "timeout": 60,
                   "graceful_timeout": 30, "keepalive": 5, "limit_request_line": 4094, "loglevel": "warning"}
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application; each worker opens its own databases."""
        from ledger.app import create_app  # in the worker, after the fork
        return create_app()


def serve_forever(host: str, port: int) -> None:
    """Serve until the process is told to stop."""
    _Server(host, port).run()
