"""The fields of a dossier as its pages print them: one proposal a field, with place, sureness and doubts.

Pages are read one by one (fields.py); here it is settled which of their values stands for the dossier. A page that
bears the application number of another file speaks for that file and is passed over. Pure functions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.domain.dates import find_dates
from app.domain.field_kinds import KIND_OF, DossierField, FieldKind, FieldRule, FieldState
from app.domain.field_typing import agrees, holds
from app.domain.fields import FieldDoubt, FieldProposal, read_fields
from app.domain.office_profile import OfficeProfile
from app.domain.office_terms import InidField
from ocr.types import Box, Word

SURE = 0.9
"""A value whose least sure word was read so surely (0..1), and that has no doubt, needs no look where the office asks
for none."""

MOST_PAGES = 24
"""Pages with codes that are read for fields, from the front: the form is among them in every folder seen."""

_OF = {
    InidField.REGISTRATION_NUMBER: DossierField.REGISTRATION_NUMBER,
    InidField.FILING_DATE: DossierField.FILING_DATE,
    InidField.TITLE: DossierField.TITLE,
    InidField.MARK: DossierField.TITLE,
    InidField.APPLICANT: DossierField.APPLICANT,
    InidField.OWNER: DossierField.APPLICANT,
    InidField.APPLICANT_OR_OWNER: DossierField.APPLICANT,
    InidField.AGENT: DossierField.AGENT,
    InidField.NICE: DossierField.CLASSES,
    InidField.LOCARNO: DossierField.CLASSES,
    InidField.IPC: DossierField.CLASSES,
    InidField.PRIORITY: DossierField.PRIORITY,
}
_MAY_HAVE_CODES = re.compile(r"[(\[{]\s?[0-9LI|!OS]{2,3}\s?[)\]}]|[(\[{]\d{2,3}\b|\b\d{2,3}[)\]}]")
_RECEIVED = re.compile(
    r"date of receipt|date received|received(?: on)?|reçu le|ថ្ងៃទទួល|កាលបរិច្ឆេទទទួល|ngày nhận|วันที่รับ|วันรับ|ວັນທີຮັບ|ວັນຮັບ"
    r"|diterima(?: tanggal)?",
    re.IGNORECASE,
)
_RECEIVED_REACH = 40
_STAMP_ROWS = 2
_STAMP_REST = 8
"""Characters beside the date in a stamp's row: a weekday, an hour."""


@dataclass(frozen=True, slots=True)
class FieldPage:
    """A page to read fields on. number: 1-based in the dossier."""

    page_id: int
    number: int
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class FieldReading:
    """What a field of the dossier seems to hold.

    printed: as it stands on the page, in one line; value: as data. boxes: one per row, px in page space. certainty:
    0..1 for each character of printed. doubts: codes for ui/texts.py. agreeing: pages that say the same.
    """

    field: DossierField
    printed: str
    value: str
    page_id: int | None
    boxes: tuple[Box, ...]
    certainty: tuple[float, ...]
    doubts: tuple[str, ...] = ()
    others: tuple[date, ...] = ()
    code: str = ""
    agreeing: int = 1

    @property
    def least(self) -> float:
        """Sureness of the least sure character, 0..1."""
        return min(self.certainty, default=0.0)


@dataclass(frozen=True, slots=True)
class DossierFacts:
    """What is known of a dossier before its fields are read. number: canonical, "" unknown; register: value by field."""

    number: str
    right: str
    right_confidence: float
    register: Mapping[DossierField, str]


def may_have_fields(text: str) -> bool:
    """Tell from a page's text whether a look at its words is worth while."""
    return _MAY_HAVE_CODES.search(text.upper()) is not None or _RECEIVED.search(text) is not None


def read_dossier_fields(
    pages: Iterable[FieldPage], offices: Mapping[str, OfficeProfile], office: str, facts: DossierFacts
) -> Mapping[DossierField, FieldReading]:
    """Choose for each field what the dossier's pages say; fields that nothing is said of are left out."""
    found: dict[DossierField, list[FieldReading]] = {}
    for page in pages:
        proposals = read_fields(page.words, offices, office, right=facts.right)
        own = next((each for each in proposals if each.field is InidField.APPLICATION_NUMBER), None)
        if own is not None and facts.number and not own.doubts and own.value != facts.number:
            continue
        for reading in _of_page(proposals, page):
            found.setdefault(reading.field, []).append(reading)
        received = _received(page, offices[office])
        if received is not None:
            found.setdefault(DossierField.DOCUMENT_DATE, []).append(received)
    chosen = {field: _best(field, readings, facts) for field, readings in found.items()}
    if facts.right:
        chosen[DossierField.TYPE] = type_of_number(facts.right, facts.right_confidence)
    return chosen


