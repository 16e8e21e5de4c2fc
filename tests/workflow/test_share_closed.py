"""Packages for a share that lets nobody in wait, say what to do, and leave as soon as its login is known."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.commands.digitize import _open_share
from app.connectors.shares import Shares
from app.connectors.vault import Login, MemoryVault
from app.domain.ids import OutboxId
from app.domain.states import UploadState
from app.errors import ConnectorError
from app.storage.tables import OutboxRow
from tests.helpers.program import finish, open_program, write_page
from tests.helpers.shares_at_hand import SHARE, PlayedNetwork

RIGHT = Login("scans", "right-secret")
REGISTER = """application_number,title,applicant,filing_date
KH/P/2018/00417,Clay water filter with rice husk,Mekong Water Works,2018-03-02
"""


@pytest.fixture
def network():
    return PlayedNetwork(RIGHT)


@pytest.fixture
def program(tmp_path, monkeypatch, network):
    """A program whose drop folder plays the share."""
    write_page(tmp_path / "folder" / "1.png", 1)
    (tmp_path / "register.csv").write_text(REGISTER, encoding="utf-8")
    with open_program(tmp_path / "home", monkeypatch) as opened:
        drop = str(opened.paths.drop)
        monkeypatch.setattr(
            "app.connectors.shares.share_of", lambda path: SHARE if path.endswith(drop) else None
        )
        opened.outbox.shares = Shares(MemoryVault(), network)
        opened.register_service.import_csv(tmp_path / "register.csv", "KH")
        opened.capture.import_paths([tmp_path / "folder"])
        yield opened


def row_of(program):
    with program.database.read() as session:
        row = session.scalars(select(OutboxRow)).one()
        return row.state, row.error, row.error_facts, row.id


def test_a_package_waits_for_the_login_and_then_leaves(program, network):
    finish(program)
    assert row_of(program)[:3] == (UploadState.QUEUED, "share_login_needed", {"share": SHARE})
    program.outbox.shares.log_in(SHARE, RIGHT)
    program.uploads.retry(OutboxId(row_of(program)[3]))
    finish(program)
    assert row_of(program)[:2] == (UploadState.ACCEPTED, None)
    assert network.tried == [("scans", "right-secret")]


def test_a_share_that_closes_while_receipts_are_awaited_is_noted_and_not_hammered(
    program, network, monkeypatch
):
    network.is_open = True
    monkeypatch.setattr("app.upload.runner.answer_deliveries", lambda *_: ())
    finish(program)
    assert row_of(program)[0] is UploadState.SENT
    network.is_open, asked = False, network.asked
    for _ in range(20):
        assert not program.outbox.work_once()
    assert row_of(program)[:2] == (UploadState.SENT, "share_login_needed")
    assert network.asked == asked + 1


def test_digitize_stops_at_a_closed_share_it_was_given_but_not_at_one_of_the_settings(program):
    place = program.paths.drop
    with pytest.raises(ConnectorError) as caught:
        _open_share(program, place, is_named=True)
    assert caught.value.code == "share_login_needed"
    _open_share(program, place, is_named=False)


def test_no_password_reaches_database_or_logs(program):
    program.outbox.shares.log_in(SHARE, RIGHT)
    finish(program)
    program.database.close()
    files = [path for path in program.paths.root.rglob("*") if path.is_file()]
    assert any(path.name.startswith("foliodesk.sqlite3") for path in files)
    for path in files:
        content = path.read_bytes()
        assert b"right-secret" not in content, path
        assert "right-secret".encode("utf-16-le") not in content, path
