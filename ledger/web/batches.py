"""Work in the background: how far a batch is, what failed and why in words, and trying that again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ledger import i18n
from ledger.actions import batches as actions
from ledger.actions.papers import SHEET, STATEMENT
from ledger.core.access import May
from ledger.core.periods import Month
from ledger.i18n import gettext as _
from ledger.i18n import ngettext, pgettext
from ledger.records import batches as rows
from ledger.records import organisation, people
from ledger.records.batches import CORRECTION_PAPERS, Batch, BatchItem, Tally
from ledger.records.people import Named
from ledger.sentences import sentence
from ledger.web.rules import Room
from ledger.web.session import Turn

room = Room("batches")

MOST_ROWS = 60
STILL = timedelta(seconds=30)
"""How long nothing may happen before the page says that no worker is running."""


@dataclass(frozen=True)
class Shown:
    """How far a batch is, in words; `stalled` when it waits and nobody works."""

    batch: Batch
    tally: Tally
    stalled: bool = False

    @property
    def said(self) -> str:
        """One sentence for beside the bar."""
        done = _("Made: %(done)s of %(total)s.", done=self.tally.done, total=self.tally.total)
        return f"{done} {_failed(self.tally.failed)}" if self.tally.failed else done

    @property
    def title(self) -> str:
        """What is being made."""
        month = i18n.month_title(Month.parse(self.batch.month))
        if self.batch.kind == CORRECTION_PAPERS:
            return _("Papers of a correction: %(month)s", month=month)
        return _("Papers of a month: %(month)s", month=month)

    @property
    def steps(self) -> str:
        """What one step of the bar is."""
        if self.batch.kind == CORRECTION_PAPERS:
            return _("One step is a person's leaf and calculation. You may leave this page: the work goes on without it.")
        return _("One step is a person's leaf and calculation; the pay sheet is one more. You may leave this page: the work goes "
                 "on without it.")

    @property
    def back(self) -> str:
        """The words of the button that leads to what is made."""
        return _("To the correction") if self.batch.kind == CORRECTION_PAPERS else _("To the papers of the month")

    @property
    def address(self) -> str:
        """Where what is made stands."""
        if self.batch.kind == CORRECTION_PAPERS:
            return url_for("corrections.one", ref=self.batch.subject_ref)
        return url_for("papers.month", month=self.batch.month)

    @property
    def tag(self) -> tuple[str, str]:
        """Kind and word of its label."""
        return {"open": ("wait", pgettext("batch", "being made")), "failed": ("stop", pgettext("batch", "something failed")),
                "done": ("ok", pgettext("batch", "all made"))}[self.tally.state]


@dataclass(frozen=True)
class FailedRow:
    """An item that failed: whose (none for the pay sheet), what, and why."""

    item: BatchItem
    named: Named | None
    what: str
    why: str


def _failed(count: int) -> str:
    return ngettext("%(num)s could not be made.", "%(num)s could not be made.", count)


def shown(turn: Turn, batch: Batch) -> Shown:
    """A batch with how far it is."""
    tally = rows.tallies(turn.session, [batch.id]).get(batch.id, Tally())
    if not tally.open or tally.taken:
        return Shown(batch, tally)
    return Shown(batch, tally, stalled=rows.last_moved(turn.session, batch.id, batch.asked_at) < turn.doing.at - STILL)


@room.get("/batches", May.SEE_BATCHES)
def listed(turn: Turn) -> ResponseReturnValue:
    """The newest batches."""
    found = [Shown(batch, tally) for batch, tally in rows.batches(turn.session, turn.doing.scope, MOST_ROWS)]
    names = {account.ref: account.name for account, _grant in organisation.grants_of(turn.session, turn.doing.scope)}
    return render_template("batches/list.html", batches=found, names=names)


@room.get("/batches/<ref>", May.SEE_BATCHES)
def page(turn: Turn, ref: str) -> ResponseReturnValue:
    """One batch: the bar, and what failed."""
    batch = rows.get_batch(turn.session, turn.doing.scope, ref)
    failed = [item for item in rows.items(turn.session, turn.doing.scope, ref) if item.state == rows.FAILED]
    last = max(1, -(-len(failed) // MOST_ROWS))
    current = min(max(1, request.args.get("page", 1, type=int)), last)
    listed_rows = _failed_rows(turn, failed[(current - 1) * MOST_ROWS:current * MOST_ROWS])
    turn.saw(one.named.person.ref for one in listed_rows if one.named)
    return render_template(
        "batches/page.html", one=shown(turn, batch), failed=listed_rows, current=current, last=last,
        page_url=lambda number: url_for("batches.page", ref=ref, page=number))


def _failed_rows(turn: Turn, items: list[BatchItem]) -> list[FailedRow]:
    if not items:
        return []
    named = {one.person.ref: one for one in people.participants(turn.session, turn.doing.vault, turn.doing.scope)}
    words = {STATEMENT: _("Leaf and calculation"), SHEET: _("Pay sheet")}
    return [FailedRow(item, named.get(item.person_ref), words.get(item.kind, item.kind), sentence("batch_" + item.why, {}))
            for item in items]


@room.get("/batches/<ref>/state", May.PRINT_PAPERS)
def state(turn: Turn, ref: str) -> ResponseReturnValue:
    """How far it is, for the script that moves the bar; tells of nobody."""
    one = shown(turn, rows.get_batch(turn.session, turn.doing.scope, ref))
    return jsonify(done=one.tally.done, total=one.tally.total, state="stalled" if one.stalled else one.tally.state, said=one.said)


@room.post("/batches/<ref>/again", May.PRINT_PAPERS)
def again(turn: Turn, ref: str) -> ResponseReturnValue:
    """Let what failed be tried anew."""
    count = actions.try_again(turn.doing, ref)
    return turn.go(url_for("batches.page", ref=ref), _("What failed is tried again.") if count else "")
