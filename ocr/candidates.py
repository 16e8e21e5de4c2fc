"""Finds the numbers on a page and says what each of them is.

Runs in worker processes after recognition, on words and barcodes only; a page of 500 words takes a few
milliseconds. Nothing is decided here: the linker weighs all pages of a dossier.
"""

from __future__ import annotations

from collections.abc import Sequence

from ocr.candidates_roles import RoleFound, role_of
from ocr.candidates_text import (
    FoundNumber,
    PageFormats,
    PageLine,
    find_numbers,
    has_digit,
    line_text,
    page_formats,
    page_lines_of,
    union,
)
from ocr.headings import headings_above
from ocr.numbers import FormatMatch, has_half_known_digits, match, normalise
from ocr.sheet_codes import FOLDER, Checksum, read_sheet_code
from ocr.types import Barcode, Box, NumberCandidate, NumberFormat, NumberRole, Word

COVER_PAYLOAD = FOLDER  # folder cover sheet: IPF|office|number|volume
COVER_LABEL = "IPF"
BARCODE_LABEL = "barcode"

_EDIT_FACTOR = 0.85
_CUT_SHORT_FACTOR = 0.6
_CHECK_FAILS_FACTOR = 0.5
_LOW_FORMAT_FACTOR = 0.95
_HALF_KNOWN_FACTOR = 0.3
"""Thai and Lao digits: the models know five and none of them, and what tells the others proves nothing."""
_MIN_UNLABELLED_PLAIN_DIGITS = 5


def find_candidates(
    words: Sequence[Word],
    *,
    barcodes: Sequence[Barcode],
    formats: Sequence[NumberFormat],
    width_px: int,
    height_px: int,
) -> tuple[NumberCandidate, ...]:
    """Find every number-like token of a page with its role, box, edits and confidence, best first.

    words: in reading order, boxes in page space. formats: the active office's own first; where a token fits
    several, the first that suits its caption wins. Bare digits without any caption are left out when short.
    """
    formats = tuple(formats)
    if not formats:
        return ()
    prepared = page_formats(formats)
    page_lines = page_lines_of(words)
    found: list[NumberCandidate] = [
        each for barcode in barcodes for each in _from_barcode(barcode, formats, width_px, height_px)
    ]
    for page_line in page_lines:
        if not has_digit(page_line.words):
            continue
        found.extend(_from_line(page_line, prepared, page_lines, len(words)))
    found.sort(key=lambda each: -each.confidence)
    return tuple(found)


def _from_line(
    page_line: PageLine, formats: PageFormats, page_lines: Sequence[PageLine], page_words: int
) -> list[NumberCandidate]:
    numbers = find_numbers(line_text(page_line.words), formats)
    found: list[NumberCandidate] = []
    clause_start = 0
    for index, number in enumerate(numbers):
        following = (each.start for each in numbers[index + 1 :] if not each.matches[0].text.isdigit())
        clause_end = next(following, len(number.line.text))
        candidate = _from_text(number, (clause_start, clause_end), page_lines, page_words)
        if candidate is not None:
            found.append(candidate)
            clause_start = number.end
    return found


def _from_text(
    number: FoundNumber,
    clause: tuple[int, int],
    page_lines: Sequence[PageLine],
    page_words: int,
) -> NumberCandidate | None:
    roles = {}
    for each in number.matches:
        roles[each.format.format_id] = role_of(
            number,
            each.format,
            clause_start=clause[0],
            clause_end=clause[1],
            page_lines=page_lines,
            page_words=page_words,
        )
    chosen = _choose(number.matches, roles)
    if chosen is None:
        return None
    role = roles[chosen.format.format_id]
    is_own = role.role is NumberRole.APPLICATION
    return NumberCandidate(
        raw=number.raw,
        normalised=chosen.text,
        format_id=chosen.format.format_id,
        role=role.role,
        box=union(number.words),
        edits=chosen.edits,
        confidence=_confidence(number, chosen, role),
        label=role.label,
        above=headings_above(number, role.label, role.caption, page_lines) if is_own else (),
    )


