#!/usr/bin/env python3
"""Checks an audit pack of Dirbtuvė without the program and without a network: Python 3.9 or later, nothing to install.

    python3 check.py [--en] [--head HASH] [CODE ...]

It stands in the folder of the unpacked pack. CODE is the text of a QR code of a statement, as
DIRBTUVE:SL-2026-0001:16643:0123456789ABCDEF. HASH is the head of the journal as it is printed on the month's closing sheet.
Ends with 0 when all is well, with 1 when anything is not.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sys
from pathlib import Path
from typing import Any, Callable, Dict, List, Tuple  # noqa: UP035 - Python 3.9 is to run this

WORDS = {
    "missing": ("trūksta failo", "the file is missing"),
    "extra": ("failo nėra sąraše manifest.json", "the file is not in the list manifest.json"),
    "changed": ("failas pakeistas: jo SHA-256 kita nei sąraše", "the file was changed: its SHA-256 is not that of the list"),
    "unread": ("failo nepavyksta perskaityti", "the file cannot be read"),
    "seen": ("duomenys ir rezultatas nėra tie, kurie patvirtinti", "inputs and result are not those that were approved"),
    "identity": ("mėnesio sumos nesutampa", "the month's sums do not add up"),
    "statement": ("eilučių suma nelygi lapelio sumai", "the lines do not add up to the statement's total"),
    "stipends": ("lapelių suma nelygi mėnesio stipendijoms", "the statements do not add up to the month's stipends"),
    "result": ("lapeliai nėra tie, kurie apskaičiuoti", "the statements are not those of the result"),
    "chain": ("grandinė nutrūksta: ankstesnio įrašo kontrolinė suma kita",
              "the chain is broken: the hash of the one before is another"),
    "head": ("grandinės pabaiga kita nei nurodyta", "the head of the chain is not the one that is told"),
    "balance": ("įrašo sumos nelygios nuliui", "the entry does not sum to zero"),
    "booked": ("žurnalas sako kitą sumą nei lapelis", "the journal tells another sum than the statement"),
    "correction": ("pataisymo skirtumas nesutampa", "the difference of the correction does not add up"),
    "base": ("pataiso ne tai, ką sako pataisantis", "it does not correct what it says it corrects"),
    "paper": ("dokumentas kitoks nei įrašytas", "the paper is not the one that was kept"),
    "code": ("kodas netinka: numeris, suma ar eilutės kitos", "the code does not fit: number, sum or lines are others"),
    "unknown": ("tokio lapelio šiame rinkinyje nėra", "there is no such statement in this pack"),
    "fits": ("kodas tinka", "the code fits"),
    "other_month": ("kito mėnesio įrašas, čia tik jo kontrolinė suma: kas prieš jį, su atspausdinta pabaiga sieja tik "
                    "dirbtuve verify --head",
                    "an entry of another month, only its hash is here: what stands before it is tied to a printed head only by "
                    "dirbtuve verify --head"),
    "left_out": ("nėra šiame rinkinyje, todėl netikrinta", "not in this pack, so not checked"),
    "well": ("Viskas taip, kaip patvirtinta.", "Everything is as it was approved."),
    "wrong": ("Rasta klaidų", "Faults found"),
    "checked": ("Patikrinta", "Checked"),
}

Row = Dict[str, str]  # noqa: UP006 - Python 3.9 is to run this


class Pack:
    """The folder of a pack, what was found wrong in it, and what was looked at."""

    def __init__(self, folder: Path, english: bool) -> None:
        self.folder, self.english = folder, english
        self.faults: List[str] = []  # noqa: UP006 - Python 3.9 is to run this
        self.notes: List[str] = []  # noqa: UP006 - Python 3.9 is to run this
        self.hashes: List[str] = []  # noqa: UP006 - Python 3.9 is to run this

    def say(self, code: str) -> str:
        """A code in words."""
        return WORDS[code][1 if self.english else 0]

    def fault(self, where: str, code: str) -> None:
        """Something is wrong there."""
        self.faults.append(where + ": " + self.say(code))

    def note(self, where: str, code: str) -> None:
        """Something to know about that."""
        self.notes.append(where + ": " + self.say(code))

    def has(self, name: str) -> bool:
        """Whether the pack has this file."""
        return (self.folder / name).is_file()

    def text(self, name: str) -> str:
        """A file as it stands, every line end kept."""
        return (self.folder / name).read_bytes().decode("utf-8")

    def json(self, name: str) -> Any:  # Any: plain data
        """A JSON file."""
        return json.loads(self.text(name))

    def rows(self, name: str) -> List[Row]:  # noqa: UP006 - Python 3.9 is to run this
        """A CSV file by its heads."""
        return list(csv.DictReader(io.StringIO(self.text(name), newline="")))


def sha256(data: bytes) -> str:
    """A hash in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def check_files(pack: Pack) -> None:
    """Every file is there and as it was; none is more than the list says."""
    listed = pack.json("manifest.json")["files"]
    there = {path.relative_to(pack.folder).as_posix() for path in pack.folder.rglob("*") if path.is_file()}
    for name in sorted(set(listed) - there):
        pack.fault(name, "missing")
    for name in sorted(there - set(listed) - {"manifest.json"}):
        if "__pycache__" not in name:
            pack.fault(name, "extra")
    for name in sorted(there & set(listed)):
        if sha256((pack.folder / name).read_bytes()) != listed[name]["sha256"]:
            pack.fault(name, "changed")


