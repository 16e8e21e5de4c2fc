"""What may import what, seen in fresh interpreters, and the shape of the source tree."""

from __future__ import annotations

import importlib
import json
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PACKAGES = ("app", "ocr", "ui")
MODULE_LINES_LIMIT = 400
DATABASE = ("sqlalchemy", "alembic", "app.storage")
QT = ("PySide6", "shiboken6", "ui")


def test_what_a_worker_imports_has_no_database_and_no_qt() -> None:
    modules = sorted({"app.jobs.worker_process", "ocr.worker", *_modules_of_work()})

    loaded = _loaded_after(f"import {', '.join(modules)}\nfrom ocr.worker import initialise\ninitialise()")

    assert _among(loaded, (*DATABASE, *QT)) == []


def test_every_module_of_the_engine_stands_alone() -> None:
    modules = [f"{module.name}" for module in pkgutil.walk_packages([str(PROJECT / "ocr")], "ocr.")]

    loaded = _loaded_after(f"import {', '.join(modules)}")

    assert _among(loaded, (*DATABASE, *QT, "app")) == []


def test_main_script_that_workers_import_again_is_light() -> None:
    loaded = _loaded_after("import importlib\nimportlib.import_module('ui.__main__')")

    assert _among(loaded, ("PySide6", "shiboken6", "sqlalchemy", "cv2", "numpy")) == []


def test_the_command_line_does_not_load_qt() -> None:
    loaded = _loaded_after("import app.cli, app.context, app.commands.digitize, app.commands.inspect")

    assert _among(loaded, QT) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_package_markers_are_empty(package: str) -> None:
    full = [path for path in (PROJECT / package).rglob("__init__.py") if path.stat().st_size]

    assert full == []


def test_tests_have_no_package_markers() -> None:
    assert list((PROJECT / "tests").rglob("__init__.py")) == []


@pytest.mark.parametrize("directory", [*PACKAGES, "installer", "tests"])
def test_no_module_is_too_long(directory: str) -> None:
    lengths = {
        path.relative_to(PROJECT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in (PROJECT / directory).rglob("*.py")
    }

    assert {name: lines for name, lines in lengths.items() if lines > MODULE_LINES_LIMIT} == {}


def test_no_module_is_named_vaguely() -> None:
    vague = {"utils", "helpers", "common", "misc", "manager", "data"}
    modules = [path for package in PACKAGES for path in (PROJECT / package).rglob("*.py")]

    assert [path.relative_to(PROJECT).as_posix() for path in modules if path.stem in vague] == []


def _modules_of_work() -> set[str]:
    """Return the modules of all functions that job kinds send to workers, asking the kinds themselves."""
    kinds = importlib.import_module("app.jobs.kinds")
    found: set[str] = set()
    for module in pkgutil.iter_modules(kinds.__path__, "app.jobs.kinds."):
        for kind in vars(importlib.import_module(module.name)).values():
            if (
                isinstance(kind, type)
                and kind.__module__ == module.name
                and getattr(kind, "in_worker", False)
            ):
                found.add(kind.run.__module__)
    assert found, "no job kind was found"
    return found


def _loaded_after(code: str) -> list[str]:
    """Run code in a fresh interpreter and return the names of all modules it has loaded then."""
    ask = f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    answer = subprocess.run(
        [sys.executable, "-c", ask], cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False
    )
    assert answer.returncode == 0, answer.stderr
    names: list[str] = json.loads(answer.stdout.splitlines()[-1])
    return names


def _among(loaded: list[str], forbidden: tuple[str, ...]) -> list[str]:
    return [name for name in loaded if any(name == word or name.startswith(word + ".") for word in forbidden)]
