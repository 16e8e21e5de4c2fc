"""The main job on the sample folders, for a machine without a display: from paper folders to receipts, then in words.

Each run writes into a new directory below `<project>/foliodesk-output`, so that it shows the same every time
(the program would rightly notice folders it has seen before).
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from environment import Layout, SetupFailed

OFFICE = "KH"
ALL_WELL, NEEDS_PERSON = 0, 1


def run_demo(layout: Layout, python: Path) -> int:
    """Digitize the sample folders and tell what became of each; return 0 when the job worked as designed."""
    from start import program_command, program_environment

    sample = layout.project / "resources" / "sample"
    folders = sorted(entry for entry in sample.glob("*") if entry.is_dir())
    if not folders:
        raise SetupFailed(
            f"There are no sample folders in {sample}. Name folders of your own:\n" + _own_folders()
        )
    output = new_output(layout)
    command = [
        *program_command(python),
        "digitize",
        *map(str, folders),
        "--register",
        str(sample / "register.csv"),
    ]
    command += ["--office", OFFICE, "--home", str(output / "home"), "--to", str(output / "office"), "--json"]
    print(f"{len(folders)} paper folders from {sample}\n", flush=True)
    started = time.monotonic()
    job = subprocess.run(command, env=program_environment(layout), stdout=subprocess.PIPE, check=False)
    (output / "report.json").write_bytes(job.stdout)
    if job.returncode not in (ALL_WELL, NEEDS_PERSON):
        print(f"The job stopped with exit code {job.returncode}; what it wrote lies in {output}.")
        return job.returncode
    try:
        dossiers = json.loads(job.stdout)["dossiers"]
    except (ValueError, LookupError, TypeError) as trouble:
        print(f"The job ended, but its report in {output / 'report.json'} could not be read: {trouble!r}")
        return 3
    print("\n".join(tell(dossiers, output, time.monotonic() - started)))
    return 0


def new_output(layout: Layout) -> Path:
    """Make a directory of its own for this run."""
    stem = layout.project / "foliodesk-output" / time.strftime("%Y-%m-%d_%H%M%S")
    for attempt in range(1, 1000):
        output = stem if attempt == 1 else stem.with_name(f"{stem.name}_{attempt}")
        try:
            output.mkdir(parents=True)
        except FileExistsError:
            continue
        return output
    raise SetupFailed(f"No new directory could be made beside {stem}.")


def tell(dossiers: Sequence[Mapping[str, Any]], output: Path, took_s: float) -> list[str]:
    """Return the lines that say what became of each dossier and where it is.

    dossiers: as in the report of `digitize --json` (resources/schemas).
    """
    lines = [""]
    waiting = 0
    for dossier in dossiers:
        name = Path(str(dossier["source"])).name
        number = dossier.get("application_number") or "no number"
        if dossier.get("receipt"):
            lines.append(f"  {name}: {number}, delivered, receipt here: {_package(dossier)}")
        elif dossier.get("link") == "proven":
            lines.append(f"  {name}: {number}, {dossier.get('state')}: {_package(dossier)}")
        else:
            waiting += 1
            lines.append(f"  {name}: waits for a person ({_reasons(dossier)})")
    lines += ["", f"{len(dossiers)} folders in {took_s:.0f} s. The dossiers lie in {output / 'office'}"]
    if waiting:
        lines.append(
            f"{waiting} of them wait for a person, as they should: their number is not proven, and the program never"
            " guesses one. In the window a clerk would confirm or correct it under Indexing."
        )
    lines += [f"The full report: {output / 'report.json'}", "With folders of your own:", _own_folders()]
    return lines


def _package(dossier: Mapping[str, Any]) -> str:
    return str(dossier.get("package_path") or dossier.get("package") or "no package yet")


def _reasons(dossier: Mapping[str, Any]) -> str:
    """Return the reasons' codes, whether they come as text or with facts."""
    codes = [
        str(reason.get("code")) if isinstance(reason, Mapping) else str(reason)
        for reason in dossier["reasons"]
    ]
    return ", ".join(code.replace("_", " ") for code in codes) or "no number was proven"


def _own_folders() -> str:
    return "    python3 installer/run.py digitize FOLDER... --home WORKPLACE --to DROPFOLDER"
