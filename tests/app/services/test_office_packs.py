"""Packs between offices: whole or not at all, told by version and hash, in force before the shipped ones."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from app import cli
from app.commands.inspect import Call, inspect_call
from app.context import AppContext
from app.domain.application_number import ApplicationNumber
from app.domain.offices import OfficeDataInvalid
from app.errors import Conflict, MachineError, OperatorError
from app.paths import HomePaths, offices_dir
from app.services import office_packs
from app.services.office_packs import check_pack, export_pack, import_pack, pack_files
from app.storage.backup import backup, restore
from ocr.long_paths import shown
from tests.helpers.home_builder import build_home
from ui.texts import sentence

AUDIT = "SELECT who, action, facts FROM audit WHERE subject = 'office' ORDER BY id"

KHMER = (offices_dir() / "kh.toml").read_text(encoding="utf-8")


def pack(
    tmp_path: Path, *changes: tuple[str, str], version: int = 2, name: str = "from elsewhere.toml"
) -> Path:
    text = KHMER.replace("version = 1", f"version = {version}", 1)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def files_of(home: HomePaths) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in home.offices.glob("*")} if home.offices.exists() else {}


@pytest.fixture
def home(tmp_path: Path) -> HomePaths:
    return HomePaths(tmp_path / "home").make()


def test_a_pack_taken_in_is_what_numbers_are_read_by(home: HomePaths, tmp_path: Path) -> None:
    wider = pack(tmp_path, (r"^KH/D/(?P<year>\d{4})", r"^KH/(?:D|DS)/(?P<year>\d{4})"))

    taken = import_pack(home, wider, who="Dara")

    assert (taken.is_new, taken.before, taken.pack.profile.version) == (True, None, 2)
    assert (home.offices / "kh.toml").read_bytes() == wider.read_bytes()
    with AppContext.open(home.root, background=False) as program:
        number = ApplicationNumber.parse("KH/DS/2019/125", program.office("KH"))
        assert number.canonical == "KH/D/2019/00125"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (('"KH/D/2019/00125"', '"KH/X/2019/00125"'), "format_example_fails"),
        ((r"(?P<serial>\d{1,6})", r"(?P<serial>(?:\d+)+)"), "format_pattern_too_slow"),
        (("start_year = 1950", "start_year = "), "office_file_unreadable"),
        (('code = "KH"', 'code = "LX"'), "format_id_twice"),
    ],
)
def test_a_wrong_pack_changes_nothing_and_is_told_with_its_place(
    home: HomePaths, tmp_path: Path, change: tuple[str, str], code: str
) -> None:
    import_pack(home, pack(tmp_path), who="Dara")
    before = files_of(home)

    with pytest.raises(OfficeDataInvalid) as caught:
        import_pack(home, pack(tmp_path, change, version=3), who="Dara", replace=True)

    assert (caught.value.code, caught.value.facts["file"]) == (code, "from elsewhere.toml")
    assert files_of(home) == before
    told = sentence(caught.value.code, caught.value.facts)
    assert "from elsewhere.toml" in told
    assert "correct it" in told


def test_a_pack_that_is_no_newer_is_only_taken_when_told_to(home: HomePaths, tmp_path: Path) -> None:
    import_pack(home, pack(tmp_path, version=5), who="Dara")
    older = pack(tmp_path, ('name = "Cambodia"', 'name = "Kampuchea"'), version=5)
    with pytest.raises(Conflict, match="office_pack_not_newer"):
        import_pack(home, older, who="Dara")
    assert import_pack(home, older, who="Dara", replace=True).is_new
    assert not import_pack(home, older, who="Dara").is_new
    assert set(files_of(home)) == {"kh.toml", "kh.toml.before"}


def test_a_damaged_pack_of_the_home_is_told_and_mended_by_importing_again(
    home: HomePaths, tmp_path: Path
) -> None:
    import_pack(home, pack(tmp_path), who="Dara")
    (home.offices / "kh.toml").write_bytes(b"code = 'KH'\n")

    with pytest.raises(OfficeDataInvalid) as caught:
        AppContext.open(home.root, background=False)
    assert caught.value.code == "office_key_missing"
    assert caught.value.facts["file"] == shown(str(home.offices / "kh.toml"))
    assert [each.error.code for each in pack_files(home) if each.error] == ["office_key_missing"]

    assert import_pack(home, pack(tmp_path), who="Dara").is_new
    AppContext.open(home.root, background=False).close()


def test_a_pack_under_another_name_in_the_home_is_not_doubled(home: HomePaths, tmp_path: Path) -> None:
    home.offices.mkdir()
    pack(home.offices, name="mine.toml")
    with pytest.raises(OfficeDataInvalid, match="office_code_twice") as caught:
        import_pack(home, pack(tmp_path, version=3), who="Dara")
    assert caught.value.facts["file"] == "mine.toml"


def test_an_import_into_a_home_with_data_is_in_the_audit(tmp_path: Path) -> None:
    built = build_home(tmp_path / "home")
    source = pack(tmp_path)
    import_pack(built.paths, source, who="Dara")
    with closing(sqlite3.connect(built.paths.database)) as connection:
        (row,) = connection.execute(
            "SELECT who, facts FROM audit WHERE action = 'office_pack_taken_in'"
        ).fetchall()
    assert row[0] == "Dara"
    assert hashlib.sha256(source.read_bytes()).hexdigest() in row[1]


def test_the_first_thing_taken_into_a_home_is_in_the_audit_at_once(tmp_path: Path) -> None:
    new = HomePaths(tmp_path / "not there yet")
    import_pack(new, pack(tmp_path), who="Dara")
    AppContext.open(new.root, background=False).close()
    with closing(sqlite3.connect(new.database)) as connection:
        rows = connection.execute("SELECT who, action FROM audit WHERE subject = 'office'").fetchall()
    assert rows == [("Dara", "office_pack_taken_in")]


def test_a_pack_that_is_refused_makes_no_home(tmp_path: Path) -> None:
    new = HomePaths(tmp_path / "not there yet")
    with pytest.raises(Conflict, match="office_pack_not_newer"):
        import_pack(new, pack(tmp_path, ('name = "Cambodia"', 'name = "Kampuchea"'), version=1), who="Dara")
    assert not new.root.exists()


def test_a_disk_that_fails_leaves_pack_and_audit_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = build_home(tmp_path / "home")
    import_pack(built.paths, pack(tmp_path), who="Dara")
    before = files_of(built.paths)

    def fail(_content: bytes, _path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(office_packs, "_write", fail)
    with pytest.raises(Exception, match="disk_full"):
        import_pack(built.paths, pack(tmp_path, version=3), who="Dara")
    assert files_of(built.paths) == before
    with closing(sqlite3.connect(built.paths.database)) as connection:
        count = "SELECT count(*) FROM audit WHERE action = 'office_pack_taken_in'"
        assert connection.execute(count).fetchone() == (1,)


@pytest.mark.parametrize("was_there", [True, False])
def test_a_pack_whose_audit_row_cannot_be_kept_goes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, was_there: bool
) -> None:
    built = build_home(tmp_path / "home")
    if was_there:
        import_pack(built.paths, pack(tmp_path), who="Dara")
    before = files_of(built.paths).get("kh.toml")

    def fail(_directory: Path) -> None:
        raise MachineError("database_busy", retryable=True)

    monkeypatch.setattr(office_packs, "sync_directory", fail)
    with pytest.raises(MachineError, match="database_busy"):
        import_pack(built.paths, pack(tmp_path, version=3), who="Dara")
    assert files_of(built.paths).get("kh.toml") == before


def test_what_was_exported_is_imported_elsewhere_byte_by_byte(home: HomePaths, tmp_path: Path) -> None:
    import_pack(home, pack(tmp_path), who="Dara")
    exported, path = export_pack(home, "KH", tmp_path / "to Laos.toml")
    other = HomePaths(tmp_path / "other").make()
    taken = import_pack(other, path, who="Noy")
    assert taken.pack.sha256 == exported.sha256
    assert files_of(other) == {"kh.toml": path.read_bytes()}
    with pytest.raises(OperatorError, match="office_export_exists"):
        export_pack(home, "LA", path)
    assert files_of(other) == {"kh.toml": path.read_bytes()}
    assert export_pack(home, "LA", tmp_path)[1] == tmp_path / "la.toml"


@pytest.mark.parametrize("shipped", sorted(offices_dir().glob("*.toml")), ids=lambda path: path.stem)
def test_every_shipped_pack_can_be_exported_and_taken_in(
    home: HomePaths, tmp_path: Path, shipped: Path
) -> None:
    _, path = export_pack(home, shipped.stem.upper(), tmp_path)
    assert check_pack(home, path).profile.code == shipped.stem.upper()
    assert import_pack(home, path, who="Dara").is_new


def test_a_backup_holds_the_packs_of_the_home(tmp_path: Path) -> None:
    built = build_home(tmp_path / "home")
    import_pack(built.paths, pack(tmp_path), who="Dara")
    backup(built.paths, tmp_path / "usb")
    again = HomePaths(tmp_path / "again")
    restore(tmp_path / "usb", again)
    assert (again.offices / "kh.toml").read_bytes() == (built.paths.offices / "kh.toml").read_bytes()


def test_a_restore_puts_packs_aside_that_are_not_the_backups(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    built = build_home(tmp_path / "home")
    import_pack(built.paths, pack(tmp_path), who="Dara")
    backup(built.paths, tmp_path / "usb")
    other = build_home(tmp_path / "other").paths
    mine = pack(tmp_path, version=3)
    import_pack(other, mine, who="Noy")
    lao = (offices_dir() / "la.toml").read_bytes()
    (other.offices / "la.toml").write_bytes(lao)

    assert run("restore", tmp_path / "usb", "--home", other.root, "--replace") == 0

    assert {path.name for path in other.offices.glob("*.toml")} == {"kh.toml"}
    assert (other.offices / "kh.toml").read_bytes() == (built.paths.offices / "kh.toml").read_bytes()
    (aside,) = other.backups.glob("replaced-*-offices")
    assert (aside / "la.toml").read_bytes() == lao
    assert (aside / "kh.toml").read_bytes() == mine.read_bytes()
    assert (other.backups / f"{aside.name.removesuffix('-offices')}.sqlite3").exists()
    assert "la.toml" in capsys.readouterr().err


def run(*arguments: object) -> int:
    return cli.run([str(each) for each in arguments], words=sentence)


def test_the_command_line_lists_checks_exports_and_imports(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ("--home", tmp_path / "home")
    source = pack(tmp_path)
    assert run("office", "check", source, *at) == 0
    assert "KH Cambodia, version 2" in capsys.readouterr().out
    assert not (tmp_path / "home").exists()  # a check keeps nothing
    assert run("office", "import", source, *at) == 0
    assert "to be confirmed with the office: KH-patent, KH-um" in capsys.readouterr().out
    assert run("office", "list", *at) == 0
    listed = capsys.readouterr().out.splitlines()
    mine, shipped = (line for line in listed if line.startswith("KH "))
    assert "version 2" in mine
    assert str(tmp_path / "home") in mine
    assert "shipped with the program" in shipped
    assert "not in force" in shipped
    assert run("office", "export", "kh", tmp_path / "out.toml", *at) == 0
    assert (tmp_path / "out.toml").read_bytes() == source.read_bytes()
    assert run("office", "check", *at) == 0
    assert capsys.readouterr().out.count("✓") == len(listed)


def test_the_command_line_names_file_and_key_of_a_wrong_pack(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ("--home", tmp_path / "home")
    wrong = pack(tmp_path, ('date_order = "dmy"', 'date_order = "dym"'))
    assert run("office", "import", wrong, *at) == 2
    told = capsys.readouterr().err
    assert all(each in told for each in ("from elsewhere.toml", "date_order", "dym", "dmy|mdy"))
    assert run("office", "import", tmp_path / "nowhere.toml", *at) == 2
    assert "nowhere.toml" in capsys.readouterr().err
    assert not (tmp_path / "home" / "offices").exists()
    (tmp_path / "home" / "offices").mkdir(parents=True)
    (tmp_path / "home" / "offices" / "la.toml").write_bytes(b"\x00")
    assert run("office", "list", *at) == 1
    assert "✕" in capsys.readouterr().out


def audit_of(home: HomePaths) -> list[tuple[str, str, str]]:
    with closing(sqlite3.connect(home.database)) as connection:
        return connection.execute(AUDIT).fetchall()


@pytest.fixture
def newer_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that ships version 7 of Cambodia's pack."""
    shipped = tmp_path / "shipped"
    shutil.copytree(offices_dir(), shipped)
    (shipped / "kh.toml").write_text(KHMER.replace("version = 1", "version = 7", 1), encoding="utf-8")
    for module in ("app.services.office_packs", "app.context", "app.commands.inspect"):
        monkeypatch.setattr(f"{module}.offices_dir", lambda: shipped)
    return shipped


