"""Entry of the program. Spawned workers import this module again: no Qt, nothing heavy, at its top."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; without a command it opens the window."""
    multiprocessing.freeze_support()
    from app import cli
    from app.jobs.worker_process import use_worker_executable
    from ui.texts import sentence

    use_worker_executable()
    return cli.run(
        None if argv is None else list(argv),
        open_window=_open_window,
        words=sentence,
        write_covers=_write_covers,
    )


def _write_covers(sheets: Sequence[Any], layout: str, path: Path) -> int:
    from ui.covers.printing import write_covers

    return write_covers(sheets, layout, path)


def _open_window(home: Path | None, paths: tuple[Path, ...]) -> int:
    from ui.main import open_window

    return open_window(home, paths)


if __name__ == "__main__":
    sys.exit(main())
