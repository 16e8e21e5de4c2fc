"""Batches as laid out: the list with its stacked bars, and behind each row its folders and import ledger."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.queries.rows import BatchSummary, DossierSummary, LedgerItem
from ui.desk import Desk
from ui.models.row_model import RowModel
from ui.screens.batches.first_steps import FirstSteps
from ui.screens.faces import batch_face, batch_steps, dossier_face, ledger_face
from ui.screens.screen import KeyHint, Screen
from ui.texts import t
from ui.widgets.buttons import IconButton, KeyButton
from ui.widgets.keys import add_keys
from ui.widgets.labels import ElidedLabel, label
from ui.widgets.paint import Look, draw_stack, step_colors
from ui.widgets.row_list import RowList

LIST, DETAIL, EMPTY = range(3)
STEP_WORDS = ("imported", "recognised", "indexed", "approved", "accepted")


class BatchesView(Screen):
    """Lays out and emits; BatchesPresenter decides."""

    name = "batches"
    opened = Signal(int)
    filtered = Signal(str)
    left = Signal()
    import_asked = Signal()
    dossier_opened = Signal(int)

    def __init__(self, desk: Desk, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.model: RowModel[BatchSummary] = RowModel(lambda row: row.id, lambda row: row.name, self)
        self.dossiers: RowModel[DossierSummary] = RowModel(lambda row: row.id, lambda row: row.name, self)
        self.ledger: RowModel[LedgerItem] = RowModel(
            lambda row: row.id, lambda row: row.source_path.name, self
        )
        self.list = RowList(self.model, look, batch_face, height_px=86, parent=self)
        self.dossier_list = RowList(self.dossiers, look, dossier_face, parent=self)
        self.ledger_list = RowList(self.ledger, look, ledger_face, parent=self)
        self.filter = QLineEdit(self)
        self.first_steps = FirstSteps(look, self)
        self._build()
        self._wire()

    def key_hints(self) -> tuple[KeyHint, ...]:
        return (
            KeyHint("↑  ↓", "keys.folders"),
            KeyHint("Enter", "keys.open"),
            KeyHint("Esc", "keys.back"),
            KeyHint("Ctrl F", "keys.filter"),
        )

    def crumb(self) -> str:
        return self._name.text() if self.stack.currentIndex() == DETAIL else ""

    def show_part(self, part: int) -> None:
        """LIST, DETAIL or EMPTY."""
        self.stack.setCurrentIndex(part)
        self.crumb_changed.emit(self.crumb())

    def show_none_match(self, text: str) -> None:
        """Say that the filter leaves nothing."""
        self._none.setText(
            f"{t('batches.none_match', text=text)} {t('batches.none_match_hint')}" if text else ""
        )
        self._none.setVisible(bool(text))

    def show_batch(self, batch: BatchSummary, balance: str) -> None:
        """Head of one batch."""
        self._name.setText(batch.name)
        self._bar.show_steps(batch_steps(batch))
        self._balance.setText(balance)
        self._tabs[0].setText(f"{t('batches.tab_dossiers')}  {batch.dossiers:,}")
        self._tabs[1].setText(f"{t('batches.tab_ledger')}  {batch.files_offered:,}")

    def _build(self) -> None:
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self._build_list())
        self.stack.addWidget(self._build_detail())
        self.stack.addWidget(self.first_steps)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.stack)

    def _build_list(self) -> QWidget:
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(24, 18, 24, 18)
        column.setSpacing(12)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(label(t("batches.title"), size="title", parent=page))
        head.addStretch(1)
        self.filter.setPlaceholderText(t("batches.filter"))
        self.filter.setClearButtonEnabled(True)
        self.filter.setMinimumWidth(280)
        head.addWidget(self.filter)
        self._import = KeyButton(
            t("batches.import"), self._look, icon="plus", key="Ctrl 2", kind="primary", parent=page
        )
        head.addWidget(self._import)
        column.addLayout(head)
        column.addWidget(Legend(self._look, page))
        card = QFrame(page)
        card.setProperty("ground", "card")
        inner = QVBoxLayout(card)
        inner.setContentsMargins(1, 1, 1, 1)
        self._none = label(tone="dim", parent=card)
        self._none.setContentsMargins(16, 16, 16, 16)
        self._none.hide()
        inner.addWidget(self._none)
        inner.addWidget(self.list)
        column.addWidget(card, 1)
        return page

    def _build_detail(self) -> QWidget:
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(24, 14, 24, 18)
        column.setSpacing(10)
        head = QHBoxLayout()
        head.setSpacing(10)
        self._back = IconButton("arrow-left", t("go.back"), self._look, key="Esc", parent=page)
        head.addWidget(self._back)
        self._name = ElidedLabel(parent=page, size="title")
        head.addWidget(self._name, 1)
        self._balance = label(tone="dim", parent=page)
        head.addWidget(self._balance)
        column.addLayout(head)
        self._bar = StepsBar(self._look, page)
        column.addWidget(self._bar)
        column.addWidget(Legend(self._look, page))
        column.addLayout(self._build_tabs(page))
        card = QFrame(page)
        card.setProperty("ground", "card")
        inner = QVBoxLayout(card)
        inner.setContentsMargins(1, 1, 1, 1)
        self._parts = QStackedWidget(card)
        self._parts.addWidget(self.dossier_list)
        self._parts.addWidget(self.ledger_list)
        inner.addWidget(self._parts)
        column.addWidget(card, 1)
        return page

    def _build_tabs(self, page: QWidget) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(20)
        self._tab_group = QButtonGroup(self)
        self._tabs: list[QPushButton] = []
        for place in range(2):
            tab = QPushButton(page)
            tab.setProperty("tab", "true")
            tab.setCheckable(True)
            self._tab_group.addButton(tab, place)
            self._tabs.append(tab)
            row.addWidget(tab)
        self._tabs[0].setChecked(True)
        row.addStretch(1)
        return row

    def _wire(self) -> None:
        self.list.opened.connect(self.opened)
        self.dossier_list.opened.connect(self.dossier_opened)
        self.filter.textChanged.connect(self.filtered)
        self.filter.returnPressed.connect(self.focus_list)
        self._import.clicked.connect(self.import_asked)
        self._back.clicked.connect(self.left)
        self.first_steps.acted.connect(self.import_asked)
        self._tab_group.idClicked.connect(self._on_tab)
        keys = (
            ("Ctrl+F", self.filter.setFocus),
            ("Esc", self._on_escape),
            ("Alt+Left", self.left),
        )
        add_keys(self, keys)

    def focus_list(self) -> None:
        """Give the list in front the focus."""
        if self.stack.currentIndex() == LIST:
            self.give_focus(self.list)
        elif self.stack.currentIndex() == DETAIL:
            self.give_focus((self.dossier_list, self.ledger_list)[self._parts.currentIndex()])

    def _on_tab(self, place: int) -> None:
        self._parts.setCurrentIndex(place)
        self.give_focus((self.dossier_list, self.ledger_list)[self._parts.currentIndex()])

    def _on_escape(self) -> None:
        if self.stack.currentIndex() == DETAIL:
            self.left.emit()
        else:
            self.filter.clear()
            self.give_focus(self.list)


class StepsBar(QWidget):
    """The stacked bar of one batch, large."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._steps: tuple[float, ...] = ()
        self.setFixedHeight(12)

    def show_steps(self, steps: tuple[float, ...]) -> None:
        """Show these shares."""
        self._steps = steps
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = self._look.theme
        shares = tuple(zip(self._steps, step_colors(theme), strict=False))
        draw_stack(painter, QRectF(0, 1, self.width(), 10), theme.color("plain_soft"), shares)
        painter.end()


class Legend(QWidget):
    """What the steps of a stacked bar mean."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setFixedHeight(20)

    def sizeHint(self) -> QSize:
        return QSize(420, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = painter.font()
        font.setPixelSize(12)
        painter.setFont(font)
        left = 2.0
        for word, color in zip(STEP_WORDS, step_colors(self._look.theme), strict=True):
            words = t(f"batches.legend_{word}")
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawRoundedRect(QRectF(left, 5, 14, 10), 3, 3)
            painter.setPen(self._look.theme.color("dim"))
            width = painter.fontMetrics().horizontalAdvance(words)
            painter.drawText(QRectF(left + 20, 0, width + 4, 20), Qt.AlignmentFlag.AlignVCenter, words)
            left += 20 + width + 20
        painter.end()
