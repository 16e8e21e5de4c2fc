"""Looks for the program's window or its processes, run by the installed Python: `window.py wait|close|left SECONDS`.

wait: until the window shows. close: ask it to close, as its cross does. left: until no process of the installation but this
one runs. Exit code 0 when it came to pass, 1 when the time ran out, with what was seen.
"""

from __future__ import annotations

import ctypes
import os
import sys
import time
from pathlib import Path

TITLE = "Foliodesk"
WM_CLOSE = 0x0010
POLL_S = 0.25


def main(what: str, limit_s: float) -> int:
    """Look again and again until the limit."""
    deadline = time.monotonic() + limit_s
    while True:
        if what == "left":
            seen = _processes()
            if not seen:
                return 0
        else:
            window = _window()
            seen = [] if window else ["no window"]
            if window and what == "close":
                ctypes.windll.user32.PostMessageW(window, WM_CLOSE, 0, 0)  # type: ignore[attr-defined]
            if window:
                return 0
        if time.monotonic() > deadline:
            print(f"{what}: {'; '.join(seen)}", file=sys.stderr)
            return 1
        time.sleep(POLL_S)


def _window() -> int:
    handle: int = ctypes.windll.user32.FindWindowW(None, TITLE)  # type: ignore[attr-defined]
    return handle


def _processes() -> list[str]:
    """Return the processes that run from this installation, without this one."""
    import psutil

    place = str(Path(sys.base_prefix).resolve().parent).lower()
    seen = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.exe().lower().startswith(place):
                seen.append(f"{process.pid} {process.exe()}")
        except psutil.Error:
            continue
    return seen


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2])))
