"""A draft of rules as the form shows it: sections, rows and fields with their words, what stands in them and their faults."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ledger import i18n
from ledger.core.faults import Values
from ledger.core.grammar import Field, Shape
from ledger.core.periods import Month
from ledger.core.tables import SchemeFault
from ledger.i18n import gettext as _
from ledger.i18n import mark
from ledger.sentences import sentence
from ledger.web import scheme_form, scheme_keys
from ledger.web.scheme_form import at
from ledger.web.scheme_shape import FOLDED, MAIN, PLAIN, SECTIONS, Data, fields_of

EUROS = frozenset({"amount", "wage", "month_pay", "exempt", "costs", "above"})
IN_FORM: Mapping[str, str] = {
    "scheme_key_missing": mark("Fill this in."),
    "scheme_number_form": mark("A number is needed here, like 1,20."),
    "scheme_minutes_whole": mark("The hours are not whole minutes: a quarter of an hour is 0,25."),
    "scheme_whole_form": mark("A whole number is needed here."),
    "scheme_flag_form": mark("Choose yes or no."),
    "scheme_wholes_form": mark("Mark at least one month."),
    "scheme_key_unknown": mark("The text has a word here that nobody knows: correct it or take it out in the text."),
}
"""Sentences of faults that are told otherwise beside a field than of a text."""
PAYERS = ("pool", "budget", "reserve")


@dataclass
class Known:
    """What a workshop has that rules may name: products as (code, name), and names that were written down."""

    products: Sequence[tuple[str, str]] = ()
    names: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass
class Shown:
    """Something of the form at a place; `what` is input, group, rows or closed."""

    what: str
    place: str
    label: str
    hint: str = ""
    faults: list[str] = field(default_factory=list)
    around: str = ""

    @property
    def id(self) -> str:
        """Its id in the page."""
        return "at-" + re.sub(r"[^A-Za-z0-9_]+", "-", self.place).strip("-")

    @property
    def below(self) -> Sequence[Shown]:
        """What stands inside."""
        return ()

    @property
    def troubled(self) -> bool:
        """Whether it or something in it has a fault."""
        return bool(self.faults) or any(one.troubled for one in self.below)

    def walk(self) -> Iterator[Shown]:
        """It and everything in it."""
        yield self
        for one in self.below:
            yield from one.walk()


@dataclass
class Input(Shown):
    """One field: `widget` is text, decimal, number, date, select or months."""

    value: str = ""
    widget: str = "text"
    affix: str = ""
    options: Sequence[tuple[str, str]] = ()
    chosen: Sequence[int] = ()
    listing: str = ""
    wide: bool = False


@dataclass
class Group(Shown):
    """A table or a row: `main` is always shown, `more` folded; `kept` is what the form cannot show."""

    main: list[Shown] = field(default_factory=list)
    more: list[Shown] = field(default_factory=list)
    kept: str = ""
    kept_names: str = ""
    narrow: bool = False

    @property
    def below(self) -> Sequence[Shown]:
        """Its fields."""
        return [*self.main, *self.more]

    @property
    def opens(self) -> bool:
        """Whether the folded fields must be seen: one of them has a fault."""
        return any(one.troubled for one in self.more)

    @property
    def used(self) -> int:
        """How many of the folded fields say something."""
        return sum(1 for one in self.more if not isinstance(one, Input) or one.value or one.chosen if one.what != "closed")


@dataclass
class Rows(Shown):
    """Rows of a list, each a group."""

    rows: list[Group] = field(default_factory=list)
    word: str = ""

    @property
    def below(self) -> Sequence[Shown]:
        """The rows."""
        return self.rows


@dataclass
class FormShown:
    """The whole form: its head, its sections by key, and faults as (id, where, sentence)."""

    head: Group
    sections: list[tuple[str, Shown, bool]]
    faults: list[tuple[str, str, str]]
    refs: list[tuple[str, str]]
    parts: list[tuple[str, str]]


def build(data: Data, faults: Sequence[SchemeFault], known: Known) -> FormShown:
    """The form of a draft's data with each fault beside what it is about."""
    making = _Making(data, known)
    head = making.group("", data, PLAIN, "scheme", _("Rules"))
    own = {one.key for one in (*PLAIN, *SECTIONS.values())}
    left = scheme_form.kept(data, (*PLAIN, *SECTIONS.values()))
    head.kept, head.kept_names = (scheme_form.packed(left), ", ".join(left)) if left else ("", "")
    data = {key: value for key, value in data.items() if key in own and key not in left}
    sections = [(key, making.section(key, data), key in data or key in ("part", "limit")) for key in SECTIONS]
    places = {one.place: one for shown in (head, *(section for _key, section, _open in sections)) for one in shown.walk()}
    told = []
    for fault in faults:
        text, place = _(IN_FORM[fault.code]) if fault.code in IN_FORM else sentence(fault.code, _in_words(fault)), fault.place
        while place not in places:
            place = place.rpartition(".")[0] if "." in place else re.sub(r"\[[0-9]+\]$", "", place) if "[" in place else ""
        found = places[place]
        found.faults.append(text)
        told.append((found.id if found.place else "content", " – ".join(one for one in (found.around, found.label) if one), text))
    return FormShown(head, sections, told, making.refs(), making.parts())


