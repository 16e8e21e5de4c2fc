"""What a person does to a folder in Indexing: confirm, take back, hold, report. Writes in threads, tells at the end."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from app.domain.ids import DossierId
from app.queries.rows import DossierSummary
from ui.desk import Desk
from ui.screens.indexing.queue import Done
from ui.tasks import Failure
from ui.texts import t
from ui.theme import Tone


class IndexingActs(QObject):
    """Remembers what can be taken back; one write at a time."""

    moved_on = Signal()  # the folder has left the queue, or come back to it
    failed = Signal(object)  # Failure

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._history: list[Done] = []
        self._is_confirming = False

    @property
    def is_confirming(self) -> bool:
        """True while a confirmation is being written."""
        return self._is_confirming

    def confirm(self, summary: DossierSummary, text: str, canonical: str) -> None:
        """Link the folder to the number typed."""
        self._is_confirming = True
        call = partial(self._confirmed, Done(summary.id, summary.name, canonical), text)
        self._desk.tasks.run(call, self._on_confirmed, self._on_failed)

    def take_back(self) -> DossierId | None:
        """Take the last confirmation back; its folder, or None when there is none."""
        if not self._history:
            self._desk.notices.say(t("index.nothing_to_undo"))
            return None
        done = self._history.pop()
        self._desk.tasks.run(partial(self._withdrawn, done), self._on_withdrawn, self._on_failed)
        return done.dossier_id

    def hold(self, summary: DossierSummary, is_on: bool) -> None:
        """Put a folder on hold, or take it off."""
        call = partial(self._desk.context.indexing.hold, summary.id, is_on)
        self._desk.tasks.run(call, self._on_put_aside, self._on_failed)
        self._desk.notices.say(t("index.held" if is_on else "index.unheld", name=summary.name))

    def report(self, summary: DossierSummary, reason: str) -> None:
        """Say what is wrong with a folder; it goes on hold."""
        call = partial(self._desk.context.indexing.report_problem, summary.id, reason)
        self._desk.tasks.run(call, self._on_put_aside, self._on_failed)
        self._desk.notices.say(t("index.held", name=summary.name))

    def _confirmed(self, done: Done, text: str) -> Done:
        self._desk.context.indexing.confirm(done.dossier_id, text)
        return done

    def _on_confirmed(self, done: Done) -> None:
        self._is_confirming = False
        self._history.append(done)
        self._desk.notices.good(t("index.confirmed", name=done.name, number=done.number))
        self.moved_on.emit()

    def _withdrawn(self, done: Done) -> Done:
        self._desk.context.indexing.withdraw(done.dossier_id)
        return done

    def _on_withdrawn(self, done: Done) -> None:
        self._desk.notices.say(t("index.undone", name=done.name, number=done.number), Tone.ACCENT)
        self.moved_on.emit()

    def _on_put_aside(self, _nothing: object) -> None:
        self.moved_on.emit()

    def _on_failed(self, failure: Failure) -> None:
        self._is_confirming = False
        self.failed.emit(failure)
