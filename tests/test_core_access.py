"""Who may do what, without books: the role, the place, the day of the record and the own person."""

from datetime import date, timedelta

import pytest

from ledger.core.access import RULES, Grant, May, Place, Reach, Role, Who, can, check
from ledger.core.faults import Hidden

TODAY = date(2026, 11, 21)
DAY = timedelta(days=1)
LEFT = date(2026, 11, 10)


def who(role: Role, workshop: int | None = 1, since: date = date(2026, 1, 1), until: date | None = None, *,
        organisation: int = 1, person: str | None = None) -> Who:
    return Who("a1", "Rasa", organisation, person, (Grant(role, workshop, since, until),))


def here(day: date | None = None, *, workshop: int = 1, organisation: int = 1) -> Place:
    return Place(organisation, workshop, TODAY, day)


@pytest.mark.parametrize(("since", "until", "holds"), [
    (TODAY, None, True), (TODAY, TODAY, True), (TODAY - DAY, TODAY + DAY, True),
    (TODAY + DAY, None, False), (TODAY - DAY, TODAY - DAY, False),
])
def test_a_role_counts_from_its_first_to_its_last_day(since: date, until: date | None, holds: bool) -> None:
    assert Grant(Role.SALES, 1, since, until).holds(1, TODAY) is holds


def test_a_role_of_a_workshop_counts_there_and_one_of_the_organisation_everywhere() -> None:
    own, whole = Grant(Role.SALES, 1, TODAY), Grant(Role.DIRECTOR, None, TODAY)
    assert [grant.holds(place, TODAY) for grant in (own, whole) for place in (1, 2)] == [True, False, True, True]


def test_roles_are_those_of_the_place_and_the_day() -> None:
    grants = (Grant(Role.SALES, 1, TODAY), Grant(Role.SOCIAL, 2, TODAY), Grant(Role.INSTRUCTOR, 1, TODAY + DAY))
    rasa = Who("a1", "Rasa", 1, None, grants)
    assert rasa.roles(1, TODAY) == (Role.SALES,)
    assert rasa.roles(2, TODAY) == (Role.SOCIAL,)
    assert rasa.roles(1, TODAY + DAY) == (Role.SALES, Role.INSTRUCTOR)


def test_every_role_may_what_the_rules_say_and_nothing_else() -> None:
    for may, rule in RULES.items():
        allowed = {role for role in Role if can(who(role, person="D1"), may, here(), "D1")}
        assert allowed == set(rule)


def test_nothing_is_allowed_in_another_organisation() -> None:
    director = who(Role.DIRECTOR, None, organisation=2)
    assert not can(director, May.APPROVE, here())
    assert can(director, May.APPROVE, here(organisation=2))


@pytest.mark.parametrize(("asked", "own", "allowed"), [
    ("D1", "D1", True), ("D2", "D1", False), (None, "D1", False), (None, None, False),
])
def test_a_participant_sees_the_own_month_only(asked: str | None, own: str | None, allowed: bool) -> None:
    assert can(who(Role.PARTICIPANT, person=own), May.SEE_OWN, here(), asked) is allowed


def test_who_left_the_workshop_sees_not_even_the_own_month() -> None:
    gone = who(Role.PARTICIPANT, until=LEFT, person="D1")
    assert not can(gone, May.SEE_OWN, here(), "D1")
    assert not can(who(Role.PARTICIPANT, person="D1"), May.SEE_OWN, here(workshop=2), "D1")


def test_a_role_of_a_workshop_ends_at_its_door() -> None:
    assert can(who(Role.INSTRUCTOR), May.SEE_DAY, here())
    assert not can(who(Role.INSTRUCTOR), May.SEE_DAY, here(workshop=2))


def test_who_left_on_the_10th_still_reads_the_10th_and_writes_nothing() -> None:
    gone = who(Role.INSTRUCTOR, until=LEFT)
    assert can(gone, May.SEE_DAY, here(LEFT))
    assert not can(gone, May.SEE_DAY, here(LEFT + DAY))
    assert not can(gone, May.SEE_DAY, here())
    assert not can(gone, May.LOG_ATTENDANCE, here(LEFT))


def test_who_began_today_neither_reads_nor_writes_yesterday() -> None:
    new = who(Role.INSTRUCTOR, since=TODAY)
    assert can(new, May.LOG_ATTENDANCE, here(TODAY))
    assert not can(new, May.SEE_DAY, here(TODAY - DAY))
    assert not can(new, May.LOG_ATTENDANCE, here(TODAY - DAY))


def test_a_role_of_the_organisation_reads_every_day_while_it_lives() -> None:
    assert can(who(Role.ACCOUNTANT, None, since=TODAY), May.SEE_DAY, here(date(2026, 1, 1)))
    assert not can(who(Role.ACCOUNTANT, None, until=LEFT), May.SEE_DAY, here(LEFT))


def test_one_fitting_role_of_several_is_enough() -> None:
    both = Who("a1", "Rasa", 1, None, (Grant(Role.SALES, 1, TODAY), Grant(Role.SOCIAL, 1, TODAY)))
    assert can(both, May.KEEP_GOALS, here())
    assert not can(both, May.LOG_ATTENDANCE, here())


def test_what_is_not_allowed_is_hidden() -> None:
    check(who(Role.PARTICIPANT, person="D1"), May.SEE_OWN, here(), "D1")
    check(who(Role.DIRECTOR, None), May.APPROVE, here())
    for person in ("D2", None):
        with pytest.raises(Hidden):
            check(who(Role.PARTICIPANT, person="D1"), May.SEE_OWN, here(), person)


def test_only_participants_reach_just_themselves() -> None:
    assert {role for rule in RULES.values() for role, reach in rule.items() if reach is Reach.SELF} == {Role.PARTICIPANT}
