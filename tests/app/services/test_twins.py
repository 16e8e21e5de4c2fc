"""The same scan offered twice, in whatever file: noticed page by page, said, and kept from leaving by itself."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import img2pdf
import pikepdf
import pytest
from PIL import Image

from app.commands.digitize_report import Asked, build_report
from app.commands.output import plain_words
from app.domain.states import DossierState, ImportState
from app.queries import dossiers, imports, pages
from app.services.pages import EditChange
from tests.helpers.program import finish, open_program, write_blank, write_page


@pytest.fixture
def program(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="proven") as opened:
        yield opened


def scan(tmp_path: Path, seed: int) -> bytes:
    return write_page(tmp_path / "scans" / f"{seed}.jpg", seed).read_bytes()


def pdf(path: Path, *scans: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(img2pdf.convert(list(scans)))
    return path


def take(program, *paths):
    started = program.capture.import_paths(list(paths))
    finish(program)
    return started


def named(program, name):
    (found,) = [each for each in dossiers.list_dossiers(program.database) if each.name == name]
    return dossiers.get_dossier(program.database, found.id)


def codes(detail):
    return [reason.code for reason in detail.reasons]


def twins(program, started):
    return [
        (item.source_path.name, twin.page, twin.same_as.name, twin.same_as_page)
        for item in imports.ledger(program.database, item_ids=started.item_ids).items
        for twin in item.twin_pages
    ]


def test_a_page_of_a_pdf_that_came_as_a_jpeg_is_held_and_told(program, tmp_path):
    one, two, three = (scan(tmp_path, seed) for seed in (1, 2, 3))
    (tmp_path / "paper" / "first").mkdir(parents=True)
    for name, content in (("a.jpg", one), ("b.jpg", two)):
        (tmp_path / "paper" / "first" / name).write_bytes(content)
    take(program, tmp_path / "paper" / "first")
    again = take(program, pdf(tmp_path / "second.pdf", three, two))

    assert twins(program, again) == [("second.pdf", 2, "b.jpg", 1)]
    held = named(program, "second")
    assert held.summary.state is DossierState.TO_INDEX
    assert held.summary.first_reason.code == "same_scan_twice"
    assert held.summary.first_reason.facts["pages"] == 1
    (told,) = [reason.facts for reason in held.reasons if reason.code == "same_scan_as"]
    assert (told["here"], told["folder"], told["there"]) == ("2", "first", "2")
    assert named(program, "first").summary.state is not DossierState.TO_INDEX


def test_the_same_jpeg_in_two_pdfs_is_noticed(program, tmp_path):
    one, two, three = (scan(tmp_path, seed) for seed in (1, 2, 3))
    take(program, pdf(tmp_path / "first.pdf", one, two))
    again = take(program, pdf(tmp_path / "second.pdf", two, three))
    assert twins(program, again) == [("second.pdf", 1, "first.pdf", 2)]
    assert "same_scan_twice" in codes(named(program, "second"))


def test_one_page_of_a_tiff_and_again_in_another_tiff_is_noticed(program, tmp_path):
    frames = [Image.open(io.BytesIO(scan(tmp_path, seed))) for seed in (1, 2, 3)]
    frames[0].save(tmp_path / "first.tif", save_all=True, append_images=frames[1:2])
    frames[2].save(tmp_path / "second.tif", save_all=True, append_images=frames[1:2], compression="tiff_lzw")
    take(program, tmp_path / "first.tif")
    again = take(program, tmp_path / "second.tif")
    assert twins(program, again) == [("second.tif", 2, "first.tif", 2)]


def test_a_page_twice_in_one_file_is_noticed(program, tmp_path):
    one, two = scan(tmp_path, 1), scan(tmp_path, 2)
    started = take(program, pdf(tmp_path / "first.pdf", one, two, one))
    assert twins(program, started) == [("first.pdf", 3, "first.pdf", 1)]
    (told,) = [reason.facts for reason in named(program, "first").reasons if reason.code == "same_scan_as"]
    assert (told["here"], told["folder"], told["there"]) == ("3", "first", "1")


def test_a_whole_file_again_is_told_as_a_file_and_its_pages_are_counted(program, tmp_path):
    file = pdf(tmp_path / "first.pdf", scan(tmp_path, 1), scan(tmp_path, 2))
    (tmp_path / "copy.pdf").write_bytes(file.read_bytes())
    take(program, file)
    again = take(program, tmp_path / "copy.pdf")
    (item,) = imports.ledger(program.database, item_ids=again.item_ids).items
    assert (item.duplicate_of.name, item.twin_pages) == ("first.pdf", ())
    held = named(program, "copy")
    assert held.summary.first_reason.facts["pages"] == 2
    assert "same_scan_as" in codes(held)


def test_the_same_drawn_pdf_again_is_noticed_by_its_bytes_but_its_pages_are_no_scans(program, tmp_path):
    for name, title in (("first", "a"), ("other", "b")):
        with pikepdf.new() as document:
            document.add_blank_page(page_size=(300, 400))
            bars = b"".join(b"50 %d 200 9 re f " % top for top in range(50, 350, 20))
            document.pages[0].contents_add(document.make_stream(bars))
            document.docinfo["/Title"] = title
            document.save(tmp_path / f"{name}.pdf", deterministic_id=True)
    (tmp_path / "copy.pdf").write_bytes((tmp_path / "first.pdf").read_bytes())
    for name in ("first", "other", "copy"):
        take(program, tmp_path / f"{name}.pdf")
    assert "same_scan_twice" not in codes(named(program, "other"))
    assert "same_scan_twice" in codes(named(program, "copy"))


def test_blank_pages_alike_are_no_reason_to_stop(program, tmp_path):
    blank = write_blank(tmp_path / "blank.jpg").read_bytes()
    take(program, pdf(tmp_path / "first.pdf", scan(tmp_path, 1), blank, blank))
    again = take(program, pdf(tmp_path / "second.pdf", scan(tmp_path, 2), blank))
    assert twins(program, again) == []
    assert "same_scan_twice" not in codes(named(program, "first"))
    assert "same_scan_twice" not in codes(named(program, "second"))


def test_a_page_that_a_person_calls_blank_no_longer_counts(program, tmp_path):
    one, two, three = (scan(tmp_path, seed) for seed in (1, 2, 3))
    take(program, pdf(tmp_path / "first.pdf", one, two))
    take(program, pdf(tmp_path / "second.pdf", two, three))
    held = named(program, "second").summary
    first = pages.list_pages(program.database, dossier_id=held.id)[0]
    program.pages.edit([first.id], EditChange(is_blank=True))
    finish(program)
    assert "same_scan_twice" not in codes(named(program, "second"))


def test_the_same_import_again_finds_no_twins_of_itself(program, tmp_path):
    folder = tmp_path / "folder"
    pdf(folder / "1.pdf", scan(tmp_path, 1), scan(tmp_path, 2))
    (folder / "2.jpg").write_bytes(scan(tmp_path, 3))
    (folder / "3.jpg").write_bytes(b"")
    take(program, folder)
    for path in folder.iterdir():
        os.utime(path, (1, 1))
    (folder / "3.jpg").write_bytes(scan(tmp_path, 4))  # refused before, mended now
    again = take(program, folder)
    assert twins(program, again) == []
    assert len(pages.list_pages(program.database)) == 4
    assert "same_scan_twice" not in codes(named(program, "folder"))


def test_a_pdf_that_grew_under_its_name_is_another_dossier_that_tells_what_it_repeats(program, tmp_path):
    one, two, three = (scan(tmp_path, seed) for seed in (1, 2, 3))
    take(program, pdf(tmp_path / "box" / "scan.pdf", one, two))
    again = take(program, pdf(tmp_path / "box" / "scan.pdf", one, two, three))
    assert twins(program, again) == [("scan.pdf", 1, "scan.pdf", 1), ("scan.pdf", 2, "scan.pdf", 2)]


def test_more_pages_than_a_statement_takes_are_compared(program, tmp_path, monkeypatch):
    monkeypatch.setattr("app.services.twins.HASHES_PER_STATEMENT", 2)
    scans = [scan(tmp_path, seed) for seed in range(1, 6)]
    take(program, pdf(tmp_path / "first.pdf", *scans))
    again = take(program, pdf(tmp_path / "second.pdf", *reversed(scans)))
    assert [there for _name, _page, _same, there in twins(program, again)] == [5, 4, 3, 2, 1]
    (told,) = [reason.facts for reason in named(program, "second").reasons if reason.code == "same_scan_as"]
    assert (told["here"], told["there"]) == ("1, 2, 3, 4, 5", "5, 4, 3, 2, 1")
    assert json.dumps(told)


def test_the_report_names_the_pages(program, tmp_path):
    one, two, three = (scan(tmp_path, seed) for seed in (1, 2, 3))
    take(program, pdf(tmp_path / "first.pdf", one, two))
    again = take(program, pdf(tmp_path / "second.pdf", two, three))
    asked = Asked(again, tmp_path, (), 1.0)
    document = build_report(program, asked).to_json(plain_words)
    assert document["import"]["duplicates"] == [
        {
            "source": str(tmp_path / "second.pdf"),
            "page": 1,
            "same_as": str(tmp_path / "first.pdf"),
            "same_as_page": 2,
        }
    ]
    assert all(item.state is ImportState.ACCEPTED for item in build_report(program, asked).ledger.items)
