"""Which paper folders lie under the offered paths. Lists names only; no foreign file is parsed here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.errors import OperatorError
from app.sources.natural_order import natural_key
from ocr.errors import SourceRefused
from ocr.intake.recognise import recognise_file
from ocr.long_paths import canonical, reachable

# Kept by the system at the root of a drive: what was thrown away or indexed there is no paper folder.
SYSTEM_DIRECTORIES = frozenset(
    {
        "$recycle.bin",
        "recycler",
        "system volume information",
        "lost+found",
        ".trashes",
        ".spotlight-v100",
        ".fseventsd",
        "__macosx",
    }
)
JUNCTION_TAG = 0xA0000003  # IO_REPARSE_TAG_MOUNT_POINT; Python 3.11 has no Path.is_junction


@dataclass(frozen=True, slots=True)
class PaperFolder:
    """One paper folder as offered: files in natural order.

    is_dossier False: a directory of directories with stray files of its own that are no pages; they are
    put in the ledger, where each gets its reason, but they make no dossier.
    """

    source: Path
    name: str
    files: tuple[Path, ...]
    is_dossier: bool = True


def discover(paths: Sequence[Path], *, home: Path | None = None) -> tuple[PaperFolder, ...]:
    """List the paper folders under paths, in the order given, each directory once however it is spelt.

    A directory with page files is one paper folder; a directory of directories is many; a single file is
    one. A directory inside an offered one that cannot be read is listed as a stray file: the ledger refuses
    it. home: the program's own files, which are no paper folders whatever lies around them. Raises OperatorError
    "path_missing", or "path_not_readable" and "path_in_home" for an offered path itself.
    """
    folders: list[PaperFolder] = []
    seen: set[str] = set()
    own = None if home is None else canonical(home)
    for path in paths:
        place = canonical(path.expanduser())
        if not reachable(place).exists():
            raise OperatorError("path_missing", path=str(path))
        if own is not None and place.is_relative_to(own):
            raise OperatorError("path_in_home", path=str(path))
        for folder in _under(place, own, is_offered=True):
            if str(folder.source) not in seen:
                seen.add(str(folder.source))
                folders.append(folder)
    return tuple(folders)


def _under(path: Path, own: Path | None, *, is_offered: bool = False) -> Iterator[PaperFolder]:
    if path == own:
        return
    there = reachable(path)
    if not there.is_dir():
        yield PaperFolder(path, path.stem, (path,), is_dossier=_looks_like_page(path))
        return
    try:
        entries = sorted(there.iterdir(), key=lambda entry: natural_key(entry.name))
    except OSError as exc:
        if not is_offered:
            yield PaperFolder(path, path.name, (path,), is_dossier=False)
            return
        raise OperatorError("path_not_readable", path=str(path), detail=str(exc)) from exc
    files = tuple(path / entry.name for entry in entries if not entry.is_dir())
    directories = [path / entry.name for entry in entries if entry.is_dir() and not _is_passed_over(entry)]
    if files:
        is_dossier = not directories or any(map(_looks_like_page, files))
        yield PaperFolder(path, path.name or str(path), files, is_dossier)
    for directory in directories:
        yield from _under(directory, own)


def _is_passed_over(directory: Path) -> bool:
    """Tell directories of the system, and links and junctions, which could lead back to where we are."""
    if directory.name.casefold() in SYSTEM_DIRECTORIES or directory.is_symlink():
        return True
    return getattr(directory.lstat(), "st_reparse_tag", 0) == JUNCTION_TAG


def _looks_like_page(file: Path) -> bool:
    try:
        recognise_file(reachable(file))
    except SourceRefused:
        return False
    return True