def _choose(matches: Sequence[FormatMatch], roles: dict[str, RoleFound]) -> FormatMatch | None:
    """Prefer the format whose own kind the caption confirms; drop bare digits nobody introduced."""
    usable = []
    for each in matches:
        role = roles[each.format.format_id]
        if each.text.isdigit():
            labelled = role.role is NumberRole.APPLICATION
            if not labelled and (each.edits or len(each.text) < _MIN_UNLABELLED_PLAIN_DIGITS):
                continue
        usable.append(each)
    if not usable:
        return None
    own = {each.format.own_role for each in usable}
    if NumberRole.APPLICATION in own and NumberRole.REGISTRATION in own:
        return _settle_twins(usable, roles)
    return usable[0]


def _settle_twins(usable: Sequence[FormatMatch], roles: dict[str, RoleFound]) -> FormatMatch:
    """Choose where an application's and a registration's form read alike: the caption decides."""
    for each in usable:
        if each.format.own_role is NumberRole.APPLICATION:
            told = roles[each.format.format_id].role
            if told is NumberRole.REGISTRATION:
                break
            return each
    return next(each for each in usable if each.format.own_role is not NumberRole.APPLICATION)


def _confidence(number: FoundNumber, chosen: FormatMatch, role: RoleFound) -> float:
    """Recognition times evidence: the weakest word of the number, its caption, each edit, each doubt."""
    telling = [word for word in number.words if any(char.isalnum() for char in word.text)]
    value = min((word.confidence for word in telling), default=0.0) * role.weight
    value *= _EDIT_FACTOR ** len(chosen.edits)
    if number.continues:
        value *= _CUT_SHORT_FACTOR
    if chosen.check_passes is False:
        value *= _CHECK_FAILS_FACTOR
    if has_half_known_digits(number.raw):
        value *= _HALF_KNOWN_FACTOR
    if chosen.format.confidence == "L":
        value *= _LOW_FORMAT_FACTOR
    return round(min(1.0, max(0.0, value)), 4)


def _from_barcode(
    barcode: Barcode, formats: tuple[NumberFormat, ...], width_px: int, height_px: int
) -> tuple[NumberCandidate, ...]:
    fields = [field.strip() for field in barcode.text.strip().split("|")]
    box = _inside(barcode.box, width_px, height_px)
    code = read_sheet_code(barcode.text)
    if code is not None and code.checksum is Checksum.BROKEN:
        return ()  # a number that was misread or put together by somebody is no number
    if fields[0] == COVER_PAYLOAD and len(fields) >= 3:
        own = tuple(each for each in formats if each.office == fields[1])
        token = normalise(fields[2]).text
        matches = match(token, own, repair=False) or match(token.replace("-", "/"), own, repair=False)
        matches = tuple(each for each in matches if each.format.own_role is NumberRole.APPLICATION)
        if matches:
            return (_barcode_candidate(fields[2], matches[0], box, COVER_LABEL, NumberRole.APPLICATION),)
        return ()
    if len(fields) > 1 or len(fields[0]) > 30:
        return ()
    matches = match(normalise(fields[0]), formats, repair=False)
    if not matches:
        return ()
    first = matches[0]
    role = first.format.own_role
    if role is NumberRole.APPLICATION and first.text.isdigit():
        role = NumberRole.UNKNOWN  # stock and receipt codes are bare digits too
    return (_barcode_candidate(fields[0], first, box, BARCODE_LABEL, role),)


def _barcode_candidate(
    raw: str, found: FormatMatch, box: Box, label: str, role: NumberRole
) -> NumberCandidate:
    return NumberCandidate(
        raw=raw,
        normalised=found.text,
        format_id=found.format.format_id,
        role=role,
        box=box,
        edits=(),
        confidence=0.99 if role is NumberRole.APPLICATION else 0.5,
        label=label,
        source="barcode",
    )


def _inside(box: Box, width_px: int, height_px: int) -> Box:
    left = min(max(box.left_px, 0), width_px)
    top = min(max(box.top_px, 0), height_px)
    return Box(left, top, min(box.width_px, width_px - left), min(box.height_px, height_px - top))
