"""Which paper folders lie under the offered paths. Lists names only; no foreign file is parsed here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.errors import OperatorError
from app.sources.natural_order import natural_key
from ocr.errors import SourceRefused
from ocr.intake.recognise import recognise_file


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


def discover(paths: Sequence[Path]) -> tuple[PaperFolder, ...]:
    """List the paper folders under paths, in the order given, each path once.

    A directory with page files is one paper folder; a directory of directories is many; a single file is
    one. Raises OperatorError "path_missing" or "path_not_readable".
    """
    folders: list[PaperFolder] = []
    seen: set[Path] = set()
    for path in paths:
        whole = path.expanduser().absolute()
        if not whole.exists():
            raise OperatorError("path_missing", path=str(path))
        for folder in _under(whole):
            if folder.source not in seen:
                seen.add(folder.source)
                folders.append(folder)
    return tuple(folders)


def _under(path: Path) -> Iterator[PaperFolder]:
    if not path.is_dir():
        yield PaperFolder(path, path.stem, (path,))
        return
    try:
        entries = sorted(path.iterdir(), key=lambda entry: natural_key(entry.name))
    except OSError as exc:
        raise OperatorError("path_not_readable", path=str(path), detail=str(exc)) from exc
    files = tuple(entry for entry in entries if not entry.is_dir())
    # A linked directory could lead back to where we are.
    directories = [entry for entry in entries if entry.is_dir() and not entry.is_symlink()]
    if files or not directories:
        is_dossier = not directories or any(map(_looks_like_page, files))
        yield PaperFolder(path, path.name or str(path), files, is_dossier)
    for directory in directories:
        yield from _under(directory)


def _looks_like_page(file: Path) -> bool:
    try:
        recognise_file(file)
    except SourceRefused:
        return False
    return True
