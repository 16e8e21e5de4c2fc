"""Files that are whole or absent: write, flush to disk, rename without overwriting.

Runs in worker processes and in the upload thread. Foreign errors are translated here, once.
"""

from __future__ import annotations

import errno
import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.errors import DiskFull
from ocr.patience import open_to_read, open_to_write, rename

CHUNK_BYTES = 1 << 20
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
# ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL
_NO_ROOM_WINDOWS = frozenset({112, 39})


def is_disk_full(error: OSError) -> bool:
    """Tell whether an operating system error means that there is no room (disk, quota or size limit)."""
    return error.errno in _NO_ROOM or getattr(error, "winerror", None) in _NO_ROOM_WINDOWS


@contextmanager
def room_needed(directory: Path) -> Iterator[None]:
    """Turn "no space left" inside the block into DiskFull("disk_full")."""
    try:
        yield
    except OSError as exc:
        if is_disk_full(exc):
            raise DiskFull("disk_full", retryable=True, directory=str(directory)) from exc
        raise


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in lower-case hex."""
    with open_to_read(path) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_file(path: Path, content: bytes) -> str:
    """Write a new file, flush it to disk and return its SHA-256. Its directory must exist."""
    with path.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    return hashlib.sha256(content).hexdigest()


def copy_file(source: Path, target: Path, *, cancelled: Callable[[], bool] | None = None) -> str | None:
    """Copy bytes, flush them to disk and return the SHA-256 of what was read.

    An existing target is overwritten: callers write only into their own unfinished directory. Returns None,
    leaving an unfinished target, when cancelled() becomes true between two blocks.
    """
    digest = hashlib.sha256()
    with open_to_read(source) as reader, open_to_write(target, "wb") as writer:
        while block := reader.read(CHUNK_BYTES):
            if cancelled is not None and cancelled():
                return None
            digest.update(block)
            writer.write(block)
        writer.flush()
        os.fsync(writer.fileno())
    return digest.hexdigest()


def flush_file(path: Path) -> None:
    """Flush a file that some library wrote to disk."""
    # Windows' FlushFileBuffers wants a handle opened for writing.
    with open_to_write(path, "rb+") as stream:
        os.fsync(stream.fileno())


def forget_cached(path: Path) -> None:
    """Ask the system to drop its cached copy of a flushed file, so that reading it back asks the disk (Linux)."""
    if sys.platform == "linux":
        with path.open("rb") as stream:
            os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def flush_directory(path: Path) -> None:
    """Flush a directory's entries to disk where the system can (POSIX; Windows has no such call)."""
    if sys.platform == "win32":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as exc:
        # Some network file systems do not offer it.
        if exc.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EACCES):
            raise
    finally:
        os.close(handle)


def flush_tree(root: Path) -> None:
    """Flush the entries of a directory and of all below it, deepest first."""
    below = sorted((item for item in root.rglob("*") if item.is_dir()), key=lambda item: -len(item.parts))
    for directory in [*below, root]:
        flush_directory(directory)


def rename_directory(source: Path, target: Path) -> None:
    """Rename a directory to a name that must be free; raise FileExistsError when it is taken.

    POSIX renames over an empty directory only, Windows over none; so nothing with content is ever replaced,
    even if someone creates target between the check and the call.
    """
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, "already there", str(target))
    try:
        rename(source, target)
    except OSError as exc:
        if exc.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR) or os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, "already there", str(target)) from exc
        raise
    flush_directory(target.parent)
