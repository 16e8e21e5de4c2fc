"""What a paper says its file is about: the title and the applicant it states under its own captions.

Only text is known here, no places: a value is what stands behind a caption, or on the next line. So what is found may
speak for a look at the page, and lower a probability; it proves nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from app.domain.linking_pages import HEAD_LINES, fold_words
from app.domain.linking_papers import is_of_others
from ocr.other_files import speaks_of_other_file

UNLIKE = 55.0
"""Two titles less alike than this (0..100), in one script, are not one title badly read."""
ALIKE = 85.0
_LEAST_LETTERS, _LINE_LETTERS = 4, 20
_TITLE = re.compile(
    r"^\W{0,3}(?:54\d?)\W+(?=\D)|^\W*(?:title(?: of (?:the )?(?:invention|design))?|mark)\s*:"
)
_APPLICANT = re.compile(r"^\W{0,3}(?:71|73|73[0-2])\W+(?=\D)|^\W*(?:applicants?|owner|holder|proprietor)\s*:")
_CODE = re.compile(r"^\W{0,3}\d{2,3}\W+\D")
_SPACES = re.compile(r"[\W_]+")


Values = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Stated:
    """The titles and applicants a page states, folded; none where nothing could be made out.

    Of each: the value, and what stands behind the code on its line, which may be a caption or the value itself.
    """

    titles: Values
    applicants: Values


@lru_cache(maxsize=1024)
def stated_on(text: str) -> Stated:
    """Find what a page states of its own file; nothing on a copy that says at its head that it is of another one."""
    printed = [line for line in text.splitlines() if line.strip()]
    head = printed[:HEAD_LINES]
    if any(map(speaks_of_other_file, head)) or is_of_others(map(fold_words, head)):
        return Stated((), ())
    lines = fold_words("\n".join(printed)).splitlines()
    return Stated(tuple(_values(lines, _TITLE)), tuple(_values(lines, _APPLICANT)))


def _values(lines: list[str], caption: re.Pattern[str]) -> list[tuple[str, str]]:
    found = []
    for at, line in enumerate(lines):
        hit = caption.search(line)
        if hit is None:
            continue
        behind = line.partition(":")[2].strip()
        below = lines[at + 1] if at + 1 < len(lines) and _CODE.search(lines[at + 1]) is None else ""
        value = _SPACES.sub(" ", behind or below).strip()
        if sum(map(str.isalpha, value)) >= _LEAST_LETTERS:
            found.append((value, _SPACES.sub(" ", line[hit.end() :]).strip()))
    return found


def contradicts(stated: Values, register: str) -> bool:
    """Tell whether what a page states is something else than what the register says, in the same script."""
    wanted = _plain(register)
    if not stated or sum(map(str.isalpha, wanted)) < _LEAST_LETTERS:
        return False
    return all(
        _is_latin(value) == _is_latin(wanted)
        and max(_likeness(value, wanted), _likeness(beside, wanted)) < UNLIKE
        for value, beside in stated
    )


def is_same_title(stated: str, register: str) -> bool:
    """Tell whether a stated title is the register's, or a line of it: no longer one, nor one that begins otherwise."""
    wanted = _plain(register)
    line = wanted[: len(stated)] if len(stated) >= _LINE_LETTERS else wanted
    return max(fuzz.ratio(stated, wanted), fuzz.ratio(stated, line)) >= ALIKE


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    return _SPACES.sub(" ", fold_words(text)).strip()


def _likeness(one: str, other: str) -> float:
    return max(fuzz.ratio(one, other), fuzz.partial_ratio(one, other) - 20 if one else 0.0)


@lru_cache(maxsize=4096)
def _is_latin(text: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    return sum(char.isascii() for char in letters) * 2 > len(letters)
