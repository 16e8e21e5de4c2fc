"""Sheets with little or nothing on them, drawn by code: what blank pages look like and what they do not.

A4 at 150 dpi unless scaled; every picture has the grain of a scanner.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.helpers.drawn_pages import grained, text_page

Sheet = NDArray[np.uint8]

SIZE = (1754, 1240)


def paper(level: int = 240) -> NDArray[np.float64]:
    """Draw an even sheet."""
    return np.full(SIZE, float(level))


def finished(page: NDArray[np.float64], noise: float = 4.0) -> Sheet:
    """Add grain and store as a grey picture."""
    return grained(np.clip(page, 0, 255).astype(np.uint8), noise)


def yellowed() -> Sheet:
    """Old paper: dark towards the edges, spotted, coarse of grain."""
    down, across = np.mgrid[0 : SIZE[0], 0 : SIZE[1]]
    edge = np.minimum(np.minimum(down, SIZE[0] - down), np.minimum(across, SIZE[1] - across))
    page = 205 - 40 * np.exp(-edge / 90.0)
    rng, spots = np.random.default_rng(3), np.zeros(SIZE, np.float64)
    for _ in range(25):
        place = (int(rng.integers(80, 1160)), int(rng.integers(80, 1670)))
        cv2.circle(spots, place, int(rng.integers(6, 40)), float(rng.uniform(5, 16)), -1)
    page -= cv2.GaussianBlur(spots, (0, 0), 7)
    return finished(page, 6)


def bleed_through(share: float = 0.14, blur: float = 2.2) -> Sheet:
    """Print of the other side, mirrored, faint and soft."""
    other_side = 240.0 - text_page(noise=0)[:, ::-1]
    return finished(paper() - share * cv2.GaussianBlur(other_side, (0, 0), blur))


def form_through(share: float = 0.12, blur: float = 1.4) -> Sheet:
    """A printed form of the other side: its frame and signature are joined strokes, its letters are not."""
    form = text_page(noise=0)
    cv2.rectangle(form, (120, 300), (1100, 900), 20, 4)
    turns = np.linspace(0, 6 * np.pi, 200)
    curve = np.stack([300 + 14 * turns, 1450 + 40 * np.sin(turns)], axis=1).round().astype(np.int32)
    cv2.polylines(form, [curve], False, 40, 3)
    other_side = 240.0 - form[:, ::-1]
    return finished(paper() - share * cv2.GaussianBlur(other_side, (0, 0), blur), 0.5)


def punched(level: int = 20) -> Sheet:
    """Two round holes, one torn open to the edge, one more at the top."""
    page = paper()
    for centre in ((70, 630), (72, 1120), (620, 66)):
        cv2.circle(page, centre, 18, level, -1)
    cv2.rectangle(page, (0, 1112), (72, 1128), level, -1)
    return finished(page)


def black_borders() -> Sheet:
    """A sheet laid askew on a black lid: an L of black whose middle lies within the page."""
    page = paper()
    page[:, :95] = 14
    page[1640:] = 14
    cv2.fillPoly(page, [np.array([(1239, 0), (1180, 0), (1239, 1753)], np.int32)], 14)
    return finished(page)


def staple_shadow() -> Sheet:
    """A staple at the corner with the shadow of the bent sheet below it, and a fold."""
    page = paper()
    shadow = np.zeros(SIZE, np.float64)
    cv2.line(shadow, (0, 230), (230, 0), 60, 14)
    page -= cv2.GaussianBlur(shadow, (0, 0), 9)
    cv2.line(page, (70, 118), (112, 84), 70, 3)
    return finished(page)


def pencil(depth: float, width_px: int = 2, *, letters: int = 12, level: int = 240) -> Sheet:
    """A line of handwriting in pencil: loops some 4 mm high, of a depth in grey levels below the paper."""
    page, mask = paper(level), np.zeros(SIZE, np.uint8)
    turn = np.linspace(0, 2 * np.pi * letters, 60 * letters)
    across = 300 + turn * 5.2 + 11 * np.sin(turn)
    down = 800 + 12 * np.cos(turn) + 5 * np.sin(turn * 0.37)
    curve = np.stack([across, down], axis=1)
    cv2.polylines(mask, [np.round(curve * 16).astype(np.int32)], False, 255, width_px, cv2.LINE_AA, 4)
    stroke = cv2.GaussianBlur(mask.astype(np.float64) / 255, (0, 0), 0.6)
    graphite = np.random.default_rng(5).uniform(0.6, 1.0, SIZE)  # pencil skips over the tooth of the paper
    return finished(page - depth * stroke * graphite)
