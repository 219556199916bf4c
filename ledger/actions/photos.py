"""Photos of products, photos of people's work as evidence for a goal, and the provider's logo: putting, opening, taking back.

Pictures come in made small already (`documents.pictures`), for that takes time and belongs outside the transaction.
"""

from __future__ import annotations

from datetime import date

from ledger.actions.doing import Doing, check_day
from ledger.core.access import May
from ledger.core.faults import Hidden, Refused
from ledger.documents.pictures import Drawn, Photo
from ledger.i18n import mark
from ledger.records import goals, people, photos, production
from ledger.records import organisation as places
from ledger.records.goals import GoalRow
from ledger.records.people import Named
from ledger.records.photos import SIZES, GoalPhoto, Logo, ProductPhoto
from ledger.records.types import new_ref
from ledger.records.vault import KeyGone, organisation_key, person_key
from ledger.sentences import learn

MOST_WORDS = 200

learn({
    "photo_missing": mark("Take a photo or choose one."),
    "photo_large": mark("This file has more than %(most)s MB: choose a smaller one."),
    "photo_kind": mark("This file is no JPEG, PNG or WebP picture: choose another one."),
    "photo_heic": mark("This is a HEIC photo, which cannot be read here. Choose “Most compatible” (JPEG) in the settings of the "
                       "phone's camera and take it again."),
    "photo_broken": mark("This picture cannot be read to its end: choose it again, or take another photo."),
    "photo_dots": mark("This picture is larger than %(most)s million dots: choose a smaller one."),
    "photo_before_goal": mark("The goal was set on %(day)s: a photo for it is not older."),
})


# ---------- products ----------


def put_product_photo(doing: Doing, product_ref: str, photo: Photo) -> ProductPhoto:
    """Give a product its photo; the one it had is gone."""
    doing.check(May.KEEP_PRODUCTS)
    doing.gate()
    product = production.get_product(doing.session, doing.scope, product_ref)
    _forget(doing, product.id)
    ref, subject = new_ref(), doing.organisation_subject()
    large, small = (doing.vault.seal(doing.session, subject, data, _place(ref, size))
                    for size, data in zip(SIZES, (photo.large, photo.small), strict=True))
    row = ProductPhoto(ref=ref, organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, product_id=product.id,
                       large=large, small=small, put_by=doing.who.account, put_at=doing.at)
    doing.session.add(row)
    product.photo_ref = ref
    doing.session.flush()
    doing.note("put_photo", "product", product.ref, after={"photo": ref})
    return row


def drop_product_photo(doing: Doing, product_ref: str) -> None:
    """The product is shown by its sign again. Raises Hidden when it has no photo."""
    doing.check(May.KEEP_PRODUCTS)
    doing.gate()
    product = production.get_product(doing.session, doing.scope, product_ref)
    if product.photo_ref is None:
        raise Hidden
    _forget(doing, product.id)
    before, product.photo_ref = product.photo_ref, None
    doing.session.flush()
    doing.note("drop_photo", "product", product.ref, before={"photo": before})


def _forget(doing: Doing, product_id: int) -> None:
    row = photos.find_product_photo(doing.session, doing.scope, product_id)
    if row is not None:
        doing.session.delete(row)
        doing.session.flush()


def open_product_photo(doing: Doing, ref: str, size: str) -> bytes:
    """A product's photo as JPEG; raises Hidden when there is none of this reference here."""
    doing.check(May.SEE_CARDS, person=doing.who.person)
    sealed = photos.product_bytes(doing.session, doing.scope, ref, size)
    return doing.vault.open(doing.session, _own(doing), sealed, _place(ref, size))


def _own(doing: Doing) -> str:
    return organisation_key(places.get_organisation(doing.session, doing.scope).ref)


def _place(ref: str, what: str) -> str:
    return f"photo:{ref}:{what}"


# ---------- people's work ----------


def check_goal_photo(doing: Doing, goal_ref: str, day: date, words: str) -> GoalRow:
    """What can be wrong about a photo besides the photo: asked before it is read and again when it is kept."""
    doing.check(May.OBSERVE_GOALS)
    goal = goals.get_goal(doing.session, doing.scope, goal_ref)
    if goal.ended_on is not None:
        raise Refused("goal_ended")
    check_day(doing, day)
    if day < goal.set_on:
        raise Refused("photo_before_goal", at="day", day=goal.set_on.isoformat())
    if len(words.strip()) > MOST_WORDS:
        raise Refused("text_too_long", at="words", most=MOST_WORDS)
    return goal


