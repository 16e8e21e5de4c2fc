"""Reading again is taken back: the page has the reading it had, in whatever state the new one is."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.domain.states import DossierState, JobState, PageState
from app.errors import Conflict
from app.jobs import store
from app.queries import dossiers, pages
from app.services.integrity import check
from app.services.pages import EditChange
from app.storage.tables import JobRow, PageResultRow, PageRow
from tests.helpers.program import finish, open_program, write_page

NO_NUMBER = "A letter without any number\nWritten to the office with kind regards"


@pytest.fixture
def program(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="none", text=NO_NUMBER) as program:
        for number in (1, 2):
            write_page(tmp_path / "folder" / f"{number}.png", number)
        program.capture.import_paths([tmp_path / "folder"])
        finish(program)
        yield program


def first_page(program):
    return pages.list_pages(program.database)[0]


def read_otherwise(program, page_id, text="read by an earlier program"):
    """As if an earlier engine had read the page, with files of its own."""
    with program.database.write("test") as tx:
        row = tx.session.get_one(PageResultRow, page_id)
        for path in list(program.paths.derived.glob(f"{row.derived_key}.*")):
            path.with_name(path.name.replace(row.derived_key, "earlier")).write_bytes(path.read_bytes())
        row.text, row.derived_key = text, "earlier"


def text_of(program, page_id):
    return pages.get_page(program.database, page_id).text


def job_state(program, page_id):
    with program.database.read() as session:
        return session.scalar(select(JobRow.state).filter_by(kind="page", subject_id=page_id))


@pytest.mark.parametrize("is_done", [True, False])
def test_the_earlier_reading_comes_back(program, is_done):
    page = first_page(program)
    read_otherwise(program, page.id)
    before = program.pages.reprocess([page.id])
    if is_done:
        finish(program)
        assert text_of(program, page.id) != "read by an earlier program"
    program.pages.restore_readings(before)
    assert first_page(program).state is PageState.READY
    finish(program)
    assert text_of(program, page.id) == "read by an earlier program"
    assert dossiers.list_dossiers(program.database)[0].state is DossierState.TO_INDEX
    assert [each.code for each in check(program.database, program.paths).findings] == []


def test_a_reading_on_its_way_is_refused_when_it_comes(program):
    page = first_page(program)
    read_otherwise(program, page.id)
    before = program.pages.reprocess([page.id])
    with program.database.write("machine") as tx:
        job_id = tx.session.scalar(select(JobRow.id).filter_by(kind="page", subject_id=page.id))
        job = store.claim_one(tx, program.loop._owner, job_id)
    program.pages.restore_readings(before)
    with program.database.write("machine") as tx:
        assert store.running(tx, job) is None
    finish(program)
    assert job_state(program, page.id) is JobState.CANCELLED
    assert text_of(program, page.id) == "read by an earlier program"
    # Asked for once more, it is read as ever.
    program.pages.reprocess([page.id])
    finish(program)
    assert text_of(program, page.id) != "read by an earlier program"


def test_what_was_the_matter_with_a_page_is_told_again(program):
    page = first_page(program)
    with program.database.write("test") as tx:
        row = tx.session.get_one(PageRow, page.id)
        row.state, row.attention, row.attention_facts = (
            PageState.NEEDS_ATTENTION,
            "damaged",
            {"name": "1.png"},
        )
    before = program.pages.reprocess([page.id])
    finish(program)
    assert first_page(program).attention is None
    program.pages.restore_readings(before)
    finish(program)
    assert first_page(program).attention.code == "damaged"
    assert first_page(program).state is PageState.NEEDS_ATTENTION


def test_a_page_changed_since_or_without_its_files_is_read_as_it_is_now(program):
    page, other = pages.list_pages(program.database)
    read_otherwise(program, page.id)
    before = program.pages.reprocess([page.id, other.id])
    finish(program)
    program.pages.edit([other.id], EditChange(turn_by_deg=90))
    finish(program)
    for path in program.paths.derived.glob("earlier.*"):
        path.unlink()
    program.pages.restore_readings(before)
    finish(program)
    assert text_of(program, page.id) != "read by an earlier program"
    assert pages.get_page(program.database, other.id).applied_turn_deg == 90
    assert [each.code for each in check(program.database, program.paths).findings] == []


@pytest.mark.parametrize("ending", ["words.json.gz", "thumb.jpg"])
def test_files_of_another_outcome_do_not_come_to_an_earlier_reading(program, ending):
    page = first_page(program)
    read_otherwise(program, page.id)
    before = program.pages.reprocess([page.id])
    finish(program)
    # The same recipe gives the same names, and where time ran out other words.
    (path,) = program.paths.derived.glob(f"earlier.{ending}")
    path.write_bytes(path.read_bytes() + b"other")
    program.pages.restore_readings(before)
    finish(program)
    assert text_of(program, page.id) != "read by an earlier program"
    assert first_page(program).state is PageState.READY


def test_a_reading_under_way_that_writes_the_same_files_is_left_to_its_end(program):
    page = first_page(program)
    with program.database.write("test") as tx:
        tx.session.get_one(PageResultRow, page.id).text = "an earlier outcome of this recipe"
    before = program.pages.reprocess([page.id])
    with program.database.write("machine") as tx:
        job_id = tx.session.scalar(select(JobRow.id).filter_by(kind="page", subject_id=page.id))
        job = store.claim_one(tx, program.loop._owner, job_id)
    program.pages.restore_readings(before)
    with program.database.write("machine") as tx:
        assert store.running(tx, job) is not None
        store.enqueue(tx, "page", page.id)
    finish(program)
    assert text_of(program, page.id) != "an earlier outcome of this recipe"
    assert first_page(program).state is PageState.READY
    assert [each.code for each in check(program.database, program.paths).findings] == []


def columns_of(program, page_id):
    with program.database.read() as session:
        row = session.get_one(PageResultRow, page_id)
        return {column.name: getattr(row, column.name) for column in PageResultRow.__table__.columns}


def test_all_of_a_long_reading_comes_back_and_takes_little_room_till_then(program):
    page = first_page(program)
    text = "ពាក្យសុំ application \u0000 \U0001f4dc\n" * 2000
    read_otherwise(program, page.id, text)
    stood = columns_of(program, page.id)
    (before,) = program.pages.reprocess([page.id])
    finish(program)
    assert len(before.result.packed) < len(text.encode()) / 10
    program.pages.restore_readings([before])
    assert columns_of(program, page.id) == stood


def test_a_page_that_is_being_read_has_nothing_to_take_back(program):
    page = first_page(program)
    assert len(program.pages.reprocess([page.id])) == 1
    assert program.pages.reprocess([page.id]) == ()
    finish(program)


def test_nothing_is_put_back_once_the_folder_has_left(program):
    page = first_page(program)
    before = program.pages.reprocess([page.id])
    finish(program)
    (dossier,) = dossiers.list_dossiers(program.database)
    program.indexing.confirm(dossier.id, "KH/P/2018/00417")
    program.review.approve(dossier.id)
    with pytest.raises(Conflict, match="dossier_closed"):
        program.pages.restore_readings(before)
