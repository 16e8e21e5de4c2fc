"""Builds the two programs a person starts, Foliodesk.exe and foliodesk.com, from one C source."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from setup import tools
from setup.facts import HERE, PROJECT, PUBLISHER, four_numbers

ICON = PROJECT / "resources" / "icons" / "foliodesk.ico"
FLAGS = (
    "-std=c17", "-O2", "-Wall", "-Wextra", "-Werror", "-municode", "-s", "-static",
    "-D_WIN32_WINNT=0x0A00", "-DWINVER=0x0A00", "-Wl,--no-insert-timestamp", "-Wl,--build-id=none",
    "-Wl,--dynamicbase,--nxcompat,--high-entropy-va",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Launcher:
    """One of the two: its file name, what Windows shows for it, and its subsystem's flags."""

    name: str
    description: str
    flags: tuple[str, ...]


LAUNCHERS = (
    Launcher("Foliodesk.exe", "Foliodesk", ("-mwindows",)),
    Launcher("foliodesk.com", "Foliodesk, command line", ("-mconsole", "-DCONSOLE")),
)

NAMES = tuple(launcher.name for launcher in LAUNCHERS)


def build_launchers(target: Path, version: str) -> None:
    """Compile both into target; raises BuildFailed. The same source gives the same bytes."""
    found = tools.need("compiler", "windres")
    for launcher in LAUNCHERS:
        with tempfile.TemporaryDirectory() as directory:
            scratch = Path(directory)
            _write_resources(scratch, launcher, version)
            shutil.copyfile(HERE / "launcher.c", scratch / "launcher.c")
            # Relative names and our own directory as the current one: no path of this machine gets into the file.
            tools.run(
                [
                    found["windres"],
                    "--codepage=65001",
                    "-i",
                    "launcher.rc",
                    "-O",
                    "coff",
                    "-o",
                    "resources.o",
                ],
                what="windres",
                cwd=scratch,
            )
            command = [
                found["compiler"],
                *FLAGS,
                *launcher.flags,
                "-o",
                "launcher.exe",
                "launcher.c",
                "resources.o",
            ]
            tools.run([*command, "-lshell32"], what=f"compiling {launcher.name}", cwd=scratch)
            shutil.copyfile(scratch / "launcher.exe", target / launcher.name)


def _write_resources(scratch: Path, launcher: Launcher, version: str) -> None:
    four = four_numbers(version)
    words = {
        "@FOUR@": ".".join(map(str, four)),
        "@COMMAS@": ",".join(map(str, four)),
        "@VERSION@": version,
        "@NAME@": launcher.name,
        "@DESCRIPTION@": launcher.description,
        "@PUBLISHER@": PUBLISHER,
    }
    for name in ("launcher.rc", "launcher.manifest"):
        text = (HERE / name).read_text(encoding="utf-8")
        for mark, word in words.items():
            text = text.replace(mark, word)
        (scratch / name).write_text(text, encoding="utf-8", newline="\n")
    shutil.copyfile(ICON, scratch / "foliodesk.ico")
