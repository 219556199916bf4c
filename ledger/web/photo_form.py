"""The form of a photo, and how it is taken: made small while nothing is locked, then kept in one short transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage
from wtforms import FileField, StringField

from ledger.actions.doing import Doing
from ledger.core.faults import Conflict, Refused
from ledger.documents import pictures
from ledger.i18n import lazy_text
from ledger.web.forms import DayField, Form, needed
from ledger.web.session import Turn, note_event, outside_work

T = TypeVar("T")

LARGEST = pictures.MOST_BYTES + 1024 * 1024
"""A whole request with a photo in it: what has more is not read."""
ACCEPT: Mapping[str, str] = {"accept": "image/*"}
"""Of the field: a phone then offers its camera and its photos."""


class PhotoField(FileField):
    """A file that was chosen; `data` is its bytes, b"" for none. It is read when it is asked for, and its name never is."""

    @property
    def content(self) -> bytes:
        """The bytes, one more than a photo may have at most."""
        found: FileStorage | None = request.files.get(self.name)
        if found is None:
            return b""
        found.stream.seek(0)
        return found.stream.read(pictures.MOST_BYTES + 1)


class PhotoForm(Form):
    """A photo."""

    photo = PhotoField(lazy_text("Photo"), description=lazy_text(
        "JPEG, PNG or WebP, up to 12 MB. It is made smaller; where and when it was taken is removed from it."))


class LogoForm(Form):
    """The provider's logo."""

    photo = PhotoField(lazy_text("Logo"), description=lazy_text(
        "JPEG, PNG or WebP, up to 12 MB. It is made smaller; what was clear becomes white."))


class WorkPhotoForm(PhotoForm):
    """A photo of somebody's work with its day and, if one likes, a few words."""

    day = DayField(lazy_text("Day"), [needed])
    words = StringField(lazy_text("What is seen"), description=lazy_text("Not required. Write no diagnoses."))


def take(turn: Turn, form: Any, made: Callable[[bytes], T], act: Callable[[Doing, T], object], then: str,
         again: Callable[[], str], said: str, check: Callable[[], object]) -> ResponseReturnValue:
    """`check` what can be told before the picture is read, make it small, `act`; on a mistake `again` with what was typed."""
    if form.unknown_fields():
        note_event("unknown_fields")
    status = 422
    if form.validate():
        try:
            check()
            return outside_work(turn, lambda _doing: made(form.photo.content), act, then, said)
        except Refused as refused:
            form.refuse(refused)
            status = 409 if isinstance(refused, Conflict) else 422
    return again(), status
