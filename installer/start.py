"""What `run.py` does once Python is known to be new enough: prepare, then hand over to the program.

On Linux the program takes this process's place, so signals and the exit code are its own; on Windows it is a child
whose exit code is passed on.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from environment import PRODUCT, Layout, SetupFailed, ensure, this_project

MACHINE_TROUBLE = 3
INTERRUPTED = 130


def main(arguments: list[str]) -> int:
    """Prepare on first use and run the program; return its exit code, 3 when it could not be prepared."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")  # paths may hold letters that a console cannot show
    layout = this_project()
    try:
        python = ensure(layout, PRODUCT)
        if not arguments:
            return _start_without_arguments(layout, python)
        if opens_window(arguments):
            _ensure_window_libraries(layout)
        return hand_over(layout, python, arguments)
    except SetupFailed as failure:
        print(failure, file=sys.stderr)
        return MACHINE_TROUBLE
    except KeyboardInterrupt:
        print("\nInterrupted. Start again: it goes on where it stopped.", file=sys.stderr)
        return INTERRUPTED


def opens_window(arguments: list[str]) -> bool:
    """Tell whether these arguments name a home only, which opens the window there, and no command."""
    rest = list(arguments)
    while rest:
        first = rest.pop(0)
        if first == "--home":
            rest = rest[1:]
        elif not first.startswith("--home="):
            return False
    return True


def program_command(python: Path) -> list[str]:
    """Return the command that runs the program; -P keeps the caller's directory from hiding our packages."""
    return [str(python), "-P", "-m", "ui"]


def program_environment(layout: Layout) -> dict[str, str]:
    """Return the program's environment: our sources on the path, UTF-8 whatever the system's code page."""
    paths = [str(layout.project), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONUTF8": "1"}


def hand_over(layout: Layout, python: Path, arguments: list[str]) -> int:
    """Run the program with these arguments in the caller's directory; return its exit code."""
    command = [*program_command(python), *arguments]
    sys.stdout.flush()
    if os.name != "nt":  # POSIX only: Windows cannot replace a running process
        os.execve(command[0], command, program_environment(layout))
    child = subprocess.Popen(command, env=program_environment(layout))
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue  # the console sent it to the child too, which ends in its own way


def _start_without_arguments(layout: Layout, python: Path) -> int:
    """Open the window, or show the main job on the sample folders where no window can be shown."""
    from system_packages import has_display

    if not has_display():
        from demo import run_demo

        print(
            "There is no display here, so no window can open. Running the main job on the sample folders instead."
        )
        return run_demo(layout, python)
    _ensure_window_libraries(layout)
    return hand_over(layout, python, [])


def _ensure_window_libraries(layout: Layout) -> None:
    from system_packages import install, install_line, missing_packages, window_libraries

    missing = missing_packages(window_libraries())
    if missing and not install(missing, layout) and missing_packages(window_libraries()):
        raise SetupFailed(
            "The window needs system libraries that are missing here. Install them with\n"
            f"    {install_line(missing)}\nand start again. Work without a window needs none of them:\n"
            "    python3 installer/run.py digitize --help"
        )
