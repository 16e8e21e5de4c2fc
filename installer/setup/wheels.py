"""The packages of installer/lock.txt as wheels for Windows: chosen, proven by hash, unpacked."""

from __future__ import annotations

import hashlib
import re
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import Marker
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from setup import tools
from setup.facts import MARKER_ENVIRONMENT, PYTHON_MINOR, WHEEL_PLATFORM, BuildFailed

PIN = re.compile(r"^([A-Za-z0-9._\-]+)==([^\s;\\]+)\s*(?:;\s*(.*?))?\s*\\?$")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Pin:
    """One package of the lock: its name, version and the hashes of all files that may serve."""

    name: str
    version: str
    hashes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel that was proven to be the locked one."""

    pin: Pin
    file: Path
    sha256: str


def pins_for_windows(lock: Path) -> list[Pin]:
    """Return the lock's packages that the installed program needs, whatever machine builds."""
    pins: list[Pin] = []
    name = version = ""
    marker: str | None = None
    hashes: set[str] = set()

    def close() -> None:
        if name and (marker is None or Marker(marker).evaluate(MARKER_ENVIRONMENT)):
            pins.append(Pin(canonicalize_name(name), version, frozenset(hashes)))

    for line in lock.read_text(encoding="utf-8").splitlines():
        if head := PIN.match(line):
            close()
            name, version, marker = head.group(1), head.group(2), head.group(3)
            hashes = set()
        hashes |= set(HASH.findall(line))
    close()
    twice = {pin.name for pin in pins if sum(other.name == pin.name for other in pins) > 1}
    if twice:
        raise BuildFailed(f"{lock.name} names two versions for Windows: {', '.join(sorted(twice))}")
    return pins


def collect(pins: list[Pin], wheelhouse: Path | None, cache: Path, *, offline: bool) -> list[Wheel]:
    """Return a proven wheel for every pin, from the wheelhouse, the cache, or newly fetched into the cache.

    Raises BuildFailed that names every package without one.
    """
    places = [wheelhouse] if wheelhouse else [cache]
    found, absent = _choose(pins, places)
    if absent and not wheelhouse and not offline:
        _download(absent, cache)
        found, absent = _choose(pins, places)
    if absent:
        lines = "\n".join(f"  {pin.name}=={pin.version}" for pin in absent)
        raise BuildFailed(f"no wheel for Windows with a hash of installer/lock.txt in {places[0]}:\n{lines}")
    return found


def unpack(wheels: list[Wheel], target: Path) -> None:
    """Unpack wheels beside each other into target; scripts and data schemes are left out, nothing runs from them.

    Raises BuildFailed when two wheels bring the same file with another content.
    """
    for wheel in wheels:
        with zipfile.ZipFile(wheel.file) as archive:
            for entry in archive.infolist():
                if entry.is_dir() or ".data/" in entry.filename:
                    continue
                path = (target / entry.filename).resolve()
                if not path.is_relative_to(target.resolve()):
                    raise BuildFailed(f"{wheel.file.name} would write outside: {entry.filename}")
                data = archive.read(entry)
                if path.exists() and path.read_bytes() != data:
                    raise BuildFailed(
                        f"{wheel.file.name} brings {entry.filename}, which another wheel brought differently"
                    )
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)


def supported_tags() -> set[Tag]:
    """Return the tags of wheels that the shipped Python can load."""
    version = tuple(int(part) for part in PYTHON_MINOR.split("."))
    interpreter = f"cp{PYTHON_MINOR.replace('.', '')}"
    return {
        *cpython_tags(version, platforms=[WHEEL_PLATFORM]),
        *compatible_tags(version, interpreter=interpreter, platforms=[WHEEL_PLATFORM]),
    }


def _choose(pins: list[Pin], places: list[Path]) -> tuple[list[Wheel], list[Pin]]:
    tags = supported_tags()
    offered: dict[tuple[str, str], list[Path]] = {}
    for path in sorted(path for place in places if place.is_dir() for path in place.glob("*.whl")):
        try:
            name, version, _build, wheel_tags = parse_wheel_filename(path.name)
        except InvalidWheelFilename:
            continue
        if wheel_tags & tags:
            offered.setdefault((name, str(version)), []).append(path)
    found: list[Wheel] = []
    absent: list[Pin] = []
    for pin in pins:
        hashed = [(path, _sha256(path)) for path in offered.get((pin.name, pin.version), [])]
        fitting = [Wheel(pin, path, digest) for path, digest in hashed if digest in pin.hashes]
        wrong = [path.name for path, digest in hashed if digest not in pin.hashes]
        if wrong and not fitting:
            raise BuildFailed(f"{', '.join(wrong)}: the hash is not one of installer/lock.txt")
        if fitting:
            found.append(fitting[0])
        else:
            absent.append(pin)
    return found, absent


def _download(pins: list[Pin], cache: Path) -> None:
    """Fetch wheels for Windows with pip, which checks the hashes; markers are left out, pip would ask this machine."""
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        wanted = Path(scratch, "windows.txt")
        lines = [
            " ".join([f"{pin.name}=={pin.version}", *(f"--hash=sha256:{h}" for h in sorted(pin.hashes))])
            for pin in pins
        ]
        wanted.write_text("\n".join(lines) + "\n", encoding="utf-8")
        tools.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes", "--only-binary=:all:",
             "--platform", WHEEL_PLATFORM, "--python-version", PYTHON_MINOR, "--implementation", "cp",
             "--dest", str(cache), "--requirement", str(wanted)],
            what="download of the wheels for Windows",
        )  # fmt: skip


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
