"""Linking a dossier whose pages are all done, and letting it go by itself when policy allows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import String, cast, func, or_, select
from sqlalchemy.orm import Session

from app.domain.application_number import ApplicationNumber, NotAnApplicationNumber
from app.domain.documents import Exclusion
from app.domain.import_rules import may_be_a_page
from app.domain.linking import DossierEvidence, LinkDecision, PageEvidence, Reason, decide_link
from app.domain.linking_pages import gather, numbers_read
from app.domain.linking_sheets import own_print_of, without_own_print
from app.domain.offices import OfficeProfile
from app.domain.second_keying import NO_SECOND_KEYING, SecondKeying
from app.domain.states import DossierState, ImportState, LinkState, PageState
from app.errors import MachineError
from app.jobs import store
from app.jobs.kinds.link_facts import candidate_facts, reason_facts
from app.jobs.store import Job
from app.queries.completeness import holding_findings
from app.queries.register import StoredRegister, count_in
from app.queries.surroundings import around
from app.services import flow, likeness, release, second_keying, stacks
from app.services.character_checks import carry_over, is_misread
from app.services.document_findings import FoundDocuments, find_documents, keep_documents
from app.services.page_reasons import TOLD_OF_FILES, page_reasons, pages_cut_off
from app.services.stack_reasons import placed_since_linked, remarks_on_lengths, stack_reasons
from app.services.twins import twin_reasons
from app.storage import values
from app.storage.database import Database, Transaction
from app.storage.tables import BatchRow, DossierRow, ImportItemRow, PageResultRow, PageRow
from ocr.types import NumberRole


@dataclass(frozen=True, slots=True)
class LinkTask:
    """Which dossier to decide on, under which office."""

    dossier_id: int
    office: str


@dataclass(frozen=True, slots=True)
class LinkResult:
    """The decision, which page bears which number in the dossier, and what pages say together."""

    decision: LinkDecision
    page_ids: Mapping[int, int]
    findings: likeness.Findings
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
        self._today = today

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
        profile = self._offices[task.office]
        with self._database.read() as session:
            findings = likeness.compare_pages(session, task.dossier_id)
            evidence, page_ids = _evidence(session, task.dossier_id, findings)
            register = StoredRegister(session, profile) if count_in(session, task.office) else None
            decision = self._decide(session, task, evidence, register)
            documents = find_documents(session, task.dossier_id, profile)
        return LinkResult(decision, page_ids, findings, documents)

    def _decide(
        self, session: Session, task: LinkTask, evidence: DossierEvidence, register: StoredRegister | None
    ) -> LinkDecision:
        """Decide; again where only sister files stand against it, of which the folders may be known."""
        profile = self._offices[task.office]
        decide = partial(decide_link, evidence, office=profile, register=register, today=self._today())
        read = numbers_read(evidence, profile)
        decision = decide(surroundings=around(session, task.dossier_id, read))
        if register is None or [reason.code for reason in decision.reasons] != ["sister_file"]:
            return decision
        entry = None if decision.number is None else register.find(decision.number.canonical)
        sisters = () if entry is None else register.sisters(entry)
        read |= {sister.number.canonical for sister in sisters}
        return decide(surroundings=around(session, task.dossier_id, read))

    def apply(self, tx: Transaction, job: Job, result: LinkResult) -> None:
        """Keep the decision; link by policy what is proven and has nothing against it."""
        dossier = tx.session.get_one(DossierRow, job.subject_id)
        if flow.in_work(tx, dossier.id) or stacks.is_waiting(tx.session, dossier):
            return  # the evidence has changed meanwhile, or is about to
        if dossier.state is DossierState.PROCESSING:
            tx.move(dossier, DossierState.TO_INDEX, "recognised")
        elif dossier.state is not DossierState.TO_INDEX:
            return
        likeness.keep_findings(tx, dossier.id, result.findings)
        batch = tx.session.get_one(BatchRow, dossier.batch_id)
        profile = self._offices[batch.office]
        keep_documents(tx, dossier, result.documents, profile)
        # They go with what leaves: policy lets nothing go before they are read.
        store.enqueue(tx, flow.FIELDS, dossier.id, priority=flow.PRIORITY[flow.FIELDS])
        decision = result.decision
        dossier.updated_at = tx.now
        found = _obstacles(tx, dossier, decision, profile)
        earlier = release.active_link(tx, dossier.id)
        since = () if earlier is None else placed_since_linked(tx, dossier)
        obstacles = (*since, *found, *self._incomplete(tx, dossier, batch.office, decision))
        told = (*obstacles, *remarks_on_lengths(tx, dossier, profile))
        dossier.link_facts = carry_over(tx, dossier.link_facts, _facts(result, told), profile)
        number = None if decision.number is None else decision.number.canonical
        is_doubted = number is not None and is_misread(dossier.link_facts, number)
        dossier.link = LinkState.NEEDS_REVIEW if is_doubted else decision.link
        tx.audit("dossier", dossier.id, "decided", link=dossier.link.value)
        if earlier is not None and earlier.linked_by != release.POLICY:
            # A person's word stands; only the pages were done again. What was sent back waits for a person.
            if not _persons_say(dossier):
                tx.move(dossier, DossierState.TO_REVIEW, "link_kept", number=earlier.application_number)
        elif dossier.link is LinkState.PROVEN and batch.release == "proven" and not obstacles:
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
        dossier.link_facts = {**dossier.link_facts, release.WAITS: True}

    def _incomplete(
        self, tx: Transaction, dossier: DossierRow, office: str, decision: LinkDecision
    ) -> tuple[Reason, ...]:
        number = None if decision.number is None else decision.number.canonical
        tx.session.flush()
        found = holding_findings(tx.session, dossier, office, self._offices, number)
        return tuple(
            Reason(each.code, {**each.facts, **({} if each.kind is None else {"kind": each.kind})})
            for each in found
        )

    def give_up(self, tx: Transaction, job: Job, code: str, facts: Mapping[str, Any]) -> None:
        """Without a decision a person decides."""
        dossier = tx.session.get_one(DossierRow, job.subject_id)
        dossier.link = LinkState.NONE
        dossier.link_facts = {"reasons": [reason_facts(Reason(code))], "candidates": []}
        if dossier.state is DossierState.PROCESSING:
            tx.move(dossier, DossierState.TO_INDEX, "link_failed", code=code)
        dossier.updated_at = tx.now


def _evidence(
    session: Session, dossier_id: int, findings: likeness.Findings
) -> tuple[DossierEvidence, dict[int, int]]:
    rows = session.execute(
        select(PageRow, PageResultRow)
        .outerjoin(PageResultRow, PageResultRow.page_id == PageRow.id)
        .where(PageRow.dossier_id == dossier_id)
        .order_by(PageRow.ordinal, PageRow.id)
    ).all()
    numbers = {page.id: number for number, (page, _) in enumerate(rows, start=1)}
    pages = tuple(
        replace(_page_evidence(numbers[page.id], page, result), twin_of=_twin(page, findings, numbers))
        for page, result in rows
        # What is no page of the file says nothing of its number; a cover sheet does so by its code.
        if page.exclusion in (None, Exclusion.SEPARATOR.value)
    )
    return DossierEvidence(pages), {number: page_id for page_id, number in numbers.items()}


def _twin(page: PageRow, findings: likeness.Findings, numbers: Mapping[int, int]) -> int | None:
    """The number of an earlier page that is the same sheet, by its picture or by its looks."""
    like = (each.other for each in findings.get(page.id, ()) if each.other is not None)
    other = next(like, page.duplicate_of)
    return None if other is None else numbers.get(other)


def _page_evidence(number: int, page: PageRow, result: PageResultRow | None) -> PageEvidence:
    if result is None:
        return PageEvidence(number, is_blank=False, text="", candidates=(), mean_confidence=0.0)
    said_blank = page.edits.get("is_blank")
    codes = (code.text for code in values.load_barcodes(result.barcodes))
    is_separator = page.exclusion == Exclusion.SEPARATOR.value
    # Of a result that tells nothing of its first reading, nothing may speak for a number.
    first_text = "" if result.head is None else result.first_text
    return PageEvidence(
        ordinal=number,
        is_blank=result.is_blank if said_blank is None else bool(said_blank),
        text=result.text,
        candidates=values.load_candidates(result.candidates),
        mean_confidence=result.mean_confidence,
        first_text=first_text,
        head=result.head,
        own_print=own_print_of(result.text, codes, is_separator=is_separator),
    )


def _persons_say(dossier: DossierRow) -> tuple[Reason, ...]:
    """What people, or the office, have against a dossier; only a person's confirmation ends it."""
    reason = dossier.return_reason or ""
    if dossier.on_hold:
        return (Reason("held", {"reason": reason}),)
    return () if dossier.return_reason is None else (Reason("returned", {"reason": reason}),)


