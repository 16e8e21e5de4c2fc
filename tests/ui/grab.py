"""Pictures of every screen: ``python -m tests.ui.grab --to DIR [--only NAME] [--scale 2]``.

Runs offscreen over the sample room of tests.ui.sample_room; states: busy, empty, trouble.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path


def main() -> int:
    """Grab what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--look", default="light,dark")
    parser.add_argument("--size", default="1366x768,1600x960")
    parser.add_argument("--scale", default="1")
    asked = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["QT_SCALE_FACTOR"] = asked.scale
    asked.to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        for size in asked.size.split(","):
            for look in asked.look.split(","):
                _grab(asked.to, Path(scratch), size, look, asked.scale, asked.only)
    return 0


def _grab(to: Path, scratch: Path, size: str, look: str, scale: str, only: str) -> None:
    from PySide6.QtCore import QObject, Qt
    from PySide6.QtWidgets import QApplication

    from tests.ui.desks import dress, fake_desk
    from tests.ui.fake_context import FakeContext
    from tests.ui.sample_room import fill
    from ui.main_window import MainWindow
    from ui.theme import ThemeChoice

    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    dress(app)
    width, height = (int(part) for part in size.split("x"))
    for name, is_filled, steps in _scenes():
        if only and only not in name:
            continue
        home = scratch / f"{name}-{size}-{look}"
        home.mkdir(parents=True, exist_ok=True)
        context = FakeContext(home)
        if is_filled:
            fill(context, home / "pages")
        owner = QObject()
        desk = fake_desk(app, context, home, ThemeChoice(look), owner)
        window = MainWindow(desk)
        window.setWindowState(
            Qt.WindowState.WindowNoState
        )  # the offscreen screen is small, so it is maximized
        window.resize(width, height)
        window.show()
        _settle(desk)
        for step in steps:
            step(window, context)
            _settle(desk)
        suffix = "" if scale == "1" else f"-{scale}x"
        shown = window._register.dialog or window
        shown.grab().save(str(to / f"{name}-{look}-{size}{suffix}.png"))
        window.close()
        desk.close()
        window.deleteLater()
        owner.deleteLater()
        _settle(None)
    print("done", size, look)


def _settle(desk: object) -> None:
    """Let calls return and pictures arrive; a tool may turn the loop itself, screens never do."""
    from PySide6.QtCore import QEventLoop, QTimer

    for _ in range(6):
        loop = QEventLoop()
        QTimer.singleShot(90, loop.quit)
        loop.exec()


Step = Callable[..., None]


