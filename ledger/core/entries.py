"""What may be written down for a calculation besides attendance, lots and sales, and what a scheme asks to be written down."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from ledger.core.faults import Refused
from ledger.core.numbers import shown, take
from ledger.core.people import Person
from ledger.core.periods import Month
from ledger.core.production import MOST

NAME = re.compile(r"[A-Za-z0-9ĄČĘĖĮŠŲŪŽąčęėįšųūž_-]+")
"""What may stand behind the point of a name in a formula: value.NAME, month.NAME."""

LONGEST_NAME = 40
LONGEST_WORD = 60
LONGEST_REASON = 300
MOST_CENTS = 100_000_000
LATEST = date(2200, 1, 1)

JUDGED = frozenset({"productivity", "rating", "planned"})
"""Keys of a scheme whose formulas hold what people judge by watching the work or agree with the person: ratings, planned days."""


@dataclass(frozen=True)
class Worked:
    """An entry of work as it is typed: `kind` of hours ("" production), `task` ("" none), minutes, `good` of `made` units and
    `points` (thousandths)."""

    day: date
    kind: str = ""
    task: str = ""
    minutes: int = 0
    good: int = 0
    made: int = 0
    points: int = 0


@dataclass(frozen=True)
class Decided:
    """A decision as it is typed: `part` is the key of an adjustment ("" for an encouragement without money), `cents` may be
    below zero."""

    day: date
    part: str
    cents: int
    reason: str
    document: str


@dataclass(frozen=True)
class Needs:
    """What a scheme reads besides attendance, lots and sales: names in order; `adjustments` are its parts for decisions, by key
    with their labels."""

    kinds: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    points: bool = False
    values: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    adjustments: Mapping[str, str] | None = None

    @property
    def work(self) -> bool:
        """Whether entries of work count."""
        return bool(self.kinds or self.tasks or self.points)

    @property
    def nothing(self) -> bool:
        """Whether it reads nothing of all this."""
        return not (self.work or self.values or self.figures or self.adjustments)


def needs(names: Collection[str], adjustments: Mapping[str, str]) -> Needs:
    """What names of formulas ask to be written down. Hours of production are those that no entry calls otherwise."""
    found: dict[str, set[str]] = {}
    for name in names:
        family, dot, rest = name.partition(".")
        if dot:
            found.setdefault(family, set()).add(rest)
    tasks = found.get("made", set()) | found.get("time", set())
    return Needs(
        tuple(sorted(found.get("hours", set()) - {"production"})), tuple(sorted(tasks)), "points" in names,
        tuple(sorted(found.get("value", set()))), tuple(sorted(found.get("month", set()))), dict(adjustments))


def judged_values(data: object) -> frozenset[str]:
    """Names of own values that a scheme (its canonical form) reads only as a rating or a plan: instructor and social worker may
    set them. What also stands in any other formula sets pay."""
    judged: set[str] = set()
    paid: set[str] = set()
    for key, text in _texts(data, ""):
        names = [text] if key == "by_class" else re.findall(rf"\bvalue\.({NAME.pattern})", text)
        (judged if key in JUDGED else paid).update(names)
    return frozenset(judged - paid)


def _texts(data: object, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(data, Mapping):
        for name, value in data.items():
            yield from _texts(value, str(name))
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _texts(value, key)
    elif isinstance(data, str):
        yield key, data


def read_decimal(text: str) -> str:
    """A number not below zero as decimal text with a point ("1250.5"); at most nine digits before and eight after it."""
    written = take(text, dot_allowed=True)
    whole, fraction = written.whole.lstrip("0") or "0", written.fraction.rstrip("0")
    if written.negative:
        raise Refused("negative", text=shown(text))
    if len(whole) > 9:
        raise Refused("number_too_large", text=shown(text))
    if len(fraction) > 8:
        raise Refused("over_eight_decimals", text=shown(text))
    return f"{whole}.{fraction}" if fraction else whole


def read_value(text: str) -> str:
    """A person's own value: what has no letter in it must be a number, all else is a word (a class)."""
    stripped = " ".join(text.split())
    if not any(letter.isalpha() for letter in stripped):
        return read_decimal(stripped)
    return check_word(stripped, at="text")


def check_word(text: str, *, at: str, longest: int = LONGEST_WORD) -> str:
    """The text without spaces around; raises Refused when it is too long or has a character that cannot be seen."""
    stripped = " ".join(text.split())
    if len(stripped) > longest:
        raise Refused("text_too_long", at=at, most=longest)
    odd = next((letter for letter in stripped if not letter.isprintable()), "")
    if odd:
        raise Refused("bad_character", at=at, character=f"U+{ord(odd):04X}")
    return stripped


def check_name(text: str, *, at: str = "name") -> str:
    """A name as formulas write it; raises Refused for anything else."""
    stripped = text.strip()
    if not NAME.fullmatch(stripped) or len(stripped) > LONGEST_NAME:
        raise Refused("entry_name_form", at=at, most=LONGEST_NAME)
    return stripped


def check_work(person: Person, worked: Worked) -> None:
    """Raises Refused: a day outside the person's time here, numbers outside a day or above anything real, more good than made,
    something made at no task, an entry that says nothing."""
    if worked.day < person.started:
        raise Refused("before_start", at="day", day=worked.day.isoformat(), number=person.number)
    if person.ended is not None and worked.day > person.ended:
        raise Refused("after_end", at="day", day=worked.day.isoformat(), number=person.number)
    if not 0 <= worked.minutes <= 1440:
        raise Refused("hours_range", at="hours")
    for name, amount in (("made", worked.made), ("good", worked.good), ("points", worked.points)):
        if amount < 0:
            raise Refused("negative", at=name)
        if amount > MOST:
            raise Refused("too_large", at=name)
    if worked.good > worked.made:
        raise Refused("good_above_made", at="good")
    if worked.made and not worked.task:
        raise Refused("made_without_task", at="task")
    if not (worked.minutes or worked.made or worked.points):
        raise Refused("nothing_worked", at="hours")


def check_day_minutes(minutes: int, others: int) -> None:
    """Raises Refused when a person's entries of one day hold more than the day."""
    if minutes + others > 1440:
        raise Refused("over_day_together", at="hours", others_minutes=others)


def check_decision(person: Person, decided: Decided, adjustments: Collection[str]) -> None:
    """Raises Refused: a month in which the person was not here, a part that the rules do not have, money without a part, an
    unreal sum, no reason, no document."""
    month = Month.of(decided.day)
    if not person.here_in(month):
        raise Refused("not_here_in_month", at="day", number=person.number, month=str(month))
    if decided.part not in adjustments and (decided.part or decided.cents):
        raise Refused("no_adjustment", at="part")
    if abs(decided.cents) > MOST_CENTS:
        raise Refused("too_large", at="sum")
    for name, text in (("reason", decided.reason), ("document", decided.document)):
        if not text.strip():
            raise Refused("empty_text", at=name)


def check_since(since: date, newest_approved: Month | None) -> None:
    """Raises Refused for a day that an approved month has read, or one that must be a slip."""
    if since.year < 1990:
        raise Refused("long_ago", at="since", day=since.isoformat())
    if since >= LATEST:
        raise Refused("too_far_ahead", at="since")
    if newest_approved is not None and since < newest_approved.end:
        raise Refused("value_in_approved_month", at="since", month=str(newest_approved), day=newest_approved.end.isoformat())
