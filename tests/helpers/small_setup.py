"""A setup like the real one with a payload of some kilobytes, and a bare Wine prefix to run it in.

Everything but the payload is the shipped script: what it does with files, the registry and exit codes is the real thing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
sys.path.append(str(PROJECT / "installer"))

from setup import nsis, tools  # noqa: E402
from setup.manifest import Payload, write_manifest  # noqa: E402
from setup.signatures import Signing  # noqa: E402

LAUNCHED_S = 120
SECONDS = 1_760_000_000  # any fixed time
PATIENCE_S = 3
UNINSTALL_KEY = r"Software\Microsoft\Windows\CurrentVersion\Uninstall\Foliodesk"

# Stands for python.exe: writes down how it was called, and fails when it was told to: in every step, or in the named one.
FAKE_PYTHON = r"""
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>
int wmain(int count, wchar_t **words) {
    FILE *log = _wfopen(L"C:\\steps.log", L"a, ccs=UTF-8");
    for (int i = 1; log && i < count; i++) fwprintf(log, L"%ls%ls", i > 1 ? L"|" : L"", words[i]);
    if (log) { fwprintf(log, L"\n"); fclose(log); }
    FILE *told = fopen("C:\\steps.fail", "r");
    wchar_t step[32] = L"";
    for (int i = 1; i + 1 < count; i++)
        if (wcsstr(words[i], L"steps.py")) wcsncpy(step, words[i + 1], 31);
    if (told) {
        char named[32] = "";
        wchar_t wide[32] = L"";
        if (!fgets(named, 32, told)) return 0;
        mbstowcs(wide, named, 31);
        if (wcscmp(wide, step) == 0) { printf("disk_full\n"); return 1; }
    }
    return 0;
}
"""
# Stands for a running Foliodesk: holds a mutex, or a file (as soon as it can be opened) as a loaded library is held, until
# C:\stop or the file named last appears.
HOLDER = r"""
#include <windows.h>
#include <wchar.h>
int wmain(int count, wchar_t **words) {
    HANDLE held = NULL;
    if (wcscmp(words[1], L"mutex") == 0) held = CreateMutexW(NULL, TRUE, words[2]);
    else while ((held = CreateFileW(words[2], GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL)) == INVALID_HANDLE_VALUE)
        if (GetFileAttributesW(L"C:\\stop") != INVALID_FILE_ATTRIBUTES) return 1; else Sleep(10);
    CloseHandle(CreateFileW(L"C:\\held", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL));
    while (GetFileAttributesW(L"C:\\stop") == INVALID_FILE_ATTRIBUTES
           && (count < 4 || GetFileAttributesW(words[3]) == INVALID_FILE_ATTRIBUTES)) Sleep(50);
    return 0;
}
"""


def missing_tools() -> list[str]:
    """Return what this machine lacks to compile a setup and to run it."""
    if sys.platform == "win32":
        return ["Wine: on Windows installer/smoke_test.py drives the real setup"]
    return [name for name in ("makensis", "compiler", "wine") if tools.find(name) is None]


def compile_program(source: str, target: Path) -> None:
    """Compile a console program for Windows."""
    code = target.with_suffix(".c")
    code.write_text(source, encoding="utf-8")
    compiler = tools.need("compiler")["compiler"]
    subprocess.run([compiler, "-municode", "-O1", "-s", "-o", str(target), str(code)], check=True)
    code.unlink()


def small_payload(root: Path, version: str, python: Path, *, more: dict[str, str] | None = None) -> Payload:
    """Lay out a payload with a file of each kind; `only-VERSION.txt` is in this version alone."""
    files = {
        "python/python313.dll": f"library {version}",
        "packages/one/__init__.py": f"package {version}",
        "program/ui/__main__.py": f"program {version}",
        f"program/only-{version}.txt": version,
        "program/resources/sample/តម្រងទឹក/1.txt": "Khmer letters",
        "licences/THIRD-PARTY.txt": "everything",
        "setup/steps.py": "steps",
        "Foliodesk.exe": f"launcher {version}",
        "foliodesk.com": f"console launcher {version}",
        **(more or {}),
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    shutil.copyfile(python, root / "python" / "python.exe")
    return write_manifest(root, version, {"commit": "test"}, seconds=SECONDS)


def small_setup(
    directory: Path,
    version: str,
    python: Path,
    *,
    more: dict[str, str] | None = None,
    signing: Signing | None = None,
    compression: str = "zlib",
) -> Path:
    """Compile a setup of a small payload and return its file."""
    root = directory / f"payload-{version}"
    shutil.rmtree(root, ignore_errors=True)
    payload = small_payload(root, version, python, more=more)
    setup = directory / f"foliodesk-{version}-setup.exe"
    nsis.build_setup(
        payload,
        setup,
        version=version,
        compression=compression,
        seconds=SECONDS,
        signing=signing,
        patience_s=PATIENCE_S,
    )
    return setup


@dataclass(slots=True)
class BarePrefix:
    """A Wine prefix as Wine makes it: enough for setups, not for the program."""

    root: Path

    @property
    def drive_c(self) -> Path:
        """Where C: lies."""
        return self.root / "drive_c"

    @property
    def user(self) -> Path:
        """The user's profile."""
        return next(path for path in (self.drive_c / "users").iterdir() if path.name != "Public")

    @property
    def usual_place(self) -> Path:
        """Where a setup without /D= installs."""
        return self.user / "AppData" / "Local" / "Programs" / "Foliodesk"

    @property
    def home(self) -> Path:
        """Where the program keeps its work by default."""
        return self.user / "AppData" / "Local" / "Foliodesk"

    @property
    def environment(self) -> dict[str, str]:
        """What Wine's programs get."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if name != "DISPLAY" and not name.startswith("PYTHON")
        }
        overrides = "winemenubuilder.exe=d;mscoree,mshtml=d"
        return {
            **kept,
            "WINEPREFIX": str(self.root),
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": overrides,
            "LC_ALL": "C.UTF-8",
        }

    def start(self, *command: str | Path) -> subprocess.Popen[str]:
        """Start a Windows program with its streams on pipes, which Windows' C library needs under Wine."""
        pipe = subprocess.PIPE
        return subprocess.Popen(
            ["wine", *map(str, command)],
            env=self.environment,
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            text=True,
            errors="replace",
        )

    def run(self, *command: str | Path, timeout_s: float = LAUNCHED_S) -> subprocess.CompletedProcess[str]:
        """Run a Windows program to its end."""
        child = self.start(*command)
        try:
            out, err = child.communicate("", timeout=timeout_s)
        except subprocess.TimeoutExpired:
            child.kill()
            raise
        return subprocess.CompletedProcess(list(map(str, command)), child.returncode, out, err)

    def install(self, setup: Path, *options: str) -> int:
        """Run a setup silently and return its exit code."""
        return self.run(setup, "/S", *options).returncode

    def uninstall(self, place: Path, *options: str) -> int:
        """Run the uninstaller silently, wait for its own copy to end, and return its exit code.

        The exit code is known only for a place without spaces: `_?=` takes no quotes, and every call quotes it then.
        """
        if " " in str(place.relative_to(self.drive_c)):
            code = self.run(place / "uninstall.exe", "/S", *options).returncode
            self.wait_idle()
            return code
        copy = self.drive_c / "uninstall-copy.exe"
        shutil.copyfile(place / "uninstall.exe", copy)
        code = self.run(copy, "/S", *options, f"_?={self.windows(place)}").returncode
        copy.unlink()
        return code

    def windows(self, path: Path) -> str:
        """Return a path on C: as Windows writes it."""
        return "C:\\" + "\\".join(path.relative_to(self.drive_c).parts)

    def registered(self, name: str, key: str = UNINSTALL_KEY, root: str = "HKCU") -> str | None:
        """Return a value of the registry, or None."""
        said = self.run("reg", "query", f"{root}\\{key}", *(["/v", name] if name else ["/ve"])).stdout
        rows = [row for row in said.splitlines() if "REG_" in row]
        return rows[0].split(None, 2)[2] if rows else None

    def log(self) -> str:
        """Return what all setups have written down."""
        text = ""
        for path in self.drive_c.rglob("foliodesk-setup.log"):
            text += path.read_bytes().decode("utf-16")
        return text

    def wait_idle(self) -> None:
        """Wait until no Windows program is left."""
        subprocess.run(["wineserver", "-w"], env=self.environment, timeout=60, check=False)

    def close(self) -> None:
        """End every Windows program of the prefix."""
        subprocess.run(["wineserver", "-k"], env=self.environment, check=False, capture_output=True)


