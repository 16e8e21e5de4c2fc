"""Loading a register: for which office, from which file, then the dialog that asks and shows the rest.

The office is asked by a menu below the register's button, because a file of another office would otherwise be
refused line by line; the look at the file runs in a thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from app.domain.offices import choosable_offices
from app.domain.register_types import RegisterProblem
from app.queries.rows import RegisterInfo
from app.services.register_reading import Watcher
from ui import texts
from ui.desk import Desk
from ui.texts import office_name, t
from ui.theme import Tone

if TYPE_CHECKING:
    from app.services.register import RegisterLook
    from ui.dialogs.register_dialog import RegisterDialog


@dataclass(frozen=True, slots=True)
class _Seen:
    """A file that was looked at."""

    path: Path
    office: str
    look: RegisterLook
    info: RegisterInfo


class RegisterLoading(QObject):
    """One per window."""

    loaded = Signal()

    def __init__(self, desk: Desk, window: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self._window = window
        self.menu = QMenu(window)
        self.dialog: RegisterDialog | None = None
        self._looking = Watcher()
        self._build_menu()

    def ask(self, place: QPoint) -> None:
        """Show the offices at a place of the screen, the usual one first and chosen."""
        self.menu.popup(place)
        self.menu.setActiveAction(self.menu.actions()[1])

    def load(self, path: Path, office: str) -> None:
        """Look at a file for an office, then ask what its columns are."""
        self._desk.preferences.keep("register_place", str(path.parent))
        call = partial(self._look, path, office)
        self._desk.tasks.run(call, self._on_seen)

    def stop(self) -> None:
        """Stop a look and an import that run: the window closes."""
        self._looking.stopped.set()
        if self.dialog is not None:
            self.dialog.stop()

    def _look(self, path: Path, office: str) -> _Seen:
        look = self._desk.context.register_service.look(path, office, self._looking)
        return _Seen(path, office, look, self._desk.reading.register_info())

    def _on_seen(self, seen: _Seen) -> None:
        if self.dialog is not None:
            return
        from ui.dialogs.register_dialog import RegisterDialog  # with all that an import needs, only now

        self.dialog = RegisterDialog(self._desk, seen.path, seen.office, seen.look, seen.info, self._window)
        self.dialog.imported.connect(self._on_loaded)
        self.dialog.finished.connect(self._on_closed)
        self.dialog.open()

    def _on_closed(self, _result: int) -> None:
        self.dialog = None

    def _build_menu(self) -> None:
        usual = self._desk.context.settings.office
        offices = sorted(
            choosable_offices(self._desk.context.offices), key=lambda code: (code != usual, office_name(code))
        )
        head = self.menu.addAction(t("top.register_for"))
        head.setEnabled(False)
        for code in offices:
            action = self.menu.addAction(f"{office_name(code)}…")
            action.setData(code)
        self.menu.triggered.connect(self._on_office)

    def _on_office(self, action: QAction) -> None:
        office = str(action.data())
        title = t("top.register_load", office=office_name(office))
        place = self._desk.preferences.text("register_place", str(Path.home()))
        name, _ = QFileDialog.getOpenFileName(self._window, title, place, t("top.register_filter"))
        if name:
            self.load(Path(name), office)

    def _on_loaded(self, loaded: object) -> None:
        accepted: int = getattr(loaded, "accepted", 0)
        problems: Sequence[RegisterProblem] = getattr(loaded, "problems", ())
        self._desk.notices.good(t("top.register_loaded", n=accepted))
        if problems:
            lines = {problem.line for problem in problems}
            left_out = {problem.line for problem in problems if problem.is_left_out}
            text = t("top.register_problems", n=len(lines), left=len(left_out))
            self._desk.notices.say(text, Tone.CARE, [_told(problem) for problem in problems])
        self.loaded.emit()


def _told(problem: RegisterProblem) -> str:
    words = texts.explain("error", problem.code, {"value": problem.value})
    place = "top.register_line_of" if problem.value else "top.register_line"
    return t(place, line=problem.line, value=problem.value, problem=words)
