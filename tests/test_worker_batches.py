"""Workers as processes: killed, stopped and started again, alone, in the server and behind Celery; each paper once."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from dataclasses import replace
from pathlib import Path

import acts
import pytest
import served
from house import OCTOBER, House
from served import Browser, until
from sqlalchemy import text

from ledger.actions import batches
from ledger.worker import Worker, is_dead, own_name, sender

DONE, ONCE = {"done": 13}, (25, 25)


def start(house: House) -> None:
    with house.opened.write() as session:
        batches.start(replace(house.doing(session, "buhalteris"), at=served.now()), OCTOBER)
        session.commit()


def killed_in_the_middle(house: House) -> None:
    """Kill whoever holds an item, once a few are done."""
    until(lambda: served.states(house).get("done", 0) >= 2 and served.holders(house), "some items are made, one is in hand")
    for pid in served.holders(house):
        os.kill(pid, signal.SIGKILL)


def test_a_killed_worker_loses_nothing_and_its_item_is_taken_at_once(approved):
    start(approved)
    with served.process(approved, "worker"):
        killed_in_the_middle(approved)
    assert served.states(approved).get("done", 0) < 13
    Worker(approved.opened, served.now).work_off(batch(approved), lambda _made: None)
    assert (served.states(approved), served.papers(approved)) == (DONE, ONCE)


def batch(house: House) -> str:
    with house.opened.read() as session:
        return str(session.execute(text("SELECT ref FROM batch")).scalar_one())


def test_told_to_stop_a_worker_gives_the_item_in_hand_back(approved):
    start(approved)
    with served.process(approved, "worker") as worker:
        until(lambda: served.holders(approved), "an item is in hand")
        worker.terminate()
        assert worker.wait(60) == 0
    found = served.states(approved)
    assert "taken" not in found
    assert 1 <= found["waiting"] <= 13


def test_the_server_makes_what_is_asked_for_and_its_worker_outlives_web_workers(approved):
    port = served.free_port()
    with served.process(approved, "serve", "--port", str(port), LEDGER_WORKERS="1") as server:
        until(lambda: served.listens(port), "the server listens")
        for pid in children(server.pid):
            if "--parent" not in command(pid):
                os.kill(pid, signal.SIGKILL)
        start(approved)
        killed_in_the_middle(approved)  # the worker too: the server starts another
        until(lambda: served.states(approved) == DONE, "all is made")
        server.terminate()
        assert server.wait(60) == 0
    assert served.papers(approved) == ONCE


def children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def test_row_106_a_post_under_way_when_the_server_is_told_to_stop_is_completed_and_may_be_sent_again(house):
    port = served.free_port()
    options = ("serve", "--port", str(port))
    with served.process(house, *options, LEDGER_WORKERS="0") as server:
        until(lambda: served.listens(port), "the server listens")
        browser = Browser(port)
        browser.sign_in("buhalteris")
        sent = browser.keys("/month/2026-10")
        answer = browser.post("/month/2026-10/calculate", sent, meanwhile=server.terminate)
        assert answer == (303, "/month/2026-10")
        assert server.wait(60) == 0
    calculated = acts.trail(house, "calculate")
    with served.process(house, *options, LEDGER_WORKERS="0"):
        until(lambda: served.listens(port), "the server listens again")
        assert browser.post("/month/2026-10/calculate", sent) == (303, "/month/2026-10")
    assert len(acts.trail(house, "calculate")) == len(calculated) == 1


# ---------- Celery ----------


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="Debian's redis-server is not installed")
def test_celery_over_redis_makes_each_paper_once_also_when_its_worker_is_killed(approved, tmp_path):
    socket = tmp_path / "redis.sock"
    broker = {"LEDGER_BROKER_URL": f"redis+socket://{socket}"}
    redis = subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(tmp_path)],
                             stdout=subprocess.DEVNULL)
    celery = ("-A", "ledger.celery_app", "worker", "--concurrency", "1", "--without-mingle", "--without-gossip")
    try:
        until(socket.exists, "redis listens")
        start(approved)
        with served.process(approved, "worker", "--send", **broker):
            with served.process(approved, *celery, module="celery", **broker) as first:
                killed_in_the_middle(approved)
                os.killpg(first.pid, signal.SIGKILL)
            with served.process(approved, *celery, module="celery", **broker):
                until(lambda: served.states(approved) == DONE, "all is made")
    finally:
        redis.kill()
        redis.wait()
    assert served.papers(approved) == ONCE


# ---------- names of workers ----------


def test_a_worker_that_lives_or_is_elsewhere_is_not_dead_and_one_that_ended_is():
    own = own_name()
    assert not is_dead(own)
    machine, pid, began = own.rsplit("/", 2)
    assert is_dead(f"{machine}/{pid}/{int(began) + 1}")  # the number was given to another process
    assert not is_dead(f"elsewhere/pid:[1]/{pid}/{began}")
    ended = subprocess.Popen(["true"])
    ended.wait()
    assert is_dead(f"{machine}/{ended.pid}/{began}")
    assert not is_dead("one")


def test_a_broker_that_is_not_there_stops_nothing_and_what_was_not_sent_is_sent_later(approved):
    start(approved)
    worker, sent = Worker(approved.opened, served.now), []

    def away(ref):
        raise ConnectionError("the broker is not there")
    assert not sender(worker, away)()
    assert not sender(worker, sent.append)()
    assert not sender(worker, sent.append)()
    assert len(sent) == len(set(sent)) == 13
