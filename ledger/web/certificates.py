"""Papers that last: certificates of stipends received, the year's sums per person, and a month's audit pack."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField

from ledger.actions import audit_pack
from ledger.actions import certificates as actions
from ledger.actions.certificates import Asked
from ledger.core.access import May
from ledger.core.faults import Conflict, Hidden, Refused
from ledger.core.periods import Month
from ledger.documents.certificate import YearData, year_pdf, year_sheets
from ledger.documents.sheets import csv_of, xlsx_of
from ledger.i18n import gettext as _
from ledger.i18n import lazy_text
from ledger.records import certificates as rows
from ledger.records import people, stipends
from ledger.web.forms import Form, ReadField, needed
from ledger.web.papers import file, month_in_path
from ledger.web.rules import Open, Room
from ledger.web.session import Turn, outside_work

room = Room("certificates")

MOST_ROWS = 60
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class MonthField(ReadField):
    """A month; the browser's month field sends 2026-10."""

    def read(self, text: str) -> Month:
        """A month."""
        return Month.parse(text.strip())


# ---------- certificates ----------


class CertificateForm(Form):
    """Of which months, for whom and what for."""

    first = MonthField(lazy_text("First month"), [needed])
    last = MonthField(lazy_text("Last month"), [needed])
    asked_by = StringField(lazy_text("For whom (if the person says so)"))
    purpose = StringField(lazy_text("What for (if the person says so)"))


@room.get("/people/<ref>/certificates", May.SEE_CERTIFICATES)
def listed(turn: Turn, ref: str) -> ResponseReturnValue:
    """A person's certificates, and the form of a new one."""
    return _listed(turn, ref, None)


def _listed(turn: Turn, ref: str, form: Form | None) -> str:
    named = people.get_participant(turn.session, turn.doing.vault, turn.doing.scope, ref)
    turn.saw([named.person.ref])
    approved = stipends.months_of_person(turn.session, turn.doing.scope, named.person.ref)
    if form is None and approved:
        newest = max(approved)
        form = CertificateForm(None, data={"first": max(min(approved), newest.plus(-11)), "last": newest})
    return render_template("papers/certificates.html", named=named, form=form, unpaid=_unpaid(turn, ref, form),
                           certificates=rows.certificates_of(turn.session, turn.doing.scope, named.person.ref))


def _unpaid(turn: Turn, ref: str, form: Any) -> bool:  # Any: WTForms ships no types
    """Whether nothing was paid yet for the months in the form."""
    if form is None or not (form.first.data and form.last.data):
        return False
    return actions.paid_in(turn.doing, Asked(ref, form.first.data, form.last.data)) == 0


@room.post_outside("/people/<ref>/certificates", May.MAKE_CERTIFICATE)
def make(turn: Turn, ref: str) -> ResponseReturnValue:
    """Make a certificate and keep it. Slow, so nothing is locked meanwhile; a number that somebody else took is tried again."""
    form = CertificateForm.sent()
    status = 422
    if form.validate():
        try:
            return _made(turn, ref, form)
        except Refused as refused:
            form.refuse(refused)
            status = 409 if isinstance(refused, Conflict) else 422
    return _listed(turn, ref, form), status


def _made(turn: Turn, ref: str, form: Any) -> ResponseReturnValue:  # Any: WTForms ships no types
    asked = Asked(ref, form.first.data, form.last.data, form.asked_by.data or "", form.purpose.data or "")
    for _try in range(actions.TRIES - 1):
        try:
            return _once(turn, asked)
        except Conflict as taken:
            if taken.code != "somebody_faster":
                raise
            turn.session.rollback()  # to see the number that was taken
    return _once(turn, asked)


def _once(turn: Turn, asked: Asked) -> ResponseReturnValue:
    return outside_work(turn, slow=lambda doing: actions.make(doing, asked), act=actions.keep,
                        then=url_for("certificates.listed", ref=asked.participant),
                        said=_("The certificate is made.") if actions.paid_in(turn.doing, asked) else _(
                            "The certificate is made. It says that nothing was paid for these months yet."))


@room.get("/certificates/<ref>.pdf", Open.SIGNED_IN)
def one(turn: Turn, ref: str) -> ResponseReturnValue:
    """A certificate as it was stored: for the accountant, the director and the person."""
    row = rows.get_certificate(turn.session, turn.doing.scope, ref)
    content = actions.open_certificate(turn.doing, row)
    turn.saw([row.person_ref])
    return file(content, f"{row.number}-pazyma.pdf", "application/pdf")


@room.get("/my/certificates", May.SEE_OWN)
def mine(turn: Turn) -> ResponseReturnValue:
    """My certificates."""
    own = rows.certificates_of(turn.session, turn.doing.scope, turn.doing.who.person or "")
    shown = [(row, Month.parse(row.first_month), Month.parse(row.last_month)) for row in own]
    return render_template("participant/certificates.html", certificates=shown)


