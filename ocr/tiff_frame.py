"""One frame of a TIFF as a TIFF of its own, its picture data byte for byte as they were.

A dossier that was cut out of a stack must not carry the pages of its neighbours, and a TIFF holds them all. The
directory of the frame is copied tag by tag; strips or tiles are put behind it. What points to other directories
(Exif, GPS, sub-pictures) is left out. Runs in the packaging worker.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ocr.errors import SourceRefused
from ocr.patience import open_to_read

_SIZES = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    16: 8,
    17: 8,
    18: 8,
}
_LETTERS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
_SHORT, _LONG = 3, 4
_STRIPS, _TILES = (273, 279), (324, 325)
_OLD_JPEG = (513, 514, 519, 520, 521)  # offsets into the file that no length is told of
_POINTERS = frozenset({330, 34665, 34853, 40965, 254, 255, 297})  # and what says it is a page of many
MOST_TAGS, MOST_VALUE_BYTES = 4_000, 64_000_000


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a file writes numbers: order is "<" or ">"; is_big for BigTIFF."""

    order: str
    is_big: bool

    @property
    def pointer(self) -> str:
        """Letter of an offset in struct's words."""
        return "Q" if self.is_big else "I"

    @property
    def inline(self) -> int:
        """Bytes of a value that stand in the entry itself."""
        return 8 if self.is_big else 4

    def numbers(self, letter: str, data: bytes) -> tuple[int, ...]:
        """Read whole numbers."""
        return struct.unpack(f"{self.order}{len(data) // struct.calcsize(self.order + letter)}{letter}", data)


@dataclass(frozen=True, slots=True)
class _Tag:
    kind: int
    count: int
    data: bytes


def frame_of_tiff(path: Path, frame: int) -> bytes | None:
    """The frame as a TIFF of its own; None where its data cannot be told apart from the rest of the file.

    frame: 0-based. The result is classic TIFF in the byte order of the file. Raises SourceRefused("damaged").
    """
    try:
        with open_to_read(path) as file:
            layout, first = _header(file)
            tags = _directory(file, layout, _place_of(file, layout, first, frame))[0]
            if any(tag in tags for tag in _OLD_JPEG):
                return None
            pair = _STRIPS if _STRIPS[0] in tags else _TILES
            pieces = _pieces(file, layout, tags, pair)
    except (struct.error, OSError, ValueError, KeyError, OverflowError) as exc:
        raise SourceRefused("damaged", name=path.name, reason=str(exc)[:200]) from exc
    kept = {tag: value for tag, value in tags.items() if tag not in _POINTERS}
    return _written(layout.order, kept, pair, pieces)


def _header(file: BinaryIO) -> tuple[_Layout, int]:
    head = file.read(16)
    order = {b"II": "<", b"MM": ">"}[head[:2]]
    is_big = struct.unpack_from(f"{order}H", head, 2)[0] == 43
    first = struct.unpack_from(f"{order}{'Q' if is_big else 'I'}", head, 8 if is_big else 4)[0]
    return _Layout(order, is_big), first


def _place_of(file: BinaryIO, layout: _Layout, place: int, frame: int) -> int:
    seen = set()
    for _ in range(frame):
        if place in seen or not place:
            raise ValueError("no such frame")
        seen.add(place)
        place = _directory(file, layout, place)[1]
    if not place:
        raise ValueError("no such frame")
    return place


def _directory(file: BinaryIO, layout: _Layout, place: int) -> tuple[dict[int, _Tag], int]:
    """Tags of the directory at a place, and where the next one is (0: nowhere)."""
    order, entry = layout.order, 20 if layout.is_big else 12
    file.seek(place)
    size = 8 if layout.is_big else 2
    (count,) = struct.unpack(f"{order}{'Q' if layout.is_big else 'H'}", file.read(size))
    if count > MOST_TAGS:
        raise ValueError("too many tags")
    raw = file.read(count * entry)
    (following,) = struct.unpack(f"{order}{layout.pointer}", file.read(8 if layout.is_big else 4))
    tags = {}
    for start in range(0, count * entry, entry):
        tag, kind = struct.unpack_from(f"{order}HH", raw, start)
        (length,) = struct.unpack_from(f"{order}{layout.pointer}", raw, start + 4)
        value = raw[start + entry - layout.inline : start + entry]
        tags[tag] = _Tag(kind, length, _value(file, layout, kind, length, value))
    return tags, following


def _value(file: BinaryIO, layout: _Layout, kind: int, count: int, inline: bytes) -> bytes:
    size = _SIZES[kind] * count
    if size > MOST_VALUE_BYTES:
        raise ValueError("a value too long")
    if size <= layout.inline:
        return inline[:size]
    file.seek(struct.unpack(f"{layout.order}{layout.pointer}", inline)[0])
    data = file.read(size)
    if len(data) != size:
        raise ValueError("a value ends early")
    return data


def _pieces(file: BinaryIO, layout: _Layout, tags: dict[int, _Tag], pair: tuple[int, int]) -> list[bytes]:
    """The strips or tiles; one that ends early is kept as far as it goes."""
    places, sizes = (layout.numbers(_LETTERS[tags[tag].kind], tags[tag].data) for tag in pair)
    if len(places) != len(sizes):
        raise ValueError("strips and their sizes differ")
    pieces = []
    for place, size in zip(places, sizes, strict=True):
        file.seek(place)
        pieces.append(file.read(size))
    return pieces


def _written(order: str, tags: dict[int, _Tag], pair: tuple[int, int], pieces: list[bytes]) -> bytes:
    """Header, directory, long values, then the picture data: a classic TIFF of one frame."""
    tags = {tag: _classic(order, value) for tag, value in tags.items()}
    tags[pair[0]] = _Tag(_LONG, len(pieces), bytes(4 * len(pieces)))
    tags[pair[1]] = _Tag(_LONG, len(pieces), struct.pack(f"{order}{len(pieces)}I", *map(len, pieces)))
    after = 8 + 2 + 12 * len(tags) + 4
    long_values = sum(_even(len(value.data)) for value in tags.values() if len(value.data) > 4)
    places, place = [], after + long_values
    for piece in pieces:
        places.append(place)
        place += _even(len(piece))
    tags[pair[0]] = _Tag(_LONG, len(pieces), struct.pack(f"{order}{len(pieces)}I", *places))
    entries, behind = b"", b""
    for tag, value in sorted(tags.items()):
        data = value.data
        told = data.ljust(4, b"\0") if len(data) <= 4 else struct.pack(f"{order}I", after + len(behind))
        entries += struct.pack(f"{order}HHI", tag, value.kind, value.count) + told
        behind += b"" if len(data) <= 4 else data.ljust(_even(len(data)), b"\0")
    head = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", 42, 8)
    body = b"".join(piece.ljust(_even(len(piece)), b"\0") for piece in pieces)
    return head + struct.pack(f"{order}H", len(tags)) + entries + bytes(4) + behind + body


def _classic(order: str, value: _Tag) -> _Tag:
    """A value as classic TIFF has it: numbers of eight bytes become such of four."""
    if value.kind not in (16, 18):
        return value
    numbers = struct.unpack(f"{order}{value.count}Q", value.data)
    return _Tag(_LONG, value.count, struct.pack(f"{order}{value.count}I", *numbers))


def _even(size: int) -> int:
    return size + size % 2
