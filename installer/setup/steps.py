r"""Steps of the setup that need the program: run by the setup with the installed Python, never by people.

    python\python.exe setup\steps.py backup-database [--home DIR] --before VERSION
    python\python.exe setup\steps.py office CODE [--home DIR]
    python\python.exe setup\steps.py path add|remove --scope user|all DIRECTORY
    python\python.exe setup\steps.py work [--home DIR]
    python\python.exe setup\steps.py delete-work [--home DIR]
    python\python.exe setup\steps.py verify

--home: what /HOME= said, with variables in it or empty; FOLIODESK_HOME wins over it, as when the program starts.

Exit code 0 when done, 1 when not; one line of plain words says why. Ships with the program.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

OWN_FILES = (
    *("foliodesk.sqlite3", "foliodesk.sqlite3-*", "foliodesk.sqlite3.migration-lock", "settings.toml"),
    *("settings.toml.damaged-*", "window.ini", "window.ini.lock", ".background.role", ".window-*.role"),
    *("backup-lock", "restored.sqlite3.part", "restore-unfinished.json", ".*.part"),
)
"""The files that lie in a home beside its directories."""


def main() -> int:
    """Do one step; return an exit code."""
    parser = argparse.ArgumentParser(description="Steps of the setup.")
    steps = parser.add_subparsers(required=True)
    backup = steps.add_parser("backup-database")
    backup.add_argument("--home", default="")
    backup.add_argument("--before", required=True)
    backup.set_defaults(step=lambda options: backup_database(home_of(options.home), options.before))
    office = steps.add_parser("office")
    office.add_argument("code")
    office.add_argument("--home", default="")
    office.set_defaults(step=lambda options: choose_office(home_of(options.home), options.code))
    for name, step in (("work", tell_work), ("delete-work", delete_work)):
        work = steps.add_parser(name)
        work.add_argument("--home", default="")
        work.set_defaults(step=lambda options, step=step: step(home_of(options.home)))
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


def home_of(option: str) -> Path:
    """Say which home the program uses that was installed with /HOME=option: as the launcher does it."""
    from app.paths import default_home

    if option and not os.environ.get("FOLIODESK_HOME"):
        return Path(re.sub(r"%([^%]+)%", lambda found: os.environ.get(found[1], found[0]), option))
    return default_home()


def backup_database(home: Path, before: str) -> int:
    """Copy the database of a home into its backups; a home without one needs nothing."""
    from app.paths import HomePaths
    from app.storage.copies import copy_database

    paths = HomePaths(home)
    if not paths.database.exists():
        print(f"no database in {paths.root}")
        return 0
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%S}"
    target = paths.backups / f"before-setup-{before}-{stamp}.sqlite3"
    copy_database(paths.database, target)
    print(target)
    return 0


def choose_office(home: Path, code: str) -> int:
    """Write the office into the settings of a home that has none yet."""
    import tomllib

    from app.paths import HomePaths
    from app.settings import save_settings

    paths = HomePaths(home)
    if paths.settings.exists() and "office" in tomllib.loads(paths.settings.read_text(encoding="utf-8")):
        print(f"{paths.settings} names an office already: left as it is")
        return 0
    paths.root.mkdir(parents=True, exist_ok=True)
    save_settings(paths.settings, office=code.upper())
    print(paths.settings)
    return 0


def tell_work(home: Path) -> int:
    """Name the home when it holds work; 1 when it holds none."""
    from app.paths import HomePaths

    print(HomePaths(home).root, end="")  # as it stands, for a message
    return 0 if HomePaths(home).database.is_file() else 1


def delete_work(home: Path) -> int:
    """Delete what the program keeps in a home, by name: /HOME= may name a directory that holds other things too.

    A directory without our database is left alone. A junction goes, what it leads to stays.
    """
    from app.paths import HomePaths

    is_junction = getattr(os.path, "isjunction", os.path.islink)  # of Python 3.12
    paths = HomePaths(home)
    if not paths.database.is_file():
        print(f"no work in {paths.root}")
        return 0
    named = (paths.masters, paths.derived, paths.packages, paths.files / paths.drop.name, paths.logs)
    for directory in (*named, paths.backups, paths.owners, paths.lost_and_found):
        if directory.is_symlink() or is_junction(directory):
            directory.unlink()
        elif directory.is_dir():
            shutil.rmtree(directory)
    # The database last: while it is there, another try goes on where this one stopped.
    files = [path for pattern in OWN_FILES for path in paths.files.glob(pattern) if path.is_file()]
    for path in sorted(files, key=lambda path: path == paths.database):
        path.unlink()
    if not any(paths.files.iterdir()):
        paths.files.rmdir()
    print(f"deleted the work in {paths.root}")
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
