"""One list model for all screens: holds ids and their latest rows, changes only what changed.

``replace`` compares the new order with the old one and emits inserts, removes and moves, never a reset, so
that selection, focus and scroll position survive every refresh.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

Row = TypeVar("Row")
ROW_ROLE = int(Qt.ItemDataRole.UserRole) + 1
Index = QModelIndex | QPersistentModelIndex


class RowModel(QAbstractListModel, Generic[Row]):
    """Rows by id, in order."""

    def __init__(
        self,
        key: Callable[[Row], int],
        words: Callable[[Row], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._key = key
        self._words = words
        self._ids: list[int] = []
        self._rows: dict[int, Row] = {}

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's signature
        return 0 if parent.isValid() else len(self._ids)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid() or index.row() >= len(self._ids):
            return None
        row = self._rows[self._ids[index.row()]]
        if role == ROW_ROLE:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._words(row)
        return None

    @property
    def ids(self) -> tuple[int, ...]:
        """All ids in order."""
        return tuple(self._ids)

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows in order."""
        return tuple(self._rows[row_id] for row_id in self._ids)

    def row(self, position: int) -> Row | None:
        """The row at a position, None outside."""
        return self._rows[self._ids[position]] if 0 <= position < len(self._ids) else None

    def row_of(self, row_id: int) -> Row | None:
        """The row of an id."""
        return self._rows.get(row_id)

    def index_of(self, row_id: int) -> QModelIndex:
        """Where an id stands; invalid when it does not."""
        return self.index(self._ids.index(row_id), 0) if row_id in self._rows else QModelIndex()

    def replace(self, rows: Iterable[Row]) -> None:
        """Show exactly these rows in this order."""
        wanted = list(rows)
        wanted_ids = [self._key(row) for row in wanted]
        fresh = dict(zip(wanted_ids, wanted, strict=True))
        self._remove_missing(set(fresh))
        kept = [row_id for row_id in wanted_ids if row_id in self._rows]
        if kept != self._ids:
            self._reorder(kept)
        changed = [row_id for row_id in kept if self._rows[row_id] != fresh[row_id]]
        for row_id in changed:
            self._rows[row_id] = fresh[row_id]
        self._insert_new(wanted_ids, fresh)
        self._tell(changed)

    def update(self, rows: Iterable[Row]) -> None:
        """Renew rows that are shown; unknown ones are passed over."""
        changed = []
        for row in rows:
            row_id = self._key(row)
            if row_id in self._rows and self._rows[row_id] != row:
                self._rows[row_id] = row
                changed.append(row_id)
        self._tell(changed)

    def append(self, rows: Sequence[Row]) -> None:
        """Add rows at the end."""
        fresh = [row for row in rows if self._key(row) not in self._rows]
        if fresh:
            self.beginInsertRows(QModelIndex(), len(self._ids), len(self._ids) + len(fresh) - 1)
            for row in fresh:
                self._ids.append(self._key(row))
                self._rows[self._key(row)] = row
            self.endInsertRows()

    def _remove_missing(self, wanted: set[int]) -> None:
        last = len(self._ids) - 1
        while last >= 0:
            if self._ids[last] in wanted:
                last -= 1
                continue
            first = last
            while first > 0 and self._ids[first - 1] not in wanted:
                first -= 1
            self.beginRemoveRows(QModelIndex(), first, last)
            for row_id in self._ids[first : last + 1]:
                del self._rows[row_id]
            del self._ids[first : last + 1]
            self.endRemoveRows()
            last = first - 1

    def _reorder(self, kept: list[int]) -> None:
        self.layoutAboutToBeChanged.emit()
        before = [(index, self._ids[index.row()]) for index in self.persistentIndexList()]
        self._ids = kept
        places = {row_id: place for place, row_id in enumerate(kept)}
        for index, row_id in before:
            self.changePersistentIndex(index, self.index(places[row_id], 0))
        self.layoutChanged.emit()

    def _insert_new(self, wanted_ids: list[int], fresh: dict[int, Row]) -> None:
        place = 0
        while place < len(wanted_ids):
            if wanted_ids[place] in self._rows:
                place += 1
                continue
            end = place
            while end + 1 < len(wanted_ids) and wanted_ids[end + 1] not in self._rows:
                end += 1
            self.beginInsertRows(QModelIndex(), place, end)
            run = wanted_ids[place : end + 1]
            self._ids[place:place] = run
            self._rows.update((row_id, fresh[row_id]) for row_id in run)
            self.endInsertRows()
            place = end + 1

    def _tell(self, changed: Sequence[int]) -> None:
        if len(changed) > 50:  # one signal for all is cheaper than a search for each
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._ids) - 1, 0))
            return
        for row_id in changed:
            index = self.index_of(row_id)
            self.dataChanged.emit(index, index)
