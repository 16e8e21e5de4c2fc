"""Packages on their way, and their receipts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from app.domain.ids import DossierId, OutboxId
from app.domain.states import UploadState
from app.paths import HomePaths
from app.queries.rows import Destination, Reason, UploadSummary
from app.storage.among import among
from app.storage.database import Database
from app.storage.tables import DossierRow, OutboxRow, PackageRow, ReceiptRow
from ocr.long_paths import usual

ANSWERED = (UploadState.ACCEPTED, UploadState.REFUSED)

_NUMBER = DossierRow.application_number


def list_uploads(
    reader: Database,
    *,
    dossier_ids: Collection[DossierId] | None = None,
    ids: Collection[OutboxId] | None = None,
) -> tuple[UploadSummary, ...]:
    """Packages in the outbox, newest first: all, of some dossiers, or those named."""
    statement = _with_facts(OutboxRow, PackageRow, DossierRow.id, DossierRow.name, _NUMBER, ReceiptRow)
    if dossier_ids is not None:
        statement = statement.where(among(PackageRow.dossier_id, dossier_ids))
    if ids is not None:
        statement = statement.where(among(OutboxRow.id, ids))
    packages = HomePaths(reader.path.parent).packages
    with reader.read() as session:
        return tuple(_summary(packages, *row) for row in session.execute(statement))


def upload_ids(reader: Database, words: Collection[str] = ()) -> tuple[OutboxId, ...]:
    """Every package in the outbox, newest first, or those with all words in their names and numbers."""
    statement = select(OutboxRow.id).order_by(OutboxRow.id.desc())
    if words:
        statement = _with_facts(OutboxRow.id).where(*(_is_said(word) for word in words))
    with reader.read() as session:
        return tuple(session.scalars(statement).all())  # type: ignore[arg-type]  # numbers, 100,000 of them


def destinations(reader: Database) -> tuple[Destination, ...]:
    """Where packages went or are to go, the most used first."""
    with reader.read() as session:
        counts: dict[str, dict[UploadState, int]] = defaultdict(dict)
        for place, state, count in session.execute(
            select(OutboxRow.destination, OutboxRow.state, func.count()).group_by(
                OutboxRow.destination, OutboxRow.state
            )
        ):
            counts[place][state] = count
        found = [
            Destination(
                place,
                total=sum(by_state.values()),
                unanswered=sum(count for state, count in by_state.items() if state not in ANSWERED),
                answered_by=_newest_answer(session, place),
            )
            for place, by_state in counts.items()
        ]
    return tuple(sorted(found, key=lambda each: -each.total))


def count_answered_by(reader: Database, office: str) -> int:
    """How many packages an office has answered, by the name in its receipts."""
    with reader.read() as session:
        return session.scalar(select(func.count()).where(ReceiptRow.office == office)) or 0


def waiting_with_error(reader: Database) -> tuple[UploadSummary, ...]:
    """Packages that could not be sent, with why: few, for a place that is closed is closed to all."""
    with reader.read() as session:
        ids = session.scalars(
            select(OutboxRow.id).where(OutboxRow.state == UploadState.QUEUED, OutboxRow.error.is_not(None))
        ).all()
    return list_uploads(reader, ids=[OutboxId(outbox_id) for outbox_id in ids])


def _with_facts(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(OutboxRow)
        .join(PackageRow, PackageRow.id == OutboxRow.package_id)
        .join(DossierRow, DossierRow.id == PackageRow.dossier_id)
        .outerjoin(ReceiptRow, ReceiptRow.outbox_id == OutboxRow.id)
        .order_by(OutboxRow.id.desc())
    )


def _is_said(word: str) -> ColumnElement[bool]:
    """Say that a word stands in a name or number, in whatever case: SQLite itself folds only a to z."""
    forms = {word} if word.isascii() else {word.lower(), word.upper(), word.capitalize(), word}
    columns = (DossierRow.name, _NUMBER, ReceiptRow.reference, PackageRow.name)
    return or_(*(column.contains(form, autoescape=True) for column in columns for form in sorted(forms)))


def _newest_answer(session: Session, place: str) -> str | None:
    """Who answered the newest package of a place that has an answer."""
    newest = (
        select(func.max(OutboxRow.id))
        .where(OutboxRow.destination == place, OutboxRow.state.in_(ANSWERED))
        .scalar_subquery()
    )
    return session.scalar(select(ReceiptRow.office).where(ReceiptRow.outbox_id == newest))


def _summary(
    packages: Path,
    outbox: OutboxRow,
    package: PackageRow,
    dossier_id: int,
    dossier_name: str,
    application_number: str | None,
    receipt: ReceiptRow | None,
) -> UploadSummary:
    return UploadSummary(
        id=OutboxId(outbox.id),
        dossier_id=DossierId(dossier_id),
        dossier_name=dossier_name,
        application_number=application_number,
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
