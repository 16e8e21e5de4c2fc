"""A home with real rows and real files, as the program would have left it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from app.domain.states import (
    DossierState,
    ImportState,
    JobState,
    LinkState,
    PageState,
    UploadState,
)
from app.events import ChangeBus
from app.packaging.bag import BagInfo, write_tag_files
from app.packaging.durable import hash_file, write_file
from app.paths import HomePaths
from app.storage.database import Database, Transaction
from app.storage.migrations.runner import migrate
from app.storage.tables import (
    BatchRow,
    DossierRow,
    ImportItemRow,
    JobRow,
    LinkRow,
    MasterRow,
    OutboxRow,
    PackageRow,
    PageResultRow,
    PageRow,
    ReceiptRow,
)
from ocr.intake.masters import store_bytes

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class BuiltHome:
    """Paths and an open database; page_ids and master hashes in order."""

    paths: HomePaths
    database: Database
    page_ids: list[int]
    masters: list[str]
    package: Path | None


def build_home(root: Path, *, pages: int = 3, packaged: bool = False, master_bytes: int = 2000) -> BuiltHome:
    """Make a home with one dossier whose pages are done; packaged: with a delivered, accepted package."""
    paths = HomePaths(root).make()
    paths.database.write_bytes(_empty_database())
    database = Database(paths.database, ChangeBus(), lambda: NOW)
    with database.write("test") as tx:
        dossier = _dossier(tx)
        page_ids, masters = [], []
        for number in range(pages):
            page = _page(tx, paths, dossier, number, os.urandom(master_bytes))
            page_ids.append(page.id)
            masters.append(page.master_sha256)
        package = _package(tx, paths, dossier, masters) if packaged else None
    return BuiltHome(paths, database, page_ids, masters, package)


@cache
def _empty_database() -> bytes:
    """Migrate once per test process: it takes most of a second."""
    with TemporaryDirectory() as directory:
        path = Path(directory) / "empty.sqlite3"
        migrate(path)
        return path.read_bytes()


def _dossier(tx: Transaction) -> DossierRow:
    batch = BatchRow(name="lot", office="KH", languages=["eng"], created_at=NOW, created_by="test")
    tx.session.add(batch)
    tx.session.flush()
    dossier = DossierRow(
        batch_id=batch.id,
        ordinal=0,
        name="folder-ថត",
        source="/paper/folder",
        state=DossierState.TO_INDEX,
        link=LinkState.NEEDS_REVIEW,
        updated_at=NOW,
    )
    tx.session.add(dossier)
    tx.session.flush()
    return dossier


def _page(tx: Transaction, paths: HomePaths, dossier: DossierRow, number: int, content: bytes) -> PageRow:
    taken = store_bytes(content, paths.masters, ".png")
    tx.session.add(
        MasterRow(
            sha256=taken.sha256,
            size_bytes=taken.size_bytes,
            media_type=taken.media_type,
            extension=taken.extension,
            created_at=NOW,
        )
    )
    item = ImportItemRow(
        batch_id=dossier.batch_id,
        dossier_id=dossier.id,
        ordinal=number,
        source_path=f"/paper/folder/page{number}.png",
        state=ImportState.ACCEPTED,
        sha256=taken.sha256,
        size_bytes=taken.size_bytes,
        page_count=1,
    )
    tx.session.add(item)
    tx.session.flush()
    page = PageRow(
        dossier_id=dossier.id,
        import_item_id=item.id,
        ordinal=number,
        source_page=0,
        master_sha256=taken.sha256,
        frame=0,
        width_px=100,
        height_px=200,
        dpi=300.0,
        state=PageState.READY,
    )
    tx.session.add(page)
    tx.session.flush()
    done = JobRow(kind="page", subject_id=page.id, state=JobState.DONE, not_before=NOW, created_at=NOW)
    tx.session.add_all([done, _result(page)])
    for suffix in (".view.jpg", ".thumb.jpg", ".words.json.gz"):
        (paths.derived / f"key{page.id}{suffix}").write_bytes(b"derived")
    return page


def _result(page: PageRow) -> PageResultRow:
    return PageResultRow(
        page_id=page.id,
        derived_key=f"key{page.id}",
        recipe="1",
        engine="fake",
        width_px=100,
        height_px=200,
        dpi=300.0,
        exif_orientation=1,
        turn_deg=0,
        turn_confidence=1.0,
        skew_deg=0.0,
        skew_confidence=1.0,
        applied_turn_deg=0,
        applied_skew_deg=0.0,
        is_blank=False,
        ink_share=0.05,
        mean_confidence=0.9,
        word_count=1,
        text="hello",
        languages=["eng"],
        quality=[],
        barcodes=[],
        candidates=[],
        step_ms=[],
        finished_at=NOW,
    )


def _package(tx: Transaction, paths: HomePaths, dossier: DossierRow, masters: list[str]) -> Path:
    bag = paths.packages / f"KH-D-2019-00125--d{dossier.id:06d}"
    (bag / "data" / "masters").mkdir(parents=True)
    payload = {}
    for number, sha256 in enumerate(masters, start=1):
        name = f"data/masters/{number:04d}.png"
        write_file(bag / name, (paths.masters / sha256[:2] / f"{sha256}.png").read_bytes())
        payload[name] = sha256
    write_file(bag / "data" / "dossier.json", b"{}")
    payload["data/dossier.json"] = hash_file(bag / "data" / "dossier.json")
    sha256 = write_tag_files(bag, payload, BagInfo(bagging_date=NOW, software="test"))
    dossier.state = DossierState.UPLOADED
    dossier.link = LinkState.PROVEN
    dossier.application_number = "KH/D/2019/00125"
    tx.session.add(
        LinkRow(
            dossier_id=dossier.id,
            application_number=dossier.application_number,
            format_id="test",
            linked_by="test",
            linked_at=NOW,
            proof={},
        )
    )
    package = PackageRow(
        dossier_id=dossier.id,
        name=bag.name,
        manifest_sha256=sha256,
        payload_bytes=sum((bag / name).stat().st_size for name in payload),
        page_count=len(masters),
        validators=[],
        built_at=NOW,
    )
    tx.session.add(package)
    tx.session.flush()
    outbox = OutboxRow(
        package_id=package.id,
        destination=str(paths.drop),
        state=UploadState.ACCEPTED,
        not_before=NOW,
        queued_at=NOW,
    )
    tx.session.add(outbox)
    tx.session.flush()
    tx.session.add(
        ReceiptRow(
            outbox_id=outbox.id,
            verdict="accepted",
            reference="LOCAL-2026-000001",
            sha256=sha256,
            office="local drop folder",
            received_at=NOW,
            raw={},
        )
    )
    return bag
