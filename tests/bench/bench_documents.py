"""How long the papers take, in processor time, against a loop that reads style and fonts for each paper."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import process_time

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))  # the sample papers live with the tests

import papers

from ledger.documents import statements
from ledger.documents.pdf import Press, page_html, press

ROUNDS = 9


def _seconds(work: Callable[[], object]) -> float:
    gc.collect()  # the naive loop leaves much behind
    start = process_time()
    work()
    return process_time() - start


def _both_papers() -> None:
    statements.leaf_pdf(papers.LEAF)
    statements.calculation_pdf(papers.CALCULATION)


@pytest.mark.bench
def test_a_persons_two_papers(capsys: pytest.CaptureFixture[str]) -> None:
    leaf = page_html("leaf", "x", papers.DATED, **statements.leaf_values(papers.LEAF))
    calculation = page_html("calculation", "x", papers.DATED, **statements.calculation_values(papers.CALCULATION))

    def naive() -> None:
        for html in (leaf, calculation):
            Press.built().pdf(html)

    def shared() -> None:
        for html in (leaf, calculation):
            press().pdf(html)

    first = _seconds(_both_papers)
    alone = sorted(_seconds(_both_papers) for _ in range(ROUNDS))
    pairs = [(_seconds(shared), _seconds(naive)) for _ in range(ROUNDS)]
    both = median(alone)
    ours, theirs = (median(column) for column in zip(*pairs, strict=True))
    with capsys.disabled():
        print(f"\ntwo papers of a person: first {first * 1000:.0f} ms, then median {both * 1000:.0f} ms, "
              f"least {alone[0] * 1000:.0f} ms (goal < 200); "
              f"same HTML shared {ours * 1000:.0f} ms, naive {theirs * 1000:.0f} ms, "
              f"ratio {ours / theirs:.2f} (goal <= 0.6)")


@pytest.mark.bench
def test_twelve_people(capsys: pytest.CaptureFixture[str]) -> None:
    people = [(replace(papers.LEAF, number=f"2026-10-D{n}"), replace(papers.CALCULATION, number=f"2026-10-D{n}"))
              for n in range(1, 13)]

    def all_papers() -> None:
        for leaf, calculation in people:
            statements.leaf_pdf(leaf)
            statements.calculation_pdf(calculation)

    with capsys.disabled():
        print(f"\n24 papers of 12 people: {_seconds(all_papers):.2f} s (goal < 4)")
