"""The tables, private to storage, queries and services; no object of these classes leaves a transaction.

States are stored as their text value. Times are UTC, stored as text with zone by ``UtcTime``.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

import app.storage.document_tables  # pages point to them: known wherever pages are
import app.storage.field_tables  # known wherever dossiers are
import app.storage.keying_tables  # noqa: F401
from app.domain.states import DossierState, ImportState, JobState, LinkState, PageState, UploadState
from app.storage.columns import Base as Base


class BatchRow(Base):
    """One operator's lot."""

    __tablename__ = "batch"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    office: Mapped[str] = mapped_column(String(8))
    languages: Mapped[list[Any]]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    release: Mapped[str] = mapped_column(String(16), default="none")  # "proven" or "none"
    destination: Mapped[str | None]  # drop folder; None until someone names one


class StackRow(Base):
    """Many paper folders scanned in one run, under one path; its pages lie in the dossiers it was divided into.

    state: "waiting" (to be divided once all of it is read), "divided" or "not_divided" (it failed). taken_into: the
    dossier its files go to. placed_up_to: pages of that dossier with later numbers came late; below 0 while what is
    placed is to be divided anew.
    """

    __tablename__ = "stack"
    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), index=True)
    name: Mapped[str]
    source: Mapped[str] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(16))
    separation: Mapped[dict[str, Any]]  # app.domain.separation.Separation
    taken_into: Mapped[int | None]
    placed_up_to: Mapped[int] = mapped_column(default=0)
    divided_at: Mapped[datetime | None]
    __table_args__ = ({"sqlite_autoincrement": True},)


class DossierRow(Base):
    """The digital twin of one paper folder."""

    __tablename__ = "dossier"
    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"))
    ordinal: Mapped[int]
    name: Mapped[str]
    source: Mapped[str] = mapped_column(index=True)  # absolute path it was offered from
    state: Mapped[DossierState]
    link: Mapped[LinkState] = mapped_column(default=LinkState.NONE)
    application_number: Mapped[str | None] = mapped_column(index=True)
    link_facts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # reasons, ranked candidates
    return_reason: Mapped[str | None]
    on_hold: Mapped[bool] = mapped_column(default=False)
    updated_at: Mapped[datetime]
    expected_pages: Mapped[int | None]  # written on the folder or its cover sheet; None: nobody said
    is_ordered: Mapped[bool] = mapped_column(default=False, server_default="0")  # a person put pages in order
    stack_id: Mapped[int | None] = mapped_column(ForeignKey("stack.id"), index=True)
    stack_facts: Mapped[dict[str, Any]] = mapped_column(
        default=dict, server_default="{}"
    )  # why it came to be
    # Lists ask for a state in the order in which people work through it, batches for how many are where.
    __table_args__ = (
        Index("ix_dossier_queue", "state", "on_hold", "batch_id", "ordinal"),
        Index("ix_dossier_batch_id_state", "batch_id", "state"),
    )


class ImportItemRow(Base):
    """One offered file: the ledger of an import."""

    __tablename__ = "import_item"
    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"))
    # None: a stray file beside paper folders that is no page
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossier.id"), index=True)
    ordinal: Mapped[int]  # natural order of names
    source_path: Mapped[str] = mapped_column(index=True)
    state: Mapped[ImportState]
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    size_bytes: Mapped[int | None]
    page_count: Mapped[int | None]
    reason: Mapped[str | None]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    notes: Mapped[list[Any]] = mapped_column(default=list)
    duplicate_of: Mapped[int | None] = mapped_column(ForeignKey("import_item.id"))
    original_sha256: Mapped[str | None] = mapped_column(ForeignKey("master.sha256"))
    mtime_ns: Mapped[int | None]
    superseded: Mapped[bool] = mapped_column(default=False)  # the same path was offered again, changed
    placing: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # see services.inserting
    __table_args__ = (Index("ix_import_item_batch_id_state", "batch_id", "state"),)


class MasterRow(Base):
    """A file of the content-addressed store."""

    __tablename__ = "master"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size_bytes: Mapped[int]
    media_type: Mapped[str]
    extension: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime]


