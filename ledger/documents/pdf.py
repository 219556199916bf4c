"""The press: one renderer for every paper. HTML from the paper templates in, accessible PDF bytes out.

Each PDF is PDF/UA-1 and PDF/A-3a: tagged, titled, with its language. It reads nothing but the bundled fonts and
pictures, and the same data give the same bytes. Style, fonts and pictures are read once for the whole process.

It is imported where a paper is rendered, not above: its engine takes some 60 MB that a month's run never needs.
"""

from __future__ import annotations

import gc
import re
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import pikepdf
from cssselect2 import ElementWrapper
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from ledger import i18n
from ledger.core.code_on_paper import FORM
from ledger.documents import codes
from ledger.documents.markup import fill
from ledger.documents.pictures import INSIDE
from ledger.resources import resource_dir

_BUNDLED = re.compile(r"paper:(img/[a-z0-9-]+\.svg|fonts/[a-z0-9-]+\.woff2)")
_CODE = re.compile(f"{codes.ADDRESS}({FORM.pattern})")
_LINK = re.compile(f"{codes.LINK}([A-Za-z0-9_-]+={{0,2}})")
_TYPES = {"svg": "image/svg+xml", "woff2": "font/woff2"}
_SPARE_PICTURE = "kitas"

# PDF/A wants every property that is not its own described; this describes the PDF/UA identifier and then sets it.
_UA_IDENTIFIER = b"""
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of PDF/UA</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""


class PaperError(RuntimeError):
    """A paper cannot be made: it asks for a file that is not bundled."""


@dataclass(frozen=True)
class Attached:
    """A file to put into a PDF as the data behind it: `kind` is its media type, `says` a line about it."""

    name: str
    content: bytes
    says: str
    dated: date
    kind: str = "application/json"


class BundledOnly(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
    """Gives the bundled fonts and pictures under `paper:` and a PNG that stands in the page itself (a logo); refuses every other
    address, file or network."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("paper", "data"), allow_redirects=False, fail_on_errors=True)

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:  # noqa: ARG002  # the engine's signature
        """The bundled file, the picture of a code, or the logo that the address is; raises ValueError for anything else."""
        if url.startswith(INSIDE):
            return URLFetcherResponse(url, b64decode(url.removeprefix(INSIDE), validate=True), {"Content-Type": "image/png"})
        code = _CODE.fullmatch(url)
        if code:
            return URLFetcherResponse(url, codes.drawn(code[1]), {"Content-Type": "image/png"})
        link = _LINK.fullmatch(url)
        if link:
            return URLFetcherResponse(url, codes.drawn_link(link[1]), {"Content-Type": "image/png"})
        found = _BUNDLED.fullmatch(url)
        if not found:
            raise ValueError("papers read bundled files only")
        name = found[1]
        content = (resource_dir("static") / name).read_bytes()
        return URLFetcherResponse(url, content, {"Content-Type": _TYPES[name.rsplit(".", 1)[1]]})


_EMPTY = re.compile(r"<(br|col|img|meta)\b([^>]*?)/?>")
_SVG = '<svg xmlns="http://www.w3.org/2000/svg" '


class Page(HTML):  # type: ignore[misc]  # WeasyPrint ships no types
    """A page styled by the paper's sheet alone. Our templates are well-formed, so that they are read as XML: the engine's own
    reader of HTML takes ten times as long, and is there for a template that is not."""

    def __init__(self, html: str, fetcher: URLFetcher) -> None:
        text = _EMPTY.sub(r"<\1\2/>", html.removeprefix("<!doctype html>")).replace("<svg ", _SVG)
        try:
            root = ElementTree.fromstring(text)  # noqa: S314  # what people wrote is escaped in it, and there is no doctype
        except ElementTree.ParseError:
            super().__init__(string=html, base_url="paper:", url_fetcher=fetcher)
            return
        self.base_url, self.url_fetcher, self.media_type = "paper:", fetcher, "print"
        self.wrapper_element = ElementWrapper.from_html_root(root, content_language=None)
        self.etree_element = self.wrapper_element.etree_element

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:  # noqa: ARG002  # the engine's signature
        return []


@dataclass(frozen=True)
class Press:
    """Style, fonts and pictures ready for use; parsed once, shared by every paper.

    One paper at a time: Pango's font map is not safe for threads.
    """

    style: CSS
    fonts: FontConfiguration
    fetcher: BundledOnly
    pictures: dict[str, object] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def built(cls) -> Press:
        """Read style and fonts from disk. Raises PaperError when one is missing: the engine's own error passes every `except`."""
        fonts, fetcher = FontConfiguration(), BundledOnly()
        try:
            return cls(CSS(string=style_text(), url_fetcher=fetcher, font_config=fonts), fonts, fetcher)
        except FatalURLFetchingError as error:
            raise PaperError(str(error)) from error

    def pdf(self, html: str, attached: Attached | None = None) -> bytes:
        """Lay the page out and finish it; raises PaperError when it asks for a file that is not bundled."""
        with self.lock, _no_collecting():
            try:
                raw = Page(html, self.fetcher).write_pdf(
                    stylesheets=[self.style], font_config=self.fonts, cache=self.pictures, finisher=_add_scopes,
                    pdf_variant="pdf/a-3a", pdf_identifier=b"dirbtuve",
                    output_intent="")  # the engine would open its colour profile and leave it open; `_finished` adds it
            except FatalURLFetchingError as error:
                raise PaperError(str(error)) from error
            finally:
                for key in [one for one in self.pictures if not one.startswith("paper:img/")]:
                    del self.pictures[key]  # a code is of one statement only
        return _finished(raw, attached)


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Layout makes very many objects and drops them all at its end: looking for garbage meanwhile only costs time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


