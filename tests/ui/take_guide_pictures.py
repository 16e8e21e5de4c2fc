"""Takes the pictures of the guide and the README: ``python -m tests.ui.take_guide_pictures``.

Runs the real program on real scans, without a display, and grabs each screen. The first run prepares a home
(recognising some fifty pages); ``--place DIR`` keeps it there, and a next run with the same DIR only grabs.
Paths that screens show lie below DIR, so name one that anybody may see, such as /srv/foliodesk.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SIZE_PX = (1600, 960)
LARGEST_BYTES = 300_000


REGISTER_ROWS = (
    ("Nước mắm cá cơm Đồng Tháp", "Công ty TNHH Đồng Tháp"),
    ("Trà sen Tây Hồ", "Công ty cổ phần Chè Tây Hồ"),
    ("Gạo thơm Sóc Trăng", "Hợp tác xã Sóc Trăng"),
    ("Gốm Bát Tràng", "Công ty TNHH Gốm Bát Tràng"),
    ("Cà phê Buôn Ma Thuột", "Công ty cổ phần Cà phê Đắk Lắk"),
    ("Lụa Vạn Phúc", "Hợp tác xã Dệt lụa Vạn Phúc"),
)


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its file, the look, and what is done before it is taken."""

    name: str
    steps: tuple[Callable[..., None], ...]
    look: str = "light"
    is_empty: bool = False


