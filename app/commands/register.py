"""`foliodesk register import` and `register show`: the offline copy of the office's register from a prompt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from app.commands.homes import existing_home
from app.commands.output import ALL_WELL, NEEDS_PERSON, Words, one_document
from app.context import AppContext
from app.domain.register_mapping import (
    ColumnMapping,
    DateOrder,
    Field,
    listed,
    read_mapping,
    written_mapping,
)
from app.domain.register_work import MOST_PROBLEMS
from app.ending import Ending
from app.errors import OperatorError, WorkstationError
from app.queries import register
from app.queries.rows import RegisterEntryRow, RegisterExtract
from app.services.register import RegisterImported, RegisterLook, RegisterRequest
from app.services.register_problems import save_problems
from app.services.register_reading import RegisterProgress, Watcher

SCHEMA = "foliodesk-register-1"
MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class ImportCall:
    """The options as they were given; None where none was."""

    file: Path
    home: Path | None
    office: str | None
    mapping: str | None
    dates: str
    is_delta: bool
    may_shrink: bool
    errors: Path | None


def import_register(call: ImportCall, *, as_json: bool, words: Words, screen: Console, ending: Ending) -> int:
    """Import a file; returns 1 when lines need a look."""
    with one_document(as_json, words, _nothing, ending.before_leaving) as show:
        with AppContext.open(call.home, background=False) as context:
            _require_other_file(call)
            office = (call.office or context.settings.office).upper()
            context.office(office)
            service = context.register_service
            seen = service.look(call.file, office)
            mapping = _mapping(call, seen)
            request = RegisterRequest(
                call.file, office, mapping, call.is_delta, call.may_shrink, seen_sha256=seen.sha256
            )
            with _progress(screen, quiet=as_json) as watcher, _shrinking_told():
                done = service.import_extract(request, watcher)
        unsaved = _save_problems(call, done, words)
        if as_json:
            show({**_document(done, office, words), "errors_trouble": unsaved})
        else:
            _print_imported(done, call, words, screen)
            if unsaved is not None:
                screen.print(f"! {unsaved}", markup=False, soft_wrap=True)
    return NEEDS_PERSON if done.problem_count or unsaved is not None else ALL_WELL


def show_register(
    home: Path | None,
    number: str | None,
    office: str | None,
    *,
    as_json: bool,
    words: Words,
    screen: Console,
    ending: Ending,
) -> int:
    """Say which extracts are in force, or what the register knows of a number or name."""
    with one_document(as_json, words, _nothing, ending.before_leaving) as show:
        existing_home(home)
        with AppContext.open(home, background=False) as context:
            code = (office or context.settings.office).upper()
            profile = context.office(code)
            found: tuple[RegisterEntryRow, ...] = ()
            extracts: tuple[RegisterExtract, ...] = ()
            if number is None:
                extracts = register.extracts(context.database)
            else:
                found = register.find_number(context.database, number, profile) or register.find_name(
                    context.database, number, code
                )
        if as_json:
            show(
                {
                    "schema": SCHEMA,
                    "extracts": [_extract(each) for each in extracts],
                    "entries": [_entry(each) for each in found],
                    "trouble": None,
                }
            )
        elif number is None:
            _print_extracts(extracts, screen)
        else:
            for each in found:
                filed = each.filing_date.isoformat() if each.filing_date else ""
                told = (each.application_number, filed, each.title, each.applicant)
                screen.print(" · ".join(part for part in told if part), markup=False)
            if not found:
                screen.print("Nothing found.")
    return ALL_WELL if found or number is None else NEEDS_PERSON


def _require_other_file(call: ImportCall) -> None:
    """Raise OperatorError("errors_over_register") for a list that would be written over what is read."""
    if call.errors is None:
        return
    with suppress(OSError):  # one of them is not there, or cannot be asked: told when it is used
        if call.errors.samefile(call.file):
            raise OperatorError("errors_over_register", path=str(call.errors))


def _save_problems(call: ImportCall, done: RegisterImported, words: Words) -> str | None:
    """Save the lines where asked; returns what went wrong: the register is in force all the same."""
    if call.errors is None:
        return None
    try:
        save_problems(call.errors, done.problems, words)
    except WorkstationError as exc:
        return words(exc.code, exc.facts)
    return None


@contextmanager
def _shrinking_told() -> Iterator[None]:
    """Name the options by which a person says what a much smaller file is."""
    try:
        yield
    except OperatorError as exc:
        if exc.code != "register_shrinks":
            raise
        raise OperatorError("register_shrinks_typed", **exc.facts) from exc


def _mapping(call: ImportCall, seen: RegisterLook) -> ColumnMapping | None:
    """What the person gave, or None for what is certain without one.

    Raises OperatorError("register_columns_unsure") with what to type: header words alone do not tell the number
    of an application from that of a registration, and there is nobody here who looks at the first rows.
    """
    dates = DateOrder(call.dates)
    if call.mapping is not None:
        return read_mapping(call.mapping, seen.preview.header, dates)
    if not seen.is_certain:
        raise unsure(call.file, seen)
    return None if dates is DateOrder.AUTO else ColumnMapping(seen.columns, dates)


def unsure(path: Path, seen: RegisterLook) -> OperatorError:
    """What to type for a file whose columns nobody has named: a whole proposal, or which column must be named."""
    facts = {"path": str(path), "header": listed(seen.preview.header)}
    if Field.NUMBER in seen.columns:
        return OperatorError("register_columns_unsure", proposal=written_mapping(seen.columns), **facts)
    return OperatorError("register_number_unsure", **facts)


def _nothing(trouble: Mapping[str, Any]) -> dict[str, Any]:
    return {"schema": SCHEMA, "trouble": trouble}


def _document(done: RegisterImported, office: str, words: Words) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "office": office,
        "rows": done.rows_read,
        "accepted": done.accepted,
        "sha256": done.sha256,
        "notices": [{"code": code, "message": words(code, {})} for code in done.notices],
        "problem_count": done.problem_count,
        "problems": [
            {
                "line": each.line,
                "code": each.code,
                "value": each.value,
                "message": words(each.code, {"value": each.value}),
            }
            for each in done.problems
        ],
        "trouble": None,
    }


def _print_imported(done: RegisterImported, call: ImportCall, words: Words, screen: Console) -> None:
    for code in done.notices:
        screen.print(f"! {words(code, {})}", markup=False, soft_wrap=True)
    for each in done.problems[:MOST_SHOWN]:
        told = words(each.code, {"value": each.value})
        place = f"line {each.line}, {each.value}" if each.value else f"line {each.line}"
        screen.print(f"! {place}: {told}", markup=False, soft_wrap=True)
    if done.problem_count > MOST_SHOWN:
        most = f"the first {MOST_PROBLEMS:,}" if done.problem_count > MOST_PROBLEMS else "all"
        more = f"{most} are in {call.errors}" if call.errors else f"--errors FILE saves {most}"
        screen.print(f"! {done.problem_count - MOST_SHOWN:,} more lines need a look: {more}.", markup=False)
    screen.print(
        f"{done.accepted:,} of {done.rows_read:,} rows imported. SHA-256 {done.sha256}", markup=False
    )


def _print_extracts(extracts: tuple[RegisterExtract, ...], screen: Console) -> None:
    if not extracts:
        screen.print("No register loaded.")
    for each in extracts:
        kind = "changes" if each.is_delta else "register"
        days = (datetime.now(each.imported_at.tzinfo) - each.imported_at).days
        screen.print(
            f"{each.office} · {kind} · {each.entries:,} numbers · {each.imported_at.astimezone():%Y-%m-%d %H:%M}, {days} days old"
            f" · {each.file_name or '?'} · SHA-256 {each.sha256 or 'not kept'}",
            markup=False,
            soft_wrap=True,
        )


def _extract(each: RegisterExtract) -> dict[str, Any]:
    return {
        "office": each.office,
        "file": each.file_name,
        "sha256": each.sha256,
        "is_delta": each.is_delta,
        "entries": each.entries,
        "imported_by": each.imported_by,
        "imported_at": each.imported_at.isoformat(),
    }


def _entry(each: RegisterEntryRow) -> dict[str, Any]:
    return {
        "application_number": each.application_number,
        "title": each.title,
        "applicant": each.applicant,
        "filing_date": each.filing_date.isoformat() if each.filing_date else None,
    }


@contextmanager
def _progress(screen: Console, *, quiet: bool) -> Iterator[Watcher]:
    if quiet or not screen.is_terminal:
        yield Watcher()
        return
    columns = (
        TextColumn("{task.description:<10}"),
        BarColumn(),
        TextColumn("{task.fields[rows]:,} rows"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=screen) as bars:
        bar = bars.add_task("copying", total=1.0, rows=0)

        def tell(now: RegisterProgress) -> None:
            bars.update(bar, description=now.stage, completed=now.share, rows=now.rows)

        yield Watcher(tell)
