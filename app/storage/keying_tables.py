"""The table of second keyings. Private to storage, queries and services, as app.storage.tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.states import KeyingState
from app.storage.columns import Base


class KeyingRow(Base):
    """A confirmed dossier that another person keys again, unseen; one for each confirmation an office wants keyed twice.

    fields: what is keyed. first_by: names of those who said it first. keyed: for each field what the first said and what
    the second typed, as printed and as data; pages: ids of the pages the dossier had then; differing: where the two
    mean different things. judgement: for each of those what the judge decided.
    """

    __tablename__ = "keying"
    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("link.id"), unique=True)
    state: Mapped[KeyingState]
    fields: Mapped[list[Any]]
    first_by: Mapped[list[Any]]
    asked_at: Mapped[datetime]
    second_by: Mapped[str | None]
    second_at: Mapped[datetime | None]
    keyed: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    pages: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    differing: Mapped[list[Any]] = mapped_column(default=list)
    judged_by: Mapped[str | None]
    judged_at: Mapped[datetime | None]
    judgement: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    __table_args__ = (Index("ix_keying_state_dossier_id", "state", "dossier_id"),)
