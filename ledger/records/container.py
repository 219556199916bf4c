"""The file of a backup: a gzipped tar whose first member is its manifest, plain or, under a key, in chunks of AES-GCM.

A plain one is opened by any `tar`. An encrypted one begins with a header of its own (form, salt, check of the key); every chunk is
bound to the header, to its place and to whether it is the last, so that nothing can be changed, swapped or cut off unseen.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import re
import secrets
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.core.faults import Refused

MAGIC = b"DIRBTUVE BACKUP\n"
FORM = 1
CHUNK = 1 << 20
HEADER = len(MAGIC) + 1 + 16 + 7 + 16
MANIFEST = "manifest.json"
MEMBER = re.compile(r"(?:books|watch)(?:\.db|/[a-z_]+\.jsonl)|master\.key")


def file_hash(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write(target: Path, manifest: Mapping[str, Any], members: Mapping[str, Path], key: str) -> None:
    """Write the container and make sure that it is on the disk; encrypted when there is a key."""
    told = json.dumps({**manifest, "form": FORM, "files": {name: {"bytes": path.stat().st_size, "sha256": file_hash(path)}
                                                           for name, path in members.items()}}, ensure_ascii=False, indent=1)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        sink: Any = _Encrypting(file, key) if key else file
        with (gzip.GzipFile(fileobj=sink, mode="wb", compresslevel=3, mtime=0) as packed,
              tarfile.open(fileobj=packed, mode="w|") as tar):
            _add(tar, MANIFEST, io.BytesIO(told.encode()), len(told.encode()))
            for name, path in members.items():
                with path.open("rb") as member:
                    _add(tar, name, member, path.stat().st_size)
        if key:
            sink.end()
        file.flush()
        os.fsync(file.fileno())


def _add(tar: tarfile.TarFile, name: str, data: IO[bytes], size: int) -> None:
    told = tarfile.TarInfo(name)
    told.size, told.mode = size, 0o600
    tar.addfile(told, data)


def unpack(path: Path, key: str, into: Path | None) -> dict[str, Any]:
    """The manifest of a backup, once everything in it was read and compared with its hashes; its files are put into a folder, if
    one is given. Raises Refused: backup_unknown, backup_newer_form, backup_key_missing, backup_key_wrong, backup_damaged."""
    try:
        with _packed(path, key) as packed:
            manifest = _members(packed, into)
            while packed.read(CHUNK):
                pass  # to the end: the last chunk and the sum of it all are there
        return manifest
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error, InvalidTag, ValueError, KeyError, TypeError):
        raise Refused("backup_damaged", file=path.name) from None


def _members(packed: Any, into: Path | None) -> dict[str, Any]:  # Any: what tarfile takes for a file
    manifest: dict[str, Any] = {}
    with tarfile.open(fileobj=packed, mode="r|") as tar:
        for member in tar:
            data = tar.extractfile(member)
            if data is None:
                raise ValueError(member.name)
            if not manifest:
                if member.name != MANIFEST:
                    raise ValueError(member.name)
                manifest = dict(json.load(data))
                if manifest["form"] > FORM:
                    raise Refused("backup_newer_form")
                left = dict(manifest["files"])
            else:
                _take(member, data, left.pop(member.name), into)
    if not manifest or left:
        raise ValueError("a file is missing")
    return manifest


def _take(member: tarfile.TarInfo, data: IO[bytes], wanted: Mapping[str, Any], into: Path | None) -> None:
    """Read a member to its end, into its place below the folder; ValueError when it is not what the manifest says."""
    if not MEMBER.fullmatch(member.name) or member.size != wanted["bytes"]:
        raise ValueError(member.name)
    place = into / member.name if into else Path(os.devnull)
    if into:
        place.parent.mkdir(parents=True, exist_ok=True)
    hashed = hashlib.sha256()
    with place.open("wb") as file:
        while part := data.read(CHUNK):
            hashed.update(part)
            file.write(part)
    if hashed.hexdigest() != wanted["sha256"]:
        raise ValueError(member.name)


@contextmanager
def _packed(path: Path, key: str) -> Iterator[gzip.GzipFile]:
    with path.open("rb") as file:
        begins = file.read(len(MAGIC))
        file.seek(0)
        if begins == MAGIC:
            if not key:
                raise Refused("backup_key_missing", file=path.name)
            source: Any = io.BufferedReader(_Decrypting(file, key, path.name), CHUNK)
        elif begins[:2] == b"\x1f\x8b":
            source = file
        else:
            raise Refused("backup_unknown", file=path.name)
        with gzip.GzipFile(fileobj=source, mode="rb") as packed:
            yield packed


def _derived(key: str, salt: bytes) -> tuple[AESGCM, bytes]:
    """The cipher of a key and a check that tells a wrong key from a damaged file; slow on purpose, for the key may be words."""
    made = hashlib.scrypt(key.encode(), salt=salt, n=1 << 15, r=8, p=1, maxmem=1 << 26, dklen=48)
    return AESGCM(made[:32]), made[32:]


def _nonce(prefix: bytes, place: int, *, last: bool) -> bytes:
    return prefix + place.to_bytes(4, "big") + (b"\x01" if last else b"\x00")


class _Encrypting:
    """Takes bytes and writes them on as sealed chunks; `end` writes the last one."""

    def __init__(self, file: IO[bytes], key: str) -> None:
        salt, self._prefix = secrets.token_bytes(16), secrets.token_bytes(7)
        self._cipher, check = _derived(key, salt)
        self._header = MAGIC + bytes([FORM]) + salt + self._prefix + check
        self._file, self._place, self._held = file, 0, bytearray()
        file.write(self._header)

    def write(self, data: bytes) -> int:
        """Seal what fills a chunk."""
        self._held += data
        while len(self._held) > CHUNK:
            self._seal(bytes(self._held[:CHUNK]), last=False)
            del self._held[:CHUNK]
        return len(data)

    def flush(self) -> None:
        """A chunk is written when it is full."""

    def end(self) -> None:
        """The last chunk."""
        self._seal(bytes(self._held), last=True)

    def _seal(self, data: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._prefix, self._place, last=last), data, self._header))
        self._place += 1


class _Decrypting(io.RawIOBase):
    """Reads sealed chunks; InvalidTag when one was changed, moved or cut off."""

    def __init__(self, file: IO[bytes], key: str, name: str) -> None:
        self._header = file.read(HEADER)
        if len(self._header) < HEADER:
            raise EOFError
        form, salt, self._prefix = self._header[len(MAGIC)], self._header[17:33], self._header[33:40]
        if form > FORM:
            raise Refused("backup_newer_form")
        self._cipher, check = _derived(key, salt)
        if not secrets.compare_digest(check, self._header[40:]):
            raise Refused("backup_key_wrong", file=name)
        self._file, self._place, self._held, self._next = file, 0, b"", file.read(CHUNK + 16)
        self._ended = False

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:  # Any: a writable buffer
        """As many bytes as are there, 0 at the end."""
        while not self._held and not self._ended:
            sealed, self._next = self._next, self._file.read(CHUNK + 16)
            self._ended = not self._next
            self._held = self._cipher.decrypt(_nonce(self._prefix, self._place, last=self._ended), sealed, self._header)
            self._place += 1
        count = min(len(buffer), len(self._held))
        buffer[:count], self._held = self._held[:count], self._held[count:]
        return count
