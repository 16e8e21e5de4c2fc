"""Other places where the right bytes of a lost master or package may still lie."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import CompoundSelect, select

from app.packaging.bag import TAG_MANIFEST, read_manifest, verify_bag
from app.packaging.durable import rename_directory
from app.paths import HomePaths
from app.storage.copies import copy_verified
from app.storage.database import Database
from app.storage.tables import ImportItemRow, OutboxRow, PackageRow, PageRow
from ocr.intake.masters import hash_file, master_path
from ocr.long_paths import reachable
from ocr.patience import remove_tree


class GoodCopies:
    """Finds proven copies; takes nothing on trust."""

    def __init__(self, database: Database, paths: HomePaths, backup_dir: Path | None) -> None:
        self._database = database
        self._paths = paths
        self._backup_dir = backup_dir

    def find_master(self, sha256: str, extension: str) -> tuple[str, Path] | None:
        """Find a file with the right bytes elsewhere: where it is, and its path."""
        for origin, path in self._masters(sha256, extension):
            try:
                if hash_file(path)[0] == sha256:
                    return origin, path
            except OSError:
                continue  # not there: the next place
        return None

    def find_package(self, package_id: int) -> tuple[str, Path] | None:
        """Find a whole copy of a package elsewhere: where it is, and its directory."""
        with self._database.read() as session:
            package = session.get_one(PackageRow, package_id)
            outbox = session.scalar(select(OutboxRow).where(OutboxRow.package_id == package_id))
            name, sha256 = package.name, package.manifest_sha256
            delivered = reachable(Path(outbox.destination)) / name if outbox else None
        backup = self._backup_dir / "packages" / name if self._backup_dir else None
        for origin, path in (("backup", backup), ("delivered", delivered)):
            if path is not None and path.is_dir() and verify_bag(path, package_sha256=sha256).is_valid:
                return origin, path
        return None

    def _masters(self, sha256: str, extension: str) -> Iterator[tuple[str, Path]]:
        if self._backup_dir is not None:
            yield "backup", master_path(self._backup_dir / "masters", sha256, extension)
        with self._database.read() as session:
            bags = session.execute(
                select(PackageRow.name, OutboxRow.destination)
                .outerjoin(OutboxRow, OutboxRow.package_id == PackageRow.id)
                .where(PackageRow.dossier_id.in_(_dossiers_with(sha256)))
            ).all()
            sources = session.scalars(
                select(ImportItemRow.source_path).where(ImportItemRow.sha256 == sha256)
            ).all()
        for name, destination in bags:
            yield from _in_bag("package", self._paths.packages / name, sha256)
            if destination is not None:
                yield from _in_bag("delivered", reachable(Path(destination)) / name, sha256)
        for source in sources:
            yield "source", reachable(Path(source))


def bring_package(source: Path, final: Path) -> None:
    """Copy a proven bag to a free name, file by file; visible only when whole. Raises OSError and ours."""
    part = final.with_name(f".{secrets.token_hex(8)}.part")
    listed = {**read_manifest(source), **read_manifest(source, TAG_MANIFEST)}
    listed[TAG_MANIFEST] = hash_file(source / TAG_MANIFEST)[0]
    try:
        for name, sha256 in listed.items():
            copy_verified(source / name, part / name, sha256)
        rename_directory(part, final)
    finally:
        remove_tree(part)


def _dossiers_with(sha256: str) -> CompoundSelect[int]:
    """Dossiers that have this master as a page or as an original."""
    pages = select(PageRow.dossier_id).where(PageRow.master_sha256 == sha256)
    return pages.union(select(ImportItemRow.dossier_id).where(ImportItemRow.original_sha256 == sha256))


def _in_bag(origin: str, bag: Path, sha256: str) -> Iterator[tuple[str, Path]]:
    try:
        listed = read_manifest(bag)
    except (OSError, ValueError):
        return  # no bag, or no readable one
    for name, listed_sha256 in listed.items():
        if listed_sha256 == sha256:
            yield origin, bag / name
