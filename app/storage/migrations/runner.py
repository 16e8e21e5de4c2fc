"""Bring a database to the form this program knows: at each start, in the program's own process.

Nothing is lost by it, whatever happens: a copy is made first, all revisions run in one transaction with
foreign keys off (alembic's batch mode drops and remakes tables; with them on, child rows went silently), and
the transaction commits only when foreign keys and numbers of rows are as they should be.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.errors import Conflict, MachineError, OperatorError, WorkstationError
from app.storage.copies import copy_database, newest_copy, sqlite_trouble
from app.storage.locks import exclusive
from app.storage.owners import living_owners
from app.storage.restore import refuse_unfinished

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

HEAD = "0012"
"""The newest revision, written down so that an ordinary start needs no alembic (a test compares)."""

SCRIPTS = Path(__file__).resolve().parent

LOCK_TIMEOUT_S = 120.0


@dataclass(frozen=True, slots=True)
class MigrationReport:
    """What migrate did: revision before (None: new database) and after, the copy made first, rows by table."""

    before: str | None
    after: str
    backup: Path | None = None
    row_counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        """True when the database was made or brought forward."""
        return self.before != self.after


def migrate(
    path: Path, *, backups_dir: Path | None = None, scripts: Path = SCRIPTS, head: str = HEAD
) -> MigrationReport:
    """Make the database, or bring it to head; a quick look when it is there already.

    backups_dir: where the copy goes, "backups" beside the database unless said. scripts and head: for tests.
    Raises OperatorError "database_too_new", "database_foreign" or "restore_unfinished", StoreDamaged("database_damaged"),
    MachineError("migration_failed"; the database is as it was), DiskFull, Conflict "migration_running" or
    "home_in_use" (an upgrade while another program works in this home).
    """
    refuse_unfinished(path.parent)
    copies = backups_dir or path.parent / "backups"
    if path.exists() and _revision(path, copies) == head:
        return MigrationReport(head, head)
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.with_name(f"{path.name}.migration-lock")
    with exclusive(lock, timeout_s=LOCK_TIMEOUT_S, code="migration_running"):
        before = _revision(path, copies) if path.exists() else None
        if before == head:  # another program was quicker
            return MigrationReport(head, head)
        if before is not None and (alive := living_owners(path.parent / "owners")):
            # An older program at work would write into tables it does not know.
            raise Conflict("home_in_use", path=str(path.parent), programs=len(alive))
        return _upgrade(path, copies, before, scripts, head)


def refuse_other_version(path: Path) -> None:
    """Stop who only looks at data of another program version: it would take missing columns for damage.

    Raises OperatorError "database_older" or "database_too_new". Says nothing of a database that cannot be
    read: the look itself tells what is wrong with it.
    """
    try:
        found = _revision(path, path.parent / "backups")
    except WorkstationError:
        return
    if found is not None and found != HEAD:
        code = "database_older" if found < HEAD else "database_too_new"
        raise OperatorError(code, path=str(path), found=found, newest_known=HEAD)


def alembic_config(scripts: Path = SCRIPTS) -> Config:
    """Return alembic's configuration without a file; also for making a new revision."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(scripts / "versions").replace("%", "%%"))
    return config


def _revision(path: Path, copies: Path) -> str | None:
    """Read the revision without SQLAlchemy; None for a database without tables."""
    try:
        with closing(sqlite3.connect(path, timeout=30.0, isolation_level=None)) as connection:
            tables = {
                name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")
            }
            if not tables:
                return None
            if "alembic_version" not in tables:
                raise OperatorError("database_foreign", path=str(path))
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as exc:
        raise _damage(exc, path, copies) from exc
    return None if row is None else str(row[0])


def _damage(exc: sqlite3.Error, path: Path, copies: Path) -> WorkstationError:
    newest = newest_copy(copies)
    return sqlite_trouble(exc, path, newest_backup=str(newest) if newest else None)


def _upgrade(path: Path, copies: Path, before: str | None, scripts: Path, head: str) -> MigrationReport:
    from alembic.script import ScriptDirectory

    directory = ScriptDirectory.from_config(alembic_config(scripts))
    known = {script.revision: script for script in directory.walk_revisions()}
    if before is not None and before not in known:
        raise OperatorError("database_too_new", path=str(path), found=before, newest_known=head)
    backup = None
    if before is not None:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        backup = copies / f"before-migration-from-{before}-{stamp}.sqlite3"
        copy_database(path, backup)
    pending = [script.module for script in directory.iterate_revisions(head, before or "base")]
    may_change = frozenset().union(*(getattr(module, "changes_rows", frozenset()) for module in pending))
    try:
        counts = _run(path, scripts, head, may_change)
    except sqlite3.Error as exc:
        raise _damage(exc, path, copies) from exc
    except WorkstationError:
        raise
    except Exception as exc:  # a revision may fail in any way; all of it was rolled back
        raise _failed(exc, path, copies, backup) from exc
    return MigrationReport(before, head, backup, counts)


def _failed(exc: Exception, path: Path, copies: Path, backup: Path | None) -> WorkstationError:
    cause = getattr(exc, "orig", None)
    if isinstance(cause, sqlite3.Error):
        trouble = _damage(cause, path, copies)
        if trouble.code != "database_error":
            return trouble
    return MachineError("migration_failed", reason=str(exc), backup=str(backup) if backup else None)


def _run(path: Path, scripts: Path, head: str, may_change: frozenset[str]) -> dict[str, int]:
    """Run the revisions in one transaction, compare, commit."""
    from alembic import command
    from sqlalchemy import URL, NullPool, create_engine, event

    engine = create_engine(
        URL.create("sqlite", database=str(path)), poolclass=NullPool, connect_args={"timeout": 30.0}
    )

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _entry: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, so that changes of tables roll back too
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=OFF")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    config = alembic_config(scripts)
    try:
        with engine.begin() as connection:
            counts_before = _row_counts(connection)
            config.attributes["connection"] = connection
            command.upgrade(config, head)
            return _checked(connection, counts_before, may_change)
    finally:
        engine.dispose()


def _checked(connection: Connection, before: dict[str, int], may_change: frozenset[str]) -> dict[str, int]:
    if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
        raise MachineError("migration_failed", reason="foreign_key_check", rows=len(broken))
    after = _row_counts(connection)
    lost = {name for name, count in before.items() if after.get(name) != count} - may_change
    if lost:
        raise MachineError("migration_failed", reason="rows_changed", tables=", ".join(sorted(lost)))
    return after


def _row_counts(connection: Connection) -> dict[str, int]:
    listed = connection.exec_driver_sql(
        "SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite_%' "
        "AND name <> 'alembic_version'"
    ).scalars()
    return {
        name: connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one()
        for name in listed.all()
    }