def put_goal_photo(doing: Doing, goal_ref: str, day: date, words: str, photo: Photo) -> GoalPhoto:
    """Keep a photo of somebody's work with a goal of theirs, under their own key."""
    goal = check_goal_photo(doing, goal_ref, day, words)
    doing.gate()
    whose = _person(doing, goal).person.ref
    ref, subject = new_ref(), person_key(whose)
    told, large, small = (doing.vault.seal(doing.session, subject, data, _place(ref, what)) for what, data in
                          (("words", words.strip().encode()), ("large", photo.large), ("small", photo.small)))
    row = GoalPhoto(ref=ref, organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, goal_id=goal.id,
                    person_ref=whose, taken_on=day, words=told, width=photo.width, height=photo.height, large=large, small=small,
                    put_by=doing.who.account, put_by_name=doing.who.name, put_at=doing.at)
    doing.session.add(row)
    doing.session.flush()
    doing.note("put_photo", "goal", goal.ref, after={"photo": ref, "day": day}, person=whose)
    return row


def may_drop(doing: Doing, row: GoalPhoto) -> bool:
    """Whether a photo may be taken back: by who put it, and by who keeps goals."""
    mine = row.put_by == doing.who.account and doing.can(May.OBSERVE_GOALS)
    return mine or doing.can(May.KEEP_GOALS)


def drop_goal_photo(doing: Doing, ref: str) -> GoalRow:
    """Take a photo back: it is gone for good. Gives the goal it was of."""
    doing.check(May.OBSERVE_GOALS)
    row = photos.get_goal_photo(doing.session, doing.scope, ref)
    if not may_drop(doing, row):
        raise Hidden
    goal = goals.get_goal_by_id(doing.session, doing.scope, row.goal_id)
    whose = row.person_ref
    doing.session.delete(row)
    doing.session.flush()
    doing.note("drop_photo", "goal", goal.ref, before={"photo": ref}, person=whose)
    return goal


def open_goal_photo(doing: Doing, row: GoalPhoto, size: str) -> bytes:
    """A photo of somebody's work as JPEG, for who sees goals and for the person; raises Hidden when the person was erased."""
    own = row.person_ref == doing.who.person and doing.can(May.SEE_OWN, person=row.person_ref)
    if size not in SIZES or not (own or doing.can(May.SEE_GOALS)):
        raise Hidden
    try:
        return doing.vault.open(doing.session, person_key(row.person_ref), getattr(row, size), _place(row.ref, size))
    except KeyGone:
        raise Hidden from None


def words_of(doing: Doing, row: GoalPhoto) -> str:
    """What was written beside a photo; "" once the person is erased."""
    try:
        return doing.vault.open(doing.session, person_key(row.person_ref), row.words, _place(row.ref, "words")).decode()
    except KeyGone:
        return ""


def _person(doing: Doing, goal: GoalRow) -> Named:
    return people.get_participant_by_id(doing.session, doing.vault, doing.scope, goal.participant_id)


# ---------- the logo ----------


def put_logo(doing: Doing, logo: Drawn) -> Logo:
    """Give the provider its logo, which new papers carry; papers that are made stay as they are."""
    doing.check(May.KEEP_PROVIDER)
    doing.gate()
    _forget_logo(doing)
    ref = new_ref()
    row = Logo(ref=ref, organisation_id=doing.scope.organisation, width=logo.width, height=logo.height, put_by=doing.who.account,
               put_at=doing.at, png=doing.vault.seal(doing.session, doing.organisation_subject(), logo.png, _place(ref, "logo")))
    doing.session.add(row)
    doing.session.flush()
    doing.note("put_logo", "organisation", places.get_organisation(doing.session, doing.scope).ref, after={"logo": ref})
    return row


def drop_logo(doing: Doing) -> None:
    """Papers go without a logo again. Raises Hidden when there is none."""
    doing.check(May.KEEP_PROVIDER)
    doing.gate()
    before = _forget_logo(doing)
    if not before:
        raise Hidden
    doing.note("drop_logo", "organisation", places.get_organisation(doing.session, doing.scope).ref, before={"logo": before})


def _forget_logo(doing: Doing) -> str:
    row = photos.find_logo(doing.session, doing.scope)
    if row is None:
        return ""
    doing.session.delete(row)
    doing.session.flush()
    return row.ref


def logo_of(doing: Doing) -> Drawn | None:
    """The provider's logo for a paper, or None."""
    row = photos.find_logo(doing.session, doing.scope)
    if row is None:
        return None
    return Drawn(doing.vault.open(doing.session, _own(doing), row.png, _place(row.ref, "logo")), row.width, row.height)
