"""Homes of before get the table of fields; those who wait for a person have theirs read at the next start."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from app.storage.migrations.runner import migrate
from tests.migrations.test_twin_pages import first_tables, insert


def test_rows_survive_and_waiting_dossiers_are_queued(tmp_path: Path) -> None:
    database = tmp_path / "old.sqlite3"
    first_tables(database)
    with closing(sqlite3.connect(database)) as connection:
        insert(
            connection,
            "dossier",
            id=2,
            batch_id=1,
            ordinal=1,
            name="gone",
            source="/gone",
            state="uploaded",
            link="none",
            link_facts="{}",
            on_hold=0,
            updated_at="2026-01-02T03:04:05.000000+00:00",
        )
        connection.commit()
    report = migrate(database)
    assert (report.row_counts["page"], report.row_counts["dossier"]) == (6, 2)
    with closing(sqlite3.connect(database)) as connection:
        jobs = connection.execute("SELECT kind, subject_id, state FROM job").fetchall()
        assert connection.execute("SELECT count(*) FROM field_value").fetchone() == (0,)
    assert jobs == [("fields", 1, "queued")]
