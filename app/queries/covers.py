"""Cover sheets for numbers that were typed or stand in a pull list, with what the register knows of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from app.domain.cover_sheets import CoverSheet, expand, numbers_of, read_pull_list
from app.domain.offices import OfficeProfile
from app.domain.register_types import RegisterProblem
from app.queries.register import count_in, entry_of
from app.storage.database import Database


@dataclass(frozen=True, slots=True)
class CoversAsked:
    """What covers are wanted for. volume and expected_sheets: of the numbers typed; a pull list has its own."""

    numbers: tuple[str, ...] = ()
    pull_list: Path | None = None
    volume: str = ""
    expected_sheets: int | None = None
    known_only: bool = False


@dataclass(frozen=True, slots=True)
class CoversFound:
    """Covers in the order asked for. problems: numbers that were left out, or that the register does not know."""

    covers: tuple[CoverSheet, ...]
    problems: tuple[RegisterProblem, ...]


def covers_for(reader: Database, asked: CoversAsked, profile: OfficeProfile) -> CoversFound:
    """Make covers of numbers, ranges and a pull list. Raises OperatorError as expand and read_pull_list do."""
    wanted = [
        replace(each, volume=asked.volume, expected_sheets=asked.expected_sheets)
        for each in expand(asked.numbers)
    ]
    if asked.pull_list is not None:
        wanted += read_pull_list(asked.pull_list, profile)
    good, problems = numbers_of(wanted, profile)
    covers, unknown = [], []
    with reader.read() as session:
        has_register = count_in(session, profile.code) > 0
        for each, number in good:
            entry = entry_of(session, number.canonical, profile.code)
            if entry is None and has_register:
                unknown.append(RegisterProblem(each.line, "cover_not_in_register", each.text))
                if asked.known_only:
                    continue
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
    return CoversFound(tuple(covers), (*problems, *unknown))
