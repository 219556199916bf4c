"""Work in the background: an item is taken by one, kept once, taken back when its worker is silent, and fails with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import acts
import postgres
import pytest
import time_machine
from acts import NOVEMBER, OWN, trail
from corrected import absent, corrected
from house import OCTOBER, House
from jinja2 import TemplateNotFound
from sqlalchemy import select, text

from ledger import jobs
from ledger.actions import batches, papers
from ledger.actions.batches import LEASE, Task
from ledger.actions.verify import verify
from ledger.core.faults import Conflict, Hidden, Refused
from ledger.documents import pdf
from ledger.records import batches as rows
from ledger.records.batches import Batch, BatchItem
from ledger.records.organisation import Series
from ledger.records.papers import Paper
from ledger.records.vault import person_key
from ledger.worker import Worker

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """October approved, on each database."""
    if request.param == "sqlite":
        yield request.getfixturevalue("approved")
    else:
        with postgres.workshop(tmp_path / "pg") as house:
            yield house


def start(house: House, login: str = "buhalteris") -> str:
    return str(acts.act(house, login, batches.start, OCTOBER).ref)


def written(house: House, act, *args, **named):
    with house.opened.write() as session:
        done = act(session, *args, **named)
        session.commit()
    return done


def take(house: House, worker: str = "one", now: datetime = NOW, **named) -> Task | None:
    return written(house, batches.claim, now, worker, **named)


def states(house: House) -> dict[str, int]:
    with house.opened.read() as session:
        found = list(session.scalars(select(BatchItem.state)))
    return {state: found.count(state) for state in sorted(set(found))}


def stored(house: House) -> list[tuple[str, str]]:
    with house.opened.read() as session:
        return sorted(session.execute(select(Paper.kind, Paper.person_ref)))


def work(house: House, clock=None) -> Worker:
    worker = Worker(house.opened, clock or house.tools.clock)
    while worker.work_one() is not None:
        pass
    return worker


def troubles(house: House) -> set[str]:
    with house.opened.read() as session:
        return {one.code for one in verify(session, house.opened.vault).troubles}


# ---------- asking ----------


def test_a_month_asked_for_twice_is_one_batch(both):
    first, second = start(both), start(both, "vadovas")
    assert first == second
    assert states(both) == {"waiting": 13}
    assert [(one.action, one.after["items"]) for one in trail(both) if one.subject == "batch"] == [("start_batch", 13)]


@pytest.mark.parametrize("login", ["meistras", "socialine"])
def test_who_does_not_print_asks_for_nothing(approved, login):
    assert acts.refusal(approved, login, batches.start, OCTOBER) == "hidden"
    ref = start(approved)
    assert acts.refusal(approved, login, batches.try_again, ref) == "hidden"


def test_no_papers_of_a_month_that_is_not_approved(house):
    assert acts.refusal(house, "buhalteris", batches.start, NOVEMBER) == "conflict run_not_approved"


def test_papers_of_a_correction_are_items_of_a_batch_too(both):
    header = corrected(both, absent(both), absent(both, "D2"))
    start(both)
    ref = acts.act(both, "vadovas", batches.start_correction, header.correction_ref).ref
    assert acts.act(both, "buhalteris", batches.start_correction, header.correction_ref).ref == ref
    assert states(both) == {"waiting": 15}
    for _ in range(2):
        work(both)
        acts.act(both, "buhalteris", batches.start_correction, header.correction_ref)
    assert states(both) == {"done": 15}
    kinds = [kind for kind, _person in stored(both)]
    assert (len(kinds), kinds.count("correction_leaf"), kinds.count("correction_calculation")) == (29, 2, 2)
    assert troubles(both) == set()


def test_verify_misses_papers_of_a_correction_once_its_batch_is_done(approved):
    header = corrected(approved, absent(approved))
    acts.act(approved, "buhalteris", batches.start_correction, header.correction_ref)
    assert troubles(approved) == set()
    written(approved, lambda session: session.execute(text("UPDATE batch_item SET state = 'done'")))
    assert troubles(approved) == {"paper_missing"}


@pytest.mark.parametrize(("login", "ref"), [("meistras", ""), ("socialine", ""), ("buhalteris", "x")])
def test_papers_of_a_correction_are_asked_for_by_whom_prints_and_of_one_that_is_there(approved, login, ref):
    header = corrected(approved, absent(approved))
    assert acts.refusal(approved, login, batches.start_correction, ref or header.correction_ref) == "hidden"


# ---------- working ----------


def test_a_batch_makes_each_paper_once(both):
    start(both)
    work(both)
    assert states(both) == {"done": 13}
    assert len(stored(both)) == 25 == len(set(stored(both)))
    start(both)
    work(both)
    assert len(stored(both)) == 25


def test_the_worker_acts_as_itself_and_not_as_who_asked(approved):
    start(approved)
    work(approved)
    made = trail(approved, "store_papers")
    assert {(one.actor, one.actor_role) for one in made} == {("worker", "none")}
    assert len({one.request for one in made}) == 1


def test_an_item_is_taken_by_one(both):
    start(both)
    tasks = [take(both, worker) for worker in ("one", "two", "one")]
    assert len({task.id for task in tasks if task}) == 3
    taken = tasks[0]
    assert taken is not None
    assert take(both, "two", ref=taken.ref) is None


def test_a_lease_ends_and_another_takes_the_item_and_the_first_keeps_nothing(both):
    start(both)
    slow = take(both, "slow")
    assert slow is not None
    assert written(both, batches.sweep, NOW + LEASE - timedelta(seconds=1)) == 0
    assert written(both, batches.sweep, NOW + LEASE) == 1
    quick = take(both, "quick", NOW + LEASE, ref=slow.ref)
    assert quick is not None
    assert (quick.id, quick.tries) == (slow.id, 2)
    assert not written(both, batches.renew, slow, NOW + LEASE)
    assert not written(both, batches.fail, slow, NOW + LEASE, ValueError())
    assert [finished(both, task) for task in (slow, quick, quick)] == [False, True, False]
    assert len(stored(both)) == len({kind for kind, _person in stored(both)}) == 2


def finished(house: House, task: Task) -> bool:
    with house.opened.write() as session:
        doing = batches.doing_of(session, house.opened.vault, task, NOW)
        prepared = batches.prepare(doing, task)
        done = batches.finish(doing, task, prepared, papers.make_one(prepared, task.item))
        session.commit()
    return done


def test_the_same_worker_does_not_keep_what_it_began_before_its_lease_ended(approved):
    start(approved)
    before = take(approved, "one")
    written(approved, batches.sweep, NOW + LEASE)
    after = take(approved, "one", NOW + LEASE)
    assert before is not None
    assert after is not None
    assert (before.id, before.worker) == (after.id, after.worker)
    assert [finished(approved, task) for task in (before, after)] == [False, True]


def test_a_lease_that_is_renewed_is_not_taken_back(both):
    start(both)
    task = take(both)
    assert task is not None
    assert written(both, batches.renew, task, NOW + LEASE / 2)
    assert written(both, batches.sweep, NOW + LEASE) == 0


def test_done_and_stored_are_one_transaction(approved):
    start(approved)
    task = take(approved)
    assert task is not None
    with approved.opened.write() as session:
        doing = batches.doing_of(session, approved.opened.vault, task, NOW)
        prepared = batches.prepare(doing, task)
        assert batches.finish(doing, task, prepared, papers.make_one(prepared, task.item))
        session.rollback()  # as when the machine loses its power before the commit
    assert (states(approved), stored(approved)) == ({"taken": 1, "waiting": 12}, [])


def test_papers_that_are_there_already_stay_as_they_are(printed):
    before = acts.books(printed)["paper"]
    with printed.opened.write() as session:
        session.execute(text("UPDATE batch_item SET state = 'waiting', ready_at = '2026-11-21T00:00:00.000000Z'"))
        session.commit()
    work(printed)
    assert acts.books(printed)["paper"] == before
    assert states(printed) == {"done": 13}


# ---------- failing ----------


def test_a_worker_that_dies_three_times_in_an_item_fails_it(both):
    start(both)
    first = take(both)
    assert first is not None
    now = NOW
    for _ in range(2):
        now += LEASE
        assert written(both, batches.sweep, now) == 1
        assert take(both, now=now, ref=first.ref) is not None
    now += LEASE
    assert written(both, batches.sweep, now) == 1
    assert take(both, now=now, ref=first.ref) is None
    with both.opened.read() as session:
        item = session.get_one(BatchItem, first.id)
    assert (item.state, item.why, item.tries, item.ended_at) == ("failed", "lost", 3, now)


def test_what_is_broken_is_tried_three_times_and_stops_nothing_else(approved, monkeypatch):
    def broken(work, person):
        raise ZeroDivisionError("Jonas Jonaitis")
    monkeypatch.setitem(papers.MAKERS, papers.SHEET, broken)
    start(approved)
    with time_machine.travel(NOW, tick=False) as clock:
        work(approved)
        assert states(approved) == {"done": 12, "waiting": 1}
        for seconds in (1, 2):
            clock.shift(seconds)
            work(approved)
    assert states(approved) == {"done": 12, "failed": 1}
    with approved.opened.read() as session:
        item = session.scalars(select(BatchItem).where(BatchItem.state == "failed")).one()
    assert (item.kind, item.why, item.told, item.tries) == ("sheet", "broken", "ZeroDivisionError", 3)


def test_told_to_stop_while_it_makes_a_paper_a_worker_gives_the_item_back_untried(both, monkeypatch):
    start(both)
    hands = Worker(both.opened, lambda: NOW)
    for kind in list(papers.MAKERS):
        monkeypatch.setitem(papers.MAKERS, kind, lambda _work, _person: hands.end())
    assert hands.work_one() is None
    assert (hands.stop.is_set(), states(both), stored(both)) == (True, {"waiting": 13}, [])
    assert hands.end() is None, "told twice"
    assert take(both, "two").tries == 1


def test_told_to_stop_before_it_makes_a_paper_a_worker_does_not_begin(approved):
    start(approved)
    hands = Worker(approved.opened, lambda: NOW)
    hands.end()
    assert hands.work_one() is None
    assert states(approved) == {"waiting": 13}


def test_row_100_without_its_font_a_paper_fails_visibly_and_no_number_is_taken(approved, monkeypatch, tmp_path):
    series = numbers(approved)
    static = tmp_path / "static"
    monkeypatch.setattr(pdf, "resource_dir", lambda name: static if name == "static" else Path("templates").resolve())
    monkeypatch.setattr(pdf, "_press", [])
    static.mkdir()
    (static / "paper.css").write_text(Path("static/paper.css").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(Refused, match="papers_failed"):
        jobs.make_papers(approved.tools, "buhalteris", OCTOBER)
    assert (states(approved), stored(approved)) == ({"failed": 13}, [])
    with approved.opened.read() as session:
        assert set(session.scalars(select(BatchItem.why))) == {"parts_missing"}
    monkeypatch.undo()
    assert jobs.make_papers(approved.tools, "buhalteris", OCTOBER) == 25
    assert numbers(approved) == series
    assert troubles(approved) == set()


def numbers(house: House) -> list[tuple[str, int]]:
    with house.opened.read() as session:
        return sorted(session.execute(select(Series.kind, Series.last)))


def test_row_100_without_its_template_likewise(approved, monkeypatch):
    series = numbers(approved)

    def missing(work, person):
        raise TemplateNotFound("leaf.html")
    monkeypatch.setitem(papers.MAKERS, papers.STATEMENT, missing)
    start(approved)
    work(approved)
    assert states(approved) == {"done": 1, "failed": 12}
    assert numbers(approved) == series


def test_a_person_whose_key_is_destroyed_has_no_paper_made_and_it_says_why(approved):
    with approved.opened.write() as session:
        person = session.execute(text("SELECT person_ref FROM participant WHERE number = 'D3'")).scalar_one()
        session.execute(text("DELETE FROM secret_key WHERE subject = :subject"), {"subject": person_key(person)})
        session.commit()
    approved.opened.vault._keys.clear()
    start(approved)
    work(approved)
    with approved.opened.read() as session:
        failed = session.scalars(select(BatchItem).where(BatchItem.state == "failed")).all()
    assert [(one.person_ref, one.why) for one in failed] == [(person, "erased")]


def test_what_failed_is_tried_again_when_asked(approved, monkeypatch):
    def missing(work, person):
        raise FileNotFoundError(2, "none", "/srv/dirbtuve/static/paper.css")
    with monkeypatch.context() as patch:
        patch.setitem(papers.MAKERS, papers.SHEET, missing)
        ref = start(approved)
        work(approved)
    with approved.opened.read() as session:
        assert session.scalars(select(BatchItem.told).where(BatchItem.state == "failed")).all() == ["FileNotFoundError paper.css"]
    assert acts.act(approved, "vadovas", batches.try_again, ref) == 1
    assert trail(approved, "retry_batch")[0].after == {"month": "2026-10", "items": 1}
    work(approved)
    assert (states(approved), len(stored(approved))) == ({"done": 13}, 25)


def test_what_waits_for_a_new_try_is_left_alone_until_then(approved):
    start(approved)
    task = take(approved)
    assert task is not None
    assert written(approved, batches.fail, task, NOW, MemoryError())
    assert take(approved, now=NOW + timedelta(milliseconds=999), ref=task.ref) is None
    assert take(approved, now=NOW + timedelta(seconds=1), ref=task.ref) is not None


def test_a_failed_month_says_how_to_go_on(approved, monkeypatch):
    monkeypatch.setitem(papers.MAKERS, papers.SHEET, lambda work, person: 1 / 0)
    monkeypatch.setattr(batches, "PAUSE", timedelta(0))
    with pytest.raises(Refused) as refused:
        jobs.make_papers(approved.tools, "buhalteris", OCTOBER)
    assert (refused.value.code, refused.value.values["count"]) == ("papers_failed", 1)


# ---------- what else reads of it ----------


def test_verify_misses_no_papers_while_a_batch_is_open_and_all_of_them_after(approved):
    start(approved)
    Worker(approved.opened, approved.tools.clock).work_one()
    assert troubles(approved) == set()
    with approved.opened.write() as session:
        session.execute(text("UPDATE batch_item SET state = 'done'"))
        session.commit()
    assert troubles(approved) == {"paper_missing"}


def test_only_what_waits_and_was_not_sent_goes_to_a_broker(approved):
    start(approved)
    with approved.opened.read() as session:
        refs = batches.to_send(session, NOW)
    assert len(refs) == 13
    written(approved, batches.mark_sent, NOW, refs)
    for later, count in ((timedelta(0), 0), (batches.RESEND, 0), (batches.RESEND + timedelta(seconds=1), 13)):
        with approved.opened.read() as session:
            assert len(batches.to_send(session, NOW + later)) == count


def test_what_a_dead_worker_had_is_sent_again_at_once(approved):
    start(approved)
    with approved.opened.read() as session:
        refs = batches.to_send(session, NOW)
    written(approved, batches.mark_sent, NOW, refs)
    task = take(approved)
    assert task is not None
    written(approved, batches.sweep, NOW + LEASE)
    with approved.opened.read() as session:
        assert batches.to_send(session, NOW + LEASE) == [task.ref]


def test_few_are_on_their_way_at_a_time(approved, monkeypatch):
    monkeypatch.setattr(batches, "ON_THEIR_WAY", 4)
    start(approved)
    take(approved)
    with approved.opened.read() as session:
        refs = batches.to_send(session, NOW)
    assert len(refs) == 3
    written(approved, batches.mark_sent, NOW, refs)
    with approved.opened.read() as session:
        assert batches.to_send(session, NOW) == []


def test_another_workshop_sees_no_batch(approved):
    ref = start(approved)
    other = type(OWN)(1, 2)
    with approved.opened.read() as session:
        assert rows.get_batch(session, OWN, ref).ref == ref
        with pytest.raises(Hidden):
            rows.get_batch(session, other, ref)


def test_the_database_refuses_a_state_or_a_lease_that_cannot_be(approved):
    start(approved)
    for wrong in ("state = 'x'", "state = 'taken'", "lease_until = '2026-11-21T09:00:00.000000Z'"):
        with approved.opened.write() as session, pytest.raises(Exception, match="CHECK"):
            session.execute(text(f"UPDATE batch_item SET {wrong}"))


def test_a_batch_of_the_same_subject_cannot_be_there_twice(approved):
    start(approved)
    with approved.opened.write() as session:
        found = session.scalars(select(Batch)).one()
        session.add(Batch(organisation_id=1, workshop_id=1, kind=found.kind, subject_ref=found.subject_ref, month=found.month,
                          asked_by="x", asked_at=NOW))
        with pytest.raises(Exception, match="UNIQUE"):
            session.flush()


def test_a_month_not_approved_is_a_conflict_on_the_command_line_too(house):
    with pytest.raises(Conflict, match="run_not_approved"):
        jobs.make_papers(house.tools, "buhalteris", NOVEMBER)
