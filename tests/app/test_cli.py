"""The command line: exit codes and what it says when something ends it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import jsonschema
import pytest

from app import cli
from app.context import AppContext
from app.errors import MachineError, OperatorError
from app.paths import schemas_dir
from app.version import software
from tests.helpers.program import write_page
from ui.texts import sentence


def run(*arguments, window=None):
    return cli.run([str(each) for each in arguments], open_window=window)


def test_without_a_command_the_window_is_opened(tmp_path):
    opened = []
    assert run("--home", tmp_path, window=lambda *given: opened.append(given) or 0) == 0
    assert opened == [(tmp_path, ())]


def test_all_that_follows_import_is_a_path_for_the_window(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    opened = []
    arguments = ["--import", tmp_path / "box 1", "digitize", "page.pdf", "--home", tmp_path / "home"]
    assert run(*arguments, window=lambda *given: opened.append(given) or 0) == 0
    paths = tuple(tmp_path / name for name in ("box 1", "digitize", "page.pdf"))
    assert opened == [(tmp_path / "home", paths)]


def test_version_is_told(capsys):
    assert run("--version") == 0
    assert capsys.readouterr().out.strip() == software()
    assert software().startswith("Foliodesk ")


def test_import_without_a_path_is_wrong_use(capsys):
    assert run("--import", window=lambda *_given: 0) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["digitize"],
        ["frobnicate"],
        ["digitize", "x", "--release", "all"],
        ["digitize", "x", "--workers", "0"],
    ],
)
def test_wrong_use_is_two(arguments, capsys):
    assert run(*arguments) == 2


def test_a_missing_path_is_wrong_use_and_named(tmp_path, capsys):
    assert run("digitize", tmp_path / "nowhere", "--home", tmp_path / "home") == 2
    assert "nowhere" in capsys.readouterr().err.replace("\n", "")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OperatorError("damaged"), 2),
        (MachineError("disk_full"), 3),
        (ValueError("bug"), 3),
        (KeyboardInterrupt(), 130),
    ],
)
def test_what_ends_a_command_decides_its_exit_code(error, code, capsys):
    def fail(_home, _paths):
        raise error

    assert run(window=fail) == code


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ImportError("DLL load failed"), "DLL load failed"),
        (OperatorError("home_on_network"), "home on network"),
        (KeyboardInterrupt(), None),
    ],
)
def test_a_program_without_a_console_shows_what_ended_it(error, words, monkeypatch):
    def fail(_home, _paths):
        raise error

    shown = []
    monkeypatch.setattr("app.commands.output.show_message", shown.append)
    monkeypatch.setattr(sys, "stderr", None)
    run(window=fail)
    assert len(shown) == (0 if words is None else 1)
    assert not shown or words in shown[0]


def test_a_program_without_a_console_shows_wrong_use(monkeypatch):
    shown = []
    monkeypatch.setattr("app.cli.show_message", shown.append)
    monkeypatch.setattr(sys, "stderr", None)
    assert run("--no-such-option") == 2
    assert "no-such-option" in shown[0]


def test_an_interrupt_whose_cleaning_up_failed_is_still_an_interrupt(capsys):
    def fail(_home, _paths):
        try:
            raise KeyboardInterrupt
        finally:
            raise MachineError("database_busy")

    assert run(window=fail) == 130


@pytest.mark.engine
def test_inspect_prints_one_document_of_its_schema(tmp_path, capfdbinary):
    page = write_page(tmp_path / "page.png", 4)
    (tmp_path / "rubbish.jpg").write_bytes(b"rubbish")
    assert run("inspect", page, tmp_path / "rubbish.jpg", "--languages", "eng", "--json") == 1
    document = json.loads(capfdbinary.readouterr().out)
    schema = json.loads((schemas_dir() / "inspect.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, schema)
    assert [Path(each["file"]).name for each in document["pages"]] == ["page.png"]
    assert document["refused"][0]["reason"] == "not_an_image"


def test_check_tells_of_the_settings_without_touching_them(tmp_path, capsys):
    with AppContext.open(tmp_path, background=False):
        pass
    (tmp_path / "settings.toml").write_text('operatr = "Sokha"\noffice = "XX"\nworkers = 0\n')
    assert cli.run(["check", "--home", str(tmp_path)], words=sentence) == 0
    told = " ".join(capsys.readouterr().err.split())
    assert "Perhaps operator is meant." in told
    assert "no profile for the office XX" in told
    assert "There are: BN, ID, KH, LA, MM, MY, PH, SG, TH, VN." in told
    assert "not possible (workers)" in told
    assert not list(tmp_path.glob("settings.toml.*"))
