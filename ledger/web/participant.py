"""The participant's own pages: my month, why this much, something is wrong, and my own papers. Easy language, Tu."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ledger import i18n
from ledger.actions import correction_papers
from ledger.actions import papers as paper_actions
from ledger.actions import people as people_actions
from ledger.actions import stipends as stipend_actions
from ledger.core.access import May
from ledger.core.explanation import Explainer, Fact, Facts
from ledger.core.faults import Hidden
from ledger.core.goals import STEPS, Seen, score_of
from ledger.core.payments import State
from ledger.core.periods import Month
from ledger.documents import speech
from ledger.explained import easy
from ledger.i18n import pgettext
from ledger.records import certificates, payments, people, production, stipends
from ledger.records import corrections as correction_rows
from ledger.records import goals as goal_rows
from ledger.records import papers as paper_rows
from ledger.records import photos as photo_rows
from ledger.records.corrections import Correction, CorrectionPerson
from ledger.records.people import Named
from ledger.records.production import Product
from ledger.records.stipends import SealedRun
from ledger.web.papers import month_in_path, pdf
from ledger.web.rules import Room
from ledger.web.session import Turn

room = Room("participant")

LEAST_TOLD = 2
MOST_CHOICES = 5
MOST_WORDS = 60
"""A page of easy language holds no more; then the reasons get their own page."""
UNDO = timedelta(minutes=10)
MOST_SOLD, MOST_WAITING = 6, 4


def _word(picture: str, name: str) -> str:
    """The everyday word of a product, as what somebody bought; the product's own name when its sign is no help."""
    return {
        "zvake": pgettext("participant", "Candles"),
        "muilas": pgettext("participant", "Soap"),
        "sasiuvinis": pgettext("participant", "Notebooks"),
        "atvirukas": pgettext("participant", "Cards"),
        "vainikas": pgettext("participant", "Wreaths"),
        "dubenelis": pgettext("participant", "Bowls"),
        "maiselis": pgettext("participant", "Bags"),
        "obuoliai": pgettext("participant", "Apples"),
        "dezute": pgettext("participant", "Boxes"),
    }.get(picture, name)


@dataclass(frozen=True)
class Thing:
    """A product by sign and word."""

    picture: str
    word: str


@dataclass(frozen=True)
class Goal:
    """A goal with the steps done, 0 to STEPS; `photo` is the newest photo of the work for it (its address) or "", `photos_url`
    the page of all, where the page has room for another choice."""

    title: str
    picture: str
    steps: int
    photo: str = ""
    photos_url: str = ""

    @property
    def done(self) -> bool:
        """Whether it is reached."""
        return self.steps >= STEPS


@dataclass(frozen=True)
class Page:
    """Everything of a month's page. `total_cents` is None while the month is not worked out."""

    month: Month
    month_name: str
    total_cents: int | None
    reasons: tuple[Fact, ...]
    sold: tuple[Thing, ...]
    waiting: tuple[Thing, ...]
    goals: tuple[Goal, ...]
    helper: str
    papers: frozenset[str]
    certificates: bool
    earlier: Month | None
    later: Month | None
    why_url: str = ""
    sound_url: str = ""
    corrected: bool = False
    more_cents: int = 0
    paid: State = State.PENDING

    def told(self, most: int = easy.MOST) -> tuple[easy.Told, ...]:
        """The reasons in easy words, at most so many."""
        return tuple(easy.tell(fact) for fact in easy.few(self.reasons, most))


@room.get("/my", May.SEE_OWN)
def month(turn: Turn) -> ResponseReturnValue:
    """The newest approved month, or the current one while nothing is approved."""
    named = _me(turn)
    approved = _approved(turn, named)
    return _shown(turn, named, approved, max(approved, default=Month.of(turn.doing.today)))


@room.get("/my/<month>", May.SEE_OWN)
def month_of(turn: Turn, month: str) -> ResponseReturnValue:
    """One month of mine: an approved one or the current one."""
    named = _me(turn)
    approved = _approved(turn, named)
    return _shown(turn, named, approved, _own_month(turn, approved, month))


def _own_month(turn: Turn, approved: dict[Month, str], month: str) -> Month:
    chosen = month_in_path(month)
    if chosen not in approved and chosen != Month.of(turn.doing.today):
        raise Hidden
    return chosen


