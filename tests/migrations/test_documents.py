"""Dossiers of the fourth revision come forward: every row kept, no documents yet, nothing excluded or reordered."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from app.storage.migrations.runner import migrate
from tests.migrations.test_page_parts import second_tables


def test_every_row_survives_and_nothing_is_said_of_documents(tmp_path: Path) -> None:
    database = tmp_path / "old.sqlite3"
    second_tables(database)
    migrate(database, head="0004")
    with closing(sqlite3.connect(database)) as connection:
        before = connection.execute("SELECT id, edits, ordinal, state FROM page ORDER BY id").fetchall()
        dossiers = connection.execute("SELECT id, name, state FROM dossier ORDER BY id").fetchall()
    report = migrate(database, head="0005")
    assert (report.before, report.row_counts["page"], report.row_counts["page_result"]) == ("0004", 6, 5)
    with closing(sqlite3.connect(database)) as connection:
        after = connection.execute("SELECT id, edits, ordinal, state FROM page ORDER BY id").fetchall()
        told = connection.execute(
            "SELECT DISTINCT document_id, starts_document, exclusion, replaced_by FROM page"
        ).fetchall()
        assert connection.execute("SELECT id, name, state FROM dossier ORDER BY id").fetchall() == dossiers
        assert connection.execute("SELECT DISTINCT expected_pages, is_ordered FROM dossier").fetchall() == [
            (None, 0)
        ]
        assert connection.execute("SELECT DISTINCT placing FROM import_item").fetchall() == [(None,)]
        assert connection.execute("SELECT count(*) FROM document").fetchone() == (0,)
    assert after == before
    assert told == [(None, None, None, None)]
