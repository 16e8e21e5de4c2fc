"""The office's directory goes away, is locked, holds strange things or refuses: nothing is lost or overwritten."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.context import AppContext
from app.domain.ids import DossierId
from tests.helpers.left_behind import assert_check_clean, assert_delivered_once, assert_nothing_lost
from tests.helpers.real_program import Site, end_tree, wait_until
from tests.helpers.tiny_disk import remount_read_only, tiny_disk

pytestmark = pytest.mark.timeout(300)


def outbox(site: Site) -> tuple[str, str | None]:
    """State and trouble of the only package."""
    (row,) = site.rows("SELECT state, error FROM outbox")
    return row


def write_receipt(site: Site, name: str, **changes: object) -> Path:
    """Answer like an office would: whole, beside the package."""
    manifest = site.value("SELECT manifest_sha256 FROM package WHERE name = ?", name)
    content = {
        "package": name,
        "verdict": "accepted",
        "sha256": manifest,
        "reference": "DIP-77",
        "time": datetime.now(UTC).isoformat(),
        "office": "Department of Industrial Property",
        **changes,
    }
    path = site.drop / f"{name}.receipt.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def real_office(site: Site) -> None:
    """A directory that belongs to someone else: it has content and no marker of ours."""
    site.drop.mkdir()
    (site.drop / "README of the office.txt").write_text("deliver here", encoding="utf-8")


def package_name(site: Site) -> str:
    (path,) = [path for path in (site.home / "packages").iterdir() if path.is_dir()]
    return path.name


def test_a_drop_folder_that_disappears_is_waited_for(tmp_path):
    site = Site(tmp_path)
    site.folder(1, pages=2)
    away = tmp_path / "unplugged"
    process = site.start()
    try:
        wait_until(lambda: site.value("SELECT count(*) FROM page"), what="first page", timeout_s=90)
        site.drop.rename(away)
        wait_until(
            lambda: (
                site.value("SELECT error FROM outbox") == "drop_folder_missing" or process.poll() is not None
            ),
            what="trouble seen",
            timeout_s=90,
        )
        finished = site.finish(process)
    finally:
        end_tree(process)

    assert outbox(site) == ("queued", "drop_folder_missing")
    assert finished.code == 1, finished.output
    assert not site.drop.exists(), "an unplugged directory is never made anew by a delivery"
    away.rename(site.drop)
    again = site.run()
    assert again.code == 0, again.output
    assert_nothing_lost(site)
    assert_delivered_once(site, dossiers=1)
    assert_check_clean(site)


def test_a_drop_folder_that_comes_back_while_running_is_used_at_once(tmp_path):
    site = Site(tmp_path)
    folder = site.folder(1, pages=2)
    site.folder(2, pages=12)  # keeps the program at work meanwhile
    away = tmp_path / "unplugged"
    process = site.start()
    try:
        wait_until(lambda: site.value("SELECT count(*) FROM page"), what="first page", timeout_s=90)
        site.drop.rename(away)
        wait_until(
            lambda: site.value("SELECT count(*) FROM outbox WHERE error = 'drop_folder_missing'"),
            what="trouble seen",
            timeout_s=90,
        )
        away.rename(site.drop)
        finished = site.finish(process)
    finally:
        end_tree(process)
    if finished.code != 0:  # it came back too late for this run
        finished = site.run()

    assert finished.code == 0, finished.output
    assert folder.exists()
    assert_delivered_once(site, dossiers=2)


def test_a_read_only_drop_folder_is_waited_for(tmp_path):
    site = Site(tmp_path)
    site.folder(1)
    with tiny_disk(site.drop, 50 << 20):
        site.run(*site.digitize_arguments(), "--release", "none")
        remount_read_only(site.drop)

        finished = site.run()

        assert finished.code == 1, finished.output + finished.said
        assert outbox(site)[0] == "queued"
        assert outbox(site)[1] in ("drop_folder_not_writable", "drop_folder_failed")
        subprocess.run(["mount", "-o", "remount,rw", str(site.drop)], check=True)
        again = site.run()
        assert again.code == 0, again.output
        assert_delivered_once(site, dossiers=1)


def test_a_foreign_package_of_the_same_name_is_shown_and_never_overwritten(tmp_path):
    site = Site(tmp_path)
    site.folder(1)
    foreign = site.drop / "KH-P-2021-00001--d000001"
    (foreign / "data").mkdir(parents=True)
    (foreign / "data" / "theirs.txt").write_text("not ours", encoding="utf-8")

    finished = site.run()

    assert finished.code == 1, finished.output
    assert package_name(site) == foreign.name
    assert outbox(site) == ("queued", "other_content_there")
    assert [path.name for path in foreign.rglob("*") if path.is_file()] == ["theirs.txt"]
    shutil.rmtree(foreign)
    # Only a person can mend a conflict; asking for the same import again tries at once.
    again = site.run()
    assert again.code == 0, again.output
    assert_delivered_once(site, dossiers=1)


def test_a_real_office_that_refuses_brings_the_dossier_back(tmp_path):
    site = Site(tmp_path)
    site.folder(1)
    real_office(site)
    sent = site.run()
    assert sent.code == 0, "waiting only for the office's word"
    assert outbox(site) == ("sent", None)
    name = package_name(site)
    write_receipt(site, name, verdict="refused", reason="wrong series", reference="DIP-12")

    finished = site.run()

    assert finished.code == 1, finished.output
    assert outbox(site)[0] == "refused"
    assert site.rows("SELECT verdict, reference, reason FROM receipt") == [
        ("refused", "DIP-12", "wrong series")
    ]
    (dossier,) = finished.dossiers
    assert dossier["receipt"]["reason"] == "wrong series"
    assert dossier["state"] == "refused_by_office"
    assert_check_clean(site)
    # A person takes it up in indexing and lets it go again: a second package leaves, the first stays.
    with AppContext.open(site.home, background=False) as program:
        dossier_id = DossierId(dossier["id"])
        program.indexing.confirm(dossier_id, dossier["application_number"])
        program.review.approve(dossier_id)
    site.run()
    names = [name for (name,) in site.rows("SELECT name FROM package ORDER BY id")]
    assert len(set(names)) == 2
    assert sorted(path.name for path in site.drop.iterdir() if path.is_dir()) == sorted(names)
    write_receipt(site, names[1], reference="DIP-13")
    assert site.run().dossiers[0]["state"] == "uploaded"
    assert_check_clean(site)


def test_a_real_office_that_accepts_ends_the_line(tmp_path):
    site = Site(tmp_path)
    site.folder(1)
    real_office(site)
    site.run()
    write_receipt(site, package_name(site))

    finished = site.run()

    assert (finished.code, finished.dossiers[0]["state"]) == (0, "uploaded"), finished.output
    assert finished.dossiers[0]["receipt"]["reference"] == "DIP-77"
    assert_check_clean(site)


def test_receipts_that_are_garbage_or_about_something_else_are_told_and_ignored(tmp_path):
    site = Site(tmp_path)
    site.folder(1)
    real_office(site)
    waiting = site.run()
    assert (waiting.code, waiting.dossiers[0]["upload_trouble"]) == (0, None)
    name = package_name(site)

    other = write_receipt(site, name, sha256="0" * 64)
    mismatch = site.run()
    assert outbox(site) == ("sent", "receipt_mismatch")
    assert (mismatch.code, mismatch.dossiers[0]["state"]) == (1, "queued")
    assert mismatch.dossiers[0]["upload_trouble"]["code"] == "receipt_mismatch"

    write_receipt(site, name, verdict="refused")  # without a reason
    os.utime(other, (1_700_000_000, 1_700_000_000))  # not in the writing any more
    unreadable = site.run()
    assert outbox(site) == ("sent", "receipt_unreadable")
    assert unreadable.code == 1
    told = unreadable.dossiers[0]["upload_trouble"]["message"]
    assert other.name in told
    assert "missing or wrong: reason" in told

    other.unlink()
    assert site.run().code == 0
    assert outbox(site) == ("sent", None)

    write_receipt(site, name)
    finished = site.run()
    assert finished.dossiers[0]["state"] == "uploaded"
    assert outbox(site) == ("accepted", None)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_drop_folder_without_the_right_to_write_is_waited_for(tmp_path):
    site = Site(tmp_path)
    site.folder(1)
    real_office(site)
    site.drop.chmod(0o555)
    try:
        finished = site.run()
        assert finished.code == 1
        assert outbox(site) == ("queued", "drop_folder_not_writable")
    finally:
        site.drop.chmod(0o755)
    site.run()
    assert outbox(site)[0] == "sent"
