"""Work off the GUI thread: calls run in a thread pool, results come back by signal to bound methods.

Everything that writes, or may take long, goes through here. What a person does is written in a line of its own:
nothing that is being read holds it up, and closing waits until it is on disk. A receiver that no longer lives is
not called.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any
from weakref import WeakMethod

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThreadPool, Signal
from shiboken6 import isValid

from ocr.errors import WorkstationError

log = logging.getLogger(__name__)

_THREADS = 3
_ASIDE_THREADS = 2
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
    is_write: bool


class Tasks(QObject):
    """Runs calls in threads and hands their results to methods of living QObjects, in the GUI thread."""

    failed = Signal(object)  # a Failure that nobody else receives
    idle = Signal()
    _returned = Signal(int, bool, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = self._pool_of(_THREADS)
        self._aside = self._pool_of(_ASIDE_THREADS)
        self._writes = self._pool_of(1)  # writes queue one behind the other in the database anyway
        self._is_closing = self._is_closed = False
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
        if not self._is_closing:
            self._start(self._pool, call, _Receivers(_weak(done), _weak(failed), is_write=False))

    def run_aside(
        self,
        call: Callable[[], Any],
        done: Callable[[Any], None] | None = None,
        failed: Callable[[Failure], None] | None = None,
    ) -> None:
        """As run, for what takes seconds: it holds up neither reads nor writes."""
        if not self._is_closing:
            self._start(self._aside, call, _Receivers(_weak(done), _weak(failed), is_write=False))

    def write(
        self,
        call: Callable[[], Any],
        done: Callable[[Any], None] | None = None,
        failed: Callable[[Failure], None] | None = None,
    ) -> None:
        """As run, for what a person did: in the order asked for, and to the end even when the window closes.

        What done asks to be written while the window closes is written too.
        """
        if not self._is_closed:
            self._start(self._writes, call, _Receivers(_weak(done), _weak(failed), is_write=True))

    def close(self) -> None:
        """Write what was asked for, 10 s at most; let other started calls end and drop their results."""
        self._is_closing = True
        self._open = {ticket: each for ticket, each in self._open.items() if each.is_write}
        self._pool.clear()
        self._aside.clear()
        self._finish_writes()
        self._is_closed = True
        self._open.clear()
        for pool in (self._pool, self._aside):
            pool.waitForDone(_WAIT_MS)

    def _finish_writes(self) -> None:
        until = time.monotonic() + _WAIT_MS / 1000
        while self._open and time.monotonic() < until:
            self._writes.waitForDone(max(1, round((until - time.monotonic()) * 1000)))
            QCoreApplication.sendPostedEvents(self, QEvent.Type.MetaCall)  # their receivers may go on writing
        if self._open:
            log.error("closed while %d writes were not done", len(self._open))

    def _pool_of(self, threads: int) -> QThreadPool:
        pool = QThreadPool(self)
        pool.setMaxThreadCount(threads)
        return pool

    def _start(self, pool: QThreadPool, call: Callable[[], Any], receivers: _Receivers) -> None:
        ticket = next(self._tickets)
        self._open[ticket] = receivers
        pool.start(_Call(self, ticket, call))

    def _on_returned(self, ticket: int, succeeded: bool, value: object) -> None:
        receivers = self._open.pop(ticket, None)
        if receivers is None:
            return
        if self._is_closing and not succeeded:
            log.error("not written while closing: %s", value)
        receiver = receivers.done if succeeded else receivers.failed
        method = receiver() if receiver is not None else None
        if method is not None and _lives(method):
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


def _lives(method: Callable[..., None]) -> bool:
    """Qt may have ended what Python still holds."""
    owner = getattr(method, "__self__", None)
    return not isinstance(owner, QObject) or isValid(owner)
