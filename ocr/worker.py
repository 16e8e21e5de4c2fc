"""What every worker process does first: one thread per library, so workers do not fight for cores.

Used as pebble's initializer. The variable must be set before Tesseract's library is loaded (measured:
5.5 times the time per page without it).
"""

from __future__ import annotations

import os

os.environ["OMP_THREAD_LIMIT"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"  # numpy starts one thread a core when it is loaded, and none is used


def initialise() -> None:
    """Prepare this process for page work; safe to call more than once."""
    os.environ["OMP_THREAD_LIMIT"] = "1"
    import cv2

    cv2.setNumThreads(1)