def check_seen(pack: Pack) -> None:
    """What was approved is what the run read and what came out."""
    if not pack.has("inputs.json"):
        pack.note("inputs.json", "left_out")
        return
    both = pack.text("inputs.json") + "\n" + pack.text("result.json")
    if sha256(both.encode("utf-8")) != pack.json("run.json")["seen"]:
        pack.fault("inputs.json + result.json", "seen")


def check_identity(pack: Pack) -> None:
    """The month's money comes out where it went in, cent for cent."""
    cents = pack.json("run.json")["cents"]
    came = cents["realised_net"] - cents["deducted"] + cents["carried_in"] + cents["from_reserve"] + cents["from_budget"]
    went = cents["stipends"] + cents["withheld"] + cents["to_reserve"] + cents["unassigned"] + cents["carried_out"]
    if came != went:
        pack.fault("run.json", "identity")


def lines_of(pack: Pack) -> Dict[str, List[Row]]:  # noqa: UP006 - Python 3.9 is to run this
    """The lines of each person."""
    found: Dict[str, List[Row]] = {}  # noqa: UP006 - Python 3.9 is to run this
    for row in pack.rows("lines.csv"):
        found.setdefault(row["person"], []).append(row)
    return {person: sorted(rows, key=lambda one: int(one["position"])) for person, rows in found.items()}


def check_sums(pack: Pack) -> None:
    """Lines make statements, statements make the month."""
    lines, whole = lines_of(pack), 0
    statements = pack.rows("statements.csv")
    for one in statements:
        whole += int(one["total_cents"])
        if sum(int(row["cents"]) for row in lines.pop(one["person"], [])) != int(one["total_cents"]):
            pack.fault(one["number"], "statement")
    for person in lines:
        pack.fault(person, "statement")
    if whole != pack.json("run.json")["cents"]["stipends"]:
        pack.fault("statements.csv", "stipends")


def check_result(pack: Pack) -> None:
    """Statements and lines are those that were worked out."""
    if not pack.has("result.json"):
        return
    worked = pack.json("result.json")["result"]["people"]
    told = {one["person"]: (one["total"], [(line["part"], line["kind"], line["payer"], line["cents"]) for line in one["lines"]])
            for one in worked}
    lines = lines_of(pack)
    kept = {one["person"]: (int(one["total_cents"]), [sealed(row) for row in lines.get(one["person"], [])])
            for one in pack.rows("statements.csv")}
    for person in sorted(set(told) | set(kept)):
        if told.get(person) != kept.get(person):
            pack.fault("statements.csv, " + person, "result")


def sealed(row: Row) -> Tuple[str, str, str, int]:  # noqa: UP006 - Python 3.9 is to run this
    """A line as it was sealed."""
    return row["part"], row["kind"], row["payer"], int(row["cents"])


