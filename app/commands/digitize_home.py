"""The command `foliodesk digitize` from its options to its report, whatever ends it."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from app.commands.digitize import DigitizeOptions, digitize, split_languages
from app.commands.digitize_report import Report, report_without_result
from app.commands.output import Words, one_document, tell
from app.context import AppContext
from app.domain.separation import Separation, parse_mode
from app.ending import Ending
from app.errors import OperatorError
from app.paths import default_home


@dataclass(frozen=True, slots=True)
class Call:
    """The options as they were given; None where none was."""

    paths: tuple[Path, ...]
    home: Path | None
    office: str | None
    languages: str | None
    register: Path | None
    destination: Path | None
    release: str
    workers: int | None
    separate: str | None = None
    both_sides: bool = False
    folders: int | None = None

    @property
    def separation(self) -> Separation | None:
        """How stacks are to be divided. Raises OperatorError for an unknown way, or for its options without it."""
        if self.separate is None:
            if self.both_sides or self.folders is not None:
                raise OperatorError("separation_missing")
            return None
        mode, sheets_each = parse_mode(self.separate)
        return Separation(mode, sheets_each, self.both_sides, self.folders)


def digitize_home(call: Call, *, as_json: bool, words: Words, screen: Console, ending: Ending) -> int:
    """Do the whole line and report; returns the exit code.

    With as_json one document is printed also when an error ends it, however early; the error goes on.
    """
    began = time.monotonic()

    def without_result(trouble: dict[str, Any]) -> dict[str, Any]:
        return report_without_result(_home(call), call.destination, trouble, time.monotonic() - began)

    with (
        one_document(as_json, words, without_result, ending.before_leaving) as show,
        AppContext.open(call.home, background=False, workers=call.workers) as program,
    ):
        for problem in program.settings_problems:
            screen.print(f"! {words(problem.code, problem.facts)}", markup=False, soft_wrap=True)
        report = digitize(program, _options(program, call, quiet=as_json and not screen.is_terminal), screen)
        # Inside the block: on a full disk even the tidy end of the program may fail.
        if as_json:
            show(report.to_json(words))
        else:
            _print(report, words, screen)
        if report.trouble is not None:
            tell(report.trouble, words, screen)
    return report.exit_code


def _options(program: AppContext, call: Call, *, quiet: bool) -> DigitizeOptions:
    office = (call.office or program.settings.office).upper()
    return DigitizeOptions(
        paths=call.paths,
        office=office,
        languages=split_languages(call.languages, program.usual_languages(office)),
        register=call.register,
        destination=call.destination,
        release=call.release,
        quiet=quiet,
        separation=call.separation,
    )


def _print(report: Report, words: Words, screen: Console) -> None:
    from app.commands.digitize_summary import print_summary

    print_summary(report, words, screen)


def _home(call: Call) -> Path | None:
    with suppress(OSError, RuntimeError):  # a "~" of nobody in FOLIODESK_HOME
        return call.home or default_home()
    return None
