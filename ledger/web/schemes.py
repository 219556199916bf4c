"""Rules of calculation in the browser: versions, drafts as a form and as a text, approval, and the help of their grammar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Field, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import ValidationError

from ledger.actions import schemes as actions
from ledger.core import schemes
from ledger.core.access import May
from ledger.core.faults import Conflict, Hidden, Refused
from ledger.core.periods import Month
from ledger.core.schemes import SchemeRefused
from ledger.core.tables import SchemeFault
from ledger.core.toml_text import to_toml
from ledger.explained import sections
from ledger.i18n import gettext as _
from ledger.i18n import lazy_text
from ledger.records import organisation, production
from ledger.records import schemes as drafts
from ledger.records import stipends as rows
from ledger.records.stipends import SchemeDraft, SchemeRow
from ledger.sentences import sentence
from ledger.web import scheme_fields, scheme_form, scheme_help, scheme_presets, warning_words
from ledger.web.forms import DayField, Form, needed
from ledger.web.rules import Room
from ledger.web.scheme_fields import Known
from ledger.web.scheme_shape import Data
from ledger.web.session import Turn, refused_sentence

room = Room("schemes")
DRAFT = "/rules/drafts/<ref>"
IN_FORCE, EMPTY = "in-force", "empty"


def short_enough(_form: Form, field: Field) -> None:
    """A validator: rules are a page or two, nobody sends a book."""
    if len(field.data or "") > actions.MOST_TEXT:
        raise ValidationError(sentence("text_too_long", {"most": actions.MOST_TEXT}))


class StartForm(Form):
    """What a new draft begins from."""

    begin = RadioField(lazy_text("What to begin from"), [needed], validate_choice=False)


class PastedForm(Form):
    """A text that somebody has already."""

    text = TextAreaField(lazy_text("Text of the rules"), [needed, short_enough])


class TextForm(Form):
    """The text of a draft, and which version of it was on the page."""

    version = HiddenField()
    text = TextAreaField(lazy_text("Text of the rules"), [short_enough])


class ApproveForm(Form):
    """The director's order about a draft, and the hash of the text that was read."""

    seen = HiddenField()
    order_number = StringField(lazy_text("Number of the order"), [needed])
    order_date = DayField(lazy_text("Date of the order"), [needed])
    in_force_from = DayField(lazy_text("In force from"), [needed])


# ---------- versions ----------


@dataclass(frozen=True)
class Version:
    """An approved version; `state` is now, later or before, `replaced_by` the one that came after it."""

    row: SchemeRow
    state: str
    replaced_by: SchemeRow | None
    approved_by: str


@dataclass(frozen=True)
class DraftRow:
    """A draft in the list, with who changed it last and how many faults it has."""

    row: SchemeDraft
    changed_by: str
    faults: int


@room.get("/rules", May.SEE_SCHEMES)
def listed(turn: Turn) -> ResponseReturnValue:
    """The rules in force, those that come, those replaced, and the drafts of who writes them."""
    names = _names(turn)
    versions = _versions(turn, names)
    now = next((one for one in versions if one.state == "now"), None)
    return render_template(
        "schemes/list.html", now=now, told=sections.told(schemes.parse(now.row.text)) if now else (),
        others=[one for one in versions if one is not now],
        drafts=_drafts(turn, names) if turn.doing.can(May.DRAFT_SCHEME) else [])


def _names(turn: Turn) -> dict[str, str]:
    return {account.ref: account.name for account, _grant in organisation.grants_of(turn.session, turn.doing.scope)}


def _versions(turn: Turn, names: dict[str, str]) -> list[Version]:
    found, made = rows.schemes(turn.session, turn.doing.scope), []
    current = next((row.ref for row in found if row.in_force_from <= turn.doing.today), "")
    for place, row in enumerate(found):
        state = "now" if row.ref == current else "later" if row.in_force_from > turn.doing.today else "before"
        made.append(Version(row, state, found[place - 1] if place else None, names.get(row.approved_by, "")))
    return made


