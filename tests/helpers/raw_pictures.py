"""TIFF and BMP files written byte by byte: the variants that no library at hand writes."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

import numpy as np

SHORT, LONG, RATIONAL = 3, 4, 5


@dataclass(frozen=True, slots=True)
class TiffForm:
    """How to write a TIFF; tile_px 0: strips of 16 rows. extra: more tags as (tag, kind, packed values)."""

    order: str = "<"
    tile_px: int = 0
    planar: bool = False
    packed: bool = False
    photometric: int | None = None
    extra: tuple[tuple[int, int, bytes], ...] = ()


def tiff(samples: np.ndarray, form: TiffForm) -> bytes:
    """Write samples of shape (height, width) or (height, width, channels), uint8 or uint16."""
    cube = samples[..., None] if samples.ndim == 2 else samples
    height_px, width_px, channels = cube.shape
    bits = cube.dtype.itemsize * 8
    planes = [cube[..., [channel]] for channel in range(channels)] if form.planar else [cube]
    blocks = [block for plane in planes for block in _blocks(plane, form)]
    order = form.order

    def shorts(*values: int) -> bytes:
        return struct.pack(f"{order}{len(values)}H", *values)

    def longs(*values: int) -> bytes:
        return struct.pack(f"{order}{len(values)}I", *values)

    usual = {1: 1, 3: 2, 4: 5}[channels]
    tags = {
        256: (LONG, longs(width_px)),
        257: (LONG, longs(height_px)),
        258: (SHORT, shorts(*[bits] * channels)),
        259: (SHORT, shorts(8 if form.packed else 1)),
        262: (SHORT, shorts(usual if form.photometric is None else form.photometric)),
        277: (SHORT, shorts(channels)),
        284: (SHORT, shorts(2 if form.planar else 1)),
    }
    sizes = longs(*map(len, blocks))
    if form.tile_px:
        tags |= {322: (LONG, longs(form.tile_px)), 323: (LONG, longs(form.tile_px)), 325: (LONG, sizes)}
    else:
        tags |= {278: (LONG, longs(16)), 279: (LONG, sizes)}
    tags |= {tag: (kind, values) for tag, kind, values in form.extra}
    starts = [8 + sum(map(len, blocks[:index])) for index in range(len(blocks))]
    tags[324 if form.tile_px else 273] = (LONG, longs(*starts))
    return _assembled(order, blocks, tags)


def _blocks(plane: np.ndarray, form: TiffForm) -> list[bytes]:
    height_px, width_px = plane.shape[:2]
    found = []
    step = form.tile_px or 16
    for top in range(0, height_px, step):
        if not form.tile_px:
            found.append(plane[top : top + 16])
            continue
        for left in range(0, width_px, step):
            part = plane[top : top + step, left : left + step]
            beyond = ((0, step - part.shape[0]), (0, step - part.shape[1]), (0, 0))
            found.append(np.pad(part, beyond))
    kind = found[0].dtype.newbyteorder(form.order)
    raw = [np.ascontiguousarray(part).astype(kind).tobytes() for part in found]
    return [zlib.compress(part) for part in raw] if form.packed else raw


def _assembled(order: str, blocks: list[bytes], tags: dict[int, tuple[int, bytes]]) -> bytes:
    body = b"".join(blocks)
    body += b"\x00" * (len(body) % 2)
    start = 8 + len(body)
    beyond = start + 2 + 12 * len(tags) + 4
    entries, values_beyond = b"", b""
    for tag, (kind, values) in sorted(tags.items()):
        count = len(values) // {SHORT: 2, LONG: 4, RATIONAL: 8}[kind]
        place = values.ljust(4, b"\x00")
        if len(values) > 4:
            place = struct.pack(f"{order}I", beyond + len(values_beyond))
            values_beyond += values
        entries += struct.pack(f"{order}HHI", tag, kind, count) + place
    head = (b"II*\x00" if order == "<" else b"MM\x00*") + struct.pack(f"{order}I", start)
    return head + body + struct.pack(f"{order}H", len(tags)) + entries + b"\x00" * 4 + values_beyond


def bmp_run_lengths(rows: np.ndarray) -> bytes:
    """Write an 8-bit grey BMP packed by RLE8; rows: uint8, shape (height_px, width_px)."""
    height_px, width_px = rows.shape
    data = b""
    for row in rows[::-1]:
        for start in range(0, width_px, 4):
            data += b"".join(bytes([1, value]) for value in row[start : start + 4])
        data += b"\x00\x00"
    data += b"\x00\x01"
    palette = b"".join(bytes([grey, grey, grey, 0]) for grey in range(256))
    header = struct.pack("<IiiHHIIiiII", 40, width_px, height_px, 1, 8, 1, len(data), 11811, 11811, 256, 0)
    start = 14 + len(header) + len(palette)
    return b"BM" + struct.pack("<IHHI", start + len(data), 0, 0, start) + header + palette + data


def bmp_from_the_top(rows: np.ndarray) -> bytes:
    """Write a 24-bit BMP whose first row is the top one; rows: uint8, shape (height_px, width_px, 3)."""
    height_px, width_px = rows.shape[:2]
    line = width_px * 3
    data = b"".join(row[:, ::-1].tobytes().ljust((line + 3) // 4 * 4, b"\x00") for row in rows)
    header = struct.pack("<IiiHHIIiiII", 40, width_px, -height_px, 1, 24, 0, len(data), 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + len(data), 0, 0, 54) + header + data
