"""The outbox runner: one thread that sends packages and brings in receipts.

Rows say what is to be sent; nothing is held only in memory. A package is SENT when all its bytes are on the
other side, and ACCEPTED or REFUSED only by the office's receipt for these very bytes.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, or_, select

from app.connectors.drop_folder import DropFolder, DropFolderOptions
from app.connectors.local_office import answer_deliveries
from app.connectors.protocol import (
    DeliveryCancelled,
    OfficeConnector,
    Receipt,
    SubmitTask,
    Verdict,
)
from app.connectors.shares import Shares
from app.domain.states import DossierState, UploadState
from app.errors import ConnectorError, DiskFull, MachineError, WorkstationError
from app.paths import HomePaths, schemas_dir
from app.storage.among import among
from app.storage.database import Database, Transaction
from app.storage.owners import dead_owners
from app.storage.tables import DossierRow, OutboxRow, PackageRow, ReceiptRow

log = logging.getLogger(__name__)

WHO = "machine"
POLL_S = 2.0
BACKOFF_S = (2.0, 10.0, 60.0, 300.0, 900.0)
# What only a person can mend is tried again seldom; "try again" on the screen does it at once.
NEEDS_PERSON_S = 3600.0
# An office may take days: a package is asked for again after a tenth of the time it has been there, so that
# thousands that wait do not keep a slow share busy, and a prompt answer is seen at once.
ASK_AGAIN_SHARE = 0.1
LONGEST_ASK_S = 300.0
MOST_ASKED = 500
"""Asked in one round at most; the others come next, and what is to be sent does not wait for all of them."""


@dataclass(frozen=True, slots=True)
class _Sending:
    outbox_id: int
    destination: str
    task: SubmitTask
    age_s: float = 0.0  # since it was sent
    error: str | None = None


class OutboxRunner:
    """Works through the outbox until stopped."""

    def __init__(
        self,
        database: Database,
        paths: HomePaths,
        owner: str,
        connect: Callable[[str], OfficeConnector] | None = None,
    ) -> None:
        """Take a maker of connectors by destination; the default one delivers into drop folders."""
        self.held: str | None = None
        self.shares = Shares()
        self._database = database
        self._paths = paths
        self._owner = owner
        self._connect = connect or self._drop_folder
        self._ask_next: dict[int, float] = {}  # by outbox id, monotonic; none: at once
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def wake(self) -> None:
        """Look for work now; callable from any thread."""
        self._wake.set()

    def stop(self) -> None:
        """Stop after the file being copied; a half-sent package goes back to the queue."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        self.take_over(own=True)

    def take_over(self, *, own: bool = False) -> None:
        """Put back what dead programs were sending; own: and what this one was, when it has stopped."""
        with self._database.write(WHO) as tx:
            rows = tx.session.scalars(select(OutboxRow).where(OutboxRow.state == UploadState.SENDING)).all()
            owners = {row.owner for row in rows if row.owner is not None}
            gone = dead_owners(self._paths.owners, owners - {self._owner})
            if own:
                gone.add(self._owner)
            for row in rows:
                if row.owner is None or row.owner in gone:
                    _put_back(tx, row, "owner_gone", {}, 0.0)

    def work_once(self) -> bool:
        """Send one package, let local offices answer, bring in receipts; returns whether anything moved."""
        moved = False
        sending = self._claim()
        if sending is not None:
            self._send(sending)
            moved = True
        waiting = self._waiting_for_receipt()
        for destination in {each.destination for each in waiting}:
            self._let_answer(destination)
        away: set[str] = set()
        for each in waiting:
            if self._stop.is_set():
                break
            if each.destination in away:
                continue  # and first in the next round
            moved |= self._ask(each, away)
            self._ask_next[each.outbox_id] = time.monotonic() + min(
                LONGEST_ASK_S, ASK_AGAIN_SHARE * each.age_s
            )
        return moved

    def _run(self) -> None:
        while not self._stop.is_set():
            moved = False
            try:
                moved = self.work_once()
                self.held = None
            except WorkstationError as exc:
                self.held = exc.code
                log.warning("outbox waits: %s", exc)
            except Exception:  # the root of this thread: a bug must not end all deliveries
                log.exception("outbox")
                self._put_own_back("unexpected_error")
            if not moved:
                self._wake.wait(POLL_S)
            self._wake.clear()

    def _drop_folder(self, place: str) -> DropFolder:
        return DropFolder(DropFolderOptions(Path(place), shares=self.shares))

    def _claim(self) -> _Sending | None:
        with self._database.write(WHO) as tx:
            row = tx.session.scalar(
                select(OutboxRow)
                .where(OutboxRow.state == UploadState.QUEUED, _has_come(tx.now))
                .order_by(OutboxRow.id)
                .limit(1)
            )
            if row is None:
                return None
            tx.move(row, UploadState.SENDING, "sending")
            row.owner = self._owner
            row.attempts += 1
            return self._describe(tx.session.get_one(PackageRow, row.package_id), row)

    def _put_own_back(self, code: str) -> None:
        """Nothing may stay SENDING that nobody sends: it would wait for the end of this program."""
        try:
            with self._database.write(WHO) as tx:
                for row in tx.session.scalars(
                    select(OutboxRow).where(
                        OutboxRow.state == UploadState.SENDING, OutboxRow.owner == self._owner
                    )
                ):
                    _put_back(tx, row, code, {}, BACKOFF_S[min(row.attempts, len(BACKOFF_S)) - 1])
        except WorkstationError as exc:
            log.warning("outbox waits: %s", exc)  # the next round, or the end of the program, puts it back

    def _describe(self, package: PackageRow, row: OutboxRow) -> _Sending:
        task = SubmitTask(package.name, self._paths.packages / package.name, package.manifest_sha256)
        return _Sending(row.id, row.destination, task)

    def _send(self, sending: _Sending) -> None:
        try:
            self._connect(sending.destination).submit(sending.task, cancelled=self._stop.is_set)
        except DeliveryCancelled as exc:
            self._back(sending, exc, 0.0)
        except WorkstationError as exc:
            is_passing = isinstance(exc, MachineError) and exc.retryable
            self._back(sending, exc, None if is_passing else NEEDS_PERSON_S)
        else:
            with self._database.write(WHO) as tx:
                row = tx.session.get_one(OutboxRow, sending.outbox_id)
                tx.move(row, UploadState.SENT, "sent")
                row.sent_at, row.owner = tx.now, None
                row.error, row.error_facts = None, {}

    def _back(self, sending: _Sending, error: WorkstationError, delay_s: float | None) -> None:
        with self._database.write(WHO) as tx:
            row = tx.session.get_one(OutboxRow, sending.outbox_id)
            if delay_s is None:
                delay_s = BACKOFF_S[min(row.attempts, len(BACKOFF_S)) - 1]
            facts = {name: str(value) for name, value in error.facts.items()}
            _put_back(tx, row, error.code, facts, delay_s)
        if isinstance(error, DiskFull):
            self.held = error.code

    def _waiting_for_receipt(self) -> list[_Sending]:
        """Packages whose time to be asked for has come, those that waited longest first."""
        now, due_by = self._database.clock(), time.monotonic()
        with self._database.read() as session:
            sent = session.scalars(select(OutboxRow.id).where(OutboxRow.state == UploadState.SENT)).all()
            asked = {each: self._ask_next[each] for each in sent if each in self._ask_next}
            self._ask_next = asked
            due = sorted((each for each in sent if asked.get(each, 0.0) <= due_by), key=_earliest(asked))
            rows = session.execute(
                select(PackageRow, OutboxRow)
                .join(OutboxRow, OutboxRow.package_id == PackageRow.id)
                .where(among(OutboxRow.id, due[:MOST_ASKED]))
            ).all()
            return [
                replace(
                    self._describe(package, row),
                    age_s=0.0 if row.sent_at is None else max(0.0, (now - row.sent_at).total_seconds()),
                    error=row.error,
                )
                for package, row in rows
            ]

    def _let_answer(self, destination: str) -> None:
        try:
            self.shares.open(Path(destination))
        except ConnectorError:
            return  # `_ask` notes it; looking there all the same would be one more wrong password
        try:
            answer_deliveries(Path(destination), schemas_dir() / "dossier.schema.json")
        except WorkstationError as exc:
            log.warning("local office: %s", exc)  # the drive is away: the receipt comes when it is back

    def _ask(self, sent: _Sending, away: set[str]) -> bool:
        """Look for one receipt; away: places that cannot be reached, where nothing more is asked this round."""
        try:
            receipt = self._connect(sent.destination).status(sent.task)
        except WorkstationError as exc:
            self._note(sent, exc)
            if exc.code.startswith(("drop_folder_", "share_")):
                away.add(sent.destination)  # each further question might wait for the network's patience
            return False
        if receipt is None:
            self._forget_trouble(sent)
            return False
        with self._database.write(WHO) as tx:
            row = tx.session.get_one(OutboxRow, sent.outbox_id)
            if row.state is not UploadState.SENT:
                return False
            _enter_receipt(tx, row, receipt)
        return True

    def _note(self, sent: _Sending, error: WorkstationError) -> None:
        if sent.error == error.code:
            return
        with self._database.write(WHO) as tx:
            row = tx.session.get_one(OutboxRow, sent.outbox_id)
            if row.error != error.code:
                row.error = error.code
                row.error_facts = {name: str(value) for name, value in error.facts.items()}
                tx.audit("outbox", row.id, "receipt_trouble", code=error.code)

    def _forget_trouble(self, sent: _Sending) -> None:
        """The place answers again, or a wrong receipt was taken away: what was noted is over."""
        if sent.error is None:
            return
        with self._database.write(WHO) as tx:
            row = tx.session.get_one(OutboxRow, sent.outbox_id)
            if row.state is UploadState.SENT:
                row.error, row.error_facts = None, {}


