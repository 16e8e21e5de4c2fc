"""Whether a PDF asks to start a program: told to people, never done. Runs in worker processes.

pdfium does not show the catalog's opening action, so the file's own objects are looked through.
"""

from __future__ import annotations

import pikepdf

MOST_LOOKED_AT = 50_000
"""Values looked at in one file: far more than actions need, little against reading one page."""

DEEPEST = 8
"""Nesting of values inside one object; actions follow each other in a chain."""


def has_launch_action(structure: pikepdf.Pdf) -> bool:
    """Tell whether any action of a file starts a program, wherever it hangs: opening, page, link, bookmark."""
    try:
        left = MOST_LOOKED_AT
        for item in structure.objects:
            found, left = _holds_launch(item, left, DEEPEST)
            if found:
                return True
            if left <= 0:
                return False
    except (pikepdf.PdfError, ValueError, TypeError, LookupError, RuntimeError):
        return False  # a damaged object: the pages may still be read
    return False


def _holds_launch(item: object, left: int, depth: int) -> tuple[bool, int]:
    """Look through one object's own values; other objects are visited by themselves."""
    left -= 1
    if left <= 0 or depth == 0:
        return False, left
    inner: list[object] = []
    if isinstance(item, pikepdf.Dictionary):
        if item.get("/S") == pikepdf.Name("/Launch"):
            return True, left
        inner = list(item.values())
    elif isinstance(item, pikepdf.Array):
        inner = list(item)
    for value in inner:
        nested = isinstance(value, pikepdf.Dictionary | pikepdf.Array)
        if nested and isinstance(value, pikepdf.Object) and not value.is_indirect:
            found, left = _holds_launch(value, left, depth - 1)
            if found:
                return True, left
    return False, left
