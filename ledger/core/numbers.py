"""Numbers as people write them: a decimal comma, spaces between thousands; what reads two ways is asked about.

Everything comes out as an integer of the smallest unit (cents, thousandths, minutes, thousandths of a percent).
A brought-in file takes the comma only; a field of a form also takes `12.50` (`dot_allowed`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ledger.core.faults import Refused

MOST_CENTS = 100_000_000
MOST_THOUSANDTHS = 1_000_000_000
DAY_MINUTES = 24 * 60
WHOLE_PERCENT = 100_000

_NUMBER = re.compile(r"([-−]?)([0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+|[0-9]+)(?:,([0-9]+))?")
_ODD = re.compile(r"[-+−]?(?:nan|inf(?:inity)?|0[xob][0-9a-f_]+|[0-9][0-9.,_]*(?:e[-+−]?[0-9]+)?)", re.IGNORECASE)
_LONGEST = 30
_SHOWN = 40


@dataclass(frozen=True)
class Written:
    """A number taken apart: whether it is below zero, its whole digits and its digits after the comma."""

    negative: bool
    whole: str
    fraction: str

    def scaled(self, places: int) -> int:
        """The integer of 1/10**places units; the fraction has at most `places` digits."""
        value = int(self.whole + self.fraction.ljust(places, "0"))
        return -value if self.negative else value


def read_cents(text: str, *, dot_allowed: bool = False, least: int = 0, most: int = MOST_CENTS) -> int:
    """Money in whole cents from `least` to `most`; raises `part_of_cent`, `negative`, `zero`, `sum_too_large`."""
    written = take(text, dot_allowed=dot_allowed)
    if len(written.fraction) > 2:
        raise Refused("part_of_cent", text=shown(text))
    return _bounded(written.scaled(2), text, least, most, "sum_too_large")


def read_thousandths(
    text: str, *, dot_allowed: bool = False, least: int = 1, most: int = MOST_THOUSANDTHS
) -> int:
    """A quantity in thousandths, three decimals at most; `least` 1 refuses zero, 0 takes it, less takes returns."""
    written = take(text, dot_allowed=dot_allowed)
    _three_decimals(written, text)
    return _bounded(written.scaled(3), text, least, most, "quantity_too_large")


def read_percent(text: str, *, dot_allowed: bool = False) -> int:
    """A percent from 0 to 100 in thousandths of a percent (12,5 is 12500)."""
    written = take(text, dot_allowed=dot_allowed)
    _three_decimals(written, text)
    return _bounded(written.scaled(3), text, 0, WHOLE_PERCENT, "over_hundred_percent")


def read_minutes_of_hours(text: str, *, dot_allowed: bool = False) -> int:
    """Hours of one day (0 to 24) as whole minutes: 2,25 is 135; raises `part_of_minute`, `over_a_day`."""
    written = take(text, dot_allowed=dot_allowed)
    minutes, rest = divmod(abs(written.scaled(len(written.fraction))) * 60, 10 ** len(written.fraction))
    if rest:
        raise Refused("part_of_minute", text=shown(text))
    return _bounded(-minutes if written.negative else minutes, text, 0, DAY_MINUTES, "over_a_day")


def read_whole(text: str, *, most: int = 1_000_000) -> int:
    """A whole number above zero, such as the number of a line."""
    written = take(text)
    if written.fraction:
        raise Refused("not_whole", text=shown(text))
    return _bounded(written.scaled(0), text, 1, most, "number_too_large")


def take(text: str, *, dot_allowed: bool = False) -> Written:
    """Take a number apart; raises Refused `empty`, `two_readings`, `dot_in_number`, `number_odd`, `no_number`."""
    stripped = text.strip()
    if not stripped:
        raise Refused("empty")
    found = _NUMBER.fullmatch(_comma_for_dot(stripped) if dot_allowed else stripped)
    if not found:
        raise _why_not(stripped)
    whole = re.sub(r"[^0-9]", "", found[2])
    fraction = found[3] or ""
    if len(whole) + len(fraction) > _LONGEST:
        raise Refused("number_too_large" if len(whole) > len(fraction) else "too_many_decimals", text=shown(text))
    if found[1] and not int(whole + fraction):
        raise Refused("number_odd", text=shown(text))
    return Written(bool(found[1]), whole, fraction)


def shown(text: str) -> str:
    """What was typed, short enough for a sentence and without anything invisible."""
    short = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return "".join(letter if letter.isprintable() or letter.isspace() else "\ufffd" for letter in short)


def _comma_for_dot(text: str) -> str:
    """A form's `12.50` with a comma; `1.234` stays, because it may be one thousand."""
    if text.count(".") != 1 or "," in text:
        return text
    whole, fraction = text.split(".")
    could_be_thousands = len(fraction) == 3 and re.fullmatch(r"[-−]?[1-9][0-9]{0,2}", whole)
    return text if could_be_thousands else f"{whole},{fraction}"


def _three_decimals(written: Written, text: str) -> None:
    if len(written.fraction) > 3:
        raise Refused("too_many_decimals", text=shown(text))


def _bounded(value: int, text: str, least: int, most: int, too_large: str) -> int:
    if least >= 0 and value < least:
        raise Refused("negative" if value < 0 else "zero", text=shown(text))
    if abs(value) > most:
        raise Refused(too_large, text=shown(text))
    return value


def _why_not(text: str) -> Refused:
    """The reason why this is no number: dots are asked about, what only computers write is named so."""
    if "." in text and re.fullmatch(r"[-−]?[0-9][0-9 \u00a0\u202f.,]*", text):
        return _about_dots(text)
    if _ODD.fullmatch(text) and not re.fullmatch(r"[-−]?[0-9][0-9,]*", text):
        return Refused("number_odd", text=shown(text))
    if any(letter.isnumeric() and not letter.isascii() for letter in text):
        return Refused("number_odd", text=shown(text))
    return Refused("no_number", text=shown(text))


def _about_dots(text: str) -> Refused:
    """Both readings of a number with a dot, the dot as the sign of thousands first."""
    plain = re.sub("[ \u00a0\u202f]", "", text)
    readings = [_without(plain, "."), _without(plain, ",").replace(".", ",")]
    possible = [reading for reading in map(_grouped, readings) if reading]
    if len(possible) == 2 and possible[0] != possible[1]:
        return Refused("two_readings", text=shown(text), first=possible[0], second=possible[1])
    if possible:
        return Refused("dot_in_number", text=shown(text), first=possible[0])
    return Refused("no_number", text=shown(text))


def _without(text: str, thousands: str) -> str:
    """The number without its sign of thousands; empty when several of them do not part threes."""
    groups = text.split(thousands)
    threes = all(re.match(r"[0-9]{3}(?![0-9])", group) for group in groups[1:])
    return "".join(groups) if len(groups) <= 2 or threes else ""


def _grouped(text: str) -> str:
    """The number with no-break spaces between thousands; empty when it is none."""
    found = re.fullmatch(r"([-−]?)(0|[1-9][0-9]{0,29})(?:,([0-9]{1,30}))?", text)
    if not found:
        return ""
    whole = f"{int(found[2]):,}".replace(",", "\u00a0")
    return found[1] + whole + (f",{found[3]}" if found[3] else "")
