"""A few hundred mutated files of every format: only refusals may come out, in time and within a worker's memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.seeds import FORMATS, seeds
from tests.fuzz.targets import take
from tests.helpers.real_program import PROJECT

RUNS = {"pdf": 25}
USUAL_RUNS = 150
REASONS = {"read", "damaged", "not_an_image", "empty_file", "too_large", "too_many_pages", "encrypted"}


@pytest.mark.parametrize("kind", FORMATS)
def test_mutated_files_are_read_or_refused(kind: str, tmp_path: Path) -> None:
    command = [sys.executable, PROJECT / "tests" / "fuzz" / "mutate_all.py"]
    command += [kind, str(RUNS.get(kind, USUAL_RUNS)), str(tmp_path / "work")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    harmful = tmp_path / "work" / "offered"
    assert done.returncode == 0, f"bytes in {harmful}\n{done.stderr[-3000:]}"
    told = json.loads(done.stdout.splitlines()[-1])
    assert set(told["outcomes"]) <= REASONS
    assert told["outcomes"].get("read", 0) > 0, "mutations that are all refused test nothing"
    assert told["slowest_s"] < 25


@pytest.mark.parametrize("kind", FORMATS)
def test_the_seeds_themselves_are_read(kind: str, tmp_path: Path) -> None:
    assert [take(content, tmp_path / "work") for content in seeds(kind)] == ["read"] * len(seeds(kind))
