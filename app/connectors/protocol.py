"""How a dossier leaves: what every connector to an office must offer. Runs in the upload thread.

Sent is not accepted: `submit` only says that the other side holds all bytes; the last word is the Receipt
that `status` brings back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from app.errors import OperatorError


class Verdict(StrEnum):
    """What an office says of a package."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class SubmitTask:
    """A complete package on disk. package_sha256: of its manifest-sha256.txt, fixed when it was built."""

    package_name: str
    package_path: Path
    package_sha256: str


@dataclass(frozen=True, slots=True)
class SubmitResult:
    """All bytes are on the other side. already_there: they were before, nothing was stored twice."""

    location: str
    already_there: bool
    copied_files: int = 0
    copied_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Receipt:
    """The office's word on one package. sha256: the package_sha256 it speaks of; time is aware."""

    package: str
    verdict: Verdict
    sha256: str
    reference: str
    time: datetime
    office: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ConnectorStatus:
    """Whether deliveries can go now. code: "ready" or the code submit would fail with.

    office: who answers, as shown to people ("local drop folder"); empty when not known.
    """

    is_ready: bool
    code: str
    office: str = ""
    free_bytes: int | None = None
    facts: dict[str, object] = field(default_factory=dict)


class DeliveryCancelled(OperatorError):
    """The delivery was stopped on request (code "delivery_cancelled"); what was sent is kept for next time."""


class OfficeConnector(Protocol):
    """One way to one office.

    Errors are ConnectorError (`retryable` says whether to try again), Conflict("other_content_there") when
    the other side holds something else under the name, StoreDamaged("package_damaged") when our own package
    is not what was built.
    """

    def check(self) -> ConnectorStatus:
        """Look whether a delivery could go now; never raises for an office that is away."""

    def submit(self, package: SubmitTask, *, cancelled: Callable[[], bool]) -> SubmitResult:
        """Bring the package over completely, or find it there; a repetition stores nothing twice.

        cancelled is asked often; raises DeliveryCancelled when it says yes.
        """

    def status(self, package: SubmitTask) -> Receipt | None:
        """Return the office's receipt for this very content, None while there is none.

        Raises ConnectorError("receipt_mismatch") for a receipt about other content under this name and
        ConnectorError("receipt_unreadable") for one that stays unreadable.
        """
