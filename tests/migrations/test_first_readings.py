"""Results of the seventh revision come forward: every row kept, and none says that its first reading is known."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from app.storage.migrations.runner import migrate
from tests.migrations.test_page_parts import second_tables


def test_every_result_survives_and_tells_nothing_of_its_first_reading(tmp_path: Path) -> None:
    database = tmp_path / "old.sqlite3"
    second_tables(database)
    migrate(database, head="0007")
    with closing(sqlite3.connect(database)) as connection:
        before = connection.execute("SELECT page_id, text, recipe FROM page_result ORDER BY 1").fetchall()
    report = migrate(database, head="0008")
    assert (report.before, report.row_counts["page"], report.row_counts["page_result"]) == ("0007", 6, 5)
    with closing(sqlite3.connect(database)) as connection:
        after = connection.execute("SELECT page_id, text, recipe FROM page_result ORDER BY 1").fetchall()
        told = connection.execute("SELECT DISTINCT first_text, head FROM page_result").fetchall()
    assert after == before
    assert told == [(None, None)]


def test_of_results_before_the_tenth_revision_nobody_measured_what_is_beside_a_code(tmp_path: Path) -> None:
    database = tmp_path / "old.sqlite3"
    second_tables(database)
    migrate(database, head="0009")
    report = migrate(database, head="0010")
    assert (report.before, report.row_counts["page_result"]) == ("0009", 5)
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT DISTINCT other_ink FROM page_result").fetchall() == [(None,)]
