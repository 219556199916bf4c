"""Labels of a lot to stick on a box, and the sheet on which a count is written by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ledger.i18n import gettext as _

SIZES = ("one", "a4")
ON_A_SHEET = 24
"""Labels of 70 x 37 mm on a sheet of A4: three in a row, eight rows."""


@dataclass(frozen=True)
class Label:
    """What stands on a label: `number` of the lot ("" none), the quantity as text, `link` the address of the lot's page."""

    product: str
    code: str
    number: str
    day: date
    quantity: str
    workshop: str
    link: str


def labels_pdf(label: Label, size: str) -> bytes:
    """A label of 100 x 50 mm, or a sheet of A4 full of the same label; `size` one of SIZES."""
    from ledger.documents.pdf import render  # loaded with the first paper: see there

    return render("lot_labels", _("Label of a lot: %(product)s", product=label.product), label.day, label=label, size=size,
                  rows=range(ON_A_SHEET // 3))


def count_sheet_pdf(workshop: str, place: str, day: date, products: tuple[tuple[str, str, str], ...]) -> bytes:
    """The sheet of a count: code, name and unit of each product with room for what is found. What the books say is not on it, so
    that it is counted and not copied."""
    from ledger.documents.pdf import render  # loaded with the first paper: see there

    return render("count_sheet", _("Count of stock: %(place)s", place=place), day, workshop=workshop, products=products)
