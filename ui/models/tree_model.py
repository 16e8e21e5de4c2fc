"""A folder's documents and pages as one list of rows: a document, then its pages. Never reset, see RowModel."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QMimeData, QModelIndex, QObject, Qt

from app.queries.document_rows import TreeDocument, TreePage
from ui.models.row_model import ROW_ROLE, Index, RowModel

PAGES_MIME = "application/x-foliodesk-pages"
LOOSE = 0
"""Row id of the pages that are in no document."""


@dataclass(frozen=True, slots=True)
class TreeRow:
    """One row. id: of a page, or minus that of a document. page None: the row of the document itself."""

    id: int
    document: TreeDocument
    page: TreePage | None = None
    is_open: bool = True

    @property
    def document_id(self) -> int | None:
        """The document it belongs to."""
        return None if self.document.id is None else int(self.document.id)


def tree_rows(documents: Iterable[TreeDocument], closed: Collection[int] = ()) -> list[TreeRow]:
    """Rows of documents; closed: row ids of documents whose pages are not shown."""
    rows: list[TreeRow] = []
    for document in documents:
        row_id = LOOSE if document.id is None else -int(document.id)
        is_open = row_id not in closed
        rows.append(TreeRow(row_id, document, None, is_open))
        if is_open:
            rows += [TreeRow(int(page.page.id), document, page) for page in document.pages]
    return rows


class TreeModel(RowModel[TreeRow]):
    """Rows that can be dragged: pages onto documents or between pages."""

    def __init__(self, words: object, parent: QObject | None = None) -> None:
        assert callable(words)
        super().__init__(lambda row: row.id, words, parent)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        row = index.data(ROW_ROLE) if index.isValid() else None
        if row is None:
            return flags
        return (
            flags
            | Qt.ItemFlag.ItemIsDropEnabled
            | (Qt.ItemFlag.ItemIsDragEnabled if row.page is not None else Qt.ItemFlag.NoItemFlags)
        )

    def mimeTypes(self) -> list[str]:
        return [PAGES_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        rows = [index.data(ROW_ROLE) for index in sorted(indexes, key=lambda each: each.row())]
        ids = [str(row.id) for row in rows if row is not None and row.page is not None]
        told = QMimeData()
        told.setData(PAGES_MIME, ",".join(ids).encode("ascii"))
        return told

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction


def dragged_pages(told: QMimeData) -> list[int]:
    """Ids of the pages that are being dragged."""
    text = bytes(told.data(PAGES_MIME).data()).decode("ascii")
    return [int(part) for part in text.split(",") if part.isdigit()]
