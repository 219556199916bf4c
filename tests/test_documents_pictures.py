"""Pictures from phones and folders: made smaller, written anew, and what is none is told in a word (attacks.md row 71)."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import photographed
import pytest
from PIL import Image

from ledger.core.faults import Refused
from ledger.documents import pictures


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


def declared(width: int, height: int) -> bytes:
    """A small PNG that says it is so large."""
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def webp(width: int, height: int) -> bytes:
    """The head of a WebP that says it is so large."""
    body = b"VP8X" + struct.pack("<I", 10) + bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def test_a_photo_is_made_smaller_and_keeps_its_shape():
    made = pictures.photo(photographed.picture(4000, 3000))
    assert (made.width, made.height) == opened(made.large).size == (1280, 960)
    assert opened(made.small).size == (320, 240)
    assert opened(made.large).format == opened(made.small).format == "JPEG"


def test_a_small_photo_is_not_blown_up():
    assert opened(pictures.photo(photographed.picture(40, 30)).large).size == (40, 30)


def test_where_when_and_with_what_it_was_taken_is_gone_and_it_stands_upright():
    sent = photographed.from_a_phone(400, 300)
    assert opened(sent).getexif().get_ifd(0x8825)
    made = pictures.photo(sent)
    for one in (made.large, made.small):
        assert not opened(one).getexif()
        assert not {"exif", "comment", "icc_profile", "xmp", "photoshop"} & set(opened(one).info)
        assert b"slaptas" not in one
        assert b"Exif" not in one
    assert opened(made.large).size == (300, 400)


@pytest.mark.parametrize("turned", range(1, 9))
def test_a_photo_stands_upright_however_the_phone_was_held(turned):
    exif = Image.Exif()
    exif[0x0112] = turned
    upright = Image.new("RGB", (300, 200), "white")
    upright.paste((200, 0, 0), (0, 0, 100, 60))
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    held = upright if turned == 1 else upright.transpose(Image.Transpose(back[turned]))
    out = BytesIO()
    held.save(out, "JPEG", exif=exif, quality=95)
    made = opened(pictures.photo(out.getvalue()).large)
    assert made.size == (300, 200)
    red, green, _ = made.getpixel((30, 20))
    assert red > 150
    assert green < 80


def test_a_file_that_is_two_things_at_once_becomes_a_picture_only():
    made = pictures.photo(photographed.picture() + b"<script>alert(1)</script>PK\x03\x04 %PDF-1.7 <?php")
    for trace in (b"script", b"PK\x03\x04", b"%PDF", b"php"):
        assert trace not in made.large + made.small


@pytest.mark.parametrize(("kind", "mode", "colour", "seen"), [
    ("PNG", "RGBA", (0, 0, 0, 0), (255, 255, 255)), ("PNG", "P", 0, None), ("PNG", "1", 1, (255, 255, 255)),
    ("PNG", "I;16", 30000, (117, 117, 117)), ("PNG", "LA", (10, 255), (10, 10, 10)), ("WEBP", "RGB", (9, 9, 9), None),
    ("JPEG", "CMYK", (0, 0, 0, 0), (255, 255, 255)), ("JPEG", "L", 200, (200, 200, 200))])
def test_every_honest_kind_is_read(kind, mode, colour, seen):
    made = opened(pictures.photo(photographed.picture(50, 40, kind, mode=mode, colour=colour)).large)
    assert (made.mode, made.size) == ("RGB", (50, 40))
    assert seen is None or made.getpixel((20, 20)) == seen


@pytest.mark.parametrize(("sent", "code"), [
    (b"", "photo_missing"), (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo_kind"), (b"GIF89a" + bytes(50), "photo_kind"),
    (b"%PDF-1.7", "photo_kind"), (bytes(4) + b"ftypheic" + bytes(40), "photo_heic"), (b"\xff\xd8", "photo_kind"),
    (photographed.picture()[:400], "photo_broken"), (b"\xff\xd8" + b"\xff\xda" * 101, "photo_broken"),
    (declared(40_000, 40_000), "photo_dots"), (declared(6_000, 6_000), "photo_dots"),
    (webp(16_000, 16_000), "photo_dots"), (webp(50, 50), "photo_broken"), (bytes(pictures.MOST_BYTES + 1), "photo_large")])
def test_what_is_no_photo_is_told_before_any_dot_is_decoded(sent, code, monkeypatch):
    if code != "photo_broken":
        monkeypatch.setattr(Image.Image, "thumbnail", None)  # would decode
    with pytest.raises(Refused) as told:
        pictures.photo(sent)
    assert (told.value.code, told.value.field) == (code, "photo")


def test_a_large_photo_of_a_camera_is_read_but_not_one_drawn_in_passes():
    large = photographed.picture(7000, 5000)
    assert pictures.photo(large).width == 1280
    with pytest.raises(Refused, match="photo_dots"):
        pictures.photo(photographed.picture(7000, 5000, progressive=True))


def test_a_logo_is_a_png_on_white():
    made = pictures.logo(photographed.picture(1000, 300, "PNG", mode="RGBA", colour=(0, 0, 0, 0)))
    assert (opened(made.png).format, opened(made.png).size) == ("PNG", (made.width, made.height))
    assert made.width == pictures.LOGO
    assert opened(made.png).convert("RGB").getpixel((5, 5)) == (255, 255, 255)
