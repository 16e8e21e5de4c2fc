"""What several commands of the command line share: their options, and where they write."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from app.commands.output import console

screen = console()
shown = console(for_results=True)

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Directory of the workstation's own files.", show_default=False)
]
JsonOption = Annotated[
    bool,
    typer.Option("--json", help="Print one JSON document, whatever ends the command."),
]
OfficeOption = Annotated[str | None, typer.Option("--office", help="ST.3 code of the office, such as KH.")]


def name_no_kind_of_flags(command: Any) -> None:
    """Let the help of a command and of those below it show flags by their names alone: <bool> tells nobody anything."""
    context = typer.Context(command)
    for option in (*command.params, command.get_help_option(context)):
        if getattr(option, "is_bool_flag", False):
            option.metavar = ""
    for below in getattr(command, "commands", {}).values():
        name_no_kind_of_flags(below)
