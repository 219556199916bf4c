"""Steps, time studies, lots shared by steps, materials and orders of customers, on both databases."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import acts
import pytest
import stepped
from acts import OWN, act, product, refusal, trail
from house import House
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from stepped import DAY, shared, step, study

from ledger.actions import customer_jobs, materials, production, work_steps
from ledger.actions.verify import verify
from ledger.core.production import SharedBy
from ledger.core.work_steps import MOST_STEPS, Average, Job, Material, Step
from ledger.records import people, said
from ledger.records import production as made
from ledger.records import work_steps as rows
from ledger.records.production import LotRow


def steps(house: House) -> list[rows.StepRow]:
    with house.opened.read() as session:
        return rows.steps(session, OWN)


def shares(house: House, ref: str) -> dict[str, int]:
    """What each maker's part weighs, by number."""
    with house.opened.read() as session:
        doing = house.doing(session, "meistras")
        named = {one.id: one.person.number for one in people.participants(session, doing.vault, doing.scope)}
        return {named[one.participant_id]: one.weight for one in made.get_lot(session, OWN, ref).makers}


def did(house: House, lot: LotRow) -> list[tuple[int, int]]:
    """Step and weight of each row of a lot."""
    with house.opened.read() as session:
        return sorted((one.step_id, one.weight) for one in rows.lot_steps(session, OWN, [lot.id]))


def test_steps_stand_in_their_order_and_change_places(house: House) -> None:
    first, second, third = (step(house, name) for name in ("Pasverk", "Supilk", "Supakuok"))
    act(house, "meistras", work_steps.move_step, third.ref, up=True)
    act(house, "meistras", work_steps.move_step, first.ref, up=True)  # it is the first: nothing happens
    assert [row.name for row in steps(house)] == ["Pasverk", "Supakuok", "Supilk"]
    act(house, "meistras", work_steps.move_step, first.ref, up=False)
    assert [row.name for row in steps(house)] == ["Supakuok", "Pasverk", "Supilk"]
    assert len(trail(house, "move_step")) == 2
    assert second.position == 2


def test_a_step_changes_once_and_the_slower_hand_is_told(house: House) -> None:
    row = step(house, "Supilk")
    typed = Step("Supilk lėtai", "pilti", "Pilk lėtai.", "special", "Pilu vašką", 1500)
    act(house, "meistras", work_steps.keep_step, row.ref, 1, typed)
    now = steps(house)[0]
    assert (now.name, now.words, now.skill_kind, now.skill, now.weight) == (
        "Supilk lėtai", "Pilk lėtai.", "special", "Pilu vašką", 1500)
    assert refusal(house, "meistras", work_steps.keep_step, row.ref, 1, typed) == "conflict changed_meanwhile"


@pytest.mark.parametrize("login", ["buhalteris", "vadovas", "socialine"])
def test_who_keeps_no_steps_finds_none_to_keep(house: House, login: str) -> None:
    row = step(house, "Supilk")
    assert refusal(house, login, work_steps.add_step, product(house, "MU-01"), Step("A", "pilti")) == "hidden"
    assert refusal(house, login, work_steps.keep_step, row.ref, 1, Step("A", "pilti")) == "hidden"
    assert refusal(house, login, work_steps.move_step, row.ref, up=True) == "hidden"
    assert refusal(house, login, work_steps.end_step, row.ref, 1) == "hidden"
    assert refusal(house, login, work_steps.add_study, row.ref, study(1, 2, 3)) == "hidden"
    assert refusal(house, login, customer_jobs.take_job, product(house, "MU-01"), Job("A", DAY, DAY, 1000, None)) == "hidden"


def test_an_ended_step_is_offered_for_nothing_and_comes_back_last(house: House) -> None:
    first, second = step(house, "Pasverk"), step(house, "Supilk")
    act(house, "meistras", work_steps.end_step, first.ref, 1)
    assert refusal(house, "meistras", work_steps.end_step, first.ref, 2) == "step_ended"
    assert refusal(house, "meistras", work_steps.move_step, first.ref, up=False) == "step_ended"
    assert refusal(house, "meistras", production.log_lot, shared(house, (first, ("D1",)))) == "hidden"
    act(house, "meistras", work_steps.resume_step, first.ref, 2)
    assert [row.name for row in steps(house)] == [second.name, first.name]
    assert all(row.ended_on is None for row in steps(house))


