"""The fields a dossier is indexed by: which there are, of what kind, and what an office asks of each. Plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class DossierField(StrEnum):
    """A field of a dossier, in the order they are worked through where an office names none."""

    APPLICATION_NUMBER = "application_number"
    TYPE = "type"  # the right the file is about
    TITLE = "title"  # title of an invention or a design, or the words of a mark
    APPLICANT = "applicant"
    AGENT = "agent"
    FILING_DATE = "filing_date"
    DOCUMENT_DATE = "document_date"  # when the paper was written or received
    REGISTRATION_NUMBER = "registration_number"
    CLASSES = "classes"
    PRIORITY = "priority"


class FieldKind(StrEnum):
    """What may stand in a field."""

    NUMBER = "number"
    CHOICE = "choice"
    DATE = "date"
    CLASSES = "classes"
    TEXT = "text"


KIND_OF: Mapping[DossierField, FieldKind] = {
    DossierField.APPLICATION_NUMBER: FieldKind.NUMBER,
    DossierField.TYPE: FieldKind.CHOICE,
    DossierField.TITLE: FieldKind.TEXT,
    DossierField.APPLICANT: FieldKind.TEXT,
    DossierField.AGENT: FieldKind.TEXT,
    DossierField.FILING_DATE: FieldKind.DATE,
    DossierField.DOCUMENT_DATE: FieldKind.DATE,
    DossierField.REGISTRATION_NUMBER: FieldKind.NUMBER,
    DossierField.CLASSES: FieldKind.CLASSES,
    DossierField.PRIORITY: FieldKind.TEXT,
}


class FieldState(StrEnum):
    """How a value stands. INVALID: it is not of its field's kind (no date, no class...)."""

    TO_CHECK = "to_check"
    ACCEPTED = "accepted"
    INVALID = "invalid"


class FieldSource(StrEnum):
    """Whose word a value is. A machine never changes a person's."""

    MACHINE = "machine"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What an office asks of a field.

    is_always: a person confirms it in every dossier, however sure the reading is. is_required: it may not stay
    empty without a person saying so. languages: of its print, where a
    part of a page is read for it; () for those the page was read in.
    """

    field: DossierField
    is_always: bool = False
    is_required: bool = False
    languages: tuple[str, ...] = ()


DEFAULT_RULES = tuple(
    FieldRule(
        field,
        is_always=field is DossierField.APPLICATION_NUMBER,
        is_required=field is DossierField.APPLICATION_NUMBER,
    )
    for field in DossierField
)
"""Where a pack names no fields: all are shown, and only the application number is confirmed by hand every time."""
