"""The explanation in words, from the calculation's own trace, in two voices: the accountant's arithmetic (`lines`, `pieces`,
`months`, `words`) and the participant's short sentences (`easy`); and the rules themselves for who approves them (`rules`)."""

from __future__ import annotations

from ledger.explained.lines import arithmetic as arithmetic
from ledger.explained.words import Things as Things
from ledger.explained.words import cent_told as cent_told
from ledger.explained.words import cut_goes as cut_goes
from ledger.explained.words import days_told as days_told
from ledger.explained.words import document as document
from ledger.explained.words import exact as exact
from ledger.explained.words import exact_quota as exact_quota
from ledger.explained.words import line_label as line_label
from ledger.explained.words import matched as matched
from ledger.explained.words import not_applied as not_applied
from ledger.explained.words import own_label as own_label
from ledger.explained.words import paragraph as paragraph
from ledger.explained.words import payer as payer
from ledger.explained.words import pays as pays
from ledger.explained.words import share as share
