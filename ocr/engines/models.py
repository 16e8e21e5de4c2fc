"""The recognition models: whether they are whole, and where a C library finds them.

A model that is missing or damaged says nothing of any page: pages wait until the installation is repaired. A damaged
one could load and read nonsense, so each is compared with SHA256SUMS before its first use in a process. Runs in worker
processes, and in the program's own for the message at its start.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from ocr.errors import EngineUnavailable
from ocr.patience import open_to_read, read_bytes

if sys.platform == "win32":
    import ctypes

SUMS = "SHA256SUMS"
ENDING = ".traineddata"
LINE_MODEL, LINE_LETTERS = "latin_lines.onnx", "latin_lines.txt"
"""The second recogniser (ocr.engines.line_reader) and the letters of its classes."""
DIGIT_MODEL = "native_digits.npz"
"""The reader of Lao and Thai digits (ocr.engines.digit_reader)."""


def model_path(directory: Path, language: str) -> Path:
    """Say where the model of a language lies."""
    return directory / f"{language}{ENDING}"


def model_names(directory: Path) -> tuple[str, ...]:
    """List the models of a directory, sorted; also those it should have by SHA256SUMS."""
    there = {path.stem for path in directory.glob(f"*{ENDING}")}
    return tuple(sorted(there | {name.removesuffix(ENDING) for name in _listed(directory)}))


def require_models(directory: Path, languages: Sequence[str]) -> None:
    """Prove that the models of these languages are there and whole; a model of the user's own need only be there.

    Raises EngineUnavailable "language_missing" or "model_damaged" (retryable: nothing is wrong with the page).
    """
    listed = _listed(directory)
    for language in languages:
        path = model_path(directory, language)
        facts = {"language": language, "file": str(path)}
        try:
            told = path.stat()
            expected = listed.get(path.name)
            if expected is None or _sha256(path, told.st_size, told.st_mtime_ns) == expected:
                continue
        except FileNotFoundError as exc:
            raise EngineUnavailable("language_missing", retryable=True, **facts) from exc
        except OSError as exc:
            raise EngineUnavailable(
                "model_damaged", retryable=True, **facts, reason=exc.strerror or ""
            ) from exc
        raise EngineUnavailable("model_damaged", retryable=True, **facts)


def shipped_file(directory: Path, name: str) -> bytes | None:
    """Read a model that is no language's, proven whole by SHA256SUMS; None where it is not listed there.

    Raises EngineUnavailable "model_damaged" (retryable).
    """
    expected = _sums(directory).get(name)
    if expected is None:
        return None
    path = directory / name
    try:
        content = read_bytes(path)
    except OSError as exc:
        raise EngineUnavailable(
            "model_damaged", retryable=True, language="", file=str(path), reason=exc.strerror or ""
        ) from exc
    if hashlib.sha256(content).hexdigest() != expected:
        raise EngineUnavailable("model_damaged", retryable=True, language="", file=str(path))
    return content


def require_small_models(directory: Path) -> None:
    """Prove that the second recogniser and the reader of digits are whole where SHA256SUMS lists them.

    Raises EngineUnavailable "model_damaged".
    """
    for name in (LINE_MODEL, LINE_LETTERS, DIGIT_MODEL):
        shipped_file(directory, name)


@contextmanager
def readable_directory(directory: Path) -> Iterator[str]:
    """Give a directory's name in letters that a C library opens, for as long as the context lasts.

    Tesseract opens files by the letters of the system's code page, so on Windows it finds nothing in the
    profile of a user called សុខា: there the directory's short name is given or, where disks keep none, we stand in it meanwhile.
    """
    if sys.platform != "win32" or str(directory).isascii():
        yield str(directory)
        return
    short = _short_name(directory)
    if short.isascii():
        yield short
        return
    before = Path.cwd()
    os.chdir(directory)
    try:
        yield "."
    finally:
        os.chdir(before)


def _listed(directory: Path) -> dict[str, str]:
    """Return the hashes the languages' models should have, by file name."""
    return {name: digest for name, digest in _sums(directory).items() if name.endswith(ENDING)}


def _sums(directory: Path) -> dict[str, str]:
    try:
        lines = (directory / SUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    pairs = (line.split() for line in lines)
    return {pair[1].lstrip("*"): pair[0].lower() for pair in pairs if len(pair) == 2}


@lru_cache(maxsize=64)
def _sha256(path: Path, _size_bytes: int, _mtime_ns: int) -> str:
    with open_to_read(path) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _short_name(directory: Path) -> str:
    """Return the 8.3 name of a directory, itself where there is none (Windows)."""
    if sys.platform == "win32":
        buffer = ctypes.create_unicode_buffer(1024)
        length = ctypes.windll.kernel32.GetShortPathNameW(str(directory), buffer, len(buffer))
        if 0 < length < len(buffer):
            return buffer.value
    return str(directory)
