"""Without a network: the script that stands between the pages and the network, the page that it shows then, and what a device keeps
for it.

A device keeps products and, where it is registered, one roster: random references, first names and planned hours of one workshop.
Nothing else about people is sent for keeping, and `static/queue.js` keeps it encrypted, for a week at most.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from flask import Response, current_app, jsonify, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm import Session

from ledger.actions import board as group
from ledger.actions.sales import CHANNELS
from ledger.core.access import May
from ledger.core.till import Way
from ledger.i18n import gettext as _
from ledger.records import days, organisation, people, production
from ledger.records.people import Named
from ledger.records.vault import fingerprint
from ledger.web import held, identity, lot_steps
from ledger.web.board import ABSENT, MARKS
from ledger.web.lot_form import lot_form
from ledger.web.lot_steps import Offer
from ledger.web.rules import Open, Room
from ledger.web.selling_words import step_of
from ledger.web.session import Turn
from ledger.web.till import NOTES_GIVEN, till_form

room = Room("offline")

AHEAD = timedelta(days=7)
"""How long a device keeps the roster: who is here within it is on it."""
KEPT_KINDS = (".css", ".js", ".woff2", ".svg")


@dataclass(frozen=True)
class Blank:
    """Stands in the page for a person or a product; the device puts its own in its place."""

    ref: str = "blank"
    name: str = "…"
    picture: str = "kitas"
    photo_ref: None = None
    unit: str = "vnt"


@cache
def _files(root: str) -> tuple[tuple[str, ...], str]:
    """What the page without a network needs of static files, and a hash of it: another one is another script."""
    found = sorted(one for one in Path(root).rglob("*") if one.suffix in KEPT_KINDS and one.name != "sw.js")
    told = hashlib.sha256()
    for one in found:
        told.update(one.name.encode() + one.read_bytes())
    return tuple(one.relative_to(root).as_posix() for one in found), told.hexdigest()[:16]


@room.get("/sw.js", Open.EVERYBODY)
def worker(_turn: Turn) -> ResponseReturnValue:
    """The service worker, at the root, so that every page is under it."""
    root = Path(str(current_app.static_folder))
    files, version = _files(str(root))
    kept = [url_for("offline.page"), *(url_for("static", filename=name) for name in files)]
    head = f"const VERSION = {json.dumps(version)};\nconst FILES = {json.dumps(kept)};\n"
    return Response(head + (root / "sw.js").read_text("utf-8"), mimetype="text/javascript")


@room.get("/offline", Open.EVERYBODY)
def page(_turn: Turn) -> ResponseReturnValue:
    """The page that is shown when there is no network: nobody's data is in it."""
    blank = Blank()
    lot = lot_form([blank], Offer({"blank": ()}))()  # type: ignore[list-item] # has what the form reads
    till: Any = till_form([blank], (), True, channel=CHANNELS[0])  # type: ignore[list-item] # likewise
    till.way.choices = [one for one in till.way.choices if one.value != Way.TRANSFER]
    return render_template(
        "offline/page.html", lot=lot, form=till, blank=[blank], prices={"blank": 0}, notes=NOTES_GIVEN,
        step_of=step_of, reasons=[(code, _(MARKS[code])) for code in ABSENT])


@room.get("/offline/ready", Open.EVERYBODY)
def ready(turn: Turn) -> ResponseReturnValue:
    """A fresh token for what waits on the device, of which workshop, and whether the device is still registered: one that was
    voided forgets its roster. Nobody is signed in: nothing is sent."""
    if not current_user.is_authenticated or turn.doing.who.person is not None:
        return jsonify(token="", workshop="", registered=_registered(turn.session, 0))
    return jsonify(token=generate_csrf(), workshop=turn.doing.workshop().ref,
                   registered=_registered(turn.session, turn.doing.scope.workshop))


@room.get("/offline/roster", Open.SIGNED_IN)
def roster(turn: Turn) -> ResponseReturnValue:
    """What this device keeps for days without a network, by what the account may write down; nothing for who writes nothing."""
    doing = turn.doing
    board, till = doing.can(May.LOG_PRODUCTION), doing.can(May.SELL)
    if doing.who.person is not None or not (board or till):
        return jsonify(stamp="", people=[])
    registered = _registered(turn.session, doing.scope.workshop)
    place, provider = doing.workshop(), organisation.get_organisation(turn.session, doing.scope)
    products = production.products(turn.session, doing.scope)
    return jsonify(
        account=doing.who.account, name=doing.who.name, stamp=held.stamp(doing.who.account, doing.scope.workshop),
        workshop=place.ref, place=place.name, scope=doing.scope.workshop, registered=registered, vat=provider.vat_payer,
        people=_people(turn) if board and registered else [],
        products=[{"ref": one.ref, "name": one.name, "picture": one.picture, "unit": one.unit,
                   "price": one.on(doing.today).price_cents} for one in products],
        steps=lot_steps.offer(turn, products).told() if board else {})


def _registered(books: Session, workshop: int) -> bool:
    """Whether this device is one of the workshop's (0: of any)."""
    token = identity.device_token()
    device = organisation.find_device(books, fingerprint(token)) if token else None
    return device is not None and workshop in (0, device.workshop_id)


def _people(turn: Turn) -> list[dict[str, object]]:
    doing = turn.doing
    named = people.here_between(people.participants(turn.session, doing.vault, doing.scope), doing.today, doing.today + AHEAD)
    turn.saw([one.person.ref for one in named])
    plans = [days.planned(turn.session, doing.scope, doing.today + timedelta(days=more)) for more in range(7)]
    called = first_names(named)
    return [{"ref": one.ref, "name": called[one.ref],
             "minutes": {(doing.today + timedelta(days=more)).isoformat(): plan.get(one.id, group.USUAL_MINUTES)
                         for more, plan in enumerate(plans)}} for one in named]


def first_names(named: Sequence[Named]) -> dict[str, str]:
    """First names, with as much of the surname as tells two of the same name apart; their number when nothing does."""
    told = {one.ref: one.identity.first for one in named}
    for told_apart in (lambda one: f"{one.identity.first} {one.identity.last[:1]}.", lambda one: one.identity.full,
                       lambda one: f"{one.identity.full} ({one.person.number})"):
        count = Counter(told.values())
        told |= {one.ref: told_apart(one) for one in named if count[told[one.ref]] > 1}
    return told
