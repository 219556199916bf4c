"""Corrections from the late row to the sealed books: worked examples on October, chains, debts, what the next month knows."""

from __future__ import annotations

from datetime import date

import acts
import pytest
from acts import NOVEMBER, OWN, act, refusal
from corrected import DAY, SECOND, absent, accepted, came, corrected, person, shown
from house import OCTOBER, House
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from ledger.actions import corrections, late, production, sales, stipends
from ledger.actions.verify import verify
from ledger.core.journal import Account
from ledger.core.late import DatesFact, DayFact, PriceFact, SchemeFact, SharesFact
from ledger.core.production import Mark, Share, SharedBy
from ledger.records import corrections as rows
from ledger.records import journal, people
from ledger.records.carried import carried_into


def legs(house: House, correction: rows.Correction) -> dict[str, rows.CorrectionPerson]:
    """What a correction says of each person, by number."""
    with house.opened.read() as session:
        return {one.person_number: one for one in rows.people_of(session, OWN, [correction.correction_ref])}


def whole(house: House, table: str) -> list[tuple[object, ...]]:
    with house.opened.read() as session:
        return [tuple(row) for row in session.execute(text(f"SELECT * FROM {table} ORDER BY id"))]


def owed(house: House, ref: str) -> int:
    with house.opened.read() as session:
        return journal.owed(session, OWN, ref)


def balance(house: House, account: Account, ref: str = "") -> int:
    with house.opened.read() as session:
        return journal.balance(session, OWN, account, person=ref)


def test_a_plus_is_owed_to_the_person_and_the_budget_owes_it(approved: House) -> None:
    fact = came(approved)
    before, budget = owed(approved, fact.person), balance(approved, Account.BUDGET)
    one = legs(approved, corrected(approved, fact))["D1"]
    assert (one.plus_cents, one.debt_cents, one.borne_cents, one.statement_number) == (120, 0, 0, "PL-2026-0001")
    assert owed(approved, fact.person) == before + 120
    assert balance(approved, Account.BUDGET) == budget + 120


def test_the_approved_run_stays_byte_for_byte(approved: House) -> None:
    tables = ("sealed_run", "sealed_person", "sealed_line", "sealed_sale", "sealed_match", "attendance", "lot_maker", "sale_line")
    before = {table: whole(approved, table) for table in tables}
    corrected(approved, absent(approved))
    assert {table: whole(approved, table) for table in tables} == before


def test_a_minus_is_borne_by_the_reserve_and_nothing_is_taken_back(approved: House) -> None:
    before, reserve = owed(approved, person(approved, "D1")), balance(approved, Account.RESERVE)
    header = corrected(approved, absent(approved))
    one = legs(approved, header)["D1"]
    assert (one.before_cents, one.after_cents, one.plus_cents, one.debt_cents, one.borne_cents) == (9617, 9497, 0, 0, 120)
    assert (header.from_budget_cents, header.from_reserve_cents) == (-120, 120)
    assert owed(approved, one.person_ref) == before
    assert balance(approved, Account.RESERVE) == reserve + 120


def test_an_error_in_a_correction_is_corrected_and_the_reserve_gets_back_what_it_bore(approved: House) -> None:
    corrected(approved, absent(approved))
    again = corrected(approved, DayFact(person(approved, "D1"), DAY, 360, Mark.ATTENDED), came(approved))
    one = legs(approved, again)["D1"]
    assert (one.before_cents, one.after_cents, one.held_cents) == (9497, 9737, 9617)
    assert (one.plus_cents, one.borne_cents) == (120, -120)


def test_a_plus_that_was_wrong_stays_with_the_person(approved: House) -> None:
    fact = came(approved)
    corrected(approved, fact)
    again = corrected(approved, DayFact(fact.person, fact.day, 0, Mark.EXCUSED))
    one = legs(approved, again)["D1"]
    assert (one.held_cents, one.after_cents, one.plus_cents, one.borne_cents) == (9737, 9617, 0, 120)


