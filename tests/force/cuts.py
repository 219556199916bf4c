"""The power is cut: a server's work is recorded change by change and sync by sync, and the disk is built as it would be found after
a cut at any moment. What was synced is there; of what came later an arbitrary part is, torn at sectors too.

python -m force.cuts FOLDER COUNT SEED full|normal. Prints figures as JSON. With `normal` (PRAGMA synchronous=NORMAL, the control)
work that is lost is counted instead of being a fault; what is torn is a fault in any case.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import struct
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import house as houses
import time_machine
from house import TODAY
from sqlalchemy import event

from force import shim
from force.shop import Books, Broken, Script, Shop, Step, check, check_all, note, read

HEAD = struct.Struct("=IIQqQ")
WRITE, TRUNCATE, SYNC, CREATE, UNLINK, RENAME = range(1, 7)
TOLD = "told"
"""What the server said to the outside goes into a file of this name, so that it stands in the log at its moment."""
LATER = TODAY + timedelta(minutes=5)
STEPS = 45
CUTS = 500
LOOK = 20


# ---------- recording ----------


class Recording:
    """One run of a server, with its log."""

    def __init__(self, shop: Shop, kept: Path, log: Path, chance: random.Random, life: str) -> None:
        self.shop, self.log, self.chance, self.life = shop, log, chance, life
        self.folder = shop.house.settings.data_dir
        self.disk = shim.Disk(self.folder)
        shop.begin_again(kept)
        self.before = read(shop.file)
        (self.folder / TOLD).touch()

    def run(self) -> list[Step]:
        """Steps over the pages, with the books closed and opened on the way; this machine itself syncs nothing."""
        self.disk.lazy(True)
        self.disk.record(self.log)
        script, steps = Script(self.shop, self.chance, self.life), []
        tell = os.open(self.folder / TOLD, os.O_WRONLY | os.O_APPEND)
        for number in range(STEPS):
            if self.chance.random() < 0.05:
                self.shop.let_go()
            step = next(script)
            steps.append(step)
            os.write(tell, f"try {number}\n".encode())
            if self.shop.send(step).status_code == 303:
                os.write(tell, f"done {number}\n".encode())
        os.close(tell)
        self.disk.record(None)
        self.shop.let_go()
        return steps


# ---------- replaying ----------


@dataclass
class Change:
    """A change or a sync of a file as the log has it."""

    what: int
    path: str
    inode: int
    offset: int
    data: bytes
    length: int


def changes(log: Path) -> Iterator[Change]:
    """The log, in order."""
    data, at = log.read_bytes(), 0
    while at < len(data):
        what, path, inode, offset, length = HEAD.unpack_from(data, at)
        at += HEAD.size
        name = os.fsdecode(data[at:at + path])
        at += path
        held = length if what in (WRITE, RENAME) else 0
        yield Change(what, name, inode, offset, data[at:at + held], length)
        at += held


@dataclass
class File:
    """The bytes that a sync has put on the disk, and what came since."""

    safe: bytearray = field(default_factory=bytearray)
    since: list[Change] = field(default_factory=list)

    def sync(self) -> None:
        """All of it is on the disk."""
        for one in self.since:
            apply(self.safe, one)
        self.since = []


def apply(content: bytearray, one: Change, first: int = 0, last: int | None = None) -> None:
    """A change, or some bytes of a write."""
    if one.what == TRUNCATE:
        content[one.offset:] = bytes(max(0, one.offset - len(content)))
        return
    part = one.data[first:last]
    at = one.offset + first
    if len(content) < at:
        content.extend(bytes(at - len(content)))
    content[at:at + len(part)] = part


class Disk:
    """The disk under the folder as the log goes on: the names on it, and those that no sync of the folder has made sure."""

    def __init__(self, folder: Path, kept: Path) -> None:
        self.folder = str(folder.resolve())
        self.safe_names: dict[str, File] = {}
        for path in kept.iterdir():
            if path.is_file():
                self.safe_names[path.name] = File(bytearray(path.read_bytes()))
        self.names = dict(self.safe_names)
        self.since: list[dict[str, File]] = []
        self.told: list[str] = []

    def follow(self, one: Change) -> None:
        """The next line of the log."""
        if one.path == self.folder:
            if one.what == SYNC:
                self.safe_names, self.since = dict(self.names), []
            return
        name = one.path.removeprefix(self.folder + "/").removesuffix(" (deleted)")
        if name == TOLD:
            if one.what == WRITE:
                self.told.append(one.data.decode().strip())
        elif one.what in (CREATE, UNLINK, RENAME):
            self._name(one, name)
        elif (file := self.names.get(name)) is None:
            if not one.path.endswith(" (deleted)"):
                raise Broken(f"a change of a file that nobody made: {one.path}")
        elif one.what == SYNC:
            file.sync()
        else:
            file.since.append(one)

    def _name(self, one: Change, name: str) -> None:
        if one.what == CREATE:
            self.names[name] = File()
        elif one.what == UNLINK:
            self.names.pop(name, None)
        else:
            self.names[os.fsdecode(one.data).removeprefix(self.folder + "/")] = self.names.pop(name)
        self.since.append(dict(self.names))

    def cut(self, chance: random.Random, target: Path) -> None:
        """Build what is found after a cut at this moment; names change in the order in which they were changed."""
        names = chance.choice([self.safe_names, *self.since])
        how = chance.choice((none, everything, a_beginning, some, some, sectors, sectors, pages))
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        for name, file in names.items():
            content = bytearray(file.safe)
            how(content, file.since, chance)
            (target / name).write_bytes(content)


def none(content: bytearray, since: list[Change], chance: random.Random) -> None:
    """Nothing but what was synced."""


def everything(content: bytearray, since: list[Change], chance: random.Random) -> None:
    """All that was written."""
    for one in since:
        apply(content, one)


def a_beginning(content: bytearray, since: list[Change], chance: random.Random) -> None:
    """What came first, the last of it torn."""
    count = chance.randrange(len(since) + 1)
    for one in since[:count]:
        apply(content, one)
    if count < len(since) and since[count].what == WRITE:
        apply(content, since[count], 0, chance.randrange(len(since[count].data) + 1) // 512 * 512)


def some(content: bytearray, since: list[Change], chance: random.Random) -> None:
    """Whole changes, in any choice."""
    share = chance.random()
    for one in since:
        if chance.random() < share:
            apply(content, one)


def sectors(content: bytearray, since: list[Change], chance: random.Random, size: int = 512) -> None:
    """Sectors, in any choice."""
    share = chance.random()
    for one in since:
        if one.what == TRUNCATE:
            if chance.random() < share:
                apply(content, one)
            continue
        edges = sorted({0, len(one.data), *range(size - one.offset % size, len(one.data), size)})
        for first, last in pairwise(edges):
            if chance.random() < share:
                apply(content, one, first, last)


def pages(content: bytearray, since: list[Change], chance: random.Random) -> None:
    """Pages of the machine, in any choice."""
    sectors(content, since, chance, 4096)


# ---------- looking ----------


@dataclass
class Figures:
    """What was found."""

    cuts: int = 0
    recordings: int = 0
    changes: int = 0
    acknowledged_before: int = 0
    lost_work: int = 0
    retries: int = 0
    walks: int = 0


def look(shop: Shop, before: Books, steps: list[Step], told: list[str], figures: Figures, *, control: bool, deep: bool) -> None:
    """Open what was found with the program; nothing acknowledged is lost, nothing torn, the last request may be sent again."""
    tried = [steps[int(line.split()[1])] for line in told if line.startswith("try")]
    done = {steps[int(line.split()[1])].key for line in told if line.startswith("done")}
    opened = shop.reopen()
    with opened.read() as session:
        session.connection()
    with opened.watched() as session:
        if session.connection().exec_driver_sql("PRAGMA integrity_check").scalar_one() != "ok":
            raise Broken("the watching database is torn")
    now = read(shop.file)
    figures.cuts += 1
    figures.acknowledged_before += len(done)
    if control and done - set(now.claimed):
        figures.lost_work += 1
        done &= set(now.claimed)
    check(before, now, {step.key for step in tried}, done)
    if deep:
        check_all(opened)
        figures.walks += 1
        if tried and not control:
            _retry(shop, before, tried, done)
            figures.retries += 1


def _retry(shop: Shop, before: Books, tried: list[Step], done: set[str]) -> None:
    last = tried[-1]
    answers = {shop.send(last).status_code for _ in range(2)}
    if len(answers) != 1 or not answers <= {303, 409, 422}:
        raise Broken(f"{last} was answered {answers}")
    check(before, read(shop.file), {step.key for step in tried}, done | ({last.key} if answers == {303} else set()))


def one_recording(shop: Shop, kept: Path, folder: Path, seed: str, count: int, figures: Figures, *, control: bool) -> None:
    """Record, then cut at `count` moments."""
    chance, log = random.Random(seed), folder / "log"
    log.unlink(missing_ok=True)
    recording = Recording(shop, kept, log, chance, seed)
    steps = recording.run()
    history = list(changes(log))
    figures.recordings += 1
    figures.changes += len(history)
    disk, place = Disk(recording.folder, kept), 0
    for moment in sorted(chance.randrange(len(history) + 1) for _ in range(count)):
        for one in history[place:moment]:
            disk.follow(one)
        place = moment
        shop.let_go()
        disk.cut(chance, recording.folder)
        look(shop, recording.before, steps, disk.told, figures, control=control, deep=figures.cuts % LOOK == LOOK - 1)


def main(folder: Path, count: int, seed: int, synchronous: str) -> None:
    """Recordings until there are enough cuts."""
    began, figures, control = time.perf_counter(), Figures(), synchronous == "normal"
    with time_machine.travel(TODAY, tick=True):
        shop = Shop(houses.build(folder / "books"))
        shop.let_go()
        shutil.copytree(folder / "books", folder / "kept")
    while figures.cuts < count:
        with time_machine.travel(LATER, tick=True):
            if control:
                event.listen(shop.reopen().books, "connect", _weakly)
            one_recording(shop, folder / "kept", folder, f"{seed}.{figures.recordings}", min(CUTS, count - figures.cuts), figures,
                          control=control)
        note(folder, figures)
    print(json.dumps(vars(figures) | {"seconds": round(time.perf_counter() - began, 1)}))


def _weakly(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous=NORMAL")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