# ---------- the year's sums ----------


@room.get("/years", May.SEE_YEAR)
def newest(turn: Turn) -> ResponseReturnValue:
    """The newest year with an approved month."""
    there = rows.years(turn.session, turn.doing.scope)
    return _year(turn, there[0] if there else turn.doing.today.year, there)


@room.get("/years/<int:year>", May.SEE_YEAR)
def year(turn: Turn, year: int) -> ResponseReturnValue:
    """Everybody's months of a year."""
    return _year(turn, _checked(year), rows.years(turn.session, turn.doing.scope))


def _checked(year: int) -> int:
    if not 2000 <= year <= 2200:
        raise Hidden
    return year


def _year(turn: Turn, year: int, there: list[int]) -> str:
    data = actions.year_of(turn.doing, year)
    last = max(1, -(-len(data.people) // MOST_ROWS))
    current = min(max(1, request.args.get("page", 1, type=int)), last)
    shown = data.people[(current - 1) * MOST_ROWS:current * MOST_ROWS]
    refs = _refs(turn)
    turn.saw(refs[row.number][1] for row in shown)
    return render_template(
        "papers/year.html", data=data, people=[(row, refs[row.number][0]) for row in shown], years=there, current=current,
        last=last,
        page_url=lambda number: url_for("certificates.year", year=year, page=number))


def _refs(turn: Turn) -> dict[str, tuple[str, str]]:
    """Public reference and the books' reference of each participant by number."""
    return {one.person.number: (one.ref, one.person.ref)
            for one in people.participants(turn.session, turn.doing.vault, turn.doing.scope)}


@room.get("/years/<int:year>/<form>", May.SEE_YEAR)
def year_file(turn: Turn, year: int, form: str) -> ResponseReturnValue:
    """The year as PDF, CSV or XLSX."""
    data = actions.year_of(turn.doing, _checked(year))
    refs = _refs(turn)
    turn.saw(refs[row.number][1] for row in data.people)
    return _as_file(turn, data, form, f"stipendijos-{year}")


@room.get("/people/<ref>/years/<int:year>", May.SEE_YEAR)
def person_year(turn: Turn, ref: str, year: int) -> ResponseReturnValue:
    """One person's months of a year."""
    named = people.get_participant(turn.session, turn.doing.vault, turn.doing.scope, ref)
    turn.saw([named.person.ref])
    data = actions.year_of(turn.doing, _checked(year), ref)
    there = rows.years(turn.session, turn.doing.scope)
    return render_template("papers/person_year.html", named=named, data=data, row=data.people[0], years=there)


@room.get("/people/<ref>/years/<int:year>/<form>", May.SEE_YEAR)
def person_year_file(turn: Turn, ref: str, year: int, form: str) -> ResponseReturnValue:
    """One person's year as PDF, CSV or XLSX."""
    named = people.get_participant(turn.session, turn.doing.vault, turn.doing.scope, ref)
    turn.saw([named.person.ref])
    data = actions.year_of(turn.doing, _checked(year), ref)
    return _as_file(turn, data, form, f"stipendijos-{year}-{named.person.number}")


def _as_file(turn: Turn, data: YearData, form: str, name: str) -> ResponseReturnValue:
    if form == "pdf":
        return file(year_pdf(data), f"{name}.pdf", "application/pdf")
    if form == "csv":
        return file(csv_of(year_sheets(data)), f"{name}.csv", "text/csv")
    if form == "xlsx":
        return file(xlsx_of(year_sheets(data), turn.doing.at), f"{name}.xlsx", SPREADSHEET)
    raise Hidden


# ---------- the audit pack ----------


@room.get("/papers/<month>/audit-pack.zip", May.TAKE_AUDIT_PACK)
def pack(turn: Turn, month: str) -> ResponseReturnValue:
    """Everything of an approved month, with names and papers."""
    chosen = month_in_path(month)
    made = audit_pack.pack(turn.doing, chosen)
    turn.saw(made.people)
    return file(made.content, f"audito-rinkinys-{chosen}.zip", "application/zip")


@room.get("/papers/<month>/audit-pack-pseudonymised.zip", May.TAKE_PSEUDONYMISED)
def pack_pseudonymised(turn: Turn, month: str) -> ResponseReturnValue:
    """The same without names, papers and what the run read of people's days."""
    chosen = month_in_path(month)
    made = audit_pack.pack(turn.doing, chosen, pseudonymised=True)
    turn.saw(made.people)
    return file(made.content, f"audito-rinkinys-be-vardu-{chosen}.zip", "application/zip")
