"""The page engine alone on files of any kind: no database, nothing kept.

Behind `foliodesk inspect`. Works in a temporary directory and removes it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ocr.intake.intake import take_in
from ocr.intake.masters import master_path
from ocr.long_paths import reachable
from ocr.pipeline import process_page
from ocr.types import (
    Barcode,
    IntakeTask,
    Limits,
    NumberCandidate,
    NumberFormat,
    PageBox,
    PageResult,
    PageTask,
    QualityReason,
    Spread,
)


@dataclass(frozen=True, slots=True)
class PageInspection:
    """What the engine says of one page; angles as the content lies in the file, before correction."""

    source_page: int
    width_px: int
    height_px: int
    dpi: float
    turn_deg: int
    turn_confidence: float
    skew_deg: float
    skew_confidence: float
    is_blank: bool
    ink_share: float
    quality: tuple[QualityReason, ...]
    barcodes: tuple[Barcode, ...]
    text: str
    mean_confidence: float
    candidates: tuple[NumberCandidate, ...]
    step_ms: tuple[tuple[str, float], ...]
    page_box: PageBox | None = None
    spread: Spread | None = None


@dataclass(frozen=True, slots=True)
class InspectOptions:
    """How to inspect; the fields are those of PageTask."""

    languages: tuple[str, ...]
    tessdata_dir: Path
    formats: tuple[NumberFormat, ...] = ()
    engine: str = "tesserocr"
    limits: Limits = field(default_factory=Limits)


def inspect_file(path: Path, options: InspectOptions) -> Iterator[PageInspection]:
    """Inspect every page of a file, one at a time as they are done.

    Raises what take_in and process_page raise: SourceRefused, PageNeedsAttention, MachineError.
    """
    # Windows may still scan a file when it is to go; leftovers are the system's to clean.
    with tempfile.TemporaryDirectory(prefix="foliodesk-", ignore_cleanup_errors=True) as scratch:
        masters_dir, derived_dir = reachable(Path(scratch)) / "masters", reachable(Path(scratch)) / "derived"
        masters_dir.mkdir()
        derived_dir.mkdir()
        taken = take_in(IntakeTask(reachable(path), masters_dir, derived_dir, options.limits))
        extensions = {master.sha256: master.extension for master in taken.masters}
        for page in taken.pages:
            result = process_page(
                PageTask(
                    master_path=master_path(masters_dir, page.master_sha256, extensions[page.master_sha256]),
                    frame=page.frame,
                    derived_dir=derived_dir,
                    derived_key=f"page-{page.source_page}",
                    languages=options.languages,
                    formats=options.formats,
                    tessdata_dir=options.tessdata_dir,
                    engine=options.engine,
                    limits=options.limits,
                    stated_dpi=page.dpi,
                )
            )
            yield _inspection(page.source_page, result)


def _inspection(source_page: int, result: PageResult) -> PageInspection:
    return PageInspection(
        source_page=source_page,
        width_px=result.width_px,
        height_px=result.height_px,
        dpi=result.dpi,
        turn_deg=result.applied_turn_deg,  # a doubtful guess is none
        turn_confidence=result.turn.confidence,
        skew_deg=result.skew.skew_deg,
        skew_confidence=result.skew.confidence,
        is_blank=result.is_blank,
        ink_share=result.ink_share,
        quality=result.quality,
        barcodes=result.barcodes,
        text=result.text,
        mean_confidence=result.mean_confidence,
        candidates=result.candidates,
        step_ms=result.step_ms,
        page_box=result.page_box,
        spread=result.spread,
    )
