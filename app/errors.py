"""The program's error families; the root lives in ocr.errors so that workers need no app."""

from __future__ import annotations

from ocr.errors import MachineError, OperatorError, WorkstationError

__all__ = [
    "Conflict",
    "ConnectorError",
    "DiskFull",
    "MachineError",
    "OperatorError",
    "StoreDamaged",
    "WorkstationError",
    "WrongTransition",
]


class DiskFull(MachineError):
    """No space left where we must write; work waits and goes on when there is room."""


class StoreDamaged(MachineError):
    """A stored file is missing or does not match its hash."""


class ConnectorError(MachineError):
    """A delivery failed on its way; retryable tells whether to try again by itself."""


class Conflict(OperatorError):
    """Something else changed or already stands there."""


class WrongTransition(OperatorError):
    """A state may not follow another (code "wrong_transition"; facts: kind, current, wanted)."""
