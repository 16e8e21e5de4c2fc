"""Codes drawn by code: separator sheets with Patch codes, and linear codes as poor as scans have them."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from ocr.steps.patch_code import CODES

Picture = NDArray[np.uint8]

PAPER, INK = 235, 25


def patch_sheet(
    code: str, dpi: int, where: str = "top", *, scale: float = 1.0, length: float = 2.0
) -> Picture:
    """Draw an A4 sheet with a Patch code: along the "top" edge, along all "four", or as a "label" on the top.

    scale: 1 as published. length: of the bars in inches. The label's bars stand upright, read from the left.
    """
    width, height, margin = round(8.27 * dpi), round(11.69 * dpi), round(0.4 * dpi)
    page = np.full((height, width), PAPER, np.uint8)
    patch = _patch(code, dpi * scale, round(length * dpi))
    deep, long = patch.shape
    if where == "label":
        _put(page, patch.T, (width - deep) // 2, margin)
        return page
    _put(page, patch, (width - long) // 2, margin)
    if where == "four":
        _put(page, patch[::-1], (width - long) // 2, height - margin - deep)
        _put(page, patch.T, margin, (height - long) // 2)
        _put(page, patch.T[:, ::-1], width - margin - deep, (height - long) // 2)
    return page


def linear_code(kind: str, text: str, *, module_px: float, height_px: int, tilt_deg: float = 0.0) -> Picture:
    """Draw a linear code of any module width and tilt (clockwise) in the middle of a white page."""
    code: Any = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind))
    drawn = np.asarray(code.to_image(scale=1, add_quiet_zones=False))
    row = np.repeat(drawn[drawn.shape[0] // 2], 8)
    bars = np.tile(row, (round(height_px * 8 / module_px), 1))
    turn, size, finer = np.radians(tilt_deg), module_px / 8 * 2, 2
    side = 1000
    matrix = size * np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0]])
    middle = np.array([bars.shape[1] / 2, bars.shape[0] / 2])
    matrix[:, 2] = side * finer / 2 + 1.7 - matrix[:, :2] @ middle
    fine = cv2.warpAffine(bars, matrix, (side * finer, side * finer), flags=cv2.INTER_AREA, borderValue=255)
    return np.asarray(cv2.resize(fine, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def as_scanned(page: Picture, *, contrast: float = 0.8, blur_px: float = 0.5, noise: float = 4.0) -> Picture:
    """Soften a drawing, pale its ink and add grain, the same every time."""
    soft = cv2.GaussianBlur(page, (0, 0), blur_px).astype(np.float64)
    grain = np.random.default_rng(11).normal(0, noise, page.shape)
    return np.clip(PAPER - (255 - soft) * contrast + grain, 0, 255).astype(np.uint8)


def _patch(code: str, dpi: float, long: int) -> Picture:
    pattern = next(bars for bars, text in CODES.items() if text == code)
    patch = np.full((round(0.8 * dpi), long), PAPER, np.uint8)
    top = 0.0
    for bar in pattern:
        wide = 0.2 if bar == "1" else 0.08
        patch[round(top * dpi) : round((top + wide) * dpi)] = INK
        top += wide + 0.08
    return patch


def _put(page: Picture, piece: Picture, left: int, top: int) -> None:
    page[top : top + piece.shape[0], left : left + piece.shape[1]] = piece
