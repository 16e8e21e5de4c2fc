"""Backup of a home while the program runs, and back.

The database is copied first; what that copy names (masters, packages) never changes, so the rest can take
its time. Derived files are left out: they can be made again, and the check queues that after a restore.
"""

from __future__ import annotations

import re
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from app.errors import DiskFull, OperatorError, StoreDamaged
from app.paths import HomePaths, refuse_reserved
from app.storage.backup_manifest import (
    BackupManifest,
    KeptFile,
    Progress,
    read_manifest,
    write_manifest,
)
from app.storage.copies import copy_database, copy_verified, disk_trouble, sync_directory
from app.storage.locks import exclusive
from app.storage.restore import RestoreReport, restore
from ocr.intake.masters import hash_file, master_path
from ocr.long_paths import canonical, reachable, usual
from ocr.patience import discard, remove_tree, rename, unlink

__all__ = ["BackupProblem", "BackupReport", "RestoreReport", "backup", "restore"]

SPARE_BYTES = 50_000_000
"""Room that must remain beside what will be copied: manifest, directories, what others write meanwhile."""

_BAG_MANIFESTS = ("tagmanifest-sha256.txt", "manifest-sha256.txt")
_BAG_LINE = re.compile(r"([0-9a-fA-F]{64})\s+\*?(\S.*)")


@dataclass(frozen=True, slots=True)
class BackupProblem:
    """A file the database names that could not be saved because the home itself has lost or damaged it."""

    code: str  # "file_missing", "file_damaged", "file_unreadable"
    subject: str  # "master", "package"
    name: str


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a backup did: new files and bytes, files that were there already, what could not be saved."""

    target: Path
    database: Path
    files_copied: int
    files_kept: int
    bytes_copied: int
    problems: tuple[BackupProblem, ...]


@dataclass(slots=True)
class _Run:
    target: Path
    known: dict[str, KeptFile]
    verify: bool
    progress: Progress
    total_bytes: int = 0
    done_bytes: int = 0
    copied: int = 0
    kept: int = 0
    bytes_copied: int = 0
    files: dict[str, KeptFile] = field(default_factory=dict)
    problems: list[BackupProblem] = field(default_factory=list)

    def advance(self, size_bytes: int) -> None:
        self.done_bytes += size_bytes
        self.progress("backup", min(self.done_bytes, self.total_bytes), self.total_bytes)


def backup(
    home: HomePaths, target: Path, *, verify: bool = False, progress: Progress | None = None
) -> BackupReport:
    """Copy all of a home that cannot be made again; only what is new when target holds an earlier backup.

    verify: read again what target has already; else its size, as the earlier run recorded it, is trusted.
    Until the new backup is complete the earlier one stays valid. Raises OperatorError "backup_inside_home",
    "target_holds_other_home", "target_not_writable", "database_missing"; DiskFull; Conflict("backup_running");
    StoreDamaged("database_damaged").
    """
    _refuse_overlap(home.root, target)
    refuse_reserved(target)
    target = reachable(target)
    if not home.database.exists():
        raise OperatorError("database_missing", path=str(home.database))
    with exclusive(home.files / "backup-lock", timeout_s=0.0, code="backup_running"):
        earlier = _earlier(target)
        if earlier is not None and earlier.home != str(canonical(home.root)):
            raise OperatorError("target_holds_other_home", path=str(target), home=earlier.home)
        _prepare(home, target)
        known = dict(earlier.files) if earlier else {}
        run = _Run(target, known, verify, progress or (lambda *_: None))
        now = datetime.now(UTC)
        database = target / f"database-{now:%Y%m%dT%H%M%S%f}.sqlite3"
        copy_database(home.database, database)
        try:
            _copy_files(home, database, run)
            manifest = BackupManifest(
                now.isoformat(timespec="seconds"),
                str(canonical(home.root)),
                database.name,
                run.files,
                tuple(problem.name for problem in run.problems),
            )
            write_manifest(target, manifest)
        except BaseException:
            discard(database)
            raise
        _drop_old_databases(target, keep={database.name, earlier.database if earlier else ""})
    return BackupReport(
        usual(target), usual(database), run.copied, run.kept, run.bytes_copied, tuple(run.problems)
    )


def _earlier(target: Path) -> BackupManifest | None:
    try:
        return read_manifest(target)
    except StoreDamaged:
        return None  # a full new backup mends it: every file there is read again


def _refuse_overlap(home: Path, target: Path) -> None:
    inner, outer = canonical(target), canonical(home)
    if inner == outer or outer in inner.parents or inner in outer.parents:
        raise OperatorError("backup_inside_home", path=str(target))


def _prepare(home: HomePaths, target: Path) -> None:
    """Make the target, clear what a killed run left, and look for room for the database's copy."""
    try:
        target.mkdir(parents=True, exist_ok=True)
        leftovers = [
            *target.glob(".*.part"),
            *target.glob("masters/*/.*.part"),
            *target.glob("packages/.*.part"),
        ]
        for path in leftovers:
            remove_tree(path) if path.is_dir() else unlink(path)
    except OSError as exc:
        raise disk_trouble(exc, target) from exc
    _need_room(target, home.database.stat().st_size)


def _need_room(target: Path, needed_bytes: int) -> None:
    free_bytes = shutil.disk_usage(target).free
    if free_bytes < needed_bytes + SPARE_BYTES:
        raise DiskFull(
            "disk_full", retryable=True, where=str(target), needed_bytes=needed_bytes, free_bytes=free_bytes
        )


