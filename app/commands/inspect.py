"""The page engine alone on files: each file in a worker process, so that a bad one costs only itself."""

from __future__ import annotations

import queue
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from app.commands.digitize import split_languages
from app.commands.output import ALL_WELL, NEEDS_PERSON, Words
from app.domain.offices import formats_for, packs_in_force, profiles_of
from app.errors import OperatorError, WorkstationError
from app.jobs.local_runner import LocalRunner
from app.jobs.protocol import Outcome
from app.paths import HomePaths, default_home, offices_dir, tessdata_dir
from app.settings import Settings, worker_count
from ocr.inspect import InspectOptions, PageInspection
from ocr.long_paths import reachable, whole
from ocr.tasks import InspectTask, inspect
from ocr.types import Box

SCHEMA = "foliodesk-inspect-1"
FILE_TIMEOUT_S = 1800.0


@dataclass(frozen=True, slots=True)
class InspectedFile:
    """One file: its pages, or the code and facts of why there are none."""

    path: Path
    pages: tuple[PageInspection, ...] = ()
    code: str | None = None
    facts: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """The options as they were given; None where none was."""

    files: tuple[Path, ...]
    languages: str | None
    office: str | None
    engine: str
    workers: int | None
    home: Path | None = None


def inspect_call(call: Call) -> tuple[InspectedFile, ...]:
    """Inspect what a call names.

    Raises OperatorError "path_missing", "nothing_offered", "office_unknown" or "language_unknown";
    OfficeDataInvalid for packs, also "office_pack_aside" for the office that is asked for.
    """
    usual = Settings()
    found = packs_in_force(offices_dir(), HomePaths(call.home or default_home()).offices)
    office = (call.office or usual.office).upper()
    for aside in found.aside:
        if aside.facts["office"] == office:
            raise aside
    options = InspectOptions(
        languages=split_languages(call.languages, usual.languages),
        tessdata_dir=tessdata_dir(),
        formats=formats_for(profiles_of(found.packs), office),
        engine=call.engine,
    )
    return inspect_files(list_files(call.files), options, call.workers or worker_count(usual))


def list_files(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Files named, and all below directories named.

    Raises OperatorError "path_missing", or "nothing_offered" when there is no file at all.
    """
    found: list[Path] = []
    for path in paths:
        there = reachable(path)
        if not there.exists():
            raise OperatorError("path_missing", path=str(path))
        if there.is_dir():
            below = sorted(entry.relative_to(there) for entry in there.rglob("*") if entry.is_file())
            found += [path / name for name in below]
        else:
            found.append(path)
    if not found:
        raise OperatorError("nothing_offered")
    return tuple(found)


def inspect_files(paths: Sequence[Path], options: InspectOptions, workers: int) -> tuple[InspectedFile, ...]:
    """Inspect files, at most `workers` at once; the result is in the order of paths."""
    ended: queue.SimpleQueue[tuple[int, Outcome]] = queue.SimpleQueue()
    found: dict[int, InspectedFile] = {}
    runner = LocalRunner(min(workers, max(1, len(paths))))
    try:
        for index, path in enumerate(paths):
            task = InspectTask(whole(path), options)
            runner.submit(inspect, task, FILE_TIMEOUT_S, partial(_put, ended, index))
        while len(found) < len(paths):
            index, outcome = ended.get()
            found[index] = _inspected(paths[index], outcome)
    finally:
        runner.close(wait_s=2.0)
    return tuple(found[index] for index in range(len(paths)))


def exit_code(files: Sequence[InspectedFile]) -> int:
    """0 when every file could be read, else 1."""
    return NEEDS_PERSON if any(file.code for file in files) else ALL_WELL


def to_json(files: Sequence[InspectedFile], words: Words) -> dict[str, Any]:
    """The document for --json: all pages of all files, and the files that could not be read."""
    return {
        "schema": SCHEMA,
        "pages": [_page(file.path, page) for file in files for page in file.pages],
        "refused": [
            {
                "file": str(file.path),
                "reason": file.code,
                "message": words(file.code, file.facts or {}),
                "facts": file.facts or {},
            }
            for file in files
            if file.code
        ],
        "trouble": None,
    }


def not_inspected(trouble: Mapping[str, Any]) -> dict[str, Any]:
    """The document for --json when an error ended the command."""
    return {"schema": SCHEMA, "pages": [], "refused": [], "trouble": trouble}


def _put(ended: queue.SimpleQueue[tuple[int, Outcome]], index: int, outcome: Outcome) -> None:
    ended.put((index, outcome))


def _inspected(path: Path, outcome: Outcome) -> InspectedFile:
    error = outcome.error
    if error is None:
        return InspectedFile(path, outcome.result)
    if isinstance(error, WorkstationError):
        facts = {name: _plain(value) for name, value in error.facts.items()}
        return InspectedFile(path, code=error.code, facts=facts)
    code = "timed_out" if outcome.timed_out else "worker_crashed" if outcome.crashed else "unexpected_error"
    return InspectedFile(path, code=code, facts={"detail": f"{type(error).__name__}: {error}"[:300]})


def _plain(value: object) -> Any:
    return value if isinstance(value, str | int | float | bool | type(None)) else str(value)


def _page(path: Path, page: PageInspection) -> dict[str, Any]:
    return {
        "file": str(path),
        "page": page.source_page + 1,
        "width_px": page.width_px,
        "height_px": page.height_px,
        "dpi": page.dpi,
        "turn_deg": page.turn_deg,
        "turn_confidence": round(page.turn_confidence, 4),
        "skew_deg": round(page.skew_deg, 4),
        "skew_confidence": round(page.skew_confidence, 4),
        "page_box": page.page_box
        and {"box": _sides(page.page_box.box), "confidence": round(page.page_box.confidence, 4)},
        "spread": page.spread
        and {"gutter_px": page.spread.gutter_px, "confidence": round(page.spread.confidence, 4)},
        "is_blank": page.is_blank,
        "ink_share": page.ink_share,
        "quality": [
            {"code": reason.code, "value": reason.value, "is_grave": reason.is_grave}
            for reason in page.quality
        ],
        "barcodes": [
            {
                "symbology": code.symbology,
                "text": code.text,
                "box": _sides(code.box),
                "turn_deg": code.turn_deg,
            }
            for code in page.barcodes
        ],
        "text": page.text,
        "mean_confidence": round(page.mean_confidence, 4),
        "candidates": [
            {
                "raw": found.raw,
                "normalised": found.normalised,
                "format": found.format_id,
                "role": found.role.value,
                "label": found.label,
                "confidence": round(found.confidence, 4),
                "box": _sides(found.box),
                "edits": [[edit.position, edit.read, edit.put] for edit in found.edits],
                "source": found.source,
            }
            for found in page.candidates
        ],
        "step_ms": {name: milliseconds for name, milliseconds in page.step_ms},
    }


def _sides(box: Box) -> list[int]:
    return [box.left_px, box.top_px, box.width_px, box.height_px]
