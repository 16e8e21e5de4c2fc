"""Rows of many pages, for tests and benchmarks of lists."""

from __future__ import annotations

from pathlib import Path

from app.domain.ids import DossierId, PageId
from app.domain.states import PageState
from app.queries.rows import PageSummary

PAGES = 5_000
PAGES_PER_FOLDER = 17
FILES = 400


def many_pages(count: int, place: Path) -> tuple[PageSummary, ...]:
    """Pages in reading order; their pictures need not exist."""
    return tuple(
        PageSummary(
            id=PageId(number + 1),
            dossier_id=DossierId(number // PAGES_PER_FOLDER + 1),
            number=number % PAGES_PER_FOLDER + 1,
            state=PageState.READY,
            thumbnail_path=place / f"thumbnail-{number % FILES}-{number // FILES}.jpg",
            is_blank=number % 9 == 0,
            attention=None,
            quality=(),
            mean_confidence=0.9,
            source_name=f"scan {number:05}.jpg",
        )
        for number in range(count)
    )
