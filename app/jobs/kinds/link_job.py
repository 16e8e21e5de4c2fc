"""Linking a dossier whose pages are all done, and letting it go by itself when policy allows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.domain.linking import LinkDecision, Reason
from app.domain.offices import OfficeProfile
from app.domain.second_keying import NO_SECOND_KEYING, SecondKeying
from app.domain.states import DossierState, LinkState
from app.errors import MachineError
from app.jobs import store
from app.jobs.store import Job
from app.services import by_policy, flow, likeness, release, second_keying, stacks
from app.services.deciding import Decided, Rule, decide, keep_decision
from app.services.document_findings import FoundDocuments, find_documents, keep_documents
from app.services.link_facts import reason_facts
from app.services.obstacles import obstacles, persons_say
from app.storage.database import Database, Transaction
from app.storage.tables import BatchRow, DossierRow


@dataclass(frozen=True, slots=True)
class LinkTask:
    """Which dossier to decide on, under which office."""

    dossier_id: int
    office: str


@dataclass(frozen=True, slots=True)
class LinkResult:
    """What was decided, and the documents the pages make up."""

    decided: Decided
    documents: FoundDocuments


class LinkKind:
    """Subject: a dossier. Runs in the job loop's thread: it takes milliseconds and reads the register."""

    name = flow.LINK
    in_worker = False
    timeout_s = 60.0

    def __init__(
        self,
        database: Database,
        offices: Mapping[str, OfficeProfile],
        today: Callable[[], date] = date.today,
        keyed_twice: SecondKeying = NO_SECOND_KEYING,
    ) -> None:
        self._database = database
        self._keyed_twice = keyed_twice
        self._offices = offices
        self._rule = Rule(offices, today)

    def prepare(self, tx: Transaction, job: Job) -> LinkTask | None:
        """Only dossiers whose files are read and pages done, and which nobody has indexed yet.

        One whose stack waits is not decided on: a page of its own may lie elsewhere. The division asks again.

        Raises MachineError("pages_in_work") while a page of an indexed dossier is being made again.
        """
        dossier = tx.session.get_one(DossierRow, job.subject_id)
        if dossier.state not in (DossierState.PROCESSING, DossierState.TO_INDEX):
            return None
        if stacks.is_waiting(tx.session, dossier):
            return None
        if in_work := flow.in_work(tx, dossier.id):
            if dossier.state is DossierState.PROCESSING:
                return None  # a page was turned or came late: whatever ends last asks for linking again
            raise MachineError("pages_in_work", retryable=True, pages=in_work)
        return LinkTask(dossier.id, tx.session.get_one(BatchRow, dossier.batch_id).office)

    def run(self, task: LinkTask) -> LinkResult:
        """Decide from all pages and the register, in one read transaction."""
        with self._database.read() as session:
            decided = decide(session, task.dossier_id, task.office, self._rule)
            documents = find_documents(session, task.dossier_id, self._offices[task.office])
        return LinkResult(decided, documents)

    def apply(self, tx: Transaction, job: Job, result: LinkResult) -> None:
        """Keep the decision; link by policy what is proven and has nothing against it."""
        dossier = tx.session.get_one(DossierRow, job.subject_id)
        if flow.in_work(tx, dossier.id) or stacks.is_waiting(tx.session, dossier):
            return  # the evidence has changed meanwhile, or is about to
        if dossier.state is DossierState.PROCESSING:
            tx.move(dossier, DossierState.TO_INDEX, "recognised")
        elif dossier.state is not DossierState.TO_INDEX:
            return
        likeness.keep_findings(tx, dossier.id, result.decided.findings)
        batch = tx.session.get_one(BatchRow, dossier.batch_id)
        profile = self._offices[batch.office]
        keep_documents(tx, dossier, result.documents, profile)
        # They go with what leaves: policy lets nothing go before they are read.
        store.enqueue(tx, flow.FIELDS, dossier.id, priority=flow.PRIORITY[flow.FIELDS])
        decision = result.decided.decision
        dossier.updated_at = tx.now
        found = obstacles(tx, dossier, decision, self._rule)
        keep_decision(tx, dossier, result.decided, found, profile)
        tx.audit("dossier", dossier.id, "decided", link=dossier.link.value)
        earlier = release.active_link(tx, dossier.id)
        if earlier is not None and earlier.linked_by != release.POLICY:
            # A person's word stands; only the pages were done again. What was sent back waits for a person.
            if not persons_say(dossier):
                tx.move(dossier, DossierState.TO_REVIEW, "link_kept", number=earlier.application_number)
        elif dossier.link is LinkState.PROVEN and batch.release == "proven" and not found:
            self._link_by_policy(tx, dossier, decision, profile)
        else:
            release.unlink(tx, dossier)

    def _link_by_policy(
        self, tx: Transaction, dossier: DossierRow, decision: LinkDecision, office: OfficeProfile
    ) -> None:
        """Link it; the job that reads its fields lets it go, or whoever keys it again."""
        number = decision.number
        assert number is not None, "a proof is of a number"
        proof = {"reasons": [reason_facts(reason) for reason in decision.reasons]}
        with release.as_policy(tx):
            link = release.link(tx, dossier, number.canonical, number.format_id, release.POLICY, proof)
            second_keying.ask(tx, link, self._keyed_twice, office, by_machine=True)
        dossier.link_facts = {**dossier.link_facts, by_policy.WAITS: True}

    def give_up(self, tx: Transaction, job: Job, code: str, facts: Mapping[str, Any]) -> None:
        """Without a decision a person decides."""
        dossier = tx.session.get_one(DossierRow, job.subject_id)
        dossier.link = LinkState.NONE
        dossier.link_facts = {"reasons": [reason_facts(Reason(code))], "candidates": []}
        if dossier.state is DossierState.PROCESSING:
            tx.move(dossier, DossierState.TO_INDEX, "link_failed", code=code)
        dossier.updated_at = tx.now
