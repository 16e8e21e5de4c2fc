"""The contract every connector keeps; the fake and the drop folder run the same tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.connectors.drop_folder import DropFolder, DropFolderOptions
from app.connectors.fake import FakeOffice
from app.connectors.local_office import prepare_drop_folder
from app.connectors.protocol import DeliveryCancelled, OfficeConnector, Receipt, SubmitTask, Verdict
from app.connectors.receipts import encode_receipt, receipt_path, write_whole
from app.errors import Conflict, ConnectorError
from tests.helpers.small_packages import make_package


@dataclass(frozen=True)
class Office:
    """A connector under test and the ways to play the office behind it."""

    connector: OfficeConnector
    answer: Callable[[SubmitTask, Verdict, str], None]
    break_off: Callable[[], None]


def fake_office(_tmp_path: Path) -> Office:
    fake = FakeOffice()

    def answer(package: SubmitTask, verdict: Verdict, sha256: str) -> None:
        fake.answer(package.package_name, reason="no" if verdict is Verdict.REFUSED else "", sha256=sha256)

    def break_off() -> None:
        fake.failing = "drop_folder_missing"

    return Office(fake, answer, break_off)


def drop_folder(tmp_path: Path) -> Office:
    directory = tmp_path / "office"
    prepare_drop_folder(directory)

    def answer(package: SubmitTask, verdict: Verdict, sha256: str) -> None:
        reason = "no" if verdict is Verdict.REFUSED else ""
        receipt = Receipt(package.package_name, verdict, sha256, "R-1", datetime.now(UTC), "test", reason)
        write_whole(receipt_path(directory, package.package_name), encode_receipt(receipt))

    return Office(
        DropFolder(DropFolderOptions(directory)), answer, lambda: directory.rename(tmp_path / "gone") and None
    )


@pytest.fixture(params=[fake_office, drop_folder], ids=["fake", "drop_folder"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Office:
    return request.param(tmp_path)


def test_delivery_is_not_acceptance(office: Office, tmp_path: Path) -> None:
    package = make_package(tmp_path / "packages")
    assert office.connector.check().is_ready
    assert not office.connector.submit(package, cancelled=lambda: False).already_there
    assert office.connector.status(package) is None


def test_delivered_twice_is_stored_once(office: Office, tmp_path: Path) -> None:
    package = make_package(tmp_path / "packages")
    first = office.connector.submit(package, cancelled=lambda: False)
    again = office.connector.submit(package, cancelled=lambda: False)
    assert (again.already_there, again.location) == (True, first.location)


@pytest.mark.parametrize("verdict", list(Verdict))
def test_receipt_brings_the_verdict(office: Office, tmp_path: Path, verdict: Verdict) -> None:
    package = make_package(tmp_path / "packages")
    office.connector.submit(package, cancelled=lambda: False)
    office.answer(package, verdict, package.package_sha256)
    receipt = office.connector.status(package)
    assert receipt is not None
    assert (receipt.verdict, receipt.sha256) == (verdict, package.package_sha256)


def test_receipt_about_other_content_is_not_ours(office: Office, tmp_path: Path) -> None:
    package = make_package(tmp_path / "packages")
    office.connector.submit(package, cancelled=lambda: False)
    office.answer(package, Verdict.ACCEPTED, "f" * 64)
    with pytest.raises(ConnectorError) as caught:
        office.connector.status(package)
    assert caught.value.code == "receipt_mismatch"


def test_other_content_under_the_name_is_never_replaced(office: Office, tmp_path: Path) -> None:
    office.connector.submit(make_package(tmp_path / "first"), cancelled=lambda: False)
    with pytest.raises(Conflict) as caught:
        office.connector.submit(make_package(tmp_path / "second", text="other"), cancelled=lambda: False)
    assert caught.value.code == "other_content_there"


def test_cancelled_delivery_stores_nothing_and_can_go_on(office: Office, tmp_path: Path) -> None:
    package = make_package(tmp_path / "packages")
    with pytest.raises(DeliveryCancelled):
        office.connector.submit(package, cancelled=lambda: True)
    assert not office.connector.submit(package, cancelled=lambda: False).already_there


def test_office_that_is_away_is_worth_another_try(office: Office, tmp_path: Path) -> None:
    package = make_package(tmp_path / "packages")
    office.break_off()
    status = office.connector.check()
    assert (status.is_ready, status.code) == (False, "drop_folder_missing")
    with pytest.raises(ConnectorError) as caught:
        office.connector.submit(package, cancelled=lambda: False)
    assert (caught.value.code, caught.value.retryable) == ("drop_folder_missing", True)
