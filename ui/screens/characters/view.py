"""The wall of look-alike characters as laid out: groups above, the wall, below it the text of the one in the frame."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ui.models.row_model import RowModel
from ui.screens.characters.glyphs import Glyph, GroupCount, name_of
from ui.screens.characters.parts import GroupRow, TextStrip
from ui.screens.characters.wall import GlyphWall, is_of_wall
from ui.screens.screen import KeyHint
from ui.texts import t
from ui.widgets.buttons import KeyButton
from ui.widgets.empty_state import EmptyState
from ui.widgets.labels import ElidedLabel, label
from ui.widgets.paint import Look

WALL_HINTS = (
    KeyHint("↑  ↓  ←  →", "keys.wall_move"),
    KeyHint("Space", "keys.wall_wrong"),
    KeyHint("0…9  A…Z", "keys.wall_type"),
    KeyHint("Backspace", "keys.wall_unmark"),
    KeyHint("Enter", "keys.wall_accept"),
    KeyHint("Tab  Shift Tab", "keys.wall_group"),
    KeyHint("F2", "keys.wall_open"),
    KeyHint("Ctrl Z", "keys.wall_undo"),
    KeyHint("Esc", "keys.wall_leave"),
)


class WallView(QFrame):
    """Lays out and emits; WallPresenter decides."""

    left = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._is_over = True
        self.setProperty("ground", "panel")
        self.model: RowModel[Glyph] = RowModel(lambda each: each.id, _words, self)
        self.wall = GlyphWall(self.model, look, self)
        self.groups = GroupRow(look, self)
        self.strip = TextStrip(look, self)
        self.empty = EmptyState(look, self)
        self.accept = KeyButton(t("wall.accept"), look, icon="check", key="↵", kind="primary", parent=self)
        self._build()
        back = QShortcut(QKeySequence("Esc"), self)
        back.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        back.activated.connect(self.left)
        self.wall.left.connect(self.left)
        self.empty.acted.connect(self.left)
        self.empty.button.setAutoDefault(True)
        self.empty.button.installEventFilter(self)
        self.accept.clicked.connect(self.wall.accepted)
        self.hide()

    @property
    def is_empty(self) -> bool:
        """True while there is nothing to compare."""
        return self._stack.currentIndex() == 1

    @property
    def foot_px(self) -> int:
        """Height at the bottom that notices leave free."""
        return 0 if self.is_empty else self.height() - self.strip.mapTo(self, self.strip.rect().topLeft()).y()

    @property
    def told(self) -> str:
        """What is said of the characters as a whole."""
        return self._progress.text()

    def show_group(self, groups: Sequence[GroupCount], chosen: str) -> None:
        """Show which group is in front."""
        self.groups.show_groups(groups, chosen)
        self._title.setText(t("wall.group", char=name_of(chosen)))
        self._stack.setCurrentIndex(0)

    def show_progress(self, words: str) -> None:
        """How many are being cut, and what could not be."""
        self._progress.setText(words)

    def show_marked(self, count: int, unshown: int) -> None:
        """Say what Enter will do. count: characters that are marked; unshown: that nobody has seen yet."""
        words = t("wall.accept_marked", n=count) if count else t("wall.accept")
        self.accept.setText(t("wall.next_part", n=unshown) if unshown else words)
        self.accept.updateGeometry()

    def show_glyph(self, glyph: Glyph | None, words: str) -> None:
        """Show the text of the character in the frame, and what is known of it."""
        self.strip.show_glyph(glyph)
        self._about.setText(words)

    def say_empty(self, icon: str, title: str, text: str, *, is_over: bool = True) -> None:
        """Say why there is no wall; is_over: Enter goes back, nothing comes any more."""
        self._is_over = is_over
        self.empty.say(icon, t(title), text, t("wall.back"))
        self._stack.setCurrentIndex(1)

    def focus_wall(self) -> None:
        """Give the wall the focus, or the way back where there is none."""
        (self.empty.button if self.is_empty else self.wall).setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """While the first is cut, and where all is compared, keys are the wall's too: none means the folder behind."""
        if not isinstance(event, QKeyEvent) or not is_of_wall(event):
            return super().eventFilter(watched, event)
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if event.key() == Qt.Key.Key_Escape or (self._is_over and event.key() in keys):
            self.left.emit()
        elif event.matches(QKeySequence.StandardKey.Undo):
            self.wall.undo_asked.emit()
        return True

    def _build(self) -> None:
        self._title = label(t("wall.title"), size="head", parent=self)
        self._progress = ElidedLabel(parent=self, tone="dim")
        self._progress.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._about = label(tone="dim", wrap=True, parent=self)
        self._about.setMinimumWidth(260)
        head = QFrame(self)
        head.setProperty("edge", "bottom")
        head.setFixedHeight(47)
        row = QHBoxLayout(head)
        row.setContentsMargins(16, 0, 16, 0)
        row.addWidget(self._title)
        row.addWidget(self._progress, 1)
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(16, 10, 16, 12)
        column.setSpacing(10)
        column.addWidget(self.groups)
        column.addWidget(self.wall, 1)
        column.addLayout(self._build_foot())
        column.addWidget(label(t("wall.keys"), tone="dim", size="aside", wrap=True, parent=page))
        self._stack = QStackedWidget(self)
        self._stack.addWidget(page)
        self._stack.addWidget(self.empty)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(head)
        whole.addWidget(self._stack, 1)
        self.accept.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def _build_foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(16)
        foot.addWidget(self.strip, 1)
        foot.addWidget(self._about, 1)
        foot.addWidget(self.accept, 0, Qt.AlignmentFlag.AlignVCenter)
        return foot


def _words(glyph: Glyph) -> str:
    """What a screen reader says of a character."""
    return t("wall.spoken", char=glyph.char, folder=glyph.text.dossier_name)
