"""Migrations: the first one makes exactly our tables; later ones lose nothing, whatever happens."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from app.errors import Conflict, MachineError, OperatorError, StoreDamaged
from app.storage.migrations.runner import HEAD, SCRIPTS, alembic_config, migrate
from app.storage.owners import OwnerLock
from app.storage.tables import Base
from ocr.long_paths import usual
from tests.helpers.home_builder import build_home

PROJECT = Path(__file__).resolve().parents[2]

REVISION = """
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "testnext", "{head}", None, None
changes_rows = frozenset({changes})

def upgrade():
    with op.batch_alter_table("batch", recreate="always") as batch:
        batch.add_column(sa.Column("colour", sa.String(), nullable=False, server_default="red"))
    with op.batch_alter_table("dossier", recreate="always") as batch:
        batch.add_column(sa.Column("shelf", sa.String()))
{more}
"""


def next_scripts(tmp_path: Path, more: str = "", changes: str = "()") -> Path:
    scripts = tmp_path / "scripts"
    shutil.copytree(SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    text = REVISION.format(head=HEAD, more=more, changes=changes)
    (scripts / "versions" / "rev_next.py").write_text(text, encoding="utf-8")
    return scripts


def counts(database: Path) -> dict[str, int]:
    with closing(sqlite3.connect(database)) as connection:
        return {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in Base.metadata.tables
        }


def columns(database: Path, table: str) -> set[str]:
    with closing(sqlite3.connect(database)) as connection:
        return {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}


def filled(tmp_path: Path) -> Path:
    home = build_home(tmp_path / "home", packaged=True)
    home.database.close()
    return home.paths.database


def test_migrated_schema_equals_the_tables(tmp_path: Path) -> None:
    report = migrate(tmp_path / "new.sqlite3")
    engine = create_engine(f"sqlite:///{tmp_path / 'new.sqlite3'}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()
    assert (report.before, report.after, report.backup, report.changed) == (None, HEAD, None, True)


def test_written_down_head_is_the_newest_revision() -> None:
    assert ScriptDirectory.from_config(alembic_config()).get_current_head() == HEAD


def test_ordinary_start_loads_neither_alembic_nor_sqlalchemy(tmp_path: Path) -> None:
    migrate(tmp_path / "db.sqlite3")
    code = (
        "import sys; from pathlib import Path; from app.storage.migrations.runner import migrate;"
        "assert not migrate(Path(sys.argv[1])).changed;"
        "assert not {'alembic', 'sqlalchemy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "db.sqlite3")], check=True, cwd=PROJECT)


def test_remaking_parent_tables_keeps_every_child_row(tmp_path: Path) -> None:
    database = filled(tmp_path)
    before = counts(database)
    report = migrate(database, scripts=next_scripts(tmp_path), head="testnext")
    assert counts(database) == before
    assert "colour" in columns(database, "batch")
    assert report.backup is not None
    assert counts(report.backup) == before
    assert "colour" not in columns(report.backup, "batch")
    assert report.row_counts["page"] == before["page"] > 0


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ('    op.execute("DELETE FROM page_result")', "rows_changed"),
        ('    op.execute("DELETE FROM dossier")', "foreign_key_check"),
        ('    raise RuntimeError("half way")', "half way"),
    ],
)
def test_a_bad_revision_leaves_the_database_as_it_was(tmp_path: Path, more: str, reason: str) -> None:
    database = filled(tmp_path)
    before = counts(database)
    with pytest.raises(MachineError) as failure:
        migrate(database, scripts=next_scripts(tmp_path, more), head="testnext")
    assert failure.value.code == "migration_failed"
    assert failure.value.facts["reason"] == reason
    assert counts(database) == before
    assert "colour" not in columns(database, "batch")
    assert not migrate(database).changed


def test_a_revision_may_say_which_rows_it_changes(tmp_path: Path) -> None:
    database = filled(tmp_path)
    more = '    op.execute("DELETE FROM page_result")'
    migrate(database, scripts=next_scripts(tmp_path, more, "{'page_result'}"), head="testnext")
    assert counts(database)["page_result"] == 0


def test_database_of_a_newer_program_is_refused_untouched(tmp_path: Path) -> None:
    database = filled(tmp_path)
    migrate(database, scripts=next_scripts(tmp_path), head="testnext")
    with pytest.raises(OperatorError) as refusal:
        migrate(database)
    assert (refusal.value.code, refusal.value.facts["found"]) == ("database_too_new", "testnext")
    assert "colour" in columns(database, "batch")


def test_no_upgrade_under_a_program_at_work(tmp_path: Path) -> None:
    database = filled(tmp_path)
    scripts = next_scripts(tmp_path)
    with OwnerLock.acquire(database.parent / "owners"):
        assert not migrate(database).changed
        with pytest.raises(Conflict, match="home_in_use"):
            migrate(database, scripts=scripts, head="testnext")
    assert migrate(database, scripts=scripts, head="testnext").changed


def test_a_foreign_database_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "db.sqlite3")) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    with pytest.raises(OperatorError, match="database_foreign"):
        migrate(tmp_path / "db.sqlite3")


@pytest.mark.parametrize("damage", ["not a database at all " * 400, "header"])
def test_a_damaged_file_is_named_with_the_newest_backup(tmp_path: Path, damage: str) -> None:
    database = filled(tmp_path)
    backup = migrate(database, scripts=next_scripts(tmp_path), head="testnext").backup
    assert backup is not None
    content = damage.encode() if damage != "header" else b"\0" * 200 + database.read_bytes()[200:]
    database.write_bytes(content)
    with pytest.raises(StoreDamaged) as failure:
        migrate(database)
    assert failure.value.code == "database_damaged"
    assert failure.value.facts["newest_backup"] == str(usual(backup))
    assert database.read_bytes() == content


@pytest.mark.kill
def test_kill_in_the_middle_of_a_migration_changes_nothing(tmp_path: Path) -> None:
    database = filled(tmp_path)
    before = counts(database)
    more = '    import sys; print("half", flush=True); sys.stdin.read()'
    scripts = next_scripts(tmp_path, more)
    code = (
        "import sys; from pathlib import Path; from app.storage.migrations.runner import migrate;"
        "migrate(Path(sys.argv[1]), scripts=Path(sys.argv[2]), head='testnext')"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(database), str(scripts)],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.readline().strip() == b"half"
    process.kill()
    process.wait()
    process.stdout.close()
    process.stdin.close()
    assert counts(database) == before
    assert "colour" not in columns(database, "batch")
    shutil.rmtree(scripts)
    assert migrate(database, scripts=next_scripts(tmp_path), head="testnext").changed
    assert counts(database) == before


@pytest.mark.kill
def test_programs_started_at_once_migrate_once(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from app.storage.migrations.runner import migrate;"
        "print(migrate(Path(sys.argv[1])).changed)"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path / "db.sqlite3")], cwd=PROJECT, stdout=subprocess.PIPE
        )
        for _ in range(3)
    ]
    told = [process.communicate()[0].strip() for process in started]
    assert sorted(told) == [b"False", b"False", b"True"]
