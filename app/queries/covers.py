"""What the register has to print on covers."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.application_number import ApplicationNumber
from app.domain.cover_sheets import CoverSheet, Wanted
from app.domain.offices import OfficeProfile
from app.queries.register import count_in, entry_of
from app.storage.database import Database


def covers_of(
    reader: Database, wanted: Sequence[tuple[Wanted, ApplicationNumber]], profile: OfficeProfile
) -> tuple[tuple[CoverSheet, ...], tuple[Wanted, ...]]:
    """Covers with what the register knows of each number, and those it does not know (none without a register)."""
    covers, unknown = [], []
    with reader.read() as session:
        has_register = count_in(session, profile.code) > 0
        for each, number in wanted:
            entry = entry_of(session, number.canonical, profile.code)
            if entry is None and has_register:
                unknown.append(each)
            covers.append(
                CoverSheet(
                    office=profile.code,
                    office_name=profile.name,
                    number=number.canonical,
                    volume=each.volume,
                    expected_sheets=each.expected_sheets,
                    title="" if entry is None else entry.title,
                    applicant="" if entry is None else entry.applicant,
                    filed="" if entry is None or entry.filing_date is None else entry.filing_date.isoformat(),
                )
            )
    return tuple(covers), tuple(unknown)
