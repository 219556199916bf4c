"""What the pages of a day show: seats of people, candidates, the log, a month's grid. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, partial

from flask import url_for
from sqlalchemy.orm import Session

from ledger import i18n
from ledger.actions import board as group
from ledger.actions import entries as working
from ledger.actions.board import Proposed
from ledger.core.access import May, can
from ledger.core.days import DayEvent, may_try, told_together
from ledger.core.faults import Hidden, Refused
from ledger.core.periods import VILNIUS, Month
from ledger.core.production import Mark, SharedBy
from ledger.i18n import gettext as _
from ledger.i18n import mark, pgettext
from ledger.records import audit, days, entries, months, organisation, people, production, sales, stipends
from ledger.records.audit import Audit
from ledger.records.days import DayEventRow, TrialDay
from ledger.records.entries import WorkRow
from ledger.records.organisation import Scope, Workshop
from ledger.records.people import Concern, Named
from ledger.records.production import AttendanceRow, LotRow, Product
from ledger.records.sales import SaleRow
from ledger.web.session import Turn

FIRST_TILES = 10
"""So many products stand on the board at once; the others are behind one tap."""
NEWEST_LOTS = 40
"""From so many lots it is seen which products and people come first."""
KINDS = {"mokymai": mark("training"), "išvyka": mark("trip")}
"""Kinds of hours without anything made that are offered when the rules name none."""
MARKS = {"D": mark("here"), "K": mark("excused"), "L": mark("ill"), "N": mark("unexcused")}
ABSENT = ("K", "L", "N")
ABOUT = {"days": mark("the days"), "made": mark("what was made"), "sold": mark("what was sold"),
         "money": mark("the money"), "goals": mark("the goals"), "other": mark("something else")}
TAKEN_BACK = ("take_back_attendance", "take_back_lot", "take_back_sale")
MOST_OPEN_DAYS = 5


@dataclass(frozen=True)
class Seat:
    """A person on the day's board: `state` is in, out or new (nothing marked yet); `minutes` what is marked or offered; `off` by
    their plan; `together` with another workshop more than a day of the service."""

    ref: str
    number: str
    first: str
    last: str
    state: str
    minutes: int
    mark: str
    off: bool = False
    together: bool = False

    @property
    def initials(self) -> str:
        """The first letters of both names."""
        return f"{self.first[:1]}{self.last[:1]}".upper()

    @property
    def name(self) -> str:
        """First name and surname."""
        return f"{self.first} {self.last}".strip()


@dataclass(frozen=True)
class Entry:
    """A row of the day's log; `state` is open, closed (its month is approved) or back (taken back); addresses may be empty."""

    sign: str
    picture: str
    title: str
    note: str
    state: str
    edit: str = ""
    back: str = ""
    values: Mapping[str, str] | None = None
    returning: str = ""


@dataclass(frozen=True)
class Said:
    """What a participant says is wrong: who, what and when."""

    ref: str
    name: str
    about: str
    month: Month


