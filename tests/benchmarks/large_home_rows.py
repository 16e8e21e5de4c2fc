"""Fills a database with the rows of an office that has worked for years: 100,000 dossiers, 1,000,000 pages.

Rows are written as SQL, not through the services, and no page has files. What a row holds is as long as the
program's own: a page's text, its candidates and steps, a dossier's ranked numbers with their places.
"""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WHEN = "2026-03-02T08:{minute:02d}:{second:02d}.000000+00:00"
DOSSIERS_PER_BATCH = 100
PAGES_PER_DOSSIER = 10
LONG_DOSSIER_PAGES = 100
OFFICE_PLACE = "\\\\ipo-server\\incoming"
WORDS = [
    "Department",
    "of",
    "Industrial",
    "Property",
    "application",
    "number",
    "date",
    "of",
    "filing",
    "request",
    "for",
    "registration",
    "of",
    "a",
    "mark",
    "power",
    "of",
    "attorney",
    "specification",
    "claims",
    "drawings",
    "abstract",
    "priority",
    "document",
    "receipt",
    "fee",
    "examination",
    "report",
    "ព្រះរាជាណាចក្រកម្ពុជា",
    "ជាតិ",
    "សាសនា",
    "ព្រះមហាក្សត្រ",
    "ក្រសួងឧស្សាហកម្ម",
    "ពាក្យសុំចុះបញ្ជី",
]


@dataclass(frozen=True, slots=True)
class Lot:
    """What a dossier is at: its state, how it is linked, and whether a package of it is on its way."""

    state: str
    link: str
    share: float
    linked_by: str | None = None
    upload: str | None = None


LOTS = (
    Lot("uploaded", "proven", 0.62, "policy:proven", "accepted"),
    Lot("uploaded", "needs_review", 0.24, "Sokha Kim", "accepted"),
    Lot("queued", "proven", 0.02, "policy:proven", "sent"),
    Lot("to_index", "needs_review", 0.08),
    Lot("to_index", "none", 0.01),
    Lot("returned", "needs_review", 0.002),
    Lot("to_review", "needs_review", 0.028, "Sokha Kim"),
)
IN_WORK = Lot("processing", "none", 0.0)
IN_WORK_SHARE = 200
"""One dossier of so many is being read, the newest: work goes batch by batch."""


