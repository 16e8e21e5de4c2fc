"""Linking the folders of a stack: two of one number, folders beside, covers that could not be read, labels."""

from __future__ import annotations

import pytest

from app.domain.states import DossierState, LinkState
from app.queries import surroundings
from ocr.sheet_codes import folder_code
from tests.helpers.drawn_stacks import NO_NUMBER, cover, draw_stack
from tests.helpers.program import open_program
from tests.helpers.stacks_at_work import PLAN, dossier, offer, reasons


@pytest.fixture
def program(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="proven", text=NO_NUMBER) as program:
        yield program


def test_folders_of_a_stack_with_their_covers_leave_by_themselves(program, tmp_path):
    draw_stack(tmp_path / "box", (cover(1), "page", "page", cover(2), "page", "page"))
    offer(program, tmp_path / "box")
    assert dossier(program, "box #1").application_number == "KH/P/2018/00001"
    assert dossier(program, "box #2").application_number == "KH/P/2018/00002"


def test_two_folders_of_one_number_in_a_stack_both_wait(program, tmp_path):
    draw_stack(
        tmp_path / "box", (cover(1), "page", "page", cover(2), "page", cover(1), "page", "page", "page")
    )
    offer(program, tmp_path / "box")
    for name, other in (("box #1", "box #3"), ("box #3", "box #1")):
        row = dossier(program, name)
        assert (row.state, row.application_number) == (DossierState.TO_INDEX, None)
        assert reasons(program, name)["claimed_elsewhere"] == {"dossier": other}
    assert dossier(program, "box #2").application_number == "KH/P/2018/00002"


def test_a_label_in_a_folder_proves_nothing(program, tmp_path):
    label = folder_code("KH", "KH/P/2018/00999", is_sheet=False)
    draw_stack(tmp_path / "plain", ("page", "page", label, "page", "page"))
    offer(program, tmp_path / "plain", separation=None)
    row = dossier(program, "plain")
    assert (row.state, row.link) == (DossierState.TO_INDEX, LinkState.NEEDS_REVIEW)
    assert reasons(program, "plain")["code_alone"] == {"number": "KH/P/2018/00999", "page": 3}


def test_a_cover_of_which_only_the_words_were_read_holds_its_folder(tmp_path, monkeypatch):
    words = (
        "Folder cover sheet - leave it on top of the folder when scanning\nKH/P/2018/00001\nTitle Solar kiln"
    )
    with open_program(tmp_path / "home", monkeypatch, release="proven", text=words) as program:
        draw_stack(tmp_path / "plain", ("page", "page"))
        offer(program, tmp_path / "plain", separation=None)
        assert dossier(program, "plain").state is DossierState.TO_INDEX
        assert reasons(program, "plain")["cover_unread"] == {"page": 1}


def test_beside_a_folder_of_a_stack_lie_those_scanned_before_and_after(program, tmp_path):
    plan = [each for serial in range(1, 11) for each in (cover(serial), "page", "page")]
    draw_stack(tmp_path / "box", plan)
    offer(program, tmp_path / "box")
    numbers = {serial: f"KH/P/2018/{serial:05d}" for serial in range(1, 11)}
    for serial, distances in ((1, (1, 2, 3)), (5, (-3, -2, -1, 1, 2, 3)), (10, (-3, -2, -1))):
        with program.database.read() as session:
            found = surroundings.around(session, dossier(program, f"box #{serial}").id, ())
        assert found.beside == tuple((away, numbers[serial + away]) for away in distances)


def test_a_folder_beside_a_stack_has_none_of_its_folders_beside_it(program, tmp_path):
    draw_stack(tmp_path / "a_box", PLAN)
    draw_stack(tmp_path / "b_plain", (cover(7), "page", "page"))
    offer(program, tmp_path / "a_box")
    offer(program, tmp_path / "b_plain", separation=None)
    with program.database.read() as session:
        assert surroundings.around(session, dossier(program, "b_plain").id, ()).beside == ()
