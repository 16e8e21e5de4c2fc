"""The work orders a worker process understands, importable without cv2 or an engine.

The program's own process names these functions; only the worker that runs one loads what it needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ocr.character_types import CharactersTask, CutText
from ocr.errors import PageNeedsAttention, SourceRefused
from ocr.memory import memory_errors_told
from ocr.types import IntakeResult, IntakeTask, PageResult, PageTask, ZoneReading, ZoneTask

if TYPE_CHECKING:
    from ocr.inspect import InspectOptions, PageInspection


@dataclass(frozen=True, slots=True)
class InspectTask:
    """Work order to inspect one file."""

    path: Path
    options: InspectOptions


def take_in(task: IntakeTask) -> IntakeResult:
    """Take a source file apart; see ocr.intake.intake.take_in."""
    from ocr.intake.intake import take_in as run

    with memory_errors_told(SourceRefused, task.source_path.name):
        return run(task)


def get_ready_to_take_in(_: None) -> None:
    """Load what reading a file needs, so that the first one does not wait for it."""
    import ocr.intake.intake  # noqa: F401


def process_page(task: PageTask) -> PageResult:
    """Recognise one page; see ocr.pipeline.process_page."""
    from ocr.pipeline import process_page as run

    with memory_errors_told(PageNeedsAttention, task.master_path.name):
        return run(task)


def inspect(task: InspectTask) -> tuple[PageInspection, ...]:
    """Inspect every page of one file; see ocr.inspect.inspect_file."""
    from ocr.inspect import inspect_file

    with memory_errors_told(SourceRefused, task.path.name):
        return tuple(inspect_file(task.path, task.options))


def read_zone(task: ZoneTask) -> ZoneReading:
    """Read one part of a page again; see ocr.zone.read_zone."""
    from ocr.zone import read_zone as run

    with memory_errors_told(PageNeedsAttention, task.master_path.name):
        return run(task)


def cut_characters(task: CharactersTask) -> tuple[CutText | None, ...]:
    """Cut texts of a page into their characters; see ocr.characters.cut_characters."""
    from ocr.characters import cut_characters as run

    with memory_errors_told(PageNeedsAttention, task.viewing_path.name):
        return run(task)
