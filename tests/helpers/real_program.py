"""The real program as a process of its own: started, watched, killed, and what it left looked at.

Only processes that were started here are ever ended.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import zxingcpp
from PIL import Image, ImageDraw

from ocr.sheet_codes import folder_code
from tests.helpers.under_wine import is_wine

PROJECT = Path(__file__).resolve().parents[2]
# What a worker may need to notice that its program is gone: 2.7 s was the longest of 30 with six others at
# work on two cores (it was still loading its libraries), 0.01 s the usual.
WORKER_GRACE_S = 10.0
BEGUN_BYTES = 8_000_000  # 3 MB before Python has begun (measured under Wine), 25 MB after


@dataclass
class Site:
    """A home, a drop folder, paper folders to digitize, and the variables the program is started with."""

    root: Path
    variables: dict[str, str] = field(default_factory=dict)
    office: str = "KH"
    languages: str = "eng"
    workers: int = 1

    def __post_init__(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        self.home = self.root / "home"
        self.drop = self.root / "office"
        self.paper = self.root / "paper"
        self.paper.mkdir(exist_ok=True)
        self.log = self.root / "stderr.txt"
        text = self.root / "fake.txt"
        text.write_text("a line of text\n", encoding="utf-8")
        self.variables = {
            "FOLIODESK_ENGINE": "fake",
            "FOLIODESK_FAKE_TEXT": str(text),
            **self.variables,
        }

    @property
    def database(self) -> Path:
        return self.home / "foliodesk.sqlite3"

    def digitize_arguments(self, *paths: Path) -> list[str]:
        """The usual command over these paths (all paper when none are named)."""
        return [
            "digitize",
            *map(str, paths or (self.paper,)),
            *("--home", str(self.home), "--office", self.office, "--to", str(self.drop)),
            *("--languages", self.languages, "--workers", str(self.workers), "--json"),
        ]

    def start(self, *arguments: str, **variables: str) -> subprocess.Popen[bytes]:
        """Start the program (the usual digitize without arguments) in a process group of its own."""
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [*program(), *(arguments or self.digitize_arguments())],
                cwd=PROJECT,
                stdout=subprocess.PIPE,
                stderr=log,
                env=environment({**self.variables, **variables}),
                **_own_group(),
            )

    def run(self, *arguments: str, timeout_s: float = 120.0, **variables: str) -> Finished:
        """Run the program to its end; fails the test when it takes longer than timeout_s."""
        process = self.start(*arguments, **variables)
        return self.finish(process, timeout_s=timeout_s)

    def finish(self, process: subprocess.Popen[bytes], *, timeout_s: float = 120.0) -> Finished:
        """Wait for a started program."""
        try:
            content, _ = process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            end_tree(process)
            raise AssertionError(f"still running after {timeout_s} s\n{self.said()}") from None
        return Finished(process.returncode, content.decode("utf-8"), self.said())

    def said(self) -> str:
        """Everything the program wrote to standard error so far."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the home's database, read-only."""
        with closing(
            sqlite3.connect(f"{self.database.as_uri()}?mode=ro", uri=True, timeout=10)
        ) as connection:
            return connection.execute(statement, values).fetchall()

    def value(self, statement: str, *values: object) -> Any:
        """The first value of a question; None while there is no answer (no file or table yet)."""
        try:
            found = self.rows(statement, *values)
        except sqlite3.Error:
            return None
        return found[0][0] if found else None

    def folder(
        self, number: int, *, pages: int = 2, name: str | None = None, dark: Sequence[int] = ()
    ) -> Path:
        """Draw a paper folder whose pages carry a code with its number; dark: pages that are nearly black."""
        return draw_folder(self.paper, number, pages=pages, name=name, dark=dark)


@dataclass(frozen=True)
class Finished:
    """How a program ended: what it printed is JSON unless it failed."""

    code: int
    output: str
    said: str

    @property
    def report(self) -> dict[str, Any]:
        assert self.output, f"nothing printed (exit code {self.code}):\n{self.said}"
        found = json.loads(self.output)
        assert isinstance(found, dict)
        return found

    @property
    def dossiers(self) -> list[dict[str, Any]]:
        return list(self.report["dossiers"])

    @property
    def refused(self) -> dict[str, str]:
        """Reason by file name."""
        return {Path(each["source"]).name: each["reason"] for each in self.report["import"]["refused"]}

    def balanced(self) -> bool:
        ledger = self.report["import"]
        return bool(ledger["offered"] == ledger["accepted"] + len(ledger["refused"]))


def program() -> list[str]:
    """The program as people start it."""
    if (PROJECT / "ui" / "__main__.py").exists():
        return [sys.executable, "-m", "ui"]
    return [sys.executable, str(PROJECT / "tests" / "helpers" / "start_program.py")]