def test_a_product_takes_forty_steps(house: House) -> None:
    with house.opened.write() as session:
        doing = house.doing(session, "meistras")
        ref = product(house, "MU-01")
        for number in range(MOST_STEPS):
            work_steps.add_step(doing, ref, Step(f"Darbas {number}", "kitas"))
        session.commit()
    assert refusal(house, "meistras", work_steps.add_step, ref, Step("A", "kitas")) == "too_many_steps"


def test_the_newest_study_up_to_a_day_is_its_norm(house: House) -> None:
    row = step(house, "Supilk")
    act(house, "meistras", work_steps.add_study, row.ref, study(60, 62, 300, 64, out=(3,)))
    later = study(30, 36, 33, day=date(2026, 11, 18), average=Average.MEAN, units=3000)
    newest = act(house, "meistras", work_steps.add_study, row.ref, later)

    def minutes(day: date) -> Fraction | None:
        with house.opened.read() as session:
            found = rows.norms(session, OWN, [row.id], day)
            return found[row.id].norm.minutes if found else None
    assert (minutes(date(2026, 11, 11)), minutes(DAY), minutes(date(2026, 11, 21))) == (None, Fraction(62, 60), Fraction(11, 60))
    act(house, "meistras", work_steps.take_back_study, newest.ref)
    assert minutes(date(2026, 11, 21)) == Fraction(62, 60)
    assert trail(house, "take_back_study")[0].before["tenths"] == [300, 360, 330]
    assert refusal(house, "meistras", work_steps.add_study, row.ref, study(60, 62)) == "too_few_timed"
    assert refusal(house, "meistras", work_steps.add_study, row.ref, study(1, 2, 3, day=date(2026, 11, 22))) == "future_day"


def test_a_lot_is_shared_by_the_steps_each_did(house: House) -> None:
    weigh, pour = step(house, "Pasverk"), step(house, "Supilk", 2000)
    lot = stepped.lot(house, (weigh, ("D1", "D3")), (pour, ("D3",)))
    assert shares(house, lot.ref) == {"D1": 500, "D3": 2500}
    assert did(house, lot) == [(weigh.id, 1000), (weigh.id, 1000), (pour.id, 2000)]


def test_who_made_a_lot_did_some_step_of_that_product(house: House) -> None:
    weigh, other = step(house, "Pasverk"), step(house, "Susiūk", code="SA-A5")
    idle = shared(house, (weigh, ("D1",)))
    idle = production.Made(**{**vars(idle), "makers": ((house.ref("D1"), 1), (house.ref("D3"), 1))})
    assert refusal(house, "meistras", production.log_lot, idle) == "did_no_step"
    assert refusal(house, "meistras", production.log_lot, shared(house, (other, ("D1",)))) == "hidden"
    none = shared(house, (other, ("D1",)), code="ZV-01")
    assert refusal(house, "meistras", production.log_lot, none) == "no_steps"


def test_a_correction_keeps_the_weights_of_the_day_and_ended_steps(house: House) -> None:
    weigh, pour = step(house, "Pasverk"), step(house, "Supilk", 2000)
    lot = stepped.lot(house, (weigh, ("D1",)), (pour, ("D3",)))
    act(house, "meistras", work_steps.keep_step, pour.ref, 1, Step("Supilk", "pilti", weight=9000))
    act(house, "meistras", work_steps.end_step, pour.ref, 2)
    changed = shared(house, (weigh, ("D1", "D3")), (pour, ("D3",)))
    act(house, "meistras", production.change_lot, lot.ref, 1, changed)
    assert shares(house, lot.ref) == {"D1": 500, "D3": 2500}
    act(house, "meistras", production.change_lot, lot.ref, 2,
        production.Made(product(house, "MU-01"), DAY, 1000, 0, SharedBy.EQUAL, ((house.ref("D1"), 1000),)))
    assert did(house, lot) == []


