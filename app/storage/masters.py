"""The store of masters as the program sees it: where a file lies, whether it is whole, what is left over.

Files are written by ocr.intake.masters in worker processes; here they are only looked at.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ocr.intake.masters import hash_file, master_path

TEMPORARY_AGE_S = 24 * 3600.0
"""No import takes this long over one file, so an older part file belongs to nobody."""

MASTER_NAME = re.compile(r"([0-9a-f]{64})(\.[a-z0-9]{1,7})")


class MasterVerdict(StrEnum):
    """What a look at a stored file says."""

    WHOLE = "whole"
    MISSING = "missing"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a sweep removed (temporaries) and what it only found (orphans: files without a row)."""

    removed: tuple[Path, ...]
    orphans: tuple[Path, ...]


class MasterStore:
    """Looks at the files below root; keeps no state, so any thread may use it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path_of(self, sha256: str, extension: str) -> Path:
        """Say where a master lies, whether or not it is there."""
        return master_path(self.root, sha256, extension)

    def contains(self, sha256: str, extension: str) -> bool:
        """Tell whether a file of that name is there; verify tells whether it is right."""
        return self.path_of(sha256, extension).is_file()

    def verify(self, sha256: str, extension: str) -> MasterVerdict:
        """Read the whole file again and compare its hash with its name. Raises OSError when unreadable."""
        path = self.path_of(sha256, extension)
        try:
            found, _size_bytes = hash_file(path)
        except FileNotFoundError:
            return MasterVerdict.MISSING
        return MasterVerdict.WHOLE if found == sha256 else MasterVerdict.DAMAGED

    def files(self) -> Iterator[tuple[str, Path]]:
        """Yield hash and path of every file that is named as a master."""
        for path in sorted(self.root.glob("[0-9a-f][0-9a-f]/*")):
            if (match := MASTER_NAME.fullmatch(path.name)) and path.is_file():
                yield match.group(1), path

    def temporaries(self, *, older_than_s: float = TEMPORARY_AGE_S) -> tuple[Path, ...]:
        """List part files that a killed program left."""
        limit = time.time() - older_than_s
        return tuple(path for path in sorted(self.root.rglob(".*.part")) if _mtime(path) < limit)

    def orphans(self, known: Collection[str], *, older_than_s: float = TEMPORARY_AGE_S) -> tuple[Path, ...]:
        """List masters that known does not name; young ones may still be waiting for their row."""
        limit = time.time() - older_than_s
        return tuple(path for sha256, path in self.files() if sha256 not in known and _mtime(path) < limit)

    def sweep(self, known: Collection[str], *, older_than_s: float = TEMPORARY_AGE_S) -> Sweep:
        """Remove old part files and list orphans; an orphan is never removed here."""
        removed = []
        for path in self.temporaries(older_than_s=older_than_s):
            try:
                path.unlink(missing_ok=True)
            except OSError:
                continue  # still held by somebody: next time
            removed.append(path)
        return Sweep(tuple(removed), self.orphans(known, older_than_s=older_than_s))

    def free_bytes(self) -> int:
        """Return the room left on the disk of the store."""
        return shutil.disk_usage(self.root).free


def _mtime(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return float("inf")  # gone meanwhile: not ours to judge
