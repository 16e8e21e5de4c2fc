"""Masters that change or vanish on disk after the pages were read: no package is made of them, and it is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.left_behind import assert_delivered_once
from tests.helpers.real_program import Site, sha256_of

pytestmark = pytest.mark.timeout(300)


def recognised(site: Site) -> list[Path]:
    """Bring two dossiers to the point where only the release is missing; returns the first one's masters."""
    site.folder(1)
    site.folder(2)
    waiting = site.run(*site.digitize_arguments(), "--release", "none")
    assert {each["state"] for each in waiting.dossiers} == {"to_index"}, waiting.output
    return [
        site.home / "masters" / sha256[:2] / f"{sha256}{extension}"
        for sha256, extension in site.rows(
            "SELECT m.sha256, m.extension FROM master m JOIN page p ON p.master_sha256 = m.sha256"
            " JOIN dossier d ON d.id = p.dossier_id WHERE d.name = 'folder 1' ORDER BY p.ordinal"
        )
    ]


@pytest.mark.parametrize("damage", ["removed", "changed"])
def test_a_damaged_master_refuses_its_package_and_is_shown(tmp_path, damage):
    site = Site(tmp_path)
    masters = recognised(site)
    whole = masters[0].read_bytes()
    if damage == "removed":
        masters[0].unlink()
    else:
        masters[0].write_bytes(whole[:-20] + bytes(20))

    finished = site.run()

    assert finished.code == 1, finished.output
    by_name = {each["name"]: each for each in finished.dossiers}
    assert by_name["folder 1"]["state"] == "returned"
    assert by_name["folder 1"]["return_reason"]["code"] == "master_damaged"
    assert by_name["folder 1"]["package_path"] is None
    assert by_name["folder 2"]["state"] == "uploaded"
    assert_delivered_once(site, dossiers=1)
    checked = site.run("check", "--home", str(site.home), "--json")
    assert checked.code == 1
    assert {each["code"] for each in checked.report["findings"]} == {
        "master_missing" if damage == "removed" else "master_damaged"
    }
    assert (
        len(list((site.home / "packages").iterdir())) - ((site.home / "packages" / ".sending.lock").exists())
        == 1
    )


def test_a_damaged_package_is_never_delivered(tmp_path):
    site = Site(tmp_path)
    site.folder(1)
    blocked = site.drop
    blocked.mkdir()
    (blocked / "KH-P-2021-00001--d000001").mkdir()  # holds the package back
    (blocked / "KH-P-2021-00001--d000001" / "x").write_text("x", encoding="utf-8")
    site.run()
    (package,) = [path for path in (site.home / "packages").iterdir() if path.is_dir()]
    page = next((package / "data" / "masters").iterdir())
    before = sha256_of(page)
    page.write_bytes(page.read_bytes()[:-10] + bytes(10))
    (blocked / "KH-P-2021-00001--d000001" / "x").unlink()
    (blocked / "KH-P-2021-00001--d000001").rmdir()

    finished = site.run()

    assert finished.code == 1, finished.output
    assert site.rows("SELECT state, error FROM outbox") == [("queued", "package_damaged")]
    assert [path.name for path in blocked.iterdir() if path.is_dir() and path.suffix != ".part"] == []
    assert before != sha256_of(page)
