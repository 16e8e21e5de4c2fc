"""Indexes 20 folders by keys alone in the real window and writes down every key: ``python -m tests.ui.record_indexing``.

The folders are drawn with traps of every kind and read by the real engine; nothing is released by rule, so each one comes
to the operator. The operator here knows the truth, as somebody does who looks at the page: right values are accepted with
Enter, wrong ones typed anew, a folder without a number is reported and put on hold. Keys are QTest events to whatever has
the focus. ``--place DIR`` keeps the home (reading some eighty pages takes minutes); a next run starts from its copy.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "resources" / "guide" / "indexing-run.md"
FOLDERS, SEED = 20, 23
SIZE_PX = (1366, 768)
PATIENCE_S = 20.0


@dataclass
class Run:
    """What was done to one folder. typed: characters typed; seconds: from its opening to the next one's."""

    folder: str
    kind: str
    keys: int = 0
    typed: int = 0
    seconds: float = 0.0
    ended: str = ""
    right: bool = True
    retyped: list[str] = field(default_factory=list)


def main() -> int:
    """Prepare what is missing, go through the queue, write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--place", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--shots", type=Path)
    asked = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="foliodesk-", ignore_cleanup_errors=True) as scratch:
        place = (asked.place or Path(scratch) / "room").absolute()
        place.mkdir(parents=True, exist_ok=True)
        _prepare(place)
        home = Path(scratch) / "home"
        shutil.copytree(place / "home", home)
        runs, checked = _index(home, _truth(place), asked.shots)
    if asked.json:
        told = {"runs": [asdict(run) for run in runs], "fields": checked}
        asked.json.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    REPORT.write_text(_report(runs, checked), encoding="utf-8", newline="\n")
    return 0 if all(run.right for run in runs) else 1


def _truth(place: Path) -> dict[str, dict[str, Any]]:
    told = json.loads((place / "scans" / "truth.json").read_text(encoding="utf-8"))
    return {each["folder"]: each for each in told["folders"]}


def _prepare(place: Path) -> None:
    if (place / "ready").exists():
        return
    from app.context import AppContext
    from app.domain.states import DossierState
    from app.queries import dossiers
    from tests.fixtures.draw_folders import draw_set
    from tests.fixtures.trap_folders import plan_set
    from tests.ui.guide_room import settings

    draw_set(plan_set(FOLDERS, seed=SEED, offices=["KH"], dpi=200)["KH"], place / "scans", seed=SEED)
    with AppContext.open(place / "home", settings=settings()) as context:
        context.register_service.import_csv(place / "scans" / "register.csv", "KH")
        directories = sorted(each for each in (place / "scans").iterdir() if each.is_dir())
        options = context.import_options(release="none", batch_name="Box 3, shelf C")
        context.capture.import_with(directories, options)
        ends = time.monotonic() + 3600
        while any(row.state is not DossierState.TO_INDEX for row in dossiers.list_dossiers(context.database)):
            if time.monotonic() > ends:
                raise TimeoutError("the folders are not read")
            time.sleep(2)
    (place / "ready").touch()


def _index(
    home: Path, truth: dict[str, dict[str, Any]], shots: Path | None
) -> tuple[list[Run], dict[str, Any]]:
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QApplication

    from app.context import AppContext
    from tests.ui.guide_room import settings
    from tests.ui.record_operator import Operator
    from ui.main import make_application, make_desk
    from ui.main_window import MainWindow

    app = QApplication.instance() or make_application(sys.argv[:1])
    assert isinstance(app, QApplication)
    with AppContext.open(home, settings=settings(), background=False) as context:
        context.loop.run_until_idle()
        desk = make_desk(app, context, home / "looks")
        window = MainWindow(desk)
        window.setWindowState(Qt.WindowState.WindowNoState)
        window.resize(*SIZE_PX)
        window.show()
        window.activateWindow()
        operator = Operator(window, context, truth, shots)
        runs = operator.work()
        checked = operator.check_fields()
        window.close()
        desk.close()
    return runs, checked


def _report(runs: list[Run], checked: dict[str, Any]) -> str:
    done = [run for run in runs if run.ended == "confirmed"]
    keys = sorted(run.keys for run in done)
    middle = keys[len(keys) // 2] if keys else 0
    plain = sum(run.keys - run.typed for run in done) / max(1, len(done))
    lines = [
        "# Twenty folders by keyboard alone",
        "",
        "Written by `python -m tests.ui.record_indexing`: the real window, the real engine, twenty drawn folders with traps (rival and",
        "cited numbers, numbers on slips, faint and stamped ones, folders without any). Nothing was released by rule, so every folder came to the",
        "operator, who typed only what was wrong. Keys count every key pressed, characters typed among them.",
        "",
        f"- folders confirmed: {len(done)} of {len(runs)}, each with its true number; put on hold as having none: "
        f"{sum(run.ended == 'held' for run in runs)}; wrong links: {sum(not run.right for run in runs)}",
        f"- keys for a confirmed folder: {middle} in the middle, {keys[0] if keys else 0} at least, "
        f"{keys[-1] if keys else 0} at most; {plain:.1f} on average without the characters typed",
        f"- fields the machine settled by itself (title, applicant, filing date): {checked['sure']}, of them wrong: {checked['sure_wrong']},"
        f" of which {checked['caught']} were taken to the operator after all, because the register of the number typed said otherwise;"
        f" given to the operator from the start: {checked['asked']}",
        f"- from Enter to the next folder ready for keys: {checked['next_ms']:.0f} ms in the middle, {checked['next_ms_most']:.0f} ms at most"
        " (on the two shared cores this was recorded on, without a display)",
        "",
        "| folder | what is special | keys | of them typed | ended | typed anew |",
        "|---|---|---:|---:|---|---|",
        *(
            f"| {run.folder} | {run.kind.replace('_', ' ')} | {run.keys} | {run.typed} | {run.ended} | {', '.join(run.retyped) or '–'} |"
            for run in runs
        ),
        "",
        "What this does not show: how long a person looks. The times are the program's, the counts are the keyboard's.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