def _drafts(turn: Turn, names: dict[str, str]) -> list[DraftRow]:
    found = drafts.drafts(turn.session, turn.doing.scope)
    last = drafts.changed_by(turn.session, turn.doing.scope, [row.ref for row in found]) if found else {}
    return [DraftRow(row, names.get(last.get(row.ref, row.made_by), ""), len(actions.read_draft(row.text, turn.doing.today)[1]))
            for row in found]


@room.get("/rules/versions/<ref>", May.SEE_SCHEMES)
def version(turn: Turn, ref: str) -> ResponseReturnValue:
    """One approved version in words and as text."""
    row = rows.get_scheme(turn.session, turn.doing.scope, ref)
    shown = next(one for one in _versions(turn, _names(turn)) if one.row.ref == row.ref)
    return render_template("schemes/version.html", one=shown, told=sections.told(schemes.parse(row.text)))


@room.get("/rules/help", May.SEE_SCHEMES)
def help_page(_turn: Turn) -> ResponseReturnValue:
    """Every kind, key and name of the grammar in plain words."""
    return render_template(
        "schemes/help.html", sections=scheme_help.sections(), kinds=scheme_help.kinds(), names=scheme_help.names())


# ---------- starting ----------


@room.get("/rules/new", May.DRAFT_SCHEME)
def new(turn: Turn) -> ResponseReturnValue:
    """Choose what a draft begins from."""
    return _new(turn, StartForm(), PastedForm())


@room.post("/rules/new", May.DRAFT_SCHEME)
def start(turn: Turn) -> ResponseReturnValue:
    """A draft from a preset, from the rules in force, or empty."""
    form, made = StartForm.sent(), []
    return turn.submit(
        form, act=lambda: made.append(_started(turn, form.begin.data or "")),
        then=lambda: url_for("schemes.draft", ref=made[0].ref, fresh="1" if form.begin.data == EMPTY else None),
        again=lambda: _new(turn, form, PastedForm()), said=_("The draft is begun. Nothing counts until the director approves it."))


@room.post("/rules/new/text", May.DRAFT_SCHEME)
def start_text(turn: Turn) -> ResponseReturnValue:
    """A draft from a text that somebody has, or that was tried."""
    form, made = PastedForm.sent(), []
    return turn.submit(
        form, act=lambda: made.append(actions.start_draft(turn.doing, form.text.data or "")),
        then=lambda: url_for("schemes.draft" if _readable(form.text.data or "") else "schemes.text", ref=made[0].ref),
        again=lambda: _new(turn, StartForm(), form), said=_("The draft is begun. Nothing counts until the director approves it."))


@room.post("/rules/versions/<ref>/draft", May.DRAFT_SCHEME)
def start_version(turn: Turn, ref: str) -> ResponseReturnValue:
    """A new version begins from an approved one, which stays as it is."""
    made = actions.draft_from_version(turn.doing, ref)
    return turn.go(url_for("schemes.draft", ref=made.ref), _("The draft is begun. Nothing counts until the director approves it."))


def _started(turn: Turn, begin: str) -> SchemeDraft:
    if begin == EMPTY:
        return actions.draft_from(turn.doing, to_toml({"name": _("New rules")}))
    if begin == IN_FORCE:
        now = next((one.row for one in _versions(turn, {}) if one.state == "now"), None)
        if now is None:
            raise Hidden
        return actions.draft_from_version(turn.doing, now.ref)
    if begin not in scheme_presets.PRESETS:
        raise Hidden
    return actions.draft_from(turn.doing, scheme_presets.text(begin))


def _new(turn: Turn, form: StartForm, pasted: PastedForm) -> str:
    now = next((one.row for one in _versions(turn, {}) if one.state == "now"), None)
    form.begin.choices = []
    return render_template("schemes/new.html", form=form, pasted=pasted, presets=scheme_presets.shown(), now=now)


