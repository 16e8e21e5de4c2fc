"""Signs of life: real processes, real kills."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from app.errors import Conflict
from app.storage.locks import exclusive
from app.storage.owners import OwnerLock, dead_owners, forget_dead

PROJECT = Path(__file__).resolve().parents[3]

HOLDER = (
    "import sys; from pathlib import Path; from app.storage.owners import OwnerLock;"
    "lock = OwnerLock.acquire(Path(sys.argv[1])); print(lock.name, flush=True); sys.stdin.read()"
)


def holder(directory: Path) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(directory)],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


@pytest.mark.kill
def test_a_killed_program_is_dead_at_once_and_a_living_one_is_not(tmp_path: Path) -> None:
    one, one_name = holder(tmp_path)
    other, other_name = holder(tmp_path)
    assert dead_owners(tmp_path, {one_name, other_name}) == set()
    end(one)
    assert dead_owners(tmp_path, {one_name, other_name}) == {one_name}
    end(other)
    assert dead_owners(tmp_path, {one_name, other_name}) == {one_name, other_name}


def test_a_name_without_a_file_is_dead(tmp_path: Path) -> None:
    assert dead_owners(tmp_path, {"never-seen"}) == {"never-seen"}


def test_own_lock_counts_as_alive_until_released(tmp_path: Path) -> None:
    with OwnerLock.acquire(tmp_path / "owners") as lock:
        assert dead_owners(tmp_path / "owners", {lock.name}) == set()
    assert dead_owners(tmp_path / "owners", {lock.name}) == {lock.name}
    assert list((tmp_path / "owners").iterdir()) == []
    lock.release()


def test_programs_that_look_at_once_both_see_the_dead(tmp_path: Path) -> None:
    (tmp_path / "gone.lock").touch()
    seen: list[set[str]] = []
    start = threading.Barrier(4)

    def look() -> None:
        start.wait()
        for _ in range(50):
            seen.append(dead_owners(tmp_path, {"gone"}))

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [{"gone"}] * 200


def test_files_of_the_dead_are_cleared_away_but_not_young_or_living_ones(tmp_path: Path) -> None:
    for name in ("old", "young"):
        (tmp_path / f"{name}.lock").touch()
    with OwnerLock.acquire(tmp_path) as lock:
        for path in (tmp_path / "old.lock", lock.path):
            os.utime(path, (0, 0))
        assert forget_dead(tmp_path) == 1
        assert {path.name for path in tmp_path.iterdir()} == {"young.lock", lock.path.name}


def test_a_held_lock_makes_the_second_give_up_with_its_code(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with exclusive(path, timeout_s=0.0, code="first"), pytest.raises(Conflict, match="second"):  # noqa: SIM117
        with exclusive(path, timeout_s=0.0, code="second"):
            pass
    with exclusive(path, timeout_s=0.0, code="again"):
        pass
