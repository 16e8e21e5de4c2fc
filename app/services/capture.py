"""Import: paper folders offered as files and directories become batches, dossiers and intake jobs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath

from sqlalchemy import select, update

from app.domain.ids import BatchId, DossierId, ImportItemId
from app.domain.separation import Separation
from app.domain.states import DossierState, ImportState, LinkState, UploadState
from app.errors import OperatorError
from app.jobs import store
from app.services import flow, stacks
from app.services.offered import (
    TAKES_FILES,
    Offered,
    OfferedFile,
    is_known,
    look_at,
    newest_items,
    storable,
    was_exchanged,
)
from app.services.page_order import order_pages
from app.services.stacking import dossier_at, make_stack, stack_up
from app.sources.file_import import PaperFolder, discover
from app.storage.database import Database, Transaction
from app.storage.tables import BatchRow, DossierRow, ImportItemRow, LinkRow, OutboxRow, PackageRow
from ocr.long_paths import canonical, usual

# Written by Windows, macOS and viewers into directories of pictures; never pages.
SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini", ".ds_store", "ehthumbs.db", ".directory"})

# Entered in one transaction: other writers wait a fraction of a second between two lots, however large the
# import (15,000 files in one transaction kept them out for minutes).
FILES_PER_LOT = 100


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How an import is to be treated. release: "proven" or "none"; destination: drop folder or None.

    separation: each directory, or file offered by itself, is a stack of many paper folders, divided so; None: one folder.
    """

    office: str
    languages: tuple[str, ...]
    batch_name: str | None = None
    release: str = "none"
    destination: Path | None = None
    separation: Separation | None = None


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
    sources: frozenset[str]
    batch_id: int | None = None
    named: dict[int, list[Path]] = field(default_factory=dict)  # batch of today: what it is called after
    moved: dict[int, int] = field(default_factory=dict)  # earlier batch: the one that has today's policy
    dossiers: list[int] = field(default_factory=list)
    items: list[int] = field(default_factory=list)
    known: int = 0


@dataclass(frozen=True, slots=True)
class _Asked:
    """One call: what was asked, which places were offered, and what it began so far."""

    options: ImportOptions
    places: frozenset[Path]
    started: _Started


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
        separation: Separation | None = None,
    ) -> ImportStarted:
        """Import with the settings' defaults; see import_with."""
        options = ImportOptions(
            office=office or self._defaults.office,
            languages=tuple(languages or self._defaults.languages),
            batch_name=batch_name,
            release=self._defaults.release,
            destination=self._defaults.destination,
            separation=separation,
        )
        return self.import_with(paths, options)

    def import_with(self, paths: Sequence[Path], options: ImportOptions) -> ImportStarted:
        """Enter every file under paths into the ledger and queue its reading, folder by folder.

        A file already imported from the same path, unchanged, is not imported again: the dossier it made
        is returned. Stopped halfway, the same call goes on where it was. Raises OperatorError
        "path_missing", "path_not_readable", "path_in_home" or "nothing_offered" before anything is entered.
        """
        folders = discover(paths, home=usual(self._database.path.parent))
        if not any(folder.files for folder in folders):
            raise OperatorError("nothing_offered")
        started = _Started(frozenset(storable(folder.source) for folder in folders))
        asked = _Asked(options, frozenset(canonical(path.expanduser()) for path in paths), started)
        for lot in _lots(folders):
            offered = look_at(self._database, lot)
            with self._database.write(self._who) as tx:
                for folder in lot:
                    self._take_folder(tx, folder, offered, asked)
        return ImportStarted(
            batch_id=None if started.batch_id is None else BatchId(started.batch_id),
            dossier_ids=tuple(map(DossierId, started.dossiers)),
            item_ids=tuple(map(ImportItemId, started.items)),
            offered=len(started.items),
            known=started.known,
        )

    def _take_folder(self, tx: Transaction, folder: PaperFolder, offered: Offered, asked: _Asked) -> None:
        started = asked.started
        files = [offered[str(path)] for path in folder.files]
        dossier = dossier_at(tx, storable(folder.source)) if folder.is_dossier else None
        own = () if dossier is None else stacks.ids_with_fellows(tx.session, dossier)
        known = newest_items(tx.session, [file.name for file in files], own)
        fresh = [file for file in files if not is_known(known.get(file.name), file, dossier)]
        if dossier is not None and fresh and was_exchanged(tx, dossier, folder, offered):
            # Another paper folder lies under the same path: its pages must never join the earlier ones.
            dossier, known, fresh = None, {}, files
        new = set(fresh)
        _note_known(started, [(known[file.name], file) for file in files if file not in new])
        if dossier is not None:
            _forget_removed(tx, dossier, {file.name for file in files})
        if dossier is not None and not fresh:
            for fellow in stacks.fellows(tx.session, dossier):
                started.dossiers.append(fellow.id)
                _look_again(tx, fellow, asked)
            if asked.options.separation is not None:
                make_stack(tx, dossier, asked.options.separation)
            return
        if not fresh and (files or not folder.is_dossier):
            # Pages taken in by another way, such as a file of a directory that was imported whole.
            _note_dossiers(started, [known[file.name] for file in files])
            return
        earlier = dossier
        dossier, batch_id = self._place_of(tx, dossier, folder, asked)
        _name_batch(tx, batch_id, folder.source, asked)
        for file in fresh:
            if file.name in known:
                _supersede(tx, known[file.name])
        items = _enter_files(tx, batch_id, dossier, fresh)
        started.items += [item.id for item in items]
        if dossier is not None:
            started.dossiers.append(dossier.id)
            stack_up(tx, dossier, earlier, asked.options.separation, is_waiting=any(map(_is_waiting, items)))
            order_pages(tx, dossier.id)
            if dossier.state is not DossierState.OPEN and any(map(_is_waiting, items)):
                # Nobody confirms and nothing releases a dossier that is not read to its end.
                flow.reopen(tx, dossier)
            flow.settle(tx, dossier.id)

    def _place_of(
        self, tx: Transaction, dossier: DossierRow | None, folder: PaperFolder, asked: _Asked
    ) -> tuple[DossierRow | None, int]:
        """Where fresh files go: the dossier they belong to, new if need be, and its batch."""
        started = asked.started
        if dossier is not None and dossier.state in TAKES_FILES:
            for fellow in {dossier, *stacks.fellows(tx.session, dossier)}:
                _apply_policy(tx, fellow, asked)
            return dossier, dossier.batch_id
        if started.batch_id is None:
            started.batch_id = _new_batch(tx, self._who, asked.options, started).id
        if not folder.is_dossier:
            return None, started.batch_id
        new = _new_dossier(tx, started.batch_id, folder, len(started.dossiers))
        if dossier is not None:
            new.name = stacks.late_name(tx, new.name, new.source)
        return new, started.batch_id


