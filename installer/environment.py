"""The private environment beside the sources: made on first use, known good by its stamp, repaired when it is not.

Both commands call `ensure`. Everything lies in `<project>/.venv`, so deleting that directory undoes it all.
The order makes an interruption harmless: the stamp is removed first and written last, a half-made environment is
completed, and one that cannot be completed is made anew. A lock held by the operating system keeps two first starts
apart; it vanishes with its holder, however that ends.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guard import Guard
    from progress import Steps

OLDEST_PYTHON = (3, 11)
STAMP_NAME = "foliodesk-stamp.json"
LOG_NAME = "foliodesk-setup.log"
GUARD_NAME = "foliodesk-setup.lock"
WHEELHOUSE_VARIABLE = "FOLIODESK_WHEELHOUSE"
NEEDED_BYTES = 1_500_000_000  # measured: 0.9 GB for product and tests on Linux, and pip's unpacking beside it

# Kept although no lock names them: the environment's own tools.
TOOLS = frozenset({"pip", "setuptools", "wheel"})


class SetupFailed(Exception):
    """The environment could not be prepared; the text says in plain words why and what to do."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a project keeps its sources, locks and environment."""

    project: Path

    @property
    def installer(self) -> Path:
        """The directory of this file in that project, with the lock files."""
        return self.project / "installer"

    @property
    def venv(self) -> Path:
        """The private environment."""
        return self.project / ".venv"

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        return self.venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def stamp(self) -> Path:
        """The file that vouches for a complete environment."""
        return self.venv / STAMP_NAME

    @property
    def log(self) -> Path:
        """What pip and the system's package manager said."""
        return self.venv / LOG_NAME

    @property
    def wheelhouse(self) -> Path | None:
        """A directory of package files to install from without a network, if there is one."""
        named = os.environ.get(WHEELHOUSE_VARIABLE)
        if named:
            return Path(named)
        beside = self.installer / "wheelhouse"
        return beside if beside.is_dir() else None


@dataclass(frozen=True, slots=True)
class Profile:
    """A set of locks installed together.

    locks: installed in this order. covers: every lock that is satisfied afterwards.
    """

    title: str
    locks: tuple[str, ...]
    covers: tuple[str, ...]


PRODUCT = Profile("the program", ("lock.txt",), ("lock.txt",))
# lock-dev.txt names every package of lock.txt in the same version (tested), so it serves both commands.
TESTS = Profile(
    "the program and its tests",
    ("lock-build.txt", "lock-dev.txt"),
    ("lock-build.txt", "lock-dev.txt", "lock.txt"),
)


def this_project() -> Layout:
    """Return the layout of the project this file belongs to."""
    return Layout(Path(__file__).resolve().parent.parent)


def ensure(layout: Layout, profile: Profile) -> Path:
    """Return an interpreter that has the profile's packages, preparing it when needed.

    Raises SetupFailed with plain words. Costs a few milliseconds when the stamp is good.
    """
    if is_ready(layout, profile):
        return layout.python
    from guard import Guard  # late: the quick second start needs none of these
    from progress import Steps

    try:
        layout.venv.mkdir(parents=True, exist_ok=True)
        with Guard(layout.venv / GUARD_NAME) as guard:
            if not is_ready(layout, profile):  # another start may have finished it while this one waited
                _prepare(layout, profile, guard, Steps(total=3))
    except OSError as trouble:
        raise SetupFailed(f"The environment in {layout.venv} could not be written: {trouble}") from trouble
    return layout.python


def is_ready(layout: Layout, profile: Profile) -> bool:
    """Tell whether the stamp vouches for exactly these locks and this interpreter."""
    try:
        stamp = json.loads(layout.stamp.read_text(encoding="utf-8"))
        wanted = {name: lock_hash(layout, name) for name in profile.covers}
        held = {name: stamp["locks"].get(name) for name in profile.covers}
        return bool(held == wanted and stamp["interpreter"] == _interpreter_mark(layout))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return False  # missing, damaged or from another version: prepare again


def lock_hash(layout: Layout, name: str) -> str:
    """Return the SHA-256 of a lock file, line ends aside (git may change them on Windows)."""
    data = (layout.installer / name).read_bytes().replace(b"\r\n", b"\n")
    return hashlib.sha256(data).hexdigest()


def _interpreter_mark(layout: Layout) -> str:
    """Identify the Python behind the environment, so that its upgrade or removal is noticed without starting it."""
    home = ""
    for line in (layout.venv / "pyvenv.cfg").read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition("=")
        if key.strip() == "home":
            home = value.strip()
    base = Path(home, "python.exe") if os.name == "nt" else Path(os.path.realpath(layout.python))
    facts = base.lstat()  # not stat: the Microsoft Store's python.exe is a link that cannot be followed
    return f"{base}|{facts.st_size}|{int(facts.st_mtime)}"


def _prepare(layout: Layout, profile: Profile, guard: Guard, steps: Steps) -> None:
    """Complete the environment, or make it anew when it cannot be completed."""
    from packages import broken_packages, install_lock, probe, remove_strays

    layout.stamp.unlink(missing_ok=True)
    steps.opening(f"Preparing {profile.title} in {layout.venv} (once; later starts are quick).")
    for attempt in (1, 2):
        steps.begin(1, "a private Python environment")
        version = probe(layout, guard)
        if version is None or version < OLDEST_PYTHON:
            _make_venv(layout, guard, steps)
        else:
            steps.done("there already")
        steps.begin(2, "the packages, each checked against its hash")
        for name in profile.locks:
            install_lock(layout, name, guard, steps)
        remove_strays(layout, guard, keep=TOOLS)
        steps.begin(3, "that every installed file is there and whole")
        broken = broken_packages(layout)
        if not broken:
            break
        if attempt == 2:
            raise SetupFailed(f"Installed packages stay incomplete: {', '.join(broken)}. See {layout.log}.")
        steps.note(f"an earlier start was cut short in {', '.join(broken)}: making the environment anew")
        clear_venv(layout)
    _write_stamp(layout, profile)
    steps.done("all whole")
    steps.closing()


def _make_venv(layout: Layout, guard: Guard, steps: Steps) -> None:
    """Create the environment with pip in it; raises SetupFailed."""
    from packages import run_logged
    from system_packages import provide_venv_module

    provide_venv_module(layout, steps)
    free = shutil.disk_usage(layout.project).free
    if free < NEEDED_BYTES:
        raise SetupFailed(
            f"Only {free / 1e9:.1f} GB are free on the disk of {layout.project}; about {NEEDED_BYTES / 1e9:.1f} GB are "
            "needed for the first start. Make room and start again."
        )
    clear_venv(layout)
    base = (
        getattr(sys, "_base_executable", None) or sys.executable
    )  # not a venv's own python, should we run in one
    if run_logged(layout, guard, [base, "-I", "-m", "venv", str(layout.venv)]) != 0:
        raise SetupFailed(
            f"Python could not make an environment in {layout.venv}. What it said: {layout.log}"
        )
    steps.done(f"Python {sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}")


def clear_venv(layout: Layout) -> None:
    """Empty the environment's directory, but for the lock held in it and the log."""
    for entry in layout.venv.iterdir():
        if entry.name in (GUARD_NAME, LOG_NAME):
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _write_stamp(layout: Layout, profile: Profile) -> None:
    """Vouch for the environment, atomically."""
    locks = {name: lock_hash(layout, name) for name in profile.covers}
    text = json.dumps({"locks": locks, "interpreter": _interpreter_mark(layout)}, indent=1)
    part = layout.stamp.with_suffix(".part")
    with part.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(layout.stamp)