def test_each_base_is_corrected_once(approved: House) -> None:
    first = corrected(approved, absent(approved))
    second = corrected(approved, came(approved))
    assert (first.base_ref, second.base_ref) == (first.run_ref, first.correction_ref)
    columns = ", ".join(column.name for column in rows.Correction.__table__.columns if column.name not in ("id", "ref"))
    twice = columns.replace("correction_ref", "correction_ref || 'x'").replace("number,", "number || 'x',", 1)
    with pytest.raises(DatabaseError):
        acts.raw(approved, f"INSERT INTO correction (ref, {columns}) SELECT ref || 'x', {twice} FROM correction LIMIT 1")


def makers(house: House, number: str, **weights: int) -> SharesFact:
    """Other makers of a lot of the files."""
    with house.opened.read() as session:
        lot = session.execute(text("SELECT ref FROM lot WHERE number = :n"), {"n": number}).scalar_one()
    return SharesFact(str(lot), tuple(Share(person(house, name), weight) for name, weight in weights.items()))


def test_a_wrong_share_moves_money_between_makers_and_counts_for_what_is_sold_later(approved: House) -> None:
    fact = makers(approved, "P42", D1=80_000, D6=160_000)
    found = legs(approved, corrected(approved, fact))
    assert set(found) == {"D1", "D6", "D7"}
    assert found["D1"].plus_cents > 0 < found["D6"].plus_cents
    assert found["D7"].borne_cents == found["D7"].before_cents - found["D7"].after_cents > 0
    with approved.opened.read() as session:
        doing = approved.doing(session, "buhalteris")
        scheme = stipends.scheme_of(doing, NOVEMBER)[1]  # type: ignore[index]
        [lot] = [lot for lot in stipends.inputs_of(doing, NOVEMBER, scheme).lots if lot.key == fact.lot]
    assert set(lot.makers) == set(fact.makers)


def test_stock_is_not_touched(approved: House) -> None:
    def left() -> object:
        with approved.opened.read() as session:
            doing = approved.doing(session, "buhalteris")
            inputs = stipends.inputs_of(doing, NOVEMBER, stipends.scheme_of(doing, NOVEMBER)[1])  # type: ignore[index]
            return {lot.key: lot.left for lot in inputs.lots}
    before = left()
    corrected(approved, makers(approved, "P31", D1=3000, D4=1000), absent(approved))
    assert left() == before


def test_the_quantity_of_a_lot_is_refused_and_the_sentence_names_the_count(approved: House) -> None:
    fact = makers(approved, "P31", D1=1000)
    assert refusal(approved, "meistras", late.offer_lot, OCTOBER, fact.lot, fact.makers, 4000, "Buvo 4.") == "late_lot_quantity"


def test_a_wrong_price_gives_the_makers_more_and_the_journal_sells_more(approved: House) -> None:
    line = acts.line(approved, "KOM-2026-10-2", "8")
    sold = balance(approved, Account.SALES)
    header = corrected(approved, PriceFact(line.ref, 1000, 0))
    assert header.realised_net_cents > 0
    assert header.stipends_cents == sum(one.plus_cents for one in legs(approved, header).values()) > 0
    assert balance(approved, Account.SALES) == sold - header.realised_net_cents


def test_what_is_brought_back_later_goes_by_the_corrected_price(approved: House) -> None:
    line = acts.line(approved, "KOM-2026-10-2", "8")
    corrected(approved, PriceFact(line.ref, 1000, 0))
    act(approved, "buhalteris", sales.log_return, line.ref, date(2026, 11, 10), 3000)
    with approved.opened.read() as session:
        doing = approved.doing(session, "buhalteris")
        result = stipends.work_out(doing, NOVEMBER).result
    assert [one.amounts.gross for one in result.lines] == [-3000]


def test_a_person_found_to_have_left_gets_nothing_for_days_and_is_gone_from_open_months(approved: House) -> None:
    ref = person(approved, "D5")
    fact = DatesFact(ref, "D5", date(2024, 5, 1), date(2026, 10, 9))
    header = corrected(approved, fact)
    one = legs(approved, header)["D5"]
    assert one.after_cents < one.before_cents
    assert one.borne_cents == one.before_cents - one.after_cents
    with approved.opened.read() as session:
        named = people.get_participant_by_person(session, approved.opened.vault, OWN, ref)
    assert named.person.ended == date(2026, 10, 9)


