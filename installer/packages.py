"""pip inside the private environment: install a lock, remove what no lock names, find packages cut short."""

from __future__ import annotations

import csv
import os
import platform
import re
import subprocess
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from environment import Layout, SetupFailed
from guard import Guard
from progress import PipStory, Steps, lines_with_ticks

PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._\-]*)==", re.MULTILINE)
PROBE = "import sys, pip; print(*sys.version_info[:2])"
PROBE_TIMEOUT_S = 60
PIP_INSTALL = (
    *("-I", "-m", "pip", "install", "--require-hashes", "--no-input", "--progress-bar", "off"),
    *("--disable-pip-version-check", "--no-warn-script-location", "--no-warn-conflicts"),
)


def probe(layout: Layout, guard: Guard) -> tuple[int, int] | None:
    """Return the environment's Python version, or None when it does not start or has no pip."""
    if not layout.python.exists():
        return None
    try:
        answer = subprocess.run(
            [layout.python, "-I", "-c", PROBE],
            capture_output=True,
            text=True,
            check=True,
            timeout=PROBE_TIMEOUT_S,
            pass_fds=guard.shared_fds,
        )
        major, minor = answer.stdout.split()
        return int(major), int(minor)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None


def install_lock(layout: Layout, name: str, guard: Guard, steps: Steps) -> None:
    """Install a lock file's packages, every one checked against its hash; raises SetupFailed."""
    lock = layout.installer / name
    story = PipStory(len(PINNED.findall(lock.read_text(encoding="utf-8"))))
    # The one source package of lock-dev.txt is built by what lock-build.txt brought: nothing is fetched unhashed.
    source = "--no-build-isolation" if name == "lock-dev.txt" else "--only-binary=:all:"
    command = [str(layout.python), *PIP_INSTALL, source, "--requirement", str(lock)]
    if layout.wheelhouse is not None:
        command += ["--no-index", "--find-links", str(layout.wheelhouse)]
    tail: deque[str] = deque(maxlen=60)
    code = run_logged(layout, guard, command, steps=steps, story=story, tail=tail)
    if code != 0:
        raise SetupFailed(_why_pip_failed(layout, list(tail)))
    steps.done(f"{name}: {len(story.seen)} packages, {story.fetched} fetched, {story.present} there already")


def run_logged(
    layout: Layout,
    guard: Guard,
    command: Sequence[str | Path],
    *,
    steps: Steps | None = None,
    story: PipStory | None = None,
    tail: deque[str] | None = None,
) -> int:
    """Run a command with its output in the log and its progress told; return its exit code.

    An interruption ends the command first: nothing goes on writing behind the back of the next start.
    """
    environment = {**os.environ, "PYTHONUTF8": "1", "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}
    with layout.log.open("a", encoding="utf-8") as log:
        log.write(f"$ {' '.join(str(part) for part in command)}\n")
        child = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            errors="replace",
            env=environment,
            pass_fds=guard.shared_fds,
        )
        assert child.stdout is not None
        try:
            for line in lines_with_ticks(child.stdout):
                if line is not None:
                    log.write(line)
                    if tail is not None:
                        tail.append(line)
                    if story is not None:
                        story.hear(line)
                if steps is not None and story is not None:
                    steps.now(story.told())
            return child.wait()
        except BaseException:
            child.terminate()
            child.wait()
            raise


def locked_names(lock: Path) -> set[str]:
    """Return the normalised names of the packages a lock pins."""
    return {_normal(name) for name in PINNED.findall(lock.read_text(encoding="utf-8"))}


def remove_strays(layout: Layout, guard: Guard, *, keep: frozenset[str]) -> None:
    """Remove packages that no lock names, so that a dropped dependency cannot go on working by accident."""
    named = set(keep).union(*(locked_names(lock) for lock in layout.installer.glob("lock*.txt")))
    installed = {_normal(folder.name.split("-")[0]) for folder in _records(layout)}
    strays = sorted(installed - named)
    if strays:
        run_logged(layout, guard, [layout.python, "-I", "-m", "pip", "uninstall", "--yes", *strays])


def broken_packages(layout: Layout) -> list[str]:
    """Return the packages whose files are missing or have another size than recorded.

    pip writes a package's RECORD last, so an installation cut short has none; the sizes also find files that a
    power cut left empty.
    """
    return sorted(folder.name.split("-")[0] for folder in _records(layout) if not _is_whole(folder))


def _records(layout: Layout) -> list[Path]:
    """Return the metadata directories of all installed packages."""
    pattern = "Lib/site-packages/*.dist-info" if os.name == "nt" else "lib/python*/site-packages/*.dist-info"
    return sorted(layout.venv.glob(pattern))


def _is_whole(folder: Path) -> bool:
    """Compare a package's files with its RECORD (path, hash, size).

    Compiled files are left out: Python writes them anew when it likes. Commands, which lie outside, need only not be
    empty: pip puts the way to Python into them, and older ones (22.0 of Ubuntu 22.04) record the size from before.
    """
    try:
        with (folder / "RECORD").open(encoding="utf-8", newline="") as file:
            rows = [
                row for row in csv.reader(file) if len(row) == 3 and row[2] and not row[0].endswith(".pyc")
            ]
    except OSError:
        return False
    for path, _, size in rows:
        try:
            found = os.stat(folder.parent / path).st_size  # noqa: PTH116 - thousands of files, half the time
            if found != int(size) and not (path.startswith("..") and found):
                return False
        except OSError:
            return False
    return bool(rows)


def _normal(name: str) -> str:
    """Return a package name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _why_pip_failed(layout: Layout, tail: list[str]) -> str:
    """Put pip's failure into words with what to do next."""
    text = "".join(tail)
    errors = [line.strip() for line in tail if line.startswith("ERROR")] or [
        line.strip() for line in tail[-3:]
    ]
    if "No space left" in text or "Errno 28" in text or "WinError 112" in text:
        advice = "The disk is full. Make room and start again: it goes on where it stopped."
    elif "DO NOT MATCH THE HASHES" in text:
        advice = "A package is not the one this version was tested with, so it was not installed. Do not go around this."
    elif layout.wheelhouse is not None:
        advice = f"Not everything was found in {layout.wheelhouse}."
    elif re.search("new connection|ConnectTimeout|timed out|name resolution|ProxyError", text):
        advice = "The package index was not reached. Check the network and start again: it goes on where it stopped."
    elif "SSLError" in text or "CERTIFICATE_VERIFY_FAILED" in text:
        advice = (
            "There is no secure connection to the package index. Where a proxy reads along, its certificate must be known: "
            "name the certificate file of your office in the variable PIP_CERT and start again."
        )
    elif "No matching distribution" in text:
        advice = (
            f"No package file fits this system ({platform.platform()}, Python {platform.python_version()})."
        )
    else:
        advice = "Start again: it goes on where it stopped."
    return "\n".join(
        ["The packages could not be installed.", *errors[:4], advice, f"All pip said: {layout.log}"]
    )
