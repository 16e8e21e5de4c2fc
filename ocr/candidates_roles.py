"""Decides what a number on a page says of itself, from its captions and the words around it.

| seen                                                               | role                              |
|--------------------------------------------------------------------|-----------------------------------|
| the form is a certificate's or an international one                | that, whatever stands before it   |
| an INID code before it on the line                                 | what the code means               |
| a cited, opposed, referred or priority word in the same clause     | cited / priority                  |
| the nearest caption on the line, to its left or just above         | what the caption says             |
| a heading of a page of few words ("Design application")            | application                       |
| a caption, but in the middle of a running sentence                 | cited: letters talk of other files|
| an application's, and just above it a heading of another file      | unknown                           |
| an application's, below the head of another person's act           | unknown                           |
| nothing                                                            | unknown                           |
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ocr.candidates_text import FoundNumber, PageLine, union
from ocr.numbers import normalise
from ocr.numbers_labels import Label, fold_keeping_length, labels_in
from ocr.other_files import stands_on_others_act, stands_under_other_file
from ocr.types import Box, NumberFormat, NumberRole, Word

# A caption's own words ("số đơn và ngày nộp đơn") stay below this; a sentence has more letters beside its caption.
SENTENCE_LETTERS = 24
COVER_WORDS = 90
CAPTION_LETTERS = 70
# Captions of many things besides applications: not enough for a number that is bare digits.
GENERIC_LABELS = frozenset(
    (
        "លេខ", "เลขที่", "ເລກທີ", "serial no", "official no", "no fail", "file no", "file number", "dossier no",
        "dossier number", "design no", "nomor agenda", "លេខសំណុំលិខិត", "លេខសំណុំរឿង", "សំណុំរឿងលេខ",
    )
)  # fmt: skip

_OVERRIDING = (NumberRole.PRIORITY, NumberRole.CITED)
_HEADING = re.compile(
    r"application|demande|permohonan|dossier|case file|file cover|folder"
    r"|don dang ky|ho so|ពាក្យសុំ|សំណុំ|ពាក្យស្នើ|คําขอ|คำขอ|แฟ้ม|สํานวน|สำนวน|ຄໍາຮ້ອງ|ຄຳຮ້ອງ|ສຳນວນ"
)


@dataclass(frozen=True, slots=True)
class RoleFound:
    """A role, the caption that gave it, and how much that evidence is worth (0..1).

    caption: where that stands, if not on the number's line.
    """

    role: NumberRole
    label: str | None
    weight: float
    caption: Box | None = None


def role_of(
    found: FoundNumber,
    number_format: NumberFormat,
    *,
    clause_start: int,
    clause_end: int,
    page_lines: Sequence[PageLine],
    page_words: int,
) -> RoleFound:
    """Say what a number is.

    clause_start, clause_end: the stretch of the line that may speak of this number (from the previous number
    to the next one).
    """
    told, caption = _told_role(found, number_format, (clause_start, clause_end), page_lines, page_words)
    if told.role is not NumberRole.APPLICATION:
        return told
    box = union(found.words)
    places = [union(found.line.words), union(_words_between(found, clause_start, found.end))]
    if caption is not None:
        places.append(caption)
    if (
        stands_under_other_file(places, found.line.words, page_lines)
        or stands_on_others_act(box, page_lines)
        or _stands_beside_citation(found, page_lines, number_format.office)
    ):
        # Proves nothing, and still stands against another number.
        return replace(told, role=NumberRole.UNKNOWN)
    return replace(told, caption=caption)


def _stands_beside_citation(found: FoundNumber, page_lines: Sequence[PageLine], office: str) -> bool:
    """Tell whether a citing or priority word alone stands to the left: a row of a form may be parted into its cells."""
    line = union(found.line.words)
    for words in _level_to_the_left(line, found.line.words, page_lines):
        text = normalise(" ".join(word.text for word in words)).text
        if not any(map(str.isdigit, text)) and not text.partition(":")[2].strip():
            return any(label.role in _OVERRIDING for label in labels_in(text, office=office))
    return False


def _words_between(found: FoundNumber, start: int, end: int) -> tuple[Word, ...]:
    touched = {at for at in found.line.word_at[start:end] if at >= 0}
    return tuple(found.line.words[at] for at in sorted(touched))


def _told_role(
    found: FoundNumber,
    number_format: NumberFormat,
    clause: tuple[int, int],
    page_lines: Sequence[PageLine],
    page_words: int,
) -> tuple[RoleFound, Box | None]:
    """What captions and the sentence say; and where the caption stands, if not on the number's line."""
    clause_start, clause_end = clause
    if number_format.own_role is not NumberRole.APPLICATION:
        return RoleFound(number_format.own_role, None, 0.9), None
    plain = _is_plain(found)
    before = found.line.text[clause_start : found.start]
    after = found.line.text[found.end : clause_end]
    labels = labels_in(before, office=number_format.office)
    chosen = _by_labels(labels, before, plain=plain)
    if chosen is not None:
        if (
            chosen.role is NumberRole.APPLICATION
            and not _is_inid(chosen)
            and _in_sentence(before, after, labels, found, clause_end)
        ):
            return RoleFound(NumberRole.CITED, chosen.label, 0.5), None
        return chosen, None
    if _in_sentence(before, after, labels, found, clause_end):
        return RoleFound(NumberRole.CITED if not plain else NumberRole.UNKNOWN, None, 0.4), None
    return _by_surroundings(found, number_format, page_lines, page_words)


