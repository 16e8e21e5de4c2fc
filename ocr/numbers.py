"""Normalises number tokens and matches them against the offices' printed formats.

The order follows the offices' own habits: fold digits, dashes and slashes of all scripts, match the
formats as printed, and only then try to repair look-alike characters slot by slot, keeping every edit.
Pure functions of strings; they run in worker processes (candidates) and in the application (typed numbers).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ocr.numbers_shapes import Shape, expand, fit, tolerant_pattern
from ocr.types import Edit, NumberFormat

MAX_EDITS = 3
MIN_REAL_DIGITS = 3

_DELETED = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u17b4\u17b5"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_SLASHES = "\u2044\u2215\uff0f"
_CAMNUC = "\u17d6"  # a Khmer colon; bad fonts print it for a dash, so between digits it is one

_HALF_KNOWN = re.compile("[\u0e50-\u0e59\u0ed0-\u0ed9]")
"""Digits of Thai and Lao: the engine's models know five and none of them."""

_DAMM_TABLE = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
_CHECK_LETTERS = "PQRSTUVWXY"

_NO_LITERALS = re.compile(r"\?P<\w*>|\[[^]]*\]|\\.|\{[^}]*\}")
"""Of a pattern: names of groups, classes, escapes, counts."""
_LETTERS = re.compile(r"[A-Z]{2,}")


@dataclass(frozen=True, slots=True)
class Normalised:
    """A token after folding. positions[i] is the index in raw of the character behind text[i]."""

    raw: str
    text: str
    positions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FormatMatch:
    """A token that fully matches a format, after the given repairs (none for a clean reading).

    check_passes: None where the format has no check letter.
    """

    format: NumberFormat
    text: str
    groups: tuple[tuple[str, str], ...]
    edits: tuple[Edit, ...] = ()
    check_passes: bool | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FormatSet:
    """Formats ready for matching: one pattern to sort tokens out cheaply, then one per format.

    Compared by identity: hashing sixty formats for every token cost more than matching it.
    """

    formats: tuple[NumberFormat, ...]
    patterns: tuple[re.Pattern[str], ...]
    any_clean: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Slots:
    """The formats' shapes by length, with one pattern per length that lets every repairable token pass."""

    tolerant: dict[int, re.Pattern[str]]
    shapes: dict[int, tuple[tuple[int, Shape], ...]]


@lru_cache(maxsize=64)
def letters_of(formats: tuple[NumberFormat, ...]) -> frozenset[str]:
    """List the runs of two letters and more that formats print, and their offices' codes: what may stand apart from digits."""
    found = {each.office for each in formats}
    for each in formats:
        found.update(_LETTERS.findall(_NO_LITERALS.sub(" ", each.pattern)))
    return frozenset(found)


@lru_cache(maxsize=4096)
def normalise(token: str) -> Normalised:
    """Fold digits, dashes, slashes, spaces and Latin case of any script into one plain form.

    Never applies NFKC: it would split Thai and Lao vowels. Positions survive, so a repaired character
    can be shown where it stands on the page.
    """
    if token.isascii():
        return Normalised(token, token.upper(), tuple(range(len(token))))
    if unicodedata.is_normalized("NFC", token):
        pairs = [(position, char) for position, char in enumerate(token)]
    else:
        pairs = _composed(token)
    text: list[str] = []
    positions: list[int] = []
    for position, char in pairs:
        folded = _FOLD_CACHE.get(char)
        if folded is None:
            folded = _FOLD_CACHE.setdefault(char, _fold(char))
        if folded:
            text.append(folded)
            positions.append(position)
    joined = _settle_camnuc("".join(text))
    return Normalised(token, joined, tuple(positions))


def match(
    token: str | Normalised, formats: Sequence[NumberFormat], *, repair: bool = True
) -> tuple[FormatMatch, ...]:
    """Return every format the whole token fits, in the order of formats; repaired only if none fits cleanly.

    A repair changes look-alike characters only where the format wants the other kind of character, at most
    MAX_EDITS of them, and leaves at least MIN_REAL_DIGITS digits that were truly read.
    """
    wanted = token if isinstance(token, Normalised) else normalise(token)
    return match_prepared(wanted, prepare_formats(tuple(formats)), repair=repair)


def match_prepared(token: Normalised, formats: FormatSet, *, repair: bool) -> tuple[FormatMatch, ...]:
    """Do the work of match() with formats prepared once per page."""
    clean = _clean_matches(token.text, formats)
    if clean or not repair:
        return clean
    return _repaired_matches(token, formats)


def is_plain(number_format: NumberFormat) -> bool:
    """Tell whether the form is bare digits, so that receipts and dates look just like it."""
    return all(example.isdigit() for example in number_format.examples)


def has_half_known_digits(text: str) -> bool:
    """Tell whether digits stand in a text that the engine's models do not know well enough to be believed."""
    return _HALF_KNOWN.search(text) is not None


def damm_letter(digits: str) -> str:
    """Compute the check letter of the Singapore series from year and serial ("202003062" gives "Q")."""
    interim = 0
    for digit in digits:
        interim = int(_DAMM_TABLE[interim][int(digit)])
    return _CHECK_LETTERS[interim]


