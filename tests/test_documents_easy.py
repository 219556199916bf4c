"""The leaf and the badge are in easy language, in large letters, with the right notes and coins."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace

import papers
import pytest
from easy import easy_faults
from test_documents_papers import CUTS, LEAVES

from ledger.core.explanation import ABOUT, About, Explainer, Fact
from ledger.core.parts import KINDS
from ledger.core.stipends import calculate
from ledger.documents.badges import badge_pdf
from ledger.documents.coins import purse
from ledger.documents.statements import LeafData, leaf_pdf, reason_sentences
from ledger.explained import easy
from ledger.i18n import use
from ledger.resources import resource_dir
from tests import all_kinds

BADGE = ("Aistė Žukauskaitė", "x" * 30, "Socialinės dirbtuvės „Giedra“", papers.DATED)


def _easy_text(data: LeafData) -> str:
    return papers.text_of(leaf_pdf(data)).replace(data.number, "").replace(data.name, "")


@pytest.mark.parametrize("language", ["lt", "en"])
@pytest.mark.parametrize("name", LEAVES)
def test_the_leaf_is_easy(name: str, language: str) -> None:
    data = replace(LEAVES[name], goals=papers.LEAF.goals if LEAVES[name].goals else ())
    with use(language):
        lines = [str(sentence) for reason in data.reasons for sentence in reason_sentences(reason)]
        whole = _easy_text(data)
    assert easy_faults(re.sub("<[^>]+>", "", "\n".join(lines))) == []
    assert [fault for fault in easy_faults(whole) if "words:" not in fault] == []


def test_the_leaf_as_the_person_reads_it() -> None:
    said = papers.text_of(leaf_pdf(papers.LEAF))
    for text in ("Mano mėnuo – spalis", "Tu gauni 96 eurus 17 centų.", "Tu dirbai 13 dienų.",
                 "Už dienas: 15 eurų 60 centų.",
                 "Žmonės nupirko Tavo gaminius. Už gaminius: 80 eurų 57 centai.", "Iš viso: 96 eurai 17 centų.",
                 "Ateinu laiku", "Sveriu vašką", "rugpjūtis", "spalis", "Kažkas negerai? Pasakyk. Tau padės Daiva."):
        assert text in said


def test_a_cut_is_said_plainly() -> None:
    said = [" ".join(sentence.striptags() for sentence in reason_sentences(fact)).replace("\u00a0", " ") for fact in CUTS]
    assert said == [
        "Tu dirbai 1 dieną. Už dienas: 15 eurų 60 centų.", "Žmonės grąžino gaminius. Todėl mažiau: 2 eurai 93 centai.",
        "Yra didžiausia mėnesio suma. Todėl mažiau: 1 euras.", "Anksčiau Tu gavai per daug. Todėl mažiau: 67 centai.",
        "Dirbtuvės skyrė Tau daugiau. Todėl daugiau: 5 eurai."]


def test_a_leaf_of_many_reasons_tells_the_small_ones_together() -> None:
    said = papers.text_of(leaf_pdf(LEAVES["leaf with cuts"]))
    assert "Tu dirbai 1 dieną. Už dienas: 15 eurų 60 centų. Dirbtuvės skyrė Tau daugiau. Todėl daugiau: 5 eurai. "\
        "Yra ir dar kai kas. Todėl mažiau: 4 eurai 60 centų." in said
    assert len(said.partition("Tavo tikslai")[0].replace(papers.LEAF.number, "").replace(papers.LEAF.name, "").split()) <= 60


MOST_IN_A_MONTH = {About.DAYS: 31, About.HOURS: 31 * 24 * 60}
KIND_FACTS = [Fact(about, sign * cents, count) for about in About for sign, cents in ((1, 1705), (-1, 1), (1, 0))
              for count in (0, 1, 21, 60, 630, 5000, 21000, 12500, 2000000)
              if count <= MOST_IN_A_MONTH.get(about, count)]


@pytest.mark.parametrize("language", ["lt", "en"])
def test_everything_that_can_be_told_is_easy(language: str) -> None:
    with use(language):
        for fact in KIND_FACTS:
            sentences = [sentence.striptags() for sentence in reason_sentences(fact)]
            assert easy_faults("\n".join(sentences)) == [], fact
            assert all(len(sentence.split()) <= 9 for sentence in sentences), sentences
            assert not re.search(r"[0-9€%]", easy.tell(fact).spoken), fact


def test_every_kind_of_line_has_its_sentence_and_picture() -> None:
    """A kind that somebody adds to parts.KINDS needs words for its participant."""
    assert {*KINDS} <= {*ABOUT}
    for about in About:
        told = easy.tell(Fact(about, 100, 1000))
        assert told.said
        assert (resource_dir("static") / "img" / f"{told.picture}.svg").is_file()


def test_small_reasons_are_told_together_and_still_add_up() -> None:
    facts = [Fact(about, cents) for about, cents in zip(About, (500, -3, 20, 900, 70, 1, -400, 30), strict=False)]
    told = easy.few(facts, 5)
    assert (len(told), told[-1].about) == (5, About.OTHER)
    assert {fact.cents for fact in told} >= {500, 900, -400, 70}
    assert sum(fact.cents for fact in told) == sum(fact.cents for fact in facts)


def test_a_month_of_every_kind_is_told_to_everybody() -> None:
    inputs, scheme = all_kinds.inputs(), all_kinds.scheme()
    explainer = Explainer(inputs, scheme, calculate(inputs, scheme))
    for person in inputs.people:
        facts = explainer.person(person.ref).facts
        assert sum(fact.cents for fact in facts.told) == facts.total
        told = easy.few(facts.told)
        assert len(told) <= easy.MOST
        assert sum(fact.cents for fact in told) == facts.total


@pytest.mark.parametrize("name", [*LEAVES, "badge"])
def test_letters_are_fourteen_points_or_more(name: str) -> None:
    pdf = badge_pdf(*BADGE) if name == "badge" else leaf_pdf(LEAVES[name])
    command = ["pdftohtml", "-xml", "-zoom", "1", "-i", "-stdout", "-", "-"]
    told = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
    sizes = [int(size) for size in re.findall(r'<fontspec [^>]*size="(\d+)"', told)]
    assert sizes
    assert min(sizes) >= 14


def test_a_limit_that_took_nothing_is_not_told() -> None:
    data = replace(papers.LEAF, reasons=(*papers.LEAF.reasons, Fact(About.LIMIT, 0)))
    assert leaf_pdf(data) == leaf_pdf(papers.LEAF)


def test_the_badge_is_easy() -> None:
    assert easy_faults(papers.text_of(badge_pdf(*BADGE))) == []


@pytest.mark.parametrize(("text", "fault"), [
    ("Gavai 20 €.", "euro sign"), ("Gavai (daug).", "brackets"), ("Tai 70 % sumos.", "percent"),
    ("Nr. 5 tavo.", "short form"),
    ("Vienas du trys keturi penki šeši septyni aštuoni devyni dešimt vienuolika dvylika trylika.", "13 words"),
    ("Gavai 1205 eurus.", "big number")])
def test_the_checker_sees_what_is_hard(text: str, fault: str) -> None:
    assert any(fault in found for found in easy_faults(text))


def test_the_checker_lets_easy_text_pass() -> None:
    assert easy_faults("Tu gauni 96 eurus 17 centų. Kodėl tiek? Tu dirbai 13 dienų.") == []


def test_notes_and_coins_are_the_fewest_largest_first() -> None:
    made = purse(9617)
    assert [piece.picture for piece in made.notes] == ["eur-50", "eur-20", "eur-20", "eur-5"]
    assert [piece.picture for piece in made.coins] == ["eur-1c", "ct-10", "ct-5", "ct-2"]


@pytest.mark.parametrize("cents", [0, 1, 3, 99, 388, 9999, 38888, 100000])
def test_notes_and_coins_make_the_amount(cents: int) -> None:
    made = purse(cents)
    worth = [piece.cents for piece in (*made.notes, *made.coins)]
    assert sum(worth) == cents
    assert worth == sorted(worth, reverse=True)
    assert purse(-5).coins == ()


def test_goods_that_nobody_bought_yet_are_said_kindly() -> None:
    assert [str(line) for line in reason_sentences(Fact(About.GOODS, 0))] == [
        "Tavo gaminiai dar laukia pirkėjų.", "Už gaminius: <b>0\u00a0eurų</b>."]
