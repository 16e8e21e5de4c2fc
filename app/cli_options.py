"""What several commands of the command line share: their options, and where they write."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from app.commands.output import console

screen = console()
shown = Console(highlight=False)

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Directory of the workstation's own files.", show_default=False)
]
JsonOption = Annotated[
    bool,
    typer.Option("--json", help="Print one JSON document, whatever ends the command."),
]
OfficeOption = Annotated[str | None, typer.Option("--office", help="ST.3 code of the office, such as KH.")]
