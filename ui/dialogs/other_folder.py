"""The other folder a number is bound to, beside the one in front: what it is, and its pages. Nothing can be done to it here."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.queries.document_rows import NumberHolder
from ui import texts
from ui.desk import Desk
from ui.texts import t
from ui.widgets.buttons import KeyButton
from ui.widgets.keys import add_keys
from ui.widgets.labels import label
from ui.widgets.page_viewer import PageViewer
from ui.widgets.paint import Look

KEY = "Shift+F7"


class OtherFolderDialog(QDialog):
    """Shows one folder after the other, each with its pages; Esc goes back."""

    def __init__(
        self, desk: Desk, look: Look, holders: Sequence[NumberHolder], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._holders = tuple(holders)
        self._place = 0
        self.setWindowTitle(t("other.title"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 14, 0, 0)
        self.head = label(size="head", parent=self)
        self.facts = label(tone="dim", wrap=True, parent=self)
        head = QHBoxLayout()
        head.setContentsMargins(18, 0, 18, 8)
        words = QVBoxLayout()
        words.addWidget(self.head)
        words.addWidget(self.facts)
        head.addLayout(words, 1)
        leave = KeyButton(t("go.close"), look, key="Esc", parent=self)
        leave.clicked.connect(self.reject)
        head.addWidget(leave)
        self.viewer = PageViewer(desk, look, self)
        column.addLayout(head)
        column.addWidget(self.viewer, 1)
        add_keys(
            self, ((KEY, self._on_next), ("PgUp", self._on_page_before), ("PgDown", self._on_page_after))
        )
        if parent is not None:
            self.resize(parent.size() * 0.86)
        self._show()

    def _show(self) -> None:
        holder = self._holders[self._place]
        self.head.setText(holder.name)
        parts = [
            holder.batch_name,
            t("count.pages", n=holder.pages),
            texts.state(holder.state),
            t("other.linked", who=holder.linked_by, when=texts.moment(holder.linked_at)),
        ]
        if holder.by_document is not None:
            parts.append(t("other.by_document"))
        if len(self._holders) > 1:
            parts.append(t("other.place", place=self._place + 1, count=len(self._holders)))
        self.facts.setText(" · ".join(parts))
        self.viewer.show_pages(self._desk.reading.pages(dossier_id=holder.dossier_id), holder.first_page)

    def _on_next(self) -> None:
        """The next of them; after the last one back to the folder in front."""
        self._place += 1
        if self._place >= len(self._holders):
            self.reject()
        else:
            self._show()

    def _on_page_before(self) -> None:
        self.viewer.step(-1)

    def _on_page_after(self) -> None:
        self.viewer.step(1)
