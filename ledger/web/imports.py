"""Bringing files in: a look that keeps nothing, then taking all of it or none. In between the page itself carries the files."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from pathlib import PurePath

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, TextAreaField

from ledger import i18n
from ledger.actions import import_files
from ledger.actions import imports as actions
from ledger.actions.import_files import Sent
from ledger.core.access import May
from ledger.core.csvfile import Table
from ledger.core.faults import Fault, Hidden
from ledger.core.imported import Kind, Reading
from ledger.core.imports import FILES
from ledger.i18n import gettext as _
from ledger.i18n import lazy_text, mark
from ledger.records import people
from ledger.sentences import fault_text
from ledger.web.forms import Form
from ledger.web.import_words import MOST_CHANGES, changes, place_of, previews
from ledger.web.rules import Open, Room
from ledger.web.session import Turn

room = Room("imports")

MOST_BYTES = 20_000_000
MOST_CARRIED = 900_000
"""How many characters the page carries to the second step; larger files are chosen again."""
MOST_UNPACKED = 24_000_000
MOST_FAULTS = 1000
ENDINGS = (".xlsx", ".ods")
"""What a file may be besides CSV."""
WORDS = {
    "dalyviai.csv": mark("participants"), "gaminiai.csv": mark("products and prices"), "lankomumas.csv": mark("attendance"),
    "gamyba.csv": mark("lots"), "pardavimai.csv": mark("sales")}


class TakeForm(Form):
    """The files that were looked at, and why rows of an approved month come late."""

    carried = HiddenField()
    late_reason = TextAreaField(lazy_text("Why rows of an approved month come late"), description=lazy_text(
        "The approved month stays as it is. These rows are kept with the reason and wait for a correction."))


def _kinds(turn: Turn) -> list[str]:
    """The files that this role brings in; raises Hidden when there are none."""
    allowed = [name for name in FILES if turn.doing.can(actions.PERMISSIONS[name])]
    if not allowed:
        raise Hidden
    return allowed


@room.get("/import", Open.SIGNED_IN)
def page(turn: Turn) -> ResponseReturnValue:
    """Where files are chosen."""
    return _page(turn)


def _page(turn: Turn, said: str = "") -> str:
    return render_template("imports/page.html", kinds=[(name, _(WORDS[name])) for name in _kinds(turn)], endings=ENDINGS,
                           said=said)


@room.post_outside("/import/look", Open.SIGNED_IN, keyed=False)
def look(turn: Turn) -> ResponseReturnValue:
    """How the files would be taken; nothing is kept."""
    _kinds(turn)
    files = _sent()
    if not files:
        return _page(turn, _("Choose at least one file.")), 422
    return _looked(turn, files, TakeForm())


@room.get("/import/look", Open.SIGNED_IN)
def look_again(turn: Turn) -> ResponseReturnValue:
    """Who comes back to this address without files chooses them."""
    return _page(turn)


@room.post("/import/take", Open.SIGNED_IN)
def take(turn: Turn) -> ResponseReturnValue:
    """Take all rows of the files, or none."""
    _kinds(turn)
    form = TakeForm.sent()
    files = _sent() or _unpacked(form.carried.data or "")
    if not files:
        return _page(turn, _("Choose the files again: nothing was taken.")), 422
    mine, _others = _split(turn, actions.sent(turn.doing, files))
    done: list[Reading] = []
    return turn.submit(
        form, act=lambda: done.append(actions.bring_in(turn.doing, mine, form.late_reason.data or "")),
        then=lambda: url_for("month.newest") if turn.doing.can(May.SEE_MONTH) else url_for("imports.page"),
        again=lambda: _looked(turn, files, form), said=_("The files are brought in: every row of them is in the books now."))


# ---------- the files on their way ----------


def _sent() -> dict[str, bytes]:
    """The chosen files by name, folders taken off; 413 for one that is too large."""
    files: dict[str, bytes] = {}
    for upload in request.files.getlist("files"):
        name = PurePath((upload.filename or "").replace("\\", "/")).name
        if name:
            files[name[:120]] = upload.stream.read(MOST_BYTES + 1)  # not closed: a request that is done again reads it again
    if any(len(data) > MOST_BYTES for data in files.values()):
        abort(413)
    return files


def packed(files: Mapping[str, bytes]) -> str:
    """The files as one text for a hidden field; "" when they are too large for a page."""
    plain = json.dumps({name: base64.b64encode(data).decode() for name, data in files.items()}).encode()
    text = base64.b64encode(zlib.compress(plain)).decode()
    return text if len(text) <= MOST_CARRIED else ""


def _unpacked(text: str) -> dict[str, bytes]:
    """The files of a hidden field; none when it is not one that `packed` made."""
    if not text or len(text) > MOST_CARRIED:
        return {}
    try:
        reader = zlib.decompressobj()
        plain = reader.decompress(base64.b64decode(text, validate=True), MOST_UNPACKED)
        if reader.unconsumed_tail:
            return {}
        data = json.loads(plain)
        return {str(name)[:120]: base64.b64decode(str(content), validate=True) for name, content in data.items()}
    except (ValueError, AttributeError, zlib.error, binascii.Error, RecursionError):
        return {}


def _split(turn: Turn, tables: Mapping[str, Sent]) -> tuple[dict[str, Sent], list[str]]:
    """The tables that this role brings in (and those that nobody reads), and the names of those that others bring in."""
    allowed = _kinds(turn)
    kinds = {name: import_files.kind_of(name, table) for name, table in tables.items()}
    others = [name for name, kind in kinds.items() if kind and kind not in allowed]
    return {name: table for name, table in tables.items() if name not in others}, others


# ---------- what the look shows ----------


def _looked(turn: Turn, files: Mapping[str, bytes], form: TakeForm) -> str:
    mine, others = _split(turn, actions.sent(turn.doing, files))
    reading = actions.read(turn.doing, mine)
    found = changes(reading)
    turn.saw(_seen(turn, reading))
    taken = reading.taken
    sheets = [name for name in reading.not_read if isinstance(mine[name], Table)]
    return render_template(
        "imports/look.html", reading=reading, form=form, carried=packed(files), others=others, sheets_not_read=sheets,
        files_not_read=[name for name in reading.not_read if name not in sheets],
        faults=_faults(reading), all_faults=len(reading.faults), shown_faults=min(MOST_FAULTS, len(reading.faults)),
        counted={name: sum(one.severity == name for one in reading.faults) for name in ("refused", "late", "warning")},
        counts=[(place_of(reading, name), _(WORDS[name]), taken[name.removesuffix(".csv")]) for name in FILES
                if any(one.file == name for one in reading.previews)],
        totals=_totals(reading), previews=previews(reading), changes=found[:MOST_CHANGES], all_changes=len(found),
        may_take=not reading.refused and bool(reading.previews),
        rows=sum(one.new + one.changed for one in taken.values()))


def _faults(reading: Reading) -> list[tuple[str, str, list[tuple[Fault, str]]]]:
    """The first faults by file, with their sentences: an id for its table, where it stands, the faults by line."""
    faults = sorted(reading.faults, key=lambda one: (FILES.index(one.file) if one.file in FILES else -1, one.line))
    groups: dict[str, list[tuple[Fault, str]]] = {}
    for one in faults[:MOST_FAULTS]:
        groups.setdefault(one.file, []).append((one, fault_text(one)))
    return [(file.removesuffix(".csv") if file in FILES else f"file-{number}", place_of(reading, file), rows)
            for number, (file, rows) in enumerate(groups.items(), 1)]


def _seen(turn: Turn, reading: Reading) -> list[str]:
    """The people whose stored data stands beside what is new, or is told by a fault."""
    numbers = {str(row.key) for row in reading.participants if row.kind is Kind.CHANGED}
    numbers |= {row.key[1] for row in reading.attendance if row.kind is Kind.CHANGED}
    numbers |= {str(value) for one in reading.faults for name, value in one.values.items() if name in ("number", "other")}
    if not numbers:
        return []
    named = people.participants(turn.session, turn.doing.vault, turn.doing.scope)
    return [one.person.ref for one in named if one.person.number in numbers]


def _totals(reading: Reading) -> list[tuple[str, list[str]]]:
    """The sums over the sound rows: a word and what belongs to it."""
    files, totals = {one.file for one in reading.previews}, reading.totals
    found = []
    if "lankomumas.csv" in files:
        found.append((_("Hours attended"), [i18n.hours(totals.minutes)]))
    if "gamyba.csv" in files:
        found.append((_("Good ones made"), _quantities(totals.made)))
    if "pardavimai.csv" in files:
        found.append((_("Sold, returns taken off"), _quantities(totals.sold)))
        found.append((_("Sold for, with VAT"), [i18n.money(totals.gross_cents)]))
    return found


def _quantities(sums: Mapping[str, int]) -> list[str]:
    return [f"{code} {i18n.quantity(amount)}" for code, amount in sums.items()] or [i18n.quantity(0)]
