"""What resolution a file means when it states dots per inch as dots per centimetre, or the other way round.

Pure. Writers that leave the unit's tag at its other value are common enough: a page scanned at 300 dpi then claims 762
or 118. The sheet tells: A4 is no 12 by 8 cm card and no 75 cm poster.
"""

from __future__ import annotations

from collections.abc import Sequence

CM_PER_INCH = 2.54

NEVER_PER_CM = (150, 300, 600, 1200)
"""Dots per inch that no device has per centimetre (they are 381, 762, 1524 and 3048 dpi). 100, 200 and 400 per centimetre
exist: pixels of 100, 50 and 25 micrometres; 80, 120 and 160 are fax machines'."""

USUAL_DPI = (100, 150, 200, 240, 300, 400, 600, 1200)

PAPER_INCHES = (
    (5.83, 8.27),  # A5
    (8.27, 11.69),  # A4
    (11.69, 16.54),  # A3
    (8.5, 11.0),  # letter
    (8.5, 14.0),  # legal
    (8.5, 13.0),  # folio
    (11.0, 17.0),  # tabloid
)
PAPER_TOLERANCE = 0.03

SAME_DPI = 0.005
"""Share by which a resolution may miss a usual one: files round dots per centimetre to whole ones (118 is 299.7 dpi)."""

USUAL_PAGE_INCHES = 11.69
"""Long side assumed for a picture that does not state its resolution: A4."""

UNMEASURED_DPI = (72, 96)
A3_INCHES = 16.6


def meant_dpi(dpi: tuple[float, float], size_px: tuple[int, int]) -> tuple[float, float]:
    """Return the resolution a file means, across and down; what it states unless its unit must be wrong.

    dpi: as stated, in inches, over 0. size_px: width and height.
    """
    across, down = dpi
    if _is_one_of(across / CM_PER_INCH, NEVER_PER_CM) and _is_one_of(down / CM_PER_INCH, NEVER_PER_CM):
        return across / CM_PER_INCH, down / CM_PER_INCH
    if is_paper(dpi, size_px):
        return dpi
    for factor in (1 / CM_PER_INCH, CM_PER_INCH):
        other = across * factor, down * factor
        if all(_is_one_of(each, USUAL_DPI) for each in other) and is_paper(other, size_px):
            return other
    return dpi


def is_paper(dpi: tuple[float, float], size_px: tuple[int, int], tolerance: float = PAPER_TOLERANCE) -> bool:
    """Tell whether a picture at this resolution has the size of office paper, whichever way it lies.

    tolerance: share by which either side may miss it.
    """
    short, long = sorted(px / each for px, each in zip(size_px, dpi, strict=True))
    return any(
        abs(short / paper_short - 1) <= tolerance and abs(long / paper_long - 1) <= tolerance
        for paper_short, paper_long in PAPER_INCHES
    )


def believed_dpi(long_side_px: int, stated: Sequence[float | None]) -> float:
    """Take the stated resolution unless it makes the sheet absurd; else assume A4.

    72 and 96 dpi are what cameras and screens write without having measured anything: believed only where
    the sheet comes out no larger than A3.
    """
    for dpi in stated:
        longest = A3_INCHES if dpi and round(dpi) in UNMEASURED_DPI else 50.0
        if dpi and 3.0 <= long_side_px / dpi <= longest:
            whole = round(dpi)
            # Files count dots per metre or centimetre: 300 dpi comes back as 299.72.
            return float(whole) if abs(dpi - whole) < 0.3 else round(dpi, 2)
    return round(long_side_px / USUAL_PAGE_INCHES, 1)


def _is_one_of(dpi: float, usual: tuple[int, ...]) -> bool:
    return any(abs(dpi / each - 1) <= SAME_DPI for each in usual)
