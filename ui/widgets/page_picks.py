"""Thumbnails among which a person picks some: Space picks the one shown, Shift and an arrow picks on the way."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QAbstractItemModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from ui.images import Images
from ui.models.row_model import ROW_ROLE
from ui.widgets.page_tiles import PageTiles, TileSize
from ui.widgets.paint import Look

ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End)


class PickTiles(PageTiles):
    """Picks are apart from the page shown: going to another page keeps them."""

    picks_changed = Signal()

    def __init__(
        self,
        model: QAbstractItemModel,
        look: Look,
        images: Images,
        size: TileSize,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(model, look, images, size, parent)
        self._picked: frozenset[int] = frozenset()

    @property
    def picked(self) -> frozenset[int]:
        """Ids of the picked pages."""
        return self._picked

    def pick(self, page_ids: Collection[int]) -> None:
        """Pick these pages and no others."""
        wanted = frozenset(page_ids)
        if wanted != self._picked:
            self._picked = self._delegate.picked = wanted
            self.viewport().update()
            self.picks_changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, modifiers = event.key(), event.modifiers()
        if key == Qt.Key.Key_Space and modifiers == Qt.KeyboardModifier.NoModifier:
            self.pick(self._picked ^ self._between(self._place(), self._place()))
            return
        has_shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        if key in ARROWS and has_shift:
            before = self._place()
            plain = QKeyEvent(event.type(), event.key(), Qt.KeyboardModifier.NoModifier)
            super().keyPressEvent(plain)
            self.pick(self._picked | self._between(before, self._place()))
            return
        super().keyPressEvent(event)

    def _place(self) -> int:
        return self.currentIndex().row()

    def _between(self, first: int, last: int) -> frozenset[int]:
        model = self.model()
        places = range(max(0, min(first, last)), max(first, last) + 1)
        rows = (model.index(place, 0).data(ROW_ROLE) for place in places)
        return frozenset(int(row.id) for row in rows if row is not None)
