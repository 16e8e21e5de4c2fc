"""The system asks the window to end (sign-off, shutdown, the setup, SIGTERM): it closes as if a person closed it.

No reason is given to Windows to wait (ShutdownBlockReasonCreate): whatever is running goes on at the next start.
"""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QCoreApplication, QObject, QSocketNotifier, Qt, Signal

from app.ending import Ending


class EndRequest(QObject):
    """Ends the event loop on request; a context manager around it."""

    _asked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ending = Ending(self._asked.emit)
        self._asked.connect(self._on_asked, Qt.ConnectionType.QueuedConnection)
        self._ends: tuple[socket.socket, socket.socket] | None = None
        self._notifier: QSocketNotifier | None = None

    def before_leaving(self, act: Callable[[], None]) -> None:
        """Name what is done even when the window takes too long to close."""
        self._ending.before_leaving(act)

    def __enter__(self) -> EndRequest:
        if sys.platform != "win32":
            # Python handles a signal when it gets its turn: the byte that announces it gives it one.
            self._ends = socket.socketpair()
            for end in self._ends:
                end.setblocking(False)
            signal.set_wakeup_fd(self._ends[1].fileno(), warn_on_full_buffer=False)
            self._notifier = QSocketNotifier(self._ends[0].fileno(), QSocketNotifier.Type.Read, self)
            self._notifier.activated.connect(self._on_announced)
        self._ending.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.__exit__(kind, error, trace)
        if self._notifier is not None and self._ends is not None:
            self._notifier.setEnabled(False)
            signal.set_wakeup_fd(-1)
            for end in self._ends:
                end.close()

    def _on_announced(self) -> None:
        assert self._ends is not None
        self._ends[0].recv(64)

    def _on_asked(self) -> None:
        QCoreApplication.quit()
