"""What pages say together that none says alone: the same sheet scanned twice, and dirt on the scanner's glass.

Pure. Runs wherever the results of a dossier or batch are at hand. The exact same scan in another file is another
matter, known at import (see app/services/twins.py): its pages are to be left out of near_duplicates here.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from ocr.quality_table import CHECKS
from ocr.types import QualityReason

WORD = re.compile(r"\w+")
LEAST_WORDS = 12
"""With fewer words nothing proves that two pages of one look are one sheet: covers, drawings, empty forms."""

CLEARLY_OTHER = 60.0
"""Likeness, 0 to 100, under which a word of four letters and more is no misreading of any word of the other page."""

MOST_OTHER_WORDS = 2
LEAST_SAME_SHARE = 0.8
"""Of the words, read exactly alike on both pages."""

STREAK_TOLERANCE_PX = 3
LASTING_SHARE = 0.5
"""Of the pages scanned from the first to the last that has a line: more of them have it."""


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What is known of one page. page_id: anything that names it.

    fingerprint, streaks_px: of PageResult. width_px: of the master, for a column means something only among
    pages of one width. text: as recognised.
    """

    page_id: int
    fingerprint: str
    streaks_px: tuple[int, ...]
    width_px: int
    text: str
    is_blank: bool = False


@dataclass(frozen=True, slots=True)
class StreakFacts:
    """What of a page concerns the scanner's glass; page_id: ascending in the order of scanning."""

    page_id: int
    streaks_px: tuple[int, ...]
    width_px: int


@dataclass(frozen=True, slots=True)
class PageFinding:
    """A reason for one page. other: the earlier page that it looks like, None for streaks."""

    page_id: int
    reason: QualityReason
    other: int | None = None


def find_page_findings(
    pages: Sequence[PageFacts], nearby: Sequence[StreakFacts] = ()
) -> Mapping[int, tuple[PageFinding, ...]]:
    """Reasons by page id, worst first; pages without one are left out.

    pages: of one dossier, in the order they were scanned. nearby: pages of other dossiers scanned just before or
    after. "looks_like" (bits that differ) goes to the later page of two; "streak" (pages with that column) to every
    page of the dossier that has it.
    """
    found: dict[int, list[PageFinding]] = defaultdict(list)
    own = [StreakFacts(page.page_id, page.streaks_px, page.width_px) for page in pages]
    for finding in (*near_duplicates(pages), *common_streaks(own, nearby)):
        found[finding.page_id].append(finding)
    return {page_id: tuple(each) for page_id, each in found.items()}


def near_duplicates(pages: Sequence[PageFacts]) -> tuple[PageFinding, ...]:
    """Later pages that show the same sheet as an earlier one: alike to look at, and in what is written.

    Two filled forms look alike, so their words decide: numbers must be the same but for one in five, and
    no more than two words may be clearly other ones.
    """
    written = [page for page in pages if page.fingerprint and not page.is_blank]
    words = {page.page_id: Counter(WORD.findall(page.text.casefold())) for page in written}
    looks = [int(page.fingerprint, 16) for page in written]
    found = []
    for position, page in enumerate(written):
        for earlier, look in zip(written[:position], looks, strict=False):
            bits = (looks[position] ^ look).bit_count()
            if CHECKS["looks_like"].fails(bits) and _same_words(words[page.page_id], words[earlier.page_id]):
                found.append(
                    PageFinding(page.page_id, QualityReason("looks_like", float(bits)), earlier.page_id)
                )
                break
    return tuple(found)


def common_streaks(
    pages: Sequence[StreakFacts], nearby: Sequence[StreakFacts] = ()
) -> tuple[PageFinding, ...]:
    """Pages that have a thin line in a column where two or more other pages of the same width have it too.

    Pages of a dossier prove it among themselves; with those nearby only if most pages scanned meanwhile have it:
    dirt stays until it is wiped off, while ruled paper of many folders has a line in one column now and then.
    page_id: here also the order of scanning.
    """
    own, all_near = _glasses(pages), _glasses((*pages, *nearby))
    found = []
    for page in pages:
        here, near = own[page.width_px], all_near[page.width_px]
        counts = [here.with_line(column).count for column in page.streaks_px]
        counts += [near.with_line(column).lasting for column in page.streaks_px]
        if counts and CHECKS["streak"].fails(max(counts)):
            found.append(PageFinding(page.page_id, QualityReason("streak", float(max(counts)))))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _WithLine:
    """Pages that have a line in one column. first, last: their places in the order of scanning."""

    count: int
    first: int
    last: int

    @property
    def lasting(self) -> int:
        """How many they are, 0 where most of those from the first to the last of them have no such line."""
        return self.count if self.count > LASTING_SHARE * (self.last - self.first + 1) else 0


class _Glass:
    """Where pages of one width have lines. Thousands of pages ask for the same columns: each is counted once."""

    def __init__(self) -> None:
        self._pages = 0
        self._places: dict[int, set[int]] = defaultdict(set)
        self._known: dict[int, _WithLine] = {}

    def add(self, page: StreakFacts) -> None:
        """Take the next page in the order of scanning."""
        for column in page.streaks_px:
            self._places[column].add(self._pages)
        self._pages += 1

    def with_line(self, column: int) -> _WithLine:
        """The pages with a line in a column that one of them has, give or take the tolerance."""
        if column not in self._known:
            near = range(column - STREAK_TOLERANCE_PX, column + STREAK_TOLERANCE_PX + 1)
            places = set().union(*(self._places[each] for each in near if each in self._places))
            self._known[column] = _WithLine(len(places), min(places), max(places))
        return self._known[column]


def _glasses(pages: Sequence[StreakFacts]) -> Mapping[int, _Glass]:
    """Pages by their width, in the order of scanning: a column means something only among pages of one width."""
    glasses: dict[int, _Glass] = defaultdict(_Glass)
    for page in sorted(pages, key=lambda each: each.page_id):
        glasses[page.width_px].add(page)
    return glasses


def _same_words(first: Counter[str], second: Counter[str]) -> bool:
    if min(first.total(), second.total()) < LEAST_WORDS:
        return False
    if (first & second).total() < LEAST_SAME_SHARE * max(first.total(), second.total()):
        return False
    return _same_numbers(first, second) and _other_words(first, second) <= MOST_OTHER_WORDS


def _same_numbers(first: Counter[str], second: Counter[str]) -> bool:
    """One number in five may have been misread; where there are few, none."""
    one, two = (_numbers(words) for words in (first, second))
    different = max((one - two).total(), (two - one).total())
    return different <= max(one.total(), two.total()) // 5


def _numbers(words: Counter[str]) -> Counter[str]:
    return Counter({word: count for word, count in words.items() if any(map(str.isdigit, word))})


def _other_words(first: Counter[str], second: Counter[str]) -> int:
    """Words of either page that are no misreading of a word of the other."""
    other = 0
    for here, there in ((first, second), (second, first)):
        for word in here - there:
            if len(word) >= 4 and not any(map(str.isdigit, word)):
                best = process.extractOne(word, there.keys(), scorer=fuzz.ratio)
                other += best is None or best[1] < CLEARLY_OTHER
    return other
