"""A register loaded again, and one whose office pack has changed since it was read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import event, func, select

from app.domain.register_mapping import ColumnMapping, Field
from app.queries import register
from app.services import register_staging
from app.services.register import RegisterRequest
from app.start_checks import start_problems
from app.storage.tables import RegisterExtractRow, RegisterRow
from tests.helpers.program import open_program
from tests.helpers.register_files import csv_bytes, numbers, write
from ui import texts


@pytest.fixture
def program(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, office="KH") as opened:
        yield opened


def load(program, tmp_path, rows, **options):
    path = write(tmp_path / "register.csv", csv_bytes(rows))
    return program.register_service.import_extract(RegisterRequest(path, "KH", **options))


def ids(program):
    """Of extracts, and of rows."""
    with program.database.read() as session:
        return [
            list(session.scalars(select(table.id).order_by(table.id)))
            for table in (RegisterExtractRow, RegisterRow)
        ]


@pytest.mark.parametrize("is_delta", [False, True])
def test_a_file_in_force_already_is_read_but_not_entered_again(program, tmp_path, is_delta):
    rows = [*numbers(3), ("nonsense", "T", "A", "")]
    load(program, tmp_path, numbers(9, first=2))
    first = load(program, tmp_path, rows, is_delta=is_delta, may_shrink=True)
    before, asked = ids(program), register.info(program.database)
    again = load(program, tmp_path, rows, is_delta=is_delta)
    assert ids(program) == before
    assert (again.accepted, again.problems) == (first.accepted, first.problems)
    assert again.notices == ("register_known",)
    assert texts.has_words("note", "register_known")
    now = register.info(program.database)
    assert (now.count, now.imported_at > asked.imported_at) == (asked.count, True)


def test_another_mapping_or_a_full_extract_after_changes_is_entered(program, tmp_path):
    load(program, tmp_path, numbers(4))
    load(program, tmp_path, numbers(3), is_delta=True)
    load(program, tmp_path, numbers(3), may_shrink=True)
    assert register.count_of(program.database, "KH") == 3
    columns = {Field.NUMBER: 0, Field.TITLE: 2}
    load(program, tmp_path, numbers(3), mapping=ColumnMapping(columns))
    assert register.find(program.database, "KH/P/2018/00001", "KH").title == "Mekong Works 1"


def test_each_renewed_row_is_looked_at_once(program, tmp_path, monkeypatch):
    monkeypatch.setattr(register_staging, "ROWS_PER_CLEANING", 5)
    load(program, tmp_path, numbers(60))
    looked = []

    def count(_connection, _cursor, statement, parameters, *_):
        if "register_entry.canonical IN" in statement and statement.startswith("SELECT"):
            looked.append(len(parameters) - 1)

    with program.database.write("x") as tx:
        engine = tx.session.get_bind()
    event.listen(engine, "before_cursor_execute", count)
    try:
        load(program, tmp_path, numbers(40, title="New"), is_delta=True)
    finally:
        event.remove(engine, "before_cursor_execute", count)
    assert sum(looked) == 40
    with program.database.read() as session:
        assert session.scalar(select(func.count()).select_from(RegisterRow)) == 60


def test_rows_that_no_form_of_the_office_fits_any_more_are_passed_over(program, tmp_path, caplog):
    load(program, tmp_path, [*numbers(2), ("KH/49701/13", "Mark", "A", "")])
    profile = program.office("KH")
    rules = tuple(each for each in profile.rules if each.format.format_id != "KH-tm")
    changed = replace(profile, rules=rules, sha256="0" * 64)
    with program.database.read() as session:
        stored = register.StoredRegister(session, changed)
        assert stored.find("KH/49701/13") is None
        assert stored.near("KH/49702/13") == ()
        assert stored.find("KH/P/2018/00001").title == "Rice husk filter 1"
    assert "KH/49701/13 is passed over" in caplog.text


def test_a_changed_pack_is_told_at_the_start_until_the_register_is_loaded_again(program, tmp_path):
    load(program, tmp_path, numbers(2))
    usual = dict(program.offices)

    def told(offices):
        found = start_problems(program.database, program.settings, tmp_path, offices)
        return [(each.code, dict(each.facts)) for each in found]

    assert told(usual) == []
    reworded = {**usual, "KH": replace(usual["KH"], sha256="0" * 64)}
    assert told(reworded) == []
    changed = {**usual, "KH": replace(usual["KH"], sha256="0" * 64, rules=usual["KH"].rules[1:])}
    assert told(changed) == [("register_pack_changed", {"office": "KH"})]
    assert texts.has_words("error", "register_pack_changed")
