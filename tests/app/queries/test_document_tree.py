"""The tree of one dossier is read by index: no table is walked through, however many dossiers a home has."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import event

from app.queries.completeness import findings_of
from app.queries.documents import dossier_tree, holders_of
from app.storage.database import Database
from tests.helpers.papers import LETTER, POWER, desk_with

GROWING = ("page", "page_result", "document", "document_link", "act", "link", "dossier", "import_item")


def plans_of(database: Database, call: Callable[[], object]) -> list[str]:
    """How SQLite goes about every statement of a call."""
    asked: list[tuple[str, object]] = []

    def note(_connection, _cursor, statement, parameters, _context, _many) -> None:
        asked.append((statement, parameters))

    engine = database._reader
    event.listen(engine, "before_cursor_execute", note)
    try:
        call()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    plans: list[str] = []
    with engine.connect() as connection:
        for statement, parameters in asked:
            if statement.lstrip().upper().startswith("SELECT"):
                rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                plans += [str(row[3]) for row in rows]
    return plans


@pytest.fixture
def desk(tmp_path):
    desk = desk_with(tmp_path / "home", (POWER, LETTER))
    desk.links.link(desk.document(1), "KH/P/2018/00418")
    yield desk
    desk.database.close()


def test_no_table_that_grows_is_walked_through(desk) -> None:
    calls = (
        lambda: dossier_tree(desk.database, desk.dossier_id),
        lambda: holders_of(desk.database, "KH/P/2018/00418"),
        lambda: findings_of(desk.database, desk.dossier_id, {"KH": desk.office}),
    )
    for call in calls:
        plans = plans_of(desk.database, call)
        assert plans
        walked = [plan for plan in plans if plan.startswith("SCAN") and plan.split()[1] in GROWING]
        assert walked == []
