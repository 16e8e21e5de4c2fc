"""Where the folders and documents of a stack begin, told by its separators, by count or by form. Pure.

A *stack* is many paper folders scanned in one run. Its pages are looked at in their order:

| what is seen                                   | what begins                                             |
|------------------------------------------------|---------------------------------------------------------|
| code of a cover sheet, not the same as the one | a folder; also where its sum is wrong or its office     |
| before                                         | another's: the folder is then held, never guessed       |
| a label or another program's folder code       | a folder, where labels begin the folders and this page  |
|                                                | is bare or a first page; elsewhere nothing, and the     |
|                                                | folder is held, for it may have been copied             |
| code of a document sheet (IPD)                 | a document in the folder                                |
| Patch 3                                        | a folder                                                |
| Patch 2 (page kept), Patch T (page dropped)    | a document; a folder where the operator chose ``patch`` |
| a blank sheet, where he chose ``blank``        | a folder, with the first page after it that is not blank |
| so many sheets, where he chose ``count``       | a folder                                                |
| first page of a cover or request, ``forms``    | a folder, unless it has the number of the one before    |

No page is left out of a folder: a separator sheet belongs to what it opens. It is no *paper* (it does not leave
with the dossier) only when its own code says that the sheet carries nothing else, or it is a Patch T or 3, and
nothing else is drawn, written or printed on it. A page is one side: the back of a separator is judged for itself.
Where a border is not certain, its page tells the doubt, and the folders on both sides wait for a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from app.domain.separator_marks import (
    LATE,
    Cover,
    Doubt,
    Mark,
    SheetKind,
    Starts,
    is_same_folder,
    is_same_number,
    mark_of,
)
from app.errors import OperatorError
from ocr.sheet_codes import MOST_SHEETS
from ocr.types import Barcode


class Mode(StrEnum):
    """What begins a folder in a stack, besides covers."""

    COVERS = "covers"
    PATCH = "patch"
    BLANK = "blank"
    COUNT = "count"
    FORMS = "forms"


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

    has_content: of a page with a separator's code, that it carries something of its own. heads_file: a cover's or
    request's first page. number: the own number of such a page, reads: of any page, if one was read.
    is_back: the second side of a sheet that was scanned on both. is_half: the right half of a scan of two pages; it goes
    where its left half goes. holder: the dossier that an earlier division put it into, None when it is not placed yet.
    """

    page_id: int
    codes: tuple[Barcode, ...] = ()
    is_blank: bool = False
    has_content: bool = False
    heads_file: bool = False
    number: str | None = None
    reads: str | None = None
    is_back: bool = False
    is_half: bool = False
    said: Said | None = None
    holder: int | None = None


@dataclass(frozen=True, slots=True)
class PlacedPage:
    """A page with what begins there. sheet: which separator it is. facts: of a document's code, and of doubts."""

    page_id: int
    starts: Starts | None = None
    sheet: SheetKind | None = None
    is_paper: bool = True
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Segment:
    """One folder's pages in order."""

    pages: tuple[PlacedPage, ...]


@dataclass(slots=True)
class _Open:
    """The folder being gathered.

    is_begun: a mark or a person began it, so that it is no mere run of pages. by_sheet: by a separator, and not by a
    label. by_label: by a label that was believed. cover: of its first folder's code. numbers: read on its pages as
    their own. sheets: of paper so far. heads: first pages of covers and requests. holders: of pages placed before.
    has_blank: a blank sheet was the last thing. has_written: a page that is no separator and not blank. seen_back: the
    back that was looked at with its front. was_blank, was_sheet: the last page; was_sheet: a separator and no paper.
    """

    is_begun: bool = False
    by_sheet: bool = False
    by_label: bool = False
    cover: Cover | None = None
    number: str | None = None
    numbers: set[str] = field(default_factory=set)
    sheets: int = 0
    heads: int = 0
    pages: list[PlacedPage] = field(default_factory=list)
    holders: set[int] = field(default_factory=set)
    has_blank: bool = False
    has_written: bool = False
    seen_back: int | None = None
    was_blank: bool = False
    was_sheet: bool = False

    @property
    def has_only_sheets(self) -> bool:
        """Whether there is nothing of paper in it."""
        return all(not each.is_paper for each in self.pages)


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


def divide(pages: Sequence[StackPage], separation: Separation) -> tuple[Segment, ...]:
    """Divide a stack. A person's words stand, and so do the borders of an earlier division.

    Late pages (without holder) go with the page before them, or begin something by what stands on them.
    """
    return _Dividing(pages, separation).run()


