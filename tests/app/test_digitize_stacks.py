"""`foliodesk digitize --separate`: stacks from the command line, told in its report, killed and gone on with."""

from __future__ import annotations

import json
import time

import jsonschema
import pytest

from app import cli
from app.paths import schemas_dir
from tests.helpers.drawn_stacks import cover, draw_stack
from tests.helpers.left_behind import assert_check_clean
from tests.helpers.real_program import Site, end_tree, kill_program

PLAN = (cover(1), "page", "page", cover(2), "page", "T", "page", cover(3), "page")


def checked(finished):
    schema = json.loads((schemas_dir() / "digitize.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(finished.report)
    return finished.report


def folders(site):
    """Pages' files by dossier, in the order of the stack."""
    rows = site.rows(
        "SELECT p.dossier_id, i.source_path FROM page p JOIN import_item i ON i.id = p.import_item_id"
        " ORDER BY i.ordinal, p.source_page"
    )
    found = {}
    for dossier_id, path in rows:
        found.setdefault(dossier_id, []).append(path[-8:-4])
    return sorted(found.values())


EXPECTED = [["0001", "0011", "0021"], ["0031", "0041", "0051", "0061"], ["0071", "0081"]]


def test_a_stack_is_divided_and_told_and_the_same_command_finds_it_again(tmp_path):
    site = Site(tmp_path)
    draw_stack(site.paper, PLAN)
    arguments = [*site.digitize_arguments(), "--separate", "covers", "--folders", "3"]
    for _ in range(2):
        finished = site.run(*arguments)
        report = checked(finished)
        (stack,) = report["stacks"]
        assert (stack["mode"], stack["folders"], stack["folders_expected"]) == ("covers", 3, 3)
        assert stack["separators"] == {"cover": 3, "patch_t": 1}
        assert sorted(each["id"] for each in report["dossiers"]) == sorted(stack["dossiers"])
        assert [each["state"] for each in report["dossiers"]] == ["uploaded"] * 3
        assert [each["application_number"] for each in report["dossiers"]] == [
            f"KH/P/2018/0000{serial}" for serial in (1, 2, 3)
        ]
        assert finished.code == 0
    assert folders(site) == EXPECTED
    assert_check_clean(site)


def test_one_folder_too_few_holds_all_of_them(tmp_path):
    site = Site(tmp_path)
    draw_stack(site.paper, PLAN)
    finished = site.run(*site.digitize_arguments(), "--separate", "covers", "--folders", "4")
    report = checked(finished)
    assert finished.code == 1
    assert {each["state"] for each in report["dossiers"]} == {"to_index"}
    assert all(each["reasons"][0]["code"] == "folders_differ" for each in report["dossiers"])
    assert "4 folders" in report["dossiers"][0]["reasons"][0]["message"]


@pytest.mark.kill
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_killed_while_it_is_divided_the_same_command_goes_on(tmp_path, seed):
    site = Site(tmp_path)
    draw_stack(site.paper, PLAN)
    arguments = [*site.digitize_arguments(), "--separate", "covers"]
    process = site.start(*arguments)
    try:
        deadline = time.monotonic() + 120
        while not site.value("SELECT count(*) FROM job WHERE kind = 'separate'"):
            assert process.poll() is None, site.said()
            assert time.monotonic() < deadline
            time.sleep(0.001)
        time.sleep(0.004 * (seed - 1))
        kill_program(process, with_workers=seed % 2 == 0)
    finally:
        end_tree(process)
        if process.stdout is not None:
            process.stdout.close()
    finished = site.run(*arguments)
    assert checked(finished)["stacks"][0]["folders"] == 3
    assert folders(site) == EXPECTED
    assert site.value("SELECT count(*) FROM page") == len(PLAN)
    assert_check_clean(site)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--separate", "staples"], "Known are: covers, patch, blank, count:N, forms"),
        (["--separate", "count"], "count:12"),
        (["--duplex"], "--separate"),
        (["--folders", "3"], "--separate"),
    ],
)
def test_ways_that_are_none_say_which_are(arguments, said, tmp_path, capsys):
    draw_stack(tmp_path / "box", ("page",))
    from ui.texts import sentence

    command = ["digitize", str(tmp_path / "box"), "--home", str(tmp_path / "home"), *arguments]
    assert cli.run(command, open_window=None, words=sentence) == 2
    assert said in " ".join(capsys.readouterr().err.split())
