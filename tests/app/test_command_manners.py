"""How commands speak into pipes and old code pages, and what those that only read leave alone."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app import cli
from app.commands.output import PLAIN_SIGNS, speak_any_encoding
from tests.helpers.program import open_program, write_page
from tests.helpers.register_files import csv_bytes, numbers, write
from ui.texts import sentence

PROJECT = Path(__file__).resolve().parents[2]


def run(*arguments):
    return cli.run([str(each) for each in arguments], words=sentence)


def piped(*arguments, encoding="cp1252"):
    """Standard output and error of a process of its own that writes into pipes, as bytes."""
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "COLUMNS": "80"}
    environment.pop("PYTHONUTF8", None)
    done = subprocess.run(
        [sys.executable, "-m", "ui", *map(str, arguments)],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("FOLIODESK_OPERATOR", "sokha")
    with open_program(tmp_path / "home", monkeypatch, office="KH") as program:
        path = write(tmp_path / "register.csv", csv_bytes(numbers(12)))
        program.register_service.import_csv(path, "KH")
    return tmp_path / "home"


def test_signs_an_old_code_page_lacks_never_end_a_command(tmp_path):
    missing = tmp_path / ("ថត" * 3) / "nowhere.png"
    code, out, err = piped("inspect", missing)
    told = (out + err).decode("cp1252")
    assert code != 0
    assert "Traceback" not in told
    assert "UnicodeEncodeError" not in told
    assert "x " in told or "\\u1790" in told


def test_plain_signs_stand_for_ours(monkeypatch):
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="cp1252")
    monkeypatch.setattr(sys, "stdout", stream)
    speak_any_encoding()
    stream.write("✕ 3.5° ថ → “a” ≥")
    stream.flush()
    assert stream.errors == PLAIN_SIGNS
    assert raw.getvalue().decode("cp1252") == "x 3.5° \\u1790 -> “a” >="


def test_lines_into_a_pipe_are_not_broken(tmp_path):
    name = "a very long name of a folder with many words " * 4
    _, out, err = piped("register", "show", "--home", tmp_path / name, encoding="utf-8")
    assert len((out + err).decode().strip().splitlines()) == 1


def test_help_names_flags_by_their_names_alone(capsys):
    assert run("register", "import", "--help") == 0
    told = capsys.readouterr().out
    assert "--delta" in told
    assert "<bool>" not in told


def test_who_only_looks_makes_no_home(tmp_path, capsys):
    nowhere = tmp_path / "nowhere"
    assert run("register", "show", "--home", nowhere) == 2
    assert run("office", "list", "--home", nowhere) == 0
    assert not nowhere.exists()
    assert "no data of Foliodesk" in capsys.readouterr().err


@pytest.mark.parametrize(
    "typed", ["KH/P/2018/00007", "KH/P/2018/7", "KH/P/2018/0007", "KHP201800007", "KH/P/២០១៨/៧", "7", "0007"]
)
def test_a_number_is_shown_in_whatever_spelling_it_is_typed(home, typed, capsys):
    assert run("register", "show", typed, "--home", home) == 0
    assert "KH/P/2018/00007" in capsys.readouterr().out


def test_a_pack_that_is_offered_is_told_what_is_wrong_with_it_and_not_to_repair_the_program(tmp_path, capsys):
    file = write(tmp_path / "good.csv", b"a,b\n1,2\n")
    for command in ("import", "check"):
        assert run("office", command, file, "--home", tmp_path / "home") == 2
        told = capsys.readouterr().err
        assert "good.csv cannot be read" in told
        assert "repair" not in told


def test_a_pack_that_is_checked_is_told_by_its_file(tmp_path, capsys):
    pack = PROJECT / "resources" / "offices" / "kh.toml"
    assert run("office", "check", pack, "--home", tmp_path / "home") == 0
    told = capsys.readouterr().out
    assert f"in {pack}" in told
    assert "from this home" not in told


def test_digitize_takes_a_register_by_remembered_columns_and_else_says_what_to_type(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("FOLIODESK_OPERATOR", "sokha")
    head = ("Application No.", "Mark", "Owner", "Filed")
    path = write(tmp_path / "register.csv", csv_bytes(numbers(2), head=head))
    write_page(tmp_path / "folder" / "1.png", 1)
    home = tmp_path / "home"
    with open_program(home, monkeypatch, office="KH"):
        pass
    call = ("digitize", tmp_path / "folder", "--home", home, "--office", "KH", "--register", path)
    assert run(*call) == 2
    told = capsys.readouterr().err
    assert f"foliodesk register import {path} --map number=1,title=2,applicant=3,date=4 --delta" in told
    assert (
        run("register", "import", path, "--map", "number=1,title=2,applicant=3,date=4", "--home", home) == 0
    )
    with open_program(home, monkeypatch, office="KH") as program:
        assert program.register_service.import_csv(path, "KH").accepted == 2


def test_a_column_that_does_not_exist_is_answered_with_those_that_do(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("FOLIODESK_OPERATOR", "sokha")
    path = write(tmp_path / "a.csv", csv_bytes([("x", "y")], head=("Ref", "Name")))
    home = tmp_path / "home"
    assert run("register", "import", path, "--office", "KH", "--home", home) == 2
    told = capsys.readouterr().err
    assert "1: Ref, 2: Name" in told
    assert "=?" not in told
    assert run("register", "import", path, "--office", "KH", "--home", home, "--map", "number=?") == 2
    assert (
        "“number=?” names no column of the file. Its columns are 1: Ref, 2: Name" in capsys.readouterr().err
    )


def test_paths_with_dots_are_shown_without(tmp_path, monkeypatch):
    from ocr.long_paths import whole

    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert whole(Path("../there/./x")) == tmp_path / "there" / "x"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows takes the dots by name, as people do")
def test_dots_after_a_link_keep_their_meaning(tmp_path):
    from ocr.long_paths import whole

    (tmp_path / "far" / "deep").mkdir(parents=True)
    (tmp_path / "near").symlink_to(tmp_path / "far" / "deep")
    assert whole(tmp_path / "near" / ".." / "x") == tmp_path / "near" / ".." / "x"
