"""What people do: index, take back, review, return, turn pages; and what the policy does without them."""

from __future__ import annotations

import pikepdf
import pytest
from sqlalchemy import update

from app.domain.application_number import NotAnApplicationNumber
from app.domain.states import DossierState, LinkState, PageState, UploadState
from app.errors import Conflict, WrongTransition
from app.jobs import store
from app.queries import audit, dossiers, pages, uploads, work
from app.services import flow
from app.services.pages import EditChange
from app.storage.tables import BatchRow, PageResultRow
from tests.helpers.program import PROOF, finish, open_program, write_page

NO_NUMBER = "A letter without any number\nWritten to the office with kind regards"


def folder_with(tmp_path, name="folder", count=2):
    for number in range(1, count + 1):
        write_page(tmp_path / name / f"{number}.png", hash((name, number)) % 9999)
    return tmp_path / name


def only(program):
    (dossier,) = dossiers.list_dossiers(program.database)
    return dossier


@pytest.fixture
def program(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="none", text=NO_NUMBER) as program:
        program.capture.import_paths([folder_with(tmp_path)])
        finish(program)
        yield program


def test_a_dossier_without_a_number_waits_for_a_person(program):
    dossier = only(program)
    assert (dossier.state, dossier.link) == (DossierState.TO_INDEX, LinkState.NONE)
    assert dossier.first_reason.code == "no_number"
    assert work.waiting(program.database).to_index == 1


def test_confirm_and_approve_lead_to_the_offices_receipt(program):
    dossier = only(program)
    assert program.indexing.confirm(dossier.id, "kh/p/2018/417") == "KH/P/2018/00417"
    assert only(program).state is DossierState.TO_REVIEW
    program.review.approve(dossier.id)
    finish(program)
    assert only(program).state is DossierState.UPLOADED
    (upload,) = uploads.list_uploads(program.database)
    assert (upload.state, upload.receipt_verdict) == (UploadState.ACCEPTED, "accepted")
    assert upload.package_path.is_dir()
    detail = dossiers.get_dossier(program.database, dossier.id)
    assert detail.linked_by == "sokha"
    acts = [line.action for line in audit.story(program.database, dossier.id)]
    assert acts.index("linked") < acts.index("approved") < acts.index("acknowledged")


def test_a_confirmation_can_be_taken_back(program):
    dossier = only(program)
    program.indexing.confirm(dossier.id, "KH/P/2018/00417")
    program.indexing.withdraw(dossier.id)
    assert only(program).state is DossierState.TO_INDEX
    assert only(program).application_number is None
    program.indexing.confirm(dossier.id, "KH/P/2018/00418")
    assert only(program).application_number == "KH/P/2018/00418"


def test_what_is_no_application_number_cannot_be_confirmed(program):
    dossier = only(program)
    with pytest.raises(NotAnApplicationNumber):
        program.indexing.confirm(dossier.id, "Tel 023 123 456")
    assert only(program).state is DossierState.TO_INDEX


def test_a_typed_number_is_checked_before_it_is_confirmed(program, tmp_path):
    register = tmp_path / "register.csv"
    register.write_text(
        "application_number,title,applicant,filing_date\nKH/P/2018/00417,Filter,Mekong,2018-03-02\n",
        encoding="utf-8",
    )
    program.register_service.import_csv(register, "KH")
    known = program.indexing.check_number("KH-P-2018-417", "KH")
    unknown = program.indexing.check_number("KH/P/2018/00999", "KH")
    assert (known.canonical, known.code, known.register.title) == ("KH/P/2018/00417", None, "Filter")
    assert (unknown.canonical, unknown.code) == ("KH/P/2018/00999", "not_in_register")
    assert program.indexing.check_number("", "KH").code == "number_empty"
    assert program.indexing.check_number("hello", "KH").canonical is None


def test_a_number_that_another_dossier_has_is_said(program, tmp_path):
    program.indexing.confirm(only(program).id, "KH/P/2018/00417")
    assert program.indexing.check_number("KH/P/2018/00417", "KH").linked_to == ("folder",)


def test_a_returned_dossier_is_indexed_again(program):
    dossier = only(program)
    program.indexing.confirm(dossier.id, "KH/P/2018/00417")
    program.review.return_to_indexing(dossier.id, "missing_page")
    assert only(program).state is DossierState.RETURNED
    assert only(program).return_reason == "missing_page"
    program.indexing.confirm(dossier.id, "KH/P/2018/00419")
    assert only(program).state is DossierState.TO_REVIEW