class _Dividing:
    """One pass over the pages. last_holder: of the last page that had its place before."""

    def __init__(self, pages: Sequence[StackPage], separation: Separation) -> None:
        self._pages = pages
        self._separation = separation
        self._marks = [_mark_of(page, separation) for page in pages]
        self._next_placed = _next_placed(pages)
        self._is_again = any(page.holder is not None for page in pages)
        self._folders: list[_Open] = []
        self._last_holder: int | None = None

    def run(self) -> tuple[Segment, ...]:
        """Gather folder after folder, then look which borders are not certain."""
        now = _Open()
        for place, page in enumerate(self._pages):
            mark, back = self._mark_at(place)
            begins = self._begins(place, mark, now)
            doubt = self._doubt_of_place(place, mark, now, begins=begins)
            if begins and now.pages:
                self._folders.append(now)
                now = _Open()
            if not now.pages:
                now.is_begun = begins or mark.starts is Starts.FOLDER
                now.by_label = mark.is_label
                now.by_sheet = now.is_begun and not mark.is_label
            _take(now, page, mark, self._separation, begins=begins, doubt=doubt)
            now.seen_back = None if back is None or mark.starts is None else back.page_id
            if page.holder is not None and not page.is_half:
                self._last_holder = page.holder
        if now.pages:
            self._folders.append(now)
        return tuple(map(Segment, map(tuple, self._doubted())))

    def _mark_at(self, place: int) -> tuple[Mark, StackPage | None]:
        """What a page says, or the half or back that goes with it; and that back."""
        page, mark = self._pages[place], self._marks[place]
        after = self._pages[place + 1] if place + 1 < len(self._pages) else None
        if after is not None and after.is_half and mark.starts is None:
            mark = _front_of(page, self._marks[place + 1])
        back = after if self._separation.both_sides and not page.is_back else None
        if back is None or not back.is_back:
            return mark, None
        return (mark if mark.starts is not None else _front_of(page, self._marks[place + 1])), back

    def _begins(self, place: int, mark: Mark, now: _Open) -> bool:
        """Whether a folder begins with this page."""
        page, separation = self._pages[place], self._separation
        if page.is_half:
            return False
        if page.said is not None:
            return page.said is Said.CUT
        opens = mark.starts is Starts.FOLDER
        if page.holder is not None:
            if page.holder == self._last_holder:
                return False
            if self._last_holder is None and not now.is_begun and not opens:
                return False  # pages that bear no border came in front of the first folder
            # A cover that came late stands alone before the folder it belongs to.
            if now.holders or not now.has_only_sheets:
                return True
            return opens and not is_same_folder(mark.cover, now.cover, by_label=mark.is_label)
        if page.page_id == now.seen_back:
            return False  # what it says began with its front
        if opens and (not mark.is_label or _is_of(mark, now)):
            return not _is_of(mark, now)
        if opens and _label_begins(page, now):
            return True
        if self._last_holder is not None and self._next_placed[place] is not None:
            return (
                False  # late between others: neither blanks nor counts nor forms move what people have seen
            )
        match separation.mode:
            case Mode.BLANK:
                return now.has_blank and now.has_written and not page.is_blank
            case Mode.COUNT:
                assert separation.sheets_each is not None
                return not page.is_back and now.sheets >= separation.sheets_each
            case Mode.FORMS:
                return page.heads_file and _is_other_file(page, now)
            case _:
                return False

    def _doubt_of_place(self, place: int, mark: Mark, now: _Open, *, begins: bool) -> Doubt | None:
        """Whether a late page may belong to another folder than the one it comes into."""
        page, mode = self._pages[place], self._separation.mode
        if not self._is_again or page.holder is not None or page.is_half or page.said is not None:
            return None
        following = self._next_placed[place]
        if mode is Mode.COUNT and following is not None:
            return Doubt.LATE  # every border behind it is one sheet further
        if begins or page.page_id == now.seen_back or (mark.starts is Starts.FOLDER and not mark.is_label):
            return None
        if following is None:
            return Doubt.LATE if mode in (Mode.COVERS, Mode.PATCH) else None
        if self._last_holder is None:
            return None if now.is_begun else Doubt.LATE
        says_border = (mode is Mode.FORMS and page.heads_file) or (mode is Mode.BLANK and page.is_blank)
        if says_border or now.has_blank:
            return Doubt.LATE
        after, sign = self._pages[following], self._marks[following]
        is_sure = after.holder == self._last_holder or (sign.starts is Starts.FOLDER and not sign.is_label)
        return None if is_sure or (mode is Mode.FORMS and after.heads_file) else Doubt.LATE

    def _doubted(self) -> list[list[PlacedPage]]:
        """The folders, those that are not begun with certainty saying so at their first page."""
        found = []
        for before, now in zip([None, *self._folders], self._folders, strict=False):
            pages = list(now.pages)
            doubt = None if before is None else _doubt_between(before, now)
            if doubt is not None and pages[0].facts.get("doubt") in (None, Doubt.LATE):
                pages[0] = replace(pages[0], facts={**pages[0].facts, **doubt})
            found.append(pages)
        return found


