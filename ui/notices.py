"""Things said in passing: shown as a toast for some seconds, kept in the activity list until the end."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Signal

from ui import texts
from ui.tasks import Failure
from ui.theme import Tone

KEPT = 500


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing said. details: further lines for the activity list, too many for a toast."""

    text: str
    tone: Tone
    at: datetime
    details: tuple[str, ...] = ()


class Notices(QObject):
    """Collects notices; whoever shows them connects to ``posted``."""

    posted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kept: deque[Notice] = deque(maxlen=KEPT)

    @property
    def kept(self) -> tuple[Notice, ...]:
        """All notices of this sitting, newest first."""
        return tuple(reversed(self._kept))

    def say(self, text: str, tone: Tone = Tone.PLAIN, details: Sequence[str] = ()) -> None:
        """Say something."""
        notice = Notice(text, tone, datetime.now(UTC), tuple(details))
        self._kept.append(notice)
        self.posted.emit(notice)

    def good(self, text: str) -> None:
        """Say that something worked."""
        self.say(text, Tone.GOOD)

    def failure(self, failure: Failure) -> None:
        """Say why something did not work."""
        self.say(texts.explain("error", failure.code, failure.facts), Tone.BAD)
