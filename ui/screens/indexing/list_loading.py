"""Reads the lists of the queue in a thread, once at a time; asked again meanwhile, once more after."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from ui.desk import Desk
from ui.screens.indexing.queue import Ask, Lists, read_lists
from ui.tasks import Failure


class ListLoading(QObject):
    """Tells of Lists by signal."""

    loaded = Signal(object)
    failed = Signal()

    def __init__(self, desk: Desk, ask: Callable[[], Ask], parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._ask = ask
        self._is_loading = False
        self._is_stale = False

    def load(self) -> None:
        """Read them now, or again when they are being read."""
        self._is_stale = self._is_loading
        if not self._is_loading:
            self._is_loading = True
            call = partial(read_lists, self._desk.reading, self._ask())
            self._desk.tasks.run(call, self._on_lists, self._on_failed)

    def _on_lists(self, lists: Lists) -> None:
        self._is_loading = False
        self.loaded.emit(lists)
        if self._is_stale:
            self.load()

    def _on_failed(self, failure: Failure) -> None:
        self._is_loading = False
        self.failed.emit()
        self._desk.notices.failure(failure)
