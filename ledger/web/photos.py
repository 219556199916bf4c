"""Photos: of a product, of a person's work beside a goal, on the person's own page, and the provider's logo.

A photo is given out by a view that asks who is asking, never as a file of the server. No browser keeps those of people's work.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ledger.actions import photos as actions
from ledger.core.access import May
from ledger.core.faults import Hidden
from ledger.documents import pictures
from ledger.i18n import gettext as _
from ledger.records import goals, people, photos, production
from ledger.records.goals import GoalRow
from ledger.records.people import Named
from ledger.records.photos import GoalPhoto
from ledger.web import goods
from ledger.web.papers import file
from ledger.web.photo_form import ACCEPT, LARGEST, LogoForm, PhotoForm, WorkPhotoForm, take
from ledger.web.rules import Room
from ledger.web.session import Turn

room = Room("photos")

A_PAGE = 24
OWN_PAGE = 4
"""So many photos a page of the participant's: with the way to the next ones that makes a page of easy language."""


def _jpeg(content: bytes) -> Response:
    return file(content, "nuotrauka.jpg", "image/jpeg", how="inline")


# ---------- products ----------


@room.get("/photos/<photo>/<size>.jpg", May.SEE_CARDS, kept=True)
def of_product(turn: Turn, photo: str, size: str) -> ResponseReturnValue:
    """The photo of a product. Another photo has another address, so a browser may keep it."""
    answer = _jpeg(actions.open_product_photo(turn.doing, photo, size))
    answer.set_etag(f"{photo}-{size}")
    return answer.make_conditional(request)


@room.post_outside("/products/<ref>/photo", May.KEEP_PRODUCTS, largest=LARGEST)
def put_product(turn: Turn, ref: str) -> ResponseReturnValue:
    """Give a product its photo."""
    form = PhotoForm.sent()
    return take(
        turn, form, pictures.photo, lambda doing, made: actions.put_product_photo(doing, ref, made),
        then=url_for("goods.product", ref=ref), again=lambda: goods.product_page(turn, ref, photo=form),
        said=_("The photo is saved."), check=lambda: production.get_product(turn.session, turn.doing.scope, ref))


@room.post("/products/<ref>/photo/back", May.KEEP_PRODUCTS)
def drop_product(turn: Turn, ref: str) -> ResponseReturnValue:
    """Show the product by its sign again."""
    actions.drop_product_photo(turn.doing, ref)
    return turn.go(url_for("goods.product", ref=ref), _("The photo is gone: the product is shown by its sign."))


# ---------- people's work ----------


@dataclass(frozen=True)
class Shown:
    """A photo in a list with its words."""

    row: GoalPhoto
    words: str


def shown(turn: Turn, rows: list[GoalPhoto]) -> list[Shown]:
    """Photos with what was written beside them."""
    return [Shown(row, actions.words_of(turn.doing, row)) for row in rows]


@room.get("/goals/<ref>/photos", May.SEE_GOALS)
def of_goal(turn: Turn, ref: str) -> ResponseReturnValue:
    """All photos of a goal, the newest first, and the form of another one."""
    return _goal_page(turn, ref, WorkPhotoForm(None, data={"day": turn.doing.today}))


