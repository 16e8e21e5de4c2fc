"""Where the folders and documents of a stack begin, told by its separators, by count or by form. Pure.

A *stack* is many paper folders scanned in one run. Its pages are looked at in their order:

| what is seen                                   | what begins                                             |
|------------------------------------------------|---------------------------------------------------------|
| code of a folder's cover (IPF), not the same as | a folder; also where its sum is wrong or its office     |
| the one before                                 | another's: the folder is then held, never guessed       |
| code of a document sheet (IPD)                 | a document in the folder                                |
| Patch 3                                        | a folder                                                |
| Patch 2 (page kept), Patch T (page dropped)    | a document; a folder where the operator chose ``patch`` |
| a blank sheet, where he chose ``blank``        | a folder, with the first page after it that is not blank |
| so many sheets, where he chose ``count``       | a folder                                                |
| first page of a cover or request, ``forms``    | a folder, unless it has the number of the one before    |

No page is left out of a folder: a separator sheet belongs to what it opens. It is no *paper* (it does not leave
with the dossier) only when its own code says that the sheet carries nothing else, or it is a Patch T or 3, and
little is printed on it. A page is one side: the back of a separator is judged for itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.errors import OperatorError
from ocr.sheet_codes import DOCUMENT, FOLDER, MOST_SHEETS, Checksum, SheetCode, read_sheet_code
from ocr.types import Barcode

PATCH_SYMBOLOGY = "PatchCode"
PATCHES = ("T", "2", "3")
PATCH_WORDS = {"PATCHT": "T", "PATCH T": "T", "PATCH2": "2", "PATCH3": "3"}  # Code 39 beside the bars
MOST_SHEET_LETTERS = 250
"""Read on a separator sheet; our longest covers have 200. One with more carries print of its own and is kept."""


class Mode(StrEnum):
    """What begins a folder in a stack, besides covers."""

    COVERS = "covers"
    PATCH = "patch"
    BLANK = "blank"
    COUNT = "count"
    FORMS = "forms"


class Starts(StrEnum):
    """What begins with a page."""

    FOLDER = "folder"
    DOCUMENT = "document"


class SheetKind(StrEnum):
    """What separator a page is."""

    COVER = "cover"
    DOCUMENT_SHEET = "document_sheet"
    PATCH_T = "patch_t"
    PATCH_2 = "patch_2"
    PATCH_3 = "patch_3"
    BLANK_SHEET = "blank_sheet"


class Said(StrEnum):
    """A person's word on the place before a page."""

    CUT = "cut"
    JOIN = "join"


@dataclass(frozen=True, slots=True)
class Separation:
    """How a stack is to be divided. sheets_each: for COUNT. both_sides: two pages are the sides of one sheet.

    expected_folders: how many folders the operator put on the scanner; None when he did not say.
    """

    mode: Mode
    sheets_each: int | None = None
    both_sides: bool = False
    expected_folders: int | None = None

    def to_stored(self) -> dict[str, Any]:
        """As a JSON column holds it."""
        return {
            "mode": self.mode.value,
            "sheets_each": self.sheets_each,
            "both_sides": self.both_sides,
            "expected_folders": self.expected_folders,
        }

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Separation:
        """As to_stored wrote it."""
        return cls(**{**stored, "mode": Mode(stored["mode"])})


@dataclass(frozen=True, slots=True)
class StackPage:
    """One side in the stack's order.

    letters: read on it. heads_file: a cover's or request's first page (FORMS). number: its own number, if read.
    is_back: the second side of a sheet that was scanned on both. holder: the dossier that an earlier division put it
    into, None when it is not placed yet.
    """

    page_id: int
    codes: tuple[Barcode, ...] = ()
    is_blank: bool = False
    letters: int = 0
    heads_file: bool = False
    number: str | None = None
    is_back: bool = False
    said: Said | None = None
    holder: int | None = None


@dataclass(frozen=True, slots=True)
class PlacedPage:
    """A page with what begins there. sheet: which separator it is. facts: of a document's code."""

    page_id: int
    starts: Starts | None = None
    sheet: SheetKind | None = None
    is_paper: bool = True
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Segment:
    """One folder's pages in order."""

    pages: tuple[PlacedPage, ...]


