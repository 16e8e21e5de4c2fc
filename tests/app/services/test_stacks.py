"""A stack becomes dossiers: nothing lost, repeatable, taken back by people, right when pages come late."""

from __future__ import annotations

import shutil

import pytest
from sqlalchemy import select

from app.domain.separation import Mode, Separation
from app.domain.states import DossierState
from app.errors import Conflict
from app.queries import dossiers, imports, pages, stacks
from app.services import moving
from app.storage.tables import PageRow
from tests.helpers.drawn_stacks import NO_NUMBER, as_tiff, cover, draw_sheet, draw_stack
from tests.helpers.program import finish, open_program, write_page
from tests.helpers.stacks_at_work import PLAN, audit, by_number, dossier, folders, is_sound, offer, reasons


@pytest.fixture
def program(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="none", text=NO_NUMBER) as program:
        yield program


def test_a_directory_of_pages_becomes_its_folders(program, tmp_path):
    draw_stack(tmp_path / "box", PLAN)
    started = offer(program, tmp_path / "box")
    assert list(folders(program).values()) == [
        by_number(1, 11, 21, 31, 41),
        by_number(51, 61),
        by_number(71, 81, 91, 101),
    ]
    assert list(folders(program)) == ["box #1", "box #2", "box #3"]
    assert {row.state for row in dossiers.list_dossiers(program.database)} == {DossierState.TO_INDEX}
    ledger = imports.ledger(program.database, item_ids=started.item_ids)
    assert (ledger.offered, ledger.accepted, ledger.refused, ledger.waiting) == (11, 11, 0, 0)
    assert is_sound(program)


def test_separators_are_kept_counted_and_told_and_are_no_paper(program, tmp_path):
    draw_stack(tmp_path / "box", PLAN)
    started = offer(program, tmp_path / "box")
    (stack,) = stacks.list_stacks(program.database, dossier_ids=started.dossier_ids)
    assert stack.separators == {"cover": 3, "document_sheet": 1}
    assert (stack.pages, len(stack.dossier_ids), stack.is_waiting) == (11, 3, False)
    told = dict(audit(program, "divided"))["stack"]
    with program.database.read() as session:
        rows = session.scalars(select(PageRow).order_by(PageRow.ordinal)).all()
        excluded = [row.exclusion for row in rows]
        begun = [row.starts_document for row in rows]
        facts = rows[3].sheet_facts
    assert excluded == [
        "separator",
        None,
        None,
        "separator",
        None,
        "separator",
        None,
        "separator",
        None,
        None,
        None,
    ]
    assert begun[3] == "separator"
    assert facts == {"type": "POA", "dated": "2019-03-05"}
    assert told["separators"] == {"cover": 3, "document_sheet": 1}
    assert (told["folders"], told["pages"]) == (3, 11)
    assert len(audit(program, "separator_seen")) == 4


def test_covers_number_the_dossiers(program, tmp_path):
    draw_stack(tmp_path / "box", PLAN)
    offer(program, tmp_path / "box")
    numbers = [row.best_guess for row in dossiers.list_dossiers(program.database)]
    assert numbers == ["KH/P/2018/00001", "KH/P/2018/00002", "KH/P/2018/00003"]


def test_one_tiff_of_many_frames_is_a_stack_as_well(program, tmp_path):
    as_tiff(draw_stack(tmp_path / "drawn", PLAN), tmp_path / "box.tif")
    offer(program, tmp_path / "box.tif")
    assert [row.pages for row in dossiers.list_dossiers(program.database)] == [5, 2, 4]
    assert is_sound(program)


def test_the_same_import_again_adds_nothing_and_names_all_folders(program, tmp_path):
    draw_stack(tmp_path / "box", PLAN)
    first = offer(program, tmp_path / "box")
    before = folders(program)
    again = offer(program, tmp_path / "box")
    assert again.known == 11
    assert again.batch_id is None
    assert set(again.dossier_ids) == set(stacks.with_fellows(program.database, first.dossier_ids))
    assert folders(program) == before
    assert is_sound(program)


def test_it_stays_a_stack_when_it_is_offered_again_without_saying_so(program, tmp_path):
    draw_stack(tmp_path / "box", PLAN)
    offer(program, tmp_path / "box")
    before = folders(program)
    offer(program, tmp_path / "box", separation=None)
    assert folders(program) == before


