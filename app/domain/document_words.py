"""What kind of paper the head of a page announces: captions and form codes of the office, held against short lines.

Captions are the pack's, in all its languages. Only headings count: a request form names all papers that came with it,
and a letter speaks of them. Pure; text as the page engine read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from app.domain.office_profile import OfficeProfile
from ocr.numbers import normalise
from ocr.other_files import fold_line

HEAD_LINES = 14
"""Lines with letters or digits, from the top, that may be the head of a paper: letterheads take up to eight."""

FOOT_LINES = 3
HEADING_LETTERS = 64
HEADING_WORDS = 9

# How sure a heading is, by how much of its line the caption is. Measured on drawn folders, see tests/benchmarks/README.md.
WHOLE, START, INSIDE = 0.95, 0.9, 0.8
ONE_WORD_START, ONE_WORD_INSIDE = 0.75, 0.45
FORM_CODE = 0.97
MISREAD = 0.1
"""Taken off for each character that was read otherwise."""
SENTENCE = 0.3
"""Taken off where a line begins like the middle of a sentence, or like an entry of a list."""
LONGEST_MISREAD = 2
LETTERS_PER_MISREAD = 7

_SPACES = re.compile(r"[\s\u200b\u200c\u200d\u2060\ufeff]+")
_WORD = re.compile(r"[a-z0-9]+")
_LATIN = re.compile(r"[a-z]")
_NUMBERED = re.compile(r"^\W*(?:[ivx]{1,4}|\d{1,2}|[a-h])\s?[.)]\s", re.IGNORECASE)
# What speaks of a paper without being it.
_SPEAKS = re.compile(
    r"^\W*(?:re|subject|objet|perihal|ref|v/v|our ref|your ref|encl|enclosures?|annex(?:es)?|copy|cc|list of|see)\b\s*:?"
    r"|\b(?:enclosed|attached|herewith|please|your|our|cop(?:y|ies)\b(?! of a)|sets?|sheets?)\b|\d\s*cop(?:y|ies)|[☐☑☒□]"
)
# The caption of a field is no heading, whatever kind of paper it names: "(21) Application No.", "... / Applicant".
_FIELD = re.compile(
    r"^\W?[(\[]\s?\d{2,3}\s?[)\]]"
    r"|[/|:]\s*(?:applicants?|title|mark|designs?|inventors?|agent|priority|date|filing date|number|(?:application )?no\.?"
    r"|goods(?: and services)?|class(?:es)?|signature|address|owner|holder)\W*$"
)
_NOT_CERTIFIED = re.compile(r"certified copy")


@dataclass(frozen=True, slots=True)
class Heading:
    """A kind of paper a line announces. line: 0-based among the page's lines that say something; caption: as in the pack.

    by: "caption", "form_code" or what else shows it. confidence in 0..1.
    """

    kind: str
    confidence: float
    line: int
    caption: str
    printed: str
    by: str = "caption"


@dataclass(frozen=True, slots=True)
class _Caption:
    kind: str
    caption: str
    words: tuple[str, ...]  # Latin captions
    compact: str  # captions in scripts without spaces


@dataclass(frozen=True, slots=True)
class Terms:
    """An office's captions and form codes, prepared for one dossier."""

    latin: tuple[_Caption, ...]
    local: tuple[_Caption, ...]
    forms: tuple[tuple[str, re.Pattern[str], str], ...]
    kinds: frozenset[str]


def terms_of(office: OfficeProfile) -> Terms:
    """Prepare what an office's pack says of kinds of paper and forms."""
    latin, local = [], []
    for document in office.documents:
        for caption in _captions(document.words):
            folded = fold_line(caption)
            if _LATIN.search(folded):
                latin.append(_Caption(document.code, caption, tuple(_WORD.findall(folded)), ""))
            else:
                local.append(_Caption(document.code, caption, (), _SPACES.sub("", folded)))
    return Terms(
        latin=tuple(latin),
        local=tuple(local),
        forms=tuple((form.code, _form_pattern(form.code), form.document) for form in office.forms),
        kinds=frozenset(each.code for each in office.documents),
    )


def headings_of(lines: Sequence[str], terms: Terms) -> tuple[Heading, ...]:
    """Kinds of paper a page's head announces, and form codes at head or foot, the surest first.

    lines: those that say something, from the top. Of a kind only its surest line is told.
    """
    found: dict[str, Heading] = {}
    for each in _all(lines, terms):
        if each.kind not in found or each.confidence > found[each.kind].confidence:
            found[each.kind] = each
    return tuple(sorted(found.values(), key=lambda each: (-each.confidence, each.line)))


