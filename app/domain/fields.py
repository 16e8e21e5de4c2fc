"""Fields behind INID codes, from a page's words: what each holds, as a proposal with its place.

A number in brackets is a code only where something bears it out: a caption of the office behind it, or a value of
the kind the code announces; a description is full of "(21)" that mean a screw. Pure functions; a proposal is never
more than that, and what could not be read as its kind says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rapidfuzz import fuzz

from app.domain.field_cells import Cell, find_cells
from app.domain.field_values import CellText, FieldValue, cell_text, read_value
from app.domain.office_profile import OfficeProfile
from app.domain.office_terms import InidCaption, InidField
from app.domain.offices import INTERNATIONAL_OFFICE
from ocr.numbers_labels import fold_keeping_length
from ocr.types import Box, NumberRole, Word

CAPTION_FIT = 85.0
"""A caption may differ by so much (0..100) from what recognition made of it."""

_SHORT_CAPTION = 6
_CAPTION_REACH = 90
_UNCAPTIONED = 0.8
_SEPARATORS = " :.,;|-–—/)]\n"
_LABELLED = {
    NumberRole.APPLICATION: InidField.APPLICATION_NUMBER,
    NumberRole.REGISTRATION: InidField.REGISTRATION_NUMBER,
}
_GROUPS = {
    InidField.APPLICATION: (InidField.APPLICATION_NUMBER, InidField.FILING_DATE),
    InidField.REGISTRATION: (InidField.REGISTRATION_NUMBER, InidField.REGISTRATION_DATE),
    InidField.PUBLICATION: (InidField.PUBLICATION_NUMBER, InidField.PUBLICATION_DATE),
}


class FieldDoubt(StrEnum):
    """Why a person should look at a proposal."""

    VALUE_UNREAD = "value_unread"  # not of the kind the code announces
    VALUE_REPAIRED = "value_repaired"  # of that kind once look-alike characters were put right
    CAPTION_UNKNOWN = "caption_unknown"  # the code alone says what it is
    DATE_OPEN = "date_open"  # can be read in more than one way


@dataclass(frozen=True, slots=True)
class FieldProposal:
    """What a field seems to hold.

    code: as the standards write it, without brackets. printed: the characters on the page; value: the same as
    data (a canonical number, an ISO date, classes joined by "; ", else the text). others: days an open date
    may also mean. words: indices of the value's words; boxes: one per row, px in page space. confidence: 0..1,
    of the reading of these words, less where no caption bears the code out.
    """

    field: InidField
    code: str
    standard: str
    printed: str
    value: str
    words: tuple[int, ...]
    boxes: tuple[Box, ...]
    confidence: float
    doubts: tuple[FieldDoubt, ...] = ()
    others: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A code with what speaks for it. has_value: the value is of the kind the code announces."""

    cell: Cell
    proposals: tuple[FieldProposal, ...]
    has_caption: bool
    has_value: bool

    @property
    def is_borne_out(self) -> bool:
        return self.has_caption or self.has_value


def read_fields(
    words: Sequence[Word], offices: Mapping[str, OfficeProfile], office: str, *, right: str = ""
) -> tuple[FieldProposal, ...]:
    """List the fields of a page in reading order, one for each code (priorities as many as there are).

    office: whose paper it is; its captions go before the international ones. right: of the dossier, where
    known ("design", ...): designs and patents share codes. Raises OfficeDataInvalid("office_unknown").
    """
    profile = offices[office]
    shared = offices[INTERNATIONAL_OFFICE].inid if INTERNATIONAL_OFFICE in offices else ()
    meanings: dict[str, list[InidCaption]] = {}
    captions: dict[InidField, list[str]] = {}
    for meaning in (*profile.inid, *shared):
        meanings.setdefault(meaning.code, []).append(meaning)
        printed = [caption for each in meaning.captions.values() for caption in each]
        captions.setdefault(meaning.field, []).extend(printed)
    for role, field in _LABELLED.items():
        captions[field] = [*captions.get(field, ()), *_words_of(profile, role)]
    for group, parts in _GROUPS.items():
        captions.setdefault(group, []).extend(each for part in parts for each in captions.get(part, ()))
    candidates = [
        candidate
        for cell in find_cells(words, meanings)
        if (candidate := _candidate(cell, meanings[cell.code.code], words, captions, profile, right))
        is not None
    ]
    sure = sum(each.is_borne_out and each.cell.code.at_start for each in candidates)
    kept = [each for each in candidates if _is_field(each, sure)]
    return tuple(proposal for each in _one_each(kept) for proposal in each.proposals)


def _words_of(profile: OfficeProfile, role: NumberRole) -> list[str]:
    return [label for label in profile.labels.get(role, ()) if not label.startswith("(")]


def _is_field(candidate: _Candidate, sure: int) -> bool:
    if not candidate.cell.code.at_start:
        return candidate.has_caption and candidate.has_value
    return candidate.is_borne_out or (sure >= 2 and bool(candidate.proposals))


