"""Natural order of names: page2 before page10, digits of any script."""

from __future__ import annotations

import re
import unicodedata

_DIGITS = re.compile(r"(\d+)")


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key of a file name: runs of digits count as numbers, letters without case.

    Khmer, Lao and Thai digits count like Latin ones (``int`` reads every decimal digit of Unicode).
    """
    folded = unicodedata.normalize("NFC", name).casefold()
    return tuple(
        (0, int(part), "") if part.isdecimal() else (1, 0, part) for part in _DIGITS.split(folded) if part
    )
