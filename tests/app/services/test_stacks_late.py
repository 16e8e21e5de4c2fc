"""What comes late to a stack: while it waits nothing leaves, and no page lands in another's folder."""

from __future__ import annotations

import pytest

from app.domain.separation import Mode, Separation
from app.domain.states import DossierState
from app.errors import Conflict
from app.jobs.kinds import separate_job
from app.queries import dossiers, pages, stacks
from tests.helpers.drawn_stacks import NO_NUMBER, cover, draw_patch, draw_sheet, draw_stack
from tests.helpers.program import PROOF, finish, open_program, write_page
from tests.helpers.stacks_at_work import (
    COVERS,
    PLAN,
    audit,
    by_number,
    dossier,
    folders,
    is_sound,
    offer,
    reasons,
)

PATCHED = ("3", "page", "page", "3", "page", "page")
PATCH = Separation(Mode.PATCH)


@pytest.fixture
def program(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="none", text=NO_NUMBER) as program:
        yield program


def test_nothing_leaves_by_itself_while_a_page_of_the_stack_is_to_be_read(program, tmp_path):
    draw_stack(tmp_path / "box", (*PATCHED, "page"))
    offer(program, tmp_path / "box")
    second = dossier(program, "box #2")
    (tmp_path / "home" / "fake-text.txt").write_text(PROOF, encoding="utf-8")
    program.pages.reprocess([page.id for page in pages.list_pages(program.database, dossier_id=second.id)])
    finish(program)
    write_page(tmp_path / "box" / "0055.png", 55)
    options = program.import_options(release="proven", separation=COVERS)
    program.capture.import_with([tmp_path / "box"], options)  # ended here, before the file was read
    program.capture.import_with([tmp_path / "box"], options)
    finish(program)
    assert list(folders(program).values()) == [by_number(1, 11, 21), by_number(31, 41, 51, 55, 61)]
    assert dossier(program, "box #2").state is DossierState.UPLOADED
    assert is_sound(program)


def test_nobody_gives_a_number_or_lets_go_while_a_page_of_the_stack_is_to_be_read(program, tmp_path):
    draw_stack(tmp_path / "box", PLAN)
    offer(program, tmp_path / "box")
    second, third = dossier(program, "box #2"), dossier(program, "box #3")
    program.indexing.confirm(third.id, "KH/P/2018/00003")
    write_page(tmp_path / "box" / "0065.png", 65)
    program.capture.import_paths([tmp_path / "box"], separation=COVERS)
    with pytest.raises(Conflict, match="stack_waits"):
        program.indexing.confirm(second.id, "KH/P/2018/00002")
    with pytest.raises(Conflict, match="stack_waits"):
        program.review.approve(third.id)
    finish(program)
    assert folders(program)["box #2"] == by_number(51, 61, 65)
    program.indexing.confirm(second.id, "KH/P/2018/00002")
    program.review.approve(third.id)
    assert is_sound(program)


def test_late_files_that_are_all_refused_let_the_stack_go_on(program, tmp_path):
    draw_stack(tmp_path / "box", PLAN)
    offer(program, tmp_path / "box")
    for number in (1, 2, 3):
        program.indexing.confirm(dossier(program, f"box #{number}").id, f"KH/P/2018/0000{number}")
    (tmp_path / "box" / "0065.png").write_bytes(b"\x89PNG damaged")
    offer(program, tmp_path / "box")
    assert not any(stack.is_waiting for stack in stacks.list_stacks(program.database))
    program.review.approve(dossier(program, "box #2").id)
    assert is_sound(program)


@pytest.mark.parametrize("separation", [PATCH, COVERS], ids=["patch", "covers"])
def test_a_late_folder_in_front_of_the_first_is_a_folder_of_its_own(program, tmp_path, separation):
    draw_stack(tmp_path / "box", PATCHED, first=11)
    offer(program, tmp_path / "box", separation=separation)
    program.indexing.confirm(dossier(program, "box #1").id, "KH/P/2018/00001")
    draw_patch(tmp_path / "box" / "0001.png", "3")
    for number in (2, 3):
        write_page(tmp_path / "box" / f"{number:04d}.png", number)
    offer(program, tmp_path / "box", separation=separation)
    assert list(folders(program).values()) == [
        by_number(1, 2, 3),
        by_number(11, 21, 31),
        by_number(41, 51, 61),
    ]
    first = dossier(program, "box #1")
    assert (first.state, first.application_number) == (DossierState.TO_REVIEW, "KH/P/2018/00001")
    assert folders(program)["box #1"] == by_number(11, 21, 31)
    assert is_sound(program)


