"""What a register is made of: its rows, what was wrong with them, and how the linker asks for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Protocol

from rapidfuzz import process
from rapidfuzz.distance import OSA

from app.domain.application_number import ApplicationNumber
from app.domain.register_keys import name_key
from app.errors import OperatorError

NEAR_DISTANCE = 2
MOST_SISTERS = 20
STANDS = frozenset({"date_unreadable", "date_without_day", "date_ambiguous", "formula_in_field"})


class RegisterUnreadable(OperatorError):
    """The file as a whole is no register.

    Codes: "register_not_readable", "register_not_utf8", "register_no_text", "register_tcvn3", "register_empty",
    "register_column_missing", "register_columns_unknown", "register_quote_open", "register_damaged",
    "register_too_large", "register_old_workbook", "register_dates_mixed", "register_hash_differs",
    "register_took_too_long".
    """


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """What the office knows about a number. filing_date: None when the row has none."""

    number: ApplicationNumber
    title: str
    applicant: str
    filing_date: date | None


@dataclass(frozen=True, slots=True)
class RegisterProblem:
    """A line that needs a look.

    code: "number_absent", "number_unreadable" and the other codes of NotAnApplicationNumber, "number_twice"
    (the first row stands), "date_unreadable" or "date_without_day" (the row stands without date), "too_many_fields" (an unquoted
    delimiter: the row is left out), "formula_in_number", "date_in_number" (a spreadsheet took the number for a
    date), "zeros_lost" (a spreadsheet keeps it without leading zeros, with which it is another number),
    "too_few_fields" (a line that was cut), "formula_in_field" and "date_ambiguous" (the row stands without that field). line: as an editor or
    a spreadsheet counts.
    """

    line: int
    code: str
    value: str

    @property
    def is_left_out(self) -> bool:
        """True when nothing of the line was taken."""
        return self.code not in STANDS


@dataclass(frozen=True, slots=True)
class ParsedRegister:
    """Rows and problems of one file; rows_read counts both good and bad data rows.

    notices: what was taken for granted about the file as a whole, as codes ("register_windows_1252").
    """

    entries: tuple[RegisterEntry, ...]
    problems: tuple[RegisterProblem, ...]
    rows_read: int
    notices: tuple[str, ...] = ()


class RegisterLookup(Protocol):
    """What the linker asks of a register. The key is ApplicationNumber.canonical."""

    def find(self, canonical: str) -> RegisterEntry | None:
        """The row of a number."""
        ...

    def near(self, canonical: str) -> tuple[RegisterEntry, ...]:
        """Rows whose number is at least every single misread, lost, added or swapped digit away."""
        ...

    def sisters(self, entry: RegisterEntry) -> tuple[RegisterEntry, ...]:
        """Other rows of a row's applicant whose folded title is the same, or begins with it; at most MOST_SISTERS."""
        ...


class SisterRows:
    """Rows in memory, found by applicant and title."""

    def __init__(self, entries: Iterable[RegisterEntry]) -> None:
        self._rows: dict[str, list[tuple[str, RegisterEntry]]] = {}
        for entry in entries:
            self._rows.setdefault(name_key(entry.applicant), []).append((name_key(entry.title), entry))

    def of(self, entry: RegisterEntry) -> tuple[RegisterEntry, ...]:
        """See RegisterLookup.sisters."""
        title, here = name_key(entry.title), entry.number.canonical
        found = (
            other
            for key, other in self._rows.get(name_key(entry.applicant), ())
            if (key == title or (title and key.startswith(f"{title} "))) and other.number.canonical != here
        )
        return tuple(islice(found, MOST_SISTERS))


class MemoryRegister:
    """A register held in memory."""

    def __init__(self, entries: Iterable[RegisterEntry]) -> None:
        self._entries: Mapping[str, RegisterEntry] = {entry.number.canonical: entry for entry in entries}

    def sisters(self, entry: RegisterEntry) -> tuple[RegisterEntry, ...]:
        """Other rows of the same applicant with the same title, or with more behind it."""
        return self._sisters.of(entry)

    @cached_property
    def _sisters(self) -> SisterRows:
        return SisterRows(self._entries.values())

    def find(self, canonical: str) -> RegisterEntry | None:
        """The row of a number."""
        return self._entries.get(canonical)

    def near(self, canonical: str) -> tuple[RegisterEntry, ...]:
        """Rows one or two characters away, nearest first."""
        hits = process.extract(
            canonical, list(self._entries), scorer=OSA.distance, score_cutoff=NEAR_DISTANCE, limit=None
        )
        ordered = sorted((distance, key) for key, distance, _ in hits if distance)
        return tuple(self._entries[key] for _, key in ordered)


def near_keys(canonical: str) -> frozenset[str]:
    """List the spellings one misread, lost, added or swapped digit away, for stores that look up exact keys."""
    keys: set[str] = set()
    for at, char in enumerate(canonical):
        if not char.isdigit():
            continue
        for digit in "0123456789":
            keys.add(canonical[:at] + digit + canonical[at + 1 :])
            keys.update(
                (canonical[:at] + digit + canonical[at:], canonical[: at + 1] + digit + canonical[at + 1 :])
            )
        keys.add(canonical[:at] + canonical[at + 1 :])
        if at + 1 < len(canonical) and canonical[at + 1].isdigit():
            keys.add(canonical[:at] + canonical[at + 1] + char + canonical[at + 2 :])
    return frozenset(keys - {canonical})
