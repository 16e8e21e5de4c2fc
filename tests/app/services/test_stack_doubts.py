"""Places of a stack that are not certain hold the folders on both sides, until a person has said a word."""

from __future__ import annotations

import pytest

from app.domain.separation import Mode, Separation
from app.domain.states import DossierState
from app.jobs import store
from app.queries import pages
from app.services import flow
from app.storage import values
from app.storage.tables import PageResultRow, PageRow
from ocr.types import Barcode, Box
from tests.helpers.drawn_stacks import NO_NUMBER, cover, draw_on, draw_sheet, draw_stack
from tests.helpers.program import finish, open_program, write_page
from tests.helpers.stacks_at_work import audit, by_number, dossier, folders, is_sound, offer, reasons

TWO_EACH = Separation(Mode.COUNT, sheets_each=2)
FILED = ("code_inside", "code_differs", "separator_inside", "no_separator", "doubt_beside")


@pytest.fixture
def program(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="proven", text=NO_NUMBER) as program:
        yield program


def label(number, **more):
    return cover(number, is_sheet=False, **more)


def exclusions(program):
    with program.database.read() as session:
        return [row.exclusion for row in session.query(PageRow).order_by(PageRow.id)]


def test_a_patch_sheet_with_a_drawing_stays_in_its_folder_and_holds_both_sides(program, tmp_path):
    draw_stack(tmp_path / "box", (cover(1), "page", "page", "3", "page", cover(2), "page", "page"))
    draw_on(tmp_path / "box" / "0031.png")
    offer(program, tmp_path / "box")
    assert list(folders(program).values())[1] == by_number(31, 41)
    assert exclusions(program)[3] is None
    assert reasons(program, "box #2")["separator_with_print"] == {"page": 1}
    assert reasons(program, "box #1")["doubt_beside"] == {"dossier": "box #2"}
    assert dossier(program, "box #1").state is DossierState.TO_INDEX
    assert dossier(program, "box #3").application_number == "KH/P/2018/00002"  # nothing doubtful is near it
    program.divisions.join(dossier(program, "box #2").id)
    finish(program)
    assert not {"separator_with_print", "doubt_beside"} & set(reasons(program, "box #1"))
    assert is_sound(program)


def test_a_cover_sheet_that_was_drawn_on_leaves_with_its_folder_and_holds_it(program, tmp_path):
    plan = (cover(1), "page", "page", cover(2, expected_sheets=2), "page", "page")
    draw_stack(tmp_path / "box", plan)
    draw_on(tmp_path / "box" / "0031.png")
    offer(program, tmp_path / "box")
    assert exclusions(program) == ["separator", None, None, None, None, None]
    assert reasons(program, "box #2")["separator_with_print"] == {"page": 1}
    assert not {"pages_more", "sheets_differ"} & set(reasons(program, "box #2"))
    assert dossier(program, "box #2").state is DossierState.TO_INDEX
    assert dossier(program, "box #1").state is DossierState.UPLOADED  # a whole code is a certain border


def test_a_label_amid_a_folder_cuts_nothing_and_holds_it(program, tmp_path):
    draw_stack(tmp_path / "box", (cover(1), "page", label(9), "page", cover(2), "page", "page"))
    offer(program, tmp_path / "box")
    assert list(folders(program).values()) == [by_number(1, 11, 21, 31), by_number(41, 51, 61)]
    assert reasons(program, "box #1")["code_differs"] == {
        "page": 3,
        "number": "KH/P/2018/00009",
        "cover": "KH/P/2018/00001",
    }
    assert dossier(program, "box #2").application_number == "KH/P/2018/00002"


def test_a_cover_before_a_labelled_folder_makes_one_folder_of_one_number_and_is_held_of_two(
    program, tmp_path
):
    plan = (
        cover(1),
        label(1),
        "page",
        cover(2, volume="vol 1/2"),
        label(2),
        "page",
        cover(3),
        label(4),
        "page",
    )
    draw_stack(tmp_path / "box", plan)
    offer(program, tmp_path / "box")
    assert list(folders(program).values()) == [
        by_number(1, 11, 21),
        by_number(31, 41, 51),
        by_number(61, 71, 81),
    ]
    assert not set(FILED) & {*reasons(program, "box #1"), *reasons(program, "box #2")}
    assert reasons(program, "box #3")["code_differs"] == {
        "page": 2,
        "number": "KH/P/2018/00004",
        "cover": "KH/P/2018/00003",
    }


def test_a_separator_that_could_be_read_only_later_holds_the_folder_it_lies_in(program, tmp_path):
    draw_stack(tmp_path / "box", (cover(1), "page", "page", "page"))
    offer(program, tmp_path / "box", separation=Separation(Mode.COVERS, expected_folders=2))
    page = pages.list_pages(program.database)[2]
    with program.database.write("test") as tx:
        code = Barcode("PatchCode", "3", Box(0, 0, 9, 9), 90)
        tx.session.get_one(PageResultRow, page.id).barcodes = values.dump((code,))
        store.enqueue(tx, flow.LINK, page.dossier_id)
    finish(program)
    assert reasons(program, "box")["separator_inside"] == {"page": 3}


