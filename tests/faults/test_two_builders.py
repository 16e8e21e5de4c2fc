"""A killed program's worker may still be building when the next one begins the same package."""

from __future__ import annotations

import multiprocessing

from app.packaging.bag import verify_bag
from app.packaging.build import build_package
from tests.helpers.dossier_tasks import small_task
from tests.helpers.real_program import wait_until


def test_a_second_builder_of_the_same_package_is_not_disturbed_by_the_first(tmp_path):
    task = small_task(tmp_path, page_count=6)
    first = multiprocessing.get_context("spawn").Process(target=build_package, args=(task,))
    first.start()
    try:
        wait_until(
            lambda: list(task.target_dir.glob("*.part/data")) or not first.is_alive(),
            what="first builder at work",
        )
        built = build_package(task)
    finally:
        first.join(60)
        if first.is_alive():
            first.kill()
            first.join()
        first.close()

    report = verify_bag(built.path, package_sha256=built.package_sha256)
    assert report.is_valid, report.findings
    assert [path.name for path in task.target_dir.iterdir()] == [task.package_name]


def test_what_a_killed_builder_left_is_removed_by_the_next(tmp_path):
    task = small_task(tmp_path)
    for name in (f"{task.package_name}.part", f"{task.package_name}.0123abcd.part"):
        (task.target_dir / name / "data").mkdir(parents=True)
        (task.target_dir / name / "data" / "half").write_bytes(b"half")
    other = task.target_dir / f"{task.package_name}-2.0123abcd.part"
    other.mkdir()

    build_package(task)

    assert sorted(path.name for path in task.target_dir.iterdir()) == sorted([task.package_name, other.name])
