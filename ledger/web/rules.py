"""Rooms of pages: every route names its permission where it is declared, and a route without one stops the start.

A GET gets a session that cannot write and its looks at people are written down after the page is built. A POST gets a writing
session, its key is claimed in the same transaction, and a repeat of it gets the first answer.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import wraps
from typing import Any

from flask import Blueprint, Flask
from flask.typing import ResponseReturnValue

from ledger.core.access import May
from ledger.web import session as turns

View = Callable[..., ResponseReturnValue]


class Open(Enum):
    """Routes that no permission guards: for everybody, or for everybody who is signed in."""

    EVERYBODY = "everybody"
    SIGNED_IN = "signed in"


Rule = May | Open
RULES: dict[str, Rule] = {"static": Open.EVERYBODY}
"""Every endpoint with its rule: the access list that the tests try as every role."""


KEYLESS: set[str] = set()
"""Endpoints of POSTs that write no books and so need no key."""


LARGEST: dict[str, int] = {}
"""Endpoints that take fewer bytes than the others: a request that says it has more is answered 413 before it is read."""


KEPT: set[str] = set()
"""Endpoints of pictures of things, which a browser may keep for itself: they show nobody, and what they show never changes."""


class Room:
    """A blueprint whose views are given the Turn."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.blueprint = Blueprint(name, __name__)

    def get(self, path: str, rule: Rule, *, kept: bool = False) -> Callable[[View], View]:
        """A page; `kept`: what it shows is of nobody and never changes, so the browser may keep it."""
        def declare(view: View) -> View:
            if kept:
                KEPT.add(f"{self.name}.{view.__name__}")
            return self._route(path, rule, "GET", turns.show)(view)
        return declare

    def post(self, path: str, rule: Rule) -> Callable[[View], View]:
        """A change of the books: one transaction, one effect however often it is sent."""
        return self._route(path, rule, "POST", turns.change)

    def post_outside(self, path: str, rule: Rule, *, keyed: bool = True, largest: int = 0) -> Callable[[View], View]:
        """A POST whose view opens its own writing session, if any: slow work, signing in and out. Only one that writes no books
        goes without a key (`keyed` false); `largest` bounds its bytes where that is fewer than for others."""
        def declare(view: View) -> View:
            if largest:
                LARGEST[f"{self.name}.{view.__name__}"] = largest
            if not keyed:
                KEYLESS.add(f"{self.name}.{view.__name__}")
            return self._route(path, rule, "POST", turns.show_keyed if keyed else turns.show)(view)
        return declare

    def _route(self, path: str, rule: Rule, method: str, how: Callable[..., ResponseReturnValue]) -> Callable[[View], View]:
        def declare(view: View) -> View:
            endpoint = f"{self.name}.{view.__name__}"
            RULES[endpoint] = rule

            @wraps(view)
            def called(**given: Any) -> ResponseReturnValue:
                return how(rule if isinstance(rule, May) else None, rule is not Open.EVERYBODY, view, given)

            self.blueprint.add_url_rule(path, view.__name__, called, methods=[method])
            return view
        return declare


class UnguardedRoute(Exception):
    """A route without a rule: the program does not start."""


def check_all_guarded(app: Flask) -> None:
    """Raises UnguardedRoute for the first endpoint that has no rule."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in RULES:
            raise UnguardedRoute(f"the route {rule.rule} ({rule.endpoint}) has no permission rule")


