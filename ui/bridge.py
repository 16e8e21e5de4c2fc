"""From commits to screens: collects what transactions touched and tells it in one Qt signal.

``Changes`` arrive in whatever thread committed; there they are only put down. The GUI thread picks them up
50 ms later in one piece, so that a fast import repaints a screen twenty times a second at most.
"""

from __future__ import annotations

import threading
from collections import defaultdict

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.events import ChangeBus, Changes

MERGE_MS = 50


class Bridge(QObject):
    """One per window."""

    changed = Signal(object)  # Changes
    _poked = Signal()

    def __init__(self, bus: ChangeBus, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._touched: dict[str, set[int]] = defaultdict(set)
        self._elsewhere = False
        self._is_poked = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(MERGE_MS)
        self._timer.timeout.connect(self._flush)
        self._poked.connect(self._timer.start, Qt.ConnectionType.QueuedConnection)
        self._unsubscribe = bus.subscribe(self._put_down)

    def close(self) -> None:
        """Stop listening."""
        self._unsubscribe()
        self._timer.stop()

    def _put_down(self, changes: Changes) -> None:
        with self._lock:
            for kind, ids in changes.touched.items():
                self._touched[kind] |= ids
            self._elsewhere = self._elsewhere or changes.is_unknown
            if self._is_poked:
                return
            self._is_poked = True
        self._poked.emit()

    def _flush(self) -> None:
        with self._lock:
            touched = {kind: frozenset(ids) for kind, ids in self._touched.items()}
            origin = "elsewhere" if self._elsewhere else ""
            self._touched.clear()
            self._elsewhere = False
            self._is_poked = False
        self.changed.emit(Changes(touched, origin=origin))
