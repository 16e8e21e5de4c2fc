"""Dividing a stack whose pages are all read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.domain.offices import OfficeProfile
from app.jobs.store import Job
from app.services import flow, stacks
from app.services.dividing import (
    Division,
    is_of_all_pages,
    look_again,
    office_of,
    place_pages,
    plan_division,
)
from app.services.stacking import begin, begins_anew
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
            return self._plan(session, stack, is_anew=begins_anew(session, stack))

    def apply(self, tx: Transaction, job: Job, result: Division) -> None:
        """Divide, looking again where pages came or went meanwhile; what is in work asks again once it is done."""
        stack = tx.session.get_one(StackRow, job.subject_id)
        if stack.state != stacks.WAITING or stacks.is_in_work(tx.session, stack.id):
            return
        # Only here are borders forgotten: had it failed, or had people decided something meanwhile, they stand.
        is_anew = begins_anew(tx.session, stack)
        if is_anew is not result.is_anew or not is_of_all_pages(tx.session, stack, result):
            result = self._plan(tx.session, stack, is_anew=is_anew)
        begin(tx, stack, is_anew=is_anew)
        place_pages(tx, stack, result)

    def _plan(self, session: Session, stack: StackRow, *, is_anew: bool) -> Division:
        profile = self._offices[office_of(session, stack)]
        return plan_division(session, stack, profile, is_anew=is_anew)

    def give_up(self, tx: Transaction, job: Job, code: str, facts: Mapping[str, Any]) -> None:
        """Undivided it waits for a person: its folders say why, and are not released by themselves."""
        stack = tx.session.get_one(StackRow, job.subject_id)
        stack.state = stacks.FAILED
        tx.audit("stack", stack.id, "not_divided", code=code)
        look_again(tx, stack.id, {each.id for each in stacks.dossiers_of(tx.session, stack.id)})
