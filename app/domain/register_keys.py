"""Under which spellings a register row can be found: the five of WIPO's regional search, and its names.

Number: the masked serial (as WIPO's id carries it), the original, without special characters, digits only,
the serial without leading zeros. Names: without accents, case, marks of firms and the many ways to encode one
word of a script. Pure; runs where rows are parsed and where somebody searches.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from app.domain.application_number import ApplicationNumber
from app.domain.company_words import COMPANY_WORDS
from ocr.numbers import normalise

MOST_KEY_LETTERS = 80
_GBD_HEAD = 8  # office, type of right, year of filing

_NO_WORD = re.compile(r"[^\w\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]+|_")
_ACCENTS = re.compile("[\u0300-\u036f]+")
_NO_NUMBER = re.compile(r"[^A-Z0-9]")
# Equal on paper, different in bytes: Thai and Lao AM of one or two characters, and Lao NO and MO with their
# older spelling.
SCRIPT_FOLDS = (("\u0e4d\u0e32", "\u0e33"), ("\u0ecd\u0eb2", "\u0eb3"), ("\u0ead\u0eb3", "\u0eb3"), ("\u0edc", "\u0eab\u0e99"), ("\u0edd", "\u0eab\u0ea1"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class NumberKeys:
    """Spellings beside the canonical one; empty where there is none."""

    masked: str
    bare: str
    compact: str
    digits: str


def number_keys(number: ApplicationNumber) -> NumberKeys:
    """List the synonyms of a number; see the module."""
    masked = (number.gbd_id or "")[_GBD_HEAD:] or number.serial
    compact = compact_of(number.canonical)
    digits = "".join(char for char in compact if char.isdigit())
    return NumberKeys(masked=masked, bare=masked.lstrip("0"), compact=compact, digits=digits)


def compact_of(text: str) -> str:
    """A number without special characters, in Latin digits and capitals."""
    plain = text if text.isascii() else normalise(text).text
    return _NO_NUMBER.sub("", plain.upper())


def name_key(text: str) -> str:
    """Fold a title or an applicant's name; at most 80 characters."""
    plain = text.casefold()
    if not plain.isascii():
        plain = normalise(text).text.casefold().replace("đ", "d")
        for old, new in SCRIPT_FOLDS:
            plain = plain.replace(old, new)
        plain = _ACCENTS.sub("", unicodedata.normalize("NFD", plain))
    words = " ".join(_NO_WORD.sub(" ", plain).split())
    bare = " ".join(COMPANY_WORDS.sub(" ", words).split())
    return (bare or words)[:MOST_KEY_LETTERS]
