"""A person or the system asks the program to end: it ends soon and cleanly, and the next run goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from tests.helpers.left_behind import assert_check_clean, assert_delivered_once, assert_nothing_lost
from tests.helpers.real_program import Site, end_tree, wait_until
from tests.helpers.under_wine import is_wine

pytestmark = pytest.mark.timeout(300)

SOON_S = 10.0
needs_console = pytest.mark.skipif(
    is_wine(), reason="Wine gives what it starts without a terminal no console for Ctrl+Break: try it on a PC"
)


def stop(site: Site, process: subprocess.Popen[bytes], how: str) -> float:
    """Ask the program to end; returns the seconds until it and all its workers were gone.

    What it prints is its one document all the same.
    """
    children = psutil.Process(process.pid).children(recursive=True)
    began = time.monotonic()
    if how == "terminate":
        process.send_signal(signal.SIGTERM)
    elif sys.platform == "win32":
        process.send_signal(signal.CTRL_BREAK_EVENT)
    else:
        # A terminal's Ctrl+C reaches the workers as well; the group is that of the program we started.
        os.killpg(process.pid, signal.SIGINT)
    finished = site.finish(process, timeout_s=60)
    if process.returncode == 130:
        assert json.loads(finished.output)["trouble"]["code"] == "stopped"
    _gone, alive = psutil.wait_procs(children, timeout=SOON_S)
    assert not alive, alive
    return time.monotonic() - began


@pytest.mark.parametrize("how", [pytest.param("ctrl-c", marks=needs_console), "terminate"])
@pytest.mark.parametrize("moment", ["early", "working"])
def test_a_signal_ends_the_program_soon_and_the_next_run_goes_on(tmp_path, how, moment):
    site = Site(tmp_path)
    site.folder(1, pages=8)
    site.folder(2, pages=2)
    process = site.start()
    try:
        if moment == "early":
            wait_until(lambda: site.value("SELECT count(*) FROM import_item"), what="ledger", timeout_s=90)
        else:
            wait_until(
                lambda: site.value("SELECT count(*) FROM page WHERE state = 'ready'"),
                what="first page done",
                timeout_s=90,
            )
        took_s = stop(site, process, how)
    finally:
        end_tree(process)

    assert took_s < SOON_S
    assert process.returncode != 0
    assert "Traceback" not in site.said()
    if sys.platform != "win32" or how == "ctrl-c":
        # It ended by itself, and nothing is left to a next run's cleaning.
        assert process.returncode == 130
        assert site.value("SELECT count(*) FROM job WHERE state = 'running'") == 0
        assert list((site.home / "owners").iterdir()) == []
    finished = site.run()
    assert finished.code == 0, finished.output
    assert_nothing_lost(site)
    assert_delivered_once(site, dossiers=2)
    assert_check_clean(site)


@needs_console
def test_a_page_that_hangs_does_not_keep_the_program_from_ending(tmp_path):
    site = Site(tmp_path, {"FOLIODESK_FAKE_ENGINE": "hang"})
    site.folder(1, pages=1)
    process = site.start()
    try:
        wait_until(
            lambda: site.value("SELECT count(*) FROM job WHERE kind = 'page' AND state = 'running'"),
            what="page begun",
            timeout_s=90,
        )
        took_s = stop(site, process, "ctrl-c")
    finally:
        end_tree(process)

    assert took_s < SOON_S
    assert process.returncode == 130
    finished = site.run(FOLIODESK_FAKE_ENGINE="words")
    assert finished.report["import"]["accepted"] == 1
    assert_check_clean(site)
