"""Documents of a dossier: what can be said of a typed, dated run of pages. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Access(StrEnum):
    """Who may see a document once it has left: by its type, or as a person says."""

    PUBLIC = "public"
    CONFIDENTIAL = "confidential"


class DateRole(StrEnum):
    """What a document's date is."""

    DOCUMENT = "document"  # written on the paper by whoever made it
    RECEPTION = "reception"  # stamped on it when the office received it


class StartMark(StrEnum):
    """What says that a page begins a document. PERSON goes before all others."""

    PATCH_T = "patch_t"
    PATCH_2 = "patch_2"
    SEPARATOR = "separator"  # a separator sheet with a code of ours
    BLANK = "blank"
    COUNT = "count"  # every so many sheets
    FILE = "file"  # each file is a document, as a person chose at the import
    PERSON = "person"


class Exclusion(StrEnum):
    """Why a page is kept but is no page of the paper file. Excluded pages are never deleted."""

    PERSON = "person"
    SEPARATOR = "separator"  # a cover or separator sheet
    NOT_OF_FILE = "not_of_file"  # it lay in the folder but is another file's
    REPLACED = "replaced"  # scanned again
    TAKEN_BACK = "taken_back"  # inserted, and that was undone


@dataclass(frozen=True, slots=True)
class WhySo:
    """A code with facts for ui/texts.py: why the machine says what it says."""

    code: str
    facts: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DocumentReading:
    """What the machine reads of one run of pages; None is "unknown", never a guess.

    first, last: places in the list of pages that was given, inclusive. confidence: of the kind, in 0..1.
    language: a recognition model's code. access: by the office's word on the kind.
    """

    first: int
    last: int
    kind: str | None
    confidence: float
    reasons: tuple[WhySo, ...]
    dated: date | None = None
    dated_printed: str = ""
    dated_role: DateRole | None = None
    direction: str | None = None
    language: str | None = None
    access: Access | None = None
