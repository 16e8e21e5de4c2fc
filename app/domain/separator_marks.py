"""What a page's codes say of where folders and documents begin, and whether it carries anything else. Pure.

Three kinds of folder codes are told apart, for they are not equally sure:

| code                                              | is                                                        |
|---------------------------------------------------|-----------------------------------------------------------|
| ours, of a sheet (``sheet`` in it, sum right)     | a cover sheet: nothing but a separator looks so           |
| ours, of a sheet, sum wrong                       | a cover sheet of which nothing is believed                |
| without ``sheet``: our labels, other programs'    | a label: it may be stuck on a folder's own cover, or have |
| codes, which have no sum                          | been copied with a paper of another file                  |
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ocr.sheet_codes import DOCUMENT, FOLDER, Checksum, SheetCode, read_sheet_code
from ocr.types import Barcode

PATCH_SYMBOLOGY = "PatchCode"
PATCHES = ("T", "2", "3")
PATCH_WORDS = {"PATCHT": "T", "PATCH T": "T", "PATCH2": "2", "PATCH3": "3"}  # Code 39 beside the bars

MOST_LETTERS_ON_COVER, MOST_LETTERS_ON_SHEET, MOST_LETTERS_BY_PATCH, MOST_LETTERS_BY_LABEL = 450, 150, 80, 250
"""Letters of a separator's own print. Covers with a long title, applicant and their code in letters have 300, document
sheets 60, our Patch sheets 66. What Patch sheets of others say of themselves is not counted."""

LETTERS_OF_FRAME = 130
"""On any cover: heading, captions, date, volume, count and code have 90; the rest is for what is read twice or wrongly."""

MOST_INK_ON_SHEET, MOST_INK_BY_PATCH, MOST_INK_BY_WORDY_PATCH = 0.1, 0.15, 0.3
"""PageResult.other_ink that is still none, in long sides of the page. Measured as printed, tilted by 5 degrees, upside
down and faint, noisy: sheets of ours have 0, Patch sheets up to 0.14, Kodak's, full of small print, up to 0.25; three
lines by hand 0.5, a small drawing 0.36."""

_ABOUT_PATCHES = re.compile(
    r"patch|separator|kodak|bar ?codes?\b|bars?\b|dimension|printing|printed|printer|scale|reflect|border|minimum",
    re.I,
)
_NUMBER = re.compile(r"\d{4}")
_NO_WORD = re.compile(r"[\W_]+")

Cover = tuple[str, str, str]
"""Office, number and volume of a folder's code."""


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


class Doubt(StrEnum):
    """Why a place in a stack is not certain; as kept with the page that it begins with."""

    PRINT = "print"  # a separator that carries something of its own
    BROKEN = "broken"  # a cover whose sum is wrong
    LABEL = "label"  # begun by a label, but pages behind it speak for the folder before
    EMPTY_COVER = "empty_cover"  # right behind a cover of another number, with no paper between
    LATE = "late"  # came when the stack was divided, at a place that may be another folder's


LATE = "late"
"""Fact of a page that came late, which may have a doubt of its own beside it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a page says by itself.

    is_own_sheet: it is a separator and no paper. cover: of a folder's code that is believed. is_label: a folder's code
    that does not stand on a sheet of ours. doubt: of the border it makes.
    """

    starts: Starts | None = None
    sheet: SheetKind | None = None
    is_own_sheet: bool = False
    cover: Cover | None = None
    is_label: bool = False
    facts: Mapping[str, str] = field(default_factory=dict)
    doubt: Doubt | None = None


def patch_of(codes: Sequence[Barcode]) -> str | None:
    """Which of the Patch codes that separate stands on a page; where copies differ, the one of most weight."""
    found = {code.text for code in codes if code.symbology == PATCH_SYMBOLOGY}
    found |= {PATCH_WORDS[code.text] for code in codes if code.text in PATCH_WORDS}
    return next((patch for patch in reversed(PATCHES) if patch in found), None)


def sheet_codes(codes: Sequence[Barcode]) -> tuple[SheetCode, ...]:
    """The codes of ours among those on a page."""
    read = (read_sheet_code(code.text) for code in codes if code.symbology != PATCH_SYMBOLOGY)
    return tuple(code for code in read if code is not None)


