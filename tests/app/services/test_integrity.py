"""The check of a home finds what is wrong, changes nothing unasked, and repairs without losing anything."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from sqlalchemy import select, text

from app.domain.states import DossierState, ImportState, JobState, PageState, UploadState
from app.events import ChangeBus
from app.paths import HomePaths, schemas_dir
from app.services.integrity import CheckReport, Finding, check, remake_derived
from app.storage.backup import backup, restore
from app.storage.database import Database
from app.storage.owners import OwnerLock
from app.storage.tables import (
    DossierRow,
    ImportItemRow,
    JobRow,
    LinkRow,
    OutboxRow,
    PackageRow,
    PageResultRow,
    PageRow,
    ReceiptRow,
)
from ocr.intake.masters import store_bytes
from tests.helpers.home_builder import NOW, BuiltHome, build_home


@pytest.fixture
def home(tmp_path: Path) -> BuiltHome:
    """A home whose one dossier is being indexed."""
    return build_home(tmp_path / "home")


@pytest.fixture
def delivered(tmp_path: Path) -> BuiltHome:
    """A home whose one dossier was accepted by the office."""
    return build_home(tmp_path / "home", packaged=True)


def look(home: BuiltHome, **options: Any) -> CheckReport:
    report = check(home.database, home.paths, **options)
    schema = json.loads((schemas_dir() / "check.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(json.loads(json.dumps(report.to_json())))
    return report


def codes(report: CheckReport) -> list[str]:
    return [each.code for each in report.findings]


def only(report: CheckReport) -> Finding:
    assert len(report.findings) == 1, codes(report)
    return report.findings[0]


def snapshot(home: BuiltHome) -> tuple[dict[str, bytes], str]:
    files = {
        path.relative_to(home.paths.root).as_posix(): path.read_bytes()
        for path in home.paths.root.rglob("*")
        if path.is_file() and not path.name.startswith("foliodesk.sqlite3")
    }
    with home.database.read() as session:
        return files, "\n".join(session.connection().connection.driver_connection.iterdump())  # type: ignore[union-attr]


def change(home: BuiltHome, act: Callable[[Any], None]) -> None:
    with home.database.write("test") as tx:
        act(tx.session)


def master(home: BuiltHome, number: int = 0) -> Path:
    sha256 = home.masters[number]
    return home.paths.masters / sha256[:2] / f"{sha256}.png"


def page_state(home: BuiltHome, number: int = 0) -> tuple[PageState, str | None]:
    with home.database.read() as session:
        page = session.get_one(PageRow, home.page_ids[number])
        return page.state, page.attention


def job_state(home: BuiltHome, kind: str, subject_id: int) -> JobState | None:
    with home.database.read() as session:
        return session.scalar(select(JobRow.state).filter_by(kind=kind, subject_id=subject_id))


def make_old(path: Path) -> Path:
    os.utime(path, (0, 0))
    return path


@pytest.mark.parametrize("packaged", [False, True])
def test_a_sound_home_is_clean(tmp_path: Path, packaged: bool) -> None:
    home = build_home(tmp_path / "home", packaged=packaged)
    told: list[tuple[str, int, int]] = []
    report = look(home, progress=lambda *step: told.append(step))
    assert codes(report) == []
    assert report.is_clean
    assert (report.counts["masters"], report.counts["page_results"]) == (3, 3)
    assert told[-1][1] == told[-1][2]


def test_nothing_is_changed_without_repair(delivered: BuiltHome) -> None:
    master(delivered).unlink()
    master(delivered, 1).write_bytes(b"damaged")
    assert delivered.package is not None
    (delivered.package / "data" / "dossier.json").write_bytes(b"changed")
    (delivered.paths.derived / f"key{delivered.page_ids[0]}.view.jpg").unlink()
    make_old(store_bytes_path(delivered, b"orphan"))
    before = snapshot(delivered)
    report = look(delivered)
    assert sorted(codes(report)) == [
        "derived_missing",
        "master_damaged",
        "master_missing",
        "master_orphan",
        "package_damaged",
    ]
    assert not report.is_clean
    assert snapshot(delivered) == before


def store_bytes_path(home: BuiltHome, content: bytes) -> Path:
    taken = store_bytes(content, home.paths.masters, ".png")
    return home.paths.masters / taken.sha256[:2] / f"{taken.sha256}.png"


def test_a_damaged_master_stays_and_its_page_is_shown(home: BuiltHome) -> None:
    master(home).write_bytes(b"damaged")
    finding = only(look(home, repair=True))
    assert (finding.code, finding.repaired) == ("master_damaged", False)
    assert master(home).read_bytes() == b"damaged"
    assert page_state(home) == (PageState.NEEDS_ATTENTION, "master_damaged")
    assert page_state(home, 1) == (PageState.READY, None)
    assert codes(look(home, repair=True)) == ["master_damaged"]


@pytest.mark.parametrize("damage", ["missing", "damaged"])
def test_a_master_comes_back_from_the_package(delivered: BuiltHome, damage: str) -> None:
    right = master(delivered).read_bytes()
    if damage == "missing":
        master(delivered).unlink()
    else:
        master(delivered).write_bytes(b"damaged")
    report = look(delivered, repair=True)
    finding = only(report)
    assert (finding.code, finding.facts["origin"], finding.repaired) == (f"master_{damage}", "package", True)
    assert report.is_clean
    assert master(delivered).read_bytes() == right
    if damage == "damaged":
        assert (delivered.paths.root / finding.facts["moved_to"]).read_bytes() == b"damaged"
    assert look(delivered).is_clean


def test_a_master_comes_back_from_a_backup_and_its_page_is_done_again(
    home: BuiltHome, tmp_path: Path
) -> None:
    backup(home.paths, tmp_path / "usb")
    right = master(home).read_bytes()
    master(home).unlink()
    look(home, repair=True)
    assert page_state(home) == (PageState.NEEDS_ATTENTION, "master_missing")
    finding = only(look(home, repair=True, backup_dir=tmp_path / "usb"))
    assert (finding.facts["origin"], finding.repaired) == ("backup", True)
    assert master(home).read_bytes() == right
    assert page_state(home) == (PageState.PROCESSING, None)
    assert job_state(home, "page", home.page_ids[0]) is JobState.QUEUED


def test_a_master_comes_back_from_the_file_it_was_read_from(home: BuiltHome, tmp_path: Path) -> None:
    source = tmp_path / "scan.png"
    shutil.copy(master(home), source)
    change(
        home,
        lambda session: session.execute(text(f"UPDATE import_item SET source_path='{source}' WHERE id=1")),
    )
    master(home).unlink()
    finding = only(look(home, repair=True))
    assert (finding.facts["origin"], finding.repaired) == ("source", True)


def test_wrong_bytes_elsewhere_are_not_taken_for_a_good_copy(home: BuiltHome, tmp_path: Path) -> None:
    backup(home.paths, tmp_path / "usb")
    for path in (tmp_path / "usb" / "masters").rglob("*.png"):
        path.write_bytes(b"bad too")
    master(home).unlink()
    assert not only(look(home, repair=True, backup_dir=tmp_path / "usb")).repaired
    assert not master(home).exists()


@pytest.mark.parametrize("damage", ["package_missing", "package_damaged"])
@pytest.mark.parametrize("origin", ["backup", "delivered"])
def test_a_package_comes_back_from_a_whole_copy(
    delivered: BuiltHome, tmp_path: Path, damage: str, origin: str
) -> None:
    bag = delivered.package
    assert bag is not None
    if origin == "backup":
        backup(delivered.paths, tmp_path / "usb")
    else:
        shutil.copytree(bag, delivered.paths.drop / bag.name)
    if damage == "package_missing":
        shutil.rmtree(bag)
    else:
        (bag / "data" / "masters" / "0001.png").write_bytes(b"x")
        (bag / "extra").touch()
    assert codes(look(delivered)) == [damage]
    finding = only(look(delivered, repair=True, backup_dir=tmp_path / "usb"))
    assert (finding.code, finding.facts["origin"], finding.repaired) == (damage, origin, True)
    assert look(delivered).findings == ()


def test_a_lost_package_without_a_copy_is_reported_and_left(delivered: BuiltHome) -> None:
    assert delivered.package is not None
    (delivered.package / "data" / "dossier.json").write_bytes(b"x")
    assert not only(look(delivered, repair=True)).repaired
    assert delivered.package.is_dir()


@pytest.mark.parametrize("suffix", [".view.jpg", ".thumb.jpg", ".words.json.gz"])
def test_missing_derived_files_are_made_again(home: BuiltHome, suffix: str) -> None:
    (home.paths.derived / f"key{home.page_ids[1]}{suffix}").write_bytes(b"")
    assert only(look(home)).facts["missing"] == [suffix]
    finding = only(look(home, repair=True))
    assert (finding.code, finding.subject_id, finding.repaired) == ("derived_missing", home.page_ids[1], True)
    assert job_state(home, "page", home.page_ids[1]) is JobState.QUEUED
    assert page_state(home, 1) == (PageState.PROCESSING, None)
    for repair in (False, True):  # until it has been made, it is known and no work for anybody
        again = look(home, repair=repair)
        assert (only(again).code, only(again).repaired, again.is_clean) == ("derived_awaited", False, True)


def test_after_a_restore_every_page_is_made_again(home: BuiltHome, tmp_path: Path) -> None:
    backup(home.paths, tmp_path / "usb")
    home.database.close()
    again = HomePaths(tmp_path / "again")
    restore(tmp_path / "usb", again)
    database = Database(again.database, ChangeBus())
    assert remake_derived(database, again) == 3
    with database.read() as session:
        states = session.scalars(select(JobRow.state).where(JobRow.kind == "page")).all()
    assert states == [JobState.QUEUED] * 3
    database.close()


def test_files_without_rows_go_to_lost_and_found_and_nothing_is_deleted(home: BuiltHome) -> None:
    orphan = make_old(store_bytes_path(home, b"orphan"))
    young = store_bytes_path(home, b"young")
    part = home.paths.masters / ".abc.part"
    part.write_bytes(b"half")
    make_old(part)
    stray = home.paths.packages / "nobody"
    stray.mkdir()
    (stray / "file").write_bytes(b"kept")
    make_old(stray)
    lock = home.paths.packages / ".sending.lock"
    lock.touch()
    make_old(lock)
    report = look(home, repair=True)
    assert codes(report) == ["master_orphan", "package_orphan", "temporary_left"]
    assert all(each.repaired for each in report.findings)
    kept = {path.read_bytes() for path in home.paths.lost_and_found.rglob("*") if path.is_file()}
    assert kept == {b"orphan", b"half", b"kept"}
    assert young.exists()
    assert not orphan.exists()
    assert not part.exists()
    assert not stray.exists()
    assert lock.exists()
    assert look(home).findings == ()


def test_an_orphan_stays_while_an_import_runs(home: BuiltHome) -> None:
    orphan = make_old(store_bytes_path(home, b"about to be named"))
    with OwnerLock.acquire(home.paths.owners) as me:
        change(home, lambda session: session.add(job("intake", 1, JobState.RUNNING, owner=me.name)))
        finding = only(look(home, repair=True))
    assert (finding.code, finding.repaired) == ("master_orphan", False)
    assert orphan.exists()


def job(kind: str, subject_id: int, state: JobState, owner: str | None = None) -> JobRow:
    return JobRow(kind=kind, subject_id=subject_id, state=state, owner=owner, not_before=NOW, created_at=NOW)


def test_jobs_of_dead_programs_go_back_to_the_queue(home: BuiltHome) -> None:
    change(home, lambda session: session.add(job("link", 1, JobState.RUNNING, owner="gone")))
    assert codes(look(home)) == ["job_of_dead_program"]
    assert only(look(home, repair=True)).repaired
    assert job_state(home, "link", 1) is JobState.QUEUED


def set_state(row: Any, row_id: int, **values: Any) -> Callable[[Any], None]:
    def act(session: Any) -> None:
        found = session.get_one(row, row_id)
        for name, value in values.items():
            setattr(found, name, value)

    return act


@pytest.mark.parametrize(
    ("row", "values", "code", "kind"),
    [
        (PageRow, {"state": PageState.PROCESSING}, "page_stuck", "page"),
        (PageRow, {"state": PageState.CAPTURED}, "page_stuck", "page"),
        (DossierRow, {"state": DossierState.PROCESSING}, "dossier_stuck", "link"),
    ],
)
def test_what_nothing_moves_on_is_queued_again(
    home: BuiltHome, row: Any, values: dict[str, Any], code: str, kind: str
) -> None:
    change(home, set_state(row, 1, **values))
    assert codes(look(home)) == [code]
    assert only(look(home, repair=True)).repaired
    assert job_state(home, kind, 1) is JobState.QUEUED
    assert look(home).findings == ()


def test_a_file_still_offered_without_a_job_is_read_again(home: BuiltHome) -> None:
    change(
        home,
        lambda session: session.add(
            ImportItemRow(batch_id=1, dossier_id=1, ordinal=9, source_path="/x", state=ImportState.OFFERED)
        ),
    )
    assert only(look(home, repair=True)).code == "import_stuck"
    assert job_state(home, "intake", 4) is JobState.QUEUED
    assert look(home).findings == ()


def test_an_approved_dossier_without_a_package_job_gets_one(delivered: BuiltHome) -> None:
    def approve(session: Any) -> None:
        for row in (ReceiptRow, OutboxRow, PackageRow):
            session.delete(session.get_one(row, 1))
            session.flush()
        session.get_one(DossierRow, 1).state = DossierState.APPROVED

    change(delivered, approve)
    finding = only(look(delivered, repair=True))
    assert (finding.code, finding.repaired) == ("dossier_stuck", True)
    assert job_state(delivered, "package", 1) is JobState.QUEUED


def test_a_ready_page_without_result_is_done_again(home: BuiltHome) -> None:
    change(home, lambda session: session.delete(session.get_one(PageResultRow, 1)))
    assert only(look(home, repair=True)).code == "page_without_result"
    assert job_state(home, "page", 1) is JobState.QUEUED


@pytest.mark.parametrize(
    ("row", "values", "code"),
    [
        (DossierRow, {"state": DossierState.QUEUED}, "dossier_without_outbox"),
        (DossierRow, {"application_number": "KH/D/2019/00126"}, "dossier_without_link"),
        (LinkRow, {"withdrawn_at": NOW}, "dossier_without_link"),
        (ReceiptRow, {"sha256": "0" * 64}, "closed_without_receipt"),
        (ReceiptRow, {"verdict": "refused"}, "closed_without_receipt"),
        (OutboxRow, {"state": UploadState.SENT}, "uploaded_without_receipt"),
        (ImportItemRow, {"page_count": 2}, "ledger_does_not_balance"),
        (ImportItemRow, {"state": ImportState.REFUSED, "reason": "damaged"}, "ledger_does_not_balance"),
    ],
)
def test_a_state_that_claims_too_much_is_found_and_left_to_a_person(
    delivered: BuiltHome, row: Any, values: dict[str, Any], code: str
) -> None:
    change(delivered, set_state(row, 1, **values))
    assert codes(look(delivered)) == [code]
    assert not only(look(delivered, repair=True)).repaired


def test_a_state_changed_behind_the_audits_back_is_found(home: BuiltHome) -> None:
    with home.database.write("test") as tx:
        tx.move(tx.session.get_one(DossierRow, 1), DossierState.TO_REVIEW)
    change(home, lambda session: session.execute(text("UPDATE dossier SET state='to_index'")))
    finding = only(look(home))
    assert (finding.code, finding.facts["recorded"]) == ("audit_differs", "to_review")


def test_a_broken_reference_is_found(home: BuiltHome) -> None:
    with home.database.write("test") as tx:
        raw = tx.session.connection().connection.driver_connection
        assert raw is not None
        raw.execute("COMMIT")
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("UPDATE page SET master_sha256 = 'gone' WHERE id = 1")
        raw.execute("PRAGMA foreign_keys=ON")
        raw.execute("BEGIN")
    assert "foreign_key_broken" in codes(look(home))
