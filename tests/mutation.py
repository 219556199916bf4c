"""What `make mutation` prints: for each file of the core how many small mistakes the tests noticed, and which survivors
nobody has reviewed yet.

A survivor is known by its file, its function and the line before and after, never by a number, so that the reviewed list
(tests/mutation-survivors.md) outlives other changes. A mistake that makes a function run forever is noticed by its time.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code

LEAST = 95
CORE = Path("ledger/core")
REVIEWED = Path(__file__).with_name("mutation-survivors.md")
NOTICED = ("killed", "timeout", "segfault")
_LINE = re.compile(r"- `(?P<function>[^`]+)`: `(?P<before>[^`]*)` → `(?P<after>[^`]*)` — (?P<reason>.+)")


@dataclass(frozen=True)
class Survivor:
    """A mistake that no test noticed."""

    file: str
    function: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"- `{self.function}`: `{self.before}` → `{self.after}` — "


def survivor(file: str, mutant: str) -> Survivor:
    """What was changed by a mutant of a file."""
    lines = get_diff_for_mutant(mutant, path=CORE / file).splitlines()[2:]
    before, after = (" ⏎ ".join(line[1:].strip() for line in lines if line.startswith(sign)).replace("`", "'") for sign in "-+")
    name = mutant.rpartition(".")[2].rpartition("__mutmut_")[0]
    return Survivor(file, name.removeprefix("x_").removeprefix("xǁ").replace("ǁ", "."), before, after)


def reviewed() -> dict[Survivor, str]:
    """The survivors that somebody has looked at, with the reason why they may live."""
    found, file = {}, ""
    for line in REVIEWED.read_text("utf-8").splitlines():
        if line.startswith("## "):
            file = line.removeprefix("## ").strip()
        elif match := _LINE.fullmatch(line):
            found[Survivor(file, match["function"], match["before"], match["after"])] = match["reason"]
        elif line.startswith("- "):
            raise SystemExit(f"{REVIEWED.name}: not a line of the list: {line}")
    return found


def outcomes(meta: Path) -> dict[str, str]:
    """What became of each mutant of a file."""
    return {name: status_by_exit_code[code] for name, code in json.loads(meta.read_text("utf-8"))["exit_code_by_key"].items()}


def row(name: str, counts: Counter[str]) -> str:
    """A line of the table: noticed by a test, by its time, survived, reached by no test, the score in percent."""
    noticed, total = sum(counts[one] for one in NOTICED), sum(counts.values())
    slow = counts["timeout"] + counts["segfault"]
    lived = counts["survived"] + counts["suspicious"]
    return f"{name:20} {counts['killed']:7} {slow:5} {lived:9} {counts['no tests']:9} {100 * noticed / total:7.1f} %"


def main() -> int:
    """Print it all; 1 when the score is below what is asked for or a survivor stands in no list."""
    whole: Counter[str] = Counter()
    lived: list[Survivor] = []
    print(f"{'file':20} {'killed':>7} {'time':>5} {'survived':>9} {'no tests':>9} {'score':>9}")
    for meta in sorted((Path("mutants") / CORE).glob("*.meta")):
        of_file, file = outcomes(meta), meta.name.removesuffix(".meta")
        if not of_file:
            continue
        if "not checked" in of_file.values():
            raise SystemExit(f"{file}: not run to its end; run mutmut run again")
        whole += Counter(of_file.values())
        lived += [survivor(file, mutant) for mutant, what in of_file.items() if what not in NOTICED]
        print(row(file, Counter(of_file.values())))
    print(row("the core", whole))
    known = reviewed()
    new = [one for one in lived if one not in known]
    print(f"\n{len(lived)} survivors, {len(lived) - len(new)} of them reviewed in {REVIEWED.name}.")
    for file in sorted({one.file for one in new}):
        print(f"\n## {file}\n", *[one for one in new if one.file == file], sep="\n")
    for one in sorted(known.keys() - set(lived), key=str):
        print(f"No survivor any more, strike it out: {one.file} {one}")
    noticed = sum(whole[one] for one in NOTICED)
    return 1 if new or 100 * noticed < LEAST * sum(whole.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
