"""The table of fields by value. Private to storage, queries and services, as app.storage.tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.columns import Base


class FieldValueRow(Base):
    """What a field of a dossier holds now, whose word that is, and what the machine read last.

    printed: as it stands on the page or was typed; value: as data. state and source: app.domain.field_kinds.
    page_id, boxes: where it stands, px in page space. certainty: 0..1 for each character of printed. read: the
    machine's newest reading; it is kept beside a person's word, which it never changes.
    """

    __tablename__ = "field_value"
    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    field: Mapped[str] = mapped_column(String(32))
    printed: Mapped[str]
    value: Mapped[str]
    state: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(String(16))
    page_id: Mapped[int | None] = mapped_column(ForeignKey("page.id", ondelete="SET NULL"), index=True)
    boxes: Mapped[list[Any]] = mapped_column(default=list)
    certainty: Mapped[list[Any]] = mapped_column(default=list)
    doubts: Mapped[list[Any]] = mapped_column(default=list)
    others: Mapped[list[Any]] = mapped_column(default=list)
    read: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    who: Mapped[str]
    at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("dossier_id", "field"),
        Index("ix_field_value_field_source_value", "field", "source", "value"),
    )
