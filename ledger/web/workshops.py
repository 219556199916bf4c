"""In which workshop one works now, for those who work in more than one; and a substitute instructor, for some days."""

from __future__ import annotations

from flask import render_template, session, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice, SelectField

from ledger.actions import organisation as actions
from ledger.core.access import May, Role
from ledger.core.faults import Hidden
from ledger.i18n import gettext as _
from ledger.i18n import lazy_text
from ledger.records import organisation
from ledger.records.organisation import Account, Workshop
from ledger.web.forms import DayField, Form, needed
from ledger.web.rules import Open, Room
from ledger.web.session import Turn

room = Room("workshops")


def _own(turn: Turn) -> list[Workshop]:
    """The workshops in which the reader has a role today; a participant has theirs and no choice."""
    doing = turn.doing
    if doing.who.person is not None:
        raise Hidden
    return [one for one in organisation.workshops(turn.session, doing.scope.organisation) if doing.who.roles(one.id, doing.today)]


@room.get("/workshops", Open.SIGNED_IN)
def listed(turn: Turn) -> ResponseReturnValue:
    """The reader's workshops, to choose from."""
    return render_template("settings/workshops.html", workshops=_own(turn), now=turn.doing.scope.workshop)


@room.post_outside("/workshops/<ref>", Open.SIGNED_IN, keyed=False)
def choose(turn: Turn, ref: str) -> ResponseReturnValue:
    """Work in this workshop from now on; it stands in the cookie of this session and nowhere else."""
    chosen = next((one for one in _own(turn) if one.ref == ref), None)
    if chosen is None:
        raise Hidden
    session["workshop"] = chosen.id
    return turn.go(url_for("signing.home"), _("You work in “%(name)s” now.", name=chosen.name))


# ---------- a substitute ----------


class SubstituteForm(Form):
    """Who stands in for the instructor here, and on which days."""

    account = SelectField(lazy_text("Who stands in"), [needed], validate_choice=False)
    since = DayField(lazy_text("First day"), [needed])
    until = DayField(lazy_text("Last day"), [needed])


@room.get("/staff/substitute", May.KEEP_ACCOUNTS)
def substitute(turn: Turn) -> ResponseReturnValue:
    """The form of a substitute instructor."""
    return _substitute_page(turn)


def _instructors(turn: Turn) -> list[Account]:
    """Instructors of the provider's other workshops who are none here."""
    return organisation.instructors_elsewhere(turn.session, turn.doing.scope, turn.doing.today)


def _substitute_page(turn: Turn, form: SubstituteForm | None = None) -> str:
    found = _instructors(turn)
    form = form or SubstituteForm(None, since=turn.doing.today)
    form.account.choices = [SelectChoice("", _("Choose")), *(SelectChoice(one.ref, one.name) for one in found)]
    return render_template("settings/substitute.html", form=form, instructors=found,
                           workshop=organisation.get_workshop(turn.session, turn.doing.scope))


@room.post("/staff/substitute", May.KEEP_ACCOUNTS)
def lend(turn: Turn) -> ResponseReturnValue:
    """An instructor of another workshop works here on these days."""
    form = SubstituteForm.sent()

    def act() -> None:
        account = next((one for one in _instructors(turn) if one.ref == form.account.data), None)
        if account is None:
            raise Hidden
        actions.substitute(turn.doing, account, Role.INSTRUCTOR, form.since.data, form.until.data)
    return turn.submit(form, act=act, then=lambda: url_for("settings.devices"), again=lambda: _substitute_page(turn, form),
                       said=_("The substitute may work here on these days."))