class PageRow(Base):
    """One side of a sheet: an immutable master, a person's edits, the latest result."""

    __tablename__ = "page"
    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    import_item_id: Mapped[int] = mapped_column(ForeignKey("import_item.id"))
    ordinal: Mapped[int]  # order in the dossier; gaps allowed
    source_page: Mapped[int]
    part: Mapped[int] = mapped_column(
        default=0, server_default="0"
    )  # 1: the right half of a spread that was split
    master_sha256: Mapped[str] = mapped_column(ForeignKey("master.sha256"), index=True)
    frame: Mapped[int]
    picture_hash: Mapped[str | None] = mapped_column(String(64), index=True)  # None: drawn, or an old import
    duplicate_of: Mapped[int | None] = mapped_column(ForeignKey("page.id"), index=True)  # earlier, same scan
    width_px: Mapped[int]
    height_px: Mapped[int]
    dpi: Mapped[float | None]
    state: Mapped[PageState] = mapped_column(index=True)
    thumbnail: Mapped[str | None]  # file name in the derived store, before the first result
    edits: Mapped[dict[str, Any]] = mapped_column(default=dict)
    attention: Mapped[str | None]  # code: why a person must look
    attention_facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), index=True)
    starts_document: Mapped[str | None] = mapped_column(String(16))  # code: what stood before it ("patch_t")
    exclusion: Mapped[str | None] = mapped_column(String(32))  # code: why it is kept but no page of the file
    replaced_by: Mapped[int | None] = mapped_column(ForeignKey("page.id"), index=True)  # the rescan
    sheet: Mapped[str | None] = mapped_column(String(16))  # code: which separator sheet of a stack it is
    sheet_facts: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    border_said: Mapped[str | None] = mapped_column(
        String(8)
    )  # a person: a folder begins here ("cut") or not ("join")
    # Numbers are never given to another page: a half put back to its page is deleted, the audit still names it,
    # and when that is taken back it is the same half again.
    __table_args__ = (
        UniqueConstraint("import_item_id", "source_page", "part"),
        # Pages of a dossier are numbered and counted by state from this index alone.
        Index("ix_page_in_dossier", "dossier_id", "ordinal", "state", "exclusion"),
        {"sqlite_autoincrement": True},
    )


class PageResultRow(Base):
    """The latest result of the page engine for a page."""

    __tablename__ = "page_result"
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"), primary_key=True)
    derived_key: Mapped[str]
    recipe: Mapped[str]
    engine: Mapped[str]
    width_px: Mapped[int]
    height_px: Mapped[int]
    dpi: Mapped[float]
    exif_orientation: Mapped[int]
    turn_deg: Mapped[int]
    turn_confidence: Mapped[float]
    skew_deg: Mapped[float]
    skew_confidence: Mapped[float]
    applied_turn_deg: Mapped[int]
    applied_skew_deg: Mapped[float]
    is_blank: Mapped[bool]
    ink_share: Mapped[float]
    mean_confidence: Mapped[float]
    word_count: Mapped[int]
    text: Mapped[str]
    # As the first engine read it, NULL where nothing was changed by reading again.
    first_text: Mapped[str | None]
    # The lines at the top by their place. NULL: of a recipe that told neither; nothing on the page speaks for a number.
    head: Mapped[str | None] = mapped_column(default="")
    languages: Mapped[list[Any]]
    quality: Mapped[list[Any]]
    barcodes: Mapped[list[Any]]
    candidates: Mapped[list[Any]]
    step_ms: Mapped[list[Any]]
    page_box: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    spread: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    fingerprint: Mapped[str] = mapped_column(String(16), default="", server_default="")
    streaks_px: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    other_ink: Mapped[
        float | None
    ]  # beside a separator's code; NULL: no such code, or read before it was measured
    finished_at: Mapped[datetime] = mapped_column(index=True)  # the pace of work is asked each second
    # A result holds a whole page's text: who only counts blank pages must not read it.
    __table_args__ = (Index("ix_page_result_blank", "page_id", sqlite_where=sql("is_blank = 1")),)


class LinkRow(Base):
    """A confirmed link of a dossier to a number, with its proof; history is kept."""

    __tablename__ = "link"
    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    application_number: Mapped[str] = mapped_column(index=True)
    format_id: Mapped[str]
    linked_by: Mapped[str]  # a person, or "policy:proven"
    linked_at: Mapped[datetime]
    proof: Mapped[dict[str, Any]]
    withdrawn_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "ix_link_by_policy",
            "dossier_id",
            sqlite_where=sql("linked_by = 'policy:proven' AND withdrawn_at IS NULL"),
        ),
    )


class RegisterExtractRow(Base):
    """One import of a register. Entries count only while its state is "current" (see app.services.register).

    state: "staging", "current" or "retired". entries: numbers it brought that no extract in force had.
    """

    __tablename__ = "register_extract"
    id: Mapped[int] = mapped_column(primary_key=True)
    office: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(16))
    is_delta: Mapped[bool]
    file_name: Mapped[str]
    sha256: Mapped[str | None] = mapped_column(String(64))
    size_bytes: Mapped[int | None]
    pack_sha256: Mapped[str | None] = mapped_column(String(64))  # what its numbers were read with
    reading: Mapped[str | None] = mapped_column(String(64))  # names columns, date order, pack and rules
    entries: Mapped[int]
    owner: Mapped[str | None]  # who is staging it
    imported_by: Mapped[str]
    imported_at: Mapped[datetime]
    __table_args__ = (
        Index("ix_register_extract_office_state", "office", "state"),
        {"sqlite_autoincrement": True},
    )