def _scenes() -> Iterator[tuple[str, bool, list[Step]]]:
    from dataclasses import replace

    from app.domain.states import DossierState
    from app.queries.rows import Reason
    from ui.screens.uploads.share_login import words_of
    from ui.tasks import Failure
    from ui.widgets.page_viewer import Shown

    def go(name: str, subject: int = 0) -> Step:
        return lambda window, context: window.go(name, subject)

    def all_confirmed(window: object, context: object) -> None:
        for key in list(context.dossiers):
            state = context.dossiers[key].summary.state
            if state in (DossierState.TO_INDEX, DossierState.RETURNED, DossierState.REFUSED_BY_OFFICE):
                context.set_dossier(key, state=DossierState.UPLOADED, on_hold=False)

    def disk_full(window: object, context: object) -> None:
        context.status = replace(context.status, held="disk_full", free_bytes=120_000_000, failed=2)
        window._figures.read_now()
        window._desk.notices.failure(Failure("disk_full", {}))

    def unknown_number(window: object, context: object) -> None:
        view = window.screen_named("indexing")
        view.field.setText("KH/D/2017/00999")
        view.typed.emit(view.field.text())

    def confirm(window: object, context: object) -> None:
        view = window.screen_named("indexing")
        view.confirm_asked.emit(view.field.text())

    def share_closed(window: object, context: object) -> None:
        error = Reason("share_login_needed", {"share": r"\\registry\incoming"})
        context.uploads_by_id[3] = replace(context.uploads_by_id[3], error=error)

    def ask_login(window: object, context: object) -> None:
        view = window.screen_named("uploads")
        view.list.setCurrentIndex(view.model.index_of(3))
        view.login_asked.emit()

    def refuse_login(window: object, context: object) -> None:
        form = window.screen_named("uploads").login_form
        form.user.setText("OFFICE\\scans")
        form.refuse(words_of(Failure("share_login_refused", {})))
        form.password.setText("secret")

    def keys(*pressed: str) -> Step:
        def press(window: object, context: object) -> None:
            from PySide6.QtGui import QKeySequence
            from PySide6.QtTest import QTest
            from PySide6.QtWidgets import QApplication

            window.activateWindow()
            for each in pressed:
                chord = QKeySequence(each)[0]
                QTest.keyClick(QApplication.focusWidget(), chord.key(), chord.keyboardModifiers())

        return press

    yield "batches", True, [go("batches")]
    yield "batches-open", True, [lambda w, c: w._presenters["batches"].activate(4)]
    yield "batches-empty", False, []
    yield "capture", True, [go("capture", 4)]
    yield "capture-empty", False, [go("capture")]
    yield "indexing", True, [go("indexing", 1)]

    def fields(dossier: int = 1, *pressed: str) -> list[Step]:
        from tests.ui.sample_fields import give_fields

        return [lambda w, c: give_fields(c, dossier), go("indexing", dossier), keys(*pressed)]

    yield "indexing-fields", True, fields(1, "Return", "Return")
    yield "indexing-fields-date", True, fields(1, "Return", "Return", "F8")
    yield "indexing-fields-long", True, fields(4, "Return", "Return")
    yield "indexing-pick-word", True, fields(1, "Return", "Return", "F10", "Shift+Right")
    yield "indexing-pick-frame", True, fields(1, "Return", "Return", "F10", "Space", "Down")
    yield "indexing-rivals", True, [go("indexing", 2)]
    yield "indexing-nonumber", True, [go("indexing", 3)]
    yield "indexing-unknown", True, [go("indexing", 1), unknown_number, confirm]
    yield "indexing-problem", True, [go("indexing", 1), lambda w, c: w.screen_named("indexing").picker.ask()]
    yield "indexing-done", True, [all_confirmed, go("indexing")]
    yield (
        "indexing-original",
        True,
        [go("indexing", 1), lambda w, c: w.screen_named("indexing").viewer.show_side(Shown.ORIGINAL)],
    )
    yield "review", True, [go("review")]
    yield (
        "indexing-hold",
        True,
        [go("indexing", 6), lambda w, c: w._desk.notices.say("Folder 16 is on hold.")],
    )
    yield "review-return", True, [go("review"), lambda w, c: w.screen_named("review").picker.ask()]
    yield "review-summary", True, [go("review"), lambda w, c: w.screen_named("review").approve_asked.emit()]

    def page(number: int) -> Step:
        def show(window: object, context: object) -> None:
            view = window.screen_named("review")
            view.tiles.choose(next(row.id for row in view.pages.rows if row.number == number))

        return show

    start = [go("review"), page(2)]
    yield "review-both", True, [*start, keys("F4")]
    yield "review-straighten", True, [*start, keys("Ctrl+T", *["Left"] * 9)]
    yield "review-crop", True, [*start, keys("Ctrl+K", "Tab", *["Up"] * 30)]
    yield "review-picked", True, [*start, keys("F10", "Space", "Shift+Right", "Shift+Right")]
    yield "review-language", True, [*start, keys("Ctrl+Shift+R", "l", "a", "o")]
    yield "review-spread", True, [go("review", 8), page(5)]
    yield "review-dark-page", True, [*start, keys(*["Alt+Down"] * 6)]
    yield "review-empty", False, [go("review")]
    yield "uploads", True, [go("uploads"), lambda w, c: w.screen_named("uploads").story_asked.emit()]
    yield "uploads-login", True, [share_closed, go("uploads"), ask_login]
    yield "uploads-login-refused", True, [share_closed, go("uploads"), ask_login, refuse_login]
    yield "uploads-empty", False, [go("uploads")]
    yield "register", True, [lambda w, c: w._register.load(Path("/registers/vn-marks-2026.xlsx"), "VN")]
    yield "keys", True, [go("indexing"), lambda w, c: w._on_keys()]
    yield "keys-review", True, [go("review"), lambda w, c: w._on_keys()]
    yield "trouble", True, [go("indexing"), disk_full]
    yield "activity", True, [go("review"), disk_full, lambda w, c: w._on_activity()]


if __name__ == "__main__":
    sys.exit(main())
