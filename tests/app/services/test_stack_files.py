"""Real separator sheets of other programs' test sets, and our own printed covers, divide a stack."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from app.domain.cover_sheets import CoverSheet
from app.domain.separation import Mode, Separation
from app.queries import dossiers, pages, stacks
from ocr.steps.geometry import rotate_clockwise
from tests.helpers.drawn_codes import as_scanned
from tests.helpers.drawn_pages import SHARED_DATA, tilted
from tests.helpers.drawn_stacks import NO_NUMBER
from tests.helpers.program import open_program, write_page
from tests.helpers.stacks_at_work import is_sound, offer

SEPARATION = SHARED_DATA / "separation"


@pytest.fixture
def program(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="none", text=NO_NUMBER) as program:
        yield program


@pytest.fixture
def drawing(monkeypatch, request):
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    return request.getfixturevalue("qapp")


def lengths(program):
    return [row.pages for row in dossiers.list_dossiers(program.database)]


@pytest.mark.skipif(not SEPARATION.is_dir(), reason="the shared test data are not beside the project")
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("patch-code-t.pdf", [1]),
        ("patch-code-t-middle.pdf", [1, 2]),
        ("patch-code-t-middle-reverse.pdf", [1, 2]),
        ("patch-code-t-middle-alpha.tiff", [1, 2]),
    ],
)
def test_patch_sheets_of_another_programs_set_separate(program, name, expected):
    started = offer(program, SEPARATION / name, separation=Separation(Mode.PATCH))
    assert lengths(program) == expected
    (stack,) = stacks.list_stacks(program.database, dossier_ids=started.dossier_ids)
    assert stack.separators == {"patch_t": 1}
    assert is_sound(program)


def test_covers_as_printed_and_badly_scanned_divide_a_stack(program, tmp_path, drawing):
    from ui.covers.printing import write_covers

    covers = tuple(
        CoverSheet("KH", "Department of Industrial Property", f"KH/P/2018/{serial:05d}", expected_sheets=2)
        for serial in (1, 2, 3)
    )
    write_covers(covers, "one", tmp_path / "covers.pdf")
    scanned = (
        lambda page: as_scanned(tilted(page, -4.0)),
        lambda page: as_scanned(rotate_clockwise(page, 180), contrast=0.3),
        lambda page: np.where(as_scanned(page) > 140, 255, 0).astype(np.uint8),
    )
    with pypdfium2.PdfDocument(tmp_path / "covers.pdf") as document:
        for number, (page, scan) in enumerate(zip(document, scanned, strict=True)):
            picture = scan(np.array(page.render(scale=150 / 72).to_pil().convert("L")))
            path = Path(tmp_path / "box" / f"{number}0 cover.png")
            path.parent.mkdir(exist_ok=True)
            Image.fromarray(picture).save(path, dpi=(150, 150))
            for sheet in (1, 2):
                write_page(tmp_path / "box" / f"{number}{sheet} page.png", 10 * number + sheet)
    offer(program, tmp_path / "box", separation=Separation(Mode.COVERS, expected_folders=3))
    assert lengths(program) == [3, 3, 3]
    found = dossiers.list_dossiers(program.database)
    assert [row.best_guess for row in found] == [cover.number for cover in covers]
    for row in found:
        codes = {reason.code for reason in dossiers.get_dossier(program.database, row.id).reasons}
        assert not codes & {"sheets_differ", "folders_differ", "cover_broken", "no_cover_before"}
    assert len(pages.list_pages(program.database)) == 9
    assert is_sound(program)
