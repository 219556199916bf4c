"""What was wrong in an approved month and what a correction changes, in words for staff: a fact with then and now, lines side by
side, and what becomes of a difference."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from ledger import i18n
from ledger.core.corrections import LineChange, Split
from ledger.core.decided import Decision
from ledger.core.explanation import LineRow
from ledger.core.formulas import decimal_text
from ledger.core.late import (
    DatesFact,
    DayFact,
    DecisionFact,
    FigureFact,
    LateFact,
    PriceFact,
    SchemeFact,
    SharesFact,
    ValueFact,
    WorkFact,
)
from ledger.core.periods import Month
from ledger.core.production import Attendance, Mark, Share, Work
from ledger.core.schemes import Scheme
from ledger.core.statement import StatementLine
from ledger.core.stipends import Inputs
from ledger.explained.words import line_label
from ledger.i18n import gettext as _
from ledger.i18n import mark, pgettext

KINDS: Mapping[str, str] = {
    "day": mark("Attendance of a day"), "shares": mark("Makers of a lot"), "price": mark("Price of a sale line"),
    "dates": mark("First and last day"), "work": mark("An entry of work"), "value": mark("A person's own value"),
    "decision": mark("A decision about a person"), "figure": mark("A figure of the month"),
    "scheme": mark("Rules that held in the month"), "KnownDay": mark("Attendance of a day"), "KnownLot": mark("Makers of a lot"),
    "KnownLine": mark("Price of a sale line"), "ProductRow": mark("Prices of a product"),
    "Participant": mark("First and last day")}
"""What each kind of late row is about; those with a capital came by a file."""


@dataclass(frozen=True)
class Names:
    """What references are called: people, lots, sale lines, entries."""

    people: Mapping[str, str] = field(default_factory=dict)
    things: Mapping[str, str] = field(default_factory=dict)

    def person(self, ref: str) -> str:
        """A person's number and name; a dash for one who is not known."""
        return self.people.get(ref, "–")

    def thing(self, ref: str) -> str:
        """What a lot or a sale line is called."""
        return self.things.get(ref, "–")


@dataclass(frozen=True)
class FactTold:
    """What a fact is about, what the month said and what is true."""

    what: str
    before: str
    after: str


def fact_told(fact: LateFact, names: Names, inputs: Inputs | None = None) -> FactTold:
    """A fact in words; `before` is empty without the inputs of its month."""
    tell: Mapping[type, Callable[..., FactTold]] = {
        DayFact: _day, SharesFact: _shares, PriceFact: _price, DatesFact: _dates, WorkFact: _work, ValueFact: _value,
        DecisionFact: _decision, FigureFact: _figure, SchemeFact: _scheme}
    return tell[type(fact)](fact, names, inputs)


def nothing() -> str:
    """The word for what was not written down."""
    return _("not written down")


def mark_word(kind: Mark) -> str:
    """A mark of the attendance sheet as a word."""
    return {Mark.ATTENDED: pgettext("mark", "attended"), Mark.ILL: pgettext("mark", "ill"),
            Mark.EXCUSED: pgettext("mark", "excused"), Mark.UNEXCUSED: pgettext("mark", "without reason")}[kind]


def _day(fact: DayFact, names: Names, inputs: Inputs | None) -> FactTold:
    what = _("%(name)s, %(day)s", name=names.person(fact.person), day=i18n.day(fact.day))
    rows = inputs.attendance if inputs else ()
    before = next((row for row in rows if (row.person, row.day) == (fact.person, fact.day)), None)
    after = Attendance(fact.person, fact.day, fact.minutes, fact.mark) if fact.mark else None
    return FactTold(what, _day_words(before) if inputs else "", _day_words(after))


def _day_words(row: Attendance | None) -> str:
    if row is None:
        return nothing()
    if row.mark is not Mark.ATTENDED:
        return mark_word(row.mark)
    return _("attended, %(hours)s h", hours=i18n.hours(row.minutes))


def _shares(fact: SharesFact, names: Names, inputs: Inputs | None) -> FactTold:
    before = next((lot.makers for lot in (inputs.lots if inputs else ()) if lot.key == fact.lot), ())
    return FactTold(names.thing(fact.lot), _makers(before, names) if inputs else "", _makers(fact.makers, names))


def _makers(makers: Iterable[Share], names: Names) -> str:
    """The makers with their shares; a paper that names one person only tells that one's share of the whole."""
    every = list(makers)
    known = sorted(f"{names.people[one.person]} {i18n.quantity(one.weight)}" for one in every if one.person in names.people)
    if len(known) < len(every):
        return _("%(shares)s of %(whole)s", shares="; ".join(known) or "0", whole=i18n.quantity(sum(one.weight for one in every)))
    return "; ".join(known)


