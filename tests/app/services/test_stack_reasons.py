"""What holds a folder of a stack: counts that differ, bad covers, separators that may have been missed."""

from __future__ import annotations

import pytest

from app.domain.separation import Mode, Separation
from app.domain.states import LinkState
from app.jobs import store
from app.queries import pages
from app.services import flow
from app.storage.tables import PageResultRow
from tests.helpers.drawn_stacks import NO_NUMBER, cover, draw_stack
from tests.helpers.program import finish, open_program
from tests.helpers.stacks_at_work import PLAN, dossier, folders, offer, reasons


@pytest.fixture
def program(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="none", text=NO_NUMBER) as program:
        yield program


def test_folders_expected_and_seen(program, tmp_path):
    draw_stack(tmp_path / "box", PLAN)
    offer(program, tmp_path / "box", separation=Separation(Mode.COVERS, expected_folders=4))
    for name in ("box #1", "box #2", "box #3"):
        assert reasons(program, name)["folders_differ"] == {"expected": 4, "seen": 3}
    program.divisions.cut(pages.list_pages(program.database, dossier_id=dossier(program, "box #3").id)[2].id)
    finish(program)
    assert all("folders_differ" not in reasons(program, name) for name in folders(program))


def test_sheets_expected_on_the_cover_and_seen(program, tmp_path):
    plan = (cover(1, expected_sheets=2), "page", "page", cover(2, expected_sheets=3), "page", "page")
    draw_stack(tmp_path / "box", plan)
    offer(program, tmp_path / "box")
    assert "sheets_differ" not in reasons(program, "box #1")
    assert reasons(program, "box #2")["sheets_differ"] == {"expected": 3, "seen": 2}
    draw_stack(tmp_path / "alone", plan[3:])
    offer(program, tmp_path / "alone", separation=None)  # a folder that is no stack is asked too
    assert reasons(program, "alone")["sheets_differ"] == {"expected": 3, "seen": 2}


def test_bad_covers_hold_their_folder_with_the_page_and_the_cause(program, tmp_path):
    broken = cover(2)[:-4] + "0000"
    plan = (cover(1), "page", broken, "page", cover("123", office="LA"), "page", cover("no number"), "page")
    draw_stack(tmp_path / "box", plan)
    offer(program, tmp_path / "box")
    assert len(folders(program)) == 4
    assert not any(code.startswith("cover_") for code in reasons(program, "box #1"))
    assert reasons(program, "box #2")["cover_broken"] == {"page": 1}
    assert reasons(program, "box #3")["cover_other_office"] == {"page": 1, "office": "LA", "number": "123"}
    assert reasons(program, "box #4")["cover_number_unknown"] == {"page": 1, "number": "no number"}
    assert [dossier(program, f"box #{number}").best_guess for number in (2, 3, 4)] == [None] * 3


def test_a_folder_much_longer_than_the_others_may_be_two(program, tmp_path):
    plan = []
    for serial, length in enumerate((2, 3, 2, 9), start=1):
        plan += [cover(serial), *["page"] * length]
    draw_stack(tmp_path / "box", plan)
    offer(program, tmp_path / "box")
    assert reasons(program, "box #4")["maybe_missed_separator"] == {"seen": 9, "usual": 2}
    assert all("maybe_missed_separator" not in reasons(program, f"box #{number}") for number in (1, 2, 3))


def test_a_stack_without_any_separator_and_pages_before_the_first_cover_are_told(program, tmp_path):
    draw_stack(tmp_path / "plain", ("page", "page"))
    draw_stack(tmp_path / "box", ("page", cover(1), "page"))
    offer(program, tmp_path / "plain", tmp_path / "box")
    assert "no_separator" in reasons(program, "plain")
    assert "no_cover_before" in reasons(program, "box #1")
    assert "no_cover_before" not in reasons(program, "box #2")


def test_a_file_of_the_stack_that_was_refused_holds_all_its_folders(program, tmp_path):
    draw_stack(tmp_path / "box", PLAN)
    (tmp_path / "box" / "0042.png").write_bytes(b"\x89PNG damaged")
    offer(program, tmp_path / "box")
    for name in ("box #1", "box #2", "box #3"):
        assert reasons(program, name)["files_refused"] == {"files": 1}


# --- what a cover proves ----------------------------------------------------------------------------------

TITLE = "Clay water filter with rice husk"


def say(program, page, text):
    """As if the engine had read this on a page; its dossier is linked anew."""
    with program.database.write("test") as tx:
        tx.session.get_one(PageResultRow, page.id).text = text
        store.enqueue(tx, flow.LINK, page.dossier_id)


def load_register(program, tmp_path):
    rows = f"application_number,title,applicant,filing_date\nKH/P/2018/00001,{TITLE},Mekong Water Works,2018-03-02\n"
    (tmp_path / "register.csv").write_text(rows, encoding="utf-8")
    program.register_service.import_csv(tmp_path / "register.csv", "KH")


def test_a_covers_print_proves_nothing_for_it_came_from_the_register(program, tmp_path):
    load_register(program, tmp_path)
    draw_stack(tmp_path / "box", (cover(1), "page", "page", cover(2), "page"))
    offer(program, tmp_path / "box")
    of_first = pages.list_pages(program.database, dossier_id=dossier(program, "box #1").id)
    say(program, of_first[0], f"{TITLE}\nKH/P/2018/00001\nMekong Water Works")
    for page in of_first[1:]:
        say(
            program,
            page,
            "Description of the invention\nA solar drier for fish\nTo be used in the villages of the delta",
        )
    finish(program)
    assert "title_differs" in reasons(program, "box #1")
    assert dossier(program, "box #1").link is not LinkState.PROVEN
    for page in of_first[1:]:
        say(program, page, f"Description of the invention\n{TITLE}\nMekong Water Works")
    finish(program)
    assert "title_differs" not in reasons(program, "box #1")
    assert dossier(program, "box #1").link is LinkState.PROVEN


def test_a_cover_alone_is_no_folder_that_leaves(program, tmp_path):
    draw_stack(tmp_path / "box", (cover(1), cover(2), "page"))
    offer(program, tmp_path / "box")
    assert "too_few_pages" in reasons(program, "box #1")
    assert "too_few_pages" not in reasons(program, "box #2")
