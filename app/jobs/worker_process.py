"""How a worker process begins: it yields to people's programs and never outlives the program."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading

import psutil


def begin() -> None:
    """Prepare this worker; pebble calls it once per process."""
    if sys.platform == "win32":
        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    else:
        os.nice(5)
    threading.Thread(target=_end_with_parent, name="end-with-parent", daemon=True).start()
    from ocr.worker import initialise

    initialise()


def _end_with_parent() -> None:
    # A killed program cannot end its workers; each waits for that and ends itself, on every system.
    # The engine and the codecs release the GIL, so this thread gets its turn in the midst of a page.
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
