"""A scan of two pages becomes two pages of one master, up to the package, and one again."""

from __future__ import annotations

import json

import pikepdf
import pytest
from sqlalchemy import func, select

from app.domain.states import DossierState, ImportState, JobState
from app.errors import Conflict
from app.jobs import store
from app.queries import dossiers, imports, pages, uploads
from app.queries.twins import twins_by_file
from app.services.integrity import check
from app.services.pages import EditChange
from app.storage import values
from app.storage.tables import JobRow, MasterRow, PageResultRow, PageRow
from ocr.types import Box, PageBox, Spread
from tests.helpers.program import finish, open_program, write_page

NO_NUMBER = "A letter without any number\nWritten to the office with kind regards"
WIDE = (900, 640)


@pytest.fixture
def program(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="none", text=NO_NUMBER) as program:
        write_page(tmp_path / "folder" / "1.png", 1, size=WIDE)
        write_page(tmp_path / "folder" / "2.png", 2)
        program.capture.import_paths([tmp_path / "folder"])
        finish(program)
        yield program


def listed(program):
    return pages.list_pages(program.database)


def boxes(program):
    return [pages.get_page(program.database, page.id).edits.box for page in listed(program)]


def seen(program, page_id, page_box, spread):
    """As if the engine had found sheet and gutter."""
    with program.database.write("test") as tx:
        row = tx.session.get_one(PageResultRow, page_id)
        row.page_box, row.spread = values.dump_one(page_box), values.dump_one(spread)


def findings(program):
    return [(each.code, each.subject) for each in check(program.database, program.paths).findings]


def test_the_halves_follow_each_other_and_other_pages_come_behind(program):
    first, last = listed(program)
    split = program.spreads.split(first.id)
    finish(program)
    assert [page.id for page in listed(program)] == [first.id, split.second_id, last.id]
    assert [page.number for page in listed(program)] == [1, 2, 3]
    assert boxes(program) == [Box(0, 0, 450, 640), Box(450, 0, 450, 640), None]
    assert [pages.get_page(program.database, page.id).is_half for page in listed(program)] == [1, 1, 0]


def test_cut_is_where_the_gutter_was_seen_and_within_the_sheet(program):
    first = listed(program)[0]
    seen(program, first.id, PageBox(Box(50, 20, 800, 600), 0.9), Spread(430, 0.9))
    program.spreads.split(first.id)
    assert boxes(program)[:2] == [Box(50, 20, 380, 600), Box(430, 20, 420, 600)]


def test_a_person_may_name_the_column_and_a_column_at_the_edge_is_refused(program):
    first = listed(program)[0]
    with pytest.raises(Conflict, match="spread_not_splittable"):
        program.spreads.split(first.id, 3)
    program.spreads.split(first.id, 300)
    assert boxes(program)[:2] == [Box(0, 0, 300, 640), Box(300, 0, 600, 640)]


def test_a_page_is_split_once(program):
    first = listed(program)[0]
    split = program.spreads.split(first.id)
    for page_id in (first.id, split.second_id):
        with pytest.raises(Conflict, match="spread_split_already"):
            program.spreads.split(page_id)


@pytest.mark.parametrize("is_done", [True, False])
def test_taken_back_all_is_as_before(program, is_done):
    first = listed(program)[0]
    program.pages.edit([first.id], EditChange(skew_deg=0.5))
    finish(program)
    before = [(page.id, pages.get_page(program.database, page.id).edits) for page in listed(program)]
    split = program.spreads.split(first.id)
    if is_done:
        finish(program)
    assert program.spreads.merge(split.second_id, split.before.edits).first.page_id == first.id
    finish(program)
    after = [(page.id, pages.get_page(program.database, page.id).edits) for page in listed(program)]
    assert after == before
    assert findings(program) == []
    with pytest.raises(Conflict, match="page_gone"):
        program.pages.reprocess([split.second_id])


