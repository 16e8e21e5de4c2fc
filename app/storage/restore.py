"""A home back from a backup: everything is proven before the first byte is written, the database comes last."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.errors import Conflict, DiskFull, OperatorError, StoreDamaged
from app.paths import HomePaths, refuse_network, refuse_reserved
from app.storage.backup_manifest import BackupManifest, Progress, read_manifest
from app.storage.copies import copy_verified, disk_trouble, sync_directory
from app.storage.locks import exclusive
from app.storage.owners import living_owners
from ocr.intake.masters import hash_file
from ocr.long_paths import canonical, reachable
from ocr.patience import open_to_write, read_bytes, replace_file, unlink

UNFINISHED = "restore-unfinished.json"
"""While this lies in a home, no program opens it (migrate looks): masters without a database are no home."""

SPARE_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """What came back; missing: what the backup itself could not save. replaced: where the old database went.

    packs_aside: where office packs went that the home had and the backup has not, or has otherwise.
    """

    made_at: str
    files: int
    bytes_copied: int
    missing: tuple[str, ...]
    replaced: Path | None = None
    packs_aside: tuple[Path, ...] = ()


def restore(
    source: Path, home: HomePaths, *, replace: bool = False, progress: Progress | None = None
) -> RestoreReport:
    """Bring a home back from a backup directory; no program may have the home open.

    replace: allow a home that holds something; its database is put aside into backups/, and so are
    office packs that are not the backup's, by which the restored folders were not read; its masters stay.
    A restore that was interrupted can simply be repeated. Raises OperatorError "backup_missing",
    "home_not_empty"; StoreDamaged("backup_damaged"; facts: damaged, first); Conflict("home_in_use"); DiskFull.
    """
    source = reachable(source)
    manifest = read_manifest(source)
    if manifest is None:
        raise OperatorError("backup_missing", path=str(source))
    tell = progress or (lambda *_: None)
    marker = home.files / UNFINISHED
    if _holds_something(home) and not replace and not marker.exists():
        raise OperatorError("home_not_empty", path=str(home.root))
    refuse_network(home.root)
    refuse_reserved(home.root)
    _verify(source, manifest, tell)
    _need_room(home, manifest)
    home.make()  # not earlier: what is refused leaves nothing behind
    with exclusive(home.files / "backup-lock", timeout_s=0.0, code="backup_running"):
        _claim(home, marker, source)
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        packs_aside = _put_packs_aside(home, manifest, stamp)
        copied = _copy_back(source, home, manifest, tell)
        replaced = _put_database(source, home, manifest, stamp)
        unlink(marker)
        sync_directory(home.files)
    return RestoreReport(
        manifest.made_at, len(manifest.files), copied, manifest.missing, replaced, packs_aside
    )


def refuse_unfinished(root: Path) -> None:
    """Raise OperatorError("restore_unfinished") when a restore into this home did not come to its end."""
    marker = root / UNFINISHED
    if not marker.exists():
        return
    try:
        source = str(json.loads(read_bytes(marker))["source"])
    except (OSError, ValueError, KeyError, TypeError):
        source = ""
    raise OperatorError("restore_unfinished", path=str(root), source=source)


def _holds_something(home: HomePaths) -> bool:
    """Tell whether there is work in a home; one that was only opened once is as good as empty."""
    if any(path.is_file() for path in home.masters.glob("[0-9a-f][0-9a-f]/*")):
        return True
    if not home.database.exists():
        return False
    try:
        with closing(sqlite3.connect(home.database, timeout=30.0)) as connection:
            held = "SELECT 1 FROM batch UNION ALL SELECT 1 FROM register_entry LIMIT 1"
            return connection.execute(held).fetchone() is not None
    except sqlite3.Error:
        return True  # damaged or of another program: not ours to judge


def _claim(home: HomePaths, marker: Path, source: Path) -> None:
    """Keep programs out, then see that none is in: in this order none slips through between."""
    is_repeated = marker.exists()
    _write_marker(marker, source)
    if alive := living_owners(home.owners):
        if not is_repeated:
            unlink(marker)
        raise Conflict("home_in_use", path=str(home.root), programs=len(alive))


def _verify(source: Path, manifest: BackupManifest, tell: Progress) -> None:
    total = sum(kept.size_bytes for kept in manifest.files.values())
    done, damaged = 0, []
    for name, kept in manifest.files.items():
        try:
            if hash_file(source / name)[0] != kept.sha256:
                damaged.append(name)
        except OSError:
            damaged.append(name)
        done += kept.size_bytes
        tell("verify", done, total)
    if damaged:
        raise StoreDamaged("backup_damaged", path=str(source), damaged=len(damaged), first=damaged[0])


def _need_room(home: HomePaths, manifest: BackupManifest) -> None:
    needed = sum(kept.size_bytes for name, kept in manifest.files.items() if not (home.files / name).exists())
    there = next(place for place in (home.files, *home.files.parents) if place.exists())
    free = shutil.disk_usage(there).free
    if free < needed + SPARE_BYTES:
        raise DiskFull(
            "disk_full", retryable=True, where=str(home.root), needed_bytes=needed, free_bytes=free
        )


def _write_marker(marker: Path, source: Path) -> None:
    try:
        with open_to_write(marker, "w", encoding="utf-8") as target:
            json.dump({"source": str(canonical(source))}, target)
        sync_directory(marker.parent)
    except OSError as exc:
        raise disk_trouble(exc, marker.parent) from exc


def _copy_back(source: Path, home: HomePaths, manifest: BackupManifest, tell: Progress) -> int:
    """Copy all but the database; what is there already and right (an interrupted restore) stays."""
    total = sum(kept.size_bytes for kept in manifest.files.values())
    done = copied = 0
    for name, kept in manifest.files.items():
        target = home.files / name
        if name != manifest.database and not (target.is_file() and hash_file(target)[0] == kept.sha256):
            copied += copy_verified(source / name, target, kept.sha256)
        done += kept.size_bytes
        tell("restore", done, total)
    for directory in {(home.files / name).parent for name in manifest.files}:
        sync_directory(directory)
    return copied


def _put_packs_aside(home: HomePaths, manifest: BackupManifest, stamp: str) -> tuple[Path, ...]:
    """Take office packs out of force that are not the backup's, beside the database that is put aside."""
    kept = {name.casefold(): each.sha256 for name, each in manifest.files.items()}
    aside = home.backups / f"replaced-{stamp}-{home.offices.name}"
    moved = []
    try:
        for pack in sorted(home.offices.glob("*.toml")):
            if kept.get(f"{home.offices.name}/{pack.name}".casefold()) != hash_file(pack)[0]:
                aside.mkdir(exist_ok=True)
                replace_file(pack, aside / pack.name)
                moved.append(aside / pack.name)
        if moved:
            sync_directory(aside)
            sync_directory(home.offices)
    except OSError as exc:
        raise disk_trouble(exc, home.root) from exc
    return tuple(moved)


def _put_database(source: Path, home: HomePaths, manifest: BackupManifest, stamp: str) -> Path | None:
    """Put the old database aside with its journal, which must never meet another database, and the new in place."""
    aside = home.backups / f"replaced-{stamp}.sqlite3"
    incoming = home.files / "restored.sqlite3.part"
    copy_verified(source / manifest.database, incoming, manifest.files[manifest.database].sha256)
    was_there = home.database.exists()
    try:
        for suffix in ("-wal", "-shm", ""):
            old = home.database.with_name(home.database.name + suffix)
            if old.exists():
                replace_file(old, aside.with_name(aside.name + suffix))
        replace_file(incoming, home.database)
        sync_directory(home.files)
    except OSError as exc:
        raise disk_trouble(exc, home.root) from exc
    return aside if was_there else None
