"""What a crash leaves behind, and what the next start makes of it.

A running program keeps a small file in the home's logs, locked while it lives. A clean end takes it away. A crash in
a library writes the stacks of all threads into it (faulthandler), a bug its traceback; power cuts and forced ends
leave it as it was. The next window turns it into a report, once. Tracebacks carry no local variables, messages are
cut: no page text, and no more names of files than the logs hold.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import platform
import re
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from app.errors import WorkstationError
from app.storage.locks import try_lock, unlock

log = logging.getLogger(__name__)

TRACEBACKS_KEPT = 5
FRAMES_KEPT = 30
MESSAGE_CHARACTERS = 300
LOG_LINES = 40
LOG_TAIL_BYTES = 64_000
REPORTS_KEPT = 5
STACKS_BYTES = 200_000
SHORTEN_EVERY_S = 60.0

# On Windows faulthandler hears of every exception before it is handled. Those with a code of COM or RPC (HRESULT
# with a facility, such as 0x8001010d when a dialog opens) are handled in all programs; what ends one starts with
# 0xc or is named in words.
HANDLED = re.compile(
    r"^Windows fatal exception: code 0x80(?!00)[0-9a-f]{6}\n.*?"
    r"(?=^Windows fatal exception|^Traceback \(most|^Fatal Python error|\Z)",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """What earlier programs left: reports of crashes, oldest first; was_cut_off: a window that never closed."""

    reports: tuple[Path, ...] = ()
    was_cut_off: bool = False


class CrashLog:
    """The file of this program; a context manager. Where it cannot be written, nothing is recorded."""

    def __init__(self, path: Path, handle: int | None) -> None:
        self._path = path
        self._handle = handle
        self._lock = threading.Lock()
        self._recorded = 0
        self._has_handler = False
        self._worth_bytes = 0 if handle is None else os.fstat(handle).st_size
        self._closed = threading.Event()
        if handle is not None and not faulthandler.is_enabled():
            faulthandler.enable(handle)
            self._has_handler = True
            if sys.platform == "win32":
                threading.Thread(target=self._stay_short, name="crash-log", daemon=True).start()

    @classmethod
    def begin(cls, directory: Path, *, program: str, software: str) -> CrashLog:
        """Start recording below directory. program: "window" or "background"; software: name and version."""
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        path = directory / f"crash-{stamp}-{os.getpid()}.txt"
        try:
            directory.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        except OSError as exc:
            log.warning("no crash log: %s", exc.strerror)
            return cls(path, None)
        try_lock(handle)
        facts = f"{software}\n{program}\n{_system()}, Python {platform.python_version()}\nstarted {stamp}\n\n"
        with suppress(OSError):
            os.write(handle, facts.encode("utf-8"))
        return cls(path, handle)

    def record(self, error: BaseException) -> None:
        """Keep the traceback of a bug; the first few of a run are enough. Callable from any thread."""
        with self._lock:
            if self._handle is None or self._recorded >= TRACEBACKS_KEPT:
                return
            self._recorded += 1
            with suppress(OSError):
                os.write(self._handle, _told(error).encode("utf-8", "replace"))
                self._worth_bytes = os.fstat(self._handle).st_size

    def shorten(self) -> None:
        """Drop stacks after which the program lives on (HANDLED) when they became too many."""
        with self._lock, suppress(OSError):
            if self._handle is not None and os.fstat(self._handle).st_size > self._worth_bytes + STACKS_BYTES:
                os.ftruncate(self._handle, self._worth_bytes)

    def _stay_short(self) -> None:
        while not self._closed.wait(SHORTEN_EVERY_S):
            self.shorten()

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Record a bug that escapes the body, and let it go on."""
        try:
            yield
        except WorkstationError:
            raise  # told in words by whoever called
        except Exception as exc:
            self.record(exc)
            raise

    def close(self) -> None:
        """The program ends as it should; harmless when repeated."""
        self._closed.set()
        with self._lock:
            handle, self._handle = self._handle, None
            if handle is None:
                return
            if self._has_handler:
                faulthandler.disable()
            unlock(handle)
            os.close(handle)
            if not self._recorded:
                with suppress(OSError):
                    self._path.unlink()

    def __enter__(self) -> CrashLog:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()


def collect(directory: Path) -> LeftBehind:
    """Turn what programs that no longer live have left into reports; each crash is told once."""
    reports: list[Path] = []
    was_cut_off = False
    for path in sorted(directory.glob("crash-*.txt")):
        try:
            text = _read_left(path)
            if text is None:
                continue
            head, _, body = text.partition("\n\n")
            body = HANDLED.sub("", body)
            if body.strip():
                reports.append(_write_report(path, head, body))
            elif head.splitlines()[1:2] == ["window"]:
                was_cut_off = True
            path.unlink()
        except OSError as exc:
            log.warning("crash log not read: %s", exc.strerror)
    for old in sorted(directory.glob("report-*.txt"))[:-REPORTS_KEPT]:
        with suppress(OSError):
            old.unlink()
    return LeftBehind(tuple(reports), was_cut_off)


def _read_left(path: Path) -> str | None:
    """The text of a file whose program is gone, None when it lives; of a long one its head and its end."""
    handle = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        if not try_lock(handle):
            return None
        os.lseek(handle, 0, os.SEEK_SET)
        text = _read_text(handle)
        if os.fstat(handle).st_size > STACKS_BYTES:
            os.lseek(handle, -STACKS_BYTES, os.SEEK_END)
            text = text.partition("\n\n")[0] + "\n\n" + _read_text(handle)
        unlock(handle)
        return text
    finally:
        os.close(handle)


def _read_text(handle: int) -> str:
    return os.read(handle, STACKS_BYTES).decode("utf-8", "replace").replace("\r\n", "\n")


def _write_report(crash: Path, head: str, body: str) -> Path:
    lines = _last_lines(crash.parent, crash.stem.rsplit("-", 1)[-1])
    report = crash.with_name(f"report-{crash.stem.removeprefix('crash-')}.txt")
    text = f"{head}\n\n{body.strip()}\n\nLast lines of the log\n\n{lines}\n"
    report.write_text(text, encoding="utf-8", newline="\n")
    return report


def _last_lines(directory: Path, process: str) -> str:
    files = [path for path in directory.glob(f"foliodesk-*-{process}.jsonl") if path.is_file()]
    if not files:
        return "(none)"
    with max(files, key=lambda path: path.stat().st_mtime).open("rb") as source:
        source.seek(max(0, source.seek(0, os.SEEK_END) - LOG_TAIL_BYTES))
        lines = source.read().decode("utf-8", "replace").splitlines()
    return "\n".join(lines[-LOG_LINES:]) or "(none)"


def _told(error: BaseException) -> str:
    told = traceback.TracebackException.from_exception(error, limit=-FRAMES_KEPT, capture_locals=False)
    lines = [
        line
        if len(line) <= MESSAGE_CHARACTERS or line.startswith("  File ")
        else line[:MESSAGE_CHARACTERS] + "...\n"
        for line in told.format()
    ]
    return "".join(lines) + "\n"


def _system() -> str:
    if sys.platform == "win32":
        version = sys.getwindowsversion()
        return f"Windows {version.major}.{version.minor}.{version.build}"
    return f"{platform.system()} {platform.release()}"
