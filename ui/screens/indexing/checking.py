"""Asks, in a thread and a moment after the last key, what is known of the number in the field."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.ids import DossierId
from app.queries.rows import DossierSummary
from ui.desk import Desk
from ui.tasks import Failure

if TYPE_CHECKING:
    from app.services.indexing import NumberCheck

CHECK_AFTER_MS = 150


class NumberChecker(QObject):
    """Answers by signal; what they speak of may be past by then."""

    asked = Signal()  # time to ask: whoever holds the number calls ask
    checked = Signal(int, str, object)  # dossier, text, NumberCheck
    failed = Signal(object)  # Failure

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(CHECK_AFTER_MS)
        self._timer.timeout.connect(self.asked)

    def ask_soon(self) -> None:
        """Ask once no key came for a moment."""
        self._timer.start()

    def ask(self, text: str, summary: DossierSummary) -> None:
        """Ask now."""
        self._timer.stop()
        call = partial(self._check, text, summary.office, summary.id)
        self._desk.tasks.run(call, self._on_checked, self._on_failed)

    def _check(self, text: str, office: str, dossier_id: DossierId) -> tuple[DossierId, str, NumberCheck]:
        return dossier_id, text, self._desk.context.indexing.check_number(text, office, dossier_id)

    def _on_checked(self, answer: tuple[DossierId, str, NumberCheck]) -> None:
        self.checked.emit(*answer)

    def _on_failed(self, failure: Failure) -> None:
        self.failed.emit(failure)
