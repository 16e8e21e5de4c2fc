"""A bug in a slot or a thread is logged, told and kept for the next start; the window stays, the work is safe on disk."""

from __future__ import annotations

import logging
import sys
import threading
from types import TracebackType

from PySide6.QtCore import QObject, Signal

from app.crash_log import CrashLog
from ui import texts
from ui.notices import Notices
from ui.theme import Tone

log = logging.getLogger(__name__)


class CrashHook(QObject):
    """One per window."""

    _caught = Signal(str)

    def __init__(self, notices: Notices, crash_log: CrashLog, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._notices = notices
        self._crash_log = crash_log
        self._before = sys.excepthook
        self._thread_before = threading.excepthook
        sys.excepthook = self._on_error
        threading.excepthook = self._on_thread_error
        self._caught.connect(self._tell)

    def remove(self) -> None:
        """Put the former hooks back."""
        sys.excepthook = self._before
        threading.excepthook = self._thread_before

    def _on_error(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.critical("bug", exc_info=(kind, error, trace))
        self._crash_log.record(error)
        self._caught.emit(f"{kind.__name__}: {error}")

    def _on_thread_error(self, facts: threading.ExceptHookArgs) -> None:
        log.critical("bug in thread %s", facts.thread, exc_info=facts.exc_value)
        if facts.exc_value is not None:
            self._crash_log.record(facts.exc_value)
        self._caught.emit(f"{facts.exc_type.__name__}: {facts.exc_value}")

    def _tell(self, detail: str) -> None:
        self._notices.say(texts.explain("error", "unexpected", {"detail": detail}), Tone.BAD)