def test_a_lot_by_steps_can_be_taken_back(house: House) -> None:
    lot = stepped.lot(house, (step(house, "Pasverk"), ("D1",)))
    act(house, "meistras", production.take_back_lot, lot.ref)
    assert did(house, lot) == []


def test_after_approval_who_did_which_step_stays_whoever_asks(house: House) -> None:
    row = step(house, "Pasverk")
    lot = stepped.lot(house, (row, ("D1", "D3")), day=date(2026, 10, 20))
    house.submit()
    house.approve()
    for statement in ("UPDATE lot_step SET weight = 1", "DELETE FROM lot_step", "INSERT INTO lot_step (ref, organisation_id, "
                      "workshop_id, lot_id, step_id, participant_id, weight) SELECT 'x', organisation_id, workshop_id, lot_id, "
                      "step_id, 3, 1 FROM lot_step"):
        with house.opened.write() as session, pytest.raises(DBAPIError, match="approved month"):
            session.execute(text(statement))
    act(house, "meistras", work_steps.end_step, row.ref, 1)
    assert len(did(house, lot)) == 2
    with house.opened.read() as session:
        assert verify(session, house.opened.vault).troubles == ()


def test_the_list_of_materials_never_changes_the_cost(house: House) -> None:
    ref = product(house, "MU-01")
    row = act(house, "meistras", materials.add_material, ref, Material("Aliejus", 80, "kg", 900))
    act(house, "buhalteris", materials.keep_material, row.ref, 1, Material("Aliejus", 100, "kg", 900))

    def cost() -> int:
        with house.opened.read() as session:
            return made.get_product(session, OWN, ref).on(DAY).material_cents
    before = cost()
    with house.opened.read() as session:
        assert [one.line for one in rows.materials_of(session, OWN, row.product_id)] == [Material("Aliejus", 100, "kg", 900)]
    stale = refusal(house, "meistras", materials.keep_material, row.ref, 1, Material("A", 1, "kg", 1))
    assert stale == "conflict changed_meanwhile"
    assert refusal(house, "vadovas", materials.take_out_material, row.ref) == "hidden"
    act(house, "meistras", materials.take_out_material, row.ref)
    assert cost() == before
    assert refusal(house, "socialine", materials.add_material, ref, Material("A", 1, "kg", 1)) == "hidden"


def jobs(house: House, *, ended: bool = False) -> list[tuple[str, str]]:
    """Customers of orders in the order of the list, with how they ended."""
    with house.opened.read() as session:
        found = rows.jobs(session, OWN, ended=ended)
        names = said.texts(session, OWN, [row.customer_ref for row in found])
        return [(names[row.customer_ref], row.ended_as) for row in found]


def test_orders_stand_by_their_day_until_they_end(house: House) -> None:
    ref = product(house, "MU-01")
    late = act(house, "meistras", customer_jobs.take_job, ref, Job("Antras", DAY, date(2026, 12, 2), None, 5000))
    act(house, "meistras", customer_jobs.take_job, ref, Job("Pirmas", DAY, date(2026, 12, 1), 3000, None))
    assert jobs(house) == [("Pirmas", ""), ("Antras", "")]
    act(house, "meistras", customer_jobs.end_job, late.ref, 1, done=True)
    assert (jobs(house), jobs(house, ended=True)) == ([("Pirmas", "")], [("Antras", "done")])
    assert refusal(house, "meistras", customer_jobs.end_job, late.ref, 2, done=False) == "job_ended"
    act(house, "meistras", customer_jobs.open_job_again, late.ref, 2)
    assert len(jobs(house)) == 2


def test_another_name_erases_the_one_before_and_no_audit_entry_tells_it(house: House) -> None:
    ref = product(house, "MU-01")
    row = act(house, "meistras", customer_jobs.take_job, ref, Job("Ona Onaitė", DAY, DAY, 1000, None))
    act(house, "meistras", customer_jobs.keep_job, row.ref, 1, ref, Job("UAB „Giria“", DAY, DAY, 1000, None))
    assert jobs(house) == [("UAB „Giria“", "")]
    assert "Onaitė" not in repr(acts.books(house))
    assert "Giria" not in repr([(one.before, one.after) for one in trail(house)])
