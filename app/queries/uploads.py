"""Packages on their way, and their receipts."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from sqlalchemy import select

from app.domain.ids import DossierId, OutboxId
from app.paths import HomePaths
from app.queries.rows import Reason, UploadSummary
from app.storage.database import Database
from app.storage.tables import DossierRow, OutboxRow, PackageRow, ReceiptRow
from ocr.long_paths import usual


def list_uploads(
    reader: Database, *, dossier_ids: Collection[DossierId] | None = None
) -> tuple[UploadSummary, ...]:
    """All packages in the outbox, newest first."""
    statement = (
        select(OutboxRow, PackageRow, DossierRow, ReceiptRow)
        .join(PackageRow, PackageRow.id == OutboxRow.package_id)
        .join(DossierRow, DossierRow.id == PackageRow.dossier_id)
        .outerjoin(ReceiptRow, ReceiptRow.outbox_id == OutboxRow.id)
        .order_by(OutboxRow.id.desc())
    )
    if dossier_ids is not None:
        statement = statement.where(PackageRow.dossier_id.in_(dossier_ids))
    packages = HomePaths(reader.path.parent).packages
    with reader.read() as session:
        return tuple(
            _summary(outbox, package, dossier, receipt, packages)
            for outbox, package, dossier, receipt in session.execute(statement)
        )


def _summary(
    outbox: OutboxRow,
    package: PackageRow,
    dossier: DossierRow,
    receipt: ReceiptRow | None,
    packages: Path,
) -> UploadSummary:
    return UploadSummary(
        id=OutboxId(outbox.id),
        dossier_id=DossierId(dossier.id),
        dossier_name=dossier.name,
        application_number=dossier.application_number,
        package_name=package.name,
        package_path=usual(packages / package.name),
        size_bytes=package.payload_bytes,
        destination=outbox.destination,
        state=outbox.state,
        attempts=outbox.attempts,
        not_before=outbox.not_before,
        error=None if outbox.error is None else Reason(outbox.error, outbox.error_facts),
        queued_at=outbox.queued_at,
        sent_at=outbox.sent_at,
        closed_at=outbox.closed_at,
        receipt_verdict=None if receipt is None else receipt.verdict,
        receipt_reference=None if receipt is None else receipt.reference,
        receipt_office=None if receipt is None else receipt.office,
        receipt_reason=None if receipt is None else receipt.reason,
    )
