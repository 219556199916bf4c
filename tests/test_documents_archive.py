"""What a statement carries for machines: its code as squares, and the person's own part of the run inside the PDF."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from io import BytesIO
from typing import Any

import october
import page
import papers
import pikepdf
import pytest
import segno
from cssselect2 import ElementWrapper
from PIL import Image

from ledger.core.code_on_paper import check, code
from ledger.core.explanation import Explainer
from ledger.core.production import Mark
from ledger.core.stipends import calculate
from ledger.documents import codes
from ledger.documents.archive import RunSaid, calculation_json
from ledger.documents.pdf import BundledOnly, Page, press
from ledger.documents.statements import calculation_pdf, leaf_pdf
from tests import all_kinds

LINES = (("days", "per_day", "pool", 1560), ("goods", "traced", "pool", 8057))
RUN = RunSaid("SK-2026-0001", "5" * 64, "6" * 64, "7" * 64, "8" * 64, papers.DATED, "0.1.0")


def attachment(pdf: bytes) -> tuple[Any, bytes]:
    """The one file inside a PDF with its description."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        spec, = opened.Root.AF
        return str(spec.AFRelationship), spec.EF.F.read_bytes()


@pytest.mark.parametrize("month", [october, all_kinds], ids=["october", "every kind"])
def test_the_data_of_a_person_are_theirs_alone(month: Any) -> None:
    inputs, scheme = month.inputs(), month.scheme()
    result = calculate(inputs, scheme)
    explainer = Explainer(inputs, scheme, result)
    for one in result.people:
        told = json.loads(calculation_json("SL-2026-0001", papers.CODE, RUN, scheme, explainer.person(one.person)))
        assert (told["total_cents"], told["person"]) == (one.total, one.person)
        assert sum(line["cents"] for line in told["lines"]) == one.total
        assert sum(Fraction(row["cents"]) for row in told["trace"] if row["counts"]) == Fraction(told["traced_cents"])
        assert not set(_values(told)) & {other.person for other in result.people if other.person != one.person}


def _values(data: Any) -> list[str]:
    if isinstance(data, dict):
        return [found for value in data.values() for found in _values(value)]
    if isinstance(data, list):
        return [found for value in data for found in _values(value)]
    return [str(data)]


def test_the_data_tell_no_illness() -> None:
    inputs, scheme = october.inputs(), october.scheme()
    ill = replace(inputs, attendance=tuple(replace(row, mark=Mark.ILL, minutes=0) for row in inputs.attendance))
    told = calculation_json("x", "", RUN, scheme, Explainer(ill, scheme, calculate(ill, scheme)).person("D1")).decode()
    assert '"mark":"excused"' in told
    assert '"reason":"excused"' in told
    assert '"ill"' not in told
    assert '"L"' not in told


def test_the_calculation_carries_its_data_and_stays_what_it_was() -> None:
    made = calculation_pdf(papers.CALCULATION)
    assert attachment(made) == ("/Data", papers.CALCULATION.attached)
    with pikepdf.open(BytesIO(made)) as pdf:
        assert list(pdf.attachments) == ["2026-10-D1.json"]
    assert calculation_pdf(papers.CALCULATION) == made
    for profile in ("3a", "ua1"):
        assert page.validate_pdf_bytes(made, profile=profile).is_compliant


def test_a_calculation_without_data_carries_nothing() -> None:
    with pikepdf.open(BytesIO(calculation_pdf(replace(papers.CALCULATION, attached=b"")))) as pdf:
        assert "/AF" not in pdf.Root


def test_the_check_knows_every_part_of_a_statement() -> None:
    given: dict[str, Any] = {"seen": "5" * 64, "number": "SL-2026-0001", "person": "p", "cents": 9617, "lines": LINES}
    others: dict[str, Any] = {"seen": "6" * 64, "number": "SL-2026-0002", "person": "q", "cents": 9618, "lines": LINES[::-1]}
    whole = check(**given)
    assert code(**given) == f"DIRBTUVE:SL-2026-0001:9617:{whole}"
    assert len({whole, *(check(**{**given, name: value}) for name, value in others.items())}) == 6


def test_the_squares_are_the_code() -> None:
    picture = Image.open(BytesIO(codes.drawn(papers.CODE))).convert("L")
    expected = [[0 if dark else 255 for dark in row] for row in segno.make_qr(papers.CODE, error="m").matrix]
    assert [[picture.getpixel((x, y)) for x in range(picture.width)] for y in range(picture.height)] == expected


def test_both_papers_show_the_code_with_words_for_who_does_not_see_it() -> None:
    for made, words in ((calculation_pdf(papers.CALCULATION), "QR kodas su šio dokumento kodu"),
                        (leaf_pdf(papers.LEAF), "Tavo lapelio kodas")):
        with pikepdf.open(BytesIO(made)) as pdf:
            told = [str(item.Alt) for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and "/Alt" in item]
        assert words in told
    assert papers.CODE in papers.text_of(calculation_pdf(papers.CALCULATION))
    assert "DIRBTUVE" not in papers.text_of(calculation_pdf(replace(papers.CALCULATION, code="")))


def test_the_code_of_one_paper_is_not_kept_for_the_next() -> None:
    calculation_pdf(papers.CALCULATION)
    assert [name for name in press().pictures if not name.startswith("paper:img/")] == []


@pytest.mark.parametrize("text", ["", "x", "DIRBTUVE:SL-2026-0001:1:0123", "DIRBTUVE:SL-2026-0001:-1:0123456789ABCDEF"])
def test_only_a_code_is_drawn(text: str) -> None:
    with pytest.raises(ValueError, match="not a code"):
        codes.code_address(text)
    with pytest.raises(ValueError, match="bundled files"):
        BundledOnly().fetch(f"{codes.ADDRESS}{text}")


def test_a_template_that_is_no_xml_is_read_too() -> None:
    tidy = '<html lang="lt"><head><title>x</title></head><body class="file"><h1>a</h1><p>b</p></body></html>'
    loose = '<html lang=lt><head><title>x</title></head><body class=file><h1>a</h1><p>b</body></html>'
    assert press().pdf(loose) == press().pdf(tidy)
    assert isinstance(Page(tidy, BundledOnly()).wrapper_element, ElementWrapper)
