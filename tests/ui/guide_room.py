"""Prepares the home that the guide's pictures show: real scans, the real engine, real packages and receipts.

The sample folders go all the way; a second box of drawn folders stops where people work, so that every
screen has something to show. Nothing here is faked: what a picture shows, the program did.
"""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pikepdf

from app.context import AppContext
from app.domain.states import DossierState, UploadState
from app.paths import sample_dir
from app.queries import dossiers, progress, uploads
from app.queries.rows import DossierSummary, UploadSummary
from app.services.capture import ImportStarted
from app.settings import Settings
from tests.fixtures.draw_folders import draw_set
from tests.fixtures.trap_folders import plan_set

SEED = 11
SECOND_BOX = "Box 14, shelf B"
# Kind of folder -> the name a clerk might have given it.
NAMES = {
    "clean": "Folder 21",
    "native": "សំណុំលិខិត ២២",
    "two_rivals": "Folder 23",
    "slip_on_form": "សំណុំលិខិត ២៤",
    "no_number": "Folder 25",
    "cited_rivals": "Folder 26",
    "priority_and_pct": "Folder 27",
}
IN_REVIEW = ("native", "cited_rivals")
PATIENCE_S = 1800.0


def settings() -> Settings:
    """Somebody who works in Phnom Penh."""
    return Settings(operator="Sokha Kim", office="KH", languages=("eng", "khm"))


def prepare(place: Path) -> None:
    """Make place/home, unless it is there already."""
    home = place / "home"
    if (place / "ready").exists():
        return
    box = _draw_second_box(place / "scans")
    office = place / "office share"
    office.mkdir(parents=True)
    # A directory that holds something already belongs to an office: nobody answers there in our stead.
    (office / "read me.txt").write_text("Deliveries for the registry.\n", encoding="utf-8")
    with AppContext.open(home, settings=settings()) as context:
        _load_registers(context, place)
        samples = sorted(entry for entry in sample_dir().iterdir() if entry.is_dir())
        _import(context, samples, "Sample folders", "proven", None)
        _import(context, [box], SECOND_BOX, "none", office)
        _work_like_people(context, office)
    (place / "ready").touch()


def by_name(context: AppContext, kind: str) -> DossierSummary:
    """The folder of the second box that was drawn as this kind."""
    return next(row for row in dossiers.list_dossiers(context.database) if row.name == NAMES[kind])


def _draw_second_box(scans: Path) -> Path:
    box = scans / SECOND_BOX
    plans = plan_set(len(NAMES), seed=SEED, offices=["KH"], kinds=list(NAMES), dpi=200)["KH"]
    draw_set([replace(plan, name=NAMES[plan.kind]) for plan in plans], scans / "drawn", seed=SEED)
    box.mkdir(parents=True, exist_ok=True)
    for name in NAMES.values():
        (scans / "drawn" / name).rename(box / name)
    # What a clerk's directory also holds: a scan that failed, a locked PDF, a note.
    odd = box / NAMES["no_number"]
    (odd / "scan 0099.jpg").touch()
    (odd / "note to self.jpg").write_text("ask registry about this one\n", encoding="utf-8")
    with pikepdf.new() as locked:
        locked.add_blank_page()
        locked.save(odd / "certificate.pdf", encryption=pikepdf.Encryption(owner="o", user="u"))
    return box


def _load_registers(context: AppContext, place: Path) -> None:
    rows: dict[str, dict[str, str]] = {}
    for path in (sample_dir() / "register.csv", place / "scans" / "drawn" / "register.csv"):
        with path.open(encoding="utf-8", newline="") as source:
            for row in csv.DictReader(source):
                rows.setdefault(row["application_number"], row)
    both = place / "register.csv"
    with both.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, ["application_number", "title", "applicant", "filing_date"])
        writer.writeheader()
        writer.writerows(rows.values())
    context.register_service.import_csv(both, "KH")


def _import(context: AppContext, paths: list[Path], name: str, release: str, to: Path | None) -> None:
    options = context.import_options(release=release, destination=to, batch_name=name)
    started = context.capture.import_with(paths, options)
    _until(lambda: _is_read(context, started), f"{name} is read")


def _is_read(context: AppContext, started: ImportStarted) -> bool:
    now = progress.of_import(context.database, started.dossier_ids, started.item_ids)
    print(now, flush=True)
    waiting = {DossierState.OPEN, DossierState.PROCESSING, DossierState.APPROVED, DossierState.QUEUED}
    rows = dossiers.list_dossiers(context.database)
    return all(row.state not in waiting for row in rows if row.id in started.dossier_ids)


def _work_like_people(context: AppContext, office: Path) -> None:
    for kind in (*IN_REVIEW, "clean", "priority_and_pct"):
        row = by_name(context, kind)
        context.indexing.confirm(row.id, row.best_guess or _true_number(office.parent, row.name))
    for kind in ("clean", "priority_and_pct"):
        context.review.approve(by_name(context, kind).id)
    _until(lambda: len(_sent(context)) == 2, "both are sent")
    _refuse(office, next(row for row in _sent(context) if row.dossier_name == NAMES["priority_and_pct"]))
    _until(lambda: len(_sent(context)) == 1, "the refusal has been read")


def _true_number(place: Path, name: str) -> str:
    truth = json.loads((place / "scans" / "drawn" / "truth.json").read_text(encoding="utf-8"))
    return str(next(each for each in truth["folders"] if each["folder"] == name)["application_number"])


def _sent(context: AppContext) -> list[UploadSummary]:
    return [row for row in uploads.list_uploads(context.database) if row.state is UploadState.SENT]


def _refuse(office: Path, upload: UploadSummary) -> None:
    """Answer as an office does, with the receipt file that the guide describes."""
    import hashlib

    manifest = office / upload.package_name / "manifest-sha256.txt"
    receipt = {
        "package": upload.package_name,
        "verdict": "refused",
        "sha256": hashlib.sha256(manifest.read_bytes()).hexdigest(),
        "reference": "REG-2026-0417",
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "office": "Registry",
        "reason": "page 2 is cut off at the right",
    }
    path = office / f"{upload.package_name}.receipt.json"
    path.write_text(json.dumps(receipt, indent=1) + "\n", encoding="utf-8")


def _until(is_so: Callable[[], bool], what: str) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not is_so():
        if time.monotonic() > ends:
            raise TimeoutError(what)
        time.sleep(2.0)