def _in_words(fault: SchemeFault) -> Values:
    """The values of a fault with the form's words instead of the text's."""
    table, _dot, key = re.sub(r"\[[0-9]+\]", "", fault.place).rpartition(".")
    told = dict(fault.values)
    if "options" in told:
        own = "cut" if key in ("cut_to", "returns") else "limit" if (table, key) == ("limit", "kind") else key
        told["options"] = ", ".join(_("“%(text)s”", text=scheme_keys.choice(own, one)) for one in str(told["options"]).split(", "))
    if "keys" in told:
        told["keys"] = ", ".join(_("“%(text)s”", text=scheme_keys.label(one)) for one in str(told["keys"]).split(", "))
    return told


class _Making:
    def __init__(self, data: Data, known: Known) -> None:
        self.data, self.known = data, known

    def listed(self, key: str) -> list[tuple[str, str]]:
        """Short names of a section's rows with what they are called."""
        rows = self.data.get(key)
        found = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        return [(str(row.get("key", "")), str(row.get("label") or row.get("key", ""))) for row in found if row.get("key")]

    def refs(self) -> list[tuple[str, str]]:
        """Reference amounts as formulas name them."""
        return [(f"ref.{key}", label) for key, label in self.listed("amount")]

    def parts(self) -> list[tuple[str, str]]:
        """Parts as formulas name them."""
        return [(f"part.{key}", label) for key, label in self.listed("part")]

    def section(self, key: str, data: Data) -> Shown:
        """One section of the form."""
        title, hint, _row = scheme_keys.SECTIONS[key]
        return self.one(SECTIONS[key], data, "", key, (_(title), _(hint)), "")

    def group(self, place: str, table: Data, fields: Sequence[Field], name: str, title: str, kind: str = "",
              around: str = "") -> Group:
        """A table with its fields."""
        left = scheme_form.kept(table, fields)
        made = Group("group", place, title, around=around)
        made.kept, made.kept_names = (scheme_form.packed(left), ", ".join(left)) if left else ("", "")
        inside = title if not around else f"{around}, {title}"
        essential = (*MAIN.get(name, ()), *MAIN.get(kind, ()))
        for one in fields:
            own = kind if kind and one.key not in MAIN["part"] and f"{kind}.{one.key}" in scheme_keys.WORDS else name
            words = scheme_keys.word(own, one.key, kind)
            shown = self.one(one, {key: value for key, value in table.items() if key not in left}, place, one.key, words,
                             inside if place else "", name, kind)
            folded = f"{name}.{one.key}" in FOLDED
            needed = one.key in essential or (not folded and (one.needed or one.key in table))
            (made.main if needed else made.more).append(shown)
        made.narrow = all(isinstance(one, Input) for one in made.main) and not made.more and len(made.main) <= 3
        return made

    def one(self, one: Field, table: Data, place: str, key: str, words: tuple[str, str], around: str, name: str = "scheme",
            kind: str = "") -> Shown:
        """A field, a table or rows at a key."""
        label, hint = words
        spot, value = at(place, key), table.get(key)
        if one.shape in (Shape.TABLE, Shape.ROUNDING):
            if value is None:
                return Shown("closed", spot, label, hint, around=around)
            table_name = "rounding" if one.shape is Shape.ROUNDING or key == "total" else key
            made = self.group(spot, value, fields_of(one, value), table_name, label, kind, around)
            made.hint = hint
            return made
        if one.shape in (Shape.ROWS, Shape.STAGES):
            return self.rows(one, value or [], spot, key, words, around, kind)
        return self.input(one, spot, value, words, around, name)

    def rows(self, one: Field, value: Sequence[Data], spot: str, key: str, words: tuple[str, str], around: str, kind: str) -> Rows:
        """Rows with what one of them is called."""
        made = Rows("rows", spot, words[0], words[1], around=around)
        word = scheme_keys.SECTIONS[key][2] if not around and key in scheme_keys.SECTIONS else ""
        made.word = _(word) if word else ""
        for n, row in enumerate(value, 1):
            own = str(row.get("kind", "")) if key == "part" else kind
            title = f"{n}. {row.get('label') or row.get('key') or made.word}" if word else f"{words[0]}, {n}"
            name = "rounding" if one.shape is Shape.STAGES else key
            made.rows.append(self.group(f"{spot}[{n}]", row, fields_of(one, row), name, title, own, "" if word else around))
        return made

    def input(self, one: Field, spot: str, value: object, words: tuple[str, str], around: str, name: str) -> Input:
        """One field with its value."""
        made = Input("input", spot, words[0], words[1], around=around)
        made.value = scheme_form.shown(value, one.shape) if value is not None and one.shape is not Shape.MONTHS else ""
        if one.shape is Shape.MONTHS:
            made.widget, made.chosen = "months", value if isinstance(value, list) else ()
        elif one.shape in (Shape.CHOICE, Shape.FLAG) or self.names_something(one.key, name):
            made.widget, made.options = "select", self.options(one, name, made.value)
        elif one.shape is Shape.DAY:
            made.widget = "date" if not made.value or re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", made.value) else "text"
        elif one.shape in scheme_form.DECIMALS:
            made.widget = "decimal"
        elif one.shape is Shape.WHOLE:
            made.widget = "number"
        made.affix = self.affix(one)
        made.listing = self.listing(one)
        made.wide = one.key in ("name", "basis") or (one.shape is Shape.FORMULA and not made.affix)
        return made

    def affix(self, one: Field) -> str:
        """The unit behind a field."""
        if one.shape is Shape.PERCENT:
            return "%"
        if one.shape is Shape.HOURS:
            return _("h")
        return "€" if one.key in EUROS and one.shape in (Shape.FORMULA, Shape.NUMBER) else ""

    def listing(self, one: Field) -> str:
        """The list that a field offers."""
        if one.shape is Shape.FORMULA:
            return "formula-names"
        if one.key in ("product", "task", "hours", "by_class") and one.shape in (Shape.TEXT, Shape.NAME):
            return f"known-{one.key}"
        return ""

    def names_something(self, key: str, name: str) -> bool:
        """Whether a short name is one of some that the scheme has."""
        return key in ("payer", "cut_to", "returns", "cuts") or (key == "on" and name == "limit")

    def options(self, one: Field, name: str, value: str) -> list[tuple[str, str]]:
        """What may be chosen; a word that is none of these stays in the list so that nothing is lost."""
        found = self._options(one, name)
        known = [option for option, _word in found]
        return found if value in known or not value else [*found, (value, value)]

    def _options(self, one: Field, name: str) -> list[tuple[str, str]]:
        funds = self.listed("fund")
        if name == "part" and one.key == "kind":
            return [(kind, scheme_keys.kind_word(kind)) for kind in scheme_keys.KINDS]
        if one.key == "payer":
            first = [("", _("as usual: %(word)s", word=scheme_keys.choice("payer", "reserve")))] if name == "limit" else []
            return [*first, *((payer, scheme_keys.choice("payer", payer)) for payer in PAYERS), *funds]
        if one.key in ("cut_to", "returns"):
            ways = ("source", "reserve", "again") if one.key == "returns" else ("source", "reserve")
            usual = "source" if one.key == "cut_to" else "reserve"
            into = [(key, _("goes to the fund “%(label)s”", label=label)) for key, label in funds]
            return [("", _("as usual: %(word)s", word=scheme_keys.choice("cut", usual))),
                    *((way, scheme_keys.choice("cut", way)) for way in ways), *into]
        if one.key in ("cuts", "on") and one.options is None and one.shape is Shape.NAME:
            return [("", _("the person's whole sum") if one.key == "on" else _("the last part")), *self.listed("part")]
        return _choices(one, name)


def _choices(one: Field, name: str) -> list[tuple[str, str]]:
    key = "limit" if name == "limit" and one.key == "kind" else one.key
    words = [str(option.value) for option in one.options] if one.options else ["true", "false"]
    usual = "false" if one.shape is Shape.FLAG else str(one.default) if one.default else ""
    told = [(option, scheme_keys.choice("flag" if one.shape is Shape.FLAG else key, option)) for option in words]
    if one.needed:
        return told
    return [("", _("as usual: %(word)s", word=dict(told).get(usual, usual))), *told]


def months() -> list[tuple[int, str]]:
    """The months of a year by name."""
    return [(number, i18n.month_name(Month(2026, number))) for number in range(1, 13)]
