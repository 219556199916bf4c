"""The participant's badge: a card to cut out, with the QR code that opens their pages."""

from __future__ import annotations

from datetime import date

import segno
from markupsafe import Markup

from ledger.i18n import gettext as _


def badge_pdf(name: str, token_text: str, workshop: str, dated: date) -> bytes:
    """The badge as PDF (A6, a card of 85.6 x 54 mm to cut out); `dated` is the day of issue.

    The token stands in the QR code only, never as text.
    """
    from ledger.documents.pdf import render  # loaded with the first paper: see there

    return render("badge", _("Badge"), dated, name=name, workshop=workshop, code=_code(token_text))


def _code(token: str) -> Markup:
    """The QR code as one SVG with its title."""
    drawn = segno.make_qr(token, error="m").svg_inline(omitsize=True, border=0, title=_("QR code"))
    return Markup(drawn)  # noqa: S704  # drawn by segno; the token is in it as squares only
