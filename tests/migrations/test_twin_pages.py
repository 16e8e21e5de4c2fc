"""Data of the first tables comes forward: every row kept, and known copies told page by page."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from app.storage.migrations.runner import migrate

WHEN = "2026-01-02T03:04:05.000000+00:00"


def first_tables(path: Path) -> None:
    """A home of the first revision: a file of two pages, its copy, and another file."""
    migrate(path, head="0001")
    with closing(sqlite3.connect(path)) as connection:
        insert(
            connection,
            "batch",
            id=1,
            name="b",
            office="KH",
            languages="[]",
            created_at=WHEN,
            created_by="s",
            release="none",
        )
        insert(
            connection,
            "dossier",
            id=1,
            batch_id=1,
            ordinal=0,
            name="d",
            source="/paper",
            state="to_index",
            link="none",
            link_facts="{}",
            on_hold=0,
            updated_at=WHEN,
        )
        insert(
            connection,
            "master",
            sha256="m",
            size_bytes=1,
            media_type="image/png",
            extension=".png",
            created_at=WHEN,
        )
        for item, copy in ((1, None), (2, 1), (3, None)):
            insert(
                connection,
                "import_item",
                id=item,
                batch_id=1,
                dossier_id=1,
                ordinal=item,
                source_path=f"/paper/{item}.pdf",
                state="accepted",
                sha256="a",
                facts="{}",
                notes="[]",
                duplicate_of=copy,
                superseded=0,
            )
            for page in (0, 1):
                insert(
                    connection,
                    "page",
                    id=item * 10 + page,
                    dossier_id=1,
                    import_item_id=item,
                    ordinal=item * 10 + page,
                    source_page=page,
                    master_sha256="m",
                    frame=0,
                    width_px=1,
                    height_px=1,
                    state="ready",
                    edits="{}",
                    attention_facts="{}",
                )
        connection.commit()


def insert(connection: sqlite3.Connection, table: str, **values: object) -> None:
    names, marks = ", ".join(values), ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values()))


def test_pages_of_a_known_copy_are_told_which_pages_they_repeat(tmp_path: Path) -> None:
    database = tmp_path / "old.sqlite3"
    first_tables(database)
    report = migrate(database)
    assert (report.before, report.row_counts["page"]) == ("0001", 6)
    assert report.backup is not None
    with closing(sqlite3.connect(database)) as connection:
        told = connection.execute("SELECT id, duplicate_of, picture_hash FROM page ORDER BY id").fetchall()
    assert told == [
        (10, None, None),
        (11, None, None),
        (20, 10, None),
        (21, 11, None),
        (30, None, None),
        (31, None, None),
    ]
