"""The audit pack of a month: complete, the same again, and checked offline by the script inside it."""

from __future__ import annotations

import ast
import csv
import io
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from acts import OWN, act
from click.testing import CliRunner
from corrected import absent, came, corrected
from house import OCTOBER, House

from ledger.actions import audit_pack, batches
from ledger.actions import journal as booking
from ledger.actions import people as people_actions
from ledger.cli import main
from ledger.core.faults import Conflict, Hidden
from ledger.core.journal import Account, Entry, Leg
from ledger.documents import check_pack
from ledger.records import people


def packed(house: House, login: str = "buhalteris", **more: Any) -> bytes:
    return bytes(act(house, login, audit_pack.pack, OCTOBER, **more).content)


@pytest.fixture(scope="module")
def shop(_printed: House) -> House:
    """The workshop with October's papers made; nothing here changes it."""
    return _printed


@pytest.fixture(scope="module")
def pack(shop: House) -> bytes:
    """The pack of October."""
    return packed(shop)


@pytest.fixture
def folder(pack: bytes, tmp_path: Path) -> Path:
    """The pack unpacked."""
    zipfile.ZipFile(io.BytesIO(pack)).extractall(tmp_path / "pack")
    return tmp_path / "pack"


def checked(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    capsys.readouterr()
    return check_pack.main([*words], folder), capsys.readouterr().out


def table(folder: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / name).read_text(encoding="utf-8"), newline="")))


def codes(house: House) -> list[str]:
    """The codes that stand on the papers of October."""
    from ledger.actions import papers
    with house.opened.read() as session:
        work = papers.prepare(house.doing(session, "buhalteris"), OCTOBER)
    return [papers.code_of(work, one) for one in work.statements]


def test_the_script_alone_says_that_all_is_well(folder: Path, shop: House) -> None:
    bare = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}
    done = subprocess.run([sys.executable, "-I", "-S", str(folder / "check.py"), codes(shop)[0]], capture_output=True,
                          text=True, check=False, env=bare, cwd=folder.parent)
    assert (done.returncode, done.stderr) == (0, "")
    assert "kodas tinka" in done.stdout
    assert "Viskas taip, kaip patvirtinta." in done.stdout


def test_the_script_is_for_python_3_9() -> None:
    source = Path(check_pack.__file__).read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 9))
    names = {node.module if isinstance(node, ast.ImportFrom) else node.names[0].name for node in ast.walk(tree)
             if isinstance(node, ast.Import | ast.ImportFrom)}
    assert names <= {"__future__", "csv", "hashlib", "io", "json", "sys", "pathlib", "typing"}


def test_every_code_fits_and_no_other_does(folder: Path, shop: House, capsys: pytest.CaptureFixture[str]) -> None:
    all_codes = codes(shop)
    assert checked(folder, capsys, *all_codes)[0] == 0
    head, number, cents, check = all_codes[0].split(":")
    for wrong in (f"{head}:{number}:{int(cents) + 1}:{check}", f"{head}:{number}:{cents}:{check[::-1]}",
                  f"{head}:SL-2026-0002:{cents}:{check}", "", "x", f"{head}:SL-2026-9999:{cents}:{check}"):
        assert checked(folder, capsys, wrong)[0] == 1, wrong


def test_a_changed_byte_is_named_wherever_it_stands(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    assert len(names) > 25
    for name in names:
        content = (folder / name).read_bytes()
        place = len(content) // 2
        (folder / name).write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1:])
        code, said = checked(folder, capsys)
        assert code == 1, name
        assert name in said or name == "manifest.json", name
        (folder / name).write_bytes(content)
    assert checked(folder, capsys)[0] == 0


def test_a_file_more_or_less_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "lines.csv").rename(folder / "other.csv")
    code, said = checked(folder, capsys, "--en")
    assert code == 1
    assert "lines.csv: the file is missing" in said
    assert "other.csv: the file is not in the list" in said


