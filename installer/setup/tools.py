"""The programs a build calls, where they are, and what to install when one is absent."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from setup.facts import PYTHON_MINOR, BuildFailed

COMPILER = "x86_64-w64-mingw32-gcc"
RESOURCES = "x86_64-w64-mingw32-windres"


@dataclass(frozen=True, slots=True)
class Tool:
    """A program: the names it goes by, the Debian package and where Windows has it from."""

    names: tuple[str, ...]
    debian: str
    windows: str


MSYS2 = (
    "MSYS2 (https://www.msys2.org): pacman -S mingw-w64-x86_64-gcc, then add C:\\msys64\\mingw64\\bin to PATH"
)
TOOLS = {
    "compiler": Tool((COMPILER, "gcc"), "gcc-mingw-w64-x86-64", MSYS2),
    "windres": Tool((RESOURCES, "windres"), "binutils-mingw-w64-x86-64", MSYS2),
    "makensis": Tool(
        ("makensis",), "nsis", "NSIS 3.08 or later (https://nsis.sourceforge.io), added to PATH"
    ),
    "osslsigncode": Tool(("osslsigncode",), "osslsigncode", "osslsigncode, or signtool of the Windows SDK"),
    "signtool": Tool(("signtool",), "", "the Windows SDK (signtool.exe on PATH)"),
    "wine": Tool(("wine64", "wine"), "wine64 wine", ""),
    "powershell": Tool(("powershell",), "", "Windows PowerShell, a part of Windows"),
}
USUAL_NSIS = Path(r"C:\Program Files (x86)\NSIS\makensis.exe")


def find(name: str) -> str | None:
    """Return the path of a tool, or None. On Linux a plain gcc is no compiler for Windows."""
    on_windows = sys.platform == "win32"
    for candidate in TOOLS[name].names:
        if not on_windows and candidate in ("gcc", "windres"):
            continue
        if found := shutil.which(candidate):
            return found
    if on_windows and name == "makensis" and USUAL_NSIS.is_file():
        return str(USUAL_NSIS)
    return None


def need(*names: str) -> dict[str, str]:
    """Return the paths of several tools; raises BuildFailed that names all that are absent and how to get them."""
    found = {name: find(name) for name in names}
    absent = [name for name, path in found.items() if path is None]
    if absent:
        raise BuildFailed(how_to_install(absent))
    return {name: path for name, path in found.items() if path is not None}


def how_to_install(absent: Sequence[str]) -> str:
    """Return the sentence for missing tools, with a line to type."""
    missing = ", ".join(TOOLS[name].names[0] for name in absent)
    if sys.platform == "win32":
        ways = dict.fromkeys(TOOLS[name].windows for name in absent)
        return f"Not found: {missing}. Install:\n" + "\n".join(f"  {way}" for way in ways)
    packages = " ".join(dict.fromkeys(TOOLS[name].debian for name in absent))
    return f"Not found: {missing}. Install with:\n  sudo apt-get install {packages}"


def run(
    command: Sequence[str | Path], *, what: str, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> str:
    """Run a tool to its end and return what it printed; raises BuildFailed with its words when it fails."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            cwd=cwd,
            env={**os.environ, **(env or {})},
        )
    except OSError as exc:
        raise BuildFailed(f"{what}: {command[0]} could not be started: {exc}") from exc
    said = done.stdout + done.stderr
    if done.returncode != 0:
        raise BuildFailed(f"{what} failed (exit code {done.returncode}):\n{said[-4000:]}")
    return said


def python_for_bytecode(named: Path | None) -> str | None:
    """Return a Python of this machine whose bytecode is that of the shipped one, or None.

    named: one a person chose. Bytecode is the same on every system; only the version counts.
    """
    candidates: list[str] = [str(named)] if named else []
    if not named:
        candidates += (
            [sys.executable] if f"{sys.version_info[0]}.{sys.version_info[1]}" == PYTHON_MINOR else []
        )
        candidates += [path for path in [shutil.which(f"python{PYTHON_MINOR}")] if path]
        candidates += sorted(
            map(str, Path.home().glob(f".pyenv/versions/{PYTHON_MINOR}*/bin/python{PYTHON_MINOR}"))
        )
    for candidate in candidates:
        try:
            said = subprocess.run(
                [
                    candidate,
                    "-c",
                    "import sys; print('%d.%d' % sys.version_info[:2], sys.implementation.name)",
                ],
                capture_output=True,
                text=True,
                check=False,
            )
        except OSError:
            continue
        if said.returncode == 0 and said.stdout.split() == [PYTHON_MINOR, "cpython"]:
            return candidate
    return None
