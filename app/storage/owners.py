"""Who is alive: every running program holds a lock on a file of its own name.

Rows that say "being worked on" carry that name; when its lock can be taken, the program behind it is gone
and its work goes back to the queue. Nothing depends on process numbers, which are used again.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterable
from pathlib import Path

from app.errors import OperatorError
from app.storage.locks import try_lock, unlock
from ocr.patience import discard

SUFFIX = ".lock"

PROBES = 5
"""Windows has no shared lock: two programs that probe the same name at once are told apart by asking again."""

PROBE_PAUSE_S = 0.02

FORGET_AFTER_S = 3600.0


class OwnerLock:
    """The sign of life of this program; the system takes it away when the process ends in any way."""

    def __init__(self, name: str, path: Path, handle: int) -> None:
        self.name = name
        self.path = path
        self._handle: int | None = handle

    @classmethod
    def acquire(cls, directory: Path) -> OwnerLock:
        """Take a new name and hold its lock; raises OperatorError("home_not_writable")."""
        name = uuid.uuid4().hex
        path = directory / f"{name}{SUFFIX}"
        try:
            directory.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644)
        except OSError as exc:
            raise OperatorError("home_not_writable", path=str(directory), reason=exc.strerror or "") from exc
        if not try_lock(handle):
            os.close(handle)
            raise OperatorError("locks_not_working", path=str(directory))
        return cls(name, path, handle)

    def release(self) -> None:
        """End the sign of life; harmless when repeated."""
        if self._handle is None:
            return
        unlock(self._handle)
        os.close(self._handle)
        self._handle = None
        discard(self.path)  # one that stays is known as dead: nobody locks it

    def __enter__(self) -> OwnerLock:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def dead_owners(directory: Path, names: Iterable[str]) -> set[str]:
    """Return those of names behind which no program lives: the file is missing or its lock is free."""
    return {name for name in names if not _is_alive(directory / f"{name}{SUFFIX}")}


def living_owners(directory: Path) -> set[str]:
    """Return the names of all programs that live, as their lock files tell."""
    return {path.stem for path in directory.glob(f"*{SUFFIX}") if _is_alive(path)}


def forget_dead(directory: Path, *, older_than_s: float = FORGET_AFTER_S) -> int:
    """Remove the files that killed programs left, and return how many.

    Young files stay: a starting program may have made its file and not locked it yet.
    """
    removed = 0
    for path in directory.glob(f"*{SUFFIX}"):
        try:
            is_old = path.stat().st_mtime < time.time() - older_than_s
            if is_old and not _is_alive(path):
                path.unlink()
                removed += 1
        except OSError:
            continue  # gone, or held by a virus scanner: next time
    return removed


def _is_alive(path: Path) -> bool:
    for attempt in range(PROBES):
        if attempt:
            time.sleep(PROBE_PAUSE_S)
        try:
            handle = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            return False
        except OSError:
            continue
        try:
            if try_lock(handle, shared=True):
                unlock(handle)
                return False
        finally:
            os.close(handle)
    return True
