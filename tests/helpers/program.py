"""A whole program in one process for tests: real database, real files, the fake engine, no threads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from app.context import AppContext
from app.domain.linking import decide_link
from app.jobs.local_runner import InlineRunner
from app.services import deciding
from app.settings import Settings
from ocr.engines.fake_engine import TEXT_VARIABLE

PROOF = """Application for a patent
(21) Application No.: KH/P/2018/00417
(54) Title: Clay water filter with rice husk
(71) Applicant: Mekong Water Works
Description of the invention and its use in villages"""


def write_page(path: Path, seed: int, *, size=(600, 850), **save) -> Path:
    """A small page with dark lines, different for every seed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.new("L", size, 245)
    draw = ImageDraw.Draw(picture)
    rng = np.random.default_rng(seed)
    for line in range(30, size[1] - 40, 24):
        x = 50
        while x < size[0] - 80:
            width = int(rng.integers(18, 60))
            draw.rectangle((x, line, x + width, line + 9), fill=30)
            x += width + 12
    picture.save(path, dpi=(100, 100), **save)
    return path


def write_blank(path: Path) -> Path:
    """An empty page."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", (600, 850), 250).save(path, dpi=(100, 100))
    return path


def open_program(
    home: Path, monkeypatch, *, text: str = PROOF, links_without_register: bool = True, **settings
) -> AppContext:
    """A program whose engine reads the same text from every page.

    Its offices say that they link without a register; as shipped they leave it open, which does the same.
    """
    home.mkdir(parents=True, exist_ok=True)
    sidecar = home / "fake-text.txt"
    sidecar.write_text(text, encoding="utf-8")
    monkeypatch.setenv(TEXT_VARIABLE, str(sidecar))
    chosen = Settings(operator="sokha", engine="fake", min_free_bytes=0, **settings)
    if links_without_register:
        monkeypatch.setattr(deciding, "decide_link", _decide_link)
    return AppContext.open(home, background=False, settings=chosen, runner=InlineRunner)


def _decide_link(evidence, *, office, **told):
    return decide_link(evidence, office=replace(office, automatic_without_register=0.0), **told)


def finish(program: AppContext) -> None:
    """Do all work that can be done, in the calling thread."""
    program.loop.run_until_idle()
    while program.outbox.work_once():
        program.loop.run_until_idle()
