"""Boxes of dossiers as the linker gets them: spoilt pages, numbers found by the real number finder, neighbours, links.

`Simulation(seed)` gives the same dossiers on every machine. Boxes hold files that stand next to each other on the shelf,
a stray one now and then; of earlier folders of a box the program knows the number, or a wrong one, or none.
"""

from __future__ import annotations

import pickle
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from app.domain.linking import DossierEvidence, PageEvidence
from app.domain.linking_model import OwnPrint, Surroundings
from app.domain.linking_sheets import own_print_of
from app.domain.offices import OfficeProfile, formats_for
from ocr.candidates import find_candidates
from ocr.numbers import normalise
from ocr.types import Barcode, Box, Word
from tests.benchmarks.linking_simulator.applications import (
    Application,
    IndexedRegister,
    OfficeWorld,
    make_world,
)
from tests.benchmarks.linking_simulator.folders import Drawer, Folder
from tests.benchmarks.linking_simulator.noise import Noise, words_of
from tests.benchmarks.linking_simulator.papers import Paper, Print
from tests.benchmarks.linking_simulator.unsure_folders import ALL_KINDS
from tests.helpers.paper_folders import HEIGHT_PX, SHIPPED, WIDTH_PX

OFFICE_CODES = tuple(code for code in SHIPPED if code != "WO")
ROWS = 3000
WITHOUT_REGISTER = 0.12
STRAY, KNOWN, MISKNOWN, BOUND_ALREADY = 0.06, 0.75, 0.03, 0.01
COVERED_LOST = 0.6
# Without a register nothing is there to hold what a jacket or all pages say against.
BLIND_ALONE = frozenset(
    ("slip_everywhere", "slip_to_family", "slip_on_form", "slip_on_cover", "wrong_jacket", "jacket_only")
)
TWINS_SEEN = 0.95  # of sheets fed twice


@dataclass(frozen=True)
class Simulated:
    """A dossier and the truth about it. is_legible: the printed number came through whole at
    least once under a caption of its own, or as the cover's code."""

    office: OfficeProfile
    folder: Folder
    evidence: DossierEvidence
    register: IndexedRegister | None
    surroundings: Surroundings
    is_legible: bool
    is_registered: bool
    row_is_right: bool


