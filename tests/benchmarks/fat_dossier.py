"""How long the linker takes over a dossier of many pages.

`python -m tests.benchmarks.fat_dossier --pages 100 --rounds 20`: forms, descriptions, letters, receipts and a gazette of one
file, with a register of 3,000 rows in memory and again in a database of its own.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from time import process_time

from app.context import AppContext
from app.domain.linking import DossierEvidence, LinkDecision, Surroundings, decide_link
from app.queries.register import StoredRegister
from tests.benchmarks.linking_simulator import papers
from tests.benchmarks.linking_simulator.folders import Drawer
from tests.benchmarks.linking_simulator.papers import Paper, Print
from tests.benchmarks.linking_simulator.simulate import Simulation

TODAY = date(2026, 11, 28)


def fat_folder(drawer: Drawer, pages: int) -> list[Paper]:
    """Papers as a thick file holds them: half of it description, the rest letters, notices, receipts, lists."""
    rng, file = drawer.rng, drawer.file
    found = [drawer.cover(), drawer.form(), papers.power_of_attorney(file, rng)]
    found.append(papers.gazette([drawer.other().printed for _ in range(12)]))
    kinds: list[Callable[[], Paper]] = [
        partial(drawer.description, head=True),
        partial(drawer.description, head=False),
        drawer.claims,
        lambda: drawer.letter(subject=file.printed, body=(f"We refer to {drawer.other().printed}.",)),
        drawer.notice,
        lambda: papers.receipt(file, rng, drawer.other().printed, own=file.printed),
    ]
    while len(found) < pages:
        found.append(kinds[len(found) % len(kinds)]())
    return found


def evidence_of(simulation: Simulation, drawer: Drawer, pages: int) -> DossierEvidence:
    """The folder as it is read, spoilt as pages are."""
    read = [
        simulation.page(ordinal, paper, drawer.office, 1.0, drawer.rng)[0]
        for ordinal, paper in enumerate(fat_folder(drawer, pages), 1)
    ]
    return DossierEvidence(tuple(read))


def timed(works: Sequence[Callable[[], object]]) -> str:
    """CPU milliseconds; every folder is decided once, so nothing of it is known from before."""
    taken = []
    for work in works:
        began = process_time()
        work()
        taken.append(1000 * (process_time() - began))
    return f"best {min(taken):6.1f}   median {statistics.median(taken):6.1f}   worst {max(taken):6.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--office", default="KH")
    options = parser.parse_args()
    simulation = Simulation(options.seed)
    world = simulation.world(options.office)
    run = max(world.runs, key=len)
    decisions: list[Callable[..., LinkDecision]] = []
    for at in range(2 * options.rounds):
        place = 3 + at % (len(run) - 6)
        beside = tuple(each for each in run[place - 3 : place + 4] if each is not run[place])
        drawer = Drawer(
            run[place],
            world,
            random.Random(f"{options.seed}/{at}"),
            beside,
            Print(options.office, layout=at % 4),
        )
        evidence = evidence_of(simulation, drawer, options.pages)
        around = Surroundings(tuple((1, each.canonical) for each in beside))
        decisions.append(
            partial(decide_link, evidence, office=world.office, today=TODAY, surroundings=around)
        )
    print(f"{options.rounds} dossiers of {options.pages} pages, CPU ms each")
    in_memory = [partial(decide, register=world.register) for decide in decisions[: options.rounds]]
    print("register in memory  ", timed(in_memory))
    with tempfile.TemporaryDirectory() as home:
        file = Path(home) / "register.csv"
        rows = (each.row for each in world.applications if each.row is not None)
        lines = [f'{row.number.canonical};"{row.title}";"{row.applicant}";{row.filing_date}' for row in rows]
        file.write_text("application_number;title;applicant;filing_date\n" + "\n".join(lines), "utf-8")
        program = AppContext.open(Path(home) / "home", background=False)
        try:
            program.register_service.import_csv(file, options.office)
            with program.database.read() as session:
                stored = [
                    partial(decide, register=StoredRegister(session, world.office))
                    for decide in decisions[options.rounds :]
                ]
                print("register in database", timed(stored))
        finally:
            program.close()


if __name__ == "__main__":
    main()
