"""A register file on its way from where it lies to staged rows: copied, hashed, read in a worker.

Runs in the thread that imports; what comes from the worker is checked before it is believed.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from app.domain.register_types import RegisterUnreadable
from app.domain.register_work import (
    Preview,
    PreviewTask,
    ReadResult,
    ReadTask,
    portion_path,
    preview,
    read_in_portions,
)
from app.errors import DiskFull, OperatorError
from app.jobs.local_runner import LocalRunner
from app.jobs.protocol import Outcome
from app.services.register_staging import CountedRows, StagedExtract
from app.storage.copies import disk_trouble
from ocr.intake.masters import hash_file
from ocr.long_paths import reachable
from ocr.patience import open_to_read, read_bytes, unlink

INLINE_BYTES = 1_000_000
"""A smaller CSV is read here and now: it takes a second, as long as a worker needs to start."""

READ_LIMIT_S = 7_200.0
PREVIEW_LIMIT_S = 120.0
LOOK_S = 0.1
COPY_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class RegisterProgress:
    """stage: "copying", "reading" or "tidying"; share of the file 0..1; rows entered so far."""

    stage: str
    share: float = 0.0
    rows: int = 0


@dataclass(slots=True)
class Watcher:
    """Who waits for an import: told how far it is, and may stop it."""

    tell: Callable[[RegisterProgress], None] = lambda _: None
    stopped: threading.Event = field(default_factory=threading.Event)

    def check(self) -> None:
        """Raise OperatorError("register_stopped") once somebody has asked for it."""
        if self.stopped.is_set():
            raise OperatorError("register_stopped")


class Cage:
    """A worker for one foreign file, started when first needed; a small CSV is read without one.

    Leaving the context ends the worker, whatever it is doing.
    """

    def __init__(self, path: Path) -> None:
        self.is_inline = is_small_text(path)
        self._directory = path.parent
        self._runner: LocalRunner | None = None

    def __enter__(self) -> Cage:
        return self

    def __exit__(self, *_: object) -> None:
        if self._runner is not None:
            self._runner.close(wait_s=0.0)

    def look(self, task: PreviewTask, watcher: Watcher | None = None) -> Preview:
        """Return the beginning of the file; raises RegisterUnreadable, OperatorError("register_stopped")."""
        if self.is_inline:
            return preview(task)
        running = self.start(preview, task, PREVIEW_LIMIT_S)
        while not running.ended.wait(LOOK_S):
            if watcher is not None:
                watcher.check()
        found: Preview = running.result(Preview)
        return found

    def start(self, work: Callable[[Any], Any], task: Any, limit_s: float) -> Running:
        """Give the worker a task."""
        if self._runner is None:
            self._runner = LocalRunner(1)
        running = Running(self._directory)
        self._runner.submit(work, task, limit_s, running.on_done)
        return running


class Running:
    """A task on its way; ended is set when there is a result."""

    def __init__(self, directory: Path) -> None:
        self.ended = threading.Event()
        self._directory = directory
        self._outcome: Outcome | None = None

    def on_done(self, outcome: Outcome) -> None:
        """Called by the runner, in any thread."""
        self._outcome = outcome
        self.ended.set()

    def result(self, kind: type[Any]) -> Any:
        """Return what the task came to; raises its error in our terms."""
        assert self._outcome is not None, "asked before it ended"
        return _result(self._outcome, kind, self._directory)


def take_rows(
    task: ReadTask, staged: StagedExtract | CountedRows, watcher: Watcher, cage: Cage
) -> ReadResult:
    """Enter portions while a worker makes them; returns what it says at the end."""
    if cage.is_inline:
        with disk_full_told(task.portions):
            here = read_in_portions(task)
        for number in range(1, here.portions + 1):
            watcher.check()
            _enter(task.portions, number, staged, watcher)
        return here
    running = cage.start(read_in_portions, task, READ_LIMIT_S)
    number = 1
    while True:
        is_over = running.ended.is_set()  # before the look: what lies there then is all there will be
        watcher.check()
        if portion_path(task.portions, number).exists():
            _enter(task.portions, number, staged, watcher)
            number += 1
        elif is_over:
            break
        else:
            running.ended.wait(LOOK_S)
    read: ReadResult = running.result(ReadResult)
    if (read.portions, read.accepted) != (number - 1, staged.rows):
        raise RegisterUnreadable("register_damaged", detail="portions are missing")
    return read


def _enter(portions: Path, number: int, staged: StagedExtract | CountedRows, watcher: Watcher) -> None:
    path = portion_path(portions, number)
    with disk_full_told(portions):
        content = json.loads(read_bytes(path))
    staged.enter(content["rows"])
    unlink(path)
    watcher.tell(RegisterProgress("reading", float(content["share"]), staged.rows))


def _result(outcome: Outcome, kind: type[Any], directory: Path) -> Any:
    if isinstance(outcome.error, OperatorError):
        raise outcome.error
    if isinstance(outcome.error, OSError) and not outcome.timed_out:
        trouble = disk_trouble(outcome.error, directory)
        if isinstance(trouble, DiskFull):
            raise trouble from outcome.error
    if outcome.error is not None:
        code = "register_damaged"
        if outcome.timed_out:
            code = "register_took_too_long"
        elif outcome.crashed or isinstance(outcome.error, MemoryError):
            code = "register_too_large"
        raise RegisterUnreadable(code, detail=f"{type(outcome.error).__name__}: {outcome.error}"[:200])
    if not isinstance(outcome.result, kind):
        raise RegisterUnreadable("register_damaged", detail="kind of result")
    return outcome.result


def is_small_text(path: Path) -> bool:
    """A small file that is no workbook."""
    try:
        with open_to_read(reachable(path)) as source:
            is_zip = source.read(2) == b"PK"
        return not is_zip and reachable(path).stat().st_size <= INLINE_BYTES
    except OSError as exc:
        raise RegisterUnreadable("register_not_readable", path=str(path), detail=str(exc)) from exc


def copy_extract(source: Path, target: Path, watcher: Watcher) -> dict[str, Any]:
    """Copy the extract into our own directory, so that what is hashed is what is read."""
    digest, size = hashlib.sha256(), 0
    try:
        total = max(1, reachable(source).stat().st_size)
        opened = open_to_read(reachable(source))
    except OSError as exc:
        raise RegisterUnreadable("register_not_readable", path=str(source), detail=str(exc)) from exc
    with opened, disk_full_told(target.parent), target.open("xb") as copy:
        while chunk := _next_chunk(opened, source):
            watcher.check()
            digest.update(chunk)
            size += len(chunk)
            copy.write(chunk)
            watcher.tell(RegisterProgress("copying", min(1.0, size / total)))
    return {"sha256": digest.hexdigest(), "size_bytes": size}


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file; raises RegisterUnreadable("register_not_readable")."""
    try:
        return hash_file(reachable(path))[0]
    except OSError as exc:
        raise RegisterUnreadable("register_not_readable", path=str(path), detail=str(exc)) from exc


