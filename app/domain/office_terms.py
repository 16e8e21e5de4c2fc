"""The words an office profile is made of: rights, authorities, document types, forms, INID captions, shelves.

Plain values; read from packs by office_reading.py and proven by office_checks.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.errors import OperatorError


class OfficeDataInvalid(OperatorError):
    """The office data cannot be trusted.

    Codes: "offices_missing", "office_file_unreadable", "office_file_too_large", "office_layout_unknown",
    "office_key_missing", "office_key_unknown", "office_value_wrong", "office_code_twice", "office_name_twice",
    "office_reference_unknown", "office_label_unknown", "office_unknown", "format_id_twice",
    "format_pattern_invalid", "format_pattern_too_slow", "format_example_fails", "format_template_wrong",
    "canonical_form_unstable", "office_packs_clash", "office_pack_aside". Facts name the file and, in it, the key.
    """


class Confidence(StrEnum):
    """How far a statement about an office may be believed."""

    VERIFIED = "V"
    MASK = "M"  # the structure is verified, the printed padding inferred
    GENERAL = "G"  # general knowledge: confirm with the office
    LOW = "L"  # ask the office


class Calendar(StrEnum):
    """Calendars the program reads (see dates.py)."""

    GREGORIAN = "gregorian"
    BUDDHIST = "buddhist"
    THAI_APRIL = "thai-april"  # Thai years before 1941 began on 1 April
    KHMER_DUAL = "khmer-dual"  # a lunar date with its Buddhist year beside the common one


class Direction(StrEnum):
    """Which way a paper went, where its type alone says so."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"
    INTERNAL = "internal"


class RetentionAct(StrEnum):
    """What becomes of the paper once it has been scanned."""

    KEEP = "scan_and_keep"
    DESTROY = "scan_and_destroy"
    BORN_DIGITAL = "born_digital"


class InidField(StrEnum):
    """What a field behind an INID code holds."""

    APPLICATION_NUMBER = "application_number"
    FILING_DATE = "filing_date"
    APPLICATION = "application"  # number and filing date together, as Viet Nam prints them
    REGISTRATION_NUMBER = "registration_number"
    REGISTRATION_DATE = "registration_date"
    REGISTRATION = "registration"  # number and date together
    PUBLICATION_NUMBER = "publication_number"
    PUBLICATION_DATE = "publication_date"
    PUBLICATION = "publication"  # number and date together
    GRANT_DATE = "grant_date"
    EXPIRY_DATE = "expiry_date"
    PRIORITY = "priority"
    IPC = "ipc"
    NICE = "nice"
    LOCARNO = "locarno"
    VIENNA = "vienna"
    TITLE = "title"
    MARK = "mark"
    MARK_KIND = "mark_kind"
    ABSTRACT = "abstract"
    CLAIM = "claim"
    DESCRIPTION = "description"
    REPRODUCTION = "reproduction"
    DESIGN_COUNT = "design_count"
    DIVISIONAL = "divisional"
    APPLICANT = "applicant"
    INVENTOR = "inventor"
    OWNER = "owner"
    APPLICANT_OR_OWNER = "applicant_or_owner"
    AGENT = "agent"
    NATIONAL_ENTRY = "national_entry"
    PCT_APPLICATION = "pct_application"
    PCT_PUBLICATION = "pct_publication"
    LANGUAGE = "language"
    DISCLAIMER = "disclaimer"
    TRANSLITERATION = "transliteration"
    TRANSLATION = "translation"
    COLOURS = "colours"


@dataclass(frozen=True, slots=True)
class Authority:
    """A house that keeps some of an office's rights, where a country has more than one. code: the office's own."""

    code: str
    name: str
    confidence: Confidence
    note: str = ""


@dataclass(frozen=True, slots=True)
class Right:
    """A right the office's numbers belong to. authority: "" where there is one house only or nobody has said."""

    right_id: str
    name: str
    authority: str = ""


@dataclass(frozen=True, slots=True)
class DocumentType:
    """A kind of paper in a folder.

    words: captions it is known by, by language of the recognition models. confirm: languages whose words a
    native speaker has still to confirm. is_public: None where the office has not said. edms_code: the type
    code of the office's document system, "" where unknown.
    """

    code: str
    name: str
    words: Mapping[str, tuple[str, ...]]
    confidence: Confidence
    confirm: tuple[str, ...] = ()
    direction: Direction | None = None
    is_public: bool | None = None
    edms_code: str = ""


@dataclass(frozen=True, slots=True)
class FormCode:
    """A code printed on an office's form. document: the type it is, "" where the office must say."""

    code: str
    title: str
    confidence: Confidence
    document: str = ""


@dataclass(frozen=True, slots=True)
class InidCaption:
    """An INID code and what stands before or behind it on paper.

    code: two or three digits, or two codes joined by a slash. standard: "ST.9" patents, "ST.60" marks,
    "ST.80" designs. captions: words the office prints behind the code, by language.
    """

    code: str
    standard: str
    field: InidField
    captions: Mapping[str, tuple[str, ...]]
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class ShelfNaming:
    """How a place on the shelf is written. pattern: what its name has to match in full."""

    name: str
    pattern: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """What becomes of the paper of some document types. years: None means for ever."""

    documents: tuple[str, ...]
    act: RetentionAct
    years: int | None
    source: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Checklist:
    """What papers a folder of some rights holds. rights: ids; all kinds are codes of document types.

    required: a folder without it has lost it, or is another right's. usual: told when it is not seen, no more.
    once: there is at most one. by_date: papers lie in order of their dates. holds: what is missing keeps a dossier
    from leaving by itself.
    """

    name: str
    rights: tuple[str, ...]
    required: tuple[str, ...]
    usual: tuple[str, ...]
    once: tuple[str, ...]
    by_date: bool
    holds: bool
    confidence: Confidence
    source: str = ""
    note: str = ""
