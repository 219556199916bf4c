"""The form of a lot: what was made, by whom, how it is shared; and what it says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, SelectChoice, SelectMultipleField

from ledger.actions.production import Made
from ledger.core.faults import Refused
from ledger.core.production import SharedBy
from ledger.i18n import lazy_text
from ledger.records.people import Named
from ledger.web import lot_steps
from ledger.web.forms import DayField, Form, QuantityField, needed
from ledger.web.lot_steps import Offer


class LotForm(Form):
    """A lot; a field for each person's share is added by `lot_form`."""

    product = RadioField(lazy_text("Product"), [needed], validate_choice=False, id="lot-product")
    makers = SelectMultipleField(lazy_text("Who made it"), validate_choice=False)
    good = QuantityField(lazy_text("Good"), [needed], least=0, default=0)
    rejects = QuantityField(lazy_text("Rejects"), least=0, default=0)
    shared_by = RadioField(lazy_text("How it is shared"), [needed], default=SharedBy.EQUAL.value, choices=[
        SelectChoice(SharedBy.EQUAL.value, lazy_text("Equally")), SelectChoice(SharedBy.UNITS.value, lazy_text("By units")),
        SelectChoice(SharedBy.MINUTES.value, lazy_text("By minutes")), SelectChoice(SharedBy.POINTS.value, lazy_text("By points")),
        SelectChoice(SharedBy.STEPS.value, lazy_text("By steps"))])
    steps = SelectMultipleField(lazy_text("Who did which step"), validate_choice=False)


class LotChange(LotForm):
    """A lot that is corrected: its day too, and the version that was seen."""

    day = DayField(lazy_text("Day"), [needed])
    version = HiddenField(lazy_text("Version"), [needed])
    sure = BooleanField(lazy_text("I understand: what is sold of this lot goes to other people"))


def lot_form(makers: Sequence[Named], offered: Offer, base: type[LotForm] = LotForm) -> Callable[..., Any]:
    """What makes the form, with a share for each person and who did each step of the product."""
    shares = {f"share_{one.ref}": QuantityField(one.name, least=0) for one in makers}
    made = type(base.__name__, (base,), {**shares, **offered.fields()})

    def begin(*args: Any, **given: Any) -> Any:
        form = made(*args, **given)
        form.makers.choices = [SelectChoice(one.ref, one.name) for one in makers]
        form.product.choices, form.offered = [], offered
        ways = list(form.shared_by.choices)
        form.shared_by.choices = [one for one in ways if offered.steps or one.value != SharedBy.STEPS]
        return form
    return begin


def made_of(form: Any, day: date) -> Made:
    """The lot that a form says. Raises Refused for a share that is not above zero."""
    kind, makers = SharedBy(form.shared_by.data), []
    for ref in form.makers.data or []:
        share = f"share_{ref}"
        counted = kind in (SharedBy.EQUAL, SharedBy.STEPS) or share not in form
        weight = 1000 if counted else form[share].data or 0
        if weight <= 0:
            raise Refused("share_not_above_zero", at=share)
        makers.append((ref, weight))
    steps = lot_steps.done_of(form) if kind is SharedBy.STEPS else ()
    return Made(form.product.data, day, form.good.data, form.rejects.data or 0, kind, tuple(makers), steps)
