"""The second keying: which confirmed dossiers another person keys again, unseen, and who is another person.

Pure values and rules; the states are app.domain.states.KeyingState, comparing is app.domain.keyed_values.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations
from typing import Literal

from app.domain.field_kinds import DossierField

Whose = Literal["none", "confirmed", "all"]


@dataclass(frozen=True, slots=True)
class SecondKeying:
    """What an office has keyed twice. whose: nobody's dossiers, those a person confirmed, or the machine's proven too.

    percent: how many in a hundred of those, drawn by chance. fields: the number is always one of them.
    """

    whose: Whose = "none"
    percent: int = 100
    fields: tuple[DossierField, ...] = (DossierField.APPLICATION_NUMBER,)

    def wants(self, *, by_machine: bool, lot: str) -> bool:
        """Tell whether a dossier is keyed again. lot: what names the dossier; the same lot is always drawn alike."""
        if self.whose == "none" or (by_machine and self.whose != "all"):
            return False
        return drawn(lot) < self.percent

    def fields_among(self, asked: Collection[DossierField]) -> tuple[DossierField, ...]:
        """The fields to be keyed where an office asks for some: the number first, the others in the office's order."""
        others = (each for each in asked if each in self.fields and each != DossierField.APPLICATION_NUMBER)
        return (DossierField.APPLICATION_NUMBER, *others)


NO_SECOND_KEYING = SecondKeying()

MOST_ORDERED = 5
"""Words of a name that are joined in every order: 120 of them; longer names only as given and as sorted."""

_PLAIN_LETTERS = {"đ": "d", "ð": "d", "ø": "o", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe"}
"""Latin letters that are no letter with an accent by the standard, but are written so by people."""


def drawn(lot: str) -> int:
    """A number of 0..99 for a lot: nobody can foresee it, and confirming once more draws no other."""
    return int.from_bytes(hashlib.sha256(lot.encode()).digest()[:4]) % 100


def is_same_person(one: str, other: str) -> bool:
    """Tell whether two names may be one person's: "SOKHA  Kim", "kim, sokha", "OFFICE/Sokha.Kim", "sokha", "KimSokha".

    A name that is part of the other is held to be the same: who gave only half of it once is no second person. Nor is
    who wrote it without accents, or without spaces, as Khmer, Lao and Thai are written.
    """
    first, second = _words_of(one), _words_of(other)
    return first.words <= second.words or second.words <= first.words or bool(first.joined & second.joined)


def is_among(name: str, people: Collection[str]) -> bool:
    """Tell whether somebody may be one of these people."""
    return any(is_same_person(name, each) for each in people)


@dataclass(frozen=True, slots=True)
class _Name:
    """joined: its words written without spaces, in every order where they are few."""

    words: frozenset[str]
    joined: frozenset[str]


@lru_cache(maxsize=4_096)  # thousands of open keyings are compared with the same few people, for every list
def _words_of(name: str) -> _Name:
    """The words of a name without the domain of an account; a name of marks alone is its own word."""
    plain = _without_accents(unicodedata.normalize("NFKC", name).casefold())
    plain = plain.rpartition("\\")[2].partition("@")[0]
    words = "".join(char if is_of_word(char) else " " for char in plain).split() or [plain.strip()]
    orders = permutations(words) if len(words) <= MOST_ORDERED else (tuple(words), tuple(sorted(words)))
    return _Name(frozenset(words), frozenset(map("".join, orders)))


def _without_accents(text: str) -> str:
    """Latin letters without their accents; in other scripts marks are vowels and tones, and stay."""
    found, is_latin = [], False
    for char in unicodedata.normalize("NFD", text):
        if not unicodedata.category(char).startswith("M"):
            is_latin = unicodedata.name(char, "").startswith("LATIN ")
            found.append(_PLAIN_LETTERS.get(char, char))
        elif not is_latin:
            found.append(char)
    return "".join(found)


def is_of_word(char: str) -> bool:
    """Tell whether a character is part of a word."""
    # Marks too: vowels of Khmer, Lao and Thai are marks, and two names may differ by one.
    return unicodedata.category(char)[0] in "LMN"
