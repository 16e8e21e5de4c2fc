"""Work off the GUI thread: calls run in a thread pool, results come back by signal to bound methods.

Everything that writes, or may take long, goes through here. The pool has few threads: database writes queue
one behind the other anyway. A receiver that no longer lives is not called.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any
from weakref import WeakMethod

from PySide6.QtCore import QObject, QThreadPool, Signal

from ocr.errors import WorkstationError

log = logging.getLogger(__name__)

_THREADS = 3
_WAIT_MS = 10_000


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a call failed: a code and facts for ui/texts.py; "unexpected" is a bug, logged with its trace."""

    code: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Receivers:
    done: WeakMethod[Any] | None
    failed: WeakMethod[Any] | None


class Tasks(QObject):
    """Runs calls in threads and hands their results to methods of living QObjects, in the GUI thread."""

    failed = Signal(object)  # a Failure that nobody else receives
    idle = Signal()
    _returned = Signal(int, bool, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(_THREADS)
        self._is_closed = False
        self._tickets = count(1)
        self._open: dict[int, _Receivers] = {}
        self._returned.connect(self._on_returned)

    @property
    def is_busy(self) -> bool:
        """True while a call has not returned."""
        return bool(self._open)

    def run(
        self,
        call: Callable[[], Any],
        done: Callable[[Any], None] | None = None,
        failed: Callable[[Failure], None] | None = None,
    ) -> None:
        """Run call in a thread; then done(result) or failed(Failure) in this thread.

        done and failed must be bound methods; without failed, the signal ``failed`` speaks. After close
        nothing is run any more: a timer or a late signal may still ask.
        """
        if self._is_closed:
            return
        ticket = next(self._tickets)
        self._open[ticket] = _Receivers(_weak(done), _weak(failed))
        self._pool.start(_Call(self, ticket, call))

    def close(self) -> None:
        """Let started calls end; their results are dropped."""
        self._is_closed = True
        self._open.clear()
        self._pool.clear()
        self._pool.waitForDone(_WAIT_MS)

    def _on_returned(self, ticket: int, succeeded: bool, value: object) -> None:
        receivers = self._open.pop(ticket, None)
        if receivers is None:
            return
        receiver = receivers.done if succeeded else receivers.failed
        method = receiver() if receiver is not None else None
        if method is not None:
            method(value)
        elif not succeeded and receivers.failed is None:
            self.failed.emit(value)
        if not self._open:
            self.idle.emit()


class _Call:
    """One call on its way through a thread."""

    def __init__(self, tasks: Tasks, ticket: int, call: Callable[[], Any]) -> None:
        self._tasks = tasks
        self._ticket = ticket
        self._call = call

    def __call__(self) -> None:
        succeeded, value = True, None
        try:
            value = self._call()
        except WorkstationError as exc:
            succeeded, value = False, Failure(exc.code, dict(exc.facts))
        except Exception as exc:  # root of a thread: a bug is logged and told
            log.exception("call failed")
            succeeded, value = False, Failure("unexpected", {"detail": f"{type(exc).__name__}: {exc}"})
        self._tasks._returned.emit(self._ticket, succeeded, value)


def _weak(method: Callable[..., None] | None) -> WeakMethod[Any] | None:
    return None if method is None else WeakMethod(method)