def type_of_number(right: str, sure: float) -> FieldReading:
    """The type of a dossier as its number tells it. right: id of the office's right, not ""; sure: 0..1."""
    certainty = (round(sure, 3),) * len(right)
    return FieldReading(DossierField.TYPE, right, right, None, (), certainty, ("field_of_number",))


def state_of(reading: FieldReading, rule: FieldRule, register: str) -> FieldState:
    """How a value stands that no person has seen yet. register: what the register says of the field, "" nothing."""
    if FieldDoubt.VALUE_UNREAD.value in reading.doubts:
        return FieldState.INVALID
    if rule.is_always or "register_differs" in reading.doubts:
        return FieldState.TO_CHECK
    if agrees(reading.field, reading.value, register):
        return FieldState.ACCEPTED
    doubts = [each for each in reading.doubts if each not in ("field_of_number",)]
    return FieldState.ACCEPTED if not doubts and reading.least >= SURE else FieldState.TO_CHECK


def _of_page(proposals: Sequence[FieldProposal], page: FieldPage) -> list[FieldReading]:
    readings: dict[DossierField, FieldReading] = {}
    for proposal in proposals:
        field = _OF.get(proposal.field)
        if field is None:
            continue
        reading = _reading(field, proposal, page)
        held = readings.get(field)
        if held is None:
            readings[field] = reading
        elif field is DossierField.PRIORITY:  # as many as there are, in one line
            readings[field] = _joined(held, reading)
        elif field is DossierField.APPLICANT and proposal.field is InidField.APPLICANT:
            readings[field] = reading  # the applicant goes before an owner of the same page
    return list(readings.values())


def _reading(field: DossierField, proposal: FieldProposal, page: FieldPage) -> FieldReading:
    printed, value, rows = " ".join(proposal.printed.split()), proposal.value, len(proposal.boxes)
    if field in (DossierField.APPLICANT, DossierField.AGENT):
        rows = _name_rows(proposal, page)
        lines = [" ".join(line.split()) for line in proposal.printed.splitlines() if line.strip()]
        printed = value = " ".join(lines[:rows]) or printed
    boxes = proposal.boxes[:rows]
    words = [page.words[index] for index in proposal.words]
    kept = [word for word in words if any(_is_in(word.box, box) for box in boxes)]
    return FieldReading(
        field=field,
        printed=printed,
        value=value,
        page_id=page.page_id,
        boxes=boxes,
        certainty=_certainty(printed, kept),
        doubts=tuple(doubt.value for doubt in proposal.doubts),
        others=proposal.others,
        code=proposal.code,
    )


def _name_rows(proposal: FieldProposal, page: FieldPage) -> int:
    """Count the rows of a name.

    An address begins a new row although its first word had room in the row before; a long name goes on in the next
    because its word had none.
    """
    edge = max(word.box.left_px + word.box.width_px for word in page.words)
    words = [page.words[index] for index in proposal.words]
    rows = 1
    for above, below in zip(proposal.boxes, proposal.boxes[1:], strict=False):
        first = min((word.box for word in words if _is_in(word.box, below)), key=lambda box: box.left_px)
        gap = above.height_px // 3
        if above.left_px + above.width_px + gap + first.width_px <= edge:
            break
        rows += 1
    return rows


def _is_in(box: Box, around: Box) -> bool:
    return (
        around.top_px <= box.top_px
        and box.top_px + box.height_px <= around.top_px + around.height_px
        and around.left_px <= box.left_px
        and box.left_px + box.width_px <= around.left_px + around.width_px
    )


def _joined(one: FieldReading, other: FieldReading) -> FieldReading:
    return replace(
        one,
        printed=f"{one.printed}; {other.printed}",
        value=f"{one.value}; {other.value}",
        boxes=one.boxes + other.boxes,
        certainty=(*one.certainty, 1.0, 1.0, *other.certainty),
        doubts=tuple(dict.fromkeys(one.doubts + other.doubts)),
    )


