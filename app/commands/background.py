"""`foliodesk --background`: work on the home without a window, until the session ends.

It runs what the window would run (the jobs and the outbox), with fewer workers and the lowest priority. While
somebody's window is open on the home it stands back and holds nothing, neither workers nor memory, and goes on when
the window has been closed. One per home.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from rich.console import Console

from app.commands.output import ALL_WELL
from app.context import HURRY_WAIT_S, AppContext
from app.crash_log import CrashLog
from app.ending import Ending
from app.errors import MachineError
from app.paths import HomePaths, default_home
from app.roles import BACKGROUND, Role, is_window_open
from app.settings import load_settings, worker_count
from app.version import software
from app.windows.priority import yield_to_people

log = logging.getLogger(__name__)

LOOK_S = 1.0
# A full disk or a home that another program is just migrating: no hurry.
TROUBLE_WAIT_S = 60.0


def work_in_background(home: Path | None, *, screen: Console) -> int:
    """Work until the system asks to end; returns the exit code, at once when another one works on this home.

    Raises OperatorError when the home cannot be used.
    """
    paths = HomePaths(home or default_home()).make()
    role = Role.take(paths.root, BACKGROUND)
    if role is None:
        screen.print("Another Foliodesk works in the background already.")
        return ALL_WELL
    stop = threading.Event()
    try:
        with (
            Ending(stop.set) as ending,
            CrashLog.begin(paths.logs, program=BACKGROUND, software=software()) as crash,
            crash.recording(),
        ):
            ending.before_leaving(crash.close)
            yield_to_people()
            _work(paths, stop)
    except KeyboardInterrupt:
        pass  # Ctrl+C at a prompt ends it as politely
    finally:
        role.release()
    return ALL_WELL


def background_workers(usual: int) -> int:
    """Say how many workers run behind a person's back: half of the usual number."""
    return max(1, usual // 2)


def _work(paths: HomePaths, stop: threading.Event) -> None:
    while not stop.is_set():
        if is_window_open(paths.root):
            stop.wait(LOOK_S)
            continue
        try:
            _work_until_window(paths, stop)
        except MachineError as exc:
            if not exc.retryable:
                raise
            log.warning("background waits: %s", exc)
            stop.wait(TROUBLE_WAIT_S)


def _work_until_window(paths: HomePaths, stop: threading.Event) -> None:
    workers = background_workers(worker_count(load_settings(paths.settings).settings))
    context = AppContext.open(paths.root, workers=workers)
    try:
        log.info("working in the background with %s workers", workers)
        while not stop.wait(LOOK_S) and not is_window_open(paths.root):
            pass
    finally:
        context.close(wait_s=HURRY_WAIT_S)
