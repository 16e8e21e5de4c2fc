"""A home may have any name the system allows."""

from __future__ import annotations

import sys

import pytest
from sqlalchemy import text

from app.events import ChangeBus
from app.paths import HomePaths
from app.storage.database import Database
from app.storage.migrations.runner import migrate

NAMES = ["100%20 done", "a#b & c=d", "ថតឯកសារ"]


@pytest.mark.parametrize(
    "name",
    [
        *NAMES,
        pytest.param("a?b", marks=pytest.mark.skipif(sys.platform == "win32", reason="not allowed there")),
    ],
)
def test_the_database_lies_in_the_home_whatever_its_name(tmp_path, name):
    paths = HomePaths(tmp_path / name).make()
    migrate(paths.database)
    database = Database(paths.database, ChangeBus())
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM dossier")) == 0
    database.close()
    assert [path.name for path in tmp_path.iterdir()] == [name]