def state_of(program):
    with program.database.read() as session:
        columns = (PageRow.id, PageRow.ordinal, PageRow.part, PageRow.edits, PageRow.state)
        keys = select(*columns, PageResultRow.derived_key).outerjoin(PageResultRow)
        return session.execute(keys.order_by(PageRow.ordinal, PageRow.id)).all()


@pytest.mark.parametrize("is_done", [True, False])
def test_putting_together_is_taken_back_with_both_halves_as_they_were(program, is_done):
    first = listed(program)[0]
    second_id = program.spreads.split(first.id, 380).second_id
    finish(program)
    program.pages.edit([second_id], EditChange(turn_by_deg=180, languages=("khm",)))
    finish(program)
    before = state_of(program)
    merged = program.spreads.merge(second_id)
    if is_done:
        finish(program)
    program.spreads.unmerge(merged)
    finish(program)
    assert state_of(program) == before
    assert findings(program) == []
    with pytest.raises(Conflict, match="spread_split_already"):
        program.spreads.unmerge(merged)


def test_what_was_done_before_putting_together_can_still_be_taken_back_after_it(program):
    first = listed(program)[0]
    second_id = program.spreads.split(first.id).second_id
    finish(program)
    before = program.pages.edit([second_id], EditChange(brightness=30))
    program.spreads.unmerge(program.spreads.merge(first.id))
    assert pages.get_page(program.database, second_id).edits.brightness == 30
    program.pages.restore(before)
    assert pages.get_page(program.database, second_id).edits.brightness is None


def test_what_was_scanned_twice_is_known_of_each_half_again(program):
    first, other = listed(program)
    write_page(program.paths.root.parent / "more" / "3.png", 3)
    program.capture.import_paths([program.paths.root.parent / "more"])
    finish(program)
    (third,) = {page.id for page in listed(program)} - {first.id, other.id}
    second_id = program.spreads.split(first.id).second_id
    with program.database.write("test") as tx:
        tx.session.get_one(PageRow, other.id).duplicate_of = first.id
        tx.session.get_one(PageRow, third).duplicate_of = second_id
    merged = program.spreads.merge(first.id)
    assert twins(program, other.id, third) == [first.id, first.id]
    program.spreads.unmerge(merged)
    assert twins(program, other.id, third) == [first.id, second_id]


def twins(program, *page_ids):
    with program.database.read() as session:
        return [session.get_one(PageRow, page_id).duplicate_of for page_id in page_ids]


def test_putting_together_is_not_taken_back_once_the_folder_has_left(program):
    (dossier,) = dossiers.list_dossiers(program.database)
    first = listed(program)[0]
    program.spreads.split(first.id)
    merged = program.spreads.merge(first.id)
    finish(program)
    program.indexing.confirm(dossier.id, "KH/P/2018/00417")
    program.review.approve(dossier.id)
    with pytest.raises(Conflict, match="dossier_closed"):
        program.spreads.unmerge(merged)
    assert listed(program)[0].id == first.id


def test_the_number_of_a_page_that_is_gone_is_not_given_to_another(program):
    first = listed(program)[0]
    gone = program.spreads.split(first.id).second_id
    program.spreads.merge(first.id)
    assert program.spreads.split(first.id).second_id > gone


def test_a_result_that_comes_after_the_half_is_gone_is_refused(program):
    first = listed(program)[0]
    second_id = program.spreads.split(first.id).second_id
    with program.database.write("machine") as tx:
        job_id = tx.session.scalar(select(JobRow.id).filter_by(kind="page", subject_id=second_id))
        job = store.claim_one(tx, program.loop._owner, job_id)
    program.spreads.merge(first.id)
    with program.database.write("machine") as tx:
        assert store.running(tx, job) is None
        assert tx.session.get_one(JobRow, job_id).state is JobState.CANCELLED


