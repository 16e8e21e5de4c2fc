"""The real payload: built twice alike, and every module of the program imports from what pruning left, with Windows' Python.

Needs the parts: the downloads of an earlier build (`build/windows/downloads`), or an index to fetch them from.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from setup import tools

from tests.helpers.small_setup import PROJECT, missing_tools

IMPORT_ALL = r"""
import importlib, json, pkgutil, sys
from pathlib import Path
program = Path(sys.executable).resolve().parents[1] / "program"
failed = {}
for top in ("app", "ocr", "ui"):
    package = importlib.import_module(top)
    for found in pkgutil.walk_packages(package.__path__, top + "."):
        if found.name.startswith("app.storage.migrations.") and not found.name.endswith("runner"):
            continue  # Alembic runs these files itself
        if found.name.endswith("__main__"):
            continue
        try:
            importlib.import_module(found.name)
        except Exception as error:
            failed[found.name] = repr(error)
outside = sorted(
    name for name, module in sys.modules.items()
    # This script is one; Shiboken carries some of its modules inside itself: their files exist nowhere.
    if name not in ("__main__", "__mp_main__") and Path(getattr(module, "__file__", None) or "?").exists()
    and not Path(module.__file__).resolve().is_relative_to(program.parent)
)
import cv2, numpy, pypdfium2, pikepdf, tesserocr, zxingcpp, lxml.etree, sqlalchemy.dialects.sqlite, page
from PIL import Image, JpegImagePlugin, PngImagePlugin, TiffImagePlugin, Jpeg2KImagePlugin, WebPImagePlugin, BmpImagePlugin, features
from fontTools import subset, ttLib
from app.connectors.vault import Login, SystemVault
vault, share, kept = SystemVault(), r"\\foliodesk-test.invalid\payload", Login("scans", "secret")
vault.keep(share, kept)
vault_obeys = SystemVault().find(share) == kept and vault.forget(share) and vault.find(share) is None
picture = numpy.full((40, 60), 255, numpy.uint8)
read = cv2.imdecode(cv2.imencode(".png", picture)[1], cv2.IMREAD_GRAYSCALE)
print(json.dumps({
    "failed": failed,
    "outside": outside,
    "vault_obeys": vault_obeys,
    "decodes": bool((read == picture).all()),
    "features": {name: features.check(name) for name in ("jpg", "jpg_2000", "libtiff", "webp", "zlib")},
    "path": sys.path,
    "flags": [sys.flags.isolated, sys.flags.ignore_environment],
    "version": importlib.import_module("importlib.metadata").version("foliodesk"),
}))
"""


@pytest.fixture(scope="module")
def payload(tmp_path_factory: pytest.TempPathFactory) -> Path:
    absent = [name for name in ("compiler", "windres") if tools.find(name) is None]
    if absent:
        pytest.skip(tools.how_to_install(absent))
    return _build(tmp_path_factory.mktemp("build"))


@pytest.mark.timeout(900)
def test_two_builds_give_the_same_files(payload: Path, tmp_path: Path) -> None:
    again = _build(tmp_path)
    assert (again / "manifest.json").read_bytes() == (payload / "manifest.json").read_bytes()


@pytest.mark.timeout(900)
def test_every_module_imports_from_what_ships(payload: Path, tmp_path: Path) -> None:
    if sys.platform != "win32":
        if absent := missing_tools():
            pytest.skip(f"not on this machine: {', '.join(absent)}")
        sys.path.append(str(PROJECT / "tests" / "windows"))
        from wine import make_prefix

        with make_prefix(tmp_path / "wine") as prefix:
            script = tmp_path / "import_all.py"
            script.write_text(IMPORT_ALL, encoding="utf-8")
            done = prefix.run(
                [payload / "python" / "python.exe", "-B", "-X", "utf8", prefix.windows_path(script)],
                timeout_s=600,
            )
    else:
        command = [payload / "python" / "python.exe", "-B", "-X", "utf8", "-c", IMPORT_ALL]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["failed"] == {}
    assert found["outside"] == []
    assert found["decodes"]
    assert found["vault_obeys"]
    assert all(found["features"].values()), found["features"]
    assert found["flags"] == [1, 1]
    assert len(found["path"]) == 4
    manifest = json.loads((payload / "manifest.json").read_text(encoding="utf-8"))
    assert found["version"] == manifest["version"]


def test_manifest_says_what_it_was_built_from(payload: Path) -> None:
    manifest = json.loads((payload / "manifest.json").read_text(encoding="utf-8"))
    built_from = manifest["built_from"]
    assert len(built_from["commit"].partition("+")[0]) == 40
    assert built_from["python"]["version"].startswith("3.13.")
    assert len(built_from["wheels"]) > 40
    listed = {entry["path"] for entry in manifest["files"]}
    assert {
        "Foliodesk.exe",
        "foliodesk.com",
        "setup/steps.py",
        "licences/THIRD-PARTY.txt",
        "python/python313._pth",
    } <= listed
    assert not [
        path for path in listed if path.startswith(("python/Lib/idlelib", "packages/pip", "program/tests"))
    ]
    assert built_from["bytes_after_pruning"] < 0.65 * built_from["bytes_before_pruning"]


def _build(work: Path) -> Path:
    """Build a payload in a place of its own; the downloads are shared with other builds."""
    command = [
        sys.executable,
        PROJECT / "installer" / "build.py",
        "--allow-changes",
        "--payload-only",
        "--work",
        work,
    ]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode != 0 and "download of" in done.stderr:
        pytest.skip(f"the parts for Windows are not at hand and could not be fetched: {done.stderr[-500:]}")
    assert done.returncode == 0, done.stderr[-4000:]
    return Path(done.stdout.strip().splitlines()[-1])
