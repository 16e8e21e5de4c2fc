"""A connector without an office, for tests and demonstrations: it keeps packages in memory and obeys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from app.connectors.protocol import (
    ConnectorStatus,
    DeliveryCancelled,
    Receipt,
    SubmitResult,
    SubmitTask,
    Verdict,
)
from app.errors import Conflict, ConnectorError


class FakeOffice:
    """Holds name and hash of what was delivered; receipts are given by answer().

    failing: code of the ConnectorError that check and submit report, empty for a healthy office.
    """

    def __init__(self) -> None:
        self.failing = ""
        self.held: dict[str, str] = {}
        self.stored = 0
        self._receipts: dict[str, Receipt] = {}

    def check(self) -> ConnectorStatus:
        """Tell whether the office is told to fail."""
        return ConnectorStatus(not self.failing, self.failing or "ready", "fake office")

    def submit(self, package: SubmitTask, *, cancelled: Callable[[], bool]) -> SubmitResult:
        """Remember the package once; see OfficeConnector.submit."""
        if self.failing:
            raise ConnectorError(self.failing, retryable=True)
        if cancelled():
            raise DeliveryCancelled("delivery_cancelled", package=package.package_name)
        held = self.held.setdefault(package.package_name, package.package_sha256)
        if held != package.package_sha256:
            raise Conflict(
                "other_content_there", package=package.package_name, why="package_differs", file=""
            )
        already_there = self.stored == len(self.held)
        self.stored = len(self.held)
        return SubmitResult(f"memory:{package.package_name}", already_there)

    def status(self, package: SubmitTask) -> Receipt | None:
        """Return the answer given, if any; see OfficeConnector.status."""
        receipt = self._receipts.get(package.package_name)
        if receipt is not None and receipt.sha256 != package.package_sha256:
            raise ConnectorError(
                "receipt_mismatch",
                package=package.package_name,
                ours=package.package_sha256,
                theirs=receipt.sha256,
            )
        return receipt

    def answer(self, package_name: str, *, reason: str = "", sha256: str | None = None) -> Receipt:
        """Give a receipt: refused when a reason is given, about other content when a sha256 is."""
        receipt = Receipt(
            package=package_name,
            verdict=Verdict.REFUSED if reason else Verdict.ACCEPTED,
            sha256=sha256 or self.held[package_name],
            reference=f"FAKE-{len(self._receipts) + 1:06d}",
            time=datetime.now(UTC),
            office="fake office",
            reason=reason,
        )
        self._receipts[package_name] = receipt
        return receipt
