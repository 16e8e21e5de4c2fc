"""Which way up a doubtful page lies by what the pages around it show. Pure.

A stack is fed one way: where a page says too little of its own, the pages before and behind it say how the stack lay.
That is a hint, for a person may have put one sheet in the other way round: it is offered, never applied unasked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ocr.quality_table import CHECKS
from ocr.types import QualityReason

REACH = 4
"""Pages looked at on either side: what lies farther off may have been fed in another go."""

LEAST_AGREEING = 2
"""One page that lies otherwise may be the very sheet that was put in wrongly."""

SURE = 0.6
"""Certainty from which a neighbour counts, more than it takes to turn a page by itself."""


@dataclass(frozen=True, slots=True)
class PageTurn:
    """How one page lies. page_id: anything that names it.

    turn_deg: clockwise, as applied. confidence: 0..1; 0 for a page that was not read. is_wide: the scan as it came
    is wider than high, for a sheet fed the other way tells nothing of this one. is_decided: a person said so.
    """

    page_id: int
    turn_deg: int
    confidence: float
    is_wide: bool = False
    is_blank: bool = False
    is_decided: bool = False

    @property
    def is_sure(self) -> bool:
        """Whether it speaks for how its neighbours lie."""
        return self.is_decided or (self.confidence >= SURE and not self.is_blank)

    @property
    def is_doubtful(self) -> bool:
        """Whether it does not say itself how it lies, and nobody else did."""
        in_doubt = CHECKS["turn_unsure"].fails(self.confidence)
        return in_doubt and not self.is_blank and not self.is_decided


def turns_of_neighbours(pages: Sequence[PageTurn]) -> dict[int, QualityReason]:
    """Doubtful pages around which all sure pages lie turned alike: "turn_of_neighbours" (degrees) by page id.

    pages: all of one dossier, in order. Two ways of lying that take turns are the two sides of sheets turned over
    like those of a calendar: then a page is compared with every second page only.
    """
    found = {}
    for place, page in enumerate(pages):
        if page.is_doubtful:
            turn_deg = _agreed(place, pages)
            if turn_deg:
                found[page.page_id] = QualityReason("turn_of_neighbours", float(turn_deg))
    return found


def _agreed(place: int, pages: Sequence[PageTurn]) -> int | None:
    """The turn all sure neighbours have, None where they are few or differ."""
    around = range(max(0, place - REACH), min(len(pages), place + REACH + 1))
    own_side, other_side = (
        [at for at in around if at != place and (at - place) % 2 == odd] for odd in (0, 1)
    )
    alike, others = _turns(place, own_side, pages), _turns(place, other_side, pages)
    if len(set(alike + others)) == 1:
        return (alike + others)[0] if len(alike + others) >= LEAST_AGREEING else None
    takes_turns = len(set(alike)) == len(set(others)) == 1 and (alike[0] - others[0]) % 360 == 180
    is_enough = min(len(alike), len(others)) >= LEAST_AGREEING
    return alike[0] if takes_turns and is_enough else None


def _turns(place: int, places: Sequence[int], pages: Sequence[PageTurn]) -> list[int]:
    return [
        pages[at].turn_deg for at in places if pages[at].is_sure and pages[at].is_wide == pages[place].is_wide
    ]
