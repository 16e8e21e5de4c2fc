"""The window: bar, rail, five screens, strip, and what lies over them.

It routes: screens ask for other screens, commits refresh counts and the strip, dropped files go to Capture.
Closing it stops nothing that matters: what runs goes back to the queue and on at the next start.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeySequence,
    QResizeEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from app.settings import save_settings
from ui import texts
from ui.desk import Desk
from ui.register_loading import RegisterLoading
from ui.screens.batches.presenter import BatchesPresenter
from ui.screens.batches.view import BatchesView
from ui.screens.capture.presenter import CapturePresenter, url_paths
from ui.screens.capture.view import CaptureView
from ui.screens.characters.presenter import WallPresenter
from ui.screens.indexing.presenter import IndexingPresenter
from ui.screens.indexing.view import IndexingView
from ui.screens.keying.presenter import KeyingPresenter
from ui.screens.keying.view import KeyingView
from ui.screens.keying.work import JudgeWork, SecondWork
from ui.screens.review.presenter import ReviewPresenter
from ui.screens.review.view import ReviewView
from ui.screens.screen import KeyHint, Screen
from ui.screens.uploads.presenter import UploadsPresenter
from ui.screens.uploads.view import UploadsView
from ui.shell_crash import SHOW_KEY, CrashDesk
from ui.shell_figures import FigureReader, Figures
from ui.shell_overlays import ActivityPanel, KeySheet, Toasts
from ui.shell_person import WhoWorks
from ui.shell_rail import SCREENS, Rail, rail_entry
from ui.shell_status import StatusStrip
from ui.shell_top import TopBar
from ui.tasks import Failure
from ui.texts import t
from ui.theme import ThemeChoice, Tone
from ui.widgets.keys import Target, add_keys
from ui.widgets.paint import Look

NARROW_BELOW_PX = 1_180
SIZE_PX = (1_366, 768)
LEAST_PX = (960, 540)
FRAME_PX = QSize(16, 40)  # title and borders, which no platform tells before the window is shown
EVERYWHERE = (
    KeyHint("F1  ?", "keys.help"),
    KeyHint("Ctrl 1…5", "keys.screens"),
    KeyHint("Ctrl PgUp  Ctrl PgDn", "keys.switch"),
    KeyHint("Ctrl O", "keys.import"),
    KeyHint("Ctrl L", "keys.register"),
    KeyHint("Ctrl U", "keys.person"),
    KeyHint("F11", "keys.activity"),
    KeyHint("F12", "keys.report"),
    KeyHint("Ctrl Q", "keys.quit"),
)


class Presenter(Protocol):
    """What the window needs of a presenter."""

    def activate(self, subject_id: int = 0) -> None:
        """The screen comes to the front."""


class MainWindow(QMainWindow):
    """One per program."""

    closing = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._look = Look(desk.theme, desk.icons)
        self._screens: dict[str, Screen] = {}
        self._presenters: dict[str, Presenter] = {}
        self.setWindowTitle(t("app.name"))
        self.setAcceptDrops(True)
        self._build()
        self._wire()
        self._restore()
        self._go("batches")

    @property
    def current(self) -> str:
        """Name of the screen in front."""
        screen = self._stack.currentWidget()
        assert isinstance(screen, Screen)
        return screen.name

    @property
    def capture(self) -> CapturePresenter:
        """Where imports begin."""
        presenter = self._presenters["capture"]
        assert isinstance(presenter, CapturePresenter)
        return presenter

    def screen_named(self, name: str) -> Screen:
        """One of the screens."""
        self._make_later(name)
        return self._screens[name]

    def go(self, name: str, subject_id: int = 0) -> None:
        """Bring a screen to the front."""
        self._go(name, subject_id)

    def come_forward(self) -> None:
        """Somebody started the program again: show this window."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()
        self._desk.notices.say(t("second.activated"))

    def take_paths(self, paths: Sequence[Path]) -> None:
        """Import paths as if they were dropped on Capture."""
        if paths:
            self._go("capture")
            self.capture.import_paths(paths)

    def offer_report(self, report: str, where: str) -> None:
        """Offer the report of a crash; where: the file it lies in."""
        self._crash.offer(report, where)

    def _build(self) -> None:
        shell = self._shell = QWidget(self)
        shell.setObjectName("shell")
        self.setCentralWidget(shell)
        self._top = TopBar(self._look, self._desk.context.operator, shell)
        self._rail = Rail(self._look, shell)
        self._strip = StatusStrip(self._look, shell)
        self._crash = CrashDesk(self._look, self._desk.notices, shell)
        self._stack = QStackedWidget(shell)
        self._make_screens()
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._rail)
        middle.addWidget(self._stack, 1)
        column = QVBoxLayout(shell)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._top)
        column.addWidget(self._crash.line)
        column.addLayout(middle, 1)
        column.addWidget(self._strip)
        self._toasts = Toasts(self._look, self._desk.notices, self._stack)
        self._keys = KeySheet(self._look, shell)
        self._activity = ActivityPanel(self._look, self._desk.notices, shell)
        self._register = RegisterLoading(self._desk, self)
        self._person = WhoWorks(self._desk, self._look, self._top, self)

    def _make_screens(self) -> None:
        desk, look = self._desk, self._look
        batches, capture = BatchesView(desk, look, self), CaptureView(desk, look, self)
        indexing, review = IndexingView(desk, look, self), ReviewView(desk, look, self)
        uploads = UploadsView(desk, look, self)
        self._presenters = {
            "batches": BatchesPresenter(desk, batches),
            "capture": CapturePresenter(desk, capture),
            "indexing": IndexingPresenter(desk, indexing),
            "review": ReviewPresenter(desk, review),
            "uploads": UploadsPresenter(desk, uploads),
        }
        WallPresenter(desk, indexing)
        for screen in (batches, capture, indexing, review, uploads):
            self._add_screen(screen)

    def _make_later(self, name: str) -> None:
        """Make the screen of a kind of Indexing when it is first asked for: few offices have folders keyed twice."""
        if name in self._screens:
            return
        view = KeyingView(self._desk, self._look, name, self)
        work = JudgeWork(self._desk) if view.is_judging else SecondWork(self._desk)
        self._presenters[name] = KeyingPresenter(self._desk, view, work)
        self._add_screen(view)

    def _add_screen(self, screen: Screen) -> None:
        self._screens[screen.name] = screen
        self._stack.addWidget(screen)
        screen.asks_for.connect(self._go)
        screen.crumb_changed.connect(self._on_crumb)

    def _wire(self) -> None:
        self._rail.chosen.connect(self._go)
        self._top.register_asked.connect(self._on_register)
        self._figures = FigureReader(self._desk, self)
        self._figures.read.connect(self._on_figures)
        self._register.loaded.connect(self._figures.read_now)
        self._person.done.connect(self._on_person_done)
        self._top.uploads_asked.connect(self._on_uploads)
        self._top.activity_asked.connect(self._on_activity)
        self._top.keys_asked.connect(self._on_keys)
        self._top.look_chosen.connect(self._on_look)
        self._keys.change_asked.connect(self._on_change_keys)
        self._desk.tasks.failed.connect(self._desk.notices.failure)
        keys: list[tuple[str, Target]] = [
            ("F1", self._on_keys),
            ("?", self._on_keys),
            ("F11", self._on_activity),
            (SHOW_KEY, self._crash.open),
            ("Ctrl+O", self._on_import),
            ("Ctrl+L", self._on_register),
            ("Ctrl+U", self._person.ask),
            ("Ctrl+Q", self._on_quit),
            ("Ctrl+PgUp", self._on_screen_before),
            ("Ctrl+PgDown", self._on_screen_after),
        ]
        add_keys(self, keys)
        for place in range(len(SCREENS)):
            shortcut = QShortcut(QKeySequence(f"Ctrl+{place + 1}"), self)
            shortcut.setObjectName(SCREENS[place])
            shortcut.activated.connect(self._on_screen_key)

    def _restore(self) -> None:
        self._fit(self.screen().availableGeometry().size())
        geometry = self._desk.preferences.blob("geometry")
        if geometry is not None:
            self.restoreGeometry(geometry)
        for problem in self._desk.context.settings_problems:
            self._desk.notices.say(texts.explain("error", problem.code, problem.facts), Tone.CARE)

    def _fit(self, room: QSize) -> None:
        """Take the usual size, or the whole screen where there is less: at 150 % a small one has 910 x 512."""
        usual = QSize(*SIZE_PX)
        self.setMinimumSize(QSize(*LEAST_PX).boundedTo(room - FRAME_PX))
        self.resize(usual.boundedTo(room - FRAME_PX))
        if usual.boundedTo(room) != usual:
            self.setWindowState(self.windowState() | Qt.WindowState.WindowMaximized)

    def _go(self, name: str, subject_id: int = 0) -> None:
        self._make_later(name)
        self._stack.setCurrentWidget(self._screens[name])
        self._rail.show_current(rail_entry(name))
        self._top.show_where(t(f"screen.{name}"), self._screens[name].crumb())
        self._presenters[name].activate(subject_id)
        self._toasts.place(self._stack)

    def _on_crumb(self, crumb: str) -> None:
        if self.sender() is self._screens[self.current]:
            self._top.show_where(t(f"screen.{self.current}"), crumb)

    def _on_screen_key(self) -> None:
        sender = self.sender()
        if sender is not None:
            self._go(sender.objectName())

    def _on_screen_before(self) -> None:
        self._go(SCREENS[(SCREENS.index(rail_entry(self.current)) - 1) % len(SCREENS)])

    def _on_screen_after(self) -> None:
        self._go(SCREENS[(SCREENS.index(rail_entry(self.current)) + 1) % len(SCREENS)])

    def _on_uploads(self) -> None:
        self._go("uploads")

    def _on_import(self) -> None:
        self._go("capture")
        self.capture.choose_files()

    def _on_quit(self) -> None:
        self.close()

    def _on_keys(self) -> None:
        if self._keys.isVisible():
            self._keys.leave()
            return
        title = t("keys.title", screen=t(f"screen.{self.current}"))
        screen = self._screens[self.current]
        self._keys.show_keys(title, screen.key_hints(), EVERYWHERE, can_change=screen.can_change_keys)
        self._keys.appear(title, self._shell)

    def _on_change_keys(self) -> None:
        self._keys.leave()
        self._screens[self.current].change_keys()

    def _on_person_done(self) -> None:
        self._go(self.current)

    def _on_activity(self) -> None:
        if self._activity.isVisible():
            self._activity.leave()
        else:
            self._activity.appear(t("activity.title"), self._shell)

    def _on_look(self, choice: ThemeChoice) -> None:
        self._desk.theme.choose(choice)
        call = partial(save_settings, self._desk.context.paths.settings, theme=choice.value)
        self._desk.tasks.write(call, None, self._on_look_not_kept)

    def _on_look_not_kept(self, _failure: Failure) -> None:
        self._desk.notices.say(t("settings.saved_not"), Tone.CARE)

    def _on_register(self) -> None:
        self._register.ask(self._top.register_corner)

    def _on_figures(self, figures: Figures) -> None:
        waiting = figures.waiting
        self._strip.show_status(figures.status)
        self._top.show_waiting(waiting)
        self._top.show_register(figures.register)
        self._rail.show_count("capture", waiting.processing)
        self._rail.show_count("indexing", waiting.to_index)
        self._rail.show_count("review", waiting.to_review)
        self._rail.show_count("uploads", waiting.uploads_open, is_bad=waiting.uploads_refused > 0)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() and url_paths(event.mimeData().urls()):
            event.acceptProposedAction()
            self._show_drop(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._show_drop(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._show_drop(False)
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self._take(event.mimeData().urls())

    def _show_drop(self, is_over: bool) -> None:
        capture = self._screens["capture"]
        if isinstance(capture, CaptureView):
            capture.show_drop(is_over)

    def _take(self, urls: list[QUrl]) -> None:
        self.take_paths(url_paths(urls))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._figures.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._rail.set_narrow(self.width() < NARROW_BELOW_PX)
        self._top.set_narrow(self.width() < NARROW_BELOW_PX)
        self._toasts.place(self._stack)
        for panel in (self._keys, self._activity, self._crash.panel):
            if panel.isVisible():
                panel.place(self._shell)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._figures.stop()
        self._register.stop()
        self._desk.preferences.keep("geometry", self.saveGeometry())
        event.accept()
        self.closing.emit()
