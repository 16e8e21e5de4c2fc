"""A page in colour whose number a seal was pressed over, and an engine that hands out prepared readings."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFont

from ocr.engines.protocol import Layout, RecognizeOptions
from ocr.types import Box, Word
from tests.helpers.drawn_pages import FONTS

BLUE, RED = (70, 90, 175), (205, 60, 65)
NUMBER = "KH/D/2016/00673"


def sealed_form(
    number: str = NUMBER,
    *,
    ink: tuple[int, int, int] | None = BLUE,
    paper: tuple[int, int, int] = (246, 242, 230),
    noise: float = 3.0,
    middle: tuple[int, int] = (350, 350),
    radius: int = 150,
) -> NDArray[np.uint8]:
    """Draw a form at 200 dpi, RGB, with its number at about (150, 330); ink None: no seal. The seal is 38 mm wide."""
    picture = Image.new("RGB", (1654, 1000), paper)
    pen = ImageDraw.Draw(picture)
    small, large = (ImageFont.truetype(str(FONTS / "Inter-Regular.otf"), px) for px in (26, 44))
    pen.text((150, 120), "Department of Industrial Property", font=small, fill=(30, 30, 30))
    pen.text((150, 250), "(21) Application No.", font=small, fill=(30, 30, 30))
    pen.text((900, 250), "(22) Filing date 06/09/2016", font=small, fill=(30, 30, 30))
    pen.text((190, 320), number, font=large, fill=(25, 25, 25))
    pen.text((150, 420), "For official use only", font=small, fill=(30, 30, 30))
    for row in range(7):
        pen.text(
            (150, 560 + 50 * row),
            "The applicant requests the grant of a design right.",
            font=small,
            fill=(30, 30, 30),
        )
    if ink is not None:
        picture = ImageChops.multiply(picture, _seal(picture.size, middle, radius, ink))
    grain = np.random.default_rng(5).normal(0, noise, (1000, 1654, 1))
    return np.clip(np.asarray(picture, np.float64) + grain, 0, 255).astype(np.uint8)


def _seal(
    size: tuple[int, int], middle: tuple[int, int], radius: int, ink: tuple[int, int, int]
) -> Image.Image:
    layer = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(layer)
    x, y = middle
    for share, width in ((1.0, 7), (0.62, 4)):
        reach = round(radius * share)
        pen.ellipse((x - reach, y - reach, x + reach, y + reach), outline=ink, width=width)
    face = ImageFont.truetype(str(FONTS / "Inter-Bold.otf"), 30)
    for place, char in enumerate("INDUSTRIAL PROPERTY REGISTRY"):
        angle = 2 * math.pi * place / 28
        pen.text(
            (x + 0.81 * radius * math.sin(angle), y - 0.81 * radius * math.cos(angle)),
            char,
            font=face,
            fill=ink,
            anchor="mm",
        )
    points = [
        (x + reach * math.sin(math.pi * k / 5), y - reach * math.cos(math.pi * k / 5))
        for k, reach in ((k, radius * (0.45 if k % 2 == 0 else 0.2)) for k in range(10))
    ]
    pen.polygon(points, fill=ink)
    return layer


class PreparedEngine:
    """Reads every block and every line as told; counts what it was asked."""

    version = "prepared"

    def __init__(self, *, block: Sequence[Word] = (), lines: Sequence[Sequence[Word]] = ()) -> None:
        self.block, self.lines = tuple(block), [tuple(line) for line in lines]
        self.asked: list[Layout] = []

    def languages(self) -> tuple[str, ...]:
        return ("eng",)

    def recognize(self, image: NDArray[np.uint8], options: RecognizeOptions) -> tuple[Word, ...]:
        self.asked.append(options.layout)
        return self.lines.pop(0) if options.layout is Layout.LINE else self.block


def words_of(text: str, *, left_px: int, top_px: int, confidence: float, line: int = 0) -> tuple[Word, ...]:
    """Words of one line, 18 px a character and 26 high."""
    words, parts = [], text.split(" ")
    for place, part in enumerate(parts):
        box = Box(left_px, top_px, 18 * len(part), 26)
        words.append(Word(part, box, confidence, line, place + 1 < len(parts)))
        left_px += 18 * (len(part) + 1)
    return tuple(words)
