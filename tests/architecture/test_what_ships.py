"""What is in the repository: resources with their hashes and licences, and nothing that belongs to one workplace."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
HASHED = ["resources/tessdata", "resources/fonts"]
LANGUAGES = {"eng", "fra", "khm", "lao", "tha", "vie", "ind", "osd"}

# Places on somebody's machine, and names of package registries.
PLACES = re.compile(
    rb"(?<![\w.~])/(?:work|root|opt/pypi)/(?!\.\.\.)|[A-Z]:\\\\?Users\\\\?\w+"
    rb"|pypi\.org|pythonhosted|registry\.npmjs"
)
BINARY = {
    ".png",
    ".jpg",
    ".jpeg",
    ".tif",
    ".tiff",
    ".bmp",
    ".pdf",
    ".otf",
    ".ttf",
    ".traineddata",
    ".onnx",
    ".gz",
    ".ico",
}


@pytest.mark.parametrize("directory", HASHED)
def test_shipped_files_match_their_hashes(directory: str) -> None:
    place = PROJECT / directory
    listed = dict(
        reversed(line.split(maxsplit=1))
        for line in (place / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    )

    # All but the list itself and the licences.
    told = {path.name for path in place.iterdir() if path.name != "SHA256SUMS" and "LICENSE" not in path.name}
    assert told == set(listed)
    for name, digest in listed.items():
        assert hashlib.sha256((place / name).read_bytes()).hexdigest() == digest, name


def test_all_models_and_their_licence_ship() -> None:
    place = PROJECT / "resources" / "tessdata"

    assert {path.stem for path in place.glob("*.traineddata")} == LANGUAGES
    licence = (place / "LICENSE.txt").read_text(encoding="utf-8")
    assert "Apache-2.0" in licence
    assert {"latin_lines.onnx", "latin_lines.txt"} <= {path.name for path in place.iterdir()}
    assert "latin_lines" in licence
    assert (
        "SIL OPEN FONT LICENSE"
        in (PROJECT / "resources/fonts/Noto-LICENSE.txt").read_text(encoding="utf-8").upper()
    )


def test_no_package_has_a_licence_that_cannot_ship_and_notice_is_current() -> None:
    answer = subprocess.run(
        [sys.executable, PROJECT / "installer" / "notices.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode == 0, answer.stdout


def test_no_file_names_a_machines_places() -> None:
    found = []
    for path in _tracked_files():
        if path.suffix in BINARY or path.name == Path(__file__).name:
            continue
        for number, line in enumerate(path.read_bytes().splitlines(), start=1):
            if PLACES.search(line):
                found.append(f"{path.relative_to(PROJECT)}:{number}: {line.strip()[:80]!r}")

    assert found == []


def test_no_file_is_too_large_for_a_clone() -> None:
    large = {path.name: path.stat().st_size for path in _tracked_files() if path.stat().st_size > 20_000_000}

    assert large == {}


def _tracked_files() -> list[Path]:
    if shutil.which("git") is None or not (PROJECT / ".git").exists():
        pytest.skip("needs git and a clone: asks which files are tracked")
    answer = subprocess.run(["git", "-C", PROJECT, "ls-files", "-z"], capture_output=True, check=False)
    if answer.returncode != 0:
        pytest.skip("git does not read this clone (another owner's?)")
    files = [PROJECT / name.decode() for name in answer.stdout.split(b"\0") if name]
    return [path for path in files if path.is_file()]
