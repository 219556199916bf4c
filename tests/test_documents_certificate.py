"""The certificate of stipends received and the year's sums on paper and in tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import page
import papers
import pytest

from ledger.core.periods import Month
from ledger.documents.certificate import (
    CertificateData,
    MonthSums,
    YearData,
    YearRow,
    certificate_pdf,
    year_pdf,
    year_sheets,
)
from ledger.documents.sheets import Cents, csv_of
from ledger.documents.statements import Signed

MONTHS = tuple(MonthSums(Month(2026, n), 9617 if n > 8 else 0, 320 if n == 10 else 0, 100 if n == 11 else 0, 9617 if n > 9 else 0)
               for n in range(1, 13))
CERTIFICATE = CertificateData(
    "PZ-2026-0001", date(2026, 11, 21), "VšĮ „Giedros namai“", "300000000", "Socialinės dirbtuvės „Giedra“", "Aistė Žukauskaitė",
    "1990-01-01", Month(2026, 9), Month(2026, 11), MONTHS[8:11], Signed("Rasa Petrauskienė", date(2026, 11, 21)), "Lina Vaitkutė",
    "Vilniaus miesto savivaldybei", "Socialinei paramai gauti", papers.PROJECT)


def year(people: int) -> YearData:
    """A year of so many people."""
    rows = tuple(YearRow(f"D{n + 1}", "Aleksandra Konstantina Žemaitytė-Petrauskienė", MONTHS,
                         ((date(2026, 5, 3), "Išvyka prie jūros"),) if not n else ()) for n in range(people))
    return YearData(2026, date(2026, 11, 21), CERTIFICATE.provider, CERTIFICATE.workshop, rows)


@pytest.mark.parametrize("made", [
    lambda: certificate_pdf(CERTIFICATE),
    lambda: certificate_pdf(replace(CERTIFICATE, birth="", asked_by="", purpose="", project=None)),
    lambda: year_pdf(year(1)), lambda: year_pdf(year(12)), lambda: year_pdf(year(300))],
    ids=["certificate", "short certificate", "one", "twelve", "300"])
def test_they_can_be_read_by_everyone_and_kept(made) -> None:
    pdf = made()
    for profile in ("ua1", "3a"):
        found = page.validate_pdf_bytes(pdf, profile=profile)
        assert {failure.rule_id for failure in found.failures} <= {"PDFA3A-STREAM-LENGTH-001"}


def test_a_certificate_says_all_that_it_was_given() -> None:
    said = papers.text_of(certificate_pdf(CERTIFICATE))
    for text in ("Pažyma apie gautas stipendijas", "2026-11-21 Nr. PZ-2026-0001", "kodas 300000000", "Aistė Žukauskaitė",
                 "1990-01-01", "2026-09-01 – 2026-11-30", "Vilniaus miesto savivaldybei", "Socialinei paramai gauti",
                 "2026 m. spalis 96,17 3,20 0,00 96,17", "Iš viso 288,51 3,20 1,00 192,34",
                 "du šimtai devyniasdešimt vienas euras septyniasdešimt vienas centas",
                 "vienas šimtas devyniasdešimt du eurai trisdešimt keturi centai", "Vadovas Lina Vaitkutė",
                 "Parengė Rasa Petrauskienė", "Bendrai finansuoja Europos Sąjunga"):
        assert text in said


def test_who_asks_and_what_for_may_stay_unsaid() -> None:
    said = papers.text_of(certificate_pdf(replace(CERTIFICATE, asked_by="", purpose="", birth="")))
    assert not any(text in said for text in ("Kam teikiama", "Kokiu tikslu", "Gimimo data"))


def test_a_year_adds_up_on_paper() -> None:
    told = papers.text_of(year_pdf(year(3)), layout=True).replace("\u00a0", " ")
    assert "2026 metų stipendijos" in told
    last = next(" ".join(line.split()) for line in reversed(told.splitlines()) if line.startswith("Iš viso"))
    assert last == "Iš viso – – – – – – – – 288,51 288,51 288,51 288,51 9,60 1 163,64 3,00 865,53 1"
    assert "Išvyka prie jūros" in papers.text_of(year_pdf(year(1)))


def test_a_year_as_a_table_has_figures_that_can_be_summed() -> None:
    sheet, others = year_sheets(year(3))
    assert [sheet.heads[2], sheet.heads[13]] == ["sausis", "gruodis"]
    assert sheet.rows[0][10:] == (Cents(9617),) * 4 + (Cents(320), Cents(38788), Cents(100), Cents(28851), 1)
    assert others.rows == (("D1", "Aleksandra Konstantina Žemaitytė-Petrauskienė", date(2026, 5, 3), "Išvyka prie jūros"),)
    assert "288,51" in csv_of(year_sheets(year(3))).decode("utf-8-sig")
    row = year_sheets(year(1))[0].rows[9]
    assert (str(row[0]).replace("\u00a0", " "), row[1:]) == (
        "2026 m. spalis", (Cents(9617), Cents(320), Cents(0), Cents(9617)))