def forged(folder: Path, name: str, old: str, new: str) -> None:
    """Change a file and its hash in the list, as somebody would who knows how."""
    text = (folder / name).read_bytes().decode()
    assert old in text
    (folder / name).write_bytes(text.replace(old, new, 1).encode())
    listed = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    listed["files"][name]["sha256"] = check_pack.sha256((folder / name).read_bytes())
    (folder / "manifest.json").write_text(json.dumps(listed), encoding="utf-8")


@pytest.mark.parametrize(("name", "old", "new", "said"), [
    ("inputs.json", '"minutes":360', '"minutes":361', "inputs and result are not those"),
    ("result.json", '"total":9617', '"total":9618', "inputs and result are not those"),
    ("run.json", '"deducted": ', '"deducted": 1', "sums do not add up"),
    ("statements.csv", ",9617,", ",9618,", "do not add up"),
    ("lines.csv", ",1560\n", ",1561\n", "do not add up"),
    ("lines.csv", ",budget,1560\n", ",pool,1560\n", "not those of the result"),
    ("journal.jsonl", '"kind":"run"', '"kind":"ran"', "the head of the chain is not"),
    ("journal.csv", ",payable,", ",cash,", "the journal tells another sum"),
    ("seals.jsonl", '"count":', '"count":1', "chain")], ids=str)
def test_a_forger_who_mends_the_list_is_found_too(folder: Path, capsys: pytest.CaptureFixture[str], name: str, old: str, new: str,
                                                  said: str) -> None:
    forged(folder, name, old, new)
    code, told = checked(folder, capsys, "--en")
    assert code == 1
    assert said in told


def entry_of_run(folder: Path) -> str:
    """The line of the journal that books the run."""
    return next(line for line in (folder / "journal.jsonl").read_text(encoding="utf-8").split("\n") if '"kind":"run"' in line)


def test_a_line_that_tells_its_own_hash_is_not_believed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = entry_of_run(folder)
    changed = json.loads(line)
    changed["actor"], changed["hash"] = "nobody", check_pack.sha256(line.encode())
    forged(folder, "journal.jsonl", line, json.dumps(changed, ensure_ascii=False, sort_keys=True, separators=(",", ":")))
    code, told = checked(folder, capsys, "--en")
    assert code == 1
    assert "the head of the chain is not the one that is told" in told


