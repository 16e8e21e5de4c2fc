"""Tells in plain words how the preparation goes: step n of m, what is being fetched, time passed.

On a terminal one line is rewritten in place, once a second at least; elsewhere (a log, a build) only finished lines.
"""

from __future__ import annotations

import queue
import re
import sys
import threading
import time
from collections.abc import Iterator
from typing import IO

TICK_S = 1.0
LOG_LINE_EVERY_S = 15.0
FETCHING = re.compile(r"^\s*(?:Downloading|Using cached|Processing)\s+(\S+)(?:\s+\(([\d.]+ \S+)\))?")
COLLECTING = re.compile(r"^\s*Collecting ([A-Za-z0-9_.\-]+)")
SATISFIED = re.compile(r"^\s*Requirement already satisfied: ([A-Za-z0-9_.\-]+)")
UNPACKING = re.compile(r"^\s*Installing collected packages: (.+)")


class Steps:
    """Says which step of how many runs, and how long each took."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._started = self._step_started = time.monotonic()
        self._on_terminal = sys.stdout.isatty()
        self._shown = ""
        self._last_log_line = self._started

    def opening(self, words: str) -> None:
        """Say what is about to be done."""
        self._write(words + "\n")

    def begin(self, number: int, words: str) -> None:
        """Open step `number`."""
        self._step_started = self._last_log_line = time.monotonic()
        self._write(f"Step {number} of {self._total}: {words}\n")

    def now(self, words: str) -> None:
        """Say what is going on inside the step; unfinished, so on a terminal it is overwritten by what comes next."""
        passed = time.monotonic() - self._step_started
        line = f"  {words} ({passed:.0f} s)"
        if self._on_terminal:
            self._overwrite(line)
        elif time.monotonic() - self._last_log_line >= LOG_LINE_EVERY_S:
            self._last_log_line = time.monotonic()
            self._write(line + "\n")

    def note(self, words: str) -> None:
        """Say something that stays on the screen."""
        self.clear()
        self._write(f"  {words}\n")

    def clear(self) -> None:
        """Take back what `now` said."""
        self._overwrite("")

    def done(self, words: str) -> None:
        """Close the step."""
        self.note(f"{words}, {time.monotonic() - self._step_started:.1f} s")

    def closing(self) -> None:
        """Say that all is prepared."""
        self._write(f"Ready after {time.monotonic() - self._started:.0f} s.\n\n")

    def _overwrite(self, line: str) -> None:
        if not self._on_terminal:
            return
        line = line[:100]
        self._write("\r" + line + " " * (len(self._shown) - len(line)) + ("" if line else "\r"))
        self._shown = line

    def _write(self, text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()


class PipStory:
    """Turns pip's output, line by line, into what a person wants to know."""

    def __init__(self, expected: int) -> None:
        self.expected = expected
        self.seen: set[str] = set()
        self.fetched = 0
        self.present = 0
        self.words = "asking for the first package"

    def hear(self, line: str) -> None:
        """Take in one line."""
        if found := COLLECTING.match(line):
            self._count(found[1])
            self.words = f"{found[1]}"
        elif found := SATISFIED.match(line):
            self.present += self._count(found[1])
            self.words = f"{found[1]} is there already"
        elif found := FETCHING.match(line):
            self.fetched += 1
            self._count(found[1].replace("\\", "/").rpartition("/")[2].split("-")[0])
            size = f", {found[2]}" if found[2] else ""
            self.words = f"{'using' if 'cached' in line else 'fetching'} {found[1].rpartition('/')[2]}{size}"
        elif found := UNPACKING.match(line):
            self.words = f"unpacking {found[1].count(',') + 1} packages"
        elif line.startswith("Ignoring "):  # meant for another system or Python
            self.expected -= 1

    def told(self) -> str:
        """Return the words for this moment."""
        return f"{len(self.seen)} of {self.expected}: {self.words}"

    def _count(self, name: str) -> bool:
        """Note a package; tell whether it is new here. Names are compared as indexes do."""
        before = len(self.seen)
        self.seen.add(re.sub(r"[-_.]+", "-", name).lower())
        return len(self.seen) > before


def lines_with_ticks(stream: IO[str]) -> Iterator[str | None]:
    """Yield each line of a stream as it comes, and None at least once a second, so that a clock can be shown."""
    waiting: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def pump() -> None:
        for line in stream:
            waiting.put(line)
        waiting.put("")  # a line from a file always ends in a newline: the empty one is the end

    threading.Thread(target=pump, daemon=True).start()
    while True:
        try:
            line = waiting.get(timeout=TICK_S)
        except queue.Empty:
            yield None
            continue
        if line == "":
            return
        yield line
