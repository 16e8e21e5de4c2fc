"""A delivery that failed is tried again when its time has come, also when the PC slept meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.domain.states import UploadState
from app.errors import ConnectorError
from app.storage.tables import OutboxRow
from tests.helpers.program import finish, open_program, write_page

REGISTER = """application_number,title,applicant,filing_date
KH/P/2018/00417,Clay water filter with rice husk,Mekong Water Works,2018-03-02
"""


class Away:
    """A drive that is not there: after a PC wakes, its network takes a while."""

    def submit(self, _task, *, cancelled):
        raise ConnectorError("drop_folder_away", retryable=True)


@pytest.fixture
def program(tmp_path, monkeypatch):
    for number in (1, 2):
        write_page(tmp_path / "folder" / f"{number}.png", number)
    (tmp_path / "register.csv").write_text(REGISTER, encoding="utf-8")
    with open_program(tmp_path / "home", monkeypatch) as opened:
        opened.register_service.import_csv(tmp_path / "register.csv", "KH")
        opened.capture.import_paths([tmp_path / "folder"])
        connect = opened.outbox._connect
        opened.outbox._connect = lambda _place: Away()
        finish(opened)
        opened.outbox._connect = connect
        assert state(opened) is UploadState.QUEUED
        yield opened


def state(program):
    with program.database.read() as session:
        return session.scalars(select(OutboxRow.state)).one()


def at(program, when):
    program.database.clock = lambda: when


def test_before_its_time_it_is_not_tried(program):
    finish(program)
    assert state(program) is UploadState.QUEUED


def test_a_night_asleep_counts_as_waiting(program):
    at(program, datetime.now(UTC) + timedelta(hours=9))
    finish(program)
    assert state(program) is UploadState.ACCEPTED
