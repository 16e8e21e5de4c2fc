"""The marks of a dossier's pages counted: what is told of them in reports and before the dossier leaves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.queries.rows import PageSummary
from ocr.quality_table import CHECKS, RANKS
from ocr.types import QualityReason


@dataclass(frozen=True, slots=True)
class MarkCount:
    """One mark: the pages that bear it by their numbers, those where it is grave, and the worst value."""

    code: str
    worst: float
    pages: tuple[int, ...]
    grave_pages: tuple[int, ...]


def count_marks(pages: Iterable[PageSummary]) -> tuple[MarkCount, ...]:
    """Count the marks of some pages, worst first by the table of all marks."""
    found: dict[str, list[tuple[int, QualityReason]]] = {}
    for page in pages:
        for mark in page.quality:
            found.setdefault(mark.code, []).append((page.number, mark))
    counted = (_counted(code, marks) for code, marks in found.items())
    return tuple(sorted(counted, key=lambda each: RANKS.get(each.code, len(RANKS))))


def _counted(code: str, marks: list[tuple[int, QualityReason]]) -> MarkCount:
    check = CHECKS.get(code)
    values = [mark.value for _, mark in marks]
    return MarkCount(
        code=code,
        worst=values[0] if check is None else max(values, key=check.badness),
        pages=tuple(number for number, _ in marks),
        grave_pages=tuple(number for number, mark in marks if mark.is_grave),
    )
