"""What the words around a number say it is: INID codes and captions in the offices' languages.

The same digits mean an application after (21) and a registration after (11); a receipt, a telephone or a
cited earlier mark looks just like them. Pure text rules, used in worker processes and when office data loads.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from ocr.numbers_captions import PHRASES
from ocr.types import NumberRole

_A, _R, _C, _P, _I = (
    NumberRole.APPLICATION,
    NumberRole.REGISTRATION,
    NumberRole.CITED,
    NumberRole.PRIORITY,
    NumberRole.INTERNATIONAL,
)

# ST.9, ST.60, ST.80. Group codes (20)/(10)/(200)/(100) are printed by Viet Nam only.
_INID = {
    **dict.fromkeys(("21", "210"), _A),
    **dict.fromkeys(("11", "111", "116"), _R),
    **dict.fromkeys(("30", "31", "32", "33", "300", "310", "320", "330"), _P),
    **dict.fromkeys(("60", "61", "62", "63", "64", "65", "66", "67", "68", "641", "646"), _C),
    **dict.fromkeys(("85", "86", "87", "800", "860", "861"), _I),
}
_INID_VN = {"20": _A, "200": _A, "10": _R, "100": _R}
# Recognition likes to read the one of (21) as a letter or a stroke.
_INID_PATTERN = re.compile(r"[(\[{]\s?([0-9LI|!]{2,3})\s?[)\]}]")


@dataclass(frozen=True, slots=True)
class Label:
    """A caption found in a text. start and end: where it stands in the folded text."""

    role: NumberRole
    text: str
    start: int
    end: int
    is_inid: bool


@lru_cache(maxsize=2048)
def labels_in(text: str, *, office: str) -> tuple[Label, ...]:
    """List the captions of a normalised text in order; the longer of two that overlap wins.

    office: ST.3 code of the number's format; decides whether Viet Nam's group codes count.
    """
    found = _inid_labels(text, office) + _phrase_labels(fold_keeping_length(text))
    return tuple(sorted(found, key=lambda label: label.start))


def role_of_caption(caption: str, *, office: str) -> NumberRole | None:
    """Say what a printed caption announces; its INID code decides, then its words."""
    labels = labels_in(_normalised_caption(caption), office=office)
    inid = [label for label in labels if label.is_inid]
    chosen = inid or list(labels)
    return chosen[0].role if chosen else None


def strip_label(text: str) -> str:
    """Remove captions and INID codes before a typed number ("(21) No. KH/D/2019/00125")."""
    rest = _INID_PATTERN.sub(" ", text, count=1) if text[:1] in "([{" else text
    folded = fold_keeping_length(rest)
    leading = len(folded) - len(folded.lstrip())
    for label in _phrase_labels(folded):
        if label.start == leading:
            rest = rest[label.end :]
    return _BARE_LABEL.sub("", rest.strip()).strip()


def fold_keeping_length(text: str) -> str:
    """Fold for phrase search so that positions stay those of text."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
    if not lowered.isascii():
        lowered = "".join(_bare(char) for char in lowered)
    return _SINGLE_PUNCTUATION.sub(" ", lowered)


_SINGLE_PUNCTUATION = re.compile(r"[.,:;()\[\]{}'\"_/\\|°º\u17d6-]")
_BARE_LABEL = re.compile(
    r"^(?:N[O°Oº\u00ba\u00b0]\s?[.:]?\s+|N[°º]\s?|NO[.:]\s?|\u2116\s?|SỐ\s+|NOMOR\s+|[:.]\s*)+"
)
_LATIN_WORD = re.compile(r"[a-z]+")
_MAX_GAP = 4
_LEAST_MISREAD = 9