@dataclass(frozen=True, slots=True)
class _Mark:
    """What a page says by itself. cover: number and volume of a folder's code, whatever office or sum."""

    starts: Starts | None = None
    sheet: SheetKind | None = None
    is_own_sheet: bool = False
    cover: tuple[str, str, str] | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Open:
    """The folder being gathered.

    sheets: of paper so far. heads: first pages of covers and requests. holders: of pages placed before. has_blank: a
    blank sheet was the last thing. seen_back: the back that was looked at with its front. was_blank: the last page.
    """

    cover: tuple[str, str, str] | None = None
    number: str | None = None
    sheets: int = 0
    heads: int = 0
    pages: list[PlacedPage] = field(default_factory=list)
    holders: set[int] = field(default_factory=set)
    has_blank: bool = False
    seen_back: int | None = None
    was_blank: bool = False


def parse_mode(text: str) -> tuple[Mode, int | None]:
    """Read "covers", "patch", "blank", "forms" or "count:12".

    Raises OperatorError("separation_unknown", given=..., known=...) or ("separation_count_wrong", given=...).
    """
    name, _, count = text.strip().lower().partition(":")
    known = ", ".join(f"{mode}:N" if mode is Mode.COUNT else mode.value for mode in Mode)
    if name not in set(Mode) or (count and name != Mode.COUNT):
        raise OperatorError("separation_unknown", given=text, known=known)
    if name != Mode.COUNT:
        return Mode(name), None
    if not (count.isascii() and count.isdigit() and 0 < int(count) <= MOST_SHEETS):
        raise OperatorError("separation_count_wrong", given=text, most=MOST_SHEETS)
    return Mode.COUNT, int(count)


def patch_of(codes: Sequence[Barcode]) -> str | None:
    """Which of the Patch codes that separate stands on a page; where copies differ, the one of most weight."""
    found = {code.text for code in codes if code.symbology == PATCH_SYMBOLOGY}
    found |= {PATCH_WORDS[code.text] for code in codes if code.text in PATCH_WORDS}
    return next((patch for patch in reversed(PATCHES) if patch in found), None)


def sheet_codes(codes: Sequence[Barcode]) -> tuple[SheetCode, ...]:
    """The codes of ours among those on a page."""
    read = (read_sheet_code(code.text) for code in codes if code.symbology != PATCH_SYMBOLOGY)
    return tuple(code for code in read if code is not None)


def divide(pages: Sequence[StackPage], separation: Separation) -> tuple[Segment, ...]:
    """Divide a stack. A person's words stand, and so do the borders of an earlier division.

    Late pages (without holder) go with the page before them, or begin something by what stands on them.
    """
    segments: list[Segment] = []
    now = _Open()
    last_holder: int | None = None
    for place, page in enumerate(pages):
        mark = _mark(page, separation)
        back = pages[place + 1] if separation.both_sides and place + 1 < len(pages) else None
        has_back = back is not None and back.is_back and not page.is_back
        if back is not None and has_back and mark.starts is None:
            mark = _front_of(page, _mark(back, separation))
        begins = _begins(page, mark, now, separation, last_holder)
        if begins and now.pages:
            segments.append(Segment(tuple(now.pages)))
            now = _Open()
        _take(now, page, mark, begins or not now.pages, separation)
        now.seen_back = back.page_id if back is not None and has_back and mark.starts is not None else None
        last_holder = page.holder if page.holder is not None else last_holder
    if now.pages:
        segments.append(Segment(tuple(now.pages)))
    return tuple(segments)


