"""Patch codes: the four bars of separator sheets. Pure array functions, run in worker processes.

The pattern is that of Kodak's publication A-61599 "Patch Code Information for Kodak Scanners" (October 2006):
four bars, two of them 0.20 inch wide and two 0.08, with spaces of 0.08 between, 0.80 inch in all and at least
0.75 inch long; Accusoft's and BWIPP's tables (1 wide, 0 narrow: see CODES) agree with it, and so do the
sheets of the separation set. No kept library reads them: zxing-cpp has no such format.

A patch code has no checksum and no start: read from the other end, 1 is 6 and 3 is T. Kodak's readers meet
the edge of the sheet first, and separator sheets repeat the code along each edge for that reason. So it is
read inwards from the edge it lies along, whatever way the sheet was fed; one that lies along no edge is read as
print is read, from the left or from the top of the page.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.steps.barcode import PageSpace
from ocr.steps.geometry import PixelImage
from ocr.types import Barcode, Box

SYMBOLOGY = "PatchCode"
CODES = {"1100": "1", "1001": "2", "1010": "3", "0110": "4", "0011": "6", "0101": "T"}

UNITS = 10.0
"""Narrow widths in a whole code: two wide of 2.5 each, two narrow, three spaces."""

NARROW, WIDE, SPACE = (0.5, 1.6), (1.75, 3.4), (0.5, 1.6)
"""Units: prints of 2:1 to 3:1 pass, with bars a third of a unit fatter or thinner than drawn."""

NARROW_INCHES = (0.045, 0.14)
"""0.08 as published, printed at half to one and a half its size or on a sheet of another size than believed."""

LEAST_UNIT_PX = 2.5
LEAST_QUIET = 1.25
"""Units beside a code: 1.5 from the frame printed inside real sheets. Kodak asks for 3 at the edge."""

NEIGHBOUR_WITHIN, NEIGHBOUR_WIDE = 4.0, (0.5, 4.0)
"""Another bar (widths in units) so near is the rest of a longer code, which this is only a part of."""

LEAST_LENGTH = 0.45
"""Length of the bars as a share of the code's width; published: 0.94."""

HOLE = 8.0
"""Units along the bars that may be unreadable: a punched hole has 3, a heading near the bars spoilt 5.4."""

ALONG_EDGE = 0.35
"""A code whose middle is deeper in the page than this share of it lies along no edge."""

FloatArray = NDArray[np.float64]


@dataclass(slots=True)
class _Sighting:
    """Scan lines that cross the same four bars. lines, firsts, lasts: per scan line, reduced pixels."""

    pattern: str
    unit: float
    lines: list[float] = field(default_factory=list)
    firsts: list[float] = field(default_factory=list)
    lasts: list[float] = field(default_factory=list)

    def accepts(self, pattern: str, line: float, first: float, last: float) -> bool:
        """Whether the next scan line goes on with these bars, over a hole or a blot of the sheet's width."""
        gap = line - self.lines[-1]
        slack = 2 + 0.3 * gap
        return (
            pattern == self.pattern
            and gap <= HOLE * self.unit
            and abs(first - self.firsts[-1]) <= slack
            and abs(last - self.lasts[-1]) <= slack
        )


@dataclass(frozen=True, slots=True)
class _Place:
    """A code in the picture (pixels of it), its bars as met from left or top; angle_deg: of that direction."""

    pattern: str
    corners: tuple[tuple[float, float], ...]
    angle_deg: float
    along_edge: bool
    from_far_end: bool


