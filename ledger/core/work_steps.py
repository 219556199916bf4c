"""Steps of a product: who did which is a share, how long one takes is a norm, what it uses is money, what its card says is easy.

Times are tenths of a second, quantities and weights thousandths, money cents; every average is exact and rounded only when shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from math import gcd, lcm

from ledger.core.faults import Refused
from ledger.core.goals import KINDS
from ledger.core.money import half_up
from ledger.core.numbers import shown
from ledger.core.production import MOST

LEAST_TIMED = 3
MOST_TIMED = 12
LONGEST = 10 * 36_000
"""No unit takes longer than ten hours (tenths of a second)."""
HEAVIEST = 1_000_000
"""No step weighs more than a thousand (thousandths)."""
MOST_STEPS = 40
MOST_MATERIALS = 60
LARGEST_SHARE = 10 ** 15
MATERIAL_UNITS = ("kg", "l", "m", "vnt")

MOST_WORDS = 12
MOST_SENTENCES = 3
_SIGNS = "()[]%€;!/=<>"
_TIME = re.compile(r"(?:([0-9]{1,3}):([0-5][0-9])|([0-9]{1,5}))(?:[,.]([0-9]))?")


class Average(StrEnum):
    """Which middle of the timed units is the norm."""

    MEAN = "mean"
    MEDIAN = "median"


@dataclass(frozen=True)
class Timed:
    """One timing; what was disturbed is left out but stays written down."""

    tenths: int
    left_out: bool = False


@dataclass(frozen=True)
class Norm:
    """How long a unit takes: `tenths` of a second, exact; from how many timings, and how many were left out."""

    tenths: Fraction
    kept: int
    left_out: int

    @property
    def an_hour(self) -> Fraction:
        """Units an hour."""
        return Fraction(36_000) / self.tenths

    @property
    def minutes(self) -> Fraction:
        """Minutes a unit."""
        return self.tenths / 600


def norm_of(timed: Sequence[Timed], average: Average, units: int) -> Norm:
    """The norm of timings of which each is of so many `units` (thousandths). Raises Refused for none that counts."""
    kept = sorted(one.tenths for one in timed if not one.left_out)
    if not kept:
        raise Refused("too_few_timed", least=LEAST_TIMED)
    half = len(kept) // 2
    median = Fraction(kept[half] + kept[-half - 1], 2)
    middle = median if average is Average.MEDIAN else Fraction(sum(kept), len(kept))
    return Norm(middle * 1000 / units, len(kept), len(timed) - len(kept))


def read_time(text: str) -> int:
    """A time in tenths of a second: 1:25 or 1:25,4 are minutes and seconds, 85 and 85,4 seconds. Raises Refused."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise Refused("no_time", text=shown(text))
    minutes, seconds, alone, tenth = found.groups()
    tenths = (int(minutes) * 60 + int(seconds) if minutes else int(alone)) * 10 + int(tenth or 0)
    if not 0 < tenths <= LONGEST:
        raise Refused("time_range", text=shown(text))
    return tenths


def check_study(timed: Sequence[Timed], units: int, unit: str) -> None:
    """Raises Refused: fewer timings that count than LEAST_TIMED, units that are none or part of a piece."""
    if not 0 < units <= MOST:
        raise _quantity(units, "units")
    if unit == "vnt" and units % 1000:
        raise Refused("part_of_a_piece", at="units")
    if len([one for one in timed if not one.left_out]) < LEAST_TIMED or len(timed) > MOST_TIMED:
        raise Refused("too_few_timed", at="time_1", least=LEAST_TIMED)


def _quantity(thousandths: int, field: str) -> Refused:
    """What is wrong with a quantity that is none or above MOST."""
    return Refused("zero", at=field, text="0") if thousandths <= 0 else Refused("too_large", at=field)


@dataclass(frozen=True)
class Step:
    """A step as it is typed: `words` is what its card says ("" its name), `weight` thousandths, `kind` of skill or ""."""

    name: str
    picture: str
    words: str = ""
    kind: str = ""
    skill: str = ""
    weight: int = 1000


