"""Import: paper folders offered as files and directories become batches, dossiers and intake jobs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from app.domain.ids import BatchId, DossierId, ImportItemId
from app.domain.import_rules import may_be_a_page
from app.domain.states import DossierState, ImportState, LinkState, UploadState
from app.jobs import store
from app.services import flow
from app.services.page_order import order_pages
from app.sources.file_import import PaperFolder, discover
from app.storage.database import Database, Transaction
from app.storage.tables import BatchRow, DossierRow, ImportItemRow, LinkRow, OutboxRow, PackageRow
from ocr.intake.masters import hash_file

# Written by Windows, macOS and viewers into directories of pictures; never pages.
SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini", ".ds_store", "ehthumbs.db", ".directory"})

# A dossier that is not yet on its way can take late files; a finished one gets a second dossier.
TAKES_FILES = (DossierState.OPEN, DossierState.PROCESSING, DossierState.TO_INDEX, DossierState.RETURNED)


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How an import is to be treated. release: "proven" or "none"; destination: drop folder or None."""

    office: str
    languages: tuple[str, ...]
    batch_name: str | None = None
    release: str = "none"
    destination: Path | None = None


@dataclass(frozen=True, slots=True)
class ImportStarted:
    """What an import began: offered counts every file, known ones those that were imported before."""

    batch_id: BatchId | None
    dossier_ids: tuple[DossierId, ...]
    item_ids: tuple[ImportItemId, ...]
    offered: int
    known: int


@dataclass(slots=True)
class _Started:
    batch: BatchRow | None = None
    dossiers: list[int] = field(default_factory=list)
    items: list[int] = field(default_factory=list)
    known: int = 0


class Capture:
    """Starts imports. Lists directories in the calling thread; the files are read by worker jobs."""

    def __init__(self, database: Database, who: str, defaults: ImportOptions) -> None:
        self._database = database
        self._who = who
        self._defaults = defaults

    def import_paths(
        self,
        paths: Sequence[Path],
        *,
        office: str | None = None,
        languages: Sequence[str] | None = None,
        batch_name: str | None = None,
    ) -> ImportStarted:
        """Import with the settings' defaults; see import_with."""
        options = ImportOptions(
            office=office or self._defaults.office,
            languages=tuple(languages or self._defaults.languages),
            batch_name=batch_name,
            release=self._defaults.release,
            destination=self._defaults.destination,
        )
        return self.import_with(paths, options)

    def import_with(self, paths: Sequence[Path], options: ImportOptions) -> ImportStarted:
        """Enter every file under paths into the ledger and queue its reading, in one transaction.

        A file already imported from the same path, unchanged, is not imported again: the dossier it made
        is returned. Raises OperatorError "path_missing", "path_not_readable", "nothing_offered".
        """
        folders = discover(paths)
        started = _Started()
        with self._database.write(self._who) as tx:
            for folder in folders:
                self._take_folder(tx, folder, options, started, paths)
        return ImportStarted(
            batch_id=None if started.batch is None else BatchId(started.batch.id),
            dossier_ids=tuple(map(DossierId, started.dossiers)),
            item_ids=tuple(map(ImportItemId, started.items)),
            offered=len(started.items),
            known=started.known,
        )

    def _take_folder(
        self,
        tx: Transaction,
        folder: PaperFolder,
        options: ImportOptions,
        started: _Started,
        paths: Sequence[Path],
    ) -> None:
        dossier = _dossier_of(tx, folder) if folder.is_dossier else None
        known = _known_items(tx, folder)
        fresh = [file for file in folder.files if not _is_known(known.get(storable(file)), file, dossier)]
        if dossier is not None and fresh and _was_exchanged(tx, dossier, known, folder):
            # Another paper folder lies under the same path: its pages must never join the earlier ones.
            dossier, known, fresh = None, {}, list(folder.files)
        new = set(fresh)
        started.known += len(folder.files) - len(fresh)
        started.items += [known[storable(file)].id for file in folder.files if file not in new]
        if dossier is not None and not fresh:
            started.dossiers.append(dossier.id)
            _look_again(tx, dossier, options)
            return
        if not fresh and not folder.is_dossier:
            return
        if dossier is None or dossier.state not in TAKES_FILES:
            batch = started.batch = started.batch or _new_batch(tx, self._who, options, paths)
            dossier = _new_dossier(tx, batch, folder, len(started.dossiers)) if folder.is_dossier else None
        else:
            batch = tx.session.get_one(BatchRow, dossier.batch_id)
        if dossier is not None:
            started.dossiers.append(dossier.id)
        for file in fresh:
            earlier = known.get(storable(file))
            if earlier is not None:
                earlier.superseded = True
            item = _new_item(tx, batch, dossier, file)
            started.items.append(item.id)
        if dossier is not None:
            order_pages(tx, dossier.id)
            flow.settle(tx, dossier.id)


def _known_items(tx: Transaction, folder: PaperFolder) -> dict[str, ImportItemRow]:
    """Newest ledger entries of the folder's files, by path."""
    by_path: dict[str, ImportItemRow] = {}
    for start in range(0, len(folder.files), 500):  # SQLite bounds the variables of a statement
        names = [storable(file) for file in folder.files[start : start + 500]]
        for item in tx.session.scalars(
            select(ImportItemRow).where(ImportItemRow.source_path.in_(names)).order_by(ImportItemRow.id)
        ):
            by_path[item.source_path] = item
    return by_path


def _is_known(item: ImportItemRow | None, file: Path, dossier: DossierRow | None) -> bool:
    if item is None or not _is_unchanged(item, file):
        return False
    if item.state is not ImportState.REFUSED:
        return True
    # A refused file is tried again while its dossier can take it: disk, driver or program may have been
    # mended meanwhile. What was never a page is not asked about twice.
    return not (
        dossier is not None and dossier.state in TAKES_FILES and may_be_a_page(file.name, item.reason or "")
    )