def find_patch_codes(
    binary: PixelImage, space: PageSpace, dpi: float, others: Sequence[Barcode] = ()
) -> tuple[Barcode, ...]:
    """Find the patch codes of a sheet: one entry for each copy, from the top.

    binary: the picture as decoded, reduced, 255 where ink is (Ink.binary). dpi: of the picture. others: codes
    already read, whose bars are not looked at. turn_deg tells the way from the first to the last bar: 90 for
    a code met first at the top edge of an upright page.
    """
    scale = binary.shape[0] / space.height_px
    calm = np.asarray(cv2.medianBlur(binary, 3), np.uint8)
    units = [inches * dpi * scale for inches in NARROW_INCHES]
    units[0] = max(LEAST_UNIT_PX, units[0])
    places = []
    for across, picture in ((True, calm), (False, np.ascontiguousarray(calm.T))):
        for sighting in _sightings(picture, units):
            places.append(_place(sighting, across, scale, space))
    found = [_read(place, space) for place in places]
    agreed = _agreed([code for code, place in zip(found, places, strict=True) if place.along_edge])
    codes = [
        _other_end(code) if not place.along_edge and _other_end(code).text == agreed else code
        for code, place in zip(found, places, strict=True)
    ]
    kept = (code for code in codes if not any(_overlap(code.box, other.box) for other in others))
    return tuple(sorted(kept, key=lambda code: (code.box.top_px, code.box.left_px)))


def _sightings(binary: PixelImage, units: Sequence[float]) -> list[_Sighting]:
    """Follow bars that cross rows from row to row; only what is long enough is a code."""
    done: list[_Sighting] = []
    running: list[_Sighting] = []
    for pattern, unit, line, first, last in _crossings(binary, units):
        for sighting in running:
            if sighting.accepts(pattern, line, first, last):
                break
        else:
            sighting = _Sighting(pattern, unit)
            running.append(sighting)
        sighting.lines.append(line)
        sighting.firsts.append(first)
        sighting.lasts.append(last)
        done += [each for each in running if line - each.lines[-1] > HOLE * each.unit]
        running = [each for each in running if line - each.lines[-1] <= HOLE * each.unit]
    return [each for each in (*done, *running) if _is_long(each)]


def _is_long(sighting: _Sighting) -> bool:
    length = sighting.lines[-1] - sighting.lines[0] + 1
    width = float(np.median(np.subtract(sighting.lasts, sighting.firsts)))
    return len(sighting.lines) >= max(6.0, LEAST_LENGTH * width, 0.6 * length)


def _crossings(binary: PixelImage, units: Sequence[float]) -> Iterable[tuple[str, float, int, float, float]]:
    """Every place where a row crosses four bars of the right widths: pattern, unit, row, first and last edge."""
    padded = np.pad(binary > 0, ((0, 0), (1, 1)))
    change = np.flatnonzero(padded[:, 1:] != padded[:, :-1])
    rows, columns = np.divmod(change, padded.shape[1] - 1)
    starts, ends, rows = columns[0::2], columns[1::2], rows[0::2]
    if starts.size < 4:
        return
    same_row = rows[3:] == rows[:-3]
    unit = (ends[3:] - starts[:-3]) / UNITS
    begin = np.flatnonzero(same_row & (unit >= units[0]) & (unit <= units[1]))
    if not begin.size:
        return
    unit = unit[begin]
    bars = np.stack([(ends - starts)[begin + step] / unit for step in range(4)])
    spaces = np.stack([(starts[begin + step + 1] - ends[begin + step]) / unit for step in range(3)])
    wide = _within(bars, WIDE)
    fits = (wide | _within(bars, NARROW)).all(axis=0) & (wide.sum(axis=0) == 2)
    fits &= _within(spaces, SPACE).all(axis=0)
    for gap, width in _beside(rows, starts, ends, begin, binary.shape[1]):
        fits &= gap / unit >= LEAST_QUIET
        fits &= ~((gap / unit < NEIGHBOUR_WITHIN) & _within(width / unit, NEIGHBOUR_WIDE))
    for which in np.flatnonzero(fits):
        at = begin[which]
        pattern = "".join("1" if bar else "0" for bar in wide[:, which])
        yield pattern, float(unit[which]), int(rows[at]), float(starts[at]), float(ends[at + 3])


def _within(values: FloatArray, bounds: tuple[float, float]) -> NDArray[np.bool_]:
    return (values >= bounds[0]) & (values <= bounds[1])


