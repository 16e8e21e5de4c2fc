"""The content-addressed file store: bytes go in once, are proven, and never change again.

Runs in worker processes (intake) and in the program (packaging reuses it). A file is visible under its
name only after it was written, fsync'd, read back and found to have the right hash.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ocr.errors import MachineError, SourceRefused
from ocr.patience import discard, open_to_read, replace_file
from ocr.types import TakenMaster

CHUNK_BYTES = 1 << 20

MEDIA_TYPES = {
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".tif": "image/tiff",
    ".jp2": "image/jp2",
    ".j2k": "image/x-jp2-codestream",
    ".bmp": "image/bmp",
    ".webp": "image/webp",
    ".pdf": "application/pdf",
}


def master_path(masters_dir: Path, sha256: str, extension: str) -> Path:
    """Say where a master lies: two hex digits as directory, then the full hash and the extension."""
    return masters_dir / sha256[:2] / f"{sha256}{extension}"


def hash_file(path: Path) -> tuple[str, int]:
    """Hash a file in pieces and return its SHA-256 in hex and its size in bytes."""
    digest, size_bytes = hashlib.sha256(), 0
    with open_to_read(path) as source:
        while piece := source.read(CHUNK_BYTES):
            digest.update(piece)
            size_bytes += len(piece)
    return digest.hexdigest(), size_bytes


def store_bytes(content: bytes, masters_dir: Path, extension: str) -> TakenMaster:
    """Put bytes into the store and return the proven master. See store_file."""
    return _store(lambda: iter((content,)), masters_dir, extension)


def store_file(path: Path, masters_dir: Path, extension: str) -> TakenMaster:
    """Copy a file into the store and return the proven master.

    The source is read once; the copy is fsync'd, read back, compared and renamed into place. A file that
    already has the name is kept when its hash is right and replaced by the proven copy when it is not.
    Raises MachineError("disk_full", retryable=True), MachineError("store_failed") and SourceRefused
    ("source_missing", "not_readable").
    """
    return _store(lambda: _pieces(path), masters_dir, extension)


def write_atomically(final: Path, content: bytes) -> None:
    """Write a derived file so that it is either whole or absent; no fsync, it can be made again."""
    temporary = final.with_name(f".{final.name}.{secrets.token_hex(4)}.part")
    with disk_errors(final):
        try:
            temporary.write_bytes(content)
            replace_file(temporary, final)
        finally:
            discard(temporary)


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Translate trouble of the disk at this edge into MachineError codes."""
    try:
        yield
    except OSError as exc:
        full = exc.errno in {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
        if full or getattr(exc, "winerror", None) in {39, 112}:
            raise MachineError("disk_full", retryable=True, directory=str(path.parent)) from exc
        raise MachineError("store_failed", retryable=True, path=str(path), reason=str(exc)) from exc


def _pieces(path: Path) -> Iterator[bytes]:
    try:
        with open_to_read(path) as source:
            while piece := source.read(CHUNK_BYTES):
                yield piece
    except FileNotFoundError as exc:
        raise SourceRefused("source_missing", name=path.name) from exc
    except OSError as exc:
        raise SourceRefused("not_readable", name=path.name, reason=exc.strerror or "") from exc


def _store(pieces: Callable[[], Iterator[bytes]], masters_dir: Path, extension: str) -> TakenMaster:
    with disk_errors(masters_dir / "any"):
        sha256, size_bytes, temporary = _write_temporary(pieces(), masters_dir)
        try:
            final = master_path(masters_dir, sha256, extension)
            final.parent.mkdir(parents=True, exist_ok=True)
            if not _is_whole(final, sha256):
                replace_file(temporary, final)
                _sync_directory(final.parent)
        finally:
            discard(temporary)
    return TakenMaster(sha256, size_bytes, MEDIA_TYPES[extension], extension)


def _write_temporary(pieces: Iterator[bytes], masters_dir: Path) -> tuple[str, int, Path]:
    """Write and prove a part file in the store's root: the same volume as its final directory."""
    masters_dir.mkdir(parents=True, exist_ok=True)
    temporary = masters_dir / f".{secrets.token_hex(8)}.part"
    digest, size_bytes = hashlib.sha256(), 0
    try:
        with temporary.open("xb") as target:
            for piece in pieces:
                digest.update(piece)
                size_bytes += len(piece)
                target.write(piece)
            target.flush()
            os.fsync(target.fileno())
        if hash_file(temporary)[0] != digest.hexdigest():
            raise MachineError("read_back_differs", retryable=True, directory=str(masters_dir))
    except BaseException:
        discard(temporary)
        raise
    return digest.hexdigest(), size_bytes, temporary


def _is_whole(path: Path, sha256: str) -> bool:
    return path.is_file() and hash_file(path)[0] == sha256


def _sync_directory(directory: Path) -> None:
    """Make the rename durable. Windows has no directory fsync; NTFS journals the rename."""
    if os.name != "posix":
        return
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