def test_what_was_imported_as_one_folder_is_divided_when_said_to_be_a_stack(program, tmp_path):
    draw_stack(tmp_path / "box", PLAN)
    offer(program, tmp_path / "box", separation=None)
    assert [row.pages for row in dossiers.list_dossiers(program.database)] == [11]
    offer(program, tmp_path / "box")
    assert [row.pages for row in dossiers.list_dossiers(program.database)] == [5, 2, 4]
    assert is_sound(program)


def test_another_way_to_divide_is_taken_while_nobody_has_decided(program, tmp_path):
    draw_stack(tmp_path / "box", ("page",) * 6)
    offer(program, tmp_path / "box")
    assert len(folders(program)) == 1
    offer(program, tmp_path / "box", separation=Separation(Mode.COUNT, sheets_each=2))
    assert [len(names) for names in folders(program).values()] == [2, 2, 2]
    offer(program, tmp_path / "box", separation=Separation(Mode.COUNT, sheets_each=3))
    assert [len(names) for names in folders(program).values()] == [3, 3]
    program.divisions.cut(pages.list_pages(program.database)[1].id)
    finish(program)
    offer(program, tmp_path / "box", separation=Separation(Mode.COUNT, sheets_each=2))
    assert [len(names) for names in folders(program).values()] == [1, 2, 3]
    assert is_sound(program)


def test_late_pages_find_their_folder(program, tmp_path):
    draw_stack(tmp_path / "box", PLAN)
    offer(program, tmp_path / "box")
    for number in (15, 65, 105):
        write_page(tmp_path / "box" / f"{number:04d}.png", number)
    offer(program, tmp_path / "box")
    assert list(folders(program).values()) == [
        by_number(1, 11, 15, 21, 31, 41),
        by_number(51, 61, 65),
        by_number(71, 81, 91, 101, 105),
    ]
    assert is_sound(program)


def test_a_late_cover_begins_a_folder_and_late_covers_of_folders_join_them(program, tmp_path):
    draw_stack(tmp_path / "box", PLAN)
    offer(program, tmp_path / "box")
    draw_sheet(tmp_path / "box" / "0095.png", cover(4))
    offer(program, tmp_path / "box")
    assert list(folders(program).values())[2:] == [by_number(71, 81, 91), by_number(95, 101)]
    assert is_sound(program)


def test_pages_late_for_a_folder_that_has_left_are_a_dossier_that_says_so(program, tmp_path):
    draw_stack(tmp_path / "box", PLAN)
    offer(program, tmp_path / "box")
    first = dossier(program, "box #1")
    program.indexing.confirm(first.id, "KH/P/2018/00001")
    program.review.approve(first.id)
    write_page(tmp_path / "box" / "0015.png", 15)
    write_page(tmp_path / "box" / "0065.png", 65)
    offer(program, tmp_path / "box")
    found = folders(program)
    assert found["box #1"] == by_number(1, 11, 21, 31, 41)
    assert found["box #2"] == by_number(51, 61, 65)
    (late,) = [name for name, files in found.items() if files == by_number(15)]
    assert late == "box #1 (late files)"
    assert reasons(program, late)["came_late"] == {"dossier": "box #1"}
    assert is_sound(program)


def test_another_stack_under_the_same_path_is_another_stack(program, tmp_path):
    draw_stack(tmp_path / "box", PLAN)
    offer(program, tmp_path / "box")
    shutil.rmtree(tmp_path / "box")
    draw_stack(tmp_path / "box", (cover(8), "page", cover(9), "page"), first=2)
    offer(program, tmp_path / "box")
    assert len(stacks.list_stacks(program.database)) == 2
    assert [row.pages for row in dossiers.list_dossiers(program.database)] == [5, 2, 4, 2, 2]
    assert is_sound(program)


def test_a_division_that_is_cut_off_leaves_nothing_and_is_done_again(program, tmp_path, monkeypatch):
    draw_stack(tmp_path / "box", PLAN)
    moved = []

    def fail(tx, page, into):
        moved.append(page.id)
        if len(moved) == 4:
            raise KeyboardInterrupt
        return plain(tx, page, into)

    plain = moving.move_page
    monkeypatch.setattr(moving, "move_page", fail)
    with pytest.raises(KeyboardInterrupt):
        offer(program, tmp_path / "box")
    assert [row.pages for row in dossiers.list_dossiers(program.database)] == [11]
    monkeypatch.setattr(moving, "move_page", plain)
    program.close()
    with open_program(tmp_path / "home", monkeypatch, release="none", text=NO_NUMBER) as again:
        finish(again)
        assert [row.pages for row in dossiers.list_dossiers(again.database)] == [5, 2, 4]
        assert is_sound(again)


