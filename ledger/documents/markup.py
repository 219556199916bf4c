"""Mark-up in a message of a paper."""

from __future__ import annotations

from markupsafe import Markup


def fill(message: str, **values: object) -> Markup:
    """A message that carries mark-up (`<b>`), its values escaped and put in."""
    return Markup(message) % values  # noqa: S704  # the message is from the catalogue; `%` of Markup escapes the values
