"""Random schemes as the data that a TOML text gives: every kind of part, limit and pool, and every key of theirs."""

from __future__ import annotations

import random
from datetime import date

PRODUCTS = ("A", "B")
TASKS = ("cut", "glue")
HOURS = ("training", "waiting")
GRADES = ("I", "II", "III")
FIGURES = ("costs", "budget", "fair")
FUNDS = ("trips", "feast")
KINDS = ("flat", "per_day", "per_hour", "per_piece", "rated", "share", "traced", "top_up", "adjustment", "withheld")
AMOUNTS = ("0.03", "0.5", "1.20", "7", "2.345", "1/3", "ref.wage", "ref.grown", "value.base", "0.1 * value.coef",
           "month.fair / people", "max(0.5, ref.mean / 3)", "min(2, value.base) + 0.25", "(1 + value.coef) * 0.4",
           "weekly(max(0.6, 0.07 * hours)) / 2", "weekly(min(value.base, days * value.coef)) + 0.1")
KEYS = ("one", "days", "hours", "points", "units", "units.A", "days * value.coef", "hours.production + 0.5 * hours.training",
        "units.B * value.coef + points", "value.coef", "max(0, traced)", "made.cut + 2 * made.glue", "days.working", "weeks",
        "time.cut", "min(days, 3)", "days.calendar", "one / (1 + days.ill)", "days + days.excused",
        "weekly(min(2, days) * points + days.calendar / 7)", "weekly(max(units, made.cut + time.cut)) * value.coef")


def scheme(mix: random.Random) -> dict:
    """A scheme that the rules allow, with one to six parts."""
    told: dict = {"name": "Tvarka", "number": "1", "in_force_from": date(2020, 1, 1), "calendar": "LT",
                  "order": {"number": "V-1", "date": date(2019, 12, 30)}, "amount": amounts(mix),
                  "fund": [{"key": key, "label": key} for key in FUNDS]}
    told["leaving"] = mix.choice([{"rule": "always"}, {"rule": "reserve"}, {"rule": "months", "months": mix.choice([1, 12])}])
    if mix.random() < 0.7:
        told["debt"] = {"share": mix.choice(["0", "20", "33.3", "100"])}
    if mix.random() < 0.3:
        told["total"] = rounding(mix)
    if mix.random() < 0.8:
        told["pool"] = pool(mix)
    if mix.random() < 0.3:
        told["approved_by"] = "Direktorė"
        told["warn"] = {"above": "ref.wage * 3"}
        that = mix.choice(["month.budget", "people * ref.grown"])
        told["check"] = [{"key": "ca", "label": "Riba", "that": that, "least": "17.5"}]
    told["part"] = parts(mix)
    limits = [limit(mix, told["part"], place) for place in range(mix.choice([0, 0, 1, 1, 2]))]
    if limits:
        told["limit"] = [*sorted(limits, key=lambda one: (one["kind"] == "floor", one.get("returns") == "again"))]
    return told


def amounts(mix: random.Random) -> list:
    """Reference amounts: dated, derived, a mean."""
    grown: dict = {"key": "grown", "derived": {"of": "ref.wage", "new": "9.73", "old": mix.choice(["8.15", "ref.wage", "0"])}}
    if mix.random() < 0.5:
        grown["derived"]["factor_rounding"] = stages(mix)
    mean: dict = {"key": "mean", "mean": [{"of": "ref.wage", "weight": mix.choice(["3", "people"])}, {"of": "7.82"},
                                          {"of": "month.fair", "weight": "2"}]}
    if mix.random() < 0.5:
        mean["rounding"] = stages(mix)
    wage = {"key": "wage", "value": [{"from": date(2020, 1, 1), "amount": "3.10"},
                                     {"from": date(2025, mix.choice([11, 12]), mix.choice([1, 15])), "amount": "4.555"},
                                     {"from": date(2026, mix.choice([1, 2]), mix.choice([1, 2])), "amount": "0.99"}]}
    return mix.sample([wage, grown, mean], 3)


def rounding(mix: random.Random) -> dict:
    return {"mode": mix.choice(["half_up", "up", "down", "half_even"]), "step": mix.choice(["0.01", "0.05", "0.1", "1"])}


