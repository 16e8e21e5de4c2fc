"""Where repair puts what nobody knows or nobody can use: moved, never deleted."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from app.paths import HomePaths
from ocr.patience import rename


class LostAndFound:
    """One directory per repair, made when first needed, that keeps each file's place in the home."""

    def __init__(self, paths: HomePaths) -> None:
        self._root = paths.files
        self._directory = paths.lost_and_found / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}"

    def take(self, path: Path) -> Path:
        """Move a file or directory of the home here and return its new place. Raises OSError."""
        target = self._directory / path.relative_to(self._root)
        target.parent.mkdir(parents=True, exist_ok=True)
        rename(path, target)
        return target
