"""A register imported before extracts were kept comes forward as one extract for each office, found as before."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from app.domain.offices import load_offices
from app.events import ChangeBus
from app.queries import register
from app.storage.database import Database
from app.storage.migrations.runner import migrate
from tests.migrations.test_twin_pages import WHEN, first_tables, insert

VN = load_offices(Path(__file__).parents[2] / "resources" / "offices")["VN"]


def third_tables(path: Path) -> None:
    first_tables(path)
    migrate(path, head="0003")
    with closing(sqlite3.connect(path)) as connection:
        for office, canonical, title in (
            ("KH", "KH/P/2011/00001", "Máy cày Đồng"),
            ("KH", "KH/P/2011/00002", ""),
            ("VN", "1-2019-00001", "Water pump"),
        ):
            insert(
                connection, "register_entry", canonical=canonical, office=office, title=title,
                applicant="Mekong Water Works", filing_date="2011-01-05", imported_at=WHEN,
            )  # fmt: skip
        connection.commit()


def test_every_number_is_found_after_the_change(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite3"
    third_tables(path)
    report = migrate(path)
    assert (report.before, report.row_counts["register_entry"]) == ("0003", 3)
    database = Database(path, ChangeBus())
    try:
        told = register.info(database)
        assert [(each.office, each.count) for each in told.offices] == [("KH", 2), ("VN", 1)]
        assert told.imported_at is not None
        assert told.imported_at.isoformat(timespec="microseconds") == WHEN
        entry = register.find(database, "KH/P/2011/00001", "KH")
        assert entry is not None
        assert (entry.title, str(entry.filing_date)) == ("Máy cày Đồng", "2011-01-05")
        assert [each.title for each in register.find_name(database, "may cay", "KH")] == ["Máy cày Đồng"]
        assert [each.application_number for each in register.find_number(database, "1201900001", VN)] == [
            "1-2019-00001"
        ]
    finally:
        database.close()


def test_a_database_without_a_register_has_none_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite3"
    first_tables(path)
    migrate(path)
    database = Database(path, ChangeBus())
    try:
        assert register.info(database).count == 0
    finally:
        database.close()
