"""What people change on pages: all in one act, replayed on the master, never lost to the machine, taken back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.domain.page_boxes import SMALLEST_SIDE_PX, halves, turned_box, turned_size, within
from app.domain.states import DossierState, JobState, PageState
from app.errors import Conflict
from app.queries import audit, dossiers, pages
from app.services.pages import EditChange, Pages
from app.storage.tables import DossierRow, JobRow, PageResultRow, PageRow
from ocr.types import Box
from tests.helpers.papers import FORM, POWER, desk_with
from tests.helpers.program import finish, open_program, write_page

NO_NUMBER = "A letter without any number\nWritten to the office with kind regards"
WHOLE = (600, 850)


@pytest.fixture
def program(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="none", text=NO_NUMBER) as program:
        for number in range(1, 4):
            write_page(tmp_path / "folder" / f"{number}.png", number, size=WHOLE)
        program.capture.import_paths([tmp_path / "folder"])
        finish(program)
        yield program


def ids_of(program):
    return [page.id for page in pages.list_pages(program.database)]


def page(program, place=0):
    return pages.get_page(program.database, ids_of(program)[place])


def waiting_jobs(program):
    with program.database.read() as session:
        return list(session.scalars(select(JobRow.subject_id).where(JobRow.state == JobState.QUEUED)))


def keys_of(program):
    with program.database.read() as session:
        return dict(session.execute(select(PageResultRow.page_id, PageResultRow.derived_key)).all())


def test_one_change_reaches_all_pages_named_and_is_told_by_the_audit(program):
    all_ids = ids_of(program)
    before = program.pages.edit(all_ids, EditChange(turn_by_deg=90))
    assert [each.page_id for each in before] == all_ids
    finish(program)
    assert [page(program, place).applied_turn_deg for place in range(3)] == [90, 90, 90]
    (dossier,) = dossiers.list_dossiers(program.database)
    acts = [line for line in audit.story(program.database, dossier.id) if line.action == "edited"]
    assert [line.facts for line in acts] == [{"changed": {"turn_deg": 90}}] * 3


def test_what_was_changed_is_taken_back_on_every_page(program):
    all_ids = ids_of(program)
    program.pages.edit(all_ids[:1], EditChange(skew_deg=1.5))
    before = program.pages.edit(all_ids, EditChange(turn_by_deg=180, box=Box(10, 10, 400, 500)))
    finish(program)
    assert page(program).edits.box == Box(10, 10, 400, 500)
    program.pages.restore(before)
    finish(program)
    assert page(program, 0).edits.skew_deg == 1.5
    assert [page(program, place).edits.box for place in range(3)] == [None] * 3
    assert [page(program, place).applied_turn_deg for place in range(3)] == [0, 0, 0]


def test_brightness_is_for_the_eye_only(program):
    keys, (first, *_) = keys_of(program), ids_of(program)
    program.pages.edit([first], EditChange(brightness=40))
    assert waiting_jobs(program) == []
    assert page(program).edits.brightness == 40
    assert page(program).summary.state is PageState.READY
    assert dossiers.list_dossiers(program.database)[0].state is DossierState.TO_INDEX
    program.pages.reprocess([first])
    finish(program)
    assert keys_of(program) == keys


def test_a_box_stays_on_what_it_frames_when_the_page_is_turned(program):
    (first, *_) = ids_of(program)
    program.pages.edit([first], EditChange(box=Box(100, 50, 300, 700)))
    program.pages.edit([first], EditChange(turn_by_deg=90))
    # Asked for before the first turn was done: the second counts on top of it.
    assert page(program).edits.box == Box(50, 200, 700, 300)
    program.pages.edit([first], EditChange(turn_by_deg=270))
    assert page(program).edits.box == Box(100, 50, 300, 700)
    finish(program)
    assert page(program).applied_turn_deg == 0


def test_a_box_pins_the_page_it_was_drawn_on(program):
    (first, *_) = ids_of(program)
    shown = page(program)
    program.pages.edit([first], EditChange(box=Box(0, 0, 300, 300)))
    edits = page(program).edits
    assert (edits.turn_deg, edits.skew_deg) == (shown.applied_turn_deg, shown.applied_skew_deg)


def test_a_box_is_kept_within_the_page_and_one_beside_it_changes_nothing(program):
    (first, second, *_) = ids_of(program)
    program.pages.edit([first], EditChange(box=Box(-50, 800, 400, 400)))
    assert page(program).edits.box == Box(0, 800, 350, 50)
    assert program.pages.edit([second], EditChange(box=Box(5000, 0, 100, 100))) == ()
    assert waiting_jobs(program) == [first]


def test_a_box_survives_every_reading(program):
    (first, *_) = ids_of(program)
    program.pages.edit([first], EditChange(box=Box(20, 20, 500, 600)))
    for _ in range(2):
        finish(program)
        program.pages.reprocess([first])
    finish(program)
    assert page(program).edits.box == Box(20, 20, 500, 600)


def test_what_a_person_said_is_given_back_to_the_engine(program):
    (first, *_) = ids_of(program)
    program.pages.edit([first], EditChange(box=Box(20, 20, 500, 600), languages=("khm",)))
    program.pages.edit(
        [first], EditChange(given_back=frozenset({"box", "languages", "skew_deg", "turn_deg"}))
    )
    assert page(program).edits == type(page(program).edits)()


def test_pages_are_read_in_another_language_and_back(program):
    (first, *_) = ids_of(program)
    before = program.pages.edit([first], EditChange(languages=("khm", "eng")))
    finish(program)
    assert page(program).languages == ("khm", "eng")
    program.pages.restore(before)
    finish(program)
    assert page(program).edits.languages is None


def test_all_pages_are_changed_or_none(program):
    (first, *_) = ids_of(program)
    with pytest.raises(Conflict, match="page_gone"):
        program.pages.edit([first, 999_999], EditChange(turn_by_deg=90))
    assert page(program).edits.turn_deg is None
    assert waiting_jobs(program) == []


def test_nothing_of_an_approved_dossier_changes_not_even_back(program):
    (first, *_) = ids_of(program)
    before = program.pages.edit([first], EditChange(brightness=10))
    (dossier,) = dossiers.list_dossiers(program.database)
    program.indexing.confirm(dossier.id, "KH/P/2018/00417")
    program.review.approve(dossier.id)
    for act in (
        lambda: program.pages.edit([first], EditChange(box=Box(0, 0, 99, 99))),
        lambda: program.pages.restore(before),
        lambda: program.spreads.split(first),
    ):
        with pytest.raises(Conflict, match="dossier_closed"):
            act()


sides = st.integers(SMALLEST_SIDE_PX, 5000)


@given(sides, sides, st.integers(-100, 6000), st.integers(-100, 6000), sides, sides, st.integers(0, 7))
def test_a_box_that_was_kept_within_a_page_stays_so_when_turned_and_comes_back(
    width, height, left, top, box_width, box_height, quarters
):
    size, by_deg = (width, height), quarters * 90
    box = within(Box(left, top, box_width, box_height), size)
    if box is None:
        return
    turned = turned_box(box, size, by_deg)
    other = turned_size(size, by_deg)
    assert within(turned, other) == turned
    assert turned_box(turned, other, -by_deg) == box


@given(sides, sides, st.integers(0, 500), st.integers(-100, 6000))
def test_halves_are_the_whole_without_overlap(width, height, left, gutter):
    sheet = Box(left, 7, width, height)
    cut = halves(sheet, gutter)
    if cut is None:
        return
    first, second = cut
    assert (first.left_px, first.left_px + first.width_px) == (left, second.left_px)
    assert first.width_px + second.width_px == width
    assert first.height_px == second.height_px == height


def test_an_act_over_pages_of_two_folders_is_refused_whole(tmp_path) -> None:
    """Acts are a dossier's: taking one back would leave the other folder's pages as the act had made them."""
    desk = desk_with(tmp_path / "home", (FORM, POWER))
    pages = Pages(desk.database, "sokha")
    with desk.database.write("test") as tx:
        page = tx.session.get_one(PageRow, desk.page_ids[1])
        own = tx.session.get_one(DossierRow, page.dossier_id)
        other = DossierRow(
            batch_id=own.batch_id,
            ordinal=1,
            name="b",
            source="/b",
            state=own.state,
            updated_at=own.updated_at,
        )
        tx.session.add(other)
        tx.session.flush()
        page.dossier_id, page.document_id = other.id, None
    for act in (
        lambda: desk.documents.exclude(desk.page_ids),
        lambda: pages.edit(desk.page_ids, EditChange(turn_deg=90)),
    ):
        with pytest.raises(Conflict, match="pages_of_two_folders"):
            act()
    with desk.database.read() as session:
        stood = [session.get_one(PageRow, page_id) for page_id in desk.page_ids]
        assert [(page.exclusion, page.edits) for page in stood] == [(None, {})] * 2
    desk.database.close()
