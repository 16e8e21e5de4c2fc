"""Numbers that were not read but may be meant: for a person to choose from, never proven."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.domain.application_number import ApplicationNumber, NotAnApplicationNumber
from app.domain.linking_case import nearest
from app.domain.linking_model import RankedNumber
from app.domain.linking_register import PageText, compare
from app.domain.offices import OfficeProfile
from app.domain.register import RegisterEntry, RegisterLookup

MAX_SUGGESTIONS = 5
SUGGESTION_CONFIDENCE = 0.3  # below any reading that proves


def suggest(
    ranked: Sequence[RankedNumber],
    register: RegisterLookup | None,
    pages: Sequence[PageText],
    office: OfficeProfile,
) -> tuple[RankedNumber, ...]:
    """List what the claimed numbers may be misreadings of, the likeliest first.

    Register rows one character away from a number the register lacks, those whose title is on the papers
    first; and, where a check letter fails, the digits swapped so that it passes.
    """
    read = {each.canonical for each in ranked}
    found: dict[str, RankedNumber] = {}
    for each in ranked:
        if not any(place.is_proof for place in each.occurrences):
            continue
        for other in (*_from_register(each, register, pages), *_from_check_letter(each, register, office)):
            if other.canonical not in read:
                found.setdefault(other.canonical, other)
    ordered = sorted(found.values(), key=lambda each: (-each.confidence, each.canonical))
    return tuple(ordered[:MAX_SUGGESTIONS])


def _from_register(
    read: RankedNumber, register: RegisterLookup | None, pages: Sequence[PageText]
) -> Iterator[RankedNumber]:
    if register is None or read.in_register:
        return
    for entry in nearest(register, read.canonical):
        row = compare(entry, pages)
        likely = 1.0 if row.pages("title") else 0.5
        yield RankedNumber(
            canonical=entry.number.canonical,
            number=entry.number,
            confidence=round(SUGGESTION_CONFIDENCE * likely * read.confidence, 4),
            occurrences=(),
            in_register=True,
            register_entry=entry,
            agreements=row.agreements,
            rivals=(read.canonical,),
        )


def _from_check_letter(
    read: RankedNumber, register: RegisterLookup | None, office: OfficeProfile
) -> Iterator[RankedNumber]:
    if read.number.check_passes is not False:
        return
    for spelling in _swapped(read.canonical):
        try:
            number = ApplicationNumber.parse(spelling, office)
        except NotAnApplicationNumber:
            continue
        if not number.check_passes:
            continue
        entry: RegisterEntry | None = register.find(number.canonical) if register is not None else None
        yield RankedNumber(
            canonical=number.canonical,
            number=number,
            confidence=round(
                SUGGESTION_CONFIDENCE * (1.0 if entry is not None else 0.6) * read.confidence, 4
            ),
            occurrences=(),
            in_register=None if register is None else entry is not None,
            register_entry=entry,
            rivals=(read.canonical,),
        )


def _swapped(spelling: str) -> Iterator[str]:
    for at in range(len(spelling) - 1):
        left, right = spelling[at], spelling[at + 1]
        if left != right and left.isdigit() and right.isdigit():
            yield spelling[:at] + right + left + spelling[at + 2 :]