def test_nothing_leaves_without_being_linked_first(program):
    with pytest.raises(WrongTransition):
        program.review.approve(only(program).id)


def test_a_turned_page_is_done_again_and_the_persons_link_stands(program):
    dossier = only(program)
    program.indexing.confirm(dossier.id, "KH/P/2018/00417")
    first = pages.list_pages(program.database)[0]
    program.pages.edit([first.id], EditChange(turn_deg=90))
    assert only(program).state is DossierState.PROCESSING
    finish(program)
    assert only(program).state is DossierState.TO_REVIEW
    assert only(program).application_number == "KH/P/2018/00417"
    turned = pages.get_page(program.database, first.id)
    assert turned.summary.state is PageState.READY
    assert turned.applied_turn_deg == 90
    assert turned.width_px == 850


def test_a_page_of_a_dossier_that_left_cannot_be_changed(program):
    dossier = only(program)
    program.indexing.confirm(dossier.id, "KH/P/2018/00417")
    program.review.approve(dossier.id)
    with pytest.raises(Conflict):
        program.pages.edit([pages.list_pages(program.database)[0].id], EditChange(turn_deg=90))


def test_a_dossier_put_aside_comes_last(program, tmp_path):
    program.indexing.hold(only(program).id)
    program.capture.import_paths([folder_with(tmp_path, "second")])
    finish(program)
    assert [dossier.name for dossier in dossiers.list_dossiers(program.database)] == ["second", "folder"]


def test_proven_dossiers_leave_by_policy_and_the_audit_says_so(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="proven", text=PROOF) as program:
        program.capture.import_paths([folder_with(tmp_path)])
        finish(program)
        dossier = only(program)
        assert (dossier.state, dossier.link) == (DossierState.UPLOADED, LinkState.PROVEN)
        story = audit.story(program.database, dossier.id)
        released = next(line for line in story if line.action == "released_by_policy")
        assert released.who == "policy:proven"


def test_a_proven_dossier_with_a_refused_file_waits(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="proven", text=PROOF) as program:
        folder = folder_with(tmp_path)
        (folder / "3.jpg").write_bytes(b"")
        program.capture.import_paths([folder])
        finish(program)
        dossier = only(program)
        assert (dossier.state, dossier.link) == (DossierState.TO_INDEX, LinkState.PROVEN)
        assert dossier.first_reason.code == "files_refused"


def test_two_dossiers_never_leave_with_one_number_by_themselves(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="proven", text=PROOF) as program:
        program.capture.import_paths([folder_with(tmp_path, "a"), folder_with(tmp_path, "b")])
        finish(program)
        states = {d.name: (d.state, d.first_reason.code) for d in dossiers.list_dossiers(program.database)}
        assert states["a"][0] is DossierState.UPLOADED
        assert states["b"] == (DossierState.TO_INDEX, "linked_elsewhere")


def test_a_register_that_comes_later_settles_what_waited(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="proven", text=PROOF) as program:
        register = tmp_path / "register.csv"
        header = "application_number,title,applicant,filing_date\n"
        register.write_text(header + "KH/P/2011/00001,Other,Other,2011-01-05\n", encoding="utf-8")
        program.register_service.import_csv(register, "KH")
        folder = folder_with(tmp_path)
        program.capture.import_paths([folder])
        finish(program)
        assert only(program).first_reason.code == "not_in_register"
        row = "KH/P/2018/00417,Clay water filter with rice husk,Mekong Water Works,2018-03-02\n"
        register.write_text(header + row, encoding="utf-8")
        program.register_service.import_csv(register, "KH")
        program.capture.import_paths([folder])
        finish(program)
        assert only(program).state is DossierState.UPLOADED


def test_a_folder_waits_while_another_seems_to_have_its_number(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="proven", text=PROOF) as program:
        first = folder_with(tmp_path, "shelf/a")
        (first / "3.jpg").write_bytes(b"")  # keeps the first folder waiting for a person
        folder_with(tmp_path, "shelf/b")
        program.capture.import_paths([tmp_path / "shelf"])
        finish(program)
        reasons = {d.name: d.first_reason.code for d in dossiers.list_dossiers(program.database)}
        assert reasons == {"a": "files_refused", "b": "claimed_elsewhere"}


