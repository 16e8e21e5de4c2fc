"""Tells headings and papers that speak of another file than the one they lie in, in the offices' languages.

Text rules for lines and, on pages, the lines that stand above a number: by their place on the paper, for the order in
which lines are read says little of what stands above what. Used in worker processes and by the linker.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from ocr.candidates_text import PageLine
from ocr.numbers import normalise
from ocr.numbers_labels import fold_keeping_length
from ocr.types import Box, Word

HEADING_LETTERS = 60
HEAD_ROWS = 12

# A heading of its own line says whose number the caption below it gives: "Related application / Application No.: ..."
_OTHER_FILE = re.compile(
    r"\b(?:related|earlier|previous|parent|basic|opposed|contested|conflicting|corresponding|another|replac(?:es|ed|ing)"
    r"|converted|conversion|divided|divisional|derived|exhibit|annex|enclosure|example|specimen|licen[sc]ed right"
    r"|copy from|cited|considered relevant|contre|anterieure?|connexe|lien quan|terkait|terdahulu|berkaitan)\b"
    r"|ពាក់ព័ន្ធ|ที่เกี่ยวข้อง|คำขอเดิม|ທີ່ກ່ຽວຂ້ອງ"
)
# Another person's act, or one paper about several files: whatever number it gives, under whatever caption.
OTHERS_ACT = re.compile(
    r"\b(?:third part(?:y|ies)|observations? (?:on|against|by)|invalidat|revocation|revoke|cancellation|nullity|opposition"
    r"|opposed|appeal|statutory declaration|affidavit|in the matter of|series of applications|exhibit\b|annex|tiers"
    r"|nullite|vo hieu|huy bo|phan doi|pembatalan|keberatan|banding)"
    r"|ជំទាស់|មោឃភាព|คัดค้าน|เพิกถอน|ຄັດຄ້ານ|ລົບລ້າງ"
)


@lru_cache(maxsize=8192)
def fold_line(line: str) -> str:
    """Lower-case with bare Latin letters."""
    plain = normalise(line).text
    folded = fold_keeping_length(plain)
    # Keep the colon: "re:" opens a letter, "re" alone is half a word.
    return "".join(":" if char == ":" else low for char, low in zip(plain, folded, strict=True))


@lru_cache(maxsize=8192)
def speaks_of_other_file(line: str) -> bool:
    """Tell whether a line is a heading that speaks of another file.

    A heading is a short line without digits and without a value behind a colon ("Related applications: none").
    """
    folded = fold_line(line)
    if any(char.isdigit() for char in folded) or sum(map(str.isalpha, folded)) > HEADING_LETTERS:
        return False
    return not folded.partition(":")[2].strip() and _OTHER_FILE.search(folded) is not None


def stands_under_other_file(
    places: Sequence[Box], own: Sequence[Word], page_lines: Sequence[PageLine]
) -> bool:
    """Tell whether a heading that speaks of another file is what stands just above a number or its caption.

    places: boxes of the number's line, of its clause in it, and of its caption elsewhere. own: the words of the number's line.
    """
    return any(
        speaks_of_other_file(_text_of(words))
        for place in places
        for line in _just_above(place, own, page_lines)
        for words in (line.words, [word for word in line.words if _shares_width(word.box, place)])
    )


def stands_on_others_act(box: Box, page_lines: Sequence[PageLine]) -> bool:
    """Tell whether the head of a page announces another person's act above a number or beside it."""
    above = sorted((line for line in page_lines if line.box.top_px <= _middle(box)), key=_top)
    rows, bottom = 0, -1.0
    for line in above:
        if not any(map(str.isalnum, _text_of(line.words))):
            continue
        if line.box.top_px > bottom:
            rows, bottom = rows + 1, _middle(line.box)
        if rows > HEAD_ROWS:
            return False
        if OTHERS_ACT.search(fold_line(_text_of(line.words))):
            return True
    return False


def _just_above(place: Box, own: Sequence[Word], page_lines: Sequence[PageLine]) -> Iterator[PageLine]:
    """The nearest line above that shares width with a place, and what stands level with it there."""
    above = [
        line
        for line in page_lines
        if line.words is not own
        and _middle(line.box) <= place.top_px
        and _shares_width(line.box, place)
        and any(char.isalnum() for word in line.words for char in word.text)
    ]
    if above:
        nearest = max(_middle(line.box) for line in above)
        yield from (line for line in above if line.box.top_px + line.box.height_px >= nearest)


def _text_of(words: Sequence[Word]) -> str:
    return "".join(word.text + " " * word.space_after for word in words)


def _shares_width(one: Box, other: Box) -> bool:
    return one.left_px < other.left_px + other.width_px and other.left_px < one.left_px + one.width_px


def _middle(box: Box) -> float:
    return box.top_px + box.height_px / 2


def _top(line: PageLine) -> int:
    return line.box.top_px
