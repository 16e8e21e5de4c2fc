"""How long the tree of one dossier takes in a home with 100,000 dossiers and 1,000,000 pages.

    python -m tests.benchmarks.document_tree --place DIR [--dossiers 100000] [--pages 10]

Makes the database once in DIR (about half a gigabyte) and times, over some hundred dossiers from everywhere in it:
the tree, who holds a number, what is missing, and an act with its undo.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from app.domain.documents import Exclusion
from app.domain.ids import DossierId
from app.domain.offices import load_offices
from app.events import ChangeBus
from app.paths import HomePaths, offices_dir
from app.queries.completeness import findings_of
from app.queries.documents import dossier_tree, holders_of
from app.services.documents import Documents
from app.services.undoing import Undoing
from app.storage.database import Database
from app.storage.migrations.runner import migrate

WHEN = "2026-03-04T05:06:07.000000+00:00"
KINDS = ("APP", "POA", "DES", "CLM", "FEE", None)
LOT = 20_000


def make(path: Path, dossiers: int, pages: int) -> None:
    """Fill a database by plain SQL: three pages a document, one number a dossier."""
    migrate(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA foreign_keys=OFF")
        _fill(connection, "batch", ({"id": 1, "name": "lot", "office": "KH", "languages": '["eng"]', "created_at": WHEN, "created_by": "b", "release": "none"} for _ in range(1)))  # fmt: skip
        _fill(connection, "master", ({"sha256": f"{n:064d}", "size_bytes": 1, "media_type": "image/png", "extension": ".png", "created_at": WHEN} for n in range(1)))  # fmt: skip
        _fill(connection, "dossier", (_dossier(n) for n in range(1, dossiers + 1)))
        _fill(connection, "link", ({"dossier_id": n, "application_number": f"KH/P/2018/{n:05d}", "format_id": "KH-pat", "linked_by": "b", "linked_at": WHEN, "proof": "{}"} for n in range(1, dossiers + 1)))  # fmt: skip
        _fill(connection, "document", (_document(n, pages) for n in range(dossiers * _documents_of(pages))))
        _fill(connection, "import_item", ({"id": n, "batch_id": 1, "dossier_id": n, "ordinal": 0, "source_path": f"/paper/{n}.pdf", "state": "accepted", "facts": "{}", "notes": "[]", "superseded": 0} for n in range(1, dossiers + 1)))  # fmt: skip
        _fill(connection, "page", (_page(n, pages) for n in range(dossiers * pages)))
        _fill(connection, "page_result", (_result(n) for n in range(dossiers * pages)))
        connection.commit()


def _documents_of(pages: int) -> int:
    return (pages + 2) // 3


def _dossier(n: int) -> dict[str, object]:
    facts = json.dumps({"candidates": [{"application_number": f"KH/P/2018/{n:05d}", "right": "patent", "role": "application"}]})  # fmt: skip
    return {"id": n, "batch_id": 1, "ordinal": n, "name": f"folder {n}", "source": f"/paper/{n}", "state": "to_review", "link": "proven", "application_number": f"KH/P/2018/{n:05d}", "link_facts": facts, "on_hold": 0, "updated_at": WHEN}  # fmt: skip


def _document(n: int, pages: int) -> dict[str, object]:
    return {"id": n + 1, "dossier_id": n // _documents_of(pages) + 1, "kind": KINDS[n % len(KINDS)], "kind_confidence": 0.9, "facts": '{"reasons": []}', "dated_printed": "", "dated_role": "", "said": "{}", "updated_at": WHEN}  # fmt: skip


def _page(n: int, pages: int) -> dict[str, object]:
    dossier, place = n // pages, n % pages
    return {"id": n + 1, "dossier_id": dossier + 1, "import_item_id": dossier + 1, "ordinal": place, "source_page": place, "part": 0, "master_sha256": "0" * 64, "frame": place, "width_px": 1, "height_px": 1, "state": "ready", "edits": "{}", "attention_facts": "{}", "document_id": dossier * _documents_of(pages) + place // 3 + 1}  # fmt: skip


def _result(n: int) -> dict[str, object]:
    return {"page_id": n + 1, "derived_key": f"k{n}", "recipe": "1", "engine": "f", "width_px": 1, "height_px": 1, "dpi": 300.0, "exif_orientation": 1, "turn_deg": 0, "turn_confidence": 1.0, "skew_deg": 0.0, "skew_confidence": 1.0, "applied_turn_deg": 0, "applied_skew_deg": 0.0, "is_blank": 0, "ink_share": 0.1, "mean_confidence": 0.9, "word_count": 1, "text": "words " * 40, "languages": "[]", "quality": "[]", "barcodes": "[]", "candidates": "[]", "step_ms": "[]", "finished_at": WHEN}  # fmt: skip


def _fill(connection: sqlite3.Connection, table: str, rows: Iterator[dict[str, object]]) -> None:
    lot: list[dict[str, object]] = []
    for row in rows:
        lot.append(row)
        if len(lot) == LOT:
            _insert(connection, table, lot)
            lot = []
    _insert(connection, table, lot)
    print(f"{table} filled", flush=True)


def _insert(connection: sqlite3.Connection, table: str, lot: list[dict[str, object]]) -> None:
    if lot:
        names = list(lot[0])
        places = ", ".join("?" * len(names))
        connection.executemany(
            f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})",  # names of our own
            [tuple(row.values()) for row in lot],
        )


def timed(call: Callable[[int], object], ids: list[int]) -> str:
    """Median and worst of a call over dossiers, in milliseconds of wall and of CPU time."""
    walls, cpus = [], []
    for each in ids:
        wall, cpu = time.perf_counter(), time.process_time()
        call(each)
        walls.append(1000 * (time.perf_counter() - wall))
        cpus.append(1000 * (time.process_time() - cpu))
    return (
        f"median {statistics.median(walls):.1f} ms, worst {max(walls):.1f} ms; "
        f"CPU median {statistics.median(cpus):.1f} ms, worst {max(cpus):.1f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--place", type=Path, required=True)
    parser.add_argument("--dossiers", type=int, default=100_000)
    parser.add_argument("--pages", type=int, default=10)
    options = parser.parse_args()
    path = HomePaths(options.place).make().database
    if not path.exists():
        make(path, options.dossiers, options.pages)
    offices = load_offices(offices_dir())
    database = Database(path, ChangeBus())
    step = max(1, options.dossiers // 200)
    ids = list(range(1, options.dossiers + 1, step))
    documents, undoing = Documents(database, "bench", offices), Undoing(database, "bench")

    def act(dossier_id: int) -> None:
        tree = dossier_tree(database, DossierId(dossier_id))
        documents.exclude([tree.documents[0].pages[0].page.id], Exclusion.PERSON)
        undoing.undo(DossierId(dossier_id))

    print("tree:", timed(lambda n: dossier_tree(database, DossierId(n)), ids))
    print("who holds a number:", timed(lambda n: holders_of(database, f"KH/P/2018/{n:05d}"), ids))
    print("what is missing:", timed(lambda n: findings_of(database, DossierId(n), offices), ids))
    print("tree, act and undo:", timed(act, ids[:50]))
    database.close()


if __name__ == "__main__":
    main()
