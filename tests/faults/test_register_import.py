"""A register import killed in its midst, or out of room: the former register stays, the next import goes through."""

from __future__ import annotations

import subprocess
import time

import pytest

from tests.helpers.real_program import Site, end_tree, kill_program
from tests.helpers.register_files import csv_bytes, numbers, write
from tests.helpers.tiny_disk import tiny_disk

pytestmark = [pytest.mark.kill, pytest.mark.timeout(400)]

IN_FORCE = "SELECT coalesce(sum(entries), 0) FROM register_extract WHERE state = 'current'"
ROWS = "SELECT count(*) FROM register_entry"
# Some two seconds of reading on a free core: enough to be met in its midst.
MANY = 24_000


def arguments(site: Site, path, *more: str) -> list[str]:
    return ["register", "import", str(path), "--home", str(site.home), "--office", "KH", "--json", *more]


def assert_answers(site: Site, number: str, title: str) -> None:
    shown = site.run("register", "show", number, "--office", "KH", "--home", str(site.home), "--json").report
    assert [entry["title"] for entry in shown["entries"]] == [title]


@pytest.mark.parametrize("with_workers", [False, True])
def test_killed_in_its_midst_the_former_register_stays(tmp_path, with_workers):
    site = Site(tmp_path / "site")
    small = write(tmp_path / "small.csv", csv_bytes(numbers(5, title="Former")))
    big = write(tmp_path / "big.csv", csv_bytes(numbers(MANY, title="A much longer title of a new register")))
    assert site.run(*arguments(site, small)).code == 0
    process = site.start(*arguments(site, big))
    try:
        deadline = time.monotonic() + 120
        while (site.value(ROWS) or 0) <= 5:
            assert process.poll() is None, site.said()
            assert time.monotonic() < deadline
            time.sleep(0.004)
        kill_program(process, with_workers=with_workers)
    finally:
        end_tree(process)
        process.stdout.close()

    assert site.value(IN_FORCE) == 5
    assert site.value(ROWS) > 5
    assert_answers(site, "KH/P/2018/00003", "Former 3")

    assert site.run(*arguments(site, big)).report["accepted"] == MANY
    assert (site.value(IN_FORCE), site.value(ROWS)) == (MANY, MANY)
    assert not list((site.home / "register-staging").iterdir())


def test_a_full_disk_is_said_and_with_room_the_same_command_goes_through(tmp_path):
    site = Site(tmp_path / "site", {"FOLIODESK_MIN_FREE_BYTES": "0"})
    small = write(tmp_path / "small.csv", csv_bytes(numbers(5, title="Former")))
    big = write(tmp_path / "big.csv", csv_bytes(numbers(MANY, title="A much longer title of a new register")))
    with tiny_disk(site.home, 8 << 20) as disk:
        assert site.run(*arguments(site, small)).code == 0
        stopped = site.run(*arguments(site, big))
        assert stopped.code == 3, stopped.output + stopped.said
        assert stopped.report["trouble"]["code"] == "disk_full"
        assert site.value(IN_FORCE) == 5
        assert_answers(site, "KH/P/2018/00003", "Former 3")
        subprocess.run(["mount", "-o", f"remount,size={128 << 20}", str(disk)], check=True)
        assert site.run(*arguments(site, big)).report["accepted"] == MANY
        assert (site.value(IN_FORCE), site.value(ROWS)) == (MANY, MANY)
