"""Building survives kill -9 at any moment: the final name never holds anything but the whole package."""

from __future__ import annotations

import pickle
import random
from dataclasses import replace
from pathlib import Path

import pytest

from app.packaging.bag import verify_bag
from app.packaging.build import build_package
from tests.helpers.dossier_tasks import small_task
from tests.helpers.killing import kill_during, time_of_a_whole_run

KILLS = 10
BUILD = """
import pickle, sys
from pathlib import Path
from app.packaging.build import build_package
import img2pdf, jsonschema, page, pikepdf.pdfa, fontTools.fontBuilder, ocr.intake.decode
task = pickle.loads(Path(sys.argv[1]).read_bytes())
print("ready", flush=True)
build_package(task)
print("done", flush=True)
"""


@pytest.mark.kill
def test_killed_builds_leave_no_half_package(tmp_path: Path) -> None:
    task = small_task(tmp_path, page_count=5)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    task_file, timed_file = tmp_path / "task.pickle", tmp_path / "timed.pickle"
    task_file.write_bytes(pickle.dumps(task))
    timed_file.write_bytes(pickle.dumps(replace(task, target_dir=elsewhere)))
    whole_s = time_of_a_whole_run(BUILD, str(timed_file))
    expected = verify_bag(elsewhere / task.package_name)
    chance = random.Random(20260304)
    at_work = 0
    for _ in range(KILLS):
        at_work += kill_during(BUILD, str(task_file), within_s=whole_s * 1.1, chance=chance)
        final = task.target_dir / task.package_name
        if final.exists():
            assert verify_bag(final, package_sha256=expected.package_sha256).is_valid
    assert at_work > 0
    result = build_package(task)
    assert result.package_sha256 == expected.package_sha256
    assert [path.name for path in task.target_dir.iterdir()] == [task.package_name]
    assert verify_bag(result.path).is_valid
