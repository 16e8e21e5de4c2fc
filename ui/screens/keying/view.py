"""Second keying, and judging, as laid out: folders at the left, fields to type in the middle, the page at the right."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.queries.rows import DossierSummary
from ui.desk import Desk
from ui.models.row_model import RowModel
from ui.screens.keying.cards import KeyingCards
from ui.screens.keying.kinds import KindBar
from ui.screens.keying.words import keying_face
from ui.screens.screen import KeyHint, Screen
from ui.texts import t
from ui.theme import Tone
from ui.widgets.buttons import KeyButton
from ui.widgets.empty_state import EmptyState
from ui.widgets.head_row import head_row
from ui.widgets.keys import add_keys
from ui.widgets.labels import ElidedLabel, label
from ui.widgets.message import Message
from ui.widgets.page_viewer import PageViewer
from ui.widgets.paint import Look
from ui.widgets.reason_picker import ReasonChoice, ReasonPicker
from ui.widgets.row_list import RowList

VERSIONS = 4
RETURN_CODES = ("missing_page", "poor_scan", "turned_page", "foreign_page", "wrong_number", "other")


class KeyingView(Screen):
    """Lays out and emits; KeyingPresenter decides. One for second keyings ("keying"), one for judgements ("judging")."""

    skip_asked = Signal()
    undo_asked = Signal()
    return_given = Signal(str)
    version_asked = Signal(int)  # place among what everybody said
    folder_moved = Signal(int)
    folder_chosen = Signal(int)
    next_asked = Signal()

    def __init__(self, desk: Desk, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self._look = look
        self.is_judging = name == "judging"
        self.model: RowModel[DossierSummary] = RowModel(lambda row: row.id, lambda row: row.name, self)
        self.list = RowList(self.model, look, keying_face, parent=self)
        self.cards = KeyingCards(look, has_versions=self.is_judging, parent=self)
        self.message = Message(look, self)
        self.viewer = PageViewer(desk, look, self)
        self.empty = EmptyState(look, self)
        self.picker = self._make_picker()
        self._scroll = QTimer(self)  # a card has its place only after this turn of the loop
        self._scroll.setSingleShot(True)
        self._scroll.timeout.connect(self._scroll_to_card)
        self._build()
        self._wire()

    def foot_px(self) -> int:
        return 0 if self.stack.currentIndex() else self.height() - self.viewer.bottom_px(self)

    def key_hints(self) -> tuple[KeyHint, ...]:
        return judging_hints() if self.is_judging else keying_hints()

    def crumb(self) -> str:
        return self._folder.text() if self.stack.currentIndex() == 0 else ""

    def show_work(self, has_work: bool) -> None:
        """Show the folders, or the empty state."""
        self.stack.setCurrentIndex(0 if has_work else 1)
        self.crumb_changed.emit(self.crumb())

    def show_position(self, text: str) -> None:
        """Where in the queue."""
        self._position.setText(text)

    def show_folder(self, name: str, who: str) -> None:
        """Heading of the middle column, and under whose name it is written."""
        self._folder.setText(name)
        self._who.setText(t("keying.who_judges" if self.is_judging else "keying.who_keys", who=who))
        self.crumb_changed.emit(name)

    def say(self, text: str, tone: Tone) -> None:
        """Say what is to be said of what was typed; "" nothing."""
        self.message.say(text, tone)
        self.focus_card()  # there is less room for it now

    def show_last(self, is_last: bool) -> None:
        """The button says whether Enter goes to the next field or ends the folder."""
        words = ("judge.done" if is_last else "judge.next") if self.is_judging else None
        self._go.setText(t(words or ("keying.done" if is_last else "keying.next")))

    def focus_card(self) -> None:
        """Scroll to the field that has the focus."""
        self._scroll.start()

    def _scroll_to_card(self) -> None:
        card = self.cards.focused()
        if card is not None:
            self._area.ensureWidgetVisible(card, 0, 24)

    def _make_picker(self) -> ReasonPicker:
        choices = [ReasonChoice(code, t(f"return.{code}")) for code in RETURN_CODES]
        title, go = t("review.return_title"), t("review.return_go")
        return ReasonPicker(self._look, title, go, choices, has_words=True, parent=self)

    def _build(self) -> None:
        self.stack = QStackedWidget(self)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.setChildrenCollapsible(False)
        split.addWidget(self._build_queue())
        split.addWidget(self._build_middle())
        split.addWidget(self.viewer)
        split.setStretchFactor(2, 1)
        split.setSizes([262, 372, 800])
        self.stack.addWidget(split)
        self.stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.stack)

    def _build_queue(self) -> QWidget:
        side = QFrame(self)
        side.setProperty("ground", "panel")
        side.setMinimumWidth(168)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._position = label(tone="dim", size="strong", parent=side)
        title = label(t(f"screen.{self.name}"), size="head", parent=side)
        self.kinds = KindBar(self)
        column.addWidget(head_row(side, title, self._position))
        column.addWidget(self.kinds)
        column.addWidget(self.list, 1)
        return side

    def _build_middle(self) -> QWidget:
        middle = QFrame(self)
        middle.setProperty("ground", "panel")
        middle.setMinimumWidth(372)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._folder = ElidedLabel(parent=middle, size="head")
        self._who = label(tone="dim", parent=middle)
        column.addWidget(head_row(middle, self._folder, self._who))
        area = self._area = QScrollArea(middle)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget(area)
        area.setWidget(inner)
        fields = QVBoxLayout(inner)
        fields.setContentsMargins(16, 14, 16, 14)
        fields.setSpacing(8)
        words = t("judge.how" if self.is_judging else "keying.how")
        fields.addWidget(label(words, tone="dim", wrap=True, parent=inner))
        fields.addWidget(self.cards)
        fields.addStretch(1)
        column.addWidget(area, 1)
        column.addWidget(self._build_acts(middle))
        return middle

    def _build_acts(self, parent: QWidget) -> QWidget:
        foot = QFrame(parent)
        foot.setProperty("edge", "top")
        column = QVBoxLayout(foot)
        column.setContentsMargins(16, 10, 16, 12)
        column.setSpacing(8)
        self._go = KeyButton("", self._look, icon="check", key="↵", kind="primary", parent=foot)
        self._skip = KeyButton(t("keying.skip"), self._look, key="F6", parent=foot)
        self._return = KeyButton(t("review.return"), self._look, key="F7", parent=foot)
        self._undo = KeyButton(t("index.undo"), self._look, key="Ctrl Z", kind="quiet", parent=foot)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self._skip, self._return, self._undo):
            row.addWidget(button)
        row.addStretch(1)
        self._buttons = (self._go, self._skip, self._return, self._undo)
        for button in self._buttons:
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        column.addWidget(self.message)
        column.addWidget(self.picker)
        column.addWidget(self._go)
        column.addLayout(row)
        self.show_last(True)
        return foot

    def _wire(self) -> None:
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list.chosen.connect(self.folder_chosen)
        self.cards.page_moved.connect(self.viewer.step)
        self.cards.folder_moved.connect(self.folder_moved)
        self.cards.undo_asked.connect(self.undo_asked)
        self._go.clicked.connect(self.next_asked)
        self._skip.clicked.connect(self.skip_asked)
        self._return.clicked.connect(self.picker.ask)
        self._undo.clicked.connect(self.undo_asked)
        self.picker.taken.connect(self._on_return)
        self.picker.left.connect(self.focus_first)
        self.picker.shown.connect(self._on_picker)
        add_keys(
            self,
            (
                ("F6", self.skip_asked),
                ("F7", self.picker.ask),
                ("Ctrl+Z", self.undo_asked),
                ("Ctrl+Up", self._on_folder_before),
                ("Ctrl+Down", self._on_folder_after),
            ),
        )
        for place in range(VERSIONS if self.is_judging else 0):
            shortcut = QShortcut(QKeySequence(f"Alt+{place + 1}"), self)
            shortcut.setObjectName(str(place))
            shortcut.activated.connect(self._on_version)

    def focus_first(self) -> None:
        """Give the first field the focus again after the picker was left."""
        for card in self.cards.cards.values():
            self.give_focus(card.edit)
            break

    def _on_picker(self, is_shown: bool) -> None:
        for button in self._buttons:
            button.setVisible(not is_shown)

    def _on_return(self, code: str, words: str) -> None:
        self.return_given.emit(f"{code}: {words}" if words else code)

    def _on_folder_before(self) -> None:
        self.folder_moved.emit(-1)

    def _on_folder_after(self) -> None:
        self.folder_moved.emit(1)

    def _on_version(self) -> None:
        self.version_asked.emit(int(self.sender().objectName()))


def keying_hints() -> tuple[KeyHint, ...]:
    """The keys of second keying; the guide asks without a window."""
    return (
        KeyHint("Enter", "keys.keying_take"),
        KeyHint("Tab  Shift Tab", "keys.field_step"),
        *_shared_hints(),
    )


def judging_hints() -> tuple[KeyHint, ...]:
    """The keys of judging."""
    return (
        KeyHint("Alt 1…4", "keys.judge_take"),
        KeyHint("↑  ↓", "keys.judge_step"),
        KeyHint("Enter", "keys.judge_accept"),
        KeyHint("F2", "keys.number_zoom"),
        KeyHint("Tab  Shift Tab", "keys.field_step"),
        *_shared_hints(),
    )


def _shared_hints() -> tuple[KeyHint, ...]:
    return (
        KeyHint("Ctrl ↑  Ctrl ↓", "keys.folders"),
        KeyHint("PgUp  PgDn", "keys.pages"),
        KeyHint("F3", "keys.fit"),
        KeyHint("F4", "keys.original"),
        KeyHint("F5", "keys.keep"),
        KeyHint("Ctrl +  Ctrl −", "keys.zoom"),
        KeyHint("F6", "keys.keying_skip"),
        KeyHint("F7", "keys.keying_return"),
        KeyHint("Ctrl Z", "keys.keying_undo"),
        KeyHint("Shift F9", "keys.kind"),
    )
