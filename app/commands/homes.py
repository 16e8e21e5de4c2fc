"""The home a command looks at: who only reads makes none."""

from __future__ import annotations

from pathlib import Path

from app.errors import OperatorError
from app.paths import HomePaths, default_home


def existing_home(home: Path | None) -> HomePaths:
    """The home named, or the usual one; raises OperatorError("home_missing") where there is no data of ours."""
    paths = HomePaths(home or default_home())
    if not paths.database.exists():
        raise OperatorError("home_missing", path=str(paths.root))
    return paths
