"""Delivery survives kill -9 at any moment: the office sees whole packages only, and each once."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from app.connectors.drop_folder import DropFolder, DropFolderOptions
from app.packaging.bag import verify_bag
from tests.helpers.killing import kill_during, time_of_a_whole_run
from tests.helpers.small_packages import make_package

KILLS = 12
SUBMIT = """
import sys
from pathlib import Path
from app.connectors.drop_folder import DropFolder, DropFolderOptions
from app.connectors.protocol import SubmitTask
folder = DropFolder(DropFolderOptions(Path(sys.argv[1])))
package = SubmitTask(Path(sys.argv[2]).name, Path(sys.argv[2]), sys.argv[3])
print("ready", flush=True)
folder.submit(package, cancelled=lambda: False)
print("done", flush=True)
"""


@pytest.mark.kill
def test_killed_deliveries_show_whole_packages_only(tmp_path: Path) -> None:
    timed, office = tmp_path / "timed", tmp_path / "office"
    for directory in (timed, office):
        directory.mkdir()
    first = make_package(tmp_path / "packages", files=120, size=60_000)
    whole_s = time_of_a_whole_run(SUBMIT, str(timed), str(first.package_path), first.package_sha256)
    chance = random.Random(20260304)
    packages = [
        make_package(tmp_path / f"p{number}", name=f"P--d{number:06d}", files=120, size=60_000)
        for number in range(3)
    ]
    at_work = 0
    for kill in range(KILLS):
        package = packages[kill % len(packages)]
        arguments = (str(office), str(package.package_path), package.package_sha256)
        at_work += kill_during(SUBMIT, *arguments, within_s=whole_s * 1.1, chance=chance)
        for seen in packages:
            final = office / seen.package_name
            if final.exists():
                assert verify_bag(final, package_sha256=seen.package_sha256).is_valid
    assert at_work > 0
    for package in packages:
        DropFolder(DropFolderOptions(office)).submit(package, cancelled=lambda: False)
        assert verify_bag(office / package.package_name, package_sha256=package.package_sha256).is_valid
    assert sorted(path.name for path in office.iterdir()) == [package.package_name for package in packages]
