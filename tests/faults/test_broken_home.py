"""A home that is damaged, read-only, oddly named, or without its models: a clear word, and nothing lost."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import pytest

from tests.helpers.left_behind import assert_check_clean, assert_delivered_once, assert_nothing_lost
from tests.helpers.real_program import PROJECT, Site, end_tree, kill_program, wait_until
from tests.helpers.tiny_disk import remount_read_only, tiny_disk

pytestmark = pytest.mark.timeout(300)


def test_a_damaged_settings_file_stops_nothing_and_is_kept(tmp_path):
    site = Site(tmp_path)
    site.folder(1)
    site.home.mkdir()
    damaged = b'operator = "Dara"\nworkers = = 3\n\xff'
    (site.home / "settings.toml").write_bytes(damaged)

    finished = site.run()

    assert finished.code == 0, finished.said
    assert "The settings file was damaged" in finished.said
    assert (site.home / "settings.toml.damaged-1").read_bytes() == damaged
    assert_delivered_once(site, dossiers=1)


def test_a_read_only_home_is_told_without_touching_what_is_there(tmp_path):
    site = Site(tmp_path, {"FOLIODESK_MIN_FREE_BYTES": "0"})
    site.folder(1)
    with tiny_disk(site.home, 50 << 20):
        assert site.run().code == 0
        before = sorted(path.name for path in site.home.rglob("*"))
        remount_read_only(site.home)
        site.folder(2)

        told = site.run()

        assert told.code in (2, 3), told.said
        assert "Traceback" not in told.said
        assert str(site.home) in told.said.replace("\n", "")
        assert told.report["trouble"]["code"] == "home_not_writable"
        assert sorted(path.name for path in site.home.rglob("*")) == before


def test_a_home_that_is_a_file_is_told(tmp_path):
    site = Site(tmp_path)
    site.folder(1)
    site.home.write_text("a letter", encoding="utf-8")

    told = site.run()

    assert told.code == 2, told.said
    assert "Traceback" not in told.said
    assert site.home.read_text(encoding="utf-8") == "a letter"


def test_a_home_and_folders_with_spaces_and_khmer_letters_work(tmp_path):
    site = Site(tmp_path / "ការិយាល័យ ឧស្សាហកម្ម 100% #1")
    site.folder(1, name="ថត ១ (ដើម)")

    finished = site.run()

    assert finished.code == 0, finished.output + finished.said
    assert_nothing_lost(site)
    assert_delivered_once(site, dossiers=1)
    assert_check_clean(site)


@pytest.fixture
def resources(tmp_path):
    """The data that ships, in a place where some of it can be spoilt."""
    made = tmp_path / "resources"
    left_out = shutil.ignore_patterns("sample", "fonts", "icons", "guide", "*.traineddata")
    shutil.copytree(PROJECT / "resources", made, ignore=left_out)
    return made


def bring_models(resources):
    for name in ("eng", "osd"):
        shutil.copy(PROJECT / "resources" / "tessdata" / f"{name}.traineddata", resources / "tessdata")


@pytest.mark.engine
@pytest.mark.parametrize(
    ("content", "code"), [(None, "language_missing"), (b"rubbish", "model_damaged"), (b"", "model_damaged")]
)
def test_a_missing_or_damaged_model_is_told_by_name_and_the_work_goes_on_when_it_is_back(
    tmp_path, resources, content, code
):
    site = Site(tmp_path, {"FOLIODESK_ENGINE": "tesserocr", "FOLIODESK_RESOURCES": str(resources)})
    site.folder(1)
    model = resources / "tessdata" / "eng.traineddata"
    if content is not None:
        model.write_bytes(content)

    told = site.run()

    assert told.code == 3, told.said
    assert "Traceback" not in told.said
    assert told.report["trouble"]["code"] == code
    assert "eng.traineddata" in told.said.replace("\n", "")
    assert "Repair the installation" in told.said
    assert site.value("SELECT count(*) FROM page WHERE state = 'needs_attention'") == 0
    bring_models(resources)
    finished = site.run(timeout_s=200)
    assert finished.code == 0, finished.output + finished.said
    assert_nothing_lost(site)
    assert_delivered_once(site, dossiers=1)


def test_pages_wait_for_an_engine_that_is_lost_on_the_way(tmp_path):
    site = Site(tmp_path)
    site.folder(1)

    told = site.run(FOLIODESK_FAKE_ENGINE="missing")

    assert told.code == 3, told.said
    assert told.report["trouble"]["code"] == "engine_incomplete"
    assert told.balanced()
    assert site.value("SELECT count(*) FROM import_item WHERE state = 'accepted'") == 2
    assert site.rows("SELECT DISTINCT state FROM job WHERE kind = 'page'") == [("queued",)]
    assert site.value("SELECT count(*) FROM page WHERE state = 'needs_attention'") == 0
    site.home.joinpath("settings.toml").unlink(missing_ok=True)
    finished = site.run()
    assert finished.code == 0, finished.output + finished.said
    assert_delivered_once(site, dossiers=1)


def leave_pages_waiting(site):
    """Import all paper and kill the program while its pages wait for an engine."""
    process = site.start(FOLIODESK_FAKE_ENGINE="missing")
    try:
        wait_until(
            lambda: site.value("SELECT count(*) FROM job WHERE kind = 'page' AND state = 'queued'") == 2,
            what="two pages waiting",
        )
        kill_program(process, with_workers=True)
    finally:
        end_tree(process)
    assert site.value("SELECT count(*) FROM page WHERE state = 'ready'") == 0


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda profile: profile.unlink(), "office_unknown"),
        (lambda profile: profile.write_bytes(b"\xff\x00"), "office_file_unreadable"),
        (lambda profile: profile.write_text('code = "KH"\n', encoding="utf-8"), "office_key_missing"),
        (lambda profile: shutil.rmtree(profile.parent), "offices_missing"),
    ],
)
def test_a_missing_or_damaged_office_profile_is_told_and_stops_no_data(tmp_path, resources, spoil, code):
    site = Site(tmp_path, {"FOLIODESK_RESOURCES": str(resources)})
    site.folder(1)
    bring_models(resources)
    leave_pages_waiting(site)
    (profile,) = (path for path in (resources / "offices").glob("*.toml") if path.stem.lower() == "kh")
    whole = {path: path.read_bytes() for path in profile.parent.iterdir()}
    spoil(profile)

    told = site.run()

    assert told.code == 2, told.said
    assert "Traceback" not in told.said
    assert told.report["trouble"]["code"] == code
    assert site.value("SELECT count(*) FROM page WHERE state = 'needs_attention'") == 0
    profile.parent.mkdir(exist_ok=True)
    for path, content in whole.items():
        path.write_bytes(content)
    finished = site.run()
    assert finished.code == 0, finished.output + finished.said
    assert_delivered_once(site, dossiers=1)
    assert_check_clean(site)


def test_a_clock_set_back_is_told_and_stops_nothing(tmp_path):
    site = Site(tmp_path)
    site.folder(1)
    assert site.run().code == 0
    with closing(sqlite3.connect(site.database)) as connection:
        connection.execute(
            "UPDATE audit SET at = replace(at, '20', '21') WHERE id = (SELECT max(id) FROM audit)"
        )
        connection.commit()
    site.folder(2)

    finished = site.run()

    assert finished.code == 0, finished.said
    assert "Set the clock" in finished.said
    assert_delivered_once(site, dossiers=2)


def test_a_missing_drop_folder_parent_is_made_or_told(tmp_path):
    site = Site(tmp_path)
    site.folder(1)
    blocked = tmp_path / "a file"
    blocked.write_text("x", encoding="utf-8")
    site.drop = blocked / "office"

    told = site.run()

    assert told.code in (2, 3), told.said
    assert "Traceback" not in told.said
    assert site.value("SELECT count(*) FROM import_item") == 0


@pytest.mark.parametrize("damage", ["not a database", "cut short"])
def test_a_damaged_database_is_told_and_left_alone(tmp_path, damage):
    site = Site(tmp_path)
    site.folder(1)
    assert site.run().code == 0
    content = site.database.read_bytes()
    broken = b"This is no database. " * 500 if damage == "not a database" else content[: len(content) // 3]
    site.database.write_bytes(broken)
    for suffix in ("-wal", "-shm"):
        site.database.with_name(site.database.name + suffix).unlink(missing_ok=True)

    told = site.run()
    checked = site.run("check", "--home", str(site.home), "--json")

    assert told.code in (2, 3), told.said
    assert told.report["trouble"]["code"] == "database_damaged"
    assert checked.code != 0
    assert "Traceback" not in told.said
    if damage == "not a database":
        assert site.database.read_bytes() == broken
