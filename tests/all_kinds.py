"""A month under rules that have every kind of part and every section, for the tests of what is told of it."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from ledger.core.decided import Decision, Figure, Fund
from ledger.core.people import PersonValue
from ledger.core.production import Mark, Work
from ledger.core.schemes import Scheme, parse
from ledger.core.stipends import Inputs
from tests.books import OCTOBER, day, lot, oct, person, sale

TEXT = """
name = "Tvarka su visomis dalimis"
number = "7"
in_force_from = 2026-01-01
calendar = "LT"
inside_month = "split"
[order]
number = "V-77"
date = 2025-12-20
[total]
mode = "down"
step = "0.05"
[pool]
source = "sales"
costs = "month.costs"
payout_share = "90"
shortfall = "cut"
left = "carried"
[pool.reserve]
month_pay = "ref.base * people"
cap_months = "6"
[[fund]]
key = "trips"
label = "Išvykų fondas"
[[amount]]
key = "base"
label = "Bazinis dydis"
[[amount.value]]
from = 2020-01-01
amount = "10.5"
[[amount]]
key = "grown"
label = "Padidintas dydis"
derived = { of = "ref.base", new = "9.73", old = "8.15", factor_rounding = [{ mode = "down", step = "0.0001" }] }
[[amount]]
key = "mean"
rounding = [{ mode = "half_up", step = "0.01" }]
[[amount.mean]]
of = "ref.base"
weight = "2"
[[amount.mean]]
of = "ref.grown"
[[check]]
key = "least"
label = "Bazinis dydis ne mažesnis už 10"
that = "ref.base"
least = "10"
[warn]
above = "200"

[[part]]
key = "days"
kind = "per_day"
label = "Už lankytas dienas"
paragraph = "4.1"
payer = "budget"
weekend = "1.5"
planned = "3"
band = [{ from_hours = "2", to_hours = "4", amount = "0.6" }, { from_hours = "4", amount = "0.1 * value.coef" }]
[[part]]
key = "daypool"
kind = "per_day"
label = "Dienos iš dalijamos sumos"
payer = "pool"
from_pool = { by = "days", of = "10" }
rate_rounding = [{ mode = "down", step = "0.001" }]
[[part]]
key = "hours"
kind = "per_hour"
label = "Už valandas pagal rūšį"
payer = "pool"
rate_rounding = [{ mode = "down", step = "0.01" }]
rate = [{ hours = "production", amount = "0.155" }, { hours = "training", amount = "0.1" }]
[[part]]
key = "pieces"
kind = "per_piece"
label = "Už pagamintus vienetus"
payer = "pool"
rate_rounding = [{ mode = "up", step = "0.0001" }]
[[part.piece]]
product = "A"
amount = "0.25"
[[part.piece]]
task = "cut"
norm = { wage = "7.25", units = "5", minutes = "10", allowance_minutes = "9" }
[[part]]
key = "rated"
kind = "rated"
label = "Už įvertintą darbą"
payer = "pool"
amount = "ref.base / 10"
quality = "0.2"
hours = "hours.production"
task = [{ task = "cut", norm = "20" }, { task = "glue", rating = "value.skill" }]
[[part]]
key = "monthly"
kind = "flat"
label = "Mėnesio suma pagal klasę, kurios pavadinimas labai ilgas"
payer = "pool"
by_class = "grade"
class = [{ is = "I", amount = "5" }, { is = "II", amount = "ref.grown" }]
joiner = "days"
[part.absence]
unexcused_off = "1/22"
excused_days = 2
excused_part = "0.5"
away = "nothing"
cut_to = "trips"
[[part]]
key = "bands"
kind = "flat"
label = "Už savaites"
payer = "reserve"
presence = "here"
count = "weeks"
band = [{ from = "0", to = "2", amount = "0.5" }, { from = "2", amount = "1 + 0.1 * days" }]
[[part]]
key = "traced"
kind = "traced"
label = "Už parduotus gaminius"
payer = "pool"
portion = "20"
[[part]]
key = "gift"
kind = "share"
label = "Dalis iš išvykų fondo"
payer = "trips"
by = "one"
amount = "0.1 * people"
[[part]]
key = "share"
kind = "share"
label = "Bendra dalis"
payer = "pool"
by = "days * value.coef"
of = "10"
[[part]]
key = "more"
kind = "top_up"
label = "Priedas prie mažų sumų"
payer = "budget"
least = "5"
point = [{ at = "5", gives = "4" }, { at = "50", gives = "1" }]
[[part]]
key = "decided"
kind = "adjustment"
label = "Vadovo sprendimas"
payer = "reserve"
[[part]]
key = "tax"
kind = "withheld"
label = "Mokestis"
rate = "15"
exempt = "10"
basis = "GPMĮ 20 str."
[[limit]]
key = "most"
kind = "ceiling"
label = "Didžiausia suma"
amount = "60"
cuts = "share"
returns = "again"
[[limit]]
key = "goods"
kind = "ceiling"
label = "Riba už gaminius"
amount = "5"
on = "traced"
returns = "trips"
[[limit]]
key = "leastsum"
kind = "floor"
label = "Mažiausia suma"
amount = "1.5 * ref.base"
"""


def scheme() -> Scheme:
    return parse(TEXT)


def inputs() -> Inputs:
    """Four people: one has everything, one little, one joined late and missed days, one was away."""
    people = (person("D1"), person("D2"), person("D3", oct(10)), person("D4"))
    days = [day("D1", n, 360) for n in (1, 2, 3, 5, 6, 7, 8)] + [day("D2", n, 180) for n in (1, 5)]
    days += [day("D3", n, 240) for n in (12, 13, 14)] + [day("D3", 15, 0, Mark.UNEXCUSED), day("D3", 19, 0, Mark.EXCUSED),
                                                          day("D3", 20, 0, Mark.ILL), day("D4", 1, 0, Mark.ILL)]
    lots = (lot("P1", 1, 100, "D1:3", "D2:1"), lot("P2", 2, 21, "D1", "D2", "D3"))
    sales = (sale("1", 5, 90), sale("2", 6, 25, 133, document="K2"))
    work = (Work("w1", "D1", oct(2), "training", "", 90, 0, 0, 0), Work("w2", "D1", oct(3), "", "cut", 120, 45000, 50000, 0),
            Work("w3", "D1", oct(6), "", "glue", 60, 10000, 10000, 0), Work("w4", "D3", oct(13), "", "glue", 60, 3000, 4000, 0))
    values = [PersonValue(ref, name, date(2026, 1, 1), text) for ref, name, text in (
        ("D1", "coef", "12"), ("D2", "coef", "10"), ("D3", "coef", "8.5"), ("D1", "grade", "II"), ("D2", "grade", "I"),
        ("D3", "grade", "II"), ("D4", "grade", "I"), ("D1", "skill", "0.8"), ("D3", "skill", "0.45"))]
    decisions = (Decision("s1", "D1", oct(12), "decided", 500, "padėjo mugėje", "V-80"),
                 Decision("s2", "D3", oct(14), "decided", 0, "kelionė prie jūros", ""))
    return Inputs(OCTOBER, people, tuple(days), lots, sales, work=work, values=tuple(values), decisions=decisions,
                  figures=(Figure("costs", Fraction("12.345")),), holidays=(), reserve=2000, funds=(Fund("trips", 500),))
