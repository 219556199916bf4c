"""Every code has one sentence, in English and in Lithuanian, with the same places to fill."""

import ast
import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from ledger import core, i18n, sentences
from ledger.core.faults import Fault
from ledger.core.imports import read_folder
from ledger.sentences import SENTENCES, fault_text, learn, sentence
from tests.folders import TODAY, folder, read, workshop

CORE = Path(core.__file__).parent
MODULES = ["numbers", "csvfile", "import_cells", "import_sheet", "import_checks", "import_sales", "imports"]
SAYING = {
    "Refused": 0,
    "Unreadable": 0,
    "refuse": 2,
    "warn": 2,
    "check_open": 2,
    "refuse_file": 2,
    "check_once": 2,
    "_choice": 2,
}
PLACE = re.compile(r"%\((\w+)\)s")


def codes_said(module):
    """The literal codes in the source of a module."""
    for node in ast.walk(ast.parse((CORE / f"{module}.py").read_text("utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            literals = (
                [part for part in ast.walk(node.args[SAYING[name]]) if isinstance(part, ast.Constant)]
                if name in SAYING
                else []
            )
            yield from (
                part.value for part in literals if isinstance(part.value, str) and re.fullmatch(r"[a-z_]+", part.value)
            )


LT = Path(sentences.__file__).parent / "locale" / "lt"


def lithuanian():
    path = LT / "imports.po"
    with path.open("rb") as file:
        return {message.id: message for message in read_po(file) if message.id}


@pytest.mark.parametrize("module", MODULES)
def test_every_code_has_a_sentence(module):
    assert set(codes_said(module)) - {"limit"} <= set(SENTENCES)


def test_every_sentence_is_in_lithuanian_with_the_same_places():
    catalogue = lithuanian()
    for text in SENTENCES.values():
        if text in catalogue:
            assert sorted(PLACE.findall(catalogue[text].string)) == sorted(PLACE.findall(text))
            assert not catalogue[text].fuzzy
    own = {SENTENCES[code] for module in MODULES for code in codes_said(module) if code in SENTENCES}
    everywhere = {message.id for path in LT.glob("*.po") for message in read_po(BytesIO(path.read_bytes())) if message.id}
    assert own <= everywhere


def test_sentences_end_as_sentences_do():
    """What stands beside a name in a list of warnings is a note, not a sentence."""
    sentences = [text for code, text in SENTENCES.items() if not code.startswith("warn_")]
    assert [text for text in sentences if text[-1] not in ".?"] == []


@pytest.mark.parametrize("language", ["lt", "en"])
def test_every_fault_of_the_bad_folder_can_be_said(language):
    reading = read_folder(folder("bad"), workshop(), today=TODAY, vat_payer=False)
    with i18n.use(language):
        said = [fault_text(fault) for fault in reading.faults]
    assert [text for text in said if "%(" in text or "%%" in text or "thousandths" in text] == []


def test_a_fault_says_what_and_what_to_do():
    with i18n.use("lt"):
        assert fault_text(read(gamyba="P9;2026-11-05;OB;1.234,5;0;D1;1").faults[0]) == (
            "„1.234,5“ galima suprasti kaip 1\u00a0234,5 arba kaip 1,2345. Kuris teisingas? Įrašykite be taško."
        )
        assert (
            fault_text(read(lankomumas="2026-11-05;D1;1;X").faults[0])
            == "Žymos „X“ nėra. Rašykite vieną iš šių: D, L, K, N."
        )


def test_amounts_are_written_as_people_read_them():
    fault = Fault(
        "gaminiai.csv", 2, "x", "materials_above_price", "warning", {"material_cents": 123450, "price_cents": 900}
    )
    with i18n.use("lt"):
        assert "1\u00a0234,50\u00a0€" in fault_text(fault)
    with i18n.use("en"):
        assert (
            sentence("over_hundred_percent", {"text": "101"})
            == "“101” is more than 100 %: write a percent from 0 to 100."
        )


def test_an_unknown_code_is_an_error():
    with pytest.raises(KeyError):
        sentence("no_such_code", {})


def test_others_add_their_codes_but_never_a_second_sentence():
    learn({"empty": SENTENCES["empty"]})
    with pytest.raises(ValueError, match="empty"):
        learn({"empty": "Something else."})