def stages(mix: random.Random) -> list:
    return mix.choice([
        [{"mode": "down", "step": "0.00001"}, {"mode": "up", "step": "0.0001"}], [{"mode": "half_up", "step": "0.01"}],
        [{"mode": "down", "step": "0.25"}], [{"mode": "half_even", "step": "0.1"}], [{"mode": "up", "step": "0.05"}]])


def pool(mix: random.Random) -> dict:
    told: dict = {}
    source = mix.choice(["traced", "traced", "sales", "fixed", "budget"])
    if source != "traced" or mix.random() < 0.3:
        told["source"] = source
    if source in ("fixed", "budget"):
        told["amount"] = mix.choice(["month.budget", "20.005", "people * 1.5"])
    if mix.random() < 0.4:
        told["costs"] = mix.choice(["month.costs", "0.333", "month.costs + 2 * people", "5000"])
    if source in ("traced", "sales") and mix.random() < 0.4:
        told["payout_share"] = mix.choice(["70", "33.3", "0", "100"])
    if mix.random() < 0.5:
        told["left"] = mix.choice(["reserve", "carried"])
    if mix.random() < 0.7:
        told["shortfall"] = mix.choice(["reserve", "cut", "reserve_then_cut", "budget"])
    if mix.random() < 0.5:
        told["reserve"] = {"month_pay": mix.choice(["month.budget / 3", "10.007", "people * 2.5"]),
                           "cap_months": mix.choice(["1", "2", "6", "0.5"])}
        if mix.random() < 0.7:
            told["reserve"]["full"] = mix.choice(["carried", "paid_out"])
    return told


def parts(mix: random.Random) -> list:
    """Parts in a random order; a share of all that is left is the last that takes from the pool."""
    portions = iter(mix.sample(["40", "30", "15", "7.5"], 4))
    made = [part(mix, kind, f"{'w' if kind == 'withheld' else 'p'}{'abcdefg'[place]}", portions)
            for place, kind in enumerate(mix.choices(KINDS, k=mix.randint(1, 6)))]
    if mix.random() < 0.3 and not any(one["kind"] == "share" for one in made):
        made.append(part(mix, "share", "pg", portions))
    everything = next(filter(takes_all, made), None)
    for one in made:
        if one is not everything and takes_all(one):
            one["of"] = next(portions, "1")
    if everything:
        made.remove(everything)
        made.insert(1 + max((n for n, one in enumerate(made) if one.get("payer") == "pool"), default=-1), everything)
    return sorted(made, key=lambda one: one["kind"] == "withheld")


def takes_all(part: dict) -> bool:
    """Whether it takes all that is left of the pool."""
    return part["kind"] == "share" and part.get("payer") == "pool" and not {"of", "amount"} & part.keys()


def part(mix: random.Random, kind: str, key: str, portions) -> dict:
    """One part; the keys that any kind takes are added here."""
    payer = mix.choice(["pool", "pool", "pool", "budget", "reserve", *FUNDS])
    told: dict = {"key": key, "kind": kind, "label": key, "payer": payer}
    told.update({"flat": flat, "per_day": per_day, "per_hour": per_hour, "per_piece": per_piece, "rated": rated, "share": share,
                 "traced": traced, "top_up": top_up, "adjustment": lambda *_: {}, "withheld": withheld}[kind](mix, payer, portions))
    if kind == "withheld":
        del told["payer"]
    if mix.random() < 0.15:
        told["months"] = sorted(mix.sample([1, 2, 3, 10, 11, 12], 4))
    if mix.random() < 0.2 and kind != "adjustment":
        told["who"] = mix.choice(["days", "value.coef", "hours.training", "units", "one"])
    if mix.random() < 0.25 and kind not in ("adjustment", "withheld"):
        told["rounding"] = rounding(mix)
    if mix.random() < 0.2:
        told["paragraph"] = "4.2"
    if kind in ("flat", "share", "top_up"):
        told["presence"] = mix.choice(["attended", "here"])
        told["joiner"], told["leaver"] = mix.choice(["whole", "days"]), mix.choice(["whole", "days"])
    if kind in ("flat", "per_day", "per_hour", "per_piece", "rated") and mix.random() < 0.3:
        told["rate_rounding"] = stages(mix)
    return told


