"""The lid closes in the midst of the work: the hours asleep are nobody's fault, and nothing is lost.

A process that is stopped and continued as a whole (SIGSTOP, SIGCONT) stands in for a PC that sleeps: for it, too,
every clock has jumped when it goes on.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.helpers.left_behind import assert_check_clean, assert_delivered_once, assert_nothing_lost
from tests.helpers.real_program import PROJECT, Site, end_tree, environment, wait_until

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal that stops a process"),
]

ASLEEP_S = 7.0

ONE_TASK = """
import queue
from app.jobs.local_runner import LocalRunner
from tests.helpers.jobs import in_small_steps

if __name__ == "__main__":
    got = queue.SimpleQueue()
    runner = LocalRunner(1)
    handle = runner.submit(in_small_steps, 3, 5.0, got.put)
    while not handle.running():
        pass
    print("running", flush=True)
    outcome = got.get()
    print(outcome.result, outcome.error, outcome.timed_out, flush=True)
    runner.close(wait_s=1.0)
"""


def sleep_and_wake(process: subprocess.Popen[bytes]) -> None:
    """Stop the program with all its workers, and let it go on."""
    group = os.getpgid(process.pid)
    assert group != os.getpgid(0)
    os.killpg(group, signal.SIGSTOP)
    time.sleep(ASLEEP_S)
    os.killpg(group, signal.SIGCONT)


def test_a_task_is_not_stopped_for_the_time_the_pc_slept(tmp_path):
    script = tmp_path / "one_task.py"
    script.write_text(ONE_TASK, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, script],
        cwd=PROJECT,
        env=environment({}),
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"running\n"
        sleep_and_wake(process)
        output, _ = process.communicate(timeout=60)
    finally:
        end_tree(process)
    assert output == b"3 None False\n"


def test_no_page_is_blamed_for_the_lid_that_was_closed(tmp_path):
    site = Site(tmp_path, {"FOLIODESK_PAGE_LIMIT_S": "5"})
    site.folder(1, pages=12)
    process = site.start()
    try:
        for pages in (1, 5, 9):
            wait_until(
                lambda pages=pages: (
                    (site.value("SELECT count(*) FROM page WHERE state = 'ready'") or 0) >= pages
                ),
                what=f"{pages} pages done",
                timeout_s=90,
            )
            wait_until(
                lambda: site.value("SELECT count(*) FROM job WHERE kind = 'page' AND state = 'running'"),
                what="a page at work",
                timeout_s=30,
                every_s=0.001,
            )
            sleep_and_wake(process)
        finished = site.finish(process, timeout_s=120)
    finally:
        end_tree(process)

    assert finished.code == 0, finished.said
    assert site.value("SELECT max(crashes) FROM job") == 0
    assert site.rows("SELECT DISTINCT state FROM page") == [("ready",)]
    assert_nothing_lost(site)
    assert_delivered_once(site, dossiers=1)
    assert_check_clean(site)
