"""Borders between folders, moved by hand in Indexing and Review: a folder begins here, or belongs to the one before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.domain.ids import DossierId
from app.queries.rows import PageDetail
from ui.desk import Desk
from ui.tasks import Failure
from ui.texts import t
from ui.theme import Tone
from ui.widgets.keys import add_keys
from ui.widgets.page_viewer import PageViewer

if TYPE_CHECKING:
    from app.services.divisions import Divisions, FolderCut, FolderJoin

CUT_KEY, JOIN_KEY, UNDO_KEY = "Ctrl+F6", "Ctrl+Shift+F6", "Alt+F6"


@dataclass(frozen=True, slots=True)
class FoldersDone:
    """What was done to a border: the folders concerned, what to say, how to take it back.

    front: the folder that has the page in sight now; back: the one that has it when that is taken back.
    """

    dossier_ids: tuple[DossierId, ...]
    words: str
    undo: Callable[[], object]
    front: DossierId
    back: DossierId


def cut_here(divisions: Divisions, shown: PageDetail) -> FoldersDone:
    """Let a folder begin at the page shown. Runs in a thread; raises as the service does."""
    cut: FolderCut = divisions.cut(shown.summary.id)
    words = t("acts.cut", page=shown.summary.number)
    # Of two folders the first is worked on first.
    undo = partial(divisions.uncut, cut)
    return FoldersDone((cut.from_id, cut.dossier_id), words, undo, front=cut.from_id, back=cut.from_id)


def join_before(divisions: Divisions, shown: PageDetail) -> FoldersDone:
    """Put the folder of the page shown to the one before it. Runs in a thread; raises as the service does."""
    join: FolderJoin = divisions.join(shown.summary.dossier_id)
    both, undo = (join.into_id, join.dossier_id), partial(divisions.unjoin, join)
    return FoldersDone(both, t("acts.joined"), undo, front=join.into_id, back=join.dossier_id)


class FolderBorders(QObject):
    """The acts for a screen that has no other acts on pages; remembers them, the last is taken back first.

    Signals: began; ended(the dossier to have in front, 0 where nothing was done).
    """

    began = Signal()
    ended = Signal(int)

    def __init__(self, desk: Desk, screen: QWidget, viewer: PageViewer) -> None:
        super().__init__(screen)
        self._desk = desk
        self._viewer = viewer
        self._history: list[FoldersDone] = []
        self._taking_back: FoldersDone | None = None
        keys = ((CUT_KEY, self.cut), (JOIN_KEY, self.join), (UNDO_KEY, self.undo))
        add_keys(screen, keys)

    def cut(self) -> None:
        """A folder begins at the page shown."""
        self._run(cut_here)

    def join(self) -> None:
        """The folder shown belongs to the one before it."""
        self._run(join_before)

    def undo(self) -> None:
        """Take the last of these acts back."""
        if not self._history:
            self._desk.notices.say(t("acts.no_border_to_undo"), Tone.CARE)
            return
        last = self._history.pop()
        self._taking_back = last
        self.began.emit()
        self._desk.tasks.write(partial(self._undone, last), self._on_undone, self._on_undo_failed)

    def _run(self, act: Callable[[Divisions, PageDetail], FoldersDone]) -> None:
        shown = self._viewer.detail
        if shown is not None:
            self.began.emit()
            self._desk.tasks.write(
                partial(act, self._desk.context.divisions, shown), self._on_done, self._on_failed
            )

    def _undone(self, done: FoldersDone) -> FoldersDone:
        done.undo()
        return done

    def _on_done(self, done: FoldersDone) -> None:
        self._history.append(done)
        self._desk.notices.say(f"{done.words} {t('acts.border_undo_hint')}")
        self.ended.emit(done.front)

    def _on_undone(self, done: FoldersDone) -> None:
        self._desk.notices.good(t("acts.undone", what=done.words))
        self.ended.emit(done.back)

    def _on_undo_failed(self, failure: Failure) -> None:
        if failure.code == "stack_waits" and self._taking_back is not None:
            self._history.append(self._taking_back)  # it can be taken back once all files are read
        self._on_failed(failure)

    def _on_failed(self, failure: Failure) -> None:
        self._desk.notices.failure(failure)
        self.ended.emit(0)