def test_halves_are_turned_each_within_its_own_box(program):
    first = listed(program)[0]
    second_id = program.spreads.split(first.id).second_id
    program.pages.edit([first.id, second_id], EditChange(turn_by_deg=180))
    assert boxes(program)[:2] == [Box(450, 0, 450, 640), Box(0, 0, 450, 640)]
    finish(program)
    assert program.spreads.merge(first.id).first.page_id == first.id


def test_ledger_integrity_and_reimport_count_one_page_of_the_file(program, tmp_path):
    first = listed(program)[0]
    program.spreads.split(first.id)
    finish(program)
    program.capture.import_paths([tmp_path / "folder"])  # again: all is known
    write_page(tmp_path / "folder" / "0.png", 9)
    program.capture.import_paths([tmp_path / "folder"])  # a late file is sorted in before them
    finish(program)
    assert len(listed(program)) == 4
    assert [page.part for page in listed(program)] == [0, 0, 1, 0]
    ledger = imports.ledger(program.database, dossiers.list_dossiers(program.database)[0].batch_id)
    assert [item.state for item in ledger.items] == [ImportState.ACCEPTED] * 3
    assert sum(item.pages for item in ledger.items) == 3
    assert findings(program) == []


def test_the_same_scan_elsewhere_is_told_once(program, tmp_path):
    first = listed(program)[0]
    program.spreads.split(first.id)
    finish(program)
    write_page(tmp_path / "again" / "a.png", 1, size=WIDE, compress_level=1)
    program.capture.import_paths([tmp_path / "again"])
    finish(program)
    copy = listed(program)[-1]
    with program.database.read() as session:
        assert session.get_one(PageRow, copy.id).duplicate_of == first.id
    split = program.spreads.split(copy.id)
    finish(program)
    with program.database.read() as session:
        assert session.get_one(PageRow, split.second_id).duplicate_of == first.id
        assert [len(told) for told in twins_by_file(session).values()] == [1]
    program.spreads.merge(copy.id)
    program.spreads.merge(first.id)
    finish(program)
    assert findings(program) == []


def test_the_package_has_both_pages_and_the_master_once(program):
    (dossier,) = dossiers.list_dossiers(program.database)
    first = listed(program)[0]
    program.spreads.split(first.id)
    finish(program)
    program.indexing.confirm(dossier.id, "KH/P/2018/00417")
    program.review.approve(dossier.id)
    finish(program)
    assert dossiers.list_dossiers(program.database)[0].state is DossierState.UPLOADED
    (upload,) = uploads.list_uploads(program.database)
    data = upload.package_path / "data"
    told = json.loads((data / "dossier.json").read_text(encoding="utf-8"))
    left = {"left_px": 0, "top_px": 0, "width_px": 450, "height_px": 640}
    assert [page["box"] for page in told["pages"]] == [left, {**left, "left_px": 450}, None]
    assert [page["master"]["sha256"] for page in told["pages"]][:2] == [
        told["pages"][0]["master"]["sha256"]
    ] * 2
    with program.database.read() as session:
        assert session.scalar(select(func.count()).select_from(MasterRow)) == 2
    assert len({page["master"]["path"] for page in told["pages"]}) == 2
    (pdf_path,) = data.rglob("*.pdf")
    with pikepdf.open(pdf_path) as pdf:
        crops = [[float(side) for side in page.cropbox] for page in pdf.pages]
        media = [[float(side) for side in page.mediabox] for page in pdf.pages]
        assert crops[0] == pytest.approx([0, 0, media[0][2] / 2, media[0][3]], abs=0.01)
        assert crops[1] == pytest.approx([media[1][2] / 2, 0, media[1][2], media[1][3]], abs=0.01)
        assert "/CropBox" not in pdf.pages[2]
        pictures = {page.obj.Resources.XObject["/Page"].objgen for page in pdf.pages}
        assert len(pictures) == 2
    with pytest.raises(Conflict, match="dossier_closed"):
        program.spreads.merge(first.id)
