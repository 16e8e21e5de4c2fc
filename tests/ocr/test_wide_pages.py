"""However wide a page is, nothing longer than an engine takes is handed to it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from ocr.engines.protocol import LONGEST_SIDE_PX, RecognizeOptions
from ocr.reading import ReadingPlan, Sheet, read_block, read_line, read_sheet, read_strip
from ocr.steps.ink import find_ink
from ocr.steps.lines import stacked_lines
from ocr.types import Box, Word


class Measures:
    """Notes the longest side it was given."""

    version = "measures"

    def __init__(self) -> None:
        self.longest_px = 0

    def languages(self) -> tuple[str, ...]:
        return ("eng",)

    def recognize(self, image: NDArray[np.uint8], _: RecognizeOptions) -> tuple[Word, ...]:
        self.longest_px = max(self.longest_px, *image.shape)
        return ()


@pytest.mark.parametrize("shape", [(60, 20_000), (60, 40_000), (40_000, 60), (60, 9_921)])
def test_nothing_too_long_is_handed_to_the_engine(shape: tuple[int, int]) -> None:
    engine = Measures()
    grey = np.full(shape, 255, np.uint8)
    sheet, plan = Sheet(grey, find_ink(grey), 300.0), ReadingPlan(engine, ("eng",), 60.0)
    box = Box(0, 0, shape[1], min(14, shape[0]))
    read_sheet(sheet, plan)
    read_line(sheet, plan, box, 30.0)
    read_block(sheet, plan, Box(0, 0, shape[1], shape[0]))
    read_strip(sheet, plan, box, 28.0)
    assert 0 < engine.longest_px <= LONGEST_SIDE_PX
    block = stacked_lines(grey, [(0, shape[0], 0, shape[1])], 3.0) if shape[1] > shape[0] else None
    assert block is None or block.shape[1] <= LONGEST_SIDE_PX