def test_another_version_of_the_rules_for_the_month(approved: House) -> None:
    version = act(approved, "vadovas", stipends.approve_scheme, SECOND)
    header = corrected(approved, SchemeFact(version.ref, "2"))
    found = legs(approved, header)
    assert (found["D1"].before_cents, found["D1"].after_cents) == (9617, 9617 + 13 * 80)
    assert header.from_budget_cents == 172 * 80
    assert len(found) == 12


def test_a_late_lot_is_a_lot_of_the_open_month_and_pays_its_makers_for_what_was_sold_without_one(approved: House) -> None:
    with approved.opened.read() as session:
        code = session.execute(text(
            "SELECT p.code FROM sealed_sale s JOIN sale_line l ON l.ref = s.sale_ref JOIN product p ON p.id = l.product_id "
            "WHERE s.uncovered > 0")).scalars().first()
    found = act(approved, "meistras", production.log_lot, production.Made(
        acts.product(approved, str(code)), date(2026, 10, 1), 50_000, 0, SharedBy.EQUAL, ((approved.ref("D9"), 1000),)))
    assert found.booked_in == "2026-11"
    act(approved, "buhalteris", stipends.calculate_month, NOVEMBER)
    with approved.opened.read() as session:
        result = stipends.work_out(approved.doing(session, "buhalteris"), NOVEMBER).result
    paid = {one.number: one.total for one in result.people}
    assert paid["D9"] > 0
    assert result.identity.unassigned < 0


# ---------- debts ----------


def november(house: House, pieces: int = 6) -> dict[str, int]:
    """D1 sells enough in November to have something kept back; the month is worked out."""
    acts.lot(house, "ZV-01", date(2026, 11, 2), 4, "D1")
    acts.sale(house, "ZV-01", date(2026, 11, 3), pieces, price=500)
    with house.opened.read() as session:
        result = stipends.work_out(house.doing(session, "buhalteris"), NOVEMBER).result
    [one] = [one for one in result.people if one.number == "D1"]
    return {"total": one.total, "kept": -sum(line.cents for line in one.lines if line.kind == "debt"), "debt": one.debt}


