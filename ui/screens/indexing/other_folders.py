"""Asks, by a key, which other folders have the number in the field, and shows them; Esc comes back to the folder in front."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from app.domain.ids import DossierId
from app.queries.document_rows import NumberHolder
from ui.desk import Desk
from ui.dialogs.other_folder import KEY, OtherFolderDialog
from ui.texts import t
from ui.widgets.keys import add_keys
from ui.widgets.paint import Look

if TYPE_CHECKING:
    from ui.screens.indexing.view import IndexingView

Number = Callable[[], tuple[str, DossierId] | None]


class OtherFolders(QObject):
    """number: the one in the field as the office writes it, and the folder in front; None while it is no number."""

    def __init__(self, desk: Desk, look: Look, view: IndexingView, number: Number) -> None:
        super().__init__(view)
        self._desk = desk
        self._look = look
        self._view = view
        self._number = number
        add_keys(view, ((KEY, self._on_asked),))

    def _on_asked(self) -> None:
        asked = self._number()
        if asked is None:
            self._desk.notices.say(t("other.no_number"))
            return
        call = partial(self._read, *asked)
        self._desk.tasks.run(call, self._on_read, self._desk.notices.failure)

    def _read(
        self, number: str, besides: DossierId
    ) -> tuple[tuple[str, DossierId], tuple[NumberHolder, ...]]:
        return (number, besides), self._desk.reading.holders(number, besides)

    def _on_read(self, answer: tuple[tuple[str, DossierId], tuple[NumberHolder, ...]]) -> None:
        asked, holders = answer
        if asked != self._number():
            return  # an answer to a question of the past
        if not holders:
            self._desk.notices.say(t("other.none", number=asked[0]))
            return
        dialog = OtherFolderDialog(self._desk, self._look, holders, self._view.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(self._view.focus_number)
        dialog.open()