def _certainty(printed: str, words: Sequence[Word]) -> tuple[float, ...]:
    """Sureness of each character: that of the word it stands in, the least of all words where that is not known."""
    least = round(min((word.confidence for word in words), default=0.0), 3)
    certainty = [least] * len(printed)
    at = 0
    for word in words:
        found = printed.find(word.text, at)
        if found < 0:
            continue
        certainty[found : found + len(word.text)] = [round(word.confidence, 3)] * len(word.text)
        at = found + len(word.text)
    for place, char in enumerate(printed):
        if char.isspace():
            certainty[place] = 1.0
    return tuple(certainty)


def _best(field: DossierField, readings: Sequence[FieldReading], facts: DossierFacts) -> FieldReading:
    """The reading with least doubt; of such the one the register or most pages bear out, then the surest."""
    register = facts.register.get(field, "")

    def worth(reading: FieldReading) -> tuple[bool, bool, int, int, float]:
        same = sum(agrees(field, reading.value, other.value) for other in readings)
        is_read = FieldDoubt.VALUE_UNREAD.value not in reading.doubts
        return (is_read, agrees(field, reading.value, register), same, -len(reading.doubts), reading.least)

    best = max(readings, key=worth)
    same = sum(agrees(field, best.value, other.value) for other in readings)
    doubts = list(best.doubts)
    if register and agrees(field, best.value, register):
        # What the day of an open date is, the register settles.
        doubts = [
            each
            for each in doubts
            if each not in (FieldDoubt.DATE_OPEN.value, FieldDoubt.CAPTION_UNKNOWN.value)
        ]
    elif register and not (KIND_OF[field] is FieldKind.TEXT and holds(best.value, register)):
        doubts.append("register_differs")
    rivals = [
        each
        for each in readings
        if FieldDoubt.VALUE_UNREAD.value not in each.doubts and not agrees(field, best.value, each.value)
    ]
    if rivals and field is not DossierField.DOCUMENT_DATE and not agrees(field, best.value, register):
        doubts.append("pages_differ")
    return replace(best, doubts=tuple(doubts), agreeing=max(1, same))


def _received(page: FieldPage, office: OfficeProfile) -> FieldReading | None:
    """The date behind a word for receipt in its row, or in a stamp, where the word stands alone, in a row below."""
    rows = _rows(page.words)
    for place, words in enumerate(rows):
        text, owners = _row_text(words)
        hit = _RECEIVED.search(text)
        if hit is None:
            continue
        after, behind = hit.end(), text[hit.end() : hit.end() + _RECEIVED_REACH]
        if not any(map(str.isalnum, text[after:])):
            stamped = _below(rows[place + 1 : place + 1 + _STAMP_ROWS], office)
            if stamped is None:
                continue
            (words, behind, owners), after = stamped, 0
        dates = find_dates(behind, date_order=office.date_order, calendars=office.calendars)
        if not dates:
            continue
        start = behind.find(dates[0].printed)
        if start < 0:
            continue
        start += after
        used = [words[index] for index in sorted(set(owners[start : start + len(dates[0].printed)]) - {-1})]
        doubts = (FieldDoubt.DATE_OPEN.value,) if dates[0].others else ()
        return FieldReading(
            DossierField.DOCUMENT_DATE,
            dates[0].printed,
            dates[0].iso,
            page.page_id,
            (_around([word.box for word in used]),),
            _certainty(dates[0].printed, used),
            doubts,
            dates[0].others,
        )
    return None


def _below(rows: Sequence[list[Word]], office: OfficeProfile) -> tuple[list[Word], str, list[int]] | None:
    """The first of some rows that holds one date and little else, as the row of a stamp does."""
    for words in rows:
        text, owners = _row_text(words)
        dates = find_dates(text, date_order=office.date_order, calendars=office.calendars)
        if len(dates) == 1 and len(text) <= len(dates[0].printed) + _STAMP_REST:
            return words, text, owners
    return None


def _rows(words: Sequence[Word]) -> list[list[Word]]:
    rows: dict[int, list[Word]] = {}
    for word in words:
        rows.setdefault(word.line, []).append(word)
    return list(rows.values())


def _row_text(words: Sequence[Word]) -> tuple[str, list[int]]:
    text, owners = "", []
    for index, word in enumerate(words):
        text += word.text
        owners += [index] * len(word.text)
        if word.space_after:
            text += " "
            owners.append(-1)
    return text, owners


def _around(boxes: Sequence[Box]) -> Box:
    left, top = min(box.left_px for box in boxes), min(box.top_px for box in boxes)
    right = max(box.left_px + box.width_px for box in boxes)
    bottom = max(box.top_px + box.height_px for box in boxes)
    return Box(left, top, right - left, bottom - top)
