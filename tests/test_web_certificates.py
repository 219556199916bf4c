"""Certificates, the year's sums and the audit pack as accountant, director and participant meet them."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

import papers
import pytest
from counted import selects
from house import Client, House
from sqlalchemy import text

from ledger.actions import certificates


def made(house: House, client: Client, number: str = "D1", **more: str) -> str:
    """A certificate made on the page; the address of its file."""
    page = f"/people/{house.ref(number)}/certificates"
    answer = client.send(page, {"first": "2026-10", "last": "2026-10", **more})
    assert (answer.status_code, answer.location) == (303, page)
    found = re.search(r"/certificates/\w+\.pdf", client.page(page))
    assert found is not None
    return found[0]


def test_the_accountant_makes_a_certificate_and_the_person_downloads_it(approved: House) -> None:
    client = approved.client("buhalteris")
    page = f"/people/{approved.ref('D1')}/certificates"
    assert "Pažymų dar nėra" in client.page(page)
    link = made(approved, client, asked_by="Bankui")
    assert "PZ-2026-0001" in client.page(page)
    content = client.get(link).data
    assert "Bankui" in papers.text_of(content)
    own = approved.participant("D1")
    assert "Mano pažymos" in own.page("/my")
    assert link in own.page("/my/certificates")
    assert "2026 metų spalis" in own.page("/my/certificates")
    assert own.get(link).data == content
    assert approved.participant("D2").get(link).status_code == 404
    assert approved.client("meistras").get(link).status_code == 404


def test_the_same_form_sent_twice_makes_one_certificate(approved: House) -> None:
    client = approved.client("buhalteris")
    page = f"/people/{approved.ref('D1')}/certificates"
    for _twice in range(2):
        assert client.send(page, {"first": "2026-10", "last": "2026-10"}, key="p" * 20).status_code == 303
    with approved.opened.read() as session:
        assert session.scalar(text("SELECT count(*) FROM certificate")) == 1


@pytest.mark.parametrize(("first", "last", "why"), [
    ("2026-11", "2026-10", "negali būti"), ("", "2026-10", "Pirmas mėnuo"), ("spalis", "2026-10", "mėnes"),
    ("2026-09", "2026-09", "nieko neapskaičiuota")])
def test_what_cannot_be_certified_is_said(approved: House, first: str, last: str, why: str) -> None:
    client = approved.client("buhalteris")
    answer = client.send(f"/people/{approved.ref('D1')}/certificates", {"first": first, "last": last})
    assert answer.status_code == 422
    assert why in answer.text


def test_a_participant_without_certificates_is_told_whom_to_ask(approved: House) -> None:
    own = approved.participant("D1")
    assert "Mano pažymos" not in own.page("/my")
    assert "Pažymų dar nėra." in own.page("/my/certificates")


def test_the_year_is_shown_and_taken_along(approved: House) -> None:
    client = approved.client("vadovas")
    page = client.page("/years")
    assert "2026 metų stipendijos" in page
    assert "96,17" in page
    assert "Šiais metais dar nieko nėra" in client.page("/years/2025")
    assert client.get("/years/26").status_code == 404
    assert client.get("/years/2026/pdf").data.startswith(b"%PDF")
    assert "96,17" in client.get("/years/2026/csv").data.decode("utf-8-sig")
    assert client.get("/years/2026/xlsx").data.startswith(b"PK")
    one = f"/people/{approved.ref('D1')}/years/2026"
    assert "96,17" in client.page(one)
    assert "Aistė Žukauskaitė" in client.get(f"{one}/csv").data.decode("utf-8-sig")
    assert client.get(f"{one}/exe").status_code == 404


def test_the_years_page_says_that_a_stipend_is_less_what_was_kept_back_for_a_debt(approved: House) -> None:
    client = approved.client("buhalteris")
    for path in ("/years/2026", f"/people/{approved.ref('D1')}/years/2026"):
        assert "suma atėmus dėl skolos išskaitytą dalį" in client.page(path)


def test_the_year_asks_a_fixed_number_of_questions(approved: House) -> None:
    with approved.opened.read() as session:
        doing = approved.doing(session, "buhalteris")
        with selects(approved) as asked:
            assert len(certificates.year_of(doing, 2026).people) == 12
    assert len(asked) <= 11


def test_the_audit_pack_is_on_the_months_page(printed: House) -> None:
    accountant, director = printed.client("buhalteris"), printed.client("vadovas")
    page = accountant.page("/papers/2026-10")
    assert "/papers/2026-10/audit-pack.zip" in page
    assert "pseudonymised" not in page
    pack = zipfile.ZipFile(BytesIO(accountant.get("/papers/2026-10/audit-pack.zip").data))
    assert {"check.py", "manifest.json", "people.csv"} <= set(pack.namelist())
    assert "audit-pack-pseudonymised.zip" in director.page("/papers/2026-10")
    pack = zipfile.ZipFile(BytesIO(director.get("/papers/2026-10/audit-pack-pseudonymised.zip").data))
    assert "people.csv" not in pack.namelist()
    assert "audit-pack" not in printed.client("socialine").page("/papers/2026-10")


def test_one_is_warned_when_nothing_was_paid_for_the_months(approved: House) -> None:
    client = approved.client("buhalteris")
    page = f"/people/{approved.ref('D1')}/certificates"
    assert "dar nieko neišmokėta: taip bus rašoma" in client.page(page)
    made(approved, client)
    client = approved.client("buhalteris")
    client.send(page, {"first": "2026-10", "last": "2026-10"})
    assert "Joje rašoma, kad už šiuos mėnesius dar nieko neišmokėta." in client.page(page)
