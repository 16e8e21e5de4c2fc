"""A long dossier needs no more memory than a short one: built alone in a process, its peak is read from there."""

from __future__ import annotations

import pickle
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.packaging.bag import verify_bag
from app.packaging.independent import WHOLE_WEIGHT
from tests.helpers.dossier_tasks import MIXED, draw_page, page_of, place_words, save_master, task_of

PAGES = 300
SIZE = (1240, 1754)
# The PDF has about 130 MB and took more than 400 before pictures went from file to file and the independent
# validator got pieces. 300 MB: measured 242 here, 227 for a PDF of 166 MB; 100 of it are libraries and results.
MOST_BYTES = 300_000_000
BUILD = """
import pickle, re, sys
from pathlib import Path
from app.packaging.build import build_package
result = build_package(pickle.loads(Path(sys.argv[1]).read_bytes()))
if sys.platform == "win32":
    import psutil
    peak = psutil.Process().memory_info().peak_wset
elif sys.platform == "linux":
    # Not getrusage: a child started with vfork begins with its parent's peak.
    peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) * 1024
else:
    import resource
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(peak, [check.verdict for check in result.validators])
"""


def with_comment(jpeg: bytes, comment: bytes) -> bytes:
    """Make a JPEG another file with the same picture."""
    return jpeg[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + jpeg[2:]


def draw_scan(directory: Path) -> bytes:
    """Draw a page with the grain of paper, so that its JPEG is as large as a scan's."""
    grain = np.random.default_rng(3).normal(0, 9, (SIZE[1], SIZE[0], 3))
    picture = np.clip(np.asarray(draw_page(*SIZE)) + grain, 0, 255).astype(np.uint8)
    return save_master(Image.fromarray(picture), directory, "scan.jpg", quality=85).read_bytes()


@pytest.mark.timeout(900)
def test_memory_does_not_grow_with_the_dossier(tmp_path: Path) -> None:
    scan = draw_scan(tmp_path)
    words = place_words([[f"{text}{line}" for text in MIXED[1] * 2] for line in range(15)], size_px=24)
    pages = []
    for number in range(1, PAGES + 1):
        master = tmp_path / f"{number}.jpg"
        master.write_bytes(with_comment(scan, b"page %d" % number))
        pages.append(page_of(master, number, words=words, size=SIZE))
    packages = tmp_path / "packages"
    packages.mkdir()
    task = task_of(pages, packages)
    task_file = tmp_path / "task.pickle"
    task_file.write_bytes(pickle.dumps(task))
    done = subprocess.run(
        [sys.executable, "-c", BUILD, str(task_file)], capture_output=True, text=True, check=True
    )
    peak_bytes, verdicts = done.stdout.strip().split(" ", 1)
    package = packages / task.package_name
    assert verdicts == "['pass', 'pass_in_parts']"
    assert verify_bag(package).is_valid
    assert (package / "data/dossier.pdf").stat().st_size > 3 * WHOLE_WEIGHT
    assert int(peak_bytes) < MOST_BYTES, f"{int(peak_bytes) / 1e6:.0f} MB"