def test_a_review_of_a_number_that_was_changed_meanwhile_is_refused(program):
    dossier = only(program)
    program.indexing.confirm(dossier.id, "KH/P/2018/00417")
    with pytest.raises(Conflict):
        program.review.approve(dossier.id, number="KH/P/2018/00418")
    program.review.approve(dossier.id, number="KH/P/2018/00417")
    assert only(program).state is DossierState.APPROVED


def test_a_page_of_which_a_part_is_missing_holds_its_folder(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="proven", text=PROOF) as program:
        folder = folder_with(tmp_path)
        whole = write_page(folder / "3.jpg", 5, quality=90).read_bytes()
        (folder / "3.jpg").write_bytes(whole[: len(whole) * 6 // 10])
        program.capture.import_paths([folder])
        finish(program)
        dossier = only(program)
        assert (dossier.state, dossier.link) == (DossierState.TO_INDEX, LinkState.PROVEN)
        assert dossier.first_reason.code == "pages_cut_off"
        cut = pages.list_pages(program.database)[-1]
        assert cut.quality[0].code == "file_ends_early"
        assert 0.2 < cut.quality[0].value < 0.6  # of its rows


def test_a_refused_file_that_was_taken_away_holds_its_folder_no_longer(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="proven", text=PROOF) as program:
        folder = folder_with(tmp_path)
        (folder / "3.jpg").write_bytes(b"")
        program.capture.import_paths([folder])
        finish(program)
        assert only(program).state is DossierState.TO_INDEX
        (folder / "3.jpg").unlink()
        program.capture.import_paths([folder])
        finish(program)
        assert only(program).state is DossierState.UPLOADED


def test_a_repaired_file_holds_its_folder(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="proven", text=PROOF) as program:
        folder = folder_with(tmp_path)
        with pikepdf.new() as document:
            document.add_blank_page(page_size=(200, 280))
            document.save(folder / "3.pdf")
        whole = (folder / "3.pdf").read_bytes()
        (folder / "3.pdf").write_bytes(whole[: whole.rindex(b"xref")])
        program.capture.import_paths([folder])
        finish(program)
        dossier = only(program)
        assert dossier.state is DossierState.TO_INDEX
        assert dossier.first_reason.code == "files_repaired"


def linked_anew(program, **result):
    """Decide on the only dossier again under the policy, its pages' results changed."""
    dossier = only(program)
    with program.database.write("test") as tx:
        tx.session.execute(update(PageResultRow).values(**result))
        tx.session.get_one(BatchRow, dossier.batch_id).release = "proven"
        store.enqueue(tx, flow.LINK, dossier.id, priority=1)
    finish(program)


def test_a_grave_mark_holds_a_proven_folder_until_a_person_lets_it_go(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="none", text=PROOF) as program:
        program.capture.import_paths([folder_with(tmp_path)])
        finish(program)
        linked_anew(program, quality=[{"code": "blurred", "value": 0.5, "is_grave": True}])
        dossier = only(program)
        assert (dossier.state, dossier.link) == (DossierState.TO_INDEX, LinkState.PROVEN)
        assert dossier.first_reason.code == "pages_hard_to_read"
        assert dossier.first_reason.facts == {"n": 2, "pages": "1, 2"}
        program.indexing.confirm(dossier.id, "KH/P/2018/00417")
        program.review.approve(dossier.id)
        finish(program)
        assert only(program).state is DossierState.UPLOADED


@pytest.mark.parametrize("marks", [[{"code": "blurred", "value": 0.2}], []])
def test_a_mark_that_is_not_grave_holds_nothing(marks, tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="none", text=PROOF) as program:
        program.capture.import_paths([folder_with(tmp_path)])
        finish(program)
        linked_anew(program, quality=marks)
        assert only(program).state is DossierState.UPLOADED


def test_pages_read_before_their_first_reading_was_kept_hold_their_folder(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="none", text=PROOF) as program:
        program.capture.import_paths([folder_with(tmp_path)])
        finish(program)
        linked_anew(program, head=None)
        dossier = only(program)
        assert dossier.state is DossierState.TO_INDEX
        assert dossier.first_reason.code == "pages_read_before"
