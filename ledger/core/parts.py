"""The kinds of parts a scheme is made of. A kind is one class (`part_sums`, `part_times`, `part_pieces`) and one row of KINDS: it
reads itself from its table, writes itself back, and turns a month's facts into exact cents for each person. The engine
(`ledger.core.stipends`) rounds, divides and pays."""

from __future__ import annotations

from ledger.core.part_base import Context as Context
from ledger.core.part_base import Earned as Earned
from ledger.core.part_base import Numbers as Numbers
from ledger.core.part_base import Rule as Rule
from ledger.core.part_base import Worked as Worked
from ledger.core.part_pieces import PerPiece as PerPiece
from ledger.core.part_pieces import Rated as Rated
from ledger.core.part_sums import Adjustment as Adjustment
from ledger.core.part_sums import Flat as Flat
from ledger.core.part_sums import ShareOfPot as ShareOfPot
from ledger.core.part_sums import TopUp as TopUp
from ledger.core.part_sums import TracedPortion as TracedPortion
from ledger.core.part_sums import Withheld as Withheld
from ledger.core.part_times import Band as Band
from ledger.core.part_times import PerDay as PerDay
from ledger.core.part_times import PerHour as PerHour

KINDS: dict[str, type[Rule]] = {
    "flat": Flat, "per_day": PerDay, "per_hour": PerHour, "per_piece": PerPiece, "rated": Rated, "share": ShareOfPot,
    "traced": TracedPortion, "top_up": TopUp, "adjustment": Adjustment, "withheld": Withheld,
}
