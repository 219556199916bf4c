"""The parts of a workbook (XLSX, ODS): a ZIP with XML in it, opened so that no file takes memory or time beyond its bounds.

What a file declares is looked at before anything is unpacked; what is unpacked is counted all the same. XML is read as a stream,
and a document type, where entities are declared, ends the reading.
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NoReturn
from xml.parsers.expat import ExpatError, ParserCreate
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from ledger.core.csvfile import MOST_BYTES, Unreadable

MOST_UNPACKED = 100_000_000
"""Bytes of all parts together; a shop's 30,000 rows have some 12 million."""
PLAIN_SIZE = 5_000_000
MOST_RATIO = 200
"""So many times a file may grow that unpacks to more than PLAIN_SIZE; real sheets grow ten to thirty times."""
MOST_PARTS = 2000
MOST_ELEMENTS = 8_000_000
MOST_DEPTH = 100
MOST_LETTERS = 20_000_000
LONGEST_TOKEN = 2_000_000
"""Bytes that may be read without an element beginning, such as a giant attribute or text."""
_CHUNK = 1 << 16
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BROKEN = (BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError, OverflowError)

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Letters = Callable[[str], None]


@dataclass
class Bounds:
    """What one workbook may still take, all its parts together."""

    elements: int = MOST_ELEMENTS
    letters: int = MOST_LETTERS

    def take_letters(self, count: int) -> None:
        """So much text is kept; raises Unreadable when it is more than any file may have."""
        self.letters -= count
        if self.letters < 0:
            too_large()


class Parts:
    """The opened ZIP. Raises Unreadable: `workbook_*`."""

    def __init__(self, data: bytes) -> None:
        self.bounds = Bounds()
        _check_container(data)
        try:
            self._zip = ZipFile(io.BytesIO(data))
        except _BROKEN:
            broken()
        self.infos = {info.filename.replace("\\", "/"): info for info in self._zip.infolist()}
        if len(self.infos) != len(self._zip.infolist()):
            broken()
        _check_declared(list(self.infos.values()), len(data))

    def __contains__(self, name: str) -> bool:
        return name in self.infos

    def read(self, name: str, start: Start, end: End | None = None, letters: Letters | None = None) -> None:
        """Read an XML part as a stream of elements; names come without their prefix."""
        if name not in self.infos:
            broken()
        _Stream(self.bounds, start, end, letters).read(self._chunks(self.infos[name]))

    def elements(self, name: str) -> list[tuple[str, dict[str, str]]]:
        """All elements of a small part with their attributes, in order; none when the part is not there."""
        found: list[tuple[str, dict[str, str]]] = []
        if name in self.infos:
            self.read(name, lambda tag, given: found.append((tag, given)))
        return found

    def _chunks(self, info: ZipInfo) -> Iterator[bytes]:
        try:
            with self._zip.open(info) as part:
                while chunk := part.read(_CHUNK):
                    yield chunk
        except _BROKEN:
            broken()


class _Stream:
    """Expat without document types, with bounded depth, number of elements and length of what stands between them."""

    def __init__(self, bounds: Bounds, start: Start, end: End | None, letters: Letters | None) -> None:
        self.bounds, self.depth, self.seen, self.left = bounds, 0, False, bounds.elements
        self.on_start, self.on_end, self.on_letters = start, end, letters
        self.local: dict[str, str] = {}

    def read(self, chunks: Iterator[bytes]) -> None:
        parser, fed = ParserCreate(namespace_separator=" "), 0
        parser.buffer_text = True
        parser.buffer_size = _CHUNK
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        if self.on_letters is not None:
            parser.CharacterDataHandler = self.on_letters
        try:
            for chunk in chunks:
                fed, before = fed + len(chunk), self.left
                parser.Parse(chunk, False)
                fed = 0 if self.left != before else fed
                if fed > LONGEST_TOKEN:
                    too_large()
            parser.Parse(b"", True)
        except (ExpatError, UnicodeDecodeError, LookupError):
            broken()
        finally:
            self.bounds.elements = self.left

    def _doctype(self, *_given: object) -> None:
        raise Unreadable("workbook_entities", 0)

    def _start(self, tag: str, given: dict[str, str]) -> None:
        self.depth += 1
        self.left -= 1
        if self.left < 0 or self.depth > MOST_DEPTH:
            too_large()
        name = self.local.get(tag)
        if name is None:
            name = tag.rpartition(" ")[2]
            if len(self.local) < 1000:
                self.local[tag] = name
        self.on_start(name, given)

    def _end(self, tag: str) -> None:
        self.depth -= 1
        if self.on_end is not None:
            self.on_end(self.local.get(tag) or tag.rpartition(" ")[2])


def attribute(given: dict[str, str], name: str, default: str = "") -> str:
    """An attribute by its name, whatever its space."""
    found = given.get(name)
    return found if found is not None else next(
        (value for own, value in given.items() if own.rpartition(" ")[2] == name), default)


def whole(text: str, most: int) -> int:
    """A whole number from 0 to `most`; raises Unreadable("workbook_broken") for anything else."""
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) > most:
        broken()
    return int(text)


def broken() -> NoReturn:
    """The file does not hold what its format says."""
    raise Unreadable("workbook_broken", 0) from None


def too_large() -> NoReturn:
    """The file unpacks to more than any real table."""
    raise Unreadable("workbook_too_large", 0) from None


def _check_container(data: bytes) -> None:
    """Whether this is a ZIP at all; else what it is."""
    if len(data) > MOST_BYTES:
        raise Unreadable("file_too_large", 0)
    if data.startswith(_OLE):  # an old XLS, or the shell around an encrypted XLSX
        raise Unreadable("workbook_password" if _ENCRYPTED in data else "workbook_old", 0)
    if not data:
        raise Unreadable("empty_file", 0)
    if not data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        head = data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        raise Unreadable("workbook_html" if head.startswith((b"<!doctype", b"<html", b"<table", b"<meta", b"<head", b"<style"))
                         else "workbook_other", 0)


def _check_declared(infos: list[ZipInfo], size: int) -> None:
    """The sizes that the file tells of itself."""
    if any(info.flag_bits & 0x1 for info in infos):
        raise Unreadable("workbook_password", 0)
    if any(info.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for info in infos):
        broken()
    unpacked = sum(info.file_size for info in infos)
    if len(infos) > MOST_PARTS or unpacked > MOST_UNPACKED or (unpacked > PLAIN_SIZE and unpacked > MOST_RATIO * size):
        too_large()
