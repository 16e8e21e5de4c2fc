"""A home of the sixth revision gets indexes for large homes: every row stays, nothing else changes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from app.storage.migrations.runner import migrate
from tests.migrations.test_page_parts import second_tables

TABLES = ("batch", "dossier", "import_item", "page", "page_result")
MADE = {
    "ix_dossier_queue",
    "ix_dossier_batch_id_state",
    "ix_import_item_batch_id_state",
    "ix_page_in_dossier",
    "ix_page_result_finished_at",
    "ix_page_result_blank",
    "ix_link_by_policy",
    "ix_outbox_destination_state",
    "ix_receipt_office",
}
GONE = {"ix_dossier_state", "ix_dossier_batch_id", "ix_import_item_batch_id", "ix_page_dossier_id"}


def rows(database: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(database)) as connection:
        return {table: connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in TABLES}


def indexes(database: Path) -> set[str]:
    with closing(sqlite3.connect(database)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'index'")}


def test_every_row_survives_and_lists_have_their_indexes(tmp_path: Path) -> None:
    database = tmp_path / "old.sqlite3"
    second_tables(database)
    migrate(database, head="0006")
    before = rows(database)
    report = migrate(database, head="0007")
    assert (report.before, report.row_counts["page"]) == ("0006", 6)
    assert rows(database) == before
    assert indexes(database) >= MADE
    assert not indexes(database) & GONE
