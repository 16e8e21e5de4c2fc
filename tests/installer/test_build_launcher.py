"""Foliodesk.exe and foliodesk.com as Windows sees them, and what they say when a part is missing."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from setup import launcher, tools

from tests.helpers.small_setup import make_bare_prefix, need_tools

# Stands for python313.dll: prints its arguments and a variable, answers with an exit code. After "load" as a package's
# library is loaded: 8 when it is not found, 9 when it is.
FAKE_LIBRARY = r"""
#include <windows.h>
#include <stdio.h>
__declspec(dllexport) int Py_Main(int count, wchar_t **words) {
    wchar_t home[300] = L"";
    char text[3000];
    DWORD written;
    GetEnvironmentVariableW(L"FOLIODESK_HOME", home, 300);
    for (int i = 1; i <= count; i++) {
        int bytes = WideCharToMultiByte(CP_UTF8, 0, i < count ? words[i] : home, -1, text, 2999, NULL, NULL);
        text[bytes - 1] = '\n';
        WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), text, bytes, &written, NULL);
    }
    if (count > 1 && wcscmp(words[count - 2], L"load") == 0)
        return LoadLibraryExW(words[count - 1], NULL, LOAD_LIBRARY_SEARCH_DEFAULT_DIRS) ? 9 : 8;
    return 7;
}
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    need_tools()
    directory = tmp_path_factory.mktemp("launchers")
    launcher.build_launchers(directory, "1.2.3")
    return directory


def test_same_source_gives_the_same_bytes(built: Path, tmp_path: Path) -> None:
    launcher.build_launchers(tmp_path, "1.2.3")
    for name in launcher.NAMES:
        assert (tmp_path / name).read_bytes() == (built / name).read_bytes()


def test_windows_sees_version_manifest_and_subsystem(built: Path) -> None:
    for name, subsystem in (("Foliodesk.exe", 2), ("foliodesk.com", 3)):
        data = (built / name).read_bytes()
        header = int.from_bytes(data[0x3C:0x40], "little")
        assert int.from_bytes(data[header + 24 + 68 : header + 24 + 70], "little") == subsystem
        assert "1.2.3".encode("utf-16-le") in data
        assert name.encode("utf-16-le") in data
        for wanted in (
            b"longPathAware",
            b"PerMonitorV2",
            b"asInvoker",
            b"8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a",
        ):
            assert wanted in data
        assert not re.search(rb"(?i)/(tmp|home|work)/", data)


def test_runs_the_program_with_its_arguments_and_answers_with_its_exit_code(
    built: Path, tmp_path: Path
) -> None:
    need_tools()
    prefix = make_bare_prefix(tmp_path / "wine")
    try:
        place = prefix.drive_c / "A ខ្មែរ place"
        _lay_out(built, place)
        (prefix.drive_c / "pages 1.tif").touch()
        done = prefix.run(place / "foliodesk.com", "digitize", "paper folder", "តម្រងទឹក", 'a "quoted" word')
        assert done.returncode == 7
        words = ["-B", "-X", "utf8", "-m", "ui", "digitize", "paper folder", "តម្រងទឹក", 'a "quoted" word', ""]
        assert done.stdout.replace("\r", "").splitlines() == words

        worker = ["-c", "from multiprocessing.spawn import spawn_main", "--multiprocessing-fork"]
        assert prefix.run(place / "foliodesk.com", *worker).stdout.splitlines()[:-1] == worker

        (place / "install.ini").write_bytes(
            '\ufeff[foliodesk]\r\nhome="C:\\work of ខ្មែរ"\r\n'.encode("utf-16-le")
        )
        assert prefix.run(place / "foliodesk.com").stdout.splitlines()[-1] == r"C:\work of ខ្មែរ"

        assert "pages *.tif" in prefix.run(place / "foliodesk.com", "pages *.tif").stdout.splitlines()

        (place / "~old").mkdir()
        done = prefix.run(place / "foliodesk.com")
        assert done.returncode == 3
        assert "A setup of Foliodesk is at work, or was interrupted." in done.stderr
        (place / "~old").rmdir()

        assert prefix.run(place / "foliodesk.com", "load", "runtime.dll").returncode == 8
        shutil.copyfile(place / "python" / "python313.dll", place / "python" / "runtime.dll")
        assert prefix.run(place / "foliodesk.com", "load", "runtime.dll").returncode == 9

        shutil.rmtree(place / "packages")
        done = prefix.run(place / "foliodesk.com", "digitize")
        assert done.returncode == 3
        assert "packages" in done.stderr
        assert "Run the setup file of Foliodesk again" in done.stderr

        prefix.run("winecfg", "-v", "win81")
        done = prefix.run(place / "foliodesk.com")
        assert done.returncode == 3
        assert "Windows 10 version 1809" in done.stderr
    finally:
        prefix.close()


def _lay_out(built: Path, place: Path) -> None:
    for name in ("python/Lib", "packages", "program/ui"):
        (place / name).mkdir(parents=True)
    for name in ("python/python313._pth", "python/Lib/os.py", "program/ui/__main__.py"):
        (place / name).touch()
    for name in launcher.NAMES:
        shutil.copyfile(built / name, place / name)
    source = place / "library.c"
    source.write_text(FAKE_LIBRARY, encoding="utf-8")
    compiler = tools.need("compiler")["compiler"]
    target = place / "python" / "python313.dll"
    subprocess.run([compiler, "-shared", "-s", "-o", str(target), str(source)], check=True)