def _shown(turn: Turn, named: Named, approved: dict[Month, str], chosen: Month) -> str:
    page = _page(turn, named, approved, chosen)
    text = render_template("participant/month.html", page=page)
    if words_of(text) > MOST_WORDS and page.reasons:
        page = _with_why(page)
        text = render_template("participant/month.html", page=page)
    if choices_of(text) > MOST_CHOICES:
        text = render_template("participant/month.html", page=_without_photo_links(page))
    return text


def _without_photo_links(page: Page) -> Page:
    return Page(**{**vars(page), "goals": tuple(replace(one, photos_url="") for one in page.goals)})


def choices_of(html: str) -> int:
    """How many things a page offers to do, below its head."""
    return html.partition("</header>")[2].count('class="btn') + html.count('class="goal-photo"')


def _with_why(page: Page) -> Page:
    return Page(**{**vars(page), "why_url": url_for("participant.why", month=str(page.month))})


def words_of(html: str) -> int:
    """How many words the main part of a page has."""
    main = re.search(r"<main.*?</main>", html, re.DOTALL)
    bare = re.sub(r"<[^>]+>", " ", main[0] if main else "")
    return sum(1 for word in bare.split() if any(char.isalnum() for char in word))


@room.get("/my/<month>/sound.wav", May.SEE_OWN)
def sound(turn: Turn, month: str) -> ResponseReturnValue:
    """The month read aloud."""
    named = _me(turn)
    approved = _approved(turn, named)
    page = _page(turn, named, approved, _own_month(turn, approved, month))
    if not speech.can_speak():
        raise Hidden
    return Response(speech.speak(spoken(page), i18n.language()), mimetype="audio/wav")


def spoken(page: Page) -> list[str]:
    """What the page says, in sentences with numbers as words."""
    told = [pgettext("participant", "My month: %(month)s.", month=page.month_name)]
    if page.total_cents is None:
        told.append(pgettext("participant", "We are still counting."))
    else:
        told.append(pgettext("participant", "Your sum: %(sum)s.", sum=i18n.in_words(page.total_cents)))
        if page.more_cents:
            told.append(pgettext("participant", "You also get %(sum)s.", sum=i18n.in_words(page.more_cents)))
        if page.total_cents and page.paid in (State.SENT, State.SETTLED):
            told.append(pgettext("participant", "Paid out.") if page.paid is State.SETTLED
                        else pgettext("participant", "The money is coming."))
    for one in page.told():
        told.append(one.spoken)
        if one.label:
            told.append(f"{one.label}: {i18n.in_words(abs(one.cents))}.")
    if page.sold:
        told.append(pgettext("participant", "Bought: %(things)s.", things=", ".join(one.word for one in page.sold)))
    if page.waiting:
        told.append(pgettext("participant", "Waits: %(things)s.", things=", ".join(one.word for one in page.waiting)))
    return told + [pgettext("participant", "Your goal: %(title)s.", title=one.title) for one in page.goals]


@room.get("/my/<month>/why", May.SEE_OWN)
def why(turn: Turn, month: str) -> ResponseReturnValue:
    """Why this much, on a page of its own."""
    named = _me(turn)
    approved = _approved(turn, named)
    chosen = _own_month(turn, approved, month)
    if chosen not in approved:
        raise Hidden
    return _fitting(_page(turn, named, approved, chosen), _back(chosen))


def _fitting(page: Page, back: str) -> str:
    """The reasons, as many as an easy page holds; the smaller ones are told together."""
    text = ""
    for most in range(easy.MOST, LEAST_TOLD - 1, -1):
        text = render_template("participant/why.html", page=page, most=most, back=back)
        if words_of(text) <= MOST_WORDS:
            break
    return text


def _back(chosen: Month) -> str:
    return url_for("participant.month_of", month=str(chosen))


def _me(turn: Turn) -> Named:
    return people.get_participant_by_person(turn.session, turn.doing.vault, turn.doing.scope, turn.doing.who.person or "")


def _approved(turn: Turn, named: Named) -> dict[Month, str]:
    return stipends.months_of_person(turn.session, turn.doing.scope, named.person.ref)


