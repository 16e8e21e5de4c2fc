"""The check of a home in which somebody keeps files of their own."""

from __future__ import annotations

from pathlib import Path

from app.services.integrity import check
from tests.helpers.home_builder import build_home


def test_what_somebody_put_among_our_files_is_found_at_once(tmp_path: Path) -> None:
    home = build_home(tmp_path / "home")
    masters, packages = home.paths.masters, home.paths.packages
    places = [masters / "stray.txt", masters / home.masters[0][:2] / "copy of scan.png"]
    places += [masters / "pictures" / "holiday.jpg", packages / "letter.pdf"]
    for place in places:
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(b"somebody's")
    assert {each.code for each in check(home.database, home.paths).findings} == {"stray_file"}
    assert all(place.exists() for place in places)
    report = check(home.database, home.paths, repair=True)
    assert [each.repaired for each in report.findings] == [True] * 4
    kept = [path.name for path in home.paths.lost_and_found.rglob("*") if path.is_file()]
    assert sorted(kept) == sorted(place.name for place in places)
    assert check(home.database, home.paths).findings == ()
