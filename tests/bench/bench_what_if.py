"""What if other rules, over twelve approved months of 60 people: the whole request with its page. Prints figures only."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median

import pytest
import time_machine
from crowd import BLOCK, RUN, SCHEME, TODAY, prepare_books
from house import House

from ledger import settings
from ledger.records.opened import open_books

pytestmark = pytest.mark.bench
PAGE = "/rules/what-if"


def _rules(portion: int) -> str:
    return SCHEME.replace('portion = "70"', f'portion = "{portion}"')


def test_twelve_months_of_sixty_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with time_machine.travel(TODAY, tick=True):
        prepare_books(tmp_path, 1)
        chosen = settings.load({"LEDGER_DATA_DIR": str(tmp_path)})
        house = House(chosen, open_books(chosen), {})
        client = house.client("buhalteris")
        months = [str(RUN.plus(-n)) for n in range(1, 13)]
        drafts = {"one": {"text": _rules(50)}, "three": {"schemes": ["preset:mixed", "preset:days"], "text": _rules(50)}}
        for word, fields in drafts.items():
            wall, own = _times(client, {"months": months, **fields})
            with capsys.disabled():
                print(f"\nwhat if, 12 months of {BLOCK} people, {word} set(s) of rules: median {median(wall):.2f} s on the clock, "
                      f"{median(own):.2f} s of the processor (goal < 2)")
        house.opened.close()


def _times(client: object, fields: dict[str, object]) -> tuple[list[float], list[float]]:
    wall, own = [], []
    for _ in range(3):
        began, worked = time.perf_counter(), time.process_time()
        answer = client.send(PAGE, fields)  # type: ignore[attr-defined] # the tests' browser
        wall.append(time.perf_counter() - began)
        own.append(time.process_time() - worked)
        assert answer.status_code == 200
    return wall, own
