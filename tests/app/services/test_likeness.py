"""Sheets scanned twice and dirty glass are told on the pages once a folder is complete, and hold nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.jobs import store
from app.queries import pages
from app.services import flow
from app.services.pages import EditChange
from app.storage.tables import JobRow, PageResultRow, PageRow
from ocr.quality_table import COMPARED
from tests.helpers.program import finish, open_program, write_page

WORDS = "the applicant requests that the patent be granted for the invention described in claims 1 to 7 filed 2019"


@pytest.fixture
def program(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="none") as opened:
        directory = tmp_path / "paper"
        for seed in range(4):
            write_page(directory / f"{seed}.jpg", seed)
        opened.capture.import_paths([directory])
        finish(opened)
        yield opened


def link_again(program, **of_each):
    """Give the pages results of their own and link as after any reading; of_each: column to one value a page."""
    with program.database.write("test") as tx:
        rows = tx.session.scalars(
            select(PageResultRow).join(PageRow, PageRow.id == PageResultRow.page_id).order_by(PageRow.ordinal)
        ).all()
        for column, told in of_each.items():
            for row, value in zip(rows, told, strict=True):
                setattr(row, column, value)
        dossier_id = tx.session.scalar(select(PageRow.dossier_id).limit(1))
        store.enqueue(tx, flow.LINK, dossier_id)
    program.loop.wake()
    finish(program)
    with program.database.read() as session:
        assert session.scalar(select(JobRow.error).where(JobRow.kind == flow.LINK)) is None
    return [
        [reason.code for reason in page.quality if reason.code in COMPARED]
        for page in pages.list_pages(program.database, dossier_id=dossier_id)
    ]


def test_a_sheet_scanned_twice_is_told_on_its_later_page(program):
    looks = ["00000000000000ff", "0f0f0f0f0f0f0f0f", "00000000000000fe", "f0f0f0f0f0f0f0f0"]
    found = link_again(program, fingerprint=looks, text=[WORDS] * 4, is_blank=[False] * 4)
    assert found == [[], [], ["looks_like"], []]


def test_a_line_in_one_column_of_many_pages_is_told_on_each(program):
    assert link_again(program, streaks_px=[[40], [41], [39, 300], [500]]) == [["streak"]] * 3 + [[]]


def test_a_reason_goes_when_the_pages_no_longer_give_it(program):
    link_again(program, streaks_px=[[40], [41], [40], [40]])
    assert link_again(program, streaks_px=[[40], [41], [], []]) == [[]] * 4


def test_a_line_of_the_scanner_is_told_over_folders(program, tmp_path):
    link_again(program, streaks_px=[[40], [41], [40], [40]])
    write_page(tmp_path / "next" / "1.jpg", 11)
    program.capture.import_paths([tmp_path / "next"])
    finish(program)
    page = pages.list_pages(program.database)[-1]
    with program.database.write("test") as tx:
        tx.session.get_one(PageResultRow, page.id).streaks_px = [41]
        store.enqueue(tx, flow.LINK, page.dossier_id)
    program.loop.wake()
    finish(program)
    told = pages.get_page(program.database, page.id).summary.quality
    assert [each.value for each in told if each.code == "streak"] == [5.0]


TURNED = {"applied_turn_deg": [180, 0, 180, 180], "turn_confidence": [0.9, 0.05, 0.9, 0.9]}


def proposals(program):
    told = pages.list_pages(program.database)
    return [[each.value for each in page.quality if each.code == "turn_of_neighbours"] for page in told]


def test_a_doubtful_page_is_turned_as_its_neighbours_lie_only_when_a_person_says_so(program, tmp_path):
    found = link_again(program, is_blank=[False] * 4, **TURNED)
    assert found == [[], ["turn_of_neighbours"], [], []]
    assert link_again(program, is_blank=[False] * 4, **TURNED) == found  # found again, told once
    second = pages.list_pages(program.database)[1]
    assert pages.get_page(program.database, second.id).applied_turn_deg == 0
    everything = [page.id for page in pages.list_pages(program.database)]
    before = program.pages.turn_like_neighbours(everything)
    assert [each.page_id for each in before] == [second.id]
    assert program.pages.turn_like_neighbours(everything) == ()
    finish(program)
    page = pages.get_page(program.database, second.id)
    assert (page.applied_turn_deg, page.edits.turn_deg) == (180, 180)
    assert proposals(program) == [[], [], [], []]
    program.pages.restore(before)
    assert pages.get_page(program.database, second.id).edits.turn_deg is None
    finish(program)


def test_what_a_person_decided_is_not_doubted_by_its_neighbours(program):
    second = pages.list_pages(program.database)[1]
    link_again(program, is_blank=[False] * 4, **TURNED)
    program.pages.edit([second.id], EditChange(turn_deg=0))
    assert program.pages.turn_like_neighbours([second.id]) == ()
    finish(program)
    assert link_again(program, is_blank=[False] * 4, **TURNED) == [[]] * 4
