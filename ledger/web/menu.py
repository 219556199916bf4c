"""The menu of each role: at most five words, each leading to a page that the role may see."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from ledger.i18n import gettext as _
from ledger.i18n import mark


@dataclass(frozen=True)
class Item:
    """A word of the menu: where it leads, and how the endpoints begin that are its own; the longest beginning in a menu wins."""

    endpoint: str
    word: str
    icon: str
    begins: tuple[str, ...]

    def fits(self, endpoint: str) -> int:
        """How much of the endpoint is this word's own, in letters; 0 when the page is not under it."""
        return max((len(begin) for begin in self.begins if endpoint.startswith(begin)), default=0)


DAY = Item("day.today", mark("Day"), "day", ("day.", "days.", "grid.", "goods.lot", "entries.", "corrections.", "late."))
MONTH = Item("month.newest", mark("Month"), "money", (
    "month.", "entries.", "imports.", "goods.", "seeing", "documents", "corrections.", "late.", "closing.", "journal.", "stock"))
PRODUCTS = Item("goods.products", mark("Products"), "goods", ("goods.", "imports.", "steps.", "materials.", "jobs.", "cards.",
                                                                "stock"))
SALES = Item("goods.sales", mark("Sales"), "sales", ("goods.sale", "day.new_sale", "day.", "till.", "till_count.", "invoices.",
                                                      "customers.", "documents.", "seeing."))
STOCK = Item("stock.listed", mark("Stock"), "goods", ("stock", "goods.lot"))
PEOPLE = Item("people.listed", mark("People"), "people", ("people.", "plans.", "imports.", "payees."))
PAYMENTS = Item("payments.listed", mark("Payments"), "pay", ("payments.", "bank."))
GOALS = Item("goals.people", mark("Goals"), "goals", ("goals.", "photos."))
RULES = Item("schemes.listed", mark("Rules"), "scheme", ("schemes.", "what_if."))
PAPERS = Item("papers.listed", mark("Documents"), "document", ("papers.", "certificates.", "batches."))
TILL = Item("till.page", mark("Till"), "pay", ("till.", "till_count."))
DEVICES = Item("settings.devices", mark("Devices"), "lock", ("settings.", "staff.", "setup.", "photos.logo"))

CHOSEN = {
    "instructor": (DAY, PRODUCTS, SALES, PEOPLE, GOALS),
    "accountant": (MONTH, SALES, PAYMENTS, PEOPLE, PAPERS),
    "director": (MONTH, PAYMENTS, RULES, PEOPLE, PAPERS),
    "social": (GOALS, PEOPLE, PAPERS, RULES),
    "sales": (TILL, SALES, STOCK, PRODUCTS),
    "admin": (DEVICES,),
}
ROLES = {
    "participant": mark("participant"), "guardian": mark("guardian"), "instructor": mark("instructor"),
    "social": mark("social worker"), "sales": mark("sales specialist"), "case": mark("case manager"),
    "accountant": mark("accountant"), "director": mark("director"), "admin": mark("administrator"), "funder": mark("funder"),
}


def menu_of(role: str, endpoint: str) -> list[tuple[str, str, str, bool]]:
    """The items of a role: address, word, icon, whether it is the page's own."""
    items = CHOSEN.get(role, ())
    best = max(items, key=lambda item: item.fits(endpoint), default=None)
    return [(url_for(item.endpoint), _(item.word), item.icon, item is best and item.fits(endpoint) > 0) for item in items]


def role_word(role: str) -> str:
    """The role as a word."""
    return _(ROLES[role]) if role in ROLES else ""
