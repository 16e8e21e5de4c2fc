"""The build with Windows' own CPython in a Wine prefix: `python tests/windows/run_build.py [--keep DIR] [BUILD ARGS]`.

Builds the last commit there as on a Windows PC: `python installer\\build.py`. Wine has neither git nor a compiler, NSIS or a
reader of signatures: small programs of these names have the host's own do the work, all else is Python on Windows.
Wine's PowerShell is removed, for it says nothing of signatures. Prints where the setup lies and, when --like DIR names
the payload of a build on Linux, which files differ: only bytecode does, by the names of its sources (`a\\b.py`).
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from machine import WinePC
from run_tests import PROJECT, install_python, tell, wheelhouse
from wine import COMPILER, SHIM

TOOLS = {
    "git": "git",
    "gcc": COMPILER,
    "windres": COMPILER.replace("gcc", "windres"),
    "makensis": "makensis",
    "osslsigncode": "osslsigncode",
}
PLACE = r"C:\foliodesk-build"
PYTHON = rf"{PLACE}\.venv\Scripts\python.exe"
LOOK_S = 0.02


def main(arguments: list[str]) -> int:
    """Build there and return the build's exit code; 1 when other files than bytecode differ from --like."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--keep", type=Path, help="a directory for the prefix, kept and used again")
    parser.add_argument("--like", type=Path, help="the payload of the same commit, built on Linux")
    asked, chosen = parser.parse_known_args(arguments)
    place = asked.keep or Path(tempfile.mkdtemp(prefix="foliodesk-wine-"))
    packages = wheelhouse()
    machine = WinePC(place)
    try:
        install_python(machine)
        _clone(machine)
        for stub in machine.host(r"C:\windows\system32\WindowsPowerShell").rglob("powershell.exe"):
            stub.unlink()
        begun = tell(machine, ["installer\\run.py", "--help"], packages, place=PLACE)
        if begun != 0:
            return begun
        with tempfile.TemporaryDirectory() as directory:
            tools = HostTools(machine, Path(directory))
            words = ["installer\\build.py", "--wheelhouse", machine.windows(packages), *chosen]
            code = tell(machine, words, packages, python=PYTHON, place=PLACE, env=tools.variables)
            tools.close()
        return code or _compare(machine.host(PLACE) / "build" / "windows" / "payload", asked.like)
    finally:
        machine.close()
        if asked.keep is None:
            shutil.rmtree(place, ignore_errors=True)


class HostTools:
    """Runs on the host what Windows' programs ask for; see shim/host_tool.c."""

    def __init__(self, machine: WinePC, place: Path) -> None:
        self._machine = machine
        self._wishes = place / "wishes"
        self._wishes.mkdir()
        programs = place / "programs"
        programs.mkdir()
        for name in TOOLS:
            program = programs / f"{name}.exe"
            source = SHIM / "host_tool.c"
            subprocess.run([COMPILER, "-O2", "-municode", "-static", "-s", "-o", program, source], check=True)
        self.variables = {
            "WINEPATH": machine.windows(programs),
            "HOST_TOOLS": machine.windows(self._wishes),
        }
        self._is_open = True
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Take no more wishes."""
        self._is_open = False
        self._thread.join()

    def _serve(self) -> None:
        while self._is_open:
            for wish in self._wishes.glob("*.wish"):
                self._fulfil(wish)
            time.sleep(LOOK_S)

    def _fulfil(self, wish: Path) -> None:
        here, own, *words = wish.read_bytes().decode().split("\0")[:-1]
        name = own.rpartition("\\")[2].removesuffix(".exe")
        done = subprocess.run(
            [TOOLS[name], *map(self._host_word, words)],
            cwd=self._host_word(here),
            capture_output=True,
            check=False,
        )
        wish.with_suffix(".out").write_bytes(done.stdout)
        wish.with_suffix(".err").write_bytes(done.stderr)
        wish.unlink()
        part = wish.with_suffix(".part")
        part.write_text(str(done.returncode))
        part.rename(wish.with_suffix(".code"))

    def _host_word(self, word: str) -> str:
        """Return an argument with the Windows path in it as the host's, `-DNAME=C:\\...` included."""
        found = re.search(r"[A-Za-z]:\\", word)
        if found is None:
            return word
        return word[: found.start()] + str(self._machine.host(word[found.start() :]))


def _clone(machine: WinePC) -> None:
    target = machine.host(PLACE)
    shutil.rmtree(target, ignore_errors=True)
    subprocess.run(["git", "clone", "--quiet", str(PROJECT), str(target)], check=True)


def _compare(built: Path, like: Path | None) -> int:
    if like is None:
        return 0
    ours, theirs = (_files(root) for root in (built, like))
    differ = sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))
    other = [name for name in differ if not name.endswith(".pyc")]
    print(f"{len(ours)} files, {len(differ)} differ, {len(other)} of them no bytecode", *other[:20], sep="\n")
    return 1 if other else 0


def _files(payload: Path) -> dict[str, object]:
    found = json.loads((payload / "manifest.json").read_text(encoding="utf-8"))["files"]
    return {each["path"]: each for each in found} if isinstance(found, list) else found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
