"""Pages that kill or hang their worker: only they are set aside, everything else goes on."""

from __future__ import annotations

import pytest

from tests.helpers.left_behind import assert_check_clean, assert_delivered_once, assert_masters_whole
from tests.helpers.real_program import Site

pytestmark = [pytest.mark.kill, pytest.mark.timeout(300)]


@pytest.mark.parametrize(("trouble", "code"), [("crash_dark", "worker_crashed"), ("hang_dark", "timed_out")])
def test_a_page_that_ends_its_worker_three_times_is_set_aside_and_shown(tmp_path, trouble, code):
    site = Site(
        tmp_path,
        {"FOLIODESK_FAKE_ENGINE": trouble, "FOLIODESK_PAGE_LIMIT_S": "8"},
        workers=2,
    )
    bad, good = site.folder(1, pages=3, dark=(2,)), site.folder(2, pages=3)

    finished = site.run(timeout_s=200)

    assert finished.code == 1, finished.said
    by_source = {each["name"]: each for each in finished.dossiers}
    assert by_source[good.name]["state"] == "uploaded"
    shown = by_source[bad.name]
    assert shown["pages_needing_attention"] == [{"page": 2, "code": code}]
    assert shown["state"] == "to_index"
    assert shown["package_path"] is None
    assert "pages_need_attention" in {reason["code"] for reason in shown["reasons"]}
    states = dict(site.rows("SELECT ordinal, state FROM page WHERE dossier_id = ?", shown["id"]))
    assert sorted(states.values()) == ["needs_attention", "ready", "ready"]
    assert site.rows("SELECT state, crashes FROM job WHERE state <> 'done'") == [("poisoned", 3)]
    assert_masters_whole(site)
    assert_delivered_once(site, dossiers=1)
    assert_check_clean(site)


def test_a_page_set_aside_is_not_tried_for_ever(tmp_path):
    site = Site(tmp_path, {"FOLIODESK_FAKE_ENGINE": "crash_dark"})
    site.folder(1, pages=2, dark=(1,))
    site.run(timeout_s=200)

    again = site.run()

    assert again.code == 1
    claimed = site.value("SELECT count(*) FROM audit WHERE subject = 'job' AND action = 'claimed'")
    files, crashes, good_pages, links, fields = 2, 3, 1, 2, 2  # linked, and its fields read, by each run
    assert claimed <= files + crashes + good_pages + links + fields
    assert site.rows("SELECT crashes FROM job WHERE state = 'poisoned'") == [(3,)]