class Simulation:
    """An endless row of dossiers from one seed."""

    def __init__(self, seed: int, *, noise: Noise | None = None, rows: int = ROWS) -> None:
        self._seed, self._rows = seed, rows
        self._noise = noise or Noise()
        self.world = lru_cache(maxsize=None)(self._make_world)

    def dossiers(self, count: int) -> Iterator[Simulated]:
        """The first so many."""
        made = 0
        for box in range(count):
            for each in self._box(random.Random(f"{self._seed}/box/{box}")):
                yield each
                made += 1
                if made == count:
                    return

    def _make_world(self, office: str) -> OfficeWorld:
        return make_world(SHIPPED[office], random.Random(f"{self._seed}/{office}"), rows=self._rows)

    def _box(self, rng: random.Random) -> Iterator[Simulated]:
        world = self.world(rng.choice(OFFICE_CODES))
        files = _shelf(world, rng)
        for at, file in enumerate(files):
            yield self._dossier(world, files, at, file, rng)

    def _dossier(
        self, world: OfficeWorld, files: Sequence[Application], at: int, file: Application, rng: random.Random
    ) -> Simulated:
        beside = tuple(each for each in files[max(0, at - 3) : at + 4] if each is not file)
        kind = rng.choices(list(ALL_KINDS), list(ALL_KINDS.values()))[0]
        drawer = Drawer(file, world, rng, beside, Print(world.office.code, layout=rng.randrange(4)))
        folder = kind(drawer)
        level = rng.choices((0.0, 0.7, 1.0, 2.0), (0.1, 0.4, 0.4, 0.1))[0]
        pages, legible = [], False
        for ordinal, paper in enumerate(folder.papers, 1):
            page, came_through = self.page(ordinal, paper, world.office, level, rng)
            twin = next(
                (at for at, other in enumerate(folder.papers[: ordinal - 1], 1) if other is paper), None
            )
            seen = twin if paper.lines and rng.random() < TWINS_SEEN else None
            pages.append(replace(page, twin_of=seen))
            legible = legible or came_through
        without = rng.random() < WITHOUT_REGISTER
        return Simulated(
            office=world.office,
            folder=replace(folder, is_blind=folder.is_blind or (without and folder.kind in BLIND_ALONE)),
            evidence=DossierEvidence(tuple(pages)),
            register=None if without else world.register,
            surroundings=_surroundings(files, at, folder, world, rng),
            is_legible=legible or pages[0].own_print is OwnPrint.COVER,
            is_registered=file.row is not None,
            row_is_right=file.row_is_right,
        )

    def page(
        self, ordinal: int, paper: Paper, office: OfficeProfile, level: float, rng: random.Random
    ) -> tuple[PageEvidence, bool]:
        noise = self._noise.page(rng, level * paper.level)
        words: list[Word] = []
        lines: list[str] = []
        legible = False
        for row, line in enumerate(paper.lines):
            read = line.text if level * paper.level == 0 else noise.line(line.text)
            if line.covered and rng.random() < COVERED_LOST:
                read = read[: len(read) // 2]
            if not read.strip():
                continue
            lines.append(" ".join(read.split()))
            words += words_of(read, line.text, noise, line.left, row, len(lines) - 1)
            legible = legible or (line.own and _same_digits(line.text, read))
        mean = sum(word.confidence for word in words) / len(words) if words else 0.0
        candidates = find_candidates(
            words,
            barcodes=[Barcode("QRCode", code, Box(10, 10, 90, 90), 0) for code in paper.codes],
            formats=formats_for(SHIPPED, office.code),
            width_px=WIDTH_PX,
            height_px=HEIGHT_PX,
        )
        is_blank = not paper.lines and not paper.codes
        text = "\n".join(lines)
        printed = own_print_of(text, paper.codes)
        page = PageEvidence(ordinal, is_blank, text, candidates, mean, own_print=printed)
        return page, legible


def stored(seed: int, count: int, keep: Path | None = None) -> Iterator[Simulated]:
    """The first dossiers of a seed, made once and kept where a directory is given."""
    simulation = Simulation(seed)
    if keep is None:
        yield from simulation.dossiers(count)
        return
    file = keep / f"dossiers-{seed}-{count}.pickle"
    if not file.exists():
        keep.mkdir(parents=True, exist_ok=True)
        # Office and register are the same for thousands of dossiers and are made again from the seed.
        rows = [
            (each.office.code, each.register is not None, replace(each, office=None, register=None))  # type: ignore[arg-type]
            for each in simulation.dossiers(count)
        ]
        file.write_bytes(pickle.dumps(rows))
    for code, has_register, each in pickle.loads(file.read_bytes()):
        world = simulation.world(code)
        yield replace(each, office=world.office, register=world.register if has_register else None)


def _same_digits(printed: str, read: str) -> bool:
    """Whether every number-like word of a line came through."""
    there = "".join(normalise(read).text.split())
    tokens = [word for word in normalise(printed).text.split() if any(map(str.isdigit, word))]
    return all(token in there for token in tokens)


def _shelf(world: OfficeWorld, rng: random.Random) -> list[Application]:
    run = rng.choice(world.runs)
    first = rng.randrange(max(1, len(run) - 8))
    files = [each for each in run[first : first + rng.randint(8, 24)] if rng.random() > 0.15]
    for at in range(len(files)):
        if rng.random() < STRAY:
            files[at] = rng.choice(rng.choice(world.runs))
    return files


def _surroundings(
    files: Sequence[Application], at: int, folder: Folder, world: OfficeWorld, rng: random.Random
) -> Surroundings:
    """What the program knows of the folders beside, and which numbers it has bound already."""
    beside: list[tuple[int, str]] = []
    for distance in range(-3, 4):
        place = at + distance
        if distance == 0 or not 0 <= place < len(files) or rng.random() > KNOWN:
            continue
        known = files[place]
        if rng.random() < MISKNOWN:
            known = rng.choice(rng.choice(world.runs))
        beside.append((distance, known.canonical))
    bound = {number for _, number in beside if rng.random() < 0.7 and number != files[at].canonical}
    if rng.random() < BOUND_ALREADY:
        bound.add(files[at].canonical)  # a second volume, or somebody's slip
    return Surroundings(tuple(beside), frozenset(bound))
