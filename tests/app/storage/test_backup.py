"""Backup and restore: whole, repeatable, and honest about what is lost."""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from app.errors import Conflict, OperatorError, StoreDamaged
from app.paths import HomePaths
from app.storage.backup import backup, restore
from app.storage.backup_manifest import MANIFEST
from app.storage.locks import exclusive
from app.storage.migrations.runner import migrate
from app.storage.owners import OwnerLock
from app.storage.tables import PageRow
from tests.helpers.home_builder import BuiltHome, build_home


@pytest.fixture
def home(tmp_path: Path) -> BuiltHome:
    return build_home(tmp_path / "home", packaged=True)


def tree(root: Path, *parts: str) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for part in parts
        for path in sorted((root / part).rglob("*"))
        if path.is_file()
    }


def page_count(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute("SELECT count(*) FROM page").fetchone()[0])


def test_a_restored_home_holds_the_same_rows_masters_and_packages(home: BuiltHome, tmp_path: Path) -> None:
    home.paths.settings.write_text('office = "LA"\n')
    report = backup(home.paths, tmp_path / "usb")
    again = HomePaths(tmp_path / "again")
    told = restore(tmp_path / "usb", again)
    assert report.problems == ()
    assert told.missing == ()
    assert tree(again.root, "masters", "packages") == tree(home.paths.root, "masters", "packages")
    assert again.settings.read_text() == 'office = "LA"\n'
    assert page_count(again.database) == 3
    assert not migrate(again.database).changed
    assert list(again.derived.iterdir()) == []


def test_backup_while_others_write_is_consistent(home: BuiltHome, tmp_path: Path) -> None:
    stop = threading.Event()

    def edit() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            with home.database.write("test") as tx:  # both pages change together or not at all
                for page in tx.session.scalars(select(PageRow)):
                    page.attention = str(number)

    writer = threading.Thread(target=edit)
    writer.start()
    try:
        for number in range(5):
            report = backup(home.paths, tmp_path / f"usb{number}")
            with closing(sqlite3.connect(report.database)) as connection:
                assert len(connection.execute("SELECT DISTINCT attention FROM page").fetchall()) == 1
                assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    finally:
        stop.set()
        writer.join()


def test_the_second_backup_copies_only_what_is_new(tmp_path: Path) -> None:
    home = build_home(tmp_path / "home", pages=2, packaged=True)
    first = backup(home.paths, tmp_path / "usb")
    second = backup(home.paths, tmp_path / "usb")
    assert (second.files_copied, second.files_kept) == (0, first.files_copied)
    assert len(list((tmp_path / "usb").glob("database-*.sqlite3"))) == 2
    backup(home.paths, tmp_path / "usb")
    assert len(list((tmp_path / "usb").glob("database-*.sqlite3"))) == 2


def test_verify_mends_what_went_bad_on_the_backups_disk(home: BuiltHome, tmp_path: Path) -> None:
    backup(home.paths, tmp_path / "usb")
    for name, content in tree(tmp_path / "usb", "masters", "packages").items():
        (tmp_path / "usb" / name).write_bytes(bytes(len(content)))
    assert backup(home.paths, tmp_path / "usb").files_copied == 0
    with pytest.raises(StoreDamaged, match="backup_damaged"):
        restore(tmp_path / "usb", HomePaths(tmp_path / "again"))
    assert backup(home.paths, tmp_path / "usb", verify=True).files_copied > 0
    assert restore(tmp_path / "usb", HomePaths(tmp_path / "again")).missing == ()


def test_a_file_the_home_has_lost_is_reported_and_the_rest_is_saved(home: BuiltHome, tmp_path: Path) -> None:
    lost, bad, good = (home.paths.masters / sha[:2] / f"{sha}.png" for sha in home.masters)
    lost.unlink()
    bad.write_bytes(b"damaged")
    report = backup(home.paths, tmp_path / "usb")
    assert sorted(problem.code for problem in report.problems) == ["file_damaged", "file_missing"]
    told = restore(tmp_path / "usb", HomePaths(tmp_path / "again"))
    assert len(told.missing) == 2
    assert (tmp_path / "again" / good.relative_to(home.paths.files)).is_file()
    assert not (tmp_path / "again" / bad.relative_to(home.paths.files)).exists()


