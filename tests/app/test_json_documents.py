"""With --json a command prints one document of its schema, whatever ends it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import jsonschema
import pytest

from app import cli
from app.commands.output import one_document, plain_words
from app.context import AppContext
from app.errors import DiskFull, OperatorError
from app.paths import schemas_dir
from app.storage.migrations.runner import migrate
from tests.helpers.program import write_page

REGISTER = "application_number,title,applicant,filing_date\n"


def document_of(name: str, printed: bytes) -> dict:
    document = json.loads(printed)
    schema = json.loads((schemas_dir() / f"{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(document)
    return document


@pytest.fixture
def run(capfdbinary):
    """Run a command with --json; returns its exit code and its document."""

    def started(*arguments) -> tuple[int, dict]:
        code = cli.run([*map(str, arguments), "--json"])
        return code, document_of(str(arguments[0]), capfdbinary.readouterr().out)

    return started


@pytest.fixture
def paper(tmp_path) -> Path:
    return write_page(tmp_path / "paper" / "page.png", 4).parent


def home_that_is_a_file(home: Path) -> None:
    home.write_text("a letter", encoding="utf-8")


def database_that_is_a_directory(home: Path) -> None:
    (home / "foliodesk.sqlite3").mkdir(parents=True)


def database_that_is_none(home: Path) -> None:
    home.mkdir()
    (home / "foliodesk.sqlite3").write_bytes(b"This is no database. " * 500)


def database_cut_short(home: Path) -> None:
    home.mkdir()
    file = home / "foliodesk.sqlite3"
    migrate(file)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 3])


def database_of_another_program(home: Path) -> None:
    home.mkdir()
    with closing(sqlite3.connect(home / "foliodesk.sqlite3")) as connection:
        connection.execute("CREATE TABLE theirs (x)")


def database_damaged_inside(home: Path) -> None:
    home.mkdir()
    file = home / "foliodesk.sqlite3"
    migrate(file)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        size_bytes = connection.execute("PRAGMA page_size").fetchone()[0]
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'job'").fetchone()
    content = bytearray(file.read_bytes())
    content[(root - 1) * size_bytes : root * size_bytes] = b"\x77" * size_bytes
    file.write_bytes(content)


@pytest.mark.parametrize(
    ("spoil", "trouble", "exit_code"),
    [
        (home_that_is_a_file, "home_not_a_directory", 2),
        (database_that_is_a_directory, "database_not_writable", 2),
        (database_that_is_none, "database_damaged", 3),
        (database_cut_short, "database_damaged", 3),
        (database_damaged_inside, "database_damaged", 3),
        (database_of_another_program, "database_foreign", 2),
    ],
)
def test_digitize_tells_of_a_home_that_cannot_be_used(tmp_path, paper, run, spoil, trouble, exit_code):
    home = tmp_path / "home"
    spoil(home)

    code, document = run("digitize", paper, "--home", home)

    assert code == exit_code
    assert document["trouble"]["code"] == trouble
    assert document["trouble"]["message"]
    assert document["home"] == str(home)
    assert (document["dossiers"], document["import"]["offered"]) == ([], 0)


@pytest.mark.parametrize(
    ("more", "trouble"),
    [
        (["--office", "XX"], "office_unknown"),
        (["--languages", "tlh"], "language_unknown"),
        (["--register", "nowhere.csv"], "register_not_readable"),
        (["--register", "."], "register_not_readable"),
    ],
)
def test_digitize_tells_what_it_was_asked_wrongly(tmp_path, paper, run, more, trouble):
    code, document = run("digitize", paper, "--home", tmp_path / "home", "--to", tmp_path / "out", *more)

    assert code == 2
    assert document["trouble"]["code"] == trouble
    assert document["destination"] == str(tmp_path / "out")


def test_digitize_tells_of_a_register_without_numbers_and_of_no_paper(tmp_path, paper, run):
    register = tmp_path / "register.csv"
    register.write_text(REGISTER, encoding="utf-8")
    code, document = run("digitize", paper, "--home", tmp_path / "home", "--register", register)
    assert (code, document["trouble"]["code"]) == (2, "register_without_numbers")

    code, document = run("digitize", tmp_path / "nowhere", "--home", tmp_path / "home")
    assert (code, document["trouble"]["code"]) == (2, "path_missing")
    assert document["trouble"]["facts"]["path"].endswith("nowhere")


@pytest.mark.parametrize("place", [".", "masters", "packages/new"])
def test_a_drop_folder_among_the_programs_own_files_is_refused(tmp_path, paper, run, place):
    home = tmp_path / "home"
    code, document = run("digitize", paper, "--home", home, "--to", home / place)
    assert (code, document["trouble"]["code"]) == (2, "drop_folder_in_home")
    assert not (home / "packages" / "new").exists()


@pytest.mark.parametrize(
    ("error", "code", "exit_code"),
    [
        (DiskFull("disk_full", retryable=True, where="database"), "disk_full", 3),
        (OSError(5, "Input/output error"), "unexpected", 3),
        (KeyboardInterrupt(), "stopped", 130),
    ],
)
def test_digitize_tells_what_ended_it_at_the_very_start(
    tmp_path, paper, run, monkeypatch, error, code, exit_code
):
    def fail(*_arguments, **_options):
        raise error

    monkeypatch.setattr(AppContext, "open", fail)

    ended, document = run("digitize", paper, "--home", tmp_path / "home")

    assert (ended, document["trouble"]["code"]) == (exit_code, code)


def test_trouble_after_the_report_prints_no_second_document(tmp_path, paper, run, monkeypatch):
    close = AppContext.close

    def fail(self, **options):
        close(self, **options)
        raise DiskFull("disk_full", retryable=True, where="log")

    monkeypatch.setattr(AppContext, "close", fail)
    monkeypatch.setenv("FOLIODESK_ENGINE", "fake")

    code, document = run("digitize", paper, "--home", tmp_path / "home", "--workers", "1")

    assert code == 3
    assert document["import"]["accepted"] == 1
    assert document["trouble"] is None


@pytest.mark.parametrize(
    ("arguments", "trouble"),
    [
        (["nowhere.png"], "path_missing"),
        (["{page}", "--office", "XX"], "office_unknown"),
        (["{page}", "--languages", "tlh"], "language_unknown"),
    ],
)
def test_inspect_tells_what_ended_it(paper, run, arguments, trouble):
    named = [str(paper / "page.png") if each == "{page}" else each for each in arguments]

    code, document = run("inspect", *named)

    assert (code, document["trouble"]["code"]) == (2, trouble)
    assert (document["pages"], document["refused"]) == ([], [])


def test_inspect_tells_of_an_engine_that_cannot_be_started(paper, run, monkeypatch):
    def fail(*_arguments):
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr("app.commands.inspect.LocalRunner", fail)

    code, document = run("inspect", paper)

    assert (code, document["trouble"]["code"]) == (3, "unexpected")
    assert "Cannot allocate memory" in document["trouble"]["facts"]["detail"]


def test_check_tells_of_a_home_that_is_not_there(tmp_path, run):
    code, document = run("check", "--home", tmp_path / "nowhere")

    assert (code, document["trouble"]["code"]) == (2, "home_missing")
    assert document["clean"] is False


def test_check_of_a_damaged_database_is_a_finding_and_no_trouble(tmp_path, run):
    database_that_is_none(tmp_path / "home")

    code, document = run("check", "--home", tmp_path / "home")

    assert (code, document["trouble"]) == (1, None)
    assert [each["code"] for each in document["findings"]] == ["database_damaged"]


@pytest.mark.parametrize(("revision", "trouble"), [("0001", "database_older"), ("9999", "database_too_new")])
def test_check_of_another_versions_data_is_no_damage(tmp_path, run, revision, trouble):
    file = tmp_path / "home" / "foliodesk.sqlite3"
    migrate(file, head="0001")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
        connection.commit()

    code, document = run("check", "--home", tmp_path / "home")

    assert (code, document["trouble"]["code"], document["findings"]) == (2, trouble, [])
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (revision,)


def test_check_tells_what_ended_it(tmp_path, run, monkeypatch):
    def fail(*_arguments, **_options):
        raise OSError(5, "Input/output error")

    migrate(tmp_path / "home" / "foliodesk.sqlite3")
    monkeypatch.setattr("app.commands.check.check", fail)

    code, document = run("check", "--home", tmp_path / "home")

    assert (code, document["trouble"]["code"]) == (3, "unexpected")


def test_without_json_nothing_goes_to_standard_output(tmp_path, capfdbinary):
    assert cli.run(["check", "--home", str(tmp_path / "nowhere")]) == 2
    assert capfdbinary.readouterr().out == b""


def document_of_trouble(before_leaving=lambda _act: None):
    return one_document(
        wanted=True,
        words=plain_words,
        without_result=lambda trouble: {"trouble": trouble},
        before_leaving=before_leaving,
    )


def test_a_name_that_is_no_unicode_still_makes_a_document(capfdbinary):
    with pytest.raises(OperatorError), document_of_trouble():
        raise OperatorError("path_missing", path="scan\udce9.tif")
    assert json.loads(capfdbinary.readouterr().out)["trouble"]["facts"]["path"] == "scan\udce9.tif"


def test_a_program_that_leaves_without_tidying_prints_its_document_once(capfdbinary):
    acts = []

    def tidy_up_too_long():
        acts[0]()  # in its own thread, while the main thread still tidies up
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), document_of_trouble(acts.append):
        tidy_up_too_long()
    assert json.loads(capfdbinary.readouterr().out)["trouble"]["code"] == "stopped"


def test_a_program_that_leaves_after_its_document_prints_no_other(capfdbinary):
    acts = []
    with document_of_trouble(acts.append) as show:
        show({"result": 1})
    acts[0]()
    assert json.loads(capfdbinary.readouterr().out) == {"result": 1}
