"""What a backup holds: one JSON file, written last, so that a backup with it is complete.

Layout of a backup: ``foliodesk-backup.json``, ``database-<time>.sqlite3``, ``settings.toml``, ``offices/``,
``masters/`` and ``packages/`` as in the home. Files are only ever added, so an interrupted run leaves the one before whole.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.errors import OperatorError, StoreDamaged
from app.storage.copies import disk_trouble, sync_directory
from ocr.patience import discard, read_bytes, replace_file

MANIFEST = "foliodesk-backup.json"
FORMAT = 1

Progress = Callable[[str, int, int], None]
"""Told (stage, bytes done, bytes in all) while long work goes on; an exception of it ends the work cleanly."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of a backup: its hash and its size."""

    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class BackupManifest:
    """All that a backup holds, by path within it (with slashes); missing: what the home itself had lost."""

    made_at: str
    home: str
    database: str
    files: Mapping[str, KeptFile]
    missing: tuple[str, ...] = ()


def read_manifest(directory: Path) -> BackupManifest | None:
    """Read the manifest, None when there is none. Raises StoreDamaged("backup_damaged") and OperatorError."""
    path = directory / MANIFEST
    try:
        told: Any = json.loads(read_bytes(path))
        if told["format"] > FORMAT:
            raise OperatorError("backup_too_new", path=str(path), format=told["format"])
        files = {str(name): KeptFile(str(kept[0]), int(kept[1])) for name, kept in told["files"].items()}
        if any(not _is_inside(name) for name in files) or told["database"] not in files:
            raise StoreDamaged("backup_damaged", path=str(path))
        return BackupManifest(
            str(told["made_at"]),
            str(told["home"]),
            str(told["database"]),
            files,
            tuple(map(str, told["missing"])),
        )
    except FileNotFoundError:
        return None
    except OSError as exc:
        raise OperatorError("backup_not_readable", path=str(path), reason=exc.strerror or "") from exc
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as exc:
        raise StoreDamaged("backup_damaged", path=str(path)) from exc


def write_manifest(directory: Path, manifest: BackupManifest) -> None:
    """Make the backup complete: from this rename on it counts."""
    told = {
        "format": FORMAT,
        "made_at": manifest.made_at,
        "home": manifest.home,
        "database": manifest.database,
        "missing": list(manifest.missing),
        "files": {name: [kept.sha256, kept.size_bytes] for name, kept in sorted(manifest.files.items())},
    }
    temporary = directory / f".{MANIFEST}.{secrets.token_hex(4)}.part"
    try:
        with temporary.open("x", encoding="utf-8", newline="\n") as target:
            json.dump(told, target, ensure_ascii=False, indent=0)
            target.flush()
            os.fsync(target.fileno())
        replace_file(temporary, directory / MANIFEST)
        sync_directory(directory)
    except OSError as exc:
        raise disk_trouble(exc, directory) from exc
    finally:
        discard(temporary)


def _is_inside(name: str) -> bool:
    """A manifest is only a file: it must not lead us out of the directory."""
    parts = name.split("/")
    return not (set(parts) & {"", ".", ".."} or "\\" in name or ":" in name)
