"""The story the product exists for: one paper folder becomes a dossier the office has acknowledged."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import bagit
import jsonschema
import pypdfium2
import pytest

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "resources" / "sample"

pytestmark = pytest.mark.engine


def digitize(*arguments: object) -> tuple[int, dict]:
    finished = subprocess.run(
        [sys.executable, "-m", "ui", "digitize", *map(str, arguments), "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=240,
        env={**os.environ, "PYTHONUTF8": "1"},
        check=False,
    )
    assert finished.stdout, finished.stderr
    return finished.returncode, json.loads(finished.stdout)


def test_a_paper_folder_becomes_an_acknowledged_dossier(tmp_path):
    truth = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))
    told = next(folder for folder in truth["folders"] if folder["expected_link"] == "proven")
    office = tmp_path / "office"

    code, report = digitize(
        SAMPLE / told["folder"],
        "--home", tmp_path / "home",
        "--office", "KH",
        "--register", SAMPLE / "register.csv",
        "--to", office,
    )  # fmt: skip

    schema = ROOT / "resources" / "schemas" / "digitize.schema.json"
    jsonschema.validate(report, json.loads(schema.read_text(encoding="utf-8")))
    (dossier,) = report["dossiers"]
    assert code == 0
    assert dossier["link"] == "proven"
    assert dossier["application_number"] == told["application_number"]
    assert dossier["state"] == "uploaded"
    assert dossier["page_count"] == len(told["pages"])
    assert dossier["receipt"]["verdict"] == "accepted"

    ledger = report["import"]
    assert ledger["offered"] == ledger["accepted"] + len(ledger["refused"])

    (delivered,) = [path for path in office.iterdir() if path.is_dir()]
    bag = bagit.Bag(str(delivered))
    assert bag.is_valid()
    pdf = pypdfium2.PdfDocument(delivered / "data" / "dossier.pdf")
    assert len(pdf) == dossier["page_count"]
    pdf.close()

    # The same folder offered again is the same dossier: nothing is doubled.
    code, again = digitize(
        SAMPLE / told["folder"], "--home", tmp_path / "home", "--office", "KH", "--to", office
    )
    assert code == 0
    assert [d["id"] for d in again["dossiers"]] == [dossier["id"]]
    assert len([path for path in office.iterdir() if path.is_dir()]) == 1
