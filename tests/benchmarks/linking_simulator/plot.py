"""Draw the reliability plot of the guide from judge.py's figures.

`python -m tests.benchmarks.linking_simulator.plot figures.json resources/guide/images/linking-reliability.png`
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

FONTS = Path(__file__).parents[3] / "resources" / "fonts"
SIDE, LEFT, TOP, SCALE = 560, 110, 70, 2
INK, DIM, RULE, DOT, PAPER = (33, 37, 41), (108, 117, 125), (222, 226, 230), (13, 92, 143), (255, 255, 255)
LEAST_NUMBERS = 20


def draw(figures: dict[str, Any]) -> Image.Image:
    """A square of predicted against observed; the diagonal is perfect."""
    width, height = (LEFT + SIDE + 50) * SCALE, (TOP + SIDE + 120) * SCALE
    image = Image.new("RGB", (width, height), PAPER)
    pen = ImageDraw.Draw(image)
    small, plain, bold = (
        _font(name, size) for name, size in (("Regular", 14), ("Regular", 16), ("SemiBold", 19))
    )
    pen.text((LEFT * SCALE, 22 * SCALE), "How often a number is right", font=bold, fill=INK)
    for tenth in range(0, 11, 2):
        share = tenth / 10
        pen.line([_at(share, 0), _at(share, 1)], fill=RULE, width=SCALE)
        pen.line([_at(0, share), _at(1, share)], fill=RULE, width=SCALE)
        x, y = _at(share, 0)
        pen.text((x, y + 8 * SCALE), f"{tenth * 10} %", font=small, fill=DIM, anchor="ma")
        x, y = _at(0, share)
        pen.text((x - 10 * SCALE, y), f"{tenth * 10} %", font=small, fill=DIM, anchor="rm")
    pen.line([_at(0, 0), _at(1, 1)], fill=DIM, width=2 * SCALE)
    for each in figures["reliability"]:
        if each["numbers"] >= LEAST_NUMBERS:
            _dot(pen, each)
    foot = (TOP + SIDE + 42) * SCALE
    pen.text(
        (LEFT * SCALE, foot),
        "Across: what the program says. Up: how many of these numbers were right.",
        font=plain,
        fill=INK,
    )
    told = f"{figures['dossiers']:,} simulated dossiers it was not fitted on. Larger dots: more numbers."
    pen.text((LEFT * SCALE, foot + 26 * SCALE), told, font=small, fill=DIM)
    return image


def _dot(pen: ImageDraw.ImageDraw, each: dict[str, Any]) -> None:
    x, y = _at(each["predicted"], each["observed"])
    # Two standard errors up and down: what so few numbers can tell.
    error = 2 * math.sqrt(max(1e-9, each["observed"] * (1 - each["observed"]) / each["numbers"]))
    low, high = _at(0, max(0.0, each["observed"] - error))[1], _at(0, min(1.0, each["observed"] + error))[1]
    pen.line([(x, low), (x, high)], fill=DOT, width=2 * SCALE)
    radius = (3 + 2.2 * math.log10(each["numbers"])) * SCALE
    pen.ellipse([x - radius, y - radius, x + radius, y + radius], fill=DOT, outline=PAPER, width=SCALE)


def _at(across: float, up: float) -> tuple[float, float]:
    return (LEFT + across * SIDE) * SCALE, (TOP + (1 - up) * SIDE) * SCALE


def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / f"Inter-{name}.otf"), size * SCALE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("figures", type=Path)
    parser.add_argument("to", type=Path)
    options = parser.parse_args()
    draw(json.loads(options.figures.read_text("utf-8"))).save(options.to, optimize=True)


if __name__ == "__main__":
    main()