def check_step(step: Step, pictures: Sequence[str]) -> None:
    """Raises Refused: no name, a text too long or not easy, a weight that is none, a skill without its kind, an unknown picture."""
    for field, text, most in (("name", step.name, 60), ("words", step.words, 150), ("skill", step.skill, 80)):
        if len(text.strip()) > most:
            raise Refused("text_too_long", at=field, most=most)
    if not step.name.strip():
        raise Refused("empty_text", at="name")
    check_easy(step.name, at="name")
    check_easy(step.words, at="words")
    if not 0 < step.weight <= HEAVIEST:
        raise Refused("step_weight", at="weight", most=HEAVIEST // 1000)
    if step.kind not in ("", *KINDS):
        raise Refused("unknown_goal_kind", at="kind")
    if bool(step.kind) != bool(step.skill.strip()):
        raise Refused("skill_and_kind", at="skill" if step.kind else "kind")
    if step.picture not in pictures:
        raise Refused("unknown_picture", at="picture")


def check_easy(text: str, *, at: str) -> None:
    """Raises Refused for what is not easy to read: more than MOST_WORDS words a sentence, signs that nobody says aloud."""
    sign = next((letter for letter in text if letter in _SIGNS), None)
    if sign is not None:
        raise Refused("not_easy_sign", at=at, sign=sign)
    if len([one for one in re.split(r"(?<=[.?])\s+|\n+", text) if one.strip()]) > MOST_SENTENCES:
        raise Refused("not_easy_many", at=at, most=MOST_SENTENCES)
    if any(len(one.split()) > MOST_WORDS for one in re.split(r"(?<=[.?:])\s+|\n+", text)):
        raise Refused("not_easy_long", at=at, most=MOST_WORDS)


@dataclass(frozen=True)
class Did:
    """Who did a step of a lot, and what the step weighs (thousandths)."""

    step: str
    weight: int
    people: tuple[str, ...]


def shares_by_steps(done: Sequence[Did]) -> Mapping[str, int]:
    """What each person's part of a lot weighs: their steps, each shared equally among those who did it. Thousandths of the steps'
    weights where these divide, else the smallest whole numbers of the exact ratio. Raises Refused for an unreal one."""
    exact: dict[str, Fraction] = {}
    for one in done:
        for person in one.people:
            exact[person] = exact.get(person, Fraction(0)) + Fraction(one.weight, len(one.people))
    scale = lcm(*(one.denominator for one in exact.values()))
    whole = {person: int(one * scale) for person, one in exact.items()}
    if scale > 1:  # thirds and the like: the smallest whole numbers, as thousandths
        common = gcd(*whole.values())
        whole = {person: 1000 * one // common for person, one in whole.items()}
    if any(one > LARGEST_SHARE for one in whole.values()):
        raise Refused("too_many_kinds_of_shares", at="shared_by")
    return whole


@dataclass(frozen=True)
class Material:
    """A line of the list as it is typed: so much (thousandths) of it goes into a unit of the product; cents a unit of it."""

    name: str
    quantity: int
    unit: str
    cents: int


def check_material(line: Material) -> None:
    """Raises Refused: no name, an unknown unit, a quantity that is none, a price below zero."""
    if not line.name.strip():
        raise Refused("empty_text", at="name")
    if len(line.name.strip()) > 80:
        raise Refused("text_too_long", at="name", most=80)
    if line.unit not in MATERIAL_UNITS:
        raise Refused("unknown_material_unit", at="unit")
    if not 0 < line.quantity <= MOST:
        raise _quantity(line.quantity, "quantity")
    if line.cents < 0:
        raise Refused("negative", at="price", text=str(line.cents))


def material_exact(line: Material) -> Fraction:
    """Exact cents of one line for a unit of the product."""
    return Fraction(line.quantity * line.cents, 1000)


def material_cents(lines: Sequence[Material]) -> int:
    """What the materials of a unit cost: the exact sum rounded once, half up to the cent."""
    return half_up(sum(map(material_exact, lines), Fraction(0)))


@dataclass(frozen=True)
class Job:
    """An order of a customer as it is typed: at least a quantity (thousandths) or a price for all of it (cents)."""

    customer: str
    taken: date
    due: date
    quantity: int | None
    cents: int | None


def check_job(job: Job, unit: str) -> None:
    """Raises Refused: no customer, due before it was taken, neither quantity nor price, part of a piece."""
    if not job.customer.strip():
        raise Refused("empty_text", at="customer")
    if len(job.customer.strip()) > 100:
        raise Refused("text_too_long", at="customer", most=100)
    if job.due < job.taken:
        raise Refused("due_before_taken", at="due", day=job.taken.isoformat())
    if job.quantity is None and job.cents is None:
        raise Refused("job_of_nothing", at="quantity")
    if job.quantity is not None and unit == "vnt" and job.quantity % 1000:
        raise Refused("part_of_a_piece", at="quantity")
