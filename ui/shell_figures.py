"""The figures around the screens: what runs, what waits, the register. Read in a thread each second and on commits."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from app.events import Changes
from app.queries.rows import RegisterInfo, WaitingCounts, WorkStatus
from ui.desk import Desk
from ui.tasks import Failure

EVERY_MS = 1_000


@dataclass(frozen=True, slots=True)
class Figures:
    """One reading."""

    status: WorkStatus
    waiting: WaitingCounts
    register: RegisterInfo


class FigureReader(QObject):
    """One per window; reads one at a time."""

    read = Signal(object)  # Figures

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._is_reading = False
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.read_now)
        desk.bridge.changed.connect(self._on_changes)

    def start(self) -> None:
        """Read now and from now on."""
        self._timer.start()
        self.read_now()

    def stop(self) -> None:
        """Read no more."""
        self._timer.stop()

    def read_now(self) -> None:
        """Read, unless a reading is under way."""
        if not self._is_reading:
            self._is_reading = True
            self._desk.tasks.run(self._figures, self._on_figures, self._on_failed)

    def _figures(self) -> Figures:
        reading = self._desk.reading
        return Figures(reading.work(), reading.waiting(), reading.register_info())

    def _on_changes(self, _changes: Changes) -> None:
        self.read_now()

    def _on_figures(self, figures: Figures) -> None:
        self._is_reading = False
        self.read.emit(figures)

    def _on_failed(self, failure: Failure) -> None:
        self._is_reading = False
        self._desk.notices.failure(failure)
