"""What people did in folders of a stack stands: inserted pages, order, documents and words go with their pages."""

from __future__ import annotations

import shutil
from datetime import date

import pytest

from app.domain.documents import Exclusion
from app.domain.separation import Mode, Separation
from app.domain.states import DossierState
from app.errors import Conflict
from app.jobs.kinds import separate_job
from app.queries import dossiers, pages, stacks
from app.queries.documents import dossier_tree
from app.services.documents import DocumentChange
from app.services.integrity import check
from app.storage.tables import PageRow
from tests.helpers.drawn_stacks import NO_NUMBER, cover, draw_sheet, draw_stack
from tests.helpers.program import finish, open_program, write_page
from tests.helpers.stacks_at_work import (
    COVERS,
    PLAN,
    by_number,
    dossier,
    folders,
    is_sound,
    offer,
    reasons,
)


@pytest.fixture
def program(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="none", text=NO_NUMBER) as program:
        yield program


def page(program, name):
    return next(page for page in pages.list_pages(program.database) if page.source_name == f"{name:04d}.png")


def exclusion(program, name):
    with program.database.read() as session:
        return session.get_one(PageRow, page(program, name).id).exclusion


def insert(program, tmp_path, *, after, number=77):
    shown = page(program, after)
    path = write_page(tmp_path / "scanned" / f"{number:04d}.png", number)
    program.inserting.insert(shown.dossier_id, [path], after=shown.id)
    finish(program)


def described(program, dossier_id):
    return [
        (each.kind, each.dated, [one.page.source_name.removesuffix(".png") for one in each.pages])
        for each in dossier_tree(program.database, dossier_id).documents
    ]


def test_pages_inserted_while_a_stack_waits_go_with_the_page_they_stand_behind(
    program, tmp_path, monkeypatch
):
    draw_stack(tmp_path / "box", PLAN)
    plain = separate_job.SeparateKind.prepare
    monkeypatch.setattr(separate_job.SeparateKind, "prepare", lambda *_: None)
    offer(program, tmp_path / "box")
    monkeypatch.setattr(separate_job.SeparateKind, "prepare", plain)
    insert(program, tmp_path, after=81)
    assert list(folders(program).values()) == [
        by_number(1, 11, 21, 31, 41),
        by_number(51, 61),
        by_number(71, 81, 77, 91, 101),
    ]
    write_page(tmp_path / "box" / "0105.png", 105)
    write_page(tmp_path / "box" / "0065.png", 65)
    offer(program, tmp_path / "box")
    assert list(folders(program).values())[1:] == [
        by_number(51, 61, 65),
        by_number(71, 81, 77, 91, 101, 105),
    ]
    assert is_sound(program)


def test_a_folder_people_worked_on_is_not_divided_by_machine_and_says_so(program, tmp_path):
    draw_stack(tmp_path / "box", PLAN)
    offer(program, tmp_path / "box", separation=None)
    insert(program, tmp_path, after=81)
    offer(program, tmp_path / "box")
    assert list(folders(program)) == ["box"]
    assert "not_divided_anew" in reasons(program, "box")
    assert is_sound(program)


def test_what_people_said_of_a_separator_is_not_said_otherwise_by_a_later_division(program, tmp_path):
    draw_stack(tmp_path / "box", PLAN)
    offer(program, tmp_path / "box")
    program.documents.include([page(program, 31).id])
    program.documents.exclude([page(program, 91).id], Exclusion.NOT_OF_FILE)
    finish(program)
    offer(program, tmp_path / "box", separation=Separation(Mode.COVERS, expected_folders=3))
    assert exclusion(program, 31) is None
    assert exclusion(program, 91) == Exclusion.NOT_OF_FILE
    assert "not_divided_anew" in reasons(program, "box #2")


def test_a_late_cover_takes_inserted_pages_along_with_those_they_stand_behind(program, tmp_path):
    draw_stack(tmp_path / "box", PLAN)
    offer(program, tmp_path / "box")
    insert(program, tmp_path, after=101)
    draw_sheet(tmp_path / "box" / "0095.png", cover(4))
    offer(program, tmp_path / "box")
    assert list(folders(program).values())[2:] == [by_number(71, 81, 91), by_number(95, 101, 77)]
    assert is_sound(program)


