"""The system asks the program to end: it ends within seconds, as politely as it can, whatever it is doing.

SIGTERM and Ctrl+Break everywhere, sign-off, shutdown, a closed console and the setup on Windows. What a program of ours
does can be stopped at any moment without loss; ending politely only spares the next start some tidying. So there is a
last moment at which it leaves without further ado: its workers end with it, its rows are taken over by the next.
"""

from __future__ import annotations

import _thread
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType, TracebackType

from app.windows.closing import ClosingWatch, mark_beside_program
from app.windows.session import GRANTED_S, SessionWatch

log = logging.getLogger(__name__)

# A second is left for what Windows itself does before its patience ends; elsewhere ten seconds are usual.
LEAVE_AFTER_S = GRANTED_S - 1.0 if sys.platform == "win32" else 8.0
STOPPED = 130


class Ending:
    """While it is open, a request of the system ends the program; a context manager for the main thread.

    on_request: called once, in any thread. Without it the main thread is interrupted as by Ctrl+C.
    """

    def __init__(self, on_request: Callable[[], None] | None = None) -> None:
        self._on_request = on_request
        self._lock = threading.Lock()
        self._is_requested = False
        self._has_raised = False
        self._over = threading.Event()
        self._last_act: Callable[[], None] | None = None
        self._former: dict[int, signal._HANDLER] = {}
        self._session: SessionWatch | None = None
        self._closing: ClosingWatch | None = None

    def __enter__(self) -> Ending:
        if threading.current_thread() is threading.main_thread():
            for name in ("SIGTERM", "SIGBREAK"):
                if (number := getattr(signal, name, None)) is not None:
                    self._former[number] = signal.signal(number, self._on_signal)
        self._session = SessionWatch(self.request)
        self._closing = ClosingWatch(self.request, mark_beside_program())
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for number, handler in self._former.items():
            signal.signal(number, handler)
        self._over.set()
        if self._session is not None:
            self._session.close()
        if self._closing is not None:
            self._closing.close()

    def before_leaving(self, act: Callable[[], None]) -> None:
        """Name what is done even when the program leaves without further ado; it must take no time."""
        self._last_act = act

    def request(self) -> None:
        """The system asks, in some thread; harmless when repeated."""
        if not self._begin():
            return
        if self._on_request is not None:
            self._on_request()
        else:
            _thread.interrupt_main(signal.SIGTERM)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        is_first = self._begin()
        if self._on_request is not None:
            if is_first:
                self._on_request()
        elif not self._has_raised:
            self._has_raised = True
            raise KeyboardInterrupt

    def _begin(self) -> bool:
        with self._lock:
            if self._is_requested or self._over.is_set():
                return False
            self._is_requested = True
        log.info("the system asks the program to end")
        threading.Thread(target=self._leave_at_last, name="leave-at-last", daemon=True).start()
        return True

    def _leave_at_last(self) -> None:
        if not self._over.wait(LEAVE_AFTER_S):
            log.warning("left without waiting any longer")
            if self._last_act is not None:
                self._last_act()
            os._exit(STOPPED)
