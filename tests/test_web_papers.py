"""Papers of approved months: who may download what, and always the same bytes."""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from counted import selects
from house import OCTOBER, House
from sqlalchemy import select

from ledger.records import papers
from ledger.records.papers import Paper
from ledger.records.watch import View


def stored(house: House) -> list[Paper]:
    with house.opened.read() as session:
        run = session.scalar(select(Paper.run_ref).limit(1)) or ""
        return papers.papers_of_run(session, house.doing(session, "vadovas").scope, run)


def paper(house: House, kind: str, place: int = 0) -> Paper:
    return [one for one in stored(house) if one.kind == kind][place]


def text_of(content: bytes, folder: Path) -> str:
    file = folder / "paper.pdf"
    file.write_bytes(content)
    said = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True).stdout
    return " ".join(said.split())


def test_the_month_says_what_is_made(printed: House) -> None:
    for login in ("buhalteris", "vadovas", "socialine"):
        page = printed.client(login).page("/papers")
        assert "2026 m. spalis" in page.replace("\u00a0", " ")
        assert page.count("12 iš 12") == 2
        assert "1 iš 1" in page


def test_the_instructor_has_nothing_to_do_with_papers(printed: House) -> None:
    client = printed.client("meistras")
    for path in ("/papers", "/papers/2026-10", "/papers/2026-10/leaf.zip", "/papers/2026-10/calculation.pdf",
                 *(f"/papers/{paper(printed, kind).ref}.pdf" for kind in papers.KINDS)):
        client.page(path, 404)


@pytest.mark.parametrize(("login", "may"), [
    ("socialine", {"leaf"}), ("buhalteris", {"calculation", "paysheet"}), ("vadovas", {"calculation", "paysheet"})])
def test_each_role_downloads_its_own_kinds(printed: House, login: str, may: set[str]) -> None:
    client = printed.client(login)
    page = client.page("/papers/2026-10")
    for kind in papers.KINDS:
        status = 200 if kind in may else 404
        one = f"/papers/{paper(printed, kind).ref}.pdf"
        assert client.get(one).status_code == status
        assert client.get(f"/papers/2026-10/{kind}.pdf").status_code == status
        assert client.get(f"/papers/2026-10/{kind}.zip").status_code == status
        assert (one in page) == (kind in may)


@pytest.mark.parametrize("kind", papers.KINDS)
def test_a_paper_is_the_same_bytes_each_time(printed: House, kind: str) -> None:
    row = paper(printed, kind)
    client = printed.client("socialine" if kind == "leaf" else "buhalteris")
    first, second = (client.get(f"/papers/{row.ref}.pdf") for _ in range(2))
    assert first.data == second.data
    assert hashlib.sha256(first.data).hexdigest() == row.sha256
    assert first.headers["Content-Disposition"].startswith('attachment; filename="')
    assert row.number in first.headers["Content-Disposition"]
    assert (first.headers["X-Content-Type-Options"], first.headers["Cache-Control"]) == ("nosniff", "no-store")


def test_the_text_of_the_papers_is_right(printed: House, tmp_path: Path) -> None:
    leaf = text_of(printed.client("socialine").get(f"/papers/{paper(printed, 'leaf').ref}.pdf").data, tmp_path)
    assert "96 eurus 17 centų" in leaf
    assert "Sveriu vašką" in leaf
    accountant = printed.client("buhalteris")
    calculation = text_of(accountant.get(f"/papers/{paper(printed, 'calculation').ref}.pdf").data, tmp_path)
    assert "Aistė Žukauskaitė" in calculation
    assert "96,17" in calculation
    assert "Sveriu vašką" not in calculation
    sheet = text_of(accountant.get(f"/papers/{paper(printed, 'paysheet').ref}.pdf").data, tmp_path)
    for name in ("Aistė Žukauskaitė", "Mindaugas Butkus"):
        assert name in sheet


def test_the_zip_holds_every_paper_of_the_kind(printed: House) -> None:
    content = printed.client("socialine").get("/papers/2026-10/leaf.zip").data
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert names == [f"SL-2026-{number:04d}-lapelis.pdf" for number in range(1, 13)]


def test_who_downloaded_whose_paper_is_written_down(printed: House) -> None:
    row = paper(printed, "calculation", 2)
    client = printed.client("buhalteris")
    client.get(f"/papers/{row.ref}.pdf")
    with printed.opened.watch() as watching:
        assert [(one.person_ref, one.page) for one in watching.scalars(select(View))] == [(row.person_ref, "papers.one")]
    client.get(f"/papers/{paper(printed, 'paysheet').ref}.pdf")
    with printed.opened.watch() as watching:
        assert len(list(watching.scalars(select(View)))) == 1 + 12


def test_a_participant_opens_only_their_own_papers(printed: House) -> None:
    client = printed.participant("D1")
    for kind in ("leaf", "calculation"):
        own, other = paper(printed, kind, 0), paper(printed, kind, 1)
        assert client.get(f"/papers/{own.ref}.pdf").status_code == 200
        client.page(f"/papers/{other.ref}.pdf", 404)
    client.page(f"/papers/{paper(printed, 'paysheet').ref}.pdf", 404)


def test_papers_are_made_once_however_often_they_are_asked_for(approved: House) -> None:
    client = approved.client("buhalteris")
    page = client.page("/papers/2026-10")
    assert "Dar ne visi šio mėnesio dokumentai parengti." in page
    assert "0 iš 12" in client.page("/papers")
    key = "one-and-the-same-key"
    answers = [client.send("/papers/2026-10/make", {}, page="/papers/2026-10", key=sent)
               for sent in (key, key, "another-key-of-this-form")]
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, answers[0].location)}
    assert "Parengta: 0 iš 13." in client.page(str(answers[0].location))
    approved.work()
    assert len(stored(approved)) == 25
    assert "Dar ne visi" not in client.page("/papers/2026-10")
    for login in ("meistras", "socialine"):
        assert approved.client(login).send("/papers/2026-10/make", {}, page="/people").status_code == 404


def test_a_month_that_is_not_approved_has_no_papers(house: House) -> None:
    client = house.client("buhalteris")
    assert "Patvirtintų mėnesių dar nėra" in client.page("/papers")
    client.page("/papers/2026-10", 404)
    client.page("/papers/spalis", 404)
    client.page("/papers/2026-10/calculation.zip", 404)
    assert client.send("/papers/2026-10/make", {}, page="/papers").status_code == 409
    assert str(OCTOBER) == "2026-10"


def test_the_pages_cost_the_same_however_many_papers(printed: House) -> None:
    client = printed.client("buhalteris")
    client.page("/papers/2026-10")
    with selects(printed) as sent:
        client.page("/papers")
    assert len(sent) == 6
    with selects(printed) as sent:
        page = client.page("/papers/2026-10")
    assert len(sent) == 13
    assert len(re.findall(r"/papers/[\w-]+\.pdf", page)) == 13