def check_chain(pack: Pack, name: str, where: str) -> None:
    """Each line names the hash of the one before; the last hash is the one that run.json tells."""
    told = pack.json("run.json")[where]
    expected, number = told["before"]["hash"], told["before"]["sequence"]
    month = pack.json("run.json")["month"]
    for line in pack.text(name).split("\n"):
        if not line:
            continue
        one = json.loads(line)
        if one["previous"] != expected or one["sequence"] != number + 1:
            pack.fault("%s %s" % (name, one["sequence"]), "chain")  # noqa: UP031 - Python 3.9 is to run this
        # only an entry of another month stands as its hash: of all else it is worked out, whatever the line says of itself
        hidden = where == "journal" and set(one) == {"sequence", "previous", "hash", "other_month"} and one["other_month"] != month
        expected, number = one["hash"] if hidden else sha256(line.encode("utf-8")), one["sequence"]
        if hidden:
            pack.note("%s %s" % (name, number), "other_month")  # noqa: UP031 - Python 3.9 is to run this
        pack.hashes.append(expected)
        if "legs" in one and (len(one["legs"]) < 2 or sum(leg[3] for leg in one["legs"]) != 0):
            pack.fault("%s %s" % (name, one["sequence"]), "balance")  # noqa: UP031 - Python 3.9 is to run this
    if (expected, number) != (told["after"]["hash"], told["after"]["sequence"]):
        pack.fault(name, "head")


def check_booked(pack: Pack) -> None:
    """What the journal owes to each person for the month is what the statement says; the table of the journal says the same."""
    run = pack.json("run.json")["run_ref"]
    owed, flat = {}, []
    for line in pack.text("journal.jsonl").split("\n"):
        one = json.loads(line) if line else {}
        for account, person, detail, cents in one.get("legs", []):
            flat.append((str(one["sequence"]), account, person, detail.lstrip("'"), str(cents)))
            if one["kind"] == "run" and one["subject_ref"] == run and account == "payable":
                owed[person] = -cents
    if flat != [(row["sequence"], row["account"], row["person"], row["detail"].lstrip("'"), row["cents"])
                for row in pack.rows("journal.csv")]:  # an apostrophe keeps a spreadsheet from running it
        pack.fault("journal.csv", "booked")
    for row in pack.rows("statements.csv"):
        if owed.get(row["person"], 0) != int(row["total_cents"]):
            pack.fault(row["number"], "booked")


def check_corrections(pack: Pack) -> None:
    """Each difference is what becomes of it."""
    for row in pack.rows("corrections.csv"):
        cents = {name: int(row[name + "_cents"]) for name in ("before", "after", "plus", "debt", "borne")}
        if cents["after"] - cents["before"] != cents["plus"] - cents["debt"] - cents["borne"]:
            pack.fault(row["statement"], "correction")


def check_correction_texts(pack: Pack) -> None:
    """Each correction is of the run or of the one before, and is what was approved; its people add up to what it pays."""
    rows, base = pack.rows("corrections.csv"), pack.json("run.json")["run_ref"]
    headers = {}
    for path in sorted(pack.folder.glob("corrections/*/correction.json")):
        header = json.loads(path.read_bytes().decode("utf-8"))
        headers[header["base"]] = (path.relative_to(pack.folder).parent.as_posix(), header)
    told = {row["number"] for row in rows}
    for missing in sorted(told - {header["number"] for _, header in headers.values()}):
        pack.fault("corrections/%s/correction.json" % missing, "missing")  # noqa: UP031 - Python 3.9 is to run this
    while base in headers:
        where, header = headers.pop(base)
        check_correction_text(pack, where, header, [row for row in rows if row["number"] == header["number"]])
        base = header["correction_ref"]
    for where, _ in headers.values():
        pack.fault(where, "base")


def check_correction_text(pack: Pack, where: str, header: Any, rows: List[Row]) -> None:  # noqa: UP006 - Python 3.9; Any: plain data
    """One correction: its hash, its sums, what its people are to have."""
    cents = header["cents"]
    came = cents["realised_net"] - cents["deducted"] + cents["carried_in"] + cents["from_reserve"] + cents["from_budget"]
    went = cents["stipends"] + cents["withheld"] + cents["to_reserve"] + cents["unassigned"] + cents["carried_out"]
    if came != went or sum(int(row["plus_cents"]) for row in rows) != cents["stipends"]:
        pack.fault(where + "/correction.json", "identity")
    if any((row["seen"], row["base"]) != (header["seen"], header["base"]) for row in rows):
        pack.fault(where + "/correction.json", "correction")
    if not pack.has(where + "/inputs.json"):
        if not pack.has("inputs.json"):
            pack.note(where + "/inputs.json", "left_out")
        else:
            pack.fault(where + "/inputs.json", "missing")
        return
    both = "\n".join((header["base"], pack.text(where + "/inputs.json"), pack.text(where + "/result.json")))
    if sha256(both.encode("utf-8")) != header["seen"]:
        pack.fault(where + "/inputs.json + result.json", "seen")
    people = {one["person"]: sum(line["cents"] for line in one["lines"] if line["kind"] not in ("below_zero", "debt"))
              for one in pack.json(where + "/result.json")["result"]["people"]}
    for row in rows:
        if people.get(row["person"], 0) != int(row["after_cents"]):
            pack.fault(row["statement"], "result")