def test_a_late_folder_with_a_cover_in_front_of_the_first_is_a_folder_of_its_own(program, tmp_path):
    draw_stack(tmp_path / "box", PLAN, first=11)
    offer(program, tmp_path / "box")
    draw_sheet(tmp_path / "box" / "0001.png", cover(9))
    write_page(tmp_path / "box" / "0002.png", 2)
    offer(program, tmp_path / "box")
    assert list(folders(program).values())[:2] == [by_number(1, 2), by_number(11, 21, 31, 41, 51)]


def test_pages_without_a_border_in_front_of_a_cover_are_nobodys(program, tmp_path):
    draw_stack(tmp_path / "box", PLAN, first=11)
    offer(program, tmp_path / "box")
    write_page(tmp_path / "box" / "0002.png", 2)
    offer(program, tmp_path / "box")
    (late,) = [name for name, files in folders(program).items() if files == by_number(2)]
    assert "no_cover_before" in reasons(program, late)


def test_pages_that_came_into_a_numbered_folder_are_told_to_its_reviewer(program, tmp_path):
    draw_stack(tmp_path / "box", PLAN)
    offer(program, tmp_path / "box")
    second = dossier(program, "box #2")
    program.indexing.confirm(second.id, "KH/P/2018/00002")
    for number in (65, 66):
        write_page(tmp_path / "box" / f"{number:04d}.png", number)
    offer(program, tmp_path / "box")
    again = dossier(program, "box #2")
    assert (again.state, again.application_number) == (DossierState.TO_REVIEW, "KH/P/2018/00002")
    assert reasons(program, "box #2")["pages_came_since"] == {"pages": 2}
    program.indexing.withdraw(second.id)
    program.indexing.confirm(second.id, "KH/P/2018/00002")
    program.pages.reprocess([pages.list_pages(program.database, dossier_id=second.id)[0].id])
    finish(program)
    assert "pages_came_since" not in reasons(program, "box #2")


def test_a_border_is_moved_only_once_everything_is_read(program, tmp_path):
    draw_stack(tmp_path / "folder", ("page",) * 4)
    offer(program, tmp_path / "folder", separation=None)
    write_page(tmp_path / "folder" / "0041.png", 41)
    program.capture.import_paths([tmp_path / "folder"])
    third = pages.list_pages(program.database)[2].id
    with pytest.raises(Conflict, match="stack_waits"):
        program.divisions.cut(third)
    finish(program)
    cut = program.divisions.cut(third)
    finish(program)
    assert list(folders(program).values()) == [by_number(1, 11), by_number(21, 31, 41)]
    write_page(tmp_path / "folder" / "0051.png", 51)
    program.capture.import_paths([tmp_path / "folder"])
    for act in (lambda: program.divisions.uncut(cut), lambda: program.divisions.join(cut.dossier_id)):
        with pytest.raises(Conflict, match="stack_waits"):
            act()
    finish(program)
    assert list(folders(program).values()) == [by_number(1, 11), by_number(21, 31, 41, 51)]
    assert is_sound(program)


def test_a_late_spread_that_was_split_before_it_had_its_place_stays_together(program, tmp_path, monkeypatch):
    draw_stack(tmp_path / "box", PLAN)
    offer(program, tmp_path / "box")
    write_page(tmp_path / "box" / "0065.png", 65, size=(1200, 850))
    write_page(tmp_path / "box" / "0066.png", 66)
    plain = separate_job.SeparateKind.prepare
    monkeypatch.setattr(separate_job.SeparateKind, "prepare", lambda *_: None)
    offer(program, tmp_path / "box")
    (spread,) = [page for page in pages.list_pages(program.database) if page.source_name == "0065.png"]
    monkeypatch.setattr(separate_job.SeparateKind, "prepare", plain)
    program.spreads.split(spread.id)
    finish(program)
    assert [row.name for row in dossiers.list_dossiers(program.database)] == ["box #1", "box #2", "box #3"]
    assert folders(program)["box #2"] == by_number(51, 61, 65, 65, 66)
    assert is_sound(program)


def test_a_late_cover_takes_what_lies_behind_it_and_says_so_where_a_number_was(program, tmp_path):
    draw_stack(tmp_path / "box", PLAN)
    offer(program, tmp_path / "box")
    program.indexing.confirm(dossier(program, "box #3").id, "KH/P/2018/00003")
    draw_sheet(tmp_path / "box" / "0095.png", cover(4))
    offer(program, tmp_path / "box")
    assert reasons(program, "box #3")["pages_went_since"] == {"pages": 1}
    assert folders(program)["box #3"] == by_number(71, 81, 91)
    assert len(audit(program, "pages_placed")) >= 3
