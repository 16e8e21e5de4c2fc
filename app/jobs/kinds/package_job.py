"""Building the package of an approved dossier and putting it into the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from app.domain.application_number import ApplicationNumber
from app.domain.offices import OfficeProfile
from app.domain.states import DossierState, PageState, UploadState
from app.errors import MachineError
from app.jobs.kinds.package_documents import excluded_pages, package_documents
from app.jobs.store import Job
from app.packaging.content import (
    LinkFacts,
    LinkReason,
    NumberFacts,
    PackageField,
    PackageOriginal,
    PackagePage,
    PackageResult,
    PackageTask,
    RegisterFacts,
    ReleaseFacts,
)
from app.packaging.names import safe_name
from app.packaging.work import build_package
from app.paths import HomePaths
from app.queries.fields import fields_in
from app.queries.register import entry_of
from app.services import flow, release
from app.services.page_reasons import lone_halves, named_pages
from app.storage import values
from app.storage.database import Transaction
from app.storage.masters import MasterStore
from app.storage.tables import (
    AuditRow,
    BatchRow,
    DossierRow,
    ImportItemRow,
    LinkRow,
    MasterRow,
    OutboxRow,
    PackageRow,
    PageResultRow,
    PageRow,
)


class PackageKind:
    """Subject: a dossier."""

    name = flow.PACKAGE
    in_worker = True
    timeout_s = 1800.0
    run = staticmethod(build_package)

    def __init__(
        self,
        paths: HomePaths,
        schema: Path,
        software: str,
        offices: Mapping[str, OfficeProfile],
        destination: Path | None = None,
    ) -> None:
        """Take where packages go of batches that name no drop folder of their own."""
        self._paths = paths
        self._schema = schema
        self._software = software
        self._offices = offices
        self._destination = destination or paths.drop

    def prepare(self, tx: Transaction, job: Job) -> PackageTask | None:
        """Describe the dossier as it was approved; every date in the package is the approval's.

        Raises MachineError("pages_in_work") while a page is being made again, as after a restore, and
        MachineError("half_left_out"): a scan would travel of which a half is not this folder's.
        """
        dossier = tx.session.get_one(DossierRow, job.subject_id)
        if dossier.state is not DossierState.APPROVED:
            return None
        _wait_for_pages(tx, dossier.id)
        if apart := lone_halves(tx.session, dossier.id):
            raise MachineError("half_left_out", n=len(apart), pages=named_pages(apart))
        batch = tx.session.get_one(BatchRow, dossier.batch_id)
        link = release.active_link(tx, dossier.id)
        approved = tx.session.scalars(
            select(AuditRow)
            .where(
                AuditRow.subject == "dossier",
                AuditRow.subject_id == dossier.id,
                AuditRow.to_state == DossierState.APPROVED.value,
            )
            .order_by(AuditRow.id.desc())
        ).first()
        assert link is not None, "only linked dossiers are approved"
        assert approved is not None, "every move is audited"
        number = ApplicationNumber.parse(link.application_number, self._offices[batch.office])
        return PackageTask(
            package_name=safe_name(number.canonical, dossier.id, revision=_revision(tx, dossier.id)),
            dossier_id=dossier.id,
            source_name=dossier.name,
            batch_name=batch.name,
            office=batch.office,
            release=ReleaseFacts(
                "policy" if approved.who.startswith("policy") else "person", approved.who, approved.at
            ),
            link=_link_facts(dossier, link),
            pages=_pages(tx, dossier.id, MasterStore(self._paths.masters), self._paths.derived),
            documents=package_documents(tx.session, dossier.id, self._offices[batch.office]),
            excluded=excluded_pages(tx.session, dossier.id),
            created_at=approved.at,
            software=self._software,
            target_dir=self._paths.packages,
            schema_path=self._schema,
            number=_number_facts(number),
            register=_register_facts(tx, number.canonical, batch.office),
            fields=_fields(tx, dossier.id, self._offices[batch.office]),
            originals=_originals(tx, dossier.id, MasterStore(self._paths.masters)),
            source_organization=self._offices[batch.office].name,
            title=f"{number.canonical} · {dossier.name}",
        )

    def apply(self, tx: Transaction, job: Job, result: PackageResult) -> None:
        """Enter package and outbox row together: from here on the dossier is on its way."""
        dossier = tx.session.get_one(DossierRow, job.subject_id)
        if dossier.state is not DossierState.APPROVED:
            return
        batch = tx.session.get_one(BatchRow, dossier.batch_id)
        package = PackageRow(
            dossier_id=dossier.id,
            name=result.package_name,
            manifest_sha256=result.package_sha256,
            payload_bytes=result.payload_bytes,
            page_count=result.page_count,
            validators=[[each.name, each.version, each.verdict] for each in result.validators],
            built_at=tx.now,
        )
        tx.session.add(package)
        tx.session.flush()
        outbox = OutboxRow(
            package_id=package.id,
            destination=batch.destination or str(self._destination),
            state=UploadState.QUEUED,
            not_before=tx.now,
            queued_at=tx.now,
        )
        tx.session.add(outbox)
        tx.session.flush()
        tx.audit("outbox", outbox.id, "queued", to_state=UploadState.QUEUED, package=package.name)
        tx.move(dossier, DossierState.QUEUED, "packaged", package=package.name)
        dossier.updated_at = tx.now

    def give_up(self, tx: Transaction, job: Job, code: str, facts: Mapping[str, Any]) -> None:
        """Return the dossier with the reason; nothing was sent."""
        dossier = tx.session.get_one(DossierRow, job.subject_id)
        if dossier.state is DossierState.APPROVED:
            tx.move(dossier, DossierState.RETURNED, "package_failed", code=code, **facts)
            dossier.return_reason = code
            dossier.updated_at = tx.now


def _wait_for_pages(tx: Transaction, dossier_id: int) -> None:
    in_work = tx.session.scalar(
        select(func.count()).where(
            PageRow.dossier_id == dossier_id,
            PageRow.state.in_((PageState.CAPTURED, PageState.PROCESSING)),
        )
    )
    if in_work:
        raise MachineError("pages_in_work", retryable=True, pages=in_work)


def _revision(tx: Transaction, dossier_id: int) -> int:
    """Count the approvals: each has its own content, so it must not meet an earlier one's name.

    Not the packages: one that was finished on disk and then returned before it was entered has no row.
    """
    approvals = tx.session.scalar(
        select(func.count())
        .select_from(AuditRow)
        .where(
            AuditRow.subject == "dossier",
            AuditRow.subject_id == dossier_id,
            AuditRow.to_state == DossierState.APPROVED.value,
        )
    )
    return max(1, approvals or 0)


def _pages(tx: Transaction, dossier_id: int, masters: MasterStore, derived: Path) -> tuple[PackagePage, ...]:
    """The pages of the paper file; what is kept without being one, such as a separator sheet, does not leave.

    Raises MachineError("pages_missing") where there is none.
    """
    rows = tx.session.execute(
        select(PageRow, MasterRow, PageResultRow, ImportItemRow.source_path)
        .join(MasterRow, MasterRow.sha256 == PageRow.master_sha256)
        .join(ImportItemRow, ImportItemRow.id == PageRow.import_item_id)
        .outerjoin(PageResultRow, PageResultRow.page_id == PageRow.id)
        .where(PageRow.dossier_id == dossier_id)
        .order_by(PageRow.ordinal, PageRow.id)
    ).all()
    leaving = [row for row in rows if row[0].exclusion is None]
    if not leaving:
        raise MachineError("pages_missing")
    shared = _files_of_others(tx, {row[0].import_item_id for row in rows}, {row[0].id for row in leaving})
    return tuple(
        _page(ordinal, page, master, result, Path(source), masters, derived, page.import_item_id in shared)
        for ordinal, (page, master, result, source) in enumerate(leaving, start=1)
    )


def _files_of_others(tx: Transaction, item_ids: set[int], leaving: set[int]) -> set[int]:
    """Files that hold pages besides those that leave: a stack's folders share one, and none may carry another's."""
    rows = tx.session.execute(
        select(PageRow.import_item_id, PageRow.id).where(PageRow.import_item_id.in_(item_ids))
    )
    return {item_id for item_id, page_id in rows if page_id not in leaving}


def _page(
    ordinal: int,
    page: PageRow,
    master: MasterRow,
    result: PageResultRow | None,
    source: Path,
    masters: MasterStore,
    derived: Path,
    is_shared: bool,
) -> PackagePage:
    said_blank = page.edits.get("is_blank")
    common: dict[str, Any] = {
        "ordinal": ordinal,
        "master_path": masters.path_of(master.sha256, master.extension),
        "master_sha256": master.sha256,
        "media_type": master.media_type,
        "extension": master.extension,
        "frame": page.frame,
        "original_name": source.name,
        "source_page": page.source_page,
        "box": values.load_edits(page.edits).box,
        # In a PDF every page has a master of its own; one may still be two halves of a spread.
        "is_shared_master": is_shared and master.extension == ".tif",
    }
    if result is None:
        # A page the engine could not read leaves as it came: its picture without text.
        return PackagePage(**common, width_px=page.width_px, height_px=page.height_px, dpi=page.dpi or 300.0)
    return PackagePage(
        **common,
        width_px=result.width_px,
        height_px=result.height_px,
        dpi=result.dpi,
        exif_orientation=result.exif_orientation,
        applied_turn_deg=result.applied_turn_deg,
        applied_skew_deg=result.applied_skew_deg,
        words_path=derived / f"{result.derived_key}.words.json.gz",
        is_blank=result.is_blank if said_blank is None else bool(said_blank),
        languages=tuple(result.languages),
        mean_confidence=result.mean_confidence,
        quality=values.load_quality(result.quality),
    )


def _fields(tx: Transaction, dossier_id: int, office: OfficeProfile) -> tuple[PackageField, ...]:
    """The fields that hold something, in the office's order; page: its place among those that leave."""
    leaving = select(PageRow.id).where(PageRow.dossier_id == dossier_id, PageRow.exclusion.is_(None))
    ordered = tx.session.scalars(leaving.order_by(PageRow.ordinal, PageRow.id))
    places: dict[int, int] = {page_id: place for place, page_id in enumerate(ordered, start=1)}
    return tuple(
        PackageField(
            name=row.field.value,
            printed=row.said.printed,
            value=row.said.value,
            state=row.said.state.value,
            by=row.who,
            at=row.at,
            page=None if row.said.place is None else places.get(row.said.place.page_id),
        )
        for row in fields_in(tx.session, dossier_id, office)
        if not row.is_empty and row.at is not None
    )


