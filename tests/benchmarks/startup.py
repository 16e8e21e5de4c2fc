"""How long until the program is ready: its help, one page inspected, and a home opened.

    python -m tests.benchmarks.startup [--rounds 5] [--home-pages 10000] [--page FILE]

Every figure is of a fresh process, median of rounds, wall and CPU seconds; between rounds the cases
alternate. "open" ends when services are wired and nothing is left to do but work; "rows" adds the reads
a first screen makes; "window" ends when the workstation has painted itself without a screen.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert

from app.domain.states import DossierState, ImportState, JobState, LinkState, PageState
from app.events import ChangeBus
from app.paths import HomePaths
from app.storage.database import Database
from app.storage.migrations.runner import migrate
from app.storage.tables import BatchRow, DossierRow, ImportItemRow, JobRow, MasterRow, PageResultRow, PageRow
from tests.benchmarks.measured_run import FOLIODESK, PROJECT, Measured, machine, run

GOAL_S = 2.0
PAGES_PER_DOSSIER = 40
TEXT = "Department of Industrial Property, application number and date of filing. " * 25

OPEN = "from pathlib import Path; import sys; from app.context import AppContext; "
IDLE = "AppContext.open(Path(sys.argv[1]), background=False).close(wait_s=0)"
ROWS = (
    "from app.queries import batches, dossiers, work; "
    "program = AppContext.open(Path(sys.argv[1]), background=False); "
    "batches.list_batches(program.database); dossiers.list_dossiers(program.database); work.status(program); "
    "program.close(wait_s=0)"
)
WINDOW = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from ui import main
real = QApplication.exec
def exec_and_leave(*_):
    QTimer.singleShot(0, QApplication.quit)
    return real()
QApplication.exec = exec_and_leave
sys.exit(main.open_window(Path(sys.argv[1])))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--home-pages", type=int, default=10_000)
    sample = PROJECT / "resources" / "sample" / "paddy dryer" / "page1.jpg"
    parser.add_argument("--page", type=Path, default=sample)
    options = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        root = Path(directory)
        build_large_home(root / "large", options.home_pages)
        found: dict[str, list[Measured]] = {}
        for number in range(options.rounds):
            for name, command in cases(root, number, options).items():
                found.setdefault(name, []).append(run_case(name, command))
    print(f"\n{'until ready':28} {'wall s':>7} {'CPU s':>6} {'slowest':>8}")
    for name, runs in found.items():
        walls = [each.wall_s for each in runs]
        used = statistics.median(each.cpu_s for each in runs)
        late = "  beyond the goal" if statistics.median(walls) > GOAL_S else ""
        print(f"{name:28} {statistics.median(walls):7.2f} {used:6.2f} {max(walls):8.2f}{late}")


def cases(root: Path, number: int, options: argparse.Namespace) -> dict[str, list[str]]:
    python = sys.executable
    new, large = str(root / f"new{number}"), str(root / "large")
    many = f"{options.home_pages} pages"
    return {
        "python itself": [python, "-c", "pass"],
        "foliodesk --help": [*FOLIODESK, "--help"],
        "inspect one page": [*FOLIODESK, "inspect", str(options.page), "--workers", "1", "--json"],
        "open, new home": [python, "-c", OPEN + IDLE, new],
        "open, empty home": [python, "-c", OPEN + IDLE, new],
        f"open, {many}": [python, "-c", OPEN + IDLE, large],
        f"open and rows, {many}": [python, "-c", OPEN + ROWS, large],
        "window, empty home": [python, "-c", WINDOW, new],
        f"window, {many}": [python, "-c", WINDOW, large],
    }


def run_case(name: str, command: list[str]) -> Measured:
    measured = run(command, variables={"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(PROJECT)})
    if measured.exit_code != 0:
        sys.exit(f"{name} failed ({measured.exit_code}):\n{measured.errors[-2000:]}")
    return measured


def build_large_home(home: Path, pages: int) -> None:
    """Rows of a home that has recognised so many pages; the files do not matter for a start."""
    shutil.rmtree(home, ignore_errors=True)
    paths = HomePaths(home).make()
    migrate(paths.database)
    database = Database(paths.database, ChangeBus())
    now = datetime.now(UTC)
    begun = time.perf_counter()
    with database.write("benchmark") as tx:
        batch = BatchRow(name="lot", office="KH", languages=["eng"], created_at=now, created_by="benchmark")
        tx.session.add(batch)
        tx.session.flush()
        for first in range(0, pages, PAGES_PER_DOSSIER):
            dossier = DossierRow(
                batch_id=batch.id,
                ordinal=first,
                name=f"folder {first}",
                source=f"/paper/{first}",
                state=DossierState.TO_INDEX,
                link=LinkState.NEEDS_REVIEW,
                updated_at=now,
            )
            tx.session.add(dossier)
            tx.session.flush()
            ids = range(first + 1, min(first + PAGES_PER_DOSSIER, pages) + 1)
            for table, make in ROWS_OF_A_PAGE.items():
                rows = [make(number, batch.id, dossier.id, now) for number in ids]
                tx.session.execute(insert(table), rows)
    database.close()
    print(f"a home of {pages} pages written in {time.perf_counter() - begun:.0f} s")


def _master(number: int, _batch: int, _dossier: int, now: datetime) -> dict[str, object]:
    return {
        "sha256": f"{number:064x}",
        "size_bytes": 400_000,
        "media_type": "image/jpeg",
        "extension": ".jpg",
        "created_at": now,
    }


def _item(number: int, batch: int, dossier: int, _now: datetime) -> dict[str, object]:
    return {
        "id": number,
        "batch_id": batch,
        "dossier_id": dossier,
        "ordinal": number,
        "source_path": f"/paper/{dossier}/{number}.jpg",
        "state": ImportState.ACCEPTED,
        "sha256": f"{number:064x}",
        "size_bytes": 400_000,
        "page_count": 1,
    }


def _page(number: int, _batch: int, dossier: int, _now: datetime) -> dict[str, object]:
    return {
        "id": number,
        "dossier_id": dossier,
        "import_item_id": number,
        "ordinal": number,
        "source_page": 0,
        "master_sha256": f"{number:064x}",
        "frame": 0,
        "width_px": 1654,
        "height_px": 2339,
        "dpi": 200.0,
        "state": PageState.READY,
    }


def _job(number: int, _batch: int, _dossier: int, now: datetime) -> dict[str, object]:
    return {
        "kind": "page",
        "subject_id": number,
        "state": JobState.DONE,
        "not_before": now,
        "created_at": now,
        "finished_at": now,
    }


def _result(number: int, _batch: int, _dossier: int, now: datetime) -> dict[str, object]:
    measured = {"turn_deg": 0, "turn_confidence": 1.0, "skew_deg": 0.0, "skew_confidence": 1.0}
    applied = {"applied_turn_deg": 0, "applied_skew_deg": 0.0, "exif_orientation": 1}
    lists: dict[str, object] = {"quality": [], "barcodes": [], "candidates": [], "step_ms": []}
    return {
        "page_id": number,
        "derived_key": f"key{number}",
        "recipe": "1",
        "engine": "fake",
        "width_px": 1654,
        "height_px": 2339,
        "dpi": 200.0,
        "is_blank": False,
        "ink_share": 0.05,
        "mean_confidence": 0.9,
        "word_count": 250,
        "text": TEXT,
        "languages": ["eng"],
        "finished_at": now,
        **measured,
        **applied,
        **lists,
    }


ROWS_OF_A_PAGE = {
    MasterRow: _master,
    ImportItemRow: _item,
    PageRow: _page,
    JobRow: _job,
    PageResultRow: _result,
}


if __name__ == "__main__":
    main()