def test_an_order_of_people_stands_when_folders_are_joined_and_parted_again(program, tmp_path):
    draw_stack(tmp_path / "box", PLAN)
    offer(program, tmp_path / "box")
    insert(program, tmp_path, after=81)
    before = folders(program)
    join = program.divisions.join(dossier(program, "box #3").id)
    finish(program)
    joined = by_number(51, 61, 71, 81, 77, 91, 101)
    assert folders(program)["box #2"] == joined
    program.divisions.unjoin(join)
    finish(program)
    assert folders(program) == before
    assert is_sound(program)


def test_an_order_of_people_stands_when_a_folder_is_cut_and_pages_come_late(program, tmp_path):
    draw_stack(tmp_path / "box", PLAN)
    offer(program, tmp_path / "box")
    insert(program, tmp_path, after=81)
    cut = program.divisions.cut(page(program, 81).id)
    finish(program)
    write_page(tmp_path / "box" / "0105.png", 105)
    write_page(tmp_path / "box" / "0075.png", 75)
    offer(program, tmp_path / "box")
    assert list(folders(program).values())[2:] == [by_number(71, 75), by_number(81, 77, 91, 101, 105)]
    program.divisions.uncut(cut)
    finish(program)
    assert list(folders(program).values())[2:] == [by_number(71, 75, 81, 77, 91, 101, 105)]
    assert is_sound(program)


def test_pages_people_ordered_across_a_cut_stay_in_their_folders_when_pages_come_late(program, tmp_path):
    draw_stack(tmp_path / "folder", ("page",) * 4)
    offer(program, tmp_path / "folder", separation=None)
    program.documents.split(page(program, 11).id)
    program.documents.split(page(program, 31).id)
    whole = dossiers.list_dossiers(program.database)[0].id
    first, second, third = (each.id for each in dossier_tree(program.database, whole).documents)
    program.documents.move_document(third, before=second)
    program.divisions.cut(page(program, 11).id)
    finish(program)
    assert sorted(folders(program).values()) == [by_number(1, 31), by_number(11, 21)]
    write_page(tmp_path / "folder" / "0041.png", 41)
    offer(program, tmp_path / "folder", separation=None)
    assert sorted(folders(program).values()) == [by_number(1, 31, 41), by_number(11, 21)]
    assert first != second
    assert is_sound(program)


@pytest.mark.parametrize("at", [21, 31], ids=["before the document", "through the document"])
def test_documents_go_along_with_a_cut_and_come_back(program, tmp_path, at):
    draw_stack(tmp_path / "folder", ("page",) * 4)
    offer(program, tmp_path / "folder", separation=None)
    whole = dossiers.list_dossiers(program.database)[0].id
    document = program.documents.split(page(program, 21).id)
    program.documents.describe(document, DocumentChange(kind="POA", dated=date(2019, 1, 2)))
    program.document_links.link(document, "KH/P/2018/00009")
    before = described(program, whole)
    assert before[-1] == ("POA", date(2019, 1, 2), by_number(21, 31))
    cut = program.divisions.cut(page(program, at).id)
    finish(program)
    if at == 21:
        assert described(program, cut.dossier_id) == [before[-1]]
    else:
        assert described(program, whole)[-1] == ("POA", date(2019, 1, 2), by_number(21))
    program.divisions.uncut(cut)
    finish(program)
    assert described(program, whole) == before
    (shown,) = [each for each in dossier_tree(program.database, whole).documents if each.id == document]
    assert [link.application_number for link in shown.links] == ["KH/P/2018/00009"]
    assert is_sound(program)


def test_an_insertion_is_taken_back_where_its_page_is(program, tmp_path):
    draw_stack(tmp_path / "box", PLAN)
    offer(program, tmp_path / "box")
    insert(program, tmp_path, after=81)
    old = dossier(program, "box #3").id
    cut = program.divisions.cut(page(program, 81).id)
    finish(program)
    program.indexing.confirm(cut.dossier_id, "KH/P/2018/00003")
    program.review.approve(cut.dossier_id)
    with pytest.raises(Conflict, match="nothing_to_undo"):  # the act went along with its page
        program.undoing.undo(old)
    assert exclusion(program, 77) is None