def telling_lines(text: str) -> tuple[str, ...]:
    """Lines with at least two letters or digits, from the top."""
    return tuple(line.strip() for line in text.splitlines() if sum(map(str.isalnum, line)) >= 2)


def plain_line(line: str) -> str:
    """A line in lower case with Latin digits and its signs, which fold_line takes away."""
    return normalise(line).text.lower()


def _all(lines: Sequence[str], terms: Terms) -> Iterator[Heading]:
    head = lines[:HEAD_LINES]
    for number, line in enumerate(head):
        folded = fold_line(line)
        if _FIELD.search(plain_line(line)) or _SPEAKS.search(_NOT_CERTIFIED.sub("", folded)):
            continue
        best = _caption_in(line, folded, terms)
        if best is not None:
            caption, confidence = best
            # The first lines are letterheads or the heading itself; further down it is less and less likely one.
            late = 0.02 * max(0, number - 8)
            yield Heading(caption.kind, round(confidence - late, 3), number, caption.caption, line)
    places = [*enumerate(head), *list(enumerate(lines))[max(len(head), len(lines) - FOOT_LINES) :]]
    for number, line in places:
        folded = fold_line(line)
        for code, pattern, kind in terms.forms:
            if kind and len(folded) <= HEADING_LETTERS * 2 and pattern.search(folded):
                yield Heading(kind, FORM_CODE, number, code, line, "form_code")


def _caption_in(line: str, folded: str, terms: Terms) -> tuple[_Caption, float] | None:
    """The caption a line most surely is; of two that are as sure the longer one."""
    words = tuple(_WORD.findall(folded))
    compact = _SPACES.sub("", folded)
    if sum(map(str.isalpha, compact)) > HEADING_LETTERS:
        return None
    found: list[tuple[int, float, _Caption]] = []
    for each in terms.local:
        if each.compact in compact:
            share = len(each.compact) / max(1, sum(map(str.isalnum, compact)))
            # Inside a word of a script without spaces it is part of another one: "applicant" holds "application".
            sure = WHOLE if share > 0.8 else START if compact.startswith(each.compact) else ONE_WORD_INSIDE
            found.append((len(each.compact), sure, each))
    if len(words) <= HEADING_WORDS:
        sentence = SENTENCE if _is_sentence(line) else 0.0
        for each in terms.latin:
            matched = _sure_of(each.words, words)
            if matched is not None:
                found.append((sum(map(len, each.words)), matched - sentence, each))
    if not found:
        return None
    # What begins the line goes before a longer caption inside it: "Request for grant of a patent".
    _, sure, caption = max(found, key=lambda each: (each[1], each[0]))
    return caption, sure


def _sure_of(caption: tuple[str, ...], words: tuple[str, ...]) -> float | None:
    """How sure a Latin line is this caption, None when it does not hold it."""
    length = len(caption)
    for start in range(len(words) - length + 1):
        misread = _misread(caption, words[start : start + length])
        if misread is None:
            continue
        if len(words) == length:
            sure = WHOLE
        elif start == 0:
            sure = ONE_WORD_START if length == 1 else START
        else:
            sure = ONE_WORD_INSIDE if length == 1 else INSIDE
        # "OFFICIAL RECEIPT": one word of two is the noun of the heading.
        if length == 1 and start and len(words) == 2 and start == 1:
            sure = ONE_WORD_START
        return sure - MISREAD * misread
    return None


def _misread(caption: tuple[str, ...], words: tuple[str, ...]) -> int | None:
    """Characters read otherwise than printed; None when it is another word."""
    if caption == words:
        return 0
    letters, read = sum(map(len, caption)), sum(map(len, words))
    allowed = min(LONGEST_MISREAD, (letters + len(caption) - 1) // LETTERS_PER_MISREAD)
    if not allowed or abs(letters - read) > allowed:
        return None
    distance = OSA.distance(" ".join(caption), " ".join(words), score_cutoff=allowed)
    return distance if distance <= allowed else None


def _is_sentence(line: str) -> bool:
    """A heading begins with a capital letter; the rest of a sentence, and an entry of a list, do not."""
    if _NUMBERED.match(line):
        return True  # an entry of a list of papers
    first = next((char for char in line if char.isalpha()), "")
    return first.islower() or line.rstrip().endswith((",", ";"))


def _captions(words: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for captions in words.values():
        yield from captions


def _form_pattern(code: str) -> re.Pattern[str]:
    """A form's code as it may stand on paper: "TM4", "TM 4", "Form TM-4"."""
    parts = re.findall(r"[a-z]+|\d+", fold_line(code))
    return re.compile(r"(?<![a-z0-9])" + r"[\s.:\-_]*(?:no\.?\s*)?".join(parts) + r"(?![a-z0-9])")
