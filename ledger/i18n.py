"""Words, money, dates and quantities as people read them. Babel only; the catalogues are read from `locale/*/*.po` as they stand.

Message ids are English. Lithuanian is the first language; the language of a piece of work is set with `use(...)`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from babel.dates import format_date, format_skeleton
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from markupsafe import escape
from num2words import num2words

from ledger.core.faults import Value
from ledger.core.periods import VILNIUS, Month

LANGUAGES = ("lt", "en")
NBSP = "\u00a0"
MINUS = "−"
LOCALE_DIR = Path(__file__).parent / "locale"

_language: ContextVar[str] = ContextVar("language", default="lt")


@contextmanager
def use(language: str) -> Iterator[None]:
    """Speak this language (lt or en; anything else is lt) until the block ends."""
    token = _language.set(language if language in LANGUAGES else "lt")
    try:
        yield
    finally:
        _language.reset(token)


def language() -> str:
    """The language spoken now."""
    return _language.get()


@lru_cache
def catalogue(language: str) -> Catalog:
    """All messages of a language; English needs none."""
    whole = Catalog(locale=language)
    for path in sorted((LOCALE_DIR / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id and message.string and not message.fuzzy:
                    whole.add(message.id, message.string, context=message.context)
    return whole


def _fill(text: str, values: dict[str, Value]) -> str:
    return text % values if values else text.replace("%%", "%")


def gettext(message: str, **values: Value) -> str:
    """The message in the language spoken now, `%(name)s` filled from values."""
    found = catalogue(language()).get(message)
    text = found.string if found and isinstance(found.string, str) else message
    return _fill(text, values)


def pgettext(context: str, message: str, **values: Value) -> str:
    """Like `gettext` where one English word has several translations."""
    found = catalogue(language()).get(message, context)
    text = found.string if found and isinstance(found.string, str) else message
    return _fill(text, values)


def ngettext(singular: str, plural: str, num: int, **values: Value) -> str:
    """The form for `num` (Lithuanian has three), `%(num)s` filled with it unless given."""
    whole = catalogue(language())
    found = whole.get(singular)
    if found and isinstance(found.string, tuple | list):
        text = found.string[_plural_form(language(), num)]
    else:
        text = singular if num == 1 else plural
    return _fill(text, {"num": num, **values})


def _plural_form(language: str, number: int) -> int:
    n = abs(number)
    if language == "lt":
        if n % 10 == 1 and n % 100 != 11:
            return 0
        return 1 if n % 10 >= 2 and not 10 <= n % 100 <= 20 else 2
    return 0 if n == 1 else 1


_ = gettext


def mark(message: str) -> str:
    """Mark a message for the catalogue without translating it yet."""
    return message


class Lazy(str):
    """A message that is translated when it is written out: for labels that are declared before a language is known."""

    __slots__ = ()

    def __str__(self) -> str:
        return gettext(str.__str__(self))

    def __html__(self) -> str:
        return str(escape(str(self)))


def lazy_text(message: str) -> str:
    """Mark a label and translate it when it is shown."""
    return Lazy(message)


# ---------- money and quantities ----------


def _grouped(digits: str) -> str:
    return f"{int(digits):,}".replace(",", NBSP if language() == "lt" else ",")


def _point() -> str:
    return "," if language() == "lt" else "."


def decimal(whole: int, places: int, *, at_least: int | None = None) -> str:
    """An integer of 1/10**places units as people write it; trailing zeros after `at_least` places are dropped (none by default)."""
    sign = MINUS if whole < 0 else ""
    units, rest = divmod(abs(whole), 10**places)
    tail = str(rest).zfill(places) if places else ""
    if at_least is not None:
        tail = tail[:at_least] + tail[at_least:].rstrip("0")
    return sign + _grouped(str(units)) + (_point() + tail if tail else "")


def amount(cents: int) -> str:
    """Cents as a figure in a column: 1 175,45 (no-break spaces, − for minus)."""
    return decimal(cents, 2)


def money(cents: int) -> str:
    """Cents with their sign: 1 175,45 €."""
    return f"{amount(cents)}{NBSP}€" if language() == "lt" else f"€{amount(cents)}".replace(f"€{MINUS}", f"{MINUS}€")


def quantity(thousandths: int, unit: str = "") -> str:
    """Thousandths of a unit: 2,25 kg, 12 vnt."""
    text = decimal(thousandths, 3, at_least=0)
    return f"{text}{NBSP}{unit_name(unit)}" if unit else text


def unit_name(unit: str) -> str:
    """The short name of a unit code (vnt, kg)."""
    return {"vnt": pgettext("unit", "pcs."), "kg": pgettext("unit", "kg")}.get(unit, unit)


def percent(milli: int) -> str:
    """Thousandths of a percent: 12,5 %."""
    return f"{decimal(milli, 3, at_least=0)}{NBSP}%"


def hours(minutes: int) -> str:
    """Minutes as hours with the fewest decimals that say it exactly, at most two: 82,5."""
    return decimal(round_hundredths(minutes), 2, at_least=0)


def round_hundredths(minutes: int) -> int:
    """Minutes as hundredths of an hour, half up."""
    return (minutes * 100 * 2 + 60) // 120


def euros(cents: int, case: str = "nominative") -> str:
    """Cents in easy words with digits: 96 eurai 17 centų; `case` nominative (yra) or accusative (gauni 96 eurus 17 centų)."""
    whole, rest = divmod(abs(cents), 100)
    parts = []
    if whole or not rest:
        parts.append(_counted("euro", whole, case))
    if rest:
        parts.append(_counted("cent", rest, case))
    return " ".join(parts)


def _counted(what: str, number: int, case: str) -> str:
    lithuanian = {
        ("euro", "nominative"): ("euras", "eurai", "eurų"),
        ("euro", "accusative"): ("eurą", "eurus", "eurų"),
        ("cent", "nominative"): ("centas", "centai", "centų"),
        ("cent", "accusative"): ("centą", "centus", "centų"),
    }
    english = what if number == 1 else what + "s"
    word = lithuanian[what, case][_plural_form("lt", number)] if language() == "lt" else english
    return f"{number}{NBSP}{word}"


def number_in_words(number: int) -> str:
    """A whole number in words, nominative: trylika."""
    return str(num2words(number, lang=language()))


def in_words(cents: int) -> str:
    """The sum wholly in words: devyniasdešimt šeši eurai septyniolika centų. Cents are always said."""
    whole, rest = divmod(abs(cents), 100)
    said = []
    for number, what in ((whole, "euro"), (rest, "cent")):
        word = _counted(what, number, "nominative").split(NBSP)[1]
        said.append(f"{num2words(number, lang=language())} {word}")
    return ("minus " if cents < 0 else "") + " ".join(said)


# ---------- dates ----------


def day(value: date) -> str:
    """2026-10-15, the same in both languages."""
    return value.isoformat()


def day_title(value: date) -> str:
    """Ketvirtadienis, spalio 15 d."""
    if language() == "en":
        return format_date(value, "EEEE, d MMMM", locale="en")
    text = f"{format_date(value, 'EEEE', locale='lt')}, {day_and_month(value)}"
    return text[:1].upper() + text[1:]


def day_and_month(value: date) -> str:
    """Spalio 15 d., inside a sentence (small letter)."""
    if language() == "en":
        return format_date(value, "d MMMM", locale="en")
    return f"{format_date(value, 'MMMM d', locale='lt')}{NBSP}d."


def easy_day(value: date) -> str:
    """Spalio 15 diena: for a page of easy language, without a short form."""
    if language() == "en":
        return format_date(value, "d MMMM", locale="en")
    text = f"{format_date(value, 'MMMM d', locale='lt')} diena"
    return text[:1].upper() + text[1:]


def month_title(month: Month, case: str = "nominative") -> str:
    """2026 m. spalis; accusative 2026 m. spalį (when?), genitive 2026 m. spalio (whose?, since when?); October 2026."""
    if language() == "lt":
        return f"{month.year}{NBSP}m. {month_name(month, case)}"
    return format_skeleton("yMMMM", month.first, locale="en")


_ACCUSATIVE = ("sausį", "vasarį", "kovą", "balandį", "gegužę", "birželį", "liepą", "rugpjūtį", "rugsėjį", "spalį", "lapkritį",
               "gruodį")


def month_name(month: Month, case: str = "nominative") -> str:
    """The month alone: spalis, accusative spalį (when?), genitive spalio (whose?)."""
    if language() != "lt":
        return format_date(month.first, "LLLL", locale="en")
    if case == "accusative":
        return _ACCUSATIVE[month.number - 1]
    return format_date(month.first, "MMMM" if case == "genitive" else "LLLL", locale="lt")


def moment(value: datetime) -> str:
    """An instant on the Vilnius clock: 2026-11-02 14:20."""
    return value.astimezone(VILNIUS).strftime("%Y-%m-%d %H:%M")
