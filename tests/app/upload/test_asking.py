"""Which packages the outbox asks receipts for in one round, when thousands wait for days."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.connectors.protocol import Receipt, Verdict
from app.domain.states import DossierState, UploadState
from app.errors import ConnectorError
from app.storage.tables import DossierRow, OutboxRow, PackageRow, ReceiptRow
from app.upload import runner
from app.upload.runner import OutboxRunner
from tests.helpers.home_builder import NOW, build_home


class Office:
    """Counts questions; answers when told to."""

    def __init__(self):
        self.asked = []
        self.fails = None
        self.answers = False

    def status(self, package):
        self.asked.append(package.package_name)
        if self.fails:
            raise ConnectorError(self.fails, retryable=True)
        if not self.answers:
            return None
        return Receipt(package.package_name, Verdict.ACCEPTED, package.package_sha256, "R", NOW, "IPO", "")


@pytest.fixture
def office():
    return Office()


@pytest.fixture
def outbox(tmp_path, office):
    home = build_home(tmp_path / "home", packaged=True)
    yield OutboxRunner(home.database, home.paths, "me", lambda _place: office)
    home.database.close()


def wait_for_receipts(outbox, count, *, hours, place="//s/in"):
    database = outbox._database
    with database.write("test") as tx:
        first = tx.session.scalars(select(OutboxRow)).one()
        tx.session.query(ReceiptRow).delete()
        dossier_id = tx.session.get_one(PackageRow, first.package_id).dossier_id
        tx.session.delete(first)
        for number in range(count):
            package = PackageRow(
                dossier_id=dossier_id,
                name=f"p{number}",
                manifest_sha256=f"{number:064d}",
                payload_bytes=1,
                page_count=1,
                validators=[],
                built_at=NOW,
            )
            tx.session.add(package)
            tx.session.flush()
            tx.session.add(
                OutboxRow(
                    package_id=package.id,
                    destination=place,
                    state=UploadState.SENT,
                    not_before=NOW,
                    queued_at=NOW,
                    sent_at=NOW - timedelta(hours=hours),
                )
            )


def test_what_waits_long_is_not_asked_for_in_each_round(outbox, office):
    wait_for_receipts(outbox, 5, hours=30)
    outbox.work_once()
    assert len(office.asked) == 5
    outbox.work_once()
    assert len(office.asked) == 5


def test_what_was_just_sent_is_asked_for_in_each_round(outbox, office):
    wait_for_receipts(outbox, 1, hours=0)
    for _ in range(3):
        outbox.work_once()
    assert len(office.asked) == 3


def test_many_are_asked_for_in_turns_until_all_were(outbox, office, monkeypatch):
    monkeypatch.setattr(runner, "MOST_ASKED", 4)
    wait_for_receipts(outbox, 10, hours=30)
    outbox.work_once()
    assert len(office.asked) == 4
    outbox.work_once()
    outbox.work_once()
    assert sorted(office.asked) == sorted(f"p{number}" for number in range(10))


def test_a_place_that_is_away_is_asked_once_a_round_and_each_package_in_its_turn(outbox, office):
    wait_for_receipts(outbox, 3, hours=30)
    office.fails = "drop_folder_missing"
    for _ in range(3):
        outbox.work_once()
    assert office.asked == ["p0", "p1", "p2"]
    with outbox._database.read() as session:
        assert set(session.scalars(select(OutboxRow.error))) == {"drop_folder_missing"}


def test_an_answer_after_days_is_brought_in(outbox, office):
    wait_for_receipts(outbox, 1, hours=60)
    with outbox._database.write("test") as tx:
        package = tx.session.scalars(select(PackageRow).where(PackageRow.name == "p0")).one()
        tx.session.get_one(DossierRow, package.dossier_id).state = DossierState.QUEUED
    office.answers = True
    assert outbox.work_once()
    with outbox._database.read() as session:
        assert session.scalars(select(OutboxRow.state)).one() is UploadState.ACCEPTED
