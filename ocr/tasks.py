"""The work orders a worker process understands, importable without cv2 or an engine.

The program's own process names these functions; only the worker that runs one loads what it needs.
"""

from __future__ import annotations

from ocr.types import IntakeResult, IntakeTask, PageResult, PageTask


def take_in(task: IntakeTask) -> IntakeResult:
    """Take a source file apart; see ocr.intake.intake.take_in."""
    from ocr.intake.intake import take_in as run

    return run(task)


def process_page(task: PageTask) -> PageResult:
    """Recognise one page; see ocr.pipeline.process_page."""
    from ocr.pipeline import process_page as run

    return run(task)
