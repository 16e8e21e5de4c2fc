"""Long lists by small pages: the order of all ids is known, rows are read in a thread where they are seen.

A list of 100,000 folders costs its ids; what a person looks at costs a page of rows. What a commit touched is read
again with the next order of the list, so that both arrive together.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from app.events import Changes
from ui.models.row_model import RowModel
from ui.tasks import Failure, Tasks

Row = TypeVar("Row")

AROUND = 30
"""Rows read before and after one that is seen: two screens of them."""

MOST_KEPT = 600
"""Rows held; more were scrolled past, and reading them again on a change would be for nobody."""


def due_or_first(due: Sequence[int], ids: Sequence[int]) -> Sequence[int]:
    """What to read with an order: what is due, or the rows a list begins with when none is here yet."""
    return due or ids[: 2 * AROUND]


class RowPages(QObject, Generic[Row]):
    """Fills one RowModel; tells by ``filled`` when rows that were missed are here. kind: under which name commits tell of its rows, "" when they do not."""

    filled = Signal()

    def __init__(
        self,
        tasks: Tasks,
        model: RowModel[Any],
        read: Callable[[Sequence[int]], Iterable[Row]],
        *,
        kind: str = "",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent or model)
        self._tasks = tasks
        self._model = model
        self._read = read
        self._kind = kind
        self._touched: set[int] = set()
        self._is_all_touched = False
        self._in_vain: set[int] = set()
        self._is_reading = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._ask)
        model.missed.connect(self._timer.start)

    def note(self, changes: Changes) -> None:
        """Remember what a commit touched."""
        if changes.is_unknown or not self._kind:
            self._is_all_touched = True
        else:
            self._touched |= changes.touched.get(self._kind, frozenset())

    def note_all(self) -> None:
        """Every row may have changed."""
        self._is_all_touched = True

    def take_due(self, besides: Collection[int] = ()) -> tuple[int, ...]:
        """Ids of rows that are here and must be read again, and besides; the rest of what is here stays."""
        due = self._model.held
        if not self._is_all_touched:
            due = tuple(row_id for row_id in due if row_id in self._touched)
        elif len(due) > MOST_KEPT:
            due = due[-MOST_KEPT:]
            self._model.keep_only(due)
        self._touched.clear()
        self._is_all_touched = False
        return tuple(dict.fromkeys((*besides, *due)))

    def show(self, ids: Sequence[int], rows: Iterable[Row] = ()) -> None:
        """Show this order, with the rows that were read with it."""
        self._in_vain.clear()
        self._model.show_ids(ids, rows)

    def _ask(self) -> None:
        if self._is_reading:
            return  # asked again when its answer is here
        missed = [row_id for row_id in self._model.take_missed() if row_id not in self._in_vain]
        if not missed:
            return
        self._is_reading = True
        wanted = self._around(missed)
        call = partial(self._answer, wanted)
        self._tasks.run(call, self._on_read, self._on_failed)

    def _answer(self, wanted: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[Row, ...]]:
        return wanted, tuple(self._read(wanted))

    def _on_read(self, answer: tuple[tuple[int, ...], tuple[Row, ...]]) -> None:
        self._is_reading = False
        wanted, rows = answer
        self._model.update(rows)
        # Gone since the order was read: the next order is on its way and will not name them.
        self._in_vain.update(row_id for row_id in wanted if self._model.row_of(row_id) is None)
        self._timer.start()
        self.filled.emit()

    def _on_failed(self, failure: Failure) -> None:
        self._is_reading = False
        self._tasks.failed.emit(failure)

    def _around(self, missed: Sequence[int]) -> tuple[int, ...]:
        """The rows missed and those near the last one looked at, as far as they are not here."""
        ids = self._model.ids
        place = ids.index(missed[0])
        near = ids[max(0, place - AROUND) : place + AROUND + 1]
        wanted = dict.fromkeys((*missed, *near))
        return tuple(row_id for row_id in wanted if self._model.row_of(row_id) is None)
