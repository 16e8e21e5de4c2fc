"""Operating system file locks: held by a process, released by the system when it dies, however it dies.

The only place with platform calls for locks: fcntl on POSIX, msvcrt on Windows.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.errors import Conflict
from ocr.patience import patiently

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

POLL_S = 0.05


def try_lock(handle: int, *, shared: bool = False) -> bool:
    """Take the lock of an open file without waiting; False when someone else holds it.

    shared: two shared locks do not hinder each other (POSIX only; Windows always takes an exclusive one).
    """
    try:
        if sys.platform == "win32":
            os.lseek(handle, 0, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def unlock(handle: int) -> None:
    """Give the lock back; closing the file does so too, but Windows may take its time."""
    if sys.platform == "win32":
        os.lseek(handle, 0, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)
    else:
        fcntl.flock(handle, fcntl.LOCK_UN)


@contextmanager
def exclusive(path: Path, *, timeout_s: float, code: str) -> Iterator[None]:
    """Hold the lock file at path; raise Conflict(code) when someone holds it longer than timeout_s.

    The file stays: removing it would let a third process lock a new one while a second still waits.
    """
    handle = patiently(lambda: os.open(path, os.O_RDWR | os.O_CREAT, 0o644))
    try:
        deadline = time.monotonic() + timeout_s
        while not try_lock(handle):
            if time.monotonic() >= deadline:
                raise Conflict(code, lock=str(path), waited_s=timeout_s)
            time.sleep(POLL_S)
        try:
            yield
        finally:
            unlock(handle)
    finally:
        os.close(handle)
