"""What is written of second keyings and judgements, taken back, and said at the end. Writes in threads, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.domain.field_kinds import DossierField
from app.domain.states import KeyingState
from ui.desk import Desk
from ui.screens.keying.kinds import KindCounts
from ui.screens.keying.work import KeyingWork, OpenedFolder
from ui.tasks import Failure
from ui.texts import t
from ui.theme import Tone
from ui.widgets.empty_state import EmptyState

if TYPE_CHECKING:
    from app.services.keying_acts import KeyingDone


NEVER_AGAIN = ("keying_went_on", "keying_gone", "keying_by_another")
"""Why an act can never be taken back: the one before it is the next then."""


class KeyingWrites(QObject):
    """Remembers what can be taken back."""

    left = Signal(int)  # DossierId: it has left its place in the list
    came_back = Signal(int)
    failed = Signal(object)  # Failure

    def __init__(self, desk: Desk, work: KeyingWork, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._work = work
        self._history: list[KeyingDone] = []
        self._is_writing = False

    @property
    def is_writing(self) -> bool:
        """True while an act is being written."""
        return self._is_writing

    def write(self, folder: OpenedFolder, texts: Mapping[DossierField, str]) -> None:
        """Write what was typed of a folder."""
        self._run(partial(self._work.write, folder.dossier_id, texts), self._on_written)

    def send_back(self, folder: OpenedFolder, reason: str) -> None:
        """Give a folder back to whoever confirms numbers."""
        self._run(partial(self._sent_back, folder, reason), self._on_sent_back)

    def forget(self) -> None:
        """Somebody else sits here: what another did is not theirs to take back."""
        self._history.clear()

    def take_back(self) -> None:
        """Take the last of these acts back, or say that there is none."""
        if not self._history:
            self._desk.notices.say(t("keying.nothing_to_undo"))
            return
        self._is_writing = True
        call = partial(self._taken_back, self._history[-1])
        self._desk.tasks.write(call, self._on_taken_back, self._on_not_taken_back)

    def _run(self, call: Callable[[], object], done: Callable[[Any], None]) -> None:
        self._is_writing = True
        self._desk.tasks.write(call, done, self._on_failed)

    def _sent_back(self, folder: OpenedFolder, reason: str) -> OpenedFolder:
        self._desk.context.review.return_to_indexing(folder.dossier_id, reason)
        return folder

    def _taken_back(self, done: KeyingDone) -> KeyingDone:
        self._desk.context.keying.take_back(done)
        return done

    def _on_written(self, done: KeyingDone) -> None:
        self._is_writing = False
        self._history.append(done)
        words = {
            KeyingState.AGREED: "keying.said_agreed_gone" if done.went_on else "keying.said_agreed",
            KeyingState.DIFFERS: "keying.said_differs",
            KeyingState.JUDGED: "keying.said_judged",
        }[done.state]
        tone = Tone.CARE if done.state is KeyingState.DIFFERS else Tone.GOOD
        self._desk.notices.say(t(words, name=done.name), tone)
        self.left.emit(done.dossier_id)

    def _on_sent_back(self, folder: OpenedFolder) -> None:
        self._is_writing = False
        self._desk.notices.say(t("review.returned", name=folder.name), Tone.ACCENT)
        self.left.emit(folder.dossier_id)

    def _on_taken_back(self, done: KeyingDone) -> None:
        self._is_writing = False
        if done in self._history:
            self._history.remove(done)
        self._desk.notices.say(t("keying.said_undone", name=done.name), Tone.ACCENT)
        self.came_back.emit(done.dossier_id)

    def _on_not_taken_back(self, failure: Failure) -> None:
        """What failed is tried again by the next Ctrl Z, but for what can never be taken back."""
        if failure.code in NEVER_AGAIN and self._history:
            self._history.pop()
        self._on_failed(failure)

    def _on_failed(self, failure: Failure) -> None:
        self._is_writing = False
        self.failed.emit(failure)


@dataclass(frozen=True, slots=True)
class Left:
    """What is left where a screen has nothing: name of the screen, how much of each kind, who works here."""

    name: str
    counts: KindCounts
    who: str


def nothing_left(empty: EmptyState, left: Left, *, was_busy: bool) -> str:
    """Say why nothing is here; returns the screen the button leads to."""
    name, counts, who = left.name, left.counts, left.who
    leads_to = "indexing"
    if name != "judging" and counts.judge:
        leads_to = "judging"
    elif name != "keying" and counts.second:
        leads_to = "keying"
    action = t(f"keying.to_{leads_to}")
    if counts.for_others and not was_busy:
        words = t("keying.only_others", n=counts.for_others, who=who)
        empty.say("lock", t("keying.nothing_for_you"), words, action)
    else:
        words = t(f"keying.all_done_{name}")
        if counts.for_others:
            words = f"{words} {t('keying.only_others', n=counts.for_others, who=who)}"
        empty.say("check", t("index.all_done"), words, action, Tone.GOOD)
    return leads_to
