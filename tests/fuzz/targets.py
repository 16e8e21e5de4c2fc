"""What a fuzzer calls: a file's bytes go through the whole of intake, and each page is decoded again.

Only refusals may come out. Everything else (another exception, a crash, a hang) is a finding.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from ocr.errors import SourceRefused
from ocr.intake.decode import decode_master
from ocr.intake.intake import take_in
from ocr.intake.masters import master_path
from ocr.types import IntakeTask, Limits

LIMITS = Limits(max_pixels=4_000_000, max_file_bytes=4_000_000, max_pages=20)
"""Small: a mutation that asks for a sheet of 250 million pixels would only take time."""


def take(content: bytes, directory: Path) -> str:
    """Take bytes in as one file and decode what came of it; returns what became of it.

    directory: emptied each time, left as it was when this process died.
    """
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    source, masters_dir = directory / "offered", directory / "masters"
    source.write_bytes(content)
    try:
        result = take_in(IntakeTask(source, masters_dir, directory, LIMITS))
    except SourceRefused as refused:
        return refused.code
    extensions = {master.sha256: master.extension for master in result.masters}
    for page in result.pages:
        path = master_path(masters_dir, page.master_sha256, extensions[page.master_sha256])
        decoded = decode_master(path, page.frame, LIMITS)
        assert decoded.pixels.size > 0
    return "read"
