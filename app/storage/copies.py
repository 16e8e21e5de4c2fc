"""Copies that are whole or absent: of the SQLite file while others write it, and of files with a known hash."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from app.errors import DiskFull, MachineError, OperatorError, StoreDamaged, WorkstationError
from ocr.intake.masters import CHUNK_BYTES
from ocr.patience import discard, open_to_read, open_to_write, replace_file

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def copy_database(source: Path, target: Path) -> None:
    """Copy the database into a new file that is either whole and on the disk, or absent.

    Uses VACUUM INTO: one consistent look, no lock that stops writers. Raises DiskFull, StoreDamaged
    ("database_damaged"), OperatorError("target_not_writable").
    """
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(source, timeout=30.0, isolation_level=None)) as connection:
            connection.execute("VACUUM INTO ?", (str(temporary),))
        sync_file(temporary)
        replace_file(temporary, target)
        sync_directory(target.parent)
    except sqlite3.Error as exc:
        raise sqlite_trouble(exc, source) from exc
    except OSError as exc:
        raise disk_trouble(exc, target.parent) from exc
    finally:
        discard(temporary)


def newest_copy(directory: Path) -> Path | None:
    """Return the youngest database copy in a directory, or None."""
    copies = sorted(directory.glob("*.sqlite3"), key=lambda path: path.stat().st_mtime)
    return copies[-1] if copies else None


def sqlite_trouble(exc: sqlite3.Error, path: Path, *, newest_backup: str | None = None) -> WorkstationError:
    """Translate SQLite's word for what is wrong with a file."""
    code = getattr(exc, "sqlite_errorcode", None)
    basic = code & 0xFF if isinstance(code, int) else None
    if basic in _DAMAGED:
        return StoreDamaged("database_damaged", path=str(path), newest_backup=newest_backup)
    if basic == sqlite3.SQLITE_FULL:
        return DiskFull("disk_full", retryable=True, where=str(path))
    if basic in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return MachineError("database_busy", retryable=True)
    if basic in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
        return OperatorError("database_not_writable", path=str(path))
    return MachineError("database_error", detail=str(exc), path=str(path))


def disk_trouble(exc: OSError, directory: Path) -> WorkstationError:
    """Translate trouble with a directory we write to."""
    full = exc.errno in {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
    if full or getattr(exc, "winerror", None) in {39, 112}:
        return DiskFull("disk_full", retryable=True, where=str(directory))
    return OperatorError("target_not_writable", path=str(directory), reason=exc.strerror or str(exc))


def sync_file(path: Path) -> None:
    """Put a written file on the disk."""
    with open_to_write(path, "rb+") as handle:
        os.fsync(handle.fileno())


def sync_directory(directory: Path) -> None:
    """Put a rename on the disk. Windows has no directory fsync; NTFS journals the rename."""
    if os.name != "posix":
        return
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def copy_verified(source: Path, target: Path, sha256: str) -> int:
    """Copy a file whose hash is known; the copy is whole and on the disk, or absent. Returns its size in bytes.

    Raises StoreDamaged "file_missing", "file_damaged" or "file_unreadable" for the source; DiskFull and
    OperatorError("target_not_writable") for the target. The target's directory is made, not synced.
    """
    try:
        reader = open_to_read(source)
    except FileNotFoundError as exc:
        raise StoreDamaged("file_missing", path=str(source)) from exc
    except OSError as exc:
        raise StoreDamaged("file_unreadable", path=str(source), reason=exc.strerror or "") from exc
    temporary = target.with_name(f".{secrets.token_hex(8)}.part")
    digest, size_bytes = hashlib.sha256(), 0
    try:
        with reader:
            target.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("xb") as writer:
                while piece := _read(reader, source):
                    digest.update(piece)
                    size_bytes += len(piece)
                    writer.write(piece)
                writer.flush()
                os.fsync(writer.fileno())
        if digest.hexdigest() != sha256:
            raise StoreDamaged("file_damaged", path=str(source))
        replace_file(temporary, target)
    except OSError as exc:
        raise disk_trouble(exc, target.parent) from exc
    finally:
        discard(temporary)
    return size_bytes


def _read(reader: BinaryIO, source: Path) -> bytes:
    try:
        return reader.read(CHUNK_BYTES)
    except OSError as exc:  # a bad sector of the source, not trouble of the target
        raise StoreDamaged("file_unreadable", path=str(source), reason=exc.strerror or "") from exc
