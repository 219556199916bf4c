"""Pictures as they come from phones, and photos put where photos can be."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

from acts import act
from house import House
from PIL import Image

from ledger.actions import photos
from ledger.documents import pictures
from ledger.records import goals, production

VILNIUS = {1: "N", 2: (54.0, 41.0, 13.0), 3: "E", 4: (25.0, 16.0, 47.0)}


def picture(width: int = 400, height: int = 300, kind: str = "JPEG", *, mode: str = "RGB", colour: Any = (200, 90, 30),
            **saved: Any) -> bytes:
    """A picture file of one colour."""
    out = BytesIO()
    Image.new(mode, (width, height), colour).save(out, kind, **saved)
    return out.getvalue()


def from_a_phone(width: int = 400, height: int = 300) -> bytes:
    """A photo that says where and with what it was taken, and that the phone was held upright."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x9286] = 6, "Telefonas", "slaptas komentaras"
    exif.get_ifd(0x8825).update(VILNIUS)
    return picture(width, height, exif=exif, comment=b"slaptas komentaras")


def one_of_everything(house: House) -> None:
    """A product's photo, two of the first goal, a logo."""
    made = pictures.photo(picture())
    with house.opened.read() as session:
        scope = house.doing(session, "meistras").scope
        product, goal = production.products(session, scope)[0].ref, goals.goals(session, scope)[0].ref
    act(house, "meistras", photos.put_product_photo, product, made)
    for day in (date(2026, 11, 12), date(2026, 11, 13)):
        act(house, "meistras", photos.put_goal_photo, goal, day, "Supilta.", made)
    act(house, "vadovas", photos.put_logo, pictures.logo(picture(200, 80, "PNG")))