def _lots(folders: Sequence[PaperFolder]) -> Iterator[list[PaperFolder]]:
    """Whole folders together until they have about as many files as one transaction should enter."""
    lot: list[PaperFolder] = []
    files = 0
    for folder in folders:
        lot.append(folder)
        files += len(folder.files) + 1
        if files >= FILES_PER_LOT:
            yield lot
            lot, files = [], 0
    if lot:
        yield lot


def _note_known(started: _Started, known: Sequence[tuple[ImportItemRow, OfferedFile]]) -> None:
    started.known += len(known)
    for item, file in known:
        started.items.append(item.id)
        item.mtime_ns = file.mtime_ns  # the same content with another time need not be read again


def _note_dossiers(started: _Started, items: Sequence[ImportItemRow]) -> None:
    for item in items:
        if item.dossier_id is not None and item.dossier_id not in started.dossiers:
            started.dossiers.append(item.dossier_id)


def _supersede(tx: Transaction, item: ImportItemRow) -> None:
    """The file under this path is another one now: what is still to be read of the earlier one is gone."""
    item.superseded = True
    if item.state is ImportState.OFFERED:
        tx.move(item, ImportState.REFUSED, "refused", code="source_changed")
        item.reason, item.facts = "source_changed", {"name": PurePath(item.source_path).name}


def _forget_removed(tx: Transaction, dossier: DossierRow, names: set[str]) -> None:
    """A refused file that somebody has taken out of the directory no longer holds its dossier up."""
    for item in tx.session.scalars(
        select(ImportItemRow).where(
            ImportItemRow.dossier_id.in_(stacks.ids_with_fellows(tx.session, dossier)),
            ImportItemRow.state == ImportState.REFUSED,
            ImportItemRow.placing.is_(None),  # what a person wants inserted is still wanted
            ~ImportItemRow.superseded,
        )
    ):
        if item.source_path not in names:
            item.superseded = True
            tx.audit("import_item", item.id, "removed_by_person")


def _is_waiting(item: ImportItemRow) -> bool:
    return item.state is ImportState.OFFERED


def _look_again(tx: Transaction, dossier: DossierRow, asked: _Asked) -> None:
    """The same import asked for again: go on with today's policy, and link again (a new register)."""
    _apply_policy(tx, dossier, asked)
    by_person = tx.session.scalar(
        select(LinkRow.id).where(LinkRow.dossier_id == dossier.id, LinkRow.withdrawn_at.is_(None)).limit(1)
    )
    _try_again(tx, dossier)
    if dossier.state is DossierState.TO_INDEX and not dossier.on_hold and by_person is None:
        store.enqueue(tx, flow.LINK, dossier.id, priority=flow.PRIORITY[flow.LINK])