def matches_its_sum(source: Path, sha256: str) -> bool:
    """Compare with NAME.sha256 beside the file, as sha256sum writes it; False when there is none.

    Raises RegisterUnreadable("register_hash_differs").
    """
    beside = reachable(source.with_name(f"{source.name}.sha256"))
    try:
        told = beside.read_text(encoding="utf-8-sig", errors="replace").split()
    except OSError:
        return False
    if not told or told[0].casefold() != sha256:
        raise RegisterUnreadable("register_hash_differs", sum=beside.name)
    return True


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Add the path to what is wrong with a file."""
    try:
        yield
    except RegisterUnreadable as exc:
        raise RegisterUnreadable(exc.code, **{**exc.facts, "path": str(path)}) from exc


@contextmanager
def disk_full_told(directory: Path) -> Iterator[None]:
    """Translate trouble with a directory of ours: DiskFull, OperatorError("target_not_writable")."""
    try:
        yield
    except OSError as exc:
        raise disk_trouble(exc, directory) from exc


def _next_chunk(opened: BinaryIO, source: Path) -> bytes:
    try:
        return opened.read(COPY_BYTES)
    except OSError as exc:  # a stick that was pulled out is no trouble of our disk
        raise RegisterUnreadable("register_not_readable", path=str(source), detail=str(exc)) from exc
