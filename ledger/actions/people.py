"""Participants: creating and changing them, and what a participant says is wrong."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date

from sqlalchemy import select
from stdnum import iban as iban_rules
from stdnum.exceptions import ValidationError

from ledger.actions import payees
from ledger.actions.doing import Doing
from ledger.core.access import May, Role
from ledger.core.faults import Conflict, Hidden, Refused
from ledger.core.periods import Month, months_later
from ledger.records import entries, organisation, people, production
from ledger.records.people import Concern, Identity, Participant

ABOUT = ("days", "made", "sold", "money", "goals", "other")


@dataclass(frozen=True)
class Profile:
    """A participant as typed: both days inclusive."""

    number: str
    identity: Identity
    started: date
    ended: date | None


def create_participant(doing: Doing, profile: Profile) -> Participant:
    """A new participant of the workshop; the number must be free and the person of age."""
    doing.check(May.KEEP_PEOPLE)
    if any(number.casefold() == profile.number.casefold() for number in people.numbers(doing.session, doing.scope).values()):
        raise Refused("number_taken", at="number", number=profile.number[:100])
    _check_of_age(profile)
    return keep_participant(doing, profile)


def change_participant(doing: Doing, ref: str, profile: Profile) -> Participant:
    """Other data of a participant. Raises Refused when days are written down outside the new dates."""
    doing.check(May.KEEP_PEOPLE)
    named = people.get_participant(doing.session, doing.vault, doing.scope, ref)
    _check_of_age(profile)
    days = sorted(day for room in (production, entries) for day in room.days_of(doing.session, doing.scope, named.id))
    outside = [day for day in days if day < profile.started or (profile.ended is not None and day > profile.ended)]
    if outside:
        at = "started" if outside[0] < profile.started else "ended"
        raise Refused("days_outside", at=at, day=outside[0].isoformat())
    return keep_participant(doing, replace(profile, number=named.person.number))


def keep_participant(doing: Doing, profile: Profile, *, may: May = May.KEEP_PEOPLE) -> Participant:
    """Create the participant with this number, or change who they are and their dates. A changed account waits for a second person
    (`payees`), wherever it comes from."""
    doing.check(may)
    _check(doing, profile)
    row = doing.session.scalar(select(Participant).where(
        Participant.workshop_id == doing.scope.workshop, Participant.number == profile.number))
    before = {"started": row.started_on, "ended": row.ended_on} if row else None
    if row is None:
        row = Participant(organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, number=profile.number,
                          started_on=profile.started, ended_on=profile.ended)
        doing.session.add(row)
        doing.session.flush()
        _link_account(doing, row)
    row.started_on, row.ended_on = profile.started, profile.ended
    known = people.open_identities(doing.session, doing.vault, doing.scope, [row.person_ref]).get(row.person_ref)
    identity = replace(profile.identity, iban=payees.account_to_keep(doing, row.person_ref, known, profile.identity.iban))
    people.seal_identity(doing.session, doing.vault, doing.scope, row.person_ref, identity)
    doing.note("keep_participant", "participant", row.ref, before=before, person=row.person_ref,
               after={"number": row.number, "started": row.started_on, "ended": row.ended_on}, secret=asdict(identity))
    return row


def _link_account(doing: Doing, row: Participant) -> None:
    """An account opened beforehand under the participant's number, for a participant and nobody else, becomes theirs."""
    account = organisation.find_account(doing.session, row.number)
    if account is None or account.person_ref is not None or account.organisation_id != doing.scope.organisation:
        return
    if {grant.role for grant in organisation.who_is(doing.session, account).grants} == {Role.PARTICIPANT}:
        account.person_ref = row.person_ref
        doing.note("link_account", "account", account.ref, person=row.person_ref)


def _check_of_age(profile: Profile) -> None:
    if not profile.identity.birth:
        return
    born = date.fromisoformat(profile.identity.birth)
    if born > profile.started:
        raise Refused("born_after_start", at="birth", started=profile.started.isoformat())
    if months_later(born, 18 * 12) > profile.started:
        raise Refused("under_age", at="birth", started=profile.started.isoformat())


def _check(doing: Doing, profile: Profile) -> None:
    identity = profile.identity
    for field, text in (("number", profile.number), ("first", identity.first), ("last", identity.last)):
        if not text.strip():
            raise Refused("empty_text", at=field)
        if len(text) > 100:
            raise Refused("text_too_long", at=field, most=100)
    if profile.ended is not None and profile.ended < profile.started:
        raise Refused("ended_before_started", at="ended")
    if identity.birth and identity.birth > doing.today.isoformat():
        raise Refused("born_in_future", at="birth")
    if identity.iban:
        try:
            iban_rules.validate(identity.iban)
        except ValidationError:
            raise Refused("iban_wrong", at="iban") from None


def say_wrong(doing: Doing, month: Month, about: str) -> Concern:
    """A participant says that something of their month is wrong; saying it twice is saying it once."""
    doing.check(May.SAY_WRONG, person=doing.who.person)
    if about not in ABOUT or doing.who.person is None:
        raise Refused("unknown_concern", at="about")
    named = people.get_participant_by_person(doing.session, doing.vault, doing.scope, doing.who.person)
    for one in people.open_concerns(doing.session, doing.scope):
        if (one.participant_id, one.month, one.about) == (named.id, str(month), about):
            return one
    row = Concern(organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, participant_id=named.id,
                  month=str(month), about=about, said_at=doing.at)
    doing.session.add(row)
    doing.session.flush()
    doing.note("say_wrong", "concern", row.ref, after={"month": str(month), "about": about}, person=named.person.ref)
    return row


def settle_concern(doing: Doing, ref: str) -> None:
    """Somebody talked with the person and settled what was wrong; the person may take it back themselves."""
    row = doing.session.scalar(select(Concern).where(
        Concern.ref == ref, Concern.organisation_id == doing.scope.organisation, Concern.workshop_id == doing.scope.workshop))
    if row is None:
        raise Hidden
    own = doing.who.person is not None and row.participant_id == people.get_participant_by_person(
        doing.session, doing.vault, doing.scope, doing.who.person).id
    if not own:
        doing.check(May.ANSWER_WRONG)
    if row.settled_at is not None:
        raise Conflict("already_settled")
    row.settled_at = doing.at
    doing.session.flush()
    doing.note("settle_concern", "concern", row.ref)
