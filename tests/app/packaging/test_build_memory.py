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

FEW_PAGES, PAGES = 20, 300
SIZE = (1240, 1754)
# The long PDF has about 130 MB; building it took 300 MB more than a short one before pictures went from file to file
# and the independent validator got pieces. What the libraries take differs from system to system; it is in both.
MOST_GROWTH_BYTES = 150_000_000
BUILD = """
import pickle, re, sys
from pathlib import Path
from app.packaging.build import build_package

def peak_bytes():
    if sys.platform == "win32":
        import psutil
        return psutil.Process().memory_info().peak_wset
    if sys.platform == "linux":
        # Not getrusage: a child started with vfork begins with its parent's peak.
        return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) * 1024
    import resource
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

for task_file in sys.argv[1:]:
    result = build_package(pickle.loads(Path(task_file).read_bytes()))
    print(peak_bytes(), [check.verdict for check in result.validators])
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
    few = task_of(pages[:FEW_PAGES], packages, dossier_id=1, package_name="KH-D-2019-00125--d000001")
    all_of_them = task_of(pages, packages, dossier_id=2, package_name="KH-D-2019-00125--d000002")
    for name, task in (("few", few), ("all", all_of_them)):
        (tmp_path / name).write_bytes(pickle.dumps(task))

    done = subprocess.run(
        [sys.executable, "-c", BUILD, str(tmp_path / "few"), str(tmp_path / "all")],
        capture_output=True,
        text=True,
        check=True,
    )

    before, after = done.stdout.strip().splitlines()
    package = packages / all_of_them.package_name
    assert after.endswith("['pass', 'pass_in_parts']")
    assert verify_bag(package).is_valid
    assert (package / "data/dossier.pdf").stat().st_size > 3 * WHOLE_WEIGHT
    growth_bytes = int(after.split()[0]) - int(before.split()[0])
    assert growth_bytes < MOST_GROWTH_BYTES, f"{growth_bytes / 1e6:.0f} MB more than for {FEW_PAGES} pages"
