"""The papers: accessible, complete, the same again, and shut to the outside."""

from __future__ import annotations

import getpass
import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import page
import papers
import pikepdf
import pytest

from ledger.core.explanation import About, Fact
from ledger.core.production import Mark
from ledger.documents.badges import badge_pdf
from ledger.documents.paysheet import pay_sheet_pdf
from ledger.documents.pdf import BundledOnly, PaperError, Press, picture, press
from ledger.documents.statements import (
    DayCell,
    EuProject,
    LeafData,
    PartRow,
    calculation_pdf,
    day_text,
    leaf_pdf,
)
from ledger.i18n import use

LONG_NAME = "Aleksandra Konstantina Žemaitytė-Petrauskienė-Kazlauskienėąč"
HOSTILE = "<script>alert(\"1\")</script> {{7*7}} & 'x' %(name)s %s „“ < >"
# page-validation takes the last CR of a compressed stream for the line end that follows it
FALSE_ALARM = "PDFA3A-STREAM-LENGTH-001"
TOKEN = "Zk3v9Qm1x7Yt5Rb2Lw8Nc4Hd6Jf0Gs"

CUTS = (Fact(About.DAYS, 1560, 1), Fact(About.GOODS, -293), Fact(About.LIMIT, -100), Fact(About.KEPT, -67),
        Fact(About.DECISION, 500))
LEAVES: dict[str, LeafData] = {
    "leaf": papers.LEAF,
    "leaf with cuts": replace(papers.LEAF, reasons=CUTS, total_cents=1600, helper=""),
    "leaf without goals": replace(papers.LEAF, goals=()),
    "leaf without money": replace(papers.LEAF, reasons=(Fact(About.DAYS, 0), Fact(About.GOODS, 0)), total_cents=0),
    "leaf of a long name": replace(
        papers.LEAF, name=LONG_NAME, total_cents=38888, reasons=(Fact(About.GOODS, 38888),),
        goals=(papers.goal(LONG_NAME, "nera-tokio", 0), papers.goal("Ąžuolas", "zvake"), *papers.LEAF.goals)),
}


def _hostile_calculation() -> bytes:
    row = replace(papers.TRACE[0], product=HOSTILE, document=HOSTILE, lot=HOSTILE, matched=HOSTILE, share=HOSTILE)
    parts = (PartRow(HOSTILE, HOSTILE, HOSTILE, 10), PartRow("−", "", "", -10))
    return calculation_pdf(replace(
        papers.CALCULATION, name=HOSTILE, provider=HOSTILE, parts=parts, total_cents=0, trace=(row,), number=HOSTILE))


MADE = {
    **{name: lambda data=data: leaf_pdf(data) for name, data in LEAVES.items()},
    "calculation": lambda: calculation_pdf(papers.CALCULATION),
    "calculation of nothing": lambda: calculation_pdf(replace(
        papers.CALCULATION, trace=(), days=(), minutes=0, account="", project=None, name=LONG_NAME,
        traced_total="0,0000")),
    "calculation of 300 rows": lambda: calculation_pdf(papers.long_trace(300)),
    "calculation with hostile text": _hostile_calculation,
    "pay sheet of 3": lambda: pay_sheet_pdf(papers.pay_sheet(3)),
    "pay sheet of 12": lambda: pay_sheet_pdf(papers.pay_sheet(12)),
    "pay sheet of 300": lambda: pay_sheet_pdf(papers.pay_sheet(300)),
    "leaf with control characters": lambda: leaf_pdf(replace(papers.LEAF, name="A\0i\x0bs\x9ft\u0117")),
    "badge": lambda: badge_pdf(LONG_NAME, TOKEN, "Socialinės dirbtuvės „Giedra“", papers.DATED),
}


@pytest.mark.parametrize("name", MADE)
def test_every_paper_can_be_read_by_everyone_and_kept(name: str) -> None:
    pdf = MADE[name]()
    accessible = page.validate_pdf_bytes(pdf, profile="ua1")
    assert accessible.is_compliant, [(failure.rule_id, failure.message) for failure in accessible.failures]
    kept = page.validate_pdf_bytes(pdf, profile="3a")
    assert {failure.rule_id for failure in kept.failures} <= {FALSE_ALARM}


@pytest.mark.parametrize("name", MADE)
def test_tags_say_what_a_thing_is(name: str) -> None:
    with pikepdf.open(BytesIO(MADE[name]())) as pdf:
        objects = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary)]
        elements = [item for item in objects if "/S" in item and "/P" in item]
        kinds = [str(element.S) for element in elements]
        assert kinds.count("/H1") == 1
        for element in elements:
            if element.S == "/TH":
                assert str(element.A.Scope) in ("/Row", "/Column")
            if element.S == "/Figure":
                assert str(element.Alt)
            if element.S == "/L":
                assert {str(item.S) for item in element.K} == {"/LI"}
            if element.S == "/LI":
                assert str(element.P.S) == "/L"
        assert str(pdf.Root.Lang) == "lt"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert bool(pdf.Root.MarkInfo.Marked)


