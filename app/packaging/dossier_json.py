"""dossier.json: all a receiving office needs to know about a package, for machines.

Written from the task alone and validated against resources/schemas/dossier.schema.json at every build.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from app.errors import MachineError
from app.packaging.content import (
    ExcludedPage,
    LinkReason,
    PackageDocument,
    PackagePage,
    PackageTask,
    Validation,
)

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

SCHEMA_ID = "https://foliodesk.invalid/schemas/dossier-1.json"
# 1.1: a page's box; 1.2: marks of pages, more of documents, pages that are kept here; 1.3: fields
FORMAT_VERSION = "1.3"
Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A payload file as it lies in the bag. path: with slashes, from the bag's root."""

    path: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Payload:
    """Where the parts of a dossier lie. masters: by SHA-256; originals: in the task's order; texts: by ordinal.

    stacked: ordinals of the pages whose text in the PDF is only approximately in place.
    """

    pdf: StoredFile
    masters: Mapping[str, StoredFile]
    originals: tuple[StoredFile, ...]
    texts: Mapping[int, StoredFile]
    validators: tuple[Validation, ...]
    stacked: frozenset[int] = frozenset()


def describe(task: PackageTask, payload: Payload) -> dict[str, Json]:
    """Return the document as plain values, in a stable order."""
    return {
        "format": "foliodesk-dossier",
        "format_version": FORMAT_VERSION,
        "package": task.package_name,
        "created_at": _moment(task.created_at),
        "software": task.software,
        "office": task.office,
        "source_organization": task.source_organization,
        "dossier": {"id": task.dossier_id, "source": task.source_name, "batch": task.batch_name},
        "application_number": _number(task),
        "link": _link(task),
        "register": _register(task),
        "release": {
            "kind": task.release.kind,
            "by": task.release.released_by,
            "at": _moment(task.release.released_at),
        },
        "pdf": {
            **_file(payload.pdf),
            "conformance": "PDF/A-2b",
            "page_count": len(task.pages),
            "validators": [
                {"name": check.name, "version": check.version, "verdict": check.verdict}
                for check in payload.validators
            ],
        },
        "documents": [_document(document) for document in task.documents],
        "fields": [
            {
                "name": field.name,
                "printed": field.printed,
                "value": field.value,
                "state": field.state,
                "by": field.by,
                "at": _moment(field.at),
                "page": field.page,
            }
            for field in task.fields
        ],
        "pages": [_page(page, payload) for page in task.pages],
        "excluded_pages": [_excluded(page) for page in task.excluded],
        "originals": [
            {**_file(stored), "name": original.name, "media_type": original.media_type}
            for original, stored in zip(task.originals, payload.originals, strict=True)
        ],
    }


def encode(document: Mapping[str, Json], schema_path: Path) -> bytes:
    """Return the document as UTF-8 JSON after checking it against its schema.

    Raises MachineError("dossier_json_invalid", where=..., why=...).
    """
    content = (json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode("utf-8")
    check_document(json.loads(content), schema_path)
    return content


def check_document(document: object, schema_path: Path) -> None:
    """Raise MachineError("dossier_json_invalid") unless a parsed document satisfies the schema."""
    from jsonschema.exceptions import best_match

    worst = best_match(_validator(schema_path).iter_errors(document))
    if worst is not None:
        where = "/".join(str(part) for part in worst.absolute_path)
        raise MachineError(
            "dossier_json_invalid", where=where, why=str(worst.validator), found=worst.message[:200]
        )


@lru_cache(maxsize=8)
def _validator(schema_path: Path) -> Draft202012Validator:
    from jsonschema import Draft202012Validator, FormatChecker

    schema = json.loads(schema_path.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=FormatChecker())


def _number(task: PackageTask) -> Json:
    number = task.number
    if number is None:
        return None
    return {
        "canonical": number.canonical,
        "raw": number.raw or None,
        "office": number.office,
        "right": number.right,
        "year": number.year,
        "serial": number.serial or None,
        "ipas_key": list(number.ipas_key) or None,
        "st13": number.st13 or None,
        "format_id": number.format_id or None,
    }


def _link(task: PackageTask) -> Json:
    link = task.link
    return {
        "state": link.state,
        "confidence": link.confidence,
        "by": link.linked_by or None,
        "at": _moment(link.linked_at) if link.linked_at else None,
        "reasons": [_reason(reason) for reason in link.reasons],
    }


def _reason(reason: LinkReason) -> Json:
    facts: dict[str, Json] = dict(reason.facts)
    return {"code": reason.code, "facts": facts}


def _register(task: PackageTask) -> Json:
    row = task.register
    if row is None:
        return None
    return {
        "application_number": row.application_number,
        "title": row.title or None,
        "applicant": row.applicant or None,
        "filing_date": row.filing_date or None,
    }


def _document(document: PackageDocument) -> Json:
    return {
        "title": document.title,
        "kind": document.kind,
        "dated": document.dated or None,
        "dated_role": document.dated_role or None,
        "dated_printed": document.dated_printed or None,
        "direction": document.direction or None,
        "language": document.language or None,
        "access": document.access or None,
        "edms_code": document.edms_code or None,
        "said_by": document.said_by or None,
        "confidence": document.confidence,
        "application_numbers": list(document.numbers),
        "first_page": document.first_page,
        "last_page": document.last_page,
    }


def _excluded(page: ExcludedPage) -> Json:
    return {
        "reason": page.reason,
        "replaced_by": page.replaced_by,
        "master": {
            "sha256": page.master_sha256,
            "size_bytes": page.size_bytes,
            "media_type": page.media_type,
            "frame": page.frame,
        },
        "original_name": page.original_name or None,
        "source_page": page.source_page,
    }


def _page(page: PackagePage, payload: Payload) -> Json:
    text = payload.texts.get(page.ordinal)
    return {
        "ordinal": page.ordinal,
        "title": page.title or None,
        "kind": page.kind or None,
        "is_blank": page.is_blank,
        "languages": list(page.languages),
        "mean_confidence": page.mean_confidence,
        "text": _file(text) if text else None,
        "text_positions": ("approximate" if page.ordinal in payload.stacked else "exact") if text else None,
        "master": {
            **_file(payload.masters[page.master_sha256]),
            "media_type": page.media_type,
            "frame": page.frame,
        },
        "original_name": page.original_name or None,
        "source_page": page.source_page,
        "width_px": page.width_px,
        "height_px": page.height_px,
        "dpi": page.dpi,
        "exif_orientation": page.exif_orientation,
        "turn_deg": page.applied_turn_deg,
        "skew_deg": page.applied_skew_deg,
        "box": None if page.box is None else asdict(page.box),
        "marks": [
            {"code": mark.code, "value": mark.value, "is_grave": mark.is_grave} for mark in page.quality
        ],
    }


def _file(stored: StoredFile) -> dict[str, Json]:
    return {"path": stored.path, "sha256": stored.sha256, "size_bytes": stored.size_bytes}


def _moment(moment: datetime) -> str:
    """Return an aware time in UTC, to the second."""
    return moment.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
