"""Which columns an import takes: named, remembered or given by a person, of the very file that was looked at."""

from __future__ import annotations

import json

import pytest

from app.domain.register import RegisterUnreadable
from app.domain.register_mapping import ColumnMapping
from app.queries import register
from app.services.register import RegisterRequest
from tests.helpers.program import open_program
from tests.helpers.register_files import csv_bytes, numbers, write
from ui import texts


@pytest.fixture
def program(tmp_path, monkeypatch):
    with open_program(tmp_path / "home", monkeypatch, office="KH") as opened:
        yield opened


def test_the_command_takes_columns_it_only_guesses_never_unasked(tmp_path, capfd, monkeypatch):
    from app.cli import run

    monkeypatch.setenv("FOLIODESK_OPERATOR", "sokha")
    head = ("Application No.", "Mark", "Owner", "Filed")
    path = write(tmp_path / "a.csv", csv_bytes(numbers(2), head=head))
    call = ["register", "import", str(path), "--office", "KH", "--home", str(tmp_path / "home"), "--json"]
    assert run(call) != 0
    trouble = json.loads(capfd.readouterr().out)["trouble"]
    assert trouble["code"] == "register_columns_unsure"
    assert trouble["facts"]["proposal"] == "number=1,title=2,applicant=3,date=4"
    assert "add --map number=1" in texts.explain("error", trouble["code"], trouble["facts"])
    assert run([*call, "--dates", "dmy"]) != 0
    capfd.readouterr()
    assert run([*call, "--map", "number=1,title=2,applicant=3,date=4"]) == 0
    capfd.readouterr()
    assert run(call) == 0  # remembered: a person has said it


def test_only_a_mapping_of_a_person_is_remembered(program, tmp_path):
    path = tmp_path / "register.csv"
    write(path, csv_bytes(numbers(2)))
    program.register_service.import_extract(RegisterRequest(path, "KH"))
    assert not program.register_service.look(path, "KH").is_remembered


def test_a_file_changed_after_the_look_is_not_read_with_the_old_columns(program, tmp_path):
    service = program.register_service
    path = write(tmp_path / "a.csv", csv_bytes(numbers(2)))
    seen = service.look(path, "KH")
    write(path, csv_bytes(numbers(2), head=("application_number", "applicant", "title", "filing_date")))
    request = RegisterRequest(path, "KH", ColumnMapping(seen.columns), seen_sha256=seen.sha256)
    with pytest.raises(RegisterUnreadable, match="source_changed"):
        service.import_extract(request)
    assert register.count_of(program.database, "KH") == 0


def command(tmp_path, path, *more):
    return [
        "register",
        "import",
        str(path),
        "--office",
        "KH",
        "--home",
        str(tmp_path / "home"),
        "--json",
        *more,
    ]


def test_the_list_of_lines_never_takes_the_place_of_the_register(tmp_path, capfd, monkeypatch):
    from app.cli import run

    monkeypatch.setenv("FOLIODESK_OPERATOR", "sokha")
    path = write(tmp_path / "a.csv", csv_bytes(numbers(2)))
    before = path.read_bytes()
    (tmp_path / "sub").mkdir()
    assert run(command(tmp_path, path, "--errors", str(tmp_path / "sub" / ".." / "a.csv"))) != 0
    assert json.loads(capfd.readouterr().out)["trouble"]["code"] == "errors_over_register"
    assert path.read_bytes() == before


def test_a_list_that_cannot_be_saved_is_no_failed_import(tmp_path, capfd, monkeypatch):
    from app.cli import run

    monkeypatch.setenv("FOLIODESK_OPERATOR", "sokha")
    path = write(tmp_path / "a.csv", csv_bytes(numbers(2)))
    assert run(command(tmp_path, path, "--errors", str(tmp_path / "missing" / "list.csv"))) == 1
    done = json.loads(capfd.readouterr().out)
    assert (done["accepted"], done["trouble"]) == (2, None)
    assert done["errors_trouble"]


def test_the_command_names_the_options_for_a_much_smaller_register(tmp_path, capfd, monkeypatch):
    from app.cli import run

    monkeypatch.setenv("FOLIODESK_OPERATOR", "sokha")
    assert run(command(tmp_path, write(tmp_path / "a.csv", csv_bytes(numbers(10))))) == 0
    capfd.readouterr()
    path = write(tmp_path / "b.csv", csv_bytes(numbers(2)))
    assert run(command(tmp_path, path)) != 0
    trouble = json.loads(capfd.readouterr().out)["trouble"]
    told = texts.explain("error", trouble["code"], trouble["facts"])
    assert "--delta" in told
    assert "--smaller" in told
    assert run(command(tmp_path, path, "--smaller")) == 0
