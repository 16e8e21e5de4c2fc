"""Pages drawn by code with known content, for tests of the page engine."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

PROJECT = Path(__file__).resolve().parents[2]
FONTS = PROJECT / "resources" / "fonts"
TESSDATA = PROJECT / "resources" / "tessdata"
SHARED_DATA = PROJECT.parent / "shared" / "data"

PROSE = (
    "The applicant requests the grant of a patent for",
    "the invention described in the attached papers and",
    "declares that all statements made herein are true.",
    "The power of attorney will be filed within two",
    "months from the date of filing of this request.",
    "Priority is claimed from an earlier application",
    "filed in another country of the Paris Convention.",
    "All notices shall be sent to the address of the",
    "agent named above, who may be reached by post.",
    "Fees were paid in cash at the counter of the office.",
)


def text_page(
    lines: tuple[str, ...] = PROSE,
    *,
    size: tuple[int, int] = (1240, 1754),
    font: str = "Inter-Regular.otf",
    points_px: int = 34,
    noise: float = 3.0,
    ink: int = 30,
) -> NDArray[np.uint8]:
    """Draw lines of text on a grey A4 page of 150 dpi (by default) with a little grain."""
    picture = Image.new("L", size, 240)
    pen, face = ImageDraw.Draw(picture), ImageFont.truetype(str(FONTS / font), points_px)
    for number, line in enumerate(lines):
        pen.text((110, 150 + number * points_px * 2), line, font=face, fill=ink)
    return grained(np.array(picture), noise)


def grained(page: NDArray[np.uint8], noise: float = 3.0) -> NDArray[np.uint8]:
    """Add the grain of a scanner, the same every time."""
    grain = np.random.default_rng(7).normal(0, noise, page.shape)
    return np.clip(page.astype(np.float64) + grain, 0, 255).astype(np.uint8)


def tilted(page: NDArray[np.uint8], clockwise_deg: float) -> NDArray[np.uint8]:
    """Turn a page's content clockwise about its centre; OpenCV's angles are counter-clockwise."""
    height, width = page.shape[:2]
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -clockwise_deg, 1)
    turned = cv2.warpAffine(page, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=240)
    return np.asarray(turned, np.uint8)


def save(page: NDArray[np.uint8], path: Path, *, dpi: int = 150) -> Path:
    """Write a page as the kind of file its name says."""
    Image.fromarray(page).save(path, dpi=(dpi, dpi))
    return path
