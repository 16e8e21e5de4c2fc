"""Homes of before get the table of second keyings: every row stays, and what was confirmed waits for nobody."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from app.storage.migrations.runner import migrate
from tests.migrations.test_twin_pages import first_tables


def test_rows_survive_and_nothing_waits_to_be_keyed_again(tmp_path: Path) -> None:
    database = tmp_path / "old.sqlite3"
    first_tables(database)
    report = migrate(database)
    assert (report.row_counts["page"], report.row_counts["dossier"]) == (6, 1)
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT count(*) FROM keying").fetchone() == (0,)
        assert "ix_audit_people" in [name for _, name, *_ in connection.execute("PRAGMA index_list(audit)")]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
