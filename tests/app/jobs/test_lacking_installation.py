"""What the installation lacks holds up only the work that needs it, and no page is set aside for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

import app.jobs.loop
from app.domain.states import JobState, PageState
from app.queries import dossiers, imports
from app.services import flow
from app.storage.tables import JobRow, PageRow
from ocr.engines.fake_engine import MODE_VARIABLE
from tests.helpers.program import finish, open_program, write_page


@pytest.fixture
def program(tmp_path, monkeypatch):
    monkeypatch.setenv(MODE_VARIABLE, "missing")
    for number in (1, 2, 3):
        write_page(tmp_path / "folder" / f"{number}.png", number)
    with open_program(tmp_path / "home", monkeypatch) as opened:
        opened.capture.import_paths([tmp_path / "folder"])
        yield opened


def rows(program, kind):
    with program.database.read() as session:
        return [(row.state, row.error) for row in session.query(JobRow).where(JobRow.kind == kind)]


def page_states(program):
    with program.database.read() as session:
        return {row.state for row in session.query(PageRow)}


def attempts(program):
    with program.database.read() as session:
        return sum(row.attempts for row in session.query(JobRow).where(JobRow.kind == flow.PAGE))


def later(program, seconds):
    now = datetime.now(UTC) + timedelta(seconds=seconds)
    program.database.clock = lambda: now


def test_pages_wait_and_files_are_taken_in(program):
    finish(program)
    (dossier,) = dossiers.list_dossiers(program.database)
    assert imports.ledger(program.database, dossier.batch_id).accepted == 3
    states = rows(program, flow.PAGE)
    assert {state for state, _error in states} == {JobState.QUEUED}
    assert "engine_missing" in {error for _state, error in states}
    assert PageState.NEEDS_ATTENTION not in page_states(program)
    assert program.held == "engine_incomplete"


def test_between_two_looks_no_page_is_tried(program):
    finish(program)
    later(program, 60)
    tried = attempts(program)
    finish(program)
    assert attempts(program) == tried == 3


def test_after_a_repair_all_goes_on(program, monkeypatch):
    monkeypatch.setattr(app.jobs.loop, "LACK_LOOK_S", 0.0)
    finish(program)
    monkeypatch.setenv(MODE_VARIABLE, "words")
    later(program, 60)
    finish(program)
    assert page_states(program) == {PageState.READY}
    assert program.held is None


def test_many_tries_make_no_page_fail(program, monkeypatch):
    monkeypatch.setattr(app.jobs.loop, "LACK_LOOK_S", 0.0)
    for minute in range(1, 12):
        finish(program)
        later(program, 60 * minute)
    assert {state for state, _error in rows(program, flow.PAGE)} == {JobState.QUEUED}
    assert PageState.NEEDS_ATTENTION not in page_states(program)
