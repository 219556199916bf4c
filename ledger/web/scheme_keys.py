"""The grammar of rules in plain words: what every key, choice and name of a formula is called. The form and the help read it."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.i18n import gettext as _
from ledger.i18n import mark

WORDS: Mapping[str, tuple[str, str]] = {
    # the scheme itself
    "scheme.name": (mark("Name of the rules"), ""),
    "scheme.number": (mark("Rules No."), mark("Each version has a number of its own.")),
    "scheme.in_force_from": (
        mark("In force from"),
        mark("Usually the first day of a month. It can also be typed when the rules are approved.")),
    "scheme.approved_by": (mark("Who approved"), mark("Written by the program when the rules are approved.")),
    "scheme.inside_month": (
        mark("When they begin inside a month"),
        mark("Either such a date is refused, or the days before it count by the old rules and those from it on by the new ones.")),
    "scheme.calendar": (
        mark("Calendar of public holidays"),
        mark("Two letters of a country, LT for Lithuania. Needed when holidays or working days count.")),
    "scheme.order": (mark("The order"), mark("It can also be typed when the rules are approved.")),
    "order.number": (mark("Number of the order"), mark("It can also be typed when the rules are approved.")),
    "order.date": (mark("Date of the order"), ""),
    # every part
    "part.key": (
        mark("Short name for formulas"),
        mark("Small Latin letters, digits and underscores. Formulas and limits name the part by it.")),
    "part.kind": (mark("Kind"), ""),
    "part.label": (mark("What the line is called"), mark("This stands in every statement.")),
    "part.payer": (mark("Who pays"), ""),
    "part.paragraph": (
        mark("Item of the rules"),
        mark("The number of the item in the written order; it is printed beside the line.")),
    "part.rounding": (mark("Rounding of the line"), mark("Without it the line is rounded to the cent, half up.")),
    "part.months": (mark("Only in these months"), mark("With none marked the part counts every month.")),
    "part.who": (
        mark("Only for whom this is above zero"),
        mark("For example the person's own value “value.mentor”. Empty: for everybody.")),
    "*.presence": (mark("Who gets it"), ""),
    "*.joiner": (mark("Who begins inside the month"), ""),
    "*.leaver": (mark("Who leaves inside the month"), ""),
    "*.rate_rounding": (
        mark("Rounding of the rate"),
        mark("Steps one after another; the rate is rounded before it is multiplied.")),
    "*.rounding": (mark("Rounding"), mark("Steps one after another.")),
    "rounding.mode": (mark("How to round"), ""),
    "rounding.step": (mark("To what step"), mark("For example 0,01, 0,05 or 1.")),
    # ways to say an amount
    "flat.amount": (mark("Sum a month"), mark("A sum in euros or a formula.")),
    "*.amount": (mark("Sum"), mark("A sum in euros or a formula.")),
    "*.by_class": (
        mark("By which value of the person"),
        mark("The name of the person's own value whose word tells the class, for example “group”.")),
    "*.class": (mark("Sums by class"), mark("A row for each word of that value.")),
    "class.is": (mark("When the word is"), ""),
    "flat.count": (mark("What is counted"), mark("For example “days”: the sum depends on how many there are.")),
    "flat.band": (mark("Sums by count"), mark("A row from one number to the next; the last one stays open.")),
    "flat.band.from": (mark("From"), ""),
    "flat.band.to": (mark("Below"), mark("Empty in the last row.")),
    "*.from_pool": (
        mark("The rate comes from what was sold"),
        mark("What is left of the shared sum is divided by how much of the key all people have together.")),
    "from_pool.by": (mark("Divided by"), mark("The key of each person, for example “days” or “hours”.")),
    "from_pool.of": (mark("How much of what is left"), ""),
    "flat.absence": (mark("What absence takes off"), ""),
    "absence.unexcused_off": (mark("Taken off for each unexcused day"), mark("A part of the whole: 0,3 or 1/22.")),
    "absence.excused_days": (
        mark("Excused absence counts from so many days"),
        mark("Calendar days in a row, added up over the month.")),
    "absence.excused_part": (mark("What is left then"), mark("A part of the whole, 0,5 for a half.")),
    "absence.away": (mark("Who did not come once"), ""),
    "absence.cut_to": (mark("Where the cut goes"), ""),
    # by day and hour
    "per_day.band": (
        mark("Sums for a day"),
        mark("By how many hours the person was there. A shorter day than in the first row earns nothing.")),
    "band.from_hours": (mark("From hours"), ""),
    "band.to_hours": (mark("Below hours"), mark("Empty in the last row.")),
    "band.amount": (mark("Sum for the day"), mark("A sum in euros or a formula.")),
    "per_day.planned": (
        mark("At most so many days"),
        mark("The earliest days of the month count. For example the person's own value “value.planned”.")),
    "per_day.weekend": (mark("Saturdays and Sundays count times"), mark("1 is as on any day.")),
    "per_day.holiday": (mark("Public holidays count times"), mark("1 is as on any day. Choose the calendar above.")),
    "per_hour.amount": (mark("Sum for an hour"), mark("A sum in euros or a formula.")),
    "per_hour.hours": (mark("Only hours of this kind"), mark("As entries of work call it. Empty: all hours.")),
    "per_hour.rate": (mark("Sums by kind of hours"), mark("When hours of different kinds are paid differently.")),
    "rate.hours": (mark("Kind of hours"), mark("“production” are hours that no entry calls otherwise.")),
    "rate.amount": (mark("Sum for an hour"), mark("A sum in euros or a formula.")),
    # by piece
    "per_piece.piece": (mark("Sums for a piece"), mark("A row for each product or task.")),
    "piece.product": (mark("Product"), mark("Its code. Fill in the product or the task.")),
    "piece.task": (mark("Task"), mark("As entries of work call it.")),
    "piece.amount": (
        mark("Sum for a good piece"),
        mark("A sum in euros or a formula. Leave it empty when the sum comes from a norm.")),
    "piece.norm": (
        mark("The sum comes from a norm"),
        mark("What an hour earns is divided by how many pieces an hour a usual worker makes.")),
    "norm.wage": (mark("What an hour earns"), mark("A sum in euros or a formula.")),
    "norm.units": (mark("Pieces"), mark("So many pieces in so many minutes; or seconds for one, or pieces an hour.")),
    "norm.minutes": (mark("In so many minutes"), ""),
    "norm.seconds": (mark("Seconds for one piece"), ""),
    "norm.per_hour": (mark("Pieces an hour"), ""),
    "norm.allowance_minutes": (mark("Minutes of rest in an hour"), mark("One allowance is enough: minutes, a share or a factor.")),
    "norm.allowance_share": (mark("Share of the hour that is worked"), ""),
    "norm.allowance_factor": (mark("Factor of allowance"), ""),
    "norm.least_factor": (mark("Least factor of allowance"), mark("A smaller allowance than this is told as a fault.")),
    "norm.not_below_wage": (mark("Who keeps the norm earns no less than the hour"), ""),
    "norm.rounding": (mark("Rounding of the norm"), mark("Steps one after another.")),
    # rated
    "rated.amount": (mark("Reference sum for an hour"), mark("A sum in euros or a formula.")),
    "rated.productivity": (
        mark("How much the person manages"),
        mark("1 is as much as a usual worker; for example the person's own value “value.level”. Or rate tasks below.")),
    "rated.task": (mark("Rated tasks"), mark("Each task with its own rating or norm; they are weighted by time.")),
    "task.task": (mark("Task"), mark("As entries of work call it.")),
    "task.rating": (mark("Rating of the task"), mark("1 is as much as a usual worker. Fill in the rating or the norm.")),
    "task.norm": (mark("Norm: pieces an hour"), ""),
    "rated.quality": (mark("Weight of quality"), mark("From 0 to 1: how much good pieces among all count beside speed.")),
    "rated.hours": (mark("Hours that count"), mark("Usually “hours”: all attended hours.")),
    # shares
    "share.by": (mark("Divided by"), mark("The key of each person: “one” is the same for all, “days”, “hours”, “points”.")),
    "share.of": (mark("Share of what is paid out"), mark("Empty: all that is left.")),
    "share.amount": (mark("Or a sum of its own"), mark("In euros or a formula; needed when the budget or the reserve pays.")),
    "traced.portion": (mark("Share of what was sold"), mark("Of the person's own work, without VAT and materials.")),
    "top_up.on": (mark("Depends on"), mark("Usually “so_far”: what the parts above give.")),
    "top_up.least": (mark("Counted as at least"), ""),
    "top_up.unit": (mark("In units of"), mark("For example “ref.minimum”, when the table is written in its parts.")),
    "top_up.point": (mark("Table"), mark("At so much the supplement gives so much; between the rows it changes evenly.")),
    "point.at": (mark("At"), ""),
    "point.gives": (mark("Gives"), ""),
    "withheld.rate": (mark("How much is withheld"), ""),
    "withheld.exempt": (mark("Free of it"), mark("A sum in euros or a formula: only what is above is counted.")),
    "withheld.on": (mark("Of what"), mark("Usually “so_far”: what the parts above give.")),
    "withheld.basis": (mark("Legal basis"), mark("The act and its article; it is printed.")),
    # limits
    "limit.key": (mark("Short name for formulas"), mark("Small Latin letters, digits and underscores.")),
    "limit.kind": (mark("Kind"), ""),
    "limit.label": (mark("What the line is called"), mark("This stands in every statement.")),
    "limit.paragraph": (
        mark("Item of the rules"),
        mark("The number of the item in the written order; it is printed beside the line.")),
    "limit.amount": (mark("Sum of the limit"), mark("In euros or a formula.")),
    "limit.on": (mark("What it limits"), mark("One part only, or the person's whole sum.")),
    "limit.cuts": (mark("Which part is cut first"), mark("Then the parts that stand last.")),
    "limit.returns": (mark("Where the cut goes"), ""),
    "limit.payer": (mark("Who pays what is added"), mark("Only for a limit from below.")),
    # pool, funds, amounts
    "pool.source": (mark("What is divided"), ""),
    "pool.amount": (mark("How much"), mark("In euros or a formula: for a fixed sum and for a sum of the budget.")),
    "pool.costs": (mark("Costs taken off first"), mark("In euros or a formula, for example “month.costs”: a figure of the month.")),
    "pool.payout_share": (mark("How much may be paid out"), mark("The rest goes to the reserve.")),
    "pool.left": (mark("What the parts leave"), ""),
    "pool.shortfall": (mark("When the parts take more than there is"), ""),
    "pool.reserve": (mark("How much the reserve may hold"), ""),
    "reserve.month_pay": (mark("Pay of a month"), mark("In euros or a formula.")),
    "reserve.cap_months": (mark("At most so many months"), ""),
    "reserve.full": (mark("When it is full"), ""),
    "fund.key": (mark("Short name for formulas"), mark("Small Latin letters, digits and underscores.")),
    "fund.label": (mark("Name of the fund"), ""),
    "amount.key": (mark("Short name for formulas"), mark("Formulas write it as “ref.” and this name.")),
    "amount.label": (mark("What it is"), mark("For example the minimum hourly wage.")),
    "amount.value": (mark("Sums by date"), mark("The last one that has begun counts.")),
    "value.from": (mark("From day"), ""),
    "value.amount": (mark("Sum"), ""),
    "amount.derived": (
        mark("Made from another amount"),
        mark("The amount is multiplied by the new figure and divided by the old one.")),
    "derived.of": (mark("The amount"), ""),
    "derived.new": (mark("New figure"), ""),
    "derived.old": (mark("Old figure"), ""),
    "derived.factor_rounding": (mark("Rounding of the factor"), mark("Steps one after another.")),
    "amount.mean": (mark("A mean"), mark("Of the rows below, each with its weight.")),
    "mean.of": (mark("Sum or formula"), ""),
    "mean.weight": (mark("Weight"), mark("Empty is 1.")),
    # what follows
    "leaving.rule": (mark("What is sold after a person left"), ""),
    "leaving.months": (mark("For so many months"), mark("After the last day. Counts only with “for some months”.")),
    "debt.share": (mark("Kept back of later stipends"), mark("At most so much of each stipend, when a sum fell below zero.")),
    "warn.above": (
        mark("Tell whose sum is above"),
        mark("In euros or a formula: the accountant sees them before the month is submitted.")),
    "check.key": (mark("Short name for formulas"), mark("Small Latin letters, digits and underscores.")),
    "check.label": (mark("What is checked"), ""),
    "check.that": (mark("This"), mark("A sum in euros or a formula.")),
    "check.least": (mark("must not be below"), mark("A sum in euros or a formula.")),
}
"""Label and hint of every key, by the table it stands in; * is any table."""

CHOICES: Mapping[str, str] = {
    "inside_month.refuse": mark("such a date is refused"), "inside_month.split": mark("the month is split by date"),
    "presence.attended": mark("who attended one day at least"), "presence.here": mark("everybody on the list"),
    "joiner.whole": mark("the whole sum"), "joiner.days": mark("by calendar days"),
    "leaver.whole": mark("the whole sum"), "leaver.days": mark("by calendar days"),
    "away.whole": mark("keeps it"), "away.nothing": mark("gets nothing"),
    "mode.half_up": mark("to the nearest, a half up"), "mode.half_even": mark("to the nearest, a half to even"),
    "mode.up": mark("always up"), "mode.down": mark("always down"),
    "source.traced": mark("what was sold out of known lots"), "source.sales": mark("all that was sold"),
    "source.fixed": mark("a fixed sum out of the sales"), "source.budget": mark("a sum that the budget gives"),
    "left.reserve": mark("goes to the reserve"), "left.carried": mark("waits for the next month"),
    "shortfall.reserve": mark("the reserve bears it"), "shortfall.cut": mark("all are cut alike"),
    "shortfall.reserve_then_cut": mark("first the reserve, then all are cut alike"),
    "shortfall.budget": mark("the budget bears it"),
    "full.carried": mark("what is over waits for the next month"), "full.paid_out": mark("what is over is paid out"),
    "rule.always": mark("always goes to the person"), "rule.months": mark("for some months to the person, then to the reserve"),
    "rule.reserve": mark("goes to the reserve at once"),
    "limit.ceiling": mark("from above: nobody gets more"), "limit.floor": mark("from below: nobody gets less"),
    "payer.pool": mark("what was sold"), "payer.budget": mark("the workshop's budget"), "payer.reserve": mark("the reserve"),
    "cut.source": mark("stays with who pays that part"), "cut.reserve": mark("goes to the reserve"),
    "cut.again": mark("is divided among the others"), "flag.true": mark("yes"), "flag.false": mark("no"),
}

KINDS: Mapping[str, tuple[str, str]] = {
    "per_day": (mark("For attended days"), mark("A sum for each day, by how many hours the person was there.")),
    "traced": (mark("For own goods that were sold"), mark("A share of what was sold of the person's own work.")),
    "per_hour": (mark("For hours"), mark("A sum for each hour, for all hours or by their kind.")),
    "share": (mark("A share of a common sum"), mark("One sum is divided among all by days, hours, points or equally.")),
    "flat": (mark("The same sum every month"), mark("One sum for the month, with rules for absence.")),
    "per_piece": (mark("For pieces"), mark("A sum for each good piece of a product or a task.")),
    "rated": (mark("For hours by what the person manages"), mark("A reference sum for an hour times how much the person manages.")),
    "top_up": (
        mark("A supplement by a table"),
        mark("It depends on another sum: the smaller that one is, the larger the supplement.")),
    "adjustment": (mark("Decisions about one person"), mark("Encouragements that the director decides on, each with its reason.")),
    "withheld": (mark("Withheld"), mark("Tax or another deduction. It stands last.")),
}
"""Kinds of parts in the order in which they are offered."""

SECTIONS: Mapping[str, tuple[str, str, str]] = {
    "part": (
        mark("What a stipend is made of"),
        mark("Each part is a line of the statement. They are worked out in this order."),
        mark("Part")),
    "limit": (mark("Limits"), mark("So that nobody gets more or less than the order says."), mark("Limit")),
    "pool": (
        mark("What is divided"),
        mark("Without this section: what was sold out of known lots, and what the parts leave goes to the reserve."),
        ""),
    "fund": (mark("Funds"), mark("A pot of its own inside the reserve: cuts feed it, parts are paid from it."), mark("Fund")),
    "amount": (mark("Reference amounts"), mark("Sums that formulas use, for example the minimum hourly wage."), mark("Amount")),
    "leaving": (mark("When a person leaves"), mark("Without this section: for 12 months to the person, then to the reserve."), ""),
    "debt": (
        mark("When a sum falls below zero"),
        mark("Without this section at most 20 % of each later stipend is kept back."),
        ""),
    "total": (mark("Rounding of the whole sum"), mark("The reserve bears or keeps the difference."), ""),
    "warn": (mark("Large sums"), mark("Who gets more than this is named before the month is submitted. Nothing is cut."), ""),
    "check": (mark("Checks"), mark("Told every month; they stop nothing."), mark("Check")),
}
"""Title, hint and the word of one row of every section, in the order of the form."""

NAMES: tuple[tuple[str, str], ...] = (
    ("days", mark("attended days")), ("hours", mark("attended hours")),
    ("hours.KIND", mark("hours of a kind that entries of work name")),
    ("weeks", mark("weeks with an attended day")), ("days.excused", mark("excused days")), ("days.ill", mark("days of illness")),
    ("days.unexcused", mark("unexcused days")),
    ("days.calendar", mark("calendar days of the month on which the person is on the list")),
    ("days.working", mark("working days of the month on which the person is on the list")), ("points", mark("points given")),
    ("units", mark("good pieces, by the person's share of the lots")), ("units.CODE", mark("good pieces of one product")),
    ("made.TASK", mark("good pieces made at a task")), ("time.TASK", mark("hours at a task")),
    ("traced", mark("euros that the person's own sold goods brought")),
    ("value.NAME", mark("the person's own value, written in the profile")),
    ("part.KEY", mark("what a part above gave the person")), ("so_far", mark("what all parts above gave the person")),
    ("ref.KEY", mark("a reference amount")), ("month.NAME", mark("a figure of the month, for example costs")),
    ("year.days", mark("attended days of the year, this month's too")),
    ("year.hours", mark("attended hours of the year, this month's too")),
    ("year.points", mark("points of the year, this month's too")),
    ("weekly", mark("weekly( ): what stands in the brackets, for each week with an attended day, all weeks together")),
    ("people", mark("how many people the month has")), ("one", mark("one: the same for everybody")),
)
"""What formulas may name, in plain words."""


def word(table: str, key: str, kind: str = "") -> tuple[str, str]:
    """Label and hint of a key: of its kind's table, of the table, of any table."""
    for place in (f"{kind}.{table}.{key}", f"{table}.{key}", f"*.{key}"):
        if place in WORDS:
            label, hint = WORDS[place]
            return _(label), _(hint) if hint else ""
    return key, ""