def _price(fact: PriceFact, names: Names, inputs: Inputs | None) -> FactTold:
    line = next((line for line in (inputs.lines if inputs else ()) if line.key == fact.line), None)
    before = _price_words(line.price_cents, line.discount) if line else ""
    return FactTold(names.thing(fact.line), before, _price_words(fact.price_cents, fact.discount))


def _price_words(cents: int, discount: int) -> str:
    if not discount:
        return i18n.money(cents)
    return _("%(price)s, discount %(discount)s", price=i18n.money(cents), discount=i18n.percent(discount))


def _dates(fact: DatesFact, names: Names, inputs: Inputs | None) -> FactTold:
    person = next((one for one in (inputs.people if inputs else ()) if one.ref == fact.person), None)
    before = _span(person.started, person.ended) if person else nothing() if inputs else ""
    return FactTold(names.person(fact.person), before, _span(fact.started, fact.ended))


def _span(first: object, last: object) -> str:
    from_day = i18n.day(first)  # type: ignore[arg-type]  # a day of a person
    return _("%(first)s to %(last)s", first=from_day, last=i18n.day(last)) if last else _(  # type: ignore[arg-type]  # likewise
        "from %(first)s", first=from_day)


def _work(fact: WorkFact, names: Names, inputs: Inputs | None) -> FactTold:
    old = next((one for one in (inputs.work if inputs else ()) if one.key == fact.key), None)
    what, moved = _whose(fact.work, old, names, _("An entry of work"))
    before, after = _work_words(old), _work_words(fact.work)
    return FactTold(what, f"{moved}{before}" if inputs else "", after)


def _whose(new: Work | Decision | None, old: Work | Decision | None, names: Names, otherwise: str) -> tuple[str, str]:
    """Whose and of which day, and what stands before the old words when that is another person or day."""
    said = [_("%(name)s, %(day)s", name=names.person(one.person), day=i18n.day(one.day)) for one in (new, old) if one is not None]
    return (said or [otherwise])[0], f"{said[1]}: " if len(said) == 2 and said[1] != said[0] else ""


def _work_words(one: Work | None) -> str:
    if one is None:
        return nothing()
    told = [text for text in (one.kind, one.task) if text]
    if one.minutes:
        told.append(_("%(hours)s h", hours=i18n.hours(one.minutes)))
    if one.made:
        told.append(_("made %(made)s, good %(good)s", made=i18n.quantity(one.made), good=i18n.quantity(one.good)))
    if one.points:
        told.append(_("points %(points)s", points=i18n.quantity(one.points)))
    return ", ".join(told)


def _value(fact: ValueFact, names: Names, inputs: Inputs | None) -> FactTold:
    known = inputs.values if inputs else ()
    before = next((one.text for one in known if (one.person, one.name, one.since) == (fact.person, fact.name, fact.since)), "")
    what = _("%(name)s: “%(value)s” from %(day)s", name=names.person(fact.person), value=fact.name, day=i18n.day(fact.since))
    return FactTold(what, (before or nothing()) if inputs else "", fact.text or nothing())


def _decision(fact: DecisionFact, names: Names, inputs: Inputs | None) -> FactTold:
    old = next((one for one in (inputs.decisions if inputs else ()) if one.key == fact.key), None)
    what, moved = _whose(fact.decision, old, names, _("A decision about a person"))
    before, after = _decision_words(old, names), _decision_words(fact.decision, names)
    return FactTold(what, f"{moved}{before}" if inputs else "", after)


def _decision_words(one: Decision | None, names: Names) -> str:
    if one is None:
        return nothing()
    item = names.things.get(one.part, one.part)
    told = [f"{item}: {i18n.money(one.cents)}" if item else _("none, without money"), one.reason,
            _("document %(number)s", number=one.document) if one.document else ""]
    return ", ".join(text for text in told if text)


def _figure(fact: FigureFact, _names: Names, inputs: Inputs | None) -> FactTold:
    old = next((one.number for one in (inputs.figures if inputs else ()) if one.name == fact.name), None)
    return FactTold(fact.name, _number(old) if inputs else "", _number(fact.number))


def _number(number: Fraction | None) -> str:
    return nothing() if number is None else decimal_text(number).replace(".", ",")


def _scheme(fact: SchemeFact, _names: Names, _inputs: Inputs | None) -> FactTold:
    return FactTold(_("Rules of the month"), "", _("Rules No. %(number)s", number=fact.number))