def _is_plain(found: FoundNumber) -> bool:
    """Bare digits, whatever the format could also print: receipts and telephones look the same."""
    return found.matches[0].text.isdigit()


def _is_inid(chosen: RoleFound) -> bool:
    return chosen.label is not None and chosen.label.startswith("(")


def _by_labels(labels: Sequence[Label], text: str, *, plain: bool) -> RoleFound | None:
    """Choose among the captions before a number; None when none speaks of it."""
    codes = [label for label in labels if label.is_inid]
    if codes:
        code = codes[-1]
        if code.role is not NumberRole.UNKNOWN:
            return RoleFound(code.role, code.text, 1.0 if code.role is NumberRole.APPLICATION else 0.9)
        labels = [label for label in labels if label.start >= code.end]
    phrases = [label for label in labels if not label.is_inid]
    if not phrases:
        return None
    for role in _OVERRIDING:
        overriding = [label for label in phrases if label.role is role]
        if overriding:
            return RoleFound(role, overriding[-1].text, 0.5)
    nearest = phrases[-1]
    if nearest.role is NumberRole.APPLICATION:
        qualifier = _qualifier(phrases, text)
        if qualifier is not None:
            return RoleFound(qualifier.role, qualifier.text, 0.4)
        if plain and nearest.text in GENERIC_LABELS:
            return RoleFound(NumberRole.UNKNOWN, nearest.text, 0.4)
        return RoleFound(NumberRole.APPLICATION, nearest.text, 0.98)
    if nearest.role in (NumberRole.PAYMENT, NumberRole.CONTACT) and not plain:
        # "Fee for KH/D/2019/00125": an unmistakable number is no amount, but no proof either.
        return RoleFound(NumberRole.UNKNOWN, nearest.text, 0.4)
    return RoleFound(nearest.role, nearest.text, 0.5)


def _qualifier(phrases: Sequence[Label], text: str) -> Label | None:
    """A word right before the caption that changes it: "receipt" in "receipt no", "PCT" in "PCT application no"."""
    if len(phrases) < 2 or phrases[-2].role is NumberRole.APPLICATION:
        return None
    between = text[phrases[-2].end : phrases[-1].start]
    return phrases[-2] if not any(char.isalnum() for char in between) else None


def _in_sentence(
    before: str, after: str, labels: Sequence[Label], found: FoundNumber, clause_end: int
) -> bool:
    if any(label.is_inid for label in labels):
        return False
    spoken = fold_keeping_length(before)
    for label in labels:
        spoken = spoken[: label.start] + " " * (label.end - label.start) + spoken[label.end :]
    if _letters(spoken) > SENTENCE_LETTERS:
        return True
    if ":" in after or re.match(r"\s*[(\[]\s?\d{2,3}\s?[)\]]", after):
        return False  # another field follows
    if _letters(after) > SENTENCE_LETTERS:
        return True
    positions = found.line.normalised.positions
    raw_after = found.line.raw[positions[found.end - 1] + 1 :] if found.end <= len(positions) else ""
    return bool(re.match(r"\s+[a-z]{2,}(?:\s+[^\W\d]\w*){2,}", raw_after[: clause_end - found.end]))


def _letters(text: str) -> int:
    return sum(char.isalpha() for char in text)


