"""What a file is, told from its first bytes and never from its name."""

from __future__ import annotations

import re
import stat
from enum import StrEnum
from pathlib import Path

from ocr.errors import SourceRefused
from ocr.patience import open_to_read

HEAD_BYTES = 1024

OBJECT = re.compile(rb"^\d{1,10} \d{1,5} obj\b", re.MULTILINE)
"""The line that begins an object of a PDF (ISO 32000-1, 7.3.10)."""


class FileKind(StrEnum):
    """A kind of file that can hold pages; the value is the extension of its master."""

    PDF = ".pdf"
    TIFF = ".tif"
    JPEG = ".jpg"
    PNG = ".png"
    JP2 = ".jp2"
    J2K = ".j2k"
    BMP = ".bmp"
    WEBP = ".webp"


def recognise_file(path: Path) -> FileKind:
    """Tell what a file is.

    Raises SourceRefused: "source_missing", "not_readable", "empty_file", "not_an_image".
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            # A pipe or a device would be waited for without end.
            raise SourceRefused("not_readable", name=path.name, reason="not a regular file")
        with open_to_read(path) as source:
            head = source.read(HEAD_BYTES)
    except FileNotFoundError as exc:
        raise SourceRefused("source_missing", name=path.name) from exc
    except OSError as exc:
        raise SourceRefused("not_readable", name=path.name, reason=exc.strerror or "") from exc
    if not head:
        raise SourceRefused("empty_file", name=path.name)
    kind = recognise_bytes(head)
    if kind is None:
        raise SourceRefused("not_an_image", name=path.name)
    return kind


def recognise_bytes(head: bytes) -> FileKind | None:
    """Tell what a file starting with these bytes is, or None when it is none of ours.

    A PDF may carry rubbish before its header (ISO 32000-1, annex H.3, note 13: within 1024 bytes). One that has
    lost its header begins with its first object and can be repaired.
    """
    signatures = (
        (b"\xff\xd8\xff", FileKind.JPEG),
        (b"\x89PNG\r\n\x1a\n", FileKind.PNG),
        (b"II*\x00", FileKind.TIFF),
        (b"MM\x00*", FileKind.TIFF),
        (b"II+\x00", FileKind.TIFF),
        (b"MM\x00+", FileKind.TIFF),
        (b"\x00\x00\x00\x0cjP  \r\n\x87\n", FileKind.JP2),
        (b"\xff\x4f\xff\x51", FileKind.J2K),
    )
    for signature, kind in signatures:
        if head.startswith(signature):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return FileKind.WEBP
    # "BM" alone is two letters of any text: the header length behind it must be a known one.
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in {12, 40, 52, 56, 64, 108, 124}:
        return FileKind.BMP
    return FileKind.PDF if b"%PDF-" in head or OBJECT.search(head) else None
