"""Orders of customers: a product or a service, for whom, by when, how much or for what price; done or called off."""

from __future__ import annotations

from ledger.actions.doing import Doing, check_day, check_version
from ledger.core.access import May
from ledger.core.faults import Refused
from ledger.core.work_steps import Job, check_job
from ledger.records import production, said, work_steps
from ledger.records.work_steps import JobRow

LATEST = 2200


def take_job(doing: Doing, product_ref: str, job: Job) -> JobRow:
    """Write an order down. The customer's name stands where it can be erased, and in no audit entry."""
    doing.check(May.KEEP_JOBS)
    doing.gate()
    row = JobRow(organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, version=1, ended_as="",
                 customer_ref="")
    _fill(doing, row, product_ref, job)
    doing.session.add(row)
    doing.session.flush()
    doing.note("take_job", "customer_job", row.ref, after=_values(row))
    return row


def keep_job(doing: Doing, ref: str, version: int, product_ref: str, job: Job) -> JobRow:
    """Change an order that is open."""
    row = _open(doing, ref, version)
    before = _values(row)
    _fill(doing, row, product_ref, job)
    doing.session.flush()
    doing.note("keep_job", "customer_job", row.ref, before=before, after=_values(row))
    return row


def end_job(doing: Doing, ref: str, version: int, *, done: bool) -> JobRow:
    """The order is done, or called off; what was made and sold for it is written down like everything else."""
    row = _open(doing, ref, version)
    row.ended_on, row.ended_as = doing.today, "done" if done else "off"
    doing.session.flush()
    doing.note("end_job", "customer_job", row.ref, after={"ended_as": row.ended_as, "ended_on": row.ended_on})
    return row


def open_job_again(doing: Doing, ref: str, version: int) -> JobRow:
    """It was ended by mistake."""
    doing.check(May.KEEP_JOBS)
    doing.gate()
    row = work_steps.get_job(doing.session, doing.scope, ref)
    check_version(row, version)
    before = {"ended_as": row.ended_as, "ended_on": row.ended_on}
    row.ended_on, row.ended_as, row.version = None, "", row.version + 1
    doing.session.flush()
    doing.note("open_job_again", "customer_job", row.ref, before=before, after={"ended_as": ""})
    return row


def _open(doing: Doing, ref: str, version: int) -> JobRow:
    doing.check(May.KEEP_JOBS)
    doing.gate()
    row = work_steps.get_job(doing.session, doing.scope, ref)
    check_version(row, version)
    if row.ended_as:
        raise Refused("job_ended")
    row.version += 1
    return row


def _fill(doing: Doing, row: JobRow, product_ref: str, job: Job) -> None:
    product = production.get_product(doing.session, doing.scope, product_ref)
    check_day(doing, job.taken, at="taken")
    if job.due.year >= LATEST:
        raise Refused("no_such_day", at="due", text=job.due.isoformat())
    check_job(job, product.unit)
    if row.customer_ref and said.texts(doing.session, doing.scope, [row.customer_ref])[row.customer_ref] != job.customer.strip():
        said.erase(doing.session, doing.scope, row.customer_ref)
        row.customer_ref = ""
    row.customer_ref = row.customer_ref or doing.say(job.customer.strip()).ref
    row.product_id, row.taken_on, row.due_on = product.id, job.taken, job.due
    row.quantity, row.price_cents = job.quantity, job.cents


def _values(row: JobRow) -> dict[str, object]:
    return {"product": row.product_id, "taken": row.taken_on, "due": row.due_on, "quantity": row.quantity,
            "price_cents": row.price_cents}
