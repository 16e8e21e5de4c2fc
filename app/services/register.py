"""Bringing the office's register into the offline mirror: copied, read in a worker, staged, switched to."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.offices import OfficeProfile
from app.domain.register_mapping import (
    ColumnMapping,
    DateOrder,
    Field,
    header_signature,
    mapping_by_names,
    named_columns,
    propose,
    reading_of,
)
from app.domain.register_types import RegisterProblem, RegisterUnreadable
from app.domain.register_work import Preview, PreviewTask, ReadResult, ReadTask
from app.errors import OperatorError
from app.services.register_reading import (
    Cage,
    RegisterProgress,
    Watcher,
    copy_extract,
    disk_full_told,
    hash_of,
    matches_its_sum,
    named,
    take_rows,
)
from app.services.register_staging import (
    CountedRows,
    StagedExtract,
    clean,
    confirm,
    in_force_already,
    retire_dead,
)
from app.storage.database import Database
from app.storage.owners import living_owners
from app.storage.tables import RegisterMappingRow
from ocr.long_paths import reachable
from ocr.patience import remove_tree

log = logging.getLogger(__name__)

SHRINKS_TO = 0.5
"""A full extract with less than half of the numbers in force is more likely a part, or of another right."""


@dataclass(frozen=True, slots=True)
class RegisterImported:
    """How many numbers were taken over, and the lines that were not, each with its reason.

    problems: the first 10,000; problem_count: all. notices: codes about the file as a whole.
    """

    accepted: int
    problems: tuple[RegisterProblem, ...]
    problem_count: int = 0
    rows_read: int = 0
    notices: tuple[str, ...] = ()
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class RegisterRequest:
    """One import. mapping None: remembered, or by our own names; a mapping that is given is a person's.

    is_delta: numbers the file lacks stay. may_shrink: a full extract may hold far fewer numbers than before.
    seen_sha256: of the file as the person saw it who gave the mapping; "" when nobody has looked.
    """

    path: Path
    office: str
    mapping: ColumnMapping | None = None
    is_delta: bool = False
    may_shrink: bool = False
    seen_sha256: str = ""


@dataclass(frozen=True, slots=True)
class RegisterLook:
    """The beginning of a file and what its columns seem to be.

    is_remembered: a person has said so before. sha256: of the file that was looked at.
    """

    preview: Preview
    columns: Mapping[Field, int]
    dates: DateOrder
    is_remembered: bool
    sha256: str = ""

    @property
    def is_certain(self) -> bool:
        """True when nobody needs to be asked: remembered, or the columns bear our own names."""
        return self.is_remembered or named_columns(self.preview.header) is not None


@dataclass(frozen=True, slots=True)
class _OnItsWay:
    """An import whose file is copied, with what it is read by. facts: of the extract."""

    request: RegisterRequest
    task: ReadTask
    facts: Mapping[str, Any]
    is_confirmed: bool
    watcher: Watcher
    cage: Cage

    def audited(self, read: ReadResult) -> dict[str, Any]:
        """What the history keeps of it."""
        return {
            "file": self.request.path.name,
            "accepted": read.accepted,
            "refused": read.left_out,
            "problems": read.problem_count,
            "is_delta": self.request.is_delta,
            "hash_confirmed": self.is_confirmed,
            "dates": read.dates.value,
            **self.facts,
        }


class RegisterService:
    """Imports register extracts. Safe to call from several threads.

    staging_dir: for copies and portions, ours alone. owners_dir and owner: who lives, and who we are.
    """

    def __init__(
        self,
        database: Database,
        who: str,
        offices: Mapping[str, OfficeProfile],
        staging_dir: Path,
        owner: Path,
    ) -> None:
        self._database = database
        self._who = who
        self._offices = offices
        self._staging_dir = staging_dir
        self._owner = owner
        self._busy: set[int] = set()
        self._lock = threading.Lock()  # between begin and busy an extract would look as if left behind

    def import_csv(self, path: Path, office: str) -> RegisterImported:
        """Add or renew the numbers of a file with our own column names; numbers it lacks stay.

        Raises what import_extract raises.
        """
        return self.import_extract(RegisterRequest(path, office, is_delta=True))

    def look(self, path: Path, office: str, watcher: Watcher | None = None) -> RegisterLook:
        """Return the beginning of a file with a mapping to start from.

        Raises RegisterUnreadable, naming the path, and OperatorError("register_stopped").
        """
        with named(path), Cage(path) as cage:
            sha256 = hash_of(path)  # first: what changes after it is noticed when it is imported
            seen = cage.look(PreviewTask(reachable(path), self._offices[office]), watcher)
        kept = self._remembered(office, seen.header)
        if kept is not None:
            return RegisterLook(seen, kept.columns, kept.dates, True, sha256)
        columns = named_columns(seen.header) or propose(seen.header, seen.numbers, seen.days)
        return RegisterLook(seen, columns, DateOrder.AUTO, False, sha256)

    def import_extract(self, request: RegisterRequest, watcher: Watcher | None = None) -> RegisterImported:
        """Bring an extract into force; until its last moment the former register stays as it is.

        Raises RegisterUnreadable for a file that cannot be read or is no register, OperatorError
        "register_without_numbers" when no line holds a number of the office (going on as if no register had been
        given would prove less than the person believes), "register_shrinks", "register_busy" or
        "register_stopped", MachineError "register_lost", and DiskFull.
        """
        watcher = watcher or Watcher()
        self._sweep(watcher)
        work = self._staging_dir / f"{self._owner.stem}-{uuid.uuid4().hex[:8]}"
        try:
            with disk_full_told(self._staging_dir):
                work.mkdir(parents=True)
            with named(request.path):
                return self._import(request, work, watcher)
        finally:
            _remove(work)

    def _import(self, request: RegisterRequest, work: Path, watcher: Watcher) -> RegisterImported:
        copy = work / "extract"
        facts = copy_extract(request.path, copy, watcher)
        if request.seen_sha256 not in ("", facts["sha256"]):
            raise RegisterUnreadable("source_changed")
        is_confirmed = matches_its_sum(request.path, facts["sha256"])
        with Cage(copy) as cage:
            header = cage.look(PreviewTask(copy, self._offices[request.office]), watcher).header
            mapping = request.mapping or self._usual_mapping(request, header)
            portions = work / "portions"
            with disk_full_told(work):
                portions.mkdir()
            profile = self._offices[request.office]
            task = ReadTask(copy, portions, profile, mapping)
            read_by = profile.reading_sha256
            facts |= {"pack_sha256": read_by, "reading": reading_of(mapping, read_by)}
            on_its_way = _OnItsWay(request, task, facts, is_confirmed, watcher, cage)
            known = in_force_already(
                self._database, request.office, facts["sha256"], facts["reading"], is_delta=request.is_delta
            )
            read = self._bring_in(on_its_way) if known is None else self._confirm(on_its_way, known)
        notices = read.notices if known is None else (*read.notices, "register_known")
        self._tidy(request, header, watcher, read.accepted)
        return RegisterImported(
            read.accepted, read.problems, read.problem_count, read.rows_read, notices, facts["sha256"]
        )

    def _bring_in(self, way: _OnItsWay) -> ReadResult:
        staged = self._begin(way.request, way.facts)
        try:
            read = take_rows(way.task, staged, way.watcher, way.cage)
            self._refuse_doubtful(way.request, staged, read)
            staged.switch(**way.audited(read))
        except BaseException:
            self._abandon(staged, way.watcher)
            raise
        self._busy.discard(staged.id)
        return read

    def _confirm(self, way: _OnItsWay, extract_id: int) -> ReadResult:
        """Read a file that is in force already for what it has to say; its rows stay as they are."""
        read = take_rows(way.task, CountedRows(), way.watcher, way.cage)
        confirm(self._database, self._who, extract_id, **way.audited(read))
        return read

    def _tidy(self, request: RegisterRequest, header: tuple[str, ...], watcher: Watcher, rows: int) -> None:
        """Keep the mapping a person gave and remove what is replaced; what fails here the next sweep does."""
        try:
            if request.mapping is not None:
                self._remember(request.office, header, request.mapping)
            watcher.tell(RegisterProgress("tidying", 1.0, rows))
            clean(self._database, self._who, watcher.stopped.is_set)
        except Exception:  # the import has succeeded, and whoever hears otherwise does it again
            log.exception("register: tidying is left to the next import")

    def _begin(self, request: RegisterRequest, facts: Mapping[str, Any]) -> StagedExtract:
        with self._lock:
            staged = StagedExtract.begin(
                self._database,
                self._who,
                self._owner,
                request.office,
                is_delta=request.is_delta,
                file_name=request.path.name,
                **facts,
            )
            self._busy.add(staged.id)
        return staged

    def _usual_mapping(self, request: RegisterRequest, header: tuple[str, ...]) -> ColumnMapping:
        if named_columns(header) is None:
            kept = self._remembered(request.office, header)
            if kept is not None:
                return kept
        return mapping_by_names(header)

    def _refuse_doubtful(self, request: RegisterRequest, staged: StagedExtract, read: ReadResult) -> None:
        if not staged.rows:
            raise OperatorError("register_without_numbers", path=str(request.path), office=request.office)
        before = staged.former_count()
        if not request.is_delta and not request.may_shrink and staged.rows < before * SHRINKS_TO:
            raise OperatorError("register_shrinks", before=before, after=staged.rows)

    def _remembered(self, office: str, header: tuple[str, ...]) -> ColumnMapping | None:
        with self._database.read() as session:
            row = session.get(RegisterMappingRow, (office, header_signature(header)))
            if row is None:
                return None
            return ColumnMapping({Field(name): at for name, at in row.columns.items()}, DateOrder(row.dates))

    def _remember(self, office: str, header: tuple[str, ...], mapping: ColumnMapping) -> None:
        with self._database.write(self._who) as tx:
            tx.session.merge(
                RegisterMappingRow(
                    office=office,
                    signature=header_signature(header),
                    columns={each.value: at for each, at in mapping.columns.items()},
                    dates=mapping.dates.value,
                    used_by=self._who,
                    used_at=tx.now,
                )
            )

    def _sweep(self, watcher: Watcher) -> None:
        """Remove what imports of dead programs left, and stopped ones: rows and copies."""
        with self._lock, self._database.write(self._who) as tx:
            retire_dead(tx, self._owner.parent, self._busy, self._owner.stem)
            is_alone = not self._busy
        if is_alone:
            clean(self._database, self._who, watcher.stopped.is_set)
            watcher.check()
        # In this order: a program that starts in between has its directory listed by nobody.
        found = list(self._staging_dir.glob("*"))
        living = living_owners(self._owner.parent)
        for left in found:
            if left.name.rpartition("-")[0] not in living:
                _remove(left)

    def _abandon(self, staged: StagedExtract, watcher: Watcher) -> None:
        """Take it out of the way, and its rows too unless somebody who has stopped it would wait for that."""
        self._busy.discard(staged.id)
        try:
            staged.abandon()
            clean(self._database, self._who, watcher.stopped.is_set)
        except Exception:  # no room even for that: the next import sweeps
            log.exception("register: an import that failed is left to the next one")


def _remove(directory: Path) -> None:
    """Remove copies and portions; what a scanner holds too long goes with the next import."""
    with suppress(OSError):
        remove_tree(directory)
