from __future__ import annotations

import gzip
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ocr.engines.word_lines import text_of
from ocr.errors import OperatorError, PageNeedsAttention
from ocr.inspect import InspectOptions, inspect_file
from ocr.pipeline import process_page
from ocr.types import Box, PageEdits, PageTask, Word
from ocr.words_file import read_words, write_words
from tests.helpers.drawn_pages import PROJECT, PROSE, TESSDATA, save, text_page, tilted


def task_for(path: Path, derived_dir: Path, **changes: object) -> PageTask:
    task = PageTask(
        master_path=path,
        frame=0,
        derived_dir=derived_dir,
        derived_key="abc",
        languages=("eng",),
        formats=(),
        tessdata_dir=TESSDATA,
        engine="fake",
    )
    return replace(task, **changes)  # type: ignore[arg-type]


@pytest.mark.engine
@pytest.mark.parametrize("turn_deg", [0, 90, 180, 270])
def test_turned_and_tilted_page_is_read_upright(tmp_path: Path, turn_deg: int) -> None:
    scan = np.rot90(tilted(text_page(), 2.0), -turn_deg // 90)
    result = process_page(task_for(save(scan, tmp_path / "p.png"), tmp_path, engine="tesserocr"))
    assert (result.turn.turn_deg, result.applied_turn_deg) == (turn_deg, turn_deg)
    assert result.skew.skew_deg == pytest.approx(2.0, abs=0.1)
    assert (result.width_px, result.height_px) == (1240, 1754)
    assert result.text.splitlines()[0] == PROSE[0]
    assert not result.is_blank
    assert result.dpi == 150
    words, text = read_words(result.words_path)
    assert text == result.text == text_of(words)
    first = words[0].box  # drawn at 110, 150 before tilting: page space has it there again
    assert first.left_px == pytest.approx(110, abs=8)
    assert first.top_px == pytest.approx(158, abs=12)
    assert max(Image.open(result.thumbnail_path).size) == 320
    assert Image.open(result.viewing_path).size == (1240, 1754)


@pytest.mark.engine
def test_an_english_page_upside_down_in_a_khmer_folder_is_turned_and_read(tmp_path: Path) -> None:
    scan = np.rot90(tilted(text_page(), 1.0), 2)
    task = task_for(save(scan, tmp_path / "p.png"), tmp_path, engine="tesserocr", languages=("khm", "eng"))
    result = process_page(task)
    assert (result.turn.turn_deg, result.applied_turn_deg, result.languages) == (180, 180, ("eng",))
    assert result.text.splitlines()[0] == PROSE[0]


def test_a_persons_edits_win(tmp_path: Path) -> None:
    path = save(text_page(), tmp_path / "p.png")
    edits = PageEdits(turn_deg=90, skew_deg=0.0, is_blank=True)
    result = process_page(task_for(path, tmp_path, edits=edits))
    assert (result.applied_turn_deg, result.applied_skew_deg, result.is_blank) == (90, 0.0, True)
    assert (result.width_px, result.height_px) == (1754, 1240)


def test_blank_page_is_flagged_and_has_no_words(tmp_path: Path) -> None:
    path = save(np.full((877, 620), 245, np.uint8), tmp_path / "p.png")
    result = process_page(task_for(path, tmp_path))
    assert result.is_blank
    assert (result.text, result.word_count, result.ink_share) == ("", 0, 0.0)


def test_fingerprint_and_streaks_are_of_the_page_and_its_master(tmp_path: Path) -> None:
    page = text_page()
    page[:, 800:802] = 190
    upright = process_page(task_for(save(page, tmp_path / "p.png"), tmp_path))
    again = save(np.ascontiguousarray(np.rot90(page)), tmp_path / "turned.png")
    turned = process_page(task_for(again, tmp_path, edits=PageEdits(turn_deg=270)))
    assert len(upright.fingerprint) == 16
    assert turned.fingerprint == upright.fingerprint
    assert upright.streaks_px == pytest.approx((800,), abs=2)
    assert turned.streaks_px == ()  # across the feed: no scanner draws such a line


def test_doing_a_page_again_gives_the_same_files(tmp_path: Path) -> None:
    path = save(text_page(), tmp_path / "p.png")
    first = process_page(task_for(path, tmp_path))
    before = {
        name: name.read_bytes() for name in (first.words_path, first.viewing_path, first.thumbnail_path)
    }
    again = process_page(task_for(path, tmp_path))
    assert replace(again, step_ms=()) == replace(first, step_ms=())
    assert all(name.read_bytes() == content for name, content in before.items())
    assert not list(tmp_path.glob(".*"))


def test_damaged_master_needs_a_person(tmp_path: Path) -> None:
    (tmp_path / "p.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    with pytest.raises(PageNeedsAttention, match="damaged"):
        process_page(task_for(tmp_path / "p.png", tmp_path))


def test_unstated_resolution_is_that_of_the_source_or_of_a4(tmp_path: Path) -> None:
    path = tmp_path / "p.png"
    Image.fromarray(text_page()).save(path)
    assert process_page(task_for(path, tmp_path)).dpi == pytest.approx(150, abs=0.2)
    assert process_page(task_for(path, tmp_path, stated_dpi=200.0)).dpi == 200


def test_inspecting_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = [Image.fromarray(text_page(size=(620, 877))).convert("1") for _ in range(2)]
    pages[0].save(tmp_path / "two.tif", save_all=True, append_images=pages[1:], dpi=(75, 75))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    found = list(inspect_file(tmp_path / "two.tif", InspectOptions(("eng",), TESSDATA, engine="fake")))
    assert [page.source_page for page in found] == [0, 1]
    assert {name for name, _ in found[0].step_ms} >= {"decode", "orientation", "skew", "recognise"}
    assert not list(scratch.iterdir())


def test_words_file_round_trips_and_is_the_same_every_time(tmp_path: Path) -> None:
    words = (Word("ខ្មែរ", Box(1, 2, 3, 4), 0.875, 0, False, "khm"), Word("b", Box(5, 6, 7, 8), 1.0, 1, False))
    write_words(tmp_path / "a.gz", words, "ខ្មែរ\nb")
    write_words(tmp_path / "b.gz", words, "ខ្មែរ\nb")
    assert read_words(tmp_path / "a.gz") == (words, "ខ្មែរ\nb")
    assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()


def test_damaged_words_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(json.dumps({"version": 99}).encode()))
    with pytest.raises(OperatorError, match="words_file_damaged"):
        read_words(path)


def test_a_worker_loads_no_database_and_no_qt() -> None:
    program = (
        "import sys, ocr.pipeline, ocr.intake.intake, ocr.inspect;"
        "print([name for name in ('sqlalchemy', 'PySide6', 'tesserocr', 'app', 'ui') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.engine
def test_fax_of_unequal_resolutions_is_read_in_its_true_shape(tmp_path: Path) -> None:
    page = text_page(noise=0)
    squashed = np.asarray(Image.fromarray(page).resize((page.shape[1], page.shape[0] * 98 // 204)))
    path = tmp_path / "fax.tif"
    dots = Image.fromarray(squashed).point(lambda value: 255 * (value > 150)).convert("1")
    dots.save(path, compression="group4", dpi=(204, 98))
    result = process_page(task_for(path, tmp_path, engine="tesserocr"))
    assert result.width_px == page.shape[1]
    assert result.height_px == pytest.approx(page.shape[0], abs=3)
    assert result.dpi == 204
    assert result.text.splitlines()[0] == PROSE[0]
    first = read_words(result.words_path)[0][0].box
    assert (first.left_px, first.top_px) == pytest.approx((110, 158), abs=12)
