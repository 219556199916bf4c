"""Many papers in one file: a ZIP to keep, one PDF to print."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from io import BytesIO

import pikepdf

from ledger.documents.pdf import saved
from ledger.i18n import language

_EARLIEST = (1980, 1, 1, 0, 0, 0)


def zip_of(files: Sequence[tuple[str, bytes]]) -> bytes:
    """A ZIP of named files, sorted by name, the same bytes for the same files.

    Raises ValueError when two names become the same.
    """
    named = sorted((safe_name(name), content) for name, content in files)
    if len({name.casefold() for name, _ in named}) < len(named):
        raise ValueError("two files in one ZIP have the same name")
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in named:
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.create_system, entry.external_attr, entry.compress_type = 3, 0o600 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return out.getvalue()


def safe_name(name: str) -> str:
    """A file name without folders and with letters, digits, dot, dash and underscore only."""
    return re.sub(r"[^\w.-]+", "-", name).strip(".-") or "-"


def one_pdf(files: Sequence[bytes], title: str) -> bytes:
    """All papers in one PDF for the printer, each starting on a right-hand page. Raises ValueError for no files.

    The archived papers stay the accessible ones: the joined file carries text and title, not the tags.
    """
    if not files:
        raise ValueError("nothing to print")
    with pikepdf.new() as whole:
        for content in files:
            _append(whole, content)
        whole.Root.Lang = pikepdf.String(language())
        whole.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        whole.docinfo["/Title"] = title
        return saved(whole)


def _append(whole: pikepdf.Pdf, content: bytes) -> None:
    if len(whole.pages) % 2:
        box = whole.pages[-1].mediabox
        whole.add_blank_page(page_size=(float(box[2]), float(box[3])))
    with pikepdf.open(BytesIO(content)) as part:
        for page in part.pages:
            if "/StructParents" in page:
                del page["/StructParents"]
        whole.pages.extend(part.pages)
