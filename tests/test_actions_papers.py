"""Papers are stored once and handed out as they are; what is changed behind the books' back is named."""

from __future__ import annotations

import hashlib
from pathlib import Path

import acts
import pytest
from acts import NOVEMBER, OWN, trail
from house import OCTOBER, STAFF, House
from sqlalchemy import select, text

from ledger import jobs
from ledger.actions import papers
from ledger.actions.verify import verify
from ledger.core.faults import Conflict, Hidden
from ledger.records import papers as rows
from ledger.records.papers import Paper
from ledger.records.vault import KeyGone, month_key, person_key


def stored(house: House) -> list[Paper]:
    with house.opened.read() as session:
        return list(session.scalars(select(Paper).order_by(Paper.id)))


def troubles(house: House) -> set[str]:
    with house.opened.read() as session:
        return {one.code for one in verify(session, house.opened.vault).troubles}


def opened(house: House, login: str, paper: Paper) -> bytes:
    with house.opened.read() as session:
        return papers.open_paper(house.doing(session, login), paper)


def destroy(house: House, subject: str) -> None:
    with house.opened.write() as session:
        session.execute(text("DELETE FROM secret_key WHERE subject = :subject"), {"subject": subject})
        session.commit()
    house.opened.vault._keys.clear()  # as after the next start: keys live in memory only


def test_each_person_has_two_papers_under_one_number_and_the_month_a_pay_sheet(printed):
    found = stored(printed)
    assert len(found) == 25
    numbers = {(paper.kind, paper.number) for paper in found}
    assert {number for kind, number in numbers if kind == "leaf"} == {number for kind, number in numbers if kind == "calculation"}
    assert [(paper.number, paper.person_ref) for paper in found if paper.kind == "paysheet"] == [("MZ-2026-0001", "")]


def test_the_bytes_are_those_of_their_hash_and_never_made_again(printed):
    before = stored(printed)
    assert jobs.make_papers(printed.tools, "buhalteris", OCTOBER) == 0
    assert [(row.ref, row.sealed, row.sha256) for row in stored(printed)] == [(row.ref, row.sealed, row.sha256) for row in before]
    for paper in before[:2] + before[-1:]:
        content = opened(printed, "vadovas" if paper.kind != "leaf" else "socialine", paper)
        assert content.startswith(b"%PDF-")
        assert hashlib.sha256(content).hexdigest() == paper.sha256


