"""The menu of each role: at most five words, each leading to a page that the role may see."""

from __future__ import annotations

from collections.abc import Callable

from flask import current_app, url_for

from ledger.i18n import gettext as _
from ledger.i18n import mark

ITEMS: tuple[tuple[str, str, str, str], ...] = (
    # endpoint, message, icon, permission
    ("day.today", mark("Day"), "day", "LOG_ATTENDANCE"),
    ("month.newest", mark("Month"), "money", "SEE_MONTH"),
    ("goods.products", mark("Products"), "goods", "SEE_PRODUCTS"),
    ("goods.sales", mark("Sales"), "sales", "SEE_SALES"),
    ("goods.lots", mark("Lots"), "goods", "SEE_LOTS"),
    ("people.listed", mark("People"), "people", "SEE_PEOPLE"),
    ("goals.people", mark("Goals"), "goals", "SEE_GOALS"),
    ("month.schemes", mark("Rules"), "scheme", "SEE_SCHEMES"),
    ("papers.listed", mark("Documents"), "document", "PRINT_PAPERS"),
    ("settings.devices", mark("Devices"), "lock", "KEEP_DEVICES"),
)
CHOSEN = {
    "instructor": ("day.today", "goods.products", "goods.sales", "people.listed", "goals.people"),
    "accountant": ("month.newest", "goods.sales", "goods.lots", "people.listed", "papers.listed"),
    "director": ("month.newest", "month.schemes", "people.listed", "papers.listed", "settings.devices"),
    "social": ("goals.people", "people.listed", "papers.listed", "month.schemes"),
    "sales": ("goods.sales", "goods.lots", "goods.products"),
    "admin": ("settings.devices",),
}
ROLES = {
    "participant": mark("participant"), "guardian": mark("guardian"), "instructor": mark("instructor"),
    "social": mark("social worker"), "sales": mark("sales specialist"), "case": mark("case manager"),
    "accountant": mark("accountant"), "director": mark("director"), "admin": mark("administrator"), "funder": mark("funder"),
}


def menu_of(role: str, endpoint: str, can: Callable[[str], bool]) -> list[tuple[str, str, str, bool]]:
    """The items of a role: address, word, icon, whether it is the page's room."""
    by_endpoint = {item[0]: item for item in ITEMS}
    chosen = [by_endpoint[name] for name in CHOSEN.get(role, ()) if name in current_app.view_functions]
    return [(url_for(name), _(word), icon, _same_room(name, endpoint)) for name, word, icon, _may in chosen]


def _same_room(item: str, endpoint: str) -> bool:
    if item == endpoint:
        return True
    room = endpoint.split(".")[0]
    return item.split(".")[0] == room and room not in ("goods", "month")


def role_word(role: str) -> str:
    """The role as a word."""
    return _(ROLES[role]) if role in ROLES else ""
