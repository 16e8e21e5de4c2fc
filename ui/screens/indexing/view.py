"""Indexing as laid out: folders at the left, the number and its proof in the middle, the page at the right.

The focus stays in the number field; every other thing is reached from there by keys.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
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

from app.queries.rows import DossierSummary, RankedCandidate
from ui.desk import Desk
from ui.dialogs.keys_dialog import KeysDialog
from ui.key_map import KeyMap, caps, usual_hints
from ui.models.row_model import RowModel
from ui.screens.characters.view import WALL_HINTS, WallView
from ui.screens.indexing.candidates import CandidateList
from ui.screens.indexing.field_list import FieldList
from ui.screens.indexing.left_pane import LeftPane
from ui.screens.screen import KeyHint, Screen
from ui.screens.tree_hints import TREE_HINTS
from ui.texts import t
from ui.theme import Tone
from ui.widgets.buttons import KeyButton
from ui.widgets.empty_state import EmptyState
from ui.widgets.fact_list import Fact, FactList
from ui.widgets.head_row import head_row
from ui.widgets.keys import add_keys, named_key
from ui.widgets.labels import ElidedLabel, label, set_property
from ui.widgets.message import Message
from ui.widgets.number_field import NumberField
from ui.widgets.page_viewer import PageViewer
from ui.widgets.paint import Look
from ui.widgets.reason_picker import ReasonChoice, ReasonPicker
from ui.widgets.snippet import Snippet

PICKS = 9


class IndexingView(Screen):
    """Lays out and emits; IndexingPresenter decides."""

    name = "indexing"
    confirm_asked = Signal(str)
    hold_asked = Signal()
    undo_asked = Signal()
    problem_given = Signal(str)
    typed = Signal(str)
    picked = Signal(int)  # place among the candidates
    candidate_moved = Signal(int)
    folder_moved = Signal(int)
    folder_chosen = Signal(int)
    proven_asked = Signal()
    documents_asked = Signal()
    characters_asked = Signal()
    next_field_asked = Signal()
    pick_asked = Signal()
    register_asked = Signal()
    repeat_asked = Signal(bool)  # True: count up

    def __init__(self, desk: Desk, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.look = self._look = look
        self.model: RowModel[DossierSummary] = RowModel(lambda row: row.id, lambda row: row.name, self)
        self.left = LeftPane(self.model, look, desk.images, self)
        self.list = self.left.list
        self.field = NumberField(look, self)
        self.message = Message(look, self)
        self.snippet = Snippet(look, self)
        self.proof = FactList(look, self)
        self.candidates = CandidateList(look, self)
        self.fields = FieldList(look, self)
        self.viewer = PageViewer(desk, look, self)
        self.empty = EmptyState(look, self)
        self.wall = WallView(look, self)
        self.keys = KeyMap(desk.preferences, self)
        self.picker = self._make_picker()
        self._seen: QWidget | None = None
        self._scroll = QTimer(self)  # what a card has just opened has its place only after this turn
        self._scroll.setSingleShot(True)
        self._scroll.timeout.connect(self._scroll_to_card)
        self._build()
        self._wire()

    def foot_px(self) -> int:
        if not self.wall.isHidden():
            return self.wall.foot_px
        return 0 if self.stack.currentIndex() else self.height() - self.viewer.bottom_px(self)

    def notices_left_px(self) -> int | None:
        if not self.wall.isHidden():
            return None
        return None if self.stack.currentIndex() else self.viewer.mapTo(self, QPoint(0, 0)).x()

    def key_hints(self) -> tuple[KeyHint, ...]:
        if self is not None and not self.wall.isHidden():
            return WALL_HINTS
        return (
            KeyHint("Enter", "keys.confirm"),
            KeyHint("Tab  Shift Tab", "keys.field_step"),
            KeyHint("↑  ↓", "keys.candidate"),
            KeyHint("Alt 1…9", "keys.pick"),
            KeyHint("Ctrl ↑  Ctrl ↓", "keys.folders"),
            KeyHint("PgUp  PgDn", "keys.pages"),
            KeyHint("F2", "keys.number_zoom"),
            KeyHint("F3", "keys.fit"),
            KeyHint("F4", "keys.original"),
            KeyHint("F5", "keys.keep"),
            KeyHint("Ctrl +  Ctrl −", "keys.zoom"),
            *(usual_hints() if self is None else self.keys.hints()),  # None: the guide asks without a window
            KeyHint("Shift F7", "keys.other_folder"),
            KeyHint("Shift F9", "keys.kind"),
            *TREE_HINTS,
            KeyHint("Ctrl F6", "keys.cut_folder"),
            KeyHint("Ctrl Shift F6", "keys.join_folder"),
            KeyHint("Alt F6", "keys.undo_border"),
            KeyHint("Ctrl F1", "keys.edit"),
            *(WALL_HINTS if self is None else ()),
        )

    @property
    def can_change_keys(self) -> bool:
        return True

    def crumb(self) -> str:
        if not self.wall.isHidden():
            return t("wall.title")
        return self._folder.text() if self.stack.currentIndex() == 0 else ""

    def show_work(self, has_work: bool) -> None:
        """Show the folders, or the empty state."""
        self.stack.setCurrentIndex(0 if has_work else 1)
        self.crumb_changed.emit(self.crumb())

    def show_position(self, text: str) -> None:
        """Where in the queue."""
        self.left.show_position(text)

    def show_folder(self, folder: DossierSummary, facts: str) -> None:
        """Heading of the middle column; the hold button is named by what it will do."""
        self._folder.setText(folder.name)
        self._folder_facts.setText(facts)
        self._hold.setText(t("index.release") if folder.on_hold else t("index.hold"))
        self._hold.updateGeometry()
        self.crumb_changed.emit(folder.name)

    def propose(self, number: str, raw: str) -> None:
        """Fill the number field with a proposal."""
        self.field.setText(number)
        self.field.expect(number, raw)
        self.field.set_cursor_to_doubt()

    def show_where_read(self, text: str) -> None:
        """Words at the right above the number field."""
        self._where_read.setText(text)

    def show_candidates(
        self, candidates: Sequence[RankedCandidate], chosen: int, tied: frozenset[str]
    ) -> None:
        """The numbers read, best first; tied: those among which nobody knows."""
        is_choice = len(candidates) > 1 or (bool(candidates) and chosen < 0)  # else it is in the field
        self.candidates.show_candidates(candidates[:PICKS] if is_choice else (), chosen, tied)
        self._candidates_head.setVisible(is_choice)
        self.candidates.setVisible(is_choice)

    def show_proof(self, facts: Sequence[Fact]) -> None:
        """The list of agreements and doubts."""
        self.proof.show_facts(facts)
        self.proof.setVisible(bool(facts))

    def judge(self, text: str, tone: Tone) -> None:
        """Say what is to be said of the number in the field."""
        self.message.say(text, tone)
        set_property(self.field, "verdict", tone.value if tone in (Tone.GOOD, Tone.CARE, Tone.BAD) else "")

    def show_armed(self, is_armed: bool) -> None:
        """The confirm button says whether a second Enter is awaited."""
        self._confirm.setText(t("index.confirm_anyway") if is_armed else t("index.confirm"))
        if is_armed:  # what there is against it must be seen, whichever field has the focus
            self._area.ensureWidgetVisible(self.message)

    def focus_number(self) -> None:
        """Give the number field the focus, or the wall while that is in front."""
        if not self.wall.isHidden():
            self.wall.focus_wall()
        elif not self.picker.isVisible():
            self._scroll.stop()
            self.give_focus(self.field)
            self._area.verticalScrollBar().setValue(0)

    def show_wall(self, is_shown: bool) -> None:
        """Show the wall of look-alike characters in the place of the folder, or the folder again."""
        self.wall.setVisible(is_shown)
        self.stack.setVisible(not is_shown)
        self.crumb_changed.emit(self.crumb())

    def show_card(self, card: QWidget) -> None:
        """Scroll the middle column so far that a field is seen whole, with what stands below it."""
        self._seen = card
        self._scroll.start()

    def _scroll_to_card(self) -> None:
        if self._seen is not None and self._seen.isVisible():
            self._area.ensureWidgetVisible(self._seen, 0, 24)

    def _make_picker(self) -> ReasonPicker:
        codes = ("missing_page", "poor_scan", "turned_page", "foreign_page", "wrong_number", "other")
        choices = [ReasonChoice(code, t(f"return.{code}")) for code in codes]
        title, go = t("index.problem_title"), t("index.problem_go")
        return ReasonPicker(self._look, title, go, choices, has_words=True, parent=self)

    def _build(self) -> None:
        self.stack = QStackedWidget(self)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.setChildrenCollapsible(False)
        split.addWidget(self.left)
        split.addWidget(self._build_middle())
        split.addWidget(self.viewer)
        split.setStretchFactor(2, 1)
        split.setSizes([262, 372, 800])
        self.stack.addWidget(split)
        self.stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.stack)
        column.addWidget(self.wall)

    def _build_middle(self) -> QWidget:
        middle = QFrame(self)
        middle.setProperty("ground", "panel")
        middle.setMinimumWidth(372)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._folder = ElidedLabel(parent=middle, size="head")
        self._folder_facts = label(tone="dim", parent=middle)
        column.addWidget(head_row(middle, self._folder, self._folder_facts))
        area = self._area = QScrollArea(middle)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget(area)
        area.setWidget(inner)
        self._fill_middle(QVBoxLayout(inner))
        column.addWidget(area, 1)
        column.addWidget(self._build_acts(middle))
        return middle

    def _fill_middle(self, column: QVBoxLayout) -> None:
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(8)
        self._where_read = ElidedLabel(parent=self, tone="dim", size="aside")
        self._where_read.setAlignment(Qt.AlignmentFlag.AlignRight)
        top = QHBoxLayout()
        top.addWidget(label(t("index.number"), tone="dim", size="aside", parent=self))
        top.addWidget(self._where_read, 1)
        column.addLayout(top)
        self.field.setPlaceholderText(t("index.type_it"))
        self.field.setAccessibleName(t("index.number"))
        self._candidates_head = label(t("index.candidates"), tone="dim", size="aside", parent=self)
        for widget in (self.field, self.snippet, self.message):
            column.addWidget(widget)
        column.addSpacing(2)
        column.addWidget(self._candidates_head)
        column.addWidget(self.candidates)
        column.addWidget(self.proof)
        column.addWidget(self.fields)
        column.addStretch(1)

    def _build_acts(self, parent: QWidget) -> QWidget:
        foot = QFrame(parent)
        foot.setProperty("edge", "top")
        column = QVBoxLayout(foot)
        column.setContentsMargins(16, 10, 16, 12)
        column.setSpacing(8)
        self._confirm = KeyButton(
            t("index.confirm"), self._look, icon="check", key="↵", kind="primary", parent=foot
        )
        self._hold = KeyButton(t("index.hold"), self._look, key="F6", parent=foot)
        self._problem = KeyButton(t("index.problem"), self._look, key="F7", parent=foot)
        self._undo = KeyButton(t("index.undo"), self._look, key="Ctrl Z", kind="quiet", parent=foot)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self._hold, self._problem, self._undo):
            row.addWidget(button)
        row.addStretch(1)
        for button in (self._confirm, self._hold, self._problem, self._undo):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        column.addWidget(self.picker)
        column.addWidget(self._confirm)
        column.addLayout(row)
        return foot

    def _wire(self) -> None:
        self.list.chosen.connect(self.folder_chosen)
        self.list.opened.connect(self._on_list_opened)
        self.field.returnPressed.connect(self._on_confirm)
        self.field.textEdited.connect(self.typed)
        self.field.moved.connect(self.candidate_moved)
        self.field.page_moved.connect(self.viewer.step)
        self.field.folder_moved.connect(self.folder_moved)
        self.field.undo_asked.connect(self.undo_asked)
        self.candidates.picked.connect(self.picked)
        self._confirm.clicked.connect(self._on_confirm)
        self._hold.clicked.connect(self.hold_asked)
        self._problem.clicked.connect(self.picker.ask)
        self._undo.clicked.connect(self.undo_asked)
        self.left.proven_button.clicked.connect(self.proven_asked)
        self.left.characters_button.clicked.connect(self.characters_asked)
        self.picker.taken.connect(self._on_problem)
        self.picker.left.connect(self.focus_number)
        self.picker.shown.connect(self._on_picker)
        add_keys(
            self,
            (
                ("Ctrl+F1", self.change_keys),
                ("Ctrl+Up", self._on_folder_before),
                ("Ctrl+Down", self._on_folder_after),
            ),
        )
        self._shortcuts = {
            "field_next": named_key(self, self.next_field_asked),
            "field_pick": named_key(self, self.pick_asked),
            "field_register": named_key(self, self.register_asked),
            "field_sticky": named_key(self, self._on_sticky),
            "field_count": named_key(self, self._on_count),
            "hold": named_key(self, self.hold_asked),
            "problem": named_key(self, self.picker.ask),
            "proven": named_key(self, self.proven_asked),
            "documents": named_key(self, self.documents_asked),
            "characters": named_key(self, self.characters_asked),
            "undo": named_key(self, self.undo_asked),
        }
        self.keys.changed.connect(self._show_keys)
        self._show_keys()
        for place in range(PICKS):
            shortcut = QShortcut(QKeySequence(f"Alt+{place + 1}"), self)
            shortcut.setObjectName(str(place))
            shortcut.activated.connect(self._on_pick)

    def change_keys(self) -> None:
        """Let a person choose other keys."""
        dialog = KeysDialog(self.keys, self._look, self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _show_keys(self) -> None:
        for name, shortcut in self._shortcuts.items():
            shortcut.setKey(QKeySequence(self.keys.key(name)))
        buttons = {
            "hold": self._hold,
            "problem": self._problem,
            "undo": self._undo,
            "proven": self.left.proven_button,
        }
        for name, button in buttons.items():
            button.set_key(caps(self.keys.key(name)))

    def _on_confirm(self) -> None:
        self.confirm_asked.emit(self.field.text())

    def _on_picker(self, is_shown: bool) -> None:
        for button in (self._confirm, self._hold, self._problem, self._undo):
            button.setVisible(not is_shown)

    def _on_list_opened(self, _dossier_id: int) -> None:
        self.focus_number()

    def _on_folder_before(self) -> None:
        self.folder_moved.emit(-1)

    def _on_folder_after(self) -> None:
        self.folder_moved.emit(1)

    def _on_sticky(self) -> None:
        self.repeat_asked.emit(False)

    def _on_count(self) -> None:
        self.repeat_asked.emit(True)

    def _on_pick(self) -> None:
        shortcut = self.sender()
        if shortcut is not None:
            self.picked.emit(int(shortcut.objectName()))

    def _on_problem(self, code: str, words: str) -> None:
        self.problem_given.emit(f"{code}: {words}" if words else code)
