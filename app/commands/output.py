"""How the command line speaks: results to standard output, everything else to standard error."""

from __future__ import annotations

import codecs
import io
import json
import logging
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from rich.console import Console

from app.errors import OperatorError, WorkstationError
from app.windows.message import show_message

# Words for a code and its facts; ui/texts.py has them and the entry point hands them in.
Words = Callable[[str, Mapping[str, Any]], str]

# Takes what is done when the program leaves without further ado (app.ending).
BeforeLeaving = Callable[[Callable[[], None]], None]

UNBROKEN = 100_000
"""Columns of output that goes into a file or another program: a path that is broken in two is no path."""

PLAIN_SIGNS = "foliodesk-plain-signs"
PLAIN = {
    "✕": "x",
    "✓": "+",
    "·": "-",
    "–": "-",
    "—": "-",
    "−": "-",
    "…": "...",
    "“": '"',
    "”": '"',
    "’": "'",
    "°": " deg",
    "≥": ">=",
    "→": "->",
}

STOPPED_WORDS = "Stopped. Everything received is safe; the same command goes on where it was."

ALL_WELL, NEEDS_PERSON, WRONG_USE, MACHINE_TROUBLE, STOPPED = 0, 1, 2, 3, 130


@dataclass(frozen=True, slots=True)
class Ending:
    """What ended a command: a code with its facts, and the exit code."""

    code: str
    facts: Mapping[str, Any]
    exit_code: int


STOPPED_ENDING = Ending("stopped", {}, STOPPED)


def ending_of(error: BaseException) -> Ending:
    """Say what an error that ended a command means; "unexpected" for one that nobody foresaw."""
    if isinstance(error, typer.Abort) or _was_interrupted(error):
        return STOPPED_ENDING
    if isinstance(error, WorkstationError):
        exit_code = WRONG_USE if isinstance(error, OperatorError) else MACHINE_TROUBLE
        return Ending(error.code, error.facts, exit_code)
    cause = getattr(error, "orig", error)  # SQLAlchemy wraps what SQLite says
    if isinstance(cause, sqlite3.Error):
        from app.storage.copies import sqlite_trouble

        trouble = sqlite_trouble(cause, Path())
        if trouble.code != "database_error":
            facts = {name: value for name, value in trouble.facts.items() if name != "path"}
            return Ending(trouble.code, facts, MACHINE_TROUBLE)
    return Ending("unexpected", {"detail": f"{type(error).__name__}: {error}"}, MACHINE_TROUBLE)


def tell(error: BaseException, words: Words, screen: Console) -> int:
    """Say what ended a command; returns its exit code.

    Windows' program with a window has no standard error: the sentence is shown in a box there, but for a stop,
    which a person or the system has asked for.
    """
    ending = ending_of(error)
    if ending.code == "stopped":
        screen.print(STOPPED_WORDS)
        return ending.exit_code
    if ending.code == "unexpected":
        logging.getLogger(__name__).error("command failed", exc_info=error)
        told = f"Unexpected: {ending.facts['detail']}. Everything received is safe."
    else:
        told = words(ending.code, ending.facts)
    screen.print(f"✕ {told}", markup=False, soft_wrap=True)
    if sys.stderr is None:
        show_message(told)
    return ending.exit_code


def coded(code: str, facts: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """A code as documents hold it: with its sentence, and its facts as plain values."""
    plain = {
        name: value if isinstance(value, int | float | bool | None) else str(value)
        for name, value in facts.items()
    }
    return {"code": code, "message": words(code, facts), "facts": plain}


@contextmanager
def one_document(
    wanted: bool,
    words: Words,
    without_result: Callable[[dict[str, Any]], Mapping[str, Any]],
    before_leaving: BeforeLeaving,
) -> Iterator[Callable[[Mapping[str, Any]], None]]:
    """Give what prints the one document of a command with --json.

    When an error ends the body before that, what without_result makes of the trouble (code, message, facts)
    is printed, and the error goes on. So it is when the program leaves without waiting for its own tidying.
    """
    is_printed = False
    printing = threading.Lock()

    def show(document: Mapping[str, Any]) -> None:
        nonlocal is_printed
        with printing:
            if not is_printed:
                is_printed = True
                print_json(document)

    def show_trouble(ending: Ending) -> None:
        if wanted and not is_printed:
            show(without_result(coded(ending.code, ending.facts, words)))

    before_leaving(lambda: show_trouble(STOPPED_ENDING))
    try:
        yield show
    except BaseException as exc:
        show_trouble(ending_of(exc))
        raise


def plain_words(code: str, facts: Mapping[str, Any]) -> str:
    """A code in the absence of words."""
    told = ", ".join(f"{name}: {value}" for name, value in facts.items())
    return f"{code.replace('_', ' ')} ({told})" if told else code.replace("_", " ")


def print_json(document: Mapping[str, Any]) -> None:
    """Print one JSON document, in UTF-8 whatever the console's own code page is."""
    content = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    sys.stdout.flush()
    # Names of old disks may be no Unicode; spelt out as \udce9 they are JSON all the same.
    sys.stdout.buffer.write(content.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()


def console(*, for_results: bool = False) -> Console:
    """The console for messages and progress, or for results. Lines are broken only where a person looks at them."""
    stream = sys.stdout if for_results else sys.stderr
    is_seen = stream is not None and stream.isatty()
    return Console(stderr=not for_results, highlight=False, width=None if is_seen else UNBROKEN)


def speak_any_encoding() -> None:
    """Let no sign of ours, or of a file's name, end a command: consoles and pipes of Windows may be of an old code page."""
    codecs.register_error(PLAIN_SIGNS, _plainly)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors != PLAIN_SIGNS:
            stream.reconfigure(errors=PLAIN_SIGNS)


def _plainly(error: UnicodeError) -> tuple[str | bytes, int]:
    """Write what an encoding lacks in plain signs, else spelt out."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    spelt = [PLAIN.get(char) or char.encode("ascii", "backslashreplace").decode("ascii") for char in text]
    return "".join(spelt), error.end


def _was_interrupted(error: BaseException) -> bool:
    """True for Ctrl+C, also when cleaning up after it failed: a database call it broke raises its own error."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, KeyboardInterrupt):
            return True
        seen = seen.__cause__ or seen.__context__
    return False
