"""A field's row once a person has said its value, before it is read anew; and the box around its words. Pure functions."""

from __future__ import annotations

from dataclasses import replace

from app.domain.field_kinds import FieldSource, FieldState
from app.domain.field_typing import TypedValue
from app.queries.fields import DossierFieldRow
from ocr.types import Box


def said_row(row: DossierFieldRow, text: str, typed: TypedValue) -> DossierFieldRow:
    """The row with what a person typed as its value."""
    said = replace(
        row.said,
        printed=text,
        value=typed.value,
        state=FieldState.ACCEPTED,
        certainty=(),
        doubts=(typed.doubt,) if typed.doubt else (),
        others=typed.others,
    )
    return replace(row, said=said, source=FieldSource.PERSON)


def around(boxes: tuple[Box, ...]) -> Box:
    """The smallest box that holds these."""
    left, top = min(box.left_px for box in boxes), min(box.top_px for box in boxes)
    right = max(box.left_px + box.width_px for box in boxes)
    bottom = max(box.top_px + box.height_px for box in boxes)
    return Box(left, top, right - left, bottom - top)
