"""A framed part of a page is read from the master, where it was framed, with the sureness of each character."""

from __future__ import annotations

import cv2
import pytest

from ocr.errors import PageNeedsAttention
from ocr.types import Box, ZoneTask
from ocr.zone import read_zone
from tests.helpers.drawn_pages import TESSDATA, text_page, tilted

pytestmark = pytest.mark.engine

LINES = ("Bamboo laminate board", "KH/D/2017/00938", "24 August 2017")
SECOND = Box(90, 205, 500, 70)


def task(path, box=SECOND, **how) -> ZoneTask:
    usual = {"turn_deg": 0, "skew_deg": 0.0, "dpi": 150.0, "languages": ("eng",)}
    return ZoneTask(master_path=path, frame=0, box=box, tessdata_dir=TESSDATA, **(usual | how))


@pytest.fixture
def page():
    return text_page(LINES)


def saved(tmp_path, page):
    path = tmp_path / "page.png"
    cv2.imwrite(str(path), page)
    return path


def test_only_what_lies_in_the_frame_is_read(tmp_path, page):
    reading = read_zone(task(saved(tmp_path, page)))
    assert reading.text == "KH/D/2017/00938"
    assert len(reading.certainty) == len(reading.text)
    assert all(0.5 < sure <= 1.0 for sure in reading.certainty)
    box = reading.words[0].box
    assert abs(box.left_px - 110) < 8
    assert SECOND.top_px <= box.top_px <= SECOND.top_px + SECOND.height_px


def test_frame_lies_on_the_page_as_it_was_turned_and_levelled(tmp_path, page):
    turned = cv2.rotate(tilted(page, 2.0), cv2.ROTATE_90_CLOCKWISE)
    reading = read_zone(task(saved(tmp_path, turned), turn_deg=90, skew_deg=2.0))
    assert reading.text == "KH/D/2017/00938"


def test_frame_over_several_rows_gives_them_all(tmp_path, page):
    reading = read_zone(task(saved(tmp_path, page), Box(90, 130, 600, 230)))
    assert reading.text.splitlines() == list(LINES)
    assert len(reading.certainty) == len(reading.text)


def test_empty_paper_gives_nothing(tmp_path, page):
    reading = read_zone(task(saved(tmp_path, page), Box(90, 1200, 400, 80)))
    assert (reading.text, reading.words, reading.certainty) == ("", (), ())


@pytest.mark.parametrize("box", [Box(100, 100, 3, 60), Box(5000, 100, 300, 60)])
def test_frame_without_room_is_refused(tmp_path, page, box):
    with pytest.raises(PageNeedsAttention, match="zone_too_small"):
        read_zone(task(saved(tmp_path, page), box))


def test_damaged_master_is_told(tmp_path):
    path = tmp_path / "page.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"no picture" * 30)
    with pytest.raises(PageNeedsAttention):
        read_zone(task(path))
