"""The rows of a document tree as a list: which key asks for what, dragging, and what is dropped where."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QDropEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from ui.images import Images
from ui.models.row_model import ROW_ROLE
from ui.models.tree_model import TreeModel, TreeRow, dragged_pages
from ui.texts import t
from ui.widgets.paint import Look
from ui.widgets.tree_delegate import TreeDelegate

CARRY = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
STEP = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier

_KEYS: Mapping[tuple[int, Qt.KeyboardModifier], str] = {
    (int(Qt.Key.Key_Insert), Qt.KeyboardModifier.NoModifier): "split",
    (int(Qt.Key.Key_Backspace), Qt.KeyboardModifier.NoModifier): "merge",
    (int(Qt.Key.Key_Delete), Qt.KeyboardModifier.NoModifier): "exclude",
    (int(Qt.Key.Key_Delete), Qt.KeyboardModifier.ShiftModifier): "of_another",
    (int(Qt.Key.Key_F2), Qt.KeyboardModifier.NoModifier): "kind",
    (int(Qt.Key.Key_Return), Qt.KeyboardModifier.NoModifier): "kind",
    (int(Qt.Key.Key_Enter), Qt.KeyboardModifier.KeypadModifier): "kind",
    (int(Qt.Key.Key_F2), Qt.KeyboardModifier.ControlModifier): "date",
    (int(Qt.Key.Key_F2), Qt.KeyboardModifier.ShiftModifier): "link",
    (int(Qt.Key.Key_Insert), Qt.KeyboardModifier.ShiftModifier): "insert",
    (int(Qt.Key.Key_Insert), Qt.KeyboardModifier.ControlModifier): "replace",
    (int(Qt.Key.Key_Right), Qt.KeyboardModifier.NoModifier): "open",
    (int(Qt.Key.Key_Left), Qt.KeyboardModifier.NoModifier): "close",
    (int(Qt.Key.Key_Up), CARRY): "to_previous",
    (int(Qt.Key.Key_Down), CARRY): "to_next",
    (int(Qt.Key.Key_Up), STEP): "step_up",
    (int(Qt.Key.Key_Down), STEP): "step_down",
    (int(Qt.Key.Key_Backspace), Qt.KeyboardModifier.AltModifier): "undo",
    (int(Qt.Key.Key_Backspace), STEP): "redo",
    (int(Qt.Key.Key_Z), Qt.KeyboardModifier.ControlModifier): "undo",
    (int(Qt.Key.Key_Y), Qt.KeyboardModifier.ControlModifier): "redo",
}


class TreeList(QListView):
    """The rows; keys that act are told by name, all others are a list's."""

    pressed_key = Signal(str)
    typed = Signal(str)
    dropped = Signal(list, int)

    def __init__(self, model: TreeModel, look: Look, images: Images, parent: QWidget) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.delegate = TreeDelegate(look, images, self)
        self.setItemDelegate(self.delegate)
        self.setAccessibleName(t("tree.title"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setDropIndicatorShown(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setMinimumWidth(186)
        images.arrived.connect(self._on_arrived)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        name = _KEYS.get((int(event.key()), event.modifiers()))
        if name is not None:
            self.pressed_key.emit(name)
            return
        text = event.text()
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
        if text.strip() and text.isprintable() and plain:
            self.typed.emit(text)
            return
        super().keyPressEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell what was dropped before which row; the rows move when the change has been written."""
        page_ids = dragged_pages(event.mimeData())
        index = self.indexAt(event.position().toPoint())
        row = index.data(ROW_ROLE) if index.isValid() else None
        if row is None and self.model().rowCount():
            row = self.model().index(self.model().rowCount() - 1, 0).data(ROW_ROLE)
            row = None if row is None else TreeRow(-(row.document_id or 0), row.document)
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        if page_ids and row is not None:
            self.dropped.emit(page_ids, row.id)

    def event(self, event) -> bool:  # type: ignore[no-untyped-def]  # Qt hands over any event
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and (int(event.key()), event.modifiers()) in _KEYS
        ):
            event.accept()  # the screen behind has shortcuts on some of these keys; here they are the tree's
            return True
        return super().event(event)

    def _on_arrived(self, _picture: object) -> None:
        self.viewport().update()
