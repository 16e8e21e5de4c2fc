"""The left pane of Indexing: the folders that wait, and below them the documents of the one in front."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from app.queries.rows import DossierSummary
from ui.images import Images
from ui.models.row_model import RowModel
from ui.screens.faces import to_index_face
from ui.screens.keying.kinds import KindBar
from ui.screens.screen import Screen
from ui.texts import t
from ui.widgets.buttons import IconButton, KeyButton
from ui.widgets.document_tree import DocumentTree
from ui.widgets.head_row import head_row
from ui.widgets.labels import label
from ui.widgets.paint import Look
from ui.widgets.row_list import RowList


class LeftPane(QFrame):
    """Lays out; what is chosen in it is told by its list and its tree."""

    def __init__(self, model: RowModel[DossierSummary], look: Look, images: Images, parent: Screen) -> None:
        super().__init__(parent)
        self._look = look
        self.setProperty("ground", "panel")
        self.setMinimumWidth(186)
        self.list = RowList(model, look, to_index_face, parent=self)
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.tree = DocumentTree(look, images, self)
        self.kinds = KindBar(parent)
        self._position = label(tone="dim", size="strong", parent=self)
        self.proven_words = label(tone="dim", wrap=True, parent=self)
        self.proven_button = KeyButton("", look, key="F9", kind="quiet", parent=self)
        self.characters_button = IconButton("compare", t("wall.title"), look, parent=self)
        self.characters_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._proven = self._build_proven()
        self._build()

    def show_position(self, text: str) -> None:
        """Where in the queue."""
        self._position.setText(text)

    def show_proven(self, count: int, are_shown: bool) -> None:
        """The line about folders that needed nobody."""
        self._proven.setVisible(count > 0)
        words = t("index.hide_proven") if are_shown else t("index.show_proven")
        self.proven_words.setText(t("index.proven", n=count))
        self.proven_button.setText(words)

    def _build(self) -> None:
        queue = QWidget(self)
        column = QVBoxLayout(queue)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        aside = QWidget(queue)
        row = QHBoxLayout(aside)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._position)
        row.addWidget(self.characters_button)
        column.addWidget(head_row(queue, label(t("index.title"), size="head", parent=queue), aside))
        column.addWidget(self.kinds)
        column.addWidget(self.list, 1)
        column.addWidget(self._proven)
        self.tree.setProperty("edge", "top")
        self.tree.setMinimumHeight(120)
        split = QSplitter(Qt.Orientation.Vertical, self)
        split.setChildrenCollapsible(False)
        split.addWidget(queue)
        split.addWidget(self.tree)
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 1)
        split.setSizes([300, 320])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(split)

    def _build_proven(self) -> QFrame:
        proven = QFrame(self)
        proven.setProperty("edge", "top")
        inner = QVBoxLayout(proven)
        inner.setContentsMargins(16, 10, 12, 8)
        inner.setSpacing(2)
        inner.addWidget(self.proven_words)
        inner.addWidget(self.proven_button, 0, Qt.AlignmentFlag.AlignLeft)
        return proven