def test_a_counted_stack_is_counted_anew_when_a_refused_file_was_mended(program, tmp_path):
    draw_stack(tmp_path / "box", ("page",) * 6)
    (tmp_path / "box" / "0011.png").write_bytes(b"\x89PNG damaged")
    offer(program, tmp_path / "box", separation=TWO_EACH)
    assert list(folders(program).values()) == [by_number(1, 21), by_number(31, 41), by_number(51)]
    write_page(tmp_path / "box" / "0011.png", 11)
    offer(program, tmp_path / "box", separation=TWO_EACH)
    assert list(folders(program).values()) == [by_number(1, 11), by_number(21, 31), by_number(41, 51)]
    assert len(audit(program, "divided_anew")) == 1
    assert is_sound(program)


def test_a_counted_stack_that_people_worked_on_is_held_when_a_refused_file_was_mended(program, tmp_path):
    draw_stack(tmp_path / "box", ("page",) * 6)
    (tmp_path / "box" / "0011.png").write_bytes(b"\x89PNG damaged")
    offer(program, tmp_path / "box", separation=TWO_EACH)
    program.indexing.confirm(dossier(program, "box #2").id, "KH/P/2018/00002")
    write_page(tmp_path / "box" / "0011.png", 11)
    offer(program, tmp_path / "box", separation=TWO_EACH)
    assert list(folders(program).values()) == [by_number(1, 11, 21), by_number(31, 41), by_number(51)]
    for name in ("box #1", "box #2", "box #3"):
        assert "count_shifted" in reasons(program, name)
    assert reasons(program, "box #1")["pages_came_late"] == {"pages": 1}
    assert dossier(program, "box #2").state is DossierState.TO_REVIEW  # with the reason in sight
    assert is_sound(program)


def test_a_page_that_came_at_a_border_of_people_holds_both_folders(program, tmp_path):
    draw_stack(tmp_path / "box", (cover(1), "page", "page", "page"))
    offer(program, tmp_path / "box", separation=Separation(Mode.COVERS, expected_folders=3))
    program.divisions.cut(pages.list_pages(program.database)[2].id)
    finish(program)
    second = next(name for name, files in folders(program).items() if files == by_number(21, 31))
    program.indexing.confirm(dossier(program, second).id, "KH/P/2018/00002")
    write_page(tmp_path / "box" / "0015.png", 15)
    offer(program, tmp_path / "box")
    assert folders(program)["box"] == by_number(1, 11, 15)
    assert reasons(program, "box")["pages_came_late"] == {"pages": 1}
    assert reasons(program, second)["doubt_beside"] == {"dossier": "box"}
    assert is_sound(program)


def test_files_that_come_before_the_first_division_lie_by_their_names(program, tmp_path):
    whole = (cover(1), "page", "page", cover(2), "page", "page")
    draw_stack(tmp_path / "box", whole)
    later = [tmp_path / "box" / f"{number:04d}.png" for number in (11, 31, 51)]
    for path in later:
        path.rename(tmp_path / path.name)
    program.capture.import_paths([tmp_path / "box"], separation=Separation(Mode.COVERS))
    for path in later:
        (tmp_path / path.name).rename(path)
    offer(program, tmp_path / "box")
    assert list(folders(program).values()) == [by_number(1, 11, 21), by_number(31, 41, 51)]
    assert dossier(program, "box #1").application_number == "KH/P/2018/00001"


def test_the_second_part_of_a_stack_is_divided_and_what_comes_without_a_cover_is_held(program, tmp_path):
    draw_stack(tmp_path / "box", (cover(8), "page", cover(1), "page", "page"))
    offer(program, tmp_path / "box")
    assert dossier(program, "box #2").state is DossierState.UPLOADED
    draw_stack(tmp_path / "box", ("page", cover(2), "page", "page"), first=61)
    offer(program, tmp_path / "box")
    found = sorted(folders(program).values())
    assert found == [by_number(1, 11), by_number(21, 31, 41), by_number(61), by_number(71, 81, 91)]
    (late,) = [name for name, files in folders(program).items() if files == by_number(61)]
    assert {"came_late", "pages_came_late"} <= set(reasons(program, late))
    assert is_sound(program)


def test_one_folder_with_its_cover_is_not_said_to_have_none(program, tmp_path):
    draw_stack(tmp_path / "box", (cover(1), "page", "page"))
    draw_stack(tmp_path / "plain", ("page", "page"))
    offer(program, tmp_path / "box", tmp_path / "plain")
    assert reasons(program, "box")["one_folder"] == {"separators": 1}
    assert "no_separator" not in reasons(program, "box")
    assert "no_separator" in reasons(program, "plain")


def test_the_other_side_of_a_cover_is_no_sheet_of_its_folder(program, tmp_path):
    plan = (cover(1, expected_sheets=2), "blank", "page", "page", "page", "blank")
    draw_stack(tmp_path / "box", (*plan, "blank", cover(2, expected_sheets=1), "page", "page"))
    offer(program, tmp_path / "box", separation=Separation(Mode.COVERS, both_sides=True, expected_folders=2))
    assert list(map(len, folders(program).values())) == [6, 4]
    for name in ("box #1", "box #2"):
        assert not {"sheets_differ", "no_cover_before"} & set(reasons(program, name))
    draw_stack(tmp_path / "alone", plan)
    draw_sheet(tmp_path / "alone" / "0001.png", cover(3, expected_sheets=3))
    offer(program, tmp_path / "alone", separation=Separation(Mode.COVERS, both_sides=True))
    assert reasons(program, "alone")["sheets_differ"] == {"expected": 3, "seen": 2}