def test_the_calculation_says_all_that_it_was_given() -> None:
    data = replace(papers.CALCULATION, name=f"{papers.LETTERS} „Ą“ – x")
    said = papers.text_of(calculation_pdf(data))
    wanted = [data.name, data.number, data.person_number, data.provider, data.workshop, data.run_number, data.account,
              data.scheme.order, data.traced_total, data.prepared.name, data.approved.name, "2026-10-01 – 2026-10-31",
              "devyniasdešimt šeši eurai septyniolika centų", "iš viso 13.", "Iš viso 82,5 val.",
              "P: pateisinta, N: nepateisinta", "Bendrai finansuoja Europos Sąjunga", "Nr. 07-018-P-0001",
              "1 puslapis iš 1"]
    wanted += [text for part in data.parts for text in (part.label, part.paragraph, part.arithmetic)]
    wanted += [text for row in data.trace for text in (
        f"{row.document}, {row.line} eil.", row.product, row.lot, row.matched, row.share, row.exact)]
    assert [text for text in wanted if text not in said] == []


def test_a_split_month_names_both_rules_with_their_orders() -> None:
    later = replace(papers.SCHEME, number="2", in_force=date(2026, 10, 15), order="2026-10-12 įsakymas Nr. V-50",
                    before=papers.SCHEME)
    for said in (papers.text_of(calculation_pdf(replace(papers.CALCULATION, scheme=later))),
                 papers.text_of(pay_sheet_pdf(replace(papers.pay_sheet(3), scheme=later)))):
        assert "Nr. 1 „Stipendijų tvarka“, iki 2026-10-14" in said
        assert "Nr. 2 „Stipendijų tvarka“, galioja nuo 2026-10-15" in said
        assert papers.SCHEME.order in said
        assert later.order in said


def test_a_trace_row_reads_across() -> None:
    lines = papers.text_of(calculation_pdf(papers.CALCULATION), layout=True).splitlines()
    row = next(line for line in lines if "KOM-2026-10-2, 9 eil." in line.replace("\u00a0", " "))
    wanted = "2026-10-14 KOM-2026-10-2, 9 eil. Džiovinti obuoliai 24,61 P25 0,5 iš 2,75 kg 115 iš 115 min. 4,4745"
    assert " ".join(row.split()) == wanted


def test_hostile_text_stays_text() -> None:
    said = papers.text_of(_hostile_calculation())
    assert "<script>alert(\"1\")</script> {{7*7}} & 'x' %(name)s %s" in said
    assert "49" not in said.replace("V-41", "")


def test_a_long_trace_repeats_its_head_and_totals_once() -> None:
    pdf = calculation_pdf(papers.long_trace(40))
    said = papers.text_of(pdf)
    assert said.count("Dokumentas, eilutė") == 2
    assert said.count("Atsekta iš viso") == 1
    assert said.count("eil. ") + said.count("eil.\u00a0") >= 40
    assert "2 puslapis iš 2" in said


@pytest.mark.parametrize("people", [3, 12, 300])
def test_a_pay_sheet_names_everyone_and_adds_up(people: int) -> None:
    data = papers.pay_sheet(people)
    said = papers.text_of(pay_sheet_pdf(data))
    assert all(f"{row.number} {row.name}" in said for row in data.people)
    with pikepdf.open(BytesIO(pay_sheet_pdf(data))) as pdf:
        pages = len(pdf.pages)
    assert said.count("Vardas, pavardė") == pages
    assert f"{pages} puslapis iš {pages}" in said
    assert said.count("Suma žodžiais:") == 1
    assert "MŽ-2026-10" in said
    assert "300000000" in said
    for text in ("Nr. 1 „Stipendijų tvarka“", "Parengė", "Patikrino", "Patvirtino", "Išmokėjo"):
        assert text in said


def test_the_sum_of_twelve_in_figures_and_words() -> None:
    said = papers.text_of(pay_sheet_pdf(papers.pay_sheet(12)))
    assert "1 133,58" in said
    assert "vienas tūkstantis vienas šimtas trisdešimt trys eurai penkiasdešimt aštuoni centai" in said


def test_full_funding_is_said_otherwise() -> None:
    said = papers.text_of(calculation_pdf(replace(papers.CALCULATION, project=EuProject("A", "1", whole=True))))
    assert "Finansuoja Europos Sąjunga" in said
    assert "Bendrai" not in said


def test_the_token_is_in_the_squares_only() -> None:
    pdf = badge_pdf("Aistė Žukauskaitė", TOKEN, "Socialinės dirbtuvės „Giedra“", date(2026, 11, 4))
    assert TOKEN not in papers.text_of(pdf)
    assert TOKEN.encode() not in _everything_in(pdf)
    assert "Aistė Žukauskaitė Socialinės dirbtuvės „Giedra“" in papers.text_of(pdf)


