"""The window as a process of its own: second starts, the system's request to end, what a killed one left."""

from __future__ import annotations

import os
import signal
import sys
import time

import psutil
import pytest

from app.roles import is_window_open
from app.storage.owners import living_owners
from tests.helpers.left_behind import assert_check_clean, assert_delivered_once, assert_nothing_lost
from tests.helpers.real_program import Site, end_tree, wait_until

pytestmark = pytest.mark.timeout(300)

# It leaves four seconds after the request at the latest; the process itself takes its time on a busy PC.
SOON_S = 8.0


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path, {"QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")})


def open_window(site, *paths):
    named = ["--import", *map(str, paths)] if paths else []
    return site.start("--home", str(site.home), *named)


def wait_for_window(site):
    wait_until(
        lambda: site.home.is_dir() and is_window_open(site.home) and living_owners(site.home / "owners"),
        what="the window",
        timeout_s=90,
    )


def files_taken_in(site):
    return site.value("SELECT count(*) FROM import_item WHERE state = 'accepted'") or 0


def test_a_second_start_hands_its_paths_to_the_first_window(site):
    first_folder, second_folder = site.folder(1), site.folder(2)
    first = open_window(site, first_folder)
    try:
        wait_until(lambda: files_taken_in(site) == 2, what="its own paths", timeout_s=120)
        second = open_window(site, second_folder)
        assert site.finish(second, timeout_s=60).code == 0
        wait_until(lambda: files_taken_in(site) == 4, what="the other's paths", timeout_s=60)
        assert first.poll() is None
        assert len(living_owners(site.home / "owners")) == 1
        offered = {path for (path,) in site.rows("SELECT source_path FROM import_item")}
        assert offered == {str(path) for path in site.paper.rglob("*.png")}
    finally:
        end_tree(first)


def ask_to_end(process):
    """As the system asks: the end of the session on Windows, SIGTERM elsewhere."""
    if sys.platform == "win32":
        from tests.helpers.windows_session import end_session

        assert end_session(process.pid)
    else:
        process.send_signal(signal.SIGTERM)


@pytest.mark.parametrize("how", ["window", "background", "command"])
def test_a_program_leaves_soon_when_the_session_ends_and_nothing_is_lost(site, how):
    site.folder(1, pages=8)
    process = {
        "window": lambda: open_window(site, site.paper),
        "background": lambda: begun_and_in_background(site),
        "command": site.start,
    }[how]()
    try:
        wait_until(
            lambda: site.value("SELECT count(*) FROM page WHERE state = 'ready'"),
            what="a page",
            timeout_s=120,
        )
        children = psutil.Process(process.pid).children(recursive=True)
        began = time.monotonic()
        ask_to_end(process)
        code = site.finish(process, timeout_s=30).code
        took_s = time.monotonic() - began
        _gone, alive = psutil.wait_procs(children, timeout=10)
        assert not alive
    finally:
        end_tree(process)
    assert took_s < SOON_S
    assert code == (130 if how == "command" else 0)
    assert site.value("SELECT count(*) FROM job WHERE state = 'running'") == 0
    assert not living_owners(site.home / "owners")
    assert list((site.home / "logs").glob("crash-*")) == []
    assert site.run().code == 0
    assert_nothing_lost(site)
    assert_delivered_once(site, dossiers=1)
    assert_check_clean(site)


def begun_and_in_background(site):
    """Take the paper in, stop at once, and let the background worker go on."""
    process = site.start()
    try:
        wait_until(lambda: site.value("SELECT count(*) FROM import_item"), what="ledger", timeout_s=90)
    finally:
        end_tree(process)
    return site.start("--background", "--home", str(site.home))


@pytest.mark.kill
def test_a_killed_window_leaves_its_place_and_a_mark(site):
    first = open_window(site)
    try:
        wait_for_window(site)
        wait_until(lambda: list((site.home / "logs").glob("crash-*")), what="its mark", timeout_s=10)
    finally:
        end_tree(first)
    assert not is_window_open(site.home)
    again = open_window(site)
    try:
        wait_for_window(site)
        wait_until(
            lambda: len(list((site.home / "logs").glob("crash-*"))) == 1,
            what="only its own mark",
            timeout_s=10,
        )
    finally:
        end_tree(again)


def test_the_window_sends_the_background_worker_to_rest(site):
    worker = site.start("--background", "--home", str(site.home))
    try:
        wait_until(
            lambda: site.home.is_dir() and living_owners(site.home / "owners"),
            what="the worker",
            timeout_s=60,
        )
        (resting,) = living_owners(site.home / "owners")
        first = open_window(site)
        try:
            wait_until(
                lambda: (owners := living_owners(site.home / "owners")) and resting not in owners,
                what="the worker rests",
                timeout_s=60,
            )
            assert worker.poll() is None
        finally:
            end_tree(first)
    finally:
        end_tree(worker)
