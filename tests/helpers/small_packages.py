"""Bags of a few bytes for tests of delivery, where what is inside does not matter."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from app.connectors.protocol import SubmitTask
from app.packaging.bag import BagInfo, write_tag_files

NAME = "KH-D-2019-00125--d000012"


def make_package(
    directory: Path, *, name: str = NAME, text: str = "ទំព័រ", files: int = 4, size: int = 2_000
) -> SubmitTask:
    """Write a complete bag with some files of content made from text."""
    bag = directory / name
    sums = {}
    for number in range(files):
        path = f"data/masters/{number + 1:04d} ទំព័រ.bin"
        (bag / path).parent.mkdir(parents=True, exist_ok=True)
        content = (f"{text}{number}".encode() * size)[:size]
        (bag / path).write_bytes(content)
        sums[path] = hashlib.sha256(content).hexdigest()
    info = BagInfo(datetime(2026, 3, 4, tzinfo=UTC), "Foliodesk 0.1.0")
    return SubmitTask(name, bag, write_tag_files(bag, sums, info))
