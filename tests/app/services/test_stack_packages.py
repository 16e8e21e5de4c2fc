"""What leaves of a stack: each folder its own paper, nothing of its neighbours."""

from __future__ import annotations

import json

import pikepdf
import pytest
from PIL import Image

from app.domain.states import DossierState
from app.errors import Conflict
from app.queries import dossiers
from tests.helpers.drawn_stacks import NO_NUMBER, as_tiff, cover, draw_stack
from tests.helpers.program import finish, open_program
from tests.helpers.stacks_at_work import PLAN, dossier, is_sound, offer


@pytest.fixture
def program(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="none", text=NO_NUMBER) as program:
        yield program


def send(program, name, number):
    row = dossier(program, name)
    program.indexing.confirm(row.id, number)
    program.review.approve(row.id)
    finish(program)
    return dossiers.get_dossier(program.database, row.id)


def test_a_package_of_a_stacks_folder_carries_its_paper_and_nothing_of_its_neighbours(program, tmp_path):
    as_tiff(draw_stack(tmp_path / "drawn", PLAN), tmp_path / "box.tif")
    offer(program, tmp_path / "box.tif")
    sent = send(program, "box #1", "KH/P/2018/00001")
    assert sent.summary.state is DossierState.UPLOADED
    told = json.loads((sent.package_path / "data" / "dossier.json").read_text(encoding="utf-8"))
    assert [(page["source_page"], page["master"]["frame"]) for page in told["pages"]] == [
        (1, 0),
        (2, 0),
        (4, 0),
    ]
    assert told["originals"] == []
    masters = sorted((sent.package_path / "data" / "masters").iterdir())
    assert [path.suffix for path in masters] == [".tif"] * 3
    for path in masters:
        with Image.open(path) as picture:
            assert getattr(picture, "n_frames", 1) == 1
    with pikepdf.open(sent.package_path / "data" / "dossier.pdf") as pdf:
        assert len(pdf.pages) == 3
    assert is_sound(program)


def test_a_pdf_of_many_folders_stays_at_home_and_its_pages_leave(program, tmp_path):
    drawn = [Image.open(path).convert("RGB") for path in draw_stack(tmp_path / "drawn", PLAN)]
    drawn[0].save(tmp_path / "box.pdf", save_all=True, append_images=drawn[1:], resolution=100)
    offer(program, tmp_path / "box.pdf")
    assert [row.pages for row in dossiers.list_dossiers(program.database)] == [5, 2, 4]
    sent = send(program, "box #2", "KH/P/2018/00002")
    told = json.loads((sent.package_path / "data" / "dossier.json").read_text(encoding="utf-8"))
    assert [page["source_page"] for page in told["pages"]] == [6]
    assert told["originals"] == []
    assert is_sound(program)


def test_a_folder_of_nothing_but_its_cover_is_not_approved(program, tmp_path):
    draw_stack(tmp_path / "box", (cover(1), cover(2), "page"))
    offer(program, tmp_path / "box")
    with pytest.raises(Conflict, match="no_paper_pages"):
        send(program, "box #1", "KH/P/2018/00001")
