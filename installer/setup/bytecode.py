"""Compiles every source of the payload, so that the installed program writes nothing below its directory and starts fast."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from setup import tools
from setup.facts import PYTHON_MINOR, BuildFailed

# The bytecode never looks at its source again: a changed clock, or a copy of the directory, does not make it stale.
MODE = "unchecked-hash"
DIRECTORIES = ("python/Lib", "packages", "program", "setup")


def compile_payload(payload: Path, directories: Sequence[str], python: str | None) -> str:
    """Compile all sources below some directories of payload; return a word on what did it.

    python: an interpreter of the shipped version on this machine; None runs the shipped one, on Windows as it is,
    elsewhere under Wine. Raises BuildFailed when a source does not compile or no interpreter is at hand.
    """
    places = [payload / name for name in directories]
    script = [
        "-I", "-m", "compileall", "-q", "-f", "--invalidation-mode", MODE,
    ]  # fmt: skip
    if python is not None:
        strip = ["-s", str(payload)]
        tools.run([python, *script, *strip, *map(str, places)], what="compiling", env={"PYTHONHASHSEED": "0"})
        return f"CPython {_version(python)}"
    if os.name == "nt":
        shipped = payload / "python" / "python.exe"
        tools.run([shipped, "-B", *script, "-s", str(payload), *map(str, places)], what="compiling")
        return "the shipped CPython"
    _under_wine(payload, places, script)
    return "the shipped CPython under Wine"


def sources_without_bytecode(payload: Path) -> list[str]:
    """Return sources that have no bytecode beside them."""
    tag = f"cpython-{PYTHON_MINOR.replace('.', '')}"
    found = [path for name in DIRECTORIES for path in (payload / name).rglob("*.py")]
    return sorted(
        path.relative_to(payload).as_posix()
        for path in found
        if not (path.parent / "__pycache__" / f"{path.stem}.{tag}.pyc").is_file()
    )


def _under_wine(payload: Path, places: Sequence[Path], script: list[str]) -> None:
    wine = tools.find("wine")
    if wine is None:
        raise BuildFailed(
            f"Nothing here compiles for Python {PYTHON_MINOR}. Put python{PYTHON_MINOR} on PATH, name one with --bytecode-python, "
            "or let the shipped one run under Wine:\n  sudo apt-get install wine64 wine"
        )
    with tempfile.TemporaryDirectory() as prefix:
        environment = {
            **os.environ,
            "WINEPREFIX": prefix,
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "winemenubuilder.exe=d;mscoree,mshtml=d",
        }
        environment = {name: value for name, value in environment.items() if not name.startswith("PYTHON")}
        windows = [_windows_path(place) for place in places]
        try:
            done = subprocess.run(
                [wine, str(payload / "python" / "python.exe"), "-B", *script, "-s", _windows_path(payload), *windows],
                env=environment, input="", capture_output=True, text=True, errors="replace", check=False,
            )  # fmt: skip
        finally:
            if server := shutil.which("wineserver"):
                subprocess.run([server, "-k"], env=environment, capture_output=True, check=False)
    if done.returncode != 0:
        raise BuildFailed(
            f"compiling under Wine failed (exit code {done.returncode}):\n{(done.stdout + done.stderr)[-4000:]}"
        )


def _windows_path(path: Path) -> str:
    return "Z:" + str(path.resolve()).replace("/", "\\")


def _version(python: str) -> str:
    return tools.run(
        [python, "-c", "import platform; print(platform.python_version())"], what="asking for a version"
    ).strip()