def _obstacles(
    tx: Transaction, dossier: DossierRow, decision: LinkDecision, profile: OfficeProfile
) -> tuple[Reason, ...]:
    """What keeps a dossier from leaving by itself although its number may be proven."""
    found = list(_persons_say(dossier))
    found += stack_reasons(tx, dossier, profile)
    attention = tx.session.scalar(
        select(func.count()).where(
            PageRow.dossier_id == dossier.id,
            PageRow.state == PageState.NEEDS_ATTENTION,
            PageRow.exclusion.is_(None),
        )
    )
    if attention:
        found.append(Reason("pages_need_attention", {"pages": attention}))
    found += page_reasons(tx.session, dossier.id)
    items = tx.session.scalars(
        # A page that is missing of a stack may be any of its folders'.
        select(ImportItemRow).where(
            ImportItemRow.dossier_id.in_(stacks.ids_with_fellows(tx.session, dossier)),
            ~ImportItemRow.superseded,
        )
    ).all()
    refused = [
        item
        for item in items
        if item.state is ImportState.REFUSED and may_be_a_page(item.source_path, item.reason or "")
    ]
    if refused:
        found.append(Reason("files_refused", {"files": len(refused)}))
    cut_files = sum(TOLD_OF_FILES in item.notes for item in items)
    if cut := max(cut_files, pages_cut_off(tx.session, dossier.id)):
        found.append(Reason("pages_cut_off", {"n": cut}))
    repaired = [item for item in items if "pdf_repaired" in item.notes]
    if repaired:
        found.append(Reason("files_repaired", {"n": len(repaired)}))
    found += twin_reasons(tx.session, dossier.id)
    if decision.number is not None:
        others = release.linked_elsewhere(tx, dossier, decision.number.canonical)
        if others:
            found.append(Reason("linked_elsewhere", {"dossier": others[0], "dossiers": len(others)}))
        rival = _claimant(tx, dossier, decision.number.canonical)
        if rival is None and decision.link is LinkState.PROVEN:
            rival = _fellow_with(tx, dossier, decision.number, profile)
        if rival is not None:
            found.append(Reason("claimed_elsewhere", {"dossier": rival}))
    return tuple(found)


