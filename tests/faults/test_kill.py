"""The program killed at once, again and again, in the midst of everything: nothing is lost or doubled."""

from __future__ import annotations

import random
import shutil
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.helpers.left_behind import (
    assert_check_clean,
    assert_delivered_once,
    assert_nothing_lost,
    stage_counts,
)
from tests.helpers.real_program import PROJECT, Site, end_tree, kill_program

pytestmark = [pytest.mark.kill, pytest.mark.timeout(900)]

STAGES = ("start", "import", "process", "package", "deliver")
SAMPLE = PROJECT / "resources" / "sample"

# Five runs of thirteen kills, every stage at least twice in each; with the real engine seven more.
SEEDS = (11, 33, 55)
KILLS = 13


def kill_in(site: Site, stage: str, chance: random.Random) -> bool:
    """Start the usual command and kill it a moment after a stage has begun; False when it ended before."""
    with_workers = chance.random() < 0.3
    # Stages take from 20 ms (delivery) to 300 ms (a page) once they are under way.
    delay_s = (
        chance.uniform(0.0, 2.0)
        if stage == "start"
        else chance.choice((0.0, 0.02, 0.1, 0.4)) * chance.random()
    )
    process = site.start()
    deadline = time.monotonic() + 120
    try:
        while stage != "start" and not stage_counts(site).get(stage):
            if process.poll() is not None:
                return False
            assert time.monotonic() < deadline, f"{stage} not reached\n{site.said()}"
            time.sleep(0.004)
        time.sleep(delay_s)
        if process.poll() is not None:
            return False
        took_s = kill_program(process, with_workers=with_workers)
        print(f"killed in {stage} after {delay_s:.3f} s; last worker gone after {took_s:.2f} s")
    finally:
        end_tree(process)
        if process.stdout is not None:
            process.stdout.close()
    return True


def kill_again_and_again(site: Site, kills: int, chance: random.Random, *, folders: int) -> Counter[str]:
    """Kill the command in every stage in random order; each start finds one more folder to work on."""
    plan = [STAGES[number % len(STAGES)] for number in range(kills)]
    chance.shuffle(plan)
    done: Counter[str] = Counter()
    for stage in plan:
        for _attempt in range(4):
            folders += 1
            site.folder(folders)
            if kill_in(site, stage, chance):
                done[stage] += 1
                break
    return done


@pytest.mark.parametrize("seed", SEEDS)
def test_killed_at_random_moments_it_goes_on_without_loss(tmp_path, seed):
    chance = random.Random(seed)
    site = Site(tmp_path / f"seed {seed}")

    killed = kill_again_and_again(site, KILLS, chance, folders=100)
    finished = site.run(timeout_s=240)

    print(f"seed {seed}: {dict(killed)}")
    assert sum(killed.values()) >= KILLS - 1, killed
    assert finished.code == 0, finished.output
    assert finished.balanced()
    assert {each["state"] for each in finished.dossiers} == {"uploaded"}
    assert_nothing_lost(site)
    assert_delivered_once(site, dossiers=len(list(site.paper.iterdir())))
    assert_check_clean(site)


@pytest.mark.engine
def test_killed_with_the_real_engine_it_goes_on_without_loss(tmp_path):
    chance = random.Random(77)
    site = Site(tmp_path, {"FOLIODESK_ENGINE": "tesserocr"}, workers=2)
    folder = min(
        (path for path in SAMPLE.iterdir() if path.is_dir()), key=lambda path: len(list(path.iterdir()))
    )
    shutil.copytree(folder, site.paper / folder.name)

    stages = ["import", "process", "process", "process", "process", "package", "deliver"]
    killed = Counter(
        stage for number, stage in enumerate(stages) if _killed_with_new_folder(site, stage, number, chance)
    )
    finished = site.run(timeout_s=240)

    print(dict(killed))
    assert sum(killed.values()) >= 6, killed
    assert finished.balanced()
    files = [Path(path) for (path,) in site.rows("SELECT DISTINCT source_path FROM import_item")]
    assert sorted(files) == sorted(path for path in site.paper.rglob("*") if path.is_file())
    assert site.rows("SELECT count(*) FROM page")[0][0] == sum(
        pages for (pages,) in site.rows("SELECT page_count FROM import_item")
    )
    assert_delivered_once(site, sum(each["state"] == "uploaded" for each in finished.dossiers))
    assert_check_clean(site)


def _killed_with_new_folder(site: Site, stage: str, number: int, chance: random.Random) -> bool:
    site.folder(300 + number)
    return kill_in(site, stage, chance)
