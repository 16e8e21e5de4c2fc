"""Opens the window: the only place that builds the application, the desk and the context together."""

from __future__ import annotations

import logging
import sys
import threading
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QLoggingCategory, QObject, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from app.context import AppContext
from app.paths import default_home, resources_root
from ocr.errors import WorkstationError
from ui import texts
from ui.bridge import Bridge
from ui.desk import Desk
from ui.dialogs.trouble import show_trouble
from ui.fonts import load_fonts
from ui.icons import Icons
from ui.images import Images
from ui.main_window import MainWindow
from ui.notices import Notices
from ui.preferences import Preferences
from ui.reading import Reading
from ui.single_window import FirstWindow, call_first
from ui.tasks import Tasks
from ui.texts import t
from ui.theme import Theme, ThemeChoice, Tone

log = logging.getLogger(__name__)

EXIT_OK, EXIT_TROUBLE = 0, 3


def open_window(home: Path | None) -> int:
    """Open the workstation on a home (the usual one when None); returns the exit code."""
    app = make_application(sys.argv[:1])
    place = home or default_home()
    if call_first(place):
        return EXIT_OK
    first = FirstWindow(place)
    try:
        context = AppContext.open(home)
    except WorkstationError as exc:
        log.warning("cannot open: %s", exc)
        show_trouble(t("app.name"), texts.explain("error", exc.code, exc.facts))
        return EXIT_TROUBLE
    try:
        return _run(app, context, first)
    finally:
        context.close()
        first.close()


def make_application(arguments: list[str]) -> QApplication:
    """The QApplication with our faces and icon."""
    # Qt asks every face of the list for Khmer and says so when Inter, the first, has none: that is why
    # Noto stands behind it.
    QLoggingCategory.setFilterRules("qt.text.font.db=false")
    app = QApplication(arguments)
    app.setApplicationName(t("app.name"))
    app.setStyle("Fusion")
    missing = load_fonts(app, resources_root() / "fonts")
    if missing:
        log.warning("faces missing: %s", ", ".join(missing))
    app.setWindowIcon(QIcon(str(resources_root() / "icons" / "foliodesk.svg")))
    return app


def make_desk(app: QApplication, context: AppContext, home: Path) -> Desk:
    """Everything the screens work with."""
    preferences = Preferences(home, app)
    choice = ThemeChoice(context.settings.theme)
    return Desk(
        context=context,
        reading=Reading(context),
        tasks=Tasks(app),
        bridge=Bridge(context.bus, app),
        theme=Theme(app, resources_root() / "styles", choice),
        icons=Icons(resources_root() / "icons"),
        images=Images(app),
        notices=Notices(app),
        preferences=preferences,
    )


def _run(app: QApplication, context: AppContext, first: FirstWindow) -> int:
    desk = make_desk(app, context, context.paths.root)
    window = MainWindow(desk)
    first.called.connect(window.come_forward)
    crash = CrashHook(desk.notices, app)
    try:
        window.show()
        return app.exec()
    finally:
        crash.remove()
        window.close()
        desk.close()


class CrashHook(QObject):
    """A bug in a slot is logged and told; the window stays, the work is safe on disk anyway."""

    _caught = Signal(str)

    def __init__(self, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._notices = notices
        self._before = sys.excepthook
        self._thread_before = threading.excepthook
        sys.excepthook = self._on_error
        threading.excepthook = self._on_thread_error
        self._caught.connect(self._tell)

    def remove(self) -> None:
        """Put the former hooks back."""
        sys.excepthook = self._before
        threading.excepthook = self._thread_before

    def _on_error(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.critical("bug", exc_info=(kind, error, trace))
        self._caught.emit(f"{kind.__name__}: {error}")

    def _on_thread_error(self, facts: threading.ExceptHookArgs) -> None:
        log.critical("bug in thread %s", facts.thread, exc_info=facts.exc_value)
        self._caught.emit(f"{facts.exc_type.__name__}: {facts.exc_value}")

    def _tell(self, detail: str) -> None:
        self._notices.say(texts.explain("error", "unexpected", {"detail": detail}), Tone.BAD)
