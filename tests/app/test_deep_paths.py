"""The whole line below directories so deep that Windows refuses their names unless asked in the right form."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from app.connectors.local_office import prepare_drop_folder
from app.domain.states import DossierState
from app.packaging.bag import verify_bag
from app.paths import LONGEST_HOME_BYTES, HomePaths
from app.queries import dossiers, imports
from app.services.integrity import check
from app.storage.backup import backup, restore
from ocr.long_paths import EXTENDED, reachable
from tests.helpers.program import finish, open_program, write_page

DEEP = 300
# Windows without the switch for long paths: 260 with the final zero; a directory must leave room for a short name.
LONGEST_USUAL = 247
WATCHED = frozenset(
    {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.listdir", "os.scandir", "os.truncate"}
    | {"shutil.rmtree", "shutil.copyfile", "sqlite3.connect"}
)
_asked: list[str] | None = None


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook, which stays for the life of the process."""
    if _asked is not None and event in WATCHED:
        _asked.extend(
            f"{event} {path}"
            for path in map(str, arguments[:2])
            if len(path) > LONGEST_USUAL and not path.startswith(EXTENDED)
        )


@contextmanager
def only_extended_paths() -> Iterator[None]:
    """Fail when Windows is asked for a long path in its usual form; Wine and the newest Windows would give it."""
    global _asked
    if sys.platform != "win32":
        yield
        return
    if not hasattr(_watch, "is_set"):
        sys.addaudithook(_watch)
        _watch.is_set = True  # type: ignore[attr-defined]
    _asked = []
    try:
        yield
        assert _asked == []
    finally:
        _asked = None


def deep(parent: Path, part: str, *, most_bytes: int = 3000) -> Path:
    """A directory below parent whose path has over 300 characters, with Khmer letters among them."""
    path = parent / "ការិយាល័យ ឯកសារ"
    while len(str(path)) < DEEP:
        path = path / part[: max(1, DEEP - len(str(path)))]
    assert len(str(path).encode()) <= most_bytes
    return path


def write_pdf(path: Path) -> None:
    """A PDF of two scanned pages."""
    pictures = [Image.new("L", (600, 850), shade) for shade in (230, 240)]
    for number, picture in enumerate(pictures):
        picture.paste(20, (50, 50 + 30 * number, 400, 60 + 30 * number))
    with reachable(path).open("wb") as stream:
        pictures[0].save(stream, "PDF", save_all=True, append_images=pictures[1:], resolution=100)


def test_the_whole_line_works_below_deep_directories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = deep(tmp_path, "a long name of a directory", most_bytes=LONGEST_HOME_BYTES)
    paper = deep(tmp_path / "paper", "ថតឯកសារ និងពាក្យសុំ")
    drop = deep(tmp_path / "office", "ការិយាល័យប៉ាតង់")
    for number in (1, 2):
        page = write_page(tmp_path / "page.png", number)
        reachable(paper).mkdir(parents=True, exist_ok=True)
        page.replace(reachable(paper / f"ទំព័រ {number}.png"))
    write_pdf(paper / "aux.pdf")
    reachable(home).mkdir(parents=True)

    with only_extended_paths():
        with open_program(reachable(home), monkeypatch, release="proven", destination=drop) as program:
            prepare_drop_folder(drop)
            started = program.capture.import_paths([paper])
            assert (
                program.capture.import_paths([paper / ".." / paper.name]).dossier_ids == started.dossier_ids
            )
            finish(program)
            (dossier,) = dossiers.list_dossiers(program.database)
            ledger = imports.ledger(program.database, dossier.batch_id)
            assert (ledger.offered, ledger.accepted) == (3, 3), ledger.items
            report = check(program.database, program.paths)
            assert report.findings == ()
            assert program.paths.root == home
        told = backup(HomePaths(home), tmp_path / "usb" / ("copy of " * 10).strip())
        assert told.problems == ()
        again = deep(tmp_path / "again", "a long name of a directory", most_bytes=LONGEST_HOME_BYTES)
        assert restore(told.target, HomePaths(again)).missing == ()

    assert dossier.state is DossierState.UPLOADED, dossier.first_reason
    (bag,) = [path for path in HomePaths(again).packages.iterdir() if path.is_dir()]
    assert verify_bag(bag).is_valid
    with (bag / "data" / "dossier.pdf").open("rb") as stream:
        assert len(pypdfium2.PdfDocument(stream, autoclose=False)) == 4
