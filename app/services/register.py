"""Bringing the office's register into the offline mirror."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.dialects.sqlite import insert

from app.domain.offices import OfficeProfile
from app.domain.register import RegisterProblem, read_register
from app.errors import OperatorError
from app.storage.database import Database
from app.storage.tables import RegisterRow

ROWS_PER_STATEMENT = 500


@dataclass(frozen=True, slots=True)
class RegisterImported:
    """How many numbers were taken over, and the lines that were not, each with its reason."""

    accepted: int
    problems: tuple[RegisterProblem, ...]


class RegisterService:
    """Imports register extracts."""

    def __init__(self, database: Database, who: str, offices: Mapping[str, OfficeProfile]) -> None:
        self._database = database
        self._who = who
        self._offices = offices

    def import_csv(self, path: Path, office: str) -> RegisterImported:
        """Add or renew the numbers of a CSV file in one transaction; numbers it lacks stay.

        Raises RegisterUnreadable for a file that cannot be read or is no register, and
        OperatorError("register_without_numbers") when no line holds a number of the office: going on as if
        no register had been given would prove less than the person believes.
        """
        extract = read_register(path, self._offices[office])
        if not extract.entries:
            raise OperatorError("register_without_numbers", path=str(path), office=office)
        with self._database.write(self._who) as tx:
            rows = [
                {
                    "canonical": entry.number.canonical,
                    "office": office,
                    "title": entry.title,
                    "applicant": entry.applicant,
                    "filing_date": entry.filing_date,
                    "imported_at": tx.now,
                }
                for entry in extract.entries
            ]
            for start in range(0, len(rows), ROWS_PER_STATEMENT):
                fresh = insert(RegisterRow).values(rows[start : start + ROWS_PER_STATEMENT])
                renewed = {
                    name: fresh.excluded[name]
                    for name in ("office", "title", "applicant", "filing_date", "imported_at")
                }
                tx.session.execute(fresh.on_conflict_do_update(index_elements=["canonical"], set_=renewed))
            tx.audit(
                "register", 0, "imported", file=path.name, accepted=len(rows), refused=len(extract.problems)
            )
        return RegisterImported(len(rows), extract.problems)
