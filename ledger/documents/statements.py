"""A person's statement: the easy leaf (lapelis) and the calculation (skaičiavimas), two papers under one number."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup, escape

from ledger.core.explanation import About, Fact
from ledger.core.periods import Month
from ledger.core.production import Mark
from ledger.documents.coins import purse
from ledger.documents.markup import fill
from ledger.documents.pictures import Drawn
from ledger.explained import easy
from ledger.explained.months import Section
from ledger.i18n import MINUS, amount, day, euros, hours, pgettext
from ledger.i18n import gettext as _

MOST_STEPS = 5
MOST_REASON_WORDS, GOAL_WORDS = 33, 12
"""An easy page has 60 words: 27 stand on every leaf, two goals have 12; when they do not fit, goals begin the next page."""


@dataclass(frozen=True)
class GoalMonth:
    """Where the person stood in a month: 0 to 5 steps."""

    month: Month
    steps: int

    def __post_init__(self) -> None:
        if not 0 <= self.steps <= MOST_STEPS:
            raise ValueError("steps run from 0 to 5")


@dataclass(frozen=True)
class LeafGoal:
    """A goal in the person's words, its picture's name in `static/img`, its last months (three), oldest first."""

    title: str
    picture: str
    months: tuple[GoalMonth, ...]


@dataclass(frozen=True)
class LeafData:
    """All that stands on the leaf; the reasons sum to the total.

    `helper` is the first name of the one to turn to, "" when nobody is named; `dated` is the day of approval, `code` the
    statement's code ("" for none).
    """

    number: str
    dated: date
    month: Month
    name: str
    workshop: str
    total_cents: int
    reasons: tuple[Fact, ...]
    goals: tuple[LeafGoal, ...] = ()
    helper: str = ""
    code: str = ""

    def __post_init__(self) -> None:
        _must_add_up(self.total_cents, (reason.cents for reason in self.reasons))


@dataclass(frozen=True)
class PartRow:
    """A part of the sum: its name, the scheme's paragraph, the arithmetic as people read it, cents (a cut is minus)."""

    label: str
    paragraph: str
    arithmetic: str
    cents: int


@dataclass(frozen=True)
class DayCell:
    """A day of the attendance strip; `text` as `day_text` gives it, `counted` when the scheme counts the day."""

    day: int
    text: str
    counted: bool


@dataclass(frozen=True)
class TraceRow:
    """One step from a sale line to the person, all texts ready.

    `matched` "2 iš 4", `share` "170 iš 220 min.", `exact` euros with four decimals, − before a return.
    """

    sold: date
    document: str
    line: int
    product: str
    shared_cents: int
    lot: str
    matched: str
    share: str
    exact: str

    @property
    def minus(self) -> bool:
        """Whether the row takes away."""
        return self.exact.startswith((MINUS, "-"))


@dataclass(frozen=True)
class Signed:
    """Who signs and when; no day leaves it to the pen."""

    name: str
    day: date | None = None


@dataclass(frozen=True)
class EuProject:
    """The European project a workshop belongs to; `whole` when the Union pays all of it."""

    name: str
    number: str
    whole: bool = False


def eu_project(funding: str, name: str, number: str) -> EuProject | None:
    """What a paper says of the project by how a workshop is funded: "full", "part", or "" for not at all."""
    return EuProject(name, number, whole=funding == "full") if funding else None


@dataclass(frozen=True)
class Scheme:
    """The rules a calculation follows: number, name, first day in force, the order that approved them; `before` are those that
    ruled the first days of a split month."""

    number: str
    name: str
    in_force: date
    order: str
    before: Scheme | None = None

    @property
    def rows(self) -> list[tuple[str, str]]:
        """What a paper says of them: label and words, the rules of the first days above."""
        named = _("No. %(number)s “%(name)s”, in force from %(day)s", number=self.number, name=self.name, day=day(self.in_force))
        own = [(_("Scheme"), named), (_("Basis of the scheme"), self.order)]
        if self.before is None:
            return own
        first = _("No. %(number)s “%(name)s”, until %(day)s", number=self.before.number, name=self.before.name,
                  day=day(self.in_force - timedelta(days=1)))
        return [(_("Scheme of the first days"), first), (_("Basis of the scheme"), self.before.order), *own]


@dataclass(frozen=True)
class CalculationData:
    """All that stands on the calculation; the parts sum to the total. `sections` are the month's own account.

    `account` is masked (LT39 •••• 7919), "" when paid in cash; `traced_total` is written like `TraceRow.exact`; `code` is the
    statement's code ("" for none), `attached` the person's part of the run as JSON, put into the PDF.
    """

    number: str
    dated: date
    name: str
    person_number: str
    month: Month
    provider: str
    workshop: str
    run_number: str
    scheme: Scheme
    account: str
    parts: tuple[PartRow, ...]
    total_cents: int
    days: tuple[DayCell, ...]
    minutes: int
    trace: tuple[TraceRow, ...]
    traced_total: str
    prepared: Signed
    approved: Signed
    project: EuProject | None = None
    sections: tuple[Section, ...] = ()
    code: str = ""
    attached: bytes = b""
    logo: Drawn | None = None

    def __post_init__(self) -> None:
        _must_add_up(self.total_cents, (part.cents for part in self.parts))

    @property
    def counted_days(self) -> int:
        """How many days the scheme counts."""
        return sum(cell.counted for cell in self.days)


def _must_add_up(total: int, parts: Iterable[int]) -> None:
    if sum(parts) != total or total < 0:
        raise ValueError("a statement's parts add up to its total, which is not below zero")


