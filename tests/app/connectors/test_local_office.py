"""The office side of our own drop folder: verifies, answers plainly, and keeps out of a real office's way."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest

from app.connectors.drop_folder import DropFolder, DropFolderOptions
from app.connectors.local_office import (
    LOCAL_OFFICE,
    MARKER,
    answer_deliveries,
    office_of,
    prepare_drop_folder,
)
from app.connectors.protocol import Receipt, SubmitTask, Verdict
from app.connectors.receipts import encode_receipt, parse_receipt, receipt_path
from app.packaging.build import build_package
from app.storage.locks import exclusive
from tests.helpers.dossier_tasks import DOSSIER_SCHEMA, RECEIPT_SCHEMA, small_task
from tests.helpers.small_packages import make_package

NOW = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)


def answers(directory: Path) -> list[tuple[str, Verdict, str]]:
    found = answer_deliveries(directory, DOSSIER_SCHEMA, now=lambda: NOW)
    return [(receipt.package, receipt.verdict, receipt.reference) for receipt in found]


def deliver(tmp_path: Path, directory: Path, number: int = 12) -> SubmitTask:
    name = f"KH-D-2019-00125--d{number:06d}"
    built = build_package(small_task(tmp_path / name, page_count=2, package_name=name))
    package = SubmitTask(built.package_name, built.path, built.package_sha256)
    DropFolder(DropFolderOptions(directory)).submit(package, cancelled=lambda: False)
    return package


def test_good_package_is_accepted_once_and_says_by_whom(tmp_path: Path) -> None:
    directory = tmp_path / "office"
    assert prepare_drop_folder(directory) == LOCAL_OFFICE
    package = deliver(tmp_path, directory)
    assert answers(directory) == [(package.package_name, Verdict.ACCEPTED, "LOCAL-2026-000001")]
    assert answers(directory) == []
    receipt = DropFolder(DropFolderOptions(directory)).status(package)
    assert receipt is not None
    assert (receipt.office, receipt.time) == ("local drop folder", NOW)
    second = deliver(tmp_path, directory, 13)
    assert answers(directory) == [(second.package_name, Verdict.ACCEPTED, "LOCAL-2026-000002")]


@pytest.mark.parametrize(
    ("victim", "reason"),
    [
        ("data/dossier.pdf", "file_changed"),
        ("data/text/0001.txt", "file_changed"),
        ("bagit.txt", "not_a_bag"),
    ],
)
def test_damaged_package_is_refused_with_its_reason(tmp_path: Path, victim: str, reason: str) -> None:
    directory = tmp_path / "office"
    prepare_drop_folder(directory)
    package = deliver(tmp_path, directory)
    target = directory / package.package_name / victim
    if victim == "bagit.txt":
        target.unlink()
    else:
        target.write_bytes(b"?")
    (receipt,) = answer_deliveries(directory, DOSSIER_SCHEMA)
    assert receipt.verdict is Verdict.REFUSED
    assert reason in receipt.reason


def test_bag_without_a_dossier_is_refused(tmp_path: Path) -> None:
    directory = tmp_path / "office"
    prepare_drop_folder(directory)
    DropFolder(DropFolderOptions(directory)).submit(make_package(tmp_path / "p"), cancelled=lambda: False)
    (receipt,) = answer_deliveries(directory, DOSSIER_SCHEMA)
    assert (receipt.verdict, receipt.reason) == (Verdict.REFUSED, "dossier_json_unreadable")


def test_unfinished_packages_and_other_directories_are_left_alone(tmp_path: Path) -> None:
    directory = tmp_path / "office"
    prepare_drop_folder(directory)
    package = make_package(tmp_path / "p")
    package.package_path.rename(directory / f"{package.package_name}.part")
    (directory / "notes").mkdir()
    assert answers(directory) == []
    assert sorted(path.name for path in directory.iterdir() if path.suffix == ".json") == [MARKER]


def test_real_office_directory_is_never_answered_for(tmp_path: Path) -> None:
    directory = tmp_path / "office"
    directory.mkdir()
    (directory / "README from the office.txt").write_bytes(b"hello")
    assert prepare_drop_folder(directory) == ""
    assert not (directory / MARKER).exists()
    deliver(tmp_path, directory)
    assert answers(directory) == []


def test_marker_stays_when_packages_arrive_and_garbage_is_no_marker(tmp_path: Path) -> None:
    directory = tmp_path / "office"
    prepare_drop_folder(directory)
    deliver(tmp_path, directory)
    assert prepare_drop_folder(directory) == LOCAL_OFFICE
    (directory / MARKER).write_text("[]", encoding="utf-8")
    assert office_of(directory) == ""


def test_only_one_process_answers_at_a_time(tmp_path: Path) -> None:
    directory = tmp_path / "office"
    prepare_drop_folder(directory)
    deliver(tmp_path, directory)
    with exclusive(directory / ".foliodesk-office.lock", timeout_s=0.0, code="x"):
        assert answers(directory) == []
    assert len(answers(directory)) == 1


def test_forgotten_receipt_is_given_again_with_a_new_reference(tmp_path: Path) -> None:
    directory = tmp_path / "office"
    prepare_drop_folder(directory)
    first, second = deliver(tmp_path, directory), deliver(tmp_path, directory, 13)
    answers(directory)
    receipt_path(directory, first.package_name).unlink()
    assert answers(directory) == [(first.package_name, Verdict.ACCEPTED, "LOCAL-2026-000003")]
    assert receipt_path(directory, second.package_name).exists()


RECEIPT = Receipt("p", Verdict.ACCEPTED, "a" * 64, "R-1", NOW, "KH")
DOCUMENT = json.loads(encode_receipt(RECEIPT))


def test_receipt_survives_writing_and_reading() -> None:
    assert parse_receipt(encode_receipt(RECEIPT)) == RECEIPT
    refused = replace(RECEIPT, verdict=Verdict.REFUSED, reason="ទំព័រ 2 missing")
    assert parse_receipt(encode_receipt(refused)) == refused


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"verdict": "refused"},
        {"verdict": "refused", "reason": ""},
        {"verdict": "refused", "reason": "blurred"},
        {"verdict": "maybe"},
        {"verdict": None},
        {"verdict": ["accepted"]},
        {"sha256": "a" * 63},
        {"sha256": "A" * 64},
        {"sha256": 7},
        {"time": "2026-05-06"},
        {"time": "2026-05-06T07:08:09"},
        {"time": "2026-05-06T07:08Z"},
        {"time": "2026-05-06T07:08:09.5+07:00"},
        {"reference": ""},
        {"office": "x" * 201},
        {"package": None},
        {"reason": ""},
        {"reason": 5},
        {"shelf": 7},
    ],
)
def test_reader_and_schema_agree_on_what_a_receipt_is(change: dict[str, object]) -> None:
    document = {**DOCUMENT, **change}
    schema = json.loads(RECEIPT_SCHEMA.read_text(encoding="utf-8"))
    is_valid = jsonschema.Draft202012Validator(schema).is_valid(document)
    try:
        parse_receipt(json.dumps(document).encode())
    except ValueError:
        assert not is_valid
    else:
        assert is_valid


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"a": 1, "a": 2}', b"[" * 5000]
)
def test_anything_else_is_no_receipt(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_receipt(content)


@pytest.mark.parametrize("missing", list(DOCUMENT))
def test_every_required_member_is_required(missing: str) -> None:
    document = {name: value for name, value in DOCUMENT.items() if name != missing}
    with pytest.raises(ValueError, match=missing):
        parse_receipt(json.dumps(document).encode())
