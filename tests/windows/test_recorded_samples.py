"""What the smoke test compares Windows with is what this machine makes of the sample folders today."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

import expected

SAMPLE = Path(__file__).resolve().parents[2] / "resources" / "sample"


@pytest.mark.engine
def test_recorded_results_are_what_digitize_gives(tmp_path):
    folders = sorted(str(entry) for entry in SAMPLE.iterdir() if entry.is_dir())
    done = subprocess.run(
        [
            *(sys.executable, "-m", "ui", "digitize", *folders, "--office", "KH", "--json"),
            *("--register", str(SAMPLE / "register.csv"), "--home", str(tmp_path)),
        ],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=600,
        check=False,
    )

    report = json.loads(done.stdout)
    found = expected.results_of(report, tmp_path / "office-drop")

    assert list(expected.differences(expected.stored(), found)) == []
    assert any(result["text"] for result in found.values())


def test_differences_are_told():
    good = expected.stored()
    name = next(name for name, result in good.items() if result["text"])
    other = json.loads(json.dumps(good))
    other[name]["application_number"] = "KH/P/2018/00418"
    other[name]["text"][0] = other[name]["text"][0][: len(other[name]["text"][0]) // 2]

    told = list(expected.differences(good, other))

    assert any("application_number is 'KH/P/2018/00418'" in line for line in told)
    assert any("of the text differ" in line for line in told)
    assert list(expected.differences(good, {})) == [f"{folder}: missing" for folder in sorted(good)]
