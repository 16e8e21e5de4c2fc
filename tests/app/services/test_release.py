"""What leaves by policy: only whole dossiers, and none that a person or the office has something against."""

from __future__ import annotations

from app.domain.states import DossierState, UploadState
from app.errors import MachineError
from app.jobs import store
from app.jobs.store import Job
from app.packaging.work import build_package
from app.queries import audit, dossiers, pages, progress, uploads
from app.services.pages import EditChange
from app.services.release import POLICY
from app.storage.tables import OutboxRow
from tests.helpers.program import PROOF, finish, open_program, write_page

NO_NUMBER = "A letter without any number\nWritten to the office with kind regards"
HEADER = "application_number,title,applicant,filing_date\n"
OTHER = "KH/P/2011/00001,Other,Other,2011-01-05\n"
OWN = "KH/P/2018/00417,Clay water filter with rice husk,Mekong Water Works,2018-03-02\n"


def folder_with(tmp_path, count=2):
    for number in range(1, count + 1):
        write_page(tmp_path / "folder" / f"{number}.png", number)
    return tmp_path / "folder"


def only(program):
    (dossier,) = dossiers.list_dossiers(program.database)
    return dossier


def read_from_now_on(tmp_path, text):
    (tmp_path / "home" / "fake-text.txt").write_text(text, encoding="utf-8")


def test_a_dossier_put_aside_does_not_leave_when_its_number_is_proven_later(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="proven", text=NO_NUMBER) as program:
        started = program.capture.import_paths([folder_with(tmp_path)])
        finish(program)
        program.indexing.report_problem(started.dossier_ids[0], "page_missing")
        read_from_now_on(tmp_path, PROOF)
        program.pages.reprocess(_pages(program))
        finish(program)
        assert (only(program).state, only(program).link.value) == (DossierState.TO_INDEX, "proven")
        assert only(program).first_reason.code == "held"


def test_a_dossier_sent_back_does_not_leave_by_itself_again(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="proven", text=PROOF) as program:
        program.capture.import_paths([folder_with(tmp_path)])
        while only(program).state is not DossierState.APPROVED:
            program.loop._step()
        program.review.return_to_indexing(only(program).id, "wrong_pages")
        program.pages.reprocess(_pages(program))
        finish(program)
        assert only(program).state is DossierState.TO_INDEX
        assert only(program).first_reason.code == "returned"


def test_a_turned_page_does_not_send_a_returned_dossier_back_to_review(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="none", text=NO_NUMBER) as program:
        program.capture.import_paths([folder_with(tmp_path)])
        finish(program)
        program.indexing.confirm(only(program).id, "KH/P/2018/00417")
        program.review.return_to_indexing(only(program).id, "wrong_pages")
        program.pages.edit(_pages(program)[:1], EditChange(turn_deg=90))
        finish(program)
        assert only(program).state is DossierState.TO_INDEX
        assert only(program).application_number == "KH/P/2018/00417"
        program.indexing.confirm(only(program).id, "KH/P/2018/00418")
        assert only(program).state is DossierState.TO_REVIEW


def test_a_dossier_does_not_leave_before_its_late_page_is_read(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="proven", text=PROOF) as program:
        register = tmp_path / "register.csv"
        register.write_text(HEADER + OTHER, encoding="utf-8")
        program.register_service.import_csv(register, "KH")
        folder = folder_with(tmp_path)
        program.capture.import_paths([folder])
        finish(program)
        assert only(program).state is DossierState.TO_INDEX
        register.write_text(HEADER + OWN, encoding="utf-8")
        program.register_service.import_csv(register, "KH")
        write_page(folder / "3.png", 3)
        program.capture.import_paths([folder])
        program.capture.import_paths([folder])
        finish(program)
        assert (only(program).state, only(program).pages) == (DossierState.UPLOADED, 3)


def test_a_build_returned_before_it_was_entered_does_not_block_the_next_one(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="none", text=PROOF) as program:
        program.capture.import_paths([folder_with(tmp_path)])
        finish(program)
        dossier_id = only(program).id
        program.indexing.confirm(dossier_id, "KH/P/2018/00417")
        program.review.approve(dossier_id)
        with program.database.write("machine") as tx:
            task = program.loop._kinds["package"].prepare(tx, Job(1, "package", dossier_id, 1, 1, 0))
        build_package(task)  # finished on disk, and the program ends before it is entered
        program.review.return_to_indexing(dossier_id, "wrong_pages")
        program.indexing.confirm(dossier_id, "KH/P/2018/00417")
        program.review.approve(dossier_id)
        finish(program)
        assert only(program).state is DossierState.UPLOADED


