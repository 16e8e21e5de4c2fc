"""A lock between two first starts of the same project, held by the operating system so that it dies with its holder."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from types import TracebackType

POLL_S = 0.2


class Guard:
    """Holds an exclusive lock on a file; waits, and says so, while another process has it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd = -1

    def __enter__(self) -> Guard:
        """Take the lock, however long that takes."""
        self._fd = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        told = False
        while not _try_lock(self._fd):
            if not told:
                print("Another start is preparing the same environment: waiting for it.", flush=True)
                told = True
            time.sleep(POLL_S)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the lock go."""
        _unlock(self._fd)
        os.close(self._fd)
        self._fd = -1

    @property
    def shared_fds(self) -> tuple[int, ...]:
        """What a child must inherit (`pass_fds`) to hold the lock too.

        A child that outlives a killed parent would go on writing; with its share of the lock the next start waits
        for it. POSIX only: on Windows a lock belongs to one process.
        """
        return () if os.name == "nt" else (self._fd,)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(fd: int) -> bool:
        os.lseek(fd, 0, os.SEEK_SET)
        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(fd: int) -> None:
        os.lseek(fd, 0, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_UNLCK, 1)

else:  # POSIX only
    import fcntl

    def _try_lock(fd: int) -> bool:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(fd: int) -> None:
        fcntl.flock(fd, fcntl.LOCK_UN)