def test_the_same_data_give_the_same_bytes() -> None:
    first = {name: make() for name, make in MADE.items() if "300" not in name}
    with ThreadPoolExecutor(4) as pool:
        again = dict(zip(first, pool.map(lambda name: MADE[name](), first), strict=True))
    assert again == first


def test_another_process_gives_the_same_bytes() -> None:
    program = """if True:
        import hashlib, papers
        from ledger.documents.statements import calculation_pdf, leaf_pdf
        print(hashlib.sha256(leaf_pdf(papers.LEAF) + calculation_pdf(papers.CALCULATION)).hexdigest())"""
    tests = Path(__file__).parent
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True, env={
        **os.environ, "PYTHONPATH": f"{tests}{os.pathsep}{tests.parent}", "PYTHONHASHSEED": "4711"}).stdout
    here = sha256(leaf_pdf(papers.LEAF) + calculation_pdf(papers.CALCULATION)).hexdigest()
    assert said.strip() == here


@pytest.mark.parametrize("address", [
    "http://127.0.0.1:9/x.svg", "https://example.org/x.png", "file:///etc/passwd", "data:image/svg+xml,<svg/>", "//x/y",
    "paper:img/../fonts/LICENSE", "paper:img/../../pyproject.toml", "paper:fonts/LICENSE", "ftp://x/y", "x.svg"])
def test_papers_fetch_nothing_from_outside(address: str) -> None:
    with pytest.raises(ValueError, match=r"bundled files|URI"):
        BundledOnly().fetch(address)


def test_a_page_that_asks_for_the_network_is_not_printed() -> None:
    with pytest.raises(PaperError):
        press().pdf('<html lang="lt"><title>x</title><p><img src="http://127.0.0.1:9/x.svg" alt="x"></p></html>')


def test_an_unknown_picture_is_replaced() -> None:
    assert picture("zvake") == "paper:img/zvake.svg"
    assert picture("../x") == picture("nera-tokio") == "paper:img/kitas.svg"


@pytest.mark.parametrize("name", MADE)
def test_nothing_tells_of_the_machine(name: str) -> None:
    content = _everything_in(MADE[name]()).lower()
    told = [str(Path(__file__).parents[1]), "/tmp/", "file:", "paper:"]
    told += [name for name in (socket.gethostname(), getpass.getuser()) if len(name) > 4]
    assert [text for text in told if text.lower().encode() in content] == []


def test_the_title_is_kind_and_number_and_the_date_is_the_approval() -> None:
    with pikepdf.open(BytesIO(leaf_pdf(papers.LEAF))) as pdf:
        assert str(pdf.docinfo["/Title"]) == "Stipendijos lapelis Nr.\u00a02026-10-D1"
        assert str(pdf.docinfo["/CreationDate"]).startswith("D:20261104")
        assert "/Author" not in pdf.docinfo
        assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf.Root.Metadata.read_bytes()


def test_papers_speak_english_too() -> None:
    with use("en"):
        said = papers.text_of(calculation_pdf(papers.CALCULATION)) + papers.text_of(leaf_pdf(papers.LEAF))
    for text in ("Stipend calculation No. 2026-10-D1", "Page 1 of 1", "My month – October", "96 euros 17 cents"):
        assert text in said


def test_a_statement_that_does_not_add_up_is_not_made() -> None:
    with pytest.raises(ValueError, match="add up"):
        replace(papers.CALCULATION, total_cents=9618)
    with pytest.raises(ValueError, match="add up"):
        replace(papers.LEAF, total_cents=0)
    with pytest.raises(ValueError, match="0 to 5"):
        papers.goal("x", "zvake", 6)


def test_illness_is_not_told() -> None:
    days = ((150, Mark.ATTENDED), (0, Mark.ILL), (360, Mark.EXCUSED), (0, Mark.UNEXCUSED))
    assert [day_text(*day) for day in days] == ["2,5", "P", "P", "N"]
    said = papers.text_of(calculation_pdf(replace(papers.CALCULATION, days=(DayCell(1, "6", True),))))
    assert "pateisinta" not in said


def test_a_fresh_press_prints_the_same() -> None:
    html = '<html lang="lt"><head><title>x</title></head><body class="file"><h1>ąč</h1></body></html>'
    assert Press.built().pdf(html) == press().pdf(html)


def _everything_in(pdf: bytes) -> bytes:
    with pikepdf.open(BytesIO(pdf)) as opened:
        streams = [item.read_bytes() for item in opened.objects if isinstance(item, pikepdf.Stream)]
        plain = BytesIO()
        opened.save(plain, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return b"\n".join([plain.getvalue(), *streams])
