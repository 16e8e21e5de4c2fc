"""The PC under test, one face for two kinds: a real Windows PC, or a Wine prefix on Linux. Standard library only."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import Protocol

from wine import WinePrefix, make_prefix


@dataclass(frozen=True, slots=True)
class Done:
    """How a program ended."""

    code: int
    out: str
    err: str


class Machine(Protocol):
    """What the smoke test needs of a PC. Paths in commands are Windows paths."""

    name: str

    def start(self, command: Sequence[str]) -> subprocess.Popen[str]:
        """Start a program with its standard streams on pipes."""

    def run(self, command: Sequence[str], *, timeout_s: float = 300) -> Done:
        """Run a program to its end; raises TimeoutError, the program being left alone."""

    def host(self, path: str) -> Path:
        """Return where this script finds a Windows path."""

    def windows(self, path: Path) -> str:
        """Return how Windows programs find a path of this script's."""

    def variable(self, name: str) -> str:
        """Return a variable of the logged-on user."""

    def close(self) -> None:
        """Leave the machine as it was found."""


class RealPC:
    """This very PC."""

    name = "Windows"

    def start(self, command: Sequence[str]) -> subprocess.Popen[str]:
        """Start a program with its standard streams on pipes."""
        return subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
        )

    def run(self, command: Sequence[str], *, timeout_s: float = 300) -> Done:
        """Run a program to its end."""
        return _to_the_end(self.start(command), timeout_s)

    def host(self, path: str) -> Path:
        """The same."""
        return Path(path)

    def windows(self, path: Path) -> str:
        """The same."""
        return str(path.resolve())

    def variable(self, name: str) -> str:
        """Of this process."""
        return os.environ[name]

    def close(self) -> None:
        """Nothing to do."""


class WinePC:
    """A fresh Wine prefix with a display of its own."""

    name = "Wine"

    def __init__(self, place: Path) -> None:
        self._screen = _VirtualScreen()
        self._prefix: WinePrefix = make_prefix(place, display=self._screen.display)
        self._prefix.__enter__()

    def start(
        self, command: Sequence[str], *, cwd: Path | None = None, env: dict[str, str] | None = None
    ) -> subprocess.Popen[str]:
        """Start a program with its standard streams on pipes."""
        return self._prefix.start(command, cwd=cwd, env=env)

    def run(self, command: Sequence[str], *, timeout_s: float = 300) -> Done:
        """Run a program to its end."""
        return _to_the_end(self.start(command), timeout_s)

    def host(self, path: str) -> Path:
        """Below the prefix's drive_c, or the host's root for Z:."""
        windows = PureWindowsPath(path)
        if windows.drive.upper() == "Z:":
            return Path("/", *windows.parts[1:])
        return self._prefix.path_of(path)

    def windows(self, path: Path) -> str:
        """On C: or Z:."""
        return self._prefix.windows_path(path)

    def variable(self, name: str) -> str:
        """Asked of the prefix."""
        return self.run(["cmd", "/c", "echo", f"%{name}%"], timeout_s=60).out.strip()

    def close(self) -> None:
        """End all Windows programs and the display; the prefix's files stay."""
        self._prefix.close()
        self._screen.close()


def this_machine(place: Path) -> Machine:
    """Return this PC on Windows, else a new Wine prefix in `place`."""
    return RealPC() if sys.platform == "win32" else WinePC(place)


def _to_the_end(child: subprocess.Popen[str], timeout_s: float) -> Done:
    try:
        out, err = child.communicate("", timeout=timeout_s)
    except subprocess.TimeoutExpired as late:
        raise TimeoutError(f"no end within {timeout_s:.0f} s: {child.args!r}") from late
    return Done(child.returncode, out, err)


class _VirtualScreen:
    """An Xvfb of our own, on a display number that is free."""

    def __init__(self) -> None:
        if shutil.which("Xvfb") is None:
            raise FileNotFoundError("Xvfb is not installed: apt-get install xvfb")
        reader, writer = os.pipe()
        with tempfile.TemporaryFile() as said:
            self._server = subprocess.Popen(
                ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"],
                pass_fds=(writer,),
                stdout=said,
                stderr=said,
                stdin=subprocess.DEVNULL,
            )
            os.close(writer)
            with os.fdopen(reader) as answer:
                number = answer.readline().strip()
            if not number:
                said.seek(0)
                raise RuntimeError(f"Xvfb did not start: {said.read().decode(errors='replace')}")
        self.display = f":{number}"

    def close(self) -> None:
        """End the server."""
        self._server.terminate()
        deadline = time.monotonic() + 10
        while self._server.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        self._server.kill()
        self._server.wait()