@dataclass
class Board:
    """Everything of one day, each thing read once, when it is first asked for; the number of queries does not depend on the number
    of rows."""

    turn: Turn
    day: date
    most: int | None = 30
    """So many rows of its log are shown, for a fair's day has hundreds; None: all."""

    @property
    def _asked(self) -> tuple[Session, Scope]:
        return self.turn.session, self.turn.doing.scope

    @cached_property
    def named(self) -> list[Named]:
        """All participants of the workshop."""
        return people.participants(self.turn.session, self.turn.doing.vault, self.turn.doing.scope)

    @cached_property
    def by_id(self) -> dict[int, Named]:
        """Participants by row number."""
        return {one.id: one for one in self.named}

    @cached_property
    def marks(self) -> dict[int, AttendanceRow]:
        """The marks of the day, by the participant's row number."""
        return {row.participant_id: row for row in production.attendance_between(*self._asked, self.day, self.day)}

    @cached_property
    def here(self) -> list[Named]:
        """Whose time in the workshop holds the day, and whoever has a mark."""
        return [one for one in self.named if one.person.here_on(self.day) or one.id in self.marks]

    @cached_property
    def proposed(self) -> Proposed:
        """The hours to offer."""
        return group.proposed(self.turn.doing, self.day)

    @cached_property
    def products(self) -> list[Product]:
        """The workshop's products."""
        return production.products(*self._asked)

    @cached_property
    def lots(self) -> tuple[list[LotRow], int]:
        """What was made on the day, written down last first, and how many lots there are."""
        return production.newest_of_day(*self._asked, self.day, self.most)

    @cached_property
    def lines(self) -> tuple[list[SaleRow], int]:
        """What was sold on the day, written down last first, and how many lines there are."""
        return sales.newest_of_day(*self._asked, self.day, self.most)

    @cached_property
    def approved(self) -> set[str]:
        """Months whose run is approved."""
        return {str(month) for month in stipends.approved_months(*self._asked)}

    @cached_property
    def settled(self) -> set[str]:
        """Months into which nothing is booked any more."""
        return self.approved | {str(month) for month in months.closed(*self._asked)}

    @cached_property
    def workshop(self) -> Workshop:
        """The workshop."""
        return organisation.get_workshop(*self._asked)

    @cached_property
    def vat_payer(self) -> bool:
        """Whether sales are with VAT."""
        return organisation.get_organisation(*self._asked).vat_payer

    @cached_property
    def event(self) -> DayEventRow | None:
        """What happened to the day last."""
        return days.newest(*self._asked, self.day)

    @cached_property
    def work(self) -> list[WorkRow]:
        """Hours of the day without anything made."""
        return entries.work_on(*self._asked, self.day)

    @cached_property
    def trials(self) -> dict[int, TrialDay]:
        """Who came to try, by the participant's row number."""
        return days.trials(*self._asked, self.day)

    @cached_property
    def away(self) -> dict[str, int]:
        """Attended minutes of the day in other workshops, by the person's reference."""
        return days.elsewhere(*self._asked, self.day)

    @cached_property
    def newest(self) -> list[tuple[int, int | None]]:
        """Product and maker of what was written down last."""
        return production.newest_made(*self._asked, NEWEST_LOTS)

    @property
    def complete(self) -> bool:
        """Whether somebody says that all of the day is written down."""
        return self.event is not None and self.event.kind == DayEvent.CLOSED

    def complete_words(self) -> str:
        """Who said so and when."""
        if self.event is None:
            return ""
        scope = self.turn.doing.scope
        staff = {account.ref: account.name for account, _grant in organisation.grants_of(self.turn.session, scope)}
        return _("%(name)s, %(moment)s", name=staff.get(self.event.done_by, "–"), moment=i18n.moment(self.event.done_at))

    def open_days(self) -> list[date]:
        """Earlier days of open months that were begun and are not said to be complete, without this one."""
        found = days.not_closed(self.turn.session, self.turn.doing.scope, self.workshop.begins.first,
                                self.turn.doing.today - timedelta(days=1))
        return [day for day in found if day != self.day and str(Month.of(day)) not in self.settled]

    @property
    def closed(self) -> bool:
        """Whether the month that books the day's attendance is approved, or was declared empty and closed."""
        return str(max(Month.of(self.day), self.workshop.begins)) in self.settled

    @property
    def has_run(self) -> bool:
        """Whether that month is approved."""
        return str(max(Month.of(self.day), self.workshop.begins)) in self.approved

    @property
    def before(self) -> date:
        """The day before."""
        return self.day - timedelta(days=1)

    @property
    def after(self) -> date:
        """The day after."""
        return self.day + timedelta(days=1)

    def may(self, may: May) -> bool:
        """Whether this may be done on this day."""
        return can(self.turn.doing.who, may, self.turn.doing.place(self.day))

    def seats(self) -> list[Seat]:
        """The people of the day in the order of their numbers; who does not come on this weekday and has no mark stands last."""
        seats = [self._seat(one, self.marks.get(one.id)) for one in self.here]
        return [seat for seat in seats if not seat.off] + [seat for seat in seats if seat.off]

    def _seat(self, one: Named, row: AttendanceRow | None) -> Seat:
        state = "new" if row is None else "in" if row.mark == Mark.ATTENDED else "out"
        minutes = row.minutes if row is not None and state == "in" else self.proposed.of(one.id)
        return Seat(
            one.ref, one.person.number, one.identity.first, one.identity.last, state, minutes, row.mark if row else "",
            off=row is None and one.id in self.proposed.off,
            together=state == "in" and told_together(minutes, self.away.get(one.person.ref, 0)))

    def triers(self) -> list[Seat]:
        """Who may come to try: their contract begins later."""
        found = []
        for one in self.named:
            row = self.trials.get(one.id)
            if row is not None or may_try(one.person, self.day):
                found.append(Seat(one.ref, one.person.number, one.identity.first, one.identity.last, "in" if row else "new",
                                  row.minutes if row else group.USUAL_MINUTES, ""))
        return found

    def tiles(self) -> tuple[list[Product], list[Product]]:
        """The products, those made last first: what stands on the board at once, and the others in the order of their codes."""
        last = {product: place for place, product in enumerate(dict.fromkeys(product for product, _maker in self.newest))}
        ordered = sorted(self.products, key=lambda one: last.get(one.id, len(last)))
        if len(ordered) <= FIRST_TILES + 1:
            return ordered, []
        rest = {one.id for one in ordered[FIRST_TILES:]}
        return ordered[:FIRST_TILES], [one for one in self.products if one.id in rest]

    def makers(self) -> tuple[list[Named], list[Named]]:
        """Who may have made something, those who made something last first: who is here, and who is not marked yet."""
        last = {maker: place for place, maker in enumerate(dict.fromkeys(maker for _product, maker in self.newest))}
        ordered = sorted(self.candidates(), key=lambda one: last.get(one.id, len(last)))
        here = [one for one in ordered if one.id in self.marks]
        return (here, [one for one in ordered if one.id not in self.marks]) if here else (ordered, [])

    def kinds(self, open_month: Month) -> list[tuple[str, str]]:
        """Kinds of hours without anything made that can be written down: what the rules name and what was written this day, else
        the usual two. None where none can: `open_month` is the month that books what is written for the day."""
        if open_month != Month.of(self.day) or self.closed or not (self.may(May.LOG_WORK) and self.may(May.LOG_ATTENDANCE)):
            return []
        named = working.needs_of(working.rules_of(self.turn.doing, Month.of(self.day))).kinds
        found = list(dict.fromkeys([*named, *(row.kind for row in self.work if row.kind)]))
        found += [kind for kind in KINDS if kind not in found and not named]
        return [(kind, kind_word(kind)) for kind in found]

    def just(self, what: str) -> Entry | None:
        """What was written down a moment ago, by the address that the page was sent to: lot-REF or work-REF."""
        kind, _dash, ref = what.partition("-")
        if kind == "lot":
            row = next((row for row in self.lots[0] if row.ref == ref), None)
            return self._lot(row, next(one for one in self.products if one.id == row.product_id)) if row else None
        rows = [row for row in self.work if row.ref == ref]
        return self._worked([row for row in self.work if group.together(row) == group.together(rows[0])]) if rows else None

    def candidates(self, also: Sequence[int] = ()) -> list[Named]:
        """Who may have made something: everybody here that day who is not marked absent, and `also` these."""
        return [one for one in self.named if one.id in also or (
            one.person.here_on(self.day) and (one.id not in self.marks or self.marks[one.id].mark == Mark.ATTENDED))]

    def log(self) -> tuple[list[Entry], int]:
        """Lots, sales, returns and what was taken back, written down last first; at `most` so many, and how many there are more."""
        products = {product.id: product for product in self.products}
        goes: dict[tuple[object, ...], list[WorkRow]] = {}
        for one in self.work:
            goes.setdefault(group.together(one), []).append(one)
        rows: list[tuple[datetime, Callable[[], Entry]]] = [
            *((row.logged_at, partial(self._lot, row, products[row.product_id])) for row in self.lots[0]),
            *((row.logged_at, partial(self._line, row, products[row.product_id])) for row in self.lines[0]),
            *((go[0].logged_at, partial(self._worked, go)) for go in goes.values()),
            *((one.at, partial(self._taken, one, products)) for one in self._audit())]
        unread = sum(count - len(read) for read, count in (self.lots, self.lines))
        shown = sorted(rows, key=lambda pair: pair[0], reverse=True)[:self.most]
        return [entry() for _at, entry in shown], unread + len(rows) - len(shown)

    def attendance_log(self) -> list[Entry]:
        """The marks of the day, each with its way back."""
        found = []
        for seat in self.seats():
            if seat.state != "new":
                back = url_for("day.take_back_attendance", day=self.day.isoformat())
                open_ = not self.closed and self.may(May.LOG_ATTENDANCE)
                found.append(Entry("people", "", _attended(seat.name, seat.mark, seat.minutes), "", "open" if open_ else "closed",
                                   back=back if open_ else "", values={"participant": seat.ref}))
        return found

    def _audit(self) -> list[Audit]:
        since = datetime.combine(self.day, time(), VILNIUS).astimezone(UTC)
        return audit.taken_back(self.turn.session, self.turn.doing.scope, TAKEN_BACK, since, self.day)

    def _lot(self, row: LotRow, product: Product) -> Entry:
        open_ = row.booked_in not in self.settled and self.may(May.LOG_PRODUCTION)
        return Entry(
            "", product.picture, lot_title(product, row.good, row.rejects),
            " · ".join([_clock(row.logged_at), makers_words(row, product, self.by_id)]), "open" if open_ else "closed",
            edit=url_for("day.lot", ref=row.ref) if open_ else "", back=url_for("day.take_back_lot", ref=row.ref) if open_ else "")

    def _worked(self, rows: Sequence[WorkRow]) -> Entry:
        first = rows[0]
        open_ = first.booked_in not in self.settled and self.may(May.LOG_WORK)
        what = kind_word(first.kind) if first.kind or not first.task else first.task
        title = _("%(kind)s: %(hours)s h", kind=what, hours=i18n.hours(sum(row.minutes for row in rows)))
        names = ", ".join(self.by_id[row.participant_id].name for row in rows)
        edit = url_for("entries.work", month=first.booked_in, ref=first.ref) if open_ and len(rows) == 1 else ""
        return Entry("people", "", title, " · ".join([_clock(first.logged_at), names]), "open" if open_ else "closed", edit=edit,
                     back=url_for("days.take_back_group", ref=first.ref) if open_ else "")

    def _line(self, row: SaleRow, product: Product) -> Entry:
        may = self.may(May.LOG_SALE)
        open_ = row.booked_in not in self.settled and may
        sold = row.returns_id is None
        return Entry(
            "sales" if sold else "undo", product.picture, sale_title(product, row.quantity),
            " · ".join([_clock(row.logged_at), *line_words(row)]), "open" if open_ else "closed",
            edit=url_for("day.sale", ref=row.ref) if open_ and sold else "",
            back=url_for("day.take_back_sale", ref=row.ref) if open_ else "",
            returning=url_for("day.returning", ref=row.ref) if may and sold else "")

    def _taken(self, one: Audit, products: dict[int, Product]) -> Entry:
        held, product = one.before, products.get(one.before.get("product", 0))
        if one.action == "take_back_attendance":
            name = next((each.name for each in self.named if each.person.ref == one.person_ref), "–")
            return Entry("people", "", _attended(name, held["mark"], held["minutes"]), _taken_words(one.at), "back")
        if product is None:
            return Entry("undo", "", "–", _taken_words(one.at), "back")
        title = lot_title(product, held["good"], held["rejects"]) if one.action == "take_back_lot" \
            else sale_title(product, held["quantity"])
        return Entry("", product.picture, title, _taken_words(one.at), "back")

    def said_wrong(self) -> list[Said]:
        """What participants say is wrong and nobody settled."""
        if not self.may(May.ANSWER_WRONG):
            return []
        return [self._said(one) for one in people.open_concerns(self.turn.session, self.turn.doing.scope)]

    def _said(self, one: Concern) -> Said:
        named = self.by_id[one.participant_id]
        self.turn.saw([named.person.ref])
        return Said(one.ref, named.name, _(ABOUT.get(one.about, ABOUT["other"])), Month.parse(one.month))

    def shown(self) -> list[str]:
        """The people whose data the page shows (references of the books)."""
        makers = {maker.participant_id for row in self.lots[0] for maker in row.makers} | {row.participant_id for row in self.work}
        triers = {seat.ref for seat in self.triers()}
        return [one.person.ref for one in self.named if one in self.here or one.id in makers or one.ref in triers]


