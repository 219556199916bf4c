"""A server is killed with SIGKILL again and again in the middle of its work: by the clock, and at a chosen change of a file.

python -m force.kills FOLDER COUNT SEED. Every second trial is by the clock when the shim is preloaded, else every one. After each:
the books as they are, the retry of what was not answered, the books again. Prints figures as JSON; ends with a fault when a promise
does not hold.
"""

from __future__ import annotations

import json
import os
import random
import select
import shutil
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import house as houses
import time_machine
from house import TODAY

from force import shim
from force.shop import NOTED, Books, Broken, Known, Script, Shop, Step, check, check_all, note, read

LIFE = 12
"""So many trials on the same books, then on fresh ones."""
LOOK = 20
"""So often everything sealed is walked over."""
LONGEST = 0.4
LATER = TODAY + timedelta(minutes=5)
CHANGES = 80


@dataclass
class Figures:
    """What was seen."""

    kills: int = 0
    at_a_change: int = 0
    acknowledged: int = 0
    answers_lost: int = 0
    never_happened: int = 0
    retries: Counter[str] = field(default_factory=Counter)
    walks: int = 0


class Trials:
    """Trials on one folder that is put back every LIFE trials."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.shop = Shop(houses.build(folder / "books"))
        self.chance, self.figures = random.Random(seed), Figures()
        self.shop.let_go()
        self.folder, self.kept = folder / "books", folder / "kept"
        shutil.copytree(self.folder, self.kept)
        self.disk = shim.Disk(self.folder) if "LD_PRELOAD" in os.environ else None
        self.known, self.before, self.script = Known(), read(self.shop.file), Script(self.shop, self.chance, "0")

    def begin_life(self, number: int) -> None:
        """Fresh books."""
        self.shop.begin_again(self.kept)
        self.known, self.before = Known(), read(self.shop.file)
        self.script = Script(self.shop, self.chance, str(number))

    def trial(self, number: int) -> None:
        """Work, kill, look, retry, look."""
        at_a_change = self.disk is not None and number % 2 == 1
        self.shop.let_go()
        told, tell = os.pipe()
        child = os.fork()
        if child == 0:
            self._work(tell, at_a_change)
        os.close(tell)
        steps = self._kill(child, told, at_a_change)
        self.figures.at_a_change += at_a_change
        self._look(number)
        self._retry(steps)

    def _work(self, tell: int, at_a_change: bool) -> None:
        if self.disk and at_a_change:
            self.disk.die(self.chance.randrange(CHANGES), self.chance.randrange(3))
        for step in self.script:
            _say(tell, {"try": [step.kind, step.login, step.path, step.fields, step.key]})
            answer = self.shop.send(step)
            _say(tell, {"done": step.key, "status": answer.status_code})

    def _kill(self, child: int, told: int, at_a_change: bool) -> list[Step]:
        ends = time.perf_counter() + (30 if at_a_change else self.chance.random() * LONGEST)
        heard = b""
        with os.fdopen(told, "rb", buffering=0) as pipe:
            while (left := ends - time.perf_counter()) > 0:
                if select.select([pipe], [], [], left)[0]:
                    more = pipe.read(65536)
                    if not more:
                        break
                    heard += more
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            while more := pipe.read(65536):
                heard += more
        self.figures.kills += 1
        return self._heard(heard)

    def _heard(self, heard: bytes) -> list[Step]:
        """What the client of the dead server knows."""
        sent = []
        for line in heard.split(b"\n")[:-1]:
            said = json.loads(line)
            if "try" in said:
                sent.append(Step(*said["try"]))
                self.known.tried[sent[-1].key] = sent[-1]
                self.script.after(sent[-1].kind)
            elif said["status"] == 303:
                self.known.acknowledged.add(said["done"])
                self.figures.acknowledged += 1
            elif said["status"] not in (409, 422):
                raise Broken(f"{said}")
        if sent:  # the child's script went on in the child
            self.script.number = int(sent[-1].key.split("-")[2])
            self.chance.seed(f"{sent[-1].key}")
        return [step for step in sent[-1:] if step.key not in self.known.acknowledged]

    def _look(self, number: int) -> Books:
        now = read(self.shop.file)
        check(self.before, now, set(self.known.tried), self.known.acknowledged)
        if number % LOOK == LOOK - 1:
            check_all(self.shop.reopen())
            self.figures.walks += 1
        return now

    def _retry(self, steps: list[Step]) -> None:
        """Whoever got no answer sends the same again, twice: it happens once."""
        for step in steps:
            was_there = step.key in read(self.shop.file, integrity=False).claimed
            answers = [self.shop.send(step) for _ in range(2)]
            if was_there and {one.status_code for one in answers} != {303}:
                raise Broken(f"{step} happened, but its retry was answered {[one.status_code for one in answers]}")
            if answers[0].headers.get("Location") != answers[1].headers.get("Location"):
                raise Broken(f"{step} was answered in two ways")
            self.figures.answers_lost += was_there
            self.figures.never_happened += not was_there
            self.figures.retries[f"{answers[0].status_code}"] += 1
            if answers[0].status_code == 303:
                self.known.acknowledged.add(step.key)
            check(self.before, read(self.shop.file, integrity=False), set(self.known.tried), self.known.acknowledged)


def _say(tell: int, said: dict[str, object]) -> None:
    os.write(tell, json.dumps(said).encode() + b"\n")


def main(folder: Path, count: int, seed: int) -> None:
    """All trials."""
    began = time.perf_counter()
    with time_machine.travel(TODAY, tick=True):
        trials = Trials(folder, seed)
    kinds: Counter[str] = Counter()
    for first in range(0, count, LIFE):
        with time_machine.travel(LATER, tick=True):
            trials.begin_life(first)
            for number in range(first, min(first + LIFE, count)):
                trials.trial(number)
            note(folder, trials.figures)
            kinds.update(key.partition("-")[0] for key in trials.known.acknowledged)
    with time_machine.travel(LATER, tick=True):
        check_all(trials.shop.reopen())
    told = vars(trials.figures) | {"kinds": {kind: kinds[kind] for kind in NOTED}, "seconds": round(time.perf_counter() - began, 1)}
    print(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
