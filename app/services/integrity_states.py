"""Rows against each other: does every state have what moves it on, and what it claims?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session

from app.domain.documents import Exclusion
from app.domain.states import DossierState, ImportState, JobState, PageState, UploadState
from app.jobs import store
from app.paths import HomePaths
from app.queries.keyings import is_open
from app.queries.left_out import pages_left_out
from app.services import flow, stacks
from app.services.findings import Finding, FindingLog, Severity
from app.storage.database import Database, Transaction
from app.storage.keying_tables import KeyingRow
from app.storage.owners import dead_owners
from app.storage.tables import (
    AuditRow,
    DossierRow,
    ImportItemRow,
    JobRow,
    LinkRow,
    OutboxRow,
    PackageRow,
    PageResultRow,
    PageRow,
    ReceiptRow,
    StackRow,
)

WHO = "check"

_ACTIVE = (JobState.QUEUED, JobState.RUNNING)
_LINKED = (DossierState.TO_REVIEW, DossierState.APPROVED, DossierState.QUEUED, DossierState.UPLOADED)
_LEAVING = _LINKED[1:]
_ON_ITS_WAY = (UploadState.QUEUED, UploadState.SENDING, UploadState.SENT)


class StateCheck:
    """One pass over the states; every question is one statement, so that it sees one moment."""

    def __init__(
        self, database: Database, paths: HomePaths, log: FindingLog, *, repair: bool, bad_masters: set[str]
    ) -> None:
        self._database = database
        self._paths = paths
        self._log = log
        self._repair = repair
        self._bad_masters = bad_masters

    def run(self) -> None:
        """Ask every question."""
        with self._database.read() as session:
            for what, row in (("import_items", ImportItemRow), ("pages", PageRow), ("dossiers", DossierRow)):
                self._log.count(what, session.scalar(select(func.count()).select_from(row)) or 0)
        self._check_dead_programs()
        self._mend("import_item", "import_stuck", _stuck_imports(), _queue_import)
        self._mend("page", "page_stuck", _stuck_pages(), _queue_page)
        self._mend("page", "page_without_result", self._pages_without_result(), _queue_page)
        self._mend("stack", "stack_stuck", _stacks_to_divide(), _queue_division)
        self._mend("dossier", "dossier_stuck", _dossiers_to_link(), _settle)
        self._mend("dossier", "dossier_stuck", _dossiers_to_package(), _queue_package)
        self._mend("dossier", "pages_in_dissolved", _dissolved_with_pages(), _reopen, Severity.ERROR)
        self._check_ledger()
        for code, subject, question in _claims():
            self._tell(code, subject, question)
        self._check_left_out()
        self._check_audit()

    def _mend(
        self,
        subject: str,
        code: str,
        question: Select[Any],
        act: Callable[[Transaction, int], None],
        severity: Severity = Severity.WARNING,
    ) -> None:
        """Report rows nothing moves on; with repair, queue what should move them."""
        for row_id in self._ids(question):
            repaired = False
            if self._repair:
                with self._database.write(WHO) as tx:
                    if row_id in set(tx.session.scalars(question)):  # still so?
                        act(tx, row_id)
                    repaired = True
            facts = {"how": "queued_again"} if repaired else {}
            self._log.add(Finding(code, severity, subject, row_id, facts, repaired))

    def _ids(self, question: Select[Any]) -> list[int]:
        with self._database.read() as session:
            return list(session.scalars(question))

    def _tell(self, code: str, subject: str, question: Select[Any]) -> None:
        for row_id in self._ids(question):
            self._log.add(Finding(code, Severity.ERROR, subject, row_id))

    def _pages_without_result(self) -> Select[Any]:
        return select(PageRow.id).where(
            PageRow.state == PageState.READY,
            ~exists().where(PageResultRow.page_id == PageRow.id),
            PageRow.master_sha256.not_in(self._bad_masters),
        )

    def _check_dead_programs(self) -> None:
        """Jobs held by programs that no longer live."""
        with self._database.read() as session:
            held = session.execute(
                select(JobRow.id, JobRow.owner).where(JobRow.state == JobState.RUNNING)
            ).all()
        names = {owner for _job, owner in held if owner is not None}
        gone = dead_owners(self._paths.owners, names)
        if self._repair and gone:
            with self._database.write(WHO) as tx:
                store.requeue_of_owners(tx, gone)
        for job_id, owner in held:
            if owner in gone:
                facts = {"how": "queued_again"} if self._repair else {}
                self._log.add(
                    Finding("job_of_dead_program", Severity.WARNING, "job", job_id, facts, self._repair)
                )

    def _check_ledger(self) -> None:
        """Every accepted file has exactly the pages it said, every refused one a reason and no page."""
        pages = (
            select(PageRow.import_item_id, func.count().label("pages"))
            .where(PageRow.part == 0)  # a spread that was split is one page of its file
            .group_by(PageRow.import_item_id)
            .subquery()
        )
        question = (
            select(
                ImportItemRow.id,
                ImportItemRow.state,
                ImportItemRow.page_count,
                ImportItemRow.reason,
                func.coalesce(pages.c.pages, 0),
            )
            .outerjoin(pages, pages.c.import_item_id == ImportItemRow.id)
            .where(
                or_(
                    (ImportItemRow.state == ImportState.ACCEPTED)
                    & (func.coalesce(ImportItemRow.page_count, -1) != func.coalesce(pages.c.pages, 0)),
                    (ImportItemRow.state != ImportState.ACCEPTED) & (func.coalesce(pages.c.pages, 0) > 0),
                    (ImportItemRow.state == ImportState.REFUSED) & ImportItemRow.reason.is_(None),
                )
            )
        )
        with self._database.read() as session:
            for item_id, state, stated, reason, found in session.execute(question):
                facts = {"state": state.value, "stated": stated, "found": found, "reason": reason}
                self._log.add(
                    Finding("ledger_does_not_balance", Severity.ERROR, "import_item", item_id, facts)
                )

    def _check_left_out(self) -> None:
        """A page that was found in a folder but is another file's is missing there until a dossier has it."""
        with self._database.read() as session:
            for each in pages_left_out(session, codes=(Exclusion.NOT_OF_FILE,)):
                if each.is_astray:
                    facts = {"folder": each.dossier, "page": each.number, "file": each.file}
                    self._log.add(Finding("page_astray", Severity.WARNING, "page", each.page_id, facts))

    def _check_audit(self) -> None:
        """The last recorded move of a dossier, page or outbox item is the state it has."""
        with self._database.read() as session:
            for subject, row in (("dossier", DossierRow), ("page", PageRow), ("outbox", OutboxRow)):
                for row_id, state, told in _last_moves(session, subject, row):
                    facts = {"state": state.value, "recorded": told}
                    self._log.add(Finding("audit_differs", Severity.ERROR, subject, row_id, facts))


