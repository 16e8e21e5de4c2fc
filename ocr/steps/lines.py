"""Cuts text lines out of a page and stacks them, so that a few can be read without the page. Pure array functions."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ocr.steps.geometry import PixelImage, level, resample
from ocr.steps.ink import Ink

Band = tuple[int, int, int, int]
"""Top, bottom, left, right of a line with a margin, in pixels of the page; sorts from top to bottom."""


def line_bands(ink: Ink, tilt_deg: float) -> list[Band]:
    """Find the text lines of a page from top to bottom; ink is from before the page was levelled by tilt_deg."""
    return sorted(fullest_bands(level(ink.mask, tilt_deg, paper=0), ink.scale))


def fullest_bands(mask: PixelImage, scale: float) -> list[Band]:
    """Find rows of marks in a level mask of scale pixels per pixel of the page, fullest first."""
    profile = (mask > 0).sum(axis=1)
    full = profile > max(2.0, 0.25 * float(np.percentile(profile[profile > 0], 80)) if profile.any() else 2.0)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], full.astype(np.int8), [0]))))
    bands = []
    for top, bottom in zip(edges[::2], edges[1::2], strict=True):
        height = int(bottom - top)
        if not 4 <= height <= 60:
            continue
        columns = np.flatnonzero((mask[top:bottom] > 0).any(axis=0))
        margin = max(3, height // 2)
        weight = float(profile[top:bottom].sum())
        reduced = (int(top) - margin, int(bottom) + margin, int(columns[0]) - 6, int(columns[-1]) + 7)
        bands.append((weight, reduced))
    bands.sort(key=lambda band: band[0], reverse=True)
    return [_enlarged(band, scale) for _, band in bands]


LONGEST_PX = 32_000
"""Width of lines put under each other: engines take little more."""


def stacked_lines(page: PixelImage, bands: Sequence[Band], zoom: float) -> PixelImage | None:
    """Put lines of a page under each other on white paper, each scaled by zoom (within 0.3 to 3); None without any."""
    zoom = float(np.clip(zoom, 0.3, 3.0))
    pieces = [page[top:bottom, left:right] for top, bottom, left, right in bands]
    zoom = min(zoom, LONGEST_PX / max((piece.shape[1] for piece in pieces if piece.size), default=1))
    strips = [_on_white(resample(piece, zoom, zoom)) for piece in pieces if piece.size]
    return _stack(strips) if strips else None


def _enlarged(band: Band, scale: float) -> Band:
    top, bottom, left, right = (max(0, round(edge / scale)) for edge in band)
    return top, bottom, left, right


def _on_white(strip: PixelImage) -> PixelImage:
    """Brighten a strip until its paper is white as the block around it.

    A strip of grey paper on white has edges the engine takes for frames: carbon copies gave nothing to read.
    """
    paper = max(1.0, float(np.percentile(strip, 75)))
    return np.asarray(cv2.convertScaleAbs(strip, alpha=max(1.0, 255 / paper)), np.uint8)


def _stack(strips: list[PixelImage]) -> PixelImage:
    width = max(strip.shape[1] for strip in strips) + 40
    gap = 16
    height = sum(strip.shape[0] + gap for strip in strips) + gap
    block = np.full((height, width), 255, np.uint8)
    top = gap
    for strip in strips:
        rows, columns = strip.shape
        block[top : top + rows, 20 : 20 + columns] = strip
        top += rows + gap
    return block