_press: list[Press] = []
_press_lock = threading.Lock()


def press() -> Press:
    """The process's one press, built at first use."""
    with _press_lock:
        if not _press:
            _press.append(Press.built())
            gc.collect()
            gc.freeze()  # style and fonts stay for good; walking them again and again took a quarter of the time
    return _press[0]


def style_text() -> str:
    """The paper style with its tokens put in place: `var()` would be worked out again for every element."""
    text = (resource_dir("static") / "paper.css").read_text(encoding="utf-8")
    tokens = dict(re.findall(r"--([a-z0-9-]+): ([^;]+);", text))
    return re.sub(r"var\(--([a-z0-9-]+)\)", lambda found: tokens[found[1]], text)


def render(template: str, title: str, dated: date, attached: Attached | None = None, /, **values: object) -> bytes:
    """A paper from `templates/documents/<template>.html`; `title` and `dated` become the PDF's title and date."""
    return press().pdf(page_html(template, title, dated, **values), attached)


def page_html(template: str, title: str, dated: date, **values: object) -> str:
    """The paper's HTML, in the language spoken now."""
    page = _templates().get_template(f"{template}.html")
    text = page.render(title=title, dated=dated, language=i18n.language(), **values)
    text = re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "", text)  # no font has letters for control characters
    return re.sub(r">\s+<", "><", text)  # white space between tags would be boxes to lay out


@cache
def _templates() -> Environment:
    """The papers' own Jinja environment: everything escaped, nothing undefined passes."""
    made = Environment(
        loader=FileSystemLoader(resource_dir("templates") / "documents"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True)
    made.globals.update(
        _=i18n.gettext, pgettext=i18n.pgettext, amount=i18n.amount, euros=i18n.euros, in_words=i18n.in_words,
        hours=i18n.hours, day=i18n.day, month_name=i18n.month_name, month_title=i18n.month_title, picture=picture,
        code_address=codes.code_address, link_address=codes.link_address)
    made.filters["fill"] = fill
    return made


@lru_cache(maxsize=256)
def picture(name: str) -> str:
    """The address of a bundled picture; an unknown name gets the spare one: a renamed picture stops no paper."""
    known = re.fullmatch(r"[a-z0-9-]+", name) and (resource_dir("static") / "img" / f"{name}.svg").is_file()
    return f"paper:img/{name if known else _SPARE_PICTURE}.svg"


def _add_scopes(document: Any, _pdf: object) -> None:
    """Say of every heading cell whether it heads a row or a column; WeasyPrint leaves that out, PDF/UA asks for it."""
    for page in document.pages:
        for box in page._page_box.descendants():
            if box.element_tag == "th" and hasattr(box, "mark"):
                row = box.element is not None and box.element.get("scope") == "row"
                box.mark["A"]["Scope"] = "/Row" if row else "/Column"


def _finished(raw: bytes, attached: Attached | None = None) -> bytes:
    """The PDF/UA identifier beside the PDF/A one, plain metadata, the title in the window, what is attached."""
    with pikepdf.open(BytesIO(raw)) as pdf:
        metadata = pdf.Root.Metadata.read_bytes().replace(b"</rdf:RDF>", _UA_IDENTIFIER + b"</rdf:RDF>")
        pdf.Root.Metadata = pikepdf.Stream(pdf, metadata, Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)
        profile = pikepdf.Stream(pdf, _colours(), N=3)
        pdf.Root.OutputIntents = pikepdf.Array([pikepdf.Dictionary(
            Type=pikepdf.Name.OutputIntent, S=pikepdf.Name.GTS_PDFA1, OutputConditionIdentifier="sRGB", Info="sRGB",
            DestOutputProfile=pdf.make_indirect(profile))])
        pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        if attached is not None:
            _attach(pdf, attached)
        return saved(pdf)


def _attach(pdf: pikepdf.Pdf, attached: Attached) -> None:
    """A file inside the file, named as the data behind the whole document (PDF/A-3 asks for both)."""
    params = pikepdf.Dictionary(Size=len(attached.content), ModDate=f"D:{attached.dated:%Y%m%d}000000Z")
    stream = pdf.make_indirect(pikepdf.Stream(
        pdf, attached.content, Type=pikepdf.Name.EmbeddedFile, Subtype=pikepdf.Name(f"/{attached.kind}"), Params=params))
    file = pdf.make_indirect(pikepdf.Dictionary(
        Type=pikepdf.Name.Filespec, F=attached.name, UF=attached.name, Desc=attached.says, AFRelationship=pikepdf.Name.Data,
        EF=pikepdf.Dictionary(F=stream, UF=stream)))
    pdf.Root.AF = pikepdf.Array([file])
    pdf.Root.Names = pikepdf.Dictionary(EmbeddedFiles=pikepdf.Dictionary(Names=pikepdf.Array([attached.name, file])))


@cache
def _colours() -> bytes:
    """The sRGB profile that travels with the engine: what the papers' colours mean."""
    return (files("weasyprint.pdf") / "sRGB2014.icc").read_bytes()


def saved(pdf: pikepdf.Pdf) -> bytes:
    """The file's bytes, its identifier made from its content."""
    out = BytesIO()
    pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()
