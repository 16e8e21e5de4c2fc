"""Files against rows: masters, packages, derived files, and what lies about without a row."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.domain.states import DossierState, JobState, PageState
from app.errors import WorkstationError
from app.packaging.bag import verify_bag
from app.paths import HomePaths
from app.services import flow
from app.services.findings import Finding, FindingLog, Severity
from app.services.good_copies import GoodCopies, bring_package
from app.services.lost_and_found import LostAndFound
from app.storage.copies import copy_verified
from app.storage.database import Database, Transaction
from app.storage.masters import MASTER_NAME, MasterStore, MasterVerdict
from app.storage.tables import DossierRow, JobRow, MasterRow, PackageRow, PageResultRow, PageRow

WHO = "check"

CHUNK_ROWS = 500

YOUNG_S = 3600.0
"""A file without a row may be the work of this moment: only what has lain for an hour counts as lost."""

DERIVED_SUFFIXES = (".view.jpg", ".thumb.jpg", ".words.json.gz")

_STORE_DIRECTORY = re.compile(r"[0-9a-f]{2}")

# A page of these dossiers is already on its way or gone: its state is history.
_CLOSED = (DossierState.APPROVED, DossierState.QUEUED, DossierState.UPLOADED)


class FileCheck:
    """One pass over the files of a home; away None: only look."""

    def __init__(
        self,
        database: Database,
        paths: HomePaths,
        log: FindingLog,
        *,
        away: LostAndFound | None,
        backup_dir: Path | None,
        tell: Callable[[int], None],
    ) -> None:
        self.bad_masters: set[str] = set()
        self._database = database
        self._paths = paths
        self._log = log
        self._away = away
        self._tell = tell
        self._store = MasterStore(paths.masters)
        self._copies = GoodCopies(database, paths, backup_dir)

    def run(self) -> None:
        """Look at everything, packages first: they may hold what the store has lost."""
        self._check_packages()
        self._check_masters()
        self.check_derived()
        self._check_lost_masters()
        self._check_lost_packages()
        self._check_strays()
        self._check_temporaries()

    def _check_masters(self) -> None:
        for sha256, extension, size_bytes in self._rows(
            (MasterRow.sha256, MasterRow.extension, MasterRow.size_bytes), MasterRow.sha256, ""
        ):
            self._log.count("masters")
            try:
                verdict = self._store.verify(sha256, extension)
                code = f"master_{verdict.value}"
            except OSError:
                verdict, code = MasterVerdict.DAMAGED, "master_unreadable"
            if verdict is not MasterVerdict.WHOLE:
                self._on_bad_master(code, sha256, extension)
            self._tell(size_bytes)

    def _on_bad_master(self, code: str, sha256: str, extension: str) -> None:
        facts: dict[str, Any] = {"pages": self._pages_of(sha256)}
        if self._away is None:
            self.bad_masters.add(sha256)
            self._log.add(Finding(code, Severity.ERROR, "master", sha256, facts))
            return
        try:
            origin = self._bring_master(sha256, extension, facts)
        except (OSError, WorkstationError) as exc:
            facts["repair_failed"] = str(exc)
            origin = None
        if origin is None:
            self.bad_masters.add(sha256)
            self._set_aside(sha256, code)
            facts["how"] = "page_set_aside"
        else:
            self._ask_again(sha256)
            facts.update(how="restored", origin=origin)
        self._log.add(Finding(code, Severity.ERROR, "master", sha256, facts, origin is not None))

    def _bring_master(self, sha256: str, extension: str, facts: dict[str, Any]) -> str | None:
        """Put a good copy in place and say where it came from; a damaged file moves only when there is one."""
        assert self._away is not None
        found = self._copies.find_master(sha256, extension)
        if found is None:
            return None
        origin, source = found
        path = self._store.path_of(sha256, extension)
        if path.exists():
            facts["moved_to"] = self._relative(self._away.take(path))
        copy_verified(source, path, sha256)
        return origin

    def _pages_of(self, sha256: str) -> list[int]:
        with self._database.read() as session:
            return list(session.scalars(select(PageRow.id).where(PageRow.master_sha256 == sha256)))

    def _set_aside(self, sha256: str, code: str) -> None:
        """Show the pages of a lost master to a person, unless their dossier has left the house."""
        with self._database.write(WHO) as tx:
            for page, dossier in _pages_with_dossier(tx, sha256):
                if dossier.state in _CLOSED or page.attention == code:
                    continue
                if page.state is not PageState.PROCESSING:
                    tx.move(page, PageState.PROCESSING, "checked", code=code)
                tx.move(page, PageState.NEEDS_ATTENTION, "set_aside", code=code)
                page.attention, page.attention_facts = code, {"master": sha256}
                flow.settle(tx, dossier.id)

    def _ask_again(self, sha256: str) -> None:
        """Recognise pages that were set aside while their master was lost."""
        with self._database.write(WHO) as tx:
            for page, dossier in _pages_with_dossier(tx, sha256):
                if page.state is PageState.NEEDS_ATTENTION and dossier.state not in _CLOSED:
                    flow.reopen(tx, dossier)
                    flow.ask_for_page(tx, page)

    def _check_packages(self) -> None:
        columns = (PackageRow.id, PackageRow.name, PackageRow.manifest_sha256, PackageRow.payload_bytes)
        for package_id, name, sha256, payload_bytes in self._rows(columns, PackageRow.id, 0):
            self._log.count("packages")
            path = self._paths.packages / name
            if not path.is_dir():
                self._on_bad_package("package_missing", package_id, name, {})
            elif not (report := verify_bag(path, package_sha256=sha256)).is_valid:
                wrong = [f"{each.code}:{each.path}" for each in report.findings]
                self._on_bad_package("package_damaged", package_id, name, {"wrong": wrong[:20]})
            self._tell(payload_bytes)

    def _on_bad_package(self, code: str, package_id: int, name: str, facts: dict[str, Any]) -> None:
        repaired = False
        if self._away is not None and (found := self._copies.find_package(package_id)) is not None:
            origin, source = found
            final = self._paths.packages / name
            try:
                if final.exists():
                    facts["moved_to"] = self._relative(self._away.take(final))
                bring_package(source, final)
            except (OSError, WorkstationError) as exc:
                facts["repair_failed"] = str(exc)
            else:
                repaired = True
                facts.update(how="restored", origin=origin)
        self._log.add(Finding(code, Severity.ERROR, "package", name, facts, repaired))

    def check_derived(self) -> None:
        """Look whether the viewing copy, thumbnail and words of every result are there."""
        columns = (PageResultRow.page_id, PageResultRow.derived_key)
        for page_id, key in self._rows(columns, PageResultRow.page_id, 0):
            self._log.count("page_results")
            missing = [suffix for suffix in DERIVED_SUFFIXES if not self._is_there(f"{key}{suffix}")]
            if missing and self._is_in_work(page_id):
                # After a restore or a repair the pages are queued already: worth knowing, nothing to do.
                facts: dict[str, Any] = {"missing": missing}
                self._log.add(Finding("derived_awaited", Severity.NOTE, "page", page_id, facts))
            elif missing:
                repaired = self._away is not None and self._remake(page_id, key)
                facts = {"missing": missing, **({"how": "queued_again"} if repaired else {})}
                self._log.add(Finding("derived_missing", Severity.WARNING, "page", page_id, facts, repaired))

    def _is_in_work(self, page_id: int) -> bool:
        with self._database.read() as session:
            return session.get_one(PageRow, page_id).state is PageState.PROCESSING

    def _is_there(self, name: str) -> bool:
        try:
            return (self._paths.derived / name).stat().st_size > 0
        except OSError:
            return False

    def _remake(self, page_id: int, key: str) -> bool:
        """Queue the page again, before packages, so that an approved dossier finds its words."""
        with self._database.write(WHO) as tx:
            page = tx.session.get_one(PageRow, page_id)
            result = tx.session.get_one(PageResultRow, page_id)
            if page.master_sha256 in self.bad_masters or result.derived_key != key:
                return result.derived_key != key  # done anew meanwhile, or it cannot be done
            if page.state in (PageState.READY, PageState.NEEDS_ATTENTION):
                flow.ask_for_page(tx, page, priority=flow.PRIORITY[flow.LINK] - 1)
        return True

    def _check_lost_masters(self) -> None:
        """Files of the store that no row names, directory by directory to bound memory."""
        for directory in sorted(self._paths.masters.glob("[0-9a-f][0-9a-f]")):
            prefix = directory.name
            with self._database.read() as session:
                known = set(
                    session.scalars(select(MasterRow.sha256).where(MasterRow.sha256.startswith(prefix)))
                )
            for path in sorted(directory.iterdir()):
                if MASTER_NAME.fullmatch(path.name) and path.stem not in known and _is_old(path):
                    self._on_lost(path, "master_orphan", flow.INTAKE, path.stem)

    def _check_lost_packages(self) -> None:
        with self._database.read() as session:
            known = set(session.scalars(select(PackageRow.name)))
        for path in sorted(self._paths.packages.iterdir()):
            is_bag = path.is_dir() and not path.name.startswith(".") and path.suffix != ".part"
            if is_bag and path.name not in known and _is_old(path):
                self._on_lost(path, "package_orphan", flow.PACKAGE, path.name)

    def _check_strays(self) -> None:
        """What somebody put among scans and packages: names that no program of ours writes, at any age."""
        masters, packages = self._paths.masters, self._paths.packages
        found = [path for path in masters.iterdir() if not _STORE_DIRECTORY.fullmatch(path.name)]
        for directory in masters.glob("[0-9a-f][0-9a-f]"):
            found += [path for path in directory.iterdir() if not MASTER_NAME.fullmatch(path.name)]
        found += [path for path in packages.iterdir() if not path.is_dir()]
        for path in sorted(found):
            if not path.name.startswith(".") and path.suffix != ".part":
                facts: dict[str, Any] = {}
                repaired = self._away is not None and self._take_away(path, facts)
                finding = Finding(
                    "stray_file", Severity.WARNING, "file", self._relative(path), facts, repaired
                )
                self._log.add(finding)

    def _take_away(self, path: Path, facts: dict[str, Any]) -> bool:
        assert self._away is not None
        try:
            facts["moved_to"] = self._relative(self._away.take(path))
        except OSError as exc:
            facts["repair_failed"] = str(exc)
            return False
        return True

    def _on_lost(self, path: Path, code: str, kind: str, name: str) -> None:
        facts: dict[str, Any] = {}
        repaired = self._away is not None and self._move_lost(path, kind, name, facts)
        self._log.add(Finding(code, Severity.WARNING, "file", self._relative(path), facts, repaired))

    def _move_lost(self, path: Path, kind: str, name: str, facts: dict[str, Any]) -> bool:
        """Move it while nobody can claim or finish work: a running import may be about to name this file."""
        assert self._away is not None
        with self._database.write(WHO) as tx:
            working = (JobState.RUNNING,) if kind == flow.INTAKE else (JobState.RUNNING, JobState.QUEUED)
            busy = select(JobRow.id).where(JobRow.kind == kind, JobRow.state.in_(working)).limit(1)
            named = (
                select(MasterRow.sha256).where(MasterRow.sha256 == name)
                if kind == flow.INTAKE
                else select(PackageRow.name).where(PackageRow.name == name)
            )
            if tx.session.scalar(busy) is not None:
                facts["repair_failed"] = "work_is_running"
                return False
            if tx.session.scalar(named) is not None:
                return True  # it has its row now
            return self._take_away(path, facts)

    def _check_temporaries(self) -> None:
        """Leftovers of killed programs; the young ones may be in use."""
        roots = (self._paths.masters, self._paths.derived)
        found = [path for root in roots for path in root.rglob(".*.part")]
        found += list(self._paths.packages.glob("*.part"))
        for path in sorted(set(found)):
            if not _is_old(path):
                continue
            facts: dict[str, Any] = {}
            repaired = self._away is not None and self._take_away(path, facts)
            self._log.add(
                Finding("temporary_left", Severity.NOTE, "file", self._relative(path), facts, repaired)
            )

    def _rows(self, columns: Sequence[Any], key: Any, start: Any) -> Iterator[Any]:
        """Yield rows in short looks, so that a long check never holds the database back."""
        last = start
        while True:
            with self._database.read() as session:
                rows = session.execute(
                    select(*columns).where(key > last).order_by(key).limit(CHUNK_ROWS)
                ).all()
            yield from rows
            if len(rows) < CHUNK_ROWS:
                return
            last = rows[-1][0]

    def _relative(self, path: Path) -> str:
        return path.relative_to(self._paths.files).as_posix()


def _pages_with_dossier(tx: Transaction, sha256: str) -> list[tuple[PageRow, DossierRow]]:
    rows = tx.session.execute(
        select(PageRow, DossierRow)
        .join(DossierRow, DossierRow.id == PageRow.dossier_id)
        .where(PageRow.master_sha256 == sha256)
    )
    return [(page, dossier) for page, dossier in rows]


def _is_old(path: Path) -> bool:
    try:
        return path.stat().st_mtime < time.time() - YOUNG_S
    except OSError:
        return False  # gone meanwhile
