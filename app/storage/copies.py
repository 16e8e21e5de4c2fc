"""Consistent copies of the SQLite file, made while others read and write it."""

from __future__ import annotations

import errno
import os
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

from app.errors import DiskFull, MachineError, OperatorError, StoreDamaged, WorkstationError
from ocr.intake.masters import replace_patiently

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
        replace_patiently(temporary, target)
        sync_directory(target.parent)
    except sqlite3.Error as exc:
        raise sqlite_trouble(exc, source) from exc
    except OSError as exc:
        raise disk_trouble(exc, target.parent) from exc
    finally:
        if temporary.exists():
            temporary.unlink()


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
    with path.open("rb+") as handle:
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
