"""The command `foliodesk`: the window without arguments, and the same work without a screen."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.rich_utils import rich_format_error

from app.cli_covers import add_covers
from app.cli_groups import add_login, add_office, add_register
from app.cli_options import HomeOption, JsonOption, OfficeOption, name_no_kind_of_flags, screen, shown
from app.commands.covers_port import WriteCovers
from app.commands.output import (
    ALL_WELL,
    STOPPED,
    STOPPED_WORDS,
    WRONG_USE,
    Words,
    one_document,
    plain_words,
    speak_any_encoding,
    tell,
)
from app.ending import Ending
from app.errors import OperatorError
from app.version import software
from app.windows.message import show_message
from ocr.long_paths import whole

# A home and the paths to import there; returns the exit code.
OpenWindow = Callable[[Path | None, tuple[Path, ...]], int]

IMPORT = "--import"
WORKERS_HELP = (
    "Worker processes; one more reads files that arrive while all are busy, where memory has room for it."
)

LanguagesOption = Annotated[
    str | None, typer.Option("--languages", help='Languages of the pages, such as "eng+khm".')
]


class Release(StrEnum):
    """Which dossiers may leave without a person."""

    PROVEN = "proven"
    NONE = "none"


class Engine(StrEnum):
    """Recognition engines a person may choose."""

    TESSEROCR = "tesserocr"
    PYTESSERACT = "pytesseract"


def run(
    arguments: Sequence[str] | None = None,
    *,
    open_window: OpenWindow | None = None,
    words: Words = plain_words,
    write_covers: WriteCovers | None = None,
) -> int:
    """Run one command; returns the exit code (0 well, 1 needs a person, 2 wrong use, 3 machine trouble).

    open_window: shows the workstation for a home. words: sentences for codes. write_covers: draws cover sheets. They
    come from ui, which this package may not import.
    """
    speak_any_encoding()
    with ExitStack() as until_end:
        app = _commands(open_window, words, Ending(), until_end, write_covers)
        commands = typer.main.get_command(app)
        name_no_kind_of_flags(commands)
        try:
            result = commands(
                args=spread_import(sys.argv[1:] if arguments is None else arguments),
                prog_name="foliodesk",
                standalone_mode=False,
            )
        except (Exception, KeyboardInterrupt) as exc:  # noqa: BLE001  # the root of the command line
            if isinstance(exc, typer.TyperException):
                rich_format_error(exc)  # type: ignore[arg-type]  # it takes the base class as well
                if sys.stderr is None:
                    show_message(exc.format_message())
                return WRONG_USE
            return tell(exc, words, screen)
        if result == STOPPED:
            screen.print(STOPPED_WORDS)
        return int(result or ALL_WELL)


def spread_import(arguments: Sequence[str]) -> list[str]:
    """Name the option anew before each path: `--import A B` becomes `--import A --import B`.

    All that follows `--import` up to the next option is a path, never a command.
    """
    spread: list[str] = []
    paths_wanted = False
    for argument in arguments:
        is_option = argument.startswith("--")
        if paths_wanted and not is_option and spread[-1] != IMPORT:
            spread.append(IMPORT)
        spread.append(argument)
        if is_option:
            paths_wanted = argument == IMPORT
    return spread


def _commands(
    open_window: OpenWindow | None,
    words: Words,
    ending: Ending,
    until_end: ExitStack,
    write_covers: WriteCovers | None = None,
) -> typer.Typer:
    commands = typer.Typer(
        help="Turns paper folders of intellectual-property offices into verified digital dossiers.",
        no_args_is_help=False,
        add_completion=False,
        pretty_exceptions_enable=False,
    )

    @commands.callback(invoke_without_command=True)
    def window(
        context: typer.Context,
        home: HomeOption = None,
        paths: Annotated[
            list[Path] | None,
            typer.Option(
                IMPORT, help="Paper folders to import in the window, open or not.", metavar="PATH..."
            ),
        ] = None,
        background: Annotated[
            bool, typer.Option("--background", help="Work without a window until the session ends.")
        ] = False,
        version: Annotated[
            bool, typer.Option("--version", help="Print the program's version and end.", is_eager=True)
        ] = False,
    ) -> int:
        """Open the workstation when no command is named."""
        if version:
            typer.echo(software())
            raise typer.Exit(ALL_WELL)
        if context.invoked_subcommand is not None:
            context.obj = home
            until_end.enter_context(ending)
            return ALL_WELL
        if background:
            from app.commands.background import work_in_background

            raise typer.Exit(work_in_background(home, screen=screen))
        if open_window is None:
            raise OperatorError("no_window")
        # Here and now, for the window that takes them may have been started elsewhere.
        raise typer.Exit(open_window(home, tuple(whole(path) for path in paths or ())))

    _add_digitize(commands, words, ending)
    _add_inspect(commands, words, ending)
    _add_check(commands, words, ending)
    _add_backup(commands, words)
    add_office(commands, words)
    add_login(commands)
    add_register(commands, words, ending)
    add_covers(commands, words, write_covers)
    return commands


def _add_digitize(commands: typer.Typer, words: Words, ending: Ending) -> None:
    @commands.command()
    def digitize(
        context: typer.Context,
        paths: Annotated[list[Path], typer.Argument(help="Paper folders: directories, PDF or image files.")],
        home: HomeOption = None,
        office: OfficeOption = None,
        languages: LanguagesOption = None,
        register: Annotated[Path | None, typer.Option(help="Register extract: CSV or XLSX.")] = None,
        to: Annotated[Path | None, typer.Option("--to", help="Drop folder of the office.")] = None,
        release: Annotated[
            Release, typer.Option(help="Which dossiers may leave without a person.")
        ] = Release.PROVEN,
        separate: Annotated[
            str | None,
            typer.Option(help="Paths are stacks of folders: covers, patch, blank, forms, count:N."),
        ] = None,
        both_sides: Annotated[
            bool, typer.Option("--duplex", help="With --separate: two pages are one sheet.")
        ] = False,
        folders: Annotated[
            int | None,
            typer.Option(min=1, max=5000, help="With --separate: how many folders each stack has."),
        ] = None,
        workers: Annotated[int | None, typer.Option(min=1, max=64, help=WORKERS_HELP)] = None,
        json: JsonOption = False,
    ) -> int:
        """Take paper folders all the way: read, recognise, link, package, deliver, collect receipts."""
        from app.commands.digitize_home import Call, digitize_home

        call = Call(
            paths=tuple(paths),
            home=home or context.obj,
            office=office,
            languages=languages,
            register=register,
            destination=to,
            release=release.value,
            workers=workers,
            separate=separate,
            both_sides=both_sides,
            folders=folders,
        )
        return digitize_home(call, as_json=json, words=words, screen=screen, ending=ending)


def _add_inspect(commands: typer.Typer, words: Words, ending: Ending) -> None:
    @commands.command()
    def inspect(
        context: typer.Context,
        files: Annotated[list[Path], typer.Argument(help="Files or directories to look at.")],
        languages: LanguagesOption = None,
        office: OfficeOption = None,
        engine: Annotated[Engine, typer.Option(help="Recognition engine.")] = Engine.TESSEROCR,
        workers: Annotated[int | None, typer.Option(min=1, max=64, help="Worker processes.")] = None,
        json: JsonOption = False,
    ) -> int:
        """Show what the page engine sees in files; nothing is kept."""
        from app.commands import inspect as work

        call = work.Call(tuple(files), languages, office, engine.value, workers, context.obj)
        with one_document(json, words, work.not_inspected, ending.before_leaving) as show:
            found = work.inspect_call(call)
            document = work.to_json(found, words)
            if json:
                show(document)
            else:
                _print_inspected(document)
        return work.exit_code(found)


def _add_check(commands: typer.Typer, words: Words, ending: Ending) -> None:
    @commands.command()
    def check(
        context: typer.Context,
        home: HomeOption = None,
        repair: Annotated[bool, typer.Option("--repair", help="Mend what can be mended.")] = False,
        backup_dir: Annotated[
            Path | None, typer.Option("--backup", help="A copy from which repair may take damaged files.")
        ] = None,
        json: JsonOption = False,
    ) -> int:
        """Verify every master and package against its hash, and the database against the files."""
        from app.commands.check import check_home

        return check_home(
            home or context.obj,
            repair=repair,
            backup_dir=backup_dir,
            as_json=json,
            words=words,
            screen=screen,
            ending=ending,
        )


def _add_backup(commands: typer.Typer, words: Words) -> None:
    @commands.command()
    def backup(
        context: typer.Context,
        directory: Annotated[
            Path, typer.Argument(help="Where the copy goes; repeat to bring it up to date.")
        ],
        home: HomeOption = None,
        verify: Annotated[bool, typer.Option("--verify", help="Read earlier copies again.")] = False,
    ) -> int:
        """Make a consistent copy of everything while the program may be running."""
        from app.commands.check import backup_home

        return backup_home(home or context.obj, directory, verify=verify, words=words, screen=screen)

    @commands.command()
    def restore(
        context: typer.Context,
        directory: Annotated[Path, typer.Argument(help="A copy made by backup.")],
        home: HomeOption = None,
        replace: Annotated[
            bool, typer.Option("--replace", help="Onto a home that is not empty; the old one is kept aside.")
        ] = False,
    ) -> int:
        """Bring a copy back; every file is verified first."""
        from app.commands.check import restore_home

        return restore_home(home or context.obj, directory, replace=replace, screen=screen)


def _print_inspected(document: Mapping[str, Any]) -> None:
    for page in document["pages"]:
        shown.print(
            f"{page['file']} page {page['page']}: turned {page['turn_deg']}°, "
            f"skew {page['skew_deg']:+.2f}° (confidence {page['skew_confidence']:.2f})"
            + (", blank" if page["is_blank"] else f", words read at {page['mean_confidence']:.0%}"),
            markup=False,
        )
        for reason in page["quality"]:
            shown.print(f"  quality: {reason['code']} {reason['value']:.3g}", markup=False)
        for code in page["barcodes"]:
            shown.print(f"  {code['symbology']}: {code['text']}", markup=False)
        for found in page["candidates"]:
            shown.print(
                f"  number: {found['normalised']} ({found['role']}, {found['confidence']:.2f})", markup=False
            )
    for refused in document["refused"]:
        shown.print(f"✕ {refused['file']}: {refused['message']}", markup=False)
