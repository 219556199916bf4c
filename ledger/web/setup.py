"""Setting a workshop up, step by step: what is there and what is not, who does it and where; and what provider and workshop are
called. Nothing is kept about the page itself: it can be left at any step and shows what has become of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, RadioField, StringField

from ledger.actions import invitations as actions
from ledger.actions import restores
from ledger.actions.invitations import Described
from ledger.core.access import May, Role
from ledger.i18n import gettext as _
from ledger.i18n import lazy_text, mark, ngettext
from ledger.records import backup
from ledger.records import setup as rows
from ledger.records.setup import Begun
from ledger.sentences import learn
from ledger.web.forms import Form, needed
from ledger.web.menu import role_word
from ledger.web.rules import Room
from ledger.web.session import Turn

room = Room("setup")

learn({"no_such_funding": mark("Choose whose money the workshop is run with.")})

NEEDED = (Role.INSTRUCTOR, Role.ACCOUNTANT, Role.DIRECTOR, Role.SOCIAL)
"""Without these a month cannot go from the first candle to the paid stipend."""


class ProviderForm(Form):
    """What provider and workshop are called."""

    name = StringField(lazy_text("Provider"), [needed])
    code = StringField(lazy_text("Code of the legal person"), [needed])
    vat_payer = BooleanField(lazy_text("Registered as a VAT payer"))
    workshop = StringField(lazy_text("Workshop"), [needed])
    funding = RadioField(lazy_text("The European Union pays"), choices=())
    project_name = StringField(lazy_text("Name of the project"))
    project_number = StringField(lazy_text("Number of the project"))


@dataclass(frozen=True)
class Step:
    """A step: `state` is done, part or todo; `who` does it when it is not the reader; `links` are (word, address) that the reader
    may open."""

    key: str
    title: str
    text: str
    state: str
    who: str = ""
    links: tuple[tuple[str, str], ...] = ()


@room.get("/setup", May.SET_UP)
def page(turn: Turn) -> ResponseReturnValue:
    """All steps with what has become of them."""
    begun = rows.begun(turn.session, turn.doing.scope, turn.doing.today, turn.doing.workshop().begins.first)
    steps = [_provider(turn), _staff(turn, begun), _key(turn, begun), _people(turn, begun), _products(turn, begun),
             _stock(turn, begun), _opening(turn, begun), _debts(turn, begun), _rules(turn, begun), _devices(turn, begun)]
    return render_template("setup/page.html", steps=steps, todo=sum(one.state != "done" for one in steps),
                           key_kept=begun.key_kept, may_keep=turn.doing.can(May.KEEP_PROVIDER))


def _open_to(turn: Turn, may: May, word: str, address: str) -> tuple[tuple[str, str], ...]:
    return ((word, address),) if turn.doing.can(may) else ()


def _who(turn: Turn, may: May, *roles: Role) -> str:
    """Who does a step that the reader cannot do."""
    return "" if turn.doing.can(may) else ", ".join(role_word(role.value) for role in roles)


def _provider(turn: Turn) -> Step:
    now = actions.described(turn.doing)
    vat = _("VAT payer") if now.vat_payer else _("not a VAT payer")
    project = now.project_number or _("no project")
    return Step("provider", _("Provider and workshop"), f"{now.name}, {now.code}; {vat}; {now.workshop}; {project}.", "done",
                _who(turn, May.KEEP_PROVIDER, Role.DIRECTOR),
                (*_open_to(turn, May.KEEP_PROVIDER, _("Change"), url_for("setup.provider")),
                 *_open_to(turn, May.KEEP_PROVIDER, _("Logo"), url_for("photos.logo"))))


def _staff(turn: Turn, begun: Begun) -> Step:
    missing = [role for role in NEEDED if role not in begun.roles]
    words = [f"{role_word(role.value)} ({_('invited')})" if role in begun.invited else role_word(role.value) for role in missing]
    text = (_("Not here yet: %(roles)s. Who works a month out and who approves it must be two people.", roles=", ".join(words))
            if missing else _("Everybody whom a month needs has an account."))
    return Step("staff", _("People of the staff"), text, "part" if missing else "done",
                _who(turn, May.KEEP_ACCOUNTS, Role.DIRECTOR),
                _open_to(turn, May.KEEP_ACCOUNTS, _("Invite"), url_for("staff.listed")))


def _key(turn: Turn, begun: Begun) -> Step:
    newest = restores.standing(backup.last(current_app.extensions["settings"].data_dir), turn.doing.at)
    text = (_("The key sheet is put away. Make backups to another place too.") if begun.key_kept else
            _("Print the file “master-key-to-print.txt” from the folder of the data, put it in a safe place, and delete the file: "
              "without the key nobody can read the names in the books, not even from a backup."))
    state = ("part" if newest.due else "done") if begun.key_kept else "todo"
    return Step("key", _("Key and backups"), text, state, _who(turn, May.KEEP_PROVIDER, Role.DIRECTOR))


def _people(turn: Turn, begun: Begun) -> Step:
    text = (ngettext("%(num)s participant is written down.", "%(num)s participants are written down.", begun.people) if begun.people
            else _("Write the participants down one by one, or bring in a table."))
    links = (*_open_to(turn, May.KEEP_PEOPLE, _("Write down"), url_for("people.new")),
             *_open_to(turn, May.IMPORT_PEOPLE, _("Bring in a file"), url_for("imports.page")))
    return Step("people", _("Participants"), text, "done" if begun.people else "todo",
                "" if links else role_word(Role.SOCIAL.value), links)


def _products(turn: Turn, begun: Begun) -> Step:
    text = (ngettext("%(num)s product has its price.", "%(num)s products have their prices.", begun.products) if begun.products
            else _("Each product has a code, a unit, a price and the cost of its materials, from a day on."))
    links = (*_open_to(turn, May.KEEP_PRODUCTS, _("Add"), url_for("goods.add_product")),
             *_open_to(turn, May.IMPORT_PRODUCTS, _("Bring in a file"), url_for("imports.page")))
    return Step("products", _("Products and prices"), text, "done" if begun.products else "todo",
                "" if links else role_word(Role.INSTRUCTOR.value), links)


def _stock(turn: Turn, begun: Begun) -> Step:
    before = turn.doing.workshop().begins.first - timedelta(days=1)
    there = ngettext("%(num)s lot from before the books is there.", "%(num)s lots from before the books are there.",
                     begun.opening_lots)
    text = there if begun.opening_lots else _(
        "What was made before the books began and is not sold yet: log it with its makers under an earlier day, so that they get "
        "their share. Nothing left? Then there is nothing to do.")
    return Step("stock", _("Stock on the first day"), text, "done" if begun.opening_lots or begun.days else "todo",
                _who(turn, May.LOG_PRODUCTION, Role.INSTRUCTOR),
                _open_to(turn, May.LOG_PRODUCTION, _("Log"), url_for("day.page", day=before.isoformat())))


def _opening(turn: Turn, begun: Begun) -> Step:
    text = (_("The balances with which the books begin are booked.") if begun.opened else
            _("How much is in the cash box, in the bank and in the reserve on the first day of the books."))
    return Step("opening", _("Money on the first day"), text, "done" if begun.opened else "todo",
                _who(turn, May.KEEP_JOURNAL, Role.ACCOUNTANT),
                _open_to(turn, May.KEEP_JOURNAL, _("Open"), url_for("journal.opening")))


def _debts(turn: Turn, begun: Begun) -> Step:
    there = ngettext("%(num)s person's debt from before the books is booked.",
                     "%(num)s people's debts from before the books are booked.", begun.debts)
    text = there if begun.debts else _(
        "Somebody was not yet paid for earlier months, or was paid ahead? Write it down once for each of them, so that the first "
        "payments are right. Nobody? Then there is nothing to do.")
    return Step("debts", _("Debts on the first day"), text, "done" if begun.debts or begun.days else "todo",
                _who(turn, May.KEEP_JOURNAL, Role.ACCOUNTANT),
                _open_to(turn, May.KEEP_JOURNAL, _("Open"), url_for("journal.opening_people")))


def _rules(turn: Turn, begun: Begun) -> Step:
    text = (_("Rules are approved.") if begun.schemes else
            _("Begin from one of the ready-made rules, change it to what your order says; the director approves it."))
    links = (*_open_to(turn, May.DRAFT_SCHEME, _("Open"), url_for("schemes.listed" if begun.schemes else "schemes.new")),)
    return Step("rules", _("Rules of calculation"), text, "done" if begun.schemes else "todo",
                "" if links else role_word(Role.ACCOUNTANT.value), links)


def _devices(turn: Turn, begun: Begun) -> Step:
    if begun.devices and begun.badges:
        text, state = _("A device is registered and badges are made."), "done"
    else:
        text = _("Register the tablet of the workshop, then print each participant's badge on their page.")
        state = "part" if begun.devices or begun.badges else "todo"
    return Step("devices", _("Tablet and badges"), text, state, _who(turn, May.KEEP_DEVICES, Role.DIRECTOR),
                _open_to(turn, May.KEEP_DEVICES, _("Open"), url_for("settings.devices")))


@room.post("/setup/key", May.KEEP_PROVIDER)
def key_kept(turn: Turn) -> ResponseReturnValue:
    """The key sheet is printed and put away."""
    actions.say_key_kept(turn.doing)
    return turn.go(url_for("setup.page"), _("Noted: the key sheet is put away."))


@room.get("/setup/provider", May.KEEP_PROVIDER)
def provider(turn: Turn) -> ResponseReturnValue:
    """What provider and workshop are called."""
    return _provider_page(_with_choices(ProviderForm(data=vars(actions.described(turn.doing)))))


def _with_choices(form: ProviderForm) -> ProviderForm:
    form.funding.choices = [("", _("nothing")), ("part", _("a part")), ("full", _("all"))]
    return form


def _provider_page(form: ProviderForm) -> str:
    return render_template("setup/provider.html", form=form)


@room.post("/setup/provider", May.KEEP_PROVIDER)
def describe(turn: Turn) -> ResponseReturnValue:
    """Change it."""
    form = _with_choices(ProviderForm.sent())
    return turn.submit(
        form, act=lambda: actions.describe(turn.doing, Described(
            form.name.data, form.code.data, form.vat_payer.data, form.workshop.data, form.project_name.data,
            form.project_number.data, form.funding.data)),
        then=lambda: url_for("setup.page"), again=lambda: _provider_page(form), said=_("The changes are saved."))