def leaf_pdf(data: LeafData) -> bytes:
    """The easy leaf as PDF, in the language spoken now."""
    title = _("Stipend leaf %(number)s", number=data.number)
    from ledger.documents.pdf import render  # loaded with the first paper: see there

    return render("leaf", title, data.dated, **leaf_values(data))


def leaf_values(data: LeafData) -> dict[str, object]:
    """What the leaf's template needs. What took or brought nothing is not told, save goods that wait for buyers; small ones are
    told together."""
    waits = [fact for fact in data.reasons if fact.about is About.GOODS and not fact.cents]
    lines: list[tuple[str, tuple[Markup, ...]]] = []
    for most in range(easy.MOST - len(waits), 1, -1):
        lines = [(easy.tell(fact).picture, reason_sentences(fact)) for fact in [*easy.few(data.reasons, most), *waits]]
        if _words(lines) <= MOST_REASON_WORDS:
            break
    turn = bool(data.goals) and _words(lines) > MOST_REASON_WORDS - GOAL_WORDS
    return {"leaf": data, "lines": lines, "purse": purse(data.total_cents), "most_steps": MOST_STEPS, "turn": turn}


def _words(lines: list[tuple[str, tuple[Markup, ...]]]) -> int:
    """How many words the reasons have."""
    return sum(len(sentence.striptags().replace("\u00a0", " ").split()) for _picture, told in lines for sentence in told)


def calculation_pdf(data: CalculationData) -> bytes:
    """The full calculation as PDF, in the language spoken now."""
    from ledger.documents.pdf import Attached, render  # loaded with the first paper: see there

    says = _("The data of calculation %(number)s for machines", number=data.number)
    attached = Attached(f"{data.number}.json", data.attached, says, data.dated) if data.attached else None
    return render("calculation", calculation_title(data), data.dated, attached, **calculation_values(data))


def calculation_values(data: CalculationData) -> dict[str, object]:
    """What the calculation's template needs."""
    return {"calculation": data, "marks_used": _marks_used(data.days), "columns": _columns(data.trace)}


@dataclass(frozen=True)
class Columns:
    """Widths of the trace's columns in millimetres, None for the one that takes the rest; `tight`: words must break."""

    widths: tuple[int | None, ...]
    tight: bool


_PAPER_WIDTH = 178
_LEAST_WIDTHS = (19, 24, 24, 15, 11, 19, 18, 16)
_PRODUCT, _WORDY, _UNBROKEN = 2, (1, 4, 5, 6), (0, 3, 7)  # days and sums are never broken


def _columns(rows: tuple[TraceRow, ...]) -> Columns:
    """Columns as wide as their longest text: fixed widths take half the time of letting the engine find them."""
    if not rows:
        return Columns((), False)
    columns = zip(*(_texts(row) for row in rows), strict=True)
    needed = [max(least, *map(_width, texts)) for least, texts in zip(_LEAST_WIDTHS, columns, strict=True)]
    spare = _PAPER_WIDTH - _LEAST_WIDTHS[_PRODUCT] - sum(needed[place] for place in _UNBROKEN)
    wordy = sum(needed[place] for place in _WORDY)
    if wordy > spare:
        for place in _WORDY:
            needed[place] = needed[place] * spare // wordy
    return Columns(tuple(None if place == _PRODUCT else width for place, width in enumerate(needed)), wordy > spare)


def _texts(row: TraceRow) -> tuple[str, ...]:
    document = _("%(document)s, line %(line)s", document=row.document, line=row.line)
    return (str(row.sold), document, "", amount(row.shared_cents), row.lot, row.matched, row.share, row.exact)


def _width(text: str) -> int:
    """About how many millimetres a text takes in the trace's letters, with its padding."""
    kinds = ((str.isdigit, 173), (str.isupper, 182), (str.isalpha, 136), (bool, 90))
    hundredths = sum(next(width for kind, width in kinds if kind(char)) for char in text)
    return -(-(hundredths + 200) // 100)


def calculation_title(data: CalculationData) -> str:
    """Its kind and number."""
    return _("Stipend calculation No. %(number)s", number=data.number)


_FIGURE = re.compile(r"[0-9]+[ \u00a0][^\W\d_]+(?: [0-9]+[ \u00a0][^\W\d_]+)*")


def reason_sentences(fact: Fact) -> tuple[Markup, ...]:
    """The easy sentences of a reason, figures bold: what happened, what it brings or takes."""
    told = easy.tell(fact)
    happened = Markup(_FIGURE.sub(r"<b>\g<0></b>", str(escape(told.said))))  # noqa: S704  # escaped, then the figures made bold
    if not told.label:
        return (happened,)
    return happened, fill("%(label)s: <b>%(sum)s</b>.", label=told.label, sum=euros(told.cents))


def day_text(minutes: int, mark: Mark) -> str:
    """A day in the strip: hours when attended, a letter for an absence. Illness is not told from other good reasons."""
    if mark is Mark.ATTENDED:
        return hours(minutes)
    return pgettext("absence", "U") if mark is Mark.UNEXCUSED else pgettext("absence", "E")


def _marks_used(days: tuple[DayCell, ...]) -> tuple[str, ...]:
    """The explanations of the letters that stand in the strip."""
    meanings = ((pgettext("absence", "E"), _("excused")), (pgettext("absence", "U"), _("without reason")))
    used = {cell.text for cell in days}
    return tuple(f"{letter}: {meaning}" for letter, meaning in meanings if letter in used)