def read_day(text: str, today: date) -> date:
    """The day of an address; raises Hidden for what is no day, for the future and for before 2000."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Hidden from None
    if day.isoformat() != text or day > today or day.year < 2000:
        raise Hidden
    return day


def read_month(text: str) -> Month:
    """The month of an address; raises Hidden for what is none."""
    try:
        return Month.parse(text)
    except Refused:
        raise Hidden from None


def kind_word(kind: str) -> str:
    """A kind of hours as it is read; our own two are translated, others are the workshop's words."""
    word = pgettext("kind of hours", "production") if not kind else _(KINDS[kind]) if kind in KINDS else kind
    return word[:1].upper() + word[1:]


def share_kind(row: LotRow) -> SharedBy:
    """How a lot is shared; a brought-in lot says only numbers: unequal ones are points."""
    kind = SharedBy(row.shared_by)
    unequal = len({maker.weight for maker in row.makers}) > 1
    return SharedBy.POINTS if kind is SharedBy.EQUAL and unequal else kind


def makers_words(row: LotRow, product: Product, by_id: Mapping[int, Named]) -> str:
    """Who made a lot, with the shares unless they are equal."""
    kind = share_kind(row)
    if kind is SharedBy.EQUAL:
        return ", ".join(by_id[maker.participant_id].name for maker in row.makers)
    return ", ".join(f"{by_id[maker.participant_id].name} {share_words(kind, maker.weight, product.unit)}" for maker in row.makers)