def _originals(tx: Transaction, dossier_id: int, masters: MasterStore) -> tuple[PackageOriginal, ...]:
    """Files that pages were taken out of, where all their pages leave."""
    pages = tx.session.execute(
        select(PageRow.import_item_id, PageRow.id, PageRow.exclusion).where(PageRow.dossier_id == dossier_id)
    ).all()
    leaving = {page_id for _, page_id, exclusion in pages if exclusion is None}
    item_ids = {item_id for item_id, _, _ in pages}
    rows = tx.session.execute(
        select(ImportItemRow, MasterRow)
        .join(MasterRow, MasterRow.sha256 == ImportItemRow.original_sha256)
        .where(ImportItemRow.id.in_(item_ids - _files_of_others(tx, item_ids, leaving)))
        .order_by(ImportItemRow.ordinal, ImportItemRow.id)
    )
    return tuple(
        PackageOriginal(
            masters.path_of(master.sha256, master.extension),
            master.sha256,
            master.media_type,
            Path(item.source_path).name,
        )
        for item, master in rows
    )


def _number_facts(number: ApplicationNumber) -> NumberFacts:
    return NumberFacts(
        canonical=number.canonical,
        office=number.office,
        right=number.right,
        raw=number.raw,
        format_id=number.format_id,
        year=number.year,
        serial=number.serial,
        ipas_key=() if number.ipas_key is None else tuple(map(str, number.ipas_key)),
        st13=number.st13 or "",
    )


def _link_facts(dossier: DossierRow, link: LinkRow) -> LinkFacts:
    found = dossier.link_facts.get("candidates", ())
    own = next((each for each in found if each["application_number"] == link.application_number), None)
    return LinkFacts(
        state=dossier.link.value,
        reasons=tuple(
            LinkReason(each["code"], tuple(_simple(each["facts"])))
            for each in dossier.link_facts.get("reasons", ())
        ),
        confidence=None if own is None else own["confidence"],
        linked_by=link.linked_by,
        linked_at=link.linked_at,
    )


def _simple(facts: Mapping[str, Any]) -> list[tuple[str, str | int | float | bool]]:
    return [
        (name, value if isinstance(value, str | int | float | bool) else str(value))
        for name, value in facts.items()
        if value is not None
    ]


def _register_facts(tx: Transaction, canonical: str, office: str) -> RegisterFacts | None:
    row = entry_of(tx.session, canonical, office)
    if row is None:
        return None
    filed = "" if row.filing_date is None else row.filing_date.isoformat()
    return RegisterFacts(row.application_number, row.title, row.applicant, filed)
