"""Every word that a person reads is in the catalogue, in whole Lithuanian; nothing is said past it."""

from __future__ import annotations

import ast
import re
from functools import cache
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from jinja2 import Environment

from ledger import i18n

ROOT = Path(__file__).resolve().parent.parent
CODE = sorted((ROOT / "ledger").rglob("*.py"))
VIEWS = sorted((ROOT / "ledger" / "web").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
CATALOGUES = sorted(i18n.LOCALE_DIR.glob("lt/*.po"))
KEYWORDS: dict[str, Any] = {
    "_": None, "gettext": None, "lazy_text": None, "mark": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
NAMES = {"Dirbtuvė", "EN", "LT", "PDF", "CSV", "ZIP", "IBAN", "QR", "XLSX", "ID", "Lietuvių", "English", "Lietuviškai"}
"""What stands in a template as it is in every language."""
SAID = ("title", "alt", "aria-label", "placeholder", "aria-description")
PLACE = re.compile(r"%\((\w+)\)s")
WORD = re.compile(r"[^\W\d_]{2,}")
Id = tuple[str, str | tuple[str, ...]]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def messages(path: Path) -> set[Id]:
    """What a file asks the catalogue for: context and id, with its plural if it has one."""
    method, options = ("jinja2", {"silent": "false"}) if path.suffix == ".html" else ("python", {})
    found = extract("jinja2.ext:babel_extract" if method == "jinja2" else method, BytesIO(path.read_bytes()),
                    keywords=KEYWORDS, options=options)
    return {(context or "", message) for _line, message, _comments, context in found}


@cache
def used() -> dict[Id, str]:
    """Every message that is asked for, with one file that does."""
    return {one: named(path) for path in (*CODE, *TEMPLATES) for one in messages(path)}


@cache
def entries() -> dict[Path, list[Any]]:
    """The entries of each Lithuanian catalogue."""
    found = {}
    for path in CATALOGUES:
        with path.open("rb") as file:
            found[path] = [one for one in read_po(file, locale="lt", abort_invalid=True) if one.id]
    return found


def key(entry: Any) -> tuple[str, str]:
    return entry.context or "", entry.id if isinstance(entry.id, str) else entry.id[0]


def test_there_are_words():
    assert len(used()) > 300


def test_every_message_has_its_lithuanian():
    there = {key(one) for found in entries().values() for one in found}
    missing = {message: place for (context, message), place in used().items()
               if (context, message if isinstance(message, str) else message[0]) not in there}
    assert missing == {}


def test_a_plural_is_asked_for_where_the_catalogue_has_one():
    forms = {key(one): isinstance(one.id, str) for found in entries().values() for one in found}
    wrong = {message: place for (context, message), place in used().items()
             if forms.get((context, message if isinstance(message, str) else message[0]), isinstance(message, str))
             != isinstance(message, str)}
    assert wrong == {}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.name)
def test_an_entry_is_whole(path):
    found = entries()[path]
    assert [one.id for one in found if one.fuzzy] == []
    assert [one.id for one in found if not (one.string if isinstance(one.string, str) else all(one.string))] == []
    assert [one.id for one in found if not isinstance(one.id, str) and len(one.string) != 3] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.name)
def test_an_entry_has_the_places_of_its_message(path):
    wrong = []
    for one in entries()[path]:
        ids = [one.id] if isinstance(one.id, str) else list(one.id)
        forms = [one.string] if isinstance(one.string, str) else list(one.string)
        wanted = {name for text in ids for name in PLACE.findall(text)}
        wrong += [form for form in forms if set(PLACE.findall(form)) - {"num"} != wanted - {"num"}]
        wrong += [form for form in forms if isinstance(one.id, str) and set(PLACE.findall(form)) != wanted]
    assert wrong == []


def test_no_two_catalogues_disagree():
    said: dict[tuple[str, str], set[Any]] = {}
    for found in entries().values():
        for one in found:
            said.setdefault(key(one), set()).add(one.string)
    assert {message: forms for message, forms in said.items() if len(forms) > 1} == {}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.name)
def test_lithuanian_is_set_as_lithuanian(path):
    texts = [form for one in entries()[path] for form in ([one.string] if isinstance(one.string, str) else one.string)]
    straight = re.compile(r'"[^\W\d][^"]*"')  # numbers stand in them where a scheme is quoted
    assert [text for text in texts if straight.search(re.sub(r"<[^>]*>", "", text))] == []
    assert [text for text in texts if re.search(r"\d ([€%])", text)] == [], "a space that breaks before € or %"


def template_text(source: str) -> str:
    """A template as HTML with everything of Jinja left out, and blocks that hold only the class of a page."""
    source = re.sub(r"{% block \w*(?:kind|class)\w* %}.*?{% endblock", "{% endblock", source)
    return "".join(value for _line, kind, value in Environment().lex(source) if kind == "data")


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_no_bare_sentence_stands_in_a_template(path):
    source = path.read_text(encoding="utf-8")
    page = re.sub(r"<!--.*?-->|<(script|style)\b.*?</\1>", "", template_text(source), flags=re.DOTALL)
    said = re.findall(rf'(?:{"|".join(SAID)})="([^"]*)"', page)
    text = unescape(re.sub(r"<[^>]*>", " ", page))
    bare = [word for part in (text, *said) for word in WORD.findall(unescape(part)) if word not in NAMES]
    assert bare == []


SENTENCE = re.compile(r"^[A-ZĄČĘĖĮŠŲŪŽ][^\W\d_]+[ ,].*[^\W\d_]|^[A-ZĄČĘĖĮŠŲŪŽ].*[^\W\d_] .*[.?!]$")


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_no_bare_sentence_is_handed_to_a_component(path):
    tokens = [value[1:-1] for _line, kind, value in Environment().lex(path.read_text(encoding="utf-8")) if kind == "string"]
    asked = {text for _context, message in messages(path) for text in ([message] if isinstance(message, str) else message)}
    assert [text for text in tokens if SENTENCE.match(text) and text.replace("\\'", "'").replace('\\"', '"') not in asked] == []


@pytest.mark.parametrize("path", VIEWS, ids=named)
def test_no_bare_sentence_stands_in_a_view(path):
    module = ast.parse(path.read_text(encoding="utf-8"))
    asked = {text for _context, message in messages(path) for text in ([message] if isinstance(message, str) else message)}
    quiet = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}  # docstrings
    for node in ast.walk(module):
        if isinstance(node, ast.Raise | ast.Assert):
            quiet |= {id(part) for part in ast.walk(node)}  # for who reads a traceback
    found = [node.value for node in ast.walk(module) if isinstance(node, ast.Constant) and isinstance(node.value, str)
             and id(node) not in quiet and SENTENCE.match(node.value) and node.value not in asked]
    assert found == []


def test_a_hash_has_one_word():
    said = [text for found in entries().values() for one in found
            for text in ([one.string] if isinstance(one.string, str) else one.string)]
    assert [text for text in said if re.search(r"\bmaiš(a|os|ą|ų|oms|omis)\b", text)] == []
