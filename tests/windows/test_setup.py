"""A setup of this tree is built, installed, driven and removed, with real Windows binaries.

The one long test of the suite, and not all of it: `installer/smoke_test.py SETUP --older SETUP` has more steps, for
before a release. It runs where the tools are (on Debian: `apt-get install nsis gcc-mingw-w64-x86-64 wine64 wine
xvfb`), on Windows with NSIS and mingw; elsewhere it is skipped and says so.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(PROJECT / "installer"), str(PROJECT / "tests" / "windows")]

from setup import tools  # noqa: E402
from wine import DEBIAN_PACKAGES, missing_tools  # noqa: E402

needed = ["compiler", "windres", "makensis"]
absent = [name for name in needed if tools.find(name) is None]
if sys.platform != "win32":
    absent += missing_tools()


def build(out: Path, *options: str) -> Path:
    """Build a setup without compression, which takes seconds; downloads are kept between runs."""
    done = subprocess.run(
        [
            *(
                sys.executable,
                PROJECT / "installer" / "build.py",
                "--allow-changes",
                "--compression",
                "store",
            ),
            *("--out", out, *options),
        ],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return Path(done.stdout.strip().splitlines()[-1])


@pytest.mark.skipif(
    bool(absent), reason=f"not here: {', '.join(absent)}; apt-get install {' '.join(DEBIAN_PACKAGES)}"
)
@pytest.mark.timeout(1500)
@pytest.mark.begin_with
def test_setup_is_installed_driven_and_removed(tmp_path):
    setup = build(tmp_path)

    done = subprocess.run(
        [
            *(sys.executable, PROJECT / "installer" / "smoke_test.py", setup),
            *("--pictures", tmp_path / "pictures", "--quick"),
        ],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-4000:]
    assert "smoke test passed" in done.stdout
