"""Papers of approved months: who may download what, making them, and handing them out as they were stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ledger import i18n
from ledger.actions import batches as work
from ledger.actions import papers as actions
from ledger.actions.papers import CALCULATION, LEAF, MAY_READ, PAYSHEET
from ledger.core.access import May
from ledger.core.faults import Hidden, Refused
from ledger.core.periods import Month
from ledger.documents import bundle
from ledger.i18n import gettext as _
from ledger.records import batches, people, stipends
from ledger.records import papers as rows
from ledger.records.papers import Paper
from ledger.records.people import Named
from ledger.records.stipends import SealedPerson, SealedRun
from ledger.web.batches import Shown
from ledger.web.batches import shown as batch_shown
from ledger.web.rules import Open, Room
from ledger.web.session import Turn

room = Room("papers")

MOST_ROWS = 60


def month_in_path(text: str) -> Month:
    """The month in an address; raises Hidden when it is none."""
    try:
        return Month.parse(text)
    except Refused:
        raise Hidden from None


@dataclass(frozen=True)
class MonthPapers:
    """An approved month in the list: how many papers of each kind are made, of how many."""

    month: Month
    number: str
    people: int
    made: dict[str, int]

    @property
    def missing(self) -> bool:
        """Whether a paper is still to be made."""
        return sum(self.made.values()) < 2 * self.people + 1


@dataclass(frozen=True)
class PersonPapers:
    """A person's row on a month's page."""

    named: Named
    statement: str
    papers: dict[str, Paper]


def _kinds(turn: Turn) -> list[str]:
    """The kinds of papers that this account may read; raises Hidden when it has nothing to do with papers."""
    kinds = [kind for kind in (LEAF, CALCULATION, PAYSHEET) if turn.doing.can(MAY_READ[kind])]
    if not kinds and not turn.doing.can(May.PRINT_PAPERS):
        raise Hidden
    return kinds


@room.get("/papers", Open.SIGNED_IN)
def listed(turn: Turn) -> ResponseReturnValue:
    """The approved months with their papers."""
    kinds = _kinds(turn)
    counts = rows.counts_by_run(turn.session, turn.doing.scope)
    months = [MonthPapers(Month.parse(run.month), run.number, count, counts.get(run.run_ref, {}))
              for run, count in stipends.sealed_heads(turn.session, turn.doing.scope)]
    return render_template("papers/list.html", months=months, kinds=kinds)


@room.get("/papers/<month>", Open.SIGNED_IN)
def month(turn: Turn, month: str) -> ResponseReturnValue:
    """One month's papers, person by person."""
    kinds, run, count = _kinds(turn), *_head(turn, month)
    made = rows.counts_by_run(turn.session, turn.doing.scope).get(run.run_ref, {})
    everyone = stipends.sealed_people(turn.session, turn.doing.scope, run.run_ref)
    last = max(1, -(-len(everyone) // MOST_ROWS))
    current = min(max(1, request.args.get("page", 1, type=int)), last)
    shown = _person_rows(turn, run, everyone[(current - 1) * MOST_ROWS:current * MOST_ROWS])
    turn.saw(one.named.person.ref for one in shown)
    return render_template(
        "papers/month.html", batch=_batch(turn, run),
        month=MonthPapers(Month.parse(run.month), run.number, count, made), kinds=kinds, people=shown,
        paysheet=_paysheet(turn, run) if PAYSHEET in kinds else None, current=current, last=last,
        page_url=lambda number: url_for("papers.month", month=month, page=number))


def _head(turn: Turn, month: str) -> tuple[SealedRun, int]:
    wanted = str(month_in_path(month))
    for run, count in stipends.sealed_heads(turn.session, turn.doing.scope):
        if run.month == wanted:
            return run, count
    raise Hidden


def _batch(turn: Turn, run: SealedRun) -> Shown | None:
    """How far the work on the papers is, for who may start it; None when it was not asked for."""
    found = batches.find_batch(turn.session, turn.doing.scope, run.run_ref) if turn.doing.can(May.PRINT_PAPERS) else None
    return batch_shown(turn, found) if found else None


def _person_rows(turn: Turn, run: SealedRun, statements: Sequence[SealedPerson]) -> list[PersonPapers]:
    papers: dict[str, dict[str, Paper]] = {}
    for paper in rows.papers_of_run(turn.session, turn.doing.scope, run.run_ref):
        papers.setdefault(paper.person_ref, {})[paper.kind] = paper
    named = {one.person.ref: one for one in people.participants(turn.session, turn.doing.vault, turn.doing.scope)}
    return [PersonPapers(named[one.person_ref], one.statement_number, papers.get(one.person_ref, {})) for one in statements]


def _paysheet(turn: Turn, run: SealedRun) -> Paper | None:
    found = rows.papers_of_run(turn.session, turn.doing.scope, run.run_ref, PAYSHEET)
    return found[0] if found else None


@room.post("/papers/<month>/make", May.PRINT_PAPERS)
def make(turn: Turn, month: str) -> ResponseReturnValue:
    """Ask for what is not made yet: a worker makes it. Asked twice, it is made once."""
    chosen = month_in_path(month)
    batch = work.start(turn.doing, chosen)
    seen = turn.doing.can(May.SEE_BATCHES)
    return turn.go(url_for("batches.page", ref=batch.ref) if seen else url_for("papers.month", month=str(chosen)))


# ---------- handing out ----------


@room.get("/papers/<ref>.pdf", Open.SIGNED_IN)
def one(turn: Turn, ref: str) -> ResponseReturnValue:
    """One paper as it was stored."""
    return pdf(turn, rows.get_paper(turn.session, turn.doing.scope, ref))


def pdf(turn: Turn, paper: Paper) -> Response:
    """A stored paper as an answer; raises Hidden for who may not read it. Whose data it shows is noted."""
    content = actions.open_paper(turn.doing, paper)
    turn.saw([paper.person_ref] if paper.person_ref else _people_of(turn, paper.run_ref))
    return file(content, actions.file_name(paper), "application/pdf")


def _people_of(turn: Turn, run_ref: str) -> list[str]:
    return [row.person_ref for row in stipends.sealed_people(turn.session, turn.doing.scope, run_ref)]


def file(content: bytes, name: str, kind: str, how: str = "attachment") -> Response:
    """Bytes with a name; the other headers come from the guard."""
    answer = Response(content, mimetype=kind)
    answer.headers["Content-Disposition"] = f'{how}; filename="{name}"'
    return answer


@room.get("/papers/<month>/<kind>.zip", Open.SIGNED_IN)
def bundle_zip(turn: Turn, month: str, kind: str) -> ResponseReturnValue:
    """All papers of a kind in one ZIP."""
    files = _files(turn, month, kind)
    return file(bundle.zip_of(files), f"{month}-{_KIND_FILES[kind]}.zip", "application/zip")


@room.get("/papers/<month>/<kind>.pdf", Open.SIGNED_IN)
def bundle_pdf(turn: Turn, month: str, kind: str) -> ResponseReturnValue:
    """All papers of a kind in one PDF for the printer."""
    files = _files(turn, month, kind)
    title = f"{kind_words()[kind]} – {i18n.month_title(month_in_path(month))}"
    joined = bundle.one_pdf([content for _name, content in files], title)
    return file(joined, f"{month}-{_KIND_FILES[kind]}.pdf", "application/pdf")


_KIND_FILES = {LEAF: "lapeliai", CALCULATION: "skaiciavimai", PAYSHEET: "ziniarastis"}


def kind_words() -> dict[str, str]:
    """What each kind of papers is called, in the language spoken now."""
    return {LEAF: _("Leaves"), CALCULATION: _("Calculations"), PAYSHEET: _("Pay sheet")}


def _files(turn: Turn, month: str, kind: str) -> list[tuple[str, bytes]]:
    if kind not in MAY_READ or not turn.doing.can(MAY_READ[kind]):
        raise Hidden
    run, _count = _head(turn, month)
    papers = rows.papers_of_run(turn.session, turn.doing.scope, run.run_ref, kind, whole=True)
    if not papers:
        raise Hidden
    turn.saw(_people_of(turn, run.run_ref))
    return [(actions.file_name(paper), actions.open_paper(turn.doing, paper)) for paper in papers]
