"""Log files: structured, bounded, discreet, silent on standard output."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.logs import FILE_BYTES, FILES_KEPT, LogFile, get_logger, start_logging, start_worker_logging


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[LogFile]:
    level = logging.getLogger().level
    started = start_logging(tmp_path)
    yield started
    started.close()
    logging.getLogger().setLevel(level)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_events_of_ours_and_of_libraries_become_json_lines(log_file: LogFile, capfd: Any) -> None:
    get_logger("app.jobs").info("page_done", page_id=7, name="ថត")
    logging.getLogger("library").warning("took %s", 3)
    logging.getLogger("library").debug("not this")
    first, second = lines(log_file.path)
    assert (first["event"], first["page_id"], first["name"], first["level"]) == ("page_done", 7, "ថត", "info")
    assert (second["event"], second["logger"]) == ("took 3", "library")
    assert capfd.readouterr().out == ""


def test_page_text_and_applicants_stay_out(log_file: LogFile) -> None:
    get_logger("x").warning("seen", text="secret", applicant="Someone", detail="d" * 10_000)
    secret = "secret of a local variable"
    try:
        raise ValueError(len(secret))
    except ValueError:
        get_logger("x").exception("failed")
    written = log_file.path.read_text(encoding="utf-8")
    assert "secret" not in written
    assert "Someone" not in written
    assert len(written) < 4_000
    assert lines(log_file.path)[1]["exception"][0]["exc_type"] == "ValueError"


def test_a_file_does_not_grow_without_bound(log_file: LogFile) -> None:
    for _ in range(FILE_BYTES // 400 + 3000):
        get_logger("x").info("e", detail="d" * 400)
    sizes = [path.stat().st_size for path in log_file.path.parent.iterdir()]
    assert len(sizes) == 2
    assert max(sizes) <= FILE_BYTES + 1000


def test_old_files_are_pruned_at_start(tmp_path: Path) -> None:
    for number in range(FILES_KEPT + 5):
        (tmp_path / f"foliodesk-2020-{number}.jsonl").touch()
    start_logging(tmp_path).close()
    assert len(list(tmp_path.iterdir())) == FILES_KEPT


def test_a_worker_writes_a_file_only_when_it_warns(tmp_path: Path) -> None:
    started = start_worker_logging(tmp_path)
    get_logger("x").info("quiet")
    assert list(tmp_path.iterdir()) == []
    get_logger("x").warning("loud")
    started.close()
    assert lines(started.path)[0]["event"] == "loud"


def test_a_directory_that_cannot_be_written_does_not_stop_the_work(tmp_path: Path, capfd: Any) -> None:
    (tmp_path / "logs").touch()
    started = start_logging(tmp_path / "logs")
    get_logger("x").error("lost")
    started.close()
    assert capfd.readouterr().out == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device that is always full")
def test_a_full_disk_disturbs_neither_an_event_nor_the_end(tmp_path: Path, capfd: Any) -> None:
    (tmp_path / f"worker-{os.getpid()}.jsonl").symlink_to("/dev/full")
    level = logging.getLogger().level
    started = start_worker_logging(tmp_path)
    try:
        get_logger("x").warning("lost")
    finally:
        started.close()
        logging.getLogger().setLevel(level)
    assert capfd.readouterr() == ("", "")
