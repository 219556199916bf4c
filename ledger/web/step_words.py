"""Words of the pages about steps: why something is refused, what a step's picture is called, times and norms as they are read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from ledger import i18n
from ledger.actions.work_steps import STEP_PICTURES
from ledger.core.money import half_up
from ledger.core.work_steps import Average, Norm
from ledger.i18n import gettext as _
from ledger.i18n import mark, pgettext
from ledger.records import work_steps
from ledger.records.production import Product
from ledger.records.work_steps import StepRow, TimeStudy
from ledger.sentences import learn
from ledger.web.session import Turn

learn({
    "no_time": mark("“%(text)s” is no time: write minutes and seconds like 1:25, or seconds like 85,4."),
    "time_range": mark("“%(text)s” is no real time of one unit: it lies above zero and up to ten hours."),
    "too_few_timed": mark("Write down at least %(least)s times that are not left out."),
    "step_weight": mark("A step's weight is a number above zero, at most %(most)s."),
    "skill_and_kind": mark("A skill needs both its name and its kind: general or work skill."),
    "not_easy_sign": mark("On a card for reading easily there is no “%(sign)s”: say it in words."),
    "not_easy_many": mark("A card takes at most %(most)s short sentences."),
    "not_easy_long": mark("A sentence of a card has at most %(most)s words: part it in two."),
    "too_many_steps": mark("A product has at most %(most)s steps: end one that is not done any more."),
    "too_many_materials": mark("The list takes at most %(most)s materials: put small ones together."),
    "too_many_kinds_of_shares": mark("These steps are shared in too many ways to be counted: choose another way of sharing."),
    "step_ended": mark("This step has ended: take it up again first."),
    "no_steps": mark("“%(name)s” has no steps yet: choose another way of sharing, or write its steps down."),
    "did_no_step": mark("%(name)s did no step: tick at least one, or take the person out."),
    "unknown_material_unit": mark("Choose the unit: kilograms, litres, metres or pieces."),
    "due_before_taken": mark("An order is due on %(day)s at the earliest: the day it was taken."),
    "job_of_nothing": mark("Write down how much is ordered, or the price for all of it."),
    "job_ended": mark("This order has ended already: open it again first."),
})

PICTURE_WORDS = {
    "lydyti": mark("Melt"), "pilti": mark("Pour"), "maisyti": mark("Stir"), "svarstykles": mark("Weigh"), "pjauti": mark("Cut"),
    "klijuoti": mark("Glue"), "lankstyti": mark("Fold"), "siuti": mark("Sew"), "dziovinti": mark("Dry"), "plauti": mark("Wash"),
    "etikete": mark("Label"), "tikrinti": mark("Check it"), "pakuoti": mark("Pack")}
"""The signs of work; those of products have their words in goods."""


def time_text(tenths: int) -> str:
    """Tenths of a second as they are typed and read: 1:25,4; 45; 0,8."""
    minutes, rest = divmod(tenths, 600)
    seconds, tenth = divmod(rest, 10)
    end = f",{tenth}" if tenth else ""
    return f"{minutes}:{seconds:02d}{end}" if minutes else f"{seconds}{end}"


def minutes_text(norm: Norm) -> str:
    """Minutes a unit: 1,42 min."""
    return f"{_decimal(norm.minutes, 2)}{i18n.NBSP}{pgettext('unit', 'min.')}"


def an_hour_text(norm: Norm, unit: str) -> str:
    """Units an hour: 42,3 vnt."""
    return f"{_decimal(norm.an_hour, 1)}{i18n.NBSP}{i18n.unit_name(unit)}"


def _decimal(exact: Fraction, places: int) -> str:
    """Half up; with more places while it would be zero."""
    while not half_up(exact * 10 ** places) and places < 6:
        places += 1
    return i18n.decimal(half_up(exact * 10 ** places), places, at_least=0)


def average_word(average: str) -> str:
    """Which middle it is."""
    return _("median") if average == Average.MEDIAN else _("mean")


@dataclass(frozen=True)
class Shown:
    """A step with the time study that is its norm today, and its place among the steps that are done."""

    row: StepRow
    study: TimeStudy | None
    place: int
    first: bool
    last: bool


def shown_steps(turn: Turn, product: Product, day: date) -> list[Shown]:
    """The steps of a product, ended ones last (place 0); three queries."""
    rows = work_steps.steps_of(turn.session, turn.doing.scope, product.id)
    found = work_steps.norms(turn.session, turn.doing.scope, [row.id for row in rows], day)
    live = [row for row in rows if row.ended_on is None]
    return [Shown(row, found.get(row.id), place if row in live else 0, place == 1, place == len(live))
            for place, row in enumerate(rows, 1)]


def known_pictures(words: dict[str, str]) -> list[tuple[str, str]]:
    """The signs a step may have with their words; `words` are those of products."""
    return [(sign, _({**words, **PICTURE_WORDS}[sign])) for sign in STEP_PICTURES]
