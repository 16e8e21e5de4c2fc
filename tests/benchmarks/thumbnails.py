"""How the wall of thumbnails behaves with thousands of pages: filling, scrolling, one page more, one renewed.

    QT_QPA_PLATFORM=offscreen python -m tests.benchmarks.thumbnails [--pages 10000] [--steps 200]

All figures are processor time of the GUI thread: what else the machine does is left out. More than 100 ms is felt;
a step of scrolling must take less than 16.7 ms for 60 pictures a second. The pictures are real JPEG files of
thumbnail size, decoded by the program's own threads while the wall is scrolled.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
from PySide6.QtCore import QEventLoop, QObject, QTimer
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from app.domain.states import PageState
from app.paths import resources_root
from app.queries.rows import PageSummary
from tests.benchmarks.measured_run import machine
from tests.ui.desks import dress
from tests.ui.many_pages import many_pages
from ui.icons import Icons
from ui.images import Images
from ui.models.row_model import RowModel
from ui.theme import Theme, ThemeChoice
from ui.widgets.page_tiles import GRID, PageTiles
from ui.widgets.page_viewer import page_words
from ui.widgets.paint import Look

GOAL_MS = 100.0
LAYOUT_MS = 1_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--steps", type=int, default=200)
    options = parser.parse_args()
    print(machine())
    app = QApplication(sys.argv[:1])
    dress(app)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        pages = many_pages(options.pages, Path(directory))
        draw(pages)
        measure(app, pages, options.steps)


def draw(pages: tuple[PageSummary, ...]) -> None:
    image = QImage(226, 320, QImage.Format.Format_RGB32)
    for page in pages:
        image.fill(QColor.fromHsv(page.id * 7 % 360, 40, 240))
        image.save(str(page.thumbnail_path), None, 80)


def measure(app: QApplication, pages: tuple[PageSummary, ...], steps: int) -> None:
    owner = QObject()
    theme = Theme(app, resources_root() / "styles", ThemeChoice.LIGHT)
    theme.setParent(owner)
    images = Images(owner)
    model: RowModel[PageSummary] = RowModel(lambda page: page.id, page_words, owner)
    tiles = PageTiles(model, Look(theme, Icons(resources_root() / "icons")), images, GRID)
    tiles.resize(1_100, 700)
    tiles.show()
    before = psutil.Process().memory_info().rss
    tell("fill", [timed(lambda: model.replace(pages))])
    run_loop(LAYOUT_MS)
    bar = tiles.verticalScrollBar()
    found = []
    for step in range(steps):
        bar.setValue(bar.maximum() * step // steps)
        found.append(timed(tiles.repaint))
        run_loop(5)
    tell("one step of scrolling, painted", found)
    near = [min(bar.maximum(), step * 60) for step in range(steps)]
    for place in near[::4]:
        bar.setValue(place)
        tiles.repaint()
        run_loop(50)
    found = []
    for place in near:
        bar.setValue(place)
        found.append(timed(tiles.repaint))
    tell("the same among decoded pictures", found)
    more = [replace(page, state=PageState.PROCESSING) for page in pages[:40]]
    tell("40 pages renewed", [timed(lambda: model.update(more)), timed(lambda: model.update(pages[:40]))])
    found = []
    for number in range(20):
        fresh = replace(pages[100], id=type(pages[100].id)(1_000_000 + number))
        found.append(
            timed(
                lambda fresh=fresh: model.replace(
                    sorted((*model.rows, fresh), key=lambda page: (page.dossier_id, page.number))
                )
            )
        )
    tell("one page more, in its place", found)
    grown = (psutil.Process().memory_info().rss - before) / 2**20
    print(f"pictures held {images.held_bytes / 2**20:.0f} MiB; the process grew by {grown:.0f} MiB")
    tiles.close()
    images.close()


def timed(act: Callable[[], object]) -> float:
    begun = time.thread_time()
    act()
    return (time.thread_time() - begun) * 1_000


def run_loop(time_ms: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(time_ms, loop.quit)
    loop.exec()


def tell(name: str, found: list[float]) -> None:
    late = "  felt" if max(found) > GOAL_MS else ""
    most = statistics.quantiles(found, n=20)[-1] if len(found) > 1 else found[0]
    middle = statistics.median(found)
    print(
        f"{name:34} median {middle:7.2f} ms  of 20 at most {most:7.2f} ms  slowest {max(found):7.2f} ms{late}"
    )


if __name__ == "__main__":
    main()