def test_papers_written_out_twice_are_the_same_bytes(printed, tmp_path):
    out = [tmp_path / "one", tmp_path / "two"]
    assert [jobs.write_papers(printed.tools, OCTOBER, folder) for folder in out] == [25, 25]
    found = [{path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.pdf")} for folder in out]
    assert found[0] == found[1]


def test_no_paper_of_a_month_that_is_not_approved(house):
    with pytest.raises(Conflict, match="run_not_approved"):
        jobs.make_papers(house.tools, "buhalteris", NOVEMBER)
    with pytest.raises(Conflict, match="run_not_approved"):
        jobs.write_papers(house.tools, OCTOBER, Path("nowhere"))


@pytest.mark.parametrize("login", STAFF)
def test_each_reads_the_papers_that_are_theirs_to_read(printed, login):
    allowed = {"meistras": set(), "buhalteris": {"calculation", "paysheet"}, "vadovas": {"calculation", "paysheet"},
               "socialine": {"leaf"}}
    readable = set()
    for paper in {row.kind: row for row in stored(printed)}.values():
        try:
            opened(printed, login, paper)
            readable.add(paper.kind)
        except Hidden:
            continue
    assert readable == allowed[login]


@pytest.mark.parametrize("login", ["meistras", "socialine"])
def test_who_does_not_print_starts_no_printing(approved, login):
    with pytest.raises(Hidden):
        jobs.make_papers(approved.tools, login, OCTOBER)


def test_one_paper_of_a_person_does_not_open_as_anothers(printed):
    acts.drop_guards(printed)
    first, second = [row for row in stored(printed) if row.kind == "leaf"][:2]
    with printed.opened.write() as session:
        session.execute(text("UPDATE paper SET sealed = :sealed, sha256 = :sha WHERE id = :id"),
                        {"sealed": second.sealed, "sha": second.sha256, "id": first.id})
        session.commit()
    with pytest.raises(ValueError, match="changed or moved"):
        opened(printed, "socialine", stored(printed)[first.id - 1])
    assert troubles(printed) == {"paper_changed", "rows_changed"}


def test_a_destroyed_key_takes_the_papers_along_and_verify_still_passes(printed):
    person = stored(printed)[0].person_ref
    destroy(printed, person_key(person))
    for paper in [row for row in stored(printed) if row.person_ref == person]:
        with pytest.raises(KeyGone):
            opened(printed, "socialine" if paper.kind == "leaf" else "vadovas", paper)
    assert troubles(printed) == set()


def test_a_destroyed_key_of_a_month_takes_its_pay_sheet_along(printed):
    with printed.opened.read() as session:
        subject = month_key(printed.doing(session, "vadovas").workshop().ref, "2026-10")
    destroy(printed, subject)
    with pytest.raises(KeyGone):
        opened(printed, "vadovas", stored(printed)[-1])
    assert troubles(printed) == set()


CHANGED = {
    "inputs": "UPDATE sealed_run SET inputs = REPLACE(inputs, '2026-10-22', '2026-10-23')",
    "result": "UPDATE sealed_run SET result = REPLACE(result, '8057', '8058')",
    "header's cents": "UPDATE sealed_run SET to_reserve_cents = to_reserve_cents + 1, unassigned_cents = unassigned_cents - 1",
    "what was seen": "UPDATE sealed_run SET seen = 'x'",
    "header's scheme": "UPDATE sealed_run SET scheme_text = scheme_text || ' '",
    "run's number": "UPDATE sealed_run SET number = 'SK-2026-0002'",
    "sheet's number": "UPDATE sealed_run SET paysheet_number = 'MZ-2026-0002'",
    "total": "UPDATE sealed_person SET total_cents = total_cents + 1 WHERE id = 3",
    "debt": "UPDATE sealed_person SET debt_cents = 1 WHERE id = 3",
    "person's number": "UPDATE sealed_person SET person_number = 'D99' WHERE id = 3",
    "whose statement": "UPDATE sealed_person SET person_ref = 'x' WHERE id = 3",
    "statement's number": "UPDATE sealed_person SET statement_number = 'SL-2026-0099' WHERE id = 3",
    "line's cents": "UPDATE sealed_line SET cents = cents + 1 WHERE id = 5",
    "line's payer": "UPDATE sealed_line SET payer = 'reserve' WHERE id = 5",
    "line left out": "DELETE FROM sealed_line WHERE id = 5",
    "sale's cents": "UPDATE sealed_sale SET net_cents = net_cents + 1 WHERE id = 2",
    "sale's uncovered": "UPDATE sealed_sale SET uncovered = uncovered + 1 WHERE id = 2",
    "match's quantity": "UPDATE sealed_match SET quantity = quantity - 1 WHERE id = 4",
    "match's lot": "UPDATE sealed_match SET lot_ref = '' WHERE id = 4",
    "match left out": "DELETE FROM sealed_match WHERE id = 4",
    "scheme's text": "UPDATE scheme SET text = REPLACE(text, '1.20', '1.30')",
    "scheme's hash": "UPDATE scheme SET sha256 = 'x'",
    "paper's bytes": "UPDATE paper SET sealed = SUBSTR(sealed, 1, LENGTH(sealed) - 1) WHERE id = 7",
    "paper's hash": "UPDATE paper SET sha256 = 'x' WHERE id = 7",
    "whose paper": "UPDATE paper SET person_ref = 'x' WHERE id = 7",
    "paper's number": "UPDATE paper SET number = 'SL-2026-0099' WHERE id = 7",
    "paper left out": "DELETE FROM paper WHERE id = 7",
    "leg of no run": "UPDATE sealed_match SET run_ref = 'x' WHERE id = 4",
    "added leg of no run": "INSERT INTO sealed_sale (ref, organisation_id, workshop_id, run_ref, sale_ref, gross_cents, net_cents, "
                           "materials_cents, shared_cents, uncovered) VALUES ('a', 1, 1, 'b', 'c', 0, 0, 0, 0, 5000)",
    "match of no run": "INSERT INTO sealed_match (ref, organisation_id, workshop_id, run_ref, position, sale_ref, lot_ref, "
                       "quantity) VALUES ('a', 1, 1, 'b', 0, 'c', 'd', 5000)",
    "header left out": "DELETE FROM sealed_run",
}


@pytest.mark.parametrize("statement", CHANGED.values(), ids=CHANGED)
def test_what_is_changed_with_the_guards_off_is_named(printed, statement):
    acts.drop_guards(printed)
    assert troubles(printed) == set()
    acts.raw(printed, statement)
    assert troubles(printed) != set()


def test_storing_papers_is_in_the_trail(printed):
    entries = [row for row in trail(printed) if "paper" in row.action]
    assert {(row.actor, row.actor_role) for row in entries} == {("worker", "none")}, "a worker acts as itself"


def test_papers_are_counted_and_found(printed):
    with printed.opened.read() as session:
        run_ref = stored(printed)[0].run_ref
        assert rows.counts_by_run(session, OWN) == {run_ref: {"leaf": 12, "calculation": 12, "paysheet": 1}}


def test_a_name_is_in_no_stored_paper(printed):
    content = b"".join((printed.settings.data_dir / name).read_bytes() for name in ("books.db", "books.db-wal")
                       if (printed.settings.data_dir / name).exists())
    assert b"%PDF" not in content