# --- what people do ---------------------------------------------------------------------------------------


def test_a_person_cuts_and_takes_it_back(program, tmp_path):
    draw_stack(tmp_path / "box", PLAN)
    offer(program, tmp_path / "box")
    before = folders(program)
    page = pages.list_pages(program.database, dossier_id=dossier(program, "box #3").id)[2]
    cut = program.divisions.cut(page.id)
    finish(program)
    assert list(folders(program).values())[2:] == [by_number(71, 81), by_number(91, 101)]
    program.divisions.uncut(cut)
    finish(program)
    assert folders(program) == before
    assert len(audit(program, "folder_cut")) == len(audit(program, "folder_cut_undone")) == 1
    assert is_sound(program)


def test_a_person_joins_and_takes_it_back_with_the_number_it_had(program, tmp_path):
    draw_stack(tmp_path / "box", PLAN)
    offer(program, tmp_path / "box")
    before = folders(program)
    second = dossier(program, "box #2")
    program.indexing.confirm(second.id, "KH/P/2018/00002")
    join = program.divisions.join(second.id)
    finish(program)
    assert folders(program)["box #1"] == by_number(1, 11, 21, 31, 41, 51, 61)
    assert dossiers.get_dossier(program.database, second.id).summary.state is DossierState.DISSOLVED
    assert is_sound(program)
    program.divisions.unjoin(join)
    finish(program)
    assert folders(program) == before
    again = dossier(program, "box #2")
    assert (again.state, again.application_number) == (DossierState.TO_REVIEW, "KH/P/2018/00002")
    assert is_sound(program)


def test_a_persons_borders_stand_when_pages_come_late(program, tmp_path):
    draw_stack(tmp_path / "box", PLAN)
    offer(program, tmp_path / "box")
    program.divisions.cut(pages.list_pages(program.database, dossier_id=dossier(program, "box #1").id)[2].id)
    program.divisions.join(dossier(program, "box #3").id)
    write_page(tmp_path / "box" / "0105.png", 105)
    offer(program, tmp_path / "box")
    assert list(folders(program).values()) == [
        by_number(1, 11),
        by_number(21, 31, 41),
        by_number(51, 61, 71, 81, 91, 101, 105),
    ]
    assert is_sound(program)


def test_a_plain_folder_can_be_cut_too(program, tmp_path):
    draw_stack(tmp_path / "folder", ("page",) * 4)
    offer(program, tmp_path / "folder", separation=None)
    program.divisions.cut(pages.list_pages(program.database)[2].id)
    finish(program)
    assert list(folders(program).values()) == [by_number(1, 11), by_number(21, 31)]
    offer(program, tmp_path / "folder", separation=None)
    assert list(folders(program).values()) == [by_number(1, 11), by_number(21, 31)]
    assert is_sound(program)


def test_borders_that_cannot_be_moved_say_why(program, tmp_path):
    draw_stack(tmp_path / "box", PLAN)
    offer(program, tmp_path / "box")
    first, second = dossier(program, "box #1"), dossier(program, "box #2")
    with pytest.raises(Conflict, match="border_is_there"):
        program.divisions.cut(pages.list_pages(program.database, dossier_id=second.id)[0].id)
    with pytest.raises(Conflict, match="no_folder_before"):
        program.divisions.join(first.id)
    program.indexing.confirm(first.id, "KH/P/2018/00001")
    program.review.approve(first.id)
    with pytest.raises(Conflict, match="dossier_closed"):
        program.divisions.join(second.id)
    with pytest.raises(Conflict, match="dossier_closed"):
        program.divisions.cut(pages.list_pages(program.database, dossier_id=first.id)[1].id)


def test_a_join_undone_twice_or_a_cut_of_a_gone_folder_is_refused(program, tmp_path):
    draw_stack(tmp_path / "box", PLAN)
    offer(program, tmp_path / "box")
    second = dossier(program, "box #2")
    program.divisions.join(second.id)
    with pytest.raises(Conflict, match="dossier_gone"):
        program.divisions.join(second.id)