def mark_of(codes: Sequence[Barcode], *, has_content: bool, patch_opens_folder: bool) -> Mark:
    """Say what begins with a page by its codes. has_content: see carries_content."""
    read = sheet_codes(codes)
    folder = next((code for code in read if code.kind == FOLDER), None)
    if folder is not None:
        return _of_folder(folder, has_content=has_content)
    doubt = Doubt.PRINT if has_content else None
    patch = patch_of(codes)
    document = next((code for code in read if code.kind == DOCUMENT), None)
    if document is not None:
        is_right = document.checksum is not Checksum.BROKEN
        is_own = document.is_sheet and document.checksum is Checksum.RIGHT
        facts = {"type": document.document_type, "dated": document.dated} if is_right else {}
        sheet = SheetKind.DOCUMENT_SHEET if is_own else None
        return Mark(Starts.DOCUMENT, sheet, is_own, facts=facts, doubt=doubt if is_own else None)
    if patch is None:
        return Mark()
    opens_folder = patch == "3" or patch_opens_folder
    kind = {"T": SheetKind.PATCH_T, "2": SheetKind.PATCH_2, "3": SheetKind.PATCH_3}[patch]
    starts = Starts.FOLDER if opens_folder else Starts.DOCUMENT
    return Mark(starts, kind, patch != "2", doubt=None if patch == "2" else doubt)


def _of_folder(code: SheetCode, *, has_content: bool) -> Mark:
    cover = None if code.checksum is Checksum.BROKEN else (code.office, code.number, code.volume)
    if not code.is_sheet:
        return Mark(Starts.FOLDER, cover=cover, is_label=True)
    if cover is None:
        return Mark(Starts.FOLDER, doubt=Doubt.BROKEN)
    if code.checksum is not Checksum.RIGHT:
        return Mark(Starts.FOLDER, cover=cover)
    return Mark(Starts.FOLDER, SheetKind.COVER, True, cover, doubt=Doubt.PRINT if has_content else None)


def is_same_folder(first: Cover | None, second: Cover | None, *, by_label: bool = False) -> bool:
    """Whether two codes are of one folder, however the number is spelt.

    by_label: either is a label, and people print labels without the volume.
    """
    if first is None or second is None:
        return False
    offices, numbers, volumes = zip(*(map(_plain, each) for each in (first, second)), strict=True)
    is_volume = volumes[0] == volumes[1] or (by_label and not all(volumes))
    return offices[0] == offices[1] and numbers[0] == numbers[1] and is_volume


def is_same_number(number: str | None, cover: Cover | None) -> bool:
    """Whether a number read on a page is that of a folder's code."""
    return number is not None and cover is not None and _plain(number) == _plain(cover[1])


def _plain(text: str) -> str:
    return _NO_WORD.sub("", text).casefold()


def cover_letters(code: SheetCode, office_name: str, title: str, applicant: str) -> int:
    """The most letters that are read on a cover sheet which was printed from this row of the register."""
    return LETTERS_OF_FRAME + sum(map(_letters, (office_name, code.number, title, applicant)))


def carries_content(
    text: str, codes: Sequence[Barcode], other_ink: float | None, *, own_letters: int | None = None
) -> bool:
    """Whether a page with a separator's code carries anything of its own: a drawing, handwriting, print.

    text: as read on it. other_ink: of PageResult; where it was not measured, the page may carry anything. own_letters:
    see cover_letters, where the register knows the number. Of a page without such a code nothing is said: False.
    """
    read, patch = sheet_codes(codes), patch_of(codes)
    if not read and patch is None:
        return False
    if other_ink is None:
        return True
    letters = _letters(text)
    if any(code.is_sheet for code in read):
        is_cover = any(code.kind == FOLDER for code in read)
        most = (own_letters or MOST_LETTERS_ON_COVER) if is_cover else MOST_LETTERS_ON_SHEET
        return letters > most or other_ink > MOST_INK_ON_SHEET
    if read:
        return letters > MOST_LETTERS_BY_LABEL or other_ink > MOST_INK_BY_PATCH
    lines = [line for line in text.splitlines() if not _ABOUT_PATCHES.search(line)]
    is_wordy = letters - sum(map(_letters, lines)) > MOST_LETTERS_BY_LABEL
    if is_wordy:  # a sheet full of what it is for: some of its lines are read badly
        return sum(map(_letters, lines)) > letters / 2 or other_ink > MOST_INK_BY_WORDY_PATCH
    has_number = any(map(_NUMBER.search, lines))
    return has_number or sum(map(_letters, lines)) > MOST_LETTERS_BY_PATCH or other_ink > MOST_INK_BY_PATCH


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))
