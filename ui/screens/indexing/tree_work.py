"""The documents of the folder in front, in the left pane of Indexing: what is chosen there is shown, and the other way round.

Which page each field stands on is told at the pages. The tree and its acts are those of Review.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut

from app.domain.ids import DossierId, PageId
from app.events import Changes
from app.queries.rows import CandidateSighting, PageDetail
from ui import texts
from ui.desk import Desk
from ui.document_acts import DocumentActs
from ui.screens.indexing.fields_presenter import FieldsPresenter
from ui.texts import t

if TYPE_CHECKING:
    from ui.screens.indexing.view import IndexingView


class TreeWork(QObject):
    """Keeps tree, page and fields together."""

    def __init__(self, desk: Desk, view: IndexingView, fields: FieldsPresenter) -> None:
        super().__init__(view)
        self._view = view
        self._tree = view.left.tree
        self._fields = fields
        self._acts = DocumentActs(desk, self._tree, self)
        self._shown: DossierId | None = None
        self._number: CandidateSighting | None = None
        view.viewer.page_shown.connect(self._on_page)
        view.documents_asked.connect(self._on_asked)
        self._tree.page_chosen.connect(self._on_chosen)
        fields.read.connect(self._tell_places)
        desk.bridge.changed.connect(self._on_changes)
        back = QShortcut(QKeySequence("Esc"), self._tree)
        back.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        back.activated.connect(view.focus_number)

    def point(self, number: CandidateSighting | None) -> None:
        """Where the number of the folder in front stands."""
        self._number = number
        self._tell_places()

    def close(self) -> None:
        """No folder is in front."""
        self._shown = None
        self._acts.show(None)

    def _on_page(self, page: PageDetail) -> None:
        summary = page.summary
        if summary.dossier_id != self._shown:
            self._shown = summary.dossier_id
            self._acts.show(summary.dossier_id, summary.id)
        else:
            self._acts.choose_page(summary.id)

    def _on_chosen(self, page_id: int) -> None:
        """Only what a person chooses: while the tree is filled it chooses by itself."""
        shown = self._view.viewer.detail
        if self._tree.list.hasFocus() and (shown is None or shown.summary.id != page_id):
            self._view.viewer.show_page(PageId(page_id))

    def _on_asked(self) -> None:
        if self._tree.list.hasFocus():
            self._view.focus_number()
        elif not self._view.picker.isVisible():
            self._view.give_focus(self._tree.list)

    def _on_changes(self, changes: Changes) -> None:
        concerned = {"dossier", "page", "document"} & set(changes.touched)
        if self._view.isVisible() and (changes.is_unknown or concerned):
            self._acts.renew()

    def _tell_places(self) -> None:
        """Say at each page which fields were read there; the number first."""
        places: dict[int, list[str]] = {}
        if self._number is not None:
            places.setdefault(int(self._number.page_id), []).append(t("tree.number_here"))
        for field, page_id in self._fields.places().items():
            places.setdefault(int(page_id), []).append(texts.explain("field", field.value))
        self._tree.tell_places({page_id: ", ".join(words) for page_id, words in places.items()})