def _begins(
    page: StackPage, mark: _Mark, now: _Open, separation: Separation, last_holder: int | None
) -> bool:
    """Whether a folder begins with this page."""
    if page.said is not None:
        return page.said is Said.CUT
    if page.holder is not None:
        if last_holder is None or page.holder == last_holder:
            return False
        # A cover that came late stands alone before the folder it belongs to.
        has_only_sheets = not now.holders and all(not each.is_paper for each in now.pages)
        return not has_only_sheets or mark.cover is not None
    if page.page_id == now.seen_back:
        return False  # what it says began with its front
    if mark.starts is Starts.FOLDER:
        return mark.cover is None or mark.cover != now.cover
    if last_holder is not None:
        return False  # late: neither blanks nor counts nor forms move what people have seen
    match separation.mode:
        case Mode.BLANK:
            return now.has_blank and not page.is_blank
        case Mode.COUNT:
            assert separation.sheets_each is not None
            return not page.is_back and now.sheets >= separation.sheets_each
        case Mode.FORMS:
            return page.heads_file and _is_other_file(page, now)
        case _:
            return False


def _is_other_file(page: StackPage, now: _Open) -> bool:
    """A cover and its request both head a file: only another number, or a second head without any, begins one."""
    if page.number is not None and now.number is not None:
        return page.number != now.number
    return now.heads > 0 and now.sheets > now.heads


def _take(now: _Open, page: StackPage, mark: _Mark, begins: bool, separation: Separation) -> None:
    carries_print = page.letters > MOST_SHEET_LETTERS
    is_paper = not mark.is_own_sheet or carries_print
    if begins:
        starts: Starts | None = Starts.FOLDER
    else:
        starts = Starts.DOCUMENT if mark.starts is Starts.DOCUMENT else None
    sheet = mark.sheet
    if separation.mode is Mode.BLANK and sheet is None and _is_blank_sheet(page, now, separation):
        sheet = SheetKind.BLANK_SHEET
    now.has_blank = sheet is SheetKind.BLANK_SHEET or (now.has_blank and page.is_blank)
    now.was_blank = page.is_blank
    now.cover = mark.cover or now.cover
    now.number = now.number or page.number
    now.heads += page.heads_file
    now.sheets += is_paper and not page.is_back
    if page.holder is not None:
        now.holders.add(page.holder)
    now.pages.append(PlacedPage(page.page_id, starts, sheet, is_paper, mark.facts))


def _is_blank_sheet(page: StackPage, now: _Open, separation: Separation) -> bool:
    """Of sheets scanned on both sides most have a blank back: only one that is blank on both sides separates."""
    if separation.both_sides:
        return page.is_back and page.is_blank and now.was_blank
    return page.is_blank


def _mark(page: StackPage, separation: Separation) -> _Mark:
    codes = sheet_codes(page.codes)
    folder = next((code for code in codes if code.kind == FOLDER), None)
    if folder is not None:
        is_own = folder.is_sheet and folder.checksum is Checksum.RIGHT
        is_broken = folder.checksum is Checksum.BROKEN
        cover = None if is_broken else (folder.office, folder.number, folder.volume)
        return _Mark(Starts.FOLDER, SheetKind.COVER if is_own else None, is_own, cover)
    patch = patch_of(page.codes)
    document = next((code for code in codes if code.kind == DOCUMENT), None)
    if document is not None:
        is_right = document.checksum is not Checksum.BROKEN
        is_own = document.is_sheet and document.checksum is Checksum.RIGHT
        facts = {"type": document.document_type, "dated": document.dated} if is_right else {}
        return _Mark(Starts.DOCUMENT, SheetKind.DOCUMENT_SHEET if is_own else None, is_own, facts=facts)
    if patch is None:
        return _Mark()
    opens_folder = patch == "3" or separation.mode is Mode.PATCH
    kind = {"T": SheetKind.PATCH_T, "2": SheetKind.PATCH_2, "3": SheetKind.PATCH_3}[patch]
    return _Mark(Starts.FOLDER if opens_folder else Starts.DOCUMENT, kind, patch != "2")


def _front_of(page: StackPage, back: _Mark) -> _Mark:
    """The front of a sheet whose separator is on its back: it begins what its back says, and is paper itself."""
    facts = dict(back.facts) if back.starts is Starts.DOCUMENT else {}
    if back.starts is not None and not page.is_blank:
        facts["print_on_separator"] = "front"
    return _Mark(back.starts, None, False, back.cover, facts)
