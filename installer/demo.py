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
    report = output / "report.json"
    code = _run_telling_time(command, program_environment(layout), report)
    if code not in (ALL_WELL, NEEDS_PERSON):
        print(f"The job stopped with exit code {code}; what it wrote lies in {output}.")
        return code
    try:
        dossiers = json.loads(report.read_bytes())["dossiers"]
    except (ValueError, LookupError, TypeError) as trouble:
        print(f"The job ended, but its report in {report} could not be read: {trouble!r}")
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

    dossiers: as in the report of `digitize --json`.
    """
    lines = [""]
    waiting = 0
    for dossier in dossiers:
        lines.append(f"  {dossier['name']} ({dossier['page_count']} pages)")
        receipt = dossier["receipt"]
        if receipt:
            lines.append(f"    {dossier['application_number']}: {receipt['verdict']} by {receipt['office']}")
            lines.append(f"    {dossier['delivered_path'] or dossier['package_path']}")
        elif dossier["link"] == "proven":
            lines.append(f"    {dossier['application_number']}: {dossier['state']}, no receipt yet")
        else:
            waiting += 1
            lines.append("    waits for a person:")
            lines += [f"      {reason['message']}" for reason in dossier["reasons"]]
    lines += ["", f"{len(dossiers)} folders in {took_s:.0f} s. The dossiers lie in {output / 'office'}"]
    if waiting:
        lines.append(
            f"{waiting} of them waits for a person, as it should: its number is not proven, and the program never guesses"
            " one.\nIn the window a clerk confirms or corrects it under Indexing."
            if waiting == 1
            else f"{waiting} of them wait for a person, as they should: their numbers are not proven, and the program"
            " never guesses one.\nIn the window a clerk confirms or corrects them under Indexing."
        )
    return [*lines, f"The full report: {output / 'report.json'}", "With folders of your own:", _own_folders()]


def _run_telling_time(command: Sequence[str], environment: Mapping[str, str], report: Path) -> int:
    """Run the job, its report into a file, and show that time passes; return its exit code."""
    from progress import Steps

    steps = Steps(total=1)
    steps.begin(1, "reading, recognising, linking, packaging, delivering, collecting receipts")
    with report.open("wb") as file:
        job = subprocess.Popen(command, env=environment, stdout=file)
        try:
            while True:
                try:
                    return job.wait(timeout=1)
                except subprocess.TimeoutExpired:
                    steps.now("at work")
        except KeyboardInterrupt:
            job.wait()  # the terminal told it too; it stops in its own way, and what it received is safe
            raise
        finally:
            steps.done("over")


def _own_folders() -> str:
    return "    python3 installer/run.py digitize FOLDER... --home WORKPLACE --to DROPFOLDER"