def _page(turn: Turn, named: Named, approved: dict[Month, str], chosen: Month) -> Page:
    run = stipends.find_sealed(turn.session, turn.doing.scope, chosen) if chosen in approved else None
    facts = None if run is None else _facts(run, named.person.ref)
    products = {row.code: row for row in production.products(turn.session, turn.doing.scope)}
    sold = [products[one.product] for one in facts.goods if one.quantity > 0 and one.product in products] if facts else []
    months = sorted({*approved, Month.of(turn.doing.today)})
    place = months.index(chosen)
    kept = {} if run is None else paper_rows.papers_of_person(turn.session, turn.doing.scope, run.run_ref, named.person.ref)
    mended = _corrections(turn, named, chosen)
    return Page(
        month=chosen, month_name=i18n.month_name(chosen), total_cents=facts.total if facts else None,
        reasons=facts.told if facts else (), sold=_things(sold, MOST_SOLD),
        waiting=_things(_waiting(turn, named, chosen, sold), MOST_WAITING), goals=_goals(turn, named, chosen),
        helper=paper_actions.helper_of(turn.doing), papers=frozenset(kept), corrected=bool(mended),
        more_cents=sum(one.plus_cents for one, _header in mended),
        certificates=bool(certificates.certificates_of(turn.session, turn.doing.scope, named.person.ref)),
        paid=payments.month_paid(turn.session, turn.doing.scope, chosen, [named.person.ref]) if facts else State.PENDING,
        sound_url=url_for("participant.sound", month=str(chosen)) if speech.can_speak() else "",
        earlier=months[place - 1] if place else None, later=months[place + 1] if place + 1 < len(months) else None)


def _corrections(turn: Turn, named: Named, chosen: Month) -> list[tuple[CorrectionPerson, Correction]]:
    """What was corrected of the person's month, newest first."""
    found = correction_rows.of_person(turn.session, turn.doing.scope, named.person.ref)
    return [(one, header) for one, header in found if header.month == str(chosen)]


@room.get("/my/<month>/correction", May.SEE_OWN)
def correction(turn: Turn, month: str) -> ResponseReturnValue:
    """We made a mistake: what it was and what comes of it. Only the newest correction is told."""
    named = _me(turn)
    chosen = _own_month(turn, _approved(turn, named), month)
    found = _corrections(turn, named, chosen)
    if not found:
        raise Hidden
    own, header = found[0]
    lines = correction_papers.easy_lines(turn.doing, own, header)
    kept = paper_rows.papers_of_person(turn.session, turn.doing.scope, header.correction_ref, named.person.ref)
    return render_template("participant/correction.html", month=chosen, month_name=i18n.month_name(chosen), lines=lines,
                           plus=own.plus_cents, papers=frozenset(kept), back=_back(chosen),
                           helper=paper_actions.helper_of(turn.doing))


@room.get("/my/<month>/correction/<kind>.pdf", May.SEE_OWN)
def correction_paper(turn: Turn, month: str, kind: str) -> ResponseReturnValue:
    """My own leaf or calculation of the newest correction of a month."""
    named = _me(turn)
    found = _corrections(turn, named, month_in_path(month))
    ref = found[0][1].correction_ref if found else ""
    kept = paper_rows.papers_of_person(turn.session, turn.doing.scope, ref, named.person.ref).get(f"correction_{kind}")
    if kept is None:
        raise Hidden
    return pdf(turn, paper_rows.get_paper(turn.session, turn.doing.scope, kept.ref))


def _facts(run: SealedRun, person_ref: str) -> Facts:
    """What the sealed run says of the person."""
    worked = stipend_actions.stored(run.inputs, run.result)
    return Explainer(worked.inputs, worked.scheme, worked.result).person(person_ref).facts


def _waiting(turn: Turn, named: Named, chosen: Month, sold: list[Product]) -> list[Product]:
    """Products of lots the person had a hand in that had stock at the month's end; each product stands in one place."""
    lots = production.lots_of_maker(turn.session, turn.doing.scope, named.id, chosen)
    taken = stipends.taken_until(turn.session, turn.doing.scope, [ref for ref, _good, _product in lots], chosen)
    bought = {product.code for product in sold}
    left = [product for ref, good, product in lots
            if good > taken.get(ref, 0) and not product.service and product.code not in bought]
    return list({product.code: product for product in left}.values())


