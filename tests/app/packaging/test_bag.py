"""Bags: written so that the reference reader agrees, verified so that nothing goes unnoticed."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import bagit
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.packaging.bag import (
    BagInfo,
    decode_path,
    encode_path,
    is_safe_path,
    read_manifest,
    verify_bag,
    write_tag_files,
)
from app.packaging.durable import hash_file
from app.packaging.names import name_key, safe_file_name, safe_name, unique_names

KHMER_NAME = "ទំព័រ ៣ ឯកសារ.txt"
FILES = {"data/dossier.pdf": b"%PDF", f"data/originals/{KHMER_NAME}": "ក".encode(), "data/text/0001.txt": b""}


def make_bag(directory: Path, files: dict[str, bytes] | None = None) -> tuple[Path, str]:
    bag = directory / "KH-D-2019-00125--d000012"
    sums = {}
    for name, content in (FILES if files is None else files).items():
        (bag / name).parent.mkdir(parents=True, exist_ok=True)
        (bag / name).write_bytes(content)
        sums[name] = hash_file(bag / name)
    info = BagInfo(datetime(2026, 3, 4, tzinfo=UTC), "Foliodesk 0.1.0", "KH/D/2019/00125", "Office\nKey: x")
    return bag, write_tag_files(bag, sums, info)


def codes(bag: Path, **options: str) -> set[tuple[str, str]]:
    return {(finding.code, finding.path) for finding in verify_bag(bag, **options).findings}


def test_fresh_bag_is_valid_for_us_and_for_the_reference_reader(tmp_path: Path) -> None:
    bag, package_sha256 = make_bag(tmp_path)
    report = verify_bag(bag, package_sha256=package_sha256)
    assert report.is_valid
    assert (report.payload_files, report.payload_bytes) == (3, 7)
    reference = bagit.Bag(str(bag))
    reference.validate()
    assert reference.version == "1.0"
    assert reference.info["Payload-Oxum"] == "7.3"
    assert reference.info["External-Identifier"] == "KH/D/2019/00125"
    assert reference.info["Bagging-Date"] == "2026-03-04"
    assert reference.info["Source-Organization"] == "Office Key: x"


@pytest.mark.parametrize(
    ("victim", "finding"),
    [
        ("data/dossier.pdf", ("file_changed", "data/dossier.pdf")),
        ("bag-info.txt", ("file_changed", "bag-info.txt")),
        ("bagit.txt", ("file_changed", "bagit.txt")),
        (f"data/originals/{KHMER_NAME}", ("file_changed", f"data/originals/{KHMER_NAME}")),
    ],
)
def test_changed_file_is_found_by_both_readers(tmp_path: Path, victim: str, finding: tuple[str, str]) -> None:
    bag, _ = make_bag(tmp_path)
    content = (bag / victim).read_bytes()
    (bag / victim).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert finding in codes(bag)
    with pytest.raises(bagit.BagError):
        bagit.Bag(str(bag)).validate()


def test_missing_and_added_files_are_found(tmp_path: Path) -> None:
    bag, _ = make_bag(tmp_path)
    (bag / "data/dossier.pdf").unlink()
    (bag / "data/new.txt").write_bytes(b"?")
    (bag / "stray.txt").write_bytes(b"?")
    expected = {
        ("file_missing", "data/dossier.pdf"),
        ("file_extra", "data/new.txt"),
        ("file_extra", "stray.txt"),
    }
    assert expected <= codes(bag)
    with pytest.raises(bagit.BagError):
        bagit.Bag(str(bag)).validate()


def test_rewritten_manifest_is_another_package(tmp_path: Path) -> None:
    bag, package_sha256 = make_bag(tmp_path)
    lines = (bag / "manifest-sha256.txt").read_text(encoding="utf-8").splitlines(keepends=True)
    (bag / "manifest-sha256.txt").write_text("".join(lines[1:]), encoding="utf-8")
    found = codes(bag, package_sha256=package_sha256)
    assert ("package_differs", "manifest-sha256.txt") in found
    assert ("file_changed", "manifest-sha256.txt") in found


def test_consistent_forgery_is_still_another_package(tmp_path: Path) -> None:
    _, package_sha256 = make_bag(tmp_path / "ours")
    forged, _ = make_bag(tmp_path / "forged", {**FILES, "data/dossier.pdf": b"%FDP"})
    assert verify_bag(forged).is_valid
    assert ("package_differs", "manifest-sha256.txt") in codes(forged, package_sha256=package_sha256)


@pytest.mark.parametrize("line", ["../outside.txt", "/etc/passwd", "data/../../x", "C:/x", "data\\x", "~/x"])
def test_manifest_never_leads_outside_its_bag(tmp_path: Path, line: str) -> None:
    bag, _ = make_bag(tmp_path)
    manifest = bag / "manifest-sha256.txt"
    manifest.write_text(manifest.read_text(encoding="utf-8") + f"{'0' * 64}  {line}\n", encoding="utf-8")
    assert ("manifest_unreadable", "manifest-sha256.txt") in codes(bag)


def test_names_that_windows_takes_for_one_are_refused(tmp_path: Path) -> None:
    bag, _ = make_bag(tmp_path)
    (bag / "manifest-sha256.txt").write_text(
        f"{'0' * 64}  data/A.txt\n{'0' * 64}  data/a.TXT\n", encoding="utf-8"
    )
    with pytest.raises(ValueError, match=r"data/a\.TXT"):
        read_manifest(bag)


def test_directory_that_is_no_bag_says_so(tmp_path: Path) -> None:
    assert codes(tmp_path) == {("not_a_bag", "")}
    bag, _ = make_bag(tmp_path)
    (bag / "manifest-sha256.txt").unlink()
    assert ("manifest_missing", "manifest-sha256.txt") in codes(bag)


@pytest.mark.skipif(not hasattr(os, "symlink") or os.name == "nt", reason="needs symbolic links")
def test_link_in_the_payload_is_not_followed(tmp_path: Path) -> None:
    bag, _ = make_bag(tmp_path)
    outside = tmp_path / "outside.pdf"
    outside.write_bytes(FILES["data/dossier.pdf"])
    (bag / "data/dossier.pdf").unlink()
    (bag / "data/dossier.pdf").symlink_to(outside)
    assert ("path_unsafe", "data/dossier.pdf") in codes(bag)


@given(st.text())
def test_paths_survive_their_encoding(path: str) -> None:
    encoded = encode_path(path)
    assert decode_path(encoded) == path
    assert not set(encoded) & {"\r", "\n"}


def test_file_names_with_line_breaks_survive_a_bag(tmp_path: Path) -> None:
    if os.name == "nt":
        pytest.skip("Windows allows no line breaks in names")
    bag, _ = make_bag(tmp_path, {"data/a\nb\r100%25.txt": b"x", "data/c\u2028d.txt": b"y"})
    assert verify_bag(bag).is_valid


def test_package_names_are_short_plain_and_told_apart() -> None:
    assert safe_name("KH/D/2019/00125", 12) == "KH-D-2019-00125--d000012"
    assert safe_name("KH/D/2019/00125", 12, revision=2) == "KH-D-2019-00125--d000012-r2"
    assert safe_name(None, 7) == "no-number--d000007"
    assert safe_name("../..", 7) == "no-number--d000007"
    assert safe_name("4-2019-11818", 1) == "4-2019-11818--d000001"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("ទំព័រ ៣.jpg", "ទំព័រ ៣.jpg"),
        ("CON", "_CON"),
        ("aux.pdf", "_aux.pdf"),
        ("com1.tar.gz", "_com1.tar.gz"),
        ("a/b\\c.pdf", "c.pdf"),
        ("what?.pdf", "what_.pdf"),
        ("100%.pdf", "100_.pdf"),
        ("trailing. ", "trailing"),
        ("...", "_"),
        ("", "_"),
        ("..", "_"),
        ("a\nb.pdf", "a_b.pdf"),
        ("x" * 200 + ".pdf", "x" * 80 + ".pdf"),
    ],
)
def test_file_names_suit_every_system(name: str, safe: str) -> None:
    assert safe_file_name(name) == safe


@given(st.lists(st.text(max_size=120), max_size=12))
def test_any_names_become_safe_and_different(names: list[str]) -> None:
    chosen = unique_names(names)
    assert len({name_key(name) for name in chosen}) == len(names)
    for name in chosen:
        assert is_safe_path(f"data/originals/{name}")
        assert len(name.encode("utf-8")) <= 255
        assert not name.endswith((".", " "))
        assert not set(name) & set('<>:"/\\|?*%\r\n')