def test_a_look_for_dead_programs_leaves_our_own_sending_alone(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="proven", text=PROOF) as program:
        program.capture.import_paths([folder_with(tmp_path)])
        program.loop.run_until_idle()
        assert program.outbox._claim() is not None
        program.outbox.take_over()
        (upload,) = uploads.list_uploads(program.database)
        assert upload.state is UploadState.SENDING
        program.outbox.take_over(own=True)
        with program.database.read() as session:
            row = session.get_one(OutboxRow, upload.id)
            assert (row.state, row.owner) == (UploadState.QUEUED, None)


def _pages(program):
    return [page.id for page in pages.list_pages(program.database)]


def test_a_delivery_that_met_a_bug_goes_back_to_the_queue(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="proven", text=PROOF) as program:
        program.capture.import_paths([folder_with(tmp_path)])
        program.loop.run_until_idle()
        assert program.outbox._claim() is not None
        program.outbox._put_own_back("unexpected_error")
        (upload,) = uploads.list_uploads(program.database)
        assert (upload.state, upload.error.code) == (UploadState.QUEUED, "unexpected_error")


def test_policy_lets_nothing_go_whose_fields_are_still_being_read(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="proven", text=PROOF) as program:
        fields = program.loop._kinds["fields"]
        usual = fields.run
        monkeypatch.setattr(fields, "run", _busy)
        program.capture.import_paths([folder_with(tmp_path)])
        finish(program)
        assert only(program).state is DossierState.TO_REVIEW
        assert only(program).by_policy
        monkeypatch.setattr(fields, "run", usual)
        with program.database.write("test") as tx:
            store.wake(tx, "database_busy")
        finish(program)
        assert only(program).state is DossierState.UPLOADED
        told = audit.story(program.database, only(program).id)
        actions = [line.action for line in told]
        assert actions.index("fields_read") < actions.index("released_by_policy")
        assert {line.who for line in told if line.action in ("linked", "released_by_policy")} == {POLICY}


def test_what_policy_linked_waits_for_a_person_when_its_fields_cannot_be_read(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="proven", text=PROOF) as program:
        monkeypatch.setattr(program.loop._kinds["fields"], "run", _broken)
        program.capture.import_paths([folder_with(tmp_path)])
        finish(program)
        assert only(program).state is DossierState.TO_REVIEW
        assert only(program).first_reason.code == "fields_unread"
        program.review.approve(only(program).id)
        finish(program)
        assert only(program).state is DossierState.UPLOADED


def test_what_a_person_takes_back_meanwhile_is_not_let_go_by_policy(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="proven", text=PROOF) as program:
        fields = program.loop._kinds["fields"]
        usual = fields.run
        monkeypatch.setattr(fields, "run", _busy)
        program.capture.import_paths([folder_with(tmp_path)])
        finish(program)
        program.review.return_to_indexing(only(program).id, "wrong_pages")
        monkeypatch.setattr(fields, "run", usual)
        with program.database.write("test") as tx:
            store.wake(tx, "database_busy")
        finish(program)
        assert only(program).state is DossierState.RETURNED


def _busy(_task):
    raise MachineError("database_busy", retryable=True)


def _broken(_task):
    raise MachineError("unexpected_error", detail="words")


def test_an_import_goes_on_while_what_policy_linked_waits_for_its_fields(tmp_path, monkeypatch):
    """What the command line waits for: else it would tell of a folder as waiting for a person."""
    with open_program(tmp_path / "home", monkeypatch, release="proven", text=PROOF) as program:
        monkeypatch.setattr(program.loop._kinds["fields"], "run", _busy)
        started = program.capture.import_paths([folder_with(tmp_path)])
        finish(program)
        assert only(program).state is DossierState.TO_REVIEW
        assert progress.of_import(program.database, started.dossier_ids, started.item_ids).moving
