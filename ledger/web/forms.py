"""What every form shares: our words, our fields for money, hours, quantities and days, and no fields that nobody declared."""

from __future__ import annotations

from datetime import date
from typing import Any
from unicodedata import category

from flask import abort, request
from werkzeug.datastructures import MultiDict
from wtforms import Field, SelectMultipleField, StringField
from wtforms import Form as PlainForm
from wtforms.validators import ValidationError

from ledger import i18n
from ledger.core.faults import Refused
from ledger.core.numbers import read_cents, read_minutes_of_hours, read_percent, read_thousandths
from ledger.sentences import refusal
from ledger.web import held

FREE = frozenset({"csrf_token", "key"}) | held.FIELDS


class _Words:
    """Lets WTForms speak through our catalogue."""

    def gettext(self, text: str) -> str:
        """The message in the language spoken now."""
        return i18n.gettext(text)

    def ngettext(self, one: str, many: str, number: int) -> str:
        """The form for a number."""
        return i18n.ngettext(one, many, number)


def _visible(sent: MultiDict[str, str]) -> MultiDict[str, str]:
    """What was sent without what nobody sees: control letters, marks that turn the direction of writing, broken halves of letters.
    Line ends and tabs stay."""
    return MultiDict([(name, "".join(letter for letter in value if letter in "\n\r\t" or not category(letter).startswith("C")))
                      for name, value in sent.items(multi=True)])


class Form(PlainForm):
    """A form over what was sent. A field sent twice is a 400; a field that the form does not have is ignored and noted."""

    class Meta:
        """WTForms asks here for translations."""

        def get_translations(self, _form: object) -> _Words:
            """Ours."""
            return _Words()

    def __init__(self, sent: MultiDict[str, str] | None = None, **given: Any) -> None:
        super().__init__(sent if sent is None else _visible(sent), **given)
        self.form_errors: list[str] = []
        if sent is not None:
            many = {name for name, field in self._fields.items() if isinstance(field, SelectMultipleField)}
            for name in sent:
                if name not in many and len(sent.getlist(name)) > 1:
                    abort(400)

    @classmethod
    def sent(cls, **given: Any) -> Any:
        """The form with what this request sent."""
        return cls(request.form, **given)

    def unknown_fields(self) -> list[str]:
        """Names sent that the form does not have."""
        return sorted(set(request.form) - set(self._fields) - FREE)

    def told(self) -> list[str]:
        """All that is wrong, as sentences: what belongs to a field begins with its name."""
        own = [f"{field.label.text}: {said}" for field in self._fields.values() for said in field.errors]
        return [*map(str, self.form_errors), *own]

    def refuse(self, refused: Refused) -> None:
        """Put a refusal beside its field, or on top when it has none."""
        text = refusal(refused.code, refused.values)
        field = self._fields.get(refused.field)
        if field is None:
            self.form_errors.append(text)
        else:
            field.errors = [*field.errors, text]


class ReadField(StringField):
    """Text that is read as something else; what was typed stays in the field when it cannot be."""

    empty: Any = None

    def read(self, text: str) -> Any:
        """What the text says; raises Refused when it cannot be read."""
        return text.strip()

    def process_formdata(self, sent: list[str]) -> None:
        """Keep what was typed and read it."""
        self.typed = sent[0] if sent else ""
        self.data = None
        if not self.typed.strip():
            self.data = self.empty
            return
        try:
            self.data = self.read(self.typed)
        except Refused as refused:
            raise ValueError(refusal(refused.code, refused.values)) from None

    def _value(self) -> str:
        if getattr(self, "typed", None) is not None:
            return str(self.typed)
        return "" if self.data is None else self.write(self.data)

    def write(self, value: Any) -> str:
        """The value as it stands in the field."""
        return str(value)


class CentsField(ReadField):
    """Money; `data` is whole cents. Takes 12,50 and 12.50."""

    def read(self, text: str) -> int:
        """Cents."""
        return read_cents(text, dot_allowed=True)

    def write(self, value: int) -> str:
        """12,50."""
        return i18n.amount(value)


class QuantityField(ReadField):
    """A quantity; `data` is thousandths. `least` 0 takes zero."""

    def __init__(self, *args: Any, least: int = 1, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.least = least

    def read(self, text: str) -> int:
        """Thousandths."""
        return read_thousandths(text, dot_allowed=True, least=self.least)

    def write(self, value: int) -> str:
        """2.25: number fields want a dot."""
        whole, rest = divmod(value, 1000)
        return f"{whole}.{rest:03d}".rstrip("0").rstrip(".") if rest else str(whole)


class HoursField(ReadField):
    """Hours of a day; `data` is minutes."""

    def read(self, text: str) -> int:
        """Minutes."""
        return read_minutes_of_hours(text, dot_allowed=True)

    def write(self, value: int) -> str:
        """2.5: number fields want a dot."""
        hundredths = i18n.round_hundredths(value)
        whole, rest = divmod(hundredths, 100)
        return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") if rest else str(whole)


class PercentField(ReadField):
    """A percent; `data` is thousandths of a percent."""

    empty: int | None = 0

    def read(self, text: str) -> int:
        """Thousandths of a percent."""
        return read_percent(text, dot_allowed=True)

    def write(self, value: int) -> str:
        """12,5."""
        return i18n.decimal(value, 3, at_least=0)


class DayField(ReadField):
    """A day; the browser's date field sends 2026-10-15."""

    def read(self, text: str) -> date:
        """A date."""
        try:
            return date.fromisoformat(text.strip()[:10])
        except ValueError:
            raise Refused("no_such_day", text=text[:20]) from None

    def write(self, value: date) -> str:
        """2026-10-15."""
        return value.isoformat()


def needed(_form: PlainForm, field: Field) -> None:
    """A validator: something must be there."""
    if field.data in (None, "", []) and not field.errors:
        raise ValidationError(i18n.gettext("Fill in: %(label)s.", label=_inside(str(field.label.text))))


def _inside(words: str) -> str:
    """A label inside a sentence: only its first letter becomes small, and not that of PVM; a question loses its mark."""
    words = words.rstrip("?")
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]