def _earliest(asked: Mapping[int, float]) -> Callable[[int], float]:
    """Sort by when a package is to be asked for; one that was never asked for comes first."""
    return lambda outbox_id: asked.get(outbox_id, 0.0)


def _has_come(now: datetime) -> ColumnElement[bool]:
    """Nothing waits longer than NEEDS_PERSON_S: what seems to was put back while the clock ran ahead."""
    latest = now + timedelta(seconds=NEEDS_PERSON_S)
    return or_(OutboxRow.not_before <= now, OutboxRow.not_before > latest)


def _put_back(tx: Transaction, row: OutboxRow, code: str, facts: dict[str, str], delay_s: float) -> None:
    tx.move(row, UploadState.QUEUED, "put_back", code=code, **facts)
    row.owner = None
    row.error, row.error_facts = code, dict(facts)
    row.not_before = tx.now + timedelta(seconds=delay_s)


def _enter_receipt(tx: Transaction, row: OutboxRow, receipt: Receipt) -> None:
    accepted = receipt.verdict is Verdict.ACCEPTED
    tx.session.add(
        ReceiptRow(
            outbox_id=row.id,
            verdict=receipt.verdict.value,
            reference=receipt.reference,
            sha256=receipt.sha256,
            office=receipt.office,
            reason=receipt.reason or None,
            received_at=tx.now,
            raw={"package": receipt.package, "time": receipt.time.isoformat()},
        )
    )
    tx.move(
        row,
        UploadState.ACCEPTED if accepted else UploadState.REFUSED,
        "receipt",
        reference=receipt.reference,
        office=receipt.office,
    )
    row.closed_at = tx.now
    row.error, row.error_facts = None, {}
    package = tx.session.get_one(PackageRow, row.package_id)
    dossier = tx.session.get_one(DossierRow, package.dossier_id)
    tx.move(
        dossier,
        DossierState.UPLOADED if accepted else DossierState.REFUSED_BY_OFFICE,
        "acknowledged" if accepted else "refused_by_office",
        reference=receipt.reference,
    )
    if not accepted:
        dossier.return_reason = receipt.reason
    dossier.updated_at = tx.now