class RegisterRow(Base):
    """What an extract says of one number; the newest extract in force has the word.

    An id is never given twice: what somebody means to remove by its id is not another row meanwhile.
    """

    __tablename__ = "register_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    extract_id: Mapped[int] = mapped_column(ForeignKey("register_extract.id"), index=True)
    office: Mapped[str] = mapped_column(String(8))
    canonical: Mapped[str] = mapped_column(index=True)
    title: Mapped[str]
    applicant: Mapped[str]
    masked: Mapped[str] = mapped_column(index=True)  # this and the next five: app.domain.register_keys
    bare: Mapped[str] = mapped_column(index=True)
    compact: Mapped[str] = mapped_column(index=True)
    digits: Mapped[str] = mapped_column(index=True)
    title_key: Mapped[str] = mapped_column(index=True)
    applicant_key: Mapped[str] = mapped_column(index=True)
    filing_date: Mapped[date | None]
    __table_args__ = ({"sqlite_autoincrement": True},)


class RegisterMappingRow(Base):
    """Which column was what in files with such a header."""

    __tablename__ = "register_mapping"
    office: Mapped[str] = mapped_column(String(8), primary_key=True)
    signature: Mapped[str] = mapped_column(String(32), primary_key=True)
    columns: Mapped[dict[str, Any]]
    dates: Mapped[str] = mapped_column(String(8))
    used_by: Mapped[str]
    used_at: Mapped[datetime]


class JobRow(Base):
    """A durable piece of work; see app.jobs."""

    __tablename__ = "job"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[int]
    state: Mapped[JobState]
    priority: Mapped[int] = mapped_column(default=100)  # smaller first
    not_before: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    crashes: Mapped[int] = mapped_column(default=0)
    owner: Mapped[str | None]
    token: Mapped[int] = mapped_column(default=0)  # fencing: a late result of an older claim is refused
    error: Mapped[str | None]
    error_facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("kind", "subject_id"),
        Index("ix_job_claim", "state", "kind", "priority", "id"),
    )


class PackageRow(Base):
    """What leaves: a complete bag on disk."""

    __tablename__ = "package"
    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    name: Mapped[str] = mapped_column(unique=True)
    manifest_sha256: Mapped[str] = mapped_column(String(64))
    payload_bytes: Mapped[int]
    page_count: Mapped[int]
    validators: Mapped[list[Any]]
    built_at: Mapped[datetime]


class OutboxRow(Base):
    """A package on its way to the office."""

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(primary_key=True)
    package_id: Mapped[int] = mapped_column(ForeignKey("package.id"), unique=True)
    destination: Mapped[str]
    state: Mapped[UploadState] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime]
    owner: Mapped[str | None]
    error: Mapped[str | None]
    error_facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    queued_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_outbox_destination_state", "destination", "state"),)


class ReceiptRow(Base):
    """The office's word."""

    __tablename__ = "receipt"
    id: Mapped[int] = mapped_column(primary_key=True)
    outbox_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"), unique=True)
    verdict: Mapped[str] = mapped_column(String(16))
    reference: Mapped[str]
    sha256: Mapped[str] = mapped_column(String(64))
    office: Mapped[str] = mapped_column(index=True)
    reason: Mapped[str | None]
    received_at: Mapped[datetime]
    raw: Mapped[dict[str, Any]]


PEOPLES_ACTS = (
    "action IN ('linked', 'approved', 'returned', 'second_keyed', 'keying_judged', 'operator_changed')"
)
"""Of an audit row: whoever did it works on folders here. Asked by just these words, its index answers."""


class AuditRow(Base):
    """Who did what to which thing, when: written in the transaction that did it, never changed."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    who: Mapped[str]
    subject: Mapped[str] = mapped_column(String(16))  # "page", "dossier", "job", "outbox", ...
    subject_id: Mapped[int]
    action: Mapped[str] = mapped_column(String(48))
    from_state: Mapped[str | None]
    to_state: Mapped[str | None]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    __table_args__ = (
        Index("ix_audit_subject", "subject", "subject_id"),
        Index("ix_audit_people", "who", sqlite_where=sql(PEOPLES_ACTS)),
    )
