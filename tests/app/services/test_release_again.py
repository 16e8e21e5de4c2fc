"""The rule decides again when it lets a folder go: what came in since it linked leaves the folder for a person."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from app.domain.field_kinds import DossierField as F
from app.domain.states import DossierState
from app.errors import MachineError
from app.jobs.kinds.fields_job import FieldsKind
from app.queries import dossiers, pages
from app.storage.tables import AuditRow, JobRow
from tests.helpers.drawn_stacks import NO_NUMBER, cover, draw_stack
from tests.helpers.program import finish, open_program, write_page
from tests.helpers.stacks_at_work import dossier, offer

NUMBER = {F.APPLICATION_NUMBER: "KH/P/2018/00417"}
OTHER = {F.APPLICATION_NUMBER: "KH/P/2018/00471"}


@pytest.fixture
def program(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="proven", second_keying="all") as opened:
        yield opened


def take(program, tmp_path):
    for page in (1, 2):
        write_page(tmp_path / "folder" / f"{page}.png", page)
    offer(program, tmp_path / "folder", separation=None)


def told(program, dossier_id=1):
    """Where a folder is, and the first reason why."""
    found = dossiers.get_dossier(program.database, dossier_id)
    return found.summary.state, found.reasons[0].code


def keyed(program, number=NUMBER):
    done = program.keying.key(1, number)
    finish(program)
    return done


def test_a_page_taken_out_while_a_second_keying_is_awaited(program, tmp_path):
    take(program, tmp_path)
    program.documents.exclude([pages.list_pages(program.database)[1].id])
    assert not keyed(program).went_on
    assert told(program) == (DossierState.TO_REVIEW, "pages_left_out")
    with program.database.read() as session:
        (kept,) = session.scalars(select(AuditRow).where(AuditRow.action == "kept_back"))
        assert (kept.who, kept.facts["code"]) == ("policy:proven", "pages_left_out")
    program.review.approve(1)  # a person has looked


def test_a_page_taken_out_while_fields_are_tried_again(tmp_path, monkeypatch):
    def busy(self, task):
        raise MachineError("disk_slow", retryable=True)

    with open_program(tmp_path / "home", monkeypatch, release="proven") as program:
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(FieldsKind, "run", busy)
            take(program, tmp_path)
        program.documents.exclude([pages.list_pages(program.database)[1].id])
        with program.database.write("test") as tx:
            tx.session.execute(update(JobRow).where(JobRow.kind == "fields").values(not_before=tx.now))
        finish(program)
        assert told(program) == (DossierState.TO_REVIEW, "pages_left_out")


def test_a_file_of_its_stack_refused_meanwhile(tmp_path, monkeypatch):
    with open_program(
        tmp_path / "home", monkeypatch, text=NO_NUMBER, release="proven", second_keying="all"
    ) as program:
        draw_stack(tmp_path / "box", (cover(1), "page", cover(2), "page"))
        offer(program, tmp_path / "box")
        (tmp_path / "box" / "0015.png").write_bytes(b"\x89PNG damaged")
        offer(program, tmp_path / "box")
        first = dossier(program, "box #1").id
        program.keying.key(first, {F.APPLICATION_NUMBER: "KH/P/2018/00001"})
        finish(program)
        assert told(program, first) == (DossierState.TO_REVIEW, "files_refused")


def test_a_late_page_that_became_a_folder_of_its_own(program, tmp_path):
    take(program, tmp_path)
    write_page(tmp_path / "folder" / "3.png", 3)
    offer(program, tmp_path / "folder", separation=None)
    keyed(program)
    assert told(program) == (DossierState.TO_REVIEW, "files_came_later")


def test_a_batch_offered_again_to_be_looked_at_by_people(program, tmp_path):
    take(program, tmp_path)
    program.capture.import_with([tmp_path / "folder"], program.import_options(release="none"))
    keyed(program)
    assert told(program) == (DossierState.TO_REVIEW, "rule_taken_back")


def test_what_was_keyed_otherwise_and_taken_back(program, tmp_path):
    take(program, tmp_path)
    program.keying.take_back(keyed(program, OTHER))
    keyed(program)
    assert told(program) == (DossierState.TO_REVIEW, "keying_was_disputed")


def test_once_kept_back_another_keying_lets_nothing_go(program, tmp_path):
    take(program, tmp_path)
    page = pages.list_pages(program.database)[1].id
    program.documents.exclude([page])
    done = keyed(program)
    program.keying.take_back(done)
    assert not keyed(program).went_on