def test_a_minus_becomes_a_debt_only_of_whose_own_record_was_wrong_and_is_kept_back_at_most_a_fifth(approved: House) -> None:
    fact = absent(approved)
    accepted(approved, fact)
    act(approved, "buhalteris", corrections.make, OCTOBER)
    given = (OCTOBER, shown(approved), "V-90", date(2026, 11, 20))
    assert refusal(approved, "vadovas", corrections.approve, *given, (person(approved, "D2"),)) == "not_own_record"
    header = act(approved, "vadovas", corrections.approve, *given, (fact.person,))
    one = legs(approved, header)["D1"]
    assert (one.plus_cents, one.debt_cents, one.borne_cents) == (0, 120, 0)
    assert (balance(approved, Account.DEBTS, fact.person), balance(approved, Account.DEBTS_BORNE)) == (120, -120)
    paid = november(approved)
    assert paid["kept"] == min(120, (paid["total"] + paid["kept"]) // 5) > 0
    assert paid["debt"] == 120 - paid["kept"]


def back(house: House) -> DayFact:
    """D1 was there on the day after all: what `absent` says was an error."""
    return DayFact(person(house, "D1"), DAY, 360, Mark.ATTENDED)


def parts(house: House, header: rows.Correction) -> tuple[int, ...]:
    """What becomes of D1's difference: held, plus, debt, borne, and of it set off."""
    one = legs(house, header)["D1"]
    with house.opened.read() as session:
        off = sum(debt.cents for debt in rows.set_off_by(session, OWN, header.correction_ref))
    return one.held_cents, one.plus_cents, one.debt_cents, one.borne_cents, off


def test_a_debt_made_in_error_is_given_up_by_the_plus_and_nothing_is_paid_while_it_stands(approved: House) -> None:
    fact = absent(approved)
    start, reserve = owed(approved, fact.person), balance(approved, Account.RESERVE)
    corrected(approved, fact, debts=(fact.person,))
    again = corrected(approved, back(approved))
    assert parts(approved, again) == (9617, 0, 0, -120, 120)
    assert owed(approved, fact.person) == start
    assert [balance(approved, one) for one in (Account.DEBTS, Account.DEBTS_BORNE)] == [0, 0]
    assert balance(approved, Account.RESERVE) == reserve
    assert november(approved)["kept"] == 0
    assert wrong(approved) == set()


def test_what_was_kept_back_of_a_debt_made_in_error_is_paid_out_and_only_the_rest_set_off(approved: House) -> None:
    fact = absent(approved)
    corrected(approved, fact, debts=(fact.person,))
    kept = november(approved, 1)["kept"]
    assert 0 < kept < 120
    acts.pay(approved, NOVEMBER)
    start = owed(approved, fact.person)
    again = corrected(approved, back(approved))
    assert parts(approved, again) == (9617 - kept, kept, 0, kept - 120, 120 - kept)
    assert owed(approved, fact.person) == start + kept
    assert balance(approved, Account.DEBTS, fact.person) == 0
    assert wrong(approved) == set()


def test_a_plus_smaller_than_the_debt_leaves_the_rest_of_it(approved: House) -> None:
    fact = absent(approved)
    other = DayFact(fact.person, date(2026, 10, 9), 0, Mark.UNEXCUSED)
    corrected(approved, fact, other, debts=(fact.person,))
    assert balance(approved, Account.DEBTS, fact.person) == 240
    again = corrected(approved, back(approved))
    assert parts(approved, again) == (9497, 0, 0, -120, 120)
    assert balance(approved, Account.DEBTS, fact.person) == 120
    with approved.opened.read() as session:
        shown = corrections.debts_now(approved.doing(session, "buhalteris"))
    assert [(one.whole, one.left) for one in shown] == [(240, 120)]
    last = corrected(approved, DayFact(fact.person, other.day, 360, Mark.ATTENDED))
    assert parts(approved, last) == (9617, 0, 0, -120, 120)
    assert wrong(approved) == set()


def test_what_was_written_off_by_decision_is_not_paid_a_second_time(approved: House) -> None:
    fact = absent(approved)
    corrected(approved, fact, debts=(fact.person,))
    act(approved, "buhalteris", corrections.write_off, fact.person, OCTOBER, "Sunki padėtis namuose.")
    again = corrected(approved, back(approved), came(approved))
    assert parts(approved, again) == (9617, 120, 0, -120, 0)
    assert wrong(approved) == set()


def test_what_a_run_wrote_off_of_somebody_who_left_is_not_paid_a_second_time(approved: House) -> None:
    fact = absent(approved)
    corrected(approved, fact, DatesFact(fact.person, "D1", date(2024, 5, 1), date(2026, 10, 31)), debts=(fact.person,))
    acts.lot(approved, "ZV-01", date(2026, 11, 2), 4, "D2")
    acts.sale(approved, "ZV-01", date(2026, 11, 3), 4)
    acts.pay(approved, NOVEMBER)
    assert balance(approved, Account.DEBTS, fact.person) == 0
    again = corrected(approved, back(approved), came(approved))
    assert parts(approved, again) == (9617, 120, 0, -120, 0)
    assert wrong(approved) == set()


def test_a_decision_after_the_correction_changes_nothing_of_it(approved: House) -> None:
    fact = absent(approved)
    other = DayFact(fact.person, date(2026, 10, 9), 0, Mark.UNEXCUSED)
    corrected(approved, fact, other, debts=(fact.person,))
    corrected(approved, back(approved))
    act(approved, "buhalteris", corrections.write_off, fact.person, OCTOBER, "Sunki padėtis namuose.")
    assert wrong(approved) == set()


def test_a_plus_of_another_month_leaves_the_debt_to_later_stipends(approved: House) -> None:
    fact = absent(approved)
    corrected(approved, fact, debts=(fact.person,))
    with approved.opened.read() as session:
        doing = approved.doing(session, "buhalteris")
        assert rows.debts_of_chain(session, OWN, OCTOBER) == {(fact.person, OCTOBER): 120}
        assert rows.debts_of_chain(session, OWN, NOVEMBER) == {}
        assert [one.left for one in corrections.debts_now(doing)] == [120]


def test_a_debt_is_written_off_by_a_decision_with_its_reason(approved: House) -> None:
    fact = absent(approved)
    corrected(approved, fact, debts=(fact.person,))
    assert refusal(approved, "buhalteris", corrections.write_off, fact.person, OCTOBER, " ") == "write_off_why"
    assert refusal(approved, "vadovas", corrections.write_off, fact.person, OCTOBER, "Mirė.") == "hidden"
    act(approved, "buhalteris", corrections.write_off, fact.person, OCTOBER, "Sunki padėtis namuose.")
    assert balance(approved, Account.DEBTS, fact.person) == 0
    assert november(approved)["kept"] == 0
    assert refusal(approved, "buhalteris", corrections.write_off, fact.person, OCTOBER, "Dar kartą.") == "hidden"


def test_the_list_of_debts_says_what_was_kept_back(approved: House) -> None:
    fact = absent(approved)
    corrected(approved, fact, debts=(fact.person,))
    kept = november(approved)["kept"]
    acts.pay(approved, NOVEMBER)
    with approved.opened.read() as session:
        shown = corrections.debts_now(approved.doing(session, "buhalteris"))
    left = 120 - kept
    assert [(one.whole, one.kept, one.left) for one in shown] == ([(120, kept, left)] if left else [])


def test_the_next_month_sees_the_reserve_after_corrections_and_never_the_late_rows(approved: House) -> None:
    accepted(approved, absent(approved))
    with approved.opened.read() as session:
        before = carried_into(session, OWN, NOVEMBER)
    corrected(approved)
    with approved.opened.read() as session:
        assert carried_into(session, OWN, NOVEMBER) == before
        assert rows.to_reserve(session, OWN, NOVEMBER) == -120
        assert rows.to_reserve(session, OWN, OCTOBER) == 0


# ---------- who, when, and what was seen ----------


def test_nobody_approves_their_own_draft_or_one_that_is_stale(approved: House) -> None:
    accepted(approved, absent(approved))
    act(approved, "buhalteris", corrections.make, OCTOBER)
    given = (OCTOBER, shown(approved), "V-90", date(2026, 11, 20))
    assert refusal(approved, "buhalteris", corrections.approve, *given) == "hidden"
    assert refusal(approved, "vadovas", corrections.approve, OCTOBER, "0" * 64, *given[2:]) == "conflict stale_correction"
    acts.raw(approved, "UPDATE correction_draft SET made_by = (SELECT ref FROM account WHERE login = 'vadovas')")
    assert refusal(approved, "vadovas", corrections.approve, *given) == "own_correction"
    act(approved, "buhalteris", corrections.make, OCTOBER)
    accepted(approved, came(approved))
    assert refusal(approved, "vadovas", corrections.approve, *given) == "conflict stale_correction"


def test_what_is_set_off_against_a_debt_is_what_was_on_the_page(approved: House) -> None:
    fact = absent(approved)
    corrected(approved, fact, debts=(fact.person,))
    accepted(approved, back(approved))
    draft = act(approved, "buhalteris", corrections.make, OCTOBER)
    seen = shown(approved)
    act(approved, "buhalteris", corrections.write_off, fact.person, OCTOBER, "Sunki padėtis namuose.")
    with approved.opened.read() as session:
        assert not corrections.is_stale(approved.doing(session, "vadovas"), draft)
    given = "V-90", date(2026, 11, 20)
    assert refusal(approved, "vadovas", corrections.approve, OCTOBER, seen, *given) == "conflict stale_correction"
    act(approved, "vadovas", corrections.approve, OCTOBER, shown(approved), *given)


def test_a_draft_is_thrown_away_and_the_rows_wait(approved: House) -> None:
    accepted(approved, absent(approved))
    act(approved, "buhalteris", corrections.make, OCTOBER)
    act(approved, "buhalteris", corrections.discard, OCTOBER)
    assert refusal(approved, "buhalteris", corrections.discard, OCTOBER) == "conflict no_correction_draft"
    with approved.opened.read() as session:
        assert [one.state for one in rows.late_rows(session, OWN, OCTOBER)] == ["accepted"]


def test_without_an_accepted_row_there_is_nothing_to_correct(approved: House) -> None:
    act(approved, "meistras", late.offer, OCTOBER, absent(approved), "Nebuvo.")
    assert refusal(approved, "buhalteris", corrections.make, OCTOBER) == "nothing_to_correct"
    assert refusal(approved, "buhalteris", corrections.make, NOVEMBER) == "conflict run_not_approved"


def test_numbers_and_statements_go_on_without_a_gap(approved: House) -> None:
    first = corrected(approved, makers(approved, "P31", D1=3000, D4=1000))
    second = corrected(approved, absent(approved))
    numbers = [one.statement_number for header in (first, second) for one in legs(approved, header).values()]
    assert [first.number, second.number] == ["PT-2026-0001", "PT-2026-0002"]
    assert numbers == [f"PL-2026-{n:04d}" for n in range(1, len(numbers) + 1)]


# ---------- late rows ----------


def test_a_late_row_needs_a_reason_something_new_and_an_approved_month(approved: House) -> None:
    fact = absent(approved)
    assert refusal(approved, "meistras", late.offer, OCTOBER, fact, " ") == "late_why"
    assert refusal(approved, "meistras", late.offer, OCTOBER, DayFact(fact.person, DAY, 360, Mark.ATTENDED), "Taip.") == "late_same"
    assert refusal(approved, "meistras", late.offer, NOVEMBER, fact, "Nebuvo.") == "conflict run_not_approved"
    assert refusal(approved, "socialine", late.offer, OCTOBER, fact, "Nebuvo.") == "hidden"
    assert refusal(approved, "meistras", late.offer, OCTOBER, DatesFact(fact.person, "D1", DAY, None), "Išėjo.") == "hidden"


def test_only_the_accountant_accepts_and_a_settled_row_stays(approved: House) -> None:
    [row] = act(approved, "meistras", late.offer, OCTOBER, absent(approved), "Nebuvo.")
    assert refusal(approved, "meistras", late.accept, row.ref) == "hidden"
    assert refusal(approved, "buhalteris", late.refuse, row.ref, " ") == "late_why"
    act(approved, "buhalteris", late.refuse, row.ref, "Buvo.")
    act(approved, "buhalteris", late.accept, row.ref)
    corrected(approved)
    assert refusal(approved, "buhalteris", late.refuse, row.ref, "Vis dėlto buvo.") == "conflict late_settled"
    assert refusal(approved, "buhalteris", late.accept, row.ref) == "conflict late_settled"


# ---------- looking back ----------


def test_verify_finds_that_a_debt_was_given_up_without_its_correction(approved: House) -> None:
    fact = absent(approved)
    corrected(approved, fact, debts=(fact.person,))
    corrected(approved, back(approved))
    acts.drop_guards(approved)
    acts.raw(approved, "UPDATE debt_written_off SET cents = cents - 1")
    assert {"correction_people_differ", "journal_differs"} <= wrong(approved)


def wrong(house: House) -> set[str]:
    with house.opened.read() as session:
        return {one.code for one in verify(session, house.opened.vault).troubles}


def test_verify_works_corrections_out_again(approved: House) -> None:
    fact = absent(approved)
    corrected(approved, fact, debts=(fact.person,))
    corrected(approved, came(approved), makers(approved, "P31", D1=3000, D4=1000))
    assert wrong(approved) == set()


@pytest.mark.parametrize(("statement", "code"), [
    ("UPDATE correction SET result = replace(result, '9497', '9498')", "hash_differs"),
    ("UPDATE correction_person SET after_cents = after_cents + 1, plus_cents = plus_cents + 1", "correction_people_differ"),
    ("UPDATE correction SET from_reserve_cents = from_reserve_cents + 1, to_reserve_cents = to_reserve_cents + 1",
     "identity_differs"),
    ("UPDATE correction SET base_ref = 'x'", "correction_base"),
    ("UPDATE late_row SET fact = replace(fact, 'N', 'L')", "late_row_changed"),
    ("DELETE FROM correction_person", "correction_people_differ"),
    ("UPDATE correction SET number = 'PT-2026-0002'", "number_gap"),
    ("UPDATE journal_leg SET cents = 2 * cents WHERE sequence = (SELECT max(sequence) FROM journal_entry)", "journal_differs"),
    ("UPDATE journal_leg SET account = 'carried' WHERE account = 'reserve' AND cents = 120", "journal_differs"),
    ("UPDATE journal_entry SET happened_on = '2026-11-02' WHERE kind = 'correction'", "journal_differs"),
])
def test_verify_names_what_was_changed_past_the_triggers(approved: House, statement: str, code: str) -> None:
    corrected(approved, absent(approved))
    acts.drop_guards(approved)
    acts.raw(approved, statement)
    assert code in wrong(approved)
