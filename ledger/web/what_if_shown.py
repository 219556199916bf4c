"""What trying rules on past months shows: figures side by side, each person, each month; the same as tables for a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ledger import i18n
from ledger.actions.what_if import Tried
from ledger.core.periods import Month
from ledger.core.what_if import Compared, Figures, compare, figures, moved
from ledger.documents.sheets import Cell, Cents, Sheet
from ledger.i18n import gettext as _
from ledger.i18n import pgettext

LETTERS = "ABC"


@dataclass(frozen=True)
class Row:
    """A row of a table: its word and, for what was then and for each of the tried rules, cents or a count; None for nothing."""

    word: str
    values: tuple[int | None, ...]
    counts: bool = False


@dataclass(frozen=True)
class MonthRow:
    """A month: what was paid then (None: no rules were in force) and by each of the tried rules."""

    month: Month
    approved: bool
    old: int | None
    new: tuple[int, ...]

    def difference(self, place: int) -> int | None:
        """New less old by the rules of that place."""
        return None if self.old is None else self.new[place] - self.old


@dataclass(frozen=True)
class Shown:
    """Everything that the page and the files tell. `labels` are the names of the tried rules, `month` the one month that is shown,
    or None for all of `tried`."""

    labels: tuple[str, ...]
    tried: Tried
    month: Month | None
    names: Mapping[str, str]

    @property
    def picked(self) -> Tried:
        """The months that are shown."""
        return self.tried.of(self.month)

    @property
    def letters(self) -> str:
        """A letter for each of the tried rules."""
        return LETTERS[:len(self.labels)]

    @property
    def people(self) -> tuple[Compared, ...]:
        """Each person's sums over the shown months."""
        return compare(self.picked.old, self.picked.new)

    def name(self, ref: str) -> str:
        """A person's name."""
        return self.names.get(ref, "—")


def figure_rows(shown: Shown, people: Sequence[Compared]) -> list[Row]:
    """The figures side by side; then who gains and who loses."""
    picked = shown.picked
    sides = [figures(picked.old), *(figures(one) for one in picked.new)]
    old = bool(picked.old)
    rows: list[tuple[str, Callable[[Figures], int | None]]] = [
        (_("Smallest stipend"), lambda one: one.least), (_("Middle stipend"), lambda one: one.middle),
        (_("Largest stipend"), lambda one: one.most), (_("Spread"), lambda one: one.spread),
        (_("Stipends in all"), lambda one: one.total), (_("From the budget"), lambda one: one.from_budget)]
    if any(one.withheld for one in sides):
        rows.append((_("Withheld"), lambda one: one.withheld))
    rows += [(_("Into the reserve"), lambda one: one.to_reserve), (_("In the reserve at the end"), lambda one: one.reserve)]
    told = [Row(word, tuple(value(one) if place or old else None for place, one in enumerate(sides))) for word, value in rows]
    counts = [moved(people, place) for place in range(len(shown.labels))]
    words = (_("People who gain"), _("People who lose"), _("People with no change"))
    if old:
        told += [Row(word, (None, *(count[place] for count in counts)), counts=True) for place, word in enumerate(words)]
    return told


def month_rows(shown: Shown) -> list[MonthRow]:
    """Each month's stipends in all."""
    old = {one.month: one.total for one in shown.tried.old}
    new = [{one.month: one.total for one in side} for side in shown.tried.new]
    return [MonthRow(month, month not in shown.tried.open, old.get(month), tuple(side[month] for side in new))
            for month in shown.tried.months]


def chart_rows(rows: Sequence[Row]) -> list[tuple[str, list[tuple[int, str]]]]:
    """The smallest, the middle and the largest stipend for a chart: number and text of each bar."""
    return [(row.word, [(value or 0, "–" if value is None else i18n.amount(value)) for value in row.values]) for row in rows[:3]]


def heads(shown: Shown) -> list[str]:
    """Then, A, B, C."""
    return [pgettext("what if", "Then"), *shown.letters]


# ---------- files ----------


def sheets(shown: Shown) -> list[Sheet]:
    """The same for a spreadsheet: figures, people over all shown months, and people month by month."""
    people = shown.people
    names = [f"{letter}. {label}" for letter, label in zip(shown.letters, shown.labels, strict=True)]
    rows = figure_rows(shown, people)
    told = Sheet(_("Figures"), ("", pgettext("what if", "Then"), *names),
                 tuple((row.word, *(_cell(value, counts=row.counts) for value in row.values)) for row in rows))
    columns = [pgettext("what if", "Then")]
    for name in names:
        columns += [name, _("%(name)s: difference", name=name)]
    each = Sheet(_("People"), (_("No."), _("Participant"), *columns), tuple(_person(shown, one) for one in people))
    by_month = tuple((str(month), *_person(shown, one)) for month in shown.picked.months
                     for one in _of_month(shown, month))
    return [told, each, Sheet(_("By month"), (_("Month"), _("No."), _("Participant"), *columns), by_month)]


def _of_month(shown: Shown, month: Month) -> tuple[Compared, ...]:
    one = shown.tried.of(month)
    return compare(one.old, one.new)


def _person(shown: Shown, one: Compared) -> tuple[Cell, ...]:
    cells: list[Cell] = [one.number, shown.name(one.person), _cell(one.old)]
    for place, cents in enumerate(one.new):
        cells += [_cell(cents), Cents(one.difference(place))]
    return tuple(cells)


def _cell(value: int | None, *, counts: bool = False) -> Cell:
    return value if value is None or counts else Cents(value)