def _goal_page(turn: Turn, ref: str, form: Any) -> str:
    goal = goals.get_goal(turn.session, turn.doing.scope, ref)
    named = _whose(turn, goal)
    count = photos.counts(turn.session, turn.doing.scope, [goal.id]).get(goal.id, 0)
    last = max(1, -(-count // A_PAGE))
    page = min(max(1, request.args.get("page", 1, type=int)), last)
    rows = photos.goal_photos(turn.session, turn.doing.scope, goal.id, skip=(page - 1) * A_PAGE, limit=A_PAGE)
    return render_template(
        "photos/goal.html", accept=ACCEPT, goal=goal, named=named, form=form, photos=shown(turn, rows), count=count, page=page,
        last=last, page_url=lambda number: url_for("photos.of_goal", ref=ref, page=number))


def _whose(turn: Turn, goal: GoalRow) -> Named:
    named = people.get_participant_by_id(turn.session, turn.doing.vault, turn.doing.scope, goal.participant_id)
    turn.saw([named.person.ref])
    return named


@room.post_outside("/goals/<ref>/photos", May.OBSERVE_GOALS, largest=LARGEST)
def put(turn: Turn, ref: str) -> ResponseReturnValue:
    """Keep a photo of somebody's work."""
    form = WorkPhotoForm.sent()
    return take(
        turn, form, pictures.photo,
        lambda doing, made: actions.put_goal_photo(doing, ref, form.day.data, form.words.data or "", made),
        then=url_for("photos.of_goal", ref=ref), again=lambda: _goal_page(turn, ref, form), said=_("The photo is saved."),
        check=lambda: actions.check_goal_photo(turn.doing, ref, form.day.data, form.words.data or ""))


@room.get("/goals/photos/<photo>", May.SEE_GOALS)
def one(turn: Turn, photo: str) -> ResponseReturnValue:
    """One photo, large."""
    row = photos.get_goal_photo(turn.session, turn.doing.scope, photo)
    goal = goals.get_goal_by_id(turn.session, turn.doing.scope, row.goal_id)
    return render_template("photos/one.html", goal=goal, named=_whose(turn, goal), photo=shown(turn, [row])[0],
                           may_drop=actions.may_drop(turn.doing, row))


@room.get("/goals/photos/<photo>/<size>.jpg", May.SEE_GOALS)
def of_work(turn: Turn, photo: str, size: str) -> ResponseReturnValue:
    """A photo's bytes. Whose work it shows was written down with the page; the large one is a look of its own."""
    row = photos.get_goal_photo(turn.session, turn.doing.scope, photo)
    content = actions.open_goal_photo(turn.doing, row, size)
    if size != "small":
        turn.saw([row.person_ref])
    return _jpeg(content)


@room.post("/goals/photos/<photo>/back", May.OBSERVE_GOALS)
def drop(turn: Turn, photo: str) -> ResponseReturnValue:
    """Take a photo back, for good."""
    goal = actions.drop_goal_photo(turn.doing, photo)
    return turn.go(url_for("photos.of_goal", ref=goal.ref), _("The photo is gone for good."))


# ---------- one's own ----------


@room.get("/my/photos/<goal>", May.SEE_OWN)
def mine(turn: Turn, goal: str) -> ResponseReturnValue:
    """Photos of my work for one of my goals."""
    row = goals.get_goal(turn.session, turn.doing.scope, goal)
    me = people.get_participant_by_person(turn.session, turn.doing.vault, turn.doing.scope, turn.doing.who.person or "")
    count = photos.counts(turn.session, turn.doing.scope, [row.id]).get(row.id, 0) if row.participant_id == me.id else 0
    if not count:
        raise Hidden
    last = -(-count // OWN_PAGE)
    page = min(max(1, request.args.get("page", 1, type=int)), last)
    found = photos.goal_photos(turn.session, turn.doing.scope, row.id, skip=(page - 1) * OWN_PAGE, limit=OWN_PAGE)
    return render_template("photos/mine.html", goal=row, photos=found, page=page, last=last)


@room.get("/my/photos/<photo>/<size>.jpg", May.SEE_OWN)
def own(turn: Turn, photo: str, size: str) -> ResponseReturnValue:
    """A photo of my own work."""
    row = photos.get_goal_photo(turn.session, turn.doing.scope, photo)
    if row.person_ref != turn.doing.who.person:
        raise Hidden
    return _jpeg(actions.open_goal_photo(turn.doing, row, size))


# ---------- the logo ----------


@room.get("/setup/logo", May.KEEP_PROVIDER)
def logo(turn: Turn) -> ResponseReturnValue:
    """The logo that papers carry, and the form of another one."""
    return _logo_page(turn, LogoForm())


def _logo_page(turn: Turn, form: Any) -> str:
    return render_template("photos/logo.html", accept=ACCEPT, form=form, logo=photos.find_logo(turn.session, turn.doing.scope))


@room.post_outside("/setup/logo", May.KEEP_PROVIDER, largest=LARGEST)
def put_logo(turn: Turn) -> ResponseReturnValue:
    """Give the provider its logo."""
    form = LogoForm.sent()
    return take(turn, form, pictures.logo, actions.put_logo, then=url_for("photos.logo"), again=lambda: _logo_page(turn, form),
                said=_("The logo is saved: papers made from now on carry it."), check=lambda: None)


@room.get("/setup/logo.png", May.KEEP_PROVIDER)
def logo_picture(turn: Turn) -> ResponseReturnValue:
    """The logo itself."""
    found = actions.logo_of(turn.doing)
    if found is None:
        raise Hidden
    return file(found.png, "logotipas.png", "image/png", how="inline")


@room.post("/setup/logo/back", May.KEEP_PROVIDER)
def drop_logo(turn: Turn) -> ResponseReturnValue:
    """Papers go without a logo again."""
    actions.drop_logo(turn.doing)
    return turn.go(url_for("photos.logo"), _("The logo is gone: papers made from now on go without one."))
