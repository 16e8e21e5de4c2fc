"""Which pages an act reaches. No widgets."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum

from app.domain.ids import PageId
from app.queries.rows import PageSummary


class Scope(StrEnum):
    """How far an act reaches from the page shown."""

    THIS = "this"
    FOLLOWING = "following"
    EVERY_OTHER = "every_other"
    SELECTED = "selected"
    ALL = "all"


def pages_in(
    scope: Scope, pages: Sequence[PageSummary], shown: PageId | None, picked: Collection[int]
) -> tuple[PageId, ...]:
    """The pages an act reaches, in reading order whatever order they are shown in.

    EVERY_OTHER: the page shown and every second one after it, such as all backs of a folder.
    """
    in_order = sorted(pages, key=lambda page: page.number)
    place = next((at for at, page in enumerate(in_order) if page.id == shown), None)
    match scope:
        case Scope.THIS:
            reached = [] if place is None else in_order[place : place + 1]
        case Scope.FOLLOWING:
            reached = [] if place is None else in_order[place:]
        case Scope.EVERY_OTHER:
            reached = [] if place is None else in_order[place::2]
        case Scope.SELECTED:
            reached = [page for page in in_order if page.id in picked]
        case Scope.ALL:
            reached = in_order
    return tuple(page.id for page in reached)