def _by_surroundings(
    found: FoundNumber, number_format: NumberFormat, page_lines: Sequence[PageLine], page_words: int
) -> tuple[RoleFound, Box | None]:
    """Look left and above for a caption in a line of its own."""
    box = union(found.words)
    for words, behind, weight in _caption_lines(box, found.line.words, page_lines):
        text = _text_of(words)
        if _letters(text) > CAPTION_LETTERS:
            continue
        chosen = _by_labels(labels_in(text, office=number_format.office), text, plain=_is_plain(found))
        if chosen is None and behind:
            words = (*words, *behind)
            reaching = _text_of(words)
            labels = [
                each
                for each in labels_in(reaching, office=number_format.office)
                if each.start < len(text) and not each.is_inid
            ]
            chosen = _by_labels(labels, reaching, plain=_is_plain(found))
        if chosen is not None:
            return RoleFound(chosen.role, chosen.label, chosen.weight * weight), union(words)
    if page_words <= COVER_WORDS and not _is_plain(found):
        return _by_heading(box, number_format, page_lines), None
    return RoleFound(NumberRole.UNKNOWN, None, 0.6), None


def _text_of(words: Sequence[Word]) -> str:
    return normalise(" ".join(word.text for word in words)).text


def _caption_lines(
    box: Box, own: tuple[Word, ...], page_lines: Sequence[PageLine]
) -> list[tuple[tuple[Word, ...], tuple[Word, ...], float]]:
    """Words to the left at the same height, then the nearest line above that overlaps in width.

    With the words that follow these without a column's gap: of a caption wider than its number the end stands there.
    """
    above: list[tuple[int, tuple[Word, ...], tuple[Word, ...]]] = []
    for page_line in page_lines:
        words, other = page_line.words, page_line.box
        if words is own or _is_level(other, box):
            continue
        gap = box.top_px - (other.top_px + other.height_px)
        if -0.3 * box.height_px <= gap <= 2.2 * max(box.height_px, other.height_px):
            near = tuple(word for word in words if _overlaps(word.box, box))
            if near:
                above.append((gap, near, _close_behind(words, near[-1])))
    level = [(words, (), 0.97) for words in _level_to_the_left(box, own, page_lines)]
    nearest = sorted(above, key=lambda each: each[0])[:1]
    return [*level, *((near, behind, 0.95) for _, near, behind in nearest)]


def _close_behind(words: Sequence[Word], last: Word) -> tuple[Word, ...]:
    """The words of a line that follow one of them with no more than a space between."""
    found: list[Word] = []
    for word in words[next(at for at, each in enumerate(words) if each is last) + 1 :]:
        gap = word.box.left_px - last.box.left_px - last.box.width_px
        if gap > max(word.box.height_px, last.box.height_px):
            break
        found.append(word)
        last = word
    return tuple(found)


def _level_to_the_left(
    box: Box, own: tuple[Word, ...], page_lines: Sequence[PageLine]
) -> list[tuple[Word, ...]]:
    """The line that begins nearest to the left at the same height, if any."""
    level = [each for each in page_lines if each.words is not own and _is_level(each.box, box)]
    left = [each for each in level if each.box.left_px < box.left_px]
    return [max(left, key=lambda each: each.box.left_px).words] if left else []


def _is_level(other: Box, box: Box) -> bool:
    return other.top_px <= box.top_px + box.height_px / 2 <= other.top_px + other.height_px


def _overlaps(word: Box, number: Box) -> bool:
    # A caption starts at its number or left of it; what starts further right heads the next column.
    slack = number.width_px * 0.6
    return (
        word.left_px < number.left_px + number.width_px * 0.5
        and word.left_px + word.width_px > number.left_px - slack
    )


def _by_heading(box: Box, number_format: NumberFormat, page_lines: Sequence[PageLine]) -> RoleFound:
    heading = None
    for page_line in page_lines:
        words, other = page_line.words, page_line.box
        if other.top_px + other.height_px > box.top_px + box.height_px * 0.5:
            continue
        text = normalise(" ".join(word.text for word in words)).text
        labels = labels_in(text, office=number_format.office)
        if any(label.role in (*_OVERRIDING, NumberRole.PAYMENT, NumberRole.REGISTRATION) for label in labels):
            return RoleFound(NumberRole.UNKNOWN, None, 0.6)
        hit = _HEADING.search(fold_keeping_length(text))
        if hit is not None:
            heading = hit.group()
    if heading is None:
        return RoleFound(NumberRole.UNKNOWN, None, 0.6)
    return RoleFound(NumberRole.APPLICATION, heading, 0.9)
