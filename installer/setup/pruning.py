"""Takes out of the payload what pruning_rules.py names, and reports what that saved."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from setup.pruning_rules import DROPPED, KEPT


@dataclass(frozen=True, slots=True)
class Pruned:
    """What pruning did: bytes before and after, and the saving by rule (pattern -> bytes)."""

    before_bytes: int
    after_bytes: int
    files_dropped: int
    saved: dict[str, int]

    @property
    def idle_rules(self) -> list[str]:
        """Return rules that met no file: leftovers of an older version of some package."""
        return [pattern for pattern, _reason in DROPPED if pattern not in self.saved]


def rule_for(path: str) -> str | None:
    """Return the pattern that drops a path (with `/`), or None when it stays."""
    if _KEPT.match(path):
        return None
    return next((pattern for pattern, matcher in _DROPPED if matcher.match(path)), None)


def prune(payload: Path) -> Pruned:
    """Delete every file of payload that a rule drops, and directories that are empty then."""
    before = after = dropped = 0
    saved: dict[str, int] = {}
    for path in files_below(payload):
        size_bytes = path.stat().st_size
        before += size_bytes
        pattern = rule_for(path.relative_to(payload).as_posix())
        if pattern is None:
            after += size_bytes
            continue
        saved[pattern] = saved.get(pattern, 0) + size_bytes
        dropped += 1
        path.unlink()
    remove_empty_directories(payload)
    return Pruned(before, after, dropped, saved)


def files_below(root: Path) -> list[Path]:
    """Return all files in one order, the same on every machine."""
    return sorted(
        (path for path in root.rglob("*") if path.is_file()),
        key=lambda path: path.relative_to(root).as_posix(),
    )


def remove_empty_directories(root: Path) -> None:
    """Delete directories without a file, the deepest first."""
    for path in sorted(root.rglob("*"), key=lambda path: -len(path.parts)):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def _compiled(patterns: Iterable[str]) -> list[tuple[str, re.Pattern[str]]]:
    return [(pattern, re.compile(fnmatch.translate(pattern))) for pattern in patterns]


_KEPT = re.compile("|".join(fnmatch.translate(pattern) for pattern in KEPT))
_DROPPED = _compiled(pattern for pattern, _reason in DROPPED)