def _copy_files(home: HomePaths, database: Path, run: _Run) -> None:
    with closing(sqlite3.connect(database)) as connection:
        masters = connection.execute("SELECT sha256, extension, size_bytes FROM master").fetchall()
        packages = connection.execute("SELECT name, manifest_sha256, payload_bytes FROM package").fetchall()
    run.total_bytes = sum(row[2] for row in masters) + sum(row[2] for row in packages)
    _need_room(run.target, _missing_bytes(run.target, masters, packages))
    for sha256, extension, size_bytes in masters:
        path = master_path(home.masters, sha256, extension)
        name = f"masters/{sha256[:2]}/{path.name}"
        try:
            _keep_or_copy(path, name, sha256, run)
        except StoreDamaged as exc:
            run.problems.append(BackupProblem(exc.code, "master", name))
        run.advance(size_bytes)
    for package, sha256, payload_bytes in packages:
        try:
            _copy_package(home.packages / package, package, sha256, run)
        except StoreDamaged as exc:
            run.problems.append(BackupProblem(exc.code, "package", f"packages/{package}"))
        run.advance(payload_bytes)
    digest, size_bytes = hash_file(database)
    run.files[database.name] = KeptFile(digest, size_bytes)
    if home.settings.is_file():
        _keep_or_copy(home.settings, home.settings.name, hash_file(home.settings)[0], run)
    for pack in sorted(home.offices.glob("*.toml")):
        _keep_or_copy(pack, f"{home.offices.name}/{pack.name}", hash_file(pack)[0], run)
    for directory in {(run.target / name).parent for name in run.files}:
        sync_directory(directory)


def _missing_bytes(
    target: Path, masters: list[tuple[str, str, int]], packages: list[tuple[str, str, int]]
) -> int:
    new = sum(
        size
        for sha256, extension, size in masters
        if not master_path(target / "masters", sha256, extension).exists()
    )
    return new + sum(size for name, _sha256, size in packages if not (target / "packages" / name).exists())


def _keep_or_copy(source: Path, name: str, sha256: str, run: _Run) -> None:
    """Take a file over from the earlier backup when it is right there, else copy it."""
    target = run.target / name
    if (size_bytes := _size_if_right(target, run.known.get(name), sha256, verify=run.verify)) is not None:
        run.kept += 1
    else:
        size_bytes = copy_verified(source, target, sha256)
        run.copied += 1
        run.bytes_copied += size_bytes
    run.files[name] = KeptFile(sha256, size_bytes)


def _size_if_right(path: Path, known: KeptFile | None, sha256: str, *, verify: bool) -> int | None:
    """Return the size of a file that holds the bytes of that hash, else None."""
    try:
        size_bytes = path.stat().st_size
        if known is not None and known.sha256 == sha256 and not verify:
            return size_bytes if known.size_bytes == size_bytes else None
        return size_bytes if hash_file(path)[0] == sha256 else None
    except OSError:
        return None


def _copy_package(bag: Path, package: str, sha256: str, run: _Run) -> None:
    """Copy a bag as a whole: into a part directory, then one rename."""
    expected = dict(_bag_files(bag, sha256))
    final = run.target / "packages" / package
    sizes = {
        name: _size_if_right(
            final / name, run.known.get(f"packages/{package}/{name}"), digest, verify=run.verify
        )
        for name, digest in expected.items()
    }
    if all(size is not None for size in sizes.values()):
        run.kept += len(sizes)
    else:
        part = final.with_name(f".{secrets.token_hex(8)}.part")
        sizes = {}
        try:
            for name, digest in expected.items():
                sizes[name] = copy_verified(bag / name, part / name, digest)
            for directory in {(part / name).parent for name in expected}:
                sync_directory(directory)
            _put_in_place(part, final)
        finally:
            shutil.rmtree(part, ignore_errors=True)
        run.copied += len(sizes)
        run.bytes_copied += sum(size for size in sizes.values() if size is not None)
    run.files.update(
        {f"packages/{package}/{name}": KeptFile(expected[name], size or 0) for name, size in sizes.items()}
    )


def _put_in_place(part: Path, final: Path) -> None:
    try:
        if final.exists():  # damaged on the backup's disk: out of the way first
            aside = final.with_name(f".{secrets.token_hex(8)}.part")
            rename(final, aside)
            rename(part, final)
            shutil.rmtree(aside, ignore_errors=True)
        else:
            rename(part, final)
    except OSError as exc:
        raise disk_trouble(exc, final.parent) from exc


def _bag_files(bag: Path, sha256: str) -> Iterator[tuple[str, str]]:
    """Yield every file of a package with its hash, as its own manifests state them.

    The full check of a bag is app.packaging.bag's; that layer is above this one, and a copy needs only names
    and hashes. The manifest itself is known by the hash in the database.
    """
    try:
        if hash_file(bag / "manifest-sha256.txt")[0] != sha256:
            raise StoreDamaged("file_damaged", path=str(bag))
        yield _BAG_MANIFESTS[0], hash_file(bag / _BAG_MANIFESTS[0])[0]
        for manifest in _BAG_MANIFESTS:
            for line in re.split(r"\r\n|\n|\r", (bag / manifest).read_text(encoding="utf-8")):
                if found := _BAG_LINE.fullmatch(line):
                    path = re.sub("%(25|0[dDaA])", lambda code: chr(int(code.group(1), 16)), found.group(2))
                    if ".." in path.split("/") or path.startswith("/"):
                        raise StoreDamaged("file_damaged", path=str(bag))
                    yield path, found.group(1).lower()
    except FileNotFoundError as exc:
        raise StoreDamaged("file_missing", path=str(bag)) from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise StoreDamaged("file_unreadable", path=str(bag)) from exc


def _drop_old_databases(target: Path, *, keep: set[str]) -> None:
    """Keep this copy and the one before it; older ones would only fill the disk."""
    for path in target.glob("database-*.sqlite3"):
        if path.name not in keep:
            discard(path)