# ---------- a draft ----------


def _readable(text: str) -> bool:
    try:
        schemes.toml_data(text)
    except SchemeRefused:
        return False
    return True


@room.get(DRAFT, May.DRAFT_SCHEME)
def draft(turn: Turn, ref: str) -> ResponseReturnValue:
    """The draft as a form; a text that cannot be read is mended as a text first."""
    row = drafts.get_draft(turn.session, turn.doing.scope, ref)
    if not _readable(row.text):
        return _text_page(turn, row, TextForm(text=row.text, version=str(row.version)))
    quiet = request.args.get("fresh") == "1"
    return _form_page(turn, row, schemes.toml_data(row.text), row.version, quiet=quiet)


@room.post(DRAFT, May.DRAFT_SCHEME)
def change(turn: Turn, ref: str) -> ResponseReturnValue:
    """Keep what the form says, or show it with a row more, less or elsewhere."""
    row = drafts.get_draft(turn.session, turn.doing.scope, ref)
    sent = {name: list(values) for name, values in request.form.lists()}
    if any(len(values) > 1 for name, values in sent.items() if not name.endswith(".months")):
        abort(400)
    version, do = _whole(sent), (sent.get("do") or ["save"])[0]
    data = scheme_form.read(sent)
    if do != "save":
        return _form_page(turn, row, scheme_form.changed(data, do, (sent.get("new_kind") or [""])[0]), version, quiet=True)
    text = row.text if _readable(row.text) and schemes.toml_data(row.text) == data else to_toml(data)
    return turn.attempt(
        lambda: actions.change_draft(turn.doing, ref, version, text), lambda: url_for("schemes.draft", ref=ref),
        lambda refused: _form_page(turn, drafts.get_draft(turn.session, turn.doing.scope, ref), data, version, refused=refused),
        _("The draft is saved."))


def _whole(sent: dict[str, list[str]]) -> int:
    text = (sent.get("version") or ["0"])[0]
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _form_page(turn: Turn, row: SchemeDraft, data: Data, version: int, *, quiet: bool = False,
               refused: Refused | None = None) -> str:
    scheme, faults = actions.read_draft(to_toml(data), turn.doing.today)
    form = scheme_fields.build(data, () if quiet else faults, _known(turn))
    sound = None if quiet or refused else scheme
    return render_template(
        "schemes/form.html", row=row, form=form, version=version, quiet=quiet, scheme=sound, months=scheme_fields.months(),
        told=sections.told(sound) if sound else (), warned=warning_words.of_scheme(sound) if sound else (),
        said=refused_sentence(refused) if refused else "",
        known=_known(turn), names=scheme_help.names(), kinds=scheme_help.kind_choices())


def _known(turn: Turn) -> Known:
    products = [(product.code, product.name) for product in production.products(turn.session, turn.doing.scope)]
    return Known(products, drafts.known_names(turn.session, turn.doing.scope))


@room.get(DRAFT + "/text", May.DRAFT_SCHEME)
def text(turn: Turn, ref: str) -> ResponseReturnValue:
    """The draft as a text."""
    row = drafts.get_draft(turn.session, turn.doing.scope, ref)
    return _text_page(turn, row, TextForm(text=row.text, version=str(row.version)))


@room.post(DRAFT + "/text", May.DRAFT_SCHEME)
def change_text(turn: Turn, ref: str) -> ResponseReturnValue:
    """Keep the text, faults and all."""
    drafts.get_draft(turn.session, turn.doing.scope, ref)
    form = TextForm.sent()
    written = (form.text.data or "").replace("\r\n", "\n")
    return turn.submit(
        form, act=lambda: actions.change_draft(turn.doing, ref, _whole({"version": [form.version.data or ""]}), written),
        then=lambda: url_for("schemes.text", ref=ref),
        again=lambda: _text_page(turn, drafts.get_draft(turn.session, turn.doing.scope, ref), form), said=_("The draft is saved."))


