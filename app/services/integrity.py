"""The check of a home: every master and package against its hash, every row against its files and its state.

Runs in any thread or process while the program works: it reads in short looks, and a repair looks again
inside its own transaction before it changes anything. Nothing is ever deleted: files nobody knows go to
lost-and-found.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from app.paths import HomePaths
from app.services.findings import CheckReport, Finding, FindingLog, Severity
from app.services.integrity_files import FileCheck
from app.services.integrity_states import StateCheck
from app.services.lost_and_found import LostAndFound
from app.storage.backup_manifest import Progress
from app.storage.database import Database
from app.storage.tables import MasterRow, PackageRow

__all__ = ["CheckReport", "Finding", "Severity", "check", "remake_derived"]


def check(
    database: Database,
    paths: HomePaths,
    *,
    repair: bool = False,
    backup_dir: Path | None = None,
    progress: Progress | None = None,
) -> CheckReport:
    """Look at everything; with repair, mend what can be mended without losing anything.

    backup_dir: a backup of this home from which good copies may be taken. progress is told ("check", bytes
    done, bytes in all). Without repair nothing is changed, neither rows nor files.
    """
    log = FindingLog()
    try:
        is_sound = _check_database(database, log)
        if is_sound:
            tell = _Meter(progress, _total_bytes(database))
            away = LostAndFound(paths) if repair else None
            files = FileCheck(database, paths, log, away=away, backup_dir=backup_dir, tell=tell.advance)
            files.run()
            StateCheck(database, paths, log, repair=repair, bad_masters=files.bad_masters).run()
    except (DatabaseError, sqlite3.DatabaseError) as exc:  # the bare one comes from opening the connection
        _add_damage(paths.database, str(getattr(exc, "orig", exc)), log)
    return CheckReport(tuple(log.findings), log.counts, repair)


def remake_derived(database: Database, paths: HomePaths) -> int:
    """Queue the pages whose derived files are missing (after a restore: all) and return how many.

    Quick: looks only whether files are there, hashes nothing.
    """
    log = FindingLog()
    files = FileCheck(
        database, paths, log, away=LostAndFound(paths), backup_dir=None, tell=lambda _size_bytes: None
    )
    files.check_derived()
    return sum(each.repaired for each in log.findings)


class _Meter:
    def __init__(self, progress: Progress | None, total_bytes: int) -> None:
        self._progress = progress
        self._total_bytes = total_bytes
        self._done_bytes = 0

    def advance(self, size_bytes: int) -> None:
        self._done_bytes += size_bytes
        if self._progress is not None:
            self._progress("check", min(self._done_bytes, self._total_bytes), self._total_bytes)


def _total_bytes(database: Database) -> int:
    with database.read() as session:
        masters = session.scalar(select(func.sum(MasterRow.size_bytes))) or 0
        packages = session.scalar(select(func.sum(PackageRow.payload_bytes))) or 0
    return int(masters) + int(packages)


def _check_database(database: Database, log: FindingLog) -> bool:
    """Let SQLite look at its own pages and keys; False when the rest would only stumble."""
    with database.read() as session:
        told = [str(row[0]) for row in session.execute(text("PRAGMA integrity_check(20)"))]
        broken = session.execute(text("PRAGMA foreign_key_check")).all()
    for table, row_id, parent, _key in broken:
        facts = {"table": str(table), "parent": str(parent)}
        log.add(Finding("foreign_key_broken", Severity.ERROR, "database", str(row_id), facts))
    if told != ["ok"]:
        _add_damage(database.path, "; ".join(told), log)
    return told == ["ok"]


def _add_damage(path: Path, detail: str, log: FindingLog) -> None:
    log.add(Finding("database_damaged", Severity.ERROR, "database", path.name, {"detail": detail}))
