"""An operator of flesh and keys for the recorded run: looks at what stands there, knows the truth, presses keys."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.domain.field_kinds import DossierField, FieldSource, FieldState
from app.domain.field_typing import agrees, holds
from app.domain.ids import DossierId
from app.queries.fields import fields_of
from tests.ui.record_indexing import PATIENCE_S, Run
from ui.texts import t
from ui.theme import Tone

KEY = Qt.Key
KNOWN = {
    DossierField.TITLE: "title",
    DossierField.APPLICANT: "applicant",
    DossierField.FILING_DATE: "filing_date",
}


class Operator:
    """Works through Indexing of a real window."""

    def __init__(
        self, window: Any, context: Any, truth: dict[str, dict[str, Any]], shots: Path | None
    ) -> None:
        self._window = window
        self._context = context
        self._truth = truth
        self._shots = shots
        self._run = Run("", "")
        self._waits: list[float] = []
        self._done: dict[int, Run] = {}
        self._before: dict[int, dict[DossierField, Any]] = {}

    def work(self) -> list[Run]:
        """Go through the queue until only folders on hold are left."""
        self._window.go("indexing")
        self._view = self._window.screen_named("indexing")
        self._presenter = self._window._presenters["indexing"]
        runs: list[Run] = []
        while True:
            started = time.monotonic()
            self._until(self._is_ready)
            if self._view.stack.currentIndex() == 1 or self._presenter._detail.summary.on_hold:
                return runs
            self._waits.append(time.monotonic() - started)
            summary = self._presenter._detail.summary
            told = self._truth[summary.name]
            self._run = Run(summary.name, told["kind"])
            self._remember(summary.id)
            self._done[summary.id] = self._run
            self._folder(told, summary.id)
            self._run.seconds = round(time.monotonic() - started, 2)
            runs.append(self._run)
            print(self._run, flush=True)

    def check_fields(self) -> dict[str, Any]:
        """Hold what the machine settled by itself against the truth."""
        sure = wrong = caught = asked = 0
        for dossier_id, rows in self._before.items():
            told = self._truth[self._name_of(dossier_id)]
            for field, name in KNOWN.items():
                row = rows.get(field)
                if row is None or row.is_empty:
                    continue
                if row.said.state is FieldState.ACCEPTED and row.source is FieldSource.MACHINE:
                    sure += 1
                    is_right = agrees(field, row.said.value, told[name]) or holds(row.said.value, told[name])
                    wrong += not is_right
                    caught += not is_right and field.value in self._done[dossier_id].retyped
                    if not is_right:
                        print(
                            "machine was wrong:",
                            self._name_of(dossier_id),
                            field.value,
                            row.said.value,
                            told[name],
                        )
                else:
                    asked += 1
        return {
            "sure": sure,
            "sure_wrong": wrong,
            "caught": caught,
            "asked": asked,
            "next_ms": 1000 * statistics.median(self._waits),
            "next_ms_most": 1000 * max(self._waits),
        }

    def _folder(self, told: dict[str, Any], dossier_id: int) -> None:
        number = told["application_number"]
        if not number:
            self._hold()
            return
        if self._view.field.text() != number:
            self._retype(number, "number")
            self._until(self._is_checked)
        self._shot("number")
        self._press(KEY.Key_Return)
        if self._still_here(dossier_id) and t("index.enter_again") in self._view.message.text:
            self._press(KEY.Key_Return)  # the operator has looked once more
        for _ in range(40):
            if not self._still_here(dossier_id):
                break
            card = self._view.fields.focused()
            if card is None:
                self._until(lambda: not self._still_here(dossier_id))
                break
            self._field(card, told)
        self._run.ended = "confirmed"
        link = self._context.database
        from app.queries import dossiers

        row = next(each for each in dossiers.list_dossiers(link, ids=[DossierId(dossier_id)]))
        self._run.right = row.application_number in (number, *told["also_right"])

    def _field(self, card: Any, told: dict[str, Any]) -> None:
        field = card.field
        wanted = told[KNOWN[field]] if field in KNOWN else None
        self._shot(field.value)
        if wanted is not None:
            value = self._context.fields.read(field, card.text, "KH").value
            if not (agrees(field, value, wanted) or holds(value, wanted)):
                self._retype(wanted, field.value)
        elif card.edit.badge is not None and card.edit.badge.tone is Tone.BAD:
            self._press(KEY.Key_A, Qt.KeyboardModifier.ControlModifier)
            self._press(KEY.Key_Delete)  # what nobody can read is left empty
            self._run.retyped.append(field.value)
        self._press(KEY.Key_Return)
        if self._view.fields.focused() is card and card.edit.badge.tone is not Tone.GOOD:
            self._press(KEY.Key_Return)
        elif self._view.fields.focused() is card:
            here = self._presenter._detail
            self._until(
                lambda: self._presenter._detail is not here or self._view.fields.focused() is not card
            )

    def _hold(self) -> None:
        self._shot("none")
        here = self._presenter._detail.summary.id
        self._press(KEY.Key_F7)
        self._press(KEY.Key_6)
        self._press(KEY.Key_Return)
        self._run.ended = "held"
        self._until(lambda: not self._still_here(here))

    def _retype(self, text: str, what: str) -> None:
        self._press(KEY.Key_A, Qt.KeyboardModifier.ControlModifier)
        for char in text:
            QTest.keyClicks(QApplication.focusWidget(), char)
        self._run.keys += len(text)
        self._run.typed += len(text)
        self._run.retyped.append(what)
        self._turn(30)

    def _press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(QApplication.focusWidget(), key, modifiers)
        self._run.keys += 1
        self._turn(60)

    def _is_ready(self) -> bool:
        if self._view.stack.currentIndex() == 1:
            return True
        detail = self._presenter._detail
        if detail is None or not self._presenter._fields.fields.is_read or self._desk_is_busy():
            return False
        return detail.summary.name != self._run.folder and (self._is_checked() or not self._view.field.text())

    def _is_checked(self) -> bool:
        return self._presenter._check is not None and not self._desk_is_busy()

    def _desk_is_busy(self) -> bool:
        return bool(self._window._desk.tasks.is_busy)

    def _still_here(self, dossier_id: int) -> bool:
        detail = self._presenter._detail
        return detail is not None and detail.summary.id == dossier_id

    def _remember(self, dossier_id: DossierId) -> None:
        rows = fields_of(self._context.database, dossier_id, self._context.offices["KH"])
        self._before[dossier_id] = {row.field: row for row in rows}

    def _name_of(self, dossier_id: int) -> str:
        from app.queries import dossiers

        return dossiers.get_dossier(self._context.database, DossierId(dossier_id)).summary.name

    def _shot(self, name: str) -> None:
        if self._shots is not None:
            self._shots.mkdir(parents=True, exist_ok=True)
            self._turn(300)
            self._window.grab().save(str(self._shots / f"{self._run.folder}-{name}.png"))

    def _until(self, is_so: Callable[[], bool]) -> None:
        ends = time.monotonic() + PATIENCE_S
        while not is_so():
            if time.monotonic() > ends:
                raise TimeoutError(f"{self._run}: {self._view.message.text}")
            self._turn(5)

    def _turn(self, wait_ms: int) -> None:
        loop = QEventLoop()
        QTimer.singleShot(wait_ms, loop.quit)
        loop.exec()
