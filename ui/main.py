"""Opens the window: the only place that builds the application, the desk and the context together."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QLoggingCategory
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from app.context import HURRY_WAIT_S, AppContext
from app.crash_log import CrashLog, LeftBehind, collect
from app.paths import HomePaths, default_home, resources_root
from app.roles import WINDOW
from app.version import software
from ocr.errors import WorkstationError
from ui import texts
from ui.bridge import Bridge
from ui.crash_hook import CrashHook
from ui.desk import Desk
from ui.dialogs.trouble import show_trouble
from ui.end_request import EndRequest
from ui.fonts import load_fonts
from ui.icons import Icons
from ui.images import Images
from ui.main_window import MainWindow
from ui.notices import Notices
from ui.preferences import Preferences
from ui.reading import Reading
from ui.single_window import FirstWindow, become_first
from ui.tasks import Tasks
from ui.texts import t
from ui.theme import Theme, ThemeChoice

log = logging.getLogger(__name__)

EXIT_OK, EXIT_TROUBLE = 0, 3


def open_window(home: Path | None, paths: Sequence[Path] = ()) -> int:
    """Open the workstation on a home (the usual one when None) and import paths; returns the exit code.

    Where a window shows this home already, it comes forward and imports them.
    """
    app = make_application(sys.argv[:1])
    with EndRequest() as request:
        try:
            place = HomePaths(home or default_home()).make()
            first = become_first(place.root, paths)
        except WorkstationError as exc:
            return _trouble(exc)
        if first is None:
            return EXIT_OK
        first.gather(paths)
        try:
            left = collect(place.logs)
            with CrashLog.begin(place.logs, program=WINDOW, software=software()) as crash, crash.recording():
                request.before_leaving(crash.close)
                return _open(app, _Opening(home, first, left, crash))
        finally:
            first.close()


@dataclass(frozen=True, slots=True)
class _Opening:
    """What the window is opened with. left: what earlier programs left behind."""

    home: Path | None
    first: FirstWindow
    left: LeftBehind
    crash: CrashLog


def _open(app: QApplication, opening: _Opening) -> int:
    try:
        context = AppContext.open(opening.home, is_watched=True)
    except WorkstationError as exc:
        return _trouble(exc)
    try:
        return _run(app, context, opening)
    finally:
        # Qt ends the loop at the end of a session as when a person closes the window: there is no telling.
        context.close(wait_s=HURRY_WAIT_S)


def _trouble(error: WorkstationError) -> int:
    log.warning("cannot open: %s", error)
    show_trouble(t("app.name"), texts.explain("error", error.code, error.facts))
    return EXIT_TROUBLE


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


def _run(app: QApplication, context: AppContext, opening: _Opening) -> int:
    desk = make_desk(app, context, context.paths.root)
    window = MainWindow(desk)
    opening.first.called.connect(window.come_forward)
    opening.first.paths_arrived.connect(window.take_paths)
    hook = CrashHook(desk.notices, opening.crash, app)
    try:
        window.show()
        _tell_left(window, desk, opening.left)
        return app.exec()
    finally:
        hook.remove()
        window.close()
        desk.close()


def _tell_left(window: MainWindow, desk: Desk, left: LeftBehind) -> None:
    """Say what the last run left: the latest report, or that it never came to its end."""
    if left.reports:
        latest = left.reports[-1]
        window.offer_report(latest.read_text(encoding="utf-8"), str(latest))
    elif left.was_cut_off:
        desk.notices.say(t("crash.cut_off"))