def _one_each(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """Of several places with one code, the one a caption bears out, else the first."""
    chosen: dict[tuple[str, int], _Candidate] = {}
    for number, each in enumerate(candidates):
        is_many = any(proposal.field is InidField.PRIORITY for proposal in each.proposals)
        key = (each.cell.code.code, number if is_many else -1)
        held = chosen.get(key)
        if held is None or (each.has_caption, each.has_value) > (held.has_caption, held.has_value):
            chosen[key] = each
    keep = {id(each) for each in chosen.values()}
    return [each for each in candidates if id(each) in keep]


def _candidate(
    cell: Cell,
    meanings: Sequence[InidCaption],
    words: Sequence[Word],
    captions: Mapping[InidField, Sequence[str]],
    profile: OfficeProfile,
    right: str,
) -> _Candidate | None:
    """Read a cell in every meaning of its code; the one that fits best counts."""
    best: _Candidate | None = None
    for meaning in _in_order(meanings, right):
        read = _as(meaning, cell, words, captions[meaning.field], profile)
        if best is None or (read.has_value, read.has_caption) > (best.has_value, best.has_caption):
            best = read
    return best if best is not None and best.proposals else None


def _in_order(meanings: Sequence[InidCaption], right: str) -> list[InidCaption]:
    """The office's own meanings first, of the international ones that of the right."""
    wanted = "ST.80" if right.startswith("design") else "ST.9"
    return sorted(meanings, key=lambda each: (not each.captions, each.standard not in (wanted, "ST.60")))


def _as(
    meaning: InidCaption,
    cell: Cell,
    words: Sequence[Word],
    captions: Sequence[str],
    profile: OfficeProfile,
) -> _Candidate:
    text = cell_text(cell, words)
    end = caption_end(text.text[: text.first_row_end], captions)
    has_caption = end is not None
    body = text.after(_value_start(text, end or 0))
    fields = _GROUPS.get(meaning.field, (meaning.field,))
    values = [(field, read_value(field, body, profile)) for field in fields]
    proposals = tuple(
        _proposal(field, meaning, value, words, has_caption)
        for field, value in values
        if value is not None and (value.is_typed or len(fields) == 1)
    )
    return _Candidate(
        cell, proposals, has_caption, any(value is not None and value.is_typed for _, value in values)
    )


def caption_end(text: str, captions: Sequence[str]) -> int | None:
    """Say where the last known caption at the head of a row ends; None where there is none.

    Forms print a caption in two languages ("ចំណងជើង / Title"), so what is behind the last one counts.
    """
    head = fold_keeping_length(text[:_CAPTION_REACH]).replace("\n", " ")
    ends = []
    for caption in captions:
        wanted = fold_keeping_length(caption).strip()
        if len(wanted) < _SHORT_CAPTION:
            at = f" {head} ".rfind(f" {wanted} ")
            if at >= 0:
                ends.append(at + len(wanted))
            continue
        at = head.rfind(wanted)
        if at >= 0:
            ends.append(at + len(wanted))
        elif found := fuzz.partial_ratio_alignment(wanted, head, score_cutoff=CAPTION_FIT):
            ends.append(found.dest_end)
    return max(ends, default=None)


def _value_start(text: CellText, at: int) -> int:
    """Pass over the rest of a caption: of its word, its colon, and the caption of another language behind it."""
    whole = text.text
    while 0 < at < len(whole) and whole[at].isalpha() and whole[at - 1].isalpha():
        at += 1
    has_more_rows = text.first_row_end < len(whole)
    if at and has_more_rows and whole[at : text.first_row_end].lstrip().startswith("/"):
        at = text.first_row_end
    while at < len(whole) and whole[at] in _SEPARATORS:
        at += 1
    return at


def _proposal(
    field: InidField, meaning: InidCaption, value: FieldValue, words: Sequence[Word], has_caption: bool
) -> FieldProposal:
    doubts = []
    if not value.is_typed and value.is_typed_kind:
        doubts.append(FieldDoubt.VALUE_UNREAD)
    if value.is_repaired:
        doubts.append(FieldDoubt.VALUE_REPAIRED)
    if not has_caption:
        doubts.append(FieldDoubt.CAPTION_UNKNOWN)
    if value.others:
        doubts.append(FieldDoubt.DATE_OPEN)
    read = sum(words[index].confidence for index in value.words) / len(value.words)
    return FieldProposal(
        field=field,
        code=meaning.code,
        standard=meaning.standard,
        printed=value.printed,
        value=value.value,
        words=value.words,
        boxes=_boxes(value.words, words),
        confidence=read if has_caption else read * _UNCAPTIONED,
        doubts=tuple(doubts),
        others=value.others,
    )


def _boxes(indices: Sequence[int], words: Sequence[Word]) -> tuple[Box, ...]:
    by_line: dict[int, list[Box]] = {}
    for index in indices:
        by_line.setdefault(words[index].line, []).append(words[index].box)
    return tuple(_around(boxes) for boxes in by_line.values())


def _around(boxes: Sequence[Box]) -> Box:
    left = min(box.left_px for box in boxes)
    top = min(box.top_px for box in boxes)
    right = max(box.left_px + box.width_px for box in boxes)
    bottom = max(box.top_px + box.height_px for box in boxes)
    return Box(left, top, right - left, bottom - top)


__all__ = ["CellText", "FieldDoubt", "FieldProposal", "caption_end", "read_fields"]
