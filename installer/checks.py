"""What `test.py` does once Python is known to be new enough: prepare, then run every check to its end.

All checks run even if one fails; the tests come last, so that their own closing lines stand at the end.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from environment import TESTS, Layout, SetupFailed, ensure, this_project
from system_packages import install, install_line, missing_packages, missing_programs, offscreen_libraries

MACHINE_TROUBLE = 3
INTERRUPTED = 130
NOTHING_COLLECTED = 5

# Programs that some tests call (program -> Debian package); those tests skip, and say so, where one is absent.
TEST_PROGRAMS: Mapping[str, str] = {"tesseract": "tesseract-ocr"}

HELP = """Usage: python3 installer/test.py [ARGS]

Runs every check of Foliodesk to its end: format, lint, types, layering, tests; the first run prepares everything.
ARGS go to pytest and choose tests: -k WORD, -x, a file or directory. --help there lists pytest's own:
    .venv/bin/python -m pytest --help
Exit code: 0 all passed, 1 something failed, 3 the environment could not be prepared."""

LAYERS = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_logo=True))"


@dataclass(frozen=True, slots=True)
class Check:
    """One step: its name as shown and the arguments to the environment's Python."""

    name: str
    arguments: tuple[str, ...]


def main(pytest_arguments: list[str]) -> int:
    """Prepare on first use and run every check; return 0 when all of them passed."""
    if {"-h", "--help"} & set(pytest_arguments):
        print(HELP)
        return 0
    layout = this_project()
    try:
        python = ensure(layout, TESTS)
        _provide_system_packages(layout)
        return run_checks(layout, python, checks(pytest_arguments))
    except SetupFailed as failure:
        print(failure, file=sys.stderr)
        return MACHINE_TROUBLE
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return INTERRUPTED


def checks(pytest_arguments: list[str]) -> list[Check]:
    """Return all checks in order; the arguments go to pytest, which else spreads over the processor's cores."""
    # One more than cores: many tests wait for programs they killed, starts and limits.
    spread = ["-n", str(_usable_cores() + 2)]
    if any(word.startswith(("-n", "--numprocesses", "--pdb", "-p")) for word in pytest_arguments):
        spread = []
    return [
        Check("format", ("-m", "ruff", "format", "--check", ".")),
        Check("lint", ("-m", "ruff", "check", ".")),
        Check("types", ("-m", "mypy")),
        Check("layers", ("-c", LAYERS)),
        Check("tests", ("-m", "pytest", *spread, *pytest_arguments)),
    ]


def run_checks(layout: Layout, python: Path, wanted: list[Check]) -> int:
    """Run checks one after the other, whatever becomes of each; return 0, or 1 when any failed."""
    environment = {**os.environ, "PYTHONUTF8": "1"}
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    outcomes: list[str] = []
    failed = 0
    for number, check in enumerate(wanted, start=1):
        if number == len(wanted) and outcomes:
            _say(f"so far: {', '.join(outcomes)}")
        _say(f"check {number} of {len(wanted)}: {check.name}")
        started = time.monotonic()
        code = subprocess.run(
            [python, *check.arguments], cwd=layout.project, env=environment, check=False
        ).returncode
        passed_s = time.monotonic() - started
        if check.name == "tests" and code == NOTHING_COLLECTED:
            _say("No test was found: that counts as a failure.")
        failed += code != 0
        outcomes.append(f"{check.name} {'ok' if code == 0 else f'FAILED ({code})'} {passed_s:.1f} s")
        _say(f"{check.name}: {'ok' if code == 0 else f'FAILED (exit code {code})'}, {passed_s:.1f} s")
    _say(
        f"{'All checks passed' if not failed else f'{failed} of {len(wanted)} checks FAILED'}: {', '.join(outcomes)}"
    )
    return 1 if failed else 0


def _provide_system_packages(layout: Layout) -> None:
    """Install what Qt and some tests need from the system; where that is not allowed, say what to type and go on."""
    needed = missing_packages(offscreen_libraries())
    useful = missing_programs(TEST_PROGRAMS) if sys.platform == "linux" else []
    wanted = [*needed, *useful]
    if not wanted or install(wanted, layout):
        return
    if needed:
        _say(f"Without these packages the tests of the window fail:\n    {install_line(needed)}")
    if useful:
        _say(f"Without these packages some tests are skipped:\n    {install_line(useful)}")


def _usable_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):  # Linux only
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _say(words: str) -> None:
    print(f"--- {words}", flush=True)
