"""File operations that outlast another program's short grip on a file.

On Windows a virus scanner, the indexer or a backup opens a fresh file for some seconds; renaming, replacing, deleting
and opening it for writing fail meanwhile. Every such operation of ours on a file that stood there before goes through
here. What is denied for good (a read-only share) fails after the same patience, so whether a directory may be written
at all is asked without it. POSIX knows no such grip: there every function tries once.

Standard library only: worker processes import it first.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from io import BufferedReader
from pathlib import Path
from typing import IO, Any, TypeVar

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

T = TypeVar("T")

PATIENCE_S = 10.0 if sys.platform == "win32" else 0.0
READ_PATIENCE_S = 5.0 if sys.platform == "win32" else 0.0

ACCESS_DENIED, SHARING_VIOLATION, LOCK_VIOLATION = 5, 32, 33
DIRECTORY_NOT_EMPTY, DELETE_PENDING = 145, 303
HELD = frozenset({ACCESS_DENIED, SHARING_VIOLATION, LOCK_VIOLATION, DELETE_PENDING})
"""Windows' words for a file in another program's hands; 5 is what replacing such a file gives."""


def patiently(
    act: Callable[[], T],
    *,
    patience_s: float | None = None,
    is_passing: Callable[[OSError], bool] | None = None,
) -> T:
    """Do act and return what it returns, trying again for a while where another program holds the file.

    patience_s: PATIENCE_S when None. is_passing: tells what is worth waiting for, is_held when None.
    """
    deadline = time.monotonic() + (PATIENCE_S if patience_s is None else patience_s)
    pause_s = 0.02
    while True:
        try:
            return act()
        except OSError as exc:
            if not (is_passing or is_held)(exc) or time.monotonic() >= deadline:
                raise
        time.sleep(pause_s)
        pause_s = min(0.5, pause_s * 2)


def is_held(error: OSError) -> bool:
    """Tell whether an error may come from another program's grip; the C library's open tells no more than "denied"."""
    return isinstance(error, PermissionError) or getattr(error, "winerror", None) in HELD


def replace_file(temporary: Path, final: Path) -> None:
    """Rename a file over final, whether or not that exists."""
    patiently(lambda: temporary.replace(final))


def rename(source: Path, target: Path) -> None:
    """Rename a file or directory to a name that is free (POSIX would replace a file)."""
    patiently(lambda: source.rename(target))


def unlink(path: Path) -> None:
    """Delete a file; absent is fine."""
    patiently(lambda: path.unlink(missing_ok=True))


def discard(path: Path) -> None:
    """Delete a leftover if that can be done; else it stays for the next sweep, which is no reason to fail."""
    with suppress(OSError):
        unlink(path)


def remove_tree(path: Path) -> None:
    """Remove a directory of ours and all below it; absent is fine."""

    def remove() -> None:
        if os.path.lexists(path):
            shutil.rmtree(path)

    # Where a file below is deleted but still open elsewhere, its directory is "not empty" a moment longer.
    patiently(remove, is_passing=lambda exc: is_held(exc) or _winerror(exc) == DIRECTORY_NOT_EMPTY)


def open_to_write(path: Path, mode: str, **options: Any) -> IO[Any]:
    """Open a file of ours that may have stood there before, for writing; mode and options as of Path.open."""
    return patiently(lambda: path.open(mode, **options))


def open_to_read(path: Path, *, patience_s: float | None = None) -> BufferedReader:
    """Open a file for reading; waits (READ_PATIENCE_S when None) only while another program shares it with nobody."""
    return patiently(
        lambda: path.open("rb"),
        patience_s=READ_PATIENCE_S if patience_s is None else patience_s,
        is_passing=lambda exc: isinstance(exc, PermissionError) and _is_kept_from_readers(path),
    )


def read_bytes(path: Path) -> bytes:
    """Read a file whole; see open_to_read."""
    with open_to_read(path) as stream:
        return stream.read()


def _winerror(error: OSError) -> int | None:
    return getattr(error, "winerror", None)


if sys.platform == "win32":

    def _is_kept_from_readers(path: Path) -> bool:
        """Ask Windows itself why a file cannot be opened: the C library says "denied" to everything."""
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.CreateFileW.restype = wintypes.HANDLE
        kernel.CreateFileW.argtypes = [
            *(wintypes.LPCWSTR, wintypes.DWORD, wintypes.DWORD, ctypes.c_void_p),
            *(wintypes.DWORD, wintypes.DWORD, wintypes.HANDLE),
        ]
        kernel.CloseHandle.argtypes = [wintypes.HANDLE]
        generic_read, share_all, open_existing = 0x80000000, 7, 3
        handle = kernel.CreateFileW(str(path), generic_read, share_all, None, open_existing, 0, None)
        if handle != wintypes.HANDLE(-1).value:
            kernel.CloseHandle(handle)
            return True  # let go since
        return ctypes.get_last_error() in (SHARING_VIOLATION, LOCK_VIOLATION)

else:

    def _is_kept_from_readers(_path: Path) -> bool:
        return True  # only asked where a test lends POSIX some patience