def main() -> int:
    """Prepare what is missing and take all pictures, or those whose name holds --only."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, default=ROOT / "resources" / "guide" / "images")
    parser.add_argument("--place", type=Path)
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    asked.to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="foliodesk-", ignore_cleanup_errors=True) as scratch:
        place = (asked.place or Path(scratch) / "room").absolute()
        place.mkdir(parents=True, exist_ok=True)
        from tests.ui.guide_room import prepare

        prepare(place)
        for picture in _pictures():
            if asked.only in picture.name:
                home = Path(scratch) / picture.name if picture.is_empty else place / "home"
                _take(picture, home, asked.to / f"{picture.name}.png")
    return 0


def _take(picture: Picture, home: Path, target: Path) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QApplication

    from app.context import AppContext
    from tests.ui.guide_room import settings
    from ui.main import make_application, make_desk
    from ui.main_window import MainWindow

    app = QApplication.instance() or make_application(sys.argv[:1])
    assert isinstance(app, QApplication)
    chosen = settings().model_copy(update={"theme": picture.look})
    with AppContext.open(home, settings=chosen) as context:
        desk = make_desk(app, context, home.parent / "looks" / picture.name)
        window = MainWindow(desk)
        window.setWindowState(
            Qt.WindowState.WindowNoState
        )  # the offscreen screen is small, so it is maximized
        window.resize(*SIZE_PX)
        window.show()
        _settle()
        for step in picture.steps:
            step(window, context)
            _settle()
        dialog = QApplication.activeModalWidget()
        (dialog or window).grab().save(str(target))
        if dialog is not None:
            dialog.close()
        window.close()
        desk.close()
        window.deleteLater()
        _settle()
    _make_small(target)
    print(f"{target.name}: {target.stat().st_size // 1000} kB", flush=True)


def _settle() -> None:
    """Let calls return and pictures arrive; a tool may turn the loop itself, screens never do."""
    from PySide6.QtCore import QEventLoop, QTimer

    for _ in range(10):
        loop = QEventLoop()
        QTimer.singleShot(150, loop.quit)
        loop.exec()


def _make_small(path: Path) -> None:
    """A palette where the file is large: the difference is hardly seen, the clone is quicker."""
    from PIL import Image

    if path.stat().st_size <= LARGEST_BYTES:
        return
    with Image.open(path) as picture:
        whole = picture.convert("RGB")
    # The paper takes most colours, by count; the few red and amber pixels carry the meaning, so some go by
    # coverage.
    shades = whole.quantize(160, method=Image.Quantize.MEDIANCUT).getpalette() or []
    signs = whole.quantize(96, method=Image.Quantize.MAXCOVERAGE).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette([*shades[: 3 * 160], *signs[: 3 * 96]])
    whole.quantize(palette=palette, dither=Image.Dither.NONE).save(path, optimize=True)
    if path.stat().st_size > LARGEST_BYTES:
        raise SystemExit(f"{path} is still {path.stat().st_size} bytes")


def _pictures() -> Iterator[Picture]:
    from tests.ui.guide_room import SECOND_BOX, by_name

    def go(name: str) -> Callable[..., None]:
        return lambda window, context: window.go(name)

    def folder(screen: str, kind: str) -> Callable[..., None]:
        return lambda window, context: window.go(screen, by_name(context, kind).id)

    def second_box(screen: str) -> Callable[..., None]:
        def step(window: object, context: object) -> None:
            from app.queries import batches

            found = next(row for row in batches.list_batches(context.database) if row.name == SECOND_BOX)
            window.go(screen, found.id)

        return step

    def ledger(window: object, context: object) -> None:
        window.screen_named("batches")._tabs[1].click()

    def story(window: object, context: object) -> None:
        window.screen_named("uploads").story_asked.emit()

    def approve(window: object, context: object) -> None:
        window.screen_named("review").approve_asked.emit()

    def both_sides(window: object, context: object) -> None:
        from ui.widgets.page_viewer import Shown

        window.screen_named("review").viewer.show_side(Shown.BOTH)

    def crop(window: object, context: object) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        view = window.screen_named("review")
        view.crop_asked.emit()
        for key, times in (
            (Qt.Key.Key_Right, 9),
            (Qt.Key.Key_Down, 7),
            (Qt.Key.Key_Tab, 1),
            (Qt.Key.Key_Up, 22),
        ):
            for _ in range(times):
                QTest.keyClick(view.adjust, key)

    def characters(window: object, context: object) -> None:
        from PySide6.QtTest import QTest

        view = window.screen_named("indexing")
        view.characters_asked.emit()
        QTest.qWait(200)
        while window._desk.tasks.is_busy:  # a worker starts, and cuts
            QTest.qWait(100)

    def documents(window: object, context: object) -> None:
        window.screen_named("review").documents_asked.emit()

    def register(window: object, context: object) -> None:
        # By its name alone, so that the picture shows no directory of this machine.
        os.chdir(context.paths.root)
        rows = [
            f"4-2019-{each:05d};{mark};{owner};{each:02d}/03/2019;"
            for each, (mark, owner) in enumerate(REGISTER_ROWS, 1)
        ]
        head = "Số đơn;Nhãn hiệu;Chủ đơn;Ngày nộp đơn;Ghi chú"
        Path("marks-2019.csv").write_text("\n".join((head, *rows, "")), encoding="utf-8")
        window._register.load(Path("marks-2019.csv"), "VN")

    def keys(window: object, context: object) -> None:
        window._on_keys()

    def press(*pressed: str) -> Callable[..., None]:
        def step(window: object, context: object) -> None:
            from PySide6.QtGui import QKeySequence
            from PySide6.QtTest import QTest
            from PySide6.QtWidgets import QApplication

            window.activateWindow()
            for each in pressed:
                chord = QKeySequence(each)[0]
                QTest.keyClick(QApplication.focusWidget(), chord.key(), chord.keyboardModifiers())

        return step

    yield Picture("first-start", (), is_empty=True)
    yield Picture("batches", (go("batches"),))
    yield Picture("batches-ledger", (second_box("batches"), ledger))
    yield Picture("capture", (second_box("capture"),))
    yield Picture("indexing", (folder("indexing", "priority_and_pct"),))
    yield Picture("indexing-fields", (folder("indexing", "priority_and_pct"), press("F8")))
    yield Picture(
        "indexing-pick", (folder("indexing", "priority_and_pct"), press("F8", "F10"), press("Shift+Right"))
    )
    yield Picture("indexing-characters", (go("indexing"), characters))
    yield Picture("indexing-rival", (folder("indexing", "two_rivals"),))
    yield Picture("indexing-no-number", (folder("indexing", "no_number"),))
    yield Picture("indexing-dark", (folder("indexing", "slip_on_form"),), look="dark")
    yield Picture("review", (folder("review", "native"),))
    yield Picture("review-send", (folder("review", "native"), approve))
    yield Picture("review-both", (folder("review", "native"), both_sides))
    yield Picture("review-documents", (folder("review", "native"), documents))
    yield Picture("review-crop", (folder("review", "native"), crop))
    yield Picture("uploads", (go("uploads"), story))
    yield Picture("register-columns", (register,), is_empty=True)
    yield Picture("keys", (go("indexing"), keys))


if __name__ == "__main__":
    sys.exit(main())