def check_papers(pack: Pack) -> None:
    """Each paper of the pack is the one that was kept."""
    for row in pack.rows("papers.csv"):
        if row["file"] and (not pack.has(row["file"]) or sha256((pack.folder / row["file"]).read_bytes()) != row["sha256"]):
            pack.fault(row["file"], "paper")


def statement(pack: Pack, number: str) -> Any:  # Any: plain data
    """What the code of a statement is made over; None when there is no such statement."""
    row = next((one for one in pack.rows("statements.csv") if one["number"] == number), None)
    if row is None:
        return None
    lines = [list(sealed(line)) for line in lines_of(pack).get(row["person"], [])]
    return [pack.json("run.json")["seen"], number, row["person"], int(row["total_cents"]), lines]


def correction(pack: Pack, number: str) -> Any:  # Any: plain data
    """What the code of a correction statement is made over; None when there is no such statement."""
    row = next((one for one in pack.rows("corrections.csv") if one["statement"] == number), None)
    if row is None:
        return None
    lines = [[name, "", "", int(row[name + "_cents"])] for name in ("before", "after", "plus", "debt", "borne")]
    return [row["seen"], number, row["person"], int(row["plus_cents"]), lines]


def check_code(pack: Pack, code: str) -> None:
    """The code of a paper says the number, sum and lines of this pack."""
    parts = code.strip().split(":")
    number = parts[1] if len(parts) == 4 else ""
    told = statement(pack, number) or correction(pack, number)
    if told is None:
        pack.fault(code, "unknown")
        return
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    right = ["DIRBTUVE", number, str(told[3]), sha256(text.encode("utf-8"))[:16].upper()]
    if [part.upper() for part in parts] == right:
        pack.note(code, "fits")
    else:
        pack.fault(code, "code")


def tried(pack: Pack, where: str, check: Callable[[Pack], object]) -> None:
    """A check that does not end the program when a file is not what it should be."""
    try:
        check(pack)
    except (KeyError, ValueError, TypeError, IndexError, AttributeError, OSError, csv.Error) as wrong:
        pack.fault("%s (%s)" % (where, wrong), "unread")  # noqa: UP031 - Python 3.9 is to run this


def main(arguments: List[str], folder: Path) -> int:  # noqa: UP006 - Python 3.9 is to run this
    """Check the pack in a folder; says what is wrong and returns 1, or 0."""
    english = "--en" in arguments
    words = [one for one in arguments if one != "--en"]
    pack = Pack(folder, english)
    head = ""
    if "--head" in words[:-1]:
        place = words.index("--head")
        head = words[place + 1]
        del words[place:place + 2]
    checks: List[Tuple[str, Callable[[Pack], object]]] = [  # noqa: UP006 - Python 3.9 is to run this
        ("manifest.json", check_files), ("run.json", check_seen), ("run.json", check_identity), ("lines.csv", check_sums),
        ("result.json", check_result), ("journal.jsonl", lambda one: check_chain(one, "journal.jsonl", "journal")),
        ("seals.jsonl", lambda one: check_chain(one, "seals.jsonl", "seals")), ("journal.csv", check_booked),
        ("corrections.csv", check_corrections), ("corrections/", check_correction_texts), ("papers.csv", check_papers)]
    for where, check in checks:
        tried(pack, where, check)
    for code in words:
        tried(pack, code, lambda one, code=code: check_code(one, code))  # type: ignore[misc] # mypy cannot tell the type of a default
    if head and head.lower() not in pack.hashes:
        pack.fault("--head", "head")
    for note in pack.notes:
        print(note)
    for fault in pack.faults:
        print("! " + fault)
    print(pack.say("well") if not pack.faults else "%s: %d" % (pack.say("wrong"), len(pack.faults)))  # noqa: UP031 - Python 3.9 is to run this
    return 1 if pack.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path(__file__).resolve().parent))
