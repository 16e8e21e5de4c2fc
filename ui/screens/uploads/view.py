"""Uploads as laid out: one line per dossier, and beside it why it waits and its whole story."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractSlider,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.queries.rows import UploadSummary
from ui.desk import Desk
from ui.models.row_model import RowModel
from ui.screens.faces import upload_face
from ui.screens.screen import KeyHint, Screen
from ui.screens.uploads.login_form import LoginForm
from ui.screens.uploads.roads import NO_DELIVERIES, Deliveries
from ui.texts import t
from ui.theme import Tone
from ui.widgets.buttons import KeyButton
from ui.widgets.empty_state import EmptyState
from ui.widgets.fact_list import Fact, FactList
from ui.widgets.head_row import head_row
from ui.widgets.keys import add_keys
from ui.widgets.labels import ElidedLabel, label
from ui.widgets.message import Message
from ui.widgets.paint import Look
from ui.widgets.row_list import RowFace, RowList
from ui.widgets.timeline import Moment, Timeline


class UploadsView(Screen):
    """Lays out and emits; UploadsPresenter decides."""

    name = "uploads"
    chosen = Signal(int)
    retry_asked = Signal()
    login_asked = Signal()
    open_asked = Signal()
    story_asked = Signal()
    filtered = Signal(str)

    def __init__(self, desk: Desk, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.model: RowModel[UploadSummary] = RowModel(lambda row: row.id, lambda row: row.dossier_name, self)
        self._deliveries = NO_DELIVERIES
        self._closed_share = ""
        self.list = RowList(self.model, look, self._face, parent=self)
        self.filter = QLineEdit(self)
        self.facts = FactList(look, self)
        self.message = Message(look, self)
        self.login_form = LoginForm(look, self)
        self.timeline = Timeline(look, self)
        self.empty = EmptyState(look, self)
        self._build()
        self._wire()

    def key_hints(self) -> tuple[KeyHint, ...]:
        return (
            KeyHint("↑  ↓", "keys.folders"),
            KeyHint("Enter", "keys.story"),
            KeyHint("PgUp  PgDn", "keys.scroll"),
            KeyHint("F7", "keys.login"),
            KeyHint("F8", "keys.retry"),
            KeyHint("F9", "keys.directory"),
            KeyHint("Ctrl F", "keys.filter"),
        )

    def show_work(self, has_work: bool) -> None:
        """Show the deliveries, or the empty state."""
        self.stack.setCurrentIndex(0 if has_work else 1)

    def show_place(self, text: str, deliveries: Deliveries) -> None:
        """Say where things go; an empty text says nothing."""
        self._deliveries = deliveries
        self._place.say(text, Tone.ACCENT)
        self.list.viewport().update()

    def show_upload(self, name: str, facts: Sequence[Fact], why: str, tone: Tone, can_retry: bool) -> None:
        """Show one delivery at the right."""
        self._name.setText(name)
        self.facts.show_facts(facts)
        self.message.say(why, tone)
        self._retry.setEnabled(can_retry)

    def show_closed_share(self, share: str) -> None:
        """Offer to give name and password of a share; none ("") takes the offer away."""
        self._closed_share = share
        if self.login_form.share != share:
            self.login_form.leave()
        self._offer_login()

    def show_story(self, moments: Sequence[Moment]) -> None:
        """The whole story; none hides it."""
        self.timeline.show_moments(moments)
        self._story_box.setVisible(bool(moments))

    @property
    def has_story(self) -> bool:
        """True while the story is shown."""
        return not self._story_box.isHidden()

    def _face(self, upload: UploadSummary) -> RowFace:
        return upload_face(upload, self._deliveries.is_local(upload))

    def _build(self) -> None:
        self.stack = QStackedWidget(self)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.setChildrenCollapsible(False)
        split.addWidget(self._build_list())
        split.addWidget(self._build_detail())
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setSizes([720, 480])
        self.stack.addWidget(split)
        self.stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.stack)

    def _build_list(self) -> QWidget:
        side = QFrame(self)
        side.setProperty("ground", "panel")
        side.setMinimumWidth(320)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.filter.setPlaceholderText(t("uploads.filter"))
        self.filter.setClearButtonEnabled(True)
        self.filter.setMinimumWidth(212)  # its whole hint, and still beside the title in the narrowest list
        self.filter.setMaximumWidth(320)
        column.addWidget(head_row(side, label(t("uploads.title"), size="head", parent=side), self.filter))
        self._place = Message(self._look, side)
        box = QHBoxLayout()
        box.setContentsMargins(12, 10, 12, 4)
        box.addWidget(self._place)
        column.addLayout(box)
        column.addWidget(self.list, 1)
        return side

    def _build_detail(self) -> QWidget:
        side = QFrame(self)
        side.setProperty("ground", "plain")
        side.setMinimumWidth(452)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._name = ElidedLabel(parent=side, size="head")
        column.addWidget(head_row(side, self._name, QWidget(side)))
        area = self._area = QScrollArea(side)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget(area)
        area.setWidget(inner)
        body = QVBoxLayout(inner)
        body.setContentsMargins(16, 14, 16, 14)
        body.setSpacing(10)
        body.addWidget(self.message)
        self._login = KeyButton(t("uploads.login"), self._look, icon="unlock", key="F7", parent=inner)
        self._login.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._login.hide()
        body.addWidget(self._login, 0, Qt.AlignmentFlag.AlignLeft)
        body.addWidget(self.login_form)
        body.addWidget(self.facts)
        self._story_box = QWidget(inner)
        story = QVBoxLayout(self._story_box)
        story.setContentsMargins(0, 8, 0, 0)
        story.addWidget(label(t("uploads.story"), size="head", parent=self._story_box))
        story.addWidget(self.timeline)
        self._story_box.hide()
        body.addWidget(self._story_box)
        body.addStretch(1)
        column.addWidget(area, 1)
        column.addWidget(self._build_acts(side))
        return side

    def _build_acts(self, parent: QWidget) -> QWidget:
        foot = QFrame(parent)
        foot.setProperty("ground", "panel")
        foot.setProperty("edge", "top")
        row = QHBoxLayout(foot)
        row.setContentsMargins(16, 10, 16, 12)
        row.setSpacing(8)
        self._story = KeyButton(t("uploads.story"), self._look, key="↵", parent=foot)
        self._retry = KeyButton(t("uploads.retry"), self._look, key="F8", parent=foot)
        self._open = KeyButton(t("uploads.open"), self._look, key="F9", parent=foot)
        for button in (self._story, self._retry, self._open):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(button)
        row.addStretch(1)
        return foot

    def _wire(self) -> None:
        self.list.chosen.connect(self.chosen)
        self.list.opened.connect(self._on_opened)
        self._story.clicked.connect(self.story_asked)
        self._retry.clicked.connect(self.retry_asked)
        self._open.clicked.connect(self.open_asked)
        self._login.clicked.connect(self.login_asked)
        self.login_form.left.connect(self.list.setFocus)
        self.login_form.shown.connect(self._offer_login)
        self.filter.textChanged.connect(self.filtered)
        self.filter.returnPressed.connect(self.list.setFocus)
        keys = (
            ("F7", self.login_asked),
            ("F8", self.retry_asked),
            ("F9", self.open_asked),
            ("Ctrl+F", self.filter.setFocus),
            ("PgUp", self._on_scroll_up),
            ("PgDown", self._on_scroll_down),
            ("Esc", self._on_escape),
        )
        add_keys(self, keys)

    def _offer_login(self) -> None:
        self._login.setVisible(bool(self._closed_share) and not self.login_form.share)

    def _on_opened(self, _upload_id: int) -> None:
        self.story_asked.emit()

    def _on_scroll_up(self) -> None:
        self._area.verticalScrollBar().triggerAction(QAbstractSlider.SliderAction.SliderPageStepSub)

    def _on_scroll_down(self) -> None:
        self._area.verticalScrollBar().triggerAction(QAbstractSlider.SliderAction.SliderPageStepAdd)

    def _on_escape(self) -> None:
        self.filter.clear()
        self.list.setFocus()
