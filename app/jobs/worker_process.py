"""How worker processes begin and end: bounded in memory, without a network, and never outliving the program.

Spawned workers import this module: nothing heavy at its top.
"""

from __future__ import annotations

import multiprocessing
import os
import socket
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.context import SpawnContext, SpawnProcess
from pathlib import Path, PurePath
from typing import Any

import psutil

from app.windows.error_mode import crash_silently
from app.windows.job_object import JobObject

# Processes of one PC may talk through sockets of this family; multiprocessing does so on some systems.
LOCAL_SOCKET = getattr(socket, "AF_UNIX", None)
NETWORK_EVENTS = frozenset({"socket.__new__", "socket.getaddrinfo", "socket.gethostbyname"})

LAUNCHERS = frozenset({"foliodesk.exe", "foliodesk.com"})


MOST_BYTES = 3_000_000_000
"""Memory one worker may have, or three quarters of a smaller PC's. Measured as private memory, in colour:
A4 at 600 dpi 0.8 GB, A3 at 600 dpi 1.0 GB, A0 at 300 dpi 1.8 GB, 250 million pixels 2.6 GB."""


def most_bytes(physical_bytes: int | None = None) -> int:
    """Say how much memory one worker may have on this PC."""
    if physical_bytes is None:
        physical_bytes = psutil.virtual_memory().total
    return min(MOST_BYTES, physical_bytes * 3 // 4)


class WorkerProcess(SpawnProcess):
    """A process that is tied to ours as soon as it runs."""

    started: Callable[[WorkerProcess], None] | None = None

    def start(self) -> None:
        """Start it; then tell whoever made it."""
        super().start()
        if self.started is not None:
            self.started(self)

    def __getstate__(self) -> dict[str, Any]:
        # This object travels to the process it describes; who waits for it here does not.
        return {name: value for name, value in self.__dict__.items() if name != "started"}


class WorkerContext(SpawnContext):
    """multiprocessing's "spawn" for one pool: it knows the pool's processes and can end them at once."""

    def __init__(self, process_bytes: int) -> None:
        super().__init__()
        self._job = JobObject(process_bytes)
        self._lock = threading.Lock()
        self._processes: list[WorkerProcess] = []

    def Process(  # type: ignore[override]  # a class there, a maker of the same name here
        self,
        group: None = None,
        target: Callable[..., object] | None = None,
        name: str | None = None,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
        *,
        daemon: bool | None = None,
    ) -> WorkerProcess:
        """Make a process as multiprocessing does; it is tied to this one when it starts."""
        process = WorkerProcess(group, target, name, tuple(args), dict(kwargs or {}), daemon=daemon)
        process.started = self._on_started
        return process

    def kill_all(self) -> None:
        """End every process of this context now, whatever it is doing."""
        with self._lock:
            processes = tuple(self._processes)
        for process in processes:
            if process.exitcode is None:
                process.kill()

    def close(self) -> None:
        """Give back what the system keeps for the processes, which must have ended: any left is ended now."""
        self._job.close()

    def _on_started(self, process: WorkerProcess) -> None:
        assert process.pid is not None
        self._job.tie(process.pid)
        with self._lock:
            self._processes = [each for each in self._processes if each.exitcode is None]
            self._processes.append(process)


def begin(process_bytes: int) -> None:
    """Prepare this worker; pebble calls it once per process. On Windows the Job Object bounds its memory."""
    crash_silently()  # a message nobody clicks away would keep the worker, and its task, until the time limit
    sys.addaudithook(_refuse_network)
    if sys.platform == "win32":
        # Started by a program that yields even more, it has that program's class already.
        if psutil.Process().nice() == psutil.NORMAL_PRIORITY_CLASS:
            psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    else:
        os.nice(5)
        import resource

        # Private memory that can be written. RLIMIT_AS would count mapped models and libraries as well.
        resource.setrlimit(resource.RLIMIT_DATA, (process_bytes, process_bytes))
    threading.Thread(target=_end_with_parent, name="end-with-parent", daemon=True).start()
    from ocr.worker import initialise

    initialise()


def use_worker_executable() -> None:
    """Let multiprocessing start workers with a plain Python where this program runs in a launcher of ours."""
    executable = worker_executable(Path(sys.executable or ""))
    if executable is not None:
        multiprocessing.set_executable(str(executable))


def worker_executable(program: Path) -> Path | None:
    r"""Name the Python that starts workers for a program, or None when the program is a Python itself.

    The installed Foliodesk.exe holds Python inside it and takes no `-c`; its Python lies in `python\\` beside
    it. pythonw.exe, because a worker needs no console window.
    """
    if PurePath(program).name.casefold() not in LAUNCHERS:
        return None
    beside = program.parent / "python" / "pythonw.exe"
    return beside if beside.is_file() else None


def _refuse_network(event: str, args: tuple[object, ...]) -> None:
    """Keep whatever a worker parses from the network, as far as Python code goes (PEP 578)."""
    if event in NETWORK_EVENTS and not (event == "socket.__new__" and args[1:2] == (LOCAL_SOCKET,)):
        raise PermissionError("a worker has no network")


def _end_with_parent() -> None:
    # A killed program cannot end its workers; each waits for that and ends itself, on every system.
    # The engine and the codecs release the GIL, so this thread gets its turn in the midst of a page.
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
