"""Cuts single characters out of a strip of print and describes their shapes. Pure array functions, run in worker processes."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.steps.geometry import PixelImage, resample

LETTER_PX = 28.0
"""Height small letters of a strip are scaled to."""

SIDE_PX, EDGE_PX = 32, 2
"""Side of the square a character is fitted into, with its white edge."""

LEAST_SHARE = 0.12
"""Height and width of a mark, in small letters, below which it is dirt."""

DIRECTIONS, CELLS, GREY_PX = 8, 8, 12
FEATURES = DIRECTIONS * CELLS**2 + GREY_PX**2 + 2
"""What describe tells of a shape: directions of edges in so many cells a side, a small picture, height and width."""

STROKES = (0.5, 0.35, 0.65)
"""Where between paper and ink the strokes are told from the paper, for looks at usual, thick and thin strokes."""


@dataclass(frozen=True, slots=True, eq=False)
class Glyph:
    """One connected mark, from left to right on its strip, in heights of small letters; middle: below the strip's top.

    shape: the mark alone on white, uint8 (SIDE_PX, SIDE_PX), 255 = ink.
    """

    left: float
    middle: float
    width: float
    height: float
    shape: PixelImage


def cut_glyphs(
    strip: PixelImage, letter_px: float, inside: tuple[int, int, int, int], stroke: float = 0.5
) -> list[Glyph]:
    """Cut the marks out of a strip of one line, dark on light, from left to right.

    letter_px: height of its small letters. inside: left, top, right and bottom of what is looked at on the strip; marks whose
    middle lies beyond are of other words or lines.
    """
    zoom = LETTER_PX / max(letter_px, 1.0)
    zoom = min(max(zoom, 0.2), 4.0)
    scaled = resample(strip, zoom, zoom)
    if min(scaled.shape) < 3:
        return []
    binary = _ink_of(scaled, stroke)
    _, found, stats, _ = cv2.connectedComponentsWithStats(binary, connectivity=8)
    labels = np.asarray(found, np.int32)
    glyphs = []
    least = LEAST_SHARE * LETTER_PX
    low_x, low_y, high_x, high_y = (edge * zoom for edge in inside)
    for at in range(1, len(stats)):
        left, top, width, height, area = (int(value) for value in stats[at])
        across, middle = left + width / 2, top + height / 2
        if max(width, height) < least or area < least * least / 2:
            continue
        if not (low_x <= across <= high_x and low_y <= middle <= high_y):
            continue
        mask = (labels[top : top + height, left : left + width] == at).astype(np.uint8) * 255
        glyphs.append(
            Glyph(
                left / LETTER_PX,
                middle / LETTER_PX,
                width / LETTER_PX,
                height / LETTER_PX,
                _fitted(np.asarray(mask, np.uint8)),
            )
        )
    return sorted(glyphs, key=lambda glyph: glyph.left)


def describe(glyph: Glyph) -> NDArray[np.float32]:
    """Describe a shape by the directions of its edges, its grey picture and its size: float32 (FEATURES,)."""
    soft = cv2.GaussianBlur(glyph.shape, (3, 3), 0).astype(np.float32) / 255
    across = cv2.Sobel(soft, cv2.CV_32F, 1, 0, ksize=3)
    down = cv2.Sobel(soft, cv2.CV_32F, 0, 1, ksize=3)
    strength = np.hypot(across, down)
    direction = np.floor(np.arctan2(down, across) % np.pi / np.pi * DIRECTIONS).astype(np.int32) % DIRECTIONS
    cells = (CELLS, CELLS)
    edges = [
        cv2.resize(np.where(direction == at, strength, 0), cells, interpolation=cv2.INTER_AREA).ravel()
        for at in range(DIRECTIONS)
    ]
    told = np.sqrt(np.concatenate(edges))
    told /= float(np.linalg.norm(told)) + 1e-3
    small = cv2.resize(soft, (GREY_PX, GREY_PX), interpolation=cv2.INTER_AREA).ravel()
    size = np.array([min(glyph.height, 3.0), min(glyph.width, 3.0)], np.float32)
    return np.concatenate([told * 8, small, size]).astype(np.float32)


def _ink_of(strip: PixelImage, stroke: float) -> PixelImage:
    """Tell ink from paper by the middle of both, as Otsu finds them."""
    between, _ = cv2.threshold(strip, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    dark, light = strip[strip <= between], strip[strip > between]
    if not dark.size or not light.size:
        return np.zeros_like(strip)
    ink, paper = float(dark.mean()), float(light.mean())
    level = paper - stroke * (paper - ink)
    return np.asarray((strip <= level).astype(np.uint8) * 255, np.uint8)


def _fitted(mask: PixelImage) -> PixelImage:
    height, width = mask.shape
    room = SIDE_PX - 2 * EDGE_PX
    scale = room / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    fitted = cv2.resize(mask, size, interpolation=method)
    square = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
    left, top = (SIDE_PX - size[0]) // 2, (SIDE_PX - size[1]) // 2
    square[top : top + size[1], left : left + size[0]] = fitted
    return square
