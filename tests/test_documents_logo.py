"""The provider's logo on papers: only on new ones, readable by everyone, and nothing else is fetched for it."""

from __future__ import annotations

from dataclasses import replace

import page
import papers
import photographed
import pytest
from acts import act
from house import OCTOBER, House
from test_documents_certificate import CERTIFICATE

from ledger.actions import photos
from ledger.actions.papers import prepare
from ledger.documents import paysheet, pictures, statements
from ledger.documents.certificate import certificate_pdf
from ledger.documents.pdf import BundledOnly
from ledger.records import papers as rows
from ledger.records.organisation import Scope

LOGO = pictures.logo(photographed.picture(300, 100, "PNG", mode="RGBA", colour=(0, 90, 60, 255)))
TALL = pictures.logo(photographed.picture(50, 500))


def stored(house: House) -> dict[str, str]:
    with house.opened.read() as session:
        return {one.ref: one.sha256 for one in rows.papers_of_month(session, Scope(1, 1), OCTOBER)}


@pytest.mark.parametrize("logo", [LOGO, TALL])
@pytest.mark.parametrize("make", [
    lambda logo: certificate_pdf(replace(CERTIFICATE, logo=logo)),
    lambda logo: paysheet.pay_sheet_pdf(replace(papers.pay_sheet(12), logo=logo)),
    lambda logo: statements.calculation_pdf(replace(papers.CALCULATION, logo=logo))],
    ids=["certificate", "pay sheet", "calculation"])
def test_a_paper_with_a_logo_can_be_read_by_everyone_and_kept(make, logo):
    pdf = make(logo)
    for profile in ("ua1", "3a"):
        found = page.validate_pdf_bytes(pdf, profile=profile)
        assert {failure.rule_id for failure in found.failures} <= {"PDFA3A-STREAM-LENGTH-001"}
    assert pdf == make(logo), "the same data give the same bytes"
    assert len(pdf) > len(make(None))


def test_a_logo_fits_its_corner():
    assert (LOGO.wide(40, 16), TALL.wide(40, 16)) == ("40.0", "1.6")


@pytest.mark.parametrize("address", [
    "data:image/svg+xml;base64,PHN2Zy8+", "data:text/html,<b>", "data:image/png,abc", "file:///etc/passwd", "http://169.254.169.254/"])
def test_nothing_but_a_picture_in_the_page_is_taken(address):
    with pytest.raises(ValueError, match="bundled files only"):
        BundledOnly().fetch(address)


def test_papers_that_are_made_keep_their_bytes_and_new_ones_carry_the_logo(printed: House):
    before = stored(printed)
    act(printed, "vadovas", photos.put_logo, LOGO)
    printed.papers()
    assert stored(printed) == before
    with printed.opened.read() as session:
        assert prepare(printed.doing(session, "buhalteris"), OCTOBER).logo == LOGO