def _text_page(turn: Turn, row: SchemeDraft, form: TextForm) -> str:
    scheme, faults = actions.read_draft(row.text, turn.doing.today)
    return render_template(
        "schemes/text.html", row=row, form=form, scheme=scheme, faults=_placed(row.text, faults),
        told=sections.told(scheme) if scheme else (), warned=warning_words.of_scheme(scheme) if scheme else ())


def _placed(text: str, faults: tuple[SchemeFault, ...]) -> list[tuple[str, str, str]]:
    """Faults as (place in the text, where in words, sentence)."""
    if not _readable(text):
        return [("", "", sentence(fault.code, fault.values)) for fault in faults]
    found = scheme_fields.build(schemes.toml_data(text), faults, Known()).faults
    return [(fault.place, where, sentence(fault.code, fault.values))
            for fault, (_id, where, _said) in zip(faults, found, strict=True)]


@room.get(DRAFT + "/drop", May.DRAFT_SCHEME)
def dropping(turn: Turn, ref: str) -> ResponseReturnValue:
    """Ask before a draft is thrown away."""
    row = drafts.get_draft(turn.session, turn.doing.scope, ref)
    return render_template(
        "confirm.html", title=_("Throw the draft “%(name)s” away?", name=row.name), kind="danger", word=_("Throw the draft away"),
        text=_("Approved rules stay as they are. The text of the draft cannot be brought back."),
        action=url_for("schemes.drop", ref=ref), back=url_for("schemes.draft", ref=ref))


@room.post(DRAFT + "/drop", May.DRAFT_SCHEME)
def drop(turn: Turn, ref: str) -> ResponseReturnValue:
    """Throw a draft away."""
    actions.drop_draft(turn.doing, ref)
    return turn.go(url_for("schemes.listed"), _("The draft is thrown away."))


# ---------- approval ----------


@room.get(DRAFT + "/approve", May.APPROVE_SCHEME)
def approving(turn: Turn, ref: str) -> ResponseReturnValue:
    """What is approved, in words and as text, and the order."""
    row = drafts.get_draft(turn.session, turn.doing.scope, ref)
    next_month = Month.of(turn.doing.today).plus(1).first
    begins = _said_day(row.text) or next_month
    form = ApproveForm(seen=actions.text_hash(row.text), order_date=turn.doing.today, in_force_from=begins)
    return _approve_page(turn, row, form)


def _said_day(text: str) -> date | None:
    day = schemes.toml_data(text).get("in_force_from") if _readable(text) else None
    return day if type(day) is date else None


@room.post(DRAFT + "/approve", May.APPROVE_SCHEME)
def approve(turn: Turn, ref: str) -> ResponseReturnValue:
    """Put the draft that was read in force."""
    row = drafts.get_draft(turn.session, turn.doing.scope, ref)
    form = ApproveForm.sent()
    return turn.submit(
        form, act=lambda: actions.approve_draft(
            turn.doing, row.ref, form.seen.data or "",
            actions.Order(form.order_number.data, form.order_date.data, form.in_force_from.data)),
        then=lambda: url_for("schemes.listed"), again=lambda: _approve_again(turn, ref, form), said=_("The rules are approved."))


def _approve_again(turn: Turn, ref: str, form: ApproveForm) -> str:
    return _approve_page(turn, drafts.get_draft(turn.session, turn.doing.scope, ref), form)


def _approve_page(turn: Turn, row: SchemeDraft, form: ApproveForm) -> str:
    scheme, faults = actions.read_draft(row.text, turn.doing.today)
    if scheme is None and not form.errors:
        raise Conflict("scheme_faulty", count=len(faults))
    told = sections.told(scheme) if scheme else ()
    warned = warning_words.of_scheme(scheme) if scheme else ()
    return render_template("schemes/approve.html", row=row, form=form, scheme=scheme, told=told, warned=warned)