def test_damage_in_the_home_never_replaces_the_good_copy(home: BuiltHome, tmp_path: Path) -> None:
    backup(home.paths, tmp_path / "usb")
    before = tree(tmp_path / "usb", "masters", "packages")
    assert home.package is not None
    for path in (*home.paths.masters.rglob("*.png"), home.package / "data" / "dossier.json"):
        path.write_bytes(b"damaged")
    backup(home.paths, tmp_path / "usb", verify=True)
    assert tree(tmp_path / "usb", "masters", "packages") == before


def test_nothing_is_written_when_the_backup_is_damaged(home: BuiltHome, tmp_path: Path) -> None:
    backup(home.paths, tmp_path / "usb")
    next((tmp_path / "usb" / "masters").rglob("*.png")).write_bytes(b"x")
    with pytest.raises(StoreDamaged) as failure:
        restore(tmp_path / "usb", HomePaths(tmp_path / "again"))
    assert (failure.value.code, failure.value.facts["damaged"]) == ("backup_damaged", 1)
    assert not (tmp_path / "again").exists()


def test_a_home_that_holds_something_is_not_overwritten_unless_told(home: BuiltHome, tmp_path: Path) -> None:
    backup(home.paths, tmp_path / "usb")
    home.database.close()
    other = build_home(tmp_path / "other", pages=1)
    other.database.close()
    with pytest.raises(OperatorError, match="home_not_empty"):
        restore(tmp_path / "usb", other.paths)
    told = restore(tmp_path / "usb", other.paths, replace=True)
    assert page_count(other.paths.database) == 3
    assert told.replaced is not None
    assert page_count(told.replaced) == 1
    assert (other.paths.masters / other.masters[0][:2] / f"{other.masters[0]}.png").is_file()


def test_a_home_that_was_only_opened_counts_as_empty(home: BuiltHome, tmp_path: Path) -> None:
    backup(home.paths, tmp_path / "usb")
    fresh = HomePaths(tmp_path / "fresh").make()
    migrate(fresh.database)
    restore(tmp_path / "usb", fresh)
    assert page_count(fresh.database) == 3


def test_a_damaged_database_in_the_home_is_put_aside_with_its_journal(
    home: BuiltHome, tmp_path: Path
) -> None:
    backup(home.paths, tmp_path / "usb")
    home.database.close()
    wal = home.paths.database.with_name("foliodesk.sqlite3-wal")
    home.paths.database.write_bytes(b"rubbish")
    wal.write_bytes(b"old journal")
    with pytest.raises(OperatorError, match="home_not_empty"):
        restore(tmp_path / "usb", home.paths)
    told = restore(tmp_path / "usb", home.paths, replace=True)
    assert page_count(home.paths.database) == 3
    assert told.replaced is not None
    assert told.replaced.read_bytes() == b"rubbish"
    assert told.replaced.with_name(told.replaced.name + "-wal").read_bytes() == b"old journal"


def test_a_home_in_use_is_not_restored_into(home: BuiltHome, tmp_path: Path) -> None:
    backup(home.paths, tmp_path / "usb")
    with OwnerLock.acquire(home.paths.owners), pytest.raises(Conflict, match="home_in_use"):
        restore(tmp_path / "usb", home.paths, replace=True)
    assert page_count(home.paths.database) == 3


def test_targets_that_make_no_sense_are_refused(home: BuiltHome, tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="backup_inside_home"):
        backup(home.paths, home.paths.root / "copy")
    with pytest.raises(OperatorError, match="backup_missing"):
        restore(tmp_path, HomePaths(tmp_path / "again"))
    backup(home.paths, tmp_path / "usb")
    with pytest.raises(OperatorError, match="target_holds_other_home"):
        backup(build_home(tmp_path / "other").paths, tmp_path / "usb")
    with (
        exclusive(home.paths.root / "backup-lock", timeout_s=0.0, code="x"),
        pytest.raises(Conflict, match="backup_running"),
    ):
        backup(home.paths, tmp_path / "usb")


def test_a_manifest_cannot_lead_out_of_the_backup(home: BuiltHome, tmp_path: Path) -> None:
    backup(home.paths, tmp_path / "usb")
    path = tmp_path / "usb" / MANIFEST
    told = json.loads(path.read_text())
    told["files"]["../outside"] = ["0" * 64, 1]
    path.write_text(json.dumps(told))
    with pytest.raises(StoreDamaged, match="backup_damaged"):
        restore(tmp_path / "usb", HomePaths(tmp_path / "again"))


def test_progress_ends_at_the_whole(home: BuiltHome, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    backup(home.paths, tmp_path / "usb", progress=lambda *step: told.append(step))
    assert told[-1][1] == told[-1][2] > 0
    assert [step[1] for step in told] == sorted(step[1] for step in told)