def amount(mix: random.Random, payer: str) -> dict:
    """An AMOUNT: a formula, by class, by bands of a count, or made from the pool."""
    way = mix.choice(["amount", "class", "count", "pool", "pool"])
    if way == "class":
        return {"by_class": "grade", "class": [{"is": one, "amount": mix.choice(AMOUNTS)} for one in GRADES[:mix.choice([2, 3])]]}
    if way == "count":
        counted = mix.choice(["days", "weeks", "days / weeks", "hours", "weekly(min(2, days))"])
        return {"count": counted, "band": bands(mix, "from", "to")}
    if way == "pool" and payer == "pool":
        return {"from_pool": from_pool(mix)}
    return {"amount": mix.choice(AMOUNTS)}


def bands(mix: random.Random, low: str, high: str) -> list:
    edges = mix.choice([["0"], ["1"], ["1", "4"], ["0.5", "2", "4"], ["2", "5"]])
    return [{low: edge, **({high: to} if to else {}), "amount": mix.choice(AMOUNTS)}
            for edge, to in zip(edges, [*edges[1:], None], strict=True)]


def from_pool(mix: random.Random) -> dict:
    return {"by": mix.choice(KEYS), **({"of": mix.choice(["50", "12.5"])} if mix.random() < 0.5 else {})}


def flat(mix: random.Random, payer: str, _) -> dict:
    told = amount(mix, payer)
    if mix.random() < 0.7:
        told["absence"] = {"cut_to": mix.choice(["source", "reserve", *FUNDS]), "away": mix.choice(["nothing", "whole"])}
        if mix.random() < 0.7:
            told["absence"]["unexcused_off"] = mix.choice(["1/22", "0.3", "1"])
        if mix.random() < 0.7:
            told["absence"].update({"excused_days": mix.choice([1, 3, 8]), "excused_part": mix.choice(["0.5", "1/3", "0"])})
    return told


def per_day(mix: random.Random, payer: str, _) -> dict:
    told: dict = {"from_pool": from_pool(mix)} if payer == "pool" and mix.random() < 0.4 else {
        "band": bands(mix, "from_hours", "to_hours")}
    if mix.random() < 0.4:
        told["planned"] = mix.choice(["value.planned", "3", "2.5"])
    if mix.random() < 0.5:
        told["weekend"] = mix.choice(["2", "1.5", "1"])
    if mix.random() < 0.5:
        told["holiday"] = mix.choice(["2", "1.25", "3"])
    return told


def per_hour(mix: random.Random, payer: str, _) -> dict:
    way = mix.choice(["amount", "rate", "pool"])
    if way == "pool" and payer == "pool":
        return {"from_pool": from_pool(mix)}
    if way == "rate":
        kinds = mix.sample(["production", *HOURS], mix.randint(1, 3))
        return {"rate": [{"hours": kind, "amount": mix.choice(AMOUNTS)} for kind in kinds]}
    return {"amount": mix.choice(AMOUNTS), **({"hours": mix.choice(["production", *HOURS])} if mix.random() < 0.5 else {})}


def per_piece(mix: random.Random, payer: str, _) -> dict:
    names = [("product", one) for one in PRODUCTS] + [("task", one) for one in TASKS]
    return {"piece": [{name: code, **(mix.choice([{"amount": mix.choice(AMOUNTS)}, {"norm": norm(mix)}]))}
                      for name, code in mix.sample(names, mix.randint(1, 3))]}


def norm(mix: random.Random) -> dict:
    told = {"wage": mix.choice(["8.00", "ref.wage", "value.base"]),
            **mix.choice([{"units": "40", "minutes": "25"}, {"seconds": "37"}, {"per_hour": "4.5"}])}
    told.update(mix.choice([{}, {"allowance_minutes": "10"}, {"allowance_share": "0.833334"},
                             {"allowance_factor": "1.1764705", "least_factor": "1.1764705"}]))
    if mix.random() < 0.5:
        told["rounding"] = stages(mix)
    return told


