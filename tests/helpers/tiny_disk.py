"""A real small disk (tmpfs), where the machine lets us have one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def tiny_disk(directory: Path, size_bytes: int, *, options: str = "") -> Iterator[Path]:
    """Mount a tmpfs of that size at directory, or skip the test."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("needs Linux and root to mount a small disk")
    directory.mkdir(parents=True, exist_ok=True)
    wanted = f"size={size_bytes}{options}"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", wanted, "tmpfs", str(directory)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"cannot mount a small disk: {mounted.stderr.decode().strip()}")
    try:
        yield directory
    finally:
        subprocess.run(["umount", "-l", str(directory)], check=True)


def remount_read_only(directory: Path) -> None:
    """Turn a tiny disk into one that cannot be written."""
    subprocess.run(["mount", "-o", "remount,ro", str(directory)], check=True)
