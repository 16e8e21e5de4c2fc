"""Dividing a stack whose pages are all read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.offices import OfficeProfile
from app.jobs.store import Job
from app.services import flow, stacks
from app.services.dividing import Division, look_again, office_of, place_pages, plan_division
from app.storage.database import Database, Transaction
from app.storage.tables import StackRow


@dataclass(frozen=True, slots=True)
class SeparateTask:
    """Which stack to divide."""

    stack_id: int


class SeparateKind:
    """Subject: a stack. Runs in the job loop's thread: it looks at results that are there already."""

    name = flow.SEPARATE
    in_worker = False
    timeout_s = 60.0

    def __init__(self, database: Database, offices: Mapping[str, OfficeProfile]) -> None:
        self._database = database
        self._offices = offices

    def prepare(self, tx: Transaction, job: Job) -> SeparateTask | None:
        """Only a stack that waits, and whose files are read and pages done: whatever ends last asks again."""
        stack = tx.session.get_one(StackRow, job.subject_id)
        if stack.state != stacks.WAITING or stacks.is_in_work(tx.session, stack.id):
            return None
        return SeparateTask(stack.id)

    def run(self, task: SeparateTask) -> Division:
        """Say what the stack is to become, in one read transaction."""
        with self._database.read() as session:
            stack = session.get_one(StackRow, task.stack_id)
            return plan_division(session, stack, self._offices[office_of(session, stack)])

    def apply(self, tx: Transaction, job: Job, result: Division) -> None:
        """Divide, if the stack is still as it was looked at; what changed it meanwhile asks again."""
        stack = tx.session.get_one(StackRow, job.subject_id)
        if stack.state == stacks.WAITING and not stacks.is_in_work(tx.session, stack.id):
            place_pages(tx, stack, result)

    def give_up(self, tx: Transaction, job: Job, code: str, facts: Mapping[str, Any]) -> None:
        """Undivided it waits for a person, as one folder that says why."""
        stack = tx.session.get_one(StackRow, job.subject_id)
        stack.state = stacks.DIVIDED
        tx.audit("stack", stack.id, "not_divided", code=code)
        look_again(tx, stack.id, set())