def share_words(kind: SharedBy, weight: int, unit: str) -> str:
    """A share as it is read: 3 vnt., 30 min., 4 tšk."""
    if kind is SharedBy.MINUTES:
        return f"{i18n.quantity(weight)}{i18n.NBSP}{pgettext('unit', 'min.')}"
    if kind is SharedBy.POINTS:
        return f"{i18n.quantity(weight)}{i18n.NBSP}{pgettext('unit', 'pts.')}"
    if kind is SharedBy.STEPS:
        return f"{i18n.quantity(weight)}{i18n.NBSP}{pgettext('unit', 'parts')}"
    return i18n.quantity(weight, unit)


def lot_title(product: Product, good: int, rejects: int) -> str:
    """What was made in one line."""
    if rejects:
        return _("%(product)s: good %(good)s, rejects %(rejects)s", product=product.name,
                 good=i18n.quantity(good, product.unit), rejects=i18n.quantity(rejects, product.unit))
    return _("%(product)s: good %(good)s, no rejects", product=product.name, good=i18n.quantity(good, product.unit))


def sale_title(product: Product, quantity: int) -> str:
    """What was sold or came back, in one line."""
    if quantity < 0:
        return _("Returned: %(product)s, %(quantity)s", product=product.name, quantity=i18n.quantity(-quantity, product.unit))
    return _("Sold: %(product)s, %(quantity)s", product=product.name, quantity=i18n.quantity(quantity, product.unit))


def line_words(row: SaleRow) -> list[str]:
    """Price, discount, channel and document of a line."""
    words = [_("%(price)s each", price=i18n.money(row.price_cents))]
    if row.discount:
        words.append(_("discount %(percent)s", percent=i18n.percent(row.discount)))
    if row.off_cents:
        words.append(_("discount %(percent)s", percent=i18n.money(row.off_cents)))
    words.append(row.channel)
    if row.document:
        words.append(f"{row.document}/{row.number}" if row.number else row.document)
    return words


def _attended(name: str, code: str, minutes: int) -> str:
    if code == Mark.ATTENDED:
        return _("%(name)s: here, %(hours)s h", name=name, hours=i18n.hours(minutes))
    return _("%(name)s: absent, %(reason)s", name=name, reason=_(MARKS[code]))


def _clock(at: datetime) -> str:
    return i18n.moment(at)[-5:]


def _taken_words(at: datetime) -> str:
    return _("taken back %(moment)s", moment=i18n.moment(at))