@lru_cache(maxsize=1)
def _latin_phrases() -> dict[str, tuple[tuple[tuple[str, ...], NumberRole], ...]]:
    """Latin captions by their first word, longest first."""
    table: dict[str, list[tuple[tuple[str, ...], NumberRole]]] = {}
    for role, phrases in PHRASES.items():
        for phrase in dict.fromkeys(phrases):
            if phrase.isascii():
                words = tuple(phrase.split(" "))
                table.setdefault(words[0], []).append((words, role))
    return {
        first: tuple(sorted(entries, key=lambda entry: -len(entry[0]))) for first, entries in table.items()
    }


@lru_cache(maxsize=1)
def _native_phrases() -> tuple[tuple[str, NumberRole], ...]:
    """Captions of scripts without spaces, longest first."""
    entries = [
        (phrase, role) for role, phrases in PHRASES.items() for phrase in phrases if not phrase.isascii()
    ]
    return tuple(sorted(dict.fromkeys(entries), key=lambda entry: -len(entry[0])))


def _phrase_labels(folded: str) -> list[Label]:
    return _latin_labels(folded) + ([] if folded.isascii() else _native_labels(folded))


def _latin_labels(folded: str) -> list[Label]:
    found: list[Label] = []
    table = _latin_phrases()
    words = [(_as_printed(word.group()), word.start(), word.end()) for word in _LATIN_WORD.finditer(folded)]
    at = 0
    while at < len(words):
        taken = 1
        for phrase, role in table.get(words[at][0], ()):
            if _follows(words, at, phrase):
                taken = len(phrase)
                start, end = words[at][1], words[at + taken - 1][2]
                found.append(Label(role, " ".join(phrase), start, end, is_inid=False))
                break
        at += taken
    return found


def _follows(words: list[tuple[str, int, int]], at: int, phrase: tuple[str, ...]) -> bool:
    if at + len(phrase) > len(words):
        return False
    for offset, word in enumerate(phrase):
        here, start, _ = words[at + offset]
        if here != word:
            return False
        if offset and start - words[at + offset - 1][2] > _MAX_GAP:
            return False
    return True


@lru_cache(maxsize=8192)
def _as_printed(word: str) -> str:
    """A long word of captions that was read with one letter wrong, lost or added ("applicatign")."""
    known = _long_words()
    if len(word) < _LEAST_MISREAD - 1 or word in known:
        return word
    return next((each for each in known if OSA.distance(each, word, score_cutoff=1) <= 1), word)


@lru_cache(maxsize=1)
def _long_words() -> tuple[str, ...]:
    words = {word for entries in _latin_phrases().values() for phrase, _ in entries for word in phrase}
    return tuple(sorted(word for word in words if len(word) >= _LEAST_MISREAD))


def _native_labels(folded: str) -> list[Label]:
    found: list[Label] = []
    for phrase, role in _native_phrases():
        start = folded.find(phrase)
        while start >= 0:
            end = start + len(phrase)
            if not any(label.start < end and start < label.end for label in found):
                found.append(Label(role, phrase, start, end, is_inid=False))
            start = folded.find(phrase, end)
    return found


def _inid_labels(text: str, office: str) -> list[Label]:
    found = []
    for hit in _INID_PATTERN.finditer(text):
        code = re.sub(r"[LI|!]", "1", hit[1])
        role = _INID.get(code)
        if role is None and office == "VN":
            role = _INID_VN.get(code)
        shown = NumberRole.UNKNOWN if role is None else role
        found.append(Label(shown, f"({code})", hit.start(), hit.end(), is_inid=True))
    return found


def _normalised_caption(caption: str) -> str:
    return caption.upper() if caption.isascii() else "".join(_upper(char) for char in caption)


def _upper(char: str) -> str:
    upper = char.upper()
    return upper if len(upper) == 1 else char


@lru_cache(maxsize=4096)
def _bare(char: str) -> str:
    """Strip the marks of a Latin letter; leave every other character alone."""
    if char.isascii():
        return char
    if char in "đĐ":
        return "d"
    base = unicodedata.normalize("NFD", char)[0]
    return base.lower() if base.isascii() and base.isalpha() else char