def _apply_policy(tx: Transaction, dossier: DossierRow, asked: _Asked) -> None:
    """Give a dossier today's release policy and destination, and nobody else.

    Its batch takes them when all its dossiers are asked for; otherwise the dossier goes to a batch of today:
    "release what is proven" for one paper folder must not let its neighbours go.
    """
    batch = tx.session.get_one(BatchRow, dossier.batch_id)
    options, moved = asked.options, asked.started.moved
    destination = batch.destination if options.destination is None else str(options.destination)
    if (batch.release, batch.destination) == (options.release, destination):
        return
    if batch.id not in moved:
        sources = tx.session.scalars(select(DossierRow.source).where(DossierRow.batch_id == batch.id))
        if asked.started.sources.issuperset(sources):
            batch.release, batch.destination = options.release, destination
            return
        today = replace(options, office=batch.office, languages=tuple(batch.languages))
        moved[batch.id] = _new_batch(tx, tx.who, today, asked.started).id
        tx.session.get_one(BatchRow, moved[batch.id]).destination = destination
    dossier.batch_id = moved[batch.id]
    _name_batch(tx, dossier.batch_id, Path(dossier.source), asked)
    tx.session.execute(
        update(ImportItemRow).where(ImportItemRow.dossier_id == dossier.id).values(batch_id=dossier.batch_id)
    )
    tx.touch("batch", batch.id, dossier.batch_id)


def _try_again(tx: Transaction, dossier: DossierRow) -> None:
    """Asking for an import again is asking for its delivery: what waits for a mended place is tried now."""
    for outbox in tx.session.scalars(
        select(OutboxRow)
        .join(PackageRow, PackageRow.id == OutboxRow.package_id)
        .where(PackageRow.dossier_id == dossier.id, OutboxRow.state == UploadState.QUEUED)
    ):
        outbox.not_before, outbox.error, outbox.error_facts = tx.now, None, {}
        tx.audit("outbox", outbox.id, "retry_asked")


def _new_batch(tx: Transaction, who: str, options: ImportOptions, started: _Started) -> BatchRow:
    batch = BatchRow(
        name=options.batch_name or "",  # _name_batch gives it its name
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
    started.named[batch.id] = []
    return batch


def _name_batch(tx: Transaction, batch_id: int, source: Path, asked: _Asked) -> None:
    """Call a batch of today after what came into it: the first argument, and how many more.

    Not after the first of the call: that may have been imported before and lie in another batch.
    """
    named = asked.started.named.get(batch_id)
    if named is None or asked.options.batch_name:
        return
    place = next((each for each in (source, *source.parents) if each in asked.places), source)
    if place in named:
        return
    named.append(place)
    batch = tx.session.get_one(BatchRow, batch_id)
    more = f" (+{len(named) - 1})" if len(named) > 1 else ""
    batch.name = f"{storable(named[0].name)}{more} {tx.now.astimezone():%Y-%m-%d %H:%M}".strip()


def _new_dossier(tx: Transaction, batch_id: int, folder: PaperFolder, ordinal: int) -> DossierRow:
    dossier = DossierRow(
        batch_id=batch_id,
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


def _enter_files(
    tx: Transaction, batch_id: int, dossier: DossierRow | None, files: Sequence[OfferedFile]
) -> list[ImportItemRow]:
    items = [
        ImportItemRow(
            batch_id=batch_id,
            dossier_id=None if dossier is None else dossier.id,
            ordinal=0,  # order_pages gives it its place
            source_path=file.name,
            state=ImportState.OFFERED,
            size_bytes=file.size_bytes,
            mtime_ns=file.mtime_ns,
        )
        for file in files
    ]
    tx.session.add_all(items)
    tx.session.flush()
    for item, file in zip(items, files, strict=True):
        tx.audit("import_item", item.id, "offered", to_state=ImportState.OFFERED)
        code = _refused_by_name(file.path)
        if code is not None:
            tx.move(item, ImportState.REFUSED, "refused", code=code)
            item.reason, item.facts = code, {"name": storable(file.path.name)}
    waiting = [item.id for item in items if _is_waiting(item)]
    store.enqueue_new(tx, flow.INTAKE, waiting, priority=flow.PRIORITY[flow.INTAKE])
    return items


def _refused_by_name(file: Path) -> str | None:
    if file.name.casefold() in SYSTEM_FILES or file.name.startswith("._"):
        return "system_file"
    return "name_not_unicode" if storable(file) != str(file) else None