def _next_placed(pages: Sequence[StackPage]) -> list[int | None]:
    """For each page the place of the next that had a folder before."""
    found: list[int | None] = [None] * len(pages)
    following: int | None = None
    for place in range(len(pages) - 1, -1, -1):
        found[place] = following
        if pages[place].holder is not None and not pages[place].is_half:
            following = place
    return found


def _is_of(mark: Mark, now: _Open) -> bool:
    return is_same_folder(mark.cover, now.cover, by_label=mark.is_label or now.by_label)


def _label_begins(page: StackPage, now: _Open) -> bool:
    """Whether labels begin the folders here: on a bare page or a first one, behind papers that no sheet has headed.

    Anywhere else a label may have been copied with a paper, and its folder is held.
    """
    if now.pages and (now.by_sheet or now.has_only_sheets):
        return False
    is_bare = not page.has_content if page.codes else page.is_blank
    return is_bare or page.heads_file


def _doubt_between(before: _Open, now: _Open) -> dict[str, str] | None:
    """What speaks against a border that was cut."""
    if before.cover is not None and now.cover is not None and before.has_only_sheets:
        return {"doubt": Doubt.EMPTY_COVER, "number": before.cover[1]}
    if now.by_label and any(is_same_number(number, before.cover) for number in now.numbers):
        return {"doubt": Doubt.LABEL}
    return {"doubt": Doubt.LABEL} if now.by_label and before.numbers & now.numbers else None


def _is_other_file(page: StackPage, now: _Open) -> bool:
    """A cover and its request both head a file: only another number, or a second head without any, begins one."""
    if page.number is not None and now.number is not None:
        return page.number != now.number
    return now.heads > 0 and now.sheets > now.heads


def _take(
    now: _Open, page: StackPage, mark: Mark, separation: Separation, *, begins: bool, doubt: Doubt | None
) -> None:
    is_paper = not mark.is_own_sheet or page.has_content
    starts = Starts.DOCUMENT if mark.starts is Starts.DOCUMENT else None
    if begins or not now.pages:
        starts = Starts.FOLDER
    sheet, facts = mark.sheet, dict(mark.facts)
    if separation.mode is Mode.BLANK and sheet is None and _is_blank_sheet(page, now, separation):
        sheet = SheetKind.BLANK_SHEET
    if page.is_back and now.was_sheet and mark.starts is None and not page.is_blank:
        facts["print_on_separator"] = "back"
    if mark.doubt is not None or doubt is not None:
        facts["doubt"] = mark.doubt or doubt or ""
    if doubt is Doubt.LATE:
        facts[LATE] = "yes"  # whatever else is doubted of it
    now.has_blank = sheet is SheetKind.BLANK_SHEET or (now.has_blank and page.is_blank)
    now.has_written = now.has_written or (is_paper and not page.is_blank)
    now.was_blank, now.was_sheet = page.is_blank, not is_paper
    if now.cover is None or not mark.is_label:
        now.cover = mark.cover or now.cover
    now.number = now.number or page.number
    now.numbers |= set() if page.reads is None else {page.reads}
    now.heads += page.heads_file
    now.sheets += is_paper and not page.is_back and not page.is_half
    if page.holder is not None:
        now.holders.add(page.holder)
    now.pages.append(PlacedPage(page.page_id, starts, sheet, is_paper, facts))


def _is_blank_sheet(page: StackPage, now: _Open, separation: Separation) -> bool:
    """Of sheets scanned on both sides most have a blank back: only one that is blank on both sides separates."""
    if separation.both_sides:
        return page.is_back and page.is_blank and now.was_blank
    return page.is_blank


def _mark_of(page: StackPage, separation: Separation) -> Mark:
    by_patch = separation.mode is Mode.PATCH
    return mark_of(page.codes, has_content=page.has_content, patch_opens_folder=by_patch)


def _front_of(page: StackPage, back: Mark) -> Mark:
    """The front of a sheet whose separator is on its back: it begins what its back says, and is paper itself."""
    facts = dict(back.facts) if back.starts is Starts.DOCUMENT else {}
    if back.starts is not None and not page.is_blank:
        facts["print_on_separator"] = "front"
    doubt = back.doubt if back.doubt is Doubt.BROKEN else None
    return Mark(back.starts, None, False, back.cover, back.is_label, facts, doubt)