# ---------- what a correction changes ----------


@dataclass(frozen=True)
class LineTold:
    """A line of the statement side by side; None where it was not there."""

    label: str
    before: int | None
    after: int | None
    difference: int


def lines_told(lines: Iterable[LineChange], before: Scheme, after: Scheme) -> list[LineTold]:
    """The lines in words, those that stayed too."""
    return [LineTold(
        _label(one.after, after) if one.after else _label(one.before, before), one.before.cents if one.before else None,
        one.after.cents if one.after else None, one.difference) for one in lines]


def _label(line: StatementLine | None, scheme: Scheme) -> str:
    assert line is not None
    written = scheme.find(line.part) or (scheme.before.find(line.part) if scheme.before else None)
    row = LineRow(line, written.label if written else "", written.paragraph if written else "", written, scheme)
    return line_label(row)


def becomes(split: Split) -> str:
    """What becomes of a difference."""
    told = []
    if split.plus:
        told.append(_("Paid to the person: %(sum)s.", sum=i18n.money(split.plus)))
    if split.debt:
        told.append(_("A debt of the person: %(sum)s.", sum=i18n.money(split.debt)))
    if split.borne > 0:
        told.append(_("The reserve bears %(sum)s.", sum=i18n.money(split.borne)))
    if split.set_off:
        told.append(_("Set off against the debt, which the person owes no more: %(sum)s.", sum=i18n.money(split.set_off)))
    if split.borne + split.set_off < 0:
        told.append(_("The reserve gets back %(sum)s that it bore before.", sum=i18n.money(-split.borne - split.set_off)))
    return " ".join(told) or _("The sum stays the same.")


# ---------- for the person, in easy words ----------


@dataclass(frozen=True)
class EasyLine:
    """One thought of the leaf: a picture of `static/img` and its sentences."""

    picture: str
    sentences: tuple[str, ...]


WRONG: Mapping[str, tuple[str, str]] = {
    "day": ("dienos", mark("We counted your days wrong.")), "shares": ("darbas", mark("We counted wrong who made what.")),
    "price": ("nupirko", mark("The price was wrong.")), "dates": ("dienos", mark("The days you were here were wrong.")),
    "work": ("darbas", mark("We counted your work wrong.")), "value": ("darbas", mark("We counted your work wrong.")),
    "decision": ("priedas", mark("We wrote a decision down wrong.")), "scheme": ("kitas", mark("The rules changed.")),
    "figure": ("kitas", mark("We counted a number wrong."))}
"""What was wrong, by the kind of fact: picture and sentence."""


def easy_told(month: Month, split: Split, kinds: Iterable[str], left: int, forgiven: int = 0) -> list[EasyLine]:
    """What a person is told of a correction: that we erred, in what, what comes of it; `left` is what they have now, `forgiven` so
    many cents of the debt that was written off since."""
    mistake = pgettext("participant", "In %(month)s we made a mistake.", month=i18n.month_name(month, "genitive"))
    lines = [EasyLine("kitas", (mistake[:1].upper() + mistake[1:],))]
    seen: dict[str, EasyLine] = {}
    for kind in kinds:
        sign, sentence = WRONG.get(kind, ("kitas", mark("We counted wrong.")))
        seen.setdefault(sentence, EasyLine(sign, (_(sentence),)))
    lines += list(seen.values())[:2]
    sign = "priedas" if split.plus or split.set_off else "laikrodis" if split.debt else "viso"
    lines.append(EasyLine(sign, tuple(_easy_sum(split, forgiven))))
    return [*lines, EasyLine("viso", (pgettext("participant", "Now you have for this month: %(sum)s.", sum=i18n.euros(left)),))]


def _easy_sum(split: Split, forgiven: int) -> list[str]:
    if split.plus or split.set_off:
        less = [pgettext("participant", "We do not take this money any more: %(sum)s.", sum=i18n.euros(split.set_off))]
        more = [pgettext("participant", "You also get %(sum)s.", sum=i18n.euros(split.plus))]
        return (less if split.set_off else []) + (more if split.plus else [])
    if split.debt:
        later = pgettext("participant", "We do not take this money any more: %(sum)s.", sum=i18n.euros(forgiven)) if forgiven else (
            pgettext("participant", "Later you get a little less."))
        return [pgettext("participant", "You got too much: %(sum)s.", sum=i18n.euros(split.debt)), later]
    if split.borne > 0:
        return [pgettext("participant", "You got too much: %(sum)s.", sum=i18n.euros(split.borne)),
                pgettext("participant", "You keep this money.")]
    return [pgettext("participant", "Your sum stays the same.")]