def test_a_cut_of_an_older_stack_does_not_give_it_the_path_again(program, tmp_path):
    draw_stack(tmp_path / "box", PLAN)
    offer(program, tmp_path / "box")
    shutil.rmtree(tmp_path / "box")
    draw_stack(tmp_path / "box", (cover(8), "page", cover(9), "page"), first=2)
    newest = offer(program, tmp_path / "box")
    program.divisions.cut(page(program, 21).id)
    finish(program)
    write_page(tmp_path / "box" / "0035.png", 35)
    again = offer(program, tmp_path / "box")
    assert again.known == 4
    assert set(again.dossier_ids) <= set(stacks.with_fellows(program.database, newest.dossier_ids))
    assert len(stacks.list_stacks(program.database)) == 2
    assert list(folders(program).values()).count(by_number(22, 32, 35)) == 1
    assert is_sound(program)


def test_no_two_folders_of_a_stack_have_one_name(program, tmp_path):
    draw_stack(tmp_path / "box", ("page",) * 6)
    for sheets_each in (2, 1):
        offer(program, tmp_path / "box", separation=Separation(Mode.COUNT, sheets_each=sheets_each))
    assert list(folders(program)) == [f"box #{number}" for number in range(1, 7)]
    assert list(folders(program).values()) == [by_number(number) for number in (1, 11, 21, 31, 41, 51)]
    program.divisions.join(dossier(program, "box #6").id)
    cut = program.divisions.cut(page(program, 51).id)
    finish(program)
    assert dossier(program, "box #7").id == cut.dossier_id


def test_a_stack_that_could_not_be_divided_says_so_and_is_divided_when_asked_again(
    program, tmp_path, monkeypatch
):
    draw_stack(tmp_path / "box", PLAN)
    offer(program, tmp_path / "box")
    third = dossier(program, "box #3").id
    program.indexing.confirm(third, "KH/P/2018/00003")
    plain = separate_job.plan_division

    def fail(*_):
        raise ValueError("broken")

    monkeypatch.setattr(separate_job, "plan_division", fail)
    write_page(tmp_path / "box" / "0065.png", 65)
    offer(program, tmp_path / "box")
    for name in ("box #2", "box #3"):
        assert "not_divided" in reasons(program, name)
    monkeypatch.setattr(separate_job, "plan_division", plain)
    offer(program, tmp_path / "box", separation=COVERS)
    assert folders(program)["box #2"] == by_number(51, 61, 65)
    for name in ("box #2", "box #3"):
        assert "not_divided" not in reasons(program, name)
    again = dossier(program, "box #3")
    assert (again.state, again.application_number) == (DossierState.TO_REVIEW, "KH/P/2018/00003")


def test_two_covers_of_other_numbers_in_one_folder_are_told(program, tmp_path):
    draw_stack(tmp_path / "box", PLAN)
    offer(program, tmp_path / "box")
    program.divisions.join(dossier(program, "box #2").id)
    finish(program)
    assert "rival_number" in reasons(program, "box #1")


def test_pages_in_a_dissolved_folder_are_found_and_brought_back(program, tmp_path):
    draw_stack(tmp_path / "box", PLAN)
    offer(program, tmp_path / "box")
    gone = dossier(program, "box #2").id
    program.divisions.join(gone)
    finish(program)
    lost = page(program, 61).id
    with program.database.write("test") as tx:
        tx.session.get_one(PageRow, lost).dossier_id = gone
    (finding,) = check(program.database, program.paths).findings
    assert (finding.code, finding.severity, finding.subject_id) == ("pages_in_dissolved", "error", gone)
    assert [each.repaired for each in check(program.database, program.paths, repair=True).findings] == [True]
    finish(program)
    assert folders(program)["box #2"] == by_number(61)
    assert is_sound(program)


def test_nothing_is_put_into_a_dissolved_folder(program, tmp_path):
    draw_stack(tmp_path / "box", PLAN)
    offer(program, tmp_path / "box")
    gone = dossier(program, "box #2").id
    program.divisions.join(gone)
    finish(program)
    path = write_page(tmp_path / "scanned" / "0077.png", 77)
    with pytest.raises(Conflict, match="dossier_gone"):
        program.inserting.insert(gone, [path], after=None)
    assert not dossier_tree(program.database, gone).is_open
