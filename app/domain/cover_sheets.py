"""Cover sheets, labels and separator sheets as values: what shall be printed, from numbers, ranges or a pull list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.domain.application_number import ApplicationNumber, NotAnApplicationNumber
from app.domain.offices import OfficeProfile
from app.domain.register_lines import Line, read_lines
from app.domain.register_mapping import Field, fold_header, propose
from app.domain.register_types import RegisterProblem, RegisterUnreadable
from app.errors import OperatorError
from ocr.patience import open_to_read
from ocr.sheet_codes import MOST_SHEETS, document_code, folder_code

RANGE = ".."
MOST_COVERS = 5_000
_VOLUME = frozenset({"volume", "vol", "tap", "tome", "part"})
_SHEETS = frozenset({"sheets", "expected sheets", "number of sheets", "pages", "so to"})
_LAST_DIGITS = re.compile(r"\d+(?!.*\d)")


@dataclass(frozen=True, slots=True)
class CoverSheet:
    """A folder's cover. number: canonical; title, applicant, filed: as the register has them, else empty."""

    office: str
    office_name: str
    number: str
    volume: str = ""
    expected_sheets: int | None = None
    title: str = ""
    applicant: str = ""
    filed: str = ""

    def code(self, *, is_sheet: bool) -> str:
        """What its QR code says."""
        return folder_code(
            self.office,
            self.number,
            volume=self.volume,
            expected_sheets=self.expected_sheets,
            is_sheet=is_sheet,
        )


@dataclass(frozen=True, slots=True)
class DocumentSheet:
    """A sheet before a document in a folder: the office's type code, its name, and its date if known (ISO)."""

    office_name: str
    document_type: str
    name: str = ""
    dated: str = ""

    def code(self, *, is_sheet: bool) -> str:
        """What its QR code says."""
        return document_code(self.document_type, dated=self.dated, is_sheet=is_sheet)


@dataclass(frozen=True, slots=True)
class PatchSheet:
    """A sheet with a Patch code along each edge: "T", "2" or "3"."""

    patch: str


Sheet = CoverSheet | DocumentSheet | PatchSheet


@dataclass(frozen=True, slots=True)
class Wanted:
    """A number somebody wants a cover for. line: of the pull list, 0 for one that was typed."""

    text: str
    volume: str = ""
    expected_sheets: int | None = None
    line: int = 0


def expand(texts: Sequence[str]) -> Iterator[Wanted]:
    """Numbers and ranges as typed: "KH/P/2018/00001..00020" is twenty.

    Raises OperatorError("cover_range_wrong", given=...) and ("covers_too_many", most=...).
    """
    for text in texts:
        first, dots, last = text.partition(RANGE)
        if not dots:
            yield Wanted(text.strip())
            continue
        start, end = _LAST_DIGITS.search(first), _LAST_DIGITS.search(last)
        if start is None or end is None or int(end[0]) < int(start[0]):
            raise OperatorError("cover_range_wrong", given=text)
        # "…/00018..00020" and "…/00018..…/00020": what stands before the last digits must be the same.
        if last[: end.start()].strip() not in ("", first[: start.start()].strip()):
            raise OperatorError("cover_range_wrong", given=text)
        if int(end[0]) - int(start[0]) >= MOST_COVERS:
            raise OperatorError("covers_too_many", most=MOST_COVERS)
        for serial in range(int(start[0]), int(end[0]) + 1):
            told = f"{serial:0{len(start[0])}d}"
            yield Wanted(f"{first[: start.start()]}{told}{first[start.end() :]}".strip())


def read_pull_list(path: Path, profile: OfficeProfile) -> tuple[Wanted, ...]:
    """Read a pull list: CSV, XLSX or one number a line. Columns "volume" and "sheets" may stand beside the number.

    Without a header the first column is the number. Raises OperatorError "path_missing", "covers_too_many",
    "pull_list_sheets_wrong" (line, value) or RegisterUnreadable.
    """
    if not path.is_file():
        raise OperatorError("path_missing", path=str(path))
    wanted: list[Wanted] = []
    with open_to_read(path) as stream:
        places: Mapping[str, int] | None = None
        for line in read_lines(stream, profile).lines:
            if places is None:
                places = _places(line, profile)
                if places is not None:
                    continue
                places = {Field.NUMBER: 0}
            if told := _wanted(line, places):
                wanted.append(told)
            if len(wanted) > MOST_COVERS:
                raise OperatorError("covers_too_many", most=MOST_COVERS)
    return tuple(wanted)


def numbers_of(
    wanted: Sequence[Wanted], profile: OfficeProfile
) -> tuple[list[tuple[Wanted, ApplicationNumber]], list[RegisterProblem]]:
    """Read every number; those that are none of the office's, or came before, are told and left out."""
    good: list[tuple[Wanted, ApplicationNumber]] = []
    problems: list[RegisterProblem] = []
    seen: set[tuple[str, str]] = set()
    for each in wanted:
        try:
            number = ApplicationNumber.parse(each.text, profile)
        except NotAnApplicationNumber as exc:
            problems.append(RegisterProblem(each.line, exc.code, each.text))
            continue
        if (number.canonical, each.volume) in seen:
            problems.append(RegisterProblem(each.line, "cover_twice", each.text))
            continue
        seen.add((number.canonical, each.volume))
        good.append((each, number))
    return good, problems


def _places(line: Line, profile: OfficeProfile) -> Mapping[str, int] | None:
    """Columns of a header; None where the first line is a number already."""
    header = [str(cell) for cell in line.cells]
    try:
        ApplicationNumber.parse(header[0], profile)
    except NotAnApplicationNumber:
        pass
    else:
        return None
    found: dict[str, int] = {Field.NUMBER: propose(header).get(Field.NUMBER, 0)}
    for place, name in enumerate(map(fold_header, header)):
        if name in _VOLUME:
            found["volume"] = place
        elif name in _SHEETS:
            found["sheets"] = place
    return found


def _wanted(line: Line, places: Mapping[str, int]) -> Wanted | None:
    def cell(name: str) -> str:
        place = places.get(name, len(line.cells))
        return str(line.cells[place]).strip() if place < len(line.cells) else ""

    text, sheets = cell(Field.NUMBER), cell("sheets")
    if not text:
        return None
    count = int(sheets) if sheets.isascii() and sheets.isdigit() else None
    if sheets and (count is None or not 0 < count <= MOST_SHEETS):
        raise OperatorError("pull_list_sheets_wrong", line=line.number, value=sheets)
    return Wanted(text, cell("volume"), count, line.number)


__all__ = [
    "CoverSheet",
    "DocumentSheet",
    "PatchSheet",
    "RegisterUnreadable",
    "Sheet",
    "Wanted",
    "expand",
    "numbers_of",
    "read_pull_list",
]
