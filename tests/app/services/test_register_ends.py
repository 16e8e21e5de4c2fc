"""How an import ends: stopped at once, out of room, or with what is left to do after it is in force."""

from __future__ import annotations

import errno
import io
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.domain.offices import load_offices
from app.domain.register import RegisterUnreadable
from app.domain.register_mapping import ColumnMapping, Field
from app.domain.register_work import PreviewTask, ReadResult
from app.errors import DiskFull, OperatorError
from app.queries import register
from app.services import register_reading
from app.services.register import RegisterRequest
from app.services.register_reading import Watcher
from app.storage.tables import RegisterRow
from tests.helpers.program import open_program
from tests.helpers.register_files import csv_bytes, numbers, write, xlsx_bytes

OFFICES = load_offices(Path(__file__).parents[3] / "resources" / "offices")


@pytest.fixture
def program(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, office="KH") as opened:
        yield opened


def load(program, tmp_path, rows):
    path = write(tmp_path / "register.csv", csv_bytes(rows))
    return program.register_service.import_extract(RegisterRequest(path, "KH"))


def held(program):
    """Numbers in force, and all rows there are."""
    with program.database.read() as session:
        rows = session.scalar(select(func.count()).select_from(RegisterRow))
    return register.count_of(program.database, "KH"), rows


@pytest.mark.parametrize("stage", ["_remember", "clean", "tell"])
def test_what_fails_after_the_switch_is_no_failed_import(program, tmp_path, monkeypatch, caplog, stage):
    from app.services import register as service

    def fails(*_):
        raise RuntimeError("after the switch")

    watcher = Watcher()
    columns = {field: at for at, field in enumerate(Field)}
    path = write(tmp_path / "register.csv", csv_bytes(numbers(3)))
    load(program, tmp_path, numbers(2))
    path = write(tmp_path / "register.csv", csv_bytes(numbers(3)))
    if stage == "clean":
        swept = iter((lambda *_: None, fails))
        monkeypatch.setattr(service, "clean", lambda *given: next(swept)(*given))
    elif stage == "_remember":
        monkeypatch.setattr(program.register_service, "_remember", fails)
    else:
        watcher.tell = lambda now: fails() if now.stage == "tidying" else None
    request = RegisterRequest(path, "KH", ColumnMapping(columns))
    assert program.register_service.import_extract(request, watcher).accepted == 3
    assert "tidying is left to the next import" in caplog.text


def test_tidying_does_not_keep_whoever_stops_waiting(program, tmp_path):
    load(program, tmp_path, numbers(3))
    watcher = Watcher()
    watcher.tell = lambda now: watcher.stopped.set() if now.stage == "tidying" else None
    path = write(tmp_path / "register.csv", csv_bytes(numbers(4)))
    assert program.register_service.import_extract(RegisterRequest(path, "KH"), watcher).accepted == 4
    assert held(program) == (4, 7)


def test_a_look_within_an_import_can_be_stopped(tmp_path):
    path = write(tmp_path / "register.xlsx", xlsx_bytes(numbers(3)))
    watcher = Watcher()
    watcher.stopped.set()
    with register_reading.Cage(path) as cage, pytest.raises(OperatorError, match="register_stopped"):
        cage.look(PreviewTask(path, OFFICES["KH"]), watcher)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_told_from_a_source_that_breaks_off(tmp_path, monkeypatch, code):
    path = write(tmp_path / "register.csv", csv_bytes(numbers(3)))

    class Broken(io.BytesIO):
        def read(self, *_):
            raise OSError(errno.EIO, "gone")

    monkeypatch.setattr(register_reading, "open_to_read", lambda _: Broken())
    with pytest.raises(RegisterUnreadable, match="register_not_readable"):
        register_reading.copy_extract(path, tmp_path / "copy", Watcher())
    with pytest.raises(DiskFull), register_reading.disk_full_told(tmp_path):
        raise OSError(code, "full")
    outcome = register_reading.Outcome(error=OSError(code, "full"))
    with pytest.raises(DiskFull):
        register_reading._result(outcome, ReadResult, tmp_path)