def _is_unchanged(item: ImportItemRow, file: Path) -> bool:
    size_bytes, mtime_ns = _stat(file)
    if item.size_bytes != size_bytes:
        return False
    if item.mtime_ns == mtime_ns or item.sha256 is None:
        return item.mtime_ns == mtime_ns
    # A copy or a restored backup has a new time; the content decides.
    try:
        return hash_file(file)[0] == item.sha256
    except OSError:
        return False


def _was_exchanged(
    tx: Transaction, dossier: DossierRow, known: dict[str, ImportItemRow], folder: PaperFolder
) -> bool:
    """Tell late pages from another paper folder scanned into the same directory under the same names.

    Late pages come beside what was accepted before; when one of those files is gone or has other content,
    the directory holds something else now.
    """
    offered = {storable(file): file for file in folder.files}
    accepted = tx.session.scalars(
        select(ImportItemRow).where(
            ImportItemRow.dossier_id == dossier.id, ImportItemRow.state == ImportState.ACCEPTED
        )
    )
    return any(
        item.source_path not in offered or not _is_unchanged(item, offered[item.source_path])
        for item in accepted
    )


def _stat(file: Path) -> tuple[int | None, int | None]:
    try:
        told = file.stat()
    except OSError:
        return None, None  # the intake job says why it cannot be read
    return told.st_size, told.st_mtime_ns


def _dossier_of(tx: Transaction, folder: PaperFolder) -> DossierRow | None:
    return tx.session.scalar(
        select(DossierRow)
        .where(DossierRow.source == storable(folder.source))
        .order_by(DossierRow.id.desc())
        .limit(1)
    )


def _look_again(tx: Transaction, dossier: DossierRow, options: ImportOptions) -> None:
    """The same import asked for again: go on with today's policy, and link again (a new register)."""
    batch = tx.session.get_one(BatchRow, dossier.batch_id)
    batch.release = options.release
    if options.destination is not None:
        batch.destination = str(options.destination)
    by_person = tx.session.scalar(
        select(LinkRow.id).where(LinkRow.dossier_id == dossier.id, LinkRow.withdrawn_at.is_(None)).limit(1)
    )
    _try_again(tx, dossier)
    if dossier.state is DossierState.TO_INDEX and not dossier.on_hold and by_person is None:
        store.enqueue(tx, flow.LINK, dossier.id, priority=flow.PRIORITY[flow.LINK])


def _try_again(tx: Transaction, dossier: DossierRow) -> None:
    """Asking for an import again is asking for its delivery: what waits for a mended place is tried now."""
    for outbox in tx.session.scalars(
        select(OutboxRow)
        .join(PackageRow, PackageRow.id == OutboxRow.package_id)
        .where(PackageRow.dossier_id == dossier.id, OutboxRow.state == UploadState.QUEUED)
    ):
        outbox.not_before, outbox.error, outbox.error_facts = tx.now, None, {}
        tx.audit("outbox", outbox.id, "retry_asked")


def _new_batch(tx: Transaction, who: str, options: ImportOptions, paths: Sequence[Path]) -> BatchRow:
    batch = BatchRow(
        name=options.batch_name or _batch_name(paths, tx.now),
        office=options.office,
        languages=list(options.languages),
        created_at=tx.now,
        created_by=who,
        release=options.release,
        destination=None if options.destination is None else str(options.destination),
    )
    tx.session.add(batch)
    tx.session.flush()
    tx.audit("batch", batch.id, "created", release=options.release)
    return batch


def _batch_name(paths: Sequence[Path], now: datetime) -> str:
    first = storable(paths[0].absolute().name) if paths else ""
    return f"{first} {now.astimezone():%Y-%m-%d %H:%M}".strip()


def _new_dossier(tx: Transaction, batch: BatchRow, folder: PaperFolder, ordinal: int) -> DossierRow:
    dossier = DossierRow(
        batch_id=batch.id,
        ordinal=ordinal,
        name=storable(folder.name),
        source=storable(folder.source),
        state=DossierState.OPEN,
        link=LinkState.NONE,
        updated_at=tx.now,
    )
    tx.session.add(dossier)
    tx.session.flush()
    tx.audit("dossier", dossier.id, "opened", to_state=DossierState.OPEN)
    return dossier


def _new_item(tx: Transaction, batch: BatchRow, dossier: DossierRow | None, file: Path) -> ImportItemRow:
    size_bytes, mtime_ns = _stat(file)
    item = ImportItemRow(
        batch_id=batch.id,
        dossier_id=None if dossier is None else dossier.id,
        ordinal=0,  # order_pages gives it its place
        source_path=storable(file),
        state=ImportState.OFFERED,
        size_bytes=size_bytes,
        mtime_ns=mtime_ns,
    )
    tx.session.add(item)
    tx.session.flush()
    tx.audit("import_item", item.id, "offered", to_state=ImportState.OFFERED)
    code = _refused_by_name(file)
    if code is None:
        store.enqueue(tx, flow.INTAKE, item.id, priority=flow.PRIORITY[flow.INTAKE])
    else:
        tx.move(item, ImportState.REFUSED, "refused", code=code)
        item.reason, item.facts = code, {"name": storable(file.name)}
    return item


def storable(name: Path | str) -> str:
    """A path or name as the database holds it: bytes that are no Unicode (old disks, on Linux) are spelt out."""
    return str(name).encode("utf-8", "backslashreplace").decode("utf-8")


def _refused_by_name(file: Path) -> str | None:
    if file.name.casefold() in SYSTEM_FILES or file.name.startswith("._"):
        return "system_file"
    return "name_not_unicode" if storable(file) != str(file) else None
