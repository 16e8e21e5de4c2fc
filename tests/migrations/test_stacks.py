"""Dossiers of the fifth revision come forward: every row kept, none of them out of a stack."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.storage.migrations.runner import migrate
from tests.migrations.test_page_parts import second_tables


def test_every_row_survives_and_nothing_came_from_a_stack(tmp_path: Path) -> None:
    database = tmp_path / "old.sqlite3"
    second_tables(database)
    migrate(database, head="0005")
    with closing(sqlite3.connect(database)) as connection:
        before = connection.execute("SELECT id, dossier_id, edits, ordinal FROM page ORDER BY id").fetchall()
        dossiers = connection.execute("SELECT id, name, state FROM dossier ORDER BY id").fetchall()
    report = migrate(database, head="0006")
    assert (report.before, report.row_counts["page"], report.row_counts["page_result"]) == ("0005", 6, 5)
    with closing(sqlite3.connect(database)) as connection:
        after = connection.execute("SELECT id, dossier_id, edits, ordinal FROM page ORDER BY id").fetchall()
        told = connection.execute("SELECT DISTINCT sheet, sheet_facts, border_said FROM page").fetchall()
        assert connection.execute("SELECT id, name, state FROM dossier ORDER BY id").fetchall() == dossiers
        assert connection.execute("SELECT DISTINCT stack_id, stack_facts FROM dossier").fetchall() == [
            (None, "{}")
        ]
        assert connection.execute("SELECT count(*) FROM stack").fetchone() == (0,)
    assert after == before
    assert told == [(None, "{}", None)]


def test_a_dossier_cannot_be_of_a_stack_that_is_not_there(tmp_path: Path) -> None:
    database = tmp_path / "old.sqlite3"
    second_tables(database)
    migrate(database)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA foreign_keys=ON")
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute("UPDATE dossier SET stack_id = 9")
