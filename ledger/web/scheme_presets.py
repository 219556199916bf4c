"""Rules to begin from: a text each, with whom it suits and what it does to people who can do little."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ledger.i18n import gettext as _
from ledger.i18n import mark

FOLDER = Path(__file__).resolve().parent.parent / "presets"
PRESETS: Mapping[str, tuple[str, str, str]] = {
    "equal": (
        mark("The same for everyone"),
        mark("Suits a workshop where coming and being together counts, and where what is made can hardly be told apart by person."),
        mark("Who can do little gets as much as everybody. A long absence still lessens the sum.")),
    "days": (
        mark("By attended days"),
        mark("Suits a workshop that wants to encourage coming: each day of four hours or more is paid."),
        mark("Who can do little but comes gets as much as the others. Who is often ill gets less.")),
    "hours": (
        mark("By hours"),
        mark("Suits a workshop where some come for a few hours and others for the whole day."),
        mark("What a person manages does not matter, only the time. Who tires sooner gets less.")),
    "points": (
        mark("By points"),
        mark("Suits a workshop where the instructor gives points for work, effort and help, and a share of the sales is "
             "divided by them."),
        mark("It depends on what points are given for: give them for effort and progress too, or those who can do "
             "little get little.")),
    "sold": (
        mark("By what was sold"),
        mark("Suits a workshop that sells regularly and knows who made which lot."),
        mark("Who can do little or makes what sells slowly gets little, in some months nothing. Think of a sum for days "
             "beside it.")),
    "base": (
        mark("A base and a supplement"),
        mark("Suits a workshop with a budget of its own: everybody gets a base, and a supplement by what each one manages."),
        mark("Who can do little has the base and a small supplement: the sum never falls to nothing.")),
    "mixed": (
        mark("Mixed: days and what was sold"),
        mark("Suits most workshops: a sum for each day from the budget, a share of what was sold, and a limit."),
        mark("Who can do little gets the sum for the days; what was sold adds to it. The limit keeps the sums near each other.")),
}
"""Label, whom it suits, and what it does to people who can do little, by the name of the file."""


@dataclass(frozen=True)
class Preset:
    """A choice of the page."""

    key: str
    label: str
    suits: str
    weak: str


def shown() -> list[Preset]:
    """All presets in words."""
    return [Preset(key, _(label), _(suits), _(weak)) for key, (label, suits, weak) in PRESETS.items()]


def text(key: str) -> str:
    """The text of a preset; KeyError for another name."""
    if key not in PRESETS:
        raise KeyError(key)
    return (FOLDER / f"{key}.toml").read_text(encoding="utf-8")
