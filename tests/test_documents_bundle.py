"""Many papers in one file."""

from __future__ import annotations

import zipfile
from io import BytesIO

import papers
import pikepdf
import pytest

from ledger.documents.bundle import one_pdf, safe_name, zip_of
from ledger.documents.paysheet import pay_sheet_pdf
from ledger.documents.statements import calculation_pdf, leaf_pdf


def test_a_zip_is_the_same_whatever_the_order() -> None:
    files = [("b žąsis.pdf", b"2"), ("a.pdf", b"1")]
    made = zip_of(files)
    assert made == zip_of(files[::-1])
    with zipfile.ZipFile(BytesIO(made)) as archive:
        assert archive.namelist() == ["a.pdf", "b-žąsis.pdf"]
        assert archive.read("b-žąsis.pdf") == b"2"
        assert archive.testzip() is None


@pytest.mark.parametrize(("name", "safe"), [
    ("../../etc/passwd", "etc-passwd"), ("C:\\x\\y.pdf", "C-x-y.pdf"), ("/abs.pdf", "abs.pdf"),
    ("a\n\0b.pdf", "a-b.pdf"), ("..", "-")])
def test_names_in_a_zip_stay_in_their_folder(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_two_files_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="same name"):
        zip_of([("a/b.pdf", b"1"), ("A-B.pdf", b"2")])


def test_one_pdf_starts_each_paper_on_a_right_hand_page() -> None:
    files = [leaf_pdf(papers.LEAF), calculation_pdf(papers.long_trace(40)), pay_sheet_pdf(papers.pay_sheet(12))]
    made = one_pdf(files, "Spalio dokumentai")
    said = papers.text_of(made)
    assert all(papers.text_of(file) in said for file in files)
    with pikepdf.open(BytesIO(made)) as pdf:
        assert len(pdf.pages) == 5
        assert str(pdf.docinfo["/Title"]) == "Spalio dokumentai"
    assert made == one_pdf(files, "Spalio dokumentai")


def test_nothing_to_print_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing"):
        one_pdf([], "x")
