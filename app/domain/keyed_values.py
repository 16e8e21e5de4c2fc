"""Whether two people keyed the same: by what the values mean, not by how they are spelled. Pure functions."""

from __future__ import annotations

import re
import unicodedata

from app.domain.field_kinds import KIND_OF, DossierField, FieldKind
from app.domain.field_typing import latin_digits
from app.domain.register_keys import SCRIPT_FOLDS
from app.domain.second_keying import is_of_word

_ACCENTS = re.compile("[\u0300-\u036f]+")


def says_the_same(field: DossierField, one: str, other: str) -> bool:
    """Tell whether two values, as data, mean the same: classes in any order, texts but for accents, case and marks.

    Stricter than the comparison with the register: a second keying is there to find the letter that was mistyped.
    """
    if one == other:
        return True
    match KIND_OF[field]:
        case FieldKind.TEXT:
            return _same_text(one, other)
        case FieldKind.CLASSES:
            return _parts(one) == _parts(other)
        case _:
            return False


def _same_text(one: str, other: str) -> bool:
    """Accents count where both have some: typed on a keyboard without them a word is the same, with others it is not."""
    first, second = _words(one), _words(other)
    if first == second:
        return bool(first)
    bare, other_bare = _ACCENTS.sub("", first), _ACCENTS.sub("", second)
    return bare == other_bare and (bare == first or other_bare == second)


def _words(text: str) -> str:
    plain = unicodedata.normalize("NFKC", latin_digits(text)).casefold().replace("đ", "d\u0335")
    for old, new in SCRIPT_FOLDS:
        plain = plain.replace(old, new)
    decomposed = unicodedata.normalize("NFD", plain)
    return " ".join("".join(char if is_of_word(char) else " " for char in decomposed).split())


def _parts(classes: str) -> set[str]:
    return {part.strip() for part in classes.split(";") if part.strip()}
