"""Who works here, changed by whoever sits down: asked in a dialog, written behind, shown in the bar at the top."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from ui import texts
from ui.desk import Desk
from ui.dialogs.person_dialog import PersonDialog
from ui.shell_top import TopBar
from ui.tasks import Failure
from ui.texts import t
from ui.widgets.paint import Look


class WhoWorks(QObject):
    """Asks, and tells the program."""

    done = Signal()  # the dialog is gone: the screen in front gets the keys again

    def __init__(self, desk: Desk, look: Look, top: TopBar, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self._look = look
        self._top = top
        self._window = parent
        self._dialog: PersonDialog | None = None
        top.person_asked.connect(self.ask)

    def ask(self) -> None:
        """Ask for a name; nothing else is blocked but this window."""
        if self._dialog is not None:
            return
        self._dialog = PersonDialog(self._look, self._desk.context.operator, self._window)
        self._dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._dialog.given.connect(self._on_given)
        self._dialog.finished.connect(self._on_finished)
        self._dialog.open()

    def _on_given(self, name: str) -> None:
        self._desk.tasks.write(
            partial(self._desk.context.change_operator, name), self._on_changed, self._on_failed
        )

    def _on_changed(self, name: str) -> None:
        self._top.show_person(name)
        self._desk.notices.good(t("person.changed", who=name))
        if self._dialog is not None:
            self._dialog.accept()

    def _on_failed(self, failure: Failure) -> None:
        if self._dialog is not None:
            self._dialog.say(texts.explain("error", failure.code, failure.facts))

    def _on_finished(self, _result: int) -> None:
        self._dialog = None
        self._window.activateWindow()  # not every platform gives the window the keys back
        self.done.emit()
