"""What all tables share: names of constraints, times, stored states. Private to storage, queries and services."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Dialect, Enum, MetaData, String, TypeDecorator
from sqlalchemy.orm import DeclarativeBase

from app.domain.states import (
    DossierState,
    ImportState,
    JobState,
    KeyingState,
    LinkState,
    PageState,
    UploadState,
)

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcTime(TypeDecorator[datetime]):
    """A moment in UTC, stored as ISO 8601 text so that order of text is order of time."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Refuse naive times: a moment without zone is a mistake."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Read back as an aware datetime."""
        return None if value is None else datetime.fromisoformat(value)


def _stored(kind: type) -> Enum:
    return Enum(
        kind,
        native_enum=False,
        length=32,
        validate_strings=True,
        create_constraint=False,
        values_callable=lambda states: [state.value for state in states],
    )


class Base(DeclarativeBase):
    """Root of the mapped classes."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012  # SQLAlchemy's own name for a class-wide table
        datetime: UtcTime(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
        PageState: _stored(PageState),
        DossierState: _stored(DossierState),
        JobState: _stored(JobState),
        UploadState: _stored(UploadState),
        ImportState: _stored(ImportState),
        LinkState: _stored(LinkState),
        KeyingState: _stored(KeyingState),
    }
