"""Tables of documents, of their further numbers, and of what people did to the pages of a dossier.

Private to storage, queries and services, as app.storage.tables.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.columns import Base


class DocumentRow(Base):
    """A typed, dated run of pages of a dossier; its order is that of its first page.

    kind: code of the office pack, None while unknown. facts: why the machine says so. said: who said what a
    person said, by name of the column ("pages": which pages it has); the machine leaves those alone. gone_at:
    its pages are other documents' now; the row stays, for undoing brings it back under its number.
    """

    __tablename__ = "document"
    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    kind: Mapped[str | None] = mapped_column(String(8))
    kind_confidence: Mapped[float] = mapped_column(default=0.0)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    dated: Mapped[date | None]
    dated_printed: Mapped[str] = mapped_column(default="")  # as it stands on paper
    dated_role: Mapped[str] = mapped_column(String(16), default="")  # "document" or "reception"
    direction: Mapped[str | None] = mapped_column(String(16))
    language: Mapped[str | None] = mapped_column(String(8))
    access: Mapped[str | None] = mapped_column(String(16))  # "public" or "confidential"
    said: Mapped[dict[str, Any]] = mapped_column(default=dict)
    gone_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
    __table_args__ = ({"sqlite_autoincrement": True},)


class DocumentLinkRow(Base):
    """A paper that concerns another file too is linked to its number; history is kept."""

    __tablename__ = "document_link"
    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    application_number: Mapped[str] = mapped_column(index=True)
    format_id: Mapped[str]
    linked_by: Mapped[str]
    linked_at: Mapped[datetime]
    proof: Mapped[dict[str, Any]]
    withdrawn_at: Mapped[datetime | None]


class ActRow(Base):
    """One act of a person on the pages and documents of a dossier, with what it changed, for taking it back.

    changes: see app.services.acts. dropped: undone, and another act came after it, so it cannot be redone.
    """

    __tablename__ = "act"
    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    code: Mapped[str] = mapped_column(String(48))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    changes: Mapped[dict[str, Any]]
    who: Mapped[str]
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    dropped: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (Index("ix_act_dossier_id", "dossier_id", "id"), {"sqlite_autoincrement": True})
