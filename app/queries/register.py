"""The offline mirror of the register."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.application_number import ApplicationNumber
from app.domain.offices import OfficeProfile
from app.domain.register import RegisterEntry, near_keys
from app.queries.rows import RegisterEntryRow, RegisterInfo
from app.storage.database import Database
from app.storage.tables import RegisterRow


def info(reader: Database) -> RegisterInfo:
    """How many numbers, and when they were last imported."""
    with reader.read() as session:
        count, imported_at = session.execute(select(func.count(), func.max(RegisterRow.imported_at))).one()
    return RegisterInfo(count=count, imported_at=imported_at)


def find(reader: Database, canonical: str) -> RegisterEntryRow | None:
    """What the register says of a canonical number."""
    with reader.read() as session:
        return entry_of(session, canonical)


def entry_of(session: Session, canonical: str) -> RegisterEntryRow | None:
    """The same inside a transaction that is already open."""
    row = session.get(RegisterRow, canonical)
    if row is None:
        return None
    return RegisterEntryRow(row.canonical, row.title, row.applicant, row.filing_date)


def count_of(reader: Database, office: str) -> int:
    """How many numbers of an office the register holds."""
    with reader.read() as session:
        return (
            session.scalar(select(func.count()).select_from(RegisterRow).where(RegisterRow.office == office))
            or 0
        )


class StoredRegister:
    """The register lookup of the linker, inside one open transaction."""

    def __init__(self, session: Session, profile: OfficeProfile) -> None:
        self._session = session
        self._profile = profile

    def find(self, canonical: str) -> RegisterEntry | None:
        """The row of a number."""
        row = self._session.get(RegisterRow, canonical)
        return None if row is None else self._entry(row)

    def near(self, canonical: str) -> tuple[RegisterEntry, ...]:
        """Rows whose number is one misread or swapped digit away."""
        keys = near_keys(canonical)
        rows = self._session.scalars(select(RegisterRow).where(RegisterRow.canonical.in_(keys)))
        return tuple(self._entry(row) for row in rows)

    def _entry(self, row: RegisterRow) -> RegisterEntry:
        number = ApplicationNumber.parse(row.canonical, self._profile)
        return RegisterEntry(number, row.title, row.applicant, row.filing_date)
