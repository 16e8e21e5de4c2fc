"""A miniature project with the real installer, one tiny package in a wheelhouse, and a program that echoes."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.helpers.small_setup import (
    FAKE_PYTHON,
    HOLDER,
    BarePrefix,
    Setups,
    compile_program,
    make_bare_prefix,
    need_tools,
    small_setup,
)

INSTALLER = Path(__file__).resolve().parents[2] / "installer"
START_TIMEOUT_S = 180
sys.path.append(str(INSTALLER))  # last: some of its modules have names of the standard library's

PROGRAM = """
import json, os, sys
import tinypart
arguments = sys.argv[1:]
if arguments[:1] == ["exit"]:
    sys.exit(int(arguments[1]))
if arguments[:1] == ["digitize"] and "--json" in arguments:
    print(json.dumps(json.loads(os.environ["TINY_REPORT"])))
    sys.exit(int(os.environ["TINY_EXIT"]))
print(json.dumps({"arguments": arguments, "cwd": os.getcwd(), "part": tinypart.VERSION}))
"""


@dataclass(frozen=True, slots=True)
class MiniatureProject:
    """A project directory in which run.py works for real, quickly and without a network."""

    root: Path
    wheelhouse: Path

    @property
    def stamp(self) -> Path:
        return self.root / ".venv" / "foliodesk-stamp.json"

    @property
    def log(self) -> Path:
        return self.root / ".venv" / "foliodesk-setup.log"

    @property
    def site_packages(self) -> Path:
        inside = "Lib/site-packages" if os.name == "nt" else "lib/python*/site-packages"
        return next((self.root / ".venv").glob(inside))

    def offer(self, version: str, *, filler_files: int = 0) -> None:
        """Put a version of the tiny package into the wheelhouse and pin it in the lock."""
        wheel = build_wheel(self.wheelhouse, version, filler_files)
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        lock = self.root / "installer" / "lock.txt"
        lock.write_text(f"tinypart=={version} \\\n    --hash=sha256:{digest}\n", encoding="utf-8")

    def command(self, *arguments: str, prelude: str = "") -> list[str]:
        """Return the command of a start; prelude: Python run first, to pretend another kind of machine."""
        script = str(self.root / "installer" / "run.py")
        if not prelude:
            return [sys.executable, script, *arguments]
        code = f"import runpy, sys\nsys.argv[:] = {[script, *arguments]!r}\nsys.path[0] = {str(Path(script).parent)!r}\n"
        code += f"{prelude}\nrunpy.run_path({script!r}, run_name='__main__')"
        return [sys.executable, "-c", code]

    def environment(self, **more: str) -> dict[str, str]:
        """Return an environment of its own: no pip settings of this machine, no display, no system packages."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
            kept.pop(name, None)
        kept |= {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_CACHE_DIR": "1", "FOLIODESK_NO_SYSTEM_PACKAGES": "1"}
        return kept | {"FOLIODESK_WHEELHOUSE": str(self.wheelhouse)} | more

    def start(
        self, *arguments: str, prelude: str = "", cwd: Path | None = None, **more: str
    ) -> subprocess.CompletedProcess[str]:
        """Run the start to its end."""
        return subprocess.run(
            self.command(*arguments, prelude=prelude),
            env=self.environment(**more),
            cwd=cwd or self.root.parent,
            capture_output=True,
            encoding="utf-8",
            timeout=START_TIMEOUT_S,
            check=False,
        )

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        """Begin a start and return the running process."""
        return subprocess.Popen(
            self.command(*arguments),
            env=self.environment(),
            cwd=self.root.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )


def build_wheel(directory: Path, version: str, filler_files: int) -> Path:
    """Write a wheel of the package `tinypart`; filler_files make its installation take noticeable time."""
    info = f"tinypart-{version}.dist-info"
    files = {"tinypart/__init__.py": f"VERSION = {version!r}\n"}
    files |= {f"tinypart/filler_{number}.py": f"NUMBER = {number}\n" * 50 for number in range(filler_files)}
    files[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: tinypart\nVersion: {version}\n"
    files[f"{info}/WHEEL"] = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    record = [f"{name},sha256={_digest(text)},{len(text.encode())}" for name, text in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,"]) + "\n"
    target = directory / f"tinypart-{version}-py3-none-any.whl"
    with zipfile.ZipFile(target, "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
    return target


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture(scope="session")
def bare_environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with pip alone, made once: copying it takes a tenth of the time of making it."""
    target = tmp_path_factory.mktemp("bare") / ".venv"
    base = getattr(sys, "_base_executable", sys.executable)
    subprocess.run([base, "-I", "-m", "venv", str(target)], check=True)
    return target


@pytest.fixture
def fresh(tmp_path: Path) -> MiniatureProject:
    """A project that was never started."""
    root = tmp_path / "project with spaces"
    (root / "installer").mkdir(parents=True)
    for source in INSTALLER.glob("*.py"):
        shutil.copy(source, root / "installer")
    program = root / "ui"
    program.mkdir()
    (program / "__init__.py").touch()
    (program / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    wheelhouse = tmp_path / "wheelhouse"
    wheelhouse.mkdir()
    project = MiniatureProject(root, wheelhouse)
    project.offer("1.0")
    return project


@pytest.fixture
def miniature(fresh: MiniatureProject, bare_environment: Path) -> MiniatureProject:
    """A project whose first start got no further than the bare environment."""
    shutil.copytree(bare_environment, fresh.root / ".venv", symlinks=True)
    return fresh


@pytest.fixture(scope="session")
def setups(tmp_path_factory: pytest.TempPathFactory) -> Setups:
    need_tools()
    directory = tmp_path_factory.mktemp("setups")
    python, holder = directory / "python.exe", directory / "holder.exe"
    compile_program(FAKE_PYTHON, python)
    compile_program(HOLDER, holder)
    return Setups(
        small_setup(directory, "1.2.0", python), small_setup(directory, "1.10.0", python), python, holder
    )


@pytest.fixture(scope="session")
def made_prefix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BarePrefix]:
    need_tools()
    prefix = make_bare_prefix(tmp_path_factory.mktemp("wine"))
    yield prefix
    prefix.close()


@pytest.fixture
def prefix(made_prefix: BarePrefix) -> Iterator[BarePrefix]:
    """The prefix as it was made: what a test installed is taken away again."""
    yield made_prefix
    (made_prefix.drive_c / "stop").touch()
    made_prefix.wait_idle()
    for place in [made_prefix.usual_place, *made_prefix.drive_c.glob("* *"), made_prefix.home]:
        if place.name not in ("Program Files", "Program Files (x86)"):
            shutil.rmtree(place, ignore_errors=True)
    for name in ("steps.log", "steps.fail", "stop", "held"):
        (made_prefix.drive_c / name).unlink(missing_ok=True)
    for name in ("foliodesk-setup.log", "Foliodesk.lnk"):
        for left in made_prefix.drive_c.rglob(name):
            left.unlink()
    made_prefix.run(
        "reg", "delete", r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\Foliodesk", "/f"
    )
