"""Makes an office profile of a pack's text; every fault names the file and the key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

from app.domain.field_kinds import DossierField, FieldRule
from app.domain.number_forms import NumberRule
from app.domain.office_profile import OfficeProfile
from app.domain.office_terms import (
    Authority,
    Calendar,
    Checklist,
    Confidence,
    Direction,
    DocumentType,
    FormCode,
    InidCaption,
    InidField,
    OfficeDataInvalid,
    RetentionAct,
    RetentionRule,
    Right,
    ShelfNaming,
)
from app.domain.pack_table import PackTable
from ocr.types import NumberFormat, NumberRole

LAYOUT = 1
"""Raised when a program of before could misread a pack."""

MAX_BYTES = 1_000_000
_CODE = r"[A-Z]{2}"
_AUTHORITY = r"[A-Z]{2}(?:-[A-Z0-9]{1,8})?"
_LANGUAGE = r"[a-z]{3}"
_ID = r"[A-Za-z0-9][A-Za-z0-9-]{0,39}"
_DOCUMENT = r"[A-Z]{2,6}"
_INID = r"\d{2,3}(?:/\d{2,3})?"
_STANDARD = r"ST\.(?:9|60|80)"


def read_profile(content: bytes, file: str) -> OfficeProfile:
    """Read a pack; what it says of itself is proven by office_checks.prove.

    file: its name, for people. Raises OfficeDataInvalid.
    """
    table = PackTable(_parsed(content, file), file)
    if table.has("layout") and table.integer("layout", 1, 10_000) > LAYOUT:
        raise table.fault("office_layout_unknown", "layout")
    table.integer("layout", 1, LAYOUT)
    code = table.text("code", pattern=_CODE)
    profile = OfficeProfile(
        code=code,
        name=table.text("name", pattern=r"\S.*"),
        version=table.integer("version", 1, 1_000_000),
        issued_by=table.text("issued_by", ""),
        languages=_languages(table),
        time_zone=table.text("time_zone", pattern=r"[A-Za-z_]+(?:/[A-Za-z_+-]+){1,2}"),
        start_year=table.integer("start_year", 1800, 2100),
        date_order=table.text("date_order", pattern="dmy|mdy"),
        calendars=_calendars(table),
        labels=_labels(table),
        authorities=tuple(_authority(each) for each in table.tables("authorities", "code")),
        rights=tuple(_right(each) for each in table.tables("rights", "id")),
        rules=tuple(_rule(each, code) for each in table.tables("formats", "id")),
        documents=tuple(_document(each) for each in table.tables("documents", "code")),
        forms=tuple(_form(each) for each in table.tables("forms", "code")),
        inid=tuple(_inid(each) for each in table.tables("inid", "")),
        shelves=tuple(_shelf(each) for each in table.tables("shelves", "name")),
        retention=tuple(_retention(each) for each in table.tables("retention", "")),
        automatic_from=table.share("automatic_from"),
        automatic_without_register=table.share("automatic_without_register"),
        fields=tuple(_field(each) for each in table.tables("fields", "name")),
        checklists=tuple(_checklist(each) for each in table.tables("checklists", "name")),
    )
    table.done()
    return profile


def _parsed(content: bytes, file: str) -> Mapping[str, object]:
    if len(content) > MAX_BYTES:
        raise OfficeDataInvalid("office_file_too_large", file=file, size_bytes=len(content), limit=MAX_BYTES)
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as exc:  # a bare ValueError: an integer of thousands of digits
        raise OfficeDataInvalid("office_file_unreadable", file=file, detail=str(exc)) from exc


def _languages(table: PackTable) -> tuple[str, ...]:
    languages = table.texts("languages", pattern=_LANGUAGE)
    if not languages:
        raise table.wrong("languages", "", _LANGUAGE)
    return languages


def _calendars(table: PackTable) -> tuple[str, ...]:
    known = "|".join(each.value for each in Calendar)
    return table.texts("calendars", pattern=known)


def _labels(table: PackTable) -> Mapping[NumberRole, tuple[str, ...]]:
    inner = table.table("labels")
    labels = {}
    for name in inner.names():
        try:
            role = NumberRole(name)
        except ValueError as exc:
            raise inner.fault(
                "office_key_unknown", name, near=", ".join(each.value for each in NumberRole)
            ) from exc
        labels[role] = inner.texts(name)
    return labels


def _authority(entry: PackTable) -> Authority:
    return Authority(
        code=entry.text("code", pattern=_AUTHORITY),
        name=entry.text("name"),
        confidence=entry.choice("confidence", Confidence),
        note=entry.text("note", ""),
    )


def _right(entry: PackTable) -> Right:
    return Right(
        right_id=entry.text("id", pattern=_ID),
        name=entry.text("name"),
        authority=entry.text("authority", "", pattern=_AUTHORITY),
    )


def _rule(entry: PackTable, office: str) -> NumberRule:
    number_format = NumberFormat(
        format_id=entry.text("id", pattern=_ID),
        office=office,
        right=entry.text("right", pattern=_ID),
        pattern=entry.text("pattern"),
        examples=entry.texts("examples"),
        st13_type=entry.text("st13_type", "", pattern=r"\d{2}"),
        ipas_key=entry.text("ipas_key", ""),
        confidence=entry.choice("confidence", Confidence).value,
        note=entry.text("note", ""),
        own_role=entry.choice("role", NumberRole),
        check=entry.text("check", "", pattern="damm"),
    )
    return NumberRule(
        format=number_format,
        canonical=entry.text("canonical"),
        st13_serial=entry.text("st13_serial", ""),
        gbd_serial=entry.text("gbd_serial", ""),
        by_type=_by_type(entry.table("by_type")),
    )


def _by_type(table: PackTable) -> Mapping[str, tuple[str, str]]:
    found = {}
    for digits in table.names():
        if not re.fullmatch(r"\d{1,4}", digits):
            raise table.wrong(digits, digits, r"\d{1,4}")
        kind = table.table(digits)
        found[digits] = (kind.text("right", pattern=_ID), kind.text("st13_type", pattern=r"\d{2}"))
        kind.done()
    return found


def _document(entry: PackTable) -> DocumentType:
    return DocumentType(
        code=entry.text("code", pattern=_DOCUMENT),
        name=entry.text("name"),
        words=entry.by_language("words"),
        confidence=entry.choice("confidence", Confidence),
        confirm=entry.texts("confirm", (), pattern=_LANGUAGE),
        direction=entry.choice("direction", Direction) if entry.has("direction") else None,
        is_public=entry.flag("public"),
        edms_code=entry.text("edms_code", "", pattern=r"\S{1,30}"),
    )


def _form(entry: PackTable) -> FormCode:
    return FormCode(
        code=entry.text("code", pattern=r"\S.{0,39}"),
        title=entry.text("title", ""),
        confidence=entry.choice("confidence", Confidence),
        document=entry.text("document", "", pattern=_DOCUMENT),
    )


def _inid(entry: PackTable) -> InidCaption:
    return InidCaption(
        code=entry.text("code", pattern=_INID),
        standard=entry.text("standard", pattern=_STANDARD),
        field=entry.choice("field", InidField),
        captions=entry.by_language("captions"),
        confidence=entry.choice("confidence", Confidence),
    )


def _shelf(entry: PackTable) -> ShelfNaming:
    return ShelfNaming(
        name=entry.text("name"), pattern=entry.text("pattern"), examples=entry.texts("examples")
    )


def _retention(entry: PackTable) -> RetentionRule:
    return RetentionRule(
        documents=entry.texts("documents", pattern=_DOCUMENT),
        act=entry.choice("act", RetentionAct),
        years=entry.integer("years", 1, 1000) if entry.has("years") else None,
        source=entry.text("source", ""),
        confidence=entry.choice("confidence", Confidence),
    )


def _field(entry: PackTable) -> FieldRule:
    return FieldRule(
        field=entry.choice("name", DossierField),
        is_always=bool(entry.flag("always")),
        is_required=bool(entry.flag("required")),
        languages=entry.texts("languages", (), pattern=_LANGUAGE),
    )


def _checklist(entry: PackTable) -> Checklist:
    return Checklist(
        name=entry.text("name"),
        rights=entry.texts("rights", pattern=_ID),
        required=entry.texts("required", (), pattern=_DOCUMENT),
        usual=entry.texts("usual", (), pattern=_DOCUMENT),
        once=entry.texts("once", (), pattern=_DOCUMENT),
        by_date=bool(entry.flag("by_date")),
        holds=bool(entry.flag("holds")),
        confidence=entry.choice("confidence", Confidence),
        source=entry.text("source", ""),
        note=entry.text("note", ""),
    )
