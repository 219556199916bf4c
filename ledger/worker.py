"""The worker: takes items of batches from the books, makes them and keeps them. Any number of workers, on any machines.

The slow part stands outside every transaction. A worker that is killed holds nothing up for longer than its lease; one that died
on this machine is noticed at once. Told to stop, a worker gives the piece in hand back at once. The clock is given.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from ledger.actions import batches, papers
from ledger.actions.batches import Task
from ledger.actions.papers import Work
from ledger.records import batches as rows
from ledger.records.base import persistently
from ledger.records.opened import Opened

POLL_SECONDS = 1.0
T = TypeVar("T")
log = logging.getLogger("dirbtuve.worker")


@cache
def own_name() -> str:
    """What this process is called in leases: machine, its space of process numbers, number and start of the process."""
    return f"{_machine()}/{os.getpid()}/{_started(os.getpid())}"


@cache
def _machine() -> str:
    try:
        return f"{socket.gethostname()}/{os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return f"{socket.gethostname()}/"


def _started(pid: int) -> str:
    """When a process began, in ticks of this machine; "" when it is not there or only its shell is left."""
    try:
        state, *rest = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if state in "ZX" else rest[18]


def is_dead(name: str) -> bool:
    """Whether the worker of this name was a process of this machine and is no more; False when that cannot be known."""
    machine, _, process = name.rpartition("/")
    machine, _, pid = machine.rpartition("/")
    return bool(process) and machine == _machine() and pid.isdigit() and _started(int(pid)) != process


class Stopped(BaseException):
    """Told to stop while a paper was being made; nothing is open then."""


@dataclass
class Worker:
    """One pair of hands over the opened books. What the newest batch is made from is kept while there is work of it."""

    opened: Opened
    clock: Callable[[], datetime]
    name: str = field(default_factory=own_name)
    stop: threading.Event = field(default_factory=threading.Event)
    _making: bool = False
    _works: dict[tuple[str, str], Work] = field(default_factory=dict)

    def written(self, act: Callable[[Session], T]) -> T:
        """One short transaction; done again when PostgreSQL asks for it."""
        def once() -> T:
            with self.opened.write() as session:
                done = act(session)
                session.commit()
            return done
        return persistently(once)

    def work_one(self, *, ref: str = "", batch: str = "") -> int | None:
        """Take one item (of a batch, or the one of this reference), make and keep it.

        Returns how many papers were made, 0 when it failed, None when there was nothing to take.
        """
        if not ref and not self.tidy(batch):
            return None
        now = self.clock()
        task = self.written(lambda session: batches.claim(session, now, self.name, ref=ref, batch=batch))
        if task is None:
            return None
        try:
            with self.holding(task):
                return self._make(task)
        except Stopped:
            self.written(lambda session: batches.release(session, task, self.clock()))
            return None
        except Exception as wrong:
            # whatever it is, it is told to whoever looks at the batch, and stops no other item
            log.warning("%s %s of %s could not be made: %s", task.item.kind, task.ref, task.month, type(wrong).__name__)
            return self._failed(task, wrong)

    def tidy(self, batch: str = "") -> bool:
        """Take back what dead or silent workers hold; whether there is something to take. Reads only, unless there is need."""
        now = self.clock()
        with self.opened.read() as session:
            look = rows.glance(session, now, batch)
        dead = [name for name in look.holders if is_dead(name)]
        if not dead and not look.overdue:
            return look.ready
        return self.written(lambda session: batches.sweep(session, now, dead)) > 0 or look.ready

    def forget(self) -> None:
        """Let go of what papers are made from: there is no work now, and it holds names."""
        self._works.clear()

    def _make(self, task: Task) -> int:
        work = self._work(task)
        made = self._cut_short(lambda: papers.make_one(work, task.item))
        kept = self.written(lambda session: batches.finish(
            batches.doing_of(session, self.opened.vault, task, self.clock()), task, work, made))
        return len(made) if kept else 0

    def _work(self, task: Task) -> Work:
        key = (task.kind, task.subject_ref)
        if key not in self._works:
            self.forget()
            with self.opened.read() as session:
                self._works[key] = batches.prepare(batches.doing_of(session, self.opened.vault, task, self.clock()), task)
        return self._works[key]

    def _cut_short(self, make: Callable[[], T]) -> T:
        """Do what is slow; no transaction is open meanwhile, so it may be left anywhere. Raises Stopped."""
        self._making = True
        try:
            if self.stop.is_set():
                raise Stopped
            return make()
        finally:
            self._making = False

    def end(self, *_signal: object) -> None:
        """Stop soon. A paper that is being made is left and its item given back; what is being written is written to its end.
        For the main thread, where it handles signals. Raises Stopped."""
        if self.stop.is_set():
            return
        self.stop.set()
        if self._making:
            raise Stopped

    def _failed(self, task: Task, wrong: Exception) -> int:
        try:
            self.written(lambda session: batches.fail(session, task, self.clock(), wrong))
        except SQLAlchemyError:
            log.warning("%s: the books cannot be written; the item is taken back when its lease ends", task.ref)
        return 0

    @contextmanager
    def holding(self, task: Task) -> Iterator[None]:
        """Renew the lease while the block runs, from a thread of its own."""
        ended = threading.Event()

        def renew() -> None:
            while not ended.wait(batches.LEASE.total_seconds() / 3):
                try:
                    mine = self.written(lambda session: batches.renew(session, task, self.clock()))
                except SQLAlchemyError:
                    continue  # the next try is soon; if none comes through, somebody else takes the item
                if not mine:
                    return
        thread = threading.Thread(target=renew, name="lease", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def work_off(self, batch: str, told: Callable[[int], object]) -> None:
        """Work until nothing of a batch is open, whoever does it."""
        rest = threading.Event()
        while self._open(batch):
            made = self.work_one(batch=batch)
            if made is None:
                rest.wait(0.2)
            else:
                told(made)
        self.forget()

    def _open(self, batch: str) -> bool:
        with self.opened.read() as session:
            return rows.is_open(session, batch)


def stop_on_signals(worker: Worker) -> None:
    """TERM and INT end this worker; for the main thread of a process."""
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, worker.end)


def run(worker: Worker, parent: int = 0, step: Callable[[], bool] | None = None) -> None:
    """Work until told to stop, or until the process that started this one is gone. `step` stands in for the work of one item: it
    says whether there may be more at once."""
    once = step or (lambda: worker.work_one() is not None)
    while not worker.stop.is_set() and parent in (0, os.getppid()):
        try:
            busy = once()
        except SQLAlchemyError as wrong:
            log.warning("the books cannot be had: %s", type(wrong).__name__)
            busy = False
        if not busy:
            worker.forget()
            worker.stop.wait(POLL_SECONDS)


def sender(worker: Worker, send: Callable[[str], object]) -> Callable[[], bool]:
    """A step that makes nothing itself: it sends references to a broker, and again what its workers lost."""
    def step() -> bool:
        worker.tidy()
        now = worker.clock()
        with worker.opened.read() as session:
            refs = batches.to_send(session, now)
        try:
            for ref in refs:
                send(ref)
        except ConnectionError as wrong:
            log.warning("%s; the next try is soon", wrong)
            return False
        if refs:
            worker.written(lambda session: batches.mark_sent(session, now, refs))
        return False
    return step
