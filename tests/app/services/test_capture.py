"""Import: everything offered is accounted for, in order, once."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from app.domain.states import DossierState, ImportState
from app.errors import OperatorError, WrongTransition
from app.queries import batches, dossiers, imports, pages
from app.services import capture
from tests.helpers.program import finish, open_program, write_blank, write_page


@pytest.fixture
def program(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="none") as program:
        yield program


def ledger_of(program, started):
    return imports.ledger(program.database, item_ids=started.item_ids)


def test_a_directory_with_pages_is_one_dossier_in_natural_order(program, tmp_path):
    folder = tmp_path / "ឯកសារ 12"
    for number in (10, 2, 1):
        write_page(folder / f"page{number}.png", number)
    started = program.capture.import_paths([folder])
    finish(program)
    (dossier,) = dossiers.list_dossiers(program.database)
    assert dossier.name == "ឯកសារ 12"
    names = [page.source_name for page in pages.list_pages(program.database, dossier_id=dossier.id)]
    assert names == ["page1.png", "page2.png", "page10.png"]
    ledger = ledger_of(program, started)
    assert (ledger.offered, ledger.accepted, ledger.refused) == (3, 3, 0)


def test_native_digits_count_in_natural_order(program, tmp_path):
    folder = tmp_path / "folder"
    for seed, name in enumerate(("ទំព័រ ១០.png", "ទំព័រ ២.png", "ទំព័រ 1.png")):
        write_page(folder / name, seed)
    program.capture.import_paths([folder])
    finish(program)
    names = [page.source_name for page in pages.list_pages(program.database)]
    assert names == ["ទំព័រ 1.png", "ទំព័រ ២.png", "ទំព័រ ១០.png"]


def test_a_directory_of_directories_is_many_dossiers(program, tmp_path):
    for folder in ("b", "a", "c10", "c9"):
        write_page(tmp_path / "shelf" / folder / "1.png", hash(folder) % 1000)
    (tmp_path / "shelf" / "register.csv").write_text("application_number\n", encoding="utf-8")
    started = program.capture.import_paths([tmp_path / "shelf"])
    finish(program)
    names = [dossier.name for dossier in dossiers.list_dossiers(program.database)]
    assert names == ["a", "b", "c9", "c10"]
    ledger = ledger_of(program, started)
    assert (ledger.offered, ledger.accepted, ledger.refused) == (5, 4, 1)
    (refused,) = [item for item in ledger.items if item.state is ImportState.REFUSED]
    assert (refused.reason, refused.dossier_id) == ("not_an_image", None)


def test_every_kind_of_refusal_has_its_reason_and_the_ledger_balances(program, tmp_path):
    folder = tmp_path / "mixed"
    write_page(folder / "good.png", 1)
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "text.jpg").write_text("not a picture", encoding="utf-8")
    (folder / "Thumbs.db").write_bytes(b"\xd0\xcf\x11\xe0")
    damaged = write_page(folder / "damaged.png", 2)
    damaged.write_bytes(damaged.read_bytes()[:60])
    started = program.capture.import_paths([folder])
    finish(program)
    ledger = ledger_of(program, started)
    assert ledger.waiting == 0
    assert ledger.offered == ledger.accepted + ledger.refused == 5
    reasons = {item.source_path.name: item.reason for item in ledger.items}
    assert reasons == {
        "good.png": None,
        "empty.jpg": "empty_file",
        "text.jpg": "not_an_image",
        "Thumbs.db": "system_file",
        "damaged.png": "damaged",
    }


def test_the_same_import_again_adds_nothing(program, tmp_path):
    folder = tmp_path / "folder"
    write_page(folder / "1.png", 1)
    first = program.capture.import_paths([folder])
    finish(program)
    second = program.capture.import_paths([folder])
    finish(program)
    assert second.dossier_ids == first.dossier_ids
    assert second.known == 1
    assert second.batch_id is None
    assert len(pages.list_pages(program.database)) == 1


def test_a_late_page_finds_its_place_in_the_dossier(program, tmp_path):
    folder = tmp_path / "folder"
    write_page(folder / "1.png", 1)
    write_page(folder / "3.png", 3)
    program.capture.import_paths([folder])
    finish(program)
    write_page(folder / "2.png", 2)
    program.capture.import_paths([folder])
    finish(program)
    (dossier,) = dossiers.list_dossiers(program.database)
    names = [page.source_name for page in pages.list_pages(program.database, dossier_id=dossier.id)]
    assert names == ["1.png", "2.png", "3.png"]
    assert dossier.state is DossierState.TO_INDEX


def test_a_page_that_comes_early_has_its_final_number_already(program, tmp_path):
    folder = tmp_path / "folder"
    for number in (1, 2, 3, 5):
        write_page(folder / f"{number}.png", number)
    program.capture.import_paths([folder])
    finish(program)
    write_page(folder / "4.png", 4)
    program.capture.import_paths([folder])
    numbers = {page.source_name: page.number for page in pages.list_pages(program.database)}
    assert numbers == {"1.png": 1, "2.png": 2, "3.png": 3, "5.png": 5}
    last = next(page for page in pages.list_pages(program.database) if page.number == 5)
    assert pages.get_page(program.database, last.id).summary.number == 5
    finish(program)
    assert [page.number for page in pages.list_pages(program.database)] == [1, 2, 3, 4, 5]


def test_a_file_refused_once_is_tried_again(program, tmp_path):
    folder = tmp_path / "folder"
    write_page(folder / "1.png", 1)
    (folder / "2.png").write_bytes(b"")
    program.capture.import_paths([folder])
    finish(program)
    write_page(folder / "2.png", 2)
    program.capture.import_paths([folder])
    finish(program)
    assert len(pages.list_pages(program.database)) == 2


def test_the_same_scan_under_another_name_is_noticed_and_kept(program, tmp_path):
    folder = tmp_path / "folder"
    page = write_page(folder / "1.png", 1)
    (folder / "copy of 1.png").write_bytes(page.read_bytes())
    started = program.capture.import_paths([folder])
    finish(program)
    told = [item for item in ledger_of(program, started).items if item.duplicate_of is not None]
    assert len(told) == 1
    assert len(pages.list_pages(program.database)) == 2


def test_blank_pages_are_flagged_and_kept(program, tmp_path):
    folder = tmp_path / "folder"
    write_page(folder / "1.png", 1)
    write_blank(folder / "2.png")
    program.capture.import_paths([folder])
    finish(program)
    assert [page.is_blank for page in pages.list_pages(program.database)] == [False, True]
    assert dossiers.list_dossiers(program.database)[0].blank_pages == 1


def test_a_missing_path_is_said_before_anything_is_imported(program, tmp_path):
    write_page(tmp_path / "there" / "1.png", 1)
    with pytest.raises(OperatorError) as told:
        program.capture.import_paths([tmp_path / "there", tmp_path / "nowhere"])
    assert told.value.code == "path_missing"
    assert batches.list_batches(program.database) == ()


@pytest.mark.parametrize("place", ["home", "home/masters", "home/../home/derived"])
def test_the_programs_own_files_are_no_scans_to_import(program, tmp_path, place):
    write_page(tmp_path / "there" / "1.png", 1)
    with pytest.raises(OperatorError) as told:
        program.capture.import_paths([tmp_path / "there", tmp_path / place])
    assert told.value.code == "path_in_home"
    assert batches.list_batches(program.database) == ()


def test_a_home_inside_an_offered_directory_is_passed_over(program, tmp_path):
    write_page(tmp_path / "there" / "1.png", 1)
    write_page(tmp_path / "home" / "masters" / "ab" / "2.png", 2)
    program.capture.import_paths([tmp_path])
    assert [each.name for each in dossiers.list_dossiers(program.database)] == ["there"]


def test_a_source_gone_before_it_is_read_is_refused(program, tmp_path):
    page = write_page(tmp_path / "folder" / "1.png", 1)
    started = program.capture.import_paths([tmp_path / "folder"])
    page.unlink()
    finish(program)
    (item,) = ledger_of(program, started).items
    assert item.reason == "source_missing"
    assert json.dumps(item.facts)


def test_counts_of_a_batch_add_up(program, tmp_path):
    for folder in ("a", "b"):
        for number in (1, 2):
            write_page(tmp_path / "shelf" / folder / f"{number}.png", hash((folder, number)) % 999)
    program.capture.import_paths([tmp_path / "shelf"], batch_name="Box 14")
    finish(program)
    (batch,) = batches.list_batches(program.database)
    assert (batch.name, batch.dossiers, batch.pages, batch.pages_done) == ("Box 14", 2, 4, 4)
    assert (batch.files_offered, batch.files_accepted, batch.files_refused) == (4, 4, 0)


def test_another_paper_folder_under_the_same_path_is_another_dossier(program, tmp_path):
    folder = tmp_path / "scan"
    for number in (1, 2, 3):
        write_page(folder / f"page{number}.png", number)
    program.capture.import_paths([folder])
    finish(program)
    (folder / "page3.png").unlink()
    for number in (1, 2):
        write_page(folder / f"page{number}.png", 100 + number)
    program.capture.import_paths([folder])
    finish(program)
    counts = [dossier.pages for dossier in dossiers.list_dossiers(program.database)]
    assert counts == [3, 2]


def test_one_exchanged_page_makes_another_dossier_and_says_what_is_doubled(program, tmp_path):
    folder = tmp_path / "scan"
    for number in (1, 2):
        write_page(folder / f"page{number}.png", number)
    program.capture.import_paths([folder])
    finish(program)
    write_page(folder / "page2.png", 99)
    started = program.capture.import_paths([folder])
    finish(program)
    assert [dossier.pages for dossier in dossiers.list_dossiers(program.database)] == [2, 2]
    doubled = [item for item in ledger_of(program, started).items if item.duplicate_of is not None]
    assert [item.source_path.name for item in doubled] == ["page1.png"]


def test_a_file_with_a_new_time_and_the_same_content_is_known(program, tmp_path):
    folder = tmp_path / "scan"
    page = write_page(folder / "page1.png", 1)
    program.capture.import_paths([folder])
    finish(program)
    os.utime(page, (1, 1))
    again = program.capture.import_paths([folder])
    assert again.known == 1
    assert len(dossiers.list_dossiers(program.database)) == 1


def test_a_folder_whose_files_are_all_refused_says_so(program, tmp_path):
    (tmp_path / "scan").mkdir()
    (tmp_path / "scan" / "1.jpg").write_bytes(b"")
    program.capture.import_paths([tmp_path / "scan"])
    finish(program)
    (dossier,) = dossiers.list_dossiers(program.database)
    assert (dossier.state, dossier.first_reason.code) == (DossierState.OPEN, "no_pages")


def test_a_note_beside_the_pages_makes_no_second_dossier(program, tmp_path):
    folder = tmp_path / "scan"
    write_page(folder / "page1.png", 1)
    (folder / "notes.txt").write_text("box 14", encoding="utf-8")
    program.capture.import_paths([folder])
    finish(program)
    program.indexing.confirm(dossiers.list_dossiers(program.database)[0].id, "KH/P/2018/00417")
    program.review.approve(dossiers.list_dossiers(program.database)[0].id)
    finish(program)
    program.capture.import_paths([folder])
    finish(program)
    assert len(dossiers.list_dossiers(program.database)) == 1
    for number in (2, 3):  # what comes when the folder has left is another dossier, and its name says so
        write_page(folder / f"page{number}.png", number)
        program.capture.import_paths([folder])
        finish(program)
        late = next(each for each in dossiers.list_dossiers(program.database) if "late" in each.name)
        assert (late.name, late.pages) == ("scan (late files)", number - 1)


def test_a_file_overwritten_before_it_is_read_enters_no_dossier(program, tmp_path):
    folder = tmp_path / "scan"
    for number in (1, 2):
        write_page(folder / f"page{number}.png", number)
    first = program.capture.import_paths([folder])
    for number in (1, 2):
        write_page(folder / f"page{number}.png", 100 + number, size=(700, 900))
    finish(program)
    assert [item.reason for item in ledger_of(program, first).items] == ["source_changed", "source_changed"]
    assert pages.list_pages(program.database) == ()
    second = program.capture.import_paths([folder])
    finish(program)
    assert ledger_of(program, second).accepted == 2


def test_a_file_offered_again_before_it_was_read_is_read_once(program, tmp_path):
    page = write_page(tmp_path / "scan" / "page1.png", 1)
    first = program.capture.import_paths([tmp_path / "scan"])
    write_page(page, 2, size=(700, 900))
    program.capture.import_paths([tmp_path / "scan"])
    finish(program)
    (item,) = ledger_of(program, first).items
    assert item.reason == "source_changed"
    assert len(pages.list_pages(program.database)) == 1


def test_a_dossier_with_a_late_page_cannot_be_confirmed_before_it_is_read(program, tmp_path):
    folder = tmp_path / "folder"
    write_page(folder / "1.png", 1)
    (dossier_id,) = program.capture.import_paths([folder]).dossier_ids
    finish(program)
    write_page(folder / "2.png", 2)
    program.capture.import_paths([folder])
    with pytest.raises(WrongTransition):
        program.indexing.confirm(dossier_id, "KH/P/2018/00417")
    finish(program)
    program.indexing.confirm(dossier_id, "KH/P/2018/00417")
    assert dossiers.list_dossiers(program.database)[0].pages == 2


def test_todays_policy_is_for_the_folders_asked_for_and_no_others(program, tmp_path):
    for folder in ("a", "b"):
        write_page(tmp_path / "shelf" / folder / "1.png", ord(folder))
    first = program.capture.import_paths([tmp_path / "shelf"])
    finish(program)
    options = program.import_options(release="proven")
    program.capture.import_with([tmp_path / "shelf" / "a"], options)
    policies = {batch.id: (batch.release, batch.dossiers) for batch in batches.list_batches(program.database)}
    assert policies.pop(first.batch_id) == ("none", 1)
    assert list(policies.values()) == [("proven", 1)]
    program.capture.import_with([tmp_path / "shelf" / "b"], options)
    assert batches.get_batch(program.database, first.batch_id).release == "proven"


def test_a_batch_is_called_after_all_that_came_into_it(program, tmp_path):
    for name in ("floating house", "sign", "tower", "boat"):
        write_page(tmp_path / "box" / name / "1.png", len(name))
    box = tmp_path / "box"
    program.capture.import_paths([box / "floating house"])
    program.capture.import_paths([box / "floating house", box / "sign", box / "tower"])
    program.capture.import_paths([box])
    names = [batch.name[: -len(" 2026-01-01 00:00")] for batch in batches.list_batches(program.database)]
    assert sorted(names) == ["box", "floating house", "sign (+1)"]


def test_an_import_of_many_folders_is_entered_in_several_transactions(program, tmp_path, monkeypatch):
    monkeypatch.setattr(capture, "FILES_PER_LOT", 4)
    for number in range(5):
        write_page(tmp_path / "shelf" / str(number) / "1.png", number)
    commits = []
    program.bus.subscribe(commits.append)
    started = program.capture.import_paths([tmp_path / "shelf"])
    assert len(commits) == 3
    assert (started.offered, len(started.dossier_ids)) == (5, 5)
    assert batches.get_batch(program.database, started.batch_id).dossiers == 5


def test_a_single_file_of_an_imported_directory_leads_to_its_dossier(program, tmp_path):
    page = write_page(tmp_path / "folder" / "1.png", 1)
    first = program.capture.import_paths([tmp_path / "folder"])
    finish(program)
    again = program.capture.import_paths([page])
    assert (again.dossier_ids, again.known) == (first.dossier_ids, 1)
    assert len(dossiers.list_dossiers(program.database)) == 1


def test_a_directory_that_cannot_be_read_is_refused_in_the_ledger(program, tmp_path, monkeypatch):
    for name in ("a", "b"):
        write_page(tmp_path / "shelf" / name / "1.png", ord(name))
    whole = Path.iterdir

    def iterdir(path):
        if path.name == "a":
            raise PermissionError(13, "denied")
        return whole(path)

    monkeypatch.setattr(Path, "iterdir", iterdir)
    started = program.capture.import_paths([tmp_path / "shelf"])
    finish(program)
    ledger = ledger_of(program, started)
    assert (ledger.accepted, ledger.refused) == (1, 1)
    assert [item.reason for item in ledger.items if item.dossier_id is None] == ["not_readable"]


def test_a_directory_without_any_file_is_said_to_be_empty(program, tmp_path):
    (tmp_path / "empty" / "inner").mkdir(parents=True)
    with pytest.raises(OperatorError) as told:
        program.capture.import_paths([tmp_path / "empty"])
    assert told.value.code == "nothing_offered"
    assert dossiers.list_dossiers(program.database) == ()
