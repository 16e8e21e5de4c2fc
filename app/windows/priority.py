"""Let a whole program yield to everything a person does; its workers inherit that."""

from __future__ import annotations

import os
import sys

import psutil

NICENESS = 15


def yield_to_people() -> None:
    """Take the lowest priority that still gets on. Files are read and written as usual: SQLite's lock is shared."""
    if sys.platform == "win32":
        psutil.Process().nice(psutil.IDLE_PRIORITY_CLASS)
    else:
        os.nice(NICENESS)
