"""Files made to harm, or that are something else than they say: refused with a sentence, before they take memory or time."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workbooks import line, ods, ods_of, xlsx, xlsx_of, zipped

from ledger import i18n
from ledger.actions.import_files import tables
from ledger.core.csvfile import Unreadable
from ledger.core.imports import Known, read_folder
from ledger.documents import workbook_parts, workbooks
from ledger.sentences import sentence
from tests.folders import TODAY

SHEET = xlsx({"L": [["a", 1]]})
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
MANIFEST = ('<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><m:file-entry>'
            "<m:encryption-data/></m:file-entry></m:manifest>")
LIMITED = """
import resource, sys
from ledger.documents import workbooks
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (600_000_000,) * 2)
print(len(workbooks.sheets(Path(sys.argv[1]).read_bytes())[0].rows()))
"""
EMPTY_PAGE = '<table:table table:name="L"/>'


def why(data: bytes) -> Unreadable:
    """Why none of the sheets is read."""
    with pytest.raises(Unreadable) as refused:
        _ = [sheet.rows() for sheet in workbooks.sheets(data)]
    return refused.value


def flagged(data: bytes) -> bytes:
    """The same ZIP, said to be encrypted."""
    place = data.index(b"PK\x01\x02")
    return data[:place + 8] + b"\x01" + data[place + 9:]


def many(rows: str, count: int) -> str:
    return "".join(f"<row>{rows}</row>" for _ in range(count))


@pytest.mark.parametrize(("data", "code"), [
    (OLE, "workbook_old"), (OLE + "EncryptedPackage".encode("utf-16-le"), "workbook_password"),
    (flagged(SHEET), "workbook_password"),
    (ods_of(EMPTY_PAGE, more={"META-INF/manifest.xml": MANIFEST}), "workbook_password"),
    (zipped({"mimetype": "x", "content.xml": "<a/>", "encrypted-package": "x"}), "workbook_password"),
    (b"", "empty_file"), (b"Data;Dalyvis", "workbook_other"), (b"\xef\xbb\xbf <HTML><table>", "workbook_html"),
    (zipped({"a.txt": "a"}), "workbook_other"),
    (zipped({"mimetype": "x", "content.xml": "<a/>"}), "workbook_other"), (zipped({"[Content_Types].xml": "x"}), "workbook_broken"),
    (zipped({"[Content_Types].xml": "x", "xl/workbook.bin": "x"}), "workbook_old"),
    (SHEET[:-30], "workbook_broken"), (SHEET[:len(SHEET) // 2], "workbook_broken"), (b"PK\x03\x04", "workbook_broken"),
    (xlsx_of("<row><c><v>1</v></row>"), "workbook_broken"), (xlsx_of("", sheets=[("B", "")], more={"xl/worksheets/sheet2.xml": ""}),
                                                             "workbook_broken"),
    (xlsx_of("", more={"xl/vbaProject.bin": b"x"}), "workbook_macros"),
    (xlsx_of("", more={"xl/externalLinks/externalLink1.xml": "<a/>"}), "workbook_links"),
    (ods_of(EMPTY_PAGE, more={"Basic/Standard/Module1.xml": "<a/>"}), "workbook_macros"),
    (ods_of(EMPTY_PAGE, more={"Scripts/python/x.py": "x"}), "workbook_macros"),
    (ods_of('<table:table table:name="L"><table:table-source/></table:table>'), "workbook_links"),
    (xlsx_of(line(1, "&a;"), head=OUTSIDE), "workbook_entities"), (xlsx_of("", head=LAUGHS), "workbook_entities"),
    (ods_of(EMPTY_PAGE, head=LAUGHS), "workbook_entities"), (xlsx_of("", head="<!DOCTYPE worksheet>"), "workbook_entities"),
    (xlsx_of('<row r="2"/><row r="1"/>'), "workbook_broken"), (xlsx_of('<row><c r="B1"/><c r="A1"/></row>'), "workbook_broken"),
    (xlsx_of('<row r="9999999"/>'), "workbook_broken"), (xlsx_of('<row r="-1"/>'), "workbook_broken"),
    (xlsx_of('<row><c t="s"><v>7</v></c></row>'), "workbook_broken"),
    (xlsx_of('<row><c t="s"><v>-1</v></c></row>'), "workbook_broken"),
    (xlsx_of('<row><c r="1A"/></row>'), "workbook_broken"), (xlsx_of("", after='<mergeCell ref="A1:B"/>'), "workbook_broken"),
    (xlsx_of("", sheets=[(f"L{n}", "") for n in range(250)]), "workbook_sheets"),
    (ods({f"L{n}": [] for n in range(250)}), "workbook_sheets"),
    (xlsx_of('<row><c r="XFD1"><v>1</v></c></row>'), "sheet_too_wide"),
    (ods_of('<table:table table:name="L"><table:table-row><table:table-cell office:value-type="float" office:value="1" '
            'table:number-columns-repeated="1000000"/></table:table-row></table:table>'), "sheet_too_wide"),
    (ods_of('<table:table table:name="L"><table:table-row table:number-rows-repeated="1000000"><table:table-cell '
            'office:value-type="float" office:value="1"/></table:table-row></table:table>'), "sheet_too_long"),
    (ods_of('<table:table table:name="L"><table:table-row table:number-rows-repeated="9999999999"/></table:table>'),
     "workbook_broken"),
    (ods_of(f'<table:table table:name="L"><table:table-row><table:table-cell>{EMPTY_PAGE}</table:table-cell></table:table-row>'
            "</table:table>"), "workbook_broken"),
    (xlsx_of("<a>" * 200 + "</a>" * 200), "workbook_too_large"), (xlsx_of("x" * 3_000_000), "workbook_too_large"),
    (xlsx_of(f'<row a="{"x" * 3_000_000}"/>'), "workbook_too_large"),
])  # fmt: skip
def test_what_is_no_plain_table_is_refused_by_name(data: bytes, code: str) -> None:
    refused = why(data)
    assert refused.code == code
    with i18n.use("lt"):
        assert sentence(code, {"sheets": "", "name": "", **refused.values})[-1] == "."


def test_a_bomb_is_refused_by_what_it_declares_before_anything_is_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/workbook.xml", "w", force_zip64=True) as part:
        for _ in range(120):
            part.write(bytes(1_000_000))
    assert why(out.getvalue()).code == "workbook_too_large"
    small = zipped({"[Content_Types].xml": bytes(6_000_000)})
    assert len(small) < 20_000
    assert why(small).code == "workbook_too_large"


def test_a_bomb_that_lies_about_its_size_ends_where_it_said() -> None:
    data = bytearray(zipped({"[Content_Types].xml": "x", "xl/workbook.xml": bytes(4_000_000), "_rels/.rels": "<a/>"}))
    honest = (4_000_000).to_bytes(4, "little")
    while honest in data:
        place = data.index(honest)
        data[place:place + 4] = (1000).to_bytes(4, "little")
    assert why(bytes(data)).code == "workbook_broken"


def test_two_parts_of_one_name_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "a")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("xl/workbook.xml", "b")
    assert why(out.getvalue()).code == "workbook_broken"


def test_a_part_packed_in_another_way_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("xl/workbook.xml", "a" * 1000)
    assert why(out.getvalue()).code == "workbook_broken"


@pytest.mark.parametrize("name", ["MOST_ELEMENTS", "MOST_LETTERS"])
def test_what_all_parts_hold_together_is_counted(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bounds = workbook_parts.Bounds
    monkeypatch.setattr(workbook_parts, "Bounds", lambda: bounds(**{name.removeprefix("MOST_").lower(): 60}))
    shared = "".join(f"<si><t>{'ą' * 10}</t></si>" for _ in range(20))
    assert why(xlsx_of('<row><c t="s"><v>1</v></c></row>', shared=shared)).code == "workbook_too_large"
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'.format("x" * 30)
    assert why(ods_of(f'<table:table table:name="L">{f"<table:table-row>{cell * 3}</table:table-row>" * 20}</table:table>')
               ).code == "workbook_too_large"


@pytest.mark.parametrize("book", [xlsx_of(line(1, "x" * 40_000)), xlsx({"L": [["x" * 32_767]]}), ods({"L": [["x" * 40_000]]}),
                                  xlsx_of('<row><c t="s"><v>0</v></c></row>', shared=f"<si><t>{'x' * 40_000}</t></si>")])
def test_a_long_text_is_refused_in_its_cell(book: bytes) -> None:
    [row] = workbooks.sheets(book)[0].rows()
    told = (row.wrong[0].code, len(row.cells[0])) if row.wrong else ("", len(row.cells[0]))
    assert told in (("too_long", 50), ("", 32_767))


def test_a_thousand_merged_areas_over_everything_end() -> None:
    areas = "".join('<mergeCell ref="A1:XFD1048576"/>' for _ in range(5000))
    assert why(xlsx_of(many("<c><v>1</v></c><c><v>1</v></c>", 500), after=areas)).code == "workbook_too_large"


def test_the_worst_that_fits_the_bounds_stays_small(tmp_path: Path) -> None:
    """As many rows as a file of its size may unpack to: the reading ends, in a process that may have no more memory than this."""
    small = xlsx_of("<row/>" * 800_000)
    file = tmp_path / "x.xlsx"
    file.write_bytes(small)
    done = subprocess.run([sys.executable, "-c", LIMITED, str(file)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(["xlsx", "ods"]), st.integers(0, 8000), st.binary(min_size=1, max_size=6))
def test_a_real_file_with_some_bytes_broken_is_read_or_refused(kind: str, place: int, junk: bytes) -> None:
    data = {"xlsx": xlsx, "ods": ods}[kind]({"lankomumas": [["Data", "Dalyvis"], ["2026-11-03", 5]]})
    hurt = data[:place % len(data)] + junk + data[place % len(data) + len(junk):]
    read_folder(tables({f"lankomumas.{kind}": hurt}), Known(), today=TODAY, vat_payer=False)


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet="<>/crv=\"ts1 A&;", max_size=60))
def test_any_sheet_is_read_or_refused(inner: str) -> None:
    read_folder(tables({"gamyba.xlsx": xlsx_of(f"<row>{inner}</row>"), "visi.ods": ods_of(f"<table:table>{inner}</table:table>")}),
                Known(), today=TODAY, vat_payer=False)
