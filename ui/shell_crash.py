"""The quiet offer of a crash report at the next start, and the panel that shows it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QWidget

from ui.notices import Notices
from ui.shell_overlays import Panel
from ui.texts import t
from ui.theme import Tone
from ui.widgets.buttons import IconButton, KeyButton
from ui.widgets.labels import label
from ui.widgets.message import Message
from ui.widgets.paint import Look

SHOW_KEY = "F12"


class CrashOffer(QFrame):
    """A line under the bar: an error happened last time; show, copy or dismiss. Hidden until there is one."""

    show_asked = Signal()
    copy_asked = Signal()
    dismissed = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ground", "panel")
        self.setProperty("edge", "bottom")
        row = QHBoxLayout(self)
        row.setContentsMargins(18, 6, 12, 6)
        row.setSpacing(8)
        self._message = Message(look, self)
        self.show_button = KeyButton(t("crash.show"), look, key=SHOW_KEY, parent=self)
        self.copy_button = KeyButton(t("crash.copy"), look, icon="copy", kind="quiet", parent=self)
        self.dismiss_button = IconButton("cross", t("crash.dismiss"), look, parent=self)
        self.show_button.clicked.connect(self.show_asked)
        self.copy_button.clicked.connect(self.copy_asked)
        self.dismiss_button.clicked.connect(self.dismissed)
        row.addWidget(self._message, 1)
        for button in (self.show_button, self.copy_button, self.dismiss_button):
            row.addWidget(button)
        self.hide()

    def offer(self) -> None:
        """Make the offer."""
        self._message.say(t("crash.offer"), Tone.CARE)
        self.show()


class ReportPanel(Panel):
    """The report itself, as it lies in the logs."""

    copy_asked = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        self._text = QPlainTextEdit(self)
        self._text.setReadOnly(True)
        self._text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._text.setAccessibleName(t("crash.title"))
        self._text.setTabChangesFocus(True)
        self._where = label(tone="dim", size="aside", wrap=True, parent=self)
        copy = KeyButton(t("crash.copy"), look, icon="copy", parent=self)
        copy.clicked.connect(self.copy_asked)
        foot = QHBoxLayout()
        foot.addWidget(self._where, 1)
        foot.addWidget(copy)
        self._column.addWidget(label(t("crash.explain"), wrap=True, parent=self))
        self._column.addWidget(self._text, 1)
        self._column.addLayout(foot)

    @property
    def report(self) -> str:
        """What is shown."""
        return self._text.toPlainText()

    def show_report(self, report: str, where: str) -> None:
        """Fill with a report and the name of its file."""
        self._text.setPlainText(report)
        self._where.setText(where)

    def place(self, area: QWidget) -> None:
        width, height = min(820, area.width() - 48), area.height() - 64
        self.setFixedSize(width, height)
        self.move((area.width() - width) // 2, (area.height() - height) // 2)


class CrashDesk(QWidget):
    """Offer and panel together, as the window uses them. Never visible itself."""

    def __init__(self, look: Look, notices: Notices, shell: QWidget) -> None:
        super().__init__(shell)
        self.hide()
        self._shell = shell
        self._notices = notices
        self._report = ""
        self.line = CrashOffer(look, shell)
        self.panel = ReportPanel(look, shell)
        self.line.show_asked.connect(self.open)
        self.line.copy_asked.connect(self._on_copy)
        self.line.dismissed.connect(self.line.hide)
        self.panel.copy_asked.connect(self._on_copy)
        self.panel.closed.connect(self.line.hide)

    def offer(self, report: str, where: str) -> None:
        """Offer a report; where: the file it lies in."""
        self._report = report
        self.panel.show_report(report, where)
        self.line.offer()

    def open(self) -> None:
        """Show the report, or close it again; nothing when none is offered."""
        if self.panel.isVisible():
            self.panel.leave()
        elif self.line.isVisible():
            self.panel.appear(t("crash.title"), self._shell)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._report)
        self._notices.good(t("crash.copied"))
