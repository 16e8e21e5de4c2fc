"""Second keying of what the machine proves by itself, of pages turned meanwhile, of a program killed between steps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import select

from app.commands.digitize_report import Asked, build_report
from app.domain.field_kinds import DossierField as F
from app.domain.states import DossierState
from app.errors import Conflict
from app.paths import schemas_dir
from app.queries import dossiers, keyings, pages
from app.services.integrity import check
from app.services.pages import EditChange
from app.storage.backup import backup
from app.storage.tables import LinkRow
from tests.helpers.program import finish, open_program, write_page
from ui import texts

NUMBER = {F.APPLICATION_NUMBER: "KH/P/2018/00417"}


@pytest.fixture
def program(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="proven", second_keying="all") as opened:
        for page in (1, 2):
            write_page(tmp_path / "folder" / f"{page}.png", page)
        opened.started = opened.capture.import_paths([tmp_path / "folder"])
        finish(opened)
        yield opened


def only(program):
    (dossier,) = dossiers.list_dossiers(program.database)
    return dossier


def test_what_the_rule_proved_waits_until_a_person_keyed_the_same_and_then_leaves_by_itself(program):
    assert (only(program).state, only(program).by_policy) == (DossierState.TO_REVIEW, True)
    with pytest.raises(Conflict) as refused:
        program.review.approve(only(program).id)
    assert refused.value.code == "second_keying_awaited"
    assert program.keying.key(only(program).id, NUMBER).went_on
    finish(program)
    assert only(program).state is DossierState.UPLOADED
    assert only(program).by_policy


def test_it_is_not_listed_with_what_needed_nobody_until_then(program):
    states = (DossierState.TO_REVIEW, DossierState.UPLOADED)
    assert (
        dossiers.list_released(program.database, states),
        dossiers.count_released(program.database, states),
    ) == ((), 0)
    program.keying.key(only(program).id, NUMBER)
    finish(program)
    assert (
        dossiers.count_released(program.database, states)
        == len(dossiers.list_released(program.database, states))
        == 1
    )


def test_what_was_disputed_never_leaves_by_itself(program):
    program.keying.key(only(program).id, {F.APPLICATION_NUMBER: "KH/P/2018/00471"})
    program.change_operator("Vanna Ros")
    program.keying.judge(only(program).id, NUMBER)
    finish(program)
    assert only(program).state is DossierState.TO_REVIEW
    program.review.approve(only(program).id)


def test_what_was_bound_to_the_same_number_meanwhile_is_for_a_person(program, tmp_path):
    first = only(program).id
    write_page(tmp_path / "other" / "1.png", 3)
    program.capture.import_paths([tmp_path / "other"])
    finish(program)
    second = next(each for each in dossiers.list_dossiers(program.database) if each.id != first)
    assert second.state is DossierState.TO_INDEX
    program.indexing.confirm(second.id, "KH/P/2018/00417")
    assert not program.keying.key(first, NUMBER).went_on
    finish(program)
    summary = dossiers.get_dossier(program.database, first).summary
    assert (summary.state, summary.keying) == (DossierState.TO_REVIEW, None)


def test_a_page_turned_meanwhile_leaves_no_keying_behind_of_a_number_no_longer_bound(program):
    page = pages.list_pages(program.database)[0].id
    program.pages.edit([page], EditChange(turn_deg=90))
    finish(program)
    assert only(program).state is DossierState.TO_REVIEW
    with program.database.read() as session:
        (linked_by,) = session.scalars(select(LinkRow.linked_by).where(LinkRow.withdrawn_at.is_(None)))
    assert keyings.task_of(program.database, only(program).id).fields == (F.APPLICATION_NUMBER,)
    assert linked_by == "policy:proven"
    assert program.keying.key(only(program).id, NUMBER).went_on


def test_a_persons_confirmation_keeps_waiting_through_a_turned_page(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, release="none", second_keying="confirmed") as program:
        write_page(tmp_path / "folder" / "1.png", 1)
        program.capture.import_paths([tmp_path / "folder"])
        finish(program)
        program.indexing.confirm(only(program).id, "KH/P/2018/00417")
        program.pages.edit([pages.list_pages(program.database)[0].id], EditChange(turn_deg=90))
        assert (only(program).state, only(program).keying) == (DossierState.PROCESSING, None)
        finish(program)
        assert (only(program).state, only(program).keying) == (DossierState.TO_REVIEW, "awaited")


def test_the_program_opened_again_after_a_kill_goes_on_where_it_was(tmp_path, monkeypatch):
    home = tmp_path / "home"
    with open_program(home, monkeypatch, release="none", second_keying="confirmed") as first:
        write_page(tmp_path / "folder" / "1.png", 1)
        first.capture.import_paths([tmp_path / "folder"])
        finish(first)
        first.indexing.confirm(only(first).id, "KH/P/2018/00417")
    # Another setting by now: what is asked for stays asked for.
    with open_program(home, monkeypatch, release="none", second_keying="none") as second:
        second.change_operator("Dara Chan")
        second.keying.key(only(second).id, {F.APPLICATION_NUMBER: "KH/P/2018/00471"})
    with open_program(home, monkeypatch, release="none") as third:
        assert keyings.places_for(third.database, "Vanna Ros").judge
        third.change_operator("Vanna Ros")
        third.keying.judge(only(third).id, NUMBER)
        third.review.approve(only(third).id)
        finish(third)
        assert only(third).state is DossierState.UPLOADED


def test_report_check_and_backup_tell_of_it_and_stay_valid(program, tmp_path):
    report = build_report(program, Asked(program.started, tmp_path, (), 1.0))
    document = report.to_json(lambda code, facts: texts.explain("reason", code, facts))
    schema = json.loads((schemas_dir() / "digitize.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(json.loads(json.dumps(document, default=str)))
    (dossier,) = document["dossiers"]
    assert (dossier["state"], dossier["reasons"][0]["code"]) == ("to_review", "second_keying_awaited")
    assert "second person" in dossier["reasons"][0]["message"]
    assert report.exit_code == 1
    assert [each.code for each in check(program.database, program.paths).findings] == []
    assert backup(program.paths, tmp_path / "backup")


def test_a_check_names_what_left_in_spite_of_it(program):
    with program.database.write("test") as tx:
        tx.session.connection().exec_driver_sql("UPDATE dossier SET state = 'queued'")
    found = [each.code for each in check(program.database, program.paths).findings]
    assert "left_without_keying" in found


def test_whoever_works_is_told_apart_by_name_and_recorded(program, tmp_path):
    assert program.change_operator("  Vanna   Ros ") == "Vanna Ros" == program.operator
    with pytest.raises(Exception, match="operator_unnamed"):
        program.change_operator(" . ")
    assert program.operator == "Vanna Ros"
    assert Path(program.paths.settings).exists() is False  # it is of this session only
