"""Receipt files: `<package>.receipt.json`, read strictly and written whole.

The format is resources/schemas/receipt.schema.json; unknown extra members are an office's own business.
"""

from __future__ import annotations

import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path

from app.connectors.protocol import Receipt, Verdict
from app.packaging.durable import flush_directory
from ocr.patience import discard, open_to_write, replace_file

RECEIPT_SUFFIX = ".receipt.json"
# A receipt is a few hundred bytes; anything big is something else.
MAX_RECEIPT_BYTES = 65_536
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)", re.ASCII)
_LONGEST = {"package": 255, "reference": 200, "office": 200}


def receipt_path(directory: Path, package_name: str) -> Path:
    """Return where the receipt of a package lies."""
    return directory / (package_name + RECEIPT_SUFFIX)


def parse_receipt(content: bytes) -> Receipt:
    """Read a receipt. Raises ValueError(what is wrong) for anything that is not exactly one."""
    try:
        document = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_no_doubles)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as exc:
        raise ValueError("not JSON") from exc
    if not isinstance(document, dict):
        raise ValueError("not an object")
    texts = {name: _text(document, name, longest) for name, longest in _LONGEST.items()}
    sha256 = _text(document, "sha256", 64)
    if not re.fullmatch("[0-9a-fA-F]{64}", sha256):
        raise ValueError("sha256")
    if document.get("verdict") not in tuple(Verdict):
        raise ValueError("verdict")
    verdict = Verdict(document["verdict"])
    reason = _text(document, "reason", 4000) if verdict is Verdict.REFUSED or "reason" in document else ""
    return Receipt(verdict=verdict, sha256=sha256.lower(), time=_moment(document), reason=reason, **texts)


def encode_receipt(receipt: Receipt) -> bytes:
    """Return the bytes of a receipt file."""
    document = {
        "package": receipt.package,
        "verdict": receipt.verdict.value,
        "sha256": receipt.sha256,
        "reference": receipt.reference,
        "time": receipt.time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "office": receipt.office,
    }
    if receipt.reason:
        document["reason"] = receipt.reason
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def write_whole(path: Path, content: bytes) -> None:
    """Write a small file so that it is whole or absent: beside it, flushed, then renamed over the name."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open_to_write(beside, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        replace_file(beside, path)
    except BaseException:
        discard(beside)
        raise
    flush_directory(path.parent)


def _text(document: dict[str, object], name: str, longest: int) -> str:
    value = document.get(name)
    # The reason of an accepted package may be left empty; all else says something.
    least = 0 if name == "reason" and document.get("verdict") == Verdict.ACCEPTED else 1
    if not isinstance(value, str) or not least <= len(value) <= longest:
        raise ValueError(name)
    return value


def _moment(document: dict[str, object]) -> datetime:
    text = _text(document, "time", 64)
    if not _TIME.fullmatch(text):
        raise ValueError("time")
    try:
        return datetime.fromisoformat(text)
    except ValueError as exc:
        raise ValueError("time") from exc


def _no_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("doubled member")
    return document