def rated(mix: random.Random, payer: str, _) -> dict:
    told: dict = {"amount": mix.choice(AMOUNTS)}
    if mix.random() < 0.3:
        told["productivity"] = mix.choice(["value.coef", "0.6", "min(1, units / 10)"])
    else:
        ratings = [{"rating": "0.3"}, {"rating": "value.coef"}, {"norm": "4"}, {"norm": "1.5"}]
        told["task"] = [{"task": task, **mix.choice(ratings)} for task in mix.sample(TASKS, mix.randint(1, 2))]
        if mix.random() < 0.5:
            told["quality"] = mix.choice(["0.25", "1", "0.5"])
    if mix.random() < 0.4:
        told["hours"] = mix.choice(["hours.production", "time.cut + time.glue", "days * 4"])
    return told


def share(mix: random.Random, payer: str, portions) -> dict:
    told = {"by": mix.choice(KEYS)}
    way = mix.choice(["of", "amount", "rest"])
    if way == "of" and payer in ("pool", *FUNDS):
        told["of"] = next(portions, "1")
    elif way == "amount" or payer in ("budget", "reserve"):
        told["amount"] = mix.choice(["month.fair", "10", "ref.wage * 3", "0.07", "people / 3"])
    return told


def traced(mix: random.Random, payer: str, portions) -> dict:
    return {"portion": next(portions, "1")}


def top_up(mix: random.Random, payer: str, _) -> dict:
    told: dict = {"point": mix.choice([
        [{"at": "0", "gives": "2"}, {"at": "5", "gives": "0"}],
        [{"at": "20", "gives": "50"}, {"at": "120", "gives": "0"}],
        [{"at": "1", "gives": "0.5"}, {"at": "2", "gives": "4.01"}, {"at": "9", "gives": "1"}], [{"at": "0", "gives": "3.333"}]])}
    if mix.random() < 0.5:
        told["on"] = mix.choice(["hours", "value.base", "days", "max(0, so_far)"])
    if mix.random() < 0.4:
        told["least"] = mix.choice(["1", "5"])
    if mix.random() < 0.4:
        told["unit"] = mix.choice(["ref.wage / 100", "0.5", "value.base"])
    return told


def withheld(mix: random.Random, payer: str, _) -> dict:
    told = {"rate": mix.choice(["20", "6.98", "100", "0.5"]), "basis": "GPM 6 str."}
    if mix.random() < 0.5:
        told["exempt"] = mix.choice(["1.5", "ref.wage", "value.base"])
    if mix.random() < 0.3:
        told["on"] = mix.choice(["traced", "so_far / 2"])
    return told


def limit(mix: random.Random, parts: list, place: int) -> dict:
    kind = mix.choice(["ceiling", "ceiling", "floor"])
    told: dict = {"key": f"l{'ab'[place]}", "kind": kind, "label": "Riba"}
    sums = ("0.5", "12.34", "60", "150", "ref.wage * 4", "0.2 * ref.grown", "month.budget * 2") if kind == "ceiling" else (
        "0.4", "ref.mean * 0.3", "ref.wage / 2", "value.base", "weekly(max(0.9, value.base * hours / 20))")
    if mix.random() < 0.3:
        told.update({"by_class": "grade", "class": [{"is": one, "amount": mix.choice(sums)} for one in GRADES]})
    else:
        told["amount"] = mix.choice(sums)
    keys = [one["key"] for one in parts if one["kind"] != "withheld"]
    if mix.random() < 0.3:
        told["paragraph"] = "7"
    if mix.random() < 0.4 and keys:
        told["on"] = mix.choice(keys)
    if kind == "floor":
        if mix.random() < 0.7:
            told["payer"] = mix.choice(["reserve", "pool", "budget", *FUNDS])
        return told
    if mix.random() < 0.5 and "on" not in told and keys:
        told["cuts"] = mix.choice(keys)
    shares = {one["key"] for one in parts if one["kind"] == "share"}
    again = sorted(shares & ({told["on"]} if "on" in told else set(keys)))
    if again and mix.random() < 0.7:
        told.update({"returns": "again", **({} if "on" in told else {"cuts": mix.choice(again)})})
        return told
    told["returns"] = mix.choice(["reserve", "source", *FUNDS])
    return told
