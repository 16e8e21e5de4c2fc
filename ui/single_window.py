"""One window per home and user: a later start brings the first one forward and hands it what to import.

The name of the local socket (on Windows: the pipe) is made of the home's path, so that two homes can be open side by
side. Who is first is decided by a lock, not by the socket: Explorer starts the program once for each file that was
chosen, all at the same moment, and on Windows two programs can listen under one name.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import time
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from app.errors import OperatorError
from app.roles import Role, window_role
from app.windows.instance import WindowMark, let_others_come_forward

log = logging.getLogger(__name__)

_WAIT_MS = 1_000
# The first window may be opening still: an old home is brought to this version before it listens.
PATIENCE_S = 30.0
ASK_AGAIN_S = 0.2
# Explorer's starts for one choice of files come within some tenths of a second: they become one import.
GATHER_MS = 700
MESSAGE_BYTES = 4_000_000
_UNDERSTOOD = b"understood\n"


def server_name(home: Path) -> str:
    """Name of the socket of a home for this user."""
    place = f"{os.path.normcase(home.resolve())}\n{window_role()}"
    return f"foliodesk-{hashlib.sha256(place.encode('utf-8', 'surrogatepass')).hexdigest()[:24]}"


def become_first(
    home: Path, paths: Sequence[Path] = (), *, patience_s: float = PATIENCE_S
) -> FirstWindow | None:
    """Become the window of a home, or hand paths to the one that is; None then.

    When that one neither answers nor ends, another window is opened: any number of programs may share a home.
    Raises OperatorError "home_not_writable".
    """
    deadline = time.monotonic() + patience_s
    while True:
        try:
            role = Role.take(home, window_role())
        except OSError as exc:
            raise OperatorError("home_not_writable", path=str(home), reason=exc.strerror or "") from exc
        if role is not None:
            return FirstWindow(home, role)
        if call_first(home, paths):
            return None
        if time.monotonic() > deadline:
            log.warning("the first window does not answer")
            return FirstWindow(home, None)
        time.sleep(ASK_AGAIN_S)  # there is no window and no event loop yet that could be kept waiting


def call_first(home: Path, paths: Sequence[Path] = ()) -> bool:
    """Ask the window that already shows this home to come forward and import paths; False when it does not hear."""
    let_others_come_forward()
    socket = QLocalSocket()
    socket.connectToServer(server_name(home))
    if not socket.waitForConnected(_WAIT_MS):
        return False
    message = json.dumps({"paths": [str(path) for path in paths]}).encode("ascii") + b"\n"
    socket.write(message)
    socket.flush()
    answer = b""
    while not answer.endswith(b"\n") and socket.waitForReadyRead(_WAIT_MS):
        answer += socket.readAll().data()
    socket.abort()
    return answer == _UNDERSTOOD


class FirstWindow(QObject):
    """Listens for later starts, and gathers what is to be imported."""

    called = Signal()
    paths_arrived = Signal(object)  # tuple[Path, ...]

    def __init__(self, home: Path, role: Role | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._role = role
        self._mark = WindowMark()
        self._paths: dict[Path, None] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(GATHER_MS)
        self._timer.timeout.connect(self._on_gathered)
        self._heard: dict[QLocalSocket, bytes] = {}
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)
        name = server_name(home)
        if not self._server.listen(name) and role is not None:
            QLocalServer.removeServer(name)  # left by a program that was killed
            self._server.listen(name)

    def gather(self, paths: Sequence[Path]) -> None:
        """Take paths to import; they arrive in one piece as soon as no more come."""
        self._paths.update(dict.fromkeys(paths))
        if self._paths:
            self._timer.start()

    def close(self) -> None:
        """Stop listening and let another window be the first."""
        self._timer.stop()
        self._server.close()
        self._mark.close()
        if self._role is not None:
            self._role.release()

    def _on_connection(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            self._heard[socket] = b""
            socket.disconnected.connect(self._on_disconnected)
            socket.readyRead.connect(self._on_words)
            self._hear(socket)

    def _on_words(self) -> None:
        socket = self.sender()
        if isinstance(socket, QLocalSocket):
            self._hear(socket)

    def _on_disconnected(self) -> None:
        socket = self.sender()
        if isinstance(socket, QLocalSocket):
            self._heard.pop(socket, None)
            socket.deleteLater()

    def _hear(self, socket: QLocalSocket) -> None:
        heard = self._heard.get(socket)
        if heard is None:
            return
        heard += socket.readAll().data()
        self._heard[socket] = heard
        if heard.endswith(b"\n"):
            paths = _paths_of(heard)
            socket.write(_UNDERSTOOD)
            socket.flush()
            self.called.emit()
            self.gather(paths)
        elif len(heard) > MESSAGE_BYTES:
            socket.abort()

    def _on_gathered(self) -> None:
        paths, self._paths = tuple(self._paths), {}
        self.paths_arrived.emit(paths)


def _paths_of(message: bytes) -> list[Path]:
    try:
        told = json.loads(message)
        return [Path(name) for name in told["paths"] if isinstance(name, str)]
    except (ValueError, KeyError, TypeError):
        return []  # somebody else's words: we only come forward