def _things(products: list[Product], most: int) -> tuple[Thing, ...]:
    things = {Thing(one.picture, _word(one.picture, one.name)): None for one in products}
    return tuple(things)[:most]


def _goals(turn: Turn, named: Named, chosen: Month) -> tuple[Goal, ...]:
    found = []
    rows = goal_rows.goals(turn.session, turn.doing.scope, [named.id])
    photos = photo_rows.newest(turn.session, turn.doing.scope, [row.id for row in rows], chosen.last)
    for row in rows:
        if row.set_on <= chosen.last and (row.ended_on is None or row.ended_on >= chosen.first):
            seen = [Seen(one.seen_on, one.score) for one in row.observations]
            photo = url_for("photos.own", photo=photos[row.id], size="small") if row.id in photos else ""
            found.append(Goal(row.title, row.picture, score_of(chosen, seen) or 0, photo,
                              url_for("photos.mine", goal=row.ref) if photo else ""))
    return tuple(found[:paper_actions.MOST_GOALS])


# ---------- something is wrong ----------


@room.get("/my/<month>/wrong", May.SAY_WRONG)
def wrong(turn: Turn, month: str) -> ResponseReturnValue:
    """What is wrong, by picture and word."""
    return _wrong(_own_month(turn, _approved(turn, _me(turn)), month))


def _wrong(chosen: Month, missing: bool = False) -> str:
    return render_template("participant/wrong.html", month=chosen, missing=missing, back=_back(chosen))


@room.post("/my/<month>/wrong", May.SAY_WRONG)
def say_wrong(turn: Turn, month: str) -> ResponseReturnValue:
    """Say it: the instructor will talk with the person."""
    chosen = _own_month(turn, _approved(turn, _me(turn)), month)
    about = request.form.get("about", "")
    if about not in people_actions.ABOUT:
        return _wrong(chosen, missing=True), 422
    row = people_actions.say_wrong(turn.doing, chosen, about)
    return turn.go(url_for("participant.thanks", month=str(chosen), ref=row.ref))


@room.get("/my/<month>/thanks/<ref>", May.SAY_WRONG)
def thanks(turn: Turn, month: str, ref: str) -> ResponseReturnValue:
    """We heard it; for ten minutes it can be taken back."""
    row, chosen = _own_concern(turn, ref), month_in_path(month)
    undo = url_for("participant.undo", month=month, ref=ref) if _may_undo(turn, row) else ""
    return render_template("participant/thanks.html", helper=paper_actions.helper_of(turn.doing), undo_url=undo,
                           back=_back(chosen))


@room.post("/my/<month>/undo/<ref>", May.SAY_WRONG)
def undo(turn: Turn, month: str, ref: str) -> ResponseReturnValue:
    """I pressed the wrong one: it is as if never said. Later than ten minutes nothing happens."""
    row, chosen = _own_concern(turn, ref), month_in_path(month)
    if not _may_undo(turn, row):
        return redirect(_back(chosen), 303)
    people_actions.settle_concern(turn.doing, ref)
    return turn.go(_back(chosen))


def _own_concern(turn: Turn, ref: str) -> people.Concern:
    row = people.get_concern(turn.session, turn.doing.scope, ref)
    if row.participant_id != _me(turn).id:
        raise Hidden
    return row


def _may_undo(turn: Turn, row: people.Concern) -> bool:
    return row.settled_at is None and turn.doing.at - row.said_at <= UNDO


# ---------- own papers ----------


@room.get("/my/<month>/<kind>.pdf", May.SEE_OWN)
def paper(turn: Turn, month: str, kind: str) -> ResponseReturnValue:
    """My own leaf or calculation of an approved month."""
    named = _me(turn)
    run_ref = _approved(turn, named).get(month_in_path(month), "")
    kept = paper_rows.papers_of_person(turn.session, turn.doing.scope, run_ref, named.person.ref).get(kind)
    if kept is None:
        raise Hidden
    return pdf(turn, paper_rows.get_paper(turn.session, turn.doing.scope, kept.ref))
