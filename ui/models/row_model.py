"""One list model for all screens: holds ids and their latest rows, changes only what changed.

``replace`` and ``show_ids`` compare the new order with the old one and emit inserts, removes and moves, never a
reset, so that selection, focus and scroll position survive every refresh. A list may be longer than anybody
looks at: ``show_ids`` gives the order alone, and rows are asked for where they are seen (see RowPages).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

Row = TypeVar("Row")
ROW_ROLE = int(Qt.ItemDataRole.UserRole) + 1
ID_ROLE = ROW_ROLE + 1
Index = QModelIndex | QPersistentModelIndex

MOST_MISSED = 200
"""More rows are not seen at once; a search by letter asks for every row, and only the last count."""


class RowModel(QAbstractListModel, Generic[Row]):
    """Rows by id, in order."""

    missed = Signal()  # a row was looked at that is not here: see take_missed

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
        self._known: set[int] = set()
        self._rows: dict[int, Row] = {}
        self._missed: deque[int] = deque(maxlen=MOST_MISSED)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's signature
        return 0 if parent.isValid() else len(self._ids)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid() or index.row() >= len(self._ids):
            return None
        row_id = self._ids[index.row()]
        if role == ID_ROLE:
            return row_id
        if role not in (ROW_ROLE, Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        row = self._rows.get(row_id)
        if row is None:
            if not self._missed:
                self.missed.emit()
            self._missed.append(row_id)
            return None if role == ROW_ROLE else ""
        return row if role == ROW_ROLE else self._words(row)

    @property
    def ids(self) -> tuple[int, ...]:
        """All ids in order."""
        return tuple(self._ids)

    @property
    def held(self) -> tuple[int, ...]:
        """Ids of the rows that are here, those read last at the end."""
        return tuple(self._rows)

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows that are here, in order."""
        return tuple(self._rows[row_id] for row_id in self._ids if row_id in self._rows)

    def row(self, position: int) -> Row | None:
        """The row at a position, None outside or when it is not here."""
        return self._rows.get(self._ids[position]) if 0 <= position < len(self._ids) else None

    def row_of(self, row_id: int) -> Row | None:
        """The row of an id, None when it is not here."""
        return self._rows.get(row_id)

    def index_of(self, row_id: int) -> QModelIndex:
        """Where an id stands; invalid when it does not."""
        return self.index(self._ids.index(row_id), 0) if row_id in self._known else QModelIndex()

    def replace(self, rows: Iterable[Row]) -> None:
        """Show exactly these rows in this order."""
        fresh = {self._key(row): row for row in rows}
        self._arrange(list(fresh), fresh)

    def show_ids(self, ids: Sequence[int], rows: Iterable[Row] = ()) -> None:
        """Show these ids in this order; rows: those that were read with them."""
        self._arrange(list(ids), {self._key(row): row for row in rows})

    def take_missed(self) -> tuple[int, ...]:
        """Ids of rows that were looked at and are not here, the last looks first, each once."""
        missed = tuple(dict.fromkeys(reversed(self._missed)))
        self._missed.clear()
        return tuple(row_id for row_id in missed if row_id in self._known and row_id not in self._rows)

    def keep_only(self, ids: Iterable[int]) -> None:
        """Forget all rows but these; what is looked at again is asked for again."""
        kept = set(ids)
        self._rows = {row_id: row for row_id, row in self._rows.items() if row_id in kept}

    def update(self, rows: Iterable[Row]) -> None:
        """Renew or fill in rows whose ids are shown; unknown ones are passed over."""
        changed = []
        for row in rows:
            row_id = self._key(row)
            if row_id in self._known and self._rows.get(row_id) != row:
                self._rows[row_id] = row
                changed.append(row_id)
        self._tell(changed)

    def append(self, rows: Sequence[Row]) -> None:
        """Add rows at the end."""
        fresh = {self._key(row): row for row in rows if self._key(row) not in self._known}
        if fresh:
            self.beginInsertRows(QModelIndex(), len(self._ids), len(self._ids) + len(fresh) - 1)
            self._ids += fresh
            self._known |= fresh.keys()
            self._rows |= fresh
            self.endInsertRows()

    def _arrange(self, wanted_ids: list[int], fresh: Mapping[int, Row]) -> None:
        self._remove_missing(set(wanted_ids))
        kept = [row_id for row_id in wanted_ids if row_id in self._known]
        if kept != self._ids:
            self._reorder(kept)
        self._insert_new(wanted_ids, fresh)
        self.update(fresh.values())

    def _remove_missing(self, wanted: set[int]) -> None:
        if self._known <= wanted:
            return
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
                self._known.discard(row_id)
                self._rows.pop(row_id, None)
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

    def _insert_new(self, wanted_ids: list[int], fresh: Mapping[int, Row]) -> None:
        if len(wanted_ids) == len(self._ids):
            return  # all are here already
        place = 0
        while place < len(wanted_ids):
            if wanted_ids[place] in self._known:
                place += 1
                continue
            end = place
            while end + 1 < len(wanted_ids) and wanted_ids[end + 1] not in self._known:
                end += 1
            self.beginInsertRows(QModelIndex(), place, end)
            run = wanted_ids[place : end + 1]
            self._ids[place:place] = run
            self._known.update(run)
            self._rows.update((row_id, fresh[row_id]) for row_id in run if row_id in fresh)
            self.endInsertRows()
            place = end + 1

    def _tell(self, changed: Sequence[int]) -> None:
        if len(changed) > 50:  # one signal for all is cheaper than a search for each
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._ids) - 1, 0))
            return
        for row_id in changed:
            index = self.index_of(row_id)
            self.dataChanged.emit(index, index)
