"""`foliodesk covers`: cover, document and Patch sheets as a PDF to print, from numbers, the register or a pull list."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import typer
from rich.console import Console

from app.commands.covers_port import WriteCovers
from app.commands.output import ALL_WELL, NEEDS_PERSON, Words, coded
from app.context import AppContext
from app.domain.cover_sheets import DocumentSheet, PatchSheet, Sheet
from app.domain.register_types import RegisterProblem
from app.errors import OperatorError
from app.queries.covers import CoversAsked, covers_for

PDF_MARK = b"%PDF-"


@dataclass(frozen=True, slots=True)
class CoversCall:
    """The options as they were given."""

    numbers: tuple[str, ...]
    out: Path
    home: Path | None
    office: str | None = None
    pull_list: Path | None = None
    layout: str = "one"
    volume: str = ""
    sheets: int | None = None
    document: str | None = None
    dated: str = ""
    patch: str | None = None
    copies: int = 1
    known_only: bool = False


def run_covers(call: CoversCall, write: WriteCovers, *, as_json: bool, words: Words, out: Console) -> int:
    """Write the PDF and tell what was done; returns the exit code.

    Raises OperatorError for wrong input before anything is written: "covers_none", "covers_date_wrong",
    "covers_type_unknown", "covers_file_is_other" (a file that is no PDF is never written over), and those of numbers
    and pull lists.
    """
    _check(call)
    problems: list[RegisterProblem] = []
    sheets: tuple[Sheet, ...] = (PatchSheet(call.patch),) * call.copies if call.patch is not None else ()
    sheets = sheets or _from_office(call, problems)
    if not sheets:
        for each in problems:
            out.print(_told(each, words), markup=False, soft_wrap=True)
        raise OperatorError("covers_none")
    layout = "one" if call.patch is not None else call.layout
    pages = write(sheets, layout, call.out)
    if as_json:
        document = {
            "file": str(call.out.absolute()),
            "sheets": len(sheets),
            "pages": pages,
            "problems": [
                {"line": each.line, **coded(each.code, {"value": each.value}, words)} for each in problems
            ],
        }
        typer.echo(json.dumps(document, ensure_ascii=False))
    else:
        out.print(
            f"{_counted(len(sheets), 'sheet')} on {_counted(pages, 'page')}: {call.out.absolute()}",
            markup=False,
            soft_wrap=True,
        )
        for each in problems:
            out.print(_told(each, words), markup=False, soft_wrap=True)
    return NEEDS_PERSON if problems else ALL_WELL


def _check(call: CoversCall) -> None:
    if call.dated:
        try:
            date.fromisoformat(call.dated)
        except ValueError as exc:
            raise OperatorError("covers_date_wrong", given=call.dated) from exc
    if call.out.is_file() and not call.out.read_bytes().startswith(PDF_MARK):
        raise OperatorError("covers_file_is_other", file=str(call.out.absolute()))


def _told(problem: RegisterProblem, words: Words) -> str:
    where = f"line {problem.line}: " if problem.line else ""
    said = words(problem.code, {"value": problem.value, "text": problem.value})
    named = "" if problem.value in said else f"{problem.value}: "
    return f"  ! {where}{named}{said}"


def _from_office(call: CoversCall, problems: list[RegisterProblem]) -> tuple[Sheet, ...]:
    with AppContext.open(call.home, background=False) as program:
        profile = program.office((call.office or program.settings.office).upper())
        if call.document is not None:
            kind = profile.document(call.document)
            if kind is None:
                known = sorted({each.code for each in profile.documents})
                raise OperatorError("covers_type_unknown", given=call.document, known=", ".join(known))
            return (DocumentSheet(profile.name, call.document, kind.name, call.dated),) * call.copies
        asked = CoversAsked(call.numbers, call.pull_list, call.volume, call.sheets, call.known_only)
        found = covers_for(program.database, asked, profile)
        problems += found.problems
        return tuple(cover for cover in found.covers for _ in range(call.copies))


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
