"""What lies at the offered paths now, and what the ledger knows of it.

Files are looked at before the transaction that enters them: while a slow disk answers, others may write.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.import_rules import may_be_a_page
from app.domain.states import DossierState, ImportState
from app.services import stacks
from app.services.acts import is_withdrawn
from app.sources.file_import import PaperFolder
from app.storage.database import Database, Transaction
from app.storage.tables import DossierRow, ImportItemRow
from ocr.intake.masters import hash_file
from ocr.long_paths import reachable

# A dossier that is not yet on its way can take late files; a finished one gets a second dossier.
TAKES_FILES = (
    DossierState.OPEN,
    DossierState.PROCESSING,
    DossierState.TO_INDEX,
    DossierState.RETURNED,
    DossierState.DISSOLVED,
)

NAMES_PER_STATEMENT = 500  # SQLite bounds the variables of a statement


@dataclass(frozen=True, slots=True)
class OfferedFile:
    """One file as it lies there. sha256: only where its time alone does not tell whether it is known."""

    path: Path
    name: str
    size_bytes: int | None
    mtime_ns: int | None
    sha256: str | None = None


Offered = Mapping[str, OfferedFile]
"""By path as text: to Path two names that differ by case only are one on Windows, to its shares they are two."""


def look_at(database: Database, folders: Iterable[PaperFolder]) -> Offered:
    """Look at every file of folders; one with the known size and another time is read to tell its content."""
    files = [offered_file(path) for folder in folders for path in folder.files]
    with database.read() as session:
        told: dict[str, list[tuple[int | None, int | None]]] = {}
        names = [file.name for file in files]
        for item in (*newest_items(session, names).values(), *_inserted(session, names)):
            if item.sha256 is not None and item.state is ImportState.ACCEPTED:
                told.setdefault(item.source_path, []).append((item.size_bytes, item.mtime_ns))
    return {str(file.path): _with_content(file, told.get(file.name, ())) for file in files}


def newest_items(
    session: Session, names: list[str], dossier_ids: Collection[int] = ()
) -> dict[str, ImportItemRow]:
    """Newest ledger entries of these source paths, as files of their directory.

    A file that was inserted by hand counts only where it stands in one of the dossiers named, those of its directory:
    in another one, or taken back, it is no page of its directory's folder yet.
    """
    by_path: dict[str, ImportItemRow] = {}
    for some in _lots(names):
        for item in session.scalars(
            select(ImportItemRow)
            .where(ImportItemRow.source_path.in_(some), ImportItemRow.placing.is_(None))
            .order_by(ImportItemRow.id)
        ):
            by_path[item.source_path] = item
    if dossier_ids:
        for item in _inserted(session, names, dossier_ids):
            earlier = by_path.get(item.source_path)
            if earlier is None or earlier.id < item.id:
                by_path[item.source_path] = item
    return by_path


def _inserted(
    session: Session, names: list[str], dossier_ids: Collection[int] | None = None
) -> list[ImportItemRow]:
    """Entries of files that people inserted from these paths and that were not refused or taken back, oldest first."""
    found: list[ImportItemRow] = []
    for some in _lots(names):
        question = select(ImportItemRow).where(
            ImportItemRow.source_path.in_(some),
            ImportItemRow.placing.is_not(None),
            ImportItemRow.state != ImportState.REFUSED,
        )
        if dossier_ids is not None:
            question = question.where(ImportItemRow.dossier_id.in_(dossier_ids))
        found += session.scalars(question.order_by(ImportItemRow.id))
    return [item for item in found if not is_withdrawn(item)]


def _lots(names: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(names), NAMES_PER_STATEMENT):
        yield names[start : start + NAMES_PER_STATEMENT]


def is_known(item: ImportItemRow | None, file: OfferedFile, dossier: DossierRow | None) -> bool:
    """Tell whether a file needs no second look: taken in before, or refused as what it still is."""
    if item is None or not is_unchanged(item, file):
        return False
    if item.state is not ImportState.REFUSED:
        return True
    # A refused file is tried again while its dossier can take it: disk, driver or program may have been
    # mended meanwhile. What was never a page is not asked about twice.
    return not (
        dossier is not None
        and dossier.state in TAKES_FILES
        and may_be_a_page(file.path.name, item.reason or "")
    )


def is_unchanged(item: ImportItemRow, file: OfferedFile) -> bool:
    """Tell whether a file still has the content of its entry. A copy may have a new time."""
    if item.size_bytes != file.size_bytes:
        return False
    return item.mtime_ns == file.mtime_ns or (file.sha256 is not None and file.sha256 == item.sha256)


def was_exchanged(tx: Transaction, dossier: DossierRow, folder: PaperFolder, offered: Offered) -> bool:
    """Tell late pages from another paper folder scanned into the same directory under the same names.

    Late pages come beside what was accepted before; when one of those files is gone or has other content,
    the directory holds something else now.
    """
    there = {offered[str(path)].name: offered[str(path)] for path in folder.files}
    dossier_ids = stacks.ids_with_fellows(tx.session, dossier)
    # A rescan that was saved under the name of the page it was inserted for is no other paper.
    inserted = {item.source_path: item for item in _inserted(tx.session, list(there), dossier_ids)}
    accepted = tx.session.scalars(
        select(ImportItemRow).where(
            ImportItemRow.dossier_id.in_(dossier_ids),
            ImportItemRow.state == ImportState.ACCEPTED,
            ImportItemRow.placing.is_(None),  # inserted by hand from anywhere
        )
    )
    return any(
        item.source_path not in there
        or not (
            is_unchanged(item, there[item.source_path])
            or (
                (instead := inserted.get(item.source_path)) is not None
                and is_unchanged(instead, there[item.source_path])
            )
        )
        for item in accepted
    )


def storable(name: Path | str) -> str:
    """A path or name as the database holds it: bytes that are no Unicode (old disks, on Linux) are spelt out."""
    return str(name).encode("utf-8", "backslashreplace").decode("utf-8")


def offered_file(path: Path) -> OfferedFile:
    """Look at one file; size and time are None where it cannot be reached."""
    try:
        told = reachable(path).stat()
    except OSError:
        return OfferedFile(path, storable(path), None, None)  # the intake job says why it cannot be read
    return OfferedFile(path, storable(path), told.st_size, told.st_mtime_ns)


def _with_content(file: OfferedFile, told: Sequence[tuple[int | None, int | None]]) -> OfferedFile:
    """Read a file to tell its content where an entry of its path (told: sizes and times) leaves it in doubt."""
    if not any(size == file.size_bytes and mtime_ns != file.mtime_ns for size, mtime_ns in told):
        return file
    try:
        sha256 = hash_file(reachable(file.path))[0]
    except OSError:
        return file
    return OfferedFile(file.path, file.name, file.size_bytes, file.mtime_ns, sha256)
