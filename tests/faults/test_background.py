"""`foliodesk --background`: works without a window, stands back for one, ends when it is asked to."""

from __future__ import annotations

import os
import signal
import sys
import time

import psutil
import pytest

from app.roles import Role, window_role
from app.storage.owners import living_owners
from tests.helpers.left_behind import assert_check_clean, assert_delivered_once, assert_nothing_lost
from tests.helpers.real_program import Site, end_tree, wait_until

pytestmark = pytest.mark.timeout(300)


def offered(site: Site) -> None:
    """Let a program take in the paper and be killed before it could do much."""
    process = site.start()
    try:
        wait_until(lambda: site.value("SELECT count(*) FROM import_item"), what="ledger", timeout_s=90)
    finally:
        end_tree(process)


def background(site: Site):
    return site.start("--background", "--home", str(site.home))


def is_done(site: Site) -> bool:
    states = {state for (state,) in site.rows("SELECT DISTINCT state FROM dossier")}
    return states == {"uploaded"}


def workers_of(pid: int) -> list[psutil.Process]:
    """Its workers: on Windows what was started is the environment's launcher, the program the launcher's child."""
    children = psutil.Process(pid).children(recursive=True)
    return [child for child in children if "multiprocessing.spawn" in " ".join(child.cmdline())]


def test_what_was_left_is_finished_without_a_window(tmp_path):
    site = Site(tmp_path, workers=2)
    site.folder(1, pages=4)
    site.folder(2, pages=2)
    offered(site)
    process = background(site)
    try:
        wait_until(lambda: is_done(site), what="all delivered", timeout_s=120)
        if sys.platform != "win32":
            assert psutil.Process(process.pid).nice() >= 15
        second = background(site)
        assert site.finish(second, timeout_s=30).code == 0  # one is enough
        assert process.poll() is None
    finally:
        end_tree(process)
    assert_nothing_lost(site)
    assert_delivered_once(site, dossiers=2)
    assert_check_clean(site)


def test_it_holds_nothing_while_a_window_is_open_and_goes_on_afterwards(tmp_path):
    site = Site(tmp_path)
    site.folder(1, pages=30)
    offered(site)
    process = background(site)
    try:
        wait_until(
            lambda: site.value("SELECT count(*) FROM page WHERE state = 'ready'"), what="a page", timeout_s=90
        )
        assert workers_of(process.pid)
        window = Role.take(site.home, window_role())
        assert window is not None
        wait_until(lambda: not living_owners(site.home / "owners"), what="it stands back", timeout_s=15)
        # A process that has ended is listed for a moment longer.
        wait_until(lambda: not workers_of(process.pid), what="no worker left", timeout_s=5)
        assert site.value("SELECT count(*) FROM job WHERE state = 'running'") == 0
        assert not is_done(site)
        window.release()
        wait_until(lambda: is_done(site), what="all delivered", timeout_s=120)
    finally:
        end_tree(process)
    assert_nothing_lost(site)
    assert_delivered_once(site, dossiers=1)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM between processes")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_politely_when_asked(tmp_path, number):
    site = Site(tmp_path, {"FOLIODESK_FAKE_ENGINE": "hang"})
    site.folder(1, pages=2)
    offered(site)
    process = background(site)
    try:
        wait_until(
            lambda: site.value("SELECT count(*) FROM job WHERE kind = 'page' AND state = 'running'"),
            what="a page at work",
            timeout_s=90,
        )
        children = psutil.Process(process.pid).children(recursive=True)
        began = time.monotonic()
        os.kill(process.pid, number)
        assert site.finish(process, timeout_s=30).code == 0
        assert time.monotonic() - began < 5.0
        _gone, alive = psutil.wait_procs(children, timeout=10)
        assert not alive
    finally:
        end_tree(process)
    assert site.value("SELECT count(*) FROM job WHERE state = 'running'") == 0
    assert not living_owners(site.home / "owners")
    assert list((site.home / "logs").glob("crash-*")) == []


def test_a_home_that_cannot_be_used_is_told(tmp_path):
    site = Site(tmp_path)
    site.home.write_text("no directory")
    finished = site.finish(background(site), timeout_s=30)
    assert finished.code == 2
    assert "Traceback" not in finished.said
