"""What holds for every request: its id, the language, headers, the checks before any view, and the page of each error."""

from __future__ import annotations

import secrets

from flask import Flask, Response, abort, current_app, g, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import AnonymousUserMixin, current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import DBAPIError, IntegrityError, InternalError, OperationalError
from werkzeug.exceptions import HTTPException, SecurityError

from ledger import i18n
from ledger.core.access import May, Place, can
from ledger.core.faults import Conflict, Hidden, Refused
from ledger.core.periods import civil_day
from ledger.documents.coins import purse
from ledger.records.base import NOT_NOW, sqlstate
from ledger.web import held
from ledger.web.menu import menu_of, role_word
from ledger.web.rules import KEPT, LARGEST
from ledger.web.session import now, refused_sentence, request_key, stop_reading
from ledger.web.unbroken import unbroken

LARGEST_FORM = 1024 * 1024
MOST_FIELDS = 1000
POLICY = ("default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; object-src 'none'; base-uri 'none'; "
          "form-action 'self'; frame-ancestors 'none'")


def install(app: Flask) -> None:
    """Put all of it before and after every request."""
    app.before_request(_before)
    CSRFProtect(app)
    app.after_request(_headers)
    app.teardown_request(_after)
    app.jinja_env.globals.update(
        _=i18n.gettext, ngettext=i18n.ngettext, pgettext=i18n.pgettext, fmt=i18n, purse=purse,
        request_key=request_key)
    app.jinja_env.filters["unbroken"] = unbroken
    app.context_processor(_for_templates)
    for kind, handler in ((Hidden, _hidden), (Conflict, _conflict), (Refused, _refused), (CSRFError, _no_token),
                          (SecurityError, _untrusted), (HTTPException, _http), (OperationalError, _busy),
                          (IntegrityError, _guarded), (InternalError, _guarded), (Exception, _broken)):
        app.register_error_handler(kind, handler)


def _before() -> None:
    g.request_id = secrets.token_hex(8)
    speech = i18n.use(_language())
    speech.__enter__()
    g.speech = speech
    if request.method not in ("GET", "POST"):
        abort(405)
    if any("\0" in part for part in (request.path, *request.args.values())):  # PostgreSQL takes no such text
        abort(400)
    if request.method == "POST":
        origin = request.headers.get("Origin")
        if origin is not None and origin != f"{request.scheme}://{request.host}":
            abort(403)
        _check_size()


def _check_size() -> None:
    """Werkzeug bounds multipart forms; plain ones are bounded here, before anything is hashed or parsed further."""
    if request.mimetype == "multipart/form-data":
        most = LARGEST.get(request.endpoint or "")
        if most:
            request.max_content_length = most
            if (request.content_length or 0) > most:
                abort(413)
        return
    if request.mimetype != "application/x-www-form-urlencoded":
        abort(415)
    if (request.content_length or 0) > LARGEST_FORM:
        abort(413)
    if len(request.form) > MOST_FIELDS:
        abort(400)


def _language() -> str:
    chosen = session.get("language")
    if chosen in i18n.LANGUAGES:
        return str(chosen)
    return current_user.language if request.endpoint != "static" and current_user.is_authenticated else "lt"


def _after(_error: BaseException | None) -> None:
    stop_reading()
    speech = g.pop("speech", None)
    if speech is not None:
        speech.__exit__(None, None, None)


def _headers(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=()"
    if request.endpoint in KEPT and response.status_code in (200, 304):
        response.headers["Cache-Control"] = "private, max-age=86400"
    elif request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("Cookie")
    return response


def _for_templates() -> dict[str, object]:
    signed_in = current_user.is_authenticated if request else False
    return {
        "can": _can,
        "me": current_user if signed_in else None,
        "menu": menu_of(current_user.role, request.endpoint or "") if signed_in else None,
        "role_word": role_word(current_user.role) if signed_in else "",
        "here": request.full_path.rstrip("?") if request.method == "GET" else "",
    }


def _can(name: str) -> bool:
    """Whether the signed-in account may do this: the template names a member of `May`."""
    place = Place(current_user.scope.organisation, current_user.scope.workshop, civil_day(now()))
    return can(current_user.who, May[name], place, current_user.who.person)


# ---------- errors ----------


def error_page(code: int, said: str = "") -> ResponseReturnValue:
    """The page of an error: what happened, what to do next, in the reader's language; nothing of the inside."""
    if held.comes_late():
        return held.answer(code, [said] if said else [])
    number = g.get("request_id", "") if code >= 500 else ""
    body = render_template("errors/error.html", code=code, home=url_for("signing.home"), retry="", number=number, said=said)
    headers = {"Retry-After": "900"} if code == 429 else {"Retry-After": "30"} if code == 503 else {}
    return body, code, headers


def _hidden(_error: Hidden) -> ResponseReturnValue:
    return error_page(404)


def _conflict(error: Conflict) -> ResponseReturnValue:
    return error_page(409, refused_sentence(error))


def _refused(error: Refused) -> ResponseReturnValue:
    return error_page(422, refused_sentence(error))


def _no_token(_error: CSRFError) -> ResponseReturnValue:
    return error_page(401 if held.comes_late() else 400)  # the queue fetches another token and tries again


def _untrusted(_error: SecurityError) -> ResponseReturnValue:
    """A host that is not ours: no page is built, for every address in it would be of that host."""
    return Response(i18n.gettext("This address is not served here."), 400, mimetype="text/plain")


def _http(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if 300 <= code < 400:
        return error
    return error_page(code)


def _busy(error: DBAPIError) -> ResponseReturnValue:
    current_app.logger.error("%s database not to be had: %s", g.get("request_id"), type(error.orig).__name__)
    if "_login_user" not in g:  # it was not to be had when asked who this is: the page of the error does not wait for it again
        g._login_user = AnonymousUserMixin()
    return error_page(503)


def _guarded(error: IntegrityError | InternalError) -> ResponseReturnValue:
    """A guard of the database refused what the actions let through: nothing was changed."""
    if sqlstate(error) in NOT_NOW:
        return _busy(error)
    told = str(error.orig).partition("\n")[0][:120]  # further lines of PostgreSQL tell the row's values
    current_app.logger.error("%s a guard of the database refused: %s", g.get("request_id"), told)
    return error_page(409)


def _broken(error: Exception) -> ResponseReturnValue:
    current_app.logger.error("%s broken", g.get("request_id"), exc_info=error)
    return error_page(500)
