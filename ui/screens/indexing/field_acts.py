"""What a person does to fields, written one act after the other in threads, so that no key waits for the disk."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.field_kinds import DossierField
from app.domain.ids import DossierId
from ui.desk import Desk
from ui.screens.indexing.picking import Picked
from ui.tasks import Failure

if TYPE_CHECKING:
    from app.services.fields import FieldBefore


@dataclass(frozen=True, slots=True)
class _Act:
    dossier_id: DossierId
    field: DossierField
    call: Callable[[], FieldBefore | None] | None  # None: take the last act on this dossier back


class FieldActs(QObject):
    """A line of acts. When one fails, those behind it for the same dossier fail too: they were meant on top of it."""

    kept = Signal()  # everything asked for is written
    undone = Signal(object)  # DossierField
    failed = Signal(int, object, object)  # DossierId, DossierField, Failure

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._line: deque[_Act] = deque()
        self._now: _Act | None = None
        self._history: list[FieldBefore] = []

    @property
    def is_idle(self) -> bool:
        """True when nothing waits to be written."""
        return self._now is None and not self._line

    def accept(self, dossier_id: DossierId, field: DossierField, seen: str) -> None:
        """A person says the value seen is right."""
        call = partial(self._desk.context.fields.accept, dossier_id, field, seen)
        self._push(_Act(dossier_id, field, call))

    def put(
        self, dossier_id: DossierId, field: DossierField, text: str, *, seen: str, picked: Picked | None
    ) -> None:
        """A person gives a value for the one seen; picked: where it was taken from."""
        from app.services.fields import PickedPlace

        place = None if picked is None else PickedPlace(picked.page_id, picked.boxes, picked.certainty)
        call = partial(self._desk.context.fields.put, dossier_id, field, text, place, seen)
        self._push(_Act(dossier_id, field, call))

    def take_back(self, dossier_id: DossierId) -> bool:
        """Take the last act on this dossier back; False when there is none."""
        coming = next(
            (each for each in (*self._line, self._now) if each and each.dossier_id == dossier_id), None
        )
        last = coming or self._last(dossier_id)
        if last is None:
            return False
        self._push(_Act(dossier_id, last.field, None))  # behind what is still being written
        return True

    def _last(self, dossier_id: DossierId) -> FieldBefore | None:
        return next((each for each in reversed(self._history) if each.dossier_id == dossier_id), None)

    def _restore(self, before: FieldBefore) -> None:
        self._desk.context.fields.restore(before)

    def _push(self, act: _Act) -> None:
        self._line.append(act)
        self._go_on()

    def _go_on(self) -> None:
        while self._now is None and self._line:
            act = self._line.popleft()
            call, before = act.call, self._last(act.dossier_id)
            if call is None and before is not None:
                self._history.remove(before)
                act = _Act(act.dossier_id, before.field, None)
                call = partial(self._restore, before)
            if call is not None:
                self._now = act
                self._desk.tasks.write(call, self._on_done, self._on_failed)

    def _on_done(self, before: FieldBefore | None) -> None:
        act, self._now = self._now, None
        if before is not None:
            self._history.append(before)
        elif act is not None:
            self.undone.emit(act.field)
        self._go_on()
        if self.is_idle:
            self.kept.emit()

    def _on_failed(self, failure: Failure) -> None:
        act, self._now = self._now, None
        if act is not None:
            behind = [each for each in self._line if each.dossier_id == act.dossier_id and each.call]
            self._line = deque(each for each in self._line if each.dossier_id != act.dossier_id)
            for field in dict.fromkeys(each.field for each in (act, *behind)):
                self.failed.emit(act.dossier_id, field, failure)
        self._go_on()