def make_bare_prefix(root: Path) -> BarePrefix:
    """Make a prefix that says it is Windows 10."""
    prefix = BarePrefix(root)
    for command in (["wineboot", "--init"], ["wine", "winecfg", "-v", "win10"], ["wineserver", "-w"]):
        subprocess.run(
            command,
            env=prefix.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LAUNCHED_S,
            check=False,
        )
    return prefix


def need_tools() -> None:
    """Skip the test, and say why, on a machine that cannot run it."""
    if absent := missing_tools():
        pytest.skip(
            f"not on this machine: {', '.join(absent)}; {tools.how_to_install(absent)}"
            if "wine" in absent
            else str(absent)
        )


@dataclass(frozen=True, slots=True)
class Setups:
    """Two versions, and the program that stands for a running Foliodesk."""

    old: Path
    new: Path
    python: Path
    holder: Path


def files_of(place: Path) -> dict[str, bytes]:
    """Return all files below a directory."""
    return {
        path.relative_to(place).as_posix(): path.read_bytes() for path in place.rglob("*") if path.is_file()
    }


def steps_of(prefix: BarePrefix) -> list[list[str]]:
    """Return how setups called their steps."""
    text = (prefix.drive_c / "steps.log").read_text(encoding="utf-8-sig")
    called = [line.split("|") for line in text.splitlines()]
    return [
        words[next(n for n, word in enumerate(words) if word.endswith("steps.py")) + 1 :] for words in called
    ]


def wait_for(path: Path) -> None:
    """Wait until a file appears."""
    for _ in range(400):
        if path.exists():
            return
        subprocess.run(["sleep", "0.05"], check=True)
    raise AssertionError(f"{path} did not appear")