@pytest.mark.usefixtures("newer_program")
def test_a_pack_older_than_the_shipped_one_in_force_is_only_taken_when_told_to(
    home: HomePaths, tmp_path: Path
) -> None:
    with pytest.raises(Conflict, match="office_pack_not_newer") as caught:
        import_pack(home, pack(tmp_path), who="Dara")
    assert (caught.value.facts["version"], caught.value.facts["there"]) == (2, 7)
    assert files_of(home) == {}
    assert import_pack(home, pack(tmp_path), who="Dara", replace=True).is_new


def test_a_pack_of_the_home_older_than_what_the_program_brings_is_told_at_the_start(
    home: HomePaths, tmp_path: Path, newer_program: Path
) -> None:
    import_pack(home, pack(tmp_path), who="Dara", replace=True)
    with AppContext.open(home.root, background=False) as program:
        (told,) = [each for each in program.settings_problems if each.code.startswith("office")]
        assert program.office("KH").version == 2
    assert told.code == "office_pack_older"
    words = sentence(told.code, told.facts)
    assert all(each in words for each in (shown(str(home.offices / "kh.toml")), "version 2", "version 7"))


def test_a_clash_with_a_shipped_pack_stops_only_the_office_of_the_homes_pack(
    home: HomePaths, newer_program: Path, tmp_path: Path
) -> None:
    import_pack(home, pack(tmp_path, ('id = "KH-patent"', 'id = "KH-own"'), version=8), who="Dara")
    lao = (newer_program / "la.toml").read_text(encoding="utf-8")
    assert "LA-patent" in lao
    (newer_program / "la.toml").write_text(lao.replace("LA-patent", "KH-own"), encoding="utf-8")
    with AppContext.open(home.root, background=False) as program:
        told = [each for each in program.settings_problems if each.code == "office_pack_aside"]
        assert "LA" in program.offices
        with pytest.raises(OfficeDataInvalid, match="office_unknown"):
            program.office("KH")
    call = Call((tmp_path,), None, "KH", "fake", None, home.root)
    with pytest.raises(OfficeDataInvalid, match="office_pack_aside"):
        inspect_call(call)
    elsewhere = pack(tmp_path, name="thai.toml")
    elsewhere.write_bytes((offices_dir() / "th.toml").read_bytes())
    assert import_pack(home, elsewhere, who="Dara").is_new
    words = sentence(told[0].code, told[0].facts)
    mine, theirs = shown(str(home.offices / "kh.toml")), str(newer_program / "la.toml")
    assert 0 < words.index(mine) < words.index(theirs)
    assert "office_pack_aside" in {each.error.code for each in pack_files(home) if each.error}


