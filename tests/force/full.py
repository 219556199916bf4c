"""The disk is full: from a chosen write on there is no room. The request answers 503 and changes nothing; nobody comes in; when
there is room again the same request happens, once.

python -m force.full FOLDER COUNT SEED. Prints figures as JSON; ends with a fault when a promise does not hold.
"""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import house as houses
import time_machine
from house import TODAY

from force import shim
from force.shop import Broken, Known, Script, Shop, Step, check, check_all, note, read
from ledger.jobs import DEMO_PASSWORD

LIFE = 40
LOOK = 20
LATER = TODAY + timedelta(minutes=5)


@dataclass
class Figures:
    """What was seen."""

    points: int = 0
    refused: int = 0
    had_room: int = 0
    torn_writes: int = 0
    doors_shut: int = 0
    walks: int = 0
    answers: Counter[str] = field(default_factory=Counter)


class Trials:
    """One life after the other on the same folder."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.shop = Shop(houses.build(folder / "books"))
        self.chance, self.figures = random.Random(seed), Figures()
        self.kept = folder / "kept"
        self.shop.let_go()
        shutil.copytree(folder / "books", self.kept)
        self.disk = shim.Disk(folder / "books")
        self.disk.lazy(True)  # no power is cut here
        self.needed: dict[str, int] = {}

    def life(self, number: int, points: int) -> None:
        """Fresh books and some points."""
        self.shop.begin_again(self.kept)
        self.known, self.before = Known(), read(self.shop.file)
        script = Script(self.shop, self.chance, str(number))
        for _ in range(points):
            self.point(next(script))

    def point(self, step: Step) -> None:
        """One request with room for some writes only, then the same with room."""
        if self.chance.random() < 0.1:
            self.shop.let_go()  # the first request of a server that has just started
        self.known.tried[step.key] = step
        shortly = self.chance.random() < 0.5
        room = self.chance.randrange(self.needed.get(step.kind, 12) + 2)
        with changes_nothing(self.shop.file) as settled:
            self.disk.full(room, growing=self.chance.random() < 0.3, shortly=shortly)
            status = self.shop.send(step).status_code
            lacked = self.disk.written() > room
            self.disk.full(-1)
            if status == 303:
                settled()
        if status not in (303, 409, 422, 503):
            raise Broken(f"{step}: {status} with room for {room} writes")
        self.figures.points += lacked
        self.figures.had_room += not lacked
        self.figures.torn_writes += lacked and shortly
        self.figures.refused += status == 503
        self._again(step, first=status)
        if self.figures.points % 10 == 0:
            self.at_the_door()
        if self.figures.points % LOOK == 0:
            check_all(self.shop.reopen())
            self.figures.walks += 1

    def _again(self, step: Step, first: int) -> None:
        """There is room: the same request, twice, happens once."""
        self.disk.full(1 << 40)
        answers = [self.shop.send(step).status_code for _ in range(2)]
        self.needed[step.kind] = max(self.needed.get(step.kind, 0), self.disk.written() if first == 503 else 0)
        self.disk.full(-1)
        if answers[0] == 503 or len(set(answers)) != 1 or (first != 503 and answers[0] != first):
            raise Broken(f"{step}: {first}, then with room {answers}")
        self.figures.answers[f"{first} then {answers[0]}"] += 1
        if answers[0] == 303:
            self.known.acknowledged.add(step.key)
        now = read(self.shop.file, integrity=self.chance.random() < 0.2)
        check(self.before, now, set(self.known.tried), self.known.acknowledged)

    def at_the_door(self) -> None:
        """Nobody comes in while it cannot be written down that they did, with the right password or a wrong one."""
        for password in (DEMO_PASSWORD, "ne tas slaptažodis"):
            client = self.shop.app.test_client()
            page = client.get("/sign-in").get_data(as_text=True)
            token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
            self.disk.full(0)
            answer = client.post("/sign-in", data={"csrf_token": token, "login": "meistras", "password": password})
            inside = client.get("/people").status_code
            self.disk.full(-1)
            if (answer.status_code, inside) != (503, 302) or client.get("/people").status_code != 302:
                raise Broken(f"a full disk at the door: {answer.status_code}, then {inside}")
            self.figures.doors_shut += 1


@contextmanager
def changes_nothing(file: Path) -> Iterator[object]:
    """Nobody commits to this file inside, as another connection sees it; call what is given when somebody may."""
    allowed: list[bool] = []
    with closing(sqlite3.connect(file)) as other:
        before = other.execute("PRAGMA data_version").fetchone(), other.execute("SELECT count(*) FROM audit").fetchone()
        yield lambda: allowed.append(True)
        after = other.execute("PRAGMA data_version").fetchone(), other.execute("SELECT count(*) FROM audit").fetchone()
    if before != after and not allowed:
        raise Broken("a request that was refused changed the books")


def main(folder: Path, count: int, seed: int) -> None:
    """Points until there are enough at which a write found no room."""
    began = time.perf_counter()
    with time_machine.travel(TODAY, tick=True):
        trials = Trials(folder, seed)
    number = 0
    while trials.figures.points < count:
        with time_machine.travel(LATER, tick=True):
            trials.life(number, min(LIFE, count))
            note(folder, trials.figures)
        number += 1
    with time_machine.travel(LATER, tick=True):
        check_all(trials.shop.reopen())
    print(json.dumps(vars(trials.figures) | {"seconds": round(time.perf_counter() - began, 1)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
