"""The check of a home whose database itself is damaged."""

from __future__ import annotations

import os
from pathlib import Path

from app.services.integrity import check
from tests.helpers.home_builder import BuiltHome, build_home


def codes(home: BuiltHome) -> list[str]:
    return [each.code for each in check(home.database, home.paths).findings]


def test_a_damaged_database_is_said_and_the_check_ends_cleanly(tmp_path: Path) -> None:
    home = build_home(tmp_path / "home")
    home.database.close()
    content = bytearray(home.paths.database.read_bytes())
    content[8192:40960] = os.urandom(40960 - 8192)
    home.paths.database.write_bytes(content)
    assert "database_damaged" in codes(home)
    home.paths.database.write_bytes(b"rubbish " * 4096)
    home.database.close()
    assert codes(home) == ["database_damaged"]