def fill(path: Path, dossiers: int, *, seed: int = 5) -> None:
    """Write all rows into an empty database of the present revision; without fsync, for it can be made anew."""
    chance = random.Random(seed)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA journal_mode=MEMORY")
        connection.execute("PRAGMA cache_size=-400000")
        connection.execute("PRAGMA foreign_keys=OFF")
        for begin in range(1, dossiers + 1, 2_000):
            connection.execute("BEGIN")
            some = range(begin, min(dossiers, begin + 1_999) + 1)
            _write(connection, _rows(some, dossiers - dossiers // IN_WORK_SHARE, chance))
            connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode=WAL")


def _write(connection: sqlite3.Connection, rows: Iterable[tuple[str, dict[str, Any]]]) -> None:
    held: dict[str, list[dict[str, Any]]] = {}
    for table, row in rows:
        held.setdefault(table, []).append(row)
    for table, found in held.items():
        names = tuple(found[0])
        marks = ", ".join("?" * len(names))
        statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"
        connection.executemany(statement, (tuple(row.values()) for row in found))


def _rows(numbers: range, last_done: int, chance: random.Random) -> Iterator[tuple[str, dict[str, Any]]]:
    texts = [" ".join(chance.choices(WORDS, k=160)) for _ in range(50)]
    drawn = chance.choices(LOTS, [lot.share for lot in LOTS], k=len(numbers))
    lots = [lot if number <= last_done else IN_WORK for number, lot in zip(numbers, drawn, strict=True)]
    for number, lot in zip(numbers, lots, strict=True):
        batch_id = (number - 1) // DOSSIERS_PER_BATCH + 1
        if (number - 1) % DOSSIERS_PER_BATCH == 0:
            yield "batch", _batch(batch_id)
        yield from _dossier(number, batch_id, lot, chance, texts)


def _batch(batch_id: int) -> dict[str, Any]:
    return {
        "id": batch_id,
        "name": f"Box {batch_id} ប្រអប់លេខ {batch_id}",
        "office": "KH",
        "languages": '["khm", "eng"]',
        "created_at": _when(batch_id),
        "created_by": "Sokha Kim",
        "release": "proven",
        "destination": OFFICE_PLACE,
    }


def _dossier(
    number: int, batch_id: int, lot: Lot, chance: random.Random, texts: list[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    canonical = f"KH/{'PDM'[number % 3]}/{2004 + number % 20}/{number:05d}"
    pages = LONG_DOSSIER_PAGES if number % 1_000 == 7 else PAGES_PER_DOSSIER
    first = number * 200
    yield (
        "dossier",
        {
            "id": number,
            "batch_id": batch_id,
            "ordinal": number % DOSSIERS_PER_BATCH,
            "name": f"{canonical.replace('/', '-')} សំណុំឯកសារ",
            "source": f"\\\\scan-pc\\boxes\\{batch_id:05d}\\{canonical.replace('/', '-')}",
            "state": lot.state,
            "link": lot.link,
            "application_number": canonical if lot.linked_by else None,
            "link_facts": _link_facts(canonical, first, chance) if lot.state != "processing" else "{}",
            "on_hold": int(lot.state == "to_index" and number % 40 == 0),
            "updated_at": _when(number),
            "is_ordered": 0,
        },
    )
    for place in range(pages):
        done = lot.state != "processing" or place < pages // 2
        yield from _page(first + place, number, batch_id, place, done, chance, texts)
    yield "audit", _audit("dossier", number, "decided")
    yield "job", _job("link", number, lot.state != "processing")
    if lot.linked_by:
        yield "link", _link(number, canonical, lot.linked_by)
        yield "audit", _audit("dossier", number, "linked")
    if lot.upload:
        yield from _delivery(number, canonical, lot.upload)


def _page(
    page_id: int,
    dossier_id: int,
    batch_id: int,
    place: int,
    done: bool,
    chance: random.Random,
    texts: list[str],
) -> Iterator[tuple[str, dict[str, Any]]]:
    sha256 = f"{page_id:064x}"
    needs_look = done and page_id % 23 == 0
    yield (
        "import_item",
        {
            "id": page_id,
            "batch_id": batch_id,
            "dossier_id": dossier_id,
            "ordinal": place,
            "source_path": f"\\\\scan-pc\\boxes\\{batch_id:05d}\\{dossier_id}\\scan{place:04d}.jpg",
            "state": "accepted",
            "sha256": sha256,
            "size_bytes": 300_000 + page_id % 90_000,
            "page_count": 1,
            "facts": "{}",
            "notes": "[]",
            "superseded": 0,
        },
    )
    master = {"sha256": sha256, "size_bytes": 300_000, "media_type": "image/jpeg", "extension": ".jpg"}
    yield "master", {**master, "created_at": _when(page_id)}
    yield (
        "page",
        {
            "id": page_id,
            "dossier_id": dossier_id,
            "import_item_id": page_id,
            "ordinal": place,
            "source_page": 0,
            "part": 0,
            "master_sha256": sha256,
            "frame": 0,
            "picture_hash": sha256,
            "width_px": 2480,
            "height_px": 3508,
            "dpi": 300.0,
            "state": ("needs_attention" if needs_look else "ready") if done else "captured",
            "thumbnail": f"{sha256}.thumb.jpg",
            "edits": "{}",
            "attention": "low_confidence" if needs_look else None,
            "attention_facts": "{}",
        },
    )
    if done:
        yield "page_result", _result(page_id, chance, texts)
    yield "job", _job("page", page_id, done)
    yield "audit", _audit("page", page_id, "captured")
    yield "audit", _audit("page", page_id, "recognised")


def _result(page_id: int, chance: random.Random, texts: list[str]) -> dict[str, Any]:
    box = {"left_px": 200, "top_px": 300, "width_px": 420, "height_px": 60}
    found = [
        {"raw": "KH/D/2019/00125", "normalised": "KH/D/2019/00125", "role": "application", "label": "(21)"}
        | {"box": box, "confidence": 0.9, "format_id": "kh-2", "edits": []}
        for _ in range(chance.randrange(4))
    ]
    return {
        "page_id": page_id,
        "derived_key": f"{page_id:064x}",
        "recipe": "12",
        "engine": "tesserocr 5.5",
        "width_px": 2480,
        "height_px": 3508,
        "dpi": 300.0,
        "exif_orientation": 1,
        "turn_deg": 0,
        "turn_confidence": 0.97,
        "skew_deg": 0.3,
        "skew_confidence": 0.9,
        "applied_turn_deg": 0,
        "applied_skew_deg": 0.3,
        "is_blank": int(page_id % 17 == 0),
        "ink_share": 0.06,
        "mean_confidence": 0.91,
        "word_count": 160,
        "text": chance.choice(texts),
        "languages": '["khm", "eng"]',
        "quality": '[{"code": "too_dark", "value": 40.0}]' if page_id % 9 == 0 else "[]",
        "barcodes": "[]",
        "candidates": json.dumps(found),
        "step_ms": json.dumps(
            [[name, 12.5] for name in ("decode", "orient", "deskew", "recognise", "codes")]
        ),
        "fingerprint": "0123456789abcdef",
        "streaks_px": "[]",
        "finished_at": _when(page_id),
    }


def _link_facts(canonical: str, page_id: int, chance: random.Random) -> str:
    box = {"left_px": 200, "top_px": 300, "width_px": 420, "height_px": 60}
    sightings = [
        {"page_id": page_id + place, "page_number": place + 1, "box": box, "raw": canonical, "label": "(21)"}
        | {"role": "application", "confidence": 0.93, "edits": []}
        for place in range(4)
    ]
    candidates = [
        {
            "application_number": f"{canonical[:-1]}{digit}",
            "confidence": 0.9 - digit / 20,
            "format_id": "kh-2",
        }
        | {"right": "design", "role": "application", "in_register": digit == 0, "sightings": sightings}
        for digit in range(1 + chance.randrange(4))
    ]
    reasons = [{"code": code, "facts": {}} for code in ("labelled", "pages_agree", "title_differs")]
    return json.dumps({"reasons": reasons, "candidates": candidates, "agreements": []}, ensure_ascii=False)


def _link(dossier_id: int, canonical: str, by: str) -> dict[str, Any]:
    return {
        "dossier_id": dossier_id,
        "application_number": canonical,
        "format_id": "kh-2",
        "linked_by": by,
        "linked_at": _when(dossier_id),
        "proof": '{"reasons": []}',
    }


def _delivery(dossier_id: int, canonical: str, state: str) -> Iterator[tuple[str, dict[str, Any]]]:
    sha256 = f"{dossier_id:064x}"
    yield (
        "package",
        {
            "id": dossier_id,
            "dossier_id": dossier_id,
            "name": f"{canonical.replace('/', '-')}--d{dossier_id:06d}",
            "manifest_sha256": sha256,
            "payload_bytes": 4_000_000,
            "page_count": PAGES_PER_DOSSIER,
            "validators": "[]",
            "built_at": _when(dossier_id),
        },
    )
    yield (
        "outbox",
        {
            "id": dossier_id,
            "package_id": dossier_id,
            "destination": OFFICE_PLACE,
            "state": state,
            "attempts": 1,
            "not_before": _when(dossier_id),
            "error_facts": "{}",
            "queued_at": _when(dossier_id),
            "sent_at": _when(dossier_id),
            "closed_at": _when(dossier_id) if state == "accepted" else None,
        },
    )
    yield "audit", _audit("outbox", dossier_id, "sent")
    if state == "accepted":
        receipt = {
            "outbox_id": dossier_id,
            "verdict": "accepted",
            "reference": f"R-{dossier_id}",
            "raw": "{}",
        }
        yield (
            "receipt",
            {**receipt, "sha256": sha256, "office": "IP office", "received_at": _when(dossier_id)},
        )


def _job(kind: str, subject_id: int, done: bool) -> dict[str, Any]:
    return {
        "kind": kind,
        "subject_id": subject_id,
        "state": "done" if done else "queued",
        "priority": 100,
        "not_before": _when(subject_id),
        "attempts": int(done),
        "crashes": 0,
        "token": 1,
        "error_facts": "{}",
        "created_at": _when(subject_id),
        "started_at": _when(subject_id) if done else None,
        "finished_at": _when(subject_id) if done else None,
    }


def _audit(subject: str, subject_id: int, action: str) -> dict[str, Any]:
    return {
        "at": _when(subject_id),
        "who": "machine",
        "subject": subject,
        "subject_id": subject_id,
        "action": action,
        "facts": "{}",
    }


def _when(number: int) -> str:
    return WHEN.format(minute=number // 60 % 60, second=number % 60)
