"""The story of a dossier: who did what, when."""

from __future__ import annotations

from sqlalchemy import select, union_all

from app.domain.ids import DossierId
from app.queries.rows import AuditLine
from app.storage.database import Database
from app.storage.tables import AuditRow, OutboxRow, PackageRow, PageRow


def story(reader: Database, dossier_id: DossierId) -> tuple[AuditLine, ...]:
    """Acts on a dossier, its pages and its packages on their way, oldest first."""
    pages = select(PageRow.id).where(PageRow.dossier_id == dossier_id)
    outbox = (
        select(OutboxRow.id)
        .join(PackageRow, PackageRow.id == OutboxRow.package_id)
        .where(PackageRow.dossier_id == dossier_id)
    )
    about = (
        (AuditRow.subject == "dossier") & (AuditRow.subject_id == dossier_id),
        (AuditRow.subject == "page") & AuditRow.subject_id.in_(pages),
        (AuditRow.subject == "outbox") & AuditRow.subject_id.in_(outbox),
    )
    # One question by index for each: an OR of them would read the history of the whole home.
    ids = union_all(*(select(AuditRow.id).where(each) for each in about)).subquery()
    statement = select(AuditRow).where(AuditRow.id.in_(select(ids.c.id))).order_by(AuditRow.id)
    with reader.read() as session:
        return tuple(
            AuditLine(
                at=row.at,
                who=row.who,
                subject=row.subject,
                subject_id=row.subject_id,
                action=row.action,
                from_state=row.from_state,
                to_state=row.to_state,
                facts=row.facts,
            )
            for row in session.scalars(statement)
        )