@pytest.mark.parametrize("was_there", [True, False])
def test_a_kill_between_file_and_commit_leaves_no_pack_without_its_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, was_there: bool
) -> None:
    built = build_home(tmp_path / "home")
    if was_there:
        import_pack(built.paths, pack(tmp_path), who="Dara")
    source = pack(tmp_path, version=3)
    killed = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from app.paths import HomePaths\n"
        "from app.services import office_packs\n"
        "office_packs.sync_directory = lambda _directory: os._exit(9)\n"
        "office_packs.import_pack(HomePaths(Path(sys.argv[1])), Path(sys.argv[2]), who='Dara')\n"
    )
    ended = subprocess.run([sys.executable, "-c", killed, built.paths.root, source], check=False)
    assert ended.returncode == 9
    assert (built.paths.offices / "kh.toml").read_bytes() == source.read_bytes()
    assert len(audit_of(built.paths)) == int(was_there)
    for _ in range(2):
        AppContext.open(built.paths.root, background=False).close()
    rows = audit_of(built.paths)
    assert [action for _, action, _ in rows[int(was_there) :]] == ["office_pack_found"]
    assert hashlib.sha256(source.read_bytes()).hexdigest() in rows[-1][2]


def test_the_look_at_what_lies_there_is_under_the_write_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = build_home(tmp_path / "home")
    locked = []
    usual = office_packs._before

    def look(place: Path) -> object:
        with closing(sqlite3.connect(built.paths.database, timeout=0.0)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
                locked.append(False)
            except sqlite3.OperationalError:
                locked.append(True)
        return usual(place)

    monkeypatch.setattr(office_packs, "_before", look)
    import_pack(built.paths, pack(tmp_path), who="Dara")
    assert locked == [True]
