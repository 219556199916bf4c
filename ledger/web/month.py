"""month pages."""

from __future__ import annotations

from ledger.web.rules import Room

room = Room("month")