def _active_job(kind: str, subject: Any) -> Any:
    return exists().where(JobRow.kind == kind, JobRow.subject_id == subject, JobRow.state.in_(_ACTIVE))


def _stuck_imports() -> Select[Any]:
    return select(ImportItemRow.id).where(
        ImportItemRow.state == ImportState.OFFERED,
        ImportItemRow.dossier_id.is_not(None),
        ~_active_job(flow.INTAKE, ImportItemRow.id),
    )


def _stuck_pages() -> Select[Any]:
    return select(PageRow.id).where(
        PageRow.state.in_((PageState.CAPTURED, PageState.PROCESSING)), ~_active_job(flow.PAGE, PageRow.id)
    )


def _dossiers_to_link() -> Select[Any]:
    waiting = exists().where(
        ImportItemRow.dossier_id == DossierRow.id, ImportItemRow.state == ImportState.OFFERED
    )
    working = exists().where(
        PageRow.dossier_id == DossierRow.id, PageRow.state.in_((PageState.CAPTURED, PageState.PROCESSING))
    )
    return select(DossierRow.id).where(
        DossierRow.state == DossierState.PROCESSING,
        ~waiting,
        ~working,
        ~_active_job(flow.LINK, DossierRow.id),
        or_(DossierRow.stack_id.is_(None), ~_awaits_division()),
    )


def _awaits_division() -> Any:
    return exists().where(StackRow.id == DossierRow.stack_id, StackRow.state == stacks.WAITING)


def _stacks_to_divide() -> Select[Any]:
    """Stacks that wait although all of them is read; a dossier of theirs is there to be placed."""
    own = select(DossierRow.id).where(DossierRow.stack_id == StackRow.id)
    return select(StackRow.id).where(
        StackRow.state == stacks.WAITING,
        ~exists().where(ImportItemRow.dossier_id.in_(own), ImportItemRow.state == ImportState.OFFERED),
        ~exists().where(
            PageRow.dossier_id.in_(own), PageRow.state.in_((PageState.CAPTURED, PageState.PROCESSING))
        ),
        exists().where(
            DossierRow.stack_id == StackRow.id,
            DossierRow.state.in_((DossierState.OPEN, DossierState.PROCESSING)),
        ),
        ~_active_job(flow.SEPARATE, StackRow.id),
    )