WAYS: Mapping[str, str] = {
    "amount": mark("Sum"), "by_class": mark("Sums by class"), "count": mark("Sums by count"), "band": mark("Sums for a day"),
    "from_pool": mark("The rate comes from what was sold"), "rate": mark("Sums by kind of hours"),
    "hours": mark("Only hours of this kind"), "of": mark("Share of what is paid out"), "value": mark("Sums by date"),
    "derived": mark("Made from another amount"), "mean": mark("A mean"), "product": mark("Product"), "task": mark("Task"),
    "norm": mark("Norm: pieces an hour"), "productivity": mark("How much the person manages"),
    "rating": mark("Rating of the task"), "allowance_minutes": mark("Minutes of rest in an hour"),
    "allowance_share": mark("Share of the hour that is worked"), "allowance_factor": mark("Factor of allowance"),
    "units": mark("Pieces"), "seconds": mark("Seconds for one piece"), "per_hour": mark("Pieces an hour"),
}
"""What the ways are called of which exactly one must be written."""


def label(way: str) -> str:
    """What a way is called in a fault."""
    return _(WAYS[way]) if way in WAYS else way


def choice(key: str, option: str) -> str:
    """What an option is called."""
    found = CHOICES.get(f"{key}.{option}")
    return _(found) if found else option


def kind_word(kind: str) -> str:
    """What a kind of part is called."""
    return _(KINDS[kind][0]) if kind in KINDS else kind
