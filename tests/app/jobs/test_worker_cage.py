"""A worker has bounded memory and no network; what goes beyond costs its own task and nothing else."""

from __future__ import annotations

import queue
import socket
import sys
from collections.abc import Iterator

import pytest
from PIL import Image

from app.jobs.local_runner import LocalRunner
from app.jobs.protocol import Outcome
from app.jobs.worker_process import MOST_BYTES, most_bytes
from app.paths import tessdata_dir
from ocr.inspect import InspectOptions
from ocr.tasks import InspectTask, inspect
from tests.helpers.jobs import call_out, double, hungry
from tests.helpers.under_wine import is_wine

pytestmark = pytest.mark.skipif(sys.platform == "darwin", reason="macOS has no limit of a process's memory")
bounded = pytest.mark.skipif(
    is_wine(), reason="Wine takes the flags of a job's limits and drops their values: try it on a PC"
)


class Pool:
    """One worker of 600 MB."""

    def __init__(self) -> None:
        self.runner = LocalRunner(1, process_bytes=600_000_000)

    def outcome(self, run: object, task: object) -> Outcome:
        ended: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        self.runner.submit(run, task, 100.0, ended.put)
        return ended.get(timeout=120)


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    made = Pool()
    yield made
    made.runner.close(wait_s=0.0)


@bounded
def test_a_task_that_wants_too_much_memory_fails_alone(pool):
    outcome = pool.outcome(hungry, 900_000_000)
    assert isinstance(outcome.error, MemoryError)
    assert not outcome.crashed
    assert pool.outcome(hungry, 10_000_000).result == 10_000_000
    assert pool.outcome(double, 4).result == 8


@bounded
def test_a_sheet_too_large_for_a_worker_is_told_as_such(pool, tmp_path):
    Image.new("RGB", (12_000, 12_000), "white").save(tmp_path / "sheet.png", compress_level=1)
    options = InspectOptions(("eng",), tessdata_dir(), engine="fake")
    outcome = pool.outcome(inspect, InspectTask(tmp_path / "sheet.png", options))
    assert getattr(outcome.error, "code", None) == "out_of_memory", outcome
    Image.new("L", (1200, 1600), 255).save(tmp_path / "page.png")
    (page,) = pool.outcome(inspect, InspectTask(tmp_path / "page.png", options)).result
    assert page.is_blank


def test_a_worker_cannot_call_out(pool):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        outcome = pool.outcome(call_out, listener.getsockname())
        assert isinstance(outcome.error, PermissionError)
        listener.settimeout(0.1)
        with pytest.raises(TimeoutError):
            listener.accept()


def test_a_small_pc_gives_a_worker_less():
    assert most_bytes(64_000_000_000) == MOST_BYTES
    assert most_bytes(2_000_000_000) == 1_500_000_000
