"""Lists what a setup ships: manifest.json for repair and checks, files.lst for the uninstaller and upgrades."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from setup.pruning import files_below

MANIFEST, LIST = "manifest.json", "files.lst"


@dataclass(frozen=True, slots=True)
class Payload:
    """A finished payload: where it lies, its bytes, its files, and the longest path as the setup unpacks it."""

    root: Path
    size_bytes: int
    files: int
    longest: int


def write_manifest(root: Path, version: str, built_from: dict[str, Any], *, seconds: int) -> Payload:
    """Write both lists into root and give every file the same time.

    built_from: where the parts came from. seconds: since 1970, stamped on all files so that a build can be repeated.
    """
    paths = [path for path in files_below(root) if path.relative_to(root).as_posix() not in (MANIFEST, LIST)]
    entries = [
        {"path": path.relative_to(root).as_posix(), "size": path.stat().st_size, "sha256": _sha256(path)}
        for path in paths
    ]
    content = {"product": "Foliodesk", "version": version, "built_from": built_from, "files": entries}
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    (root / MANIFEST).write_text(text, encoding="utf-8", newline="\n")
    _write_list(root)
    everything = files_below(root)
    for path in everything:
        os.utime(path, (seconds, seconds))
    longest = max(len(path.relative_to(root).as_posix()) for path in everything)
    # "\~new\" stands before each path while it is unpacked.
    return Payload(
        root, sum(path.stat().st_size for path in everything), len(everything), longest + len("\\~new\\")
    )


def _write_list(root: Path) -> None:
    """Write UTF-16, which NSIS reads in any script: files, then directories with a backslash, the deepest first."""
    # By text: paths themselves compare differently on Windows, and the same inputs give the same bytes.
    paths = sorted((path.relative_to(root) for path in root.rglob("*")), key=Path.as_posix)
    files = [path for path in paths if (root / path).is_file()]
    directories = sorted(
        (path for path in paths if (root / path).is_dir()),
        key=lambda path: (-len(path.parts), path.as_posix()),
    )
    rows = [_windows(path) for path in files] + [_windows(path) + "\\" for path in directories]
    (root / LIST).write_bytes("".join(f"{row}\r\n" for row in rows).encode("utf-16-le"))


def _windows(path: Path) -> str:
    return path.as_posix().replace("/", "\\")


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
