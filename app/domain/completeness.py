"""Holds a dossier against its office's checklist: what is missing, there twice, out of order, or too few pages. Pure.

No source the program knows states an office's checklist. What ships is a cautious list in wo.toml that offices put
their own in the place of; by itself it holds nothing back, it only tells. The count of pages is different: where the
folder's cover says how many there are, a page that is missing may be lost.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.domain.office_profile import OfficeProfile
from app.domain.office_terms import Checklist
from app.domain.offices import INTERNATIONAL_OFFICE

LEAST_DATED = 3
"""Two dates are in order one way or the other."""


@dataclass(frozen=True, slots=True)
class CheckedDocument:
    """A document as the checklist sees it. kind None: unknown. paper_pages: pages of it that count."""

    kind: str | None
    dated: date | None
    paper_pages: int = 1


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that is not as the checklist has it: a code and facts for ui/texts.py.

    is_loss: a page or paper may be lost, not only unknown or unsorted. kind: the kind of paper concerned;
    documents: places of those concerned, from 0.
    """

    code: str
    is_loss: bool = False
    kind: str | None = None
    documents: tuple[int, ...] = ()
    facts: Mapping[str, str | int] = field(default_factory=dict)


def checklist_for(offices: Mapping[str, OfficeProfile], office: str, right: str | None) -> Checklist | None:
    """The office's own list for a right, else the shared one; None where the right is unknown or has none."""
    if right is None:
        return None
    for code in (office, INTERNATIONAL_OFFICE):
        if code in offices:
            found = [each for each in offices[code].checklists if right in each.rights]
            if found:
                return found[0]
    return None


def check_documents(documents: Sequence[CheckedDocument], checklist: Checklist | None) -> tuple[Lack, ...]:
    """Hold documents, in their order, against a list. Documents without a page that counts are passed over."""
    counted = [(place, each) for place, each in enumerate(documents) if each.paper_pages]
    findings: list[Lack] = []
    kinds = Counter(each.kind for _, each in counted if each.kind is not None)
    unknown = tuple(place for place, each in counted if each.kind is None)
    if checklist is None:
        findings.append(Lack("no_checklist"))
    else:
        findings += [
            Lack("document_missing", is_loss=True, kind=kind)
            for kind in checklist.required
            if not kinds[kind]
        ]
        findings += [Lack("document_not_seen", kind=kind) for kind in checklist.usual if not kinds[kind]]
        for kind in checklist.once:
            places = tuple(place for place, each in counted if each.kind == kind)
            if len(places) > 1:
                findings.append(
                    Lack("document_doubled", kind=kind, documents=places, facts={"n": len(places)})
                )
        if checklist.by_date:
            findings += _out_of_order(counted)
    if unknown:
        findings.append(Lack("documents_unknown", documents=unknown, facts={"n": len(unknown)}))
    return tuple(findings)


def check_pages(expected: int | None, pages: int, blank: int) -> tuple[Lack, ...]:
    """Compare the pages that count with what the folder's cover says.

    pages: all that count, blank ones too; blank: how many of them. The cover may have counted blank backs or not,
    so both counts are right, and nothing between them: a lost page must not hide behind a blank back.
    """
    if expected is None or expected in (pages, pages - blank):
        return ()
    facts = {"expected": expected, "pages": pages, "blank": blank}
    return (
        Lack(
            "pages_fewer" if pages - blank < expected else "pages_more", is_loss=pages < expected, facts=facts
        ),
    )


def _out_of_order(counted: Sequence[tuple[int, CheckedDocument]]) -> list[Lack]:
    """The documents that break the order of the others; files are kept oldest first or newest first."""
    dated = [(place, each.dated.toordinal()) for place, each in counted if each.dated is not None]
    if len(dated) < LEAST_DATED:
        return []
    days = [day for _, day in dated]
    rising, falling = _longest_rising(days), _longest_rising([-day for day in days])
    kept = rising if len(rising) >= len(falling) else falling
    places = tuple(place for number, (place, _) in enumerate(dated) if number not in kept)
    if not places:
        return []
    way = "oldest_first" if kept is rising else "newest_first"
    return [Lack("documents_out_of_order", documents=places, facts={"n": len(places), "way": way})]


def _longest_rising(values: Sequence[int]) -> frozenset[int]:
    """Places of a longest run of values, not next to each other, that never falls."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int | None] = []
    for place, value in enumerate(values):
        length = bisect_right(tails, value)
        before.append(ends[length - 1] if length else None)
        tails[length : length + 1] = [value]
        ends[length : length + 1] = [place]
    kept: set[int] = set()
    step = ends[-1] if ends else None
    while step is not None:
        kept.add(step)
        step = before[step]
    return frozenset(kept)
