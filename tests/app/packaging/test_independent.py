"""The independent validator sees everything of a large PDF, piece by piece."""

from __future__ import annotations

import random
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from app.errors import MachineError
from app.packaging.content import PackageDocument
from app.packaging.independent import page_runs, validate_independently
from app.packaging.pdfa import write_pdfa
from app.packaging.pictures import gather_pictures
from tests.helpers.dossier_tasks import MIXED, page_of, place_words, save_master, task_of

PAGES = 7
SIDE_PX = 200
SMALL_WEIGHT = 60_000


@pytest.fixture
def dossier(tmp_path: Path) -> Path:
    """A PDF of seven pages; each picture is noise and takes about 20 kB."""
    chance = random.Random(7)
    pages = []
    for number in range(1, PAGES + 1):
        noise = Image.frombytes("L", (SIDE_PX, SIDE_PX), chance.randbytes(SIDE_PX * SIDE_PX))
        master = save_master(noise, tmp_path, f"{number}.jpg", quality=60)
        pages.append(page_of(master, number, words=place_words(MIXED), size=(SIDE_PX, SIDE_PX)))
    task = task_of(pages, tmp_path, documents=(PackageDocument("Request form", "request_form", 2, 6),))
    work_dir = tmp_path / "work"
    work_dir.mkdir()
    write_pdfa(task, gather_pictures(task, work_dir), tmp_path / "dossier.pdf")
    return tmp_path / "dossier.pdf"


def spoil(dossier: Path, page_index: int) -> None:
    """Turn one picture into what PDF/A forbids: smoothed by the viewer."""
    with pikepdf.open(dossier, allow_overwriting_input=True) as pdf:
        pdf.pages[page_index].obj.Resources.XObject["/Page"].Interpolate = True
        pdf.save(dossier, object_stream_mode=pikepdf.ObjectStreamMode.disable)


def test_runs_hold_every_page_once_within_the_bound(dossier: Path) -> None:
    runs = page_runs(dossier, SMALL_WEIGHT)
    assert len(runs) > 2
    assert [page for first, last in runs for page in range(first, last + 1)] == list(range(1, PAGES + 1))


def test_page_larger_than_the_bound_is_a_run_of_its_own(dossier: Path) -> None:
    assert page_runs(dossier, 1) == [(number, number) for number in range(1, PAGES + 1)]


def test_small_file_is_validated_whole_and_a_large_one_in_parts(dossier: Path, tmp_path: Path) -> None:
    before = dossier.read_bytes()
    assert validate_independently(dossier, tmp_path).verdict == "pass"
    assert validate_independently(dossier, tmp_path, whole_weight=SMALL_WEIGHT).verdict == "pass_in_parts"
    assert dossier.read_bytes() == before
    assert not (tmp_path / "piece.pdf").exists()


@pytest.mark.parametrize("page_index", range(PAGES))
def test_fault_of_any_picture_is_found_in_parts(dossier: Path, tmp_path: Path, page_index: int) -> None:
    spoil(dossier, page_index)
    with pytest.raises(MachineError) as caught:
        validate_independently(dossier, tmp_path, whole_weight=SMALL_WEIGHT)
    assert caught.value.code == "pdf_not_archival"
    first, last = str(caught.value.facts["piece"]).removeprefix("pages ").split("-")
    assert int(first) <= page_index + 1 <= int(last)


def test_fault_of_the_document_is_found_in_parts(dossier: Path, tmp_path: Path) -> None:
    with pikepdf.open(dossier, allow_overwriting_input=True) as pdf:
        del pdf.Root.OutputIntents
        pdf.save(dossier)
    with pytest.raises(MachineError) as caught:
        validate_independently(dossier, tmp_path, whole_weight=SMALL_WEIGHT)
    assert caught.value.facts["piece"] == "document without its pages' content"
