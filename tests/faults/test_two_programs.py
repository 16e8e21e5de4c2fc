"""Two programs on one home at once: nothing doubled, nothing lost, no lock errors."""

from __future__ import annotations

import pytest

from tests.helpers.left_behind import assert_check_clean, assert_delivered_once, assert_nothing_lost
from tests.helpers.real_program import Site, end_tree, kill_program, wait_until

pytestmark = pytest.mark.timeout(400)


def run_together(site: Site, *commands: list[str]) -> list[int]:
    """Run these commands at the same time on the site's home; returns their exit codes."""
    running = [site.start(*command) for command in commands]
    try:
        return [site.finish(process, timeout_s=180).code for process in running]
    finally:
        for process in running:
            end_tree(process)


def assert_no_lock_errors(site: Site) -> None:
    told = site.said() + "".join(
        path.read_text(encoding="utf-8", errors="replace")
        for path in (site.home / "logs").iterdir()
        if path.is_file()
    )
    assert "locked" not in told
    assert "database_busy" not in told
    assert "Traceback" not in told


def test_two_programs_with_different_folders_share_a_home(tmp_path):
    site = Site(tmp_path)
    first = [site.folder(number) for number in (1, 2)]
    second = [site.folder(number) for number in (3, 4)]

    codes = run_together(site, site.digitize_arguments(*first), site.digitize_arguments(*second))

    assert codes == [0, 0], site.said()
    assert_nothing_lost(site)
    assert_delivered_once(site, dossiers=4)
    assert_no_lock_errors(site)
    assert_check_clean(site)


def test_two_programs_with_the_same_folders_make_them_once(tmp_path):
    site = Site(tmp_path)
    for number in (1, 2):
        site.folder(number)

    codes = run_together(site, site.digitize_arguments(), site.digitize_arguments())

    assert codes == [0, 0], site.said()
    assert site.value("SELECT count(*) FROM dossier") == 2
    assert_nothing_lost(site)
    assert_delivered_once(site, dossiers=2)
    assert_no_lock_errors(site)
    assert_check_clean(site)


@pytest.mark.kill
def test_what_a_killed_program_held_is_finished_by_its_neighbour_or_the_next(tmp_path):
    site = Site(tmp_path)
    first, second = site.folder(1, pages=3), site.folder(2, pages=6)
    doomed = site.start(*site.digitize_arguments(first))
    neighbour = site.start(*site.digitize_arguments(second))
    try:
        wait_until(lambda: (site.value("SELECT count(*) FROM page") or 0) >= 3, what="pages", timeout_s=120)
        kill_program(doomed)
        assert site.finish(neighbour, timeout_s=180).code == 0, site.said()
    finally:
        end_tree(doomed)
        end_tree(neighbour)

    finished = site.run()

    assert finished.code == 0, finished.output
    assert_nothing_lost(site)
    assert_delivered_once(site, dossiers=2)
    assert_no_lock_errors(site)
