"""Loading a register in three steps: what its columns are, how far it is, what came of it.

The import runs in a thread of the window; this dialog looks at its progress and may stop it. Keys: Tab and
arrows, Enter goes on, Esc goes back or stops, Ctrl+S saves the list of lines.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.queries.rows import RegisterInfo
from app.services.register import RegisterImported, RegisterLook
from app.services.register_problems import save_problems
from app.services.register_reading import RegisterProgress, Watcher
from ui import texts
from ui.desk import Desk
from ui.dialogs.register_mapping import MappingPage
from ui.tasks import Failure
from ui.texts import office_name, t
from ui.theme import Tone
from ui.widgets.buttons import KeyButton
from ui.widgets.labels import ElidedLabel, label
from ui.widgets.message import Message
from ui.widgets.paint import Look

SIZE_PX = (980, 640)
LOOK_MS = 200
STEPS = 1000
MOST_SHOWN = 200
"""More lines take the window's time to wrap, and nobody reads them here: the saved list holds them."""
STAGES = {
    "copying": "register.stage_copying",
    "reading": "register.stage_reading",
    "tidying": "register.stage_tidying",
}


class RegisterDialog(QDialog):
    """One import; modal to its window, without a loop of its own."""

    imported = Signal(object)  # RegisterImported

    def __init__(
        self, desk: Desk, path: Path, office: str, look: RegisterLook, info: RegisterInfo, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._done: RegisterImported | None = None
        self._watcher: Watcher | None = None
        self._progress = RegisterProgress("copying")
        self._paint = Look(desk.theme, desk.icons)
        self.setWindowTitle(t("register.title", office=office_name(office)))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.mapping = MappingPage(self._paint, look, path, office, info, self)
        self.go = KeyButton(t("register.go"), self._paint, key="↵", kind="primary", parent=self)
        self.leave = KeyButton(t("go.cancel"), self._paint, key="Esc", parent=self)
        self.save = KeyButton(t("register.save"), self._paint, key="Ctrl S", parent=self)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.mapping)
        self._stack.addWidget(self._progress_page())
        self._stack.addWidget(self._result_page())
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.setSpacing(10)
        column.addWidget(label(self.windowTitle(), size="title", parent=self))
        column.addWidget(ElidedLabel(str(path), self, tone="dim"))
        column.addWidget(self._stack, 1)
        column.addLayout(self._buttons())
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._show_progress)
        self.resize(QSize(*SIZE_PX).boundedTo(parent.window().size()))
        self.mapping.order_keys(self.go, self.leave, self.save, self.lines)
        self.mapping.focus_first()

    @property
    def is_importing(self) -> bool:
        """True while the import runs."""
        return self._watcher is not None

    def start(self) -> None:
        """Load with what is chosen, or close when it is done."""
        if self._done is not None:
            self.accept()
            return
        request = None if self.is_importing else self.mapping.request()
        if request is None:
            return
        self._watcher = Watcher(self._on_told)
        self._progress = RegisterProgress("copying")
        self._stack.setCurrentIndex(1)
        self.go.setEnabled(False)
        self.leave.setText(t("register.stop"))
        self._show_progress()
        self._timer.start()
        call = partial(self._desk.context.register_service.import_extract, request, self._watcher)
        self._desk.tasks.run(call, self._on_done, self._on_failed)

    def stop(self) -> None:
        """Ask a running import to stop; what was in force stays."""
        if self._watcher is not None:
            self._watcher.stopped.set()
            self._stage.setText(t("register.stopping"))

    def reject(self) -> None:
        if self.is_importing:
            self.stop()
        elif self._done is not None:
            self.accept()
        else:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.is_importing:
            self.stop()
            event.ignore()
        else:
            super().closeEvent(event)

    def _progress_page(self) -> QWidget:
        page = QWidget(self)
        self._bar = QProgressBar(page)
        self._bar.setTextVisible(False)
        self._stage = label(size="strong", wrap=True, parent=page)
        column = QVBoxLayout(page)
        column.addStretch(1)
        column.addWidget(self._stage)
        column.addWidget(self._bar)
        column.addWidget(label(t("register.until_then"), tone="dim", wrap=True, parent=page))
        column.addStretch(2)
        return page

    def _result_page(self) -> QWidget:
        page = QWidget(self)
        self.told = Message(self._paint, page)
        self._needs_look = label(wrap=True, parent=page)
        self.lines = QListWidget(page)
        self.lines.setWordWrap(True)
        self.lines.setProperty("ring", "true")
        self.lines.setUniformItemSizes(False)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.told)
        column.addWidget(self._needs_look)
        column.addWidget(self.lines, 1)
        return page

    def _buttons(self) -> QHBoxLayout:
        self.go.setDefault(True)
        for button in (self.leave, self.save):
            button.setAutoDefault(False)
        self.go.clicked.connect(self.start)
        self.leave.clicked.connect(self.reject)
        self.save.clicked.connect(self.ask_where)
        self.save.hide()
        QShortcut(QKeySequence("Ctrl+S"), self).activated.connect(self.ask_where)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.go)
        row.addWidget(self.leave)
        row.addStretch(1)
        row.addWidget(self.save)
        return row

    def _on_told(self, progress: RegisterProgress) -> None:
        """Called in the thread that imports: keep it, the timer shows it."""
        self._progress = progress

    def _show_progress(self) -> None:
        now = self._progress
        if self._watcher is None or self._watcher.stopped.is_set():
            return
        self._stage.setText(t(STAGES[now.stage], n=now.rows))
        # Without a share to show (a workbook that does not tell its size) the bar only moves.
        self._bar.setRange(0, STEPS if now.share or now.stage == "copying" else 0)
        self._bar.setValue(round(now.share * STEPS))

    def _end(self) -> None:
        self._timer.stop()
        self._watcher = None
        self.go.setEnabled(True)

    def _on_failed(self, failure: Failure) -> None:
        self._end()
        self._stack.setCurrentIndex(0)
        self.leave.setText(t("go.cancel"))
        self.mapping.ask_may_shrink(failure.code == "register_shrinks")
        tone = Tone.CARE if failure.code == "register_stopped" else Tone.BAD
        self.mapping.message.say(texts.explain("error", failure.code, failure.facts), tone)
        self.mapping.focus_first()

    def _on_done(self, done: RegisterImported) -> None:
        self._end()
        self._done = done
        self.leave.hide()
        self.go.setText(t("register.close"))
        self.told.say(t("register.done", n=done.accepted, sha256=done.sha256), Tone.GOOD)
        needs_look = [t("register.done_problems", n=done.problem_count)] if done.problem_count else []
        shown = done.problems[:MOST_SHOWN]
        if done.problem_count > len(shown):
            needs_look.append(t("register.done_first", n=len(shown)))
        if done.problem_count > len(done.problems):
            needs_look.append(t("register.done_saved", n=len(done.problems)))
        self._needs_look.setText(" ".join(needs_look))
        for each in shown:
            place = "register.line_left" if each.is_left_out else "register.line_taken"
            words = texts.explain("error", each.code, {"value": each.value})
            value = f" ({each.value})" if each.value else ""
            self.lines.addItem(f"{t(place, line=each.line)}{value}: {words}")
        self.lines.setVisible(bool(done.problems))
        self.save.setVisible(bool(done.problems))
        self._stack.setCurrentIndex(2)
        self.go.setFocus(Qt.FocusReason.OtherFocusReason)
        self.imported.emit(done)

    def ask_where(self) -> None:
        """Ask for a file and save the lines there."""
        if self._done is None or not self._done.problems:
            return
        place = self._desk.preferences.text("register_place", str(Path.home()))
        usual = str(Path(place) / "register-lines.csv")
        name, _ = QFileDialog.getSaveFileName(
            self, t("register.save_title"), usual, t("register.save_filter")
        )
        if name:
            self.save_lines(Path(name))

    def save_lines(self, path: Path) -> None:
        """Save the lines that need a look."""
        if self._done is not None:
            call = partial(save_problems, path, self._done.problems, texts.sentence)
            self._saved_as = path
            self._desk.tasks.write(call, self._on_saved, self._on_not_saved)

    def _on_saved(self, _nothing: object) -> None:
        count = len(self._done.problems) if self._done is not None else 0
        self.told.say(t("register.saved", n=count, path=self._saved_as), Tone.GOOD)

    def _on_not_saved(self, failure: Failure) -> None:
        self.told.say(texts.explain("error", failure.code, failure.facts), Tone.BAD)
