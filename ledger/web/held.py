"""An entry that was written down without a network and comes now: who logged it, when the device says it was, and the short answers
that the queue on the device reads instead of a page.

The queue holds no token: it signs nobody in and lets nobody do anything. The stamp only says, in our own hand, who was signed in on
the device when the entry was written; whoever sends it must be signed in and allowed to write it down themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, abort, current_app, g, has_request_context, jsonify, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.exceptions import HTTPException

from ledger.i18n import gettext as _

FIELDS = frozenset({"logged_by", "logged_at"})
"""What an entry of the queue carries beside the fields of its form."""
LONGEST = 40


@dataclass(frozen=True)
class Held:
    """Who logged the entry (an account's reference), in which workshop (its row number), and the device's clock then, as text."""

    account: str
    workshop: int
    at: str


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="logged by")


def stamp(account: str, workshop: int) -> str:
    """What a device puts on the entries of this account."""
    return str(_signer().dumps([account, workshop]))


def comes_late() -> bool:
    """Whether this request brings an entry of a device's queue. One that is too large to be read brings none."""
    try:
        return has_request_context() and request.method == "POST" and "logged_by" in request.form
    except HTTPException:
        return False


def held() -> Held | None:
    """The entry that this request brings, None for one that is made now. A stamp that is not ours ends the request (400)."""
    if not comes_late():
        return None
    if "held" not in g:
        try:
            account, workshop = _signer().loads(request.form["logged_by"])
        except (BadSignature, ValueError, TypeError):
            abort(400)
        g.held = Held(str(account), int(workshop), request.form.get("logged_at", "")[:LONGEST])
    return g.held  # type: ignore[no-any-return] # what stands above


def answer(status: int, said: Sequence[str] = ()) -> Response:
    """What the queue is told: 204 it is written down; else why not."""
    if status == 204:
        return Response(status=204)
    told = jsonify(said=" ".join(said) or _("This could not be written down."))
    told.status_code = status
    return told
