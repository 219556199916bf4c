"""Photos and logos as they come from a phone or a folder: looked at before they are decoded, made smaller, written anew.

What comes out is our own file of the dots alone: no place, no time, no camera, no other file hidden in it. Bytes in, bytes out.
"""

from __future__ import annotations

import struct
import warnings
import zlib
from base64 import b64encode
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image, UnidentifiedImageError

from ledger.core.faults import Refused

MOST_BYTES = 12 * 1024 * 1024
"""A larger file is no photo of a phone's camera."""
MOST_DOTS, MOST_WHOLE = 64_000_000, 25_000_000
"""So many dots a JPEG may have, which is decoded smaller at once; and one that stands whole in memory first: drawn in passes, or
of another kind."""
MOST_SCANS = 100
"""A JPEG is drawn in at most so many passes; honest ones have some ten, and each costs as much as the first."""
LARGE, SMALL, LOGO = 1280, 320, 480
"""The longer side of a photo, of its small one, and of a logo, in dots."""
QUALITY = 82
INSIDE = "data:image/png;base64,"
"""How the address of a picture begins that stands in the page itself."""
_READ = ("JPEG", "PNG", "WEBP")
_HEIC = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif")
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_90}
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, OverflowError, struct.error, zlib.error)

# Whatever opens a picture in this process: one with more dots than this is not decoded.
Image.MAX_IMAGE_PIXELS = MOST_DOTS
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)


@dataclass(frozen=True)
class Photo:
    """A photo ready to be kept: two JPEG files, and the size of the larger one in dots."""

    large: bytes
    small: bytes
    width: int
    height: int


@dataclass(frozen=True)
class Drawn:
    """A logo: a PNG file and its size in dots."""

    png: bytes
    width: int
    height: int

    @property
    def address(self) -> str:
        """The picture itself as an address, for a paper."""
        return INSIDE + b64encode(self.png).decode()

    def wide(self, width: int, height: int) -> str:
        """How wide it is on paper to fit into so many millimetres: 40.0."""
        tenths = min(10 * width, 10 * height * self.width // self.height)
        return f"{tenths // 10}.{tenths % 10}"


def photo(data: bytes) -> Photo:
    """A photo of 1280 dots at most and a small one of 320, upright, on white where it was clear. Slow: outside a transaction.

    Raises Refused at `photo` for what is no photo, too large, broken, or larger inside than it seems.
    """
    picture = _read(data, (LARGE, LARGE))
    small = picture.copy()
    small.thumbnail((SMALL, SMALL))
    return Photo(_jpeg(picture), _jpeg(small), picture.width, picture.height)


def logo(data: bytes) -> Drawn:
    """A logo of 480 dots at most, on white. Raises Refused as `photo` does."""
    picture = _read(data, (LOGO, LOGO))
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return Drawn(out.getvalue(), picture.width, picture.height)


def _jpeg(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def _read(data: bytes, most: tuple[int, int]) -> Image.Image:
    """The dots alone, upright and not larger than asked; a fresh picture that nothing else hangs on."""
    _look(data)
    try:
        found = Image.open(BytesIO(data), formats=_READ)
        whole = found.format not in ("JPEG", "MPO") or found.info.get("progressive")
        _check_dots(found.width * found.height, MOST_WHOLE if whole else MOST_DOTS)
        turned = _UPRIGHT.get(_turn(found))
        found.thumbnail(most)  # of a JPEG only as many dots are decoded as are needed
        clean = _on_white(found)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("photo_dots", at="photo", most=MOST_DOTS // 1_000_000) from None
    except UnidentifiedImageError:
        raise Refused("photo_kind", at="photo") from None
    except _BROKEN:
        raise Refused("photo_broken", at="photo") from None
    return clean if turned is None else clean.transpose(turned)


def _look(data: bytes) -> None:
    """What can be told from the bytes alone, before anything is opened."""
    if not data:
        raise Refused("photo_missing", at="photo")
    if len(data) > MOST_BYTES:
        raise Refused("photo_large", at="photo", most=MOST_BYTES // 1024 // 1024)
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC:
        raise Refused("photo_heic", at="photo")
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        _check_dots(_webp_dots(data), MOST_WHOLE)  # its decoder takes the memory for all dots when it is opened
    elif data[:2] == b"\xff\xd8":
        if data.count(b"\xff\xda") > MOST_SCANS:
            raise Refused("photo_broken", at="photo")
    elif data[:8] != b"\x89PNG\r\n\x1a\n":
        raise Refused("photo_kind", at="photo")


def _check_dots(dots: int, most: int) -> None:
    if dots > most:
        raise Refused("photo_dots", at="photo", most=most // 1_000_000)


def _webp_dots(data: bytes) -> int:
    """How many dots a WebP file says it has; 0 for one that is none."""
    kind, head = data[12:16], data[20:30]
    if len(head) < 10:
        return 0
    if kind == b"VP8X":
        return (int.from_bytes(head[4:7], "little") + 1) * (int.from_bytes(head[7:10], "little") + 1)
    if kind == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        return ((bits & 0x3FFF) + 1) * ((bits >> 14 & 0x3FFF) + 1)
    return (int.from_bytes(head[6:8], "little") & 0x3FFF) * (int.from_bytes(head[8:10], "little") & 0x3FFF)


def _turn(found: Image.Image) -> int:
    """How the camera was held; 0 when the file does not say, or says it so that nobody can read it."""
    try:
        return int(found.getexif().get(_ORIENTATION, 0))
    except _BROKEN:
        return 0


def _on_white(found: Image.Image) -> Image.Image:
    if found.mode.startswith("I"):  # 16 bits of grey
        found = found.convert("I").point(_to_8_bits).convert("L")
    clean = Image.new("RGB", found.size, "white")
    if found.has_transparency_data:
        clear = found.convert("RGBA")
        clean.paste(clear, mask=clear.getchannel("A"))
    else:
        clean.paste(found.convert("RGB"))
    return clean


def _to_8_bits(value: Any) -> Any:  # Any: Pillow hands in a sum of its own making
    return value * (1 / 256)
