"""Run a program and measure its whole process tree: wall time, CPU time, peak memory in all and by role.

Memory is sampled: proportional set size where the system tells it (Linux), so that pages shared between
workers count once; unique set size elsewhere. A peak shorter than the sampling interval can be missed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

PROJECT = Path(__file__).resolve().parents[2]
SAMPLE_S = 0.5

FOLIODESK = (sys.executable, "-m", "ui")
WORKERS_NICENESS = 5


@dataclass(frozen=True, slots=True)
class Measured:
    """One run. peak_bytes: of the tree at one moment; main_bytes, child_bytes: of its largest process each;
    main_cpu_s: of the program's own process, sampled.
    """

    wall_s: float
    cpu_s: float
    main_cpu_s: float
    peak_bytes: int
    main_bytes: int
    child_bytes: int
    exit_code: int
    output: str
    errors: str


class _Sampler:
    """Watches a process tree from a thread until it is gone."""

    def __init__(self, pid: int) -> None:
        self.peak = 0
        self.by_pid: dict[int, int] = defaultdict(int)
        self.cpu_s: dict[int, float] = {}
        self._root = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> _Sampler:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(SAMPLE_S):
            try:
                root = psutil.Process(self._root)
                tree = [root, *root.children(recursive=True)]
            except psutil.Error:
                return
            self.peak = max(self.peak, sum(map(self._look, tree)))

    def _look(self, process: psutil.Process) -> int:
        try:
            told = process.memory_full_info()
            used = process.cpu_times()
        except psutil.Error:
            return 0
        size = int(getattr(told, "pss", 0) or told.uss)
        self.by_pid[process.pid] = max(self.by_pid[process.pid], size)
        self.cpu_s[process.pid] = used.user + used.system
        return size


def run(
    command: Sequence[str | Path],
    *,
    variables: Mapping[str, str] | None = None,
    lower_priority: bool = False,
) -> Measured:
    """Run to the end and measure. lower_priority: as Foliodesk's workers run, so that load takes from both alike."""
    words = [str(word) for word in command]
    if lower_priority and sys.platform != "win32":
        words = ["nice", "-n", str(WORKERS_NICENESS), *words]
    before = _cpu_of_ended_children()
    start = time.perf_counter()
    process = subprocess.Popen(
        words,
        cwd=PROJECT,
        env={**os.environ, **(variables or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    with _Sampler(process.pid) as seen:
        output, errors = process.communicate()
    wall_s = time.perf_counter() - start
    after = _cpu_of_ended_children()
    return Measured(
        wall_s=wall_s,
        cpu_s=sum(seen.cpu_s.values()) if before is None or after is None else after - before,
        main_cpu_s=seen.cpu_s.get(process.pid, 0.0),
        peak_bytes=seen.peak,
        main_bytes=seen.by_pid[process.pid],
        child_bytes=max((size for pid, size in seen.by_pid.items() if pid != process.pid), default=0),
        exit_code=process.returncode,
        output=output,
        errors=errors,
    )


def _cpu_of_ended_children() -> float | None:
    # POSIX counts every process that ended, however short; elsewhere the samples must do.
    if sys.platform == "win32":
        return None
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def machine() -> str:
    """What the figures come from, in one line."""
    load = f"{psutil.getloadavg()[0]:.1f}"
    total_gb = psutil.virtual_memory().total / 1e9
    return f"{psutil.cpu_count()} cores, {total_gb:.0f} GB, {sys.platform}, load before the first run {load}"


def cores() -> int:
    """Cores this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return psutil.cpu_count() or 1


def megabytes(size: float) -> str:
    """A size for a table."""
    return f"{size / 1e6:.0f} MB"
