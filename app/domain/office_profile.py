"""The profile of one office: what it prints, in which languages, since when, and how it sorts its papers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.field_kinds import DEFAULT_RULES, DossierField, FieldRule
from app.domain.number_forms import NumberRule
from app.domain.office_terms import (
    Authority,
    Checklist,
    DocumentType,
    FormCode,
    InidCaption,
    RetentionRule,
    Right,
    ShelfNaming,
)
from ocr.types import NumberFormat, NumberRole


@dataclass(frozen=True, slots=True)
class OfficeProfile:
    """One office.

    code: ST.3. languages: recognition models, most important first. rules: one per printed form, in order of
    preference. labels: captions the office prints before a number, by what they announce. date_order: "dmy"
    or "mdy", how the office writes dates in digits. version: raised by whoever changes the pack.
    authorities: the houses of an office that has more than one; folders and numbers carry the ST.3 code all
    the same, and a number's right says which house keeps it. automatic_from: how probable a number must be to be
    linked without a person, 0..1; None: as the program does. automatic_without_register: the same where there is no
    register, 1 for never; None: as with one. sha256: of the pack's file; "" for one made by hand.
    """

    code: str
    name: str
    languages: tuple[str, ...]
    rules: tuple[NumberRule, ...]
    labels: Mapping[NumberRole, tuple[str, ...]]
    start_year: int
    time_zone: str
    date_order: str = "dmy"
    calendars: tuple[str, ...] = ("gregorian",)
    version: int = 1
    issued_by: str = ""
    authorities: tuple[Authority, ...] = ()
    rights: tuple[Right, ...] = ()
    documents: tuple[DocumentType, ...] = ()
    forms: tuple[FormCode, ...] = ()
    inid: tuple[InidCaption, ...] = ()
    shelves: tuple[ShelfNaming, ...] = ()
    retention: tuple[RetentionRule, ...] = ()
    automatic_from: float | None = None
    automatic_without_register: float | None = None
    fields: tuple[FieldRule, ...] = ()
    checklists: tuple[Checklist, ...] = ()
    sha256: str = field(default="", compare=False)

    @property
    def formats(self) -> tuple[NumberFormat, ...]:
        """The office's own printed forms, for matching."""
        return tuple(rule.format for rule in self.rules)

    @property
    def reading_sha256(self) -> str:
        """Name what decides how a register is read: number forms, captions, dates. Not the pack's version or papers."""
        forms = [
            (
                rule.format.office,
                rule.format.right,
                rule.format.pattern,
                rule.format.st13_type,
                rule.format.ipas_key,
                rule.format.own_role.value,
                rule.format.check,
                rule.canonical,
                rule.st13_serial,
                rule.gbd_serial,
                sorted(rule.by_type.items()),
            )
            for rule in self.rules
        ]
        captions = sorted((role.value, list(words)) for role, words in self.labels.items())
        dates = (self.languages[:1], self.start_year, self.date_order, self.calendars)
        told = json.dumps((self.code, dates, captions, forms), ensure_ascii=False)
        return hashlib.sha256(told.encode("utf-8")).hexdigest()

    def rule(self, format_id: str) -> NumberRule | None:
        """Find the rule of a format by its id."""
        return next((rule for rule in self.rules if rule.format.format_id == format_id), None)

    def authority_of(self, right_id: str) -> Authority | None:
        """Say which house keeps a right; None where there is only one, or where nobody has said."""
        code = next((right.authority for right in self.rights if right.right_id == right_id), "")
        return next((each for each in self.authorities if each.code == code), None)

    def document(self, code: str) -> DocumentType | None:
        """Find a document type by its code."""
        return next((each for each in self.documents if each.code == code), None)

    @property
    def field_rules(self) -> tuple[FieldRule, ...]:
        """The fields of a dossier in the order of work; the application number is always the first of them.

        A person confirms that number in every dossier, whatever a pack says: it is the one error nobody forgives.
        """
        rules = self.fields or DEFAULT_RULES
        first = FieldRule(DossierField.APPLICATION_NUMBER, is_always=True, is_required=True)
        return (first, *(each for each in rules if each.field is not DossierField.APPLICATION_NUMBER))