def environment(variables: dict[str, str]) -> dict[str, str]:
    """This process's variables without any of ours, and then these."""
    usual = {name: value for name, value in os.environ.items() if not name.startswith("FOLIODESK_")}
    # What these tests themselves import from (a Windows Python that has no environment of its own).
    places = os.pathsep.join(filter(None, (str(PROJECT), os.environ.get("PYTHONPATH"))))
    return {**usual, "PYTHONUTF8": "1", "PYTHONPATH": places, **variables}


def _own_group() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _stamp(number: int, *, is_sheet: bool) -> Image.Image:
    """Draw the code of a cover sheet, or of a label on a paper."""
    said = folder_code("KH", f"KH/P/2021/{number:05d}", is_sheet=is_sheet)
    code = zxingcpp.create_barcode(said, zxingcpp.BarcodeFormat.QRCode)
    return Image.fromarray(code.to_image(scale=3))


def draw_folder(
    parent: Path, number: int, *, pages: int = 2, name: str | None = None, dark: Sequence[int] = ()
) -> Path:
    """Draw a small paper folder that proves to be KH/P/2021/<number> by the cover sheet's code on its first page."""
    directory = parent / (name or f"folder {number}")
    directory.mkdir(parents=True, exist_ok=True)
    for page in range(1, pages + 1):
        picture = Image.new("L", (496, 702), 20 if page in dark else 245)
        pen = ImageDraw.Draw(picture)
        for top in range(220, 660, 40):
            pen.line((50, top, 450 - (top * page) % 97, top), fill=30 if page not in dark else 0, width=3)
        picture.paste(_stamp(number, is_sheet=page == 1), (300, 50))
        pen.text((50, 30), f"{number}-{page}", fill=0)
        picture.save(directory / f"page{page}.png", dpi=(60, 60))
    return directory


def wait_until(
    holds: Callable[[], object], *, timeout_s: float = 60.0, what: str = "", every_s: float = 0.01
) -> None:
    """Poll until something holds; fails the test when it never does."""
    deadline = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < deadline, f"not within {timeout_s} s: {what or holds}"
        time.sleep(every_s)


def kill_program(process: subprocess.Popen[bytes], *, with_workers: bool = False) -> float:
    """Kill a program of ours at once, its workers with it or left to themselves.

    Returns the seconds until its last process was gone. The program is frozen first, so that the list of
    its workers is complete.
    """
    try:
        parent = psutil.Process(process.pid)
        parent.suspend()
        children = parent.children(recursive=True)
    except psutil.NoSuchProcess:
        children = []
    process.kill()
    if with_workers:
        for child in children:
            _kill_quietly(child)
    began = time.monotonic()
    process.wait()
    _gone, alive = psutil.wait_procs(children, timeout=WORKER_GRACE_S)
    if process.stdout is not None:
        process.stdout.close()
    took_s = time.monotonic() - began
    outlived = [f"{child.pid} {' '.join(child.cmdline())[:200]}" for child in alive if _has_begun(child)]
    for child in alive:
        _kill_quietly(child)
    assert not outlived, f"workers outlived their program: {outlived}"
    return took_s


def end_tree(process: subprocess.Popen[bytes]) -> None:
    """End a program of ours and everything it started."""
    if process.poll() is None:
        kill_program(process, with_workers=True)


def _has_begun(process: psutil.Process) -> bool:
    """Tell whether a process runs, or was left over by Wine.

    A process whose parent is killed while the system makes it waits for ever to be set going. Windows' Job Object
    ends it; Wine's does not, and gives it no time of birth. None of its own code ran: a Python needs more memory.
    """
    try:
        return not is_wine() or process.memory_info().rss > BEGUN_BYTES
    except psutil.NoSuchProcess:
        return False


def _kill_quietly(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.NoSuchProcess:  # also said of one without a time of birth
        if is_wine():
            with suppress(OSError):
                os.kill(process.pid, signal.SIGTERM)


@contextmanager
def peak_memory(pid: int) -> Iterator[list[int]]:
    """Watch the resident memory of a process and all below it; the list holds the peak in bytes."""
    peak, stop = [0], threading.Event()

    def watch() -> None:
        while not stop.wait(0.05):
            peak[0] = max(peak[0], _tree_bytes(pid))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        stop.set()
        thread.join()


def _tree_bytes(pid: int) -> int:
    total = 0
    try:
        parent = psutil.Process(pid)
        for process in (parent, *parent.children(recursive=True)):
            try:
                total += process.memory_info().rss
            except psutil.Error:
                continue
    except psutil.Error:
        return 0
    return total


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
