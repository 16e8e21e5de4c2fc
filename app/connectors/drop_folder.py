"""The drop-folder connector: a directory that the office watches (local, network share or removable drive).

A package is copied file by file into `<package>.part`, each file flushed, read back and compared with the
manifest, and then given its name by one rename that never replaces anything. Whoever watches the directory
therefore sees a whole package or none. A `.part` of a killed run is taken up again. The office answers with
`<package>.receipt.json` beside the package (app.connectors.receipts). Runs in the upload thread.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.connectors.local_office import office_of
from app.connectors.protocol import ConnectorStatus, DeliveryCancelled, Receipt, SubmitResult, SubmitTask
from app.connectors.receipts import MAX_RECEIPT_BYTES, parse_receipt, receipt_path
from app.connectors.shares import Shares
from app.errors import Conflict, ConnectorError, StoreDamaged
from app.packaging.bag import MANIFEST, TAG_MANIFEST, read_manifest, verify_bag
from app.packaging.durable import (
    copy_file,
    flush_file,
    flush_tree,
    forget_cached,
    hash_file,
    is_disk_full,
    rename_directory,
)
from app.storage.locks import exclusive
from ocr.long_paths import reachable, usual
from ocr.patience import open_to_read, remove_tree, unlink

PART_SUFFIX = ".part"
# Directory entries and receipts need some room too.
SPARE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class DropFolderOptions:
    """Where to deliver. settle_s: how long a receipt that cannot be read may still be in the writing.

    shares: opens a directory on a share that wants a name and password; None for one that needs none.
    """

    directory: Path
    settle_s: float = 30.0
    shares: Shares | None = None


class DropFolder:
    """Delivers packages into one directory; see the module for how. The directory must exist already."""

    def __init__(self, options: DropFolderOptions, *, now: Callable[[], float] = time.time) -> None:
        self._options = options
        self._directory = reachable(options.directory)
        self._now = now

    def check(self) -> ConnectorStatus:
        """Tell whether the directory is there and can be written, by writing."""
        directory = self._directory
        try:
            self._open_share()
            with _translated(directory):
                probe = directory / ".foliodesk-probe"
                probe.write_bytes(b"")
                unlink(probe)
                free_bytes = shutil.disk_usage(directory).free
                office = office_of(directory)
        except ConnectorError as exc:
            return ConnectorStatus(False, exc.code, facts=dict(exc.facts))
        return ConnectorStatus(True, "ready", office, free_bytes, {"directory": str(usual(directory))})

    def submit(self, package: SubmitTask, *, cancelled: Callable[[], bool]) -> SubmitResult:
        """Deliver a package; see OfficeConnector.submit.

        ConnectorError codes: "drop_folder_missing", "drop_folder_not_writable", "drop_folder_full",
        "drop_folder_failed", "copy_differs", "sending_elsewhere" and those of Shares.open: all retryable.
        """
        directory = self._directory
        final = directory / package.package_name
        files = _files_of(package)
        self._open_share()
        with _only_sender(package), _translated(directory):
            if not directory.is_dir():
                raise ConnectorError("drop_folder_missing", retryable=True, directory=str(directory))
            if self._is_there(package, final):
                return SubmitResult(str(usual(final)), already_there=True)
            part = directory / (package.package_name + PART_SUFFIX)
            copied = _Copying(package, part, files, cancelled).run()
            try:
                rename_directory(part, final)
            except FileExistsError:
                # Someone was faster; equal content is our delivery all the same.
                self._is_there(package, final)
                remove_tree(part)
                return SubmitResult(str(usual(final)), already_there=True)
            return SubmitResult(str(usual(final)), False, len(copied), sum(copied))

    def status(self, package: SubmitTask) -> Receipt | None:
        """Read the receipt beside the package, if there is one; see OfficeConnector.status."""
        path = receipt_path(self._directory, package.package_name)
        self._open_share()
        with _translated(self._directory):
            receipt = self._read_receipt(path)
            if receipt is None:
                return None
        if receipt.sha256 != package.package_sha256 or receipt.package != package.package_name:
            raise ConnectorError(
                "receipt_mismatch",
                package=package.package_name,
                ours=package.package_sha256,
                theirs=receipt.sha256,
            )
        return receipt

    def _open_share(self) -> None:
        if self._options.shares is not None:
            self._options.shares.open(self._directory)

    def _read_receipt(self, path: Path) -> Receipt | None:
        """Return the receipt; None when there is none, or one that may still be in the writing."""
        try:
            known = path.stat()
            with open_to_read(path) as stream:
                content = stream.read(MAX_RECEIPT_BYTES + 1)
        except FileNotFoundError:
            if not self._directory.is_dir():
                raise
            return None
        try:
            if len(content) > MAX_RECEIPT_BYTES:
                raise ValueError("too long")
            return parse_receipt(content)
        except ValueError as exc:
            # abs(): the clock of a network share may run ahead of ours.
            if abs(self._now() - known.st_mtime) < self._options.settle_s:
                return None
            raise ConnectorError("receipt_unreadable", retryable=True, path=str(path), why=str(exc)) from exc

    def _is_there(self, package: SubmitTask, final: Path) -> bool:
        """Tell whether the office has this content: delivered before, or taken away and answered."""
        try:
            receipt = self._read_receipt(receipt_path(self._directory, package.package_name))
        except ConnectorError:
            receipt = None
        if final.exists():
            report = verify_bag(final, package_sha256=package.package_sha256)
            if report.is_valid:
                return True
            worst = report.findings[0]
            raise Conflict(
                "other_content_there", package=package.package_name, why=worst.code, file=worst.path
            )
        if receipt is None:
            return False
        if receipt.sha256 != package.package_sha256:
            raise Conflict("other_content_there", package=package.package_name, why="receipt", file="")
        return True


class _Copying:
    """One run of copying a package into its `.part`, keeping what an earlier run already brought over."""

    def __init__(
        self, package: SubmitTask, part: Path, files: dict[str, str], cancelled: Callable[[], bool]
    ) -> None:
        self._package = package
        self._part = part
        self._files = files
        self._cancelled = cancelled

    def run(self) -> list[int]:
        """Copy what is missing, read everything back; return the sizes of the copied files."""
        self._part.mkdir(exist_ok=True)
        self._remove_strangers()
        missing = [name for name in self._files if not self._has(name)]
        sizes = {name: self._source(name).stat().st_size for name in missing}
        free_bytes = shutil.disk_usage(self._part).free
        if free_bytes < sum(sizes.values()) + SPARE_BYTES:
            raise ConnectorError(
                "drop_folder_full", retryable=True, needed_bytes=sum(sizes.values()), free_bytes=free_bytes
            )
        for name in missing:
            self._copy(name)
        flush_tree(self._part)
        return list(sizes.values())

    def _source(self, name: str) -> Path:
        source = self._package.package_path / name
        if not source.is_file():
            raise StoreDamaged(
                "package_damaged", package=self._package.package_name, file=name, why="missing"
            )
        return source

    def _has(self, name: str) -> bool:
        target = self._part / name
        self._stop_if_cancelled()
        if not target.is_file() or hash_file(target) != self._files[name]:
            return False
        flush_file(target)
        return True

    def _copy(self, name: str) -> None:
        target = self._part / name
        target.parent.mkdir(parents=True, exist_ok=True)
        read = copy_file(self._source(name), target, cancelled=self._cancelled)
        if read is None:
            self._stop_if_cancelled()
            raise DeliveryCancelled("delivery_cancelled", package=self._package.package_name)
        if read != self._files[name]:
            raise StoreDamaged(
                "package_damaged", package=self._package.package_name, file=name, why="changed"
            )
        forget_cached(target)
        if hash_file(target) != read:
            raise ConnectorError(
                "copy_differs", retryable=True, package=self._package.package_name, file=name
            )

    def _remove_strangers(self) -> None:
        for found in sorted(self._part.rglob("*"), reverse=True):
            name = found.relative_to(self._part).as_posix()
            if found.is_dir() and not found.is_symlink():
                if not any(known.startswith(name + "/") for known in self._files):
                    remove_tree(found)
            elif name not in self._files or found.is_symlink():
                unlink(found)

    def _stop_if_cancelled(self) -> None:
        if self._cancelled():
            raise DeliveryCancelled("delivery_cancelled", package=self._package.package_name)


def _files_of(package: SubmitTask) -> dict[str, str]:
    """Return every file of our package with its hash, refusing a package that is not the one built."""
    bag = package.package_path
    try:
        manifest_sha256 = hash_file(bag / MANIFEST)
        files = {**read_manifest(bag), **read_manifest(bag, TAG_MANIFEST)}
        files[TAG_MANIFEST] = hash_file(bag / TAG_MANIFEST)
    except (OSError, ValueError) as exc:
        raise StoreDamaged(
            "package_damaged", package=package.package_name, file=MANIFEST, why="unreadable"
        ) from exc
    if manifest_sha256 != package.package_sha256:
        raise StoreDamaged("package_damaged", package=package.package_name, file=MANIFEST, why="changed")
    return files


@contextmanager
def _only_sender(package: SubmitTask) -> Iterator[None]:
    """Keep a second process of this home from writing into the same `.part`."""
    try:
        with exclusive(
            package.package_path.parent / ".sending.lock", timeout_s=0.0, code="sending_elsewhere"
        ):
            yield
    except Conflict as exc:
        if exc.code != "sending_elsewhere":
            raise
        raise ConnectorError("sending_elsewhere", retryable=True, package=package.package_name) from exc


@contextmanager
def _translated(directory: Path) -> Iterator[None]:
    """Turn operating system errors about the drop folder into ConnectorError codes."""
    try:
        yield
    except OSError as exc:
        facts = {"directory": str(directory), "why": exc.strerror or type(exc).__name__}
        if is_disk_full(exc):
            raise ConnectorError("drop_folder_full", retryable=True, **facts) from exc
        if not directory.is_dir():
            raise ConnectorError("drop_folder_missing", retryable=True, **facts) from exc
        if isinstance(exc, PermissionError):
            raise ConnectorError("drop_folder_not_writable", retryable=True, **facts) from exc
        raise ConnectorError("drop_folder_failed", retryable=True, **facts) from exc
