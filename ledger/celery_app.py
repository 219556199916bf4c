"""When one machine is not enough: Celery carries the references of items to workers on many machines, over Redis or RabbitMQ.

The books stay the only truth: a message is a hint that an item waits. A lost one is sent again, a double one finds nothing to take.
Needs the extra `worker` and LEDGER_BROKER_URL; start workers with `celery -A ledger.celery_app worker`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from celery import Celery
from kombu.exceptions import OperationalError

from ledger import settings
from ledger.jobs import now
from ledger.records.opened import open_books
from ledger.settings import WrongSetting
from ledger.worker import Worker

TASK = "dirbtuve.make"


def _configuration() -> dict[str, Any]:
    """Read when Celery first needs it, not when this file is imported. Raises WrongSetting without a broker."""
    broker = settings.load().broker_url
    if not broker:
        raise WrongSetting("LEDGER_BROKER_URL is not set. Write the address of Redis or RabbitMQ, for example redis://localhost:6379/0.")
    return {
        "broker_url": broker, "task_default_queue": "dirbtuve", "task_ignore_result": True, "task_serializer": "json",
        "accept_content": ["json"],
        "task_acks_late": True, "worker_prefetch_multiplier": 1, "broker_transport_options": {"visibility_timeout": 120},
        "broker_connection_retry_on_startup": True, "worker_hijack_root_logger": False,
        "worker_enable_remote_control": False, "worker_send_task_events": False}


app = Celery("dirbtuve", set_as_current=False)
app.add_defaults(_configuration)


@cache
def _worker() -> Worker:
    """Of this process, opened with its first item: after Celery has made its children."""
    return Worker(open_books(settings.load()), now)


@app.task(name=TASK)  # type: ignore[untyped-decorator] # Celery ships no types
def make(ref: str) -> int | None:
    """Make the item of this reference, if it still waits: the same as every worker does."""
    return _worker().work_one(ref=ref)


def send(ref: str) -> None:
    """Tell the workers of an item. Raises ConnectionError when the broker is not there."""
    try:
        app.send_task(TASK, [ref], retry=False)
    except OperationalError as wrong:
        raise ConnectionError("the broker is not there") from wrong