def test_the_entry_of_the_run_cannot_be_left_out_as_one_of_another_month(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = entry_of_run(folder)
    one = json.loads(line)
    hidden = {"sequence": one["sequence"], "previous": one["previous"], "hash": check_pack.sha256(line.encode()),
              "other_month": "2026-11"}
    forged(folder, "journal.jsonl", line, json.dumps(hidden))
    rows = (folder / "journal.csv").read_bytes().decode()
    forged(folder, "journal.csv", rows, "".join(row for row in rows.splitlines(keepends=True) if ",run," not in row))
    code, told = checked(folder, capsys, "--en")
    assert code == 1
    assert "SL-2026-0001: the journal tells another sum than the statement" in told
    assert "only its hash is here" in told


def test_no_cell_of_a_table_is_a_formula(approved: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evil = '=HYPERLINK("http://e","x")'
    with approved.opened.read() as session:
        named = next(one for one in people.participants(session, approved.opened.vault, OWN) if one.person.number == "D1")
    changed = people_actions.Profile("D1", replace(named.identity, first=evil), named.person.started, named.person.ended)
    act(approved, "socialine", people_actions.change_participant, named.ref, changed)
    legs = (Leg(Account.BANK, 500), Leg(Account.RECEIVABLES, -500, detail="=1+1"))
    act(approved, "buhalteris", booking.post, Entry("receipt", OCTOBER.last, OCTOBER, "bank_posting", "x", legs))
    zipfile.ZipFile(io.BytesIO(packed(approved))).extractall(tmp_path / "pack")
    names = [path.name for path in (tmp_path / "pack").glob("*.csv")]
    cells = [cell for name in names for row in table(tmp_path / "pack", name) for cell in row.values()]
    assert any(evil in cell for cell in cells)
    assert [cell for cell in cells if cell[:1] in ("=", "+", "@")] == []
    assert checked(tmp_path / "pack", capsys)[0] == 0


def test_a_paper_put_in_place_of_another_is_found(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = [row["file"] for row in table(folder, "papers.csv") if row["file"]][:2]
    (folder / one).write_bytes((folder / two).read_bytes())
    listed = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    listed["files"][one] = listed["files"][two]
    (folder / "manifest.json").write_text(json.dumps(listed), encoding="utf-8")
    assert "the paper is not the one that was kept" in checked(folder, capsys, "--en")[1]


def test_the_headshop_on_a_closing_sheet_is_asked_for(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = json.loads((folder / "run.json").read_text(encoding="utf-8"))["journal"]["after"]["hash"]
    assert checked(folder, capsys, "--head", head)[0] == 0
    assert checked(folder, capsys, "--head", "0" * 63 + "1")[0] == 1


def test_what_is_in_it(folder: Path) -> None:
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {"README.txt", "SKAITYK.txt", "approvals.csv", "check.py", "corrections.csv", "inputs.json", "journal.csv",
            "journal.jsonl", "lines.csv", "manifest.json", "papers.csv", "people.csv", "result.json", "run.json", "scheme.toml",
            "seals.jsonl", "statements.csv", "papers/MZ-2026-0001-ziniarastis.pdf"} <= there
    steps = [(row["step"], row["role"], row["name"]) for row in table(folder, "approvals.csv")]
    assert steps == [("calculate", "accountant", "Rasa Petrauskienė"), ("submit", "accountant", "Rasa Petrauskienė"),
                     ("approve", "director", "Lina Vaitkutė")]
    kinds = [row["kind"] for row in table(folder, "papers.csv")]
    assert (kinds.count("leaf"), kinds.count("calculation")) == (12, 12)
    assert not any("lapelis" in name for name in there), "leaves hold goals, which neither accountant nor director sees"
    assert "Aistė Žukauskaitė" in {row["name"] for row in table(folder, "people.csv")}
    assert "python3 -I check.py" in (folder / "SKAITYK.txt").read_text(encoding="utf-8")


# ---------- corrections ----------

ONE, TWO = "corrections/PT-2026-0001", "corrections/PT-2026-0002"


@pytest.fixture
def twice(approved: House, tmp_path: Path) -> Path:
    """The pack of October, unpacked, after two corrections whose papers are made."""
    for facts in ([absent(approved), absent(approved, "D2")], [came(approved)]):
        header = corrected(approved, *facts)
        act(approved, "buhalteris", batches.start_correction, header.correction_ref)
    approved.work()
    zipfile.ZipFile(io.BytesIO(packed(approved))).extractall(tmp_path / "pack")
    zipfile.ZipFile(io.BytesIO(packed(approved, "vadovas", pseudonymised=True))).extractall(tmp_path / "bare")
    return tmp_path / "pack"


def test_corrections_are_whole_in_it_and_a_changed_byte_of_any_is_named(twice: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert checked(twice, capsys)[0] == 0
    names = sorted(path.relative_to(twice).as_posix() for path in twice.rglob("*") if path.is_file())
    names = [name for name in names if name.startswith(("corrections", "papers/PL-"))]
    assert names == ["corrections.csv", *(f"{one}/{name}" for one in (ONE, TWO) for name in (
        "correction.json", "inputs.json", "result.json")), *(f"papers/PL-2026-000{n}-pataisymas.pdf" for n in (1, 2, 3))]
    for name in names:
        content = (twice / name).read_bytes()
        place = len(content) // 2
        (twice / name).write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1:])
        code, said = checked(twice, capsys)
        assert (code, name in said) == (1, True), name
        (twice / name).write_bytes(content)
    header = json.loads((twice / ONE / "correction.json").read_text(encoding="utf-8"))
    assert [(one["step"], one["name"]) for one in header["approvals"]] == [
        ("make", "Rasa Petrauskienė"), ("approve", "Lina Vaitkutė")]
    kinds = [row["kind"] for row in table(twice, "papers.csv")]
    assert (kinds.count("correction_leaf"), kinds.count("correction_calculation")) == (3, 3)
    assert not any("lapelis" in path.name for path in twice.rglob("*"))


def test_without_names_corrections_are_checked_as_far_as_they_are_there(twice: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bare = twice.parent / "bare"
    assert not list(bare.rglob("inputs.json"))
    assert checked(bare, capsys)[0] == 0
    whole = b"".join(path.read_bytes() for path in bare.rglob("*") if path.is_file()).decode()
    assert not any(name in whole for name in ("Petrauskienė", "Vaitkutė", '"D1"', ",D1,"))
    forged(bare, f"{TWO}/correction.json", '"stipends": 0', '"stipends": 7')
    assert "sums do not add up" in checked(bare, capsys, "--en")[1]


@pytest.mark.parametrize(("name", "old", "new", "said"), [
    (f"{ONE}/inputs.json", '"minutes":360', '"minutes":361', "inputs and result are not those"),
    (f"{TWO}/result.json", '"total":', '"total":1', "inputs and result are not those"),
    (f"{ONE}/correction.json", '"deducted": ', '"deducted": 1', "sums do not add up"),
    (f"{TWO}/correction.json", '"base": "', '"base": "x', "does not correct what it says"),
    (f"{ONE}/correction.json", '"seen": "', '"seen": "x', "inputs and result are not those"),
    ("corrections.csv", ",9497,", ",9499,", "the difference of the correction does not add up"),
    ("corrections.csv", ",9617,9497,0,0,120", ",9617,9517,0,0,100", "statements are not those of the result"),
    ("corrections.csv", "PT-2026-0001", "PT-2026-0009", "the file is missing")], ids=str)
def test_who_forges_a_correction_and_mends_the_list_is_found(twice: Path, capsys: pytest.CaptureFixture[str], name: str, old: str,
                                                             new: str, said: str) -> None:
    forged(twice, name, old, new)
    code, told = checked(twice, capsys, "--en")
    assert (code, said in told) == (1, True), told


def test_it_is_the_same_again(pack: bytes, shop: House) -> None:
    assert packed(shop, "vadovas") == pack


def test_without_names_there_is_nobody_in_it(shop: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    zipfile.ZipFile(io.BytesIO(packed(shop, "vadovas", pseudonymised=True))).extractall(tmp_path)
    there = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert not there & {"people.csv", "inputs.json", "result.json"}
    assert not any(name.startswith("papers/") for name in there)
    whole = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()).decode()
    for name in ("Žukauskaitė", "Aistė", "Petrauskienė", "Vaitkutė", '"D1"', ",D1,"):
        assert name not in whole
    assert checked(tmp_path, capsys, codes(shop)[0])[0] == 0


@pytest.mark.parametrize(("login", "more"), [("meistras", {}), ("socialine", {}), ("buhalteris", {"pseudonymised": True})])
def test_who_may_not_gets_none(shop: House, login: str, more: dict[str, bool]) -> None:
    with pytest.raises(Hidden):
        packed(shop, login, **more)


def test_a_month_that_is_not_approved_has_none(house: House) -> None:
    with pytest.raises(Conflict) as stopped:
        packed(house)
    assert stopped.value.code == "run_not_approved"


def test_the_operator_writes_it_at_the_machine(printed: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printed.opened.close()
    given = {**os.environ, "LEDGER_DATA_DIR": str(printed.settings.data_dir)}
    done = CliRunner().invoke(main, ["audit-pack", "2026-10", str(tmp_path / "a.zip")], env=given)
    assert done.exit_code == 0, done.output
    assert (tmp_path / "a.zip").stat().st_mode & 0o077 == 0
    zipfile.ZipFile(tmp_path / "a.zip").extractall(tmp_path / "a")
    assert checked(tmp_path / "a", capsys)[0] == 0
    assert CliRunner().invoke(main, ["audit-pack", "2026-09", str(tmp_path / "b.zip")], env=given).exit_code == 1