def _claimant(tx: Transaction, dossier: DossierRow, number: str) -> str | None:
    """Name of a dossier of the same batch or stack that waits for a person and seems to have the same number.

    Two paper folders of one number are two volumes, or one of them is in the wrong cover: a person sees both.
    """
    beside = DossierRow.batch_id == dossier.batch_id
    if dossier.stack_id is not None:
        beside = or_(beside, DossierRow.stack_id == dossier.stack_id)
    waiting = tx.session.scalars(
        select(DossierRow).where(
            beside,
            DossierRow.id != dossier.id,
            DossierRow.state.in_((DossierState.TO_INDEX, DossierState.RETURNED)),
        )
    )
    for other in waiting:
        best = next(iter(other.link_facts.get("candidates", ())), None)
        if best is not None and best["application_number"] == number and best["role"] == "application":
            return other.name
    return None


def _fellow_with(
    tx: Transaction, dossier: DossierRow, number: ApplicationNumber, profile: OfficeProfile
) -> str | None:
    """Name of a folder of the same stack, decided or not, whose own pages claim the number.

    The stack was read as a whole: whichever of two is linked first, both wait for a person. Of the other folders' pages
    only those are taken up whose numbers hold the serial.
    """
    if dossier.stack_id is None:
        return None
    found = tx.session.execute(
        select(DossierRow.id, DossierRow.name, PageResultRow.candidates)
        .join(PageRow, PageRow.dossier_id == DossierRow.id)
        .join(PageResultRow, PageResultRow.page_id == PageRow.id)
        .where(
            DossierRow.stack_id == dossier.stack_id,
            DossierRow.id != dossier.id,
            DossierRow.state != DossierState.DISSOLVED,
            cast(PageResultRow.candidates, String).contains(number.serial, autoescape=True),
        )
        .order_by(DossierRow.id)
    )
    names: dict[int, str] = {
        other_id: name
        for other_id, name, candidates in found
        if _reads(candidates, number.canonical, profile)
    }
    for other_id, name in names.items():
        evidence, _ = _evidence(tx.session, other_id, {})
        claimed = (each for each in gather(without_own_print(evidence), profile))
        places = (
            place for each in claimed if each.canonical == number.canonical for place in each.occurrences
        )
        if any(place.is_claim and place.role is NumberRole.APPLICATION for place in places):
            return name
    return None


def _reads(candidates: list[Any], canonical: str, profile: OfficeProfile) -> bool:
    """Whether one of a page's stored candidates is the number."""
    for each in candidates:
        try:
            if ApplicationNumber.parse(each["normalised"], profile).canonical == canonical:
                return True
        except NotAnApplicationNumber:
            continue
    return False


def _facts(result: LinkResult, told: tuple[Reason, ...]) -> dict[str, Any]:
    decision = result.decision
    return {
        "reasons": [reason_facts(reason) for reason in (*told, *decision.reasons)],
        "candidates": [candidate_facts(ranked, result.page_ids) for ranked in decision.candidates],
        "agreements": [asdict(agreement) for agreement in decision.agreements],
    }