def _beside(
    rows: NDArray[np.int64],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    begin: NDArray[np.int64],
    width: int,
) -> Iterable[tuple[FloatArray, FloatArray]]:
    """Gap to the next bar before and after four bars, and that bar's width; to the border where none is."""
    before, after = np.maximum(begin - 1, 0), np.minimum(begin + 4, rows.size - 1)
    has_before = (begin > 0) & (rows[before] == rows[begin])
    has_after = (begin + 4 < rows.size) & (rows[after] == rows[begin])
    widths = (ends - starts).astype(np.float64)
    yield (
        (starts[begin] - np.where(has_before, ends[before], 0)).astype(np.float64),
        np.where(has_before, widths[before], 0.0),
    )
    yield (
        (np.where(has_after, starts[after], width) - ends[begin + 3]).astype(np.float64),
        np.where(has_after, widths[after], 0.0),
    )


def _place(sighting: _Sighting, across: bool, scale: float, space: PageSpace) -> _Place:
    """Put a sighting into the picture. across: its scan lines were rows, so its bars stand upright."""
    low, high = sighting.lines[0], sighting.lines[-1] + 1
    half = max(1, len(sighting.lines) // 8)
    first = (float(np.median(sighting.firsts[:half])), float(np.median(sighting.firsts[-half:])))
    last = (float(np.median(sighting.lasts[:half])), float(np.median(sighting.lasts[-half:])))
    drift = (first[1] - first[0] + last[1] - last[0]) / 2 / max(1.0, high - low)
    ends = ((first[0], low), (last[0], low), (last[1], high), (first[1], high))
    corners = tuple((x / scale, y / scale) if across else (y / scale, x / scale) for x, y in ends)
    tilt = math.degrees(math.atan(drift))
    middle_x, middle_y = (sum(corner[axis] for corner in corners) / 4 for axis in (0, 1))
    to_edges = (middle_x, space.width_px - middle_x, middle_y, space.height_px - middle_y)
    near, far = to_edges[:2] if across else to_edges[2:]
    depth = min(near, far)
    return _Place(
        pattern=sighting.pattern,
        corners=corners,
        angle_deg=-tilt if across else 90 + tilt,
        along_edge=depth <= min(to_edges) and depth < ALONG_EDGE * (near + far),
        from_far_end=far < near,
    )


def _read(place: _Place, space: PageSpace) -> Barcode:
    """Choose the end to read from, and put the code into page space."""
    angle_deg = place.angle_deg - space.turn_deg - space.skew_deg
    from_far_end = place.from_far_end
    if not place.along_edge:
        from_far_end = not 0 <= (angle_deg + 45) % 360 < 180
    places = [space.place(x, y) for x, y in place.corners]
    left, right = min(x for x, _ in places), max(x for x, _ in places)
    top, bottom = min(y for _, y in places), max(y for _, y in places)
    box = Box(max(0, round(left)), max(0, round(top)), round(right - left), round(bottom - top))
    pattern = place.pattern[::-1] if from_far_end else place.pattern
    turn_deg = round(angle_deg + 180 * from_far_end) % 360
    return Barcode(SYMBOLOGY, CODES[pattern], box, turn_deg)


def _agreed(codes: Sequence[Barcode]) -> str | None:
    """What the copies along the edges say, where they all say the same."""
    texts = {code.text for code in codes}
    return texts.pop() if len(texts) == 1 else None


def _other_end(code: Barcode) -> Barcode:
    """Read a code from its other end."""
    patterns = {text: pattern for pattern, text in CODES.items()}
    text = CODES[patterns[code.text][::-1]]
    return Barcode(code.symbology, text, code.box, (code.turn_deg + 180) % 360)


def _overlap(first: Box, second: Box) -> bool:
    return (
        first.left_px < second.left_px + second.width_px
        and second.left_px < first.left_px + first.width_px
        and first.top_px < second.top_px + second.height_px
        and second.top_px < first.top_px + first.height_px
    )
