"""The office side of our own drop folder, so that the line works to the end where no office listens yet.

A directory that carries our marker file answers its own deliveries: each complete package is verified and
gets a receipt that says plainly who wrote it ("local drop folder"). A directory without the marker that
already holds something belongs to a real office: we deliver there and wait. Runs in the upload thread.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from app.connectors.protocol import Receipt, Verdict
from app.connectors.receipts import (
    MAX_RECEIPT_BYTES,
    RECEIPT_SUFFIX,
    encode_receipt,
    parse_receipt,
    receipt_path,
    write_whole,
)
from app.errors import Conflict, ConnectorError, MachineError
from app.packaging.bag import DECLARATION, MANIFEST, BagReport, verify_bag
from app.packaging.dossier_json import check_document
from app.packaging.durable import flush_directory
from app.paths import refuse_reserved
from app.storage.locks import exclusive
from ocr.long_paths import reachable
from ocr.patience import open_to_read, read_bytes

MARKER = "foliodesk-drop-folder.json"
LOCAL_OFFICE = "local drop folder"
_LOCK = ".foliodesk-office.lock"
_LAST = ".foliodesk-office.last"
_REFERENCE = re.compile(r"LOCAL-(\d{4})-(\d{6,})")


def prepare_drop_folder(directory: Path) -> str:
    """Make a directory ready for deliveries and return its office: LOCAL_OFFICE or "" for a real one.

    Called once, when a person or the command line names the directory. A directory we make, or find empty,
    gets our marker; one with content and no marker is left as it is. Raises ConnectorError
    ("drop_folder_missing" | "drop_folder_not_writable") and OperatorError("name_reserved").
    """
    refuse_reserved(directory)
    directory = reachable(directory)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        if not (directory / MARKER).exists() and not any(directory.iterdir()):
            content = {"mode": "local", "office": LOCAL_OFFICE, "made_by": "Foliodesk"}
            write_whole(directory / MARKER, (json.dumps(content, indent=1) + "\n").encode("utf-8"))
            flush_directory(directory.parent)
    except PermissionError as exc:
        raise ConnectorError("drop_folder_not_writable", retryable=True, directory=str(directory)) from exc
    except OSError as exc:
        raise ConnectorError("drop_folder_missing", retryable=True, directory=str(directory)) from exc
    return office_of(directory)


def office_of(directory: Path) -> str:
    """Return LOCAL_OFFICE for a directory that answers for itself, else an empty string."""
    directory = reachable(directory)
    try:
        marker = json.loads(read_bytes(directory / MARKER))
    except (OSError, ValueError):
        return ""
    return LOCAL_OFFICE if isinstance(marker, dict) and marker.get("mode") == "local" else ""


def answer_deliveries(
    directory: Path, schema_path: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> tuple[Receipt, ...]:
    """Verify every complete package without a receipt and write its receipt; return the new ones.

    schema_path: resources/schemas/dossier.schema.json. Does nothing in a directory without our marker, nor
    while another process is answering there. A package is refused, with its reason, when a file is missing,
    changed or added, when dossier.json breaks its schema or when the PDF does not open with its pages.
    """
    directory = reachable(directory)
    if not office_of(directory):
        return ()
    try:
        with exclusive(directory / _LOCK, timeout_s=0.0, code="office_busy"):
            return tuple(_answer(package, schema_path, now()) for package in _unanswered(directory))
    except Conflict:
        return ()
    except OSError as exc:
        raise ConnectorError(
            "drop_folder_failed", retryable=True, directory=str(directory), why=str(exc)
        ) from exc


def _unanswered(directory: Path) -> list[Path]:
    # One listing tells what has an answer; only the rest is looked at, so a full directory costs little.
    names = {found.name for found in directory.iterdir()}
    return [
        directory / name
        for name in sorted(names)
        if not name.endswith((".part", RECEIPT_SUFFIX))
        and name + RECEIPT_SUFFIX not in names
        and any((directory / name / tag).is_file() for tag in (DECLARATION, MANIFEST))
    ]


def _answer(package: Path, schema_path: Path, moment: datetime) -> Receipt:
    report = verify_bag(package)
    reason = _objection(report, schema_path)
    receipt = Receipt(
        package=package.name,
        verdict=Verdict.REFUSED if reason else Verdict.ACCEPTED,
        sha256=report.package_sha256 or "0" * 64,
        reference=_next_reference(package.parent, moment),
        time=moment,
        office=LOCAL_OFFICE,
        reason=reason,
    )
    write_whole(receipt_path(package.parent, package.name), encode_receipt(receipt))
    return receipt


def _objection(report: BagReport, schema_path: Path) -> str:
    """Return why a package cannot be accepted, as codes; empty when it can."""
    if report.findings:
        shown = ", ".join(f"{found.code} {found.path}".strip() for found in report.findings[:5])
        return f"{shown} (+{len(report.findings) - 5})" if len(report.findings) > 5 else shown
    try:
        document = json.loads(read_bytes(report.path / "data/dossier.json"))
        check_document(document, schema_path)
    except MachineError as exc:
        return str(exc)
    except (OSError, ValueError):
        return "dossier_json_unreadable"
    if document["package"] != report.path.name:
        return "package_name_differs"
    return _pdf_objection(report.path / document["pdf"]["path"], document["pdf"]["page_count"])


def _pdf_objection(path: Path, page_count: int) -> str:
    import pypdfium2

    try:
        # A stream: from a path pypdfium2 takes away the form in which Windows opens long ones.
        with open_to_read(path) as stream, closing(pypdfium2.PdfDocument(stream)) as document:
            found = len(document)
    except (pypdfium2.PdfiumError, OSError):
        return "pdf_unreadable"
    return "" if found == page_count else f"pdf_page_count_differs found={found} stated={page_count}"


def _next_reference(directory: Path, moment: datetime) -> str:
    """Return the next reference of the year and remember it first, so that none is given twice."""
    year = f"{moment.year:04d}"
    memory = directory / _LAST
    try:
        found = _REFERENCE.fullmatch(read_bytes(memory).decode("ascii").strip())
    except (OSError, ValueError):
        found = None
    if found is not None and found.group(1) == year:
        last = int(found.group(2))
    else:
        last = _last_on_disk(directory, year)
    reference = f"LOCAL-{year}-{last + 1:06d}"
    write_whole(memory, (reference + "\n").encode("ascii"))
    return reference


def _last_on_disk(directory: Path, year: str) -> int:
    """Return the highest number the receipts of a year have, where the memory is missing."""
    used = [0]
    for path in directory.glob(f"*{RECEIPT_SUFFIX}"):
        try:
            with open_to_read(path) as stream:
                reference = parse_receipt(stream.read(MAX_RECEIPT_BYTES)).reference
        except (OSError, ValueError):
            continue
        found = _REFERENCE.fullmatch(reference)
        if found and found.group(1) == year:
            used.append(int(found.group(2)))
    return max(used)