def _dossiers_to_package() -> Select[Any]:
    return select(DossierRow.id).where(
        DossierRow.state == DossierState.APPROVED, ~_active_job(flow.PACKAGE, DossierRow.id)
    )


def _dissolved_with_pages() -> Select[Any]:
    """A dissolved dossier is on no list, so nobody would ever see its pages."""
    return select(DossierRow.id).where(
        DossierRow.state == DossierState.DISSOLVED, exists().where(PageRow.dossier_id == DossierRow.id)
    )


def _claims() -> list[tuple[str, str, Select[Any]]]:
    """States that claim something which the other rows do not bear out. None of it is mended by machine."""
    link = exists().where(
        LinkRow.dossier_id == DossierRow.id,
        LinkRow.withdrawn_at.is_(None),
        LinkRow.application_number == DossierRow.application_number,
    )
    underway = (
        exists()
        .where(PackageRow.dossier_id == DossierRow.id, PackageRow.id == OutboxRow.package_id)
        .where(OutboxRow.state.in_(_ON_ITS_WAY))
    )
    accepted = (
        exists()
        .where(PackageRow.dossier_id == DossierRow.id, PackageRow.id == OutboxRow.package_id)
        .where(OutboxRow.state == UploadState.ACCEPTED, ReceiptRow.outbox_id == OutboxRow.id)
    )
    own_receipt = (
        exists()
        .where(ReceiptRow.outbox_id == OutboxRow.id, PackageRow.id == OutboxRow.package_id)
        .where(ReceiptRow.sha256 == PackageRow.manifest_sha256, ReceiptRow.verdict == OutboxRow.state)
    )
    dossiers, outbox = select(DossierRow.id), select(OutboxRow.id)
    unkeyed = exists().where(KeyingRow.dossier_id == DossierRow.id, is_open())
    withdrawn = exists().where(LinkRow.id == KeyingRow.link_id, LinkRow.withdrawn_at.is_not(None))
    return [
        ("left_without_keying", "dossier", dossiers.where(DossierRow.state.in_(_LEAVING), unkeyed)),
        ("keying_without_link", "dossier", select(KeyingRow.dossier_id).where(is_open(), withdrawn)),
        ("dossier_without_link", "dossier", dossiers.where(DossierRow.state.in_(_LINKED), ~link)),
        (
            "dossier_without_outbox",
            "dossier",
            dossiers.where(DossierRow.state == DossierState.QUEUED, ~underway),
        ),
        (
            "uploaded_without_receipt",
            "dossier",
            dossiers.where(DossierRow.state == DossierState.UPLOADED, ~accepted),
        ),
        (
            "closed_without_receipt",
            "outbox",
            outbox.where(OutboxRow.state.in_((UploadState.ACCEPTED, UploadState.REFUSED)), ~own_receipt),
        ),
    ]


def _last_moves(session: Session, subject: str, row: Any) -> list[tuple[int, Any, str]]:
    """Rows whose last recorded move led elsewhere than where they are."""
    last = (
        select(AuditRow.subject_id, func.max(AuditRow.id).label("id"))
        .where(AuditRow.subject == subject, AuditRow.to_state.is_not(None))
        .group_by(AuditRow.subject_id)
        .subquery()
    )
    told = session.execute(
        select(row.id, row.state, AuditRow.to_state)
        .join(last, last.c.subject_id == row.id)
        .join(AuditRow, AuditRow.id == last.c.id)
    )
    return [(row_id, state, to_state) for row_id, state, to_state in told if state.value != to_state]


def _queue_import(tx: Transaction, item_id: int) -> None:
    store.enqueue(tx, flow.INTAKE, item_id, priority=flow.PRIORITY[flow.INTAKE])


def _queue_page(tx: Transaction, page_id: int) -> None:
    flow.ask_for_page(tx, tx.session.get_one(PageRow, page_id))


def _queue_package(tx: Transaction, dossier_id: int) -> None:
    store.enqueue(tx, flow.PACKAGE, dossier_id, priority=flow.PRIORITY[flow.PACKAGE])


def _queue_division(tx: Transaction, stack_id: int) -> None:
    store.enqueue(tx, flow.SEPARATE, stack_id, priority=flow.PRIORITY[flow.SEPARATE])


def _reopen(tx: Transaction, dossier_id: int) -> None:
    flow.reopen(tx, tx.session.get_one(DossierRow, dossier_id))
    flow.settle(tx, dossier_id)


def _settle(tx: Transaction, dossier_id: int) -> None:
    flow.settle(tx, dossier_id)
