"""Without a display the start shows the main job on the sample folders and tells where the dossiers are."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.installer.conftest import MiniatureProject

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")

REPORT = {
    "dossiers": [
        {
            "source": "sample/clear",
            "name": "clear",
            "application_number": "KH/D/2019/00125",
            "link": "proven",
            "reasons": [],
            "page_count": 4,
            "state": "UPLOADED",
            "package_path": "home/packages/KH-D-2019-00125--d000001",
            "delivered_path": "office/KH-D-2019-00125--d000001",
            "receipt": {
                "verdict": "accepted",
                "reference": "LOCAL-2026-000001",
                "office": "local drop folder",
            },
        },
        {
            "source": "sample/doubtful",
            "name": "doubtful",
            "application_number": None,
            "link": "needs_review",
            "reasons": [{"code": "rival_number", "message": "Two numbers are equally likely.", "facts": {}}],
            "page_count": 3,
            "state": "TO_INDEX",
            "package_path": None,
            "delivered_path": None,
            "receipt": None,
        },
    ]
}


def test_no_display_runs_the_samples_and_explains_who_waits(miniature: MiniatureProject) -> None:
    for name in ("clear", "doubtful"):
        (miniature.root / "resources" / "sample" / name).mkdir(parents=True)

    answer = miniature.start(TINY_REPORT=json.dumps(REPORT), TINY_EXIT="1")

    assert answer.returncode == 0, answer.stderr
    assert "There is no display here" in answer.stdout
    assert "KH/D/2019/00125: accepted by local drop folder" in answer.stdout
    assert "waits for a person:\n      Two numbers are equally likely." in answer.stdout
    assert "1 of them waits for a person, as it should" in answer.stdout
    outputs = list((miniature.root / "foliodesk-output").iterdir())
    assert f"The dossiers lie in {outputs[0] / 'office'}" in answer.stdout
    assert json.loads((outputs[0] / "report.json").read_text(encoding="utf-8")) == REPORT

    broken = miniature.start(TINY_REPORT="{}", TINY_EXIT="3")

    assert broken.returncode == 3
    assert "stopped with exit code 3" in broken.stdout


def test_no_display_and_no_samples_is_said(miniature: MiniatureProject) -> None:
    answer = miniature.start()

    assert answer.returncode == 3
    assert "There are no sample folders" in answer.stderr
