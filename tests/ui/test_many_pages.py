"""A room with thousands of pages: what is not seen is neither painted nor decoded, and memory stays bounded."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QColor, QImage

from tests.ui.many_pages import PAGES, many_pages
from ui.icons import Icons
from ui.images import Images
from ui.models.row_model import RowModel
from ui.theme import Theme, ThemeChoice
from ui.widgets.page_tiles import GRID, STRIP, PageTiles
from ui.widgets.page_viewer import page_words
from ui.widgets.paint import Look

RESOURCES = Path(__file__).parents[2] / "resources"
ALL_LAID_OUT_PX = 100_000
CACHE_BYTES = 4 * 1024 * 1024


class CountingImages(Images):
    """The real store, which also remembers what was asked of it."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent, cache_bytes=CACHE_BYTES)
        self.asked: set[Path] = set()

    def pixmap(self, picture):
        self.asked.add(picture.path)
        return super().pixmap(picture)


@pytest.fixture
def room(dressed, tmp_path, qtbot):
    image = QImage(160, 226, QImage.Format.Format_RGB32)
    image.fill(QColor("#eeeeee"))
    for page in many_pages(PAGES, tmp_path)[::7]:  # the others are missing: a hole must not stop the rest
        image.save(str(page.thumbnail_path))
    owner = QObject()
    theme = Theme(dressed, RESOURCES / "styles", ThemeChoice.LIGHT)
    theme.setParent(owner)
    images = CountingImages(owner)
    model = RowModel(lambda page: page.id, page_words, owner)
    model.replace(many_pages(PAGES, tmp_path))

    def make(size):
        tiles = PageTiles(model, Look(theme, Icons(RESOURCES / "icons")), images, size)
        qtbot.addWidget(tiles)
        tiles.resize(900, 600)
        tiles.show()
        qtbot.waitExposed(tiles)
        return tiles

    yield make, model, images
    images.close()
    owner.deleteLater()


@pytest.mark.parametrize("size", [GRID, STRIP])
def test_only_what_is_seen_is_painted_and_decoded(size, room, qtbot):
    make, _model, images = room
    tiles = make(size)
    qtbot.waitUntil(lambda: bool(images.asked), timeout=20_000)
    tiles.repaint()
    assert len(images.asked) < 80
    bar = tiles.horizontalScrollBar() if size is STRIP else tiles.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > ALL_LAID_OUT_PX, timeout=20_000)
    images.asked.clear()
    bar.setValue(bar.maximum())
    tiles.repaint()
    assert 0 < len(images.asked) < 80


def test_scrolling_through_all_pages_keeps_the_store_bounded(room, qtbot):
    make, _model, images = room
    tiles = make(GRID)
    bar = tiles.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > ALL_LAID_OUT_PX, timeout=20_000)
    for step in range(40):
        bar.setValue(bar.maximum() * step // 40)
        tiles.repaint()
    qtbot.waitUntil(lambda: not images.is_busy, timeout=20_000)
    assert images.held_bytes <= CACHE_BYTES


def test_new_pages_among_thousands_keep_place_and_choice(room, qtbot, tmp_path):
    make, model, _images = room
    tiles = make(GRID)
    bar = tiles.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > ALL_LAID_OUT_PX, timeout=20_000)
    tiles.setCurrentIndex(model.index(2_000, 0))
    qtbot.waitUntil(lambda: bar.value() > 0, timeout=5000)
    before, chosen = bar.value(), model.ids[2_000]
    fresh = many_pages(PAGES + 40, tmp_path)
    model.replace(fresh)
    assert model.rowCount() == PAGES + 40
    assert bar.value() == before
    assert tiles.currentIndex() == model.index_of(chosen)
