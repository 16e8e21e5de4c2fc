"""Packages are read on other systems than they were made on: every name in one must suit them all."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from app.packaging.bag import read_manifest, verify_bag
from app.packaging.build import build_package
from app.packaging.content import PackageOriginal
from app.packaging.durable import hash_file
from app.packaging.names import name_key, unique_names
from ocr.long_paths import is_reserved
from tests.helpers.dossier_tasks import small_task

VIETNAMESE, KHMER = "Đơn đăng ký nhãn hiệu.pdf", "ពាក្យសុំ ស្រី៊.pdf"
HOSTILE = [
    "aux.pdf",
    "AUX.PDF",
    "con",
    "nul.tar.gz",
    "COM1.pdf",
    "lpt¹.pdf",
    "lpt9 .pdf",
    "CONIN$",
    "Form.pdf",
    "FORM.PDF",
    "form.pdf ",
    "form.pdf.",
    "form...pdf",
    "a:b.pdf",
    "C:\\scans\\a.pdf",
    "..\\..\\a.pdf",
    "what?.pdf",
    "<a>|b*.pdf",
    "tab\there.pdf",
    "Straße.pdf",
    "STRASSE.pdf",
    unicodedata.normalize("NFC", VIETNAMESE),
    unicodedata.normalize("NFD", VIETNAMESE),
    unicodedata.normalize("NFC", KHMER),
    unicodedata.normalize("NFD", KHMER),
    "ក" * 200 + ".pdf",
    "ក" * 200 + ".PDF",
]


def suits_every_disk(path: str) -> bool:
    """The rules of Windows for a name, which are the strictest."""
    return all(
        not is_reserved(part)
        and not re.search(r'[<>:"\\|?*\x00-\x1f]', part)
        and part == part.rstrip(". ")
        and part == unicodedata.normalize("NFC", part)
        and len(part.encode("utf-16-le")) // 2 <= 255
        and len(part.encode("utf-8")) <= 255
        for part in path.split("/")
    )


def test_hostile_names_become_names_for_every_disk_and_stay_apart() -> None:
    chosen = unique_names(HOSTILE)
    assert [name for name in chosen if not suits_every_disk(name)] == []
    assert len({name_key(name) for name in chosen}) == len(HOSTILE)
    assert all(
        "pdf" in after.lower()
        for before, after in zip(HOSTILE, chosen, strict=True)
        if "pdf" in before.lower()
    )


@pytest.mark.parametrize("name", ["aux", "Aux.pdf", "NUL.tar.gz", "com¹", "LPT0.x", "con .txt", "conout$"])
def test_names_of_devices_are_known(name: str) -> None:
    assert is_reserved(name)


@pytest.mark.parametrize("name", ["auxiliary.pdf", "com10", "console", "a.con", "_aux", "ការិយាល័យ"])
def test_names_that_only_look_like_devices_are_free(name: str) -> None:
    assert not is_reserved(name)


def test_a_package_of_files_with_hostile_names_is_whole_on_every_disk(tmp_path: Path) -> None:
    originals = []
    for number, name in enumerate(HOSTILE):
        stored = tmp_path / f"original-{number}.pdf"
        stored.write_bytes(f"%PDF-1.4 {number}".encode())
        originals.append(PackageOriginal(stored, hash_file(stored), "application/pdf", name))
    built = build_package(replace(small_task(tmp_path), originals=tuple(originals)))
    assert verify_bag(built.path, package_sha256=built.package_sha256).is_valid
    listed = read_manifest(built.path)
    assert [path for path in (built.package_name, *listed) if not suits_every_disk(path)] == []
    assert sum(path.startswith("data/originals/") for path in listed) == len(HOSTILE)
