"""The steps of the smoke test: what a person does with a setup and the program it installs (installer/smoke_test.py)."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import expected
from machine import Done, Machine

PROJECT = Path(__file__).resolve().parents[2]
ALL_WELL, NEEDS_PERSON, STOPPED = 0, 1, 130
SETUP_RUNNING, SETUP_NEWER = 14, 15
TO_REVIEW = "mango crate"  # its number is proven
FEW = (TO_REVIEW, "តម្រងទឹក")  # enough to be stopped in the midst of them
STACKED = (("KH/D/2019/00125", "mango crate", "scan 04"), ("KH/P/2018/00077", "paddy dryer", "page1"))
"""The number on each cover, and the page behind it; the second page belongs to another file than its cover says."""
PLACE = "Foliodesk ការសាកល្បង test"
UNINSTALL_KEY = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\Foliodesk"
INSTALL_S, DIGITIZE_S, WINDOW_S, QUICK_S = 900, 900, 120, 180
LEAST_COLOURS = 30
"""A window that drew nothing shows one or two; the emptiest of our screens more than a hundred."""


class Failed(Exception):
    """A step did not go as it should; the text says how."""


class SmokeTest:
    """One PC, one setup file, and the steps in their order."""

    def __init__(
        self, machine: Machine, setup: Path, older: Path | None, pictures: Path, *, quick: bool = False
    ) -> None:
        self.machine, self.quick = machine, quick
        self.setup, self.older, self.pictures = setup, older, pictures
        self.base = machine.variable("USERPROFILE") + "\\" + PLACE
        self.place = self.base + "\\program files"
        self.home = self.base + "\\ទិន្នន័យ data"
        self.samples = sorted(
            entry for entry in (PROJECT / "resources" / "sample").iterdir() if entry.is_dir()
        )
        self.few = [sample for sample in self.samples if sample.name in FEW]
        self.register = PROJECT / "resources" / "sample" / "register.csv"

    def clean(self) -> None:
        """Take away what an earlier run or this one left in the user's profile."""
        shutil.rmtree(self.machine.host(self.base), ignore_errors=True)

    def steps(self) -> list[tuple[str, Callable[[], str]]]:
        """Return every step with its name, in order."""
        upgrade: list[tuple[str, Callable[[], str]]] = [
            ("silent install of the older version", self.install_older),
            ("two folders digitized with it", self.work_with_older),
            ("silent upgrade, the database copied first", self.upgrade),
            ("an older setup refuses", self.downgrade),
        ]
        slow: list[tuple[str, Callable[[], str]]] = [
            ("a second setup waits for a running window, then gives up", self.setup_while_running),
            ("the session ends in mid-batch, started again", self.sign_off_and_restart),
            ("repair", self.repair),
        ]
        return [
            *(upgrade if self.older else [("silent install", self.install)]),
            ("the samples give what they give on Linux", self.digitize_samples),
            ("covers printed, a stack divided by them", self.divide_stack),
            ("every master and package is whole", self.check_home),
            ("the window and its five screens", self.grab_screens),
            ("a page turned by keys and read again", self.turn_page),
            ("killed in mid-batch, started again", self.kill_and_restart),
            *([] if self.quick else slow),
            ("uninstall keeps the work", self.uninstall),
        ]

    def install_older(self) -> str:
        """Install the older setup and ask its version."""
        assert self.older is not None
        self._install(self.older, f"/HOME={self.home}")
        return self._version()

    def work_with_older(self) -> str:
        """Put some work into the home before the upgrade."""
        self._digitize(self.samples[:2], home=None)
        return f"{len(self._files(self.home))} files in the home"

    def upgrade(self) -> str:
        """Install over the older version; the home's database was copied first."""
        before = self._version()
        backups = set(self._files(self.home + "\\backups"))
        self._install(self.setup)
        after = self._version()
        if before == after:
            raise Failed(f"the version is still {after}")
        new = set(self._files(self.home + "\\backups")) - backups
        if not any(name.endswith(".sqlite3") for name in new):
            raise Failed(f"no copy of the database was made; new in backups: {sorted(new)}")
        return f"{before} became {after}"

    def downgrade(self) -> str:
        """The older setup must refuse and change nothing."""
        assert self.older is not None
        version = self._version()
        done = self.machine.run([self.machine.windows(self.older), "/S"], timeout_s=INSTALL_S)
        if done.code != SETUP_NEWER:
            raise Failed(f"exit code {done.code}, expected {SETUP_NEWER}")
        if self._version() != version:
            raise Failed("the version changed")
        return f"exit code {done.code}"

    def install(self) -> str:
        """Install into a path with spaces and Khmer letters."""
        self._install(self.setup, f"/HOME={self.home}")
        return self._version()

    def digitize_samples(self) -> str:
        """Run the main job and compare with Linux."""
        report = self._digitize(self.samples, home=None)
        self._compare(report, self.home, self.samples)
        return ", ".join(str(dossier["application_number"]) for dossier in report["dossiers"])

    def divide_stack(self) -> str:
        """Print two covers and scan a stack with them: one agrees with its folder, the other contradicts it."""
        stack, home = self.base + "\\ជង់ stack", self.base + "\\home of stacks"
        place = self.machine.host(stack)
        place.mkdir(parents=True)
        pages = {sample.name: sorted(sample.iterdir()) for sample in self.samples}
        office = ["--home", home, "--office", "KH"]
        for order, (number, folder, page) in enumerate(STACKED):
            cover = f"{stack}\\{2 * order} cover.pdf"
            done = self._program(["covers", number, "--out", cover, *office], timeout_s=QUICK_S)
            if done.code != ALL_WELL:
                raise Failed(told(done))
            source = next(path for path in pages[folder] if path.stem == page)
            shutil.copyfile(source, place / f"{2 * order + 1} page{source.suffix}")
        report = self._digitize([place], home, "--separate", "covers", "--folders", str(len(STACKED)))
        found = [
            (each["application_number"], each["link"], each["page_count"]) for each in report["dossiers"]
        ]
        agreeing, contradicted = STACKED[0][0], None
        if found != [(agreeing, "proven", 2), (contradicted, "needs_review", 2)]:
            raise Failed(f"divided into {found}")
        return f"{agreeing} proven, the folder behind another's cover waits"

    def check_home(self) -> str:
        """`foliodesk check`."""
        done = self._program(["check", "--json"], timeout_s=QUICK_S)
        if done.code != ALL_WELL:
            raise Failed(told(done))
        return "no findings that matter"

    def grab_screens(self) -> str:
        """Open the window on the windows platform plugin with the work done so far and look at every screen."""
        self.pictures.mkdir(parents=True, exist_ok=True)
        script = self.machine.windows(PROJECT / "tests" / "windows" / "screens.py")
        python = [self.place + "\\python\\python.exe", "-X", "utf8"]
        command = [*python, script, self.home, self.machine.windows(self.pictures)]
        done = self.machine.run(command, timeout_s=WINDOW_S)
        if done.code != 0:
            raise Failed(told(done))
        screens = json.loads(done.out.splitlines()[-1])
        if screens["platform"] != "windows":
            raise Failed(f"Qt drew on the platform {screens['platform']}")
        poor = [screen["name"] for screen in screens["screens"] if screen["colours"] < LEAST_COLOURS]
        if poor or len(screens["screens"]) < 5:
            raise Failed(f"empty screens: {poor} of {screens['screens']}")
        return f"{len(screens['screens'])} pictures in {self.pictures}"

    def turn_page(self) -> str:
        """Leave a folder to review and turn the page shown there all the way round."""
        home = self.base + "\\home to review"
        folder = next(sample for sample in self.samples if sample.name == TO_REVIEW)
        self._digitize([folder], home, "--release", "none")
        script = self.machine.windows(PROJECT / "tests" / "windows" / "page_acts.py")
        command = [self.place + "\\python\\python.exe", "-X", "utf8", script, home]
        done = self.machine.run(command, timeout_s=DIGITIZE_S)
        if done.code != 0:
            raise Failed(told(done))
        turns = json.loads(done.out.splitlines()[-1])["turns_deg"]
        if len(set(turns[1:])) != 4 or turns[0] != turns[-1]:
            raise Failed(f"turned to {turns}")
        return f"turned to {', '.join(map(str, turns))} degrees"

    def setup_while_running(self) -> str:
        """Open the installed window, run the setup, close the window as a person would."""
        window = self.machine.start([self.place + "\\Foliodesk.exe"])
        try:
            self._ask_window("wait")
            done = self.machine.run([self.machine.windows(self.setup), "/S", "/WAIT=3"], timeout_s=INSTALL_S)
            if done.code != SETUP_RUNNING:
                raise Failed(f"exit code {done.code}, expected {SETUP_RUNNING}")
            if window.poll() is not None:
                raise Failed("the window is gone")
            self._ask_window("close")
            window.communicate("", timeout=WINDOW_S)
        finally:
            window.kill()
        if window.returncode != 0:
            raise Failed(f"the window ended with exit code {window.returncode}")
        return f"exit code {done.code}; the window closed with 0"

    def kill_and_restart(self) -> str:
        """Kill the program while pages are being read; the same command must then give the same as ever."""
        home = self.base + "\\second home"
        child = self._in_mid_batch(home)
        child.kill()
        child.communicate()
        return self._go_on(home)

    def sign_off_and_restart(self) -> str:
        """End the session while pages are being read: the program ends by itself in time, and nothing is lost."""
        home = self.base + "\\third home"
        child = self._in_mid_batch(home)
        begun = time.monotonic()
        self._ask_window("sign-off")
        child.communicate("", timeout=QUICK_S)
        took_s = time.monotonic() - begun
        if child.returncode != STOPPED:
            raise Failed(f"ended with exit code {child.returncode}, expected {STOPPED}")
        return f"ended within {took_s:.0f} s; {self._go_on(home)}"

    def _in_mid_batch(self, home: str) -> subprocess.Popen[str]:
        """Start some samples in a new home and come back when the first pages have been read."""
        child = self.machine.start(self._digitize_command(self.few, home))
        derived = self.machine.host(home + "\\derived")
        deadline = time.monotonic() + DIGITIZE_S
        while sum(1 for path in derived.rglob("*") if path.is_file()) < 6:
            if child.poll() is not None or time.monotonic() > deadline:
                raise Failed(f"ended with {child.poll()} before it was in the midst of its work")
            time.sleep(0.1)
        return child

    def _go_on(self, home: str) -> str:
        """Run the same command again after its end: no process was left, and the results are as ever."""
        left = self._processes_left()
        if left:
            raise Failed(f"still running after the end: {left}")
        report = self._digitize(self.few, home)
        self._compare(report, home, self.few)
        done = self._program(["check", "--home", home], timeout_s=QUICK_S)
        if done.code != ALL_WELL:
            raise Failed(told(done))
        return "no page missing, none doubled"

    def repair(self) -> str:
        """Damage the program, see that it says so, run the same setup again."""
        victim = self.machine.host(self.place + "\\program\\ui\\__main__.py")
        compiled = [path for path in (victim.parent / "__pycache__").glob("__main__.*")]
        for path in [victim, *compiled]:
            path.unlink()
        if self._program(["--version"], timeout_s=QUICK_S).code == 0:
            raise Failed("the damaged program still answers")
        self._install(self.setup)
        return self._version()

    def uninstall(self) -> str:
        """Remove the program: none of its files is left, all of the work is, to the byte."""
        before = self._files(self.home)
        done = self.machine.run([self.place + "\\uninstall.exe", "/S"], timeout_s=INSTALL_S)
        if done.code != 0:
            raise Failed(told(done))
        place = self.machine.host(self.place)
        deadline = time.monotonic() + QUICK_S
        while place.exists() and any(place.rglob("*")) and time.monotonic() < deadline:
            time.sleep(0.5)  # an NSIS uninstaller works on from a copy of itself
        left = [str(path.relative_to(place)) for path in place.rglob("*")] if place.exists() else []
        if left:
            raise Failed(f"{len(left)} files are left: {left[:10]}")
        if self._files(self.home) != before:
            raise Failed("the home changed")
        if self.machine.run(["reg", "query", UNINSTALL_KEY], timeout_s=QUICK_S).code == 0:
            raise Failed("the entry in the list of programs is left")
        return f"{len(before)} files of work are as they were"

    def _install(self, setup: Path, *options: str) -> None:
        """Run a setup silently; the directory goes last and without quotes, as NSIS wants it: word by word."""
        command = [self.machine.windows(setup), "/S", *options]
        if not self.machine.host(self.place).exists():
            command += f"/D={self.place}".split(" ")
        done = self.machine.run(command, timeout_s=INSTALL_S)
        if done.code != 0:
            raise Failed(f"{setup.name}: {told(done)}")
        entry = self.machine.run(["reg", "query", UNINSTALL_KEY, "/v", "DisplayVersion"], timeout_s=QUICK_S)
        if entry.code != 0:
            raise Failed("no entry in the list of programs")

    def _program(self, arguments: list[str], *, timeout_s: float) -> Done:
        return self.machine.run([self.place + "\\foliodesk.com", *arguments], timeout_s=timeout_s)

    def _version(self) -> str:
        done = self._program(["--version"], timeout_s=QUICK_S)
        if done.code != 0:
            raise Failed(told(done))
        return done.out.strip()

    def _digitize_command(self, folders: list[Path], home: str | None) -> list[str]:
        command = [
            self.place + "\\foliodesk.com",
            "digitize",
            *map(self.machine.windows, folders),
            "--office",
            "KH",
        ]
        command += ["--register", self.machine.windows(self.register), "--json"]
        return command if home is None else [*command, "--home", home]

    def _digitize(self, folders: list[Path], home: str | None, *options: str) -> dict[str, Any]:
        command = [*self._digitize_command(folders, home), *options]
        done = self.machine.run(command, timeout_s=DIGITIZE_S)
        if done.code not in (ALL_WELL, NEEDS_PERSON):
            raise Failed(told(done))
        report: dict[str, Any] = json.loads(done.out)
        return report

    def _compare(self, report: dict[str, Any], home: str, folders: Collection[Path]) -> None:
        found = expected.results_of(report, self.machine.host(home + "\\office-drop"))
        names = {folder.name for folder in folders}
        stored = {name: result for name, result in expected.stored().items() if name in names}
        wrong = list(expected.differences(stored, found))
        if wrong:
            raise Failed("; ".join(wrong))

    def _files(self, directory: str) -> dict[str, str]:
        """Return the hash of every file below a directory, but for what changes by being looked at."""
        root = self.machine.host(directory)
        return {
            str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(root.rglob("*"))
            if path.is_file()
        }

    def _ask_window(self, what: str) -> None:
        script = self.machine.windows(PROJECT / "tests" / "windows" / "window.py")
        done = self.machine.run(
            [self.place + "\\python\\python.exe", script, what, str(WINDOW_S)], timeout_s=WINDOW_S + 30
        )
        if done.code != 0:
            raise Failed(f"window {what}: {told(done)}")

    def _processes_left(self) -> str:
        script = self.machine.windows(PROJECT / "tests" / "windows" / "window.py")
        done = self.machine.run([self.place + "\\python\\python.exe", script, "left", "15"], timeout_s=60)
        return "" if done.code == 0 else told(done)


def told(done: Done) -> str:
    said = (done.err.strip() or done.out.strip())[-1500:]
    return f"exit code {done.code}: {said}"
