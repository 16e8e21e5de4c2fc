"""Work that finds no memory says so by its own code. Runs in worker processes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from ocr.errors import MachineError, OperatorError

CV2_NO_MEMORY = -4
"""cv::Error::StsNoMem; cv2.error carries it as `code`."""

PLENTY_BYTES = 1_000_000_000
"""With so much free on the PC it was the task that asked for more than a worker may have."""


@contextmanager
def memory_errors_told(kind: type[OperatorError], name: str) -> Iterator[None]:
    """Translate a lack of memory.

    Raises kind("out_of_memory") when the task itself asks for too much, MachineError("out_of_memory",
    retryable=True) when the whole PC is short of memory, so that it is tried again later.
    """
    try:
        yield
    except Exception as exc:
        if not (isinstance(exc, MemoryError) or _is_cv2_without_memory(exc)):
            raise
        if psutil.virtual_memory().available > PLENTY_BYTES:
            raise kind("out_of_memory", name=name) from exc
        raise MachineError("out_of_memory", retryable=True, name=name) from exc


def _is_cv2_without_memory(error: Exception) -> bool:
    return type(error).__module__ == "cv2" and getattr(error, "code", None) == CV2_NO_MEMORY
