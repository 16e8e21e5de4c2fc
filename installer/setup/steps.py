r"""Steps of the setup that need the program: run by the setup with the installed Python, never by people.

    python\python.exe setup\steps.py backup-database [--home DIR] --before VERSION
    python\python.exe setup\steps.py office CODE [--home DIR]
    python\python.exe setup\steps.py path add|remove --scope user|all DIRECTORY
    python\python.exe setup\steps.py verify

Exit code 0 when done, 1 when not; one line of plain words says why. Ships with the program.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path


def main() -> int:
    """Do one step; return an exit code."""
    parser = argparse.ArgumentParser(description="Steps of the setup.")
    steps = parser.add_subparsers(required=True)
    backup = steps.add_parser("backup-database")
    backup.add_argument("--home", type=Path)
    backup.add_argument("--before", required=True)
    backup.set_defaults(step=lambda options: backup_database(options.home, options.before))
    office = steps.add_parser("office")
    office.add_argument("code")
    office.add_argument("--home", type=Path)
    office.set_defaults(step=lambda options: choose_office(options.home, options.code))
    path = steps.add_parser("path")
    path.add_argument("change", choices=("add", "remove"))
    path.add_argument("--scope", choices=("user", "all"), required=True)
    path.add_argument("directory")
    path.set_defaults(step=lambda options: change_path(options.change, options.scope, options.directory))
    verify = steps.add_parser("verify")
    verify.set_defaults(step=lambda _options: verify_files(Path(__file__).resolve().parents[1]))
    options = parser.parse_args()
    try:
        return int(options.step(options))
    except Exception as exc:  # noqa: BLE001  # the root of a process; the setup shows the line
        print(f"{type(exc).__name__}: {exc}")
        return 1


def backup_database(home: Path | None, before: str) -> int:
    """Copy the database of a home into its backups; a home without one needs nothing."""
    from app.paths import HomePaths, default_home
    from app.storage.copies import copy_database

    paths = HomePaths(home or default_home())
    if not paths.database.exists():
        print(f"no database in {paths.root}")
        return 0
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%S}"
    target = paths.backups / f"before-setup-{before}-{stamp}.sqlite3"
    copy_database(paths.database, target)
    print(target)
    return 0


def choose_office(home: Path | None, code: str) -> int:
    """Write the office into the settings of a home that has none yet."""
    import tomllib

    from app.paths import HomePaths, default_home
    from app.settings import save_settings

    paths = HomePaths(home or default_home())
    if paths.settings.exists() and "office" in tomllib.loads(paths.settings.read_text(encoding="utf-8")):
        print(f"{paths.settings} names an office already: left as it is")
        return 0
    paths.root.mkdir(parents=True, exist_ok=True)
    save_settings(paths.settings, office=code.upper())
    print(paths.settings)
    return 0


def change_path(change: str, scope: str, directory: str) -> int:
    """Add a directory to the PATH of the user or the PC, or take it out; everything else in it stays as it is."""
    import winreg

    root, key_name = (
        (winreg.HKEY_CURRENT_USER, "Environment")
        if scope == "user"
        else (winreg.HKEY_LOCAL_MACHINE, r"SYSTEM\CurrentControlSet\Control\Session Manager\Environment")
    )
    with winreg.CreateKeyEx(root, key_name, 0, winreg.KEY_READ | winreg.KEY_WRITE) as key:
        try:
            value, kind = winreg.QueryValueEx(key, "Path")
        except FileNotFoundError:
            value, kind = "", winreg.REG_EXPAND_SZ
        wanted = path_after(str(value), change, directory)
        if wanted == value:
            return 0
        if wanted:
            winreg.SetValueEx(key, "Path", 0, kind, wanted)
        else:
            winreg.DeleteValue(key, "Path")
    _tell_windows()
    return 0


def path_after(value: str, change: str, directory: str) -> str:
    """Return a PATH with the directory added at its end, or without it."""
    ours = directory.rstrip("\\").lower()
    kept = [part for part in value.split(";") if part.strip().strip('"').rstrip("\\").lower() != ours]
    if change == "add":
        kept = [*(part for part in kept if part), directory]
    return ";".join(kept)


def verify_files(root: Path) -> int:
    """Compare all files with manifest.json and name what is missing or changed."""
    manifest = json.loads((root / "manifest.json").read_text(encoding="utf-8"))
    wrong = 0
    for entry in manifest["files"]:
        path = root / entry["path"]
        try:
            with path.open("rb") as stream:
                same = hashlib.file_digest(stream, "sha256").hexdigest() == entry["sha256"]
        except OSError:
            print(f"missing: {entry['path']}")
            wrong += 1
            continue
        if not same:
            print(f"changed: {entry['path']}")
            wrong += 1
    print(f"{len(manifest['files'])} files, {wrong} wrong")
    return 1 if wrong else 0


def _tell_windows() -> None:
    """Let programs that are started from now on see the new PATH (WM_SETTINGCHANGE to all windows)."""
    if os.name == "nt":
        import ctypes

        result = ctypes.c_ulong()
        ctypes.windll.user32.SendMessageTimeoutW(  # type: ignore[attr-defined]  # Windows only
            0xFFFF, 0x001A, 0, "Environment", 0x0002, 2000, ctypes.byref(result)
        )


if __name__ == "__main__":
    sys.exit(main())
