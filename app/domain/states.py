"""States and the moves between them: the only place that says what may follow what."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from app.errors import WrongTransition


class PageState(StrEnum):
    """A page, from the moment its master is safe."""

    CAPTURED = "captured"
    PROCESSING = "processing"
    READY = "ready"
    NEEDS_ATTENTION = "needs_attention"


class DossierState(StrEnum):
    """A dossier, from the first page to the office's receipt."""

    OPEN = "open"
    PROCESSING = "processing"
    TO_INDEX = "to_index"
    TO_REVIEW = "to_review"
    APPROVED = "approved"
    QUEUED = "queued"
    UPLOADED = "uploaded"
    RETURNED = "returned"
    REFUSED_BY_OFFICE = "refused_by_office"
    DISSOLVED = "dissolved"  # its pages are in other dossiers of its stack now


class JobState(StrEnum):
    """A durable piece of work."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    POISONED = "poisoned"
    CANCELLED = "cancelled"


class UploadState(StrEnum):
    """A package on its way. ACCEPTED and REFUSED only by a receipt."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class ImportState(StrEnum):
    """One offered file: the ledger balances when none is left OFFERED."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class LinkState(StrEnum):
    """What the linker says of a dossier's number."""

    PROVEN = "proven"
    NEEDS_REVIEW = "needs_review"
    NONE = "none"


LEFT = (DossierState.APPROVED, DossierState.QUEUED, DossierState.UPLOADED)
"""A package is being made or is out: no page may change under it."""

CLOSED = (*LEFT, DossierState.DISSOLVED)
"""People change nothing in these: what left, and what has no pages any more. Its pages would never be seen again."""


class KeyingState(StrEnum):
    """A second keying of a confirmed dossier by another person."""

    AWAITED = "awaited"
    AGREED = "agreed"
    DIFFERS = "differs"  # a judge decides
    JUDGED = "judged"
    CANCELLED = "cancelled"  # the confirmation it belongs to was withdrawn


OPEN_KEYINGS = (KeyingState.AWAITED, KeyingState.DIFFERS)
"""While a second keying is in one of these, its dossier does not leave."""

PAGE_MOVES: Mapping[PageState, frozenset[PageState]] = {
    PageState.CAPTURED: frozenset({PageState.PROCESSING}),
    PageState.PROCESSING: frozenset({PageState.READY, PageState.NEEDS_ATTENTION, PageState.CAPTURED}),
    PageState.READY: frozenset({PageState.PROCESSING}),
    PageState.NEEDS_ATTENTION: frozenset({PageState.PROCESSING}),
}

DOSSIER_MOVES: Mapping[DossierState, frozenset[DossierState]] = {
    DossierState.OPEN: frozenset({DossierState.PROCESSING}),
    DossierState.PROCESSING: frozenset({DossierState.TO_INDEX, DossierState.DISSOLVED}),
    DossierState.TO_INDEX: frozenset({DossierState.TO_REVIEW, DossierState.PROCESSING}),
    DossierState.TO_REVIEW: frozenset(
        {DossierState.APPROVED, DossierState.RETURNED, DossierState.TO_INDEX, DossierState.PROCESSING}
    ),
    DossierState.APPROVED: frozenset({DossierState.QUEUED, DossierState.RETURNED, DossierState.TO_REVIEW}),
    DossierState.QUEUED: frozenset({DossierState.UPLOADED, DossierState.REFUSED_BY_OFFICE}),
    DossierState.UPLOADED: frozenset(),
    DossierState.RETURNED: frozenset({DossierState.TO_INDEX, DossierState.PROCESSING}),
    DossierState.REFUSED_BY_OFFICE: frozenset({DossierState.TO_INDEX, DossierState.PROCESSING}),
    DossierState.DISSOLVED: frozenset({DossierState.PROCESSING}),
}

JOB_MOVES: Mapping[JobState, frozenset[JobState]] = {
    JobState.QUEUED: frozenset({JobState.RUNNING, JobState.CANCELLED}),
    JobState.RUNNING: frozenset(
        {JobState.DONE, JobState.QUEUED, JobState.FAILED, JobState.POISONED, JobState.CANCELLED}
    ),
    JobState.DONE: frozenset({JobState.QUEUED}),  # asked for again: an edit, a rescan
    JobState.FAILED: frozenset({JobState.QUEUED}),
    JobState.POISONED: frozenset({JobState.QUEUED}),
    JobState.CANCELLED: frozenset({JobState.QUEUED}),
}

UPLOAD_MOVES: Mapping[UploadState, frozenset[UploadState]] = {
    UploadState.QUEUED: frozenset({UploadState.SENDING}),
    UploadState.SENDING: frozenset({UploadState.SENT, UploadState.QUEUED}),
    # An office may answer with a receipt before we recorded the end of our own sending.
    UploadState.SENT: frozenset({UploadState.ACCEPTED, UploadState.REFUSED, UploadState.QUEUED}),
    UploadState.ACCEPTED: frozenset(),
    UploadState.REFUSED: frozenset(),
}

IMPORT_MOVES: Mapping[ImportState, frozenset[ImportState]] = {
    ImportState.OFFERED: frozenset({ImportState.ACCEPTED, ImportState.REFUSED}),
    ImportState.ACCEPTED: frozenset(),
    ImportState.REFUSED: frozenset(),
}

KEYING_MOVES: Mapping[KeyingState, frozenset[KeyingState]] = {
    KeyingState.AWAITED: frozenset({KeyingState.AGREED, KeyingState.DIFFERS, KeyingState.CANCELLED}),
    # Taken back by who keyed it, or something else stands there by now.
    KeyingState.AGREED: frozenset({KeyingState.AWAITED}),
    KeyingState.DIFFERS: frozenset({KeyingState.AWAITED, KeyingState.JUDGED, KeyingState.CANCELLED}),
    # Taken back by the judge, or something else stands there by now.
    KeyingState.JUDGED: frozenset({KeyingState.DIFFERS, KeyingState.AWAITED}),
    KeyingState.CANCELLED: frozenset({KeyingState.AWAITED}),  # the confirmation was given back
}

State = TypeVar("State", bound=StrEnum)

_MOVES: Mapping[type[StrEnum], Mapping[Any, frozenset[Any]]] = {
    PageState: PAGE_MOVES,
    DossierState: DOSSIER_MOVES,
    JobState: JOB_MOVES,
    UploadState: UPLOAD_MOVES,
    ImportState: IMPORT_MOVES,
    KeyingState: KEYING_MOVES,
}


def move(current: State, wanted: State) -> State:
    """Return wanted, or raise WrongTransition when it may not follow current."""
    if type(wanted) is type(current) and wanted in _MOVES[type(current)][current]:
        return wanted
    raise WrongTransition(
        "wrong_transition", kind=type(current).__name__, current=current.value, wanted=wanted.value
    )