@lru_cache(maxsize=256)
def prepare_formats(formats: tuple[NumberFormat, ...]) -> FormatSet:
    """Prepare formats once per process; later calls with the same tuple cost a look-up."""
    patterns = tuple(re.compile(each.pattern) for each in formats)
    unnamed = "|".join(re.sub(r"\?P<\w+>", "?:", each.pattern) for each in formats) or r"(?!)"
    return FormatSet(formats=formats, patterns=patterns, any_clean=re.compile(unnamed))


@lru_cache(maxsize=16)
def _slots_of(prepared: FormatSet) -> _Slots:
    by_length: dict[int, list[tuple[int, Shape]]] = {}
    for index, each in enumerate(prepared.formats):
        for shape in expand(each.pattern):
            by_length.setdefault(len(shape), []).append((index, shape))
    tolerant = {
        length: re.compile("|".join(sorted({tolerant_pattern(shape) for _, shape in shapes})))
        for length, shapes in by_length.items()
    }
    return _Slots(tolerant, {length: tuple(shapes) for length, shapes in by_length.items()})


def _clean_matches(text: str, compiled: FormatSet) -> tuple[FormatMatch, ...]:
    if compiled.any_clean.fullmatch(text) is None:
        return ()
    found = []
    for number_format, pattern in zip(compiled.formats, compiled.patterns, strict=True):
        hit = pattern.fullmatch(text)
        if hit is not None:
            found.append(_as_match(number_format, hit, ()))
    return tuple(found)


def _repaired_matches(wanted: Normalised, compiled: FormatSet) -> tuple[FormatMatch, ...]:
    text = wanted.text
    slots = _slots_of(compiled)
    tolerant = slots.tolerant.get(len(text))
    if tolerant is None or sum(char.isdigit() for char in text) < MIN_REAL_DIGITS:
        return ()
    raw_chars = "".join(wanted.raw[position] for position in wanted.positions)
    if tolerant.fullmatch(text) is None:
        return ()
    best: dict[int, FormatMatch] = {}
    for index, shape in slots.shapes[len(text)]:
        edits = fit(shape, text, raw_chars, max_edits=MAX_EDITS)
        if edits is None:
            continue
        repaired = _apply(text, edits)
        number_format = compiled.formats[index]
        if number_format.check == "damm":
            repaired, edits = _settle_check(repaired, edits, raw_chars, compiled.patterns[index])
        hit = compiled.patterns[index].fullmatch(repaired)
        if hit is None or sum(char.isdigit() for char in text) - len(edits) < MIN_REAL_DIGITS - 1:
            continue
        known = best.get(index)
        if known is None or len(edits) < len(known.edits):
            best[index] = _as_match(number_format, hit, edits)
    return tuple(best[index] for index in sorted(best))


def _settle_check(
    repaired: str, edits: tuple[Edit, ...], raw_chars: str, pattern: re.Pattern[str]
) -> tuple[str, tuple[Edit, ...]]:
    """Put the computed letter where the check letter itself had to be repaired."""
    hit = pattern.fullmatch(repaired)
    if hit is None:
        return repaired, edits
    at = hit.start("check")
    if not any(edit.position == at for edit in edits):
        return repaired, edits
    letter = damm_letter(hit["year"] + hit["serial"])
    settled = tuple(Edit(at, raw_chars[at], letter) if edit.position == at else edit for edit in edits)
    return repaired[:at] + letter + repaired[at + 1 :], settled


def _as_match(number_format: NumberFormat, hit: re.Match[str], edits: tuple[Edit, ...]) -> FormatMatch:
    groups = tuple((name, value) for name, value in hit.groupdict().items() if value is not None)
    passes = None
    if number_format.check == "damm":
        passes = damm_letter(hit["year"] + hit["serial"]) == hit["check"]
    return FormatMatch(number_format, hit.string, groups, edits, passes)


def _apply(text: str, edits: tuple[Edit, ...]) -> str:
    chars = list(text)
    for edit in edits:
        chars[edit.position] = edit.put
    return "".join(chars)


_FOLD_CACHE: dict[str, str] = {}


def _fold(char: str) -> str:
    if char in _DELETED:
        return ""
    if char in _DASHES:
        return "-"
    if char in _SLASHES:
        return "/"
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    if 0xFF01 <= ord(char) <= 0xFF5E:  # full-width forms of ASCII
        return chr(ord(char) - 0xFEE0).upper()
    if unicodedata.category(char) == "Zs" or char in "\t\r\n":
        return " "
    upper = char.upper()
    return upper if len(upper) == 1 else char


def _composed(token: str) -> list[tuple[int, str]]:
    """Compose base and marks cluster by cluster, so that each result knows where its base stood."""
    pairs: list[tuple[int, str]] = []
    start = 0
    for end in range(1, len(token) + 1):
        if end == len(token) or not unicodedata.combining(token[end]):
            pairs.extend((start, char) for char in unicodedata.normalize("NFC", token[start:end]))
            start = end
    return pairs


def _settle_camnuc(text: str) -> str:
    if _CAMNUC not in text:
        return text
    return re.sub(rf"(?<=[0-9A-Z]){_CAMNUC}(?=[0-9])", "-", text).replace(_CAMNUC, ":")
