"""What lies over the screens without stopping them: toasts, the activity list, the sheet of keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsDropShadowEffect,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ui import texts
from ui.notices import Notice, Notices
from ui.screens.screen import KeyHint, Screen
from ui.texts import t
from ui.theme import Tone
from ui.widgets.buttons import IconButton, KeyButton
from ui.widgets.key_caps import KeyCaps
from ui.widgets.keys import claims_escape
from ui.widgets.labels import label
from ui.widgets.message import Message
from ui.widgets.paint import Look
from ui.widgets.timeline import Moment, Timeline

SHEET_PX = 1280
# From this many keys on, those of a screen take two columns: twenty in one are higher than 768 px.
ONE_COLUMN = 12
# From this many on they begin the third column too, above those that work everywhere.
TWO_COLUMNS = 32
SCROLL_PX = 60
SHOWN_MS = 5_000
SHOWN_BAD_MS = 12_000
TOASTS = 3
TOAST_PX = 420


class Toasts(QWidget):
    """The latest notices, at the bottom, for some seconds: to the right, beside a page at its left. Never takes the focus."""

    def __init__(self, look: Look, notices: Notices, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._shown: list[Message] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        notices.posted.connect(self._on_posted)

    @property
    def texts(self) -> tuple[str, ...]:
        """What is shown."""
        return tuple(message.text for message in self._shown)

    def place(self, area: QWidget) -> None:
        """Stand at the bottom of an area, above what the screen in front keeps free there."""
        self.setFixedWidth(min(TOAST_PX, area.width() - 32))
        self.adjustSize()
        corner = area.rect().bottomRight()
        screen = area.currentWidget() if isinstance(area, QStackedWidget) else None
        foot_px = screen.foot_px() if isinstance(screen, Screen) else 0
        left_px = screen.notices_left_px() if isinstance(screen, Screen) else None
        x = (
            corner.x() - self.width() - 20
            if left_px is None
            else min(left_px, corner.x() - self.width()) + 12
        )
        self.move(x, corner.y() - self.height() - 20 - foot_px)

    def _on_posted(self, notice: Notice) -> None:
        message = Message(self._look, self)
        tone = notice.tone if notice.tone is not Tone.PLAIN else Tone.ACCENT
        message.say(notice.text, tone)
        shadow = QGraphicsDropShadowEffect(message)
        shadow.setBlurRadius(18)
        shadow.setOffset(0, 4)
        shadow.setColor(self._look.theme.color("shadow"))
        message.setGraphicsEffect(shadow)
        self._column.addWidget(message)
        self._shown.append(message)
        timer = QTimer(message)
        timer.setSingleShot(True)
        timer.timeout.connect(self._on_timeout)
        timer.start(SHOWN_BAD_MS if notice.tone is Tone.BAD else SHOWN_MS)
        while len(self._shown) > TOASTS:
            self._drop(self._shown[0])
        self._settle()

    def _on_timeout(self) -> None:
        timer = self.sender()
        message = None if timer is None else timer.parent()
        if isinstance(message, Message):
            self._drop(message)
            self._settle()

    def _drop(self, message: Message) -> None:
        if message in self._shown:
            self._shown.remove(message)
            self._column.removeWidget(message)
            message.hide()
            message.deleteLater()

    def _settle(self) -> None:
        self.setVisible(bool(self._shown))
        parent = self.parentWidget()
        if parent is not None and self._shown:
            self.raise_()
            self.place(parent)


class Panel(QFrame):
    """A raised panel over the window; Esc or its cross closes it and the focus goes back."""

    closed = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.setProperty("ground", "raised")
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(36)
        shadow.setOffset(0, 8)
        shadow.setColor(look.theme.color("shadow"))
        self.setGraphicsEffect(shadow)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(20, 14, 14, 18)
        self._column.setSpacing(10)
        self._title = label(size="head", parent=self)
        close = IconButton("cross", t("go.close"), look, key="Esc", parent=self)
        close.clicked.connect(self.leave)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(close)
        self._column.addLayout(head)
        self._close = close
        self._focus_before: QWidget | None = None
        self.hide()

    def appear(self, title: str, area: QWidget) -> None:
        """Show over an area and take the focus."""
        self._title.setText(title)
        self._focus_before = self.window().focusWidget()
        self.place(area)
        self.show()
        self.raise_()
        self._close.setFocus()

    def place(self, area: QWidget) -> None:
        """Stand in an area."""
        raise NotImplementedError

    def leave(self) -> None:
        """Close and give the focus back."""
        if self.isVisible():
            self.hide()
            if self._focus_before is not None and self._focus_before.isVisible():
                self._focus_before.setFocus()
            self.closed.emit()

    def event(self, event: QEvent) -> bool:
        return claims_escape(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
            return
        super().keyPressEvent(event)


class KeySheet(Panel):
    """The keys of one screen; the arrows scroll it where the window is low."""

    change_asked = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        self._close.installEventFilter(self)  # a button would use the arrows to pass the focus on
        self._area = QScrollArea(self)
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._body = QWidget(self._area)
        self._row = QHBoxLayout(self._body)
        self._row.setContentsMargins(0, 0, 6, 0)
        self._row.setSpacing(28)
        self._area.setWidget(self._body)
        self._column.addWidget(self._area)
        foot = QHBoxLayout()
        foot.addWidget(label(t("keys.close"), tone="dim", size="aside", parent=self), 1)
        self._change = KeyButton(t("keys.edit"), look, key="Ctrl F1", parent=self)
        self._change.clicked.connect(self.change_asked)
        foot.addWidget(self._change)
        self._column.addLayout(foot)

    def show_keys(
        self, title: str, here: Sequence[KeyHint], everywhere: Sequence[KeyHint], *, can_change: bool = False
    ) -> None:
        """Fill with the keys of a screen and those that work everywhere; can_change: its keys may be others."""
        self._change.setVisible(can_change)
        while (item := self._row.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.setParent(None)
                widget.deleteLater()
        here = sorted(here, key=lambda each: each.group)  # those of a part of the screen together, at the end
        self._title.setText(title)
        half = len(here) if len(here) < ONE_COLUMN else (len(here) + 1) // 2
        if len(here) >= TWO_COLUMNS:
            half = (len(here) + len(everywhere) + 3) // 3
        for hints in (here[:half], here[half : 2 * half]):
            if hints:
                self._row.addWidget(self._block("", hints), 1, Qt.AlignmentFlag.AlignTop)
        last = self._block(t("keys.everywhere"), everywhere, before=here[2 * half :])
        self._row.addWidget(last, 1, Qt.AlignmentFlag.AlignTop)

    def _block(self, head: str, hints: Sequence[KeyHint], *, before: Sequence[KeyHint] = ()) -> QWidget:
        """Keys under a head; before: keys above it."""
        block = QWidget(self._body)
        grid = QGridLayout(block)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        groups = len({each.group for each in before} - {""})  # each has a line of its own
        if head:
            grid.addWidget(label(head, size="group", parent=block), len(before) + groups, 0, 1, 2)
        line, group = -1, ""
        for place, hint in enumerate((*before, *hints)):
            line += 2 if head and place == len(before) else 1
            if hint.group != group:
                group = hint.group
                if group:
                    grid.addWidget(label(t(group), size="group", parent=block), line, 0, 1, 2)
                    line += 1
            grid.addWidget(KeyCaps(self._look, hint.keys, block), line, 0, Qt.AlignmentFlag.AlignRight)
            words = label(hint.text, parent=block)
            words.setWordWrap(True)  # with the policy that goes with it: as high as its lines
            grid.addWidget(words, line, 1)
        return block

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {int(Qt.Key.Key_Down): 1, int(Qt.Key.Key_Up): -1}.get(int(event.key()), 0)
            bar = self._area.verticalScrollBar()
            bar.setValue(bar.value() + step * SCROLL_PX)
            if step:
                return True
        return super().eventFilter(watched, event)

    def place(self, area: QWidget) -> None:
        width = min(SHEET_PX * self._row.count() // 3, area.width() - 48)
        self.setFixedWidth(width)
        for widget in self._body.findChildren(QWidget):
            # The height of wrapped lines is asked now: layouts pass over what is not shown yet, and the style
            # gives a font only then.
            widget.show()
            widget.ensurePolished()
            widget.updateGeometry()
        margins = self._column.contentsMargins()
        wanted = self._row.heightForWidth(width - margins.left() - margins.right())
        self._area.setFixedHeight(0)
        rest = self._column.sizeHint().height()
        self._area.setFixedHeight(min(wanted, area.height() - 32 - rest))
        self.setFixedHeight(rest + self._area.height())
        self.move((area.width() - width) // 2, max(16, (area.height() - self.height()) // 2))


class ActivityPanel(Panel):
    """Everything that was said since the window opened."""

    def __init__(self, look: Look, notices: Notices, parent: QWidget) -> None:
        super().__init__(look, parent)
        self._notices = notices
        self._area = QScrollArea(self)
        self._area.setWidgetResizable(True)
        inner = QWidget(self._area)
        body = QVBoxLayout(inner)
        body.setContentsMargins(0, 0, 6, 0)
        self._empty = label(t("activity.empty"), tone="dim", wrap=True, parent=inner)
        self._timeline = Timeline(look, inner)
        body.addWidget(self._empty)
        body.addWidget(self._timeline)
        body.addStretch(1)
        self._area.setWidget(inner)
        self._column.addWidget(self._area, 1)
        notices.posted.connect(self._on_posted)

    def appear(self, title: str, area: QWidget) -> None:
        super().appear(title, area)
        self._area.setFocus()  # its keys scroll

    def place(self, area: QWidget) -> None:
        self._fill()
        self.setFixedSize(min(460, area.width() - 32), max(200, area.height() - 120))
        self.move(area.width() - self.width() - 16, 60)

    def _on_posted(self, _notice: Notice) -> None:
        if self.isVisible():
            self._fill()

    def _fill(self) -> None:
        kept = self._notices.kept
        self._timeline.show_moments(
            [
                Moment(texts.moment(each.at), "", "\n".join((each.text, *each.details)), each.tone)
                for each in kept
            ]
        )
        self._empty.setVisible(not kept)
