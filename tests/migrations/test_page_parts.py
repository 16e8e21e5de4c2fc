"""Pages and results of the second revision come forward: every row and child kept, one frame may be two pages."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.storage.migrations.runner import migrate
from tests.migrations.test_twin_pages import WHEN, first_tables, insert

RESULT = {
    "derived_key": "k", "recipe": "1", "engine": "fake", "width_px": 1, "height_px": 1, "dpi": 300.0,
    "exif_orientation": 1, "turn_deg": 0, "turn_confidence": 1.0, "skew_deg": 0.0, "skew_confidence": 1.0,
    "applied_turn_deg": 0, "applied_skew_deg": 0.0, "is_blank": 0, "ink_share": 0.1, "mean_confidence": 0.9,
    "word_count": 1, "text": "t", "languages": "[]", "quality": "[]", "barcodes": "[]", "candidates": "[]",
    "step_ms": "[]", "finished_at": WHEN,
}  # fmt: skip


def second_tables(path: Path) -> None:
    """Six pages, one of them the twin of another, five with a result and one with edits."""
    first_tables(path)
    migrate(path, head="0002")
    with closing(sqlite3.connect(path)) as connection:
        for page in (10, 11, 20, 21, 30):
            insert(connection, "page_result", page_id=page, **RESULT)
        connection.execute("UPDATE page SET edits = '{\"turn_deg\": 90}' WHERE id = 11")
        connection.commit()


def test_every_page_result_and_twin_survives(tmp_path: Path) -> None:
    database = tmp_path / "old.sqlite3"
    second_tables(database)
    with closing(sqlite3.connect(database)) as connection:
        before = connection.execute(
            "SELECT id, edits, duplicate_of, ordinal FROM page ORDER BY id"
        ).fetchall()
    report = migrate(database)
    assert (report.before, report.row_counts["page"], report.row_counts["page_result"]) == ("0002", 6, 5)
    with closing(sqlite3.connect(database)) as connection:
        after = connection.execute("SELECT id, edits, duplicate_of, ordinal FROM page ORDER BY id").fetchall()
        parts = connection.execute("SELECT DISTINCT part FROM page").fetchall()
        told = connection.execute(
            "SELECT DISTINCT page_box, spread, fingerprint, streaks_px FROM page_result"
        ).fetchall()
    assert after == before
    assert parts == [(0,)]
    assert told == [(None, None, "", "[]")]


def test_a_frame_may_be_two_pages_and_no_more_of_the_same_part(tmp_path: Path) -> None:
    database = tmp_path / "old.sqlite3"
    second_tables(database)
    migrate(database)
    columns = (
        "dossier_id, import_item_id, ordinal, source_page, master_sha256, frame, width_px, height_px, state, "
        "edits, attention_facts"
    )
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA foreign_keys=ON")
        copy = f"INSERT INTO page ({columns}, part) SELECT {columns}, 1 FROM page WHERE id = 31"
        connection.execute(copy)
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(copy)
        (newest,) = connection.execute("SELECT max(id) FROM page").fetchone()
        connection.execute("DELETE FROM page WHERE id = ?", (newest,))
        connection.execute(copy)
        assert connection.execute("SELECT max(id) FROM page").fetchone() == (newest + 1,)
