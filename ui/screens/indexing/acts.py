"""What a person does to a folder in Indexing: confirm, take back, hold, report. Writes in threads, tells at the end."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

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

    moved_on = Signal(int)  # DossierId: it has left its place in the queue
    came_back = Signal(int)  # DossierId: it is there to be worked on
    failed = Signal(int, object)  # DossierId, Failure

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._history: list[Done] = []
        self._now: DossierId | None = None

    @property
    def is_writing(self) -> bool:
        """True while an act is being written: where to go on is known only then."""
        return self._now is not None

    def confirm(self, summary: DossierSummary, text: str, canonical: str) -> None:
        """Link the folder to the number typed."""
        call = partial(self._confirmed, Done(summary.id, summary.name, canonical), text)
        self._write(summary.id, call, self._on_confirmed)

    def take_back(self) -> None:
        """Take the last confirmation back, or say that there is none."""
        if not self._history:
            self._desk.notices.say(t("index.nothing_to_undo"))
            return
        done = self._history.pop()
        self._write(done.dossier_id, partial(self._withdrawn, done), self._on_withdrawn)

    def hold(self, summary: DossierSummary, is_on: bool) -> None:
        """Put a folder on hold, or take it off."""
        call = partial(self._desk.context.indexing.hold, summary.id, is_on)
        self._write(summary.id, call, self._on_put_aside if is_on else self._on_taken_up)
        self._desk.notices.say(t("index.held" if is_on else "index.unheld", name=summary.name))

    def report(self, summary: DossierSummary, reason: str) -> None:
        """Say what is wrong with a folder; it goes on hold."""
        call = partial(self._desk.context.indexing.report_problem, summary.id, reason)
        self._write(summary.id, call, self._on_put_aside)
        self._desk.notices.say(t("index.held", name=summary.name))

    def _confirmed(self, done: Done, text: str) -> Done:
        self._desk.context.indexing.confirm(done.dossier_id, text)
        return done

    def _write(self, dossier_id: DossierId, call: Callable[[], object], done: Callable[[Any], None]) -> None:
        self._now = dossier_id
        self._desk.tasks.write(call, done, self._on_failed)

    def _on_confirmed(self, done: Done) -> None:
        self._now = None
        self._history.append(done)
        self._desk.notices.good(t("index.confirmed", name=done.name, number=done.number))
        self.moved_on.emit(done.dossier_id)

    def _withdrawn(self, done: Done) -> Done:
        self._desk.context.indexing.withdraw(done.dossier_id)
        return done

    def _on_withdrawn(self, done: Done) -> None:
        self._now = None
        self._desk.notices.say(t("index.undone", name=done.name, number=done.number), Tone.ACCENT)
        self.came_back.emit(done.dossier_id)

    def _on_put_aside(self, _nothing: object) -> None:
        now, self._now = self._now, None
        self.moved_on.emit(now)

    def _on_taken_up(self, _nothing: object) -> None:
        now, self._now = self._now, None
        self.came_back.emit(now)

    def _on_failed(self, failure: Failure) -> None:
        now, self._now = self._now, None
        self.failed.emit(now, failure)
