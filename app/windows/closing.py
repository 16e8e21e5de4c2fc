"""Windows: hear that the setup asks every running Foliodesk to end, also those of other people who are signed in.

The setup, or the uninstaller, writes the file `closing` beside the program. Windows' own means reach the windows of one session
only, and a setup that software distribution runs is in none.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path

LOOK_S = 1.0


def mark_beside_program() -> Path | None:
    """Say where the setup writes it; None where no setup has installed the program."""
    program = Path(__file__).resolve().parents[2]
    return program.parent / "closing" if sys.platform == "win32" and program.name == "program" else None


class ClosingWatch:
    """Calls on_close once, in a thread of its own, when the file appears or is written again.

    One that was there before is left over from a setup that was killed, and counts for nothing. mark: None: never.
    """

    def __init__(self, on_close: Callable[[], None], mark: Path | None, *, look_s: float = LOOK_S) -> None:
        self._on_close, self._mark, self._look_s = on_close, mark, look_s
        self._over = threading.Event()
        if mark is not None:
            before = _written_at(mark)
            threading.Thread(target=self._run, args=(before,), name="closing-watch", daemon=True).start()

    def close(self) -> None:
        """Look no longer; harmless when repeated."""
        self._over.set()

    def _run(self, before: int | None) -> None:
        assert self._mark is not None
        while not self._over.wait(self._look_s):
            now = _written_at(self._mark)
            if now is not None and now != before:
                self._on_close()
                return


def _written_at(mark: Path) -> int | None:
    """Return the file's time in nanoseconds, None when there is none."""
    try:
        return mark.stat().st_mtime_ns
    except OSError:
        return None
